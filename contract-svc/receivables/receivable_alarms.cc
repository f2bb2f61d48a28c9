#include "contract-svc/receivables/receivable_alarms.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/receivables/receivable_figures.h"
#include "contract-svc/rules/receivable_alarm.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_policy.pb.h"
#include "kam/receivable/v1/receivable_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using resource::Change;
using resource::UnitOfWork;

// Regions and capped accounts by two kinds and the currencies in use.
constexpr int kAlarmsMax = 10000;

// What is owed by all, by every region and by the accounts that have a figure of their own.
absl::StatusOr<std::vector<rules::Owed>> Figures(UnitOfWork& work, const pb::CreditPolicy& policy,
                                                 const std::string& from, const std::string& to) {
  mysql::Connection& connection = work.connection();
  ASSIGN_OR_RETURN(std::vector<rules::Owed> figures, LoadOwed(connection, OwedBy::kAll, from, to, "", {}));
  ASSIGN_OR_RETURN(const std::vector<rules::Owed> regions, LoadOwed(connection, OwedBy::kRegion, from, to, "", {}));
  for (const rules::Owed& owed : regions) {
    if (!owed.region.empty()) figures.push_back(owed);
  }
  std::set<std::string> accounts;
  for (const pb::ReceivablesCap& cap : policy.caps()) {
    if (!cap.account().empty()) accounts.insert(IdOf(cap.account()));
  }
  if (accounts.empty()) return figures;
  std::string where;
  std::vector<mysql::Value> params;
  for (const std::string& account : accounts) {
    absl::StrAppend(&where, where.empty() ? " AND t.account IN (?" : ", ?");
    params.emplace_back(account);
  }
  ASSIGN_OR_RETURN(const std::vector<rules::Owed> owed,
                   LoadOwed(connection, OwedBy::kAccount, from, to, where + ")", params));
  figures.insert(figures.end(), owed.begin(), owed.end());
  return figures;
}

absl::Status CheckDay(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const pb::CreditPolicy policy, work.Load<pb::CreditPolicy>(item.resource));
  if (policy.state() != pb::CREDIT_POLICY_STATE_IN_FORCE) return absl::OkStatus();
  // The last day that is over: days on which nothing ran are not made up for.
  ASSIGN_OR_RETURN(const std::string day, AddDays(context.Today(work.now()), -1));
  ASSIGN_OR_RETURN(const std::string from, AddDays(day, 1 - context.policy.turnover_window_days));
  ASSIGN_OR_RETURN(const std::vector<rules::Owed> figures, Figures(work, policy, from, day));
  ASSIGN_OR_RETURN(const std::vector<pb::ReceivableAlarm> alarms,
                   rules::AlarmsOf(policy, figures, context.policy.turnover_window_days, day));
  std::map<std::string, const pb::ReceivableAlarm*> raised;
  for (const pb::ReceivableAlarm& alarm : alarms) raised[rules::KeyOf(alarm)] = &alarm;
  ASSIGN_OR_RETURN(const std::vector<pb::ReceivableAlarm> living,
                   work.Find<pb::ReceivableAlarm>({"t.state IN ('OPEN', 'ACKNOWLEDGED')", {}}, "ORDER BY t.id",
                                                  kAlarmsMax, /*lock=*/true));
  for (const pb::ReceivableAlarm& alarm : living) {
    const auto found = raised.find(rules::KeyOf(alarm));
    Change<pb::ReceivableAlarm> change{alarm, alarm};
    rules::Follow(found == raised.end() ? nullptr : found->second, day, &change.after);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
    if (found != raised.end()) raised.erase(found);
  }
  for (const auto& [key, alarm] : raised) RETURN_IF_ERROR(work.Insert(*alarm).status());
  return ScheduleReceivableCheck(context, work, policy.name());
}

}  // namespace

absl::Status ScheduleReceivableCheck(const Context& context, UnitOfWork& work, const std::string& policy) {
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(context.Today(work.now())));
  return schedule::Schedule(work, kDueReceivableCheck, policy, due);
}

void RegisterReceivableAlarms(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  registry->Add<pb::AcknowledgeReceivableAlarmRequest, pb::ReceivableAlarm>(
      "kam.receivable.v1.ReceivableService/AcknowledgeReceivableAlarm",
      [context](rpc::Call& call,
                const pb::AcknowledgeReceivableAlarmRequest& request) -> absl::StatusOr<pb::ReceivableAlarm> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::ReceivableAlarm>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ReceivableAlarm> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ReceivableAlarm>(request));
              change.after.set_acknowledger(work.actor().subject);
              SetTime(work.now(), change.after.mutable_acknowledge_time());
              change.after.set_measure(request.measure());
              return work.Save(std::move(change));
            });
      });
  scheduler->Handle(
      kDueReceivableCheck, "kam.receivable.v1.CreditService/PublishCreditPolicy",
      [context](UnitOfWork& work, const schedule::DueItem& item) { return CheckDay(context, work, item); });
}

}  // namespace kam::contract
