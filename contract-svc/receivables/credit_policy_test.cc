// Credit policies, the alarms that follow from them, open items and papers, over real gRPC and MariaDB: C-29, C-32,
// C-34.
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/mysql/migrate.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/contracts/adoption.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_service.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
namespace pb = receivable::v1;

class CreditPolicyTest : public SalesTest {
 protected:
  void SetUp() override {
    SalesTest::SetUp();
    sd_ = harness().PrincipalFor("SD", harness().NewId());
    harness().db().Execute("UPDATE credit_policies SET state = 'REPLACED'");
  }
  pb::CreditPolicy Draft(const std::string& fields) {
    return Do<pb::CreditPolicy, pb::CreateCreditPolicyRequest>(
        fd_, absl::StrCat(kCredits, "CreateCreditPolicy"),
        absl::StrCat("credit_policy { title: 'Credit 2026' ", fields, " }"));
  }
  pb::CreditPolicy Get(const std::string& name) {
    return Do<pb::CreditPolicy, kam::api::GetRequest>(fd_, absl::StrCat(kCredits, "GetCreditPolicy"),
                                                      absl::StrCat("name: '", name, "'"));
  }
  absl::StatusOr<pb::CreditPolicy> Publish(const auth::Principal& who, const std::string& name) {
    return Call<pb::CreditPolicy, pb::PublishCreditPolicyRequest>(
        who, absl::StrCat(kCredits, "PublishCreditPolicy"),
        absl::StrCat("name: '", name, "' etag: '", Get(name).etag(), "'"));
  }
  absl::StatusOr<pb::CreditPolicy> Update(const auth::Principal& who, const std::string& name,
                                          const std::string& fields) {
    return Call<pb::CreditPolicy, pb::UpdateCreditPolicyRequest>(
        who, absl::StrCat(kCredits, "UpdateCreditPolicy"),
        absl::StrCat("credit_policy { name: '", name, "' ", fields, " }"));
  }
  // What another system says is open.
  std::string Owe(const std::string& account, const std::string& amount) {
    const auto answer = Do<kam::api::BatchUpsertResponse, pb::BatchUpsertReceivableItemsRequest>(
        erp_, absl::StrCat(kReceivables, "BatchUpsertReceivableItems"),
        absl::StrCat("receivable_items { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '",
                     account, "' amount ", MoneyText(amount), " item_date: '2026-01-01' due_date: '2026-02-01' }"));
    EXPECT_EQ(answer.results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << answer.DebugString();
    return answer.results(0).name();
  }
  std::vector<pb::ReceivableAlarm> Alarms(const auth::Principal& who) {
    const auto answer = Do<pb::ListReceivableAlarmsResponse, kam::api::ListRequest>(
        who, absl::StrCat(kReceivables, "ListReceivableAlarms"), "order_by: 'number'");
    return {answer.receivable_alarms().begin(), answer.receivable_alarms().end()};
  }
  void NextDay() {
    harness().clock().Advance(absl::Hours(24));
    EXPECT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
  }

  auth::Principal sd_;
};

// C-34: the limit of one customer takes two people, and so does that of all.
TEST_F(CreditPolicyTest, APolicyHoldsOnceSomebodyElseHasPublishedIt) {
  const std::string contract = NewContract(account_, /*credit=*/true);
  const pb::CreditPolicy open = Draft("unset_limit_type: CREDIT_LIMIT_TYPE_UNLIMITED");
  EXPECT_EQ(open.state(), pb::CREDIT_POLICY_STATE_DRAFT);
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE")) << "a draft holds for nobody";
  EXPECT_THAT(Publish(fd_, open.name()), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(Update(sd_, open.name(), "title: 'Open'"), IsOk());
  EXPECT_THAT(Publish(sd_, open.name()), HasReason("SEPARATION_OF_DUTIES")) << "he has changed it";
  EXPECT_THAT((Call<pb::CreditPolicy, pb::PublishCreditPolicyRequest>(
                  gm_, absl::StrCat(kCredits, "PublishCreditPolicy"), absl::StrCat("name: '", open.name(), "'"))),
              HasReason("FIELD_REQUIRED"));
  EXPECT_THAT(Publish(kam_, open.name()), StatusIs(absl::StatusCode::kPermissionDenied));
  const absl::StatusOr<pb::CreditPolicy> published = Publish(gm_, open.name());
  ASSERT_THAT(published, IsOk());
  EXPECT_EQ(published->publisher(), gm_.subject);
  EXPECT_THAT(Enter(contract, "1"), IsOk());

  EXPECT_THAT(Update(fd_, open.name(), "overdue_block_days: 3000"), HasReason("CREDIT_POLICY_FROZEN"));
  EXPECT_THAT((Call<pb::CreditPolicy, kam::api::ArchiveRequest>(fd_, absl::StrCat(kCredits, "ArchiveCreditPolicy"),
                                                                absl::StrCat("name: '", open.name(), "'"))),
              HasReason("CREDIT_POLICY_FROZEN"));
  const pb::CreditPolicy strict = Draft("unset_limit_type: CREDIT_LIMIT_TYPE_NONE");
  EXPECT_THAT(Enter(contract, "1"), IsOk()) << "the former one holds until then";
  ASSERT_THAT(Publish(sd_, strict.name()), IsOk());
  EXPECT_EQ(Get(open.name()).state(), pb::CREDIT_POLICY_STATE_REPLACED);
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE"));
  EXPECT_THAT(Publish(sd_, open.name()), HasReason("STATE_NOT_ALLOWED"));

  // A program of the earlier release knows no states: what it makes is a draft, also after the one in force.
  const std::string id = harness().NewId();
  harness().db().Execute(absl::StrCat(
      "INSERT INTO credit_policies (id, version, create_time, update_time, creator, updater, title, "
      "unset_limit_type) VALUES ('",
      id, "', 1, '2027-01-01', '2027-01-01', '", fd_.subject, "', '", fd_.subject, "', 'Old', 'UNLIMITED')"));
  const std::string old = absl::StrCat("creditPolicies/", id);
  EXPECT_EQ(Get(old).state(), pb::CREDIT_POLICY_STATE_DRAFT);
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_NONE"));
  ASSERT_THAT(Publish(sd_, old), IsOk());
  EXPECT_THAT(Enter(contract, "1"), IsOk());
}

// C-32, C-34: of the policies made before there were states the newest is in force after the upgrade, and its alarms
// are reckoned.
TEST_F(CreditPolicyTest, ThePolicyOfTheEarlierReleaseIsTakenOver) {
  const std::string account = NewAccount("Customer");
  Owe(account, "500");
  const std::string caps = absl::StrCat("unset_limit_type: CREDIT_LIMIT_TYPE_UNLIMITED caps { account: '", account,
                                        "' cap ", MoneyText("499"), " }");
  const std::string first = Draft("").name(), newest = Draft(caps).name(), archived = Draft("").name();
  const auto forget = [&](const std::string& name) {
    harness().db().Execute(absl::StrCat("UPDATE credit_policies SET state = NULL WHERE id = '", IdOf(name), "'"));
  };
  for (const std::string& name : {first, newest, archived}) forget(name);
  harness().db().Execute(
      absl::StrCat("UPDATE credit_policies SET archive_time = '2026-01-01' WHERE id = '", IdOf(archived), "'"));
  const auto migrations = mysql::ReadMigrations("contract-svc/schema");
  ASSERT_THAT(migrations, IsOk());
  const auto upgrade = [&] {
    int found = 0;
    for (const mysql::Migration& migration : *migrations) {
      if (!absl::EndsWith(migration.name, "_credit_policy_in_force.sql")) continue;
      for (const std::string& statement : mysql::SplitStatements(migration.sql)) harness().db().Execute(statement);
      ++found;
    }
    EXPECT_EQ(found, 1);
  };
  upgrade();
  EXPECT_EQ(Get(newest).state(), pb::CREDIT_POLICY_STATE_IN_FORCE);
  EXPECT_EQ(Get(first).state(), pb::CREDIT_POLICY_STATE_REPLACED);
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) FROM credit_policies WHERE state = 'REPLACED' AND id = '",
                             IdOf(archived), "'")),
            D("1"));
  EXPECT_THAT(Enter(NewContract(account_, /*credit=*/true), "1"), IsOk());

  const auto checks = [&] {
    return Sql(
        absl::StrCat("SELECT CAST(COUNT(due_id) AS CHAR) FROM due_items WHERE done_time IS NULL AND kind = "
                     "'receivable.check' AND resource = '",
                     newest, "'"));
  };
  const auto raised = [&] {
    int count = 0;
    for (const pb::ReceivableAlarm& alarm : Alarms(kapm_)) count += alarm.account() == account ? 1 : 0;
    return count;
  };
  EXPECT_EQ(checks(), D("0"));
  for (int round = 0; round < 2; ++round) {
    ASSERT_THAT(ScheduleAdoption(harness().runtime()), IsOk());
    ASSERT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
    EXPECT_EQ(checks(), D("1"));
  }
  EXPECT_EQ(raised(), 0);
  NextDay();
  EXPECT_EQ(raised(), 1);
  EXPECT_EQ(checks(), D("1"));
  harness().clock().Advance(-absl::Hours(24));
  harness().db().Execute("DELETE FROM receivable_alarms");  // Other tests count theirs.

  // One that was published meanwhile stays in force.
  forget(first);
  upgrade();
  EXPECT_EQ(Get(newest).state(), pb::CREDIT_POLICY_STATE_IN_FORCE);
  EXPECT_EQ(Get(first).state(), pb::CREDIT_POLICY_STATE_REPLACED);
}

