// CSV by RFC 4180: a streaming reader and a writer. UTF-8 only.
//
// Both know the same dialect: fields separated by one delimiter, records ended by CRLF or LF, fields that hold a
// delimiter, a quote or a line break in double quotes, quotes inside doubled. What RFC 4180 leaves open is refused:
// a quote inside an unquoted field, text after a closing quote, a lone CR outside quotes, NUL, records of different
// lengths (unless allowed). Lines without any character are skipped. What the writer writes, the reader reads back.
#ifndef KAM_COMMON_CSV_CSV_H_
#define KAM_COMMON_CSV_CSV_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kam::csv {

// Lines and columns count from 1; a column is a character (code point) of its line.
struct Field {
  absl::string_view text;  // unquoted; valid until the callback returns
  bool quoted = false;
  int64_t line = 0;
  int64_t column = 0;
};

struct Record {
  int64_t number = 0;  // from 1; the header line, if there is one, is record 1
  int64_t line = 0;    // where it starts
  absl::Span<const Field> fields;
};

struct ReaderOptions {
  char delimiter = ',';
  // Every record must have as many fields as the first.
  bool equal_columns = true;
  // Takes back the apostrophe that WriterOptions::guard_formulas put before a field.
  bool unguard_formulas = false;
  size_t field_bytes_max = size_t{64} << 10;
  size_t record_bytes_max = size_t{1} << 20;
  size_t columns_max = 1000;
};

// Takes the text in pieces of any size, as they arrive, and gives out whole records. Holds one record in memory.
// Errors: CSV_MALFORMED, CSV_LIMIT_EXCEEDED, both with "line" and "column" (and "rule" or "limit") as metadata. After
// an error of any kind the reader gives the same error again.
class Reader {
 public:
  using EachRecord = absl::FunctionRef<absl::Status(const Record&)>;

  // CSV_OPTIONS_INVALID: the delimiter must be a printable ASCII character or a tab, not a quote.
  static absl::StatusOr<Reader> Create(const ReaderOptions& options);

  // Calls `each` for every record that ends in `bytes`; a non-OK status of it ends the reading and is returned.
  absl::Status Feed(absl::string_view bytes, EachRecord each);
  // After the last piece: the last record may lack its line end.
  absl::Status Finish(EachRecord each);

 private:
  enum class State { kFieldStart, kUnquoted, kQuoted, kQuoteInQuoted, kCarriageReturn };
  struct FieldBounds {
    size_t begin = 0;
    size_t end = 0;
    bool quoted = false;
    int64_t line = 0;
    int64_t column = 0;
  };

  explicit Reader(const ReaderOptions& options) : options_(options) {}

  absl::Status Byte(unsigned char byte, EachRecord each);
  absl::Status Character(EachRecord each);
  absl::Status OutsideQuotes(char c, absl::string_view text, EachRecord each);
  void StartField();
  absl::Status Append(absl::string_view text);
  absl::Status EndField();
  absl::Status EndRecord(EachRecord each);
  absl::Status Malformed(absl::string_view rule, absl::string_view message) const;
  absl::Status MalformedAt(absl::string_view rule, absl::string_view message, int64_t line, int64_t column) const;
  absl::Status LimitExceeded(absl::string_view what, size_t limit) const;

  ReaderOptions options_;
  absl::Status status_;

  // The character being decoded.
  unsigned char character_[4] = {};
  size_t character_size_ = 0;
  size_t character_needs_ = 0;  // bytes still to come
  unsigned char next_min_ = 0x80;
  unsigned char next_max_ = 0xbf;

  State state_ = State::kFieldStart;
  bool at_start_ = true;  // nothing but possibly the byte order mark was read
  bool line_is_empty_ = true;
  int64_t line_ = 1;
  int64_t column_ = 1;
  int64_t records_ = 0;
  size_t columns_ = 0;  // of the first record
  std::string buffer_;  // text of the fields of this record, one after the other
  std::vector<FieldBounds> bounds_;
  FieldBounds field_;
  std::vector<Field> fields_;
};

struct WriterOptions {
  char delimiter = ',';
  bool byte_order_mark = false;  // lets Excel recognise UTF-8
  bool crlf = true;              // otherwise LF
  bool quote_all = false;
  // Puts an apostrophe before a field that a spreadsheet would run as a formula: one that starts with = + - @, their
  // full-width forms, TAB, CR or LF, and is not a plain number like -12.5. A field that already looks guarded gets
  // one more, so that the reader can take it back.
  bool guard_formulas = true;
};

class Writer {
 public:
  // CSV_OPTIONS_INVALID as for the reader.
  static absl::StatusOr<Writer> Create(const WriterOptions& options);

  // Appends one record to `out`. CSV_TEXT_INVALID (nothing appended) for a field that is not UTF-8 or holds NUL, and
  // for a record without fields, which CSV cannot express.
  absl::Status Write(absl::Span<const absl::string_view> fields, std::string* out);
  absl::Status Write(absl::Span<const std::string> fields, std::string* out);

 private:
  explicit Writer(const WriterOptions& options) : options_(options) {}

  template <typename Text>
  absl::Status WriteFields(absl::Span<const Text> fields, std::string* out);

  WriterOptions options_;
  bool first_ = true;
};

}  // namespace kam::csv

#endif  // KAM_COMMON_CSV_CSV_H_
