// Words that names of firms are made of: legal forms, regions, lines of business, short forms.
#ifndef KAM_ACCOUNT_SVC_RULES_FIRM_WORDS_H_
#define KAM_ACCOUNT_SVC_RULES_FIRM_WORDS_H_

#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace kam::account::rules {

// Legal forms at the end of Chinese names, longest first.
absl::Span<const absl::string_view> ChineseLegalForms();
// Provinces, cities, and 中国; without 省, 市.
absl::Span<const absl::string_view> ChineseRegions();
// Lines of business and other words that many names share.
absl::Span<const absl::string_view> ChineseBusinesses();
// Legal forms that are words, and small words.
absl::Span<const absl::string_view> LatinFillers();
// Words that many names share.
absl::Span<const absl::string_view> LatinBusinesses();
// Countries and cities.
absl::Span<const absl::string_view> LatinRegions();
// Short forms and what they stand for.
absl::Span<const std::pair<absl::string_view, absl::string_view>> LatinShortForms();

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_FIRM_WORDS_H_
