#include "contract-svc/orders/terms.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/orders/gift_sale.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/quote.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::contract {
namespace {

using resource::UnitOfWork;
using rules::AgreedLine;
using rules::AgreedTerms;

// Tax rate of every product.
absl::Status FillTaxRates(UnitOfWork& work, AgreedTerms* terms) {
  for (AgreedLine& line : terms->lines) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     work.connection().Query("SELECT p.tax_rate FROM products p WHERE p.id = ?",
                                             {mysql::Value(IdOf(line.product))}));
    if (!rows.empty() && !rows[0][0].is_null()) line.tax_rate = rows[0][0].text();
  }
  return absl::OkStatus();
}

template <typename Line>
absl::Status AddLine(const Line& from, const google::type::Money& price, AgreedTerms* terms) {
  AgreedLine line;
  line.product = from.product();
  ASSIGN_OR_RETURN(line.unit_price, rules::AmountIn(price, terms->currency, "unit_price"));
  ASSIGN_OR_RETURN(line.quantity, rules::QuantityOf(from.quantity(), "quantity"));
  if (from.has_amount()) {
    ASSIGN_OR_RETURN(const Decimal amount, rules::AmountIn(from.amount(), terms->currency, "amount"));
    RETURN_IF_ERROR(rules::SetAgreedAmount(amount, line.quantity, terms->currency, &line));
  }
  terms->lines.push_back(std::move(line));
  return absl::OkStatus();
}

// What the offer gives on top: without a price, of the customer's for the asking as long as any of it is left.
absl::Status AddGift(const pricing::v1::QuoteGift& gift, AgreedTerms* terms) {
  AgreedLine line;
  line.product = gift.product();
  line.gift = true;
  ASSIGN_OR_RETURN(line.quantity, rules::QuantityOf(gift.quantity(), "quantity"));
  terms->lines.push_back(std::move(line));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AgreedTerms> QuoteTerms(const Context& context, UnitOfWork& work, const std::string& quote,
                                       const std::string& account, bool for_order) {
  ASSIGN_OR_RETURN(const pricing::v1::Quote loaded, work.Load<pricing::v1::Quote>(quote));
  if (loaded.account() != account) {
    return FailedPrecondition("QUOTE_OF_OTHER_ACCOUNT", quote, "the quote was made for another customer",
                              {{"account", account}});
  }
  const bool approved =
      loaded.state() == pricing::v1::QUOTE_STATE_APPROVED || loaded.state() == pricing::v1::QUOTE_STATE_SENT;
  if (loaded.state() != pricing::v1::QUOTE_STATE_ACCEPTED && (for_order || !approved)) {
    return FailedPrecondition("QUOTE_NOT_ACCEPTED", quote,
                              for_order ? "only a quote that the customer has accepted can be ordered from"
                                        : "only an approved quote gives the prices of a contract",
                              {{"state", pricing::v1::QuoteState_Name(loaded.state())}});
  }
  if (loaded.state() == pricing::v1::QUOTE_STATE_ACCEPTED) {
    // One that was brought from elsewhere may not say when it was accepted: before its validity ended.
    const std::string accepted =
        loaded.has_close_time() ? context.Today(TimeOf(loaded.close_time())) : loaded.valid_until();
    ASSIGN_OR_RETURN(const std::string last, AddDays(accepted, context.policy.quote_order_days));
    RETURN_IF_ERROR(rules::CheckOrderTime(loaded, last, context.Today(work.now())));
  }
  AgreedTerms terms;
  terms.source = quote;
  terms.currency = loaded.currency();
  for (const pricing::v1::QuoteLine& line : loaded.lines()) RETURN_IF_ERROR(AddLine(line, line.net_price(), &terms));
  for (const pricing::v1::QuoteGift& gift : loaded.gifts()) RETURN_IF_ERROR(AddGift(gift, &terms));
  ASSIGN_OR_RETURN(const std::vector<rules::QuoteDraw> drawn, LoadDraws(work, quote));
  RETURN_IF_ERROR(rules::TakeOff(drawn, &terms));
  if (for_order) {
    RETURN_IF_ERROR(FillTaxRates(work, &terms));
    ASSIGN_OR_RETURN(terms.sold, IsQuoteSold(work, quote));
  }
  return terms;
}

absl::Status CheckRegion(UnitOfWork& work, const v1::Contract& contract) {
  if (contract.regions_size() == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT s.region FROM account_scopes s WHERE s.account = ?",
                                           {mysql::Value(IdOf(contract.account()))}));
  const std::string region = rows.empty() ? "" : rows[0][0].text();
  for (const std::string& covered : contract.regions()) {
    if (covered == region) return absl::OkStatus();
  }
  const std::string regions = absl::StrJoin(contract.regions(), ", ");
  return FailedPrecondition("REGION_NOT_COVERED", contract.name(),
                            absl::StrCat("the customer's region is ", region.empty() ? "not known" : region,
                                         "; the contract is for ", regions),
                            {{"region", region}, {"covered", regions}});
}

absl::StatusOr<AgreedTerms> ContractTerms(const Context& context, UnitOfWork& work, const std::string& contract,
                                          const std::string& account, const std::string& order_date) {
  ASSIGN_OR_RETURN(const v1::Contract loaded, work.Load<v1::Contract>(contract));
  if (loaded.account() != account) {
    return FailedPrecondition("CONTRACT_OF_OTHER_ACCOUNT", contract, "the contract is with another customer",
                              {{"account", account}});
  }
  RETURN_IF_ERROR(rules::CheckOrderable(context.Today(work.now()), loaded));
  RETURN_IF_ERROR(CheckRegion(work, loaded));
  ASSIGN_OR_RETURN(const rules::Commitments commitments, LoadCommitments(work.connection(), contract, /*lock=*/false));
  ASSIGN_OR_RETURN(AgreedTerms terms, rules::TermsOn(loaded, commitments, order_date));
  RETURN_IF_ERROR(FillTaxRates(work, &terms));
  return terms;
}

absl::Status CheckContractOfOrder(UnitOfWork& work, const std::string& order) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT o.contract FROM orders o WHERE o.id = ? AND o.contract IS NOT NULL",
                                           {mysql::Value(IdOf(order))}));
  if (rows.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Contract contract, work.Load<v1::Contract>(absl::StrCat("contracts/", rows[0][0].text())));
  return rules::CheckReleasable(contract);
}

}  // namespace kam::contract
