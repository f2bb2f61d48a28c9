// ClaimAccount, RenewOwnership, ListClaimableAccounts: what salespeople do by themselves.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/claimable.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/accounts/ownership_timer.h"
#include "account-svc/accounts/reported_firms.h"
#include "account-svc/rules/ownership_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountOwnership;

constexpr int kPageDefault = 25;
constexpr int kPageMax = 200;
constexpr char kService[] = "kam.account.v1.AccountService/";

// What has to be asked of the other services before a claim: only where somebody owns the account.
struct Asked {
  bool owned = false;
  std::optional<absl::Time> last_order;
};

absl::StatusOr<Asked> AskFirst(const Context& context, const rpc::Call& call, const std::string& account) {
  Asked asked;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT owner FROM accounts WHERE id = ?", {IdOf(account)}));
    asked.owned = !rows.empty() && !rows[0][0].is_null();
    return absl::OkStatus();
  }));
  if (asked.owned) {
    ASSIGN_OR_RETURN(asked.last_order, LastOrder(context, account, call.deadline));
  }
  return asked;
}

// When the asker lost or gave up this account last.
absl::StatusOr<std::optional<absl::Time>> LostBy(UnitOfWork& work, const std::string& account,
                                                 const std::string& employee) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT MAX(until_time) FROM account_ownerships WHERE account = ? AND "
                                           "employee = ? AND kind = 'OWNER' AND state IN ('RELEASED', 'EXPIRED')",
                                           {IdOf(account), IdOf(employee)}));
  if (rows.empty() || rows[0][0].is_null()) return std::nullopt;
  return rows[0][0].time();
}

absl::StatusOr<rules::ClaimFacts> FactsOf(const Context& context, UnitOfWork& work, const Account& account,
                                          const std::string& asker, const Asked& asked) {
  ASSIGN_OR_RETURN(rules::ClaimFacts facts, ClaimFactsOf(work.connection(), IdOf(account.name()), context.policy));
  facts.asker = asker;
  if (asked.last_order.has_value()) {
    facts.last_deal = std::max(facts.last_deal.value_or(*asked.last_order), *asked.last_order);
  }
  ASSIGN_OR_RETURN(facts.asker_lost, LostBy(work, account.name(), asker));
  return facts;
}

// Claims of today, those of accounts with a deal that was won before left out. The employee's scope row is locked.
absl::StatusOr<int> ClaimsToday(const Context& context, UnitOfWork& work, const std::string& employee) {
  const absl::Time begin = absl::FromCivil(Today(work.now(), context.zone), context.zone);
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT COUNT(o.id) FROM account_ownerships o WHERE o.employee = ? AND "
                                           "o.origin = 'CLAIMED' AND o.create_time >= ? AND NOT EXISTS (SELECT 1 FROM "
                                           "opportunities p WHERE p.account = o.account AND p.state = 'WON' AND "
                                           "p.close_time < o.create_time)",
                                           {IdOf(employee), begin}));
  return static_cast<int>(rows[0][0].integer());
}

absl::StatusOr<Account> Claim(const Context& context, UnitOfWork& work, const v1::ClaimAccountRequest& request,
                              const Asked& asked) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::string asker, Person(work));
  RETURN_IF_ERROR(AdoptReport(context, work, account));
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner != nullptr && !asked.owned) {
    // Somebody was faster; whether he does business with it was not asked.
    return RetryLater(absl::StatusCode::kAborted, "ACCOUNT_CLAIMED_MEANWHILE",
                      "somebody else got the account at the same time", absl::Milliseconds(10));
  }
  RETURN_IF_ERROR(CheckCandidate(context, work, asker, "name", /*as_owner=*/true));
  ASSIGN_OR_RETURN(const rules::ClaimFacts facts, FactsOf(context, work, account, asker, asked));
  RETURN_IF_ERROR(rules::CheckClaim(facts, work.now(), context.policy));
  ASSIGN_OR_RETURN(const int today, ClaimsToday(context, work, asker));
  RETURN_IF_ERROR(rules::CheckClaimCap(asker, today, context.policy));
  ASSIGN_OR_RETURN(const absl::Time until, rules::ProtectedUntil(0, work.now(), context.policy));
  ASSIGN_OR_RETURN(const absl::Time at, EffectiveTime(work, account.name(), asker));
  const NewRow row = {
      account.name(),    asker, v1::OWNERSHIP_KIND_OWNER, v1::OWNERSHIP_ORIGIN_CLAIMED, at, until, request.reason(),
      request.evidence()};
  if (owner != nullptr) {
    RETURN_IF_ERROR(Notify(work, *owner, v1::OWNERSHIP_NOTICE_KIND_CLAIMED, v1::RELEASE_CAUSE_PROTECTION_OVER, at));
    RETURN_IF_ERROR(MoveOwner(context, work, active, *owner, v1::OWNERSHIP_STATE_EXPIRED, row, &account));
    return work.Save(std::move(change));
  }
  ASSIGN_OR_RETURN(const AccountOwnership begun, InsertRow(context, work, row));
  RETURN_IF_ERROR(BecomeOwner(context, work, active, begun, &account));
  return work.Save(std::move(change));
}

