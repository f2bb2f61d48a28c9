// Recordings: references whose files only those hear who may, each listening on record (A-30, P-07).
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/report.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/communication_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "account-svc/visits/communications.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/working_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/communication_record.pb.h"
#include "kam/account/v1/recording_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Recording;
using v1::RecordingAccess;

constexpr char kService[] = "kam.account.v1.RecordingService";
constexpr int kReportRowsMax = 5000;

// The recording is that of the communication, within the caller's reach, and of its account; empty: of none.
absl::Status Belong(UnitOfWork& work, const std::string& communication, Recording* recording) {
  recording->clear_communication_record();
  recording->clear_account();
  if (communication.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::CommunicationRecord record,
                   work.Load<v1::CommunicationRecord>(communication, work.actor().LevelFor("communication.read")));
  RETURN_IF_ERROR(rules::CheckRecorded(*recording, record));
  recording->set_communication_record(record.name());
  recording->set_account(record.account());
  return absl::OkStatus();
}

// Whoever was listened to does not move the recording out of the sight of who did, nor does who only reads of the
// account.
absl::Status Link(const Context& context, UnitOfWork& work, const v1::LinkRecordingRequest& request,
                  Recording* recording) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, recording->employee()));
  RETURN_IF_ERROR(rules::CheckLink(actor, superior, *recording));
  return Belong(work, request.communication_record(), recording);
}

absl::StatusOr<Recording> Register(const Context& context, UnitOfWork& work,
                                   const v1::RegisterRecordingRequest& request) {
  Recording recording;
  ASSIGN_OR_RETURN(*recording.mutable_employee(), Person(work));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::DateNotInFuture("recording_date", request.recording_date(), today));
  recording.set_recording_date(request.recording_date());
  recording.set_sha256(request.sha256());
  recording.set_seconds(request.seconds());
  *recording.mutable_copy_time() = ToTimestamp(work.now());
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(request.recording_date(), today));
  recording.set_copied_late(days > context.policy.recorder_copy_days);
  RETURN_IF_ERROR(Belong(work, request.communication_record(), &recording));
  ASSIGN_OR_RETURN(recording, work.Insert(std::move(recording)));
  RETURN_IF_ERROR(work.connection()
                      .Execute("INSERT INTO recording_files (recording, file_reference) VALUES (?, ?)",
                               {IdOf(recording.name()), request.file_reference()})
                      .status());
  return recording;
}

absl::StatusOr<v1::ListenToRecordingResponse> Listen(UnitOfWork& work, const v1::ListenToRecordingRequest& request) {
  ASSIGN_OR_RETURN(const std::string listener, Person(work));
  ASSIGN_OR_RETURN(auto change, work.Begin<Recording>(request));
  const Recording recording = change.before;
  if (listener == recording.employee()) {
    return rules::SeparationOfDuties("person who recorded", "check the recording");
  }
  change.after.set_listenings(recording.listenings() + 1);
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  RecordingAccess access;
  access.set_recording(recording.name());
  access.set_employee(recording.employee());
  access.set_account(recording.account());
  access.set_listener(listener);
  *access.mutable_listen_time() = ToTimestamp(work.now());
  access.set_purpose(request.purpose());
  ASSIGN_OR_RETURN(access, work.Insert(std::move(access)));
  v1::ListenToRecordingResponse response;
  response.set_recording(recording.name());
  response.set_sha256(recording.sha256());
  response.set_recording_access(access.name());
  return response;
}

// Where the file is is told after the transaction: the answer that is kept for a repeated request does not have it.
absl::Status TellFile(const Context& context, const rpc::Call& call, v1::ListenToRecordingResponse* response) {
  return context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT file_reference FROM recording_files WHERE recording = ?",
                                      {IdOf(response->recording())}));
    if (rows.empty()) return Internal("a recording has no file");
    response->set_file_reference(rows[0][0].text());
    return absl::OkStatus();
  });
}

