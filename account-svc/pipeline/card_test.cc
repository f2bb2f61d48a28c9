// The visitor register and follow-up cards, over real gRPC and a real database.
#include <map>
#include <string>

#include "account-svc/pipeline/card_fixture.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/traffic_count_service.pb.h"
#include "kam/account/v1/working_calendar_service.pb.h"

namespace kam::account {
namespace {

using v1::TrafficCount;

// a lead with a telephone number has a card; without one it gets it with the first entry.
TEST_F(CardTest, ALeadWithATelephoneGetsACard) {
  const auto lead = Create(kax_, MakeLead());
  ASSERT_THAT(lead, IsOk());
  EXPECT_TRUE(lead->has_card_open_time());
  EXPECT_EQ(lead->account_match(), v1::ACCOUNT_MATCH_NONE);
  Lead shy = MakeLead();
  shy.clear_phone();
  shy.set_phone_refused(true);
  const auto refused = Create(kax_, shy);
  ASSERT_THAT(refused, IsOk());
  EXPECT_FALSE(refused->has_card_open_time());
  EXPECT_TRUE(FollowUp(refused->name(), v1::INTENTION_LEVEL_A)->has_card_open_time());
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(refused->name());
  update.mutable_lead()->set_phone("021-50000009");
  EXPECT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update), HasReason("PHONE_REFUSED"));
}

// A-19, G28: whether the firm has a file is answered blind, and the question is logged.
TEST_F(CardTest, TheFirmOfALeadIsLookedUpBlind) {
  const v1::Account account = world_.AddAccount(sm_);
  world_.Assign(sm_, account.name(), other_.name());
  Lead lead = MakeLead();
  lead.set_company_name(account.legal_name());
  const auto foreign = Create(kax_, lead);
  ASSERT_THAT(foreign, IsOk());
  EXPECT_EQ(foreign->account_match(), v1::ACCOUNT_MATCH_EXISTS);
  EXPECT_TRUE(foreign->has_claimable_after());
  EXPECT_EQ(foreign->matched_account(), "");
  EXPECT_EQ(foreign->ShortDebugString().find(IdOf(other_.name())), std::string::npos);
  lead.set_phone(world_.CompleteDraft().phone());
  const auto own = Create(kax2_, lead);
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->account_match(), v1::ACCOUNT_MATCH_YOURS);
  EXPECT_EQ(own->matched_account(), account.name());
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(id) FROM duplicate_checks WHERE actor = '", seller_.name(),
                                  "' AND result = 'EXISTS'"))
                .integer(),
            1);
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(foreign->name());
  update.mutable_lead()->set_company_name(absl::StrCat("别的公司", world_.harness().NewId()));
  EXPECT_EQ(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update)->account_match(),
            v1::ACCOUNT_MATCH_NONE);
}

// the rates of a period are counted by the arrival.
TEST_F(CardTest, TheArrivalOfALeadIsNotMovedBetweenPeriods) {
  Lead lead = MakeLead();
  *lead.mutable_arrival_time() = ToTimestamp(clock().Now() + absl::Hours(24));
  EXPECT_THAT(Create(kax_, lead), HasReason("TIME_IN_FUTURE"));
  *lead.mutable_arrival_time() = ToTimestamp(clock().Now() - absl::Hours(24 * 30));
  EXPECT_THAT(Create(kax_, lead), HasReason("DATE_TOO_EARLY"));
  *lead.mutable_arrival_time() = ToTimestamp(clock().Now() - absl::Hours(20));
  const auto made = Create(kax_, lead);
  ASSERT_THAT(made, IsOk());
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(made->name());
  *update.mutable_lead()->mutable_arrival_time() = ToTimestamp(clock().Now() - absl::Hours(21));
  EXPECT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update), IsOk());
  clock().Advance(absl::Hours(25));
  *update.mutable_lead()->mutable_arrival_time() = ToTimestamp(clock().Now() - absl::Hours(21));
  EXPECT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update), HasReason("ARRIVAL_FIXED"));
}

