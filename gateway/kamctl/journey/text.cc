#include "gateway/kamctl/journey/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace kam::ctl::journey {
namespace {

constexpr int kPageWidth = 130;

// One character: its bytes and its columns.
struct Character {
  size_t bytes;
  int width;
};

// Text that is not UTF-8 is taken byte by byte.
Character At(absl::string_view text, size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  if (bytes == 1 || at + bytes > text.size()) return {1, 1};
  uint32_t code = first & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
  // East Asian wide and full-width blocks.
  const bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
                    (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
                    (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
                    (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x20000 && code <= 0x3fffd);
  return {bytes, wide ? 2 : 1};
}

// As much of the text as fits.
std::string Cut(absl::string_view text, int width) {
  if (WidthOf(text) <= width) return std::string(text);
  constexpr int kDots = 2;
  size_t at = 0;
  int used = 0;
  while (at < text.size()) {
    const Character character = At(text, at);
    if (used + character.width > width - kDots) break;
    used += character.width;
    at += character.bytes;
  }
  return absl::StrCat(text.substr(0, at), "..");
}

}  // namespace

int WidthOf(absl::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const Character character = At(text, at);
    width += character.width;
    at += character.bytes;
  }
  return width;
}

std::string Line(const std::vector<Column>& columns) {
  std::string line;
  for (size_t i = 0; i < columns.size(); ++i) {
    const int width = std::abs(columns[i].width);
    const std::string text = width == 0 ? columns[i].text : Cut(columns[i].text, width);
    const std::string blanks(static_cast<size_t>(width == 0 ? 0 : width - WidthOf(text)), ' ');
    absl::StrAppend(&line, i == 0 ? "" : " ", columns[i].width < 0 ? blanks : "", text,
                    columns[i].width < 0 ? "" : blanks);
  }
  const size_t end = line.find_last_not_of(' ');
  return end == std::string::npos ? "" : line.substr(0, end + 1);
}

std::string Grouped(const std::string& amount) {
  if (amount == "0.00") return "-";
  const size_t point = std::min(amount.find('.'), amount.size());
  std::string text;
  for (size_t i = 0; i < amount.size(); ++i) {
    const bool after_digit = i > 0 && amount[i - 1] != '-';
    if (i < point && after_digit && (point - i) % 3 == 0) text.push_back(',');
    text.push_back(amount[i]);
  }
  return text;
}

std::string Rule(char character) { return std::string(kPageWidth, character); }

}  // namespace kam::ctl::journey
