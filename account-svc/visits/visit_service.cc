// Visits: planned without overlap, approved, made, reported, commented on.
#include "account-svc/visits/visit_service.h"

#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/visit_plan_rules.h"
#include "account-svc/rules/visit_rules.h"
#include "account-svc/verb.h"
#include "account-svc/visits/contact_date.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/visits/registers.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_plan.pb.h"
#include "kam/account/v1/visit_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Visit;

std::optional<absl::Time> Given(bool has, const google::protobuf::Timestamp& stamp) {
  if (!has) return std::nullopt;
  return FromTimestamp(stamp);
}

// When somebody is on another visit; the times of one that the caller may not see are not told.
absl::Status Overlap(UnitOfWork& work, const std::string& name, const Row& other) {
  Visit probe;
  probe.set_name(NameOf("visits", other[0].text()));
  const bool seen =
      work.CheckReach(*work.runtime().catalog().Find(Visit::descriptor()), probe, work.actor().LevelFor("visit.read"))
          .ok();
  if (!seen) return FailedPrecondition("VISIT_OVERLAP", name, "the visitor or a companion is on another visit then");
  const auto text = [](absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); };
  return FailedPrecondition("VISIT_OVERLAP", name,
                            absl::StrCat("the visitor or a companion is on another visit from ", text(other[1].time()),
                                         " to ", text(other[2].time())),
                            {{"from", text(other[1].time())}, {"until", text(other[2].time())}});
}

// Nobody is on two visits at a time (rules::PeopleTaken says whose time one takes), nor was on one that is made: that
// takes its planned time, of which the rest is free when it ended early. The people are locked, so that two visits of
// one of them come one after the other.
absl::Status CheckOverlap(UnitOfWork& work, const Visit& visit) {
  std::set<std::string> people;
  for (const std::string& person : rules::PeopleTaken(visit)) people.insert(IdOf(person));
  if (people.empty()) return absl::OkStatus();
  const std::string list = resource::Placeholders(people.size());
  const std::vector<Value> ids(people.begin(), people.end());
  RETURN_IF_ERROR(work.connection()
                      .Query(absl::StrCat("SELECT employee FROM employee_scopes WHERE employee IN (", list,
                                          ") ORDER BY employee FOR UPDATE"),
                             mysql::Params(ids))
                      .status());
  std::vector<Value> params = {IdOf(visit.name()), FromTimestamp(visit.planned_end()),
                               FromTimestamp(visit.planned_start())};
  params.insert(params.end(), ids.begin(), ids.end());
  params.insert(params.end(), ids.begin(), ids.end());
  params.emplace_back(FromTimestamp(visit.planned_start()));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT t.id, t.planned_start, t.planned_end FROM visits t WHERE t.id <> ? AND t.archive_time "
                       "IS NULL AND t.planned_start < ? AND t.planned_end > ? AND ((t.visitor IN (",
                       list,
                       ") AND (t.state IN ('APPROVED', 'CHECKED_IN', 'DONE') OR (t.state = 'PLANNED' AND t.planner = "
                       "t.visitor))) OR (t.state IN ('APPROVED', 'CHECKED_IN', 'DONE') AND EXISTS "
                       "(SELECT 1 FROM visits_companions c WHERE c.parent_id = t.id AND c.value IN (",
                       list,
                       ")))) AND (t.state <> 'DONE' OR t.check_out_time > ? OR t.check_out_time <= t.planned_start) "
                       "ORDER BY t.planned_start LIMIT 1"),
          mysql::Params(params)));
  return rows.empty() ? absl::OkStatus() : Overlap(work, visit.name(), rows[0]);
}

absl::Status CheckVisit(const Context& context, UnitOfWork& work, const Visit& visit) {
  RETURN_IF_ERROR(Validate(work, visit));
  RETURN_IF_ERROR(rules::CheckWindow(visit, context.policy));
  RETURN_IF_ERROR(rules::CheckPeople(visit));
  RETURN_IF_ERROR(CheckContactsOf(work, visit.account(), visit.contacts_met(), "visit.contacts_met"));
  return work.importing() ? absl::OkStatus() : CheckOverlap(work, visit);
}

