// What an amendment must say, and the words of it that are reviewed and signed.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amendment.h"
#include "contract-svc/rules/amendment_parts.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/text.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {

using v1::Amendment;
using v1::AmendmentAction;
using v1::Contract;

std::string ActionPath(int index, absl::string_view field) {
  return absl::StrCat("amendment.actions[", index, "].", field);
}

std::string ActionName(const AmendmentAction& action) {
  return v1::AmendmentActionKind_Name(action.kind()).substr(sizeof("AMENDMENT_ACTION_KIND_") - 1);
}

absl::Status CheckActions(const Amendment& amendment, absl::string_view currency) {
  FieldViolations violations;
  for (int i = 0; i < amendment.actions_size(); ++i) {
    const AmendmentAction& action = amendment.actions(i);
    const auto need = [&](bool present, absl::string_view field) {
      if (present) return;
      violations.Add(ActionPath(i, field), "ACTION_FIELD_MISSING", absl::StrCat("is needed with ", ActionName(action)),
                     {{"action", ActionName(action)}});
    };
    const auto money = [&]() {
      const absl::StatusOr<Decimal> price = AmountIn(action.unit_price(), currency, ActionPath(i, "unit_price"));
      if (!price.ok()) violations.AddAll("", price.status());
    };
    const auto exclude = [&](bool given, absl::string_view field) {
      if (given) violations.Add(ActionPath(i, field), "FIELDS_EXCLUSIVE", "a gift has none");
    };
    if (action.gift() && action.kind() != v1::AMENDMENT_ACTION_KIND_ADD_LINE) {
      violations.Add(ActionPath(i, "gift"), "FIELDS_EXCLUSIVE", "is said of a line that ADD_LINE adds");
    }
    switch (action.kind()) {
      case v1::AMENDMENT_ACTION_KIND_CHANGE_PRICE:
        if (action.price_change_percent().empty()) {
          need(action.has_unit_price(), "unit_price");
          need(action.line_number() != 0, "line_number");
          money();
        } else if (action.has_unit_price()) {
          violations.Add(ActionPath(i, "price_change_percent"), "FIELDS_EXCLUSIVE", "give it or unit_price, not both");
        }
        break;
      case v1::AMENDMENT_ACTION_KIND_CHANGE_QUANTITY:
        need(action.line_number() != 0, "line_number");
        need(!action.quantity().empty(), "quantity");
        break;
      case v1::AMENDMENT_ACTION_KIND_CHANGE_END_DATE:
        need(!action.end_date().empty(), "end_date");
        break;
      case v1::AMENDMENT_ACTION_KIND_ADD_LINE:
        need(!action.product().empty(), "product");
        need(!action.quantity().empty(), "quantity");
        if (action.gift()) {
          exclude(action.has_unit_price(), "unit_price");
          exclude(!action.tolerance_percent().empty(), "tolerance_percent");
          break;
        }
        need(action.has_unit_price(), "unit_price");
        money();
        break;
      case v1::AMENDMENT_ACTION_KIND_STOP_LINE:
        need(action.line_number() != 0, "line_number");
        break;
      case v1::AMENDMENT_ACTION_KIND_SUSPEND_LINE:
        need(action.line_number() != 0, "line_number");
        need(!action.from_date().empty(), "from_date");
        need(!action.until_date().empty(), "until_date");
        if (!action.until_date().empty() && action.until_date() < action.from_date()) {
          violations.Add(ActionPath(i, "until_date"), "PERIOD_INVALID", "is before from_date",
                         {{"value", action.until_date()}, {"limit", action.from_date()}});
        }
        break;
      case v1::AMENDMENT_ACTION_KIND_RESUME_LINE:
        need(action.line_number() != 0, "line_number");
        need(!action.from_date().empty(), "from_date");
        break;
      case v1::AMENDMENT_ACTION_KIND_CHANGE_CLAUSE:
        if (action.clause_number() != 0) break;
        need(action.clause_kind() != v1::CLAUSE_KIND_UNSPECIFIED, "clause_kind");
        need(!action.clause_body().empty(), "clause_body");
        break;
      case v1::AMENDMENT_ACTION_KIND_CHANGE_PAYMENT:
        need(action.payment() != v1::CONTRACT_PAYMENT_UNSPECIFIED, "payment");
        if (action.payment() == v1::CONTRACT_PAYMENT_CREDIT) need(action.terms_days() > 0, "terms_days");
        break;
      case v1::AMENDMENT_ACTION_KIND_CHANGE_REBATE:
        need(!action.rebate_from_volume().empty(), "rebate_from_volume");
        need(!action.rebate_percent().empty(), "rebate_percent");
        break;
      default:
        need(false, "kind");
    }
  }
  return violations.status();
}

std::string AmendmentText(const Amendment& amendment, const Contract& contract) {
  TextWriter text;
  text.Line("amendment", {amendment.number()});
  text.Line("contract", {contract.number(), contract.title()});
  text.Line("base", {absl::StrCat(amendment.base_version())});
  text.Line("title", {amendment.title()});
  text.Line("reason", {amendment.change_reason()});
  text.Line("effective", {amendment.effective_date()});
  text.Line("quote", {amendment.quote()});
  text.Line("effect", {amendment.effect_on_price(), amendment.effect_on_delivery()});
  for (const AmendmentAction& action : amendment.actions()) {
    const absl::StatusOr<Decimal> price = AmountIn(action.unit_price(), contract.currency(), "unit_price");
    text.Line(
        "action",
        {ActionName(action), absl::StrCat(action.line_number()), action.product(), Canonical(action.quantity()),
         action.has_unit_price() && price.ok() ? price->ToString() : "", Canonical(action.price_change_percent()),
         action.end_date(), action.from_date(), action.until_date(), absl::StrCat(action.clause_number()),
         v1::ClauseKind_Name(action.clause_kind()), action.clause_body(), v1::ContractPayment_Name(action.payment()),
         absl::StrCat(action.terms_days()), Canonical(action.tolerance_percent())});
    // Lines of their own, so that amendments without them have the words they always had.
    if (action.gift()) text.Line("action gift", {action.product(), Canonical(action.quantity())});
    if (action.kind() == v1::AMENDMENT_ACTION_KIND_CHANGE_REBATE) {
      text.Line("action rebate", {Canonical(action.rebate_from_volume()), Canonical(action.rebate_percent())});
    }
  }
  return text.Take();
}

}  // namespace kam::contract::rules
