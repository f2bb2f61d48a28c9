#include "aftersales-svc/rules/complaint_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "aftersales-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/complaint/v1/complaint_class.pb.h"

namespace kam::aftersales::rules {
namespace {

using ::kam::testing::HasReason;
using ::kam::testing::IsOk;
using ::kam::testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'767'600'000);

cv1::ComplaintClassRule Rule(const std::string& name, int priority) {
  cv1::ComplaintClassRule rule;
  rule.set_name(name);
  rule.set_priority(priority);
  rule.set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  return rule;
}

google::type::Money Amount(int64_t units, const std::string& currency) {
  google::type::Money money;
  money.set_units(units);
  money.set_currency_code(currency);
  return money;
}

// S-03
TEST(ComplaintRulesTest, EveryConditionOfAClassRuleMustHold) {
  cv1::Complaint complaint;
  complaint.set_category(cv1::COMPLAINT_CATEGORY_PRODUCT);
  complaint.set_severity(cv1::SEVERITY_HIGH);
  *complaint.mutable_amount() = Amount(500, "CNY");
  cv1::ComplaintClassRule rule = Rule("r", 1);
  const auto fits = [&](const cv1::ComplaintClassRule& asked, const char* tier = "A") {
    return DecidingRule(complaint, tier, {asked}) != nullptr;
  };
  EXPECT_TRUE(fits(rule));
  rule.set_category(cv1::COMPLAINT_CATEGORY_PRODUCT);
  rule.set_severity_min(cv1::SEVERITY_HIGH);
  *rule.mutable_amount_min() = Amount(500, "CNY");
  rule.set_tier("A");
  EXPECT_TRUE(fits(rule));
  EXPECT_FALSE(fits(rule, "B"));
  EXPECT_FALSE(fits(rule, ""));
  cv1::ComplaintClassRule other = rule;
  other.set_category(cv1::COMPLAINT_CATEGORY_PRICE);
  EXPECT_FALSE(fits(other));
  other = rule;
  other.set_severity_min(cv1::SEVERITY_CRITICAL);
  EXPECT_FALSE(fits(other));
  other = rule;
  *other.mutable_amount_min() = Amount(501, "CNY");
  EXPECT_FALSE(fits(other));
  *other.mutable_amount_min() = Amount(1, "EUR");
  EXPECT_FALSE(fits(other)) << "amounts of different currencies are not compared";
  complaint.clear_amount();
  EXPECT_FALSE(fits(rule));
}

// S-03
TEST(ComplaintRulesTest, TheHighestPriorityWinsWhateverTheOrder) {
  const cv1::Complaint complaint;
  EXPECT_EQ(DecidingRule(complaint, "", {}), nullptr);
  for (const auto& rules : {std::vector{Rule("low", 1), Rule("high", 9), Rule("middle", 5)},
                            std::vector{Rule("high", 9), Rule("low", 1), Rule("late", 9)}}) {
    const cv1::ComplaintClassRule* rule = DecidingRule(complaint, "", rules);
    ASSERT_NE(rule, nullptr);
    EXPECT_EQ(rule->name(), "high");
  }
}

// S-03, R-18: who may work on which complaint.
TEST(ComplaintRulesTest, EveryPairOfClassAndWorker) {
  for (const bool major : {false, true}) {
    for (const bool may_handle_major : {false, true}) {
      for (const bool may_assign : {false, true}) {
        for (const char* actor : {"employees/handler", "employees/helper", "employees/other"}) {
          cv1::Complaint complaint;
          complaint.set_complaint_class(major ? cv1::COMPLAINT_CLASS_MAJOR : cv1::COMPLAINT_CLASS_ORDINARY);
          complaint.set_handler("employees/handler");
          complaint.add_co_handlers("employees/helper");
          const absl::Status status = CheckWorker(complaint, {actor, may_assign, may_handle_major});
          const bool works = may_assign || std::string(actor) != "employees/other";
          if (!works) {
            EXPECT_THAT(status, HasReason("NOT_HANDLER"));
          } else if (major && !may_handle_major) {
            EXPECT_THAT(status, HasReason("MAJOR_COMPLAINT_NOT_ALLOWED"));
          } else {
            EXPECT_THAT(status, IsOk());
          }
        }
      }
    }
  }
}

// S-02
TEST(ComplaintRulesTest, TheReceiptMayLieInThePastButNotInTheFuture) {
  const Policy policy;
  cv1::Complaint complaint;
  EXPECT_THAT(Register("", {}, kNow, policy, &complaint), IsOk());
  EXPECT_EQ(FromTimestamp(complaint.receive_time()), kNow);
  *complaint.mutable_receive_time() = ToTimestamp(kNow - absl::Hours(100));
  EXPECT_THAT(Register("", {}, kNow, policy, &complaint), IsOk());
  *complaint.mutable_receive_time() = ToTimestamp(kNow + policy.clock_tolerance);
  EXPECT_THAT(Register("", {}, kNow, policy, &complaint), IsOk());
  *complaint.mutable_receive_time() = ToTimestamp(kNow + policy.clock_tolerance + absl::Seconds(1));
  EXPECT_THAT(Register("", {}, kNow, policy, &complaint), HasReason("TIME_IN_FUTURE"));
}

// S-06
TEST(ComplaintRulesTest, ConfirmingNeedsTheResultToldAndAnotherPersonThanTheWorkers) {
  cv1::Complaint complaint;
  complaint.set_state(cv1::COMPLAINT_STATE_EXECUTED);
  *complaint.mutable_receive_time() = ToTimestamp(kNow);
  *complaint.mutable_investigation()->mutable_finish_time() = ToTimestamp(kNow + absl::Hours(2));
  int score = 5;
  const auto confirm = [&](bool satisfied, bool worked_on) {
    return Confirm(satisfied, score, "Wang", "", worked_on, kNow + absl::Hours(3), Policy(), &complaint);
  };
  EXPECT_THAT(confirm(true, false), HasReason("REPLY_REQUIRED"));
  *complaint.add_replies()->mutable_reply_time() = ToTimestamp(kNow + absl::Hours(1));
  EXPECT_THAT(CheckReplied(complaint), IsOk()) << "enough to refuse the complaint";
  EXPECT_THAT(confirm(true, false), HasReason("REPLY_REQUIRED")) << "told before there was a result";
  *complaint.add_replies()->mutable_reply_time() = ToTimestamp(kNow + absl::Hours(2));
  EXPECT_THAT(confirm(true, true), HasReason("SEPARATION_OF_DUTIES"));
  score = Policy().satisfied_score_min - 1;
  EXPECT_THAT(confirm(true, false), HasReason("SCORE_CONTRADICTS")) << "nobody is satisfied with so little";
  score = 5;
  EXPECT_THAT(CheckClose(complaint), HasReason("CONFIRMATION_REQUIRED"));
  EXPECT_THAT(confirm(false, false), IsOk());
  EXPECT_EQ(complaint.state(), cv1::COMPLAINT_STATE_REOPENED);
  complaint.set_state(cv1::COMPLAINT_STATE_EXECUTED);
  EXPECT_THAT(CheckClose(complaint), HasReason("REPLY_REQUIRED")) << "a new round";
  *complaint.add_replies()->mutable_reply_time() = ToTimestamp(kNow + absl::Hours(3));
  EXPECT_THAT(confirm(true, false), IsOk());
  EXPECT_EQ(complaint.state(), cv1::COMPLAINT_STATE_CONFIRMED);
  EXPECT_THAT(CheckClose(complaint), IsOk());
  complaint.set_state(cv1::COMPLAINT_STATE_EXECUTED);
  score = 0;
  EXPECT_THAT(confirm(true, false), IsOk()) << "he gave none";
  score = Policy().satisfied_score_min;
  EXPECT_THAT(confirm(true, false), IsOk());
}

// S-04: the original record stays: the words of the customer, and whatever was shown.
TEST(ComplaintRulesTest, TheOriginalRecordStays) {
  cv1::Complaint before;
  before.set_creator("employees/anna");
  before.set_state(cv1::COMPLAINT_STATE_RECEIVED);
  before.set_description("it does not start");
  before.add_evidence()->set_title("photograph");
  const auto update = [&](absl::string_view actor, const std::string& words, bool drop) {
    cv1::Complaint after = before;
    after.set_description(words);
    after.add_evidence()->set_title("video");
    if (drop) after.mutable_evidence()->DeleteSubrange(0, 1);
    return CheckUpdate(before, actor, &after);
  };
  EXPECT_THAT(update("employees/anna", "it does not charge", false), IsOk()) << "taken down wrongly";
  EXPECT_THAT(update("employees/ben", "it does not charge", false), HasReason("COMPLAINT_RECORD_KEPT"));
  EXPECT_THAT(update("employees/ben", "it does not start", false), IsOk()) << "evidence is added";
  EXPECT_THAT(update("employees/anna", "it does not start", true), NamesField("complaint.evidence"));
  for (int state = cv1::ComplaintState_MIN + 1; state <= cv1::ComplaintState_MAX; ++state) {
    before.set_state(static_cast<cv1::ComplaintState>(state));
    if (before.state() == cv1::COMPLAINT_STATE_RECEIVED || HasEnded(before.state())) continue;
    EXPECT_THAT(update("employees/anna", "all is well", false), NamesField("complaint.description")) << state;
  }
}

// S-05: an escalation is the work of the role it names, until it falls back to whoever had it.
TEST(ComplaintRulesTest, AnEscalationIsTheWorkOfTheRoleThatItNames) {
  cv1::Complaint complaint;
  EXPECT_THAT(Escalate(1, "SVM", "p", "late", kNow, &complaint), IsOk());
  EXPECT_EQ(complaint.escalated_role(), "SVM");
  EXPECT_THAT(Escalate(3, "SVD", "p", "later", kNow, &complaint), IsOk());
  EXPECT_EQ(complaint.escalated_role(), "SVD");
  EXPECT_THAT(Deescalate(1, "p", false, "under way", kNow, &complaint), IsOk());
  EXPECT_EQ(complaint.escalated_role(), "SVM");
  EXPECT_THAT(Deescalate(0, "p", false, "done", kNow, &complaint), IsOk());
  EXPECT_EQ(complaint.escalated_role(), "");
}

// S-06: only a reply that comes when there is a result tells it.
TEST(ComplaintRulesTest, EveryStateInWhichAReplyTellsTheResult) {
  const std::set<int> telling = {cv1::COMPLAINT_STATE_PROPOSED, cv1::COMPLAINT_STATE_AGREED,
                                 cv1::COMPLAINT_STATE_EXECUTED, cv1::COMPLAINT_STATE_CONFIRMED};
  for (int state = cv1::ComplaintState_MIN + 1; state <= cv1::ComplaintState_MAX; ++state) {
    cv1::Complaint complaint;
    complaint.set_state(static_cast<cv1::ComplaintState>(state));
    *complaint.add_replies()->mutable_reply_time() = ToTimestamp(kNow);
    EXPECT_EQ(WasToldResult(complaint), telling.count(state) == 1) << cv1::ComplaintState_Name(complaint.state());
  }
}

// S-04: a new handler takes over an investigation where it stands.
TEST(ComplaintRulesTest, AssigningMovesOnlyWhatHadNoHandler) {
  for (int state = cv1::ComplaintState_MIN + 1; state <= cv1::ComplaintState_MAX; ++state) {
    cv1::Complaint complaint;
    complaint.set_state(static_cast<cv1::ComplaintState>(state));
    ASSERT_THAT(Assign("employees/a", {"employees/b"}, &complaint), IsOk());
    const bool moves = state == cv1::COMPLAINT_STATE_ACCEPTED || state == cv1::COMPLAINT_STATE_REOPENED;
    EXPECT_EQ(complaint.state(), moves ? cv1::COMPLAINT_STATE_ASSIGNED : state);
  }
  cv1::Complaint complaint;
  EXPECT_THAT(Assign("employees/a", {"employees/b", "employees/b"}, &complaint), HasReason("HANDLER_REPEATED"));
}

}  // namespace
}  // namespace kam::aftersales::rules
