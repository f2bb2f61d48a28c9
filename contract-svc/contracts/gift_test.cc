// Gifts of an approved quote after the contract is signed, and of orders that another system brings (C-04, C-14, C-18).
#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/obligation_terms.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/contract/v1/obligation.pb.h"
#include "kam/order/v1/order_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
namespace opb = order::v1;

class GiftTest : public AmendmentTest {
 protected:
  void SetUp() override {
    AmendmentTest::SetUp();
    gift_ = NewProduct("13");
  }
  std::string Gift(const std::string& quantity) const {
    return absl::StrCat("lines { product: '", gift_, "' quantity: '", quantity, "' gift: true }");
  }

  std::string gift_;
};

// C-04, C-14: a gift is added to a contract in force from a quote that gives it, and is ordered from its day on.
TEST_F(GiftTest, AnAmendmentAddsAGiftFromAQuote) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string quote = NewQuote(account_, "APPROVED");
  AddGift(quote, gift_, "2");
  const auto add = [&](const std::string& quantity) {
    return absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_ADD_LINE product: '", gift_, "' quantity: '", quantity,
                        "' gift: true }");
  };
  const std::string from = absl::StrCat("quote: '", quote, "' ");
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", add("2"))), HasReason("QUOTE_REQUIRED"));
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", from + add("3"))), HasReason("QUANTITY_NOT_AGREED"));
  const Decimal total = Amount(Get(contract).total());
  Amend(contract, "2026-01-06", from + add("2"));
  EXPECT_EQ(Amount(Get(contract).total()), total) << "it adds nothing to the value";
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-07", from + add("1"))), HasReason("QUANTITY_NOT_AGREED"))
      << "the quote gave it once";
  EXPECT_THAT(Enter(contract, "1", Gift("2")), HasReason("LINE_NOT_IN_FORCE")) << "from tomorrow on";
  harness().clock().Advance(absl::Hours(24));
  EXPECT_THAT(Enter(contract, "1", Gift("2")), IsOk());
  EXPECT_THAT(Enter(contract, "1", Gift("1")), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-07",
                                    "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 3 quantity: "
                                    "'3' }")),
              HasReason("LINE_ACTION_NOT_ALLOWED"));
  harness().clock().Advance(-absl::Hours(24));
}

// C-04, C-18: an order that another system brings has its gifts, and is reviewed by what was approved.
TEST_F(GiftTest, AnImportedOrderBringsItsGift) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  AddGift(quote, gift_, "2");
  const auto import = [&](const std::string& quantity) {
    return Do<kam::api::BatchUpsertResponse, opb::BatchUpsertOrdersRequest>(
               erp_, absl::StrCat(kOrders, "BatchUpsertOrders"),
               absl::StrCat("orders { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                            account_, "' quote: '", quote,
                            "' order_date: '2025-12-01' state: ORDER_STATE_ENTERED lines { product: '", product_a_,
                            "' quantity: '5' unit_price ", MoneyText("10"), " } ", Gift(quantity), " }"))
        .results(0)
        .name();
  };
  const auto review = [&](const std::string& order) {
    return Call<opb::Order, opb::ReviewOrderRequest>(
        sad_, absl::StrCat(kOrders, "ReviewOrder"),
        absl::StrCat("name: '", order, "' warehouse: 'W1' check_result: 'complete'"));
  };
  const std::string beyond = import("3");
  EXPECT_THAT(review(beyond), HasReason("QUANTITY_NOT_AGREED"));
  Do<opb::Order, opb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                          absl::StrCat("name: '", beyond, "' reason: 'too much'"));
  const std::string order = import("2");
  EXPECT_EQ(Amount(GetOrder(order).total()), D("50"));
  const absl::StatusOr<opb::Order> reviewed = review(order);
  ASSERT_THAT(reviewed, IsOk());
  EXPECT_TRUE(reviewed->lines(1).gift());
  EXPECT_EQ(D(reviewed->lines(1).tax_rate()), D("13"));
  EXPECT_EQ(Amount(reviewed->total()), D("50"));
  EXPECT_THAT(Enter(quote, "5", Gift("1")), HasReason("QUANTITY_NOT_AGREED")) << "it was given";
}

// C-04, C-13: what we give is our duty, also where the customer has promised to take the rest.
TEST_F(GiftTest, AGiftIsADutyOfOurs) {
  v1::Contract contract;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      absl::StrCat("name: 'contracts/c' currency: 'CNY' kind: CONTRACT_KIND_ANNUAL start_date: '2026-01-01' end_date: "
                   "'2026-12-31' lines { line_number: 1 product: 'products/a' quantity: '100' unit_price ",
                   MoneyText("10"), " } lines { line_number: 2 product: 'products/g' quantity: '2' gift: true }"),
      &contract));
  const auto obligations = rules::ObligationsOf(contract);
  ASSERT_THAT(obligations, IsOk());
  ASSERT_EQ(obligations->size(), 3u);
  EXPECT_EQ((*obligations)[0].kind(), v1::OBLIGATION_KIND_VOLUME);
  EXPECT_EQ((*obligations)[1].kind(), v1::OBLIGATION_KIND_DELIVERY);
  EXPECT_EQ((*obligations)[1].target_quantity(), "2");
}

}  // namespace
}  // namespace kam::contract::testing
