#include "account-svc/rules/snapshot_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/notices.h"
#include "account-svc/rules/proto_time.h"
#include "common/id/digest.h"
#include "kam/account/v1/account_snapshot.pb.h"

namespace kam::account::rules {

using v1::AccountSnapshot;

std::string HashOfSections(const AccountSnapshot& snapshot) {
  std::string text;
  for (const v1::SnapshotSection& section : snapshot.sections()) {
    absl::StrAppend(&text, section.section(), " ", section.rows(), " ", section.content_sha256(), "\n");
  }
  return Sha256Hex(text);
}

std::vector<std::string> DamagedSections(const AccountSnapshot& snapshot,
                                         const std::map<std::string, std::string>& contents) {
  std::vector<std::string> damaged;
  if (HashOfSections(snapshot) != snapshot.content_sha256()) damaged.emplace_back();
  for (const v1::SnapshotSection& section : snapshot.sections()) {
    const auto content = contents.find(section.section());
    if (content == contents.end()) {
      damaged.push_back(section.section());
      continue;
    }
    if (Sha256Hex(content->second) != section.content_sha256()) damaged.push_back(section.section());
  }
  return damaged;
}

void CheckSnapshot(const std::map<std::string, std::string>& contents, absl::Time now, AccountSnapshot* snapshot) {
  const std::vector<std::string> damaged = DamagedSections(*snapshot, contents);
  snapshot->set_check_result(damaged.empty() ? v1::SNAPSHOT_RESULT_INTACT : v1::SNAPSHOT_RESULT_DAMAGED);
  constexpr size_t kNamesMax = 900;  // The field takes a thousand bytes.
  std::string names;
  for (const std::string& section : damaged) {
    if (names.size() + section.size() > kNamesMax) {
      names.append(" ...");
      break;
    }
    absl::StrAppend(&names, names.empty() ? "" : " ", section);
  }
  snapshot->set_damaged_sections(names);
  *snapshot->mutable_check_time() = ToTimestamp(now);
}

std::vector<Notice> NoticesOfFailedSnapshots(const std::vector<std::pair<std::string, int64_t>>& failures,
                                             const std::string& today) {
  constexpr char kArchivist[] = "KAPM";  // Answers for completeness and security.
  constexpr size_t kReasonsMax = 250;    // Bytes; the title of a notice takes four hundred.
  int64_t accounts = 0;
  std::string reasons;
  for (const auto& [reason, count] : failures) {
    accounts += count;
    if (reasons.size() + reason.size() < kReasonsMax) {
      absl::StrAppend(&reasons, reasons.empty() ? "" : ", ", reason, " ", count);
    }
  }
  Notices notices;
  if (accounts > 0) {
    notices.Add(Audience::kHolders, "", organization::v1::NOTIFICATION_KIND_ESCALATION,
                absl::StrCat("备份未完成 Back-ups that could not be taken: ", accounts, " (", reasons, ")"), today,
                kArchivist);
  }
  return notices.Take();
}

}  // namespace kam::account::rules
