#include "contract-svc/rules/contract.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/rules/amendment.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract_lines.h"
#include "contract-svc/rules/gift.h"
#include "contract-svc/rules/rebate.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/rules/text.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Contract;
using v1::ContractLine;
using v1::ReviewStepKind;

// A gift has no price; it is no promise of the customer that could be counted in money or go beyond its quantity.
absl::Status CheckGift(const std::string& path, const Currency& currency, ContractLine* line) {
  if (!line->gift()) return absl::OkStatus();
  FieldViolations violations;
  violations.AddAll("", TakeGiftPrice(path, currency.code(), line));
  if (line->commitment_basis() == v1::COMMITMENT_BASIS_VALUE) {
    violations.Add(path + ".commitment_basis", "FIELDS_EXCLUSIVE", "a gift is counted in pieces");
  }
  if (!line->tolerance_percent().empty()) {
    violations.Add(path + ".tolerance_percent", "FIELDS_EXCLUSIVE", "no more of a gift is given than was approved");
  }
  return violations.status();
}

// Scale, payment schedule, numbers of clauses, periods of lines.
absl::Status ComputeFramework(const Currency& currency, Contract* contract) {
  FieldViolations violations;
  ASSIGN_OR_RETURN(const std::vector<RebateStep> scale, ScaleOn(*contract, contract->start_date()));
  violations.AddAll("", CheckScale(scale, "contract.rebate_tiers"));
  for (int i = 0; i < contract->instalments_size(); ++i) {
    const std::string path = absl::StrCat("contract.instalments[", i, "]");
    const absl::StatusOr<Decimal> amount =
        AmountIn(contract->instalments(i).amount(), currency.code(), path + ".amount");
    if (!amount.ok()) violations.AddAll("", amount.status());
    if (i > 0 && contract->instalments(i).due_date() < contract->instalments(i - 1).due_date()) {
      violations.Add(path + ".due_date", "CONTRACT_DATES_CONTRADICT", "is before the instalment above",
                     {{"value", contract->instalments(i).due_date()}});
    }
  }
  std::set<int> numbers;
  int last = 0;
  for (int i = 0; i < contract->clauses_size(); ++i) {
    v1::ContractClause* clause = contract->mutable_clauses(i);
    if (clause->clause_number() == 0) clause->set_clause_number(last + 1);
    last = std::max(last, clause->clause_number());
    if (numbers.insert(clause->clause_number()).second) continue;
    violations.Add(absl::StrCat("contract.clauses[", i, "].clause_number"), "LINE_NUMBER_REPEATED",
                   "stands on another clause", {{"line", absl::StrCat(clause->clause_number())}});
  }
  for (int i = 0; i < contract->lines_size(); ++i) {
    const ContractLine& line = contract->lines(i);
    const Period period = PeriodOf(*contract, line);
    const std::string path = absl::StrCat("contract.lines[", i, "]");
    if (!line.start_date().empty() && line.start_date() < contract->start_date()) {
      violations.Add(path + ".start_date", "CONTRACT_DATES_CONTRADICT", "is before the contract begins",
                     {{"startDate", contract->start_date()}});
    }
    if ((!line.end_date().empty() && !contract->end_date().empty() && line.end_date() > contract->end_date()) ||
        (!period.end.empty() && period.end < period.start)) {
      violations.Add(path + ".end_date", "CONTRACT_DATES_CONTRADICT",
                     "is after the contract ends, or before the line begins", {{"endDate", contract->end_date()}});
    }
  }
  return violations.status();
}

}  // namespace

