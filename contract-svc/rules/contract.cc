#include "contract-svc/rules/contract.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::rules {
namespace {

using v1::Contract;
using v1::ContractLine;
using v1::ReviewStep;
using v1::ReviewStepKind;

void SetTime(absl::Time time, google::protobuf::Timestamp* stamp) {
  const timespec spec = absl::ToTimespec(time);
  stamp->set_seconds(spec.tv_sec);
  stamp->set_nanos(static_cast<int32_t>(spec.tv_nsec));
}

// A value inside a line of the contract text.
std::string Escape(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '|') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

class TextWriter {
 public:
  void Line(absl::string_view key, const std::vector<std::string>& values) {
    absl::StrAppend(&text_, key, ":");
    for (size_t i = 0; i < values.size(); ++i) absl::StrAppend(&text_, i == 0 ? " " : " | ", Escape(values[i]));
    text_ += "\n";
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Canonical(const std::string& decimal) {
  const absl::StatusOr<Decimal> parsed = Decimal::Parse(decimal);
  return parsed.ok() ? parsed->ToString() : decimal;
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
    SetAmount(amount, currency.code(), line->mutable_amount());
    ASSIGN_OR_RETURN(total, Add(total, amount));
  }
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
  }
  for (const auto& clause : contract.clauses()) {
    text.Line("clause", {v1::ClauseKind_Name(clause.kind()), clause.body()});
  }
  for (const auto& attachment : contract.attachments()) {
    text.Line("attachment", {attachment.title(), attachment.content_sha256()});
  }
  return text.Take();
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
  if (deadline < today) {
    return InvalidField("review_deadline", "DEADLINE_PAST", "must not be in the past", {{"today", std::string(today)}});
  }
  contract->set_content_sha256(std::string(sha256));
  contract->clear_approved_sha256();
  contract->clear_state_reason();
  contract->set_submitter(std::string(actor));
  contract->set_review_deadline(std::string(deadline));
  contract->clear_steps();
  std::vector<ReviewStepKind> kinds = {v1::REVIEW_STEP_KIND_SALES, v1::REVIEW_STEP_KIND_PRODUCT,
                                       v1::REVIEW_STEP_KIND_FINANCE, v1::REVIEW_STEP_KIND_LEGAL};
  if (contract->important()) kinds.push_back(v1::REVIEW_STEP_KIND_GUIDANCE);
  for (const ReviewStepKind kind : kinds) {
    ReviewStep* step = contract->add_steps();
    step->set_kind(kind);
    step->set_result(v1::REVIEW_RESULT_PENDING);
    step->set_deadline(std::string(deadline));
  }
  return absl::OkStatus();
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
      if (agreed.product != line.product()) continue;
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
      return FailedPrecondition("PRODUCT_NOT_AGREED", quote.source,
                                absl::StrCat("line ", number, ": the quote does not offer the product"),
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

std::string ReviewPermission(ReviewStepKind step) {
  switch (step) {
    case v1::REVIEW_STEP_KIND_SALES:
      return "contract.review_sales";
    case v1::REVIEW_STEP_KIND_PRODUCT:
      return "contract.review_product";
    case v1::REVIEW_STEP_KIND_FINANCE:
      return "contract.review_finance";
    case v1::REVIEW_STEP_KIND_LEGAL:
      return "contract.review_legal";
    case v1::REVIEW_STEP_KIND_GUIDANCE:
      return "contract.review_guidance";
    default:
      return {};
  }
}

absl::Status Review(absl::string_view actor, ReviewStepKind step, bool approve, absl::string_view opinion,
                    absl::Time now, Contract* contract) {
  RETURN_IF_ERROR(CheckOtherPerson(contract->name(), actor, contract->drafter(), "drafted the contract"));
  RETURN_IF_ERROR(CheckOtherPerson(contract->name(), actor, contract->submitter(), "submitted the contract"));
  ReviewStep* found = nullptr;
  for (ReviewStep& candidate : *contract->mutable_steps()) {
    if (candidate.kind() == step) {
      found = &candidate;
    } else if (candidate.result() != v1::REVIEW_RESULT_PENDING && candidate.reviewer() == actor) {
      return FailedPrecondition("SEPARATION_OF_DUTIES", contract->name(), "nobody gives the opinion of two departments",
                                {{"step", v1::ReviewStepKind_Name(candidate.kind())}});
    }
  }
  if (found == nullptr) {
    return InvalidField("step", "REVIEW_STEP_UNKNOWN", "is not asked for this contract",
                        {{"step", v1::ReviewStepKind_Name(step)}});
  }
  if (found->result() != v1::REVIEW_RESULT_PENDING) {
    return FailedPrecondition("REVIEW_STEP_DECIDED", contract->name(), "this opinion was given already",
                              {{"step", v1::ReviewStepKind_Name(step)}, {"reviewer", found->reviewer()}});
  }
  if (!approve && absl::StripAsciiWhitespace(opinion).empty()) {
    return InvalidField("opinion", "OPINION_REQUIRED", "must say what is to be changed");
  }
  found->set_result(approve ? v1::REVIEW_RESULT_APPROVED : v1::REVIEW_RESULT_RETURNED);
  found->set_reviewer(std::string(actor));
  found->set_opinion(std::string(opinion));
  SetTime(now, found->mutable_decide_time());
  if (!approve) {
    contract->set_state(v1::CONTRACT_STATE_RETURNED);
    contract->set_state_reason(std::string(opinion));
    return absl::OkStatus();
  }
  for (const ReviewStep& each : contract->steps()) {
    if (each.result() != v1::REVIEW_RESULT_APPROVED) return absl::OkStatus();
  }
  contract->set_state(v1::CONTRACT_STATE_APPROVED);
  contract->set_approved_sha256(contract->content_sha256());
  return absl::OkStatus();
}

bool MarkOverdue(absl::string_view today, Contract* contract) {
  bool any = false;
  for (ReviewStep& step : *contract->mutable_steps()) {
    if (step.result() != v1::REVIEW_RESULT_PENDING || step.deadline() >= today) continue;
    step.set_overdue(true);
    any = true;
  }
  return any;
}

absl::Status Sign(const v1::SignContractRequest& request, absl::string_view actor, absl::string_view today,
                  absl::string_view sha256, Contract* contract) {
  const std::string& approved = contract->approved_sha256();
  if (request.presented_sha256() != approved || sha256 != approved) {
    return FailedPrecondition("SIGNED_TEXT_DIFFERS", contract->name(),
                              "the text put before the signatories is not the text that was approved",
                              {{"presented", request.presented_sha256()}, {"approved", approved}});
  }
  std::set<std::string> signed_for;
  for (const auto& signatory : request.signatories()) signed_for.insert(signatory.party());
  for (const auto& party : contract->parties()) {
    if (signed_for.count(party.role()) > 0) continue;
    return InvalidField("signatories", "SIGNATORY_MISSING", absl::StrCat("nobody signed for ", party.role()),
                        {{"party", party.role()}});
  }
  for (const auto& check : request.signing_checks()) {
    if (check.correct()) continue;
    return FailedPrecondition("SIGNING_CHECK_FAILED", contract->name(),
                              absl::StrCat("the check with the customer found a fault: ", check.title()),
                              {{"check", check.title()}});
  }
  const std::string date = request.sign_date().empty() ? std::string(today) : request.sign_date();
  if (date > today) {
    return InvalidField("sign_date", "SIGN_DATE_INVALID", "must not be in the future", {{"today", std::string(today)}});
  }
  *contract->mutable_signatories() = request.signatories();
  *contract->mutable_signing_checks() = request.signing_checks();
  contract->set_sign_date(date);
  contract->set_seal(request.seal());
  contract->set_scan_document(request.scan_document());
  contract->set_signer(std::string(actor));
  return absl::OkStatus();
}

absl::Status CheckOrderable(absl::string_view today, const Contract& contract) {
  if (contract.state() != v1::CONTRACT_STATE_SIGNED && contract.state() != v1::CONTRACT_STATE_ACTIVE &&
      contract.state() != v1::CONTRACT_STATE_EXPIRING) {
    return FailedPrecondition("CONTRACT_NOT_IN_FORCE", contract.name(), "only a signed contract can be ordered from",
                              {{"state", v1::ContractState_Name(contract.state())}});
  }
  return CheckInForce(today, contract);
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
