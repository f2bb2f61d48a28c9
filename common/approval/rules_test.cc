#include "common/approval/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/status.h"

namespace kam::approval {
namespace {

namespace pb = kam::approval::v1;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'767'571'200);
const absl::Time kLongAgo = kNow - absl::Hours(24 * 365);
constexpr char kSeller[] = "employees/0000000000000000000000sell";
constexpr char kManager[] = "employees/000000000000000000000mngr1";
constexpr char kDirector[] = "employees/000000000000000000000drctr";
constexpr char kDeputy[] = "employees/00000000000000000000depty1";

struct StepSpec {
  int level;
  std::string roles;
};

pb::ApprovalRequest NewRequest(const std::vector<StepSpec>& steps) {
  pb::ApprovalRequest request;
  request.set_subject("quotes/00000000000000000000000001");
  request.set_purpose("QUOTE_PRICE");
  request.set_requester(kSeller);
  request.set_content_hash("abc");
  int number = 0;
  for (const StepSpec& spec : steps) {
    pb::ApprovalStep* step = request.add_steps();
    step->set_number(++number);
    step->set_level(spec.level);
    step->set_roles(spec.roles);
  }
  return request;
}

void AddValue(int step, const std::string& item, const std::string& value, pb::ApprovalRequest* request,
              pb::WorseDirection direction = pb::WORSE_DIRECTION_HIGHER) {
  pb::TestedValue* tested = request->add_tested_values();
  tested->set_step_number(step);
  tested->set_item(item);
  tested->set_reason("DISCOUNT");
  tested->set_value(value);
  tested->set_direction(direction);
}

pb::ApprovalRequest Opened(const std::vector<StepSpec>& steps) {
  pb::ApprovalRequest request = NewRequest(steps);
  const absl::Status status = Open(kNow, &request);
  EXPECT_TRUE(status.ok()) << status;
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(kNow + absl::Hours(72)));
  return request;
}

Decider Person(const std::string& employee, const std::vector<std::string>& roles) { return {employee, roles, {}}; }

// G-05
TEST(Open, FirstStepWaitsAndIsShown) {
  const pb::ApprovalRequest request = Opened({{2, "SM"}, {4, "GAM SD"}});
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_PENDING);
  EXPECT_EQ(request.current_step(), 1);
  EXPECT_THAT(request.pending_roles(), ElementsAre("SM"));
}

TEST(Open, RefusesStepsNotNumberedFromOne) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}, {4, "GAM"}});
  request.mutable_steps(1)->set_number(3);
  EXPECT_FALSE(Open(kNow, &request).ok());
}

TEST(Open, RefusesStepThatNamesNobody) {
  pb::ApprovalRequest request = NewRequest({{2, " "}});
  EXPECT_EQ(Reason(Open(kNow, &request)), "STEP_WITHOUT_DECIDER");
}

TEST(Open, RefusesNoStepsAndValuesOfNoStep) {
  pb::ApprovalRequest none = NewRequest({});
  EXPECT_FALSE(Open(kNow, &none).ok());
  pb::ApprovalRequest stray = NewRequest({{2, "SM"}});
  AddValue(2, "lines/a", "1", &stray);
  EXPECT_FALSE(Open(kNow, &stray).ok());
}

