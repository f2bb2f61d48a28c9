// People of a showroom and helpers of the tests of leads, cards and referrals. The clock is moved: times are relative
// to what it shows when a test begins.
#ifndef KAM_ACCOUNT_SVC_PIPELINE_CARD_FIXTURE_H_
#define KAM_ACCOUNT_SVC_PIPELINE_CARD_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/etag.h"
#include "account-svc/testing/grants.h"
#include "common/testing/matchers.h"
#include "common/time/date.h"
#include "kam/account/v1/follow_up_sheet_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::FollowUpSheet;
using v1::Lead;

class CardTest : public ::testing::Test {
 protected:
  CardTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("SM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        sm_(world_.As(head_, "SM GAM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")),
        clm_(world_.As(world_.AddEmployee("CLM"), "CLM")) {
    GrantRole(world_, "SM", "follow_up_sheet.sign");
    for (const char* role : {"SM", "GAM"}) GrantRole(world_, role, "follow_up_sheet.read");
    NextMonday();
  }

  absl::TimeZone zone() { return world_.harness().runtime().zone(); }
  FakeClock& clock() { return world_.harness().clock(); }
  std::string today() { return TodayText(clock().Now(), zone()); }
  std::string day(int days) { return *AddDays(today(), days); }
  // Midnight of the Monday after the next Sunday: no test sees the days of another.
  void NextMonday() {
    const absl::CivilDay monday = absl::NextWeekday(Today(clock().Now(), zone()), absl::Weekday::monday);
    clock().Set(absl::FromCivil(monday, zone()));
  }

  Lead MakeLead() {
    Lead lead;
    lead.set_display_name("王先生");
    lead.set_company_name(absl::StrCat("来店公司", world_.harness().NewId()));
    lead.set_phone(world_.CompleteDraft().phone());
    lead.set_channel(v1::CHANNEL_SHOWROOM);
    lead.set_need("面包车");
    lead.set_showroom("一号展厅");
    return lead;
  }
  absl::StatusOr<Lead> Create(const auth::Principal& who, const Lead& lead) {
    v1::CreateLeadRequest request;
    *request.mutable_lead() = lead;
    return world_.Call<Lead>(who, "kam.account.v1.LeadService/CreateLead", request);
  }
  absl::StatusOr<Lead> FollowUp(const std::string& lead, v1::IntentionLevel level, const std::string& next = {}) {
    v1::AddLeadFollowUpRequest request;
    request.set_name(lead);
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_result("再联系");
    request.set_intention_level(level);
    request.set_next_date(next);
    return world_.Call<Lead>(kax_, "kam.account.v1.LeadService/AddLeadFollowUp", request);
  }
  absl::StatusOr<FollowUpSheet> HandIn(const std::string& date = {}) {
    v1::CreateFollowUpSheetRequest request;
    request.mutable_follow_up_sheet()->set_sheet_date(date);
    return world_.Call<FollowUpSheet>(kax_, "kam.account.v1.FollowUpSheetService/CreateFollowUpSheet", request);
  }
  template <typename Request>
  absl::StatusOr<FollowUpSheet> Sheet(const auth::Principal& who, absl::string_view verb, const std::string& name,
                                      Request request = Request()) {
    request.set_name(name);
    if (request.etag().empty()) request.set_etag(EtagOf(world_, name));
    return world_.Call<FollowUpSheet>(who, absl::StrCat("kam.account.v1.FollowUpSheetService/", verb), request);
  }
  absl::StatusOr<v1::FollowUpCardRow> Cards(const std::string& from, const std::string& to) {
    v1::ReportFollowUpCardsRequest request;
    request.set_from_date(from);
    request.set_to_date(to);
    const auto report = world_.Call<v1::ReportFollowUpCardsResponse>(
        sm_, "kam.account.v1.FollowUpSheetService/ReportFollowUpCards", request);
    if (!report.ok()) return report.status();
    for (const v1::FollowUpCardRow& row : report->rows()) {
      if (row.employee() == seller_.name()) return row;
    }
    return absl::NotFoundError("no row");
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal sm_, kax_, kax2_, clm_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PIPELINE_CARD_FIXTURE_H_
