// Bundles at a price of their own: written, agreed with the sales manager, quoted, withdrawn (C-07).
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/approval/engine.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/pricing/offer_data.h"
#include "contract-svc/pricing/package_authority.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/price_probes.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/pricing/quote_pricing.h"
#include "contract-svc/rules/offers.h"
#include "contract-svc/rules/text.h"
#include "kam/pricing/v1/package_offer_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.PackageOfferService";
constexpr char kPurpose[] = "PACKAGE_OFFER";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

std::string HashOf(const pb::PackageOffer& offer) { return Sha256Hex(rules::OfferText(offer)); }

// Sets list prices, discounts and margins by the products of now.
absl::Status WorkOut(UnitOfWork& work, const Context& context, pb::PackageOffer* offer) {
  std::vector<std::string> names;
  for (const pb::PackageItem& item : offer->items()) names.push_back(item.product());
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  ASSIGN_OR_RETURN(const rules::ProductTable products,
                   LoadProducts(work, names, context.Today(work.now()), knowledge.known_at));
  return rules::WorkOut(products, offer);
}

absl::StatusOr<pb::PackageOffer> Submit(UnitOfWork& work, const Context& context,
                                        const pb::SubmitPackageOfferRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PackageOffer>(request));
  ASSIGN_OR_RETURN(const std::string requester, Person(work));
  RETURN_IF_ERROR(WorkOut(work, context, &change.after));
  ASSIGN_OR_RETURN(const rules::DocumentDecision left, JudgePackage(work, context, change.after));
  change.after.set_content_hash(HashOf(change.before));
  approval::v1::ApprovalRequest filing;
  filing.set_subject(change.before.name());
  filing.set_subject_label(change.before.number());
  filing.set_account(change.before.account());
  filing.set_purpose(kPurpose);
  filing.set_requester(requester);
  filing.set_reason(request.reason());
  filing.set_content_hash(change.after.content_hash());
  approval::v1::ApprovalStep* step = filing.add_steps();
  step->set_number(1);
  step->set_roles(absl::StrJoin(context.policy.package_offer_deciders, " "));
  // What is agreed to: the best discount, and the thinnest margin where it is known.
  for (int i = 0; i < change.after.steps_size(); ++i) {
    const pb::PackageStep& priced = change.after.steps(i);
    approval::v1::TestedValue* discount = filing.add_tested_values();
    discount->set_step_number(1);
    discount->set_item(absl::StrCat("steps/", i, "/DISCOUNT"));
    discount->set_reason("DISCOUNT");
    discount->set_value(priced.discount_percent());
    discount->set_direction(approval::v1::WORSE_DIRECTION_HIGHER);
    if (priced.margin_percent().empty()) continue;
    approval::v1::TestedValue* margin = filing.add_tested_values();
    margin->set_step_number(1);
    margin->set_item(absl::StrCat("steps/", i, "/MARGIN"));
    margin->set_reason("MARGIN");
    margin->set_confidential_value(priced.margin_percent());
    margin->set_direction(approval::v1::WORSE_DIRECTION_LOWER);
  }
  // Beside the sales manager those whose authority it takes (C-03).
  AddPackageSteps(change.after, left, &filing);
  ASSIGN_OR_RETURN(const approval::v1::ApprovalRequest filed, context.approvals->File(work, std::move(filing)));
  change.after.set_approval(filed.name());
  return work.Save(std::move(change));
}

absl::Status OnOutcome(UnitOfWork& work, const approval::v1::ApprovalRequest& request) {
  resource::Change<pb::PackageOffer> change;
  ASSIGN_OR_RETURN(change.before, work.Load<pb::PackageOffer>(request.subject()));
  change.after = change.before;
  if (change.before.state() != pb::PACKAGE_OFFER_STATE_IN_APPROVAL || HashOf(change.before) != request.content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", request.subject(), "the package is not what was submitted");
  }
  if (request.state() != approval::v1::APPROVAL_STATE_APPROVED) {
    change.after.set_state(pb::PACKAGE_OFFER_STATE_DRAFT);
    return work.Save(std::move(change)).status();
  }
  RETURN_IF_ERROR(PriceCatalog::Lock(work));
  change.after.set_state(pb::PACKAGE_OFFER_STATE_AGREED);
  SetTime(work.now(), change.after.mutable_agree_time());
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return PriceCatalog::Enter(work, request.subject());
}

// Any of those who agree to packages agrees; the steps after that take the authority they are about. With the last one
// the price is published: by then nothing may be beyond authority that was in no step.
absl::Status OnApproval(UnitOfWork& work, const Context& context, const approval::v1::ApprovalRequest& request,
                        const approval::v1::ApprovalStep& step, const approval::Substitution& as,
                        const approval::Substitution& requester) {
  // Whoever asked does not agree; neither does anybody who wrote at it.
  RETURN_IF_ERROR(CheckNoAuthorApproved(work, request, {Rpc("CreatePackageOffer"), Rpc("UpdatePackageOffer")}));
  ASSIGN_OR_RETURN(const pb::PackageOffer offer, work.Load<pb::PackageOffer>(request.subject()));
  if (step.number() > 1) RETURN_IF_ERROR(CheckPackageSuffices(work, context, offer, request, step, as));
  if (request.state() != approval::v1::APPROVAL_STATE_APPROVED) return absl::OkStatus();
  return CheckPackageAsked(work, context, offer, request, {requester.delegator, requester.roles});
}