TEST(Approve, StepsGoInOrderAndTheLastOneApprovesTheRequest) {
  pb::ApprovalRequest request = Opened({{2, "SM"}, {4, "GAM"}});
  EXPECT_EQ(Reason(Approve(Person(kDirector, {"GAM"}), "", "", kNow, &request)), "NOT_THE_DECIDER");
  ASSERT_TRUE(Approve(Person(kManager, {"SM"}), "", "fine", kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_PENDING);
  EXPECT_THAT(request.pending_roles(), ElementsAre("GAM"));
  ASSERT_TRUE(Approve(Person(kDirector, {"GAM"}), "", "", kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_APPROVED);
  EXPECT_EQ(request.steps(0).decider(), kManager);
  EXPECT_EQ(request.steps(0).opinion(), "fine");
  EXPECT_EQ(request.current_step(), 0);
  EXPECT_EQ(request.pending_roles_size(), 0);
}

TEST(Approve, HigherRoleThatIsNotNamedMayNotDecide) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  const absl::Status status = Approve(Person(kDirector, {"GM"}), "", "", kNow, &request);
  EXPECT_EQ(Reason(status), "NOT_THE_DECIDER");
  EXPECT_EQ(MetadataValue(status, "deciders"), "SM");
}

TEST(Approve, PersonNamedInTheStepMayDecide) {
  pb::ApprovalRequest request = NewRequest({{3, ""}});
  request.mutable_steps(0)->set_employees(kManager);
  ASSERT_TRUE(Open(kNow, &request).ok());
  EXPECT_EQ(Reason(Approve(Person(kDirector, {"SM"}), "", "", kNow, &request)), "NOT_THE_DECIDER");
  EXPECT_TRUE(Approve(Person(kManager, {}), "", "", kNow, &request).ok());
}

// G-05
TEST(Approve, NobodyDecidesWhenTheTimeIsOver) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  const absl::Time over = kNow + absl::Hours(72);
  EXPECT_EQ(Reason(Approve(Person(kManager, {"SM"}), "", "", over, &request)), "APPROVAL_EXPIRED");
  EXPECT_EQ(Reason(Reject(Person(kManager, {"SM"}), "", "no", over, &request)), "APPROVAL_EXPIRED");
  EXPECT_TRUE(Approve(Person(kManager, {"SM"}), "", "", over - absl::Seconds(1), &request).ok());
}

// Separation of duties, G-05.
TEST(Approve, RequesterNeverDecidesEvenWithTheRole) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  EXPECT_EQ(Reason(Approve(Person(kSeller, {"SM"}), "", "", kNow, &request)), "REQUESTER_MAY_NOT_DECIDE");
  EXPECT_EQ(Reason(Reject(Person(kSeller, {"SM"}), "", "no", kNow, &request)), "REQUESTER_MAY_NOT_DECIDE");
}

TEST(Approve, RequesterNeverDecidesForSomebodyElse) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  Decider seller = Person(kSeller, {"KAX"});
  seller.substitutions.push_back({kManager, {"SM"}});
  EXPECT_EQ(Reason(Approve(seller, "", "", kNow, &request)), "REQUESTER_MAY_NOT_DECIDE");
}

TEST(Approve, DelegateOfTheRequesterMayNotDecideInHisPlace) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  Decider deputy = Person(kDeputy, {"KAX"});
  deputy.substitutions.push_back({kSeller, {"SM"}});
  EXPECT_EQ(Reason(Approve(deputy, "", "", kNow, &request)), "REQUESTER_MAY_NOT_DECIDE");
}

TEST(Approve, DelegateOfTheDeciderDecidesAndIsRecordedAsSuch) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  Decider deputy = Person(kDeputy, {"KAX"});
  deputy.substitutions.push_back({kSeller, {"SM"}});
  deputy.substitutions.push_back({kManager, {"SM"}});
  ASSERT_TRUE(Approve(deputy, "", "", kNow, &request).ok());
  EXPECT_EQ(request.steps(0).decider(), kDeputy);
  EXPECT_EQ(request.steps(0).on_behalf_of(), kManager);
}

TEST(Approve, RefusesAnotherContentThanTheOneSeen) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  EXPECT_EQ(Reason(Approve(Person(kManager, {"SM"}), "old", "", kNow, &request)), "CONTENT_CHANGED");
  EXPECT_TRUE(Approve(Person(kManager, {"SM"}), "abc", "", kNow, &request).ok());
}

