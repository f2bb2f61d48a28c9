// Obligations, disputes and renewal over real gRPC and MariaDB. C-13, C-16; golden case G31.
#include <functional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/performance_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {
namespace {

using kam::testing::HasReason;
using kam::testing::IsOk;
using kam::testing::StatusIs;
using v1::Contract;
using v1::ContractDispute;
using v1::Obligation;
using v1::RebateSettlement;

// C-13: overdue once, disputed before the legal department, goes on after the settlement, ends with the contract.
TEST_F(PerformanceTest, ObligationFromDueDayToDisputeAndEnd) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const auto create = [&](const std::string& due) {
    return Do<Obligation, v1::CreateObligationRequest>(
        kax_, absl::StrCat(kObligations, "CreateObligation"),
        absl::StrCat("obligation { contract: '", contract,
                     "' kind: OBLIGATION_KIND_PAYMENT title: 'First instalment' "
                     "due_date: '",
                     due, "' target_amount ", MoneyText("500"), " }"));
  };
  const auto read = [&](const std::string& name) {
    return Do<Obligation, kam::api::GetRequest>(kax_, absl::StrCat(kObligations, "GetObligation"),
                                                absl::StrCat("name: '", name, "'"));
  };
  const std::string name = create("2026-01-20").name();
  const std::string later = create("2026-06-30").name();
  GoTo(2026, 1, 21);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  EXPECT_EQ(read(name).overdue_date(), "2026-01-21");
  const std::string etag = read(name).etag();
  GoTo(2026, 1, 25);
  EXPECT_EQ(read(name).etag(), etag) << "overdue is said once";
  EXPECT_EQ(read(later).state(), v1::OBLIGATION_STATE_IN_FORCE);
  const auto change = [&](const auth::Principal& who, const std::string& of, const std::string& fields) {
    return Call<Obligation, v1::UpdateObligationRequest>(who, absl::StrCat(kObligations, "UpdateObligation"),
                                                         absl::StrCat("obligation { name: '", of, "' ", fields, " }"));
  };
  // Who is measured by it does not put off the day that has passed, nor ask for less; before the day he plans.
  EXPECT_THAT(change(kax_, name, "due_date: '2027-01-20'"), HasReason("SUPERVISION_REQUIRED"));
  EXPECT_THAT(change(kax_, name, absl::StrCat("target_amount ", MoneyText("1"))), HasReason("SUPERVISION_REQUIRED"));
  EXPECT_THAT(change(kax_, name, "title: 'Instalment 1'"), IsOk());
  EXPECT_THAT(change(kax_, later, "due_date: '2026-06-29'"), IsOk());
  const absl::StatusOr<Obligation> put_off = change(kam_, name, "due_date: '2026-01-26'");
  ASSERT_THAT(put_off, IsOk());
  EXPECT_EQ(put_off->state(), v1::OBLIGATION_STATE_IN_FORCE);
  ASSERT_THAT(change(kam_, name, "due_date: '2026-01-20'"), IsOk());
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  const auto raise = [&] {
    return Call<ContractDispute, v1::CreateContractDisputeRequest>(
        kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
        absl::StrCat("contract_dispute { contract: '", contract, "' obligation: '", name,
                     "' title: 'Instalment withheld' statement: 'The customer says...' claimed_amount ",
                     MoneyText("500"), " }"));
  };
  const absl::StatusOr<ContractDispute> dispute = raise();
  ASSERT_THAT(dispute, IsOk());
  EXPECT_THAT(raise(), HasReason("DISPUTE_OPEN"));
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_DISPUTED);
  EXPECT_EQ(read(name).dispute(), dispute->name());
  const auto settle = [&](const auth::Principal& who) {
    return Call<ContractDispute, v1::SettleContractDisputeRequest>(
        who, absl::StrCat(kDisputes, "SettleContractDispute"),
        absl::StrCat("name: '", dispute->name(), "' resolution: 'pays 400' settled_amount ", MoneyText("400")));
  };
  EXPECT_THAT(settle(leg_), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT((Call<ContractDispute, v1::TakeContractDisputeRequest>(
                  kam_, absl::StrCat(kDisputes, "TakeContractDispute"), absl::StrCat("name: '", dispute->name(), "'"))),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT((Call<ContractDispute, v1::TakeContractDisputeRequest>(
                  leg_, absl::StrCat(kDisputes, "TakeContractDispute"), absl::StrCat("name: '", dispute->name(), "'"))),
              IsOk());
  const absl::StatusOr<ContractDispute> settled = settle(leg_);
  ASSERT_THAT(settled, IsOk());
  EXPECT_EQ(settled->handler(), leg_.subject);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_OVERDUE);
  const auto pay = [&](const std::string& amount, const std::string& id) {
    return Call<Obligation, v1::RecordFulfilmentRequest>(
        kax_, absl::StrCat(kObligations, "RecordFulfilment"),
        absl::StrCat("name: '", name, "' amount ", MoneyText(amount), " note: 'R-1' ", id));
  };
  // G31
  const std::string id = "request_id: '0190f3f4-7a1b-7c3d-9e4f-5a6b7c8d9e11'";
  ASSERT_THAT(pay("300", id), IsOk());
  ASSERT_THAT(pay("300", id), IsOk());
  EXPECT_EQ(read(name).deviation(), "-200");
  ASSERT_THAT(pay("200", ""), IsOk());
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(read(name).days_late(), 5);
  Do<Contract, v1::ActivateContractRequest>(kam_, absl::StrCat(kContracts, "ActivateContract"),
                                            absl::StrCat("name: '", contract, "'"));
  EXPECT_THAT((Call<Contract, v1::CloseContractRequest>(kam_, absl::StrCat(kContracts, "CloseContract"),
                                                        absl::StrCat("name: '", contract, "'"))),
              HasReason("OBLIGATIONS_OPEN"));
  Do<Contract, v1::TerminateContractRequest>(kapm_, absl::StrCat(kContracts, "TerminateContract"),
                                             absl::StrCat("name: '", contract, "' reason: 'insolvency'"));
  EXPECT_EQ(read(later).state(), v1::OBLIGATION_STATE_TERMINATED);
  EXPECT_EQ(read(name).state(), v1::OBLIGATION_STATE_COMPLETED);
}