// A visit that is put into a plan: the plan is approved, has the account with this visitor, and the visit lies in its
// period. Whether the plan is approved learns only who is on it.
absl::Status CheckPlanOf(const Context& context, UnitOfWork& work, const Visit& visit) {
  if (visit.visit_plan().empty() || work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<v1::VisitPlan> plans,
                   work.Find<v1::VisitPlan>({"t.id = ?", {Value(IdOf(visit.visit_plan()))}}, "", 1));
  if (plans.empty()) return absl::OkStatus();  // Left to the check of references.
  return rules::CheckInPlan(visit, plans[0], context.zone);
}

// Whether the visit is one of a plan that is approved and still has it.
absl::StatusOr<bool> InApprovedPlan(const Context& context, UnitOfWork& work, const Visit& visit) {
  if (visit.visit_plan().empty()) return false;
  ASSIGN_OR_RETURN(const std::vector<v1::VisitPlan> plans,
                   work.Find<v1::VisitPlan>({"t.id = ?", {Value(IdOf(visit.visit_plan()))}}, "", 1));
  return !plans.empty() && rules::CheckInPlan(visit, plans[0], context.zone).ok();
}

// Who gave the visit its time; a program and whoever imports plans for nobody. What another has planned for the visitor
// stays planned by him when the visitor gives it another time: it waits for somebody above as before.
void SetPlanner(const UnitOfWork& work, const Visit* before, Visit* visit) {
  if (before != nullptr && !before->planner().empty() && before->planner() != before->visitor() &&
      before->visitor() == visit->visitor() && work.actor().subject == visit->visitor()) {
    return visit->set_planner(before->planner());
  }
  const bool person = visit->has_planned_start() && absl::StartsWith(work.actor().subject, "employees/");
  visit->set_planner(person && !work.importing() ? work.actor().subject : "");
}

absl::Status CreateVisit(const Context& context, UnitOfWork& work, Visit* visit) {
  if (visit->visitor().empty()) {
    ASSIGN_OR_RETURN(*visit->mutable_visitor(), Person(work));
  }
  if (!work.importing() || visit->state() == v1::VISIT_STATE_UNSPECIFIED) rules::SetFirstState(visit);
  if (visit->origin() == v1::VISIT_ORIGIN_UNSPECIFIED) visit->set_origin(v1::VISIT_ORIGIN_MANUAL);
  SetPlanner(work, nullptr, visit);
  RETURN_IF_ERROR(CheckVisit(context, work, *visit));
  RETURN_IF_ERROR(CheckPlanOf(context, work, *visit));
  return CheckAccountUsable(work, visit->account());
}

absl::Status UpdateVisit(const Context& context, UnitOfWork& work, const Visit& before, Visit* after) {
  if (after->visitor().empty()) after->set_visitor(before.visitor());
  rules::KeepLinks(before, after);
  if (!work.importing()) {
    RETURN_IF_ERROR(rules::CheckVisitUpdate(before, *after));
    RETURN_IF_ERROR(rules::CheckTimeUpdate(before, *after, work.now()));
    if (!rules::SameTime(before, *after) || before.visitor() != after->visitor()) SetPlanner(work, &before, after);
  }
  // A plan whose time is taken away is an idea again.
  if (after->state() == v1::VISIT_STATE_PROPOSED || after->state() == v1::VISIT_STATE_PLANNED) {
    rules::SetFirstState(after);
  }
  if (after->visit_plan() != before.visit_plan() || after->visitor() != before.visitor() ||
      !rules::SameTime(before, *after)) {
    RETURN_IF_ERROR(CheckPlanOf(context, work, *after));
  }
  return CheckVisit(context, work, *after);
}

