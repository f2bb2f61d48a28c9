// Contracts from draft to signature, and the import of history, over real gRPC and MariaDB: C-10, C-11, C-12, C-18,
// C-30, R-10.
#include <functional>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/contract_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/order_service.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
namespace opb = order::v1;
namespace rpb = receivable::v1;

// C-10, C-11, C-12, R-10
TEST_F(ContractServiceTest, DraftReviewSignOrder) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  EXPECT_THAT(Submit(name), HasReason("OPEN_POINTS_LEFT"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT((Call<Contract, v1::UpdateContractRequest>(
                  kax_, absl::StrCat(kContracts, "UpdateContract"),
                  absl::StrCat("contract { name: '", name, "' title: 'x' } update_mask { paths: 'title' }"))),
              HasReason("CONTRACT_FROZEN"));
  // Each opinion by the role that may.
  EXPECT_THAT(Review(kam_, name, "LEGAL"), HasReason("REVIEW_STEP_NOT_YOURS"));
  EXPECT_THAT(Review(leg_, name, "FINANCE"), HasReason("REVIEW_STEP_NOT_YOURS"));
  EXPECT_THAT(Review(kax_, name, "SALES"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Sign(name, Text(name).content_sha256()), HasReason("STATE_NOT_ALLOWED"));
  ReviewAll(name);
  const std::string sha256 = Text(name).content_sha256();
  EXPECT_THAT(Sign(name, std::string(64, 'a')), HasReason("SIGNED_TEXT_DIFFERS"));
  // Somebody changes a price behind the service's back: the stored words are not the approved ones any more.
  harness().db().Execute(
      absl::StrCat("UPDATE contracts_lines SET unit_price_amount = 9 WHERE parent_id = '", IdOf(name), "'"));
  EXPECT_THAT(Sign(name, sha256), HasReason("SIGNED_TEXT_DIFFERS"));
  harness().db().Execute(
      absl::StrCat("UPDATE contracts_lines SET unit_price_amount = 10 WHERE parent_id = '", IdOf(name), "'"));
  const absl::StatusOr<Contract> unchecked = Sign(name, sha256, Check("PARTIES") + Check("LINES") + Check("PRICES"));
  EXPECT_THAT(unchecked, HasReason("SIGNING_CHECK_MISSING"));
  EXPECT_EQ(MetadataValue(unchecked.status(), "missing"), "DELIVERY, PAYMENT");
  const absl::StatusOr<Contract> contract = Sign(name, sha256);
  ASSERT_THAT(contract, IsOk());
  EXPECT_EQ(contract->state(), v1::CONTRACT_STATE_SIGNED);
  EXPECT_EQ(contract->sign_date(), "2026-01-05");
  EXPECT_THAT(Enter(name, "10"), IsOk());
  EXPECT_THAT(Enter(name, "1"), HasReason("QUANTITY_NOT_AGREED"));
}

// C-11: from the company's figure on the department of group customers guides it, whatever its drafter says.
TEST_F(ContractServiceTest, AnImportantContractIsGuided) {
  const std::string quote = NewQuote(account_, "APPROVED");
  harness().db().Execute(
      absl::StrCat("UPDATE quotes_lines SET quantity = 1000000 WHERE parent_id = '", IdOf(quote), "'"));
  const auto submit = [&](const std::string& quantity) {
    const std::string name = Draft(quote);
    Do<Contract, v1::UpdateContractRequest>(
        kax_, absl::StrCat(kContracts, "UpdateContract"),
        absl::StrCat("contract { name: '", name, "' lines { product: '", product_a_, "' quantity: '", quantity,
                     "' unit_price ", MoneyText("10"), " } } update_mask { paths: 'lines' }"));
    Settle(name);
    return Submit(name);
  };
  const absl::StatusOr<Contract> below = submit("999999");
  ASSERT_THAT(below, IsOk());
  EXPECT_FALSE(below->important());
  EXPECT_EQ(below->steps_size(), 4);
  Do<Contract, v1::WithdrawContractRequest>(kax_, absl::StrCat(kContracts, "WithdrawContract"),
                                            absl::StrCat("name: '", below->name(), "'"));
  const absl::StatusOr<Contract> at = submit("1000000");
  ASSERT_THAT(at, IsOk());
  EXPECT_TRUE(at->important());
  ASSERT_EQ(at->steps_size(), 5);
  EXPECT_EQ(at->steps(4).kind(), v1::REVIEW_STEP_KIND_GUIDANCE);
  ReviewAll(at->name());
  EXPECT_THAT(Sign(at->name(), Text(at->name()).content_sha256()), HasReason("STATE_NOT_ALLOWED"))
      << "not without guidance";
}

// C-10
TEST_F(ContractServiceTest, PricesAreThoseOfAnApprovedQuote) {
  const std::string cheap = Draft(NewQuote(account_, "APPROVED"), "9.99");
  Settle(cheap);
  EXPECT_THAT(Submit(cheap), HasReason("PRICE_NOT_AGREED"));
  const std::string early = Draft(NewQuote(account_, "DRAFT"));
  Settle(early);
  EXPECT_THAT(Submit(early), HasReason("QUOTE_NOT_ACCEPTED"));
  const std::string foreign = Draft(NewQuote(NewAccount(), "APPROVED"));
  Settle(foreign);
  EXPECT_THAT(Submit(foreign), HasReason("QUOTE_OF_OTHER_ACCOUNT"));
}

// C-03, C-04, G-05: an approval serves its quantity once. What is sold of an offer is not offered again by a revision,
// nor at another price.
TEST_F(ContractServiceTest, AnOfferThatIsSoldIsNeitherChangedNorRevised) {
  const std::string quote = NewQuote(account_, "APPROVED");
  const std::string contract = Draft(quote);
  Settle(contract);
  ASSERT_THAT(Submit(contract), IsOk());
  const auto revise = [&] {
    return Call<pricing::v1::Quote, pricing::v1::ReviseQuoteRequest>(kax_, "kam.pricing.v1.QuoteService/ReviseQuote",
                                                                     absl::StrCat("name: '", quote, "'"));
  };
  EXPECT_THAT(revise(), HasReason("QUOTE_DRAWN"));
  const auto update = [&] {
    return Call<pricing::v1::Quote, pricing::v1::UpdateQuoteRequest>(
        kax_, "kam.pricing.v1.QuoteService/UpdateQuote",
        absl::StrCat("quote { name: '", quote, "' title: 'better' } update_mask { paths: 'title' }"));
  };
  EXPECT_THAT(update(), HasReason("QUOTE_DRAWN"));
  Do<Contract, v1::WithdrawContractRequest>(kax_, absl::StrCat(kContracts, "WithdrawContract"),
                                            absl::StrCat("name: '", contract, "'"));
  EXPECT_THAT(revise(), IsOk()) << "nothing of it is sold any more";
  EXPECT_THAT(Submit(contract), HasReason("QUOTE_NOT_ACCEPTED")) << "it was replaced";
}

// C-05, C-10, C-18: contracts and direct orders draw on one and the same offer.
TEST_F(ContractServiceTest, OneQuoteIsNotSoldTwice) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const std::string first = Draft(quote), second = Draft(quote);
  Settle(first);
  Settle(second);
  ASSERT_THAT(Submit(first), IsOk());
  EXPECT_THAT(Submit(second), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(quote, "1"), HasReason("QUANTITY_NOT_AGREED"));
  // Whoever gives up gives back.
  Do<Contract, v1::WithdrawContractRequest>(kax_, absl::StrCat(kContracts, "WithdrawContract"),
                                            absl::StrCat("name: '", first, "'"));
  const absl::StatusOr<opb::Order> order = Enter(quote, "4");
  ASSERT_THAT(order, IsOk());
  EXPECT_THAT(Submit(first), HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_THAT(Enter(quote, "7"), HasReason("QUANTITY_NOT_AGREED"));
  const std::string cancel = absl::StrCat("name: '", order->name(), "' reason: 'ordered in error'");
  Do<opb::Order, opb::CancelOrderRequest>(kam_, absl::StrCat(kOrders, "CancelOrder"), cancel);
  ASSERT_THAT(Submit(second), IsOk());
  EXPECT_THAT((Call<opb::Order, opb::ReopenOrderRequest>(kam_, absl::StrCat(kOrders, "ReopenOrder"), cancel)),
              HasReason("QUANTITY_NOT_AGREED"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM quote_draws WHERE quote = '", IdOf(quote), "'")),
            D("10"));
}

// C-05: many at once take exactly what there is.
TEST_F(ContractServiceTest, ParallelContractsAndOrdersTakeExactlyTheQuote) {
  const std::string quote = NewQuote(account_, "ACCEPTED");
  const std::string contract = Draft(quote);
  Settle(contract);
  std::atomic<int> orders = 0, contracts = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      absl::Status status;
      do {  // A deadlock of the database is answered ABORTED, and the client asks again.
        status = i == 5 ? Submit(contract).status() : Enter(quote, "1").status();
      } while (Reason(status) == "TRANSACTION_CONFLICT");
      if (!status.ok()) {
        EXPECT_THAT(status, HasReason("QUANTITY_NOT_AGREED"));
      } else {
        ++(i == 5 ? contracts : orders);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(orders + 10 * contracts, 10) << orders << " orders, " << contracts << " contracts";
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(SUM(quantity) AS CHAR) FROM quote_draws WHERE quote = '", IdOf(quote), "'")),
            D("10"));
}

// C-11: a returned contract is changed and reviewed from the start; the deadline is watched.
TEST_F(ContractServiceTest, ReturnedContractStartsAgain) {
  const std::string name = Draft(NewQuote(account_, "ACCEPTED"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Review(kam_, name, "SALES"), IsOk());
  const absl::Time after_deadline = absl::FromCivil(absl::CivilDay(2026, 1, 11), absl::UTCTimeZone());
  const absl::Time before = harness().clock().Now();
  harness().clock().Set(after_deadline);
  EXPECT_THAT(scheduler().RunDue(after_deadline, absl::InfiniteFuture()), IsOk());
  harness().clock().Set(before);
  const absl::StatusOr<Contract> returned = Review(leg_, name, "LEGAL", /*approve=*/false);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::CONTRACT_STATE_RETURNED);
  EXPECT_FALSE(returned->steps(0).overdue());
  EXPECT_TRUE(returned->steps(1).overdue());
  const absl::StatusOr<Contract> again = Submit(name);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->steps(0).result(), v1::REVIEW_RESULT_PENDING);
  // What was said of the first version stays to be read.
  ASSERT_EQ(again->former_steps_size(), 2);
  EXPECT_EQ(again->former_steps(0).kind(), v1::REVIEW_STEP_KIND_SALES);
  EXPECT_EQ(again->former_steps(1).result(), v1::REVIEW_RESULT_RETURNED);
  EXPECT_EQ(again->former_steps(1).opinion(), "see text");
}

// C-11, C-12: one winner of each race.
TEST_F(ContractServiceTest, OpinionAndSignatureAreGivenOnce) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  const auto race = [](const std::function<absl::Status()>& call, const std::string& loser) {
    std::atomic<int> won = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        const absl::Status status = call();
        if (status.ok()) {
          ++won;
        } else {
          EXPECT_THAT(status, HasReason(loser));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
  };
  const std::string etag = Etag(name);
  race([&] { return ReviewAt(etag, kam_, name, "SALES").status(); }, "ETAG_MISMATCH");
  EXPECT_THAT(Review(kam_, name, "SALES"), HasReason("REVIEW_STEP_DECIDED"));
  EXPECT_THAT(Review(pss_, name, "PRODUCT"), IsOk());
  EXPECT_THAT(Review(fd_, name, "FINANCE"), IsOk());
  EXPECT_THAT(Review(leg_, name, "LEGAL"), IsOk());
  const std::string sha256 = Text(name).content_sha256();
  race([&] { return Sign(name, sha256).status(); }, "STATE_NOT_ALLOWED");
}

// C-11: an opinion is about the version that was read. A contract withdrawn, changed and submitted again is another
// one.
TEST_F(ContractServiceTest, OpinionIsAboutTheVersionThatWasRead) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  const absl::StatusOr<Contract> blind = ReviewAt("", kam_, name, "SALES");
  EXPECT_THAT(blind, HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(ViolatedFields(blind.status()), ::testing::Contains("etag"));
  const std::string read = Etag(name);
  Do<Contract, v1::WithdrawContractRequest>(kax_, absl::StrCat(kContracts, "WithdrawContract"),
                                            absl::StrCat("name: '", name, "'"));
  Do<Contract, v1::UpdateContractRequest>(
      kax_, absl::StrCat(kContracts, "UpdateContract"),
      absl::StrCat("contract { name: '", name, "' terms_days: 90 } update_mask { paths: 'terms_days' }"));
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(ReviewAt(read, kam_, name, "SALES"), HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(ReviewAt(Etag(name), kam_, name, "SALES"), IsOk());
}

// C-11, R-10: live contracts come from another system or through review; no person brings them by an import.
TEST_F(ContractServiceTest, OnlyTheOtherSystemImportsContracts) {
  const std::string request = absl::StrCat(
      "contracts { external_ids { system: 'erp' id: '", IdOf(account_), "/1' } account: '", account_,
      "' title: 'Supply' currency: 'CNY' state: CONTRACT_STATE_SIGNED start_date: '2025-01-01' end_date: '2027-12-31' "
      "lines { product: '",
      product_a_, "' quantity: '1' unit_price ", MoneyText("1"), " } }");
  const auto import = [&](const auth::Principal& who) {
    return Call<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
        who, absl::StrCat(kContracts, "BatchUpsertContracts"), request);
  };
  for (const char* role : {"SD", "FD", "GM", "KAPM", "GAM"}) {
    EXPECT_THAT(import(harness().PrincipalFor(role, IdOf(kam_.subject), kam_.department)),
                StatusIs(absl::StatusCode::kPermissionDenied))
        << role;
  }
  EXPECT_THAT(import(erp_), IsOk());
}

// C-11: whoever wrote some of the words gives no opinion on them, though another drafted and submitted the contract.
TEST_F(ContractServiceTest, AuthorOfTheWordsGivesNoOpinion) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  Settle(name);
  Do<Contract, v1::UpdateContractRequest>(
      kam_, absl::StrCat(kContracts, "UpdateContract"),
      absl::StrCat("contract { name: '", name, "' terms_days: 90 } update_mask { paths: 'terms_days' }"));
  ASSERT_THAT(Submit(name), IsOk());
  EXPECT_THAT(Review(kam_, name, "SALES"), HasReason("SEPARATION_OF_DUTIES"));
  const std::string id = harness().NewId();
  harness().AddEmployeeScope(id, kam_.department, "");
  EXPECT_THAT(Review(harness().PrincipalFor("KAM", id, kam_.department), name, "SALES"), IsOk());
}

// C-18: history may be brought as often as one likes; once somebody has worked on the contract it stays as it is here.
TEST_F(ContractServiceTest, ImportLeavesAContractThatWasWorkedOnHere) {
  const std::string id = harness().NewId();
  const auto import = [&](const std::string& title) {
    return Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
               erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
               absl::StrCat("contracts { external_ids { system: 'erp' id: '", id, "' } account: '", account_,
                            "' title: '", title,
                            "' currency: 'CNY' state: CONTRACT_STATE_SIGNED start_date: '2025-01-01' end_date: "
                            "'2027-12-31' lines { product: '",
                            product_a_, "' quantity: '1' unit_price ", MoneyText("1"), " } }"))
        .results(0);
  };
  const std::string name = import("first").name();
  EXPECT_EQ(import("second").outcome(), kam::api::UPSERT_OUTCOME_UPDATED);
  ASSERT_THAT(Verb<v1::ActivateContractRequest>(kam_, "ActivateContract", name), IsOk());
  EXPECT_EQ(import("second").outcome(), kam::api::UPSERT_OUTCOME_UNCHANGED);
  const auto refused = import("third");
  EXPECT_EQ(refused.outcome(), kam::api::UPSERT_OUTCOME_FAILED);
  EXPECT_THAT(refused.status().message(), ::testing::HasSubstr("worked on here"));
}

