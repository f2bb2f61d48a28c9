// Communication log, recordings and who listened (A-30, P-07).
#include "account-svc/testing/visits_fixture.h"
#include "kam/account/v1/communication_record_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/recording_service.pb.h"

namespace kam::account {
namespace {

using v1::CommunicationRecord;
using v1::Recording;

class CommunicationTest : public VisitsFixture {
 protected:
  CommunicationTest() {
    // To a Monday, 10:00.
    const absl::TimeZone zone = world_.harness().runtime().zone();
    const absl::CivilDay monday = absl::NextWeekday(absl::ToCivilDay(now_, zone), absl::Weekday::monday);
    MoveOn(absl::FromCivil(absl::CivilHour(monday.year(), monday.month(), monday.day(), 10), zone) - now_);
  }
  CommunicationRecord Talk(const std::string& account) const {
    CommunicationRecord record;
    record.set_kind(v1::COMMUNICATION_KIND_CALL);
    record.set_direction(v1::COMMUNICATION_DIRECTION_INBOUND);
    record.set_account(account);
    *record.mutable_start_time() = ToTimestamp(now_ - absl::Minutes(20));
    *record.mutable_end_time() = ToTimestamp(now_ - absl::Minutes(5));
    record.set_subject("报价");
    record.set_summary("询问交期");
    return record;
  }
  absl::StatusOr<CommunicationRecord> Log(const auth::Principal& who, const CommunicationRecord& record) {
    v1::CreateCommunicationRecordRequest request;
    *request.mutable_communication_record() = record;
    return Call<CommunicationRecord>(who, "CommunicationRecordService/CreateCommunicationRecord", request);
  }
  absl::StatusOr<Recording> Copy(const auth::Principal& who, const std::string& date,
                                 const std::string& communication = {}) {
    v1::RegisterRecordingRequest request;
    request.set_recording_date(date);
    request.set_file_reference("nas://recordings/1.wav");
    request.set_sha256(absl::StrCat(std::string(38, 'a'), Hex()));
    request.set_seconds(600);
    request.set_communication_record(communication);
    return Call<Recording>(who, "RecordingService/RegisterRecording", request);
  }
  // 26 hexadecimal digits of their own.
  std::string Hex() {
    std::string text = world_.harness().NewId();
    for (char& c : text) c = "0123456789abcdef"[static_cast<unsigned char>(c) % 16];
    return text;
  }
  absl::StatusOr<v1::ListenToRecordingResponse> Listen(const auth::Principal& who, const std::string& recording) {
    v1::ListenToRecordingRequest request;
    request.set_purpose("抽查");
    return Do<v1::ListenToRecordingResponse>(who, "RecordingService/ListenToRecording", request, recording);
  }
};

// with whom, when; whoever took part was spoken to.
TEST_F(CommunicationTest, ACommunicationIsWithSomebodyAndKeepsTheContactCurrent) {
  const v1::Account account = world_.AddAccount(kax_);
  const std::string contact = AddContact(account.name());
  EXPECT_THAT(Log(kax_, Talk("")), HasReason("COMMUNICATION_PARTNER_REQUIRED"));
  CommunicationRecord stranger = Talk("");
  stranger.set_caller("王先生 13900000000");
  EXPECT_THAT(Log(kax_, stranger), IsOk());
  stranger.add_contacts(contact);
  EXPECT_THAT(Log(kax_, stranger), HasReason("COMMUNICATION_PARTNER_REQUIRED"));
  CommunicationRecord record = Talk(account.name());
  *record.mutable_start_time() = ToTimestamp(now_ + absl::Hours(1));
  EXPECT_THAT(Log(kax_, record), HasReason("TIME_IN_FUTURE"));
  *record.mutable_start_time() = ToTimestamp(now_ - absl::Minutes(1));
  EXPECT_THAT(Log(kax_, record), HasReason("PERIOD_INVALID"));
  record = Talk(account.name());
  record.add_contacts(contact);
  EXPECT_THAT(Log(kax2_, record), HasReason("OUT_OF_SCOPE"));
  // Visit and lead that it belongs to are of the customer, and within reach.
  const v1::Account foreign = world_.AddAccount(kax2_), elsewhere = world_.AddAccount(kax_);
  const auto other_visit = CreateVisit(kax_, MakeVisit(elsewhere.name(), absl::Hours(1), absl::Hours(2)));
  const auto unseen = CreateVisit(kax2_, MakeVisit(foreign.name(), absl::Hours(1), absl::Hours(2)));
  ASSERT_THAT(other_visit, IsOk());
  ASSERT_THAT(unseen, IsOk());
  CommunicationRecord referring = record;
  referring.set_visit(other_visit->name());
  EXPECT_THAT(Log(kax_, referring), HasReason("VISIT_OF_ANOTHER_ACCOUNT"));
  referring.set_visit(unseen->name());
  EXPECT_THAT(Log(kax_, referring), HasReason("OUT_OF_SCOPE"));
  v1::CreateLeadRequest lead;
  lead.mutable_lead()->set_display_name("王先生");
  lead.mutable_lead()->set_phone(world_.CompleteDraft().phone());
  lead.mutable_lead()->set_channel(v1::CHANNEL_PHONE);
  lead.mutable_lead()->set_need("十辆");
  const auto of_colleague = Call<v1::Lead>(kax2_, "LeadService/CreateLead", lead);
  ASSERT_THAT(of_colleague, IsOk());
  referring = record;
  referring.set_lead(of_colleague->name());
  EXPECT_THAT(Log(kax_, referring), HasReason("OUT_OF_SCOPE"));
  const auto logged = Log(kax_, record);
  ASSERT_THAT(logged, IsOk());
  EXPECT_EQ(logged->employee(), seller_.name());
  EXPECT_EQ(LastContact(contact), Day());
  v1::UpdateCommunicationRecordRequest update;
  update.mutable_communication_record()->set_name(logged->name());
  update.mutable_communication_record()->set_summary("询问交期与价格");
  const std::string method = "CommunicationRecordService/UpdateCommunicationRecord";
  EXPECT_THAT(Call<CommunicationRecord>(gam_, method, update), HasReason("COMMUNICATION_SETTLED"));
  EXPECT_THAT(Call<CommunicationRecord>(kax_, method, update), IsOk());
  MoveOn(absl::Hours(49));
  update.mutable_communication_record()->set_summary("另一说法");
  EXPECT_THAT(Call<CommunicationRecord>(kax_, method, update), HasReason("COMMUNICATION_SETTLED"));
}

// the file is told to supervisors only, each time on record.
TEST_F(CommunicationTest, EveryListeningIsOnRecord) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto talk = Log(kax_, Talk(account.name()));
  ASSERT_THAT(talk, IsOk());
  EXPECT_THAT(Copy(kax_, Day(1)), HasReason("DATE_IN_FUTURE"));
  const auto recording = Copy(kax_, Day(), talk->name());
  ASSERT_THAT(recording, IsOk());
  EXPECT_EQ(recording->account(), account.name());
  EXPECT_FALSE(recording->copied_late());
  EXPECT_EQ(recording->DebugString().find("nas://"), std::string::npos) << "where the file is stands in no record";
  EXPECT_THAT(Listen(kax_, recording->name()), StatusIs(absl::StatusCode::kPermissionDenied));
  v1::ListenToRecordingRequest silent;
  EXPECT_THAT(Do<v1::ListenToRecordingResponse>(gam_, "RecordingService/ListenToRecording", silent, recording->name()),
              NamesField("purpose"));
  const auto heard = Listen(gam_, recording->name());
  ASSERT_THAT(heard, IsOk());
  EXPECT_EQ(heard->file_reference(), "nas://recordings/1.wav");
  EXPECT_EQ(heard->sha256(), recording->sha256());
  const auto again = Listen(sm_, recording->name());
  ASSERT_THAT(again, IsOk());
  EXPECT_NE(again->recording_access(), heard->recording_access());
  v1::RecordListeningFindingRequest finding;
  finding.set_finding("未介绍质保");
  finding.set_score(3);
  const std::string method = "RecordingService/RecordListeningFinding";
  EXPECT_THAT(Do<v1::RecordingAccess>(sm_, method, finding, heard->recording_access()),
              HasReason("LISTENING_OF_ANOTHER"));
  ASSERT_THAT(Do<v1::RecordingAccess>(gam_, method, finding, heard->recording_access()), IsOk());
  EXPECT_THAT(Do<v1::RecordingAccess>(gam_, method, finding, heard->recording_access()), HasReason("FINDING_RECORDED"));
  v1::ReportListeningRequest report;
  report.set_date(Day());
  const auto rows = Call<v1::ReportListeningResponse>(gam_, "RecordingService/ReportListening", report);
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->rows_size(), 2);
  for (const v1::ListeningReportRow& row : rows->rows()) {
    EXPECT_EQ(row.listenings(), 1);
    EXPECT_EQ(row.seconds(), 600);
    EXPECT_EQ(row.average_score(), row.listener() == head_.name() ? "3.00" : "");
  }
  // Asked again with the same id: the same answer, and one listening; what is kept for it does not say where the file
  // is.
  v1::ListenToRecordingRequest repeated;
  repeated.set_purpose("抽查");
  repeated.set_request_id("0f8b7a52-3a1e-4f0e-9d6a-1c2b3d4e5f60");
  const std::string listen = "RecordingService/ListenToRecording";
  const auto once = Do<v1::ListenToRecordingResponse>(gam_, listen, repeated, recording->name());
  const auto twice = Do<v1::ListenToRecordingResponse>(gam_, listen, repeated, recording->name());
  ASSERT_THAT(once, IsOk());
  ASSERT_THAT(twice, IsOk());
  EXPECT_EQ(twice->recording_access(), once->recording_access());
  EXPECT_EQ(twice->file_reference(), "nas://recordings/1.wav");
  EXPECT_EQ(world_.harness().db().Get("SELECT COUNT(*) FROM request_ids WHERE response LIKE '%nas://%'").integer(), 0);
  // A manager's own recording is checked by somebody else.
  const organization::v1::Employee both = world_.AddEmployee("KAX", department_.name());
  const auth::Principal player = world_.As(both, "KAX KAM");
  const auto own = Copy(player, Day());
  ASSERT_THAT(own, IsOk());
  EXPECT_THAT(Listen(player, own->name()), HasReason("SEPARATION_OF_DUTIES"));
}

