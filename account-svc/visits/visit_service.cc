#include "account-svc/visits/visit_service.h"

#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/visit_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/visit_plan_service.pb.h"
#include "kam/account/v1/visit_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Visit;
using v1::VisitPlan;

template <typename T, typename Request, typename Rule>
void AddVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, T>(method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<T> {
    return context.runtime.Write<T>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<T> {
      ASSIGN_OR_RETURN(auto change, work.Begin<T>(request));
      RETURN_IF_ERROR(rule(work, request, &change.after));
      return work.Save(std::move(change));
    });
  });
}

std::optional<absl::Time> Given(bool has, const google::protobuf::Timestamp& stamp) {
  if (!has) return std::nullopt;
  return FromTimestamp(stamp);
}

bool TakesTime(const Visit& visit) {
  return visit.has_planned_start() &&
         (visit.state() == v1::VISIT_STATE_PLANNED || visit.state() == v1::VISIT_STATE_APPROVED ||
          visit.state() == v1::VISIT_STATE_CHECKED_IN);
}

// Nobody is on two visits at a time. The people are locked, so that two plans for one of them come one after the other.
absl::Status CheckOverlap(UnitOfWork& work, const Visit& visit) {
  if (!TakesTime(visit)) return absl::OkStatus();
  std::set<std::string> people = {IdOf(visit.visitor())};
  for (const std::string& companion : visit.companions()) people.insert(IdOf(companion));
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
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT t.planned_start, t.planned_end FROM visits t WHERE t.id <> ? AND t.archive_time IS NULL "
                       "AND t.state IN ('PLANNED', 'APPROVED', 'CHECKED_IN') AND t.planned_start < ? AND t.planned_end "
                       "> ? AND (t.visitor IN (",
                       list, ") OR EXISTS (SELECT 1 FROM visits_companions c WHERE c.parent_id = t.id AND c.value IN (",
                       list, "))) ORDER BY t.planned_start LIMIT 1"),
          mysql::Params(params)));
  if (rows.empty()) return absl::OkStatus();
  const auto text = [](absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); };
  return FailedPrecondition("VISIT_OVERLAP", visit.name(),
                            absl::StrCat("the visitor or a companion is on another visit from ",
                                         text(rows[0][0].time()), " to ", text(rows[0][1].time())),
                            {{"from", text(rows[0][0].time())}, {"until", text(rows[0][1].time())}});
}

absl::Status CheckVisit(const Context& context, UnitOfWork& work, const Visit& visit) {
  RETURN_IF_ERROR(Validate(work, visit));
  RETURN_IF_ERROR(rules::CheckWindow(visit, context.policy));
  RETURN_IF_ERROR(rules::CheckPeople(visit));
  return work.importing() ? absl::OkStatus() : CheckOverlap(work, visit);
}

absl::Status CreateVisit(const Context& context, UnitOfWork& work, Visit* visit) {
  if (visit->visitor().empty()) {
    ASSIGN_OR_RETURN(*visit->mutable_visitor(), Person(work));
  }
  if (!work.importing() || visit->state() == v1::VISIT_STATE_UNSPECIFIED) rules::SetFirstState(visit);
  RETURN_IF_ERROR(CheckVisit(context, work, *visit));
  return CheckAccountUsable(work, visit->account());
}

absl::Status UpdateVisit(const Context& context, UnitOfWork& work, const Visit& before, Visit* after) {
  if (after->visitor().empty()) after->set_visitor(before.visitor());
  if (!work.importing()) RETURN_IF_ERROR(rules::CheckVisitUpdate(before, *after));
  // A plan whose time is taken away is an idea again.
  if (after->state() == v1::VISIT_STATE_PROPOSED || after->state() == v1::VISIT_STATE_PLANNED) {
    rules::SetFirstState(after);
  }
  return CheckVisit(context, work, *after);
}

absl::Status CreatePlan(UnitOfWork& work, VisitPlan* plan) {
  plan->set_state(v1::VISIT_PLAN_STATE_DRAFT);
  if (plan->owner().empty()) {
    ASSIGN_OR_RETURN(*plan->mutable_owner(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *plan));
  RETURN_IF_ERROR(rules::CheckPlan(*plan));
  for (const v1::VisitPlanItem& item : plan->items()) RETURN_IF_ERROR(CheckAccountUsable(work, item.account()));
  return absl::OkStatus();
}

absl::Status UpdatePlan(UnitOfWork& work, const VisitPlan& before, VisitPlan* after) {
  if (after->owner().empty()) after->set_owner(before.owner());
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckPlanUpdate(before));
  RETURN_IF_ERROR(rules::CheckPlan(*after));
  std::set<std::string> known;
  for (const v1::VisitPlanItem& item : before.items()) known.insert(item.account());
  for (const v1::VisitPlanItem& item : after->items()) {
    if (known.insert(item.account()).second) RETURN_IF_ERROR(CheckAccountUsable(work, item.account()));
  }
  return absl::OkStatus();
}