absl::StatusOr<pb::PackageOffer> Withdraw(UnitOfWork& work, const Context& context,
                                          const pb::WithdrawPackageOfferRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PackageOffer>(request));
  if (change.before.state() == pb::PACKAGE_OFFER_STATE_DRAFT) {  // It is in no price.
    SetTime(work.now(), change.after.mutable_withdraw_time());
    return work.Save(std::move(change));
  }
  RETURN_IF_ERROR(PriceCatalog::Lock(work));
  ASSIGN_OR_RETURN(const std::string yesterday, AddDays(context.Today(work.now()), -1));
  change.after.set_held_until(yesterday);
  SetTime(work.now(), change.after.mutable_withdraw_time());
  ASSIGN_OR_RETURN(pb::PackageOffer offer, work.Save(std::move(change)));
  RETURN_IF_ERROR(PriceCatalog::Withdraw(work, offer.name()));
  return offer;
}

}  // namespace

void RegisterPackageOffers(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    RETURN_IF_ERROR(context.directory.EnsureCaller(call));
    std::vector<std::string> accounts;
    for (const auto* message : resources) {
      const auto& offer = static_cast<const pb::PackageOffer&>(*message);
      if (!offer.account().empty()) accounts.push_back(offer.account());
    }
    return context.directory.EnsureAccounts(accounts, call.deadline);
  };
  hooks.on_create =
      resource::OnCreate<pb::PackageOffer>([](UnitOfWork& work, pb::PackageOffer* created) -> absl::Status {
        created->set_state(pb::PACKAGE_OFFER_STATE_DRAFT);
        ASSIGN_OR_RETURN(const std::string owner, Person(work));
        created->set_owner(owner);
        RETURN_IF_ERROR(Validate(work, *created));
        return rules::CheckOffer(*created);
      });
  hooks.on_update = resource::OnUpdate<pb::PackageOffer>(
      [](UnitOfWork& work, const pb::PackageOffer& before, pb::PackageOffer* after) -> absl::Status {
        if (before.state() != pb::PACKAGE_OFFER_STATE_DRAFT) {
          return FailedPrecondition("PACKAGE_OFFER_NOT_DRAFT", before.name(),
                                    "what was agreed is not changed; withdraw it and make another",
                                    {{"state", pb::PackageOfferState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckOffer(*after);
      });
  context.runtime.SetHooks(pb::PackageOffer::descriptor(), std::move(hooks));
  context.approvals->OnOutcome("packageOffers", OnOutcome);
  // The engine keeps its callbacks: they must not keep the engine.
  Context bare = context;
  bare.approvals.reset();
  context.approvals->OnApproval(
      "packageOffers",
      [bare](UnitOfWork& work, const approval::v1::ApprovalRequest& request, const approval::v1::ApprovalStep& step,
             const approval::Substitution& as,
             const approval::Substitution& requester) { return OnApproval(work, bare, request, step, as, requester); },
      /*asks_requester=*/true);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::SubmitPackageOfferRequest, pb::PackageOffer>(
      absl::StrCat(kService, "/SubmitPackageOffer"),
      [context](rpc::Call& call, const pb::SubmitPackageOfferRequest& request) -> absl::StatusOr<pb::PackageOffer> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        const absl::StatusOr<pb::PackageOffer> answer = context.runtime.Write<pb::PackageOffer>(
            call, request, [&](UnitOfWork& work) { return Submit(work, context, request); });
        if (answer.ok()) return answer;
        return CountRefusal(context, call, request.reason(), answer.status(), [&](UnitOfWork& work) -> absl::Status {
          ASSIGN_OR_RETURN(pb::PackageOffer offer, work.Load<pb::PackageOffer>(request.name()));
          RETURN_IF_ERROR(WorkOut(work, context, &offer));
          const absl::Status refused = JudgePackage(work, context, offer).status();
          return Reason(refused) == "AUTHORITY_NEVER" ? absl::OkStatus() : refused;
        });
      });
  registry->Add<pb::WithdrawPackageOfferRequest, pb::PackageOffer>(
      absl::StrCat(kService, "/WithdrawPackageOffer"),
      [context](rpc::Call& call, const pb::WithdrawPackageOfferRequest& request) {
        return context.runtime.Write<pb::PackageOffer>(
            call, request, [&](UnitOfWork& work) { return Withdraw(work, context, request); });
      });
}

}  // namespace kam::contract
