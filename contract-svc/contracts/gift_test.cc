// Gifts of an approved quote after the contract is signed, and of orders that another system brings (C-04, C-14, C-18).
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/mysql/migrate.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/obligation_terms.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/contract/v1/archive_service.pb.h"
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

// C-04: a contract that nobody has ordered from is no sale, and a sale is not taken away under its gifts.
TEST_F(GiftTest, GiftsStayWithWhatIsPaidFor) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  AddGift(quote, gift_, "4");
  const auto give = [&](const std::string& quantity) {
    return Call<opb::Order, opb::CreateOrderRequest>(
        kax_, absl::StrCat(kOrders, "CreateOrder"),
        absl::StrCat("order { account: '", account_, "' quote: '", quote, "' ", Gift(quantity), " }"));
  };
  const auto cancel = [&](const std::string& order) {
    return Call<opb::Order, opb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                                     absl::StrCat("name: '", order, "' reason: 'no'"));
  };
  const auto release = [&](const std::string& order) {
    return Call<opb::Order, opb::ReleaseOrderRequest>(acc_, absl::StrCat(kOrders, "ReleaseOrder"),
                                                      absl::StrCat("name: '", order, "'"));
  };
  const auto set = [&](const std::string& order, const std::string& what) {
    harness().db().Execute(absl::StrCat("UPDATE orders SET ", what, " WHERE id = '", IdOf(order), "'"));
  };
  // A contract in review holds pieces of the quote.
  harness().db().Execute(absl::StrCat(
      "INSERT INTO quote_draws (quote, holder, entry, product, unit_price, quantity, create_time) VALUES ('",
      IdOf(quote), "', 'contracts/", harness().NewId(), "', 1, '", IdOf(product_a_), "', 10, 2, '2026-01-05')"));
  EXPECT_THAT(give("1"), HasReason("GIFT_WITHOUT_SALE"));
  const std::string sale = Enter(quote, "1")->name();
  const auto gifts = give("1");
  ASSERT_THAT(gifts, IsOk());
  const auto refused = cancel(sale);
  EXPECT_THAT(refused, HasReason("GIFT_WITHOUT_SALE"));
  EXPECT_EQ(MetadataValue(refused.status(), "order"), gifts->name());
  SalesTest::Review(gifts->name());
  set(sale, "state = 'CANCELLED'");
  EXPECT_THAT(release(gifts->name()), HasReason("GIFT_WITHOUT_SALE"));
  set(sale, "state = 'ENTERED'");
  EXPECT_THAT(release(gifts->name()), HasReason("GIFT_WITHOUT_SALE")) << "nobody has let the sale go yet";
  set(sale, "release_time = '2026-01-05'");
  const std::string receipt = harness().NewId(), site = harness().NewId();
  harness().db().Execute(
      absl::StrCat("INSERT INTO stock_sites (id, version, create_time, update_time, creator, updater, code, title, "
                   "site_kind) VALUES ('",
                   site, "', 1, '2026-01-05', '2026-01-05', 'x', 'x', '", site, "', 'Store', 'WAREHOUSE')"));
  harness().db().Execute(absl::StrCat(
      "INSERT INTO goods_receipts (id, version, create_time, update_time, creator, updater, receipt_kind, site, "
      "sender, "
      "state) VALUES ('",
      receipt, "', 1, '2026-01-05', '2026-01-05', 'x', 'x', 'CUSTOMER_RETURN', '", site, "', 'Carrier', 'POSTED')"));
  harness().db().Execute(absl::StrCat(
      "INSERT INTO contract_returns (entry_id, goods_receipt, product, contract, order_id, order_line, quantity, "
      "entry_time, actor) VALUES ('",
      harness().NewId(), "', '", receipt, "', '", IdOf(product_a_), "', '", harness().NewId(), "', '", IdOf(sale),
      "', 1, 1, '2026-01-05', 'x')"));
  EXPECT_THAT(release(gifts->name()), HasReason("GIFT_WITHOUT_SALE")) << "what was sold came back";
  harness().db().Execute(absl::StrCat("DELETE FROM contract_returns WHERE order_id = '", IdOf(sale), "'"));
  EXPECT_THAT(release(gifts->name()), IsOk());
  const std::string second = Enter(quote, "1")->name();
  EXPECT_THAT(cancel(sale), IsOk()) << "the second is a sale too";
  EXPECT_THAT(cancel(gifts->name()), IsOk());
  EXPECT_THAT(cancel(second), IsOk());

  // The gift of an order is handed over, the rest is given up.
  const std::string both = Enter(quote, "2", Gift("1"))->name();
  set(both, "state = 'SHIPPED', release_basis = 'PAID'");
  const auto delivered = [&](int line, const std::string& quantity) {
    harness().db().Execute(absl::StrCat("UPDATE orders_lines SET delivered_quantity = ", quantity,
                                        " WHERE line_number = ", line, " AND parent_id = '", IdOf(both), "'"));
  };
  const auto close = [&] {
    return Call<opb::Order, opb::CloseOrderShortRequest>(sad_, absl::StrCat(kOrders, "CloseOrderShort"),
                                                         absl::StrCat("name: '", both, "' reason: 'no more'"));
  };
  delivered(2, "1");
  const auto unpaid = close();
  EXPECT_THAT(unpaid, HasReason("GIFT_WITHOUT_SALE"));
  EXPECT_EQ(MetadataValue(unpaid.status(), "order"), both);
  delivered(1, "1");
  EXPECT_THAT(close(), IsOk()) << "one was sold";
}

