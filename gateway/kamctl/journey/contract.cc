// The credit of the customer; the contract drafted, reviewed, signed and in force.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

// Of a text that nobody approved.
constexpr char kForeignHash[] = "0000000000000000000000000000000000000000000000000000000000000000";

absl::Status Credit(World& world, Story* story) {
  world.Chapter("授信 Credit limit (C-34)");
  ASSIGN_OR_RETURN(const Json limit, Cny("1700000.00"));
  ASSIGN_OR_RETURN(const Json credit, world.Do(kManager, "开立授信户 opens the credit account", "/v1/creditAccounts",
                                               {{"account", story->account}, {"currency", kCurrency}}));
  ASSIGN_OR_RETURN(const Json proposed,
                   world.Do(kManager, "申请额度 170 万 proposes a limit", PathOf(credit) + ":proposeLimit",
                            {{"limitType", "CREDIT_LIMIT_TYPE_AMOUNT"},
                             {"creditLimit", limit},
                             {"termsDays", 45},
                             {"reason", "首批订单 188 万,分两次下单"}}));
  RETURN_IF_ERROR(world.Refused(kManager, "申请人自批额度 decides on his own proposal", PathOf(credit) + ":decideLimit",
                                {{"approve", true}}, "PERMISSION_DENIED"));
  return world
      .Do(kFinance, "财务总监批准 the finance director approves", PathOf(credit) + ":decideLimit",
          {{"approve", true}, {"etag", proposed.value("etag", "")}})
      .status();
}

// An opinion is about the version that was read.
Json OpinionOn(const std::string& etag, const char* step) {
  return {{"etag", etag}, {"step", absl::StrCat("REVIEW_STEP_KIND_", step)}, {"approve", true}, {"opinion", "同意"}};
}

absl::Status Contract(World& world, Story* story) {
  world.Chapter("合同 Contract: drafted, reviewed, signed (C-10 – C-12)");
  ASSIGN_OR_RETURN(const Json quote, world.Read(kSeller, absl::StrCat("/v1/", story->quote)));
  Json lines = Json::array();
  for (const Json& line : quote["lines"]) {
    lines.push_back({{"product", line["product"]}, {"quantity", line["quantity"]}, {"unitPrice", line["netPrice"]}});
  }
  const auto clause = [](const char* kind, const char* body) {
    return Json{{"kind", absl::StrCat("CLAUSE_KIND_", kind)}, {"body", body}};
  };
  ASSIGN_OR_RETURN(const Json contract,
                   world.Do(kSeller, "起草合同 drafts the contract", "/v1/contracts",
                            {{"account", story->account},
                             {"title", "园区车辆更新首批销售合同"},
                             {"kind", "CONTRACT_KIND_SALES"},
                             {"quote", story->quote},
                             {"currency", kCurrency},
                             {"startDate", world.Day()},
                             {"endDate", world.Day(365)},
                             {"payment", "CONTRACT_PAYMENT_CREDIT"},
                             {"termsDays", 45},
                             {"parties", Json::array({{{"role", "seller"}, {"legalName", "本公司"}},
                                                      {{"role", "buyer"}, {"legalName", story->company}}})},
                             {"lines", lines},
                             {"clauses", Json::array({clause("DELIVERY", "合同签订后 30 日内在买方园区交付。"),
                                                      clause("PAYMENT", "验收开票后 45 日内付清。"),
                                                      clause("WARRANTY", "整车三年或十万公里,电池五年。"),
                                                      clause("BREACH", "逾期交付或付款按日万分之三计。")})},
                             {"openPoints", Json::array({{{"title", "是否含上牌服务"}}})}},
                            "DRAFT"));
  story->contract = Name(contract);
  const std::string path = PathOf(contract);
  const Json submit = {{"reviewDeadline", world.Day(7)}};
  RETURN_IF_ERROR(world.Refused(kSeller, "有未决事项即送审 submits it with an open point", path + ":submit", submit,
                                "OPEN_POINTS_LEFT"));
  RETURN_IF_ERROR(
      world
          .Change(
              kSeller, "未决事项已解决 settles the open point", path + "?updateMask=open_points",
              {{"openPoints",
                Json::array({{{"title", "是否含上牌服务"}, {"resolved", true}, {"resolution", "由买方自行办理"}}})}})
          .status());
  RETURN_IF_ERROR(world.Do(kSeller, "送审 submits it for review", path + ":submit", submit, "IN_REVIEW").status());
  RETURN_IF_ERROR(world.Refused(kManager, "越位评审 gives the opinion of the legal department", path + ":review",
                                OpinionOn("v1", "LEGAL"), "REVIEW_STEP_NOT_YOURS"));
  RETURN_IF_ERROR(ReviewAll(world, path));
  ASSIGN_OR_RETURN(const Json text, world.Read(kManager, path + ":text"));
  Json sign = {{"presentedSha256", kForeignHash},
               {"signatories", Json::array({{{"party", "seller"}, {"person", "林岚"}, {"post", "大客户经理"}},
                                            {{"party", "buyer"}, {"person", "吴经理"}, {"post", "设备科科长"}}})},
               {"signingChecks", SigningChecks()},
               {"seal", "合同专用章"},
               {"scanDocument", "scans/contract-018.pdf"}};
  RETURN_IF_ERROR(world.Refused(kManager, "签署被改过的文本 signs another text than the approved one", path + ":sign",
                                sign, "SIGNED_TEXT_DIFFERS"));
  sign["presentedSha256"] = text.value("contentSha256", "");
  RETURN_IF_ERROR(world.Do(kManager, "签订 signs the approved text", path + ":sign", sign, "SIGNED").status());
  RETURN_IF_ERROR(world.Do(kManager, "生效 puts it in force", path + ":activate", Json::object(), "ACTIVE").status());
  const std::string opportunity = absl::StrCat("/v1/", story->opportunity);
  RETURN_IF_ERROR(world
                      .Do(kSeller, "进入签约阶段 advances to SIGNING", opportunity + ":advanceStage",
                          {{"stage", "OPPORTUNITY_STAGE_SIGNING"}})
                      .status());
  return world.Do(kSeller, "赢单 closes the opportunity as won", opportunity + ":win", {{"reason", "合同已签"}}, "WON")
      .status();
}

}  // namespace

absl::Status ReviewAll(World& world, const std::string& path) {
  const struct {
    const char* login;
    const char* what;
    const char* step;
    const char* state;
  } opinions[] = {{kManager, "销售评审 sales reviews", "SALES", "IN_REVIEW"},
                  {kProduct, "产品评审 product support reviews", "PRODUCT", "IN_REVIEW"},
                  {kFinance, "财务评审 finance reviews", "FINANCE", "IN_REVIEW"},
                  {kLegal, "法务评审 legal reviews", "LEGAL", "APPROVED"}};
  for (const auto& opinion : opinions) {
    ASSIGN_OR_RETURN(const Json read, world.Read(opinion.login, path));
    RETURN_IF_ERROR(world
                        .Do(opinion.login, opinion.what, path + ":review",
                            OpinionOn(read.value("etag", ""), opinion.step), opinion.state)
                        .status());
  }
  return absl::OkStatus();
}

absl::Status PlayContract(World& world, Story* story) {
  RETURN_IF_ERROR(Credit(world, story));
  return Contract(world, story);
}

}  // namespace kam::ctl::journey
