#include "tests/authorization/rights.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "account-svc/rights_loader.h"
#include "common/csv/csv.h"
#include "common/status/status.h"

namespace kam::authorization {
namespace {

// account::ReadRights leaves out permissions without roles; here they count.
absl::Status AddPermissions(const std::string& file, Rights* rights) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  const auto each = [&](const csv::Record& record) -> absl::Status {
    if (record.number > 1 && !record.fields.empty()) (*rights)[std::string(record.fields[0].text)];
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({}));
  RETURN_IF_ERROR(reader.Feed(content.str(), each));
  return reader.Finish(each);
}

}  // namespace

absl::StatusOr<Rights> ReadAllRights() {
  ASSIGN_OR_RETURN(const account::Rights delivered, account::ReadRights(kRightsDirectory));
  Rights rights;
  for (const account::Right& right : delivered.rows) {
    auth::Level level = auth::Level::kNone;
    if (!auth::ParseLevel(right.level, &level)) return Internal(absl::StrCat("unknown level ", right.level));
    rights[right.permission][right.role] = level;
  }
  std::error_code error;
  for (std::filesystem::directory_iterator it(kRightsDirectory, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".csv") RETURN_IF_ERROR(AddPermissions(it->path().string(), &rights));
  }
  return rights;
}

auth::Principal PersonWithRole(const Rights& rights, const std::string& role) {
  auth::Principal person;
  person.employee = "00000000000000000000000001";
  person.subject = absl::StrCat("employees/", person.employee);
  person.roles = {role};
  person.department = "/00000000000000000000000002/";
  for (const auto& [permission, roles] : rights) {
    if (const auto it = roles.find(role); it != roles.end()) person.grants[permission] = it->second;
  }
  return person;
}

}  // namespace kam::authorization
