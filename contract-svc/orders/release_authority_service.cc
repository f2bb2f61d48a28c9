// kam.order.v1.ReleaseAuthorityService (C-21).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/orders/order_book.h"
#include "contract-svc/orders/order_parts.h"
#include "contract-svc/orders/release_authority.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/order.h"
#include "contract-svc/rules/release_authority.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/order/v1/release_authority_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = order::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.order.v1.ReleaseAuthorityService";
constexpr int kAuthoritiesMax = 10000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<rules::ReleaseAuthorities> LoadAuthorities(UnitOfWork& work) {
  return work.Find<pb::ReleaseAuthority>({"t.state = 'ACTIVE'", {}}, "ORDER BY t.id", kAuthoritiesMax);
}

rules::Decider Caller(const UnitOfWork& work) { return {work.actor().subject, work.actor().roles}; }

absl::Status CheckGiven(UnitOfWork& work, const Context& context, const pb::ReleaseAuthority& authority) {
  RETURN_IF_ERROR(Person(work).status());
  ASSIGN_OR_RETURN(const rules::ReleaseAuthorities held, LoadAuthorities(work));
  return rules::CheckReleaseGrantable(authority, Caller(work), held, context.Today(work.now()));
}

absl::Status CheckTaken(UnitOfWork& work, const Context& context, const pb::ReleaseAuthority& authority) {
  RETURN_IF_ERROR(Person(work).status());
  ASSIGN_OR_RETURN(const rules::ReleaseAuthorities held, LoadAuthorities(work));
  return rules::CheckReleaseRevocable(authority, Caller(work), held, context.Today(work.now()));
}

// What other orders of the customer owe that went out, or are to go out, on somebody's word. What was written off is
// not owed any more.
absl::StatusOr<Decimal> OutBefore(UnitOfWork& work, const pb::Order& order) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat(
              "SELECT COALESCE(SUM(o.total_amount - COALESCE(o.closed_total_amount, 0) - COALESCE(o.prepaid_amount, 0) "
              "- COALESCE((SELECT SUM(",
              kNotOwedAnyMore, ") FROM ", kInvoicesWithItems,
              " WHERE i.order_id = o.id AND i.state <> 'CANCELLED'), 0)), 0) FROM orders o WHERE o.account = ? AND "
              "o.currency = ? AND o.id <> ? AND o.state NOT IN ('CANCELLED', 'SETTLED') AND (o.release_basis = "
              "'OVERRIDE' OR EXISTS (SELECT 1 FROM credit_reservations c WHERE c.order_id = o.id AND c.overridden = 1 "
              "AND c.state <> 'EXPIRED'))"),
          {IdOf(order.account()), order.currency(), IdOf(order.name())}));
  return Decimal::Parse(rows[0][0].text(), "amount");
}

}  // namespace

absl::Status CheckReleaseAuthority(const Context& context, UnitOfWork& work, const pb::Order& order) {
  RETURN_IF_ERROR(Person(work).status());
  rules::Uncovered uncovered;
  uncovered.subject = order.name();
  uncovered.currency = order.currency();
  ASSIGN_OR_RETURN(const Decimal payable, rules::PayableTotal(order));
  ASSIGN_OR_RETURN(const Decimal prepaid, rules::AmountIn(order.prepaid(), order.currency(), "prepaid"));
  ASSIGN_OR_RETURN(const Decimal missing, Subtract(payable, prepaid));
  ASSIGN_OR_RETURN(const Decimal before, OutBefore(work, order));
  ASSIGN_OR_RETURN(uncovered.amount, Add(missing, before));
  ASSIGN_OR_RETURN(const rules::ReleaseAuthorities held, LoadAuthorities(work));
  return rules::CheckMayRelease(uncovered, Caller(work), held, context.Today(work.now()));
}

void RegisterReleaseAuthorities(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::ReleaseAuthority>(
      [context](UnitOfWork& work, pb::ReleaseAuthority* authority) -> absl::Status {
        authority->set_state(pb::RELEASE_AUTHORITY_STATE_ACTIVE);
        authority->set_grantor(work.actor().subject);
        RETURN_IF_ERROR(Validate(work, *authority));
        RETURN_IF_ERROR(rules::CheckReleaseAuthority(*authority));
        return CheckGiven(work, context, *authority);
      });
  context.runtime.SetHooks(pb::ReleaseAuthority::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::RevokeReleaseAuthorityRequest, pb::ReleaseAuthority>(
      Rpc("RevokeReleaseAuthority"),
      [context](rpc::Call& call,
                const pb::RevokeReleaseAuthorityRequest& request) -> absl::StatusOr<pb::ReleaseAuthority> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::ReleaseAuthority>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ReleaseAuthority> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ReleaseAuthority>(request));
              RETURN_IF_ERROR(CheckTaken(work, context, change.before));
              SetTime(work.now(), change.after.mutable_revoke_time());
              return work.Save(std::move(change));
            });
      });
}

}  // namespace kam::contract
