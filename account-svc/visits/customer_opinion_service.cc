// Opinions of customers: passed on, answered, told back, closed; their summary.
#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/report.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/opinion_rules.h"
#include "account-svc/verb.h"
#include "account-svc/visits/answer_clock.h"
#include "account-svc/visits/contact_date.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/visits/references.h"
#include "account-svc/visits/registers.h"
#include "account-svc/visits/reports.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_opinion_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::CustomerOpinion;

constexpr char kService[] = "kam.account.v1.CustomerOpinionService";
constexpr char kDueEscalation[] = "customer_opinion.escalate";
constexpr int kSummaryRowsMax = 2000;

constexpr char kRoute[] = "customer_opinion.route";
constexpr char kAnswer[] = "customer_opinion.answer";
constexpr char kTell[] = "customer_opinion.write";

// Whoever brought it passes it on and tells the customer; in between the handler answers.
std::optional<Waiting> Waits(const CustomerOpinion& opinion) {
  switch (opinion.state()) {
    case v1::OPINION_STATE_RECORDED:
      return Waiting{opinion.recorder(), "", kRoute};
    case v1::OPINION_STATE_ROUTED:
      return Waiting{opinion.handler(), opinion.department(), kAnswer};
    case v1::OPINION_STATE_ANSWERED:
      return Waiting{opinion.recorder(), "", kTell};
    default:
      return std::nullopt;
  }
}

ContactNames Only(const std::string& contact) {
  ContactNames names;
  if (!contact.empty()) *names.Add() = contact;
  return names;
}

absl::Status CheckContact(UnitOfWork& work, const CustomerOpinion& opinion) {
  return CheckContactsOf(work, opinion.account(), Only(opinion.contact()), "customer_opinion.contact");
}

absl::Status Create(const Context& context, UnitOfWork& work, CustomerOpinion* opinion) {
  ASSIGN_OR_RETURN(*opinion->mutable_recorder(), Person(work));
  RETURN_IF_ERROR(AwaitRouting(context, work, opinion));
  const std::string today = context.Today(work.now());
  if (opinion->opinion_date().empty()) opinion->set_opinion_date(today);
  RETURN_IF_ERROR(Validate(work, *opinion));
  RETURN_IF_ERROR(rules::CheckOpinionDate(opinion->opinion_date(), today));
  RETURN_IF_ERROR(CheckContact(work, *opinion));
  RETURN_IF_ERROR(CheckVisitOf(work, opinion->account(), opinion->visit(), "customer_opinion.visit"));
  return CheckAccountUsable(work, opinion->account());
}

absl::Status Update(const Context& context, UnitOfWork& work, const CustomerOpinion& before, CustomerOpinion* after) {
  RETURN_IF_ERROR(rules::CheckOpinionUpdate(before));
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckOpinionDate(after->opinion_date(), context.Today(work.now())));
  RETURN_IF_ERROR(CheckContact(work, *after));
  if (before.visit() == after->visit()) return absl::OkStatus();
  return CheckVisitOf(work, after->account(), after->visit(), "customer_opinion.visit");
}

absl::Status AskHandler(const Context& context, UnitOfWork& work, CustomerOpinion* opinion) {
  ASSIGN_OR_RETURN(const absl::Time due,
                   WorkingTimeAfter(context, work, work.now(), context.policy.opinion_answer_time));
  rules::Ask(work.now(), due, opinion);
  return absl::OkStatus();
}

