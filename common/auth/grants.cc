#include "common/auth/grants.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::auth {

bool IsPermission(absl::string_view text) {
  if (text.empty() || text.size() > kMaxPermissionBytes) return false;
  bool dotted = false;
  bool in_word = false;
  for (const char c : text) {
    if (c == '.') {
      if (!in_word) return false;
      dotted = true;
      in_word = false;
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-') {
      in_word = true;
    } else {
      return false;
    }
  }
  return dotted && in_word;
}

absl::StatusOr<Grants> MergeGrants(const std::vector<GrantRow>& rows) {
  Grants grants;
  FieldViolations violations;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const GrantRow& row = rows[i];
    if (!IsPermission(row.permission)) {
      violations.Add(absl::StrCat("grants[", i, "].permission"), "PERMISSION_INVALID",
                     absl::StrCat("a permission has the form noun.verb, at most ", kMaxPermissionBytes, " bytes"),
                     {{"limit", absl::StrCat(kMaxPermissionBytes)}});
      continue;
    }
    Level level = Level::kNone;
    if (!ParseLevel(row.level, &level)) {
      violations.Add(absl::StrCat("grants[", i, "].level"), "LEVEL_UNKNOWN",
                     "the level is one of none, own, team, department, region, all");
      continue;
    }
    if (level == Level::kNone) continue;
    Level& widest = grants[row.permission];
    widest = std::max(widest, level);
  }
  RETURN_IF_ERROR(violations.status());
  return grants;
}

void WidenGrants(const Grants& more, Grants* into) {
  for (const auto& [permission, level] : more) {
    if (level == Level::kNone) continue;
    Level& widest = (*into)[permission];
    widest = std::max(widest, level);
  }
}

bool Reach::Covers(absl::string_view owner, absl::string_view department, absl::string_view region) const {
  if (everything) return true;
  if (!owner.empty() && std::find(owners.begin(), owners.end(), owner) != owners.end()) return true;
  if (!department_prefix.empty() && absl::StartsWith(department, department_prefix)) return true;
  return !region.empty() && std::find(regions.begin(), regions.end(), region) != regions.end();
}

Reach ReachOf(const Principal& principal, Level level) {
  Reach reach;
  if (level == Level::kNone) return reach;
  if (level == Level::kAll) {
    reach.everything = true;
    return reach;
  }
  if (!principal.employee.empty()) reach.owners.push_back(principal.employee);
  if (level >= Level::kTeam) reach.owners.insert(reach.owners.end(), principal.team.begin(), principal.team.end());
  if (level >= Level::kDepartment) reach.department_prefix = principal.department;
  if (level >= Level::kRegion) reach.regions = principal.regions;
  return reach;
}

}  // namespace kam::auth