// A-19, P-06: what the reception counted beside what was registered.
TEST_F(CardTest, TheDailyTrafficShowsCountsAndLeads) {
  v1::CreateTrafficCountRequest request;
  TrafficCount& count = *request.mutable_traffic_count();
  count.set_count_date(day(1));
  count.set_showroom(absl::StrCat("展厅", world_.harness().NewId()));
  count.set_channel(v1::CHANNEL_SHOWROOM);
  count.set_visits(3);
  count.set_calls(5);
  const std::string method = "kam.account.v1.TrafficCountService/CreateTrafficCount";
  EXPECT_THAT(world_.Call<TrafficCount>(kax_, method, request), HasReason("DATE_IN_FUTURE"));
  count.set_count_date(today());
  ASSERT_THAT(world_.Call<TrafficCount>(kax_, method, request), IsOk());
  const auto by_head = world_.Call<TrafficCount>(sm_, method, request);
  EXPECT_THAT(by_head, HasReason("TRAFFIC_COUNTED"));
  EXPECT_NE(MetadataValue(by_head.status(), "counted"), "");
  const auto by_colleague = world_.Call<TrafficCount>(kax2_, method, request);
  EXPECT_THAT(by_colleague, HasReason("TRAFFIC_COUNTED"));
  EXPECT_EQ(MetadataValue(by_colleague.status(), "counted"), "") << "he may not read that count";
  Lead lead = MakeLead();
  lead.set_showroom(count.showroom());
  ASSERT_THAT(Create(kax_, lead), IsOk());
  lead = MakeLead();
  lead.set_showroom(count.showroom());
  lead.clear_phone();
  lead.set_phone_refused(true);
  ASSERT_THAT(Create(kax2_, lead), IsOk());
  v1::ReportDailyTrafficRequest report;
  report.set_from_date(today());
  report.set_to_date(day(-1));
  const std::string daily = "kam.account.v1.TrafficCountService/ReportDailyTraffic";
  EXPECT_THAT(world_.Call<v1::ReportDailyTrafficResponse>(sm_, daily, report), HasReason("PERIOD_INVALID"));
  report.set_to_date(today());
  report.set_showroom(count.showroom());
  const auto whole = world_.Call<v1::ReportDailyTrafficResponse>(sm_, daily, report);
  ASSERT_THAT(whole, IsOk());
  ASSERT_EQ(whole->rows_size(), 1);
  EXPECT_THAT(whole->rows(0), testing::EqualsProto(absl::StrCat(
                                  "day: '", today(), "' showroom: '", count.showroom(),
                                  "' channel: CHANNEL_SHOWROOM visits: 3 calls: 5 leads: 2 leads_with_phone: 1 "
                                  "phone_refused: 1 registration_percent: '25.00'")));
  // A colleague sees his own lead and no count of others.
  const auto part = world_.Call<v1::ReportDailyTrafficResponse>(kax2_, daily, report);
  ASSERT_THAT(part, IsOk());
  ASSERT_EQ(part->rows_size(), 1);
  EXPECT_EQ(part->rows(0).leads(), 1);
  EXPECT_EQ(part->rows(0).visits(), 0);
}

