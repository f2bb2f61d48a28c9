#include "tests/coverage/requirements.h"

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/csv/csv.h"
#include "common/status/status.h"

namespace kam::coverage {

absl::StatusOr<std::vector<Requirement>> ReadRequirements(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", absl::StrCat("no file ", path), {{"file", path}});
  }
  std::stringstream content;
  content << in.rdbuf();
  std::vector<Requirement> requirements;
  std::set<std::string> seen;
  const auto each = [&](const csv::Record& record) -> absl::Status {
    if (record.number == 1) return absl::OkStatus();
    Requirement requirement;
    for (size_t i = 0; i < record.fields.size(); ++i) {
      const absl::string_view text = record.fields[i].text;
      if (i == 0) {
        requirement.id = std::string(text);
      } else {
        absl::StrAppend(&requirement.title, i == 1 ? "" : ": ", text);
      }
    }
    if (record.fields.size() < 2 || !seen.insert(requirement.id).second) {
      return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID",
                   absl::StrCat(path, ":", record.line, ": an id and a title are wanted, each id once"),
                   {{"file", path}, {"line", absl::StrCat(record.line)}});
    }
    requirements.push_back(std::move(requirement));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({}));
  RETURN_IF_ERROR(reader.Feed(content.str(), each));
  RETURN_IF_ERROR(reader.Finish(each));
  return requirements;
}

}  // namespace kam::coverage
