// kam.account.v1.FollowUpSheetService: the cards of a day and their reports (A-20, P-04, P-05).
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/people/attendance.h"
#include "account-svc/pipeline/follow_up_sheets.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/card_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/work/people.h"
#include "account-svc/working_time.h"
#include "common/auth/grants.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/follow_up_sheet_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::FollowUpSheet;
using v1::Lead;

constexpr char kSign[] = "follow_up_sheet.sign";
constexpr char kRead[] = "follow_up_sheet.read";
constexpr char kDueSign[] = "follow_up_sheet.sign";
constexpr char kService[] = "kam.account.v1.FollowUpSheetService";
// Leads that are followed up.
constexpr char kOpenLead[] = "t.state IN ('NEW', 'QUALIFIED') AND t.archive_time IS NULL";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// What the cards say of the day, one line a prospect.
absl::Status Compile(const Context& context, UnitOfWork& work, absl::CivilDay day, FollowUpSheet* sheet) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          "SELECT f.parent_id, f.intention_level, f.next_date, f.result, f.in_calling_window FROM "
          "leads_follow_ups f WHERE f.corrects = 0 AND f.employee = ? AND f.contact_time >= ? AND f.contact_time < ? "
          "ORDER BY f.parent_id, f.position",
          {IdOf(sheet->owner()), absl::FromCivil(day, context.zone), absl::FromCivil(day + 1, context.zone)}));
  sheet->clear_lines();
  for (const Row& row : rows) {
    const std::string lead = NameOf("leads", row[0].text());
    if (sheet->lines().empty() || sheet->lines().rbegin()->lead() != lead) sheet->add_lines()->set_lead(lead);
    v1::FollowUpSheetLine& line = *sheet->mutable_lines(sheet->lines_size() - 1);
    line.set_entries(line.entries() + 1);
    line.set_in_window(line.in_window() + static_cast<int32_t>(row[4].integer()));
    const auto* level = resource::FindEnumValue(v1::IntentionLevel_descriptor(), row[1].text());
    line.set_intention_level(level == nullptr ? v1::INTENTION_LEVEL_UNSPECIFIED
                                              : static_cast<v1::IntentionLevel>(level->number()));
    line.set_next_date(row[2].text());
    line.set_result(row[3].text());
  }
  return absl::OkStatus();
}

absl::Status HandIn(const Context& context, UnitOfWork& work, bool first, FollowUpSheet* sheet) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(sheet->sheet_date(), "follow_up_sheet.sheet_date"));
  RETURN_IF_ERROR(Compile(context, work, day, sheet));
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  const auto is_workday = [&working](absl::CivilDay at) { return working.IsWorkday(at); };
  rules::HandIn(day, first, {work.now(), context.zone, is_workday}, context.policy, sheet);
  return absl::OkStatus();
}

absl::Status CreateSheet(const Context& context, UnitOfWork& work, FollowUpSheet* sheet) {
  ASSIGN_OR_RETURN(*sheet->mutable_owner(), Person(work));
  sheet->set_state(v1::FOLLOW_UP_SHEET_STATE_HANDED_IN);
  const std::string today = context.Today(work.now());
  if (sheet->sheet_date().empty()) sheet->set_sheet_date(today);
  RETURN_IF_ERROR(Validate(work, *sheet));
  if (sheet->sheet_date() > today) {
    return InvalidField("follow_up_sheet.sheet_date", "DATE_IN_FUTURE", absl::StrCat("is after today, ", today),
                        {{"value", sheet->sheet_date()}, {"limit", today}});
  }
  ASSIGN_OR_RETURN(
      const std::vector<FollowUpSheet> found,
      work.Find<FollowUpSheet>(
          {"t.owner = ? AND t.sheet_date = ?", {Value(IdOf(sheet->owner())), Value(sheet->sheet_date())}}, "", 1));
  if (!found.empty()) {
    return Error(absl::StatusCode::kAlreadyExists, "SHEET_HANDED_IN",
                 "the cards of the day were handed in; a sheet that was returned is handed in again by Resubmit",
                 {{"day", sheet->sheet_date()}, {"sheet", found[0].name()}});
  }
  return HandIn(context, work, /*first=*/true, sheet);
}

