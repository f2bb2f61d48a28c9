// AccountFileService: how well account files are kept.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/rules/account_file_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/change_log.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_file_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountFileCheck;
using v1::AccountFileTarget;

constexpr char kService[] = "kam.account.v1.AccountFileService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CreateCheck(const Context& context, UnitOfWork& work, AccountFileCheck* check) {
  RETURN_IF_ERROR(Validate(work, *check));
  RETURN_IF_ERROR(CheckAccountUsable(work, check->account()));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(check->account()));
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT a.version FROM accounts a WHERE a.id = ?", {IdOf(account.name())}));
  check->set_account_version(rows[0][0].integer());
  return rules::CompleteCheck(account, actor, context.Today(work.now()), work.now(), check);
}

// Top-level fields of the account that were changed after its `version`.
absl::StatusOr<std::set<std::string>> ChangedSince(UnitOfWork& work, const std::string& account, int64_t version) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT c.fields FROM changes c WHERE c.resource_id = ? AND c.version > ?",
                                           {IdOf(account), version}));
  std::set<std::string> fields;
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(const std::vector<kam::api::FieldChange> changes, resource::ChangesFromJson(row[0].text()));
    for (const kam::api::FieldChange& change : changes) fields.insert(change.field());
  }
  return fields;
}

absl::Status CheckTarget(UnitOfWork& work, const AccountFileTarget& target) {
  RETURN_IF_ERROR(Validate(work, target));
  constexpr int kTargetsMax = 10'000;
  ASSIGN_OR_RETURN(const std::vector<AccountFileTarget> others,
                   work.Find<AccountFileTarget>({"t.archive_time IS NULL", {}}, "ORDER BY t.id", kTargetsMax));
  return rules::CheckTarget(target, others);
}

// The day before which a file of the tier is stale.
absl::StatusOr<std::string> FreshFrom(const Context& context, v1::Tier tier, const std::string& today) {
  return AddDays(today, -rules::AllowedDays(tier, context.policy));
}

