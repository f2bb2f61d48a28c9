#include "gateway/kamctl/table.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/csv/csv.h"
#include "common/status/status.h"

namespace kam::ctl {
namespace {

constexpr size_t kPieceBytes = size_t{64} << 10;
constexpr char kUtf8[] = "UTF-8";
// Ends ReadRows after the header; never leaves this file.
constexpr char kHeaderRead[] = "header read";

absl::Status Unreadable(const std::string& path) {
  return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE", absl::StrCat(path, " cannot be read"), {{"file", path}});
}

// Text of another encoding, piece by piece, as UTF-8. What cannot be read becomes a byte that no UTF-8 text has, so
// that the reader of the CSV says where it stands.
class Decoder {
 public:
  explicit Decoder(const std::string& encoding)
      : converter_(encoding == kUtf8 ? kNone : iconv_open(kUtf8, encoding.c_str())) {}
  ~Decoder() {
    if (converter_ != kNone) iconv_close(converter_);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  std::string Decode(absl::string_view piece, bool last) {
    if (converter_ == kNone) return std::string(piece);
    rest_.append(piece.data(), piece.size());
    std::string text;
    char* in = rest_.data();
    size_t in_left = rest_.size();
    while (in_left > 0) {
      std::array<char, 4096> buffer;
      char* out = buffer.data();
      size_t out_left = buffer.size();
      const size_t result = iconv(converter_, &in, &in_left, &out, &out_left);
      text.append(buffer.data(), buffer.size() - out_left);
      if (result != static_cast<size_t>(-1) || errno == E2BIG) continue;
      if (errno == EINVAL && !last) break;  // Half a character: the next piece brings the other half.
      text += '\xff';
      ++in;
      --in_left;
    }
    rest_.erase(0, rest_.size() - in_left);
    return text;
  }

 private:
  static inline const iconv_t kNone = reinterpret_cast<iconv_t>(-1);

  const iconv_t converter_;
  std::string rest_;
};

}  // namespace

bool KnownEncoding(const std::string& encoding) { return encoding == kUtf8 || encoding == "GB18030"; }

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in.good() && text.str().empty()) return Unreadable(path);
  return text.str();
}

absl::Status ReadRows(const Folder& folder, const std::string& file, Table* table,
                      absl::FunctionRef<absl::Status(TableRow)> each) {
  table->file = file;
  table->columns.clear();
  const auto take = [&](const csv::Record& record) -> absl::Status {
    if (record.number == 1) {
      for (size_t i = 0; i < record.fields.size(); ++i) {
        if (!table->columns.emplace(std::string(record.fields[i].text), i).second) {
          return Error(absl::StatusCode::kInvalidArgument, "CSV_COLUMN_REPEATED",
                       absl::StrCat("column ", std::string(record.fields[i].text), " stands twice in the header"));
        }
      }
      return absl::OkStatus();
    }
    TableRow row;
    row.line = record.line;
    row.cells.reserve(record.fields.size());
    for (const csv::Field& field : record.fields) {
      row.cells.push_back({std::string(field.text), field.line, field.column});
    }
    return each(std::move(row));
  };
  const std::string path = absl::StrCat(folder.path, "/", file);
  std::ifstream in(path, std::ios::binary);
  ASSIGN_OR_RETURN(csv::Reader reader, csv::Reader::Create({}));
  Decoder decoder(folder.encoding);
  std::string piece(kPieceBytes, '\0');
  absl::Status status;
  bool any = false;
  while (status.ok() && in.good()) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto size = static_cast<size_t>(in.gcount());
    any = any || size > 0;
    status = reader.Feed(decoder.Decode(absl::string_view(piece).substr(0, size), !in.good()), take);
  }
  if (in.bad() || (!any && !in.eof())) return Unreadable(path);
  if (status.ok()) status = reader.Finish(take);
  const std::string reason = Reason(status);
  if (reason != "CSV_MALFORMED" && reason != "CSV_LIMIT_EXCEEDED" && reason != "CSV_COLUMN_REPEATED") return status;
  const bool utf8 = MetadataValue(status, "rule") == "utf-8";
  const std::string hint = utf8 && folder.encoding == kUtf8
                               ? "; if the file is written in GBK, say \"encoding\": \"GB18030\" in the mapping"
                               : "";
  return Error(status.code(), reason, absl::StrCat(file, ": ", std::string(status.message()), hint),
               {{"file", file}, {"line", MetadataValue(status, "line")}, {"column", MetadataValue(status, "column")}});
}

absl::StatusOr<Table> ReadHeader(const Folder& folder, const std::string& file) {
  Table table;
  const absl::Status status =
      ReadRows(folder, file, &table, [](const TableRow&) { return absl::CancelledError(kHeaderRead); });
  if (status.ok() || (absl::IsCancelled(status) && status.message() == kHeaderRead)) return table;
  return status;
}

absl::StatusOr<Table> ReadTable(const Folder& folder, const std::string& file) {
  Table table;
  RETURN_IF_ERROR(ReadRows(folder, file, &table, [&table](TableRow row) {
    table.rows.push_back(std::move(row));
    return absl::OkStatus();
  }));
  return table;
}

}  // namespace kam::ctl
