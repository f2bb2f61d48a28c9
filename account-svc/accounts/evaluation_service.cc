// AccountEvaluationService: models, evaluations and the tiers they give.
#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/trade.h"
#include "account-svc/people/instructed.h"
#include "account-svc/rules/tiering.h"
#include "account-svc/verb.h"
#include "account-svc/writers.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_evaluation_service.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::Account;
using v1::AccountEvaluation;
using v1::TierModel;

constexpr char kService[] = "kam.account.v1.AccountEvaluationService";
constexpr char kConfirmTier[] = "kam.account.v1.AccountService/ConfirmAccountTier";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<TierModel> ModelOf(UnitOfWork& work, const std::string& day) {
  ASSIGN_OR_RETURN(std::vector<TierModel> models,
                   work.Find<TierModel>({"t.state = 'RELEASED' AND t.from_date <= ?", {day}},
                                        "ORDER BY t.from_date DESC, t.release_time DESC, t.id DESC", 1));
  if (!models.empty()) return std::move(models[0]);
  return FailedPrecondition("TIER_MODEL_MISSING", day, absl::StrCat("no released model holds on ", day),
                            {{"date", day}, {"permission", "tier_model.release"}});
}

// The model of the day of an evaluation that may be worked out now.
absl::StatusOr<TierModel> ModelFor(const Context& context, UnitOfWork& work, const AccountEvaluation& evaluation) {
  RETURN_IF_ERROR(Validate(work, evaluation));
  RETURN_IF_ERROR(CheckAccountUsable(work, evaluation.account()));
  const std::string today = context.Today(work.now());
  if (evaluation.as_of() > today) {
    return InvalidField("account_evaluation.as_of", "DATE_IN_FUTURE", "must not be after today", {{"today", today}});
  }
  return ModelOf(work, evaluation.as_of());
}

// From figures that the caller brings.
absl::Status Compute(const Context& context, UnitOfWork& work, AccountEvaluation* evaluation) {
  ASSIGN_OR_RETURN(const TierModel model, ModelFor(context, work, *evaluation));
  evaluation->set_figures_origin(v1::FIGURES_ORIGIN_TYPED);
  return rules::Evaluate(model, evaluation);
}

// From what contract-svc knows, which was asked before the transaction.
absl::StatusOr<AccountEvaluation> ComputeByTrade(const Context& context, rpc::Call& call,
                                                 const v1::ComputeAccountEvaluationRequest& request) {
  ASSIGN_OR_RETURN(const rules::YearsOfDay years, rules::YearsBefore(request.as_of()));
  ASSIGN_OR_RETURN(const std::vector<rules::TradeMonth> months,
                   AskTrade(context, request.account(), years.first, years.year_latest, call.deadline));
  return context.runtime.Write<AccountEvaluation>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<AccountEvaluation> {
        AccountEvaluation evaluation;
        evaluation.set_account(request.account());
        evaluation.set_as_of(request.as_of());
        evaluation.set_potential_score(request.potential_score());
        evaluation.set_source("contract-svc");
        ASSIGN_OR_RETURN(const TierModel model, ModelFor(context, work, evaluation));
        RETURN_IF_ERROR(rules::FillFigures(months, years, model.currency(), &evaluation));
        RETURN_IF_ERROR(rules::Evaluate(model, &evaluation));
        return work.Insert(std::move(evaluation));
      });
}

// Decides on `evaluation` and gives its tier to `account`, which is locked; the caller saves both.
absl::Status GiveTier(const Context& context, UnitOfWork& work, const std::string& method,
                      const std::string& review_date, const std::string& reason, AccountEvaluation* evaluation,
                      Account* account) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::DecideTier(actor, reason, work.now(), evaluation));
  RETURN_IF_ERROR(rules::CheckTierCanBeGiven(*account));
  ASSIGN_OR_RETURN(const std::string review, rules::ReviewDate(review_date, context.Today(work.now()), context.policy));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> confirmed,
                   work.connection().Query("SELECT MAX(as_of) FROM account_evaluations WHERE account = ? AND state = "
                                           "'CONFIRMED'",
                                           {IdOf(account->name())}));
  RETURN_IF_ERROR(rules::CheckNotSuperseded(*evaluation, confirmed[0][0].text()));
  // Who is lowered falls out of what is asked for in the highest tier; tiers fall from the smallest number.
  if (account->tier() < evaluation->proposed_tier()) {
    RETURN_IF_ERROR(CheckInstructed(
        context, work,
        {method, account->name(), account->tier(), std::nullopt, /*receiver=*/"", evaluation->proposed_tier()}));
  }
  account->set_tier(evaluation->proposed_tier());
  account->set_tier_review_date(review);
  evaluation->set_review_date(review);
  return absl::OkStatus();
}

