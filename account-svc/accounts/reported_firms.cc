#include "account-svc/accounts/reported_firms.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "common/resource/type.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr char kAdopt[] = "ownership.reports";  // One item, seeded by a migration.
constexpr char kAdoptResource[] = "accounts/-";
constexpr char kCause[] = "kam.account.v1.AccountService/CreateAccount";
constexpr int kAdoptedAtOnce = 200;

bool IsAdmitted(v1::AccountState state) {
  return state != v1::ACCOUNT_STATE_DRAFT && state != v1::ACCOUNT_STATE_SUBMITTED;
}

bool MayBeReported(const Account& account) {
  return !IsAdmitted(account.state()) && account.owner().empty() && absl::StartsWith(account.creator(), "employees/");
}

absl::Status Insert(const Context& context, UnitOfWork& work, const Account& account, bool capped) {
  const absl::Time reported = FromTimestamp(account.create_time());
  const absl::Time until = rules::ReportEnd(reported, context.policy);
  if (!MayBeReported(account) || until <= work.now()) return absl::OkStatus();
  const std::string& reporter = account.creator();
  // Two reports of one person come one after the other, so that the cap holds.
  ASSIGN_OR_RETURN(
      const std::vector<Row> locked,
      work.connection().Query("SELECT employee FROM employee_scopes WHERE employee = ? FOR UPDATE", {IdOf(reporter)}));
  if (locked.empty()) return absl::OkStatus();
  if (capped) {
    ASSIGN_OR_RETURN(const std::vector<Row> open,
                     work.connection().Query("SELECT COUNT(id) FROM account_ownerships WHERE employee = ? AND state = "
                                             "'ACTIVE' AND kind = 'REPORTED' AND origin = 'REPORTED' AND "
                                             "protected_until > ?",
                                             {IdOf(reporter), work.now()}));
    RETURN_IF_ERROR(
        rules::CheckReportCap(reporter, static_cast<int>(open[0][0].integer()), context.policy.open_reports_max));
  }
  std::string evidence;
  if (account.source() != v1::CHANNEL_UNSPECIFIED) {
    evidence = absl::StrCat("source: ",
                            resource::ShortEnumName(v1::Channel_descriptor()->FindValueByNumber(account.source())));
  }
  return InsertRow(context, work,
                   {account.name(), reporter, v1::OWNERSHIP_KIND_REPORTED,
                    work.importing() ? v1::OWNERSHIP_ORIGIN_IMPORTED : v1::OWNERSHIP_ORIGIN_REPORTED, reported, until,
                    work.importing() ? "import" : "the file of the firm was made", evidence})
      .status();
}

// The accounts are locked before anybody's scope row.
absl::Status AdoptSome(const Context& context, UnitOfWork& work) {
  const absl::Time since = work.now() - (rules::ReportEnd(work.now(), context.policy) - work.now());
  ASSIGN_OR_RETURN(
      const std::vector<Account> drafts,
      work.Find<Account>({"t.state IN ('DRAFT', 'SUBMITTED') AND t.owner IS NULL AND t.create_time > ? AND EXISTS "
                          "(SELECT 1 FROM employee_scopes s WHERE t.creator = CONCAT('employees/', s.employee)) AND "
                          "NOT EXISTS (SELECT 1 FROM account_ownerships o WHERE o.account = t.id)",
                          {since}},
                         "ORDER BY t.id", kAdoptedAtOnce, /*lock=*/true));
  for (const Account& draft : drafts) RETURN_IF_ERROR(Insert(context, work, draft, /*capped=*/false));
  if (drafts.size() < static_cast<size_t>(kAdoptedAtOnce)) return absl::OkStatus();
  return schedule::Schedule(work, kAdopt, kAdoptResource, work.now());
}

}  // namespace

absl::Status ReportFirm(const Context& context, UnitOfWork& work, const Account& account) {
  return Insert(context, work, account, /*capped=*/!work.importing());
}

absl::Status AdoptReport(const Context& context, UnitOfWork& work, const Account& account) {
  if (!MayBeReported(account)) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT 1 FROM account_ownerships WHERE account = ? LIMIT 1", {IdOf(account.name())}));
  return rows.empty() ? Insert(context, work, account, /*capped=*/false) : absl::OkStatus();
}

absl::Status ProveReport(UnitOfWork& work, const std::string& account, const std::string& evidence) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account));
  const AccountOwnership* report = FindKind(active, v1::OWNERSHIP_KIND_REPORTED);
  if (report == nullptr) return absl::OkStatus();
  resource::Change<AccountOwnership> change{*report, *report};
  change.after.set_evidence(evidence);
  return work.Save(std::move(change)).status();
}

absl::StatusOr<bool> KeepsFile(const Context& context, UnitOfWork& work, v1::AccountState state,
                               const std::string& reporter) {
  if (!IsAdmitted(state)) return true;
  return HoldsOneOf(work.connection(), reporter, context.policy.owner_roles, context.Today(work.now()));
}

absl::Status EndReportOfClerk(const Context& context, UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account));
  const AccountOwnership* report = FindKind(active, v1::OWNERSHIP_KIND_REPORTED);
  if (report == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool keeps, KeepsFile(context, work, v1::ACCOUNT_STATE_VERIFIED, report->employee()));
  if (keeps) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account, ""));
  return EndRow(work, *report, v1::OWNERSHIP_STATE_RELEASED, at,
                "the file is admitted, and who has reported it owns no accounts");
}

void RegisterReports(const Context& context) {
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kAdopt, kCause,
                            [context](UnitOfWork& work, const schedule::DueItem&) { return AdoptSome(context, work); });
}

}  // namespace kam::account