// C-34: of several that are published at once one holds.
TEST_F(CreditPolicyTest, OnePolicyHolds) {
  std::vector<std::string> drafts;
  for (int i = 0; i < 4; ++i) drafts.push_back(Draft("overdue_block_days: 30").name());
  std::vector<std::thread> threads;
  for (const std::string& draft : drafts) {
    threads.emplace_back([&, draft] {
      const auto answer = Publish(sd_, draft);
      if (!answer.ok()) {
        EXPECT_THAT(answer, HasReason("POLICY_PUBLISHED_MEANWHILE"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Sql("SELECT CAST(COUNT(*) AS CHAR) FROM credit_policies WHERE state = 'IN_FORCE' AND archive_time IS NULL"),
            D("1"));
}

// C-32: whoever answers for a region or an account is told when more is owed than the company wants.
TEST_F(CreditPolicyTest, WhatIsBeyondACapIsAlarmedUntilItIsNot) {
  const std::string id = harness().NewId(), region = absl::StrCat("R", harness().NewId());
  harness().AddAccountScope(id, kax_.employee, kax_.employee, region, "Customer");
  const std::string account = absl::StrCat("accounts/", id);
  const std::string item = Owe(account, "500");
  ASSERT_THAT(Publish(sd_, Draft(absl::StrCat("caps { region: '", region, "' cap ", MoneyText("400"),
                                              " } caps { account: '", account, "' cap ", MoneyText("499"), " }"))
                               .name()),
              IsOk());
  EXPECT_THAT(Alarms(kapm_), ::testing::IsEmpty());
  NextDay();
  const std::vector<pb::ReceivableAlarm> raised = Alarms(kapm_);
  ASSERT_EQ(raised.size(), 2u);
  const pb::ReceivableAlarm& of_account = raised[raised[0].account().empty() ? 1 : 0];
  const pb::ReceivableAlarm& of_region = raised[raised[0].account().empty() ? 0 : 1];
  EXPECT_EQ(of_region.region(), region);
  EXPECT_EQ(Amount(of_region.cap()), D("400"));
  EXPECT_EQ(Amount(of_region.receivables()), D("500"));
  EXPECT_EQ(of_account.account(), account);
  ASSERT_EQ(Alarms(kax_).size(), 1u) << "the one of his own account";
  EXPECT_THAT(Alarms(other_kax_), ::testing::IsEmpty());

  const auto acknowledge = [&](const auth::Principal& who, const std::string& more) {
    return Call<pb::ReceivableAlarm, pb::AcknowledgeReceivableAlarmRequest>(
        who, absl::StrCat(kReceivables, "AcknowledgeReceivableAlarm"),
        absl::StrCat("name: '", of_account.name(), "' ", more));
  };
  EXPECT_THAT(acknowledge(kax_, "measure: 'x'"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(acknowledge(kapm_, ""), HasReason("FIELD_REQUIRED"));
  ASSERT_THAT(acknowledge(kapm_, "measure: 'visit on Friday'"), IsOk());
  NextDay();
  EXPECT_EQ(Alarms(kapm_).size(), 2u) << "one alarm of a subject";

  const auto turnover = [&](const auth::Principal& who, const std::string& more) {
    return Do<pb::GetTurnoverDaysResponse, pb::GetTurnoverDaysRequest>(
        who, absl::StrCat(kReceivables, "GetTurnoverDays"),
        absl::StrCat("from_date: '2025-12-01' to_date: '2026-01-06' ", more));
  };
  const std::string by_region = absl::StrCat("region: '", region, "'");
  ASSERT_EQ(turnover(kapm_, by_region).rows_size(), 1);
  EXPECT_TRUE(turnover(kapm_, by_region).rows(0).over_cap());
  EXPECT_FALSE(turnover(kax_, by_region).rows(0).over_cap()) << "he does not see all of the region";
  EXPECT_TRUE(turnover(kax_, absl::StrCat("account: '", account, "'")).rows(0).over_cap());
  const auto trend = turnover(kapm_, by_region + " monthly: true");
  ASSERT_EQ(trend.rows_size(), 2);
  EXPECT_EQ(trend.rows(0).month(), "2025-12");
  EXPECT_EQ(Amount(trend.rows(0).closing()), D("0"));
  EXPECT_EQ(trend.rows(1).month(), "2026-01");
  EXPECT_EQ(Amount(trend.rows(1).closing()), D("500"));
  EXPECT_THAT((Call<pb::GetTurnoverDaysResponse, pb::GetTurnoverDaysRequest>(
                  kapm_, absl::StrCat(kReceivables, "GetTurnoverDays"),
                  "from_date: '2020-01-01' to_date: '2026-01-06' monthly: true")),
              HasReason("PERIOD_INVALID"));

  Pay(account, "100", item);
  NextDay();
  for (const pb::ReceivableAlarm& alarm : Alarms(kapm_)) {
    EXPECT_EQ(alarm.state(), pb::RECEIVABLE_ALARM_STATE_CLEARED) << alarm.DebugString();
  }
  harness().clock().Advance(-absl::Hours(72));
}

// C-32, C-34: a dispute takes an item out of what blocks the customer, not out of what he owes; a write-off takes two.
TEST_F(CreditPolicyTest, ItemsArePromisedDisputedAndWrittenOff) {
  ASSERT_THAT(Publish(sd_, Draft("unset_limit_type: CREDIT_LIMIT_TYPE_UNLIMITED overdue_block_days: 1").name()),
              IsOk());
  const std::string contract = NewContract(account_, /*credit=*/true);
  const std::string name = Owe(account_, "100");
  harness().clock().Advance(absl::Hours(24 * 30));  // Two days after it was due.
  const auto verb = [&](const auth::Principal& who, auto request, const std::string& method, const std::string& more) {
    return Call<pb::ReceivableItem, decltype(request)>(who, absl::StrCat(kReceivables, method),
                                                       absl::StrCat("name: '", name, "' ", more));
  };
  const auto get = [&] {
    return Do<pb::ReceivableItem, kam::api::GetRequest>(fd_, absl::StrCat(kReceivables, "GetReceivableItem"),
                                                        absl::StrCat("name: '", name, "'"));
  };
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_OVERDUE"));
  const std::string half = absl::StrCat("reason: 'wrong colour' amount ", MoneyText("50"));
  EXPECT_THAT(verb(kam_, pb::DisputeReceivableRequest(), "DisputeReceivable", half),
              StatusIs(absl::StatusCode::kPermissionDenied))
      << "not by who sells";
  ASSERT_THAT(verb(fd_, pb::DisputeReceivableRequest(), "DisputeReceivable", half), IsOk());
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_OVERDUE")) << "the other half is overdue";
  ASSERT_THAT(verb(fd_, pb::DisputeReceivableRequest(), "DisputeReceivable",
                   absl::StrCat("reason: 'all of it' amount ", MoneyText("100"))),
              IsOk());
  EXPECT_EQ(get().state(), pb::RECEIVABLE_STATE_DISPUTED);
  EXPECT_THAT(Enter(contract, "1"), IsOk());
  EXPECT_EQ(Amount(Exposure(account_).open()), D("100")) << "it is owed all the same";
  ASSERT_THAT(verb(fd_, pb::SettleReceivableDisputeRequest(), "SettleReceivableDispute", "reason: 'he agrees'"),
              IsOk());
  EXPECT_THAT(Enter(contract, "1"), HasReason("CREDIT_OVERDUE"));

  EXPECT_THAT(
      verb(kax_, pb::PromiseReceivableRequest(), "PromiseReceivable", "promised_date: '9999-12-31' promiser: 'Wang'"),
      HasReason("PROMISE_DATE_INVALID"));
  ASSERT_THAT(
      verb(kax_, pb::PromiseReceivableRequest(), "PromiseReceivable", "promised_date: '2026-02-05' promiser: 'Wang'"),
      IsOk());
  EXPECT_EQ(get().state(), pb::RECEIVABLE_STATE_PROMISED);
  harness().clock().Advance(absl::Hours(48));
  EXPECT_THAT(scheduler().RunDue(harness().clock().Now(), absl::InfiniteFuture()), IsOk());
  EXPECT_EQ(get().state(), pb::RECEIVABLE_STATE_OPEN);
  EXPECT_EQ(get().broken_promises(), 1);

  const std::string some = absl::StrCat("reason: 'bankrupt' amount ", MoneyText("70"));
  ASSERT_THAT(verb(kam_, pb::ProposeReceivableWriteOffRequest(), "ProposeReceivableWriteOff", some), IsOk());
  const auto decide = [&](const auth::Principal& who) {
    return verb(who, pb::DecideReceivableWriteOffRequest(), "DecideReceivableWriteOff",
                absl::StrCat("approve: true etag: '", get().etag(), "'"));
  };
  EXPECT_THAT(decide(kam_), StatusIs(absl::StatusCode::kPermissionDenied));
  auth::Principal both = kam_;
  both.grants["receivable.decide_write_off"] = auth::Level::kAll;
  EXPECT_THAT(decide(both), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(decide(fd_), IsOk());
  EXPECT_EQ(Amount(get().open()), D("30"));
  EXPECT_EQ(Amount(get().written_off()), D("70"));
  EXPECT_EQ(Amount(Exposure(account_).open()), D("30"));
  ExpectBooksRight(account_);
  EXPECT_THAT(decide(fd_), HasReason("WRITE_OFF_MISSING"));
  Pay(account_, "30", name);
  EXPECT_EQ(get().state(), pb::RECEIVABLE_STATE_WRITTEN_OFF);
  ExpectBooksRight(account_);
  harness().clock().Advance(-absl::Hours(24 * 32));
}

// C-29: a paper is passed in time, and what is not is on a list.
TEST_F(CreditPolicyTest, PapersThatAreNotConfirmedAreListed) {
  SetLimit(account_, "UNLIMITED", "");
  const auto order = Enter(NewContract(account_, /*credit=*/true), "4");
  ASSERT_THAT(order, IsOk());
  Review(order->name());
  Release(order->name());
  Deliver(order->name(), "4");
  const std::string invoice = Invoice(order->name()).name();
  const auto open = [&](const auth::Principal& who, const std::string& more = {}) {
    const auto answer = Do<pb::ListOpenHandoversResponse, pb::ListOpenHandoversRequest>(
        who, absl::StrCat(kInvoices, "ListOpenHandovers"), absl::StrCat("account: '", account_, "' ", more));
    return std::vector<pb::OpenHandover>(answer.handovers().begin(), answer.handovers().end());
  };
  ASSERT_EQ(open(kam_).size(), 1u) << "nobody has it";
  EXPECT_EQ(open(kam_)[0].handover(), 0);
  EXPECT_EQ(open(kam_)[0].due_date(), "2026-01-08");
  EXPECT_THAT(open(other_kax_), ::testing::IsEmpty());
  const auto pass = [&](const std::string& more) {
    return Call<pb::Invoice, pb::PassInvoiceRequest>(
        acc_, absl::StrCat(kInvoices, "PassInvoice"),
        absl::StrCat("name: '", invoice, "' receiver: '", kax_.subject, "' ", more));
  };
  EXPECT_THAT(pass("document: 'invoice' due_date: '2026-01-04'"), HasReason("DUE_DATE_INVALID"));
  const absl::StatusOr<pb::Invoice> far = pass("document: 'invoice' due_date: '2026-02-05'");
  EXPECT_THAT(far, HasReason("DUE_DATE_INVALID")) << "it would never be late";
  EXPECT_EQ(MetadataValue(far.status(), "latest"), "2026-02-04");
  ASSERT_THAT(pass("document: 'invoice'"), IsOk());
  ASSERT_THAT(pass("document: 'delivery note' due_date: '2026-01-06'"), IsOk());
  const std::vector<pb::OpenHandover> both = open(kam_);
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].document(), "delivery note") << "the earliest day first";
  EXPECT_EQ(both[1].due_date(), "2026-01-08");
  EXPECT_EQ(both[1].receiver(), kax_.subject);
  EXPECT_THAT(open(kam_, "overdue_only: true"), ::testing::IsEmpty());
  harness().clock().Advance(absl::Hours(48));
  const std::vector<pb::OpenHandover> late = open(kam_, "overdue_only: true");
  ASSERT_EQ(late.size(), 1u);
  EXPECT_TRUE(late[0].overdue());
  // Page by page each once.
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = Do<pb::ListOpenHandoversResponse, pb::ListOpenHandoversRequest>(
        kam_, absl::StrCat(kInvoices, "ListOpenHandovers"),
        absl::StrCat("account: '", account_, "' page_size: 1 page_token: '", token, "'"));
    for (const auto& one : page.handovers()) seen.push_back(one.document());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(seen, ::testing::ElementsAre("delivery note", "invoice"));
  Do<pb::Invoice, pb::AcknowledgeInvoiceRequest>(kax_, absl::StrCat(kInvoices, "AcknowledgeInvoice"),
                                                 absl::StrCat("name: '", invoice, "' handover: 2"));
  EXPECT_EQ(open(kam_).size(), 1u);
  harness().clock().Advance(-absl::Hours(48));
}

// C-32: what two have given up is not waited for, and no clerk makes it owed again.
TEST_F(CreditPolicyTest, AWriteOffEndsTheOrderAndHoldsItsInvoice) {
  SetLimit(account_, "UNLIMITED", "");
  const auto invoiced = [&](const std::string& quantity) {
    const std::string order = Enter(NewContract(account_, /*credit=*/true), quantity)->name();
    Review(order);
    Release(order);
    Deliver(order, quantity);
    return Invoice(order);
  };
  const auto cancel = [&](const std::string& invoice) {
    return Call<pb::Invoice, pb::CancelInvoiceRequest>(acc_, absl::StrCat(kInvoices, "CancelInvoice"),
                                                       absl::StrCat("name: '", invoice, "' reason: 'wrong price'"));
  };
  const auto state = [&](const pb::Invoice& invoice) { return GetOrder(invoice.order()).state(); };

  const pb::Invoice part = invoiced("4");
  ASSERT_EQ(Amount(part.total()), D("40"));
  Pay(account_, "15.01", part.name());
  EXPECT_EQ(Amount(WriteOff(part.name(), "24.98").open()), D("0.01"));
  EXPECT_EQ(state(part), order::v1::ORDER_STATE_DELIVERED) << "a cent is owed";
  EXPECT_EQ(WriteOff(part.name(), "0.01").state(), pb::RECEIVABLE_STATE_WRITTEN_OFF);
  EXPECT_EQ(state(part), order::v1::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);

  // The last payment ends the order as well when the write-off came first.
  const pb::Invoice later = invoiced("3");
  WriteOff(later.name(), "10");
  EXPECT_EQ(state(later), order::v1::ORDER_STATE_DELIVERED);
  Pay(account_, "20", later.name());
  EXPECT_EQ(state(later), order::v1::ORDER_STATE_SETTLED);
  ExpectBooksRight(account_);

  const pb::Invoice whole = invoiced("2");
  WriteOff(whole.name(), "5");
  const absl::StatusOr<pb::Invoice> refused = cancel(whole.name());
  EXPECT_THAT(refused, HasReason("INVOICE_WRITTEN_OFF"));
  EXPECT_EQ(MetadataValue(refused.status(), "writtenOff"), "5");
  EXPECT_EQ(WriteOff(whole.name(), "15").state(), pb::RECEIVABLE_STATE_WRITTEN_OFF);
  EXPECT_EQ(state(whole), order::v1::ORDER_STATE_SETTLED);
  EXPECT_THAT(cancel(whole.name()), HasReason("INVOICE_WRITTEN_OFF"));
  ExpectBooksRight(account_);
  EXPECT_THAT(cancel(invoiced("1").name()), IsOk()) << "nothing was given up of this one";
}

}  // namespace
}  // namespace kam::contract::testing