// the recorder is copied every working day; what is missing or late is listed.
TEST_F(CommunicationTest, DaysWithoutACopyAreListed) {
  const std::string monday = Day(), tuesday = Day(1), friday = Day(4), saturday = Day(5);
  ASSERT_THAT(Copy(kax_, monday), IsOk());
  MoveOn(absl::Hours(24 * 2));
  const auto late = Copy(kax_, tuesday);
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->copied_late());
  const auto missing = [&](const std::string& from, const std::string& until) {
    v1::ListMissingRecorderDaysRequest request;
    request.set_from_date(from);
    request.set_until_date(until);
    const auto list =
        Call<v1::ListMissingRecorderDaysResponse>(kax_, "RecordingService/ListMissingRecorderDays", request);
    EXPECT_THAT(list, IsOk());
    std::vector<std::string> days;
    for (const auto& row : list->rows()) days.push_back(absl::StrCat(row.date(), row.late() ? " late" : ""));
    return days;
  };
  EXPECT_THAT(missing(monday, friday), ::testing::ElementsAre(tuesday + " late")) << "today is not over";
  MoveOn(absl::Hours(24 * 5));
  EXPECT_THAT(missing(monday, saturday), ::testing::ElementsAre(tuesday + " late", Day(-5), Day(-4), friday));
  // Whoever is on leave carries nothing; half a day is a day at work.
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO leave_requests (id, version, create_time, update_time, creator, updater, employee, start_date, "
      "end_date, ends_at_noon, state) VALUES ('",
      world_.harness().NewId(), "', 1, '2026-01-01', '2026-01-01', 'employees/x', 'employees/x', '",
      IdOf(seller_.name()), "', '", Day(-5), "', '", Day(-4), "', 1, 'APPROVED')"));
  EXPECT_THAT(missing(monday, saturday), ::testing::ElementsAre(tuesday + " late", Day(-4), friday));
}

