// The rights as required (requirements R.1 and R.2), cell by cell: what is expected here is written from the text of
// the requirements, not from the delivered rights.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/right_rules.h"
#include "kam/api/method.pb.h"
#include "tests/authorization/rights.h"
#include "tests/protocol/descriptors.h"

namespace kam::authorization {
namespace {

namespace pb = organization::v1;

class RequiredRightsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<Rights> rights = ReadAllRights();
    ASSERT_TRUE(rights.ok()) << rights.status();
    rights_ = *std::move(rights);
  }
  // "own", "team", ...; "no" when the role does not hold the permission.
  std::string LevelOf(const std::string& permission, const std::string& role) const {
    const auto of_permission = rights_.find(permission);
    if (of_permission == rights_.end()) return "no such permission";
    const auto level = of_permission->second.find(role);
    return level == of_permission->second.end() ? "no" : std::string(auth::LevelName(level->second));
  }
  std::string Holders(const std::string& permission) const {
    std::string roles;
    for (const absl::string_view role : account::rules::RoleCodes()) {
      if (LevelOf(permission, std::string(role)) == "no" || role == "ERP") continue;
      absl::StrAppend(&roles, roles.empty() ? "" : " ", role);
    }
    return roles;
  }
  // Who holds the permission how far, the widest level first: "all: GM; department: GAM".
  std::string Reaches(const std::string& permission) const {
    std::vector<std::string> parts;
    for (const char* level : {"all", "region", "department", "team", "own"}) {
      std::string roles;
      for (const absl::string_view role : account::rules::RoleCodes()) {
        if (role != "ERP" && LevelOf(permission, std::string(role)) == level) absl::StrAppend(&roles, " ", role);
      }
      if (!roles.empty()) parts.push_back(absl::StrCat(level, ":", roles));
    }
    return absl::StrJoin(parts, "; ");
  }
  // Every row of a table of R.1, with its levels.
  template <typename Rows>
  void ExpectReaches(const Rows& rows) const {
    for (const auto& right : rows) {
      EXPECT_EQ(Reaches(right.permission), right.reaches) << right.requirement << " " << right.permission;
    }
  }

  Rights rights_;
};

// Data kinds of R.2, each by the permission that shows it.
const std::vector<std::pair<std::string, std::string>>& Kinds() {
  static const auto* const kinds =
      new std::vector<std::pair<std::string, std::string>>{{"accounts", "account.read"},
                                                           {"opportunities", "opportunity.read"},
                                                           {"floor price", "price.floor.read"},
                                                           {"purchase", "price.purchase.read"},
                                                           {"contracts", "contract.read"},
                                                           {"receivables", "receivable.read"},
                                                           {"complaints", "complaint.read"},
                                                           {"claims", "claim.read"},
                                                           {"plans", "account_plan.read"},
                                                           {"KPI", "assessment.read"},
                                                           {"commission", "commission_share.read"},
                                                           {"leave", "leave.read"},
                                                           {"attendance", "attendance.read"},
                                                           {"personnel acts", "personnel_act.read"}};
  return *kinds;
}