absl::StatusOr<v1::ListStaleAccountsResponse> ListStale(const Context& context, rpc::Call& call,
                                                        const v1::ListStaleAccountsRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  const std::string today = context.Today(context.runtime.clock().Now());
  std::vector<Value> params;
  std::string sql =
      "SELECT t.id, t.legal_name, t.owner, t.tier, t.file_update_date FROM accounts t WHERE t.archive_time IS NULL AND "
      "t.state IN ('VERIFIED', 'ACTIVE', 'DORMANT') AND t.file_update_date < CASE t.tier";
  for (const v1::Tier tier : {v1::TIER_STRATEGIC, v1::TIER_A, v1::TIER_B, v1::TIER_C}) {
    ASSIGN_OR_RETURN(const std::string day, FreshFrom(context, tier, today));
    absl::StrAppend(&sql, " WHEN ? THEN ?");
    params.emplace_back(resource::ShortEnumName(v1::Tier_descriptor()->FindValueByNumber(tier)));
    params.emplace_back(day);
  }
  ASSIGN_OR_RETURN(const std::string day, FreshFrom(context, v1::TIER_UNSPECIFIED, today));
  absl::StrAppend(&sql, " ELSE ? END");
  params.emplace_back(day);
  absl::StrAppend(&sql, ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params));
  if (!request.owner().empty()) {
    absl::StrAppend(&sql, " AND t.owner = ?");
    params.emplace_back(IdOf(request.owner()));
  }
  if (!request.region().empty()) {
    absl::StrAppend(&sql, " AND t.region = ?");
    params.emplace_back(request.region());
  }
  if (page.last().size() == 2) {
    absl::StrAppend(&sql, " AND (t.file_update_date > ? OR (t.file_update_date = ? AND t.id > ?))");
    params.insert(params.end(), {page.last()[0], page.last()[0], page.last()[1]});
  }
  absl::StrAppend(&sql, " ORDER BY t.file_update_date, t.id LIMIT ?");
  params.emplace_back(static_cast<int64_t>(page.size() + 1));
  v1::ListStaleAccountsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    for (size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (i == page.size()) {
        response.set_next_page_token(page.Next({rows[i - 1][4], rows[i - 1][0]}));
        break;
      }
      v1::StaleAccount* account = response.add_accounts();
      account->set_account(NameOf("accounts", row[0].text()));
      account->set_legal_name(row[1].text());
      account->set_owner(NameOf("employees", row[2].text()));
      if (const auto* tier = resource::FindEnumValue(v1::Tier_descriptor(), row[3].text())) {
        account->set_tier(static_cast<v1::Tier>(tier->number()));
      }
      account->set_file_update_date(row[4].text());
      ASSIGN_OR_RETURN(const int64_t age, DaysBetween(row[4].text(), today));
      account->set_age_days(static_cast<int>(age));
      account->set_allowed_days(rules::AllowedDays(account->tier(), context.policy));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListAccountFieldChangesResponse> ListFieldChanges(
    const Context& context, rpc::Call& call, const v1::ListAccountFieldChangesRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(Account::descriptor());
  Account account;
  RETURN_IF_ERROR(context.runtime.GetMessage(call, type, request.name(), &account));
  v1::ListAccountFieldChangesResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::map<std::string, v1::AccountFieldChange> fields;
    RETURN_IF_ERROR(connection.Scan(
        "SELECT c.change_time, c.actor, c.method, c.reason, c.fields FROM changes c WHERE c.resource_id = ? ORDER BY "
        "c.version",
        {Value(IdOf(account.name()))}, [&](const Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const std::vector<kam::api::FieldChange> changes, resource::ChangesFromJson(row[4].text()));
          for (const kam::api::FieldChange& change : changes) {
            v1::AccountFieldChange& field = fields[change.field()];
            field.set_field(change.field());
            *field.mutable_change_time() = ToTimestamp(row[0].time());
            field.set_actor(row[1].text());
            field.set_method(row[2].text());
            field.set_reason(row[3].text());
            field.set_changes(field.changes() + 1);
            bool shown = true;
            for (const std::string& permission : resource::PermissionsOf(type, change.field())) {
              if (!call.principal.Holds(permission)) shown = false;
            }
            field.set_before(shown ? change.before() : "");
            field.set_after(shown ? change.after() : "");
          }
          return absl::OkStatus();
        }));
    for (auto& [path, field] : fields) *response.add_fields() = std::move(field);
    return absl::OkStatus();
  }));
  const std::string today = context.Today(context.runtime.clock().Now());
  ASSIGN_OR_RETURN(const std::string fresh_from, FreshFrom(context, account.tier(), today));
  response.set_file_update_date(account.file_update_date());
  response.set_stale(account.file_update_date() < fresh_from);
  return response;
}

// What a row of the quality report counts.
struct Tally {
  int opened = 0;
  int filed = 0;
  int checked = 0;
  int wrong = 0;
};

// Whose row it is: the key that rows are ordered by, and the department that decides the target.
struct RowKey {
  std::string key;  // Id of the person or the department, YYYY-MM, or the region.
  std::string department_path;
  bool operator<(const RowKey& other) const { return key < other.key; }
};

std::string LastPart(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  return parts.empty() ? std::string() : parts.back();
}

RowKey KeyOf(v1::FileQualityBy by, const std::string& person, const std::string& department_path,
             const std::string& day, const std::string& region) {
  constexpr size_t kMonthLength = 7;
  switch (by) {
    case v1::FILE_QUALITY_BY_PERSON:
      return {person, department_path};
    case v1::FILE_QUALITY_BY_DEPARTMENT:
      return {LastPart(department_path), department_path};
    case v1::FILE_QUALITY_BY_REGION:
      return {region, ""};
    default:
      return {day.substr(0, kMonthLength), ""};
  }
}

