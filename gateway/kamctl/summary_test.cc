#include "gateway/kamctl/summary.h"

#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/testing/fake_gateway.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl {
namespace {

Json Usd(const std::string& amount) { return *MoneyOf(amount, "USD"); }

// Answers of the services, as the gateway writes them.
FakeAnswer Services(const FakeRequest& request) {
  const std::string& path = request.path;
  if (path == "/v1/orders:summarize") {
    return {200,
            {{"states",
              {{{"state", "ORDER_STATE_SHIPPED"}, {"currency", "USD"}, {"count", "2"}, {"total", Usd("100.10")}},
               {{"state", "ORDER_STATE_CANCELLED"}, {"currency", "USD"}, {"count", "1"}, {"total", Usd("0.05")}}}},
             {"owners",
              {{{"currency", "USD"}, {"count", "1"}, {"total", Usd("90")}},
               {{"owner", "employees/e1"}, {"currency", "USD"}, {"count", "1"}, {"total", Usd("60.5")}}}}}};
  }
  if (path == "/v1/receipts:summarize") {
    return {200,
            {{"totals",
              {{{"currency", "USD"}, {"method", "PAYMENT_METHOD_CASH"}, {"count", "1"}, {"total", Usd("1.5")}},
               {{"currency", "USD"}, {"method", "PAYMENT_METHOD_CHEQUE"}, {"count", "3"}, {"total", Usd("2.25")}}}}}};
  }
  if (path == "/v1/receivables:summarizeAccounts") {
    return {
        200,
        {{"accounts",
          {{{"account", "accounts/a1"}, {"currency", "USD"}, {"balance", Usd("83.9")}, {"creditLimit", Usd("77")}}}}}};
  }
  if (path == "/v1/accounts:batchGet") {
    return {200, {{"accounts", {{{"name", "accounts/a1"}, {"externalIds", {{{"system", "s"}, {"id", "450"}}}}}}}}};
  }
  if (path == "/v1/employees:batchGet") return {200, {{"employees", {{{"name", "employees/e1"}, {"number", "EM7"}}}}}};
  if (request.query.find("filter=NOT%20owner%3A%2A") != std::string::npos) return {200, {{"totalSize", "22"}}};
  return {200, {{"totalSize", "122"}}};
}

TEST(SummaryTest, FiguresComeFromTheServices) {
  FakeGateway server(Services);
  Gateway gateway(server.url(), "token");
  const auto summary = Summarize(gateway, "");
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->dump(),
            R"({"accounts":122,"employees":122,"products":122,"orders":3,"currency":"USD","order_value":"100.15",)"
            R"("order_value_by_state":{"SHIPPED":"100.10","CANCELLED":"0.05"},"payments":4,"payment_value":"3.75",)"
            R"("accounts_without_manager":22,)"
            R"("accounts_over_limit":[{"external_id":"450","open_amount":"83.90","limit":"77.00"}],)"
            R"("top_managers":[{"external_id":"EM7","value":"60.50"}]})");
}

TEST(SummaryTest, AmountsOfTwoCurrenciesAreNeverAdded) {
  FakeGateway server([](const FakeRequest& request) {
    FakeAnswer answer = Services(request);
    if (request.path == "/v1/receipts:summarize") answer.body["totals"][0]["currency"] = "CNY";
    return answer;
  });
  Gateway gateway(server.url(), "token");
  EXPECT_EQ(Reason(Summarize(gateway, "").status()), "SUMMARY_CURRENCY_NEEDED");
  const auto usd = Summarize(gateway, "USD");
  ASSERT_TRUE(usd.ok()) << usd.status();
  EXPECT_EQ((*usd)["payment_value"], "2.25");
  EXPECT_EQ((*usd)["payments"], 3);
}

}  // namespace
}  // namespace kam::ctl