absl::Status ComputeContract(Contract* contract) {
  ASSIGN_OR_RETURN(const Currency currency, Currency::Parse(contract->currency(), "contract.currency"));
  if (contract->kind() == v1::CONTRACT_KIND_UNSPECIFIED) contract->set_kind(v1::CONTRACT_KIND_SALES);
  if (contract->payment() == v1::CONTRACT_PAYMENT_UNSPECIFIED) contract->set_payment(v1::CONTRACT_PAYMENT_PREPAYMENT);
  if (!contract->start_date().empty() && !contract->end_date().empty() &&
      contract->end_date() < contract->start_date()) {
    return InvalidField("contract.end_date", "CONTRACT_DATES_CONTRADICT", "is before start_date",
                        {{"startDate", contract->start_date()}, {"endDate", contract->end_date()}});
  }
  FieldViolations violations;
  std::set<int> numbers;
  int last = 0;
  Decimal total;
  for (int i = 0; i < contract->lines_size(); ++i) {
    ContractLine* line = contract->mutable_lines(i);
    const std::string path = absl::StrCat("contract.lines[", i, "]");
    if (line->line_number() == 0) line->set_line_number(last + 1);
    last = std::max(last, line->line_number());
    if (!numbers.insert(line->line_number()).second) {
      violations.Add(path + ".line_number", "LINE_NUMBER_REPEATED", "stands on another line",
                     {{"line", absl::StrCat(line->line_number())}});
    }
    violations.AddAll("", CheckGift(path, currency, line));
    const absl::StatusOr<Decimal> quantity = Decimal::Parse(line->quantity(), path + ".quantity");
    const absl::StatusOr<Decimal> price = AmountIn(line->unit_price(), currency.code(), path + ".unit_price");
    if (!quantity.ok()) violations.AddAll("", quantity.status());
    if (!price.ok()) violations.AddAll("", price.status());
    if (!quantity.ok() || !price.ok()) continue;
    if (quantity->sign() <= 0) {
      violations.Add(path + ".quantity", "FIELD_OUT_OF_RANGE", "must be greater than 0", {{"value", line->quantity()}});
      continue;
    }
    ASSIGN_OR_RETURN(const Decimal amount, LineAmount(*price, *quantity, currency.code()));
    if (line->commitment_basis() == v1::COMMITMENT_BASIS_UNSPECIFIED) {
      line->set_commitment_basis(v1::COMMITMENT_BASIS_QUANTITY);
    }
    SetAmount(amount, currency.code(), line->mutable_amount());
    ASSIGN_OR_RETURN(total, Add(total, amount));
  }
  violations.AddAll("", ComputeFramework(currency, contract));
  RETURN_IF_ERROR(violations.status());
  SetAmount(total, currency.code(), contract->mutable_total());
  return absl::OkStatus();
}

std::string ContractText(const Contract& contract) {
  TextWriter text;
  text.Line("contract", {contract.number()});
  text.Line("title", {contract.title()});
  text.Line("kind", {v1::ContractKind_Name(contract.kind())});
  text.Line("customer", {contract.account()});
  text.Line("quote", {contract.quote()});
  text.Line("term", {contract.start_date(), contract.end_date()});
  text.Line("payment", {v1::ContractPayment_Name(contract.payment()), absl::StrCat(contract.terms_days())});
  for (const auto& party : contract.parties()) {
    text.Line("party", {party.role(), party.legal_name(), party.representative()});
  }
  for (const ContractLine& line : contract.lines()) {
    const absl::StatusOr<Decimal> price = AmountIn(line.unit_price(), contract.currency(), "unit_price");
    const absl::StatusOr<Decimal> amount = AmountIn(line.amount(), contract.currency(), "amount");
    text.Line("line",
              {absl::StrCat(line.line_number()), line.product(), Canonical(line.quantity()),
               price.ok() ? price->ToString() : "", amount.ok() ? amount->ToString() : "", contract.currency()});
    // Lines of their own, so that a contract without them has the words it always had.
    if (line.gift()) text.Line("line gift", {absl::StrCat(line.line_number())});
    if (!line.start_date().empty() || !line.end_date().empty()) {
      text.Line("line period", {absl::StrCat(line.line_number()), line.start_date(), line.end_date()});
    }
    if (line.commitment_basis() == v1::COMMITMENT_BASIS_VALUE || !line.tolerance_percent().empty()) {
      text.Line("line commitment", {absl::StrCat(line.line_number()), v1::CommitmentBasis_Name(line.commitment_basis()),
                                    Canonical(line.tolerance_percent())});
    }
  }
  for (const auto& tier : contract.rebate_tiers()) {
    text.Line("rebate", {Canonical(tier.from_volume()), Canonical(tier.percent())});
  }
  for (const std::string& product : contract.rebate_products()) text.Line("rebate product", {product});
  for (const auto& instalment : contract.instalments()) {
    const absl::StatusOr<Decimal> amount = AmountIn(instalment.amount(), contract.currency(), "amount");
    text.Line("instalment", {instalment.due_date(), amount.ok() ? amount->ToString() : "", instalment.title()});
  }
  for (const std::string& region : contract.regions()) text.Line("region", {region});
  for (const auto& clause : contract.clauses()) {
    text.Line("clause", {v1::ClauseKind_Name(clause.kind()), clause.body()});
  }
  for (const auto& attachment : contract.attachments()) {
    text.Line("attachment", {attachment.title(), attachment.content_sha256()});
  }
  return text.Take();
}

