#include "account-svc/rules/firm_match.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/firm_words.h"

namespace kam::account::rules {
namespace {

using Text = std::u32string;

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

bool IsHan(char32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &error) == USCRIPT_HAN && U_SUCCESS(error);
}

Text ToText(absl::string_view utf8) {
  const icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  Text out;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    out.push_back(static_cast<char32_t>(text.char32At(i)));
  return out;
}

std::string ToUtf8(const Text& text) {
  icu::UnicodeString out;
  for (const char32_t c : text) out.append(static_cast<UChar32>(c));
  std::string utf8;
  out.toUTF8String(utf8);
  return utf8;
}

// A transliterator of this thread; making one takes milliseconds.
class Transliterator {
 public:
  explicit Transliterator(const char* id) {
    UErrorCode error = U_ZERO_ERROR;
    inner_.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, error));
    if (U_FAILURE(error)) inner_.reset();
  }
  void Apply(icu::UnicodeString* text) const {
    if (inner_ != nullptr) inner_->transliterate(*text);
  }

 private:
  std::unique_ptr<icu::Transliterator> inner_;
};

// Compatibility form, case folded, simplified characters, accents left out of Latin letters.
icu::UnicodeString Fold(absl::string_view name) {
  thread_local const Transliterator simplify("Traditional-Simplified");
  thread_local const Transliterator plain("Latin-ASCII");
  icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  UErrorCode error = U_ZERO_ERROR;
  if (const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error); U_SUCCESS(error)) {
    icu::UnicodeString folded = normalizer->normalize(text, error);
    if (U_SUCCESS(error)) text = folded;
  }
  simplify.Apply(&text);
  plain.Apply(&text);
  return text;
}

// Runs of letters and digits; Chinese and other runs apart.
std::vector<Text> Runs(const icu::UnicodeString& text) {
  std::vector<Text> runs;
  bool open = false, han = false;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c == U'.' || c == U'\'' || c == U'’') continue;
    if (!u_isalnum(c)) {
      open = open && han;  // Brackets and blanks part words, not Chinese names: 青禾（上海）生鲜.
      continue;
    }
    const bool now_han = IsHan(static_cast<char32_t>(c));
    if (!open || now_han != han) runs.emplace_back();
    runs.back().push_back(static_cast<char32_t>(c));
    open = true;
    han = now_han;
  }
  return runs;
}

struct Lists {
  std::vector<Text> forms, regions, businesses;
  std::set<std::string> fillers, latin_businesses, latin_regions;
};
const Lists& Words() {
  static const Lists* const kLists = [] {
    auto* lists = new Lists;
    const auto take = [](absl::Span<const absl::string_view> from, std::vector<Text>* to) {
      for (const absl::string_view word : from) to->push_back(ToText(word));
      std::stable_sort(to->begin(), to->end(), [](const Text& a, const Text& b) { return a.size() > b.size(); });
    };
    take(ChineseLegalForms(), &lists->forms);
    take(ChineseRegions(), &lists->regions);
    take(ChineseBusinesses(), &lists->businesses);
    lists->fillers.insert(LatinFillers().begin(), LatinFillers().end());
    lists->latin_businesses.insert(LatinBusinesses().begin(), LatinBusinesses().end());
    lists->latin_regions.insert(LatinRegions().begin(), LatinRegions().end());
    return lists;
  }();
  return *kLists;
}

