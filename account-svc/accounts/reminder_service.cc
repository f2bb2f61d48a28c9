// AccountReminderService: what falls due about accounts by itself.
#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_reminder_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using schedule::DueItem;
using v1::Account;
using v1::AccountReminder;

constexpr char kService[] = "kam.account.v1.AccountReminderService";
constexpr char kDueCall[] = "account.call";
constexpr char kDueTierReview[] = "account.tier_review";
constexpr char kCause[] = "kam.account.v1.AccountReminderService/CompleteAccountReminder";

// Days between two calls to a customer that stands there; 0: it is not called.
int CallDays(v1::AccountState state, const Policy& policy) {
  if (state == v1::ACCOUNT_STATE_DORMANT) return policy.dormant_call_days;
  return state == v1::ACCOUNT_STATE_LOST ? policy.lost_call_days : 0;
}

absl::Status ScheduleCall(const Context& context, UnitOfWork& work, const Account& account) {
  const int days = CallDays(account.state(), context.policy);
  if (days == 0) return schedule::Cancel(work, kDueCall, account.name());
  return schedule::Schedule(work, kDueCall, account.name(), work.now() + absl::Hours(24) * days);
}

std::string KindText(v1::AccountReminderKind kind) {
  return resource::ShortEnumName(v1::AccountReminderKind_descriptor()->FindValueByNumber(kind));
}

}  // namespace

absl::Status Remind(const Context& context, UnitOfWork& work, const std::string& account, const std::string& owner,
                    v1::AccountReminderKind kind) {
  ASSIGN_OR_RETURN(const std::vector<AccountReminder> open,
                   work.Find<AccountReminder>(
                       {"t.account = ? AND t.reminder_kind = ? AND t.state = 'OPEN'", {IdOf(account), KindText(kind)}},
                       "ORDER BY t.id", 1));
  // One at a time: whoever has not done it yet is not told again.
  if (!open.empty()) return absl::OkStatus();
  AccountReminder reminder;
  reminder.set_account(account);
  reminder.set_kind(kind);
  reminder.set_owner(owner);
  reminder.set_due_date(context.Today(work.now()));
  reminder.set_state(v1::ACCOUNT_REMINDER_STATE_OPEN);
  return work.InsertMessage(&reminder);
}

absl::Status DropReminders(UnitOfWork& work, const std::string& account, v1::AccountReminderKind kind) {
  constexpr int kMax = 10;
  ASSIGN_OR_RETURN(std::vector<AccountReminder> open,
                   work.Find<AccountReminder>(
                       {"t.account = ? AND t.reminder_kind = ? AND t.state = 'OPEN'", {IdOf(account), KindText(kind)}},
                       "ORDER BY t.id", kMax, /*lock=*/true));
  for (AccountReminder& reminder : open) {
    resource::Change<AccountReminder> change{reminder, reminder};
    change.after.set_state(v1::ACCOUNT_REMINDER_STATE_DROPPED);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

// What is open to be done about an account is for whoever owns it; of one that nobody owns, for who sees it.
absl::Status RemindersFollowOwner(UnitOfWork& work, const Account& account) {
  constexpr int kOpenMax = 100;  // One a kind; more only of files that became one.
  ASSIGN_OR_RETURN(const std::vector<AccountReminder> open,
                   work.Find<AccountReminder>({"t.account = ? AND t.state = 'OPEN'", {IdOf(account.name())}},
                                              "ORDER BY t.id", kOpenMax, /*lock=*/true));
  for (const AccountReminder& reminder : open) {
    if (reminder.owner() == account.owner()) continue;
    resource::Change<AccountReminder> change{reminder, reminder};
    change.after.set_owner(account.owner());
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::Status ScheduleReminders(const Context& context, UnitOfWork& work, const Account* before, const Account& after) {
  if (before == nullptr ? CallDays(after.state(), context.policy) > 0 : before->state() != after.state()) {
    RETURN_IF_ERROR(ScheduleCall(context, work, after));
    if (before != nullptr) {
      RETURN_IF_ERROR(DropReminders(work, after.name(), v1::ACCOUNT_REMINDER_KIND_DORMANT_CALL));
      RETURN_IF_ERROR(DropReminders(work, after.name(), v1::ACCOUNT_REMINDER_KIND_LOST_CALL));
    }
  }
  if (before != nullptr && before->owner() != after.owner()) RETURN_IF_ERROR(RemindersFollowOwner(work, after));
  const std::string was = before == nullptr ? "" : before->tier_review_date();
  if (was == after.tier_review_date()) return absl::OkStatus();
  if (after.tier_review_date().empty()) return schedule::Cancel(work, kDueTierReview, after.name());
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(after.tier_review_date(), "tier_review_date"));
  return schedule::Schedule(work, kDueTierReview, after.name(), absl::FromCivil(day, context.zone));
}

void RegisterReminders(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<AccountReminder, v1::CompleteAccountReminderRequest>(
      context, absl::StrCat(kService, "/CompleteAccountReminder"), registry,
      [](UnitOfWork& work, const v1::CompleteAccountReminderRequest& request,
         resource::Change<AccountReminder>* change) -> absl::Status {
        ASSIGN_OR_RETURN(*change->after.mutable_doer(), Person(work));
        change->after.set_result(request.result());
        *change->after.mutable_done_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDueCall, kCause, [context](UnitOfWork& work, const DueItem& item) -> absl::Status {
    ASSIGN_OR_RETURN(const Account account, work.Load<Account>(item.resource));
    if (CallDays(account.state(), context.policy) == 0 || account.has_archive_time()) return absl::OkStatus();
    RETURN_IF_ERROR(Remind(context, work, account.name(), account.owner(),
                           account.state() == v1::ACCOUNT_STATE_DORMANT ? v1::ACCOUNT_REMINDER_KIND_DORMANT_CALL
                                                                        : v1::ACCOUNT_REMINDER_KIND_LOST_CALL));
    return ScheduleCall(context, work, account);
  });
  context.scheduler->Handle(kDueTierReview, kCause, [context](UnitOfWork& work, const DueItem& item) -> absl::Status {
    ASSIGN_OR_RETURN(const Account account, work.Load<Account>(item.resource));
    if (account.state() == v1::ACCOUNT_STATE_CLOSED || account.has_archive_time()) return absl::OkStatus();
    return Remind(context, work, account.name(), account.owner(), v1::ACCOUNT_REMINDER_KIND_TIER_REVIEW);
  });
}

}  // namespace kam::account
