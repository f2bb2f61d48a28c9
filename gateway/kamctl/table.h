// CSV files, with the line and column of every cell.
#ifndef KAM_GATEWAY_KAMCTL_TABLE_H_
#define KAM_GATEWAY_KAMCTL_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kam::ctl {

struct Cell {
  std::string text;
  int64_t line = 0;
  int64_t column = 0;
};

struct TableRow {
  int64_t line = 0;
  std::vector<Cell> cells;
};

struct Table {
  std::string file;  // Name without the folder.
  std::map<std::string, size_t> columns;
  std::vector<TableRow> rows;

  // The cell of a named column; null when there is no such column.
  const Cell* Find(const TableRow& row, const std::string& column) const {
    const auto it = columns.find(column);
    return it == columns.end() ? nullptr : &row.cells[it->second];
  }
};

// Where CSV files lie and how they are written.
struct Folder {
  std::string path;
  std::string encoding = "UTF-8";  // "GB18030", which GBK and GB2312 are parts of, as many an ERP writes it.
};

// Is it one that ReadRows knows?
bool KnownEncoding(const std::string& encoding);

// Reads a file with a header row (RFC 4180) a piece at a time: no more of it than one row is in memory. `table` gets
// file name and columns before the first row is given to `each`; an error of `each` ends the reading and is returned.
// CSV_MALFORMED, CSV_LIMIT_EXCEEDED with line and column, CSV_COLUMN_REPEATED, FILE_UNREADABLE.
absl::Status ReadRows(const Folder& folder, const std::string& file, Table* table,
                      absl::FunctionRef<absl::Status(TableRow)> each);

// The columns only.
absl::StatusOr<Table> ReadHeader(const Folder& folder, const std::string& file);

// All rows, in memory.
absl::StatusOr<Table> ReadTable(const Folder& folder, const std::string& file);

// The whole file. FILE_UNREADABLE.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_TABLE_H_
