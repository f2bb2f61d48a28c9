// AccountMarketService: how customers stand, their main suppliers, and our part of what they need.
#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/market_rules.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_market_service.pb.h"
#include "kam/account/v1/account_reminder.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::BusinessCondition;
using v1::SupplyShare;

constexpr char kService[] = "kam.account.v1.AccountMarketService";

absl::Status CompleteCondition(const Context& context, UnitOfWork& work, BusinessCondition* condition) {
  RETURN_IF_ERROR(Validate(work, *condition));
  RETURN_IF_ERROR(CheckAccountUsable(work, condition->account()));
  return rules::CompleteCondition(context.Today(work.now()), condition);
}

// The record of the same account and product that begins on `start`; an archived one is none.
absl::StatusOr<std::optional<SupplyShare>> PeriodOf(UnitOfWork& work, const SupplyShare& share,
                                                    const std::string& start) {
  const auto period = resource::ShortEnumName(v1::SharePeriod_descriptor()->FindValueByNumber(share.period()));
  ASSIGN_OR_RETURN(
      std::vector<SupplyShare> found,
      work.Find<SupplyShare>({"t.account = ? AND t.product = ? AND t.period = ? AND t.period_start = ? AND "
                              "t.archive_time IS NULL",
                              {IdOf(share.account()), share.product(), period, start}},
                             "ORDER BY t.id", 1, /*lock=*/true));
  if (found.empty()) return std::optional<SupplyShare>();
  return std::optional<SupplyShare>(std::move(found[0]));
}

absl::Status CompleteShare(const Context& context, UnitOfWork& work, const SupplyShare* before, SupplyShare* share) {
  RETURN_IF_ERROR(Validate(work, *share));
  RETURN_IF_ERROR(CheckAccountUsable(work, share->account()));
  ASSIGN_OR_RETURN(const std::string start, rules::PreviousPeriod(share->period(), share->period_start()));
  ASSIGN_OR_RETURN(const std::optional<SupplyShare> previous, PeriodOf(work, *share, start));
  return rules::CompleteShare(before,
                              previous.has_value() ? std::optional<std::string>(previous->share()) : std::nullopt,
                              context.policy, share);
}

// Tells the owner of the account that a share falls, as long as the fall of any share waits for a measure.
absl::Status TellOfAlert(const Context& context, UnitOfWork& work, const SupplyShare* before,
                         const SupplyShare& after) {
  const auto waits = [](const SupplyShare& share) {
    return share.alert() == v1::SHARE_ALERT_STATE_OPEN && !share.has_archive_time();
  };
  const bool waited = before != nullptr && waits(*before);
  if (waits(after) == waited) return absl::OkStatus();
  if (waited) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> others,
                     work.connection().Query("SELECT 1 FROM supply_shares WHERE account = ? AND alert = 'OPEN' AND "
                                             "archive_time IS NULL AND id <> ? LIMIT 1",
                                             {IdOf(after.account()), IdOf(after.name())}));
    if (!others.empty()) return absl::OkStatus();
    return DropReminders(work, after.account(), v1::ACCOUNT_REMINDER_KIND_SHARE_ALERT);
  }
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> owner,
                   work.connection().Query("SELECT owner FROM accounts WHERE id = ?", {IdOf(after.account())}));
  return Remind(context, work, after.account(), owner.empty() ? "" : NameOf("employees", owner[0][0].text()),
                v1::ACCOUNT_REMINDER_KIND_SHARE_ALERT);
}

// The period after it is measured against this one.
absl::Status AfterShare(const Context& context, UnitOfWork& work, const SupplyShare* before, const SupplyShare& after) {
  RETURN_IF_ERROR(TellOfAlert(context, work, before, after));
  if (before != nullptr && before->share() == after.share() && before->has_archive_time() == after.has_archive_time()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string start, rules::NextPeriod(after.period(), after.period_start()));
  ASSIGN_OR_RETURN(const std::optional<SupplyShare> next, PeriodOf(work, after, start));
  if (!next.has_value()) return absl::OkStatus();
  resource::Change<SupplyShare> change{*next, *next};
  const auto share = after.has_archive_time() ? std::nullopt : std::optional<std::string>(after.share());
  RETURN_IF_ERROR(rules::CompleteShare(&change.before, share, context.policy, &change.after));
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterAccountMarket(const Context& context, rpc::Registry* registry) {
  resource::Hooks conditions;
  conditions.on_create = resource::OnCreate<BusinessCondition>(
      [context](UnitOfWork& work, BusinessCondition* created) { return CompleteCondition(context, work, created); });
  conditions.on_update = resource::OnUpdate<BusinessCondition>(
      [context](UnitOfWork& work, const BusinessCondition&, BusinessCondition* after) {
        return CompleteCondition(context, work, after);
      });
  context.runtime.SetHooks(BusinessCondition::descriptor(), std::move(conditions));
  resource::Hooks shares;
  shares.on_create = resource::OnCreate<SupplyShare>(
      [context](UnitOfWork& work, SupplyShare* created) { return CompleteShare(context, work, nullptr, created); });
  shares.on_update =
      resource::OnUpdate<SupplyShare>([context](UnitOfWork& work, const SupplyShare& before, SupplyShare* after) {
        return CompleteShare(context, work, &before, after);
      });
  shares.on_saved =
      resource::OnSaved<SupplyShare>([context](UnitOfWork& work, const SupplyShare* before, const SupplyShare& after) {
        return AfterShare(context, work, before, after);
      });
  context.runtime.SetHooks(SupplyShare::descriptor(), std::move(shares));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<SupplyShare, v1::AnswerShareAlertRequest>(context, absl::StrCat(kService, "/AnswerShareAlert"), registry,
                                                    [](UnitOfWork& work, const v1::AnswerShareAlertRequest& request,
                                                       resource::Change<SupplyShare>* change) -> absl::Status {
                                                      ASSIGN_OR_RETURN(const std::string actor, Person(work));
                                                      return rules::AnswerAlert(actor, request.measure(), work.now(),
                                                                                &change->after);
                                                    });
}

}  // namespace kam::account