absl::StatusOr<v1::SummarizeCustomerOpinionsResponse> Summarize(const Context& context, rpc::Call& call,
                                                                const v1::SummarizeCustomerOpinionsRequest& request) {
  ASSIGN_OR_RETURN(const Period period, ParsePeriod(request.from_date(), request.until_date(), context.zone));
  const resource::Type& type = *context.runtime.catalog().Find(CustomerOpinion::descriptor());
  std::string sql =
      "SELECT t.subject, t.subject_reference, COUNT(t.id), COUNT(DISTINCT t.account), SUM(CASE WHEN t.state IN "
      "('RECORDED', 'ROUTED') THEN 1 ELSE 0 END), SUM(CASE WHEN t.overdue = 1 OR (t.state IN ('RECORDED', 'ROUTED', "
      "'ANSWERED') AND t.due_time < ?) THEN 1 ELSE 0 END), SUM(CASE WHEN t.inform_time IS NULL THEN 0 ELSE 1 END), "
      "SUM(CASE WHEN t.change_made IS "
      "NULL THEN 0 ELSE 1 END) FROM customer_opinions t WHERE t.state <> 'WITHDRAWN' AND "
      "t.opinion_date >= ? AND t.opinion_date <= ?";
  std::vector<Value> params = {Value(context.runtime.clock().Now()), Value(period.first), Value(period.last)};
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " GROUP BY t.subject, t.subject_reference ORDER BY t.subject, t.subject_reference LIMIT ",
                  kSummaryRowsMax);
  v1::SummarizeCustomerOpinionsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
    response.Clear();
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      v1::OpinionSummary& summary = *response.add_rows();
      const auto* subject = resource::FindEnumValue(v1::OpinionSubject_descriptor(), row[0].text());
      if (subject != nullptr) summary.set_subject(static_cast<v1::OpinionSubject>(subject->number()));
      summary.set_subject_reference(row[1].text());
      summary.set_opinions(WholeOf(row[2]));
      summary.set_accounts(WholeOf(row[3]));
      summary.set_open(WholeOf(row[4]));
      summary.set_overdue(WholeOf(row[5]));
      summary.set_informed(WholeOf(row[6]));
      summary.set_changed(WholeOf(row[7]));
      return absl::OkStatus();
    });
  }));
  return response;
}

// Whoever is asked does not get rid of the question; the other that says the same is one that still counts.
absl::Status Withdraw(const Context& context, UnitOfWork& work, const v1::WithdrawCustomerOpinionRequest& request,
                      resource::Change<CustomerOpinion>* change) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  const CustomerOpinion& opinion = change->before;
  ASSIGN_OR_RETURN(const bool superior, IsSuperiorOf(context, work, opinion.recorder()));
  RETURN_IF_ERROR(rules::CheckOpinionWithdrawal(actor, superior, work.now(), opinion));
  // The opinion is locked, as is whatever it is named as the duplicate of: nobody names it meanwhile.
  ASSIGN_OR_RETURN(
      const std::vector<CustomerOpinion> duplicates,
      work.Find<CustomerOpinion>({"t.duplicate_of = ? AND t.state = 'WITHDRAWN'", {Value(IdOf(opinion.name()))}},
                                 "ORDER BY t.id", 1));
  RETURN_IF_ERROR(rules::CheckNoDuplicate(duplicates.empty() ? "" : duplicates[0].name(), opinion));
  if (!request.duplicate_of().empty()) {
    ASSIGN_OR_RETURN(const auto other, work.Load<CustomerOpinion>(request.duplicate_of(),
                                                                  work.actor().LevelFor("customer_opinion.read")));
    RETURN_IF_ERROR(rules::CheckDuplicateOpinion(change->before, other));
  }
  change->after.set_withdraw_reason(request.reason());
  change->after.set_duplicate_of(request.duplicate_of());
  return absl::OkStatus();
}