TEST(Reject, NeedsAnOpinionAndEndsTheRequest) {
  pb::ApprovalRequest request = Opened({{2, "SM"}, {4, "GAM"}});
  EXPECT_EQ(Reason(Reject(Person(kManager, {"SM"}), "", "", kNow, &request)), "OPINION_REQUIRED");
  request = Opened({{2, "SM"}, {4, "GAM"}});
  ASSERT_TRUE(Reject(Person(kManager, {"SM"}), "", "too low", kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_REJECTED);
  EXPECT_EQ(request.steps(0).state(), pb::APPROVAL_STEP_STATE_REJECTED);
  EXPECT_EQ(request.steps(1).state(), pb::APPROVAL_STEP_STATE_SKIPPED);
}

TEST(Withdraw, OnlyTheRequester) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  EXPECT_EQ(Reason(Withdraw(kManager, kNow, &request)), "NOT_THE_REQUESTER");
  ASSERT_TRUE(Withdraw(kSeller, kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_WITHDRAWN);
}

TEST(Expire, NotBeforeTheDeadline) {
  pb::ApprovalRequest request = Opened({{2, "SM"}});
  EXPECT_EQ(Reason(Expire(kNow + absl::Hours(72) - absl::Microseconds(1), &request)), "APPROVAL_NOT_DUE");
  ASSERT_TRUE(Expire(kNow + absl::Hours(72), &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_EXPIRED);
}

// G-05: when the time is over the level above is asked, once; whoever was asked before may still decide.
TEST(Escalate, PutsTheStepToTheLevelAboveOnce) {
  const absl::Time due = kNow + absl::Hours(72), later = due + absl::Hours(72);
  pb::ApprovalRequest request = Opened({{2, "SM"}, {4, "GAM"}});
  request.mutable_steps(0)->set_escalation_level(3);
  request.mutable_steps(0)->set_escalation_roles("KAM");
  EXPECT_FALSE(Escalate(due - absl::Microseconds(1), later, &request));
  ASSERT_TRUE(Escalate(due, later, &request));
  EXPECT_EQ(request.steps(0).roles(), "SM KAM");
  EXPECT_EQ(request.steps(0).level(), 2) << "nobody of the level above has decided yet";
  EXPECT_EQ(request.deadline().seconds(), absl::ToUnixSeconds(later));
  EXPECT_EQ(request.pending_roles_size(), 2);
  EXPECT_FALSE(Escalate(later, later + absl::Hours(1), &request)) << "once";
  EXPECT_EQ(Reason(Approve(Person(kManager, {"GAM"}), "", "", due, &request)), "NOT_THE_DECIDER");
  EXPECT_EQ(Reason(Approve(Person(kSeller, {"KAM"}), "", "", due, &request)), "REQUESTER_MAY_NOT_DECIDE");
  ASSERT_TRUE(Approve(Person(kManager, {"KAM"}), "", "", due, &request).ok());
  EXPECT_EQ(request.steps(0).level(), 3);
  EXPECT_EQ(request.current_step(), 2);
  EXPECT_FALSE(Escalate(later, later, &request)) << "the next step names no level above";
}

// G-05, G30: what was put to the level above and decided by the one below is a decision of the one below.
TEST(Escalate, TheLevelOfADecisionIsThatOfItsDecider) {
  const absl::Time due = kNow + absl::Hours(72), later = due + absl::Hours(72);
  const auto escalated = [&] {
    pb::ApprovalRequest request = Opened({{2, "SM"}});
    AddValue(1, "lines/a/DISCOUNT", "4", &request);
    request.mutable_steps(0)->set_escalation_level(3);
    request.mutable_steps(0)->set_escalation_roles("KAM");
    EXPECT_TRUE(Escalate(due, later, &request));
    return request;
  };
  pb::ApprovalRequest asked = NewRequest({{3, "KAM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &asked);
  pb::ApprovalRequest by_manager = escalated();
  ASSERT_TRUE(Approve(Person(kManager, {"SM"}), "", "", due, &by_manager).ok());
  EXPECT_EQ(by_manager.steps(0).level(), 2);
  EXPECT_EQ(CarryOver(by_manager, kLongAgo, &asked), 0) << "only level 2 has decided";
  pb::ApprovalRequest by_deputy = escalated();
  Decider deputy = Person(kDeputy, {});
  deputy.substitutions = {{kDirector, {"KAM"}}};
  ASSERT_TRUE(Approve(deputy, "", "", due, &by_deputy).ok());
  EXPECT_EQ(by_deputy.steps(0).level(), 3);
  EXPECT_EQ(CarryOver(by_deputy, kLongAgo, &asked), 1);
}

// G-05: a step has room for so many; those above are the ones who matter then.
TEST(Escalate, NamesThatAStepHasNoRoomForAreLeftOut) {
  const absl::Time due = kNow + absl::Hours(72);
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) names.push_back("employees/" + std::string(24, 'a') + std::to_string(10 + i));
  EXPECT_LE(StepNames(names).size(), 1000u);
  pb::ApprovalRequest request = NewRequest({{2, ""}});
  request.mutable_steps(0)->set_employees(StepNames({names.begin(), names.begin() + 18}));
  request.mutable_steps(0)->set_escalation_employees(StepNames({names.begin() + 16, names.end()}));
  ASSERT_TRUE(Open(kNow, &request).ok());
  request.mutable_deadline()->set_seconds(absl::ToUnixSeconds(due));
  ASSERT_TRUE(Escalate(due, due + absl::Hours(1), &request));
  EXPECT_LE(request.steps(0).employees().size(), 1000u);
  EXPECT_EQ(request.pending_employees_size(), static_cast<int>(kStepNamesMax));
  EXPECT_THAT(request.pending_employees(), ::testing::Contains(names[29]));
  EXPECT_THAT(request.pending_employees(), ::testing::Contains(names[0]));
}

TEST(Escalate, NothingThatIsOver) {
  for (const pb::ApprovalState state : {pb::APPROVAL_STATE_APPROVED, pb::APPROVAL_STATE_REJECTED,
                                        pb::APPROVAL_STATE_WITHDRAWN, pb::APPROVAL_STATE_EXPIRED}) {
    pb::ApprovalRequest request = Opened({{2, "SM"}});
    request.mutable_steps(0)->set_escalation_roles("KAM");
    request.set_state(state);
    EXPECT_FALSE(Escalate(kNow + absl::Hours(100), kNow + absl::Hours(200), &request));
  }
}

// Every verb in every state that is over.
TEST(Verbs, NothingHappensToARequestThatIsOver) {
  for (const pb::ApprovalState state : {pb::APPROVAL_STATE_APPROVED, pb::APPROVAL_STATE_REJECTED,
                                        pb::APPROVAL_STATE_WITHDRAWN, pb::APPROVAL_STATE_EXPIRED}) {
    pb::ApprovalRequest request = Opened({{2, "SM"}});
    request.set_state(state);
    const std::string before = request.SerializeAsString();
    EXPECT_EQ(Reason(Approve(Person(kManager, {"SM"}), "", "", kNow, &request)), "STATE_NOT_ALLOWED");
    EXPECT_EQ(Reason(Reject(Person(kManager, {"SM"}), "", "no", kNow, &request)), "STATE_NOT_ALLOWED");
    EXPECT_EQ(Reason(Withdraw(kSeller, kNow, &request)), "STATE_NOT_ALLOWED");
    EXPECT_EQ(Reason(Expire(kNow + absl::Hours(100), &request)), "STATE_NOT_ALLOWED");
    EXPECT_EQ(request.SerializeAsString(), before);
  }
}

// An approval of a discount on two lines: line a at level 2, line b at level 4.
pb::ApprovalRequest Granted() {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}, {4, "GAM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &request);
  AddValue(2, "lines/b/DISCOUNT", "12", &request);
  EXPECT_TRUE(Open(kNow, &request).ok());
  EXPECT_TRUE(Approve(Person(kManager, {"SM"}), "", "", kNow, &request).ok());
  EXPECT_TRUE(Approve(Person(kDirector, {"GAM"}), "", "", kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_APPROVED);
  request.set_name("approvalRequests/00000000000000000000000001");
  return request;
}

// G30, first half: one line's discount lowered.
TEST(CarryOver, G30LoweredDiscountIsNotAskedAgain) {
  const pb::ApprovalRequest earlier = Granted();
  pb::ApprovalRequest request = NewRequest({{2, "SM"}, {4, "GAM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &request);
  AddValue(2, "lines/b/DISCOUNT", "11", &request);
  EXPECT_EQ(CarryOver(earlier, kLongAgo, &request), 2);
  ASSERT_TRUE(Open(kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_APPROVED);
  EXPECT_EQ(request.steps(1).state(), pb::APPROVAL_STEP_STATE_CARRIED);
  EXPECT_EQ(request.steps(1).decider(), kDirector);
  EXPECT_EQ(request.earlier(), earlier.name());
}

// G30, second half: one line's discount raised.
TEST(CarryOver, G30RaisedDiscountAsksOnlyThatApprover) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}, {4, "GAM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &request);
  AddValue(2, "lines/b/DISCOUNT", "12.0001", &request);
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &request), 1);
  ASSERT_TRUE(Open(kNow, &request).ok());
  EXPECT_EQ(request.state(), pb::APPROVAL_STATE_PENDING);
  EXPECT_EQ(request.steps(0).state(), pb::APPROVAL_STEP_STATE_CARRIED);
  EXPECT_EQ(request.current_step(), 2);
  EXPECT_THAT(request.pending_roles(), ElementsAre("GAM"));
}

// Lowered so far that a lower level would do: the higher one has allowed more already.
TEST(CarryOver, G30DecisionOfAHigherLevelCoversALowerOne) {
  pb::ApprovalRequest request = NewRequest({{3, "KAM"}});
  AddValue(1, "lines/b/DISCOUNT", "7", &request);
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &request), 1);
  pb::ApprovalRequest higher = NewRequest({{4, "GAM"}});
  AddValue(1, "lines/a/DISCOUNT", "3", &higher);
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &higher), 0) << "level 2 has decided about line a, level 4 is needed now";
}

TEST(CarryOver, NewItemsOtherReasonsAndLowerMarginsAreAsked) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}});
  AddValue(1, "lines/c/DISCOUNT", "1", &request);
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &request), 0);
  pb::ApprovalRequest other = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/DISCOUNT", "1", &other);
  other.mutable_tested_values(0)->set_reason("FLOOR");
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &other), 0);

  pb::ApprovalRequest margin = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/MARGIN", "10", &margin, pb::WORSE_DIRECTION_LOWER);
  ASSERT_TRUE(Open(kNow, &margin).ok());
  ASSERT_TRUE(Approve(Person(kManager, {"SM"}), "", "", kNow, &margin).ok());
  pb::ApprovalRequest lower = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/MARGIN", "9.99", &lower, pb::WORSE_DIRECTION_LOWER);
  EXPECT_EQ(CarryOver(margin, kLongAgo, &lower), 0);
  pb::ApprovalRequest higher = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/MARGIN", "10.01", &higher, pb::WORSE_DIRECTION_LOWER);
  EXPECT_EQ(CarryOver(margin, kLongAgo, &higher), 1);
}

