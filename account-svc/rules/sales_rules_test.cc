#include "account-svc/rules/sales_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::EqualsProto;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

// A-19: the telephone is excepted only when the customer refuses it.
TEST(LeadRules, ATelephoneIsNeededUnlessRefused) {
  Policy policy;
  policy.visitor_form_fields = {};
  v1::Lead lead;
  EXPECT_THAT(CheckLead(lead, policy), HasReason("PHONE_REQUIRED"));
  lead.set_phone_refused(true);
  EXPECT_THAT(CheckLead(lead, policy), IsOk());
  lead.set_phone("-");
  lead.set_phone_refused(false);
  EXPECT_THAT(CheckLead(lead, policy), HasReason("PHONE_INVALID"));
  lead.set_phone(" ");
  EXPECT_THAT(CheckLead(lead, policy), HasReason("PHONE_INVALID"));
  lead.set_phone("13912345678");
  lead.set_phone_refused(true);
  EXPECT_THAT(CheckLead(lead, policy), HasReason("PHONE_REFUSED"));
  lead.set_phone_refused(false);
  EXPECT_THAT(CheckLead(lead, policy), IsOk());
}

// A-19: every blank item of the form is named at once.
TEST(LeadRules, NoItemOfTheVisitorFormStaysBlank) {
  Policy policy;
  policy.visitor_form_fields = {"display_name", "channel", "showroom", "party_size"};
  v1::Lead lead;
  lead.set_phone_refused(true);
  lead.set_channel(v1::CHANNEL_SHOWROOM);
  const absl::Status blank = CheckLead(lead, policy);
  EXPECT_THAT(blank, HasReason("LEAD_FORM_INCOMPLETE"));
  EXPECT_THAT(ViolatedFields(blank), ::testing::ElementsAre("lead.display_name", "lead.showroom", "lead.party_size"));
  lead.set_display_name(" ");
  EXPECT_THAT(CheckLead(lead, policy), NamesField("lead.display_name")) << "blanks are nothing";
  lead.set_display_name("王");
  lead.set_showroom("一号");
  lead.set_party_size(2);
  EXPECT_THAT(CheckLead(lead, policy), IsOk());
  EXPECT_TRUE(IsLeadField("showroom"));
  EXPECT_FALSE(IsLeadField("missed_days"));
  EXPECT_FALSE(IsLeadField("moon"));
}

// A-19: rates are counted by the arrival: not in the future, not long before it was written down, not moved later.
TEST(LeadRules, TheArrivalIsWhenItWas) {
  Policy policy;
  policy.lead_backdating = absl::Hours(48);
  policy.lead_correction = absl::Hours(2);
  const absl::Time created = absl::FromUnixSeconds(1'767'571'200);
  const auto check = [&](absl::Time at, bool moved, absl::Time now) {
    v1::Lead lead;
    *lead.mutable_arrival_time() = ToTimestamp(at);
    return CheckArrival(lead, moved, created, now, policy);
  };
  EXPECT_THAT(check(created - absl::Hours(48), false, created), IsOk());
  EXPECT_THAT(check(created - absl::Hours(48) - absl::Microseconds(1), false, created), HasReason("DATE_TOO_EARLY"));
  EXPECT_THAT(check(created + absl::Hours(1), false, created), HasReason("TIME_IN_FUTURE"));
  EXPECT_THAT(check(created - absl::Hours(1), true, created + absl::Hours(2)), IsOk());
  EXPECT_THAT(check(created - absl::Hours(1), true, created + absl::Hours(2) + absl::Microseconds(1)),
              HasReason("ARRIVAL_FIXED"));
}

TEST(LeadRules, AQualifiedLeadHasALevelAndANextDate) {
  v1::Lead lead;
  EXPECT_EQ(MetadataValue(Qualify(lead), "missing"), "intention_level, next_follow_up_date");
  lead.set_intention_level(v1::INTENTION_LEVEL_A);
  EXPECT_THAT(Qualify(lead), HasReason("LEAD_INCOMPLETE"));
  lead.set_next_follow_up_date("2026-01-06");
  EXPECT_THAT(Qualify(lead), IsOk());
}

TEST(LeadRules, ClosedLeadsDoNotChange) {
  v1::Lead lead;
  for (int state = v1::LEAD_STATE_NEW; state <= v1::LeadState_MAX; ++state) {
    lead.set_state(static_cast<v1::LeadState>(state));
    EXPECT_EQ(CheckLeadUpdate(lead).ok(), state <= v1::LEAD_STATE_QUALIFIED) << state;
  }
}

TEST(LeadRules, TheDraftTakesFromTheLeadOnlyWhatItDoesNotSay) {
  v1::Lead lead;
  lead.set_display_name("王");
  lead.set_company_name("某公司");
  lead.set_phone("1");
  lead.set_region("华东");
  lead.set_channel(v1::CHANNEL_WEB);
  v1::Account account;
  account.set_phone("2");
  AccountFromLead(lead, &account);
  EXPECT_THAT(account, EqualsProto(R"pb(legal_name: "某公司" phone: "2" region: "华东" source: CHANNEL_WEB)pb"));
}

// A-19, A-21: a lead becomes a draft or joins an account that is there; nobody recommends himself.
TEST(LeadRules, ALeadJoinsAnAccountThatIsThere) {
  v1::Lead lead;
  lead.set_referrer("accounts/r");
  v1::ConvertLeadRequest request;
  request.set_existing_account("accounts/a");
  EXPECT_THAT(CheckJoin(request, lead), IsOk());
  request.mutable_account();
  EXPECT_THAT(CheckJoin(request, lead), HasReason("FIELDS_EXCLUSIVE"));
  request.clear_account();
  request.set_existing_account("accounts/r");
  EXPECT_THAT(CheckJoin(request, lead), HasReason("REFERRER_IS_CUSTOMER"));
}

// A-19: who was written down has a salesperson by the minute of the policy, of that day or of the next working day.
TEST(AssignmentRules, ACustomerHasASalespersonTheSameDay) {
  Policy policy;
  policy.lead_assign_minute = 17 * 60;
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 60 * 60);
  const auto is_workday = [](absl::CivilDay day) {
    return absl::GetWeekday(day) != absl::Weekday::saturday && absl::GetWeekday(day) != absl::Weekday::sunday;
  };
  const auto at = [&](int day, int hour) { return absl::FromCivil(absl::CivilHour(2026, 1, day, hour), zone); };
  EXPECT_EQ(AssignmentDue(at(9, 16), zone, is_workday, policy), at(9, 17)) << "on Friday";
  EXPECT_EQ(AssignmentDue(at(9, 17), zone, is_workday, policy), at(12, 17)) << "on Monday";
  EXPECT_EQ(AssignmentDue(at(10, 10), zone, is_workday, policy), at(12, 17));
  const auto never = [](absl::CivilDay) { return false; };
  EXPECT_GT(AssignmentDue(at(9, 16), zone, never, policy), at(9, 16));
  v1::Lead lead;
  lead.set_owner("employees/r");
  EXPECT_THAT(CheckAssignee(lead, "employees/r", true, "lead.qualify"), testing::HasReason("OWNER_UNCHANGED"));
  EXPECT_THAT(CheckAssignee(lead, "employees/a", false, "lead.qualify"), testing::HasReason("ASSIGNEE_WITHOUT_RIGHT"));
  EXPECT_THAT(CheckAssignee(lead, "employees/a", true, "lead.qualify"), testing::IsOk());
}

}  // namespace
}  // namespace kam::account::rules
