// The contract service under test with one customer, two products and people of every role, for tests of contracts,
// orders and receivables.
#ifndef KAM_CONTRACT_SVC_TESTING_SALES_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_SALES_FIXTURE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/money/decimal.h"
#include "common/schedule/schedule.h"
#include "common/testing/harness.h"
#include "contract-svc/policy.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/credit_service.pb.h"
#include "kam/receivable/v1/invoice.pb.h"
#include "kam/receivable/v1/receipt.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract::testing {

inline constexpr char kContracts[] = "kam.contract.v1.ContractService/";
inline constexpr char kOrders[] = "kam.order.v1.OrderService/";
inline constexpr char kDeliveries[] = "kam.order.v1.DeliveryService/";
inline constexpr char kCredits[] = "kam.receivable.v1.CreditService/";
inline constexpr char kInvoices[] = "kam.receivable.v1.InvoiceService/";
inline constexpr char kReceipts[] = "kam.receivable.v1.ReceiptService/";
inline constexpr char kReceivables[] = "kam.receivable.v1.ReceivableService/";

Decimal D(absl::string_view text);
// The amount, whatever the currency.
Decimal Amount(const google::type::Money& money);
// "{ currency_code: 'CNY' units: ... nanos: ... }"
std::string MoneyText(absl::string_view amount, absl::string_view currency = "CNY");

class SalesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  // A call whose request is given in text format.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const auth::Principal& who, const std::string& method, const std::string& text) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    return harness_->Call<Response>(who, method, request);
  }
  // The same, and it must succeed.
  template <typename Response, typename Request>
  Response Do(const auth::Principal& who, const std::string& method, const std::string& text) {
    absl::StatusOr<Response> answer = Call<Response, Request>(who, method, text);
    EXPECT_TRUE(answer.ok()) << method << ": " << answer.status();
    return answer.ok() ? *std::move(answer) : Response();
  }

  // A customer of the fixture's key account executive. Returns accounts/{id}.
  std::string NewAccount(const std::string& legal_name = "Customer");
  std::string NewProduct(const std::string& tax_rate);
  // A signed contract in force: 1000 of product a (or of `product`) at 10, 1000 of product b at 7.5.
  std::string NewContract(const std::string& account, bool credit, const std::string& currency = "CNY",
                          const std::string& product = product_a_);
  // An offer for 10 of product a at 10, in this state.
  std::string NewQuote(const std::string& account, const std::string& state);
  // Something that the offer gives on top.
  void AddGift(const std::string& quote, const std::string& product, const std::string& quantity);
  // Sets a limit for the account, as an import would.
  void SetLimit(const std::string& account, const std::string& type, const std::string& amount);

  absl::StatusOr<order::v1::Order> Enter(const std::string& contract, const std::string& quantity,
                                         const std::string& more = {}, const std::string& request_more = {});
  order::v1::Order Review(const std::string& order);
  order::v1::Order Release(const std::string& order);
  // Plans, ships and accepts a delivery of line 1.
  void Deliver(const std::string& order, const std::string& quantity);
  receivable::v1::Invoice Invoice(const std::string& order);
  receivable::v1::Receipt Record(const std::string& account, const std::string& amount, const std::string& target);
  receivable::v1::Receipt Pay(const std::string& account, const std::string& amount, const std::string& target);
  // One gives up `amount` of what is open on the invoice, another agrees. Returns the item.
  receivable::v1::ReceivableItem WriteOff(const std::string& invoice, const std::string& amount);
  receivable::v1::Exposure Exposure(const std::string& account);
  order::v1::Order GetOrder(const std::string& order);

  // held, committed, open and exposure of the account, and the same recounted from its rows by SQL: must be equal.
  void ExpectBooksRight(const std::string& account);
  Decimal Sql(const std::string& query);

  static kam::testing::Harness& harness() { return *harness_; }
  static schedule::Scheduler& scheduler() { return *scheduler_; }

  // Figures in force; a test that changes them puts them back.
  static Policy& policy() { return policy_; }

  static Policy policy_;
  static std::unique_ptr<kam::testing::Harness> harness_;
  static std::unique_ptr<schedule::Scheduler> scheduler_;
  static auth::Principal kax_, kam_, sad_, acc_, csh_, fd_, wh_, gm_, kapm_, leg_, pss_, erp_, other_kax_;
  static std::string product_a_, product_b_;
  std::string account_;  // A fresh customer for every test.
};

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_SALES_FIXTURE_H_