// Whoever holds a role of the policy carries a recorder, while he is in service, as far as the caller reaches.
absl::StatusOr<std::vector<rules::Carrier>> CarriersOf(const Context& context, const rpc::Call& call,
                                                       mysql::Connection& connection, const Period& period) {
  constexpr int kCarriersMax = 2000;
  const std::vector<std::string>& roles = context.policy.recorder_roles;
  std::vector<rules::Carrier> carriers;
  if (roles.empty()) return carriers;
  // A person is `t.employee`, as in the recordings, so that their row scope fits.
  std::string sql = absl::StrCat(
      "SELECT t.employee, t.hire_date, t.leave_date FROM (SELECT e.id AS employee, NULL AS account, e.hire_date, "
      "e.leave_date FROM employees e WHERE e.archive_time IS NULL AND EXISTS (SELECT 1 FROM employees_roles r WHERE "
      "r.parent_id = e.id AND r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?) AND (r.state IS NULL "
      "OR r.state = 'GRANTED') AND r.role IN (",
      resource::Placeholders(roles.size()), "))) t WHERE TRUE");
  std::vector<Value> params = {Value(period.last), Value(period.first)};
  params.insert(params.end(), roles.begin(), roles.end());
  const resource::Type& type = *context.runtime.catalog().Find(Recording::descriptor());
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " ORDER BY t.employee LIMIT ", kCarriersMax);
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
  for (const Row& row : rows) {
    rules::Carrier carrier{row[0].text(), absl::CivilDay::min(), absl::CivilDay::max()};
    if (!row[1].is_null()) {
      ASSIGN_OR_RETURN(carrier.first, ParseDate(row[1].text()));
    }
    if (!row[2].is_null()) {
      ASSIGN_OR_RETURN(carrier.last, ParseDate(row[2].text()));
    }
    carriers.push_back(std::move(carrier));
  }
  return carriers;
}

// Days on which somebody was on leave from morning to evening, by employee.
using LeaveDays = std::multimap<std::string, std::pair<std::string, std::string>>;

absl::StatusOr<LeaveDays> LeaveOf(mysql::Connection& connection, const Period& period) {
  LeaveDays days;
  RETURN_IF_ERROR(
      connection.Scan("SELECT l.employee, CASE WHEN l.starts_at_noon = 1 THEN l.start_date + INTERVAL 1 DAY ELSE "
                      "l.start_date END, CASE WHEN l.ends_at_noon = 1 THEN l.end_date - INTERVAL 1 DAY ELSE "
                      "l.end_date END, l.return_date FROM leave_requests l WHERE l.state IN ('APPROVED', 'RETURNED') "
                      "AND l.start_date <= ? AND l.end_date >= ?",
                      std::vector<Value>{Value(period.last), Value(period.first)}, [&](const Row& row) -> absl::Status {
                        // Back at work before the leave was over.
                        const bool back = !row[3].is_null() && row[3].text() <= row[2].text();
                        std::string last = row[2].text();
                        if (back) {
                          ASSIGN_OR_RETURN(last, AddDays(row[3].text(), -1));
                        }
                        days.insert({row[0].text(), {row[1].text(), last}});
                        return absl::OkStatus();
                      }));
  return days;
}

bool IsAway(const LeaveDays& away, const rules::MissingDay& missing) {
  const auto [begin, end] = away.equal_range(missing.employee);
  const std::string day = FormatDate(missing.day);
  return std::any_of(begin, end,
                     [&](const auto& leave) { return leave.second.first <= day && day <= leave.second.second; });
}