absl::StatusOr<std::map<RowKey, Tally>> CountQuality(const Context& context, const rpc::Call& call,
                                                     mysql::Connection& connection,
                                                     const v1::ReportFileQualityRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(request.from_date(), "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay last, ParseDate(request.to_date(), "to_date"));
  const absl::Time now = context.runtime.clock().Now();
  std::map<RowKey, Tally> tallies;
  std::vector<Value> params = {absl::FromCivil(first, context.zone), absl::FromCivil(last + 1, context.zone)};
  std::string scope = ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params);
  RETURN_IF_ERROR(connection.Scan(
      absl::StrCat("SELECT s.creator, e.department_path, t.create_time, t.verification_first_submit_time, t.region "
                   "FROM accounts "
                   "t JOIN account_scopes s ON s.account = t.id LEFT JOIN employee_scopes e ON e.employee = s.creator "
                   "WHERE t.create_time >= ? AND t.create_time < ? AND s.creator IS NOT NULL AND NOT ",
                   ExcludedSql(), scope),
      mysql::Params(params), [&](const Row& row) {
        const absl::Time opened = row[2].time();
        const rules::Filing filing = rules::FilingOf(
            opened, row[3].is_null() ? std::nullopt : std::optional<absl::Time>(row[3].time()), now, context.policy);
        if (!filing.counts) return absl::OkStatus();
        Tally& tally = tallies[KeyOf(request.by(), row[0].text(), row[1].text(), context.Today(opened), row[4].text())];
        ++tally.opened;
        if (filing.filed) ++tally.filed;
        return absl::OkStatus();
      }));
  params = {Value(request.from_date()), Value(request.to_date())};
  scope = ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params);
  RETURN_IF_ERROR(connection.Scan(
      absl::StrCat(
          "SELECT k.responsible, e.department_path, k.check_date, k.fields_checked, k.fields_wrong, t.region FROM "
          "account_file_checks k JOIN accounts t ON t.id = k.account LEFT JOIN employee_scopes e ON e.employee "
          "= k.responsible WHERE k.check_kind = 'ACCURACY_SAMPLE' AND k.check_date BETWEEN ? AND ? AND "
          "k.responsible IS NOT NULL AND k.state <> 'VOID' AND NOT ",
          ExcludedSql(), scope),
      mysql::Params(params), [&](const Row& row) {
        Tally& tally = tallies[KeyOf(request.by(), row[0].text(), row[1].text(), row[2].text(), row[5].text())];
        tally.checked += static_cast<int>(row[3].integer());
        tally.wrong += static_cast<int>(row[4].integer());
        return absl::OkStatus();
      }));
  return tallies;
}

absl::StatusOr<std::vector<rules::FileTarget>> ReadTargets(mysql::Connection& connection) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query("SELECT d.parent_path, d.id, f.from_date, f.to_date, f.filing_rate, f.accuracy_rate "
                       "FROM account_file_targets f LEFT JOIN departments d ON d.id = f.department WHERE "
                       "f.archive_time IS NULL"));
  std::vector<rules::FileTarget> targets;
  for (const Row& row : rows) {
    const std::string path = row[1].is_null() ? "" : absl::StrCat(row[0].text(), row[1].text(), "/");
    targets.push_back({path, row[2].text(), row[3].text(), row[4].text(), row[5].text()});
  }
  return targets;
}

absl::Status FillRate(int64_t part, int64_t whole, const std::string& target, std::string* rate, std::string* goal,
                      bool* met) {
  *goal = target;
  ASSIGN_OR_RETURN(const std::optional<std::string> percent, rules::Percent(part, whole));
  if (!percent.has_value()) return absl::OkStatus();
  *rate = *percent;
  if (target.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*met, rules::Reaches(*percent, target));
  return absl::OkStatus();
}

absl::Status FillRow(const v1::ReportFileQualityRequest& request, const RowKey& key, const Tally& tally,
                     const std::vector<rules::FileTarget>& targets, v1::FileQualityRow* row) {
  if (request.by() == v1::FILE_QUALITY_BY_PERSON) row->set_person(NameOf("employees", key.key));
  if (request.by() == v1::FILE_QUALITY_BY_MONTH) row->set_month(key.key);
  if (request.by() == v1::FILE_QUALITY_BY_REGION) row->set_region(key.key);
  if (request.by() == v1::FILE_QUALITY_BY_PERSON || request.by() == v1::FILE_QUALITY_BY_DEPARTMENT) {
    row->set_department(NameOf("departments", LastPart(key.department_path)));
  }
  row->set_opened(tally.opened);
  row->set_filed(tally.filed);
  row->set_fields_checked(tally.checked);
  row->set_fields_wrong(tally.wrong);
  const rules::FileTarget* target = rules::TargetOf(targets, key.department_path, request.to_date());
  bool met = false;
  RETURN_IF_ERROR(FillRate(tally.filed, tally.opened, target == nullptr ? "" : target->filing_rate,
                           row->mutable_filing_rate(), row->mutable_filing_target(), &met));
  row->set_filing_met(met);
  met = false;
  RETURN_IF_ERROR(FillRate(tally.checked - tally.wrong, tally.checked, target == nullptr ? "" : target->accuracy_rate,
                           row->mutable_accuracy_rate(), row->mutable_accuracy_target(), &met));
  row->set_accuracy_met(met);
  return absl::OkStatus();
}