// What is signed has all that was written on the cards until now.
absl::Status CheckComplete(const Context& context, UnitOfWork& work, const FollowUpSheet& sheet) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(sheet.sheet_date(), "follow_up_sheet.sheet_date"));
  FollowUpSheet now = sheet;
  RETURN_IF_ERROR(Compile(context, work, day, &now));
  int on_sheet = 0, written = 0;
  for (const v1::FollowUpSheetLine& line : sheet.lines()) on_sheet += line.entries();
  for (const v1::FollowUpSheetLine& line : now.lines()) written += line.entries();
  if (written == on_sheet) return absl::OkStatus();
  return FailedPrecondition("SHEET_OUTDATED", sheet.name(),
                            absl::StrCat("the cards have ", written, " entries of the day, the sheet ", on_sheet,
                                         "; its writer hands it in again, or it is returned"),
                            {{"entries", absl::StrCat(written)}, {"onSheet", absl::StrCat(on_sheet)}});
}

// It is to be signed by the hour of the policy on the next working day.
absl::Status WatchSignature(const Context& context, UnitOfWork& work, const FollowUpSheet* before,
                            const FollowUpSheet& after) {
  if (after.state() != v1::FOLLOW_UP_SHEET_STATE_HANDED_IN) {
    return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueSign, after.name());
  }
  if (after.sign_overdue()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  const auto is_workday = [&working](absl::CivilDay at) { return working.IsWorkday(at); };
  const absl::CivilDay handed_in = Today(FromTimestamp(after.hand_in_time()), context.zone);
  const absl::CivilDay day = rules::WorkdayFrom(handed_in + 1, is_workday);
  return schedule::Schedule(work, kDueSign, after.name(), rules::HandInTime(day, context.zone, context.policy));
}

absl::Status EscalateSignature(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const FollowUpSheet sheet, work.Load<FollowUpSheet>(item.resource));
  if (sheet.state() != v1::FOLLOW_UP_SHEET_STATE_HANDED_IN || sheet.sign_overdue()) return absl::OkStatus();
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(std::string above, AbleAbove(work.connection(), sheet.owner(), kSign, today));
  if (!above.empty()) {
    ASSIGN_OR_RETURN(above, AbleAbove(work.connection(), above, kRead, today));
  }
  Change<FollowUpSheet> change{sheet, sheet};
  change.after.set_sign_overdue(true);
  change.after.set_escalated_to(above);
  return work.Save(std::move(change)).status();
}

struct CardFigures {
  std::map<absl::CivilDay, int> prospects;  // By day.
  std::set<absl::CivilDay> sheet_days;
  int64_t entries = 0, in_window = 0, late = 0, signed_sheets = 0, sign_overdue = 0, overdue = 0;
};

// On which working days of a period, up to the one whose hour of handing in has passed, somebody had cards to hand in.
class DaysAtWork {
 public:
  // `people`: ids of those of whom it is asked beside the holders of the roles.
  static absl::StatusOr<DaysAtWork> Load(const Context& context, const rpc::Call& call,
                                         const v1::ReportFollowUpCardsRequest& request, std::set<std::string> people,
                                         mysql::Connection& connection) {
    DaysAtWork days;
    const std::string &first = request.from_date(), &last = request.to_date();
    ASSIGN_OR_RETURN(days.calendar_, CalendarOf(context, connection));
    ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(first));
    ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate(last));
    const absl::Time now = context.runtime.clock().Now();
    days.today_ = context.Today(now);
    for (absl::CivilDay day = from; day <= to && rules::HandInTime(day, context.zone, context.policy) <= now; ++day) {
      if (days.calendar_.is_workday(day)) days.workdays_.push_back(day);
    }
    ASSIGN_OR_RETURN(days.leaves_, LeavesIn(connection, first, last));
    if (!context.policy.follow_up_roles.empty()) {
      ASSIGN_OR_RETURN(days.held_, DaysOfRoles(connection, context.policy.follow_up_roles, first, last));
    }
    for (const auto& [id, held] : days.held_) people.insert(id);
    RETURN_IF_ERROR(days.ReadService(call, people, first, last, connection));
    return days;
  }

  // Ids of those in service and within reach who hold a role of the policy on a day of the period.
  std::vector<std::string> Consultants() const {
    std::vector<std::string> ids;
    for (const auto& [id, held] : held_) {
      if (reached_.count(id) > 0) ids.push_back(id);
    }
    return ids;
  }

  // In service, in a role of the policy if he ever was in the period, and not away.
  absl::StatusOr<std::vector<absl::CivilDay>> Of(const std::string& employee) const {
    const auto service = service_.find(employee);
    const auto held = held_.find(employee);
    const auto leaves = leaves_.find(employee);
    std::vector<absl::CivilDay> days;
    if (service == service_.end()) return days;
    for (const absl::CivilDay day : workdays_) {
      const std::string date = FormatDate(day);
      const auto within = [&](const DaysHeld& span) { return span.first <= date && date <= span.last; };
      if (!within(service->second)) continue;
      if (held != held_.end() && std::none_of(held->second.begin(), held->second.end(), within)) continue;
      if (leaves != leaves_.end()) {
        ASSIGN_OR_RETURN(const rules::Attendance count,
                         rules::CountAttendance(calendar_, date, date, today_, leaves->second));
        if (count.present.sign() <= 0) continue;
      }
      days.push_back(day);
    }
    return days;
  }

 private:
  DaysAtWork() = default;

  // Whoever has cards may have left since, or be of another's people: he was in service when he was.
  absl::Status ReadService(const rpc::Call& call, const std::set<std::string>& people, const std::string& first,
                           const std::string& last, mysql::Connection& connection) {
    if (people.empty()) return absl::OkStatus();
    const auth::Reach reach = auth::ReachOf(call.principal, call.level());
    std::vector<Value> params = {Value(last), Value(first)};
    params.insert(params.end(), people.begin(), people.end());
    return connection.Scan(
        absl::StrCat("SELECT e.id, e.hire_date, e.leave_date, s.department_path, e.region FROM employees e LEFT JOIN "
                     "employee_scopes s ON s.employee = e.id WHERE e.archive_time IS NULL AND (e.hire_date IS NULL OR "
                     "e.hire_date <= ?) AND (e.leave_date IS NULL OR e.leave_date >= ?) AND e.id IN (",
                     resource::Placeholders(people.size()), ")"),
        mysql::Params(params), [&](const Row& row) {
          const std::string& id = row[0].text();
          service_[id] = {std::max(row[1].text(), first), row[2].is_null() ? last : std::min(row[2].text(), last)};
          if (reach.Covers(id, row[3].text(), row[4].text())) reached_.insert(id);
          return absl::OkStatus();
        });
  }

  rules::WorkCalendar calendar_;
  std::string today_;
  std::vector<absl::CivilDay> workdays_;
  std::map<std::string, std::vector<organization::v1::LeaveRequest>> leaves_;  // By employee id, as the others.
  std::map<std::string, std::vector<DaysHeld>> held_;
  std::map<std::string, DaysHeld> service_;  // Of whoever was in service in the period.
  std::set<std::string> reached_;            // Of these, within reach.
};

