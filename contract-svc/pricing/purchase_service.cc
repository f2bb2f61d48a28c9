// Suppliers and purchase prices: proposed by purchasing, decided by the one who decides purchase prices (C-08, R-07).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/rules/price_model.h"
#include "kam/pricing/v1/product.pb.h"
#include "kam/pricing/v1/purchase_price.pb.h"
#include "kam/pricing/v1/purchase_price_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.PurchasePriceService";
constexpr int kPricesMax = 10'000;  // Decided for one product.

absl::Status CheckPrice(UnitOfWork& work, const pb::PurchasePrice& price) {
  FieldViolations violations;
  if (!price.valid_until().empty() && price.valid_until() < price.valid_from()) {
    violations.Add("purchase_price.valid_until", "PERIOD_INVALID",
                   absl::StrCat("is ", price.valid_until(), ", before ", price.valid_from()),
                   {{"value", price.valid_until()}, {"limit", price.valid_from()}});
  }
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT p.currency FROM products p WHERE p.id = ?", {IdOf(price.product())}));
  if (!rows.empty() && rows[0][0].text() != price.unit_price().currency_code()) {
    violations.Add(
        "purchase_price.unit_price", "CURRENCY_MISMATCH",
        absl::StrCat("is in ", price.unit_price().currency_code(), "; the product is in ", rows[0][0].text()),
        {{"currency", rows[0][0].text()}});
  }
  return violations.status();
}

// Ended before its first day: it was decided by mistake and holds on no day.
bool IsVoid(const pb::PurchasePrice& price) {
  return !price.valid_until().empty() && price.valid_until() < price.valid_from();
}

