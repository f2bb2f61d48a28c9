// What a contract in force obliges to, and its rebate scale when it is changed, over real gRPC and MariaDB: C-09, C-12,
// C-13, C-14, C-30.
#include <atomic>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "common/mysql/migrate.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/amendment_fixture.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"
#include "kam/order/v1/sales_ledger_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receipt_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using v1::Amendment;
using v1::Obligation;
using v1::RebateSettlement;
namespace rpb = receivable::v1;

constexpr char kObligations[] = "kam.contract.v1.ObligationService/";
constexpr char kRebates[] = "kam.contract.v1.RebateService/";

class ContractTermsTest : public AmendmentTest {
 protected:
  void SetUp() override {
    AmendmentTest::SetUp();
    start_ = harness().clock().Now();
    SetLimit(account_, "UNLIMITED", "");
  }
  void TearDown() override { harness().clock().Set(start_); }

  void GoTo(int month, int day) {
    const absl::Time time = absl::FromCivil(absl::CivilSecond(2026, month, day, 4, 0, 0), absl::UTCTimeZone());
    harness().clock().Set(time);
    EXPECT_THAT(scheduler().RunDue(time, absl::InfiniteFuture()), IsOk());
  }
  // 100 of product a at 10 until the end of March 2026.
  std::string Import(const std::string& state, const std::string& more) {
    const auto answer = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
        erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
        absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                     "' title: 'Supply' currency: 'CNY' start_date: '2026-01-01' end_date: '2026-03-31' payment: "
                     "CONTRACT_PAYMENT_CREDIT terms_days: 30 state: CONTRACT_STATE_",
                     state, " parties { role: 'seller' legal_name: 'We' } lines { product: '", product_a_,
                     "' quantity: '100' unit_price ", MoneyText("10"), " } ", more, " }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
    return answer.results(0).name();
  }
  template <typename Request>
  absl::StatusOr<Contract> Verb(const std::string& method, const std::string& contract) {
    return Call<Contract, Request>(kam_, absl::StrCat(kContracts, method),
                                   absl::StrCat("name: '", contract, "' reason: 'agreed'"));
  }
  // By term; those made by hand by their title.
  std::map<std::string, Obligation> Obligations(const std::string& contract) {
    const auto answer = Do<v1::ListObligationsResponse, kam::api::ListRequest>(
        kam_, absl::StrCat(kObligations, "ListObligations"),
        absl::StrCat("filter: \"contract = '", contract, "'\" page_size: 100"));
    std::map<std::string, Obligation> found;
    for (const Obligation& one : answer.obligations()) found[one.term().empty() ? one.title() : one.term()] = one;
    return found;
  }
  std::string Delivered(const std::string& contract, const std::string& quantity) {
    const std::string order = Enter(contract, quantity)->name();
    Review(order);
    Release(order);
    Deliver(order, quantity);
    return order;
  }
  RebateSettlement Settled(const std::string& contract, const std::string& kind, const std::string& until) {
    const auto proposed = Do<RebateSettlement, v1::CreateRebateSettlementRequest>(
        kam_, absl::StrCat(kRebates, "CreateRebateSettlement"),
        absl::StrCat("rebate_settlement { contract: '", contract, "' kind: REBATE_SETTLEMENT_KIND_", kind,
                     " until_date: '", until, "' }"));
    return Do<RebateSettlement, v1::DecideRebateSettlementRequest>(
        fd_, absl::StrCat(kRebates, "DecideRebateSettlement"),
        absl::StrCat("name: '", proposed.name(), "' etag: '", proposed.etag(), "' approve: true opinion: 'seen'"));
  }
  absl::StatusOr<RebateSettlement> Pay(const std::string& settlement) {
    return Call<RebateSettlement, v1::PayRebateSettlementRequest>(
        acc_, absl::StrCat(kRebates, "PayRebateSettlement"),
        absl::StrCat("name: '", settlement, "' payment_reference: 'V-1'"));
  }

