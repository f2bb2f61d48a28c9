#include "contract-svc/policy.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract {

absl::Status Policy::Validate() const {
  FieldViolations violations;
  if (price_day_age_max_days < 0) {
    violations.Add("policy.price_day_age_max_days", "FIELD_OUT_OF_RANGE", "must not be negative");
  }
  if (slow_moving_days < 1) violations.Add("policy.slow_moving_days", "FIELD_OUT_OF_RANGE", "must be at least 1");
  if (quote_validity_days < 1) violations.Add("policy.quote_validity_days", "FIELD_OUT_OF_RANGE", "must be at least 1");
  if (quote_validity_max_days < quote_validity_days) {
    violations.Add("policy.quote_validity_max_days", "FIELD_OUT_OF_RANGE", "must be at least quote_validity_days");
  }
  if (quote_order_days < 1) violations.Add("policy.quote_order_days", "FIELD_OUT_OF_RANGE", "must be at least 1");
  if (approval_carry_within < absl::ZeroDuration()) {
    violations.Add("policy.approval_carry_within", "FIELD_OUT_OF_RANGE", "must not be negative");
  }
  if (price_probes_suspicious < 1 || price_probes_max < price_probes_suspicious) {
    violations.Add("policy.price_probes_max", "FIELD_OUT_OF_RANGE",
                   "must be at least price_probes_suspicious, which must be at least 1");
  }
  if (renewal_lead_days < 1) violations.Add("policy.renewal_lead_days", "FIELD_OUT_OF_RANGE", "must be at least 1");
  if (handover_days < 0) violations.Add("policy.handover_days", "FIELD_OUT_OF_RANGE", "must not be negative");
  if (handover_days_max < handover_days) {
    violations.Add("policy.handover_days_max", "FIELD_OUT_OF_RANGE", "must be at least handover_days");
  }
  if (promise_days_max < 0) violations.Add("policy.promise_days_max", "FIELD_OUT_OF_RANGE", "must not be negative");
  if (turnover_window_days < 1) {
    violations.Add("policy.turnover_window_days", "FIELD_OUT_OF_RANGE", "must be at least 1");
  }
  if (price_book_deciders.empty()) violations.Add("policy.price_book_deciders", "FIELD_REQUIRED", "must name a role");
  if (price_floor_deciders.empty()) violations.Add("policy.price_floor_deciders", "FIELD_REQUIRED", "must name a role");
  if (simulation_batch_orders < 1) {
    violations.Add("policy.simulation_batch_orders", "FIELD_OUT_OF_RANGE", "must be at least 1");
  }
  if (sales_policy_deciders.empty()) {
    violations.Add("policy.sales_policy_deciders", "FIELD_REQUIRED", "must name a role");
  }
  if (package_offer_deciders.empty()) {
    violations.Add("policy.package_offer_deciders", "FIELD_REQUIRED", "must name a role");
  }
  if (adoption_interval_busy <= absl::ZeroDuration() || adoption_interval < adoption_interval_busy) {
    violations.Add("policy.adoption_interval", "FIELD_OUT_OF_RANGE",
                   "must be at least adoption_interval_busy, which must be more than nothing");
  }
  if (approval_decide_within <= absl::ZeroDuration()) {
    violations.Add("policy.approval_decide_within", "FIELD_OUT_OF_RANGE", "must be more than nothing");
  }
  if (delegation_max <= absl::ZeroDuration()) {
    violations.Add("policy.delegation_max", "FIELD_OUT_OF_RANGE", "must be more than nothing");
  }
  for (const auto& [currency, from] : important_contract_from) {
    if (currency.size() == 3 && from.sign() > 0) continue;
    violations.Add("policy.important_contract_from", "FIELD_OUT_OF_RANGE",
                   absl::StrCat(currency, ": an amount above 0 of a currency"));
  }
  const auto check_kinds = [&](const std::vector<std::string>& checks, absl::string_view field) {
    for (const std::string& check : checks) {
      v1::SigningCheckKind kind;
      if (v1::SigningCheckKind_Parse(absl::StrCat("SIGNING_CHECK_KIND_", check), &kind) && kind != 0) continue;
      violations.Add(absl::StrCat("policy.", field), "FIELD_OUT_OF_RANGE", absl::StrCat(check, " is no kind of check"));
    }
  };
  check_kinds(signing_checks, "signing_checks");
  check_kinds(amendment_signing_checks, "amendment_signing_checks");
  if (drawing_alert_days < 0) violations.Add("policy.drawing_alert_days", "FIELD_OUT_OF_RANGE", "must not be negative");
  return violations.status();
}

}  // namespace kam::contract