// What happens on a visit is said by whoever is on it, or by somebody above the visitor; true for the latter.
absl::StatusOr<bool> CheckTakesPart(const Context& context, UnitOfWork& work, const Visit& visit) {
  ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, visit.visitor()));
  RETURN_IF_ERROR(rules::CheckTakesPart(work.actor().subject, superior, visit));
  return superior;
}

// The record is there: whoever was met was spoken to on that day.
absl::Status CompleteVisit(const Context& context, UnitOfWork& work, const v1::CompleteVisitRequest& request,
                           Visit* visit) {
  if (request.contacts_met_size() > 0) *visit->mutable_contacts_met() = request.contacts_met();
  if (request.follow_ups_size() > 0) *visit->mutable_follow_ups() = request.follow_ups();
  RETURN_IF_ERROR(CheckContactsOf(work, visit->account(), visit->contacts_met(), "contacts_met"));
  RETURN_IF_ERROR(rules::Complete(Given(request.has_check_out_time(), request.check_out_time()), request.report(),
                                  request.result(), work.now(), context.policy, visit));
  RETURN_IF_ERROR(Validate(work, *visit));
  RETURN_IF_ERROR(FillRegisters(context, work, visit));
  return NoteContact(work, visit->account(), visit->contacts_met(),
                     context.Today(FromTimestamp(visit->check_out_time())));
}

// Without an approval of its own a visit of an approved plan is made on its day, and one that the visitor planned
// himself.
absl::Status CheckIn(const Context& context, UnitOfWork& work, const v1::CheckInVisitRequest& request,
                     resource::Change<Visit>* change) {
  RETURN_IF_ERROR(CheckTakesPart(context, work, change->before).status());
  const auto given = Given(request.has_check_in_time(), request.check_in_time());
  const absl::Time at = given.value_or(work.now());
  const bool unapproved = change->before.state() == v1::VISIT_STATE_PLANNED;
  if (unapproved) {
    ASSIGN_OR_RETURN(const bool in_plan, InApprovedPlan(context, work, change->before));
    RETURN_IF_ERROR(rules::CheckAgreed(change->before, in_plan));
    RETURN_IF_ERROR(rules::CheckInUnapproved(at, work.now(), change->before, context.zone, context.policy));
  }
  RETURN_IF_ERROR(rules::CheckInDay(at, change->before, context.zone, context.policy));
  RETURN_IF_ERROR(rules::CheckIn(given, work.now(), context.policy, &change->after));
  // From now on it takes the time of those who go along too.
  return unapproved ? CheckOverlap(work, change->after) : absl::OkStatus();
}

absl::Status CorrectReport(const Context& context, UnitOfWork& work, const v1::CorrectVisitReportRequest& request,
                           Visit* visit) {
  ASSIGN_OR_RETURN(const bool superior, CheckTakesPart(context, work, *visit));
  RETURN_IF_ERROR(CheckContactsOf(work, visit->account(), request.contacts_met(), "contacts_met"));
  RETURN_IF_ERROR(rules::CorrectReport(superior, request, work.now(), context.policy, visit));
  RETURN_IF_ERROR(Validate(work, *visit));
  return NoteContact(work, visit->account(), request.contacts_met(),
                     context.Today(FromTimestamp(visit->check_out_time())));
}

}  // namespace

