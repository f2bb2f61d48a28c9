#include "account-svc/rules/firm_match.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "account-svc/rules/firm_text.h"

namespace kam::account::rules {
namespace {

constexpr int kSame = 100;
constexpr int kReordered = 96;
constexpr int kTradeName = 92;
constexpr int kTypingError = 86;
constexpr int kPinyin = 84;
constexpr int kAcronym = 82;
constexpr int kAbbreviation = 80;
constexpr int kContact = 78;
constexpr int kOtherRegion = 55;    // The same words of another place: another branch, or another firm.
constexpr int kOtherBusiness = 60;  // The same trade name in another trade.
constexpr int kOtherNumber = 50;    // The first and the second works.
constexpr int kOtherRegistration = 30;
constexpr int kAlike = 50;  // From here on a common telephone or domain says that it is one firm.

// One for another of these is no slip of the keys: the eastern and the southern airline are two.
bool IsDirection(char32_t c) {
  static const Text kDirections = ToText("东南西北中");
  return kDirections.find(c) != Text::npos;
}

// Whether two texts of the same length differ in a direction only.
bool DifferInDirection(const Text& a, const Text& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return IsDirection(a[i]) && IsDirection(b[i]);
  }
  return false;
}

// As many speakers say it: sh as s, ng as n.
std::string Sound(const std::vector<std::string>& syllables) {
  std::string sound = absl::StrJoin(syllables, " ") + " ";
  for (const auto& [said, heard] :
       {std::pair<const char*, const char*>{"sh", "s"}, {"zh", "z"}, {"ch", "c"}, {"ng ", "n "}}) {
    sound = absl::StrReplaceAll(sound, {{said, heard}});
  }
  return sound;
}

// Edit distance with swapped neighbours, up to 3.
template <typename Sequence>
size_t Distance(const Sequence& a, const Sequence& b) {
  constexpr size_t kFar = 3;
  if (a.size() > b.size() + kFar || b.size() > a.size() + kFar) return kFar;
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min(
          {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? size_t{0} : size_t{1})});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return std::min(d[a.size()][b.size()], kFar);
}

// `part` picks characters of `whole` in their order, beginning with its first.
bool IsShortFor(const Text& part, const Text& whole) {
  if (part.size() < 2 || whole.size() < part.size() + 2 || part[0] != whole[0]) return false;
  size_t at = 0;
  for (const char32_t c : whole) {
    if (at < part.size() && part[at] == c) ++at;
  }
  return at == part.size();
}

// A short form drops a character of the trade name here and there, never two in a row: by those the firm is known, and
// 海信电器 is no 海口信齐仁电器.
bool KeepsTradeName(const Text& part, const Text& trade) {
  constexpr size_t kDroppedInARow = 2;
  size_t at = 0, dropped = 0;
  for (const char32_t c : trade) {
    const size_t kept = part.find(c, at);
    if (kept == Text::npos) {
      if (++dropped == kDroppedInARow) return false;
    } else {
      at = kept + 1;
      dropped = 0;
    }
  }
  return true;
}

// One list says nothing, or says no less than the other.
bool Compatible(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::includes(a.begin(), a.end(), b.begin(), b.end()) || std::includes(b.begin(), b.end(), a.begin(), a.end());
}
bool Meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a.empty() || b.empty()) return true;
  std::vector<std::string> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return !both.empty();
}

