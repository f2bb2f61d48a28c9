// Whose account it is: assigned, protected, disputed and decided, given up to the pool, claimed, handed over.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr char kSeller[] = "chen.yiming";      // 大客户专员 KAX
constexpr char kColleague[] = "zhao.siqi";     // 大客户专员 KAX
constexpr char kManager[] = "lin.lan";         // 大客户经理 KAM
constexpr char kDepartment[] = "gu.mingyuan";  // 集团客户部经理 GAM
constexpr char kDecider[] = "shen.wenbo";      // 副总经理 DGM

absl::Status Protection(World& world, const Story& story) {
  world.Chapter("归属与防抢客 Ownership and protection (A-07, G28)");
  const std::string file = "/v1/" + story.account;
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const std::string colleague, world.Employee(kColleague));
  RETURN_IF_ERROR(world.Refused(kManager, "无负责人即激活 activates it without an owner", file + ":activate",
                                Json::object(), "OWNER_REQUIRED"));
  RETURN_IF_ERROR(world
                      .Do(kManager, "分派负责人,保护 180 天 assigns the owner, protected", file + ":assignOwner",
                          {{"employee", seller}, {"protectionDays", 180}, {"reason", "线索由其开发"}})
                      .status());
  RETURN_IF_ERROR(world.Refused(kManager, "再分派第二负责人 assigns a second owner", file + ":assignOwner",
                                {{"employee", colleague}, {"reason", "协助"}}, "OWNER_EXISTS"));
  RETURN_IF_ERROR(
      world.Do(kManager, "激活 activates the account", file + ":activate", Json::object(), "ACTIVE").status());
  ASSIGN_OR_RETURN(const Json check,
                   world.Do(kColleague, "盲查重 asks whether the company is known", "/v1/accounts:checkDuplicate",
                            {{"legalName", story.company}, {"country", "CN"}}));
  RETURN_IF_ERROR(world.Check(check.value("result", "") == "DUPLICATE_RESULT_EXISTS" && !check.contains("account"),
                              "the blind check must say that there is a file and not whose"));
  world.Line(absl::StrCat("               answer: exists; may be claimed after ",
                          world.Local(check.value("claimableAfter", ""))));
  RETURN_IF_ERROR(world.Refused(kColleague, "同事重复建档 registers the same company", "/v1/accounts",
                                {{"legalName", story.company},
                                 {"registrationNumber", story.registration_number},
                                 {"address", {{"country", "CN"}}}},
                                "ACCOUNT_EXISTS"));
  RETURN_IF_ERROR(
      world.Hidden(kColleague, "查看他人客户 opens the file of a colleague's account", file, "RESOURCE_NOT_FOUND"));
  return world.Refused(kColleague, "认领受保护客户 claims the protected account", file + ":claim",
                       {{"reason", "曾经拜访"}, {"evidence", "名片"}}, "ACCOUNT_PROTECTED");
}

// The colleague says that the account is his; the superior of both decides.
absl::Status Arbitration(World& world, const Story& story) {
  world.Chapter("争议裁决 A dispute, decided by the common superior (G-09)");
  ASSIGN_OR_RETURN(const Json dispute, world.Do(kColleague, "提出归属争议 disputes who owns it", "/v1/workDisputes",
                                                {{"workDispute",
                                                  {{"subject", "DISPUTE_SUBJECT_OWNERSHIP"},
                                                   {"account", story.account},
                                                   {"demand", "本人去年已接触该客户"},
                                                   {"evidence", "展会名片与通话记录"}}}},
                                                "OPEN"));
  RETURN_IF_ERROR(
      world.Check(!dispute.contains("respondent"), "a dispute must not tell its opener whose account it is"));
  const std::string path = "/v1/" + Name(dispute);
  RETURN_IF_ERROR(
      world.Do(kSeller, "对方答辩 the other side answers", path + ":answer", {{"answer", "线索由本人登记并持续跟进"}})
          .status());
  ASSIGN_OR_RETURN(
      const Json decision,
      world.Seen(kManager, path, {{"effect", "DISPUTE_EFFECT_STAYS"}, {"decision", "先登记线索者为准,归属不变"}}));
  RETURN_IF_ERROR(world.Refused(kDepartment, "非共同直接上级裁决 somebody further up decides", path + ":decide",
                                decision, "NOT_COMMON_SUPERIOR"));
  return world.Do(kManager, "裁决 the common superior decides, which binds both", path + ":decide", decision, "DECIDED")
      .status();
}

// Signs the hand-over that waits for `side`, and says how much open business goes with it.
absl::Status SignHandover(World& world, const char* side) {
  ASSIGN_OR_RETURN(const Json waiting, world.Read(side, "/v1/accountHandovers:toSign"));
  RETURN_IF_ERROR(world.Check(waiting.contains("accountHandovers"), "both sides must have the hand-over to sign"));
  const Json& handover = waiting["accountHandovers"][0];
  world.Line(absl::StrCat("               open business on the list: ",
                          handover.contains("items") ? handover["items"].size() : 0));
  return world
      .Do(side, "交接签字 signs the hand-over", "/v1/" + Name(handover) + ":sign",
          {{"etag", handover.value("etag", "")}})
      .status();
}