std::string TextDay(const Contract& contract, absl::string_view today) {
  if (contract.versions_size() == 0) return {};
  std::string day = std::max(std::string(today), contract.start_date());
  if (!contract.end_date().empty()) day = std::min(day, contract.end_date());
  return day;
}

Contract ContractOn(const Contract& contract, absl::string_view day) {
  Contract then = contract;
  then.clear_lines();
  then.clear_clauses();
  then.clear_rebate_tiers();
  for (const int root : Roots(contract)) {
    const ContractLine* line = LineOn(contract, root, day);
    if (line != nullptr) *then.add_lines() = *line;
  }
  for (const auto& clause : contract.clauses()) {
    if (absl::string_view(clause.valid_from()) > day) continue;
    if (!clause.valid_until().empty() && absl::string_view(clause.valid_until()) < day) continue;
    *then.add_clauses() = clause;
  }
  for (const auto& tier : contract.rebate_tiers()) {
    if (HoldsOn(tier, day)) *then.add_rebate_tiers() = tier;
  }
  for (const auto& version : contract.versions()) {
    if (absl::string_view(version.valid_from()) > day) continue;
    then.set_payment(version.payment());
    then.set_terms_days(version.terms_days());
    then.set_end_date(version.end_date());
  }
  return then;
}

absl::Status Submit(absl::string_view actor, absl::string_view today, absl::string_view deadline,
                    absl::string_view sha256, Contract* contract) {
  const auto refuse = [&](absl::string_view reason, absl::string_view what, const Metadata& metadata = {}) {
    return FailedPrecondition(reason, contract->name(), what, metadata);
  };
  std::vector<std::string> open;
  for (const auto& point : contract->open_points()) {
    if (!point.resolved()) open.push_back(point.title());
  }
  if (!open.empty()) {
    return refuse("OPEN_POINTS_LEFT", absl::StrCat(open.size(), " points are not agreed: ", absl::StrJoin(open, "; ")),
                  {{"open", absl::StrJoin(open, "; ")}});
  }
  if (contract->parties_size() < 2) return refuse("PARTIES_MISSING", "a contract has two sides at least");
  if (contract->lines_size() == 0) return refuse("LINES_MISSING", "a contract says what is sold");
  if (OnlyGifts(contract->lines())) return refuse("LINES_MISSING", "a contract says what is sold, not only gifts");
  if (contract->start_date().empty() || contract->end_date().empty()) {
    return refuse("CONTRACT_DATES_MISSING", "start_date and end_date must be set");
  }
  std::vector<std::string> missing;
  for (const v1::ClauseKind kind :
       {v1::CLAUSE_KIND_DELIVERY, v1::CLAUSE_KIND_PAYMENT, v1::CLAUSE_KIND_WARRANTY, v1::CLAUSE_KIND_BREACH}) {
    bool found = false;
    for (const auto& clause : contract->clauses()) found = found || clause.kind() == kind;
    if (!found) missing.push_back(v1::ClauseKind_Name(kind).substr(sizeof("CLAUSE_KIND_") - 1));
  }
  if (!missing.empty()) {
    return refuse("CLAUSE_MISSING", absl::StrCat("clauses are missing: ", absl::StrJoin(missing, ", ")),
                  {{"missing", absl::StrJoin(missing, " ")}});
  }
  if (contract->payment() == v1::CONTRACT_PAYMENT_CREDIT && contract->terms_days() == 0) {
    return refuse("TERMS_REQUIRED", "a contract on credit says in terms_days when it is paid");
  }
  Decimal instalments;
  for (const auto& instalment : contract->instalments()) {
    ASSIGN_OR_RETURN(const Decimal amount, AmountIn(instalment.amount(), contract->currency(), "amount"));
    ASSIGN_OR_RETURN(instalments, Add(instalments, amount));
  }
  ASSIGN_OR_RETURN(const Decimal total, AmountIn(contract->total(), contract->currency(), "total"));
  if (instalments > total) {
    return refuse("INSTALMENTS_EXCEED_TOTAL",
                  absl::StrCat("the payment schedule is ", instalments.ToString(), ", the contract ", total.ToString()),
                  {{"value", instalments.ToString()}, {"limit", total.ToString()}});
  }
  RETURN_IF_ERROR(CheckDeadline(today, deadline));
  contract->set_content_sha256(std::string(sha256));
  contract->clear_approved_sha256();
  contract->clear_state_reason();
  contract->set_submitter(std::string(actor));
  contract->set_review_deadline(std::string(deadline));
  KeepOpinions(contract->steps(), contract->mutable_former_steps());
  AskOpinions(contract->important(), deadline, contract->mutable_steps());
  return absl::OkStatus();
}

