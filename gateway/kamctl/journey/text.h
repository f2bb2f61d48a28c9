// Columns of text for a terminal, where a Chinese character is as wide as two letters.
#ifndef KAM_GATEWAY_KAMCTL_JOURNEY_TEXT_H_
#define KAM_GATEWAY_KAMCTL_JOURNEY_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::ctl::journey {

struct Column {
  std::string text;
  int width = 0;  // Positive: at the left; negative: at the right; 0: as it is. Longer text is cut, with "..".
};

// Columns of the terminal that UTF-8 text takes.
int WidthOf(absl::string_view text);

// The columns with one blank between them, without blanks at the end.
std::string Line(const std::vector<Column>& columns);

// "1234567.80" -> "1,234,567.80"; zero as "-".
std::string Grouped(const std::string& amount);

// A line across the page.
std::string Rule(char character);

}  // namespace kam::ctl::journey

#endif  // KAM_GATEWAY_KAMCTL_JOURNEY_TEXT_H_