// C-12: the annual agreement is signed by the company-wide key account manager.
TEST_F(ContractServiceTest, AnnualAgreementHasItsOwnSigner) {
  const std::string name = Draft(NewQuote(account_, "APPROVED"));
  harness().db().Execute(absl::StrCat("UPDATE contracts SET kind = 'ANNUAL' WHERE id = '", IdOf(name), "'"));
  Settle(name);
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  EXPECT_THAT(Sign(name, Text(name).content_sha256()), HasReason("ANNUAL_SIGNER_REQUIRED"));
}

// G-03
TEST_F(ContractServiceTest, ContractsOfOthersAreNotShown) {
  const std::string name = NewContract(account_, /*credit=*/false);
  const auto get = [&](const auth::Principal& who) {
    return Call<Contract, kam::api::GetRequest>(who, absl::StrCat(kContracts, "GetContract"),
                                                absl::StrCat("name: '", name, "'"));
  };
  EXPECT_THAT(get(other_kax_), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(get(kax_), IsOk());
  EXPECT_THAT(get(wh_), StatusIs(absl::StatusCode::kPermissionDenied));
}

// C-04, C-10, C-18: a gift of the quote stands in the words that are signed, is ordered from the contract once, and is
// our duty, not the customer's.
TEST_F(ContractServiceTest, AGiftOfTheQuoteIsPartOfTheContract) {
  const std::string quote = NewQuote(account_, "APPROVED");
  AddGift(quote, product_b_, "2");
  const auto draft = [&](const std::string& gift) {
    const std::string name = Draft(quote);
    Settle(name);
    Do<Contract, v1::UpdateContractRequest>(
        kax_, absl::StrCat(kContracts, "UpdateContract"),
        absl::StrCat("contract { name: '", name, "' lines { product: '", product_a_, "' quantity: '10' unit_price ",
                     MoneyText("10"), " } lines { product: '", product_b_, "' quantity: '", gift,
                     "' gift: true } } update_mask { paths: 'lines' }"));
    return name;
  };
  EXPECT_THAT(Submit(draft("3")), HasReason("QUANTITY_NOT_AGREED"));
  const std::string name = draft("2");
  const absl::StatusOr<Contract> submitted = Submit(name);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(Amount(submitted->total()), D("100"));
  EXPECT_THAT(Text(name).contract_text(), ::testing::HasSubstr("line gift: 2"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(d.quantity), 0) AS CHAR) FROM quote_draws d WHERE d.quote = '",
                             IdOf(quote), "' AND d.gift = 1")),
            D("2"));
  ReviewAll(name);
  ASSERT_THAT(Sign(name, Text(name).content_sha256()), IsOk());
  const auto commitment = Do<v1::ContractCommitment, v1::GetContractCommitmentRequest>(
      kax_, absl::StrCat(kContracts, "GetContractCommitment"), absl::StrCat("name: '", name, "'"));
  ASSERT_EQ(commitment.commitments_size(), 2);
  EXPECT_FALSE(commitment.commitments(0).gift());
  EXPECT_TRUE(commitment.commitments(1).gift());

  const std::string gift = absl::StrCat("lines { product: '", product_b_, "' quantity: '2' gift: true }");
  const auto alone = [&] {
    return Call<opb::Order, opb::CreateOrderRequest>(
        kax_, absl::StrCat(kOrders, "CreateOrder"),
        absl::StrCat("order { account: '", account_, "' contract: '", name, "' ", gift, " }"));
  };
  EXPECT_THAT(alone(), HasReason("GIFT_WITHOUT_SALE"));
  const absl::StatusOr<opb::Order> order = Enter(name, "4", gift);
  ASSERT_THAT(order, IsOk());
  EXPECT_EQ(Amount(order->total()), D("40"));
  EXPECT_TRUE(order->lines(1).gift());
  EXPECT_EQ(Amount(order->lines(1).unit_price()), D("0"));
  EXPECT_THAT(alone(), HasReason("QUANTITY_NOT_AGREED")) << "once";
  EXPECT_THAT(Enter(name, "1", absl::StrCat("lines { product: '", product_a_, "' quantity: '1' gift: true }")),
              HasReason("PRODUCT_NOT_AGREED"));
  // Cancelled, it is there again; and what was sold beside it stays sold.
  ASSERT_THAT(Enter(name, "1"), IsOk());
  Do<opb::Order, opb::CancelOrderRequest>(sad_, absl::StrCat(kOrders, "CancelOrder"),
                                          absl::StrCat("name: '", order->name(), "' reason: 'twice'"));
  EXPECT_THAT(alone(), IsOk());
}

}  // namespace
}  // namespace kam::contract::testing
