// kam_rights_matrix FILE: writes into FILE (account-svc/README.md), between its two marks, which role sees which rows
// of what as delivered. kam_rights_matrix --check FILE: changes nothing; status 1 when FILE says something else. Runs
// in the source root.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/organization_rules.h"
#include "common/status/status.h"
#include "tests/authorization/rights.h"
#include "tests/documents/generated_page.h"

namespace kam::authorization {
namespace {

// Columns, each with the right that shows it.
constexpr std::pair<const char*, const char*> kColumns[] = {
    {"accounts 客户", "account.read"},        {"opportunities 商机", "opportunity.read"},
    {"floor price 底价", "price.floor.read"}, {"purchase price 采购价", "price.purchase.read"},
    {"contracts 合同", "contract.read"},      {"receivables 应收", "receivable.read"},
    {"plans 客户计划", "account_plan.read"},  {"commission 提成", "commission_share.read"},
    {"complaints 投诉", "complaint.read"},    {"claims 索赔", "claim.read"},
    {"assessment 考核", "assessment.read"},
};

absl::StatusOr<std::string> Matrix() {
  ASSIGN_OR_RETURN(const Rights rights, ReadAllRights());
  std::string names = "| role |";
  std::string line = "|---|";
  for (const auto& [title, permission] : kColumns) {
    if (rights.count(permission) == 0) return Internal(absl::StrCat("no such right: ", permission));
    absl::StrAppend(&names, " ", title, " |");
    line += "---|";
  }
  std::string matrix = absl::StrCat(names, "\n", line, "\n");
  for (const absl::string_view role : account::rules::RoleCodes()) {
    absl::StrAppend(&matrix, "| ", role, " |");
    for (const auto& [title, permission] : kColumns) {
      const auto& held = rights.at(permission);
      const auto level = held.find(std::string(role));
      absl::StrAppend(&matrix, " ", level == held.end() ? "-" : auth::LevelName(level->second), " |");
    }
    matrix += "\n";
  }
  return matrix;
}

}  // namespace
}  // namespace kam::authorization

int main(int argc, char** argv) { return kam::documents::PageMain(argc, argv, kam::authorization::Matrix); }
