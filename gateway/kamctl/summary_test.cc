#include "gateway/kamctl/summary.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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

// The best in one currency come after many owners of a currency with smaller units.
TEST(SummaryTest, TheBestManagersAreThoseOfTheCurrencyAskedFor) {
  FakeGateway server([](const FakeRequest& request) {
    FakeAnswer answer = Services(request);
    if (request.path != "/v1/orders:summarize") return answer;
    Json owners = Json::array();
    for (int i = 0; i < 30; ++i) {
      owners.push_back({{"owner", "employees/j"}, {"currency", "JPY"}, {"total", *MoneyOf("9000000", "JPY")}});
    }
    owners.push_back({{"owner", "employees/e1"}, {"currency", "USD"}, {"total", Usd("60.5")}});
    // The service gives 20 unless more are asked for.
    const bool all = request.query.find("ownersMax=1000") != std::string::npos;
    answer.body["owners"] = Json::array();
    for (size_t i = 0; i < (all ? owners.size() : 20); ++i) answer.body["owners"].push_back(owners[i]);
    return answer;
  });
  Gateway gateway(server.url(), "token");
  const auto summary = Summarize(gateway, "USD");
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ((*summary)["top_managers"].dump(), R"([{"external_id":"EM7","value":"60.50"}])");
}

// More accounts over their limit than one page holds.
TEST(SummaryTest, EveryAccountOverItsLimitIsListed) {
  FakeGateway server([](const FakeRequest& request) {
    FakeAnswer answer = Services(request);
    if (request.path == "/v1/receivables:summarizeAccounts") {
      const bool second = request.query.find("pageToken=") != std::string::npos;
      Json accounts = Json::array();
      for (int i = second ? 200 : 0; i < (second ? 250 : 200); ++i) {
        accounts.push_back({{"account", absl::StrCat("accounts/a", i)},
                            {"currency", "USD"},
                            {"balance", Usd("2")},
                            {"creditLimit", Usd("1")}});
      }
      answer.body = {{"accounts", accounts}};
      if (!second) answer.body["nextPageToken"] = "next";
    }
    if (request.path == "/v1/accounts:batchGet") {
      Json accounts = Json::array();
      for (const absl::string_view argument : absl::StrSplit(request.query, '&')) {
        const std::string name(absl::StripPrefix(argument, "names=accounts%2F"));
        accounts.push_back({{"name", "accounts/" + name}, {"number", "KA-" + name}});
      }
      answer.body = {{"accounts", accounts}};
    }
    return answer;
  });
  Gateway gateway(server.url(), "token");
  const auto summary = Summarize(gateway, "USD");
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_EQ((*summary)["accounts_over_limit"].size(), 250u);
  EXPECT_EQ((*summary)["accounts_over_limit"][249]["external_id"], "KA-a249");
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
