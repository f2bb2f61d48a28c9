#include "gateway/transcode/uri.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "gateway/json/json_values.h"

namespace kam::gateway {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool PercentDecode(absl::string_view text, const DecodeOptions& options, std::string* out) {
  const size_t before = out->size();
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '+' && options.plus_is_space) {
      out->push_back(' ');
    } else if (c != '%') {
      if (c == '\0') return false;
      out->push_back(c);
    } else {
      if (text.size() - i < 3) return false;
      const int high = HexValue(text[i + 1]), low = HexValue(text[i + 2]);
      if (high < 0 || low < 0) return false;
      const auto byte = static_cast<char>(high * 16 + low);
      if (byte == '\0') return false;
      if (byte == '/' && options.keep_slash) {
        out->append(text.data() + i, 3);
      } else {
        out->push_back(byte);
      }
      i += 2;
    }
  }
  return IsUtf8(absl::string_view(*out).substr(before));
}

std::string PercentEncode(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~') {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParseQuery(absl::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  if (query.empty()) return parameters;
  const DecodeOptions options{.keep_slash = false, .plus_is_space = true};
  size_t number = 0;
  for (const absl::string_view piece : absl::StrSplit(query, '&')) {
    if (piece.empty()) continue;
    ++number;
    if (number > kQueryParametersMax) {
      return Error(absl::StatusCode::kInvalidArgument, "QUERY_MALFORMED",
                   absl::StrCat("the query has more than ", kQueryParametersMax, " parameters"),
                   {{"limit", absl::StrCat(kQueryParametersMax)}});
    }
    const size_t equals = piece.find('=');
    std::pair<std::string, std::string> parameter;
    if (!PercentDecode(piece.substr(0, equals), options, &parameter.first) ||
        (equals != absl::string_view::npos && !PercentDecode(piece.substr(equals + 1), options, &parameter.second))) {
      return Error(absl::StatusCode::kInvalidArgument, "QUERY_MALFORMED",
                   absl::StrCat("parameter ", number, " of the query has a bad %-escape or is not UTF-8"),
                   {{"position", absl::StrCat(number)}});
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace kam::gateway
