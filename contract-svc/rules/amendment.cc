#include "contract-svc/rules/amendment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amendment_parts.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/commitment.h"
#include "contract-svc/rules/contract_lines.h"
#include "contract-svc/rules/rebate.h"
#include "contract-svc/rules/review.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Amendment;
using v1::AmendmentAction;
using v1::Contract;
using v1::ContractClause;
using v1::ContractLine;

constexpr int kPriceScale = 4;

// One amendment being put into one contract.
class Applier {
 public:
  Applier(const Amendment& amendment, const FactsByRoot& facts, Contract* contract)
      : amendment_(amendment), facts_(facts), contract_(contract), day_(amendment.effective_date()) {}

  absl::StatusOr<AmendmentEffect> Run() {
    RETURN_IF_ERROR(CheckBase());
    ASSIGN_OR_RETURN(const Decimal value_before, Value());
    AmendmentEffect effect;
    for (index_ = 0; index_ < amendment_.actions_size(); ++index_) {
      before_.clear();
      ASSIGN_OR_RETURN(const bool changed, Act(amendment_.actions(index_)));
      if (!changed) {
        return FailedPrecondition("AMENDMENT_WITHOUT_EFFECT", contract_->name(),
                                  absl::StrCat("action ", index_ + 1, " changes nothing"),
                                  {{"field", ActionPath(index_, "kind")}, {"action", ActionName(Action())}});
      }
      effect.before.push_back(before_);
    }
    RETURN_IF_ERROR(CheckChains(*contract_));
    RETURN_IF_ERROR(CheckScaleOn(*contract_, day_));
    ASSIGN_OR_RETURN(const Decimal value_after, Value());
    ASSIGN_OR_RETURN(effect.delta, Subtract(value_after, value_before));
    ASSIGN_OR_RETURN(Decimal total, AmountIn(contract_->total(), contract_->currency(), "total"));
    ASSIGN_OR_RETURN(total, Add(total, effect.delta));
    SetAmount(total, contract_->currency(), contract_->mutable_total());
    AddVersion();
    return effect;
  }

 private:
  const AmendmentAction& Action() const { return amendment_.actions(index_); }

  ChainFacts FactsOf(int root) const {
    const auto found = facts_.find(root);
    return found == facts_.end() ? ChainFacts() : found->second;
  }

  absl::Status CheckBase() const {
    switch (contract_->state()) {
      case v1::CONTRACT_STATE_SIGNED:
      case v1::CONTRACT_STATE_ACTIVE:
      case v1::CONTRACT_STATE_SUSPENDED:
      case v1::CONTRACT_STATE_EXPIRING:
        break;
      default:
        return FailedPrecondition("CONTRACT_NOT_AMENDABLE", contract_->name(),
                                  "a draft is changed itself, and what has ended is not changed any more",
                                  {{"state", v1::ContractState_Name(contract_->state())}});
    }
    std::string first = contract_->start_date();
    for (const v1::ContractVersion& version : contract_->versions()) first = std::max(first, version.valid_from());
    if (day_ < first) return EffectiveDate(absl::StrCat("is before ", first, ", when the present terms begin"), first);
    if (!contract_->end_date().empty() && day_ > contract_->end_date()) {
      return EffectiveDate("is after the last day of the contract", contract_->end_date());
    }
    return absl::OkStatus();
  }

  absl::Status EffectiveDate(absl::string_view what, const std::string& limit) const {
    return InvalidField("amendment.effective_date", "EFFECTIVE_DATE_INVALID", what,
                        {{"value", amendment_.effective_date()}, {"limit", limit}});
  }