  absl::Time start_;
};

// C-13: payment schedule, delivery and renewal become obligations when the contract comes into force; an amendment
// changes them; those made by hand stay; nobody edits a term around the contract.
TEST_F(ContractTermsTest, ObligationsFollowTheTerms) {
  const std::string contract =
      Import("SIGNED",
             absl::StrCat("instalments { due_date: '2026-02-10' amount ", MoneyText("300"),
                          " title: 'deposit' } instalments { due_date: '2026-03-10' amount ", MoneyText("700"), " }"));
  EXPECT_TRUE(Obligations(contract).empty()) << "not in force yet";
  ASSERT_THAT(Verb<v1::ActivateContractRequest>("ActivateContract", contract), IsOk());
  Do<Obligation, v1::CreateObligationRequest>(
      kax_, absl::StrCat(kObligations, "CreateObligation"),
      absl::StrCat("obligation { contract: '", contract,
                   "' kind: OBLIGATION_KIND_SERVICE title: 'Training' due_date: '2026-02-01' target_quantity: '1' }"));
  auto found = Obligations(contract);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found["INSTALMENT/1"].title(), "deposit");
  EXPECT_EQ(found["INSTALMENT/1"].due_date(), "2026-02-10");
  EXPECT_EQ(Amount(found["INSTALMENT/2"].target_amount()), D("700"));
  EXPECT_EQ(found["INSTALMENT/2"].kind(), v1::OBLIGATION_KIND_PAYMENT);
  EXPECT_EQ(found["LINE/1"].kind(), v1::OBLIGATION_KIND_DELIVERY);
  EXPECT_EQ(found["LINE/1"].target_quantity(), "100");
  EXPECT_EQ(found["LINE/1"].due_date(), "2026-03-31");
  EXPECT_EQ(found["RENEWAL"].due_date(), "2026-03-31") << "brought up before, decided by the last day";

  const auto update = [&](const std::string& fields) {
    return Call<Obligation, v1::UpdateObligationRequest>(
        kam_, absl::StrCat(kObligations, "UpdateObligation"),
        absl::StrCat("obligation { name: '", found["LINE/1"].name(), "' ", fields, " }"));
  };
  EXPECT_THAT(update("due_date: '2026-12-31'"), HasReason("OBLIGATION_FOLLOWS_TERM"));
  EXPECT_THAT(update(absl::StrCat("responsible: '", kam_.subject, "'")), IsOk());

  Amend(contract, "2026-01-06",
        "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 quantity: '120' } actions { kind: "
        "AMENDMENT_ACTION_KIND_CHANGE_END_DATE end_date: '2026-04-30' }");
  found = Obligations(contract);
  ASSERT_EQ(found.size(), 5u);
  EXPECT_EQ(found["LINE/1"].target_quantity(), "120");
  EXPECT_EQ(found["LINE/1"].due_date(), "2026-04-30");
  EXPECT_EQ(found["LINE/1"].responsible(), kam_.subject);
  EXPECT_EQ(found["RENEWAL"].due_date(), "2026-04-30");
  EXPECT_EQ(found["Training"].due_date(), "2026-02-01");
  // An import brings contracts whose obligations were begun elsewhere.
  EXPECT_TRUE(Obligations(Import("ACTIVE", "")).empty());
}

