// ChannelPartnerService: agents, dealers and outlets, what is found at them, and what they sell (A-16, P-10).
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/peers.h"
#include "account-svc/rules/account_file_rules.h"
#include "account-svc/rules/channel_rules.h"
#include "account-svc/verb.h"
#include "account-svc/writers.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/channel_partner_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::ChannelEvaluation;
using v1::ChannelIncident;
using v1::ChannelPartner;
using v1::ChannelStockCount;
using v1::ResalePriceCheck;

constexpr char kService[] = "kam.account.v1.ChannelPartnerService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CreatePartner(UnitOfWork& work, ChannelPartner* partner) {
  if (partner->manager().empty()) {
    ASSIGN_OR_RETURN(*partner->mutable_manager(), Person(work));
  }
  partner->set_state(v1::CHANNEL_PARTNER_STATE_PROPOSED);
  RETURN_IF_ERROR(Validate(work, *partner));
  if (partner->parent().empty()) return rules::CheckPartner(nullptr, *partner);
  ASSIGN_OR_RETURN(const ChannelPartner parent, work.Load<ChannelPartner>(partner->parent()));
  RETURN_IF_ERROR(rules::CheckPartnerKept(parent));
  return rules::CheckPartner(&parent, *partner);
}

absl::Status ReopenPartner(UnitOfWork& work, const v1::ReopenChannelPartnerRequest& request, ChannelPartner* partner) {
  ASSIGN_OR_RETURN(*partner->mutable_proposer(), Person(work));
  if (!request.parent().empty()) partner->set_parent(request.parent());
  partner->clear_end_reason();
  partner->clear_approver();
  partner->clear_approve_time();
  if (partner->parent().empty()) return rules::CheckPartner(nullptr, *partner);
  // Whoever moves an outlet sees the partner that it goes to.
  ASSIGN_OR_RETURN(const ChannelPartner parent, work.Load<ChannelPartner>(partner->parent(), work.level()));
  RETURN_IF_ERROR(rules::CheckPartnerKept(parent));
  return rules::CheckPartner(&parent, *partner);
}

absl::Status UpdatePartner(UnitOfWork& work, const ChannelPartner& before, ChannelPartner* after) {
  if (after->manager().empty()) after->set_manager(before.manager());
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckPartnerKept(before));
  rules::ReopenPartner(before, work.actor().is_program() ? "" : work.actor().subject, after);
  return absl::OkStatus();
}

// The partner, locked, when the caller may inspect it: what is found at a partner comes one after the other.
absl::StatusOr<ChannelPartner> Inspected(const Context& context, UnitOfWork& work, const std::string& name,
                                         const std::string& day, absl::string_view field) {
  ASSIGN_OR_RETURN(ChannelPartner partner, work.Load<ChannelPartner>(name, work.level()));
  RETURN_IF_ERROR(rules::CheckInspection(partner, day, context.Today(work.now()), field));
  return partner;
}

absl::Status CreateEvaluation(const Context& context, UnitOfWork& work, ChannelEvaluation* evaluation) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(Validate(work, *evaluation));
  ASSIGN_OR_RETURN(const ChannelPartner partner,
                   Inspected(context, work, evaluation->partner(), evaluation->evaluation_date(),
                             "channel_evaluation.evaluation_date"));
  evaluation->set_manager(partner.manager());
  return rules::CompleteEvaluation(actor, evaluation);
}

// A violation opens an incident in the same transaction.
absl::Status CreatePriceCheck(const Context& context, UnitOfWork& work, ResalePriceCheck* check) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(Validate(work, *check));
  ASSIGN_OR_RETURN(const ChannelPartner partner,
                   Inspected(context, work, check->partner(), check->check_date(), "resale_price_check.check_date"));
  check->set_manager(partner.manager());
  check->set_price_verified(!check->product_name().empty());  // By AskPublishedPrice, before the transaction.
  RETURN_IF_ERROR(rules::CompletePriceCheck(actor, context.policy, check));
  if (!check->violation()) return absl::OkStatus();
  ChannelIncident incident;
  incident.set_partner(check->partner());
  incident.set_manager(check->manager());
  incident.set_kind(check->policy_broken().empty() ? v1::CHANNEL_INCIDENT_KIND_PRICE
                                                   : v1::CHANNEL_INCIDENT_KIND_POLICY);
  incident.set_facts(check->policy_broken().empty() ? absl::StrCat(check->product(), ": ", check->deviation_percent(),
                                                                   " % / ", check->published_source())
                                                    : absl::StrCat(check->product(), ": ", check->policy_broken()));
  incident.set_incident_date(check->check_date());
  incident.set_state(v1::CHANNEL_INCIDENT_STATE_OPEN);
  RETURN_IF_ERROR(work.InsertMessage(&incident));
  check->set_incident(incident.name());
  return absl::OkStatus();
}