  // The chain of the action's line; the action must be possible on `day`, and no order may have gone by.
  absl::StatusOr<int> ChainFor(absl::string_view day) const {
    const int root = RootOf(*contract_, Action().line_number());
    const std::string number = absl::StrCat(Action().line_number());
    if (root == 0) {
      return InvalidField(ActionPath(index_, "line_number"), "LINE_UNKNOWN",
                          absl::StrCat("the contract has no line ", number), {{"line", number}});
    }
    if (!LineActionAllowed(*contract_, root, Action().kind(), day)) {
      const ContractLine* last = LastOf(*contract_, root);
      return FailedPrecondition(
          "LINE_ACTION_NOT_ALLOWED", contract_->name(),
          absl::StrCat("action ", index_ + 1, ": line ", number, " does not take ", ActionName(Action()), " on ", day,
                       last == nullptr ? "; it was withdrawn"
                                       : absl::StrCat("; it runs until ", PeriodOf(*contract_, *last).end)),
          {{"field", ActionPath(index_, "kind")},
           {"line", number},
           {"action", ActionName(Action())},
           {"date", std::string(day)}});
    }
    RETURN_IF_ERROR(CheckUntouched(root, day));
    return root;
  }

  // Orders and invoices before the day stand as they are; later ones would have been made on terms that are no more.
  absl::Status CheckUntouched(int root, absl::string_view day) const {
    const ChainFacts facts = FactsOf(root);
    const bool ordered = facts.last_order_date >= day;
    if (!ordered && facts.last_invoice_date <= day) return absl::OkStatus();
    const std::string& last = ordered ? facts.last_order_date : facts.last_invoice_date;
    return FailedPrecondition(
        "AMENDMENT_TOUCHES_ORDERS", contract_->name(),
        absl::StrCat("line ", root, " was ", ordered ? "ordered from" : "invoiced", " on ", last,
                     ": the change can take effect after that"),
        {{"line", absl::StrCat(root)}, {ordered ? "lastOrder" : "lastInvoice", last}, {"date", std::string(day)}});
  }