// A row of R.2: roles, then the level of each kind. What the table says in words stands behind it.
//
// Personnel is in the last three words: leave, attendance and personnel acts. Leave and attendance are as the table has
// it; CL to CLM "own", but whoever leads there approves the leave of his people, so he sees it. What is proposed
// about people belongs to whoever has proposed it, and the person concerned sees nothing of it before it is decided
// (G-07): so the account manager and the sales director read what those below them propose, not what is proposed in
// their department, which might be about themselves; nobody of those who propose nothing reads any. What was decided
// about somebody he reads himself (personnel_act.own.read, below).
struct Row {
  const char* roles;
  const char* levels;
};
constexpr Row kVisibility[] = {
    // own; own; no / no; own; own; own accounts; own. The last word of each row is the commission, as the table has it:
    // own; approve, read, pay and compute all read it.
    {"KAX BD", "own own no no own own own own own own own own no no"},
    // assigned; read; no / no; file only; no; route only: no complaint is read; own.
    {"KAA", "own own no no own no no no no own no own no no"},
    // team throughout; floor yes, purchase no.
    {"BDS", "team team all no team team team team team team team team no team"},
    // read for solutions; no / no; assist; no; product subjects: complaints of the department, no claims; team.
    {"PSS", "department department no no department no department no no team no team no team"},
    {"PS", "department department no no department no department no no team no team no no"},
    // service view; no; no / no; warranty terms are not contracts; no; "own" plans are no plans of accounts, which is
    // what is read here, and there are no others (below); all in the department; team.
    {"ASS", "all no no no no no department department no team no team no team"},
    {"AS ASP", "all no no no no no department department no team no team no no"},
    // department throughout; floor yes; purchase for GAM only.
    {"KAM",
     "department department all no department department department department department department department "
     "department department team"},
    {"GAM",
     "department department all all department department department department department department department "
     "department department department"},
    // all key accounts, RM the region; floor yes, purchase no; takes part in the assessment of the regions.
    {"KAPM", "all all all no all all all all all region all team no no"},
    {"RM", "region region all no region region region region region region region team no no"},
    // claim and repair view; no; no / no; warranty only; claim settlement is with the claims; claims; own. R-02: the
    // technical and the parts manager score their people, so they see their sheets.
    {"CL SA", "all no no no no no all all no own no own no no"},
    {"TM PTM", "all no no no no no all all no team no team no no"},
    // contact view; read intention: leads, no opportunities; no; no; no; complaints; own, managers score.
    {"CSR APT CLS", "all no no no no no all no no own no own no no"},
    {"CSM", "all no no no no no all all no team no team no no"},
    {"CLM", "all no no no no no all no no team no team no no"},
    // billing view; no; FD yes / yes; money terms; all; claim settlement: FD and the accountant; FD.
    {"ACC", "all no no no all all no all no own all own no no"},
    {"CSH CRC", "all no no no all all no no no own all own no no"},
    {"FD", "all no all all all all no all no all all department no no"},
    // order view; no; no / no; order terms; status only; no; collects.
    {"SAD", "all no no no all no no no no all all own no no"},
    {"SPO", "all no no no all no no no no own all own no no"},
    // all; all; yes / GM yes; all; all; major; all.
    {"SD", "all all all no all all all all all all all all all team"},
    {"GM", "all all all all all all all all all all all all all all"},
};

// G-02, G-03, R.2: role x data kind x level.
TEST_F(RequiredRightsTest, EveryCellOfTheVisibilityTable) {
  int cells = 0;
  for (const Row& row : kVisibility) {
    const std::vector<std::string> levels = absl::StrSplit(row.levels, ' ');
    ASSERT_EQ(levels.size(), Kinds().size()) << row.roles;
    for (const absl::string_view role : absl::StrSplit(row.roles, ' ')) {
      for (size_t i = 0; i < levels.size(); ++i) {
        const auto& [kind, permission] = Kinds()[i];
        EXPECT_EQ(LevelOf(permission, std::string(role)), levels[i])
            << role << ", " << kind << " (" << permission << ")";
        ++cells;
      }
    }
  }
  EXPECT_EQ(cells, 30 * static_cast<int>(Kinds().size()));
}