// A price check of a product of our own compares with the price that contract-svc publishes.
absl::Status AskPublishedPrice(const Context& context, const rpc::Call& call,
                               const std::vector<const google::protobuf::Message*>& checks) {
  for (const google::protobuf::Message* message : checks) {
    const auto& check = static_cast<const ResalePriceCheck&>(*message);
    if (check.product_name().empty()) continue;
    ASSIGN_OR_RETURN(const pricing::v1::Product product, context.peers->Product(check.product_name(), call.deadline));
    RETURN_IF_ERROR(rules::CheckPublishedPrice(product.list_price(), check));
  }
  return absl::OkStatus();
}

absl::Status CreateCount(const Context& context, UnitOfWork& work, ChannelStockCount* count) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(Validate(work, *count));
  ASSIGN_OR_RETURN(const ChannelPartner partner,
                   Inspected(context, work, count->partner(), count->count_date(), "channel_stock_count.count_date"));
  count->set_manager(partner.manager());
  ASSIGN_OR_RETURN(const std::vector<ChannelStockCount> earlier,
                   work.Find<ChannelStockCount>(
                       {"t.partner = ? AND t.product = ? AND t.voided = 0", {IdOf(count->partner()), count->product()}},
                       "ORDER BY t.count_date DESC", 1));
  return rules::CompleteCount(earlier.empty() ? nullptr : &earlier[0], actor, count);
}

absl::Status VoidCount(UnitOfWork& work, const v1::VoidChannelStockCountRequest& request, ChannelStockCount* count) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  // Nobody counts on from this one meanwhile.
  RETURN_IF_ERROR(work.Load<ChannelPartner>(count->partner()).status());
  ASSIGN_OR_RETURN(
      const std::vector<ChannelStockCount> later,
      work.Find<ChannelStockCount>({"t.partner = ? AND t.product = ? AND t.voided = 0 AND t.count_date > ?",
                                    {IdOf(count->partner()), count->product(), count->count_date()}},
                                   "ORDER BY t.count_date DESC", 1));
  return rules::VoidCount(later.empty() ? nullptr : &later[0], actor, request.reason(), work.now(), count);
}

absl::Status VoidEvaluation(UnitOfWork& work, const v1::VoidChannelEvaluationRequest& request,
                            ChannelEvaluation* evaluation) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  return rules::VoidEvaluation(actor, request.reason(), work.now(), evaluation);
}

// Nothing is left open of what was not so.
absl::Status VoidPriceCheck(UnitOfWork& work, const v1::VoidResalePriceCheckRequest& request, ResalePriceCheck* check) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  if (check->incident().empty()) {
    return rules::VoidPriceCheck(actor, request.reason(), work.now(), check, nullptr);
  }
  resource::Change<ChannelIncident> incident;
  ASSIGN_OR_RETURN(incident.before, work.Load<ChannelIncident>(check->incident()));
  incident.after = incident.before;
  RETURN_IF_ERROR(rules::VoidPriceCheck(actor, request.reason(), work.now(), check, &incident.after));
  return work.Save(std::move(incident)).status();
}

absl::Status CreateIncident(const Context& context, UnitOfWork& work, ChannelIncident* incident) {
  incident->set_state(v1::CHANNEL_INCIDENT_STATE_OPEN);
  RETURN_IF_ERROR(Validate(work, *incident));
  ASSIGN_OR_RETURN(
      const ChannelPartner partner,
      Inspected(context, work, incident->partner(), incident->incident_date(), "channel_incident.incident_date"));
  incident->set_manager(partner.manager());
  return absl::OkStatus();
}

