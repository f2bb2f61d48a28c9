// Fuzz target of the CSV reader and writer.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/csv/csv.h"
#include "common/testing/fuzz_main.h"

namespace {

using kam::csv::Field;
using kam::csv::Reader;
using kam::csv::ReaderOptions;
using kam::csv::Record;
using kam::csv::Writer;
using kam::csv::WriterOptions;
using Rows = std::vector<std::vector<std::string>>;

#define CHECK_THAT(condition)                                      \
  do {                                                             \
    if (!(condition)) {                                            \
      std::fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
      std::abort();                                                \
    }                                                              \
  } while (false)

absl::Status Parse(absl::string_view text, const ReaderOptions& options, size_t piece, Rows* rows) {
  absl::StatusOr<Reader> reader = Reader::Create(options);
  CHECK_THAT(reader.ok());
  const auto each = [rows](const Record& record) {
    CHECK_THAT(!record.fields.empty());
    CHECK_THAT(record.number == static_cast<int64_t>(rows->size()) + 1);
    rows->emplace_back();
    for (const Field& field : record.fields) {
      CHECK_THAT(field.line >= record.line && field.column >= 1);
      rows->back().emplace_back(field.text);
    }
    return absl::OkStatus();
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    absl::Status status = reader->Feed(text.substr(at, piece), each);
    if (!status.ok()) return status;
  }
  return reader->Finish(each);
}

}  // namespace

// The first bytes choose the options; the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  constexpr char kDelimiters[] = {',', ';', '\t', '|', '\''};
  const uint8_t flags = data[0];
  ReaderOptions reading;
  reading.delimiter = kDelimiters[flags % sizeof(kDelimiters)];
  reading.equal_columns = (flags & 0x20) != 0;
  reading.field_bytes_max = 64;
  reading.record_bytes_max = 128;
  reading.columns_max = 16;
  const absl::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);

  // The same records and the same error, however the text arrives.
  Rows whole, pieces;
  const absl::Status status = Parse(text, reading, size, &whole);
  const absl::Status in_pieces = Parse(text, reading, 1 + data[1] % 7, &pieces);
  CHECK_THAT(in_pieces.code() == status.code() && in_pieces.message() == status.message());
  CHECK_THAT(whole == pieces);
  for (const auto& row : whole) {
    size_t bytes = 0;
    for (const std::string& field : row) {
      CHECK_THAT(field.size() <= reading.field_bytes_max);
      bytes += field.size();
    }
    CHECK_THAT(bytes <= reading.record_bytes_max && row.size() <= reading.columns_max);
  }

  // What was read can be written, and reads back the same, with or without the guard.
  WriterOptions writing;
  writing.delimiter = reading.delimiter;
  writing.byte_order_mark = (flags & 0x08) != 0;
  writing.crlf = (flags & 0x10) != 0;
  writing.quote_all = (flags & 0x40) != 0;
  writing.guard_formulas = (flags & 0x80) != 0;
  absl::StatusOr<Writer> writer = Writer::Create(writing);
  CHECK_THAT(writer.ok());
  std::string written;
  for (const auto& row : whole) CHECK_THAT(writer->Write(absl::MakeConstSpan(row), &written).ok());
  ReaderOptions back;
  back.delimiter = reading.delimiter;
  back.equal_columns = false;
  back.unguard_formulas = writing.guard_formulas;
  Rows again;
  CHECK_THAT(Parse(written, back, 3, &again).ok());
  CHECK_THAT(again == whole);
  return 0;
}

namespace kam::testing {

std::vector<std::string> FuzzSeeds() {
  return {",", ";", "\t", "|", "\"", "\"\"", "\r\n", "\n", "\r", "1.5", "-1", "=", "+", "@", "'", "''=", "\xef\xbb\xbf",
          "客户", "\uff1d", " ", "\xff", "\xe5", "\"\n", "\",", std::string(1, '\0'), "\",\"",
          "0123456789012345678901234567890123456789",
          // Two bytes of options, then texts.
          "  id,name\r\n1,\"Atelier, graphique\"\r\n2,\"He said \"\"yes\"\"\"\r\n", "0 a;b;c\n1;;3\n\"x\ny\";=1+1;'\n",
          "\xc8\x03\xef\xbb\xbf客户\t金额\n海纳\t-1.5\n", "@ a,b\n1\n1,2,3\n"};
}

}  // namespace kam::testing
