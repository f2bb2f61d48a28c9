// Every state and every verb of contracts and of the documents about them: C-09 - C-17.
#include "contract-svc/testing/state_fixture.h"
#include "kam/contract/v1/agreement_service.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/archive_service.pb.h"
#include "kam/contract/v1/blank_form_service.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/contract/v1/dispute_service.pb.h"
#include "kam/contract/v1/obligation_service.pb.h"
#include "kam/contract/v1/rebate_service.pb.h"

namespace kam::contract::testing {
namespace {

// C-10, C-11, C-12
TEST_F(StateTest, ContractVerbs) {
  CheckAllPairs(google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName("kam.contract.v1.ContractState"),
                kContracts, "contracts", NewContract(account_, /*credit=*/false),
                {{"SubmitContract", {"DRAFT", "RETURNED"}},
                 {"ReviewContract", {"IN_REVIEW"}},
                 {"WithdrawContract", {"IN_REVIEW", "APPROVED"}},
                 {"SignContract", {"APPROVED"}},
                 {"ActivateContract", {"SIGNED"}},
                 {"SuspendContract", {"ACTIVE", "EXPIRING"}},
                 {"ResumeContract", {"SUSPENDED"}},
                 {"TerminateContract", {"SIGNED", "ACTIVE", "SUSPENDED", "EXPIRING"}},
                 {"RenewContract", {"ACTIVE", "EXPIRING", "CLOSED"}},
                 {"DeclineContractRenewal", {"ACTIVE", "EXPIRING", "SUSPENDED", "TERMINATED", "CLOSED"}},
                 {"CloseContract", {"ACTIVE", "EXPIRING"}}});
}

// C-09, C-13, C-15, C-17: the other documents about contracts.
TEST_F(StateTest, DocumentsAboutContracts) {
  const std::string contract = NewContract(account_, /*credit=*/false);
  const auto obligation = Do<v1::Obligation, v1::CreateObligationRequest>(
      kax_, "kam.contract.v1.ObligationService/CreateObligation",
      absl::StrCat("obligation { contract: '", contract,
                   "' kind: OBLIGATION_KIND_SERVICE title: 'Training' due_date: '2026-02-01' target_quantity: '1' }"));
  CheckAllPairs(
      v1::ObligationState_descriptor(), "kam.contract.v1.ObligationService/", "obligations", obligation.name(),
      {{"RecordFulfilment", {"IN_FORCE", "OVERDUE", "DISPUTED"}}, {"TerminateObligation", {"IN_FORCE", "OVERDUE"}}});
  const auto dispute = Do<v1::ContractDispute, v1::CreateContractDisputeRequest>(
      kax_, "kam.contract.v1.DisputeService/CreateContractDispute",
      absl::StrCat("contract_dispute { contract: '", contract, "' title: 't' statement: 's' }"));
  CheckAllPairs(v1::ContractDisputeState_descriptor(), "kam.contract.v1.DisputeService/", "contract_disputes",
                dispute.name(),
                {{"TakeContractDispute", {"OPEN"}},
                 {"LitigateContractDispute", {"NEGOTIATING"}},
                 {"SettleContractDispute", {"NEGOTIATING", "LITIGATING"}},
                 {"WithdrawContractDispute", {"OPEN"}}});
  const auto agreement = Do<v1::Agreement, v1::CreateAgreementRequest>(
      fd_, "kam.contract.v1.AgreementService/CreateAgreement",
      absl::StrCat(
          "agreement { kind: AGREEMENT_KIND_TRIPARTITE_FINANCING title: 't' counterparty: 'c' keeper: '", fd_.subject,
          "' start_date: '2026-01-01' end_date: '2026-12-31' currency: 'CNY' purposes: 'vans' financing_limit ",
          MoneyText("100"), " }"));
  Do<v1::Agreement, v1::SignAgreementRequest>(
      kapm_, "kam.contract.v1.AgreementService/SignAgreement",
      absl::StrCat("name: '", agreement.name(), "' etag: '", agreement.etag(), "' document: 'd'"));
  const auto drawing = Do<v1::FinancingDrawing, v1::CreateFinancingDrawingRequest>(
      acc_, "kam.contract.v1.AgreementService/CreateFinancingDrawing",
      absl::StrCat("financing_drawing { agreement: '", agreement.name(), "' amount ", MoneyText("1"),
                   " purpose: 'vans' document: 'd' due_date: '2026-02-01' }"));
  CheckAllPairs(v1::AgreementState_descriptor(), "kam.contract.v1.AgreementService/", "agreements", agreement.name(),
                {{"SignAgreement", {"DRAFT"}}, {"TerminateAgreement", {"IN_FORCE", "EXPIRING"}}},
                {"RepayFinancingDrawing"});
  // It is repaid more than once here.
  harness().db().Execute(
      absl::StrCat("UPDATE agreements SET outstanding_amount = 100, outstanding_currency = 'CNY' WHERE "
                   "id = '",
                   IdOf(agreement.name()), "'"));
  CheckAllPairs(v1::FinancingDrawingState_descriptor(), "kam.contract.v1.AgreementService/", "financing_drawings",
                drawing.name(), {{"RepayFinancingDrawing", {"OUTSTANDING", "OVERDUE"}}},
                {"SignAgreement", "TerminateAgreement"});
}

// C-14
TEST_F(StateTest, AmendmentVerbs) {
  const auto amendment = Do<v1::Amendment, v1::CreateAmendmentRequest>(
      kax_, "kam.contract.v1.AmendmentService/CreateAmendment",
      absl::StrCat("amendment { contract: '", NewContract(account_, /*credit=*/false),
                   "' title: 'Change' change_reason: 'market' effective_date: '2026-01-06' actions { kind: "
                   "AMENDMENT_ACTION_KIND_STOP_LINE line_number: 1 } }"));
  CheckAllPairs(v1::AmendmentState_descriptor(), "kam.contract.v1.AmendmentService/", "amendments", amendment.name(),
                {{"SubmitAmendment", {"DRAFT", "RETURNED"}},
                 {"ReviewAmendment", {"IN_REVIEW"}},
                 {"WithdrawAmendment", {"IN_REVIEW", "APPROVED"}},
                 {"ApplyAmendment", {"APPROVED"}},
                 {"CancelAmendment", {"DRAFT", "RETURNED", "IN_REVIEW", "APPROVED"}}});
}

// C-15
TEST_F(StateTest, BorrowingVerbs) {
  constexpr char kArchives[] = "kam.contract.v1.ArchiveService/";
  const auto archive = Do<v1::ContractArchive, v1::CreateContractArchiveRequest>(
      kax_, absl::StrCat(kArchives, "CreateContractArchive"),
      absl::StrCat("contract_archive { contract: '", NewContract(account_, /*credit=*/false),
                   "' place: 'Room 3' documents { title: 'contract' content_sha256: '", std::string(64, 'a'), "' } }"));
  const auto borrowing = Do<v1::ArchiveBorrowing, v1::CreateArchiveBorrowingRequest>(
      harness().PrincipalFor("CSM", IdOf(kam_.subject), kam_.department),
      absl::StrCat(kArchives, "CreateArchiveBorrowing"),
      absl::StrCat("archive_borrowing { archive: '", archive.name(), "' borrower: '", leg_.subject,
                   "' purpose: 'claim' due_date: '2026-01-12' }"));
  CheckAllPairs(v1::ArchiveBorrowingState_descriptor(), kArchives, "archive_borrowings", borrowing.name(),
                {{"ReturnArchiveBorrowing", {"OUT", "OVERDUE"}}});
}

// C-17
TEST_F(StateTest, BlankFormVerbs) {
  constexpr char kForms[] = "kam.contract.v1.BlankFormService/";
  const auth::Principal keeper = harness().PrincipalFor("GAD", IdOf(kam_.subject), kam_.department);
  Do<v1::BlankFormsMoved, v1::ReceiveBlankFormsRequest>(keeper, absl::StrCat(kForms, "ReceiveBlankForms"),
                                                        "form_type: 'STATES' first_number: 1 last_number: 1");
  const auto forms = Do<v1::ListBlankFormsResponse, kam::api::ListRequest>(
      keeper, absl::StrCat(kForms, "ListBlankForms"), "filter: \"form_type = 'STATES'\"");
  ASSERT_EQ(forms.blank_forms_size(), 1);
  CheckAllPairs(
      v1::BlankFormState_descriptor(), kForms, "blank_forms", forms.blank_forms(0).name(),
      {{"ReturnBlankForm", {"ISSUED"}}, {"UseBlankForm", {"ISSUED"}}, {"VoidBlankForm", {"IN_STOCK", "ISSUED"}}});
}

// C-09
TEST_F(StateTest, RebateVerbs) {
  constexpr char kRebates[] = "kam.contract.v1.RebateService/";
  const auto contract = Do<kam::api::BatchUpsertResponse, v1::BatchUpsertContractsRequest>(
      erp_, absl::StrCat(kContracts, "BatchUpsertContracts"),
      absl::StrCat("contracts { external_ids { system: 'erp' id: '", harness().NewId(), "' } account: '", account_,
                   "' title: 'Framework' currency: 'CNY' state: CONTRACT_STATE_ACTIVE start_date: '2026-01-01' "
                   "end_date: '2026-12-31' payment: CONTRACT_PAYMENT_CREDIT terms_days: 30 rebate_tiers { from_volume: "
                   "'1' percent: '2' } lines { product: '",
                   product_a_, "' quantity: '10' unit_price ", MoneyText("10"), " } }"));
  SetLimit(account_, "UNLIMITED", "");
  const std::string order = Enter(contract.results(0).name(), "3")->name();
  Review(order);
  Release(order);
  Deliver(order, "3");
  Invoice(order);
  const auto settlement = Do<v1::RebateSettlement, v1::CreateRebateSettlementRequest>(
      kam_, absl::StrCat(kRebates, "CreateRebateSettlement"),
      absl::StrCat("rebate_settlement { contract: '", contract.results(0).name(),
                   "' kind: REBATE_SETTLEMENT_KIND_PARTIAL until_date: '2026-01-05' }"));
  // Paid once here, so that the credit note is not in the way of the other states.
  CheckAllPairs(v1::RebateSettlementState_descriptor(), kRebates, "rebate_settlements", settlement.name(),
                {{"DecideRebateSettlement", {"PROPOSED", "APPROVED"}}, {"PayRebateSettlement", {"APPROVED"}}});
}

}  // namespace
}  // namespace kam::contract::testing