// A-20, F-11, P-05: handed in by 17:00, signed by the sales manager, returned and handed in again.
TEST_F(CardTest, TheCardsOfTheDayAreHandedInAndSigned) {
  clock().Advance(absl::Hours(10));
  const auto first = Create(kax_, MakeLead());
  const auto second = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(first->name(), v1::INTENTION_LEVEL_H), IsOk());
  ASSERT_THAT(FollowUp(first->name(), v1::INTENTION_LEVEL_A), IsOk());
  clock().Advance(absl::Hours(2));
  ASSERT_THAT(FollowUp(second->name(), v1::INTENTION_LEVEL_B), IsOk());
  EXPECT_THAT(HandIn(day(1)), HasReason("DATE_IN_FUTURE"));
  const auto sheet = HandIn();
  ASSERT_THAT(sheet, IsOk());
  EXPECT_EQ(sheet->state(), v1::FOLLOW_UP_SHEET_STATE_HANDED_IN);
  EXPECT_EQ(sheet->owner(), seller_.name());
  EXPECT_EQ(sheet->prospects(), 2);
  EXPECT_EQ(sheet->quota(), 6);
  EXPECT_FALSE(sheet->quota_met());
  EXPECT_FALSE(sheet->late());
  ASSERT_EQ(sheet->lines_size(), 2);
  const v1::FollowUpSheetLine& line = sheet->lines(sheet->lines(0).lead() == first->name() ? 0 : 1);
  EXPECT_EQ(line.entries(), 2);
  EXPECT_EQ(line.in_window(), 2);
  EXPECT_EQ(line.intention_level(), v1::INTENTION_LEVEL_A);
  EXPECT_THAT(HandIn(), HasReason("SHEET_HANDED_IN"));
  v1::SignFollowUpSheetRequest unread;
  unread.set_name(sheet->name());
  EXPECT_THAT(world_.Call<FollowUpSheet>(sm_, "kam.account.v1.FollowUpSheetService/SignFollowUpSheet", unread),
              NamesField("etag"));
  EXPECT_THAT(Sheet<v1::SignFollowUpSheetRequest>(kax_, "SignFollowUpSheet", sheet->name()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  v1::ReturnFollowUpSheetRequest back;
  EXPECT_THAT(Sheet(sm_, "ReturnFollowUpSheet", sheet->name(), back), NamesField("reason"));
  back.set_reason("缺客户需求");
  EXPECT_EQ(Sheet(sm_, "ReturnFollowUpSheet", sheet->name(), back)->return_reason(), "缺客户需求");
  const auto third = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(third->name(), v1::INTENTION_LEVEL_C), IsOk());
  clock().Advance(absl::Hours(8));
  const auto again = Sheet<v1::ResubmitFollowUpSheetRequest>(kax_, "ResubmitFollowUpSheet", sheet->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->prospects(), 3);
  EXPECT_FALSE(again->late());
  const auto signed_sheet = Sheet<v1::SignFollowUpSheetRequest>(sm_, "SignFollowUpSheet", sheet->name());
  ASSERT_THAT(signed_sheet, IsOk());
  EXPECT_EQ(signed_sheet->signer(), head_.name());
  EXPECT_THAT(Sheet<v1::ResubmitFollowUpSheetRequest>(kax_, "ResubmitFollowUpSheet", sheet->name()),
              HasReason("STATE_NOT_ALLOWED"));
}

// what is signed has all entries of the day; who does not sign in time is reported over.
TEST_F(CardTest, ASheetIsCompleteAndSignedInTime) {
  const organization::v1::Employee chief = world_.AddEmployee("GAM", department_.name());
  world_.harness().db().Execute(
      absl::StrCat("INSERT INTO employees_superiors (parent_id, position, superior, since_date) VALUES ('",
                   IdOf(head_.name()), "', 0, '", IdOf(chief.name()), "', '2025-01-01')"));
  clock().Advance(absl::Hours(16));
  const auto lead = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(lead->name(), v1::INTENTION_LEVEL_H), IsOk());
  const auto sheet = HandIn();
  ASSERT_THAT(sheet, IsOk());
  ASSERT_THAT(FollowUp(lead->name(), v1::INTENTION_LEVEL_A), IsOk());
  EXPECT_THAT(Sheet<v1::SignFollowUpSheetRequest>(sm_, "SignFollowUpSheet", sheet->name()),
              HasReason("SHEET_OUTDATED"));
  ASSERT_THAT(Sheet<v1::ResubmitFollowUpSheetRequest>(kax_, "ResubmitFollowUpSheet", sheet->name()), IsOk());
  const auto read = [&] {
    kam::api::GetRequest get;
    get.set_name(sheet->name());
    return world_.Call<FollowUpSheet>(kax_, "kam.account.v1.FollowUpSheetService/GetFollowUpSheet", get);
  };
  clock().Advance(absl::Hours(25) - absl::Seconds(1));
  world_.RunDue();
  EXPECT_FALSE(read()->sign_overdue());
  clock().Advance(absl::Seconds(1));
  world_.RunDue();
  EXPECT_TRUE(read()->sign_overdue());
  EXPECT_EQ(read()->escalated_to(), chief.name());
  EXPECT_EQ(Cards(day(-1), day(-1))->sign_overdue(), 1);
  EXPECT_THAT(Sheet<v1::SignFollowUpSheetRequest>(sm_, "SignFollowUpSheet", sheet->name()), IsOk());
}