bool IsImportant(const std::map<std::string, Decimal>& from, const google::type::Money& total) {
  const auto figure = from.find(total.currency_code());
  if (figure == from.end()) return true;
  const absl::StatusOr<Decimal> amount = AmountIn(total, total.currency_code(), "total");
  return !amount.ok() || *amount >= figure->second;
}

absl::Status CheckQuotePrices(const AgreedTerms& quote, const Contract& contract) {
  if (quote.currency != contract.currency()) {
    return InvalidField("contract.currency", "CURRENCY_MISMATCH", absl::StrCat("the quote is in ", quote.currency),
                        {{"currency", contract.currency()}, {"expected", quote.currency}});
  }
  std::vector<Decimal> left;
  for (const AgreedLine& agreed : quote.lines) left.push_back(agreed.quantity);
  for (const ContractLine& line : contract.lines()) {
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), contract.currency(), "unit_price"));
    ASSIGN_OR_RETURN(Decimal wanted, QuantityOf(line.quantity(), "quantity"));
    bool known = false, priced = false;
    std::vector<std::string> prices;
    for (size_t i = 0; i < quote.lines.size(); ++i) {
      const AgreedLine& agreed = quote.lines[i];
      if (agreed.product != line.product() || agreed.gift != line.gift()) continue;
      known = true;
      prices.push_back(agreed.unit_price.ToString());
      if (agreed.unit_price != price) continue;
      priced = true;
      const Decimal taken = std::min(wanted, left[i]);
      ASSIGN_OR_RETURN(left[i], Subtract(left[i], taken));
      ASSIGN_OR_RETURN(wanted, Subtract(wanted, taken));
    }
    const std::string number = absl::StrCat(line.line_number());
    if (!known) {
      return FailedPrecondition(
          "PRODUCT_NOT_AGREED", quote.source,
          absl::StrCat("line ", number, ": the quote does not ", line.gift() ? "give" : "offer", " the product"),
          {{"line", number}, {"product", line.product()}});
    }
    if (!priced) {
      return FailedPrecondition(
          "PRICE_NOT_AGREED", quote.source,
          absl::StrCat("line ", number, ": the price ", price.ToString(),
                       " is not that of the quote; offered: ", absl::StrJoin(prices, ", ")),
          {{"line", number}, {"price", price.ToString()}, {"agreed", absl::StrJoin(prices, " ")}});
    }
    if (wanted.sign() > 0) {
      return FailedPrecondition("QUANTITY_NOT_AGREED", quote.source,
                                absl::StrCat("line ", number, ": ", wanted.ToString(), " more than the quote offers"),
                                {{"line", number}, {"quantity", line.quantity()}, {"beyond", wanted.ToString()}});
    }
  }
  return absl::OkStatus();
}

absl::Status TakeQuoteAmounts(const AgreedTerms& quote, Contract* contract) {
  std::vector<Decimal> left;
  for (const AgreedLine& agreed : quote.lines) left.push_back(agreed.quantity);
  Decimal total;
  for (ContractLine& line : *contract->mutable_lines()) {
    ASSIGN_OR_RETURN(const Decimal price, AmountIn(line.unit_price(), contract->currency(), "unit_price"));
    ASSIGN_OR_RETURN(Decimal wanted, QuantityOf(line.quantity(), "quantity"));
    Decimal amount;
    for (size_t i = 0; i < quote.lines.size(); ++i) {
      const AgreedLine& agreed = quote.lines[i];
      if (agreed.product != line.product() || agreed.gift != line.gift() || agreed.unit_price != price ||
          wanted.is_zero()) {
        continue;
      }
      const Decimal part = std::min(wanted, left[i]);
      ASSIGN_OR_RETURN(const Decimal before, Subtract(agreed.quantity, left[i]));
      ASSIGN_OR_RETURN(const Decimal gone, Add(agreed.taken, before));
      ASSIGN_OR_RETURN(const Decimal cost, AmountOfPart(agreed, gone, part, contract->currency()));
      ASSIGN_OR_RETURN(amount, Add(amount, cost));
      ASSIGN_OR_RETURN(left[i], Subtract(left[i], part));
      ASSIGN_OR_RETURN(wanted, Subtract(wanted, part));
    }
    SetAmount(amount, contract->currency(), line.mutable_amount());
    ASSIGN_OR_RETURN(total, Add(total, amount));
  }
  SetAmount(total, contract->currency(), contract->mutable_total());
  return absl::OkStatus();
}