// R.2, column plans and budget, as far as it is not the plan of an account: the volume plan is that of sales office and
// ordering, read by those who plan and pay; nobody without a word in the table reads it. Money for a campaign is agreed
// to by those who answer for a budget. There is no other budget, and no profit plan of a team, that anybody
// could have a right to: one would have to appear here first.
TEST_F(RequiredRightsTest, PlansAndBudgetsOfTheVisibilityTable) {
  for (const char* role : {"SAD", "SPO", "KAM", "GAM", "KAPM", "RM", "SD", "GM", "FD"}) {
    EXPECT_EQ(LevelOf("ordering_plan.read", role), "all") << role;
  }
  for (const char* role : {"KAX", "BD", "KAA", "CL", "SA", "TM", "PTM", "CSM", "CSR", "APT", "CLM", "CLS"}) {
    EXPECT_EQ(LevelOf("ordering_plan.read", role), "no") << role;
    EXPECT_EQ(LevelOf("account_plan.approve", role), "no") << role;
  }
  EXPECT_EQ(LevelOf("account_plan.approve", "GAM"), "department");
  EXPECT_EQ(LevelOf("account_plan.approve", "SD"), "all");
  EXPECT_EQ(LevelOf("account_plan.approve", "KAM"), "no") << "the department manager approves the subordinates' drafts";
  EXPECT_EQ(LevelOf("account_plan.write", "BDS"), "team") << "team draft";
  EXPECT_EQ(Holders("ordering_plan.approve"), "SD");
  for (const char* role : {"KAX", "BD", "KAA", "PSS", "PS", "AS", "ASP", "CL", "SA", "SAD", "SPO"}) {
    EXPECT_EQ(LevelOf("campaign.budget.approve", role), "no") << role;
  }
  for (const char* role : {"GAM", "FD", "GM"}) EXPECT_NE(LevelOf("campaign.budget.approve", role), "no") << role;
  for (const auto& [permission, roles] : rights_) {
    EXPECT_FALSE(absl::StartsWith(permission, "budget.")) << permission;
  }
}

// A cell of R.1: a permission, and which roles hold it how far, in the order of the catalogue of roles. The level is
// that of the text: "事业部" and "本部门" is the department, "所属下级" and "直接下属" the team, what is of the company
// all. Where the row belongs to whoever asks and not to whom the right is about, the level is that of the rows and the
// rule that narrows it stands behind.
struct Right {
  const char* requirement;
  const char* permission;
  const char* reaches;
};
constexpr Right kRights[] = {
    // Propose: KAM for direct staff; GAM for all others; supervisors propose and nominate; GM decides.
    {"R-01", "personnel_act.propose", "own: GM GAM KAM BDS PSS ASS"},
    {"R-01", "personnel_act.decide", "all: GM; department: GAM"},
    {"R-01", "personnel_act.veto", "all: GAM"},
    // The proposals belong to whoever makes them; for whom one may be made, decided or vetoed is by rule (R-01,
    // personnel_rules_test.cc): the veto reaches the department of the person concerned, whoever has proposed it.
    // Supervisors take part in recruiting.
    {"R-01", "personnel_act.opine", "department: BDS PSS ASS"},
    // KAPM takes part for regional managers and staff; SAD and HR add up.
    {"R-02", "assessment.consolidate", "all: HR SAD"},
    // KAM approves leave up to one day; above it is for the next level. GAM: 对员工出勤的监督权, of the department.
    {"R-05", "leave.approve", "all: GM DGM SD OD MD CRMD SVD FD AD HR; team: SM RM KAPM GAM KAM SVM TM PTM CSM CLM"},
    {"R-05", "leave.approve.long", "all: GM HR; department: DGM SD OD MD CRMD SVD FD AD; team: SM RM KAPM GAM SVM CSM"},
    {"R-05", "attendance.read", "all: GM DGM SD AD HR; department: GAM KAM"},
    // GAM decides the purchase price; hidden from sales.
    {"R-07", "price.purchase.read", "all: GM DGM FD GAM"},
    // 有向总经理报告权.
    {"R-23", "instruction.past_the_line", "own: KAM"},
    // GM and GAM approve what an administrator configures.
    {"G-02", "role_grant.approve", "all: GM DGM GAM"},
    // Supervisors take part, GAM sets the structure of the department, GM decides that of the company. Posts are read
    // by
    // everybody; whose department somebody may propose for is by rule (post_test.cc).
    {"R-21", "post.propose", "all: GM HR GAM BDS PSS ASS"},
    {"R-21", "post.decide", "all: GM; department: GAM"},
    // Structure: GAM sets that of the department, GM decides, HR maintains.
    {"R-21", "department.write", "all: GM HR; department: GAM"},
};

