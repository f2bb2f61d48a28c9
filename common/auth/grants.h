// Role grants as data (G-02, G-03): which permission a role holds, and how many rows it reaches.
#ifndef KAM_COMMON_AUTH_GRANTS_H_
#define KAM_COMMON_AUTH_GRANTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/principal.h"

namespace kam::auth {

inline constexpr std::size_t kMaxPermissionBytes = 128;

using Grants = absl::flat_hash_map<std::string, Level>;

// One row of a role, as stored: permission "{noun}.{verb}", level by name.
struct GrantRow {
  std::string permission;
  std::string level;
};

// Whether `text` can be a permission: words of ASCII letters, digits, '_' and '-' joined by single dots, at least two
// words, at most kMaxPermissionBytes.
bool IsPermission(absl::string_view text);

// The rows of all roles of a person in one map: the widest level of each permission. Rows of level "none" grant
// nothing. INVALID_ARGUMENT naming grants[i].permission or grants[i].level for rows that say nothing valid; then
// nothing is granted at all.
absl::StatusOr<Grants> MergeGrants(const std::vector<GrantRow>& rows);

// Widens `into` by `more`.
void WidenGrants(const Grants& more, Grants* into);

// The rows that a level reaches for a person, as values to compare a row with. A wider level contains every narrower
// one: whoever reaches a region still reaches rows of their own outside it.
struct Reach {
  bool everything = false;
  std::vector<std::string> owners;  // Employee ids.
  std::string department_prefix;    // "/d1/d7/"; empty: no department.
  std::vector<std::string> regions;

  bool Covers(absl::string_view owner, absl::string_view department, absl::string_view region) const;
};
Reach ReachOf(const Principal& principal, Level level);

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_GRANTS_H_