FirmMatch MatchChinese(const FirmName& a, const FirmName& b) {
  const Text core_a = ToText(a.core), core_b = ToText(b.core), trade_a = ToText(a.trade), trade_b = ToText(b.trade);
  const bool same_place = Compatible(a.regions, b.regions);
  const auto in_place = [&](int score, MatchReason reason) {
    return FirmMatch{same_place ? score : std::min(score, kOtherRegion), reason};
  };
  if (a.numbers != b.numbers) return {kOtherNumber, MatchReason::kNone};
  if (a.folded == b.folded) return {kSame, MatchReason::kSameName};
  if (core_a == core_b) return in_place(a.regions == b.regions ? kReordered : kTradeName, MatchReason::kTradeName);
  const bool same_business = Compatible(a.businesses, b.businesses);
  const bool near_business = same_business || Meet(a.businesses, b.businesses);
  if (trade_a == trade_b && trade_a.size() >= 2) {
    return in_place(same_business   ? kTradeName
                    : near_business ? kAbbreviation
                                    : kOtherBusiness,
                    MatchReason::kTradeName);
  }
  if (near_business && trade_a.size() >= 2 && a.trade_pinyin == b.trade_pinyin) {
    return in_place(kPinyin, MatchReason::kPinyin);
  }
  if (DifferInDirection(trade_a, trade_b)) return {kAlike, MatchReason::kNone};
  // Of three characters one is a third of the name: the rest must say the same.
  const size_t shorter = std::min(trade_a.size(), trade_b.size());
  const bool said = (!a.businesses.empty() && !b.businesses.empty()) || (!a.regions.empty() && a.regions == b.regions);
  if (near_business && (shorter >= 4 || (shorter == 3 && said)) && Distance(trade_a, trade_b) == 1) {
    return in_place(kTypingError, MatchReason::kTypingError);
  }
  // Two characters: one wrong is half of the name. It counts where all the rest is said, and the same.
  if (trade_a.size() == 2 && trade_b.size() == 2 && Distance(trade_a, trade_b) == 1) {
    const bool sounds_alike = Sound(a.trade_pinyin) == Sound(b.trade_pinyin);
    const bool rest_same = a.businesses == b.businesses && !a.businesses.empty() && a.regions == b.regions;
    const bool swapped = trade_a[0] == trade_b[1] && trade_a[1] == trade_b[0];
    if (near_business && (sounds_alike || (swapped && rest_same)))
      return in_place(kAbbreviation, MatchReason::kTypingError);
  }
  if (a.businesses == b.businesses && core_a.size() >= 5 && core_b.size() >= 5 && Distance(core_a, core_b) == 1 &&
      std::min(trade_a.size(), trade_b.size()) >= 3) {
    return in_place(kTypingError, MatchReason::kTypingError);
  }
  // A slip in the line of business: all that comes before it is the same.
  constexpr size_t kSameBegin = 4;
  if (std::min(core_a.size(), core_b.size()) >= kSameBegin + 2 && Distance(core_a, core_b) == 1 &&
      core_a.compare(0, kSameBegin, core_b, 0, kSameBegin) == 0) {
    return in_place(kTypingError, MatchReason::kTypingError);
  }
  const Text whole_a = ToText(a.folded), whole_b = ToText(b.folded);
  const auto short_for = [](const Text& part, const Text& core, const Text& whole, const Text& trade) {
    return part.size() >= 3 && (IsShortFor(part, core) || IsShortFor(part, whole)) && KeepsTradeName(part, trade);
  };
  if (short_for(whole_a, core_b, whole_b, trade_b) || short_for(whole_b, core_a, whole_a, trade_a)) {
    return {kAbbreviation, MatchReason::kAbbreviation};
  }
  return {std::min(trade_a.size(), trade_b.size()) >= 2 && Distance(trade_a, trade_b) <= 1 ? kAlike : 0,
          MatchReason::kNone};
}

bool WordsAlike(const std::string& a, const std::string& b, bool* exact) {
  constexpr size_t kShort = 4, kLong = 8;
  if (a == b) return true;
  *exact = false;
  const std::string& less = a.size() < b.size() ? a : b;
  const std::string& more = a.size() < b.size() ? b : a;
  if (less.size() >= 3 && more.size() > less.size() + 1 && absl::StartsWith(more, less)) return true;
  if (less.size() < kShort) return false;
  return Distance(a, b) <= (less.size() >= kLong ? 2u : 1u);
}

bool IsInitials(const FirmName& part, const FirmName& whole) {
  return part.words.size() == 1 && whole.words.size() >= 3 && part.words[0] == Initials(whole.words);
}