// C-13: a typing mistake in what was done is taken back by who supervises, once, for a reason; the lines stay.
TEST_F(PerformanceTest, AMistakenFulfilmentIsTakenBack) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string name =
      Do<Obligation, v1::CreateObligationRequest>(
          kax_, absl::StrCat(kObligations, "CreateObligation"),
          absl::StrCat("obligation { contract: '", contract,
                       "' kind: OBLIGATION_KIND_SERVICE title: 'Training' due_date: '2026-06-30' target_quantity: "
                       "'10' }"))
          .name();
  const auto record = [&](const std::string& quantity) {
    return Do<Obligation, v1::RecordFulfilmentRequest>(
        kax_, absl::StrCat(kObligations, "RecordFulfilment"),
        absl::StrCat("name: '", name, "' quantity: '", quantity, "' fulfil_date: '2026-01-04'"));
  };
  const auto take_back = [&](const auth::Principal& who, int line, const std::string& reason) {
    return Call<Obligation, v1::TakeBackFulfilmentRequest>(
        who, absl::StrCat(kObligations, "TakeBackFulfilment"),
        absl::StrCat("name: '", name, "' fulfilment: ", line, " reason: '", reason, "'"));
  };
  EXPECT_EQ(record("100").state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_THAT(take_back(kax_, 1, "typed wrong"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(take_back(kam_, 1, " "), HasReason("REASON_REQUIRED"));
  EXPECT_THAT(take_back(kam_, 2, "typed wrong"), HasReason("FULFILMENT_UNKNOWN"));
  const absl::StatusOr<Obligation> open = take_back(kam_, 1, "typed wrong");
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->state(), v1::OBLIGATION_STATE_IN_FORCE);
  EXPECT_EQ(open->deviation(), "-10");
  EXPECT_EQ(open->completed_date(), "");
  ASSERT_EQ(open->fulfilments_size(), 2);
  EXPECT_EQ(open->fulfilments(1).reverses(), 1);
  EXPECT_THAT(take_back(kam_, 1, "typed wrong"), HasReason("FULFILMENT_TAKEN_BACK"));
  EXPECT_THAT(take_back(kam_, 2, "typed wrong"), HasReason("FULFILMENT_TAKEN_BACK"));
  const Obligation done = record("10");
  EXPECT_EQ(done.state(), v1::OBLIGATION_STATE_COMPLETED);
  EXPECT_EQ(done.completed_date(), "2026-01-04");
  EXPECT_EQ(done.deviation(), "0");
}

// C-09, C-13: the regional manager carries out and supervises the contracts of his region, of no other one.
TEST_F(PerformanceTest, ARegionalManagerSupervisesHisRegion) {
  const std::string id = harness().NewId();
  harness().AddAccountScope(id, IdOf(kax_.subject), IdOf(kax_.subject), "EAST", "Customer of the east");
  const std::string contract = NewContract(absl::StrCat("accounts/", id), /*credit=*/false);
  const auto manager = [&](const std::string& region) {
    const std::string employee = harness().NewId();
    harness().AddEmployeeScope(employee, kam_.department, region);
    return harness().PrincipalFor("RM", employee, kam_.department, {}, {region});
  };
  const auth::Principal east = manager("EAST"), west = manager("WEST");
  const std::string name =
      Do<Obligation, v1::CreateObligationRequest>(
          kax_, absl::StrCat(kObligations, "CreateObligation"),
          absl::StrCat("obligation { contract: '", contract,
                       "' kind: OBLIGATION_KIND_SERVICE title: 'Training' due_date: '2026-06-30' target_quantity: '2' "
                       "}"))
          .name();
  const auto fulfil = [&](const auth::Principal& who) {
    return Call<Obligation, v1::RecordFulfilmentRequest>(who, absl::StrCat(kObligations, "RecordFulfilment"),
                                                         absl::StrCat("name: '", name, "' quantity: '1'"));
  };
  EXPECT_THAT(fulfil(west), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(fulfil(east), IsOk());
  const auto activate = [&](const auth::Principal& who) {
    return Call<Contract, v1::ActivateContractRequest>(who, absl::StrCat(kContracts, "ActivateContract"),
                                                       absl::StrCat("name: '", contract, "'"));
  };
  EXPECT_THAT(activate(west), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(activate(east), IsOk());
  const auto end = [&](const auth::Principal& who) {
    return Call<Obligation, v1::TerminateObligationRequest>(who, absl::StrCat(kObligations, "TerminateObligation"),
                                                            absl::StrCat("name: '", name, "' reason: 'given up'"));
  };
  EXPECT_THAT(end(west), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(end(east), IsOk());
}

// C-13: the termination of a contract ends all that was to be done, and what is disputed as soon as the dispute is
// over.
TEST_F(PerformanceTest, NothingOutlivesATerminatedContract) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  Do<Contract, v1::ActivateContractRequest>(kam_, absl::StrCat(kContracts, "ActivateContract"),
                                            absl::StrCat("name: '", contract, "'"));
  const auto create = [&] {
    return Do<Obligation, v1::CreateObligationRequest>(
               kax_, absl::StrCat(kObligations, "CreateObligation"),
               absl::StrCat("obligation { contract: '", contract,
                            "' kind: OBLIGATION_KIND_DELIVERY title: 'Spares' due_date: '2026-06-30' "
                            "target_quantity: '5' }"))
        .name();
  };
  const std::string disputed = create();
  const std::string many = create();
  // More than are ended at a time.
  harness().db().Execute(absl::StrCat(
      "INSERT INTO obligations (id, version, create_time, update_time, creator, updater, contract, account, kind, "
      "title, "
      "due_date, target_quantity, fulfilled_quantity, deviation, state) SELECT CONCAT(SUBSTRING(o.id, 1, 22), "
      "LPAD(n.n, "
      "4, '0')), 1, o.create_time, o.update_time, o.creator, o.updater, o.contract, o.account, o.kind, o.title, "
      "o.due_date, o.target_quantity, o.fulfilled_quantity, o.deviation, o.state FROM obligations o JOIN (SELECT a.d + "
      "10 * b.d + 100 * c.d AS n FROM (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
      "SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a, (SELECT 0 AS d UNION SELECT 1 UNION "
      "SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT "
      "9) b, (SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 "
      "UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) c) n WHERE o.id = '",
      IdOf(many), "'"));
  const std::string dispute =
      Do<ContractDispute, v1::CreateContractDisputeRequest>(
          kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
          absl::StrCat("contract_dispute { contract: '", contract, "' obligation: '", disputed,
                       "' title: 'Not delivered' statement: 'They say...' claimed_amount ", MoneyText("50"), " }"))
          .name();
  Do<Contract, v1::TerminateContractRequest>(kapm_, absl::StrCat(kContracts, "TerminateContract"),
                                             absl::StrCat("name: '", contract, "' reason: 'insolvency'"));
  const std::string of_contract = absl::StrCat("FROM obligations WHERE contract = '", IdOf(contract), "' AND ");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", of_contract, "term IS NOT NULL AND state = 'OPEN'")),
            D("0"));
  const std::string states = absl::StrCat(of_contract, "term IS NULL AND state ");
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'TERMINATED'")), D("1001"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'DISPUTED'")), D("1"));
  Do<ContractDispute, v1::WithdrawContractDisputeRequest>(
      kam_, absl::StrCat(kDisputes, "WithdrawContractDispute"),
      absl::StrCat("name: '", dispute, "' reason: 'no use any more'"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states, "= 'TERMINATED'")), D("1002"));
  EXPECT_EQ(Sql(absl::StrCat("SELECT CAST(COUNT(id) AS CHAR) ", states,
                             "= 'TERMINATED' AND state_reason = "
                             "'insolvency'")),
            D("1002"));
}

