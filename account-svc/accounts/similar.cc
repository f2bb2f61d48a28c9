#include "account-svc/accounts/similar.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;

// A block shared by more files than this says nothing any more; of the others those with the most in common are looked
// at.
constexpr int kBlockSharedMax = 2000;
constexpr int kCandidatesMax = 60;

// Ids of files with blocks in common, those with the most first.
absl::StatusOr<std::vector<Value>> Candidates(mysql::Connection& connection,
                                              const std::vector<rules::FirmName>& names) {
  std::set<std::string> blocks;
  for (const rules::FirmName& name : names) {
    for (std::string& block : rules::LookupBlocks(name)) blocks.insert(std::move(block));
  }
  std::map<std::string, int> shared;
  for (const std::string& block : blocks) {
    int files = 0;
    std::vector<std::string> ids;
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query(
            absl::StrCat("SELECT account FROM account_match_blocks WHERE block_key = ? LIMIT ", kBlockSharedMax + 1),
            {block}));
    for (const Row& row : rows) {
      ++files;
      ids.push_back(row[0].text());
    }
    if (files > kBlockSharedMax) continue;
    for (const std::string& id : ids) ++shared[id];
  }
  std::vector<std::pair<int, std::string>> ranked;
  ranked.reserve(shared.size());
  for (const auto& [id, count] : shared) ranked.emplace_back(-count, id);
  std::sort(ranked.begin(), ranked.end());
  std::vector<Value> candidates;
  for (const auto& [count, id] : ranked) {
    if (candidates.size() == kCandidatesMax) break;
    candidates.emplace_back(id);
  }
  return candidates;
}

}  // namespace

std::vector<std::string> NamesOf(const std::string& legal_name, const std::string& short_name) {
  std::vector<std::string> names;
  if (!legal_name.empty()) names.push_back(legal_name);
  if (!short_name.empty() && short_name != legal_name) names.push_back(short_name);
  return names;
}

absl::StatusOr<std::vector<Similar>> FindSimilar(mysql::Connection& connection, const std::vector<std::string>& names,
                                                 const rules::FirmKeys& keys, const std::string& except, int score_min,
                                                 size_t limit) {
  std::vector<Similar> found;
  std::vector<rules::FirmName> asked;
  for (const std::string& name : names) asked.push_back(rules::TakeApart(name));
  if (asked.empty()) return found;
  ASSIGN_OR_RETURN(const std::vector<Value> candidates, Candidates(connection, asked));
  if (candidates.empty()) return found;
  const std::string list = resource::Placeholders(candidates.size());
  ASSIGN_OR_RETURN(const std::vector<Row> files,
                   connection.Query(absl::StrCat("SELECT id, legal_name, short_name FROM accounts WHERE id IN (", list,
                                                 ") AND state <> 'CLOSED'"),
                                    mysql::Params(candidates)));
  ASSIGN_OR_RETURN(
      const std::vector<Row> known,
      connection.Query(absl::StrCat("SELECT account, kind, key_value FROM account_keys WHERE account IN (", list, ")"),
                       mysql::Params(candidates)));
  std::map<std::string, rules::FirmEvidence> firms;
  for (const Row& row : known) {
    rules::FirmEvidence& firm = firms[row[0].text()];
    if (row[1].text() == "REGISTRATION") firm.registration = row[2].text();
    if (row[1].text() == "PHONE") firm.phone = row[2].text();
    if (row[1].text() == "DOMAIN") firm.domain = row[2].text();
  }
  for (const Row& row : files) {
    if (row[0].text() == except) continue;
    rules::FirmEvidence& firm = firms[row[0].text()];
    Similar similar{row[0].text(), {}};
    for (const std::string& known_as : NamesOf(row[1].text(), row[2].text())) {
      firm.name = rules::TakeApart(known_as);
      for (const rules::FirmName& name : asked) {
        const rules::FirmMatch match = rules::Match({name, keys.registration, keys.phone, keys.domain}, firm);
        if (match.score > similar.match.score) similar.match = match;
      }
    }
    if (similar.match.score >= score_min) found.push_back(std::move(similar));
  }
  std::sort(found.begin(), found.end(), [](const Similar& a, const Similar& b) {
    return a.match.score != b.match.score ? a.match.score > b.match.score : a.account < b.account;
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

absl::Status SaveBlocks(mysql::Connection& connection, const std::string& account,
                        const std::vector<std::string>& names) {
  RETURN_IF_ERROR(connection.Execute("DELETE FROM account_match_blocks WHERE account = ?", {account}).status());
  std::set<std::string> blocks;
  for (const std::string& name : names) {
    for (std::string& block : rules::StoredBlocks(rules::TakeApart(name))) blocks.insert(std::move(block));
  }
  std::string rows;
  std::vector<Value> params;
  for (const std::string& block : blocks) {
    absl::StrAppend(&rows, rows.empty() ? "" : ", ", "(?, ?)");
    params.insert(params.end(), {Value(block), Value(account)});
  }
  if (rows.empty()) return absl::OkStatus();
  return connection
      .Execute(absl::StrCat("INSERT INTO account_match_blocks (block_key, account) VALUES ", rows,
                            " ON DUPLICATE KEY UPDATE account = VALUES(account)"),
               mysql::Params(params))
      .status();
}

}  // namespace kam::account
