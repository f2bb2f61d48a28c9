#include "gateway/kamctl/table.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/csv/csv.h"
#include "common/status/status.h"

namespace kam::ctl {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in.good() && text.str().empty()) {
    return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE", absl::StrCat(path, " cannot be read"),
                 {{"file", path}});
  }
  return text.str();
}

absl::StatusOr<Table> ReadTable(const std::string& directory, const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(absl::StrCat(directory, "/", file)));
  Table table;
  table.file = file;
  const auto each = [&table](const csv::Record& record) -> absl::Status {
    if (record.number == 1) {
      for (size_t i = 0; i < record.fields.size(); ++i) {
        if (!table.columns.emplace(std::string(record.fields[i].text), i).second) {
          return Error(absl::StatusCode::kInvalidArgument, "CSV_COLUMN_REPEATED",
                       absl::StrCat("column ", std::string(record.fields[i].text), " stands twice in the header"));
        }
      }
      return absl::OkStatus();
    }
    TableRow row;
    row.line = record.line;
    for (const csv::Field& field : record.fields)
      row.cells.push_back({std::string(field.text), field.line, field.column});
    table.rows.push_back(std::move(row));
    return absl::OkStatus();
  };
  ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({}));
  absl::Status status = reader.Feed(text, each);
  if (status.ok()) status = reader.Finish(each);
  if (!status.ok()) {
    return Error(
        status.code(), Reason(status), absl::StrCat(file, ": ", std::string(status.message())),
        {{"file", file}, {"line", MetadataValue(status, "line")}, {"column", MetadataValue(status, "column")}});
  }
  return table;
}

}  // namespace kam::ctl
