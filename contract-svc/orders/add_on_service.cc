// kam.order.v1.AddOnServiceService (C-27).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/authors.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/rules/add_on.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/add_on_service_service.pb.h"
#include "kam/order/v1/order.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.AddOnServiceService";
constexpr int kStandardsMax = 1000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Publish(UnitOfWork& work, pb::ServiceFee* fee) {
  RETURN_IF_ERROR(rules::CheckOtherPerson(fee->name(), work.actor().subject, fee->creator(), "wrote the standard"));
  RETURN_IF_ERROR(CheckNotAuthor(work, fee->name(), Rpc("UpdateServiceFee")));
  const auto* kind = pb::AddOnKind_descriptor()->FindValueByNumber(fee->kind());
  ASSIGN_OR_RETURN(const std::vector<pb::ServiceFee> others,
                   // Drafts too: of two that are published at once, one waits for the other here.
                   work.Find<pb::ServiceFee>({"t.service_kind = ? AND t.title = ? AND t.state <> 'WITHDRAWN'",
                                              {Value(resource::ShortEnumName(kind)), Value(fee->title())}},
                                             "", kStandardsMax, /*lock=*/true));
  for (const pb::ServiceFee& other : others) {
    if (other.state() == pb::SERVICE_FEE_STATE_PUBLISHED) RETURN_IF_ERROR(rules::CheckFeeAlone(*fee, other));
  }
  fee->set_publisher(work.actor().subject);
  SetTime(work.now(), fee->mutable_publish_time());
  return absl::OkStatus();
}

absl::Status Attach(const Context& context, UnitOfWork& work, pb::AddOnService* service) {
  RETURN_IF_ERROR(Validate(work, *service));
  const absl::StatusOr<pb::Order> order = work.Load<pb::Order>(service->order(), work.level());
  if (absl::IsNotFound(order.status())) {
    return InvalidField("add_on_service.order", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", service->order()}});
  }
  RETURN_IF_ERROR(order.status());
  const absl::StatusOr<pb::ServiceFee> standard = work.Load<pb::ServiceFee>(service->fee_standard());
  if (absl::IsNotFound(standard.status())) {
    return InvalidField("add_on_service.fee_standard", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", service->fee_standard()}});
  }
  RETURN_IF_ERROR(standard.status());
  return rules::PriceAddOn(*standard, *order, context.Today(work.now()), service);
}

void SetHooks(const Context& context) {
  resource::Hooks fees;
  fees.prepare = PrepareNames(context);
  fees.on_create = resource::OnCreate<pb::ServiceFee>([](UnitOfWork& work, pb::ServiceFee* fee) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *fee));
    fee->set_state(pb::SERVICE_FEE_STATE_DRAFT);
    return rules::CheckFeePeriod(*fee);
  });
  fees.on_update = resource::OnUpdate<pb::ServiceFee>(
      [](UnitOfWork&, const pb::ServiceFee& before, pb::ServiceFee* after) -> absl::Status {
        if (before.state() != pb::SERVICE_FEE_STATE_DRAFT) {
          return FailedPrecondition("SERVICE_FEE_FROZEN", before.name(),
                                    "a published standard is not changed; withdraw it and publish another",
                                    {{"state", pb::ServiceFeeState_Name(before.state())}});
        }
        return rules::CheckFeePeriod(*after);
      });
  context.runtime.SetHooks(pb::ServiceFee::descriptor(), std::move(fees));

  resource::Hooks services;
  services.prepare = PrepareNames(context);
  services.on_create = resource::OnCreate<pb::AddOnService>(
      [context](UnitOfWork& work, pb::AddOnService* service) { return Attach(context, work, service); });
  services.on_update = resource::OnUpdate<pb::AddOnService>(
      [](UnitOfWork&, const pb::AddOnService& before, pb::AddOnService*) -> absl::Status {
        if (before.state() == pb::ADD_ON_STATE_REQUESTED || before.state() == pb::ADD_ON_STATE_ORDERED) {
          return absl::OkStatus();
        }
        return FailedPrecondition("ADD_ON_OVER", before.name(), "the service is done or cancelled",
                                  {{"state", pb::AddOnState_Name(before.state())}});
      });
  context.runtime.SetHooks(pb::AddOnService::descriptor(), std::move(services));
}