absl::Status Review(absl::string_view actor, ReviewStepKind step, bool approve, absl::string_view opinion,
                    absl::Time now, Contract* contract) {
  const Reviewed reviewed{contract->name(), contract->drafter(), contract->submitter()};
  ASSIGN_OR_RETURN(const ReviewOutcome outcome,
                   GiveOpinion(reviewed, actor, step, approve, opinion, now, contract->mutable_steps()));
  if (outcome == ReviewOutcome::kReturned) {
    contract->set_state(v1::CONTRACT_STATE_RETURNED);
    contract->set_state_reason(std::string(opinion));
  } else if (outcome == ReviewOutcome::kApproved) {
    contract->set_state(v1::CONTRACT_STATE_APPROVED);
    contract->set_approved_sha256(contract->content_sha256());
  }
  return absl::OkStatus();
}

absl::Status Sign(const v1::SignContractRequest& request, const std::vector<std::string>& checks,
                  absl::string_view actor, absl::string_view approved, absl::string_view today,
                  absl::string_view sha256, Contract* contract) {
  RETURN_IF_ERROR(CheckSignedText(contract->name(), request.presented_sha256(), sha256, contract->approved_sha256()));
  RETURN_IF_ERROR(CheckSignatories(contract->parties(), request.signatories()));
  RETURN_IF_ERROR(CheckSigning(contract->name(), checks, request.signing_checks()));
  ASSIGN_OR_RETURN(const std::string date, SignDate(request.sign_date(), approved, today));
  *contract->mutable_signatories() = request.signatories();
  *contract->mutable_signing_checks() = request.signing_checks();
  contract->set_sign_date(date);
  contract->set_seal(request.seal());
  contract->set_scan_document(request.scan_document());
  contract->set_scan_sha256(request.scan_sha256());
  contract->set_signer(std::string(actor));
  AddFirstVersion(contract);
  return absl::OkStatus();
}

absl::Status CorrectSignature(const v1::CorrectContractSignatureRequest& request, bool filed,
                              absl::string_view approved, absl::string_view today, Contract* contract) {
  if (contract->signer().empty()) {
    return FailedPrecondition("CONTRACT_NOT_SIGNED", contract->name(),
                              "it was not signed here: the system that it comes from corrects it",
                              {{"state", v1::ContractState_Name(contract->state())}});
  }
  if (filed) {
    return FailedPrecondition("CONTRACT_FILED", contract->name(),
                              "the signed contract is in the archive; what belongs to it is added there");
  }
  if (request.scan_document().empty() && request.scan_sha256().empty() && request.seal().empty() &&
      request.sign_date().empty()) {
    return InvalidField("scan_document", "FIELD_REQUIRED",
                        "must be given, or scan_sha256, seal or sign_date: what is to be corrected");
  }
  if (!request.sign_date().empty()) {
    ASSIGN_OR_RETURN(const std::string date, SignDate(request.sign_date(), approved, today));
    contract->set_sign_date(date);
  }
  if (!request.seal().empty()) contract->set_seal(request.seal());
  if (!request.scan_document().empty() && request.scan_document() != contract->scan_document()) {
    contract->set_scan_document(request.scan_document());
    contract->clear_scan_sha256();
  }
  if (!request.scan_sha256().empty()) contract->set_scan_sha256(request.scan_sha256());
  return absl::OkStatus();
}