// G-02, R.1
TEST_F(RequiredRightsTest, EveryRightIsHeldByTheRolesThatTheDocumentsName) { ExpectReaches(kRights); }

// The deciding rights to files of accounts, their owners, papers, back-ups, tiers and plans: who name.
constexpr Right kAccountRights[] = {
    {"A-01", "account.create", "department: KAM; own: BD KAX KAA FEE"},
    // GAM and KAM; supervisors; KAPM, who answers for all key accounts.
    {"A-01", "account.verify", "all: KAPM; department: GAM KAM; team: BDS"},
    {"A-02", "account.classify", "all: KAPM; department: GAM KAM"},
    // Review KAM and who leads there; those of the call centre who update the files, and CRMD, whose figure it is.
    {"A-04", "account_file.check", "all: CRMD KAPM CSM CSR; department: GAM KAM; team: BDS"},
    {"A-04", "account_file.target", "all: CRMD KAPM"},
    {"A-07", "account.assign", "department: GAM KAM; team: BDS"},
    {"A-07", "account.claim", "all: BD KAX"},
    {"A-07", "account_handover.leaver", "department: GAM KAM; team: BDS"},
    {"A-07", "account_handover.sign", "all: GAM KAM BDS BD KAX"},
    // Superiors: the nearest one common to both decides.
    {"A-07", "work_dispute.decide", "all: GM SD; department: SM GAM KAM; team: BDS PSS ASS"},
    {"A-08", "customer_document.file", "all: GAD; own: KAA"},
    {"A-08", "customer_document.refile", "all: KAPM GAD"},
    {"A-08", "document_grant.decide", "all: KAPM; department: GAM KAM; team: BDS"},
    {"A-08", "customer_document.declassify", "all: GM DGM SD"},
    {"A-09", "account_snapshot.take", "all: KAPM"},
    {"A-09", "account_snapshot.read", "all: GM DGM SD KAPM"},
    {"A-10", "account_evaluation.compute", "all: DA"},
    {"A-10", "account.tier.confirm", "department: GAM"},
    {"A-13", "customer_need.analyse", "all: PSS PS"},
    {"A-14", "account_plan.approve", "all: SD; department: GAM"},
    {"A-17", "external.media", "all: GM MD"},
    {"A-17", "representation.write", "all: GM DGM SD"},
};

//
TEST_F(RequiredRightsTest, EveryDecidingRightToAnAccountIsHeldByThoseWhoAreNamed) { ExpectReaches(kAccountRights); }

// Rights to what is written around an account, with the level of each role: the own, those of the team, of the
// department, of the region, all.
struct LevelRight {
  const char* requirement;
  const char* permission;
  const char* levels;  // "ROLE level", in any order.
};
constexpr LevelRight kLevelRights[] = {
    {"A-01", "account.submit", "GAM department, KAM department, BDS team, BD own, KAX own, KAA own, FEE own"},
    {"A-02", "account_proposal.write", "GAM department, KAM department, BDS team, BD own, KAX own"},
    {"A-05", "contact.write", "KAPM all, GAM department, KAM department, BDS team, BD own, KAX own, KAA own, CSR all"},
    {"A-06", "information_request.answer", "CSM all, CSR all"},
    {"A-11", "business_condition.write", "KAPM all, GAM department, KAM department"},
    {"A-12", "supply_share.write", "KAPM all, GAM department, KAM department"},
    {"A-10", "account_evaluation.propose", "GAM department, KAM department, BDS team"},
    {"A-15", "account_usage.write", "GAM department, KAM department, DA all"},
    {"A-15", "account_usage.report",
     "GM all, DGM all, SD all, CRMD all, SM department, RM region, KAPM all, GAM department, KAM department, DA all, "
     "CSM all, CSR all"},
    {"A-16", "channel.write", "GAM department, KAM department, KAX own"},
    {"A-16", "channel.inspect", "RM region, GAM department, KAM department, KAX own"},
    {"A-16", "channel.approve", "SD all, SM department, RM region, GAM department"},
    {"A-17", "external.write", "GM all, MD all, GAM department, KAM own, BDS own, PSS own, ASS own"},
    {"A-17", "external.exchange", "GM own, DGM own, SD own, MD own, GAM own, KAM own, BDS own, PSS own, ASS own"},
};

