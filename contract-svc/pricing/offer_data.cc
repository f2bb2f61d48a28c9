#include "contract-svc/pricing/offer_data.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "contract-svc/rules/offers.h"

namespace kam::contract {
namespace pb = kam::pricing::v1;

absl::StatusOr<rules::BookRevision> ToRules(const pb::SalesPolicy& policy) {
  rules::BookRevision revision;
  revision.name = policy.name();
  revision.code = absl::StrCat("salesPolicies/", policy.code());
  revision.revision = policy.revision();
  revision.effective = {policy.valid_from(), policy.valid_until()};
  revision.withdrawn_until = policy.held_until();
  for (int i = 0; i < policy.discounts_size(); ++i) {
    const pb::SalesPolicyDiscount& discount = policy.discounts(i);
    const std::string path = absl::StrCat("sales_policy.discounts[", i, "]");
    rules::PriceRecord record;
    record.number = i;
    record.label = absl::StrCat("discounts[", i, "]");
    record.type = rules::kTypePolicy;
    record.key.value[rules::kProduct] = discount.product();
    record.key.value[rules::kProductLine] = discount.product_line();
    record.key.value[rules::kTier] =
        resource::ShortEnumName(pb::CustomerTier_descriptor()->FindValueByNumber(discount.tier()));
    record.valid = revision.effective;
    rules::ScaleStep step;
    if (!discount.minimum_quantity().empty()) {
      ASSIGN_OR_RETURN(step.from, Decimal::Parse(discount.minimum_quantity(), path + ".minimum_quantity"));
    }
    ASSIGN_OR_RETURN(step.value, Decimal::Parse(discount.percent(), path + ".percent"));
    record.scale = {step};
    revision.records.push_back(std::move(record));
  }
  return revision;
}

absl::StatusOr<rules::BookRevision> ToRules(const pb::PackageOffer& offer) {
  rules::BookRevision revision;
  revision.name = offer.name();
  revision.code = offer.name();
  revision.effective = {offer.valid_from(), offer.valid_until()};
  revision.withdrawn_until = offer.held_until();
  ASSIGN_OR_RETURN(const std::vector<rules::PartPrice> prices, rules::PartPrices(offer));
  for (int i = 0; i < offer.items_size(); ++i) {
    rules::PriceRecord record;
    record.number = i;
    record.label = absl::StrCat("items[", i, "]");
    record.type = rules::kTypePackage;
    record.key.value[rules::kPackage] = offer.name();
    record.key.value[rules::kProduct] = offer.items(i).product();
    record.valid = revision.effective;
    record.currency = offer.currency();
    const rules::PartPrice& price = prices[static_cast<size_t>(i)];
    record.scale = price.scale;
    record.per = price.per;
    record.wholes = price.wholes;
    revision.records.push_back(std::move(record));
  }
  return revision;
}

absl::StatusOr<std::vector<pb::SalesPolicy>> LoadPoliciesOf(resource::UnitOfWork& work, const pb::Quote& quote) {
  std::map<std::string, std::string> named;  // Policy -> the first place that names it.
  for (int i = 0; i < quote.lines_size(); ++i) {
    if (!quote.lines(i).policy().empty()) {
      named.emplace(quote.lines(i).policy(), absl::StrCat("quote.lines[", i, "].policy"));
    }
  }
  for (int i = 0; i < quote.gifts_size(); ++i) {
    if (!quote.gifts(i).policy().empty()) {
      named.emplace(quote.gifts(i).policy(), absl::StrCat("quote.gifts[", i, "].policy"));
    }
  }
  std::vector<pb::SalesPolicy> policies;
  for (const auto& [name, field] : named) {
    ASSIGN_OR_RETURN(std::vector<pb::SalesPolicy> found,
                     work.Find<pb::SalesPolicy>({"t.id = ?", {mysql::Value(IdOf(name))}}, "", 1));
    if (found.empty() || !rules::InForce(found[0], quote.as_of())) {
      return FailedPrecondition("POLICY_NOT_IN_FORCE", quote.name(),
                                absl::StrCat(field, ": ", name, " is not in force on ", quote.as_of()),
                                {{"field", field}, {"policy", name}, {"asOf", quote.as_of()}});
    }
    policies.push_back(std::move(found[0]));
  }
  return policies;
}

absl::Status CheckPackagesOf(resource::UnitOfWork& work, const pb::Quote& quote) {
  std::map<std::string, int> named;  // Package -> the first line that names it.
  for (int i = 0; i < quote.lines_size(); ++i) {
    if (!quote.lines(i).package().empty()) named.emplace(quote.lines(i).package(), i);
  }
  for (const auto& [name, line] : named) {
    ASSIGN_OR_RETURN(std::vector<pb::PackageOffer> found,
                     work.Find<pb::PackageOffer>({"t.id = ?", {mysql::Value(IdOf(name))}}, "", 1));
    if (found.empty() || !rules::Offered(found[0], quote)) {
      return FailedPrecondition(
          "PACKAGE_NOT_OFFERED", quote.name(),
          absl::StrCat("quote.lines[", line, "].package: ", name, " is not offered to the customer in ",
                       quote.currency(), " on ", quote.as_of()),
          {{"field", absl::StrCat("quote.lines[", line, "].package")}, {"package", name}});
    }
    RETURN_IF_ERROR(rules::CheckComplete(found[0], quote));
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
