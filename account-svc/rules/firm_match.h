// Whether two files may be the same firm although their keys differ: abbreviations, other legal forms,
// traditional characters, pinyin, typing errors, in Chinese and in English. Pure functions; the blocks by which
// candidates are found in the database are verified here by a score with its reason.
#ifndef KAM_ACCOUNT_SVC_RULES_FIRM_MATCH_H_
#define KAM_ACCOUNT_SVC_RULES_FIRM_MATCH_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::account::rules {

// What a name says, taken apart: 上海 | 青禾 | 生鲜 | 有限公司 is region, trade name, line of business, legal form.
struct FirmName {
  std::string folded;                   // Compatibility form, case folded, simplified; no spaces, no legal form.
  std::string core;                     // Without regions.
  std::string trade;                    // Without lines of business either: the trade name (字号).
  std::vector<std::string> regions;     // Sorted.
  std::vector<std::string> businesses;  // Sorted.
  std::vector<std::string> numbers;     // Figures and ordinals, in order: the first and the second works differ.
  std::vector<std::string>
      trade_pinyin;                // Syllables of the trade name without tones; words in Latin letters as they are.
  std::vector<std::string> words;  // Words in Latin letters without legal forms and small words, written out.
};
FirmName TakeApart(absl::string_view legal_name);

// What is compared of a firm.
struct FirmEvidence {
  FirmName name;
  std::string registration;  // Normalised keys (rules/keys.h); empty: not known.
  std::string phone;
  std::string domain;
};

enum class MatchReason {
  kNone,
  kRegistration,  // The same registration number.
  kSameName,      // The same name but for legal form, spacing, width, traditional characters, order of words.
  kTradeName,     // The same trade name; region or line of business is said in one of them only.
  kPinyin,        // The trade names sound the same.
  kTypingError,   // One or two letters or characters differ.
  kAbbreviation,  // One is short for the other.
  kAcronym,       // One is the initials of the other.
  kContact,       // A similar name with the same telephone or domain.
};
// "SAME_NAME"
absl::string_view MatchReasonName(MatchReason reason);

struct FirmMatch {
  int score = 0;  // 0 to 100.
  MatchReason reason = MatchReason::kNone;
};
FirmMatch Match(const FirmEvidence& a, const FirmEvidence& b);

// Blocks: of two firms that may be the same, what is looked up for one is stored for the other. Short texts, each once.
// Across scripts (华为, Huawei) and between short forms and whole names too.
inline constexpr int kBlocksMax = 40;
std::vector<std::string> StoredBlocks(const FirmName& name);
std::vector<std::string> LookupBlocks(const FirmName& name);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_FIRM_MATCH_H_
