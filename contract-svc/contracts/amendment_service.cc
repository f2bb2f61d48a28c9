// kam.contract.v1.AmendmentService (C-14).
#include "absl/strings/str_cat.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/authors.h"
#include "contract-svc/contracts/commitment_book.h"
#include "contract-svc/orders/terms.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/agreement.h"
#include "contract-svc/rules/amendment.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/rules/text.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/archive.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.AmendmentService";
constexpr char kDueReview[] = "amendment.review_overdue";
constexpr char kAnnualSign[] = "contract.sign_annual";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// The contract of an amendment, locked before the amendment is.
absl::StatusOr<pb::Contract> LockContract(UnitOfWork& work, const std::string& amendment) {
  ASSIGN_OR_RETURN(const std::string contract,
                   ReferenceOfRow(work, pb::Amendment::descriptor(), "contract", amendment));
  return work.Load<pb::Contract>(contract);
}

absl::StatusOr<pb::Contract> ContractOf(UnitOfWork& work, const pb::Amendment& amendment) {
  absl::StatusOr<pb::Contract> contract = work.Load<pb::Contract>(amendment.contract());
  if (absl::IsNotFound(contract.status())) {
    return InvalidField("amendment.contract", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", amendment.contract()}});
  }
  return contract;
}

void SetAmendmentHooks(const Context& context) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::Amendment>([](UnitOfWork& work, pb::Amendment* amendment) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *amendment));
    ASSIGN_OR_RETURN(const pb::Contract contract, ContractOf(work, *amendment));
    amendment->set_account(contract.account());
    if (!work.actor().is_program()) amendment->set_drafter(work.actor().subject);
    amendment->set_state(pb::AMENDMENT_STATE_DRAFT);
    return rules::CheckActions(*amendment, contract.currency());
  });
  hooks.on_update = resource::OnUpdate<pb::Amendment>(
      [](UnitOfWork& work, const pb::Amendment& before, pb::Amendment* after) -> absl::Status {
        if (before.state() != pb::AMENDMENT_STATE_DRAFT && before.state() != pb::AMENDMENT_STATE_RETURNED) {
          return FailedPrecondition("AMENDMENT_FROZEN", before.name(),
                                    "the words of an amendment are frozen from submission on; withdraw it first",
                                    {{"state", pb::AmendmentState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        ASSIGN_OR_RETURN(const pb::Contract contract, ContractOf(work, *after));
        return rules::CheckActions(*after, contract.currency());
      });
  context.runtime.SetHooks(pb::Amendment::descriptor(), std::move(hooks));
}

// Puts the actions into a copy of the contract.
absl::StatusOr<rules::AmendmentEffect> Try(const rules::FactsByRoot& facts, const pb::Amendment& amendment,
                                           const pb::Contract& contract, pb::Contract* after) {
  *after = contract;
  return rules::ApplyActions(amendment, facts, after);
}

// New prices are those of an approved quote, and are taken from it until the amendment is given up.
absl::Status TakePrices(const Context& context, UnitOfWork& work, const rules::FactsByRoot& facts,
                        const pb::Amendment& amendment, const pb::Contract& contract, const pb::Contract& after) {
  ASSIGN_OR_RETURN(const pb::Contract priced, rules::PricedAnew(amendment, facts, contract, after));
  if (priced.lines_size() == 0) return absl::OkStatus();
  if (amendment.quote().empty()) {
    return FailedPrecondition("QUOTE_REQUIRED", amendment.name(),
                              "new prices are those of an approved quote: name it in quote");
  }
  ASSIGN_OR_RETURN(const rules::AgreedTerms terms,
                   QuoteTerms(context, work, amendment.quote(), contract.account(), /*for_order=*/false));
  RETURN_IF_ERROR(rules::CheckQuotePrices(terms, priced));
  return DrawForAmendment(work, amendment.quote(), amendment.name(), priced);
}

absl::Status GiveBackPrices(UnitOfWork& work, const pb::Amendment& amendment) {
  return DrawForAmendment(work, amendment.quote(), amendment.name(), pb::Contract());
}

// Orders that were cancelled since the submission leave more to be called off at the new prices than was taken then:
// that must be in the quote as well.
absl::Status TakePricesAgain(const Context& context, UnitOfWork& work, const rules::FactsByRoot& facts,
                             const pb::Amendment& amendment, const pb::Contract& contract, const pb::Contract& after) {
  ASSIGN_OR_RETURN(const pb::Contract priced, rules::PricedAnew(amendment, facts, contract, after));
  if (!amendment.quote().empty()) {
    ASSIGN_OR_RETURN(const bool held, AmendmentHolds(work, amendment.quote(), amendment.name(), priced));
    if (held) return absl::OkStatus();
    RETURN_IF_ERROR(GiveBackPrices(work, amendment));
  }
  return TakePrices(context, work, facts, amendment, contract, after);
}

absl::StatusOr<pb::Amendment> Submit(const Context& context, rpc::Call& call,
                                     const pb::SubmitAmendmentRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Amendment>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
    ASSIGN_OR_RETURN(const pb::Contract contract, LockContract(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
    pb::Amendment& amendment = change.after;
    RETURN_IF_ERROR(rules::CheckDeadline(context.Today(work.now()), request.review_deadline()));
    pb::Contract after;
    ASSIGN_OR_RETURN(const rules::FactsByRoot facts, LoadChainFacts(context, work.connection(), contract.name()));
    ASSIGN_OR_RETURN(const rules::AmendmentEffect effect, Try(facts, change.before, contract, &after));
    RETURN_IF_ERROR(TakePrices(context, work, facts, change.before, contract, after));
    for (int i = 0; i < amendment.actions_size(); ++i) {
      amendment.mutable_actions(i)->set_before(effect.before[static_cast<size_t>(i)]);
    }
    rules::SetAmount(effect.delta, contract.currency(), amendment.mutable_delta_value());
    amendment.set_base_version(contract.versions_size());
    amendment.set_submitter(work.actor().subject);
    amendment.set_review_deadline(request.review_deadline());
    amendment.clear_approved_sha256();
    amendment.clear_state_reason();
    const bool important =
        contract.important() || rules::IsImportant(context.policy.important_contract_from, after.total());
    rules::AskOpinions(important, request.review_deadline(), amendment.mutable_steps());
    amendment.set_content_sha256(Sha256Hex(rules::AmendmentText(amendment, contract)));
    ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(request.review_deadline()));
    RETURN_IF_ERROR(schedule::Schedule(work, kDueReview, amendment.name(), due));
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Amendment> Review(const Context& context, rpc::Call& call,
                                     const pb::ReviewAmendmentRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  RETURN_IF_ERROR(CheckReviewer(call, request.step()));
  return context.runtime.Write<pb::Amendment>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
    RETURN_IF_ERROR(CheckRead(request.etag()));
    RETURN_IF_ERROR(CheckNotAuthor(work, change.before.name(), Rpc("UpdateAmendment")));
    pb::Amendment& amendment = change.after;
    const rules::Reviewed reviewed{amendment.name(), amendment.drafter(), amendment.submitter()};
    ASSIGN_OR_RETURN(const rules::ReviewOutcome outcome,
                     rules::GiveOpinion(reviewed, work.actor().subject, request.step(), request.approve(),
                                        request.opinion(), work.now(), amendment.mutable_steps()));
    if (outcome == rules::ReviewOutcome::kReturned) {
      amendment.set_state(pb::AMENDMENT_STATE_RETURNED);
      amendment.set_state_reason(request.opinion());
      RETURN_IF_ERROR(GiveBackPrices(work, amendment));
    } else if (outcome == rules::ReviewOutcome::kApproved) {
      amendment.set_state(pb::AMENDMENT_STATE_APPROVED);
      amendment.set_approved_sha256(amendment.content_sha256());
    }
    if (outcome != rules::ReviewOutcome::kOpen) {
      RETURN_IF_ERROR(schedule::Cancel(work, kDueReview, amendment.name()));
    }
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Amendment> Apply(const Context& context, rpc::Call& call, const pb::ApplyAmendmentRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Amendment>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
    ASSIGN_OR_RETURN(const pb::Contract contract, LockContract(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
    pb::Amendment& amendment = change.after;
    if (contract.kind() == pb::CONTRACT_KIND_ANNUAL && !call.principal.Holds(kAnnualSign)) {
      return AnnualSignerRequired(kAnnualSign);
    }
    if (contract.versions_size() != amendment.base_version()) {
      return FailedPrecondition(
          "AMENDMENT_BASE_CHANGED", amendment.name(),
          absl::StrCat("the contract is at version ", contract.versions_size(), ", the amendment was reviewed against ",
                       amendment.base_version(), "; withdraw it and submit it again"),
          {{"base", absl::StrCat(amendment.base_version())}, {"current", absl::StrCat(contract.versions_size())}});
    }
    const std::string today = context.Today(work.now());
    RETURN_IF_ERROR(rules::CheckSignedText(amendment.name(), request.presented_sha256(),
                                           Sha256Hex(rules::AmendmentText(change.before, contract)),
                                           amendment.approved_sha256()));
    RETURN_IF_ERROR(rules::CheckSignatories(contract.parties(), request.signatories()));
    RETURN_IF_ERROR(
        rules::CheckSigning(amendment.name(), context.policy.amendment_signing_checks, request.signing_checks()));
    ASSIGN_OR_RETURN(const std::string signed_on,
                     rules::SignDate(request.sign_date(), ApprovedOn(context, amendment.steps()), today));
    Change<pb::Contract> contract_change{contract, contract};
    ASSIGN_OR_RETURN(const rules::FactsByRoot facts, LoadChainFacts(context, work.connection(), contract.name()));
    ASSIGN_OR_RETURN(const rules::AmendmentEffect effect, Try(facts, change.before, contract, &contract_change.after));
    RETURN_IF_ERROR(TakePricesAgain(context, work, facts, change.before, contract, contract_change.after));
    RETURN_IF_ERROR(
        rules::AfterEndMoved(contract.end_date(), today, context.policy.renewal_lead_days, &contract_change.after));
    rules::SetAmount(effect.delta, contract.currency(), amendment.mutable_delta_value());
    *amendment.mutable_signatories() = request.signatories();
    *amendment.mutable_signing_checks() = request.signing_checks();
    amendment.set_sign_date(signed_on);
    amendment.set_seal(request.seal());
    amendment.set_scan_document(request.scan_document());
    amendment.set_scan_sha256(request.scan_sha256());
    amendment.set_signer(work.actor().subject);
    SetTime(work.now(), amendment.mutable_apply_time());
    RETURN_IF_ERROR(work.Save(std::move(contract_change)).status());
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Amendment> Correct(const Context& context, rpc::Call& call,
                                      const pb::CorrectAmendmentSignatureRequest& request) {
  return context.runtime.Write<pb::Amendment>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
    ASSIGN_OR_RETURN(const pb::Contract contract, LockContract(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
    if (contract.kind() == pb::CONTRACT_KIND_ANNUAL && !call.principal.Holds(kAnnualSign)) {
      return AnnualSignerRequired(kAnnualSign);
    }
    RETURN_IF_ERROR(rules::CheckReason(request.reason()));
    RETURN_IF_ERROR(rules::CorrectSignature(request, ApprovedOn(context, change.before.steps()),
                                            context.Today(work.now()), &change.after));
    return work.Save(std::move(change));
  });
}

// The file of the contract is locked after the amendment.
absl::StatusOr<pb::Amendment> File(const Context& context, rpc::Call& call, const pb::FileAmendmentRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Amendment>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
    ASSIGN_OR_RETURN(const pb::Contract contract, LockContract(work, request.name()));
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
    ASSIGN_OR_RETURN(std::vector<pb::ContractArchive> archives,
                     work.Find<pb::ContractArchive>({"t.contract = ?", {mysql::Value(IdOf(contract.name()))}}, "",
                                                    /*limit=*/1, /*lock=*/true));
    if (archives.empty()) {
      return FailedPrecondition("CONTRACT_NOT_FILED", contract.name(),
                                "the contract is filed first, its amendments go into its file",
                                {{"amendment", change.before.name()}});
    }
    Change<pb::ContractArchive> archive{archives[0], std::move(archives[0])};
    RETURN_IF_ERROR(
        rules::FileAmendment(request, context.policy.archive_needs_signed_text, &change.after, &archive.after));
    RETURN_IF_ERROR(work.Save(std::move(archive)).status());
    return work.Save(std::move(change));
  });
}

}  // namespace

void RegisterAmendments(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetAmendmentHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::GetAmendmentTextRequest, pb::AmendmentText>(
      Rpc("GetAmendmentText"),
      [context](rpc::Call& call, const pb::GetAmendmentTextRequest& request) -> absl::StatusOr<pb::AmendmentText> {
        ASSIGN_OR_RETURN(const pb::Amendment amendment, context.runtime.Get<pb::Amendment>(call, request.name()));
        ASSIGN_OR_RETURN(const pb::Contract contract, context.runtime.Get<pb::Contract>(call, amendment.contract()));
        pb::AmendmentText text;
        text.set_amendment_text(rules::AmendmentText(amendment, contract));
        text.set_content_sha256(Sha256Hex(text.amendment_text()));
        return text;
      });
  registry->Add<pb::SubmitAmendmentRequest, pb::Amendment>(
      Rpc("SubmitAmendment"),
      [context](rpc::Call& call, const pb::SubmitAmendmentRequest& request) { return Submit(context, call, request); });
  registry->Add<pb::ReviewAmendmentRequest, pb::Amendment>(
      Rpc("ReviewAmendment"),
      [context](rpc::Call& call, const pb::ReviewAmendmentRequest& request) { return Review(context, call, request); });
  registry->Add<pb::ApplyAmendmentRequest, pb::Amendment>(
      Rpc("ApplyAmendment"),
      [context](rpc::Call& call, const pb::ApplyAmendmentRequest& request) { return Apply(context, call, request); });
  registry->Add<pb::CorrectAmendmentSignatureRequest, pb::Amendment>(
      Rpc("CorrectAmendmentSignature"),
      [context](rpc::Call& call, const pb::CorrectAmendmentSignatureRequest& request) {
        return Correct(context, call, request);
      });
  registry->Add<pb::FileAmendmentRequest, pb::Amendment>(
      Rpc("FileAmendment"),
      [context](rpc::Call& call, const pb::FileAmendmentRequest& request) { return File(context, call, request); });
  registry->Add<pb::WithdrawAmendmentRequest, pb::Amendment>(
      Rpc("WithdrawAmendment"),
      [context](rpc::Call& call, const pb::WithdrawAmendmentRequest& request) -> absl::StatusOr<pb::Amendment> {
        return context.runtime.Write<pb::Amendment>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
              change.after.clear_approved_sha256();
              change.after.clear_content_sha256();
              RETURN_IF_ERROR(GiveBackPrices(work, change.before));
              RETURN_IF_ERROR(schedule::Cancel(work, kDueReview, change.before.name()));
              return work.Save(std::move(change));
            });
      });
  registry->Add<pb::CancelAmendmentRequest, pb::Amendment>(
      Rpc("CancelAmendment"),
      [context](rpc::Call& call, const pb::CancelAmendmentRequest& request) -> absl::StatusOr<pb::Amendment> {
        return context.runtime.Write<pb::Amendment>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Amendment> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::Amendment>(request));
              RETURN_IF_ERROR(rules::CheckReason(request.reason()));
              change.after.set_state_reason(request.reason());
              RETURN_IF_ERROR(GiveBackPrices(work, change.before));
              RETURN_IF_ERROR(schedule::Cancel(work, kDueReview, change.before.name()));
              return work.Save(std::move(change));
            });
      });
  scheduler->Handle(kDueReview, Rpc("SubmitAmendment"),
                    [context](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      ASSIGN_OR_RETURN(const pb::Amendment amendment, work.Load<pb::Amendment>(item.resource));
                      if (amendment.state() != pb::AMENDMENT_STATE_IN_REVIEW) return absl::OkStatus();
                      Change<pb::Amendment> change{amendment, amendment};
                      if (!rules::MarkOverdue(context.Today(work.now()), change.after.mutable_steps())) {
                        return absl::OkStatus();
                      }
                      return work.Save(std::move(change)).status();
                    });
}

}  // namespace kam::contract