// At the partner and at the outlets below.
absl::StatusOr<int> OpenIncidents(UnitOfWork& work, const std::string& partner) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT COUNT(i.id) FROM channel_incidents i JOIN channel_partners p ON p.id = i.partner "
                              "WHERE (p.id = ? OR p.parent = ?) AND i.state <> 'CLOSED'",
                              {IdOf(partner), IdOf(partner)}));
  return static_cast<int>(rows[0][0].integer());
}

absl::StatusOr<v1::ReportChannelPartnersResponse> Report(const Context& context, rpc::Call& call,
                                                         const v1::ReportChannelPartnersRequest& request) {
  RETURN_IF_ERROR(rules::CheckPeriod(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  const Value from(request.from_date());
  const Value to(request.to_date());
  std::vector<Value> params = {from, to, from, to, from, to, from, to};
  std::string sql = absl::StrCat(
      "SELECT t.id, t.display_name, t.partner_kind, t.manager, (SELECT e.average FROM channel_evaluations e WHERE "
      "e.partner = t.id AND e.voided = 0 ORDER BY e.evaluation_date DESC, e.id DESC LIMIT 1), (SELECT COUNT(p.id) FROM "
      "resale_price_checks p WHERE p.partner = t.id AND p.voided = 0 AND p.check_date BETWEEN ? AND ?), (SELECT "
      "COUNT(p.id) FROM "
      "resale_price_checks p WHERE p.partner = t.id AND p.voided = 0 AND p.violation = 1 AND p.check_date BETWEEN ? "
      "AND ?), (SELECT "
      "COUNT(i.id) FROM channel_incidents i WHERE i.partner = t.id AND i.state <> 'CLOSED'), (SELECT COUNT(s.id) FROM "
      "channel_stock_counts s WHERE s.partner = t.id AND s.voided = 0 AND s.count_date BETWEEN ? AND ?), (SELECT "
      "COALESCE(SUM(s.sold), 0) FROM channel_stock_counts s WHERE s.partner = t.id AND s.voided = 0 AND s.count_date "
      "BETWEEN ? AND ?) FROM channel_partners t WHERE t.archive_time IS NULL",
      ScopeSql(context, call.principal, call.level(), ChannelPartner::descriptor(), &params));
  if (!request.region().empty()) {
    absl::StrAppend(&sql, " AND t.region = ?");
    params.emplace_back(request.region());
  }
  if (page.last().size() == 2) {
    absl::StrAppend(&sql, " AND (t.display_name > ? OR (t.display_name = ? AND t.id > ?))");
    params.insert(params.end(), {page.last()[0], page.last()[0], page.last()[1]});
  }
  absl::StrAppend(&sql, " ORDER BY t.display_name, t.id LIMIT ?");
  params.emplace_back(static_cast<int64_t>(page.size() + 1));
  v1::ReportChannelPartnersResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    for (size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (i == page.size()) {
        response.set_next_page_token(page.Next({rows[i - 1][1], rows[i - 1][0]}));
        break;
      }
      v1::ChannelPartnerFigures* figures = response.add_partners();
      figures->set_partner(NameOf("channelPartners", row[0].text()));
      figures->set_display_name(row[1].text());
      if (const auto* kind = resource::FindEnumValue(v1::ChannelPartnerKind_descriptor(), row[2].text())) {
        figures->set_kind(static_cast<v1::ChannelPartnerKind>(kind->number()));
      }
      figures->set_manager(NameOf("employees", row[3].text()));
      if (!row[4].is_null()) {
        ASSIGN_OR_RETURN(const Decimal average, Decimal::Parse(row[4].text(), "average"));
        figures->set_average_score(average.ToString());
      }
      figures->set_price_checks(static_cast<int>(row[5].integer()));
      figures->set_violations(static_cast<int>(row[6].integer()));
      figures->set_open_incidents(static_cast<int>(row[7].integer()));
      figures->set_stock_counts(static_cast<int>(row[8].integer()));
      ASSIGN_OR_RETURN(const Decimal sold, Decimal::Parse(row[9].text(), "sold"));
      figures->set_sold(sold.ToString());
    }
    return absl::OkStatus();
  }));
  return response;
}