// C-13: what is due is measured by the books: paid in turn, delivered; what is missing is overdue.
TEST_F(ContractTermsTest, TermsAreMeasuredByTheBooksWhenTheyAreDue) {
  const std::string contract =
      Import("SIGNED", absl::StrCat("instalments { due_date: '2026-01-10' amount ", MoneyText("300"),
                                    " } instalments { due_date: '2026-01-20' amount ", MoneyText("700"), " }"));
  ASSERT_THAT(Verb<v1::ActivateContractRequest>("ActivateContract", contract), IsOk());
  const std::string order = Delivered(contract, "60");
  SalesTest::Pay(account_, "400", Invoice(order).name());
  GoTo(1, 22);
  auto found = Obligations(contract);
  EXPECT_EQ(found["INSTALMENT/1"].state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(found["INSTALMENT/1"].completed_date(), "2026-01-05");
  EXPECT_EQ(found["INSTALMENT/1"].days_late(), 0);
  EXPECT_EQ(found["INSTALMENT/2"].state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(Amount(found["INSTALMENT/2"].fulfilled_amount()), D("100"));
  EXPECT_EQ(found["INSTALMENT/2"].deviation(), "-600");
  EXPECT_THAT(Verb<v1::CloseContractRequest>("CloseContract", contract), HasReason("ORDERS_OPEN"));
  harness().db().Execute(absl::StrCat("UPDATE orders SET state = 'SETTLED' WHERE id = '", IdOf(order), "'"));
  const absl::StatusOr<Contract> open = Verb<v1::CloseContractRequest>("CloseContract", contract);
  EXPECT_THAT(open, HasReason("OBLIGATIONS_OPEN")) << "40 pieces, 400 and a decision are missing";
  EXPECT_EQ(MetadataValue(open.status(), "obligations"), "3");
}

// C-13: while the contract is in force the books are looked at every day: half is half, late is late, and what is taken
// back in the books is taken back here. Nobody writes down beside them.
TEST_F(ContractTermsTest, TermsAreMeasuredEveryDay) {
  const std::string contract =
      Import("SIGNED", absl::StrCat("instalments { due_date: '2026-01-10' amount ", MoneyText("300"), " }"));
  ASSERT_THAT(Verb<v1::ActivateContractRequest>("ActivateContract", contract), IsOk());
  const std::string invoice = Invoice(Delivered(contract, "60")).name();
  GoTo(1, 6);
  auto found = Obligations(contract);
  EXPECT_EQ(found["LINE/1"].fulfilled_quantity(), "60");
  EXPECT_EQ(found["LINE/1"].deviation(), "-40");
  EXPECT_EQ(found["LINE/1"].state(), v1::OBLIGATION_STATE_IN_FORCE);
  EXPECT_THAT((Call<Obligation, v1::RecordFulfilmentRequest>(
                  kax_, absl::StrCat(kObligations, "RecordFulfilment"),
                  absl::StrCat("name: '", found["INSTALMENT/1"].name(), "' amount ", MoneyText("300")))),
              HasReason("OBLIGATION_FOLLOWS_TERM"));
  GoTo(1, 12);
  EXPECT_EQ(Obligations(contract)["INSTALMENT/1"].state(), v1::OBLIGATION_STATE_OVERDUE);
  const std::string receipt = SalesTest::Pay(account_, "300", invoice).name();
  GoTo(1, 13);
  found = Obligations(contract);
  EXPECT_EQ(found["INSTALMENT/1"].state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(found["INSTALMENT/1"].completed_date(), "2026-01-12");
  EXPECT_EQ(found["INSTALMENT/1"].days_late(), 2);
  Do<rpb::Receipt, rpb::ReverseReceiptRequest>(fd_, absl::StrCat(kReceipts, "ReverseReceipt"),
                                               absl::StrCat("name: '", receipt, "' reason: 'the cheque bounced'"));
  GoTo(1, 14);
  found = Obligations(contract);
  EXPECT_EQ(found["INSTALMENT/1"].state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(found["INSTALMENT/1"].days_late(), 0);
  EXPECT_EQ(found["INSTALMENT/1"].deviation(), "-300");
  ASSERT_EQ(found["INSTALMENT/1"].fulfilments_size(), 2);
  EXPECT_EQ(Amount(found["INSTALMENT/1"].fulfilments(1).amount()), D("-300"));
  EXPECT_TRUE(found["INSTALMENT/1"].fulfilments(1).by_books());
  // Who cannot wait asks the books himself.
  SalesTest::Pay(account_, "300", invoice);
  const auto measure = [&](const auth::Principal& who) {
    return Call<v1::MeasureContractObligationsResponse, v1::MeasureContractObligationsRequest>(
        who, absl::StrCat(kObligations, "MeasureContractObligations"), absl::StrCat("name: '", contract, "'"));
  };
  EXPECT_THAT(measure(other_kax_), kam::testing::StatusIs(absl::StatusCode::kNotFound));
  const auto measured = measure(kax_);
  ASSERT_THAT(measured, IsOk());
  EXPECT_EQ(measured->obligations_size(), 3);
  found = Obligations(contract);
  EXPECT_EQ(found["INSTALMENT/1"].state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(found["INSTALMENT/1"].completed_date(), "2026-01-14");
  // What was to be decided is decided.
  EXPECT_EQ(found["RENEWAL"].state(), v1::OBLIGATION_STATE_IN_FORCE);
  Do<Contract, v1::RenewContractRequest>(kam_, absl::StrCat(kContracts, "RenewContract"),
                                         absl::StrCat("name: '", contract, "'"));
  EXPECT_EQ(Obligations(contract)["RENEWAL"].state(), v1::OBLIGATION_STATE_COMPLETED);
}

// C-13, C-32: money that was given up keeps no contract open. What was to be paid of it is not paid, and over.
TEST_F(ContractTermsTest, AWriteOffLetsTheContractClose) {
  const std::string contract =
      Import("SIGNED", absl::StrCat("instalments { due_date: '2026-02-10' amount ", MoneyText("1000"), " }"));
  ASSERT_THAT(Verb<v1::ActivateContractRequest>("ActivateContract", contract), IsOk());
  const std::string order = Delivered(contract, "100");
  const std::string invoice = Invoice(order).name();
  SalesTest::Pay(account_, "600", invoice);
  Do<Contract, v1::DeclineContractRenewalRequest>(
      kam_, absl::StrCat(kContracts, "DeclineContractRenewal"),
      absl::StrCat("name: '", contract, "' non_renewal_reason: NON_RENEWAL_REASON_NO_DEMAND"));
  EXPECT_THAT(Verb<v1::CloseContractRequest>("CloseContract", contract), HasReason("ORDERS_OPEN"));
  WriteOff(invoice, "400");
  EXPECT_THAT(Verb<v1::CloseContractRequest>("CloseContract", contract), IsOk());
  const Obligation instalment = Obligations(contract)["INSTALMENT/1"];
  EXPECT_EQ(instalment.state(), v1::OBLIGATION_STATE_TERMINATED);
  EXPECT_EQ(instalment.state_reason(), "written off");
  EXPECT_EQ(Amount(instalment.fulfilled_amount()), D("600"));
  EXPECT_EQ(instalment.deviation(), "-400");
}

// C-13: when everything is done the contract is closed without anybody writing down what the books know.
TEST_F(ContractTermsTest, AContractThatWasCarriedOutIsClosed) {
  const std::string contract = Import("SIGNED", "");
  ASSERT_THAT(Verb<v1::ActivateContractRequest>("ActivateContract", contract), IsOk());
  const std::string order = Delivered(contract, "100");
  SalesTest::Pay(account_, "1000", Invoice(order).name());
  Do<Contract, v1::DeclineContractRenewalRequest>(
      kam_, absl::StrCat(kContracts, "DeclineContractRenewal"),
      absl::StrCat("name: '", contract, "' non_renewal_reason: NON_RENEWAL_REASON_NO_DEMAND"));
  ASSERT_THAT(Verb<v1::CloseContractRequest>("CloseContract", contract), IsOk());
  for (const auto& [term, obligation] : Obligations(contract)) {
    EXPECT_EQ(obligation.state(), v1::OBLIGATION_STATE_COMPLETED) << term;
  }
}

// C-12, C-14: a fault that the check with the customer finds is no amendment.
TEST_F(ContractTermsTest, AnAmendmentIsCheckedWithTheCustomer) {
  const std::string contract = Import("ACTIVE", "");
  const std::string name = DraftAmendment(contract, "2026-01-06",
                                          "actions { kind: AMENDMENT_ACTION_KIND_CHANGE_END_DATE end_date: "
                                          "'2026-06-30' }");
  ASSERT_THAT(Submit(name), IsOk());
  ReviewAll(name);
  // What is asked for with contracts may be asked for here as well.
  policy().amendment_signing_checks = {"PRICES"};
  const absl::StatusOr<Amendment> unchecked = Apply(name);
  policy().amendment_signing_checks = {};
  EXPECT_THAT(unchecked, HasReason("SIGNING_CHECK_MISSING"));
  EXPECT_EQ(MetadataValue(unchecked.status(), "missing"), "PRICES");
  EXPECT_THAT(Apply(name, "sign_date: '2026-01-04'"), HasReason("SIGN_DATE_INVALID")) << "before it was approved";
  const absl::StatusOr<Amendment> faulty = Apply(name, "signing_checks { title: 'last day' }");
  EXPECT_THAT(faulty, HasReason("SIGNING_CHECK_FAILED"));
  EXPECT_EQ(MetadataValue(faulty.status(), "check"), "last day");
  EXPECT_EQ(Get(contract).end_date(), "2026-03-31");
  const absl::StatusOr<Amendment> applied = Apply(name);
  ASSERT_THAT(applied, IsOk());
  EXPECT_EQ(applied->signing_checks_size(), 1);
  // What was typed at the signature is put right, for a reason, by who carries the contract out.
  const auto correct = [&](const auth::Principal& who, const std::string& fields) {
    return Call<Amendment, v1::CorrectAmendmentSignatureRequest>(
        who, absl::StrCat(kAmendments, "CorrectAmendmentSignature"), absl::StrCat("name: '", name, "' ", fields));
  };
  EXPECT_THAT(correct(kax_, "seal: 'right' reason: 'typed wrong'"),
              kam::testing::StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(correct(kam_, "seal: 'right'"), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(correct(kam_, "reason: 'typed wrong'"), HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(correct(kam_, "sign_date: '2026-01-04' reason: 'typed wrong'"), HasReason("SIGN_DATE_INVALID"));
  const absl::StatusOr<Amendment> corrected = correct(kam_, "seal: 'right' reason: 'typed wrong'");
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->seal(), "right");
  EXPECT_EQ(corrected->scan_document(), applied->scan_document());
  EXPECT_EQ(corrected->approved_sha256(), applied->approved_sha256());
}

// C-09, C-14: a changed scale counts from its day; what was invoiced before keeps the scale of its day, for the step
// that the whole volume has reached.
TEST_F(ContractTermsTest, AChangedRebateScaleCountsFromItsDay) {
  const std::string contract = Import("ACTIVE", "rebate_tiers { from_volume: '300' percent: '2' }");
  Invoice(Delivered(contract, "40"));
  const auto scale = [](const std::string& from, const std::string& percent) {
    return absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_REBATE rebate_from_volume: '", from,
                        "' rebate_percent: '", percent, "' } ");
  };
  const auto refused = [&](const std::string& effective, const std::string& actions) {
    return Submit(DraftAmendment(contract, effective, actions));
  };
  EXPECT_THAT(refused("2026-01-06", scale("300", "2")), HasReason("AMENDMENT_WITHOUT_EFFECT"));
  EXPECT_THAT(refused("2026-01-06", scale("100", "0")), HasReason("AMENDMENT_WITHOUT_EFFECT"));
  EXPECT_THAT(refused("2026-01-06", scale("800", "1")), HasReason("REBATE_SCALE_INVALID")) << "falls with the volume";
  EXPECT_THAT(refused("2026-01-05", scale("300", "3")), HasReason("AMENDMENT_TOUCHES_ORDERS"));
  EXPECT_THAT((Call<Amendment, v1::CreateAmendmentRequest>(
                  kax_, absl::StrCat(kAmendments, "CreateAmendment"),
                  absl::StrCat("amendment { contract: '", contract,
                               "' title: 't' change_reason: 'r' effective_date: '2026-01-06' actions { kind: "
                               "AMENDMENT_ACTION_KIND_CHANGE_REBATE rebate_from_volume: '1' } }"))),
              HasReason("ACTION_FIELD_MISSING"));
  Amend(contract, "2026-01-06", scale("300", "3") + scale("600", "5"));
  const Contract amended = Get(contract);
  ASSERT_EQ(amended.rebate_tiers_size(), 3);
  EXPECT_EQ(amended.versions_size(), 2);
  GoTo(1, 6);
  Invoice(Delivered(contract, "30"));
  const auto standing = Do<v1::RebateStanding, v1::GetRebateStandingRequest>(
      kax_, absl::StrCat(kRebates, "GetRebateStanding"), absl::StrCat("name: '", contract, "'"));
  EXPECT_EQ(Amount(standing.volume()), D("700"));
  EXPECT_EQ(standing.percent(), "5");
  // 700 reaches 2 % of the old scale, for 400, and 5 % of the new one, for 300.
  EXPECT_EQ(Amount(standing.entitled()), D("23"));
  const auto text = Do<v1::ContractText, v1::GetContractTextRequest>(kam_, absl::StrCat(kContracts, "GetContractText"),
                                                                     absl::StrCat("name: '", contract, "'"));
  EXPECT_THAT(text.contract_text(), ::testing::HasSubstr("rebate: 300 | 3\nrebate: 600 | 5\n"));
  EXPECT_THAT(text.contract_text(), ::testing::Not(::testing::HasSubstr("rebate: 300 | 2\n")));
}

// C-09: no rebate is paid on goods that came back.
TEST_F(ContractTermsTest, GoodsThatCameBackAreNotVolume) {
  const std::string contract = Import("ACTIVE", "rebate_tiers { from_volume: '300' percent: '2' }");
  const std::string order = Delivered(contract, "30");
  Invoice(order);
  const auto standing = [&] {
    return Do<v1::RebateStanding, v1::GetRebateStandingRequest>(kax_, absl::StrCat(kRebates, "GetRebateStanding"),
                                                                absl::StrCat("name: '", contract, "'"));
  };
  EXPECT_EQ(Amount(standing().volume()), D("300"));
  EXPECT_EQ(Amount(standing().entitled()), D("6"));
  SendBack(contract, order, "1");
  EXPECT_EQ(Amount(standing().volume()), D("290"));
  EXPECT_EQ(Amount(standing().entitled()), D("0"));
  EXPECT_EQ(Amount(standing().missing_volume()), D("10"));
  // The days before are as they were.
  const auto before = Do<v1::RebateStanding, v1::GetRebateStandingRequest>(
      kax_, absl::StrCat(kRebates, "GetRebateStanding"),
      absl::StrCat("name: '", contract, "' until_date: '2026-01-04'"));
  EXPECT_EQ(Amount(before.volume()), D("0"));
}

// C-13: of what was done before there was a mark the books did what is noted so of a term; elsewhere somebody wrote it.
TEST_F(ContractTermsTest, OnlyTheBooksFollowATerm) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string by_hand = harness().NewId(), by_term = harness().NewId();
  for (const std::string& id : {by_hand, by_term}) {
    harness().db().Execute(absl::StrCat(
        "INSERT INTO obligations (id, version, create_time, update_time, creator, updater, contract, kind, title, "
        "due_date, state, term) VALUES ('",
        id, "', 1, '2026-01-01', '2026-01-01', 'programs/test', 'programs/test', '", IdOf(contract),
        "', 'DELIVERY', 'Delivery', '2026-06-01', 'OPEN', ", id == by_term ? "'L9'" : "NULL", ")"));
    harness().db().Execute(
        absl::StrCat("INSERT INTO obligations_fulfilments (parent_id, position, fulfil_date, note) VALUES ('", id,
                     "', 0, '2026-01-02', 'by the books')"));
  }
  const auto migrations = mysql::ReadMigrations("contract-svc/schema");
  ASSERT_THAT(migrations, IsOk());
  int found = 0;
  for (const mysql::Migration& migration : *migrations) {
    if (!absl::EndsWith(migration.name, "_contracts_obligations.sql")) continue;
    for (const std::string& statement : mysql::SplitStatements(migration.sql)) {
      if (!absl::StrContains(statement, "UPDATE obligations_fulfilments")) continue;
      harness().db().Execute(statement);
      ++found;
    }
  }
  ASSERT_EQ(found, 1);
  const auto by_books = [&](const std::string& id) {
    return Sql(absl::StrCat("SELECT CAST(by_books AS CHAR) FROM obligations_fulfilments WHERE parent_id = '", id, "'"));
  };
  EXPECT_EQ(by_books(by_hand), D("0"));
  EXPECT_EQ(by_books(by_term), D("1"));
}

// C-09, C-24: what comes back before it is invoiced is credited with its invoice.
TEST_F(ContractTermsTest, WhatCameBackBeforeTheInvoiceIsCreditedWithIt) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract, "20")->name();
  SalesTest::Review(order);
  Release(order);
  Deliver(order, "20");
  SendBack(contract, order, "5");
  const auto notes = [&] {
    return Sql(absl::StrCat("SELECT CAST(COALESCE(SUM(amount_amount), 0) AS CHAR) FROM receipts WHERE account = '",
                            IdOf(account_), "' AND payment_method = 'CREDIT_NOTE'"));
  };
  EXPECT_EQ(notes(), D("0")) << "nothing is owed yet";
  Invoice(order);
  EXPECT_EQ(notes(), D("50"));
  ExpectBooksRight(account_);
}

// C-11, C-14: an amendment that makes a contract important is guided, though the contract was not.
TEST_F(ContractTermsTest, AnAmendmentToAnImportantContractIsGuided) {
  const std::string contract = NewContract(account_, /*credit=*/false);  // 1000 at 10 and 1000 at 7.5
  const auto submit = [&](const std::string& quantity) {
    return Submit(DraftAmendment(contract, "2026-01-06",
                                 absl::StrCat("actions { kind: AMENDMENT_ACTION_KIND_CHANGE_QUANTITY line_number: 1 "
                                              "quantity: '",
                                              quantity, "' }")));
  };
  const absl::StatusOr<Amendment> below = submit("999249");
  ASSERT_THAT(below, IsOk());
  EXPECT_EQ(below->steps_size(), 4) << "9 999 990";
  const absl::StatusOr<Amendment> at = submit("999250");
  ASSERT_THAT(at, IsOk());
  ASSERT_EQ(at->steps_size(), 5) << "10 000 000";
  EXPECT_EQ(at->steps(4).kind(), v1::REVIEW_STEP_KIND_GUIDANCE);
  ReviewAll(at->name());
  EXPECT_THAT(Apply(at->name()), HasReason("STATE_NOT_ALLOWED")) << "not without guidance";
  const auth::Principal gam = harness().PrincipalFor("GAM", harness().NewId(), kam_.department);
  harness().AddEmployeeScope(IdOf(gam.subject), kam_.department, "");
  ASSERT_THAT(Opinion(gam, at->name(), "GUIDANCE"), IsOk());
  EXPECT_THAT(Apply(at->name()), IsOk());
}

// C-09, C-30: a rebate that is paid stands to the customer's credit, once, and pays what he owes; what was settled too
// high is owed by him.
TEST_F(ContractTermsTest, APaidRebateIsACreditNoteOnce) {
  const std::string contract = Import("ACTIVE", "rebate_tiers { from_volume: '300' percent: '10' }");
  const std::string order = Delivered(contract, "40");
  const rpb::Invoice invoice = Invoice(order);
  const RebateSettlement partial = Settled(contract, "PARTIAL", "2026-01-05");
  ASSERT_EQ(Amount(partial.amount()), D("40"));
  std::atomic<int> paid = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      if (Pay(partial.name()).ok()) ++paid;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(paid, 1);
  const std::string note =
      Do<RebateSettlement, kam::api::GetRequest>(acc_, absl::StrCat(kRebates, "GetRebateSettlement"),
                                                 absl::StrCat("name: '", partial.name(), "'"))
          .credit_note();
  ASSERT_THAT(note, ::testing::StartsWith("receipts/"));
  EXPECT_EQ(Amount(Exposure(account_).unapplied()), D("40"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM receipts WHERE account = '", IdOf(account_), "'")),
            D("1"));
  Do<rpb::Receipt, rpb::AllocateReceiptRequest>(
      acc_, absl::StrCat(kReceipts, "AllocateReceipt"),
      absl::StrCat("name: '", note, "' allocations { target: '", invoice.name(), "' amount ", MoneyText("40"), " }"));
  EXPECT_EQ(Amount(Exposure(account_).open()), D("360"));
  ExpectBooksRight(account_);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM sales_ledger_entries WHERE account = '",
                             IdOf(account_), "' AND entry_kind = 'PAYMENT'")),
            D("0"))
      << "no money has come in";
  EXPECT_THAT((Call<rpb::Receipt, rpb::ReverseReceiptRequest>(fd_, absl::StrCat(kReceipts, "ReverseReceipt"),
                                                              absl::StrCat("name: '", note, "' reason: 'no'"))),
              HasReason("CREDIT_NOTE_FOLLOWS_SOURCE"));
  EXPECT_THAT((Call<rpb::Receipt, rpb::CreateReceiptRequest>(
                  csh_, absl::StrCat(kReceipts, "CreateReceipt"),
                  absl::StrCat("receipt { account: '", account_, "' amount ", MoneyText("5"),
                               " method: PAYMENT_METHOD_CREDIT_NOTE received_date: '2026-01-05' }"))),
              HasReason("PAYMENT_METHOD_NOT_ALLOWED"));

  // The sale is taken back: the rebate was too high.
  harness().db().Execute(
      absl::StrCat("UPDATE invoices SET state = 'CANCELLED' WHERE id = '", IdOf(invoice.name()), "'"));
  harness().db().Execute(absl::StrCat("UPDATE orders SET state = 'SETTLED' WHERE id = '", IdOf(order), "'"));
  GoTo(4, 1);
  const RebateSettlement last = Settled(contract, "FINAL", "2026-04-01");
  ASSERT_EQ(Amount(last.amount()), D("-40"));
  const absl::StatusOr<RebateSettlement> claimed = Pay(last.name());
  ASSERT_THAT(claimed, IsOk());
  ASSERT_THAT(claimed->credit_note(), ::testing::StartsWith("receivableItems/"));
  const auto item = Do<rpb::ReceivableItem, kam::api::GetRequest>(acc_, absl::StrCat(kReceivables, "GetReceivableItem"),
                                                                  absl::StrCat("name: '", claimed->credit_note(), "'"));
  EXPECT_EQ(item.kind(), rpb::RECEIVABLE_KIND_REBATE_CLAIM);
  EXPECT_EQ(Amount(item.open()), D("40"));
  EXPECT_EQ(item.due_date(), "2026-05-01");
}

}  // namespace
}  // namespace kam::contract::testing