//
TEST_F(RequiredRightsTest, WhatIsWrittenAroundAnAccountIsForThoseWhoAreNamedAndReachesAsFar) {
  for (const LevelRight& right : kLevelRights) {
    std::set<std::string> held, expected;
    for (const absl::string_view role : account::rules::RoleCodes()) {
      const std::string level = LevelOf(right.permission, std::string(role));
      if (level != "no" && role != "ERP") held.insert(absl::StrCat(role, " ", level));
    }
    for (const absl::string_view one : absl::StrSplit(right.levels, ", ")) expected.insert(std::string(one));
    EXPECT_EQ(held, expected) << right.requirement << " " << right.permission;
  }
}

// Work and people, beside those above.
constexpr Right kPeopleRights[] = {
    // The supervisors and the department manager decide disputes of those below; so do those above them.
    {"R-04", "work_dispute.decide", "all: GM SD; department: SM GAM KAM; team: BDS PSS ASS"},
    // Whoever leads drafts, the superior approves; everybody reads.
    {"R-20", "policy_document.write",
     "all: GM DGM SD OD MD CRMD SVD FD AD HR SM RM KAPM GAM KAM BDS PSS ASS PM SVM TM PTM CSM CLM"},
    {"R-20", "policy_document.approve",
     "all: GM DGM SD OD MD CRMD SVD FD AD HR SM RM KAPM GAM KAM BDS PSS ASS PM SVM TM PTM CSM CLM"},
    // 有代表企业对外联络的权力, within authority; the media are for marketing and the general manager.
    {"R-22", "external.write", "all: GM MD; department: GAM; own: KAM BDS PSS ASS"},
    {"R-22", "external.exchange", "own: GM DGM SD MD GAM KAM BDS PSS ASS"},
    {"R-22", "external.media", "all: GM MD"},
    // Important matters are put before a superior, who leads somebody.
    {"R-24", "instruction.decide",
     "all: GM DGM SD OD MD CRMD SVD FD AD SM RM KAPM GAM KAM BDS PSS ASS SVM TM PTM CSM CLM"},
    // 公司产品引进的建议权; the account and the key-account manager lead products.
    {"R-26", "product_initiative.propose", "all: KAPM; department: KAM; own: BDS PSS ASS"},
    {"R-26", "product_initiative.approve", "all: SD KAPM"},
    // 有公司车辆调动权; the department manager for what the account manager has booked.
    {"R-27", "resource_booking.dispatch", "all: KAM; department: GAM"},
    // KAPM answers for the archive; papers are kept by the office and the assistant, and leave the vault by few.
    {"R-28", "account_snapshot.take", "all: KAPM"},
    {"R-28", "customer_document.file", "all: GAD; own: KAA"},
    {"R-28", "customer_document.destroy", "all: KAPM GAD"},
    {"R-28", "customer_document.export", "all: KAPM LEG; department: GAM KAM"},
    {"R-28", "customer_document.declassify", "all: GM DGM SD"},
    // What somebody is told of himself, and what only administrators bring in.
    {"G-01", "employee.write", "all: GM HR"},
    {"G-21", "employee.import", ""},
};

// G-02, R.1, R-04, R-20, R-22, R-24, R-26, R-27, R-28
TEST_F(RequiredRightsTest, EveryRightOfWorkIsHeldByTheRolesThatTheDocumentsName) { ExpectReaches(kPeopleRights); }