TEST(CarryOver, OnlyFromApprovedRequestsOfTheSamePurposeNotDecidedByWhoAsksNow) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &request);
  pb::ApprovalRequest rejected = Granted();
  rejected.set_state(pb::APPROVAL_STATE_REJECTED);
  EXPECT_EQ(CarryOver(rejected, kLongAgo, &request), 0);
  pb::ApprovalRequest purpose = Granted();
  purpose.set_purpose("PRICE_BOOK_RELEASE");
  EXPECT_EQ(CarryOver(purpose, kLongAgo, &request), 0);
  request.set_requester(kManager);
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &request), 0) << "the manager decided then and asks now";
}

// G-05: conditions of long ago are asked about again.
TEST(CarryOver, DecisionsThatAreTooOldAreAskedAgain) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &request);
  EXPECT_EQ(CarryOver(Granted(), kNow + absl::Microseconds(1), &request), 0);
  EXPECT_EQ(CarryOver(Granted(), kNow, &request), 1);
  // What was carried over is as old as the decision itself.
  pb::ApprovalRequest chain = request;
  chain.set_state(pb::APPROVAL_STATE_APPROVED);
  pb::ApprovalRequest next = NewRequest({{2, "SM"}});
  AddValue(1, "lines/a/DISCOUNT", "4", &next);
  EXPECT_EQ(CarryOver(chain, kNow + absl::Microseconds(1), &next), 0);
}

