#include "contract-svc/rules/text.h"

#include "absl/strings/str_cat.h"
#include "common/money/decimal.h"

namespace kam::contract::rules {
namespace {

std::string Escape(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '|') out.push_back('\\');
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

void TextWriter::Line(absl::string_view key, const std::vector<std::string>& values) {
  absl::StrAppend(&text_, key, ":");
  for (size_t i = 0; i < values.size(); ++i) absl::StrAppend(&text_, i == 0 ? " " : " | ", Escape(values[i]));
  text_ += "\n";
}

std::string Canonical(const std::string& decimal) {
  const absl::StatusOr<Decimal> parsed = Decimal::Parse(decimal);
  return parsed.ok() ? parsed->ToString() : decimal;
}

}  // namespace kam::contract::rules