bool EndsWith(const Text& text, const Text& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Cuts the first word of the list that the text ends with, and is more than, and returns it.
std::optional<Text> CutEnd(const std::vector<Text>& words, Text* text) {
  for (const Text& word : words) {
    if (!EndsWith(*text, word)) continue;
    text->resize(text->size() - word.size());
    return word;
  }
  return std::nullopt;
}

// Takes the words of a list out wherever they stand, as long as something is left.
void TakeOut(const std::vector<Text>& words, bool regions, Text* text, std::vector<std::string>* found) {
  for (const Text& word : words) {
    for (size_t at = text->find(word); at != Text::npos; at = text->find(word)) {
      size_t length = word.size();
      if (regions && at + length < text->size()) {
        const char32_t next = (*text)[at + length];
        if (next == U'省' || next == U'市' || next == U'区' || next == U'县') ++length;
      }
      if (text->size() <= length) return;  // A name that is nothing else keeps it.
      text->erase(at, length);
      found->push_back(ToUtf8(word));
    }
  }
}

bool IsNumber(char32_t c) {
  static constexpr absl::string_view kNumerals = "一二三四五六七八九十";
  static const Text kText = ToText(kNumerals);
  return (c >= U'0' && c <= U'9') || kText.find(c) != Text::npos;
}

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

std::vector<std::string> Pinyin(const Text& text) {
  thread_local const Transliterator latin("Han-Latin; Latin-ASCII; Lower");
  std::vector<std::string> syllables;
  for (size_t i = 0; i < text.size();) {
    Text part;
    if (IsHan(text[i])) {
      part.push_back(text[i++]);
    } else {
      while (i < text.size() && !IsHan(text[i])) part.push_back(text[i++]);
    }
    icu::UnicodeString sound = icu::UnicodeString::fromUTF8(ToUtf8(part));
    latin.Apply(&sound);
    std::string syllable;
    sound.toUTF8String(syllable);
    syllables.emplace_back(absl::StripAsciiWhitespace(syllable));
  }
  return syllables;
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

bool IsLatin(const FirmName& name) {
  const Text core = ToText(name.core);
  return std::none_of(core.begin(), core.end(), IsHan);
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
  const auto short_for = [](const Text& part, const Text& core, const Text& whole) {
    return part.size() >= 3 && (IsShortFor(part, core) || IsShortFor(part, whole));
  };
  if (short_for(whole_a, core_b, whole_b) || short_for(whole_b, core_a, whole_a)) {
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

std::string Initials(const std::vector<std::string>& words) {
  std::string initials;
  for (const std::string& word : words) initials.push_back(word[0]);
  return initials;
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

FirmName TakeApart(absl::string_view legal_name) {
  const Lists& lists = Words();
  FirmName name;
  Text chinese;
  for (Text& run : Runs(Fold(legal_name))) {
    if (IsHan(run[0])) {
      chinese += run;
      continue;
    }
    std::string word = ToUtf8(run);
    for (const auto& [short_form, whole] : LatinShortForms()) {
      if (word == short_form) word = std::string(whole);
    }
    if (lists.fillers.count(word) != 0) continue;
    if (lists.latin_regions.count(word) != 0) name.regions.push_back(word);
    if (std::any_of(word.begin(), word.end(),
                    [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); })) {
      name.numbers.push_back(word);
    }
    name.words.push_back(std::move(word));
  }
  if (chinese.empty() && name.words.empty()) name.words.push_back(std::string(legal_name));
  while (CutEnd(lists.forms, &chinese).has_value()) {
  }
  // 华信信息技术有限公司（北京）: the place stands behind the legal form.
  Text before_place = chinese;
  if (const auto place = CutEnd(lists.regions, &before_place); place.has_value()) {
    bool form = false;
    while (CutEnd(lists.forms, &before_place).has_value()) form = true;
    if (form) {
      chinese = before_place;
      name.regions.push_back(ToUtf8(*place));
    }
  }
  if (chinese.empty()) {
    name.folded = absl::StrJoin(name.words, "");
    name.core = name.trade = name.folded;
    name.trade_pinyin = name.words;
  } else {
    // ABB（中国）有限公司: what stands in Latin letters is part of the name.
    Text whole = chinese;
    if (!name.words.empty()) whole = ToText(absl::StrJoin(name.words, "")) + whole;
    name.folded = ToUtf8(whole);
    TakeOut(lists.regions, /*regions=*/true, &whole, &name.regions);
    name.core = ToUtf8(whole);
    for (const char32_t c : whole) {
      if (IsNumber(c) && IsHan(c)) name.numbers.push_back(ToUtf8(Text(1, c)));
    }
    TakeOut(lists.businesses, /*regions=*/false, &whole, &name.businesses);
    name.trade = ToUtf8(whole);
    name.trade_pinyin = Pinyin(whole);
  }
  std::sort(name.regions.begin(), name.regions.end());
  std::sort(name.businesses.begin(), name.businesses.end());
  return name;
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

namespace {

// Up to kBlocksMax, each once.
class Blocks {
 public:
  void Add(char kind, const std::string& text) {
    std::string block = absl::StrCat(std::string(1, kind), text);
    if (static_cast<int>(blocks_.size()) == kBlocksMax) return;
    if (std::find(blocks_.begin(), blocks_.end(), block) == blocks_.end()) blocks_.push_back(std::move(block));
  }
  std::vector<std::string> Take() { return std::move(blocks_); }

 private:
  std::vector<std::string> blocks_;
};

constexpr size_t kBlockTextMax = 40;

void AddLatin(const FirmName& name, Blocks* blocks) {
  constexpr size_t kPart = 3;
  std::string joined;
  for (const std::string& word : name.words) {
    if (Words().latin_businesses.count(word) != 0 || Words().latin_regions.count(word) != 0) continue;
    joined += word;
    blocks->Add('b', word.substr(0, kPart));                                      // Its begin,
    if (word.size() > kPart) blocks->Add('e', word.substr(word.size() - kPart));  // and its end.
  }
  blocks->Add('w', joined.substr(0, kBlockTextMax));
  if (name.words.size() >= kPart) blocks->Add('a', Initials(name.words));
  if (name.words.size() == 1) blocks->Add('a', name.words[0].substr(0, kBlockTextMax));
}

void AddChinese(const FirmName& name, Blocks* blocks) {
  blocks->Add('w', absl::StrJoin(name.trade_pinyin, "").substr(0, kBlockTextMax));
  const Text trade = ToText(name.trade);
  for (size_t i = 0; i + 1 < trade.size(); ++i) blocks->Add('c', ToUtf8(trade.substr(i, 2)));
  for (size_t i = 0; i + 1 < name.trade_pinyin.size(); ++i) {
    blocks->Add('p', absl::StrCat(name.trade_pinyin[i], name.trade_pinyin[i + 1]));
  }
  if (trade.size() == 2) blocks->Add('s', ToUtf8(Text{std::min(trade[0], trade[1]), std::max(trade[0], trade[1])}));
  if (trade.size() >= 3) {
    blocks->Add('x', ToUtf8(Text{trade[0], trade[2]}));  // One wrong between them.
    blocks->Add('x', ToUtf8(Text{trade[0], trade.back()}));
  }
}

// Short forms pick characters of the whole name: the first, and some that follow.
void AddPicks(const FirmName& name, char kind, Blocks* blocks) {
  constexpr size_t kFarthest = 12;
  for (const std::string& part : {name.core, name.folded}) {
    const Text text = ToText(part);
    for (size_t i = 1; i < std::min(text.size(), kFarthest); ++i) blocks->Add(kind, ToUtf8(Text{text[0], text[i]}));
  }
}

std::vector<std::string> BlocksFor(const FirmName& name, char kind_of_short, char kind_of_long) {
  constexpr size_t kShortMax = 5;
  Blocks blocks;
  if (IsLatin(name)) {
    AddLatin(name, &blocks);
  } else {
    AddChinese(name, &blocks);
    AddPicks(name, ToText(name.folded).size() <= kShortMax ? kind_of_short : kind_of_long, &blocks);
  }
  return blocks.Take();
}

}  // namespace

std::vector<std::string> StoredBlocks(const FirmName& name) { return BlocksFor(name, 'S', 'L'); }

std::vector<std::string> LookupBlocks(const FirmName& name) { return BlocksFor(name, 'L', 'S'); }

}  // namespace kam::account::rules