// C-04, C-07, C-14: an amendment takes whole packages of its quote as well.
TEST_F(GiftTest, AnAmendmentTakesWholePackages) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string quote = NewQuote(account_, "APPROVED");
  const std::string package = harness().NewId();
  harness().db().Execute(absl::StrCat(
      "INSERT INTO package_offers (id, version, create_time, update_time, creator, updater, title, account, currency, "
      "valid_from, state, owner) VALUES ('",
      package, "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', 'Van and care', '", IdOf(account_),
      "', 'CNY', '2026-01-01', 'AGREED', '", kax_.employee, "')"));
  harness().db().Execute(
      absl::StrCat("INSERT INTO quotes_lines (parent_id, position, product, quantity, "
                   "net_price_amount, net_price_currency) VALUES ('",
                   IdOf(quote), "', 1, '", IdOf(gift_), "', 20, 4, 'CNY')"));
  harness().db().Execute(
      absl::StrCat("UPDATE quotes_lines SET package = '", package, "' WHERE parent_id = '", IdOf(quote), "'"));
  harness().db().Execute(absl::StrCat(
      "INSERT INTO package_offers_items (parent_id, position, product, quantity, kind) "
      "VALUES ('",
      package, "', 0, '", IdOf(product_a_), "', 1, 'GOODS'), ('", package, "', 1, '", IdOf(gift_), "', 2, 'GOODS')"));
  const auto add = [&](const std::string& product, const std::string& quantity, const std::string& price) {
    return absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_ADD_LINE product: '", product, "' quantity: '", quantity,
                        "' unit_price ", MoneyText(price), " } ");
  };
  const std::string from = absl::StrCat("quote: '", quote, "' ");
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", from + add(product_a_, "3", "10"))),
              HasReason("PACKAGE_INCOMPLETE"));
  EXPECT_THAT(Submit(DraftAmendment(contract, "2026-01-06", from + add(product_a_, "3", "10") + add(gift_, "6", "4"))),
              IsOk());
}