// When the follow-up of this name took place; null when it is none of this account.
absl::StatusOr<std::optional<absl::Time>> FollowUpTime(UnitOfWork& work, const std::string& name,
                                                       const std::string& account) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  const std::string& collection = parts[0];
  const std::string sql =
      collection == "visits"
          ? "SELECT COALESCE(check_out_time, check_in_time) FROM visits WHERE id = ? AND account = ? AND state = 'DONE'"
      : collection == "leads" ? "SELECT MAX(f.contact_time) FROM leads l JOIN leads_follow_ups f ON f.parent_id = l.id "
                                "WHERE f.corrects = 0 "
                                "AND l.id = ? AND l.account = ?"
                              : absl::StrCat(kDealWork, "o.id = ? AND o.account = ?");
  ASSIGN_OR_RETURN(const std::vector<Row> rows, work.connection().Query(sql, {parts[1], IdOf(account)}));
  if (rows.empty() || rows[0][0].is_null()) return std::nullopt;
  return rows[0][0].time();
}

absl::StatusOr<Account> Renew(const Context& context, UnitOfWork& work, const v1::RenewOwnershipRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<Account>(request));
  Account& account = change.after;
  ASSIGN_OR_RETURN(const std::string asker, Person(work));
  ASSIGN_OR_RETURN(const std::vector<AccountOwnership> active, ActiveRows(work, account.name()));
  const AccountOwnership* owner = FindKind(active, v1::OWNERSHIP_KIND_OWNER);
  if (owner == nullptr) {
    return FailedPrecondition("OWNER_MISSING", account.name(), "nobody owns the account");
  }
  rules::RenewalFacts facts;
  facts.account = account.name();
  facts.owner = owner->employee();
  facts.asker = asker;
  facts.renewals = owner->renewals();
  facts.since = FromTimestamp(owner->has_renew_time() ? owner->renew_time() : owner->since());
  facts.follow_up = request.follow_up();
  ASSIGN_OR_RETURN(facts.follow_up_time, FollowUpTime(work, request.follow_up(), account.name()));
  ASSIGN_OR_RETURN(const absl::Time until, rules::Renew(facts, work.now(), context.policy));
  Change<AccountOwnership> row{*owner, *owner};
  row.after.set_renewals(owner->renewals() + 1);
  *row.after.mutable_renew_time() = ToTimestamp(work.now());
  row.after.set_renewed_by(request.follow_up());
  *row.after.mutable_protected_until() = ToTimestamp(until);
  RETURN_IF_ERROR(PlanRelease(context, work, std::nullopt, &row.after));
  ASSIGN_OR_RETURN(const AccountOwnership renewed, work.Save(std::move(row)));
  RETURN_IF_ERROR(ScheduleRelease(context, work, renewed));
  *account.mutable_protected_until() = ToTimestamp(until);
  return work.Save(std::move(change));
}