void RegisterVisits(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Visit>(
      [context](UnitOfWork& work, Visit* visit) { return CreateVisit(context, work, visit); });
  hooks.on_update = resource::OnUpdate<Visit>([context](UnitOfWork& work, const Visit& before, Visit* after) {
    return UpdateVisit(context, work, before, after);
  });
  hooks.on_archive = [](UnitOfWork& work, const google::protobuf::Message& before) {
    return rules::CheckVisitArchive(static_cast<const Visit&>(before), work.now());
  };
  hooks.on_restore = [](UnitOfWork& work, const google::protobuf::Message& before) {
    return CheckOverlap(work, static_cast<const Visit&>(before));
  };
  context.runtime.SetHooks(Visit::descriptor(), std::move(hooks));
  const std::string service = "kam.account.v1.VisitService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<Visit, v1::PlanVisitRequest>(
      context, service + "/PlanVisit", registry,
      [context](UnitOfWork& work, const v1::PlanVisitRequest& request, Visit* visit) -> absl::Status {
        const Visit before = *visit;
        *visit->mutable_planned_start() = request.planned_start();
        *visit->mutable_planned_end() = request.planned_end();
        RETURN_IF_ERROR(rules::CheckTimeUpdate(before, *visit, work.now()));
        SetPlanner(work, &before, visit);
        RETURN_IF_ERROR(CheckPlanOf(context, work, *visit));
        return CheckVisit(context, work, *visit);
      });
  AddVerb<Visit, v1::ApproveVisitRequest>(
      context, service + "/ApproveVisit", registry,
      [context](UnitOfWork& work, const v1::ApproveVisitRequest& request, Visit* visit) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, visit->visitor()));
        RETURN_IF_ERROR(rules::Approve(work.actor().subject, superior, work.now(), context.policy, visit));
        return CheckOverlap(work, *visit);  // From now on it takes the time of those who go along too.
      });
  AddVerb<Visit, v1::CheckInVisitRequest>(
      context, service + "/CheckInVisit", registry,
      [context](UnitOfWork& work, const v1::CheckInVisitRequest& request, resource::Change<Visit>* change) {
        return CheckIn(context, work, request, change);
      });
  AddVerb<Visit, v1::UndoCheckInRequest>(
      context, service + "/UndoCheckIn", registry,
      [context](UnitOfWork& work, const v1::UndoCheckInRequest&, Visit* visit) -> absl::Status {
        RETURN_IF_ERROR(CheckTakesPart(context, work, *visit).status());
        rules::UndoCheckIn(visit);
        return absl::OkStatus();
      });
  AddVerb<Visit, v1::CorrectVisitReportRequest>(
      context, service + "/CorrectVisitReport", registry,
      [context](UnitOfWork& work, const v1::CorrectVisitReportRequest& request, Visit* visit) {
        return CorrectReport(context, work, request, visit);
      });
  AddVerb<Visit, v1::CompleteVisitRequest>(
      context, service + "/CompleteVisit", registry,
      [context](UnitOfWork& work, const v1::CompleteVisitRequest& request, Visit* visit) -> absl::Status {
        RETURN_IF_ERROR(CheckTakesPart(context, work, *visit).status());
        return CompleteVisit(context, work, request, visit);
      });
  AddVerb<Visit, v1::MarkVisitMissedRequest>(
      context, service + "/MarkVisitMissed", registry,
      [context](UnitOfWork& work, const v1::MarkVisitMissedRequest& request, Visit* visit) -> absl::Status {
        RETURN_IF_ERROR(CheckTakesPart(context, work, *visit).status());
        return rules::MarkMissed(request.reason(), work.now(), visit);
      });
  AddVerb<Visit, v1::CancelVisitRequest>(context, service + "/CancelVisit", registry,
                                         [context](UnitOfWork& work, const v1::CancelVisitRequest& request,
                                                   resource::Change<Visit>* change) -> absl::Status {
                                           ASSIGN_OR_RETURN(const bool superior,
                                                            CheckTakesPart(context, work, change->before));
                                           RETURN_IF_ERROR(rules::CheckCancel(change->before, superior, work.now()));
                                           change->after.set_close_reason(request.reason());
                                           return absl::OkStatus();
                                         });
  AddVerb<Visit, v1::CommentVisitRequest>(
      context, service + "/CommentVisit", registry,
      [context](UnitOfWork& work, const v1::CommentVisitRequest& request, Visit* visit) -> absl::Status {
        ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, visit->visitor()));
        return rules::Comment(work.actor().subject, superior, request.comment(), visit);
      });
}

}  // namespace kam::account
