#include "contract-svc/rules/receivable_alarm.h"

#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_policy.pb.h"
#include "kam/receivable/v1/receivable_alarm.pb.h"

namespace kam::contract::rules {

using receivable::v1::CreditPolicy;
using receivable::v1::ReceivableAlarm;
using receivable::v1::ReceivablesCap;

absl::Status CheckCaps(const CreditPolicy& policy) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (int i = 0; i < policy.caps_size(); ++i) {
    const ReceivablesCap& cap = policy.caps(i);
    const std::string field = absl::StrCat("credit_policy.caps[", i, "]");
    if (cap.region().empty() == cap.account().empty()) {
      return InvalidField(field, "CAP_SUBJECT_INVALID", "names a region or an account, one of them");
    }
    if (!seen.emplace(cap.region(), cap.account(), cap.cap().currency_code()).second) {
      return InvalidField(field, "CAP_SUBJECT_INVALID", "stands twice in this currency",
                          {{"region", cap.region()}, {"account", cap.account()}});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Wanted> WantedOf(const CreditPolicy& policy, absl::string_view region, absl::string_view account) {
  Wanted wanted;
  wanted.target_days = policy.dso_target_days();
  const auto add = [&](const google::type::Money& cap, const char* field) -> absl::Status {
    ASSIGN_OR_RETURN(wanted.caps[cap.currency_code()], AmountIn(cap, cap.currency_code(), field));
    return absl::OkStatus();
  };
  if (region.empty() && account.empty()) {
    if (policy.has_receivables_cap()) RETURN_IF_ERROR(add(policy.receivables_cap(), "receivables_cap"));
    return wanted;
  }
  for (const ReceivablesCap& cap : policy.caps()) {
    if (account.empty() ? cap.region() != region : cap.account() != account) continue;
    RETURN_IF_ERROR(add(cap.cap(), "cap"));
    if (cap.dso_target_days() > 0) wanted.target_days = cap.dso_target_days();
  }
  return wanted;
}

absl::StatusOr<std::vector<ReceivableAlarm>> AlarmsOf(const CreditPolicy& policy, const std::vector<Owed>& figures,
                                                      int64_t days, absl::string_view day) {
  std::vector<ReceivableAlarm> alarms;
  for (const Owed& owed : figures) {
    ASSIGN_OR_RETURN(const Wanted wanted, WantedOf(policy, owed.region, owed.account));
    ReceivableAlarm alarm;
    alarm.set_region(owed.region);
    alarm.set_account(owed.account);
    alarm.set_currency(owed.currency);
    SetAmount(owed.closing, owed.currency, alarm.mutable_receivables());
    alarm.set_check_date(std::string(day));
    alarm.set_state(receivable::v1::RECEIVABLE_ALARM_STATE_OPEN);
    const auto cap = wanted.caps.find(owed.currency);
    if (cap != wanted.caps.end() && owed.closing > cap->second) {
      ReceivableAlarm beyond = alarm;
      beyond.set_kind(receivable::v1::RECEIVABLE_ALARM_KIND_CAP);
      SetAmount(cap->second, owed.currency, beyond.mutable_cap());
      alarms.push_back(std::move(beyond));
    }
    if (wanted.target_days == 0) continue;
    if (owed.sales.sign() > 0) {
      ASSIGN_OR_RETURN(const std::string turnover, TurnoverDays(owed.opening, owed.closing, owed.sales, days));
      ASSIGN_OR_RETURN(const Decimal taken, Decimal::Parse(turnover, "turnover_days"));
      if (taken <= Decimal::FromInt(wanted.target_days)) continue;
      alarm.set_turnover_days(turnover);
    } else if (owed.opening.sign() <= 0 || owed.closing.sign() <= 0) {
      continue;
    }
    // Who owed all the time and bought nothing has no number of days: he is beyond every target.
    alarm.set_kind(receivable::v1::RECEIVABLE_ALARM_KIND_TURNOVER);
    alarm.set_target_days(wanted.target_days);
    alarms.push_back(std::move(alarm));
  }
  return alarms;
}

std::string KeyOf(const ReceivableAlarm& alarm) {
  return absl::StrCat(alarm.kind(), "\n", alarm.account(), "\n", alarm.region(), "\n", alarm.currency());
}

void Follow(const ReceivableAlarm* now, absl::string_view day, ReceivableAlarm* alarm) {
  alarm->set_check_date(std::string(day));
  if (now == nullptr) {
    alarm->set_state(receivable::v1::RECEIVABLE_ALARM_STATE_CLEARED);
    return;
  }
  *alarm->mutable_receivables() = now->receivables();
  if (now->has_cap()) *alarm->mutable_cap() = now->cap();
  alarm->set_turnover_days(now->turnover_days());
  alarm->set_target_days(now->target_days());
}

}  // namespace kam::contract::rules
