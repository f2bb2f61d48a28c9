// Products (C-01, C-02, C-08).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "kam/pricing/v1/authority_grant.pb.h"
#include "kam/pricing/v1/package_offer.pb.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/price_probe.pb.h"
#include "kam/pricing/v1/price_simulation.pb.h"
#include "kam/pricing/v1/price_suggestion.pb.h"
#include "kam/pricing/v1/product.pb.h"
#include "kam/pricing/v1/purchase_price.pb.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/sales_policy.pb.h"
#include "kam/pricing/v1/supplier.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

// Who decides which price; an import brings prices that were decided elsewhere.
constexpr char kDecideSelling[] = "price.selling.decide";
constexpr char kDecideFloor[] = "price.floor.decide";
constexpr char kDecidePurchase[] = "price.purchase.decide";

absl::Status CheckProduct(const pb::Product& product) {
  FieldViolations violations;
  const auto check_currency = [&](bool has, const google::type::Money& money, const char* field) {
    if (!has || money.currency_code() == product.currency()) return;
    violations.Add(absl::StrCat("product.", field), "CURRENCY_MISMATCH",
                   absl::StrCat("is in ", money.currency_code(), "; the product is in ", product.currency()),
                   {{"currency", product.currency()}});
  };
  check_currency(product.has_list_price(), product.list_price(), "list_price");
  check_currency(product.has_purchase_price(), product.purchase_price(), "purchase_price");
  check_currency(product.has_floor_price(), product.floor_price(), "floor_price");
  if (product.has_floor_price() && product.has_list_price() && Less(product.list_price(), product.floor_price())) {
    violations.Add("product.floor_price", "FLOOR_ABOVE_PRICE", "the floor price is above the list price");
  }
  if (!product.valid_from().empty() && !product.valid_until().empty() && product.valid_until() < product.valid_from()) {
    violations.Add("product.valid_until", "PERIOD_INVALID",
                   absl::StrCat("is ", product.valid_until(), ", before ", product.valid_from()),
                   {{"value", product.valid_until()}, {"limit", product.valid_from()}});
  }
  return violations.status();
}

// Prices are decided by those who may; others maintain the rest of a product, and make one without
// prices.
absl::Status CheckDecider(const UnitOfWork& work, const pb::Product& before, const pb::Product& after) {
  if (work.importing()) return absl::OkStatus();
  const auto check = [&](bool same, const char* permission, const char* field) -> absl::Status {
    if (same || work.actor().Holds(permission)) return absl::OkStatus();
    return Error(absl::StatusCode::kPermissionDenied, "PRICE_DECISION_NOT_PERMITTED",
                 absl::StrCat("deciding product.", field, " takes the permission ", permission),
                 {{"field", absl::StrCat("product.", field)}, {"permission", permission}});
  };
  RETURN_IF_ERROR(check(Same(before.list_price(), after.list_price()), kDecideSelling, "list_price"));
  RETURN_IF_ERROR(check(Same(before.floor_price(), after.floor_price()), kDecideFloor, "floor_price"));
  return check(Same(before.purchase_price(), after.purchase_price()), kDecidePurchase, "purchase_price");
}

}  // namespace

void FillPricingCatalog(resource::Catalog* catalog) {
  catalog->Add<pb::Product>();
  catalog->Add<pb::PriceBook>();
  catalog->Add<pb::AuthorityGrant>();
  catalog->Add<pb::Quote>();
  catalog->Add<pb::PriceProbe>();
  catalog->Add<pb::Supplier>();
  catalog->Add<pb::PurchasePrice>();
  catalog->Add<pb::SalesPolicy>();
  catalog->Add<pb::PackageOffer>();
  catalog->Add<pb::PriceSimulation>();
  catalog->Add<pb::PriceSuggestion>();
}

void RegisterProducts(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::Product>([](UnitOfWork& work, pb::Product* created) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *created));
    RETURN_IF_ERROR(CheckDecider(work, pb::Product(), *created));
    return CheckProduct(*created);
  });
  hooks.on_update = resource::OnUpdate<pb::Product>(
      [](UnitOfWork& work, const pb::Product& before, pb::Product* after) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *after));
        RETURN_IF_ERROR(CheckDecider(work, before, *after));
        return CheckProduct(*after);
      });
  hooks.on_saved = resource::OnSaved<pb::Product>([](UnitOfWork& work, const pb::Product*, const pb::Product& after) {
    return RememberProduct(work, IdOf(after.name()));
  });
  context.runtime.SetHooks(pb::Product::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.pricing.v1.ProductService", registry);
}

}  // namespace kam::contract