// C-16: the draft of a successor that is given up leaves the contract to be decided on again, by another draft; also
// one that is suspended is renewed and closed. The people who renew see what they renew.
TEST_F(PerformanceTest, ASuccessorIsGivenUpAndDraftedAnew) {
  const std::string name = NewFramework();
  const auth::Principal fee = harness().PrincipalFor("FEE", IdOf(kam_.subject), kam_.department);
  GoTo(2026, 11, 2);
  const auto renew = [&] {
    return Call<Contract, v1::RenewContractRequest>(fee, absl::StrCat(kContracts, "RenewContract"),
                                                    absl::StrCat("name: '", name, "'"));
  };
  const absl::StatusOr<Contract> first = renew();
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT((Call<Contract, kam::api::GetRequest>(fee, absl::StrCat(kContracts, "GetContract"),
                                                    absl::StrCat("name: '", first->name(), "'"))),
              IsOk());
  const auto cancel = [&](const std::string& draft) {
    return Do<Contract, v1::CancelContractRequest>(kam_, absl::StrCat(kContracts, "CancelContract"),
                                                   absl::StrCat("name: '", draft, "' reason: 'wrong period'"));
  };
  EXPECT_EQ(cancel(first->name()).state(), v1::CONTRACT_STATE_CANCELLED);
  EXPECT_EQ(Get(name).renewal_status(), v1::RENEWAL_STATUS_DUE);
  EXPECT_EQ(Get(name).successor(), "");
  Do<Contract, v1::SuspendContractRequest>(kam_, absl::StrCat(kContracts, "SuspendContract"),
                                           absl::StrCat("name: '", name, "' reason: 'late payments'"));
  const absl::StatusOr<Contract> second = renew();
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(second->name(), first->name());
  EXPECT_EQ(Get(name).successor(), second->name());
  EXPECT_EQ(Get(name).renewal_status(), v1::RENEWAL_STATUS_RENEWING);
  // Given up after the last day: nobody has said what becomes of it.
  harness().clock().Set(absl::FromCivil(absl::CivilDay(2027, 1, 2), absl::UTCTimeZone()));
  cancel(second->name());
  EXPECT_EQ(Get(name).renewal_status(), v1::RENEWAL_STATUS_LAPSED);
  EXPECT_THAT((Call<Contract, v1::ResumeContractRequest>(kam_, absl::StrCat(kContracts, "ResumeContract"),
                                                         absl::StrCat("name: '", name, "'"))),
              HasReason("CONTRACT_ENDED"));
  const absl::StatusOr<Contract> closed = Call<Contract, v1::CloseContractRequest>(
      kam_, absl::StrCat(kContracts, "CloseContract"), absl::StrCat("name: '", name, "'"));
  ASSERT_THAT(closed, IsOk());
  EXPECT_EQ(closed->state(), v1::CONTRACT_STATE_CLOSED);
}