template <typename T>
void SetCreateHook(const Context& context, absl::Status (*create)(const Context&, UnitOfWork&, T*)) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<T>([context, create](UnitOfWork& work, T* created) { return create(context, work, created); });
  context.runtime.SetHooks(T::descriptor(), std::move(hooks));
}

}  // namespace

void RegisterChannels(const Context& context, rpc::Registry* registry) {
  resource::Hooks partners;
  partners.on_create = resource::OnCreate<ChannelPartner>(CreatePartner);
  partners.on_update = resource::OnUpdate<ChannelPartner>(UpdatePartner);
  context.runtime.SetHooks(ChannelPartner::descriptor(), std::move(partners));
  SetCreateHook<ChannelEvaluation>(context, CreateEvaluation);
  resource::Hooks checks;
  checks.prepare = [context](const rpc::Call& call, const std::vector<const google::protobuf::Message*>& created) {
    return AskPublishedPrice(context, call, created);
  };
  checks.on_create = resource::OnCreate<ResalePriceCheck>(
      [context](UnitOfWork& work, ResalePriceCheck* check) { return CreatePriceCheck(context, work, check); });
  context.runtime.SetHooks(ResalePriceCheck::descriptor(), std::move(checks));
  SetCreateHook<ChannelStockCount>(context, CreateCount);
  SetCreateHook<ChannelIncident>(context, CreateIncident);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<ChannelPartner, v1::ApproveChannelPartnerRequest>(
      context, Rpc("ApproveChannelPartner"), registry,
      [](UnitOfWork& work, const v1::ApproveChannelPartnerRequest&,
         resource::Change<ChannelPartner>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::ApprovePartner(actor, work.now(), &change->after));
        return CheckNotWriter(work, kService, change->before.name(), "approve the partner");
      });
  AddVerb<ChannelPartner, v1::EndChannelPartnerRequest>(
      context, Rpc("EndChannelPartner"), registry,
      [](UnitOfWork& work, const v1::EndChannelPartnerRequest& request,
         resource::Change<ChannelPartner>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const int open, OpenIncidents(work, change->before.name()));
        return rules::EndPartner(open, request.reason(), &change->after);
      });
  AddVerb<ChannelPartner, v1::ReopenChannelPartnerRequest>(context, Rpc("ReopenChannelPartner"), registry,
                                                           ReopenPartner);
  AddVerb<ChannelEvaluation, v1::VoidChannelEvaluationRequest>(context, Rpc("VoidChannelEvaluation"), registry,
                                                               VoidEvaluation);
  AddVerb<ResalePriceCheck, v1::VoidResalePriceCheckRequest>(context, Rpc("VoidResalePriceCheck"), registry,
                                                             VoidPriceCheck);
  AddVerb<ChannelStockCount, v1::VoidChannelStockCountRequest>(context, Rpc("VoidChannelStockCount"), registry,
                                                               VoidCount);
  AddVerb<ChannelIncident, v1::AnswerChannelIncidentRequest>(
      context, Rpc("AnswerChannelIncident"), registry,
      [](UnitOfWork& work, const v1::AnswerChannelIncidentRequest& request,
         resource::Change<ChannelIncident>* change) -> absl::Status {
        ASSIGN_OR_RETURN(*change->after.mutable_answerer(), Person(work));
        change->after.set_measures(request.measures());
        return absl::OkStatus();
      });
  AddVerb<ChannelIncident, v1::CloseChannelIncidentRequest>(
      context, Rpc("CloseChannelIncident"), registry,
      [](UnitOfWork& work, const v1::CloseChannelIncidentRequest& request,
         resource::Change<ChannelIncident>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CloseIncident(actor, request.report(), work.now(), &change->after);
      });
  registry->Add<v1::ReportChannelPartnersRequest, v1::ReportChannelPartnersResponse>(
      Rpc("ReportChannelPartners"), [context](rpc::Call& call, const v1::ReportChannelPartnersRequest& request) {
        return Report(context, call, request);
      });
}

}  // namespace kam::account