// a prospect that was entered twice is put away; one that was worked on, or waits too long, counts.
TEST_F(CardTest, AProspectThatCountsIsNotPutAway) {
  const auto archive = [&](const std::string& name) {
    kam::api::ArchiveRequest request;
    request.set_name(name);
    return world_.Call<Lead>(kax_, "kam.account.v1.LeadService/ArchiveLead", request);
  };
  EXPECT_THAT(archive(Create(kax_, MakeLead())->name()), IsOk());
  const auto followed = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(followed->name(), v1::INTENTION_LEVEL_A), IsOk());
  EXPECT_THAT(archive(followed->name()), HasReason("RECORD_KEPT"));
  const auto discarded = Create(kax_, MakeLead());
  v1::DiscardLeadRequest discard;
  discard.set_name(discarded->name());
  discard.set_reason("无需求");
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/DiscardLead", discard), IsOk());
  EXPECT_THAT(archive(discarded->name()), HasReason("RECORD_KEPT"));
  Lead waiting = MakeLead();
  waiting.set_next_follow_up_date(day(1));
  const auto late = Create(kax_, waiting);
  ASSERT_THAT(late, IsOk());
  clock().Advance(absl::Hours(24 * 2));
  EXPECT_THAT(archive(late->name()), HasReason("RECORD_KEPT"));
}

// the card is written by entries: nobody moves a date that was missed, and corrections are no contacts.
TEST_F(CardTest, TheCardIsNotRewrittenNorFilledWithCorrections) {
  const auto lead = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(lead->name(), v1::INTENTION_LEVEL_A), IsOk());
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(lead->name());
  update.mutable_lead()->set_next_follow_up_date(day(200));
  EXPECT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update),
              HasReason("CARD_ENTRY_REQUIRED"));
  update.mutable_lead()->clear_next_follow_up_date();
  update.mutable_lead()->set_intention_level(v1::INTENTION_LEVEL_N);
  EXPECT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/UpdateLead", update),
              HasReason("CARD_ENTRY_REQUIRED"));
  clock().Advance(absl::Hours(24));
  v1::AddLeadFollowUpRequest correction;
  correction.set_name(lead->name());
  correction.set_channel(v1::CHANNEL_PHONE);
  correction.set_result("改写");
  correction.set_corrects(1);
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/AddLeadFollowUp", correction), IsOk());
  const auto sheet = HandIn();
  ASSERT_THAT(sheet, IsOk());
  EXPECT_EQ(sheet->prospects(), 0);
}

// who holds both roles signs no cards of his own.
TEST_F(CardTest, TheManagerDoesNotSignHisOwnCards) {
  v1::CreateFollowUpSheetRequest request;
  request.mutable_follow_up_sheet();
  const auth::Principal both = world_.As(head_, "SM KAX");
  const auto sheet =
      world_.Call<FollowUpSheet>(both, "kam.account.v1.FollowUpSheetService/CreateFollowUpSheet", request);
  ASSERT_THAT(sheet, IsOk());
  EXPECT_THAT(Sheet<v1::SignFollowUpSheetRequest>(both, "SignFollowUpSheet", sheet->name()),
              HasReason("SEPARATION_OF_DUTIES"));
}

// F-10, P-05: missed days over the working calendar; a holiday is none, a make-up day is one.
TEST_F(CardTest, MissedDaysAreCountedOverTheWorkingCalendar) {
  const std::string monday = today();
  v1::CreateWorkingCalendarRequest request;
  v1::WorkingCalendar& calendar = *request.mutable_working_calendar();
  calendar.set_from_date(monday);
  calendar.set_display_name("假日");
  for (int weekday = 1; weekday <= 5; ++weekday) {
    v1::WorkingWindow& window = *calendar.add_windows();
    window.set_weekday(weekday);
    window.set_from_minute(540);
    window.set_to_minute(1080);
  }
  v1::WorkingException& holiday = *calendar.add_exceptions();
  holiday.set_day(day(1));
  holiday.set_closed(true);
  v1::WorkingException& made_up = *calendar.add_exceptions();
  made_up.set_day(day(5));
  made_up.set_from_minute(540);
  made_up.set_to_minute(720);
  const std::string method = "kam.account.v1.WorkingCalendarService/CreateWorkingCalendar";
  EXPECT_THAT(world_.Call<v1::WorkingCalendar>(kax_, method, request), StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<v1::WorkingCalendar>(world_.hr(), method, request), IsOk());

  clock().Advance(absl::Hours(10));
  std::vector<Lead> leads;
  for (int i = 0; i < 6; ++i) leads.push_back(*Create(kax_, MakeLead()));
  // At level H the next day is Wednesday; that Tuesday is free changes nothing.
  for (const Lead& lead : leads) ASSERT_EQ(FollowUp(lead.name(), v1::INTENTION_LEVEL_H)->next_follow_up_date(), day(2));
  ASSERT_THAT(HandIn(), IsOk());
  clock().Advance(absl::Hours(48));  // Wednesday 10:00: before the hour the day is not over.
  const auto wednesday = Cards(monday, day(4));
  ASSERT_THAT(wednesday, IsOk());
  EXPECT_EQ(wednesday->business_days(), 1);
  EXPECT_EQ(wednesday->sheets(), 1);
  EXPECT_EQ(wednesday->missing_days(), 0);
  EXPECT_EQ(wednesday->short_days(), 0);
  EXPECT_EQ(wednesday->prospects(), 6);
  EXPECT_EQ(wednesday->in_window(), 6);
  EXPECT_EQ(wednesday->overdue_leads(), 0);
  clock().Advance(absl::Hours(24 * 4));  // Sunday 10:00.
  const auto sunday = Cards(monday, today());
  ASSERT_THAT(sunday, IsOk());
  EXPECT_EQ(sunday->business_days(), 5);  // Monday, Wednesday to Friday, and the Saturday that makes up for Tuesday.
  EXPECT_EQ(sunday->missing_days(), 4);
  EXPECT_EQ(sunday->short_days(), 4);
  EXPECT_EQ(sunday->overdue_leads(), 6);
  const auto late = FollowUp(leads[0].name(), v1::INTENTION_LEVEL_H);
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->missed_days(), 3);  // Thursday, Friday, Saturday.
  EXPECT_THAT(Cards(today(), monday), HasReason("PERIOD_INVALID"));
}

