// Who calls, and what they may do: the content of a verified internal token.
#ifndef KAM_COMMON_AUTH_PRINCIPAL_H_
#define KAM_COMMON_AUTH_PRINCIPAL_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kam::auth {

// Rows a permission reaches (G-03), from narrow to wide.
enum class Level { kNone = 0, kOwn = 1, kTeam = 2, kDepartment = 3, kRegion = 4, kAll = 5 };

absl::string_view LevelName(Level level);             // "own", "team", ...
bool ParseLevel(absl::string_view text, Level* out);  // false when unknown

struct Principal {
  // "employees/{id}" for a person, "programs/{name}" for a program of the suite.
  std::string subject;
  // {id} of the person; empty for programs.
  std::string employee;
  // Role codes held now, for example "KAM" (requirements section 0).
  std::vector<std::string> roles;
  // Department path of the person, ids from the top: "/d1/d7/"; empty for programs.
  std::string department;
  // Sales regions the person answers for.
  std::vector<std::string> regions;
  // Employee ids of the reporting subtree, without the person; filled when some grant reaches the team.
  std::vector<std::string> team;
  // Permission -> widest level granted.
  absl::flat_hash_map<std::string, Level> grants;

  bool is_program() const { return employee.empty(); }
  Level LevelFor(absl::string_view permission) const {
    const auto it = grants.find(permission);
    return it == grants.end() ? Level::kNone : it->second;
  }
  bool Holds(absl::string_view permission) const { return LevelFor(permission) != Level::kNone; }
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_PRINCIPAL_H_