bool WasSigned(const Contract& contract) {
  if (!contract.sign_date().empty() || contract.versions_size() > 0) return true;
  switch (contract.state()) {
    case v1::CONTRACT_STATE_SIGNED:
    case v1::CONTRACT_STATE_ACTIVE:
    case v1::CONTRACT_STATE_SUSPENDED:
    case v1::CONTRACT_STATE_EXPIRING:
    case v1::CONTRACT_STATE_TERMINATED:
    case v1::CONTRACT_STATE_CLOSED:
      return true;
    default:
      return false;
  }
}

absl::Status CheckOrderable(absl::string_view today, const Contract& contract) {
  if (contract.state() != v1::CONTRACT_STATE_SIGNED && contract.state() != v1::CONTRACT_STATE_ACTIVE &&
      contract.state() != v1::CONTRACT_STATE_EXPIRING) {
    return FailedPrecondition("CONTRACT_NOT_IN_FORCE", contract.name(), "only a signed contract can be ordered from",
                              {{"state", v1::ContractState_Name(contract.state())}});
  }
  return CheckInForce(today, contract);
}

absl::Status CheckOrderDay(absl::string_view order_date, absl::string_view today, int age_max_days) {
  ASSIGN_OR_RETURN(const std::string first, AddDays(today, -age_max_days));
  if (order_date >= first && order_date <= today) return absl::OkStatus();
  return InvalidField("order.order_date", "ORDER_DATE_NOT_CURRENT",
                      absl::StrCat("must be from ", first, " to ", today, ": an order follows the terms of its day"),
                      {{"value", std::string(order_date)}, {"from", first}, {"until", std::string(today)}});
}

bool IsRunning(const Contract& contract) {
  return contract.state() == v1::CONTRACT_STATE_ACTIVE || contract.state() == v1::CONTRACT_STATE_EXPIRING ||
         contract.state() == v1::CONTRACT_STATE_SUSPENDED;
}

absl::Status CheckReleasable(const Contract& contract) {
  switch (contract.state()) {
    case v1::CONTRACT_STATE_SIGNED:
    case v1::CONTRACT_STATE_ACTIVE:
    case v1::CONTRACT_STATE_EXPIRING:
    case v1::CONTRACT_STATE_CLOSED:
      return absl::OkStatus();
    default:
      return FailedPrecondition("CONTRACT_NOT_IN_FORCE", contract.name(),
                                "its orders wait while a contract is suspended, and do not go out when it was ended",
                                {{"state", v1::ContractState_Name(contract.state())}});
  }
}

absl::StatusOr<std::string> ReminderDay(const Contract& contract, int lead_days) {
  return AddDays(contract.end_date(), -(contract.renewal_lead_days() > 0 ? contract.renewal_lead_days() : lead_days));
}

absl::Status AfterEndMoved(absl::string_view end_before, absl::string_view today, int lead_days, Contract* contract) {
  if (contract->end_date().empty()) return absl::OkStatus();
  const bool expiring = contract->state() == v1::CONTRACT_STATE_EXPIRING;
  const bool open = contract->renewal_status() != v1::RENEWAL_STATUS_RENEWING &&
                    contract->renewal_status() != v1::RENEWAL_STATUS_RENEWED;
  if (open && absl::string_view(contract->end_date()) > end_before) {
    contract->clear_renewal_status();
    contract->clear_non_renewal_reason();
    contract->clear_non_renewal_remark();
    if (expiring) contract->set_renewal_status(v1::RENEWAL_STATUS_DUE);
  }
  if (!expiring) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string reminder, ReminderDay(*contract, lead_days));
  if (reminder <= today) return absl::OkStatus();
  contract->set_state(v1::CONTRACT_STATE_ACTIVE);
  if (contract->renewal_status() == v1::RENEWAL_STATUS_DUE) contract->clear_renewal_status();
  return absl::OkStatus();
}

absl::Status CheckInForce(absl::string_view today, const Contract& contract) {
  if (absl::string_view(contract.start_date()) > today) {
    return FailedPrecondition("CONTRACT_NOT_STARTED", contract.name(),
                              absl::StrCat("the contract begins on ", contract.start_date()),
                              {{"startDate", contract.start_date()}, {"today", std::string(today)}});
  }
  if (!contract.end_date().empty() && absl::string_view(contract.end_date()) < today) {
    return FailedPrecondition("CONTRACT_ENDED", contract.name(),
                              absl::StrCat("the contract ended on ", contract.end_date()),
                              {{"endDate", contract.end_date()}, {"today", std::string(today)}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract::rules