  absl::Status CheckAllUntouched() const {
    for (const int root : Roots(*contract_)) RETURN_IF_ERROR(CheckUntouched(root, day_));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Act(const AmendmentAction& action) {
    switch (action.kind()) {
      case v1::AMENDMENT_ACTION_KIND_CHANGE_PRICE:
        return ChangePrice();
      case v1::AMENDMENT_ACTION_KIND_CHANGE_QUANTITY:
        return ChangeQuantity();
      case v1::AMENDMENT_ACTION_KIND_CHANGE_END_DATE:
        return ChangeEndDate();
      case v1::AMENDMENT_ACTION_KIND_ADD_LINE:
        return AddLine();
      case v1::AMENDMENT_ACTION_KIND_STOP_LINE: {
        ASSIGN_OR_RETURN(const int root, ChainFor(day_));
        Remember(root);
        return StopChain(root, day_, contract_);
      }
      case v1::AMENDMENT_ACTION_KIND_SUSPEND_LINE: {
        const std::string& from = action.from_date();
        if (from < day_) return EffectiveDate("is after the first day of the suspension", from);
        ASSIGN_OR_RETURN(const int root, ChainFor(from));
        Remember(root);
        return SuspendChain(root, from, action.until_date(), amendment_.name(), contract_);
      }
      case v1::AMENDMENT_ACTION_KIND_RESUME_LINE: {
        if (action.from_date() < day_) return EffectiveDate("is after the first day of work", action.from_date());
        ASSIGN_OR_RETURN(const int root, ChainFor(action.from_date()));
        Remember(root);
        return ResumeChain(root, action.from_date(), contract_);
      }
      case v1::AMENDMENT_ACTION_KIND_CHANGE_CLAUSE:
        return ChangeClause();
      case v1::AMENDMENT_ACTION_KIND_CHANGE_PAYMENT:
        return ChangePayment();
      case v1::AMENDMENT_ACTION_KIND_CHANGE_REBATE:
        RETURN_IF_ERROR(CheckAllUntouched());
        return ChangeRebate(action, amendment_, contract_, &before_);
      default:
        return Internal("amendment action without a kind");
    }
  }

  // The line as it stands goes into the record of the action.
  void Remember(int root) {
    const ContractLine* line = LineOn(*contract_, root, day_);
    if (line == nullptr) line = LastOf(*contract_, root);
    if (line == nullptr) return;
    const Period period = PeriodOf(*contract_, *line);
    const absl::StatusOr<Decimal> price = AmountIn(line->unit_price(), contract_->currency(), "unit_price");
    absl::StrAppend(&before_, before_.empty() ? "" : "; ", "line ", line->line_number(), ": ", line->quantity(), " at ",
                    price.ok() ? AmountText(*price, contract_->currency()) : "", " from ", period.start, " to ",
                    period.end);
  }

  absl::StatusOr<bool> Reprice(int root) {
    Remember(root);
    const AmendmentAction& action = Action();
    bool differs = false;
    const auto reprice = [&](ContractLine* line) -> absl::Status {
      ASSIGN_OR_RETURN(const Decimal old_price, AmountIn(line->unit_price(), contract_->currency(), "unit_price"));
      Decimal price;
      if (action.price_change_percent().empty()) {
        ASSIGN_OR_RETURN(price, AmountIn(action.unit_price(), contract_->currency(), ActionPath(index_, "unit_price")));
      } else {
        ASSIGN_OR_RETURN(const Decimal percent, QuantityOf(action.price_change_percent(), "price_change_percent"));
        ASSIGN_OR_RETURN(const Decimal rate, Add(Decimal::FromInt(100), percent));
        ASSIGN_OR_RETURN(price, MultiplyDivide(old_price, rate, Decimal::FromInt(100), kPriceScale));
      }
      differs = differs || price != old_price;
      SetAmount(price, contract_->currency(), line->mutable_unit_price());
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const bool changed, ReviseChain(root, day_, amendment_.name(), reprice, contract_));
    return changed && differs;
  }

  absl::StatusOr<bool> ChangePrice() {
    if (Action().line_number() != 0) {
      ASSIGN_OR_RETURN(const int root, ChainFor(day_));
      return Reprice(root);
    }
    // Lines that have ended stay as they were (G20).
    bool changed = false;
    for (const int root : Roots(*contract_)) {
      if (!LineActionAllowed(*contract_, root, Action().kind(), day_)) continue;
      RETURN_IF_ERROR(CheckUntouched(root, day_));
      ASSIGN_OR_RETURN(const bool repriced, Reprice(root));
      changed = changed || repriced;
    }
    return changed;
  }

  // The agreed rate stays (G22).
  absl::StatusOr<bool> ChangeQuantity() {
    ASSIGN_OR_RETURN(const int root, ChainFor(day_));
    Remember(root);
    ASSIGN_OR_RETURN(const Decimal wanted, QuantityOf(Action().quantity(), ActionPath(index_, "quantity")));
    bool differs = false;
    const auto change = [&](ContractLine* line) -> absl::Status {
      ASSIGN_OR_RETURN(const Decimal was, QuantityOf(line->quantity(), "quantity"));
      if (line->gift() && was < wanted) return MoreOfGift(*line, wanted);
      differs = differs || was != wanted;
      line->set_quantity(wanted.ToString());
      return absl::OkStatus();
    };
    ASSIGN_OR_RETURN(const bool changed, ReviseChain(root, day_, amendment_.name(), change, contract_));
    const ContractLine* last = LastOf(*contract_, root);
    if (last == nullptr) return changed;
    ASSIGN_OR_RETURN(const Decimal promised, PromisedBy(*contract_, *last));
    const Decimal drawn = FactsOf(root).drawn;
    if (promised < drawn) {
      return FailedPrecondition(
          "COMMITMENT_BELOW_DRAWN", contract_->name(),
          absl::StrCat("line ", root, ": ", drawn.ToString(), " are drawn already"),
          {{"field", ActionPath(index_, "quantity")}, {"value", promised.ToString()}, {"limit", drawn.ToString()}});
    }
    return changed && differs;
  }

  // What was approved is no more than that, whoever signs: more is approved by a quote, and added from it.
  absl::Status MoreOfGift(const ContractLine& line, Decimal wanted) const {
    return FailedPrecondition("LINE_ACTION_NOT_ALLOWED", contract_->name(),
                              absl::StrCat("line ", line.line_number(), " is a gift of ", line.quantity(),
                                           ": more of it is added by ADD_LINE from a quote that gives it"),
                              {{"field", ActionPath(index_, "quantity")},
                               {"line", absl::StrCat(line.line_number())},
                               {"action", ActionName(Action())},
                               {"value", wanted.ToString()},
                               {"limit", line.quantity()}});
  }

  absl::StatusOr<bool> ChangeEndDate() {
    const std::string& end = Action().end_date();
    if (end < day_) return EffectiveDate("is after the new last day", end);
    if (Action().line_number() != 0) {
      ASSIGN_OR_RETURN(const int root, ChainFor(day_));
      Remember(root);
      return MoveEndOfChain(root, end, contract_);
    }
    for (const int root : Roots(*contract_)) {
      const std::string last = FactsOf(root).last_order_date;
      if (last > end) {
        return FailedPrecondition("AMENDMENT_TOUCHES_ORDERS", contract_->name(),
                                  absl::StrCat("line ", root, " was ordered from on ", last),
                                  {{"line", absl::StrCat(root)}, {"lastOrder", last}, {"date", end}});
      }
    }
    before_ = contract_->end_date();
    if (end == contract_->end_date()) return false;
    RETURN_IF_ERROR(MoveEndOfContract(end, contract_));
    return true;
  }

  absl::StatusOr<bool> AddLine() {
    int last = 0;
    for (const ContractLine& line : contract_->lines()) last = std::max(last, line.line_number());
    ASSIGN_OR_RETURN(const Decimal price,
                     AmountIn(Action().unit_price(), contract_->currency(), ActionPath(index_, "unit_price")));
    ASSIGN_OR_RETURN(const Decimal quantity, QuantityOf(Action().quantity(), ActionPath(index_, "quantity")));
    ASSIGN_OR_RETURN(const Decimal amount, LineAmount(price, quantity, contract_->currency()));
    ContractLine* line = contract_->add_lines();
    line->set_line_number(last + 1);
    line->set_product(Action().product());
    line->set_quantity(quantity.ToString());
    line->set_commitment_basis(v1::COMMITMENT_BASIS_QUANTITY);
    line->set_tolerance_percent(Action().tolerance_percent());
    line->set_gift(Action().gift());
    SetAmount(price, contract_->currency(), line->mutable_unit_price());
    SetAmount(amount, contract_->currency(), line->mutable_amount());
    line->set_start_date(day_);
    line->set_amendment(amendment_.name());
    before_ = "none";
    return true;
  }

  absl::StatusOr<bool> ChangeClause() {
    const AmendmentAction& action = Action();
    int last = 0;
    ContractClause* found = nullptr;
    for (ContractClause& clause : *contract_->mutable_clauses()) {
      last = std::max(last, clause.clause_number());
      if (action.clause_number() == 0 || clause.clause_number() != action.clause_number()) continue;
      if (clause.valid_until().empty()) found = &clause;
    }
    if (action.clause_number() != 0 && found == nullptr) {
      const std::string number = absl::StrCat(action.clause_number());
      return InvalidField(ActionPath(index_, "clause_number"), "CLAUSE_UNKNOWN",
                          absl::StrCat("no clause ", number, " is in force"), {{"clause", number}});
    }
    v1::ClauseKind kind = action.clause_kind();
    if (found != nullptr) {
      kind = found->kind();
      before_ = found->body();
      if (found->body() == action.clause_body()) return false;
      ASSIGN_OR_RETURN(const std::string until, AddDays(day_, -1));
      found->set_valid_until(until);
    }
    if (action.clause_body().empty()) return found != nullptr;
    ContractClause* clause = contract_->add_clauses();
    clause->set_kind(kind);
    clause->set_body(action.clause_body());
    clause->set_clause_number(last + 1);
    clause->set_valid_from(day_);
    clause->set_amendment(amendment_.name());
    return true;
  }

  absl::StatusOr<bool> ChangePayment() {
    RETURN_IF_ERROR(CheckAllUntouched());
    before_ = absl::StrCat(v1::ContractPayment_Name(contract_->payment()), " ", contract_->terms_days());
    const int days = Action().payment() == v1::CONTRACT_PAYMENT_CREDIT ? Action().terms_days() : 0;
    if (Action().payment() == contract_->payment() && days == contract_->terms_days()) return false;
    contract_->set_payment(Action().payment());
    contract_->set_terms_days(days);
    return true;
  }

  // What may still be called off, in money.
  absl::StatusOr<Decimal> Value() const {
    Decimal sum;
    for (const int root : Roots(*contract_)) {
      const ContractLine* line = LastOf(*contract_, root);
      if (line == nullptr || line->stopped()) continue;
      ASSIGN_OR_RETURN(const Decimal promised, PromisedBy(*contract_, *line));
      ASSIGN_OR_RETURN(Decimal open, Subtract(promised, FactsOf(root).drawn));
      if (line->commitment_basis() != v1::COMMITMENT_BASIS_VALUE) {
        ASSIGN_OR_RETURN(const Decimal price, AmountIn(line->unit_price(), contract_->currency(), "unit_price"));
        ASSIGN_OR_RETURN(open, LineAmount(price, open, contract_->currency()));
      }
      ASSIGN_OR_RETURN(sum, Add(sum, open));
    }
    return sum;
  }

  void AddVersion() {
    if (contract_->versions_size() == 0) AddFirstVersion(contract_);
    v1::ContractVersion* version = contract_->add_versions();
    version->set_version_number(contract_->versions_size());
    version->set_valid_from(day_);
    version->set_amendment(amendment_.name());
    version->set_payment(contract_->payment());
    version->set_terms_days(contract_->terms_days());
    version->set_end_date(contract_->end_date());
    *version->mutable_total() = contract_->total();
    version->set_content_sha256(amendment_.approved_sha256());
  }

  const Amendment& amendment_;
  const FactsByRoot& facts_;
  Contract* contract_;
  const std::string day_;
  int index_ = 0;
  std::string before_;
};

}  // namespace