// 对直接下级在本部门的工作分配权、调配权; who leads nobody gives work to himself only.
TEST_F(RequiredRightsTest, WhoLeadsPeopleGivesThemWork) {
  for (const char* role : {"GAM", "KAM", "BDS", "PSS", "ASS"}) {
    EXPECT_EQ(LevelOf("task.assign", role), "team") << role;
    EXPECT_EQ(LevelOf("task.write", role), "team") << role;
  }
  for (const char* role : {"BD", "PS", "AS", "KAX", "KAA", "ASP"})
    EXPECT_EQ(LevelOf("task.assign", role), "own") << role;
  EXPECT_EQ(LevelOf("task.assign", "GM"), "all");
}

// everybody puts a matter before a superior, and the account manager acts alone on what is not important: no
// right to do what he does asks for an instruction.
TEST_F(RequiredRightsTest, EverybodyPutsAMatterBeforeASuperior) {
  for (const absl::string_view role : account::rules::RoleCodes()) {
    if (role == "ERP") continue;
    EXPECT_EQ(LevelOf("instruction.write", std::string(role)), "all") << role;
  }
}

// 相关事情的知情权 of BDS, PSS and ASS: what concerns their people.
TEST_F(RequiredRightsTest, SupervisorsKnowWhatConcernsTheirPeople) {
  for (const char* role : {"BDS", "PSS", "ASS"}) {
    for (const char* permission : {"personnel_act.read", "leave.read", "assessment.read", "task.read",
                                   "work_report.read", "work_dispute.read", "instruction.read"}) {
      EXPECT_EQ(LevelOf(permission, role), "team") << role << " " << permission;
    }
  }
  EXPECT_EQ(LevelOf("complaint.read", "BDS"), "team");
  EXPECT_EQ(LevelOf("complaint.read", "PSS"), "department");
  EXPECT_EQ(LevelOf("complaint.read", "ASS"), "department");
}

// who leads people scores them; R-05: the account manager approves short leave only.
TEST_F(RequiredRightsTest, WhoLeadsPeopleScoresThemAndKnowsTheirLeave) {
  for (const char* role : {"KAM", "GAM", "BDS", "PSS", "ASS", "SVM", "TM"}) {
    EXPECT_EQ(LevelOf("assessment.score", role), "team") << role;
    EXPECT_NE(LevelOf("leave.read", role), "no") << role;
  }
  EXPECT_EQ(LevelOf("leave.approve", "KAM"), "team");
  EXPECT_EQ(LevelOf("leave.approve.long", "KAM"), "no");
  EXPECT_NE(LevelOf("leave.approve.long", "GAM"), "no");
  EXPECT_EQ(LevelOf("leave.approve.long", "HR"), "all");
  EXPECT_EQ(LevelOf("assessment.coscore", "KAPM"), "region");
  // Supervisors are not given leave to approve.
  for (const char* role : {"BDS", "PSS", "ASS", "KAX"}) EXPECT_EQ(LevelOf("leave.approve", role), "no") << role;
  for (const absl::string_view role : account::rules::RoleCodes()) {
    if (role == "ERP") continue;
    EXPECT_NE(LevelOf("leave.write", std::string(role)), "no") << role;
    EXPECT_EQ(LevelOf("assessment.sign", std::string(role)), "own") << role;
  }
}