// Asks the deputy general manager for the instruction to transfer a customer of the highest tier, uses it, and finds
// that it counts once.
absl::Status TransferImportant(World& world, const Json& account, const std::string& successor, const char* giver,
                               const char* receiver) {
  constexpr char kVerb[] = "kam.account.v1.AccountService/TransferOwner";
  const std::string transfer = absl::StrCat("/v1/", Name(account), ":transferOwner");
  const Json body = {{"successor", successor}, {"reason", "区域调整"}};
  RETURN_IF_ERROR(world.Refused(kManager, "未请示即移交战略客户 transfers a strategic customer unasked", transfer, body,
                                "INSTRUCTION_REQUIRED"));
  ASSIGN_OR_RETURN(const std::string decider, world.Employee(kDecider));
  ASSIGN_OR_RETURN(const Json asked, world.Do(kManager, "书面请示 asks for the instruction", "/v1/instructionRequests",
                                              {{"kind", "INSTRUCTION_KIND_INSTRUCTION"},
                                               {"subject", "战略客户移交"},
                                               {"body", "区域调整,移交给接收人继续服务"},
                                               {"related", Name(account)},
                                               {"verb", kVerb},
                                               {"receiver", successor},
                                               {"superior", decider}},
                                              "SUBMITTED"));
  const std::string path = absl::StrCat("/v1/", Name(asked));
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kDecider, path, {{"opinion", "同意,做好交接"}}));
  RETURN_IF_ERROR(world.Do(kDecider, "批示同意 gives it", path + ":approve", seen, "APPROVED").status());
  RETURN_IF_ERROR(world.Do(kManager, "按批示移交 transfers as instructed", transfer, body).status());
  ASSIGN_OR_RETURN(const Json used, world.Read(kManager, path));
  RETURN_IF_ERROR(
      world.Check(used.value("state", "") == "INSTRUCTION_STATE_EXECUTED", "the instruction must be used up"));
  RETURN_IF_ERROR(SignHandover(world, giver));
  return SignHandover(world, receiver);
}

// A strategic customer changes hands, and comes back: each time by an instruction.
absl::Status Important(World& world) {
  world.Chapter("重要事项请示 Important matters (G-05, R-24)");
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const std::string colleague, world.Employee(kColleague));
  ASSIGN_OR_RETURN(const Json account,
                   world.Find(kManager, "accounts",
                              absl::StrCat("state = ACTIVE AND tier = STRATEGIC AND owner = \"", colleague, "\"")));
  RETURN_IF_ERROR(world.Check(account.is_object(), "the colleague must own a strategic account"));
  RETURN_IF_ERROR(TransferImportant(world, account, seller, kColleague, kSeller));
  return TransferImportant(world, account, colleague, kSeller, kColleague);
}

// An account is given up, claimed by somebody else, and handed back with the list of its open business.
absl::Status Pool(World& world) {
  world.Chapter("公海与交接 The public pool, and a hand-over (A-07)");
  ASSIGN_OR_RETURN(const std::string colleague, world.Employee(kColleague));
  ASSIGN_OR_RETURN(const Json own,
                   world.Find(kManager, "accounts",
                              absl::StrCat("state = ACTIVE AND tier != STRATEGIC AND owner = \"", colleague, "\"")));
  RETURN_IF_ERROR(world.Check(own.is_object(), "the colleague must own an account"));
  const std::string file = "/v1/" + Name(own);
  RETURN_IF_ERROR(
      world.Do(kColleague, "释放客户 gives an account up", file + ":releaseOwner", {{"reason", "精力不足"}}).status());
  const Json claim = {{"reason", "有成熟方案"}, {"evidence", "客户来函"}};
  RETURN_IF_ERROR(
      world.Refused(kColleague, "释放后立即认领 wants it back at once", file + ":claim", claim, "RECLAIM_TOO_SOON"));
  RETURN_IF_ERROR(world.Do(kSeller, "从公海认领 claims it from the pool", file + ":claim", claim).status());
  RETURN_IF_ERROR(world
                      .Do(kManager, "移交客户 transfers it back, with a hand-over", file + ":transferOwner",
                          {{"successor", colleague}, {"reason", "客户要求原负责人"}})
                      .status());
  RETURN_IF_ERROR(SignHandover(world, kSeller));
  return SignHandover(world, kColleague);
}

}  // namespace

absl::Status PlayOwnership(World& world, const Story& story) {
  RETURN_IF_ERROR(Protection(world, story));
  RETURN_IF_ERROR(Arbitration(world, story));
  RETURN_IF_ERROR(Important(world));
  return Pool(world);
}

}  // namespace kam::ctl::journey