absl::StatusOr<AmendmentEffect> ApplyActions(const Amendment& amendment, const FactsByRoot& facts, Contract* contract) {
  return Applier(amendment, facts, contract).Run();
}

absl::Status CorrectSignature(const v1::CorrectAmendmentSignatureRequest& request, absl::string_view approved,
                              absl::string_view today, Amendment* amendment) {
  if (!amendment->archive().empty()) {
    return FailedPrecondition("CONTRACT_FILED", amendment->name(),
                              "the signed amendment is in the archive with its contract; what belongs to it is added "
                              "there");
  }
  if (request.scan_document().empty() && request.scan_sha256().empty() && request.seal().empty() &&
      request.sign_date().empty()) {
    return InvalidField("scan_document", "FIELD_REQUIRED",
                        "must be given, or scan_sha256, seal or sign_date: what is to be corrected");
  }
  if (!request.sign_date().empty()) {
    ASSIGN_OR_RETURN(const std::string date, SignDate(request.sign_date(), approved, today));
    amendment->set_sign_date(date);
  }
  if (!request.seal().empty()) amendment->set_seal(request.seal());
  if (!request.scan_document().empty() && request.scan_document() != amendment->scan_document()) {
    amendment->set_scan_document(request.scan_document());
    amendment->clear_scan_sha256();
  }
  if (!request.scan_sha256().empty()) amendment->set_scan_sha256(request.scan_sha256());
  return absl::OkStatus();
}

void AddFirstVersion(Contract* contract) {
  v1::ContractVersion* version = contract->add_versions();
  version->set_version_number(1);
  version->set_valid_from(contract->start_date());
  version->set_payment(contract->payment());
  version->set_terms_days(contract->terms_days());
  version->set_end_date(contract->end_date());
  *version->mutable_total() = contract->total();
  version->set_content_sha256(contract->approved_sha256());
}

}  // namespace kam::contract::rules