// G-02: three families, and modes as R.1 names them.
TEST_F(RequiredRightsTest, EveryRightHasAFamilyAndAMode) {
  const std::pair<const char*, std::pair<pb::RightFamily, pb::RightMode>> expected[] = {
      {"personnel_act.propose", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_PROPOSE}},
      {"personnel_act.decide", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_DECIDE}},
      {"personnel_act.veto", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_VETO}},
      {"leave.approve.long", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_APPROVE}},
      {"employee.role.assign.KAM", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_DECIDE}},
      {"assessment.coscore", {pb::RIGHT_FAMILY_PERSONNEL, pb::RIGHT_MODE_REVIEW}},
      {"price.purchase.read", {pb::RIGHT_FAMILY_FINANCE, pb::RIGHT_MODE_KNOW}},
      {"receivable.read", {pb::RIGHT_FAMILY_FINANCE, pb::RIGHT_MODE_KNOW}},
      {"campaign.budget.approve", {pb::RIGHT_FAMILY_FINANCE, pb::RIGHT_MODE_APPROVE}},
      {"campaign.read", {pb::RIGHT_FAMILY_BUSINESS, pb::RIGHT_MODE_KNOW}},
      {"contract.review_legal", {pb::RIGHT_FAMILY_BUSINESS, pb::RIGHT_MODE_REVIEW}},
      {"visit.approve", {pb::RIGHT_FAMILY_BUSINESS, pb::RIGHT_MODE_APPROVE}},
      {"account.write", {pb::RIGHT_FAMILY_BUSINESS, pb::RIGHT_MODE_DO}},
  };
  for (const auto& [permission, family_and_mode] : expected) {
    EXPECT_EQ(rights_.count(permission), 1) << permission;
    EXPECT_EQ(account::rules::FamilyOf(permission), family_and_mode.first) << permission;
    EXPECT_EQ(account::rules::ModeOf(permission), family_and_mode.second) << permission;
  }
}

// G-02: every right is in one of the three families, by its noun; what is named there is the noun of some right.
TEST_F(RequiredRightsTest, EveryNounIsInItsFamily) {
  const std::pair<pb::RightFamily, std::vector<std::string>> families[] = {
      //
      {pb::RIGHT_FAMILY_PERSONNEL,
       {"assessment", "assessment_template", "attendance", "department", "directory", "employee", "kpi", "leave",
        "personnel_act", "post", "post_assignment", "role_grant", "task.assign", "training", "training_file",
        "work_dispute"}},
      //
      {pb::RIGHT_FAMILY_FINANCE,
       {"authority_grant",
        "campaign.budget",
        "commission_share",
        "credit",
        "credit_policy",
        "financing",
        "funds",
        "invoice",
        "price",
        "price_book",
        "price_probe",
        "price_simulation",
        "price_suggestion",
        "purchase_price",
        "rebate",
        "receipt",
        "receivable",
        "receivable_alarm",
        "release_authority",
        "service_fee"}}};
  std::map<std::string, pb::RightFamily> expected;
  for (const auto& [permission, roles] : rights_) expected[permission] = pb::RIGHT_FAMILY_BUSINESS;
  for (const auto& [family, nouns] : families) {
    const std::vector<absl::string_view> listed = account::rules::NounsOf(family);
    EXPECT_EQ(std::vector<std::string>(listed.begin(), listed.end()), nouns);
    for (const std::string& noun : nouns) {
      int rights = 0;
      for (auto& [permission, of] : expected) {
        if (permission != noun && !absl::StartsWith(permission, noun + ".")) continue;
        of = family;
        ++rights;
      }
      EXPECT_GT(rights, 0) << noun << " is the noun of no right";
    }
  }
  for (const auto& [permission, family] : expected) {
    EXPECT_EQ(account::rules::FamilyOf(permission), family) << permission;
  }
  EXPECT_GT(expected.size(), 500);
}

// G-02: a right to propose never executes: no method that asks for one leads into a state of something decided.
TEST_F(RequiredRightsTest, ARightToProposeNeverExecutes) {
  const std::set<std::string> decided = {"APPROVED", "DECIDED",  "IN_EFFECT", "ACTIVE", "RELEASED",
                                         "SIGNED",   "VERIFIED", "WON",       "PAID",   "ESTABLISHED"};
  int proposals = 0;
  for (const google::protobuf::MethodDescriptor* method : protocol::Descriptors::Published().methods()) {
    const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
    if (account::rules::ModeOf(rules.permission()) != pb::RIGHT_MODE_PROPOSE) continue;
    ++proposals;
    EXPECT_EQ(decided.count(rules.transition().to()), 0) << protocol::FullMethodName(*method);
  }
  EXPECT_GT(proposals, 5);
}

}  // namespace
}  // namespace kam::authorization