absl::StatusOr<v1::ListClaimableAccountsResponse> ListClaimable(const Context& context, rpc::Call& call,
                                                                const v1::ListClaimableAccountsRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int size = request.page_size() == 0 ? kPageDefault : std::min(request.page_size(), kPageMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding =
      absl::StrCat(kService, "ListClaimableAccounts\n", call.principal.subject, "\n", request.region(), "\n",
                   request.industry(), "\n", request.segment(), "\n", request.tier());
  // What somebody else has reported is not there for the caller yet.
  std::vector<Value> params = {Value(now), Value(now), Value(call.principal.employee)};
  std::string sql =
      "SELECT t.id, t.legal_name, t.region, t.industry, t.state, t.segment, t.tier FROM accounts t WHERE t.owner IS "
      "NULL AND t.state IN ('VERIFIED', 'ACTIVE', 'DORMANT', 'LOST') AND t.archive_time IS NULL AND "
      "(t.protected_until IS NULL OR t.protected_until <= ?) AND NOT EXISTS (SELECT 1 FROM account_ownerships o WHERE "
      "o.account = t.id AND o.kind = 'REPORTED' AND o.state = 'ACTIVE' AND o.protected_until > ? AND o.employee <> ?)";
  if (!request.region().empty()) {
    sql.append(" AND t.region = ?");
    params.emplace_back(request.region());
  }
  if (!request.industry().empty()) {
    sql.append(" AND t.industry = ?");
    params.emplace_back(request.industry());
  }
  if (request.segment() != v1::SEGMENT_UNSPECIFIED) {
    sql.append(" AND t.segment = ?");
    params.emplace_back(resource::ShortEnumName(v1::Segment_descriptor()->FindValueByNumber(request.segment())));
  }
  const bool reads_tiers = call.principal.Holds("account.business.read");
  if (request.tier() != v1::TIER_UNSPECIFIED) {
    if (!reads_tiers) {
      return Error(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                   "tier: needs permission account.business.read",
                   {{"field", "tier"}, {"permission", "account.business.read"}});
    }
    sql.append(" AND t.tier = ?");
    params.emplace_back(resource::ShortEnumName(v1::Tier_descriptor()->FindValueByNumber(request.tier())));
  }
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    sql.append(" AND t.id > ?");
    params.push_back(last[0]);
  }
  absl::StrAppend(&sql, " ORDER BY t.id LIMIT ", size + 1);
  v1::ListClaimableAccountsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    if (rows.size() > static_cast<size_t>(size)) {
      rows.resize(static_cast<size_t>(size));
      response.set_next_page_token(context.runtime.page_tokens().Seal({rows.back()[0]}, binding, now));
    }
    for (const Row& row : rows) {
      v1::ClaimableAccount* account = response.add_accounts();
      account->set_account(NameOf("accounts", row[0].text()));
      account->set_legal_name(row[1].text());
      account->set_region(row[2].text());
      account->set_industry(row[3].text());
      if (const auto* state = resource::FindEnumValue(v1::AccountState_descriptor(), row[4].text())) {
        account->set_state(static_cast<v1::AccountState>(state->number()));
      }
      if (const auto* segment = resource::FindEnumValue(v1::Segment_descriptor(), row[5].text())) {
        account->set_segment(static_cast<v1::Segment>(segment->number()));
      }
      if (const auto* tier = resource::FindEnumValue(v1::Tier_descriptor(), row[6].text());
          reads_tiers && tier != nullptr) {
        account->set_tier(static_cast<v1::Tier>(tier->number()));
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterClaims(const Context& context, rpc::Registry* registry) {
  registry->Add<v1::ClaimAccountRequest, Account>(
      absl::StrCat(kService, "ClaimAccount"),
      [context](rpc::Call& call, const v1::ClaimAccountRequest& request) -> absl::StatusOr<Account> {
        ASSIGN_OR_RETURN(const Asked asked, AskFirst(context, call, request.name()));
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return Claim(context, work, request, asked); });
      });
  registry->Add<v1::RenewOwnershipRequest, Account>(
      absl::StrCat(kService, "RenewOwnership"), [context](rpc::Call& call, const v1::RenewOwnershipRequest& request) {
        return context.runtime.Write<Account>(call, request,
                                              [&](UnitOfWork& work) { return Renew(context, work, request); });
      });
  registry->Add<v1::ListClaimableAccountsRequest, v1::ListClaimableAccountsResponse>(
      absl::StrCat(kService, "ListClaimableAccounts"),
      [context](rpc::Call& call, const v1::ListClaimableAccountsRequest& request) {
        return ListClaimable(context, call, request);
      });
}

}  // namespace kam::account