void RegisterPlans(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<VisitPlan>(CreatePlan);
  hooks.on_update = resource::OnUpdate<VisitPlan>(UpdatePlan);
  context.runtime.SetHooks(VisitPlan::descriptor(), std::move(hooks));
  const std::string service = "kam.account.v1.VisitPlanService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<VisitPlan, v1::SubmitVisitPlanRequest>(
      context, service + "/SubmitVisitPlan", registry,
      [](UnitOfWork&, const v1::SubmitVisitPlanRequest&, VisitPlan* plan) { return rules::SubmitPlan(*plan); });
  AddVerb<VisitPlan, v1::ReturnVisitPlanRequest>(
      context, service + "/ReturnVisitPlan", registry,
      [](UnitOfWork&, const v1::ReturnVisitPlanRequest& request, VisitPlan* plan) {
        plan->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<VisitPlan, v1::ApproveVisitPlanRequest>(
      context, service + "/ApproveVisitPlan", registry,
      [](UnitOfWork& work, const v1::ApproveVisitPlanRequest&, VisitPlan* plan) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ApprovePlan(actor, work.now(), plan);
      });
  AddVerb<VisitPlan, v1::CloseVisitPlanRequest>(
      context, service + "/CloseVisitPlan", registry,
      [](UnitOfWork&, const v1::CloseVisitPlanRequest&, VisitPlan*) { return absl::OkStatus(); });
}

}  // namespace

void RegisterVisits(const Context& context, rpc::Registry* registry) {
  RegisterPlans(context, registry);
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Visit>(
      [context](UnitOfWork& work, Visit* visit) { return CreateVisit(context, work, visit); });
  hooks.on_update = resource::OnUpdate<Visit>([context](UnitOfWork& work, const Visit& before, Visit* after) {
    return UpdateVisit(context, work, before, after);
  });
  context.runtime.SetHooks(Visit::descriptor(), std::move(hooks));
  const std::string service = "kam.account.v1.VisitService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<Visit, v1::PlanVisitRequest>(
      context, service + "/PlanVisit", registry,
      [context](UnitOfWork& work, const v1::PlanVisitRequest& request, Visit* visit) -> absl::Status {
        *visit->mutable_planned_start() = request.planned_start();
        *visit->mutable_planned_end() = request.planned_end();
        return CheckVisit(context, work, *visit);
      });
  AddVerb<Visit, v1::ApproveVisitRequest>(
      context, service + "/ApproveVisit", registry,
      [](UnitOfWork& work, const v1::ApproveVisitRequest&, Visit* visit) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Approve(actor, work.now(), visit);
      });
  AddVerb<Visit, v1::CheckInVisitRequest>(
      context, service + "/CheckInVisit", registry,
      [context](UnitOfWork& work, const v1::CheckInVisitRequest& request, Visit* visit) {
        return rules::CheckIn(Given(request.has_check_in_time(), request.check_in_time()), work.now(), context.policy,
                              visit);
      });
  AddVerb<Visit, v1::CompleteVisitRequest>(
      context, service + "/CompleteVisit", registry,
      [context](UnitOfWork& work, const v1::CompleteVisitRequest& request, Visit* visit) {
        return rules::Complete(Given(request.has_check_out_time(), request.check_out_time()), request.report(),
                               request.result(), work.now(), context.policy, visit);
      });
  AddVerb<Visit, v1::MarkVisitMissedRequest>(
      context, service + "/MarkVisitMissed", registry,
      [](UnitOfWork& work, const v1::MarkVisitMissedRequest& request, Visit* visit) {
        return rules::MarkMissed(request.reason(), work.now(), visit);
      });
  AddVerb<Visit, v1::CancelVisitRequest>(context, service + "/CancelVisit", registry,
                                         [](UnitOfWork&, const v1::CancelVisitRequest& request, Visit* visit) {
                                           visit->set_close_reason(request.reason());
                                           return absl::OkStatus();
                                         });
  AddVerb<Visit, v1::CommentVisitRequest>(
      context, service + "/CommentVisit", registry,
      [](UnitOfWork& work, const v1::CommentVisitRequest& request, Visit* visit) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Comment(actor, request.comment(), visit);
      });
}

}  // namespace kam::account