// a recording that was copied before its note was written is linked with it afterwards, and one that was linked
// wrongly with the right one; its account follows.
TEST_F(CommunicationTest, ARecordingIsLinkedWithItsNoteAfterwards) {
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax_);
  const auto recording = Copy(kax_, Day());
  ASSERT_THAT(recording, IsOk());
  EXPECT_EQ(recording->account(), "");
  const auto talk = Log(kax_, Talk(account.name()));
  ASSERT_THAT(talk, IsOk());
  v1::LinkRecordingRequest link;
  const std::string method = "RecordingService/LinkRecording";
  EXPECT_THAT(Do<Recording>(kax_, method, link, recording->name()), NamesField("reason"));
  link.set_reason("补录");
  link.set_communication_record(talk->name());
  EXPECT_THAT(Do<Recording>(kax2_, method, link, recording->name()), StatusIs(absl::StatusCode::kNotFound));
  const auto linked = Do<Recording>(kax_, method, link, recording->name());
  ASSERT_THAT(linked, IsOk());
  EXPECT_EQ(linked->account(), account.name());
  EXPECT_EQ(linked->communication_record(), talk->name());
  ASSERT_THAT(Listen(gam_, recording->name()), IsOk());
  v1::CommunicationRecord other = Talk(elsewhere.name());
  *other.mutable_start_time() = ToTimestamp(now_ - absl::Minutes(60));
  *other.mutable_end_time() = ToTimestamp(now_ - absl::Minutes(40));
  const auto right = Log(kax_, other);
  ASSERT_THAT(right, IsOk());
  link.set_communication_record(right->name());
  EXPECT_THAT(Do<Recording>(kax_, method, link, recording->name()), HasReason("SEPARATION_OF_DUTIES"));
  const auto moved = Do<Recording>(gam_, method, link, recording->name());
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->account(), elsewhere.name());
}