TEST(CarryOver, StepThatTestsNothingIsAsked) {
  pb::ApprovalRequest request = NewRequest({{2, "SM"}});
  EXPECT_EQ(CarryOver(Granted(), kLongAgo, &request), 0);
}

// G-05
TEST(Lent, IsWhatTheDelegatorStillHolds) {
  EXPECT_THAT(Lent({"SM", "GAM"}, {"KAM", "SM"}).roles, ::testing::ElementsAre("SM"));
  EXPECT_THAT(Lent({"SM"}, {}).roles, ::testing::IsEmpty());
}

// G-05: two levels are two people; authority that was lent does not make one person both.
TEST(ApproveTest, NobodyAnswersASecondStepByLentAuthority) {
  pb::ApprovalRequest request = NewRequest({{1, "SM"}, {2, "GM"}});
  ASSERT_TRUE(Open(kNow, &request).ok());
  Decider manager = Person(kManager, {"SM"});
  manager.substitutions = {{kDirector, {"GM"}}};
  ASSERT_TRUE(Approve(manager, "", "", kNow, &request).ok());
  pb::ApprovalRequest again = request;
  EXPECT_EQ(Reason(Approve(manager, "", "", kNow, &again)), "ALREADY_DECIDED");
  // Another deputy of the same director is another person; one of the manager is not.
  Decider deputy = Person(kDeputy, {});
  deputy.substitutions = {{kManager, {"GM"}}};
  again = request;
  EXPECT_EQ(Reason(Approve(deputy, "", "", kNow, &again)), "ALREADY_DECIDED");
  deputy.substitutions = {{kDirector, {"GM"}}};
  again = request;
  EXPECT_TRUE(Approve(deputy, "", "", kNow, &again).ok());
  // In person he may hold both posts.
  EXPECT_TRUE(Approve(Person(kManager, {"SM", "GM"}), "", "", kNow, &request).ok());
}