absl::StatusOr<v1::ListMissingRecorderDaysResponse> MissingDays(const Context& context, rpc::Call& call,
                                                                const v1::ListMissingRecorderDaysRequest& request) {
  constexpr int kDaysMax = 92;
  ASSIGN_OR_RETURN(const Period period, ParsePeriod(request.from_date(), request.until_date(), context.zone));
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(period.first));
  ASSIGN_OR_RETURN(absl::CivilDay last, ParseDate(period.last));
  if (last - first >= kDaysMax) {
    return InvalidField("until_date", "PERIOD_INVALID", absl::StrCat("at most ", kDaysMax, " days at a time"),
                        {{"limit", absl::StrCat(kDaysMax)}});
  }
  // What may still be copied in time is not missing.
  const absl::CivilDay today = absl::ToCivilDay(context.runtime.clock().Now(), context.zone);
  last = std::min(last, today - 1 - context.policy.recorder_copy_days);
  v1::ListMissingRecorderDaysResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, connection));
    std::vector<absl::CivilDay> days;
    for (absl::CivilDay day = first; day <= last; ++day) {
      if (working.IsWorkday(day)) days.push_back(day);
    }
    ASSIGN_OR_RETURN(const std::vector<rules::Carrier> carriers, CarriersOf(context, call, connection, period));
    std::map<std::pair<std::string, absl::CivilDay>, rules::Copy> copies;
    RETURN_IF_ERROR(connection.Scan(
        "SELECT r.employee, r.recording_date, MIN(r.copied_late) FROM recordings r WHERE r.recording_date >= ? AND "
        "r.recording_date <= ? GROUP BY r.employee, r.recording_date",
        std::vector<Value>{Value(period.first), Value(period.last)}, [&](const Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(row[1].text()));
          copies[{row[0].text(), day}] = row[2].integer() == 0 ? rules::Copy::kInTime : rules::Copy::kLate;
          return absl::OkStatus();
        }));
    ASSIGN_OR_RETURN(const auto away, LeaveOf(connection, period));
    for (const rules::MissingDay& missing : rules::MissingDays(carriers, days, copies)) {
      if (!missing.late && IsAway(away, missing)) continue;
      v1::MissingRecorderDay& row = *response.add_rows();
      row.set_employee(NameOf("employees", missing.employee));
      row.set_date(FormatDate(missing.day));
      row.set_late(missing.late);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ReportListeningResponse> Report(const Context& context, rpc::Call& call,
                                                   const v1::ReportListeningRequest& request) {
  ASSIGN_OR_RETURN(const Period day, ParsePeriod(request.date(), request.date(), context.zone));
  const resource::Type& type = *context.runtime.catalog().Find(RecordingAccess::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  const resource::SqlCondition on_day = {"t.listen_time >= ? AND t.listen_time < ?",
                                         {Value(day.from), Value(day.until)}};
  v1::ReportListeningResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        context.runtime.store().Select(connection, type, {scope, on_day}, "ORDER BY t.listener, t.id", kReportRowsMax));
    std::map<std::string, int32_t> seconds;
    RETURN_IF_ERROR(connection.Scan(
        "SELECT DISTINCT r.id, r.seconds FROM recordings r JOIN recording_accesses t ON t.recording = r.id WHERE "
        "t.listen_time >= ? AND t.listen_time < ?",
        mysql::Params(on_day.params), [&](const Row& row) -> absl::Status {
          seconds[NameOf("recordings", row[0].text())] = static_cast<int32_t>(row[1].integer());
          return absl::OkStatus();
        }));
    v1::ListeningReportRow* row = nullptr;
    int32_t score = 0, scores = 0;
    for (const resource::Record& record : records) {
      const auto& access = static_cast<const RecordingAccess&>(*record.message);
      if (row == nullptr || row->listener() != access.listener()) {
        row = response.add_rows();
        row->set_listener(access.listener());
        score = scores = 0;
      }
      row->set_listenings(row->listenings() + 1);
      row->set_seconds(row->seconds() + seconds[access.recording()]);
      if (!access.finding().empty()) row->set_findings(row->findings() + 1);
      if (access.score() > 0) {
        score += access.score();
        row->set_average_score(rules::MeanText(score, ++scores));
      }
      *row->add_accesses() = access;
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterRecordings(const Context& context, rpc::Registry* registry) {
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  registry->Add<v1::RegisterRecordingRequest, Recording>(
      service + "/RegisterRecording", [context](rpc::Call& call, const v1::RegisterRecordingRequest& request) {
        return context.runtime.Write<Recording>(call, request,
                                                [&](UnitOfWork& work) { return Register(context, work, request); });
      });
  AddVerb<Recording, v1::LinkRecordingRequest>(
      context, service + "/LinkRecording", registry,
      [context](UnitOfWork& work, const v1::LinkRecordingRequest& request, Recording* recording) {
        return Link(context, work, request, recording);
      });
  registry->Add<v1::ListenToRecordingRequest, v1::ListenToRecordingResponse>(
      service + "/ListenToRecording",
      [context](rpc::Call& call,
                const v1::ListenToRecordingRequest& request) -> absl::StatusOr<v1::ListenToRecordingResponse> {
        ASSIGN_OR_RETURN(v1::ListenToRecordingResponse response,
                         context.runtime.Write<v1::ListenToRecordingResponse>(
                             call, request, [&](UnitOfWork& work) { return Listen(work, request); }));
        RETURN_IF_ERROR(TellFile(context, call, &response));
        return response;
      });
  AddVerb<RecordingAccess, v1::RecordListeningFindingRequest>(
      context, service + "/RecordListeningFinding", registry,
      [](UnitOfWork& work, const v1::RecordListeningFindingRequest& request, RecordingAccess* access) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::RecordFinding(actor, request.finding(), request.score(), access);
      });
  registry->Add<v1::ListMissingRecorderDaysRequest, v1::ListMissingRecorderDaysResponse>(
      service + "/ListMissingRecorderDays",
      [context](rpc::Call& call, const v1::ListMissingRecorderDaysRequest& request) {
        return MissingDays(context, call, request);
      });
  registry->Add<v1::ReportListeningRequest, v1::ReportListeningResponse>(
      service + "/ReportListening",
      [context](rpc::Call& call, const v1::ReportListeningRequest& request) { return Report(context, call, request); });
}

}  // namespace kam::account