// C-13: a change of an obligation waits for the contract before it takes the obligation, as the termination does.
TEST_F(PerformanceTest, ContractIsLockedBeforeItsObligation) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const std::string name = Do<Obligation, v1::CreateObligationRequest>(
                               kax_, absl::StrCat(kObligations, "CreateObligation"),
                               absl::StrCat("obligation { contract: '", contract,
                                            "' kind: OBLIGATION_KIND_DELIVERY title: 'Spares' due_date: '2026-06-30' "
                                            "target_quantity: '5' }"))
                               .name();
  const std::string dispute =
      Do<ContractDispute, v1::CreateContractDisputeRequest>(kam_, absl::StrCat(kDisputes, "CreateContractDispute"),
                                                            absl::StrCat("contract_dispute { contract: '", contract,
                                                                         "' title: 'Late' statement: 'They say...' "
                                                                         "claimed_amount ",
                                                                         MoneyText("50"), " }"))
          .name();
  const auto expect_waits = [&](const std::string& row, const std::function<void()>& write) {
    std::thread writer;
    absl::Status row_free = absl::UnknownError("not asked");  // Kept: a lock that is refused runs a transaction again.
    const auto deadline = absl::Now() + absl::Seconds(60);
    EXPECT_THAT(harness().runtime().database().RunInTransaction(
                    deadline,
                    [&](mysql::Connection& connection) -> absl::Status {
                      if (writer.joinable()) return absl::OkStatus();
                      RETURN_IF_ERROR(connection
                                          .Query("SELECT c.id FROM contracts c WHERE c.id = ? FOR UPDATE",
                                                 {mysql::Value(IdOf(contract))})
                                          .status());
                      writer = std::thread(write);
                      // Until it asks for the contract, which is ours.
                      for (;;) {
                        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                                         connection.Query("SELECT COUNT(p.id) FROM information_schema.processlist p "
                                                          "WHERE p.info LIKE '%FROM contracts t%FOR UPDATE%' AND p.id "
                                                          "<> CONNECTION_ID()"));
                        if (rows[0][0].integer() > 0) break;
                        if (absl::Now() > deadline) return absl::DeadlineExceededError("it never asked");
                      }
                      row_free = connection.Query(absl::StrCat(row, " FOR UPDATE NOWAIT")).status();
                      return absl::OkStatus();
                    }),
                IsOk());
    EXPECT_THAT(row_free, IsOk()) << row;
    if (writer.joinable()) writer.join();
  };
  expect_waits(absl::StrCat("SELECT b.id FROM obligations b WHERE b.id = '", IdOf(name), "'"), [&] {
    Do<Obligation, v1::UpdateObligationRequest>(kax_, absl::StrCat(kObligations, "UpdateObligation"),
                                                absl::StrCat("obligation { name: '", name, "' title: 'Parts' }"));
  });
  expect_waits(absl::StrCat("SELECT d.id FROM contract_disputes d WHERE d.id = '", IdOf(dispute), "'"), [&] {
    Do<ContractDispute, v1::WithdrawContractDisputeRequest>(kam_, absl::StrCat(kDisputes, "WithdrawContractDispute"),
                                                            absl::StrCat("name: '", dispute, "' reason: 'sorted out'"));
  });
}