// C-12, C-14, C-15: a signed amendment stands in the list of what is to be filed; it goes into the file of its contract
// by its hash, and what was typed at its signature is corrected until then.
TEST_F(GiftTest, AFiledAmendmentIsNotCorrected) {
  constexpr char kArchives[] = "kam.contract.v1.ArchiveService/";
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string name =
      DraftAmendment(contract, "2026-01-06",
                     "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '1200' }");
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  const auto correct = [&] {
    return Call<Amendment, v1::CorrectAmendmentSignatureRequest>(
        kam_, absl::StrCat(kAmendments, "CorrectAmendmentSignature"),
        absl::StrCat("name: '", name, "' seal: 'right' reason: 'typed wrong'"));
  };
  const auto file = [&](const auth::Principal& who, char digit) {
    return Call<Amendment, v1::FileAmendmentRequest>(
        who, absl::StrCat(kAmendments, "FileAmendment"),
        absl::StrCat("name: '", name, "' content_sha256: '", std::string(64, digit), "'"));
  };
  const auto due = [&](const std::string& more) {
    return Do<v1::ListFilingsDueResponse, v1::ListFilingsDueRequest>(
        kax_, absl::StrCat(kArchives, "ListFilingsDue"), absl::StrCat("month: '2026-01' page_size: 200 ", more));
  };
  const auto row = [&](const v1::ListFilingsDueResponse& list) {
    for (const v1::FilingRow& filing : list.rows()) {
      if (filing.amendment() == name) return filing;
    }
    return v1::FilingRow();
  };
  EXPECT_EQ(row(due("")).amendment(), "") << "it is not signed";
  const int missing = due("").missing();
  ASSERT_THAT(Apply(name, absl::StrCat("scan_sha256: '", std::string(64, 'c'), "'")), IsOk());
  EXPECT_EQ(due("").missing(), missing + 1);
  const v1::FilingRow open = row(due("missing_only: true"));
  EXPECT_EQ(open.contract(), contract);
  EXPECT_EQ(open.archive(), "");
  EXPECT_EQ(open.title(), "Change");
  ASSERT_THAT(correct(), IsOk());
  EXPECT_THAT(file(kax_, 'c'), HasReason("CONTRACT_NOT_FILED"));
  const auto archive = Do<v1::ContractArchive, v1::CreateContractArchiveRequest>(
      kax_, absl::StrCat(kArchives, "CreateContractArchive"),
      absl::StrCat("contract_archive { contract: '", contract,
                   "' place: 'Room 3' documents { title: 'contract' content_sha256: '", std::string(64, 'a'), "' } }"));
  EXPECT_THAT(correct(), IsOk()) << "its contract is filed, the amendment is not";
  EXPECT_THAT(file(kam_, 'c'), kam::testing::StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(file(kax_, 'd'), HasReason("ARCHIVE_SCAN_MISSING"));
  const auto filed = file(kax_, 'c');
  ASSERT_THAT(filed, IsOk());
  EXPECT_EQ(filed->archive(), archive.name());
  const auto held = Do<v1::ContractArchive, kam::api::GetRequest>(kax_, absl::StrCat(kArchives, "GetContractArchive"),
                                                                  absl::StrCat("name: '", archive.name(), "'"));
  ASSERT_EQ(held.documents_size(), 2);
  EXPECT_EQ(held.documents(1).content_sha256(), std::string(64, 'c'));
  EXPECT_THAT(file(kax_, 'c'), HasReason("CONTRACT_FILED"));
  EXPECT_THAT(correct(), HasReason("CONTRACT_FILED"));
  EXPECT_EQ(row(due("missing_only: true")).amendment(), "");
  EXPECT_EQ(row(due("")).archive(), archive.name());
  // What was applied before its contract was filed, by the release before, lies with it.
  harness().db().Execute(absl::StrCat("UPDATE amendments SET archive = NULL WHERE id = '", IdOf(name), "'"));
  const auto migrations = mysql::ReadMigrations("contract-svc/schema");
  ASSERT_THAT(migrations, IsOk());
  for (const mysql::Migration& migration : *migrations) {
    if (!absl::EndsWith(migration.name, "_contracts_filing.sql")) continue;
    for (const std::string& statement : mysql::SplitStatements(migration.sql)) {
      if (absl::StrContains(statement, "UPDATE amendments")) harness().db().Execute(statement);
    }
  }
  EXPECT_EQ(row(due("")).archive(), archive.name());
}

// C-34, C-20: an order that no credit was found for is not taken away under gifts that were ordered on it; when those
// are cancelled it is given up the next time.
TEST_F(GiftTest, AnOrderOnCreditHoldWaitsForWhatBecomesOfItsGifts) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  const std::string quote = NewQuote(account_, "APPROVED");
  AddGift(quote, gift_, "2");
  Amend(contract, "2026-01-06",
        absl::StrCat("quote: '", quote, "' actions { kind: AMENDMENT_ACTION_KIND_ADD_LINE product: '", gift_,
                     "' quantity: '2' gift: true }"));
  const absl::Time start = harness().clock().Now();
  harness().clock().Advance(absl::Hours(24));
  SetLimit(account_, "AMOUNT", "50");
  const auto waits = Enter(contract, "10", "", "hold_without_credit: true");
  ASSERT_THAT(waits, IsOk());
  ASSERT_EQ(waits->state(), opb::ORDER_STATE_ON_HOLD);
  const auto gifts = Call<opb::Order, opb::CreateOrderRequest>(
      kax_, absl::StrCat(kOrders, "CreateOrder"),
      absl::StrCat("order { account: '", account_, "' contract: '", contract, "' ", Gift("1"), " }"));
  ASSERT_THAT(gifts, IsOk());
  const auto wait = [&] {
    harness().clock().Advance(absl::Hours(14 * 24));
    ASSERT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
  };
  wait();
  EXPECT_EQ(GetOrder(waits->name()).state(), opb::ORDER_STATE_ON_HOLD);
  EXPECT_TRUE(GetOrder(waits->name()).credit_hold());
  Do<opb::Order, opb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                          absl::StrCat("name: '", gifts->name(), "' reason: 'no'"));
  EXPECT_EQ(GetOrder(waits->name()).state(), opb::ORDER_STATE_ON_HOLD);
  wait();
  EXPECT_EQ(GetOrder(waits->name()).state(), opb::ORDER_STATE_CANCELLED);
  harness().clock().Set(start);
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