// Confirms the open proposal of a tier that the caller names: two people and a computation stand behind every tier.
absl::StatusOr<Account> ConfirmTier(const Context& context, UnitOfWork& work,
                                    const v1::ConfirmAccountTierRequest& request) {
  const auto* tier = v1::Tier_descriptor()->FindValueByNumber(request.tier());
  // Lock order: evaluation, account.
  ASSIGN_OR_RETURN(const std::vector<AccountEvaluation> proposed,
                   work.Find<AccountEvaluation>({"t.account = ? AND t.state = 'PROPOSED' AND t.proposed_tier = ?",
                                                 {IdOf(request.name()), resource::ShortEnumName(tier)}},
                                                "ORDER BY t.as_of DESC, t.id DESC", 1, /*lock=*/true));
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  RETURN_IF_ERROR(rules::CheckTierCanBeGiven(change.before));
  if (proposed.empty()) {
    return FailedPrecondition("TIER_NOT_PROPOSED", change.before.name(),
                              absl::StrCat("no evaluation of the account waits with the proposal ",
                                           v1::Tier_Name(request.tier()), ": have one worked out and proposed first"),
                              {{"tier", v1::Tier_Name(request.tier())}, {"permission", "account_evaluation.propose"}});
  }
  resource::Change<AccountEvaluation> decision{proposed[0], proposed[0]};
  decision.after.set_state(v1::EVALUATION_STATE_CONFIRMED);
  RETURN_IF_ERROR(
      GiveTier(context, work, kConfirmTier, request.review_date(), request.reason(), &decision.after, &change.after));
  RETURN_IF_ERROR(work.Save(std::move(decision)).status());
  return work.Save(std::move(change));
}

// Gives the tier to the account, in the transaction of the decision.
absl::Status Confirm(const Context& context, UnitOfWork& work, const v1::ConfirmAccountEvaluationRequest& request,
                     AccountEvaluation* evaluation) {
  resource::Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(evaluation->account()));
  change.after = change.before;
  RETURN_IF_ERROR(GiveTier(context, work, Rpc("ConfirmAccountEvaluation"), request.review_date(), request.reason(),
                           evaluation, &change.after));
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterEvaluations(const Context& context, rpc::Registry* registry) {
  resource::Hooks models;
  models.on_create = resource::OnCreate<TierModel>([](UnitOfWork& work, TierModel* model) -> absl::Status {
    model->set_state(v1::TIER_MODEL_STATE_DRAFT);
    RETURN_IF_ERROR(Validate(work, *model));
    return rules::CheckModel(*model);
  });
  models.on_update =
      resource::OnUpdate<TierModel>([](UnitOfWork& work, const TierModel& before, TierModel* after) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *after));
        RETURN_IF_ERROR(rules::CheckModelUpdate(before));
        return rules::CheckModel(*after);
      });
  context.runtime.SetHooks(TierModel::descriptor(), std::move(models));
  resource::Hooks evaluations;
  evaluations.on_create = resource::OnCreate<AccountEvaluation>(
      [context](UnitOfWork& work, AccountEvaluation* evaluation) { return Compute(context, work, evaluation); });
  context.runtime.SetHooks(AccountEvaluation::descriptor(), std::move(evaluations));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<TierModel, v1::ReleaseTierModelRequest>(
      context, Rpc("ReleaseTierModel"), registry,
      [](UnitOfWork& work, const v1::ReleaseTierModelRequest&, resource::Change<TierModel>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckNotWriter(work, kService, change->before.name(), "release the model"));
        return rules::Release(actor, work.now(), &change->after);
      });
  AddVerb<AccountEvaluation, v1::ProposeAccountTierRequest>(
      context, Rpc("ProposeAccountTier"), registry,
      [](UnitOfWork& work, const v1::ProposeAccountTierRequest& request,
         resource::Change<AccountEvaluation>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ProposeTier(actor, request.tier(), request.reason(), &change->after);
      });
  AddVerb<AccountEvaluation, v1::ConfirmAccountEvaluationRequest>(
      context, Rpc("ConfirmAccountEvaluation"), registry,
      [context](UnitOfWork& work, const v1::ConfirmAccountEvaluationRequest& request,
                resource::Change<AccountEvaluation>* change) {
        return Confirm(context, work, request, &change->after);
      });
  registry->Add<v1::ComputeAccountEvaluationRequest, AccountEvaluation>(
      Rpc("ComputeAccountEvaluation"), [context](rpc::Call& call, const v1::ComputeAccountEvaluationRequest& request) {
        return ComputeByTrade(context, call, request);
      });
  registry->Add<v1::ConfirmAccountTierRequest, Account>(
      kConfirmTier, [context](rpc::Call& call, const v1::ConfirmAccountTierRequest& request) {
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return ConfirmTier(context, work, request); });
      });
  AddVerb<AccountEvaluation, v1::RejectAccountEvaluationRequest>(
      context, Rpc("RejectAccountEvaluation"), registry,
      [](UnitOfWork& work, const v1::RejectAccountEvaluationRequest& request,
         resource::Change<AccountEvaluation>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::DecideTier(actor, request.reason(), work.now(), &change->after);
      });
}

}  // namespace kam::account