absl::StatusOr<v1::ReportFileQualityResponse> ReportQuality(const Context& context, rpc::Call& call,
                                                            const v1::ReportFileQualityRequest& request) {
  RETURN_IF_ERROR(rules::CheckPeriod(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  v1::ReportFileQualityResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const auto tallies, CountQuality(context, call, connection, request));
    ASSIGN_OR_RETURN(const std::vector<rules::FileTarget> targets, ReadTargets(connection));
    auto it = tallies.begin();
    if (!page.last().empty()) it = tallies.upper_bound({page.last()[0].text(), ""});
    for (; it != tallies.end(); ++it) {
      if (static_cast<size_t>(response.rows_size()) == page.size()) {
        response.set_next_page_token(page.Next({Value(std::prev(it)->first.key)}));
        break;
      }
      RETURN_IF_ERROR(FillRow(request, it->first, it->second, targets, response.add_rows()));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterAccountFiles(const Context& context, rpc::Registry* registry) {
  resource::Hooks checks;
  checks.on_create = resource::OnCreate<AccountFileCheck>(
      [context](UnitOfWork& work, AccountFileCheck* check) { return CreateCheck(context, work, check); });
  context.runtime.SetHooks(AccountFileCheck::descriptor(), std::move(checks));
  resource::Hooks targets;
  targets.on_create = resource::OnCreate<AccountFileTarget>(
      [](UnitOfWork& work, AccountFileTarget* target) { return CheckTarget(work, *target); });
  targets.on_update = resource::OnUpdate<AccountFileTarget>(
      [](UnitOfWork& work, const AccountFileTarget&, AccountFileTarget* target) { return CheckTarget(work, *target); });
  context.runtime.SetHooks(AccountFileTarget::descriptor(), std::move(targets));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<AccountFileCheck, v1::ResolveAccountFileCheckRequest>(
      context, Rpc("ResolveAccountFileCheck"), registry,
      [](UnitOfWork& work, const v1::ResolveAccountFileCheckRequest& request,
         resource::Change<AccountFileCheck>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const std::set<std::string> changed,
                         ChangedSince(work, change->before.account(), change->before.account_version()));
        return rules::ResolveCheck(changed, actor, request.reason(), work.now(), &change->after);
      });
  AddVerb<AccountFileCheck, v1::VoidAccountFileCheckRequest>(
      context, Rpc("VoidAccountFileCheck"), registry,
      [](UnitOfWork& work, const v1::VoidAccountFileCheckRequest& request,
         resource::Change<AccountFileCheck>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const std::vector<Account> account,
                         work.Find<Account>({"t.id = ?", {IdOf(change->before.account())}}, "", 1));
        if (account.empty()) return NotFound(change->before.account());
        return rules::VoidCheck(account[0], actor, request.reason(), work.now(), &change->after);
      });
  registry->Add<v1::ListStaleAccountsRequest, v1::ListStaleAccountsResponse>(
      Rpc("ListStaleAccounts"), [context](rpc::Call& call, const v1::ListStaleAccountsRequest& request) {
        return ListStale(context, call, request);
      });
  registry->Add<v1::ListAccountFieldChangesRequest, v1::ListAccountFieldChangesResponse>(
      Rpc("ListAccountFieldChanges"), [context](rpc::Call& call, const v1::ListAccountFieldChangesRequest& request) {
        return ListFieldChanges(context, call, request);
      });
  registry->Add<v1::ReportFileQualityRequest, v1::ReportFileQualityResponse>(
      Rpc("ReportFileQuality"), [context](rpc::Call& call, const v1::ReportFileQualityRequest& request) {
        return ReportQuality(context, call, request);
      });
}

}  // namespace kam::account