// A-30, P-07: who only reads of an account does not take the recordings of others out of sight; somebody above who
// recorded puts them where they belong.
TEST_F(CommunicationTest, ARecordingIsLinkedByWhoRecordedItOrSomebodyAbove) {
  const v1::Account account = world_.AddAccount(kax_);
  const organization::v1::Department desk = world_.AddDepartment();
  const organization::v1::Employee chief = world_.AddEmployee("CSM", desk.name());
  const organization::v1::Employee clerk = world_.AddEmployee("CSR", desk.name(), {chief.name()});
  const auth::Principal csr = world_.As(clerk, "CSR"), csm = world_.As(chief, "CSM");
  const auto talk = Log(csr, Talk(account.name())), foreign = Log(kax_, Talk(account.name()));
  ASSERT_THAT(talk, IsOk());
  ASSERT_THAT(foreign, IsOk());
  const auto recording = Copy(csr, Day(), talk->name());
  ASSERT_THAT(recording, IsOk());
  EXPECT_EQ(recording->account(), account.name());
  const std::string method = "RecordingService/LinkRecording";
  v1::LinkRecordingRequest link;
  link.set_reason("挂错");
  EXPECT_THAT(Do<Recording>(kax_, method, link, recording->name()), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Do<Recording>(gam_, method, link, recording->name()), HasReason("NOT_THE_SUPERIOR"));
  ASSERT_THAT(Listen(csm, recording->name()), IsOk());
  EXPECT_THAT(Do<Recording>(kax_, method, link, recording->name()), HasReason("NOT_THE_SUPERIOR"));
  EXPECT_THAT(Do<Recording>(csr, method, link, recording->name()), HasReason("SEPARATION_OF_DUTIES"));
  link.set_communication_record(foreign->name());
  EXPECT_THAT(Do<Recording>(csm, method, link, recording->name()), HasReason("COMMUNICATION_OF_ANOTHER"));
  link.clear_communication_record();
  const auto freed = Do<Recording>(csm, method, link, recording->name());
  ASSERT_THAT(freed, IsOk());
  EXPECT_EQ(freed->account(), "");
  link.set_communication_record(talk->name());
  EXPECT_EQ(Do<Recording>(csm, method, link, recording->name()).value_or(Recording()).account(), account.name())
      << "also one without an account";
}

}  // namespace
}  // namespace kam::account
