// Text and words as the search for similar firms sees them; for firm_name.cc, firm_match.cc and firm_blocks.cc.
#ifndef KAM_ACCOUNT_SVC_RULES_FIRM_TEXT_H_
#define KAM_ACCOUNT_SVC_RULES_FIRM_TEXT_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "account-svc/rules/firm_match.h"

namespace kam::account::rules {

using Text = std::u32string;

bool IsHan(char32_t c);
Text ToText(absl::string_view utf8);
std::string ToUtf8(const Text& text);

// Runs of letters and digits, Chinese and other runs apart, of the name in its compatibility form: case folded,
// simplified characters, accents left out of Latin letters.
std::vector<Text> RunsOf(absl::string_view name);

// Syllables without tones, one a Chinese character; runs of other characters as they are.
std::vector<std::string> Pinyin(const Text& text);

// The lists of firm_words.h, the Chinese ones with the longest word first.
struct Lists {
  std::vector<Text> forms, regions, businesses;
  std::set<std::string> fillers, latin_businesses, latin_regions;
};
const Lists& Words();

// No part of the name that is compared is Chinese.
bool IsLatin(const FirmName& name);
std::string Initials(const std::vector<std::string>& words);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_FIRM_TEXT_H_