// One main price a product and day. The product is locked: of two that are decided at once, one is refused.
absl::Status CheckMain(UnitOfWork& work, const pb::PurchasePrice& price) {
  if (!price.main()) return absl::OkStatus();
  RETURN_IF_ERROR(work.connection()
                      .Query("SELECT p.id FROM products p WHERE p.id = ? FOR UPDATE", {IdOf(price.product())})
                      .status());
  ASSIGN_OR_RETURN(const std::vector<pb::PurchasePrice> decided,
                   work.Find<pb::PurchasePrice>({"t.product = ? AND t.is_main = 1 AND t.state IN ('DECIDED', 'ENDED')",
                                                 {mysql::Value(IdOf(price.product()))}},
                                                "ORDER BY t.valid_from, t.id", kPricesMax));
  for (const pb::PurchasePrice& other : decided) {
    if (other.name() == price.name() || IsVoid(other) ||
        !rules::Overlap({price.valid_from(), price.valid_until()}, {other.valid_from(), other.valid_until()})) {
      continue;
    }
    return FailedPrecondition(
        "PURCHASE_PRICE_OVERLAP", price.name(),
        absl::StrCat(other.number(), " is the main purchase price from ", other.valid_from(), " to ",
                     other.valid_until().empty() ? "no end" : other.valid_until(), "; end it first"),
        {{"other", other.name()}, {"validFrom", other.valid_from()}, {"validUntil", other.valid_until()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::PurchasePrice> Decide(UnitOfWork& work, const pb::DecidePurchasePriceRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PurchasePrice>(request));
  ASSIGN_OR_RETURN(const std::string decider, Person(work));
  if (decider == change.before.proposer()) {
    return Error(absl::StatusCode::kPermissionDenied, "PROPOSER_MAY_NOT_DECIDE",
                 "whoever proposes a purchase price does not decide it", {{"proposer", decider}});
  }
  // Neither does whoever wrote at it since.
  RETURN_IF_ERROR(CheckNotAuthor(work, change.before.name(), absl::StrCat(kService, "/UpdatePurchasePrice")));
  RETURN_IF_ERROR(CheckMain(work, change.before));
  change.after.set_decider(decider);
  change.after.set_decision(request.decision());
  SetTime(work.now(), change.after.mutable_decide_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::PurchasePrice> Reject(UnitOfWork& work, const pb::RejectPurchasePriceRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PurchasePrice>(request));
  ASSIGN_OR_RETURN(const std::string decider, Person(work));
  change.after.set_decider(decider);
  change.after.set_decision(request.reason());
  SetTime(work.now(), change.after.mutable_decide_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::PurchasePrice> End(UnitOfWork& work, const Context& context,
                                      const pb::EndPurchasePriceRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PurchasePrice>(request));
  ASSIGN_OR_RETURN(const std::string yesterday, AddDays(context.Today(work.now()), -1));
  // Of a price that has held on no day that is over nothing need be left: it may end before its first day.
  ASSIGN_OR_RETURN(const std::string eve, AddDays(change.before.valid_from(), -1));
  const std::string& last = request.valid_until();
  const std::string& until = change.before.valid_until();
  if (last < yesterday || last < eve || (!until.empty() && last > until)) {
    return InvalidField("valid_until", "PERIOD_INVALID",
                        absl::StrCat("is ", last, "; days before ", yesterday, " are over, and the price holds ",
                                     change.before.valid_from(), " to ", until.empty() ? "no end" : until,
                                     "; to make it hold on no day, name the day before its first"),
                        {{"value", last}, {"limit", yesterday}});
  }
  change.after.set_valid_until(last);
  SetTime(work.now(), change.after.mutable_end_time());
  return work.Save(std::move(change));
}

}  // namespace

void RegisterPurchasing(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>&) -> absl::Status {
    return context.directory.EnsureCaller(call);
  };
  hooks.on_create =
      resource::OnCreate<pb::PurchasePrice>([](UnitOfWork& work, pb::PurchasePrice* created) -> absl::Status {
        created->set_state(pb::PURCHASE_PRICE_STATE_PROPOSED);
        ASSIGN_OR_RETURN(const std::string proposer, Person(work));
        created->set_proposer(proposer);
        RETURN_IF_ERROR(Validate(work, *created));
        return CheckPrice(work, *created);
      });
  hooks.on_update = resource::OnUpdate<pb::PurchasePrice>(
      [](UnitOfWork& work, const pb::PurchasePrice& before, pb::PurchasePrice* after) -> absl::Status {
        if (before.state() != pb::PURCHASE_PRICE_STATE_PROPOSED) {
          return FailedPrecondition("PURCHASE_PRICE_NOT_PROPOSED", before.name(),
                                    "what was decided is not changed; end it and propose another",
                                    {{"state", pb::PurchasePriceState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        return CheckPrice(work, *after);
      });
  context.runtime.SetHooks(pb::PurchasePrice::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.pricing.v1.SupplierService", registry);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::DecidePurchasePriceRequest, pb::PurchasePrice>(
      absl::StrCat(kService, "/DecidePurchasePrice"),
      [context](rpc::Call& call, const pb::DecidePurchasePriceRequest& request) -> absl::StatusOr<pb::PurchasePrice> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::PurchasePrice>(call, request,
                                                        [&](UnitOfWork& work) { return Decide(work, request); });
      });
  registry->Add<pb::RejectPurchasePriceRequest, pb::PurchasePrice>(
      absl::StrCat(kService, "/RejectPurchasePrice"),
      [context](rpc::Call& call, const pb::RejectPurchasePriceRequest& request) -> absl::StatusOr<pb::PurchasePrice> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::PurchasePrice>(call, request,
                                                        [&](UnitOfWork& work) { return Reject(work, request); });
      });
  registry->Add<pb::EndPurchasePriceRequest, pb::PurchasePrice>(
      absl::StrCat(kService, "/EndPurchasePrice"),
      [context](rpc::Call& call, const pb::EndPurchasePriceRequest& request) {
        return context.runtime.Write<pb::PurchasePrice>(call, request,
                                                        [&](UnitOfWork& work) { return End(work, context, request); });
      });
}

}  // namespace kam::contract