absl::StatusOr<v1::ReportFollowUpCardsResponse> ReportCards(const Context& context, const rpc::Call& call,
                                                            const v1::ReportFollowUpCardsRequest& request,
                                                            mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  std::map<std::string, CardFigures> table;  // By employee id.
  // Whoever has prospects to follow up has cards to hand in.
  ASSIGN_OR_RETURN(
      const std::vector<Row> open,
      QueryWithinReach(context, call, Lead::descriptor(), connection,
                       absl::StrCat("SELECT t.owner, COUNT(CASE WHEN t.next_follow_up_date < ? THEN 1 END) FROM leads "
                                    "t WHERE ",
                                    kOpenLead),
                       {Value(context.Today(context.runtime.clock().Now()))}, "GROUP BY t.owner"));
  for (const Row& row : open) table[row[0].text()].overdue = row[1].integer();
  ASSIGN_OR_RETURN(
      const std::vector<Row> entries,
      QueryWithinReach(
          context, call, Lead::descriptor(), connection,
          "SELECT f.employee, t.id, f.contact_time, f.in_calling_window FROM leads_follow_ups f JOIN "
          "leads t ON t.id = f.parent_id WHERE f.corrects = 0 AND f.contact_time >= ? AND f.contact_time < ?",
          {Value(instants.first), Value(instants.second)}, "ORDER BY f.employee"));
  std::set<std::pair<std::string, std::pair<absl::CivilDay, std::string>>> seen;
  for (const Row& row : entries) {
    CardFigures& figures = table[row[0].text()];
    const absl::CivilDay day = Today(row[2].time(), context.zone);
    ++figures.entries;
    figures.in_window += row[3].integer();
    if (seen.insert({row[0].text(), {day, row[1].text()}}).second) ++figures.prospects[day];
  }
  ASSIGN_OR_RETURN(
      const std::vector<Row> sheets,
      QueryWithinReach(context, call, FollowUpSheet::descriptor(), connection,
                       "SELECT t.owner, t.sheet_date, t.late, t.state, t.sign_overdue FROM follow_up_sheets t WHERE "
                       "t.archive_time IS NULL AND t.sheet_date >= ? AND t.sheet_date <= ?",
                       {Value(request.from_date()), Value(request.to_date())}, ""));
  for (const Row& row : sheets) {
    CardFigures& figures = table[row[0].text()];
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(row[1].text()));
    figures.sheet_days.insert(day);
    figures.late += row[2].integer();
    figures.signed_sheets += row[3].text() == "SIGNED" ? 1 : 0;
    figures.sign_overdue += row[4].integer();
  }
  std::set<std::string> people;
  for (const auto& [id, figures] : table) people.insert(id);
  ASSIGN_OR_RETURN(const DaysAtWork at_work, DaysAtWork::Load(context, call, request, std::move(people), connection));
  // Whoever follows nobody up at all is the first to be seen.
  for (const std::string& consultant : at_work.Consultants()) table.try_emplace(consultant);
  v1::ReportFollowUpCardsResponse response;
  for (const auto& [employee, figures] : table) {
    ASSIGN_OR_RETURN(const std::vector<absl::CivilDay> workdays, at_work.Of(employee));
    v1::FollowUpCardRow* row = response.add_rows();
    row->set_employee(NameOf("employees", employee));
    row->set_business_days(static_cast<int32_t>(workdays.size()));
    row->set_sheets(static_cast<int32_t>(figures.sheet_days.size()));
    row->set_late_sheets(static_cast<int32_t>(figures.late));
    row->set_signed_sheets(static_cast<int32_t>(figures.signed_sheets));
    row->set_sign_overdue(static_cast<int32_t>(figures.sign_overdue));
    int prospects = 0;
    for (const auto& [day, count] : figures.prospects) prospects += count;
    for (const absl::CivilDay day : workdays) {
      const auto at = figures.prospects.find(day);
      if (figures.sheet_days.count(day) == 0) row->set_missing_days(row->missing_days() + 1);
      if ((at == figures.prospects.end() ? 0 : at->second) < context.policy.follow_up_quota) {
        row->set_short_days(row->short_days() + 1);
      }
    }
    row->set_prospects(prospects);
    row->set_entries(static_cast<int32_t>(figures.entries));
    row->set_in_window(static_cast<int32_t>(figures.in_window));
    row->set_overdue_leads(static_cast<int32_t>(figures.overdue));
  }
  return response;
}