FirmMatch MatchLatin(const FirmName& a, const FirmName& b) {
  if (a.numbers != b.numbers) return {kOtherNumber, MatchReason::kNone};
  if (a.words == b.words) return {kSame, MatchReason::kSameName};
  std::vector<std::string> sorted_a = a.words, sorted_b = b.words;
  std::sort(sorted_a.begin(), sorted_a.end());
  std::sort(sorted_b.begin(), sorted_b.end());
  if (sorted_a == sorted_b) return {kReordered, MatchReason::kSameName};
  const std::string joined_a = absl::StrJoin(a.words, ""), joined_b = absl::StrJoin(b.words, "");
  if (joined_a == joined_b) return {kReordered, MatchReason::kSameName};
  if (IsInitials(a, b) || IsInitials(b, a)) return {kAcronym, MatchReason::kAcronym};
  const std::vector<std::string>& less = a.words.size() <= b.words.size() ? a.words : b.words;
  const std::vector<std::string>& more = a.words.size() <= b.words.size() ? b.words : a.words;
  std::vector<bool> used(more.size());
  bool exact = true;
  size_t distinctive = 0;  // Letters of matched words that are not of every name.
  for (const std::string& word : less) {
    bool matched = false;
    for (size_t i = 0; i < more.size() && !matched; ++i) {
      bool same = true;
      if (used[i] || !WordsAlike(word, more[i], &same)) continue;
      used[i] = matched = true;
      exact = exact && same;
      if (Words().latin_businesses.count(word) == 0 && Words().latin_regions.count(word) == 0)
        distinctive += word.size();
    }
    if (!matched) {
      const bool typed = std::min(joined_a.size(), joined_b.size()) >= 6 && Distance(joined_a, joined_b) == 1;
      return {typed ? kTypingError : 0, typed ? MatchReason::kTypingError : MatchReason::kNone};
    }
  }
  if (distinctive < 3) return {};
  bool only_common_words_left = true;
  for (size_t i = 0; i < more.size(); ++i) {
    only_common_words_left = only_common_words_left && (used[i] || Words().latin_businesses.count(more[i]) != 0 ||
                                                        Words().latin_regions.count(more[i]) != 0);
  }
  if (!only_common_words_left) return {kAlike, MatchReason::kNone};
  // One word for another that begins so is a short form; anything else a slip of the keys.
  if (more.size() > less.size()) return {kAbbreviation, MatchReason::kAbbreviation};
  return {exact ? kReordered : kTypingError, exact ? MatchReason::kSameName : MatchReason::kTypingError};
}

// 华为 and Huawei: the trade name in Chinese sounds like the one in Latin letters.
FirmMatch MatchAcross(const FirmName& chinese, const FirmName& latin) {
  std::string trade;
  for (const std::string& word : latin.words) {
    if (Words().latin_businesses.count(word) == 0 && Words().latin_regions.count(word) == 0) trade += word;
  }
  const bool same = chinese.trade_pinyin.size() >= 2 && trade == absl::StrJoin(chinese.trade_pinyin, "");
  return same ? FirmMatch{kAbbreviation, MatchReason::kPinyin} : FirmMatch{};
}

}  // namespace

absl::string_view MatchReasonName(MatchReason reason) {
  switch (reason) {
    case MatchReason::kNone:
      return "NONE";
    case MatchReason::kRegistration:
      return "REGISTRATION";
    case MatchReason::kSameName:
      return "SAME_NAME";
    case MatchReason::kTradeName:
      return "TRADE_NAME";
    case MatchReason::kPinyin:
      return "PINYIN";
    case MatchReason::kTypingError:
      return "TYPING_ERROR";
    case MatchReason::kAbbreviation:
      return "ABBREVIATION";
    case MatchReason::kAcronym:
      return "ACRONYM";
    case MatchReason::kContact:
      return "CONTACT";
  }
  return "NONE";
}

FirmMatch Match(const FirmEvidence& a, const FirmEvidence& b) {
  if (!a.registration.empty() && !b.registration.empty()) {
    if (a.registration == b.registration) return {kSame, MatchReason::kRegistration};
    return {kOtherRegistration, MatchReason::kNone};
  }
  FirmMatch match;
  const bool latin_a = IsLatin(a.name), latin_b = IsLatin(b.name);
  if (latin_a && latin_b) {
    match = MatchLatin(a.name, b.name);
  } else if (latin_a || latin_b) {
    match = latin_a ? MatchAcross(b.name, a.name) : MatchAcross(a.name, b.name);
  } else {
    match = MatchChinese(a.name, b.name);
  }
  const bool contact = (!a.phone.empty() && a.phone == b.phone) || (!a.domain.empty() && a.domain == b.domain);
  if (contact && match.score >= kAlike && match.score < kContact && a.name.numbers == b.name.numbers) {
    return {kContact, MatchReason::kContact};
  }
  return match;
}

}  // namespace kam::account::rules
