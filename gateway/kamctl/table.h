// A CSV file in memory, with the line and column of every cell.
#ifndef KAM_GATEWAY_KAMCTL_TABLE_H_
#define KAM_GATEWAY_KAMCTL_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

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

// Reads a file with a header row (RFC 4180, UTF-8). CSV_MALFORMED with line and column, FILE_UNREADABLE.
absl::StatusOr<Table> ReadTable(const std::string& directory, const std::string& file);

// The whole file. FILE_UNREADABLE.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_TABLE_H_
