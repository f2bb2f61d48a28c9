// kam_rights_doc FILE: writes to FILE (docs/rights.md) who holds which right as delivered, by family and mode.
// kam_rights_doc --check FILE: changes nothing; status 1 when FILE says something else. Runs in the source root.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/right_rules.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "tests/authorization/rights.h"
#include "tests/documents/generated_page.h"

namespace kam::authorization {
namespace {

namespace pb = organization::v1;

constexpr std::pair<pb::RightFamily, const char*> kFamilies[] = {
    {pb::RIGHT_FAMILY_PERSONNEL, "Personnel (人事权)"},
    {pb::RIGHT_FAMILY_FINANCE, "Finance (财务权)"},
    {pb::RIGHT_FAMILY_BUSINESS, "Business (业务权)"},
};
constexpr auth::Level kLevels[] = {auth::Level::kOwn, auth::Level::kTeam, auth::Level::kDepartment,
                                   auth::Level::kRegion, auth::Level::kAll};

std::string RolesAt(const std::map<std::string, auth::Level>& held, auth::Level level) {
  std::vector<std::string> roles;
  for (const absl::string_view role : account::rules::RoleCodes()) {
    const auto it = held.find(std::string(role));
    if (it != held.end() && it->second == level) roles.emplace_back(role);
  }
  return absl::StrJoin(roles, " ");
}

std::string Page(const Rights& rights) {
  std::string page =
      "# Rights as delivered\n\n"
      "Written by `./dev coverage` from `account-svc/rights` and `account-svc/rules/right_rules`; a test keeps it "
      "current. Administrators replace single rows (RoleGrantService).\n\n"
      "The columns own to all say which roles hold the right for which rows: their own, those of their team, their "
      "department, their regions, all. A wider level has the narrower ones in it. A right to propose never executes. "
      "A right without roles is held by programs of the suite only.\n";
  for (const auto& [family, title] : kFamilies) {
    absl::StrAppend(
        &page, "\n## ", title,
        "\n\n| right | mode | limit | own | team | department | region | all |\n|---|---|---|---|---|---|---|"
        "---|\n");
    for (const auto& [permission, held] : rights) {
      if (account::rules::FamilyOf(permission) != family) continue;
      const auto* mode = pb::RightMode_descriptor()->FindValueByNumber(account::rules::ModeOf(permission));
      absl::StrAppend(&page, "| `", permission, "` | ", absl::AsciiStrToLower(resource::ShortEnumName(mode)), " | ",
                      account::rules::LimitOf(permission), " |");
      for (const auth::Level level : kLevels) absl::StrAppend(&page, " ", RolesAt(held, level), " |");
      absl::StrAppend(&page, "\n");
    }
  }
  return page;
}

absl::StatusOr<std::string> PageNow() {
  ASSIGN_OR_RETURN(const Rights rights, ReadAllRights());
  return Page(rights);
}

}  // namespace
}  // namespace kam::authorization

int main(int argc, char** argv) { return kam::documents::PageMain(argc, argv, kam::authorization::PageNow); }
