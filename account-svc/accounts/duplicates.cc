#include "account-svc/accounts/duplicates.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/claimable.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/rules/proto_time.h"
#include "common/id/digest.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"

namespace kam::account {
namespace {

using mysql::Value;

constexpr absl::Duration kLogTimeout = absl::Seconds(5);
constexpr char kRegistration[] = "REGISTRATION";
constexpr char kName[] = "NAME";
constexpr char kPhone[] = "PHONE";
constexpr char kDomain[] = "DOMAIN";

// Kind -> value of the keys that there are; sorted, so that all writers lock in the same order.
std::map<std::string, std::string> Listed(const rules::FirmKeys& keys) {
  std::map<std::string, std::string> listed;
  if (!keys.registration.empty()) listed[kRegistration] = keys.registration;
  if (!keys.name.empty()) listed[kName] = keys.name;
  if (!keys.phone.empty()) listed[kPhone] = keys.phone;
  if (!keys.domain.empty()) listed[kDomain] = keys.domain;
  return listed;
}

}  // namespace

rules::FirmKeys KeysOf(const v1::Account& account, const Policy& policy) {
  rules::Firm firm;
  firm.legal_name = account.legal_name();
  firm.registration_number = account.registration_number();
  firm.phone = account.phone();
  firm.domain = account.website().empty() ? account.email() : account.website();
  firm.country = account.address().country();
  return rules::KeysOf(firm, policy);
}

absl::StatusOr<std::optional<Duplicate>> FindDuplicate(mysql::Connection& connection, const rules::FirmKeys& keys,
                                                       const std::string& except) {
  std::vector<Value> params;
  std::string where;
  for (const auto& [kind, value] : Listed(keys)) {
    absl::StrAppend(&where, where.empty() ? "" : " OR ", "(k.kind = ? AND k.key_value = ?)");
    params.emplace_back(kind);
    params.emplace_back(value);
  }
  if (where.empty()) return std::nullopt;
  constexpr int kRowsMax = 200;  // A telephone number that so many firms share says nothing any more.
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      connection.Query(absl::StrCat("SELECT k.kind, k.account, r.key_value, a.state FROM account_keys k JOIN "
                                    "accounts a ON a.id = k.account LEFT JOIN "
                                    "account_keys r ON r.account = k.account AND r.kind = 'REGISTRATION' "
                                    "WHERE ",
                                    where, " ORDER BY k.account LIMIT ", kRowsMax),
                       mysql::Params(params)));
  for (const char* kind : {kRegistration, kName, kDomain, kPhone}) {
    for (const mysql::Row& row : rows) {
      if (row[0].text() != kind || row[1].text() == except) continue;
      if (!keys.registration.empty() && !row[2].is_null() && row[2].text() != keys.registration) continue;
      Duplicate duplicate;
      duplicate.account = row[1].text();
      if (row[3].text() != "CLOSED") return duplicate;
      // The keys of a closed file that became part of another are keys of that one.
      ASSIGN_OR_RETURN(duplicate.account, MergedInto(connection, duplicate.account));
      if (duplicate.account.empty() || duplicate.account == except) continue;
      return duplicate;
    }
  }
  return std::nullopt;
}

absl::StatusOr<bool> Reaches(mysql::Connection& connection, const resource::Runtime& runtime,
                             const auth::Principal& reader, const std::string& account) {
  const resource::Type& type = *runtime.catalog().Find(v1::Account::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, reader, reader.LevelFor("account.read"));
  std::vector<Value> params = {Value(account)};
  params.insert(params.end(), scope.params.begin(), scope.params.end());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   connection.Query(absl::StrCat("SELECT 1 FROM accounts t WHERE t.id = ?",
                                                 scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")")),
                                    mysql::Params(params)));
  return !rows.empty();
}

