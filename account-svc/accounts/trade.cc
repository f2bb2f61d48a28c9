#include "account-svc/accounts/trade.h"

#include <utility>

#include "account-svc/peers.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::account {
namespace {

absl::Status Take(const google::type::Money& money, Decimal* amount) {
  if (money.currency_code().empty()) return absl::OkStatus();  // Not told: nothing of it.
  ASSIGN_OR_RETURN(const Money value, FromProto(money, "figures"));
  *amount = value.amount();
  return absl::OkStatus();
}

absl::StatusOr<rules::TradeMonth> MonthOf(const business::v1::ContractMonth& from) {
  rules::TradeMonth month;
  month.month = from.month();
  // Every amount of a month is in one currency; the first that is told says which.
  for (const auto& [money, amount] :
       {std::pair(&from.ordered(), &month.ordered), std::pair(&from.invoiced(), &month.invoiced),
        std::pair(&from.received(), &month.received), std::pair(&from.invoiced_net(), &month.net),
        std::pair(&from.costed_net(), &month.costed), std::pair(&from.cost(), &month.cost),
        std::pair(&from.due(), &month.due), std::pair(&from.paid_on_time(), &month.on_time)}) {
    if (month.currency.empty()) month.currency = money->currency_code();
    RETURN_IF_ERROR(Take(*money, amount));
  }
  return month;
}

}  // namespace

absl::StatusOr<std::vector<rules::TradeMonth>> AskTrade(const Context& context, const std::string& account,
                                                        const std::string& from_month, const std::string& until_month,
                                                        absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::vector<business::v1::ContractFigures> figures,
                   context.peers->ContractFigures({account}, from_month, until_month, deadline));
  std::vector<rules::TradeMonth> months;
  for (const business::v1::ContractFigures& of_account : figures) {
    for (const business::v1::ContractMonth& month : of_account.months()) {
      ASSIGN_OR_RETURN(rules::TradeMonth taken, MonthOf(month));
      months.push_back(std::move(taken));
    }
  }
  return months;
}

}  // namespace kam::account