absl::StatusOr<v1::ReportMorningResponse> ReportMorning(const Context& context, const rpc::Call& call,
                                                        const v1::ReportMorningRequest& request,
                                                        mysql::Connection& connection) {
  const std::string today =
      request.report_date().empty() ? context.Today(context.runtime.clock().Now()) : request.report_date();
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(today, "report_date"));
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, connection));
  const absl::CivilDay before = rules::WorkdayBefore(day, [&](absl::CivilDay at) { return working.IsWorkday(at); });
  // Free days between belong to the working day before them: nothing that came in falls through.
  const Value from(absl::FromCivil(before, context.zone));
  const Value to(absl::FromCivil(day, context.zone));
  std::map<std::string, v1::MorningReportRow> table;
  ASSIGN_OR_RETURN(const std::vector<Row> receptions,
                   QueryWithinReach(context, call, Lead::descriptor(), connection,
                                    "SELECT t.owner, t.intention_level FROM leads t WHERE t.archive_time IS NULL AND "
                                    "t.arrival_time >= ? AND t.arrival_time < ?",
                                    {from, to}, ""));
  for (const Row& row : receptions) {
    v1::MorningReportRow& figures = table[row[0].text()];
    figures.set_receptions(figures.receptions() + 1);
    const std::string& level = row[1].text();
    if (level == "H") {
      figures.set_level_h(figures.level_h() + 1);
    } else if (level == "A") {
      figures.set_level_a(figures.level_a() + 1);
    } else if (level == "B") {
      figures.set_level_b(figures.level_b() + 1);
    } else if (level == "C") {
      figures.set_level_c(figures.level_c() + 1);
    } else {
      figures.set_level_n(figures.level_n() + 1);
    }
  }
  ASSIGN_OR_RETURN(const std::vector<Row> orders,
                   QueryWithinReach(context, call, v1::Opportunity::descriptor(), connection,
                                    "SELECT t.owner, COUNT(t.id) FROM opportunities t WHERE t.state = 'WON' AND "
                                    "t.close_time >= ? AND t.close_time < ?",
                                    {from, to}, "GROUP BY t.owner"));
  for (const Row& row : orders) table[row[0].text()].set_orders(static_cast<int32_t>(row[1].integer()));
  ASSIGN_OR_RETURN(
      const std::vector<Row> follow_ups,
      QueryWithinReach(context, call, Lead::descriptor(), connection,
                       "SELECT f.employee, COUNT(DISTINCT t.id) FROM leads_follow_ups f JOIN leads t ON "
                       "t.id = f.parent_id WHERE f.corrects = 0 AND f.contact_time >= ? AND f.contact_time < ?",
                       {from, to}, "GROUP BY f.employee"));
  for (const Row& row : follow_ups) table[row[0].text()].set_follow_ups(static_cast<int32_t>(row[1].integer()));
  ASSIGN_OR_RETURN(
      const std::vector<Row> due,
      QueryWithinReach(context, call, Lead::descriptor(), connection,
                       absl::StrCat("SELECT t.owner, COUNT(CASE WHEN t.next_follow_up_date = ? THEN 1 END), COUNT(CASE "
                                    "WHEN t.next_follow_up_date < ? THEN 1 END) FROM leads t WHERE ",
                                    kOpenLead),
                       {Value(today), Value(today)}, "GROUP BY t.owner"));
  for (const Row& row : due) {
    table[row[0].text()].set_due_today(static_cast<int32_t>(row[1].integer()));
    table[row[0].text()].set_overdue(static_cast<int32_t>(row[2].integer()));
  }
  v1::ReportMorningResponse response;
  response.set_business_day(FormatDate(before));
  for (auto& [employee, figures] : table) {
    figures.set_employee(NameOf("employees", employee));
    response.add_rows()->Swap(&figures);
  }
  return response;
}

}  // namespace