// A-20, F-10, G-06: nobody misses a day on which he was on leave or not yet in service, and who follows nobody up at
// all is on the list.
TEST_F(CardTest, OnlyDaysAtWorkAreMissed) {
  const std::string monday = today();
  const auto rows = [&] {
    v1::ReportFollowUpCardsRequest request;
    request.set_from_date(monday);
    request.set_to_date(*AddDays(monday, 4));
    const auto report = world_.Call<v1::ReportFollowUpCardsResponse>(
        sm_, "kam.account.v1.FollowUpSheetService/ReportFollowUpCards", request);
    EXPECT_THAT(report, IsOk());
    std::map<std::string, v1::FollowUpCardRow> found;
    if (report.ok()) {
      for (const v1::FollowUpCardRow& row : report->rows()) found[row.employee()] = row;
    }
    return found;
  };
  clock().Advance(absl::Hours(24 * 5));  // Saturday.
  auto found = rows();
  EXPECT_EQ(found[seller_.name()].missing_days(), 5) << "he has no prospect at all";
  EXPECT_EQ(found.count(head_.name()), 0) << "the manager hands in no cards";
  world_.harness().db().Execute(absl::StrCat("UPDATE employees SET hire_date = '", *AddDays(monday, 3),
                                             "' WHERE id = '", IdOf(other_.name()), "'"));
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, number, employee, kind, "
      "start_date, end_date, starts_at_noon, ends_at_noon, state, return_date) SELECT '",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '",
      world_.harness().NewId(), "', '", IdOf(seller_.name()), "', 'PERSONAL', '", monday, "', '", *AddDays(monday, 1),
      "', 0, 0, 'RETURNED', '", *AddDays(monday, 2), "'"));
  found = rows();
  EXPECT_EQ(found[seller_.name()].business_days(), 3);
  EXPECT_EQ(found[seller_.name()].missing_days(), 3);
  EXPECT_EQ(found[seller_.name()].short_days(), 3);
  EXPECT_EQ(found[other_.name()].missing_days(), 2);
  // Who has left before owes nothing, also when his prospects are still open.
  ASSERT_THAT(Create(kax2_, MakeLead()), IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE employees SET hire_date = '2020-01-01', leave_date = '",
                                             *AddDays(monday, -1), "' WHERE id = '", IdOf(other_.name()), "'"));
  found = rows();
  ASSERT_EQ(found.count(other_.name()), 1) << "somebody goes on with them";
  EXPECT_EQ(found[other_.name()].business_days(), 0);
  EXPECT_EQ(found[other_.name()].missing_days(), 0);
  EXPECT_EQ(found[other_.name()].short_days(), 0);
}

