// Texts that are hashed and signed: one item a line, the same content always gives the same text, and no content can
// look like another one.
#ifndef KAM_CONTRACT_SVC_RULES_TEXT_H_
#define KAM_CONTRACT_SVC_RULES_TEXT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::contract::rules {

class TextWriter {
 public:
  // "key: a | b". Line breaks, backslashes and bars in the values are escaped.
  void Line(absl::string_view key, const std::vector<std::string>& values);
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

// A decimal without trailing zeros; other text as it is.
std::string Canonical(const std::string& decimal);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_TEXT_H_