absl::StatusOr<pb::SummarizeAddOnsResponse> Summarize(const Context& context, rpc::Call& call,
                                                      const pb::SummarizeAddOnsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::AddOnService::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string where = " WHERE t.state = 'DONE'";
  std::vector<Value> params;
  const auto add = [&](const std::string& sql, const std::vector<Value>& values) {
    absl::StrAppend(&where, " AND (", sql, ")");
    params.insert(params.end(), values.begin(), values.end());
  };
  if (!scope.sql.empty()) add(scope.sql, scope.params);
  if (!request.from_date().empty()) add("t.done_date >= ?", {Value(request.from_date())});
  if (!request.to_date().empty()) add("t.done_date <= ?", {Value(request.to_date())});
  pb::SummarizeAddOnsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT t.service_kind, COALESCE(t.supplier, ''), t.fee_currency, COUNT(t.id), "
                                      "SUM(t.fee_amount), SUM(t.commission_amount) FROM add_on_services t",
                                      where, " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
                         mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      pb::AddOnTotal* total = response.add_rows();
      const auto* kind = resource::FindEnumValue(pb::AddOnKind_descriptor(), row[0].text());
      if (kind != nullptr) total->set_kind(static_cast<pb::AddOnKind>(kind->number()));
      total->set_supplier(row[1].text());
      total->set_currency(row[2].text());
      total->set_count(row[3].integer());
      ASSIGN_OR_RETURN(const Decimal fee, Decimal::Parse(row[4].text(), "fee"));
      ASSIGN_OR_RETURN(const Decimal commission, Decimal::Parse(row[5].text(), "commission"));
      rules::SetAmount(fee, row[2].text(), total->mutable_fee());
      rules::SetAmount(commission, row[2].text(), total->mutable_commission());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterAddOns(const Context& context, rpc::Registry* registry) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddPersonVerb<pb::ServiceFee, pb::PublishServiceFeeRequest>(
      context, Rpc("PublishServiceFee"), registry,
      [](UnitOfWork& work, const auto&, pb::ServiceFee* fee) { return Publish(work, fee); });
  AddPersonVerb<pb::ServiceFee, pb::WithdrawServiceFeeRequest>(
      context, Rpc("WithdrawServiceFee"), registry,
      [](UnitOfWork&, const auto& request, pb::ServiceFee*) { return rules::CheckReason(request.reason()); });
  AddPersonVerb<pb::AddOnService, pb::OrderAddOnServiceRequest>(
      context, Rpc("OrderAddOnService"), registry,
      [](UnitOfWork&, const auto&, pb::AddOnService*) { return absl::OkStatus(); });
  AddPersonVerb<pb::AddOnService, pb::CompleteAddOnServiceRequest>(
      context, Rpc("CompleteAddOnService"), registry,
      [context](UnitOfWork& work, const auto& request, pb::AddOnService* service) -> absl::Status {
        const std::string today = context.Today(work.now());
        service->set_document(request.document());
        service->set_done_date(request.done_date().empty() ? today : request.done_date());
        if (service->done_date() <= today) return absl::OkStatus();
        return InvalidField("done_date", "FIELD_OUT_OF_RANGE", "must not be in the future", {{"today", today}});
      });
  AddPersonVerb<pb::AddOnService, pb::ReopenAddOnServiceRequest>(
      context, Rpc("ReopenAddOnService"), registry, [](UnitOfWork&, const auto& request, pb::AddOnService* service) {
        service->clear_document();
        service->clear_done_date();
        return rules::CheckReason(request.reason());
      });
  AddPersonVerb<pb::AddOnService, pb::CancelAddOnServiceRequest>(
      context, Rpc("CancelAddOnService"), registry, [](UnitOfWork&, const auto& request, pb::AddOnService* service) {
        service->set_cancel_reason(request.reason());
        return rules::CheckReason(request.reason());
      });
  registry->Add<pb::SummarizeAddOnsRequest, pb::SummarizeAddOnsResponse>(
      Rpc("SummarizeAddOns"), [context](rpc::Call& call, const pb::SummarizeAddOnsRequest& request) {
        return Summarize(context, call, request);
      });
}

}  // namespace kam::contract