absl::Status RefuseDuplicate(resource::UnitOfWork& work, const rules::FirmKeys& keys, const std::string& except,
                             absl::string_view method, const Policy& policy) {
  std::string rows;
  std::vector<Value> params;
  for (const auto& [kind, value] : Listed(keys)) {
    absl::StrAppend(&rows, rows.empty() ? "(?, ?)" : ", (?, ?)");
    params.insert(params.end(), {Value(kind), Value(value)});
  }
  if (rows.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(work.connection()
                      .Execute(absl::StrCat("INSERT INTO account_key_guards (kind, key_value) VALUES ", rows,
                                            " ON DUPLICATE KEY UPDATE key_value = VALUES(key_value)"),
                               mysql::Params(params))
                      .status());
  ASSIGN_OR_RETURN(const std::optional<Duplicate> duplicate, FindDuplicate(work.connection(), keys, except));
  if (!duplicate.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool reaches, Reaches(work.connection(), work.runtime(), work.actor(), duplicate->account));
  RETURN_IF_ERROR(LogCheckForGood(work, {work.actor().subject, std::string(method), keys,
                                         reaches ? "EXISTS_YOURS" : "EXISTS", duplicate->account}));
  if (reaches) {
    const std::string name = NameOf("accounts", duplicate->account);
    return Error(absl::StatusCode::kAlreadyExists, "ACCOUNT_EXISTS",
                 absl::StrCat("the firm has a file already: ", name), {{"account", name}});
  }
  // Nothing that tells whose account it is.
  ASSIGN_OR_RETURN(const absl::Time time, ClaimableAfter(work.connection(), duplicate->account, work.now(), policy));
  const std::string after = absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
  return Error(absl::StatusCode::kAlreadyExists, "ACCOUNT_EXISTS",
               absl::StrCat("the firm has a file already; it may be claimed after ", after),
               {{"claimableAfter", after}});
}

absl::Status SaveKeys(resource::UnitOfWork& work, const v1::Account* before, const v1::Account& account,
                      const Policy& policy) {
  const std::string id = IdOf(account.name());
  const rules::FirmKeys keys = KeysOf(account, policy);
  const bool closed = account.state() == v1::ACCOUNT_STATE_CLOSED;
  // A file that became part of another goes on to be found, but keeps nobody from its keys.
  std::string into;
  if (closed) {
    ASSIGN_OR_RETURN(into, MergedInto(work.connection(), id));
  }
  using Key = std::pair<std::string, bool>;  // Value, and whether it names one firm only.
  std::map<std::string, Key> wanted;
  if (!closed || !into.empty()) {
    for (const auto& [kind, value] : Listed(keys)) {
      // Group members abroad may share a name; the registration number then tells them apart.
      const bool unique = kind == kRegistration || (kind == kName && keys.registration.empty());
      wanted[kind] = {value, unique && !closed};
    }
  }
  std::map<std::string, Key> stored;
  if (before != nullptr) {
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        work.connection().Query("SELECT kind, key_value, unique_key FROM account_keys WHERE account = ?", {id}));
    for (const mysql::Row& row : rows) stored[row[0].text()] = {row[1].text(), !row[2].is_null()};
  }
  if (stored == wanted) return absl::OkStatus();
  if (!stored.empty()) {
    RETURN_IF_ERROR(work.connection().Execute("DELETE FROM account_keys WHERE account = ?", {id}).status());
  }
  if (wanted.empty()) return absl::OkStatus();
  std::string rows;
  std::vector<Value> params;
  for (const auto& [kind, key] : wanted) {
    absl::StrAppend(&rows, rows.empty() ? "(?, ?, ?, ?)" : ", (?, ?, ?, ?)");
    params.insert(params.end(), {Value(kind), Value(key.first), Value(id), key.second ? Value(key.first) : Value()});
  }
  const absl::StatusOr<int64_t> inserted = work.connection().Execute(
      absl::StrCat("INSERT INTO account_keys (kind, key_value, account, unique_key) VALUES ", rows),
      mysql::Params(params));
  if (!inserted.ok() && mysql::IsDuplicateKey(inserted.status())) {
    return Error(absl::StatusCode::kAlreadyExists, "ACCOUNT_EXISTS", "the firm has a file already");
  }
  return inserted.status();
}

absl::Status LogCheck(mysql::Connection& connection, const std::string& id, absl::Time now, const Check& check) {
  std::string text;
  for (const auto& [kind, value] : Listed(check.keys)) absl::StrAppend(&text, kind, "=", value, "\n");
  return connection
      .Execute(
          "INSERT INTO duplicate_checks (id, check_time, actor, method, result, account, keys_sha256, score) VALUES "
          "(?, ?, ?, ?, ?, ?, ?, ?)",
          {id, now, check.actor, check.method, check.result, check.account.empty() ? Value() : Value(check.account),
           Sha256Hex(text), check.score == 0 ? Value() : Value(check.score)})
      .status();
}

absl::Status LogCheckForGood(resource::UnitOfWork& work, const Check& check) {
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  return work.runtime().database().Run(absl::Now() + kLogTimeout, [&](mysql::Connection& connection) {
    return LogCheck(connection, id, work.now(), check);
  });
}

}  // namespace kam::account