// G-05: the other order is no other rule: first by lent authority, then in person.
TEST(ApproveTest, NobodyAnswersInPersonAfterAStepByLentAuthority) {
  pb::ApprovalRequest request = NewRequest({{1, "SM"}, {2, "GM"}});
  ASSERT_TRUE(Open(kNow, &request).ok());
  Decider director = Person(kDirector, {"GM"});
  director.substitutions = {{kManager, {"SM"}}};
  ASSERT_TRUE(Approve(director, "", "", kNow, &request).ok());
  ASSERT_EQ(request.steps(0).on_behalf_of(), kManager);
  pb::ApprovalRequest again = request;
  EXPECT_EQ(Reason(Approve(director, "", "", kNow, &again)), "ALREADY_DECIDED");
  EXPECT_EQ(Reason(Reject(director, "", "too cheap", kNow, &again)), "ALREADY_DECIDED");
  // Nor does the one whose place was taken: the step was his.
  Decider deputy = Person(kDeputy, {});
  deputy.substitutions = {{kDirector, {"GM"}}};
  again = request;
  EXPECT_EQ(Reason(Approve(deputy, "", "", kNow, &again)), "ALREADY_DECIDED") << "a deputy of the decider";
  EXPECT_TRUE(Approve(Person("employees/another", {"GM"}), "", "", kNow, &request).ok());
}

}  // namespace
}  // namespace kam::approval
