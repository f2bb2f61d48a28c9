#include "account-svc/rules/market_information_rules.h"

#include <gtest/gtest.h>

#include "account-svc/rules/communication_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/report_rules.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/communication_record.pb.h"
#include "kam/account/v1/competitor.pb.h"
#include "kam/account/v1/market_survey.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

// every kind of figure at its bounds.
TEST(Figures, HaveTheirRange) {
  struct Case {
    v1::FigureKind kind;
    const char* value;
    bool ok;
  };
  for (const Case& c : {Case{v1::FIGURE_KIND_COVERAGE, "0", true}, Case{v1::FIGURE_KIND_COVERAGE, "100", true},
                        Case{v1::FIGURE_KIND_COVERAGE, "100.0001", false}, Case{v1::FIGURE_KIND_SHARE, "-0.1", false},
                        Case{v1::FIGURE_KIND_REPUTATION, "87.5", true}, Case{v1::FIGURE_KIND_VOLUME, "125000", true},
                        Case{v1::FIGURE_KIND_VOLUME, "12.5", false}, Case{v1::FIGURE_KIND_VOLUME, "-1", false}}) {
    Figures figures;
    figures.Add()->set_kind(c.kind);
    figures.Mutable(0)->set_value(c.value);
    const absl::Status status = CheckFigures(figures, "figures");
    EXPECT_EQ(status.ok(), c.ok) << c.value << ": " << status;
    if (!c.ok) {
      EXPECT_THAT(status, NamesField("figures[0].value"));
    }
  }
}

// how long information counts depends on what it is about.
TEST(Validity, IsThatOfTheCategory) {
  const Policy policy;
  EXPECT_EQ(*ValidUntil("2026-01-01", v1::MARKET_CATEGORY_PRICE, policy), "2026-01-31");
  EXPECT_EQ(*ValidUntil("2026-01-01", v1::MARKET_CATEGORY_GOVERNMENT_POLICY, policy), "2027-01-01");
}

//
TEST(Competitor, ConfirmedNeedsEvidenceAndAPriceItsAmount) {
  v1::CompetitorRecord record;
  record.set_information_date("2026-01-05");
  record.set_kind(v1::COMPETITOR_RECORD_KIND_PRICE);
  EXPECT_THAT(CheckCompetitorRecord(record, "2026-01-05"), HasReason("PRICE_REQUIRED"));
  record.mutable_price()->set_units(1);
  EXPECT_THAT(CheckCompetitorRecord(record, "2026-01-05"), IsOk());
  EXPECT_THAT(CheckCompetitorRecord(record, "2026-01-04"), HasReason("DATE_IN_FUTURE"));
  record.set_reliability(v1::RELIABILITY_CONFIRMED);
  EXPECT_THAT(CheckCompetitorRecord(record, "2026-01-05"), HasReason("EVIDENCE_REQUIRED"));
  record.set_contributor("employees/a");
  EXPECT_THAT(CheckCompetitorRecordUpdate(record, "employees/b", false, false), HasReason("CONTRIBUTION_OF_ANOTHER"));
  EXPECT_THAT(CheckCompetitorRecordUpdate(record, "employees/a", false, false), IsOk());
  EXPECT_THAT(CheckCompetitorRecordUpdate(record, "employees/b", true, false), IsOk()) << "he is above";
  EXPECT_THAT(CheckCompetitorRecordUpdate(record, "employees/b", false, true), IsOk()) << "nobody else is left";
}

// a week by its Monday, due at the end of Saturday.
TEST(WeeklyReport, IsDueOnSaturday) {
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 3600);
  const auto week = WeekOf("2026-12-28", "week", Policy(), zone);
  ASSERT_THAT(week, IsOk());
  EXPECT_EQ(week->earliest, absl::FromCivil(absl::CivilDay(2027, 1, 1), zone));
  EXPECT_EQ(week->due, absl::FromCivil(absl::CivilDay(2027, 1, 3), zone));
  EXPECT_EQ(week->until, absl::FromCivil(absl::CivilDay(2027, 1, 4), zone));
  EXPECT_THAT(WeekOf("2026-12-27", "week", Policy(), zone), HasReason("PERIOD_START_INVALID"));
}

// by whom and how long a record is corrected.
TEST(Communication, IsCorrectedByItsOwnerForATime) {
  const Policy policy;
  const absl::Time now = absl::FromUnixSeconds(1'767'571'200);
  v1::CommunicationRecord record;
  record.set_employee("employees/a");
  record.set_creator("employees/c");
  *record.mutable_create_time() = ToTimestamp(now);
  const absl::Time last = now + policy.communication_correction_time;
  EXPECT_THAT(CheckCommunicationUpdate(record, "employees/a", last, policy), IsOk());
  EXPECT_THAT(CheckCommunicationUpdate(record, "employees/c", last, policy), IsOk());
  EXPECT_THAT(CheckCommunicationUpdate(record, "employees/b", now, policy), HasReason("COMMUNICATION_SETTLED"));
  EXPECT_THAT(CheckCommunicationUpdate(record, "employees/a", last + absl::Microseconds(1), policy),
              HasReason("COMMUNICATION_SETTLED"));
}

// not before somebody came, not after he left; late is not missing.
TEST(Recorder, MissesWorkingDaysInService) {
  const absl::CivilDay monday(2026, 1, 5);
  const std::vector<absl::CivilDay> days = {monday, monday + 1, monday + 2};
  const auto missing = MissingDays({{"a", absl::CivilDay::min(), absl::CivilDay::max()}, {"b", monday + 1, monday + 1}},
                                   days, {{{"a", monday}, Copy::kInTime}, {{"a", monday + 1}, Copy::kLate}});
  ASSERT_EQ(missing.size(), 3u);
  EXPECT_TRUE(missing[0].employee == "a" && missing[0].day == monday + 1 && missing[0].late);
  EXPECT_TRUE(missing[1].employee == "a" && missing[1].day == monday + 2 && !missing[1].late);
  EXPECT_TRUE(missing[2].employee == "b" && missing[2].day == monday + 1 && !missing[2].late);
}

}  // namespace
}  // namespace kam::account::rules