absl::Status ReopenSignedSheet(const Context& context, UnitOfWork& work, const v1::LeadFollowUp& entry) {
  if (entry.corrects() > 0) return absl::OkStatus();  // Corrections are on no sheet.
  const std::string day = context.Today(FromTimestamp(entry.contact_time()));
  ASSIGN_OR_RETURN(const std::vector<FollowUpSheet> found,
                   work.Find<FollowUpSheet>({"t.owner = ? AND t.sheet_date = ? AND t.archive_time IS NULL",
                                             {Value(IdOf(entry.employee())), Value(day)}},
                                            "", 1, /*lock=*/true));
  if (found.empty() || found[0].state() != v1::FOLLOW_UP_SHEET_STATE_SIGNED) return absl::OkStatus();
  Change<FollowUpSheet> change{found[0], found[0]};
  rules::Unsign(&change.after);
  RETURN_IF_ERROR(HandIn(context, work, /*first=*/false, &change.after));
  return work.Save(std::move(change)).status();
}

void RegisterFollowUpSheets(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<FollowUpSheet>(
      [context](UnitOfWork& work, FollowUpSheet* sheet) { return CreateSheet(context, work, sheet); });
  hooks.on_saved = resource::OnSaved<FollowUpSheet>(
      [context](UnitOfWork& work, const FollowUpSheet* before, const FollowUpSheet& after) {
        return WatchSignature(context, work, before, after);
      });
  context.runtime.SetHooks(FollowUpSheet::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<FollowUpSheet, v1::ResubmitFollowUpSheetRequest>(
      context, Rpc("ResubmitFollowUpSheet"), registry,
      [context](UnitOfWork& work, const v1::ResubmitFollowUpSheetRequest&, FollowUpSheet* sheet) {
        return HandIn(context, work, /*first=*/false, sheet);
      });
  AddVerb<FollowUpSheet, v1::SignFollowUpSheetRequest>(
      context, Rpc("SignFollowUpSheet"), registry,
      [context](UnitOfWork& work, const v1::SignFollowUpSheetRequest& request, FollowUpSheet* sheet) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckSigner(actor, *sheet));
        RETURN_IF_ERROR(CheckComplete(context, work, *sheet));
        sheet->set_signer(actor);
        *sheet->mutable_sign_time() = ToTimestamp(work.now());
        sheet->set_comment(request.comment());
        return absl::OkStatus();
      });
  AddVerb<FollowUpSheet, v1::ReturnFollowUpSheetRequest>(
      context, Rpc("ReturnFollowUpSheet"), registry,
      [](UnitOfWork& work, const v1::ReturnFollowUpSheetRequest& request, FollowUpSheet* sheet) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckSigner(actor, *sheet));
        sheet->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportFollowUpCardsRequest, v1::ReportFollowUpCardsResponse>(
      context, Rpc("ReportFollowUpCards"), registry,
      [context](const rpc::Call& call, const v1::ReportFollowUpCardsRequest& request, mysql::Connection& connection) {
        return ReportCards(context, call, request, connection);
      });
  AddReport<v1::ReportMorningRequest, v1::ReportMorningResponse>(
      context, Rpc("ReportMorning"), registry,
      [context](const rpc::Call& call, const v1::ReportMorningRequest& request, mysql::Connection& connection) {
        return ReportMorning(context, call, request, connection);
      });
  OnDue(context, kDueSign, Rpc("SignFollowUpSheet"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return EscalateSignature(context, work, item); });
}

}  // namespace kam::account