// P-04
TEST_F(CardTest, TheMorningReportShowsTheWorkingDayBefore) {
  clock().Advance(absl::Hours(24 * 4 + 10));  // Friday 10:00.
  const std::string friday = today();
  Lead lead = MakeLead();
  lead.set_intention_level(v1::INTENTION_LEVEL_H);
  lead.set_next_follow_up_date(day(3));
  ASSERT_THAT(Create(kax_, lead), IsOk());
  lead = MakeLead();
  lead.set_intention_level(v1::INTENTION_LEVEL_B);
  const auto followed = Create(kax_, lead);
  ASSERT_THAT(followed, IsOk());
  ASSERT_THAT(FollowUp(followed->name(), v1::INTENTION_LEVEL_H, friday), IsOk());
  clock().Advance(absl::Hours(24));  // Saturday: whoever comes now is reported with the Friday.
  ASSERT_THAT(Create(kax_, MakeLead()), IsOk());
  clock().Advance(absl::Hours(48));
  const auto report = world_.Call<v1::ReportMorningResponse>(sm_, "kam.account.v1.FollowUpSheetService/ReportMorning",
                                                             v1::ReportMorningRequest());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->business_day(), friday);
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_THAT(report->rows(0),
              testing::EqualsProto(absl::StrCat("employee: '", seller_.name(),
                                                "' receptions: 3 level_h: 2 level_n: 1 follow_ups: 1 due_today: 1 "
                                                "overdue: 1")));
}

// what is written on the cards after their sheet was signed is signed as well.
TEST_F(CardTest, ASignedSheetIsSignedAgainWithALaterEntry) {
  clock().Advance(absl::Hours(16));
  const auto lead = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(lead->name(), v1::INTENTION_LEVEL_H), IsOk());
  const auto sheet = HandIn();
  ASSERT_THAT(sheet, IsOk());
  ASSERT_THAT(Sheet<v1::SignFollowUpSheetRequest>(sm_, "SignFollowUpSheet", sheet->name()), IsOk());
  const auto read = [&] {
    kam::api::GetRequest get;
    get.set_name(sheet->name());
    return *world_.Call<FollowUpSheet>(kax_, "kam.account.v1.FollowUpSheetService/GetFollowUpSheet", get);
  };
  v1::AddLeadFollowUpRequest correction;
  correction.set_name(lead->name());
  correction.set_channel(v1::CHANNEL_PHONE);
  correction.set_result("改写");
  correction.set_corrects(1);
  ASSERT_THAT(world_.Call<Lead>(kax_, "kam.account.v1.LeadService/AddLeadFollowUp", correction), IsOk());
  EXPECT_EQ(read().state(), v1::FOLLOW_UP_SHEET_STATE_SIGNED) << "a correction is no contact";
  clock().Advance(absl::Hours(2));
  const auto evening = Create(kax_, MakeLead());
  ASSERT_THAT(FollowUp(evening->name(), v1::INTENTION_LEVEL_A), IsOk());
  const FollowUpSheet again = read();
  EXPECT_EQ(again.state(), v1::FOLLOW_UP_SHEET_STATE_HANDED_IN);
  EXPECT_EQ(again.prospects(), 2);
  EXPECT_EQ(again.signer(), "");
  EXPECT_FALSE(again.late()) << "it was handed in in time";
  ASSERT_THAT(Sheet<v1::SignFollowUpSheetRequest>(sm_, "SignFollowUpSheet", sheet->name()), IsOk());
  EXPECT_EQ(read().signer(), head_.name());
  // The next day is on its own sheet.
  clock().Advance(absl::Hours(24));
  ASSERT_THAT(FollowUp(evening->name(), v1::INTENTION_LEVEL_A), IsOk());
  EXPECT_EQ(read().state(), v1::FOLLOW_UP_SHEET_STATE_SIGNED);
}

// nobody hands a lead that waits for him to a colleague; a superior does.
TEST_F(CardTest, ALeadChangesHandsByASuperior) {
  const auto lead = Create(kax_, MakeLead());
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(lead->name());
  update.mutable_lead()->set_owner(other_.name());
  const std::string method = "kam.account.v1.LeadService/UpdateLead";
  EXPECT_THAT(world_.Call<Lead>(kax_, method, update), HasReason("OWNER_CHANGE_DENIED"));
  EXPECT_EQ(world_.Call<Lead>(sm_, method, update)->owner(), other_.name());
}

}  // namespace
}  // namespace kam::account