void RegisterVerbs(const Context& context, rpc::Registry* registry) {
  const std::string service = kService;
  AddVerb<CustomerOpinion, v1::RouteCustomerOpinionRequest>(
      context, service + "/RouteCustomerOpinion", registry,
      [context](UnitOfWork& work, const v1::RouteCustomerOpinionRequest& request,
                CustomerOpinion* opinion) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckOpinionHandler(actor, request.handler(), *opinion));
        RETURN_IF_ERROR(CheckHandler(context, work, request.department(), request.handler(), kAnswer, "handler"));
        opinion->set_department(request.department());
        opinion->set_handler(request.handler());
        return AskHandler(context, work, opinion);
      });
  AddVerb<CustomerOpinion, v1::AnswerCustomerOpinionRequest>(
      context, service + "/AnswerCustomerOpinion", registry,
      [context](UnitOfWork& work, const v1::AnswerCustomerOpinionRequest& request,
                CustomerOpinion* opinion) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        opinion->set_change_made(request.change_made());
        RETURN_IF_ERROR(rules::GiveAnswer(actor, request.answer(), work.now(), opinion));
        ASSIGN_OR_RETURN(const absl::Time due,
                         WorkingTimeAfter(context, work, work.now(), context.policy.opinion_tell));
        rules::Await(due, opinion);
        return absl::OkStatus();
      });
  AddVerb<CustomerOpinion, v1::ReturnOpinionAnswerRequest>(
      context, service + "/ReturnOpinionAnswer", registry,
      [context](UnitOfWork& work, const v1::ReturnOpinionAnswerRequest& request, CustomerOpinion* opinion) {
        opinion->set_return_reason(request.reason());
        return AskHandler(context, work, opinion);
      });
  AddVerb<CustomerOpinion, v1::InformCustomerRequest>(
      context, service + "/InformCustomer", registry,
      [context](UnitOfWork& work, const v1::InformCustomerRequest& request, CustomerOpinion* opinion) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        const ContactNames told = Only(request.contact());
        RETURN_IF_ERROR(CheckContactsOf(work, opinion->account(), told, "contact"));
        const absl::Time at = request.has_inform_time() ? FromTimestamp(request.inform_time()) : work.now();
        RETURN_IF_ERROR(rules::Inform(actor, at, work.now(), context.policy, opinion));
        opinion->set_inform_mode(request.mode());
        opinion->set_informed_contact(request.contact());
        opinion->set_customer_reaction(request.customer_reaction());
        return NoteContact(work, opinion->account(), told, context.Today(at));
      });
  AddVerb<CustomerOpinion, v1::CloseCustomerOpinionRequest>(
      context, service + "/CloseCustomerOpinion", registry,
      [](UnitOfWork& work, const v1::CloseCustomerOpinionRequest&, CustomerOpinion* opinion) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        if (actor == opinion->answerer()) return rules::SeparationOfDuties("person who answered", "close the opinion");
        *opinion->mutable_close_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<CustomerOpinion, v1::WithdrawCustomerOpinionRequest>(
      context, service + "/WithdrawCustomerOpinion", registry,
      [context](UnitOfWork& work, const v1::WithdrawCustomerOpinionRequest& request,
                resource::Change<CustomerOpinion>* change) { return Withdraw(context, work, request, change); });
}

}  // namespace

void RegisterCustomerOpinions(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<CustomerOpinion>(
      [context](UnitOfWork& work, CustomerOpinion* opinion) { return Create(context, work, opinion); });
  hooks.on_update = resource::OnUpdate<CustomerOpinion>(
      [context](UnitOfWork& work, const CustomerOpinion& before, CustomerOpinion* after) {
        return Update(context, work, before, after);
      });
  hooks.on_saved = resource::OnSaved<CustomerOpinion>(
      [context](UnitOfWork& work, const CustomerOpinion*, const CustomerOpinion& after) {
        return ScheduleEscalation(context, work, kDueEscalation, Waits(after).has_value(), after);
      });
  context.runtime.SetHooks(CustomerOpinion::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  RegisterVerbs(context, registry);
  registry->Add<v1::SummarizeCustomerOpinionsRequest, v1::SummarizeCustomerOpinionsResponse>(
      service + "/SummarizeCustomerOpinions",
      [context](rpc::Call& call, const v1::SummarizeCustomerOpinionsRequest& request) {
        return Summarize(context, call, request);
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDueEscalation, service + "/RouteCustomerOpinion",
                            [context](UnitOfWork& work, const schedule::DueItem& item) {
                              return EscalateDue<CustomerOpinion>(context, work, item, Waits);
                            });
}

}  // namespace kam::account