// C-16: the reminder comes in time, the successor is a draft of its own, reasons and lists are kept.
TEST_F(PerformanceTest, RenewalFromReminderToLists) {
  const std::string renewed = NewFramework();
  const std::string declined = NewFramework();
  const std::string lapsed = NewFramework();
  GoTo(2026, 10, 31);
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_UNSPECIFIED);
  GoTo(2026, 11, 2);
  EXPECT_EQ(Get(renewed).state(), v1::CONTRACT_STATE_EXPIRING);
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_DUE);
  const absl::StatusOr<Contract> next = Call<Contract, v1::RenewContractRequest>(
      kam_, absl::StrCat(kContracts, "RenewContract"), absl::StrCat("name: '", renewed, "'"));
  ASSERT_THAT(next, IsOk());
  EXPECT_EQ(next->state(), v1::CONTRACT_STATE_DRAFT);
  EXPECT_EQ(next->predecessor(), renewed);
  EXPECT_EQ(next->start_date(), "2027-01-01");
  EXPECT_EQ(next->drafter(), kam_.subject);
  EXPECT_EQ(Get(renewed).successor(), next->name());
  EXPECT_THAT((Call<Contract, v1::RenewContractRequest>(kam_, absl::StrCat(kContracts, "RenewContract"),
                                                        absl::StrCat("name: '", renewed, "'"))),
              HasReason("RENEWAL_DECIDED"));
  const auto decline = [&](const std::string& name) {
    return Call<Contract, v1::DeclineContractRenewalRequest>(
        kam_, absl::StrCat(kContracts, "DeclineContractRenewal"),
        absl::StrCat("name: '", name, "' non_renewal_reason: NON_RENEWAL_REASON_PRICE"));
  };
  ASSERT_THAT(decline(declined), IsOk());
  // Declined after all, and renewed after all: with the draft that there is.
  ASSERT_THAT(decline(renewed), IsOk());
  const absl::StatusOr<Contract> again = Call<Contract, v1::RenewContractRequest>(
      kam_, absl::StrCat(kContracts, "RenewContract"), absl::StrCat("name: '", renewed, "'"));
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->name(), next->name());
  EXPECT_EQ(Get(renewed).renewal_status(), v1::RENEWAL_STATUS_RENEWING);
  const std::string unsigned_one = NewFramework();
  Do<Contract, v1::RenewContractRequest>(kam_, absl::StrCat(kContracts, "RenewContract"),
                                         absl::StrCat("name: '", unsigned_one, "'"));
  const auto list = [&] {
    return Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
        kax_, absl::StrCat(kContracts, "ReportContractRenewals"),
        "from_date: '2026-12-01' to_date: '2026-12-31' page_size: 200");
  };
  const auto has = [](const auto& rows, const std::string& name) {
    for (const auto& row : rows) {
      if (row.contract() == name) return true;
    }
    return false;
  };
  EXPECT_FALSE(has(list().renewed(), unsigned_one)) << "a draft is no renewal";
  EXPECT_TRUE(has(list().open(), unsigned_one));
  harness().db().Execute(
      absl::StrCat("UPDATE contracts SET renewal_status = 'RENEWED' WHERE id = '", IdOf(renewed), "'"));
  GoTo(2027, 1, 1);
  EXPECT_EQ(Get(unsigned_one).renewal_status(), v1::RENEWAL_STATUS_LAPSED) << "nobody signed its successor";
  EXPECT_EQ(Get(lapsed).renewal_status(), v1::RENEWAL_STATUS_LAPSED);
  EXPECT_EQ(Get(declined).renewal_status(), v1::RENEWAL_STATUS_NOT_RENEWED);
  const auto report = list();
  EXPECT_TRUE(has(report.renewed(), renewed));
  EXPECT_TRUE(has(report.not_renewed(), declined));
  EXPECT_TRUE(has(report.not_renewed(), lapsed));
  EXPECT_TRUE(has(report.not_renewed(), unsigned_one));
  EXPECT_FALSE(has(report.open(), renewed));
  // Page by page it is the same list.
  const auto whole = list();
  const int rows = whole.renewed_size() + whole.not_renewed_size() + whole.suspended_size() + whole.open_size();
  int paged = 0;
  std::string token;
  do {
    const auto page = Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
        kax_, absl::StrCat(kContracts, "ReportContractRenewals"),
        absl::StrCat("from_date: '2026-12-01' to_date: '2026-12-31' page_size: 1 page_token: '", token, "'"));
    const int found = page.renewed_size() + page.not_renewed_size() + page.suspended_size() + page.open_size();
    EXPECT_LE(found, 1);
    paged += found;
    token = page.next_page_token();
  } while (!token.empty() && paged <= rows);
  EXPECT_GT(rows, 1);
  EXPECT_EQ(paged, rows);
  const auto foreign = Do<v1::ReportContractRenewalsResponse, v1::ReportContractRenewalsRequest>(
      other_kax_, absl::StrCat(kContracts, "ReportContractRenewals"), "from_date: '2026-12-01' to_date: '2026-12-31'");
  EXPECT_FALSE(has(foreign.renewed(), renewed)) << "another owner's";
}

}  // namespace
}  // namespace kam::contract::testing
