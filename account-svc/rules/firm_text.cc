#include "account-svc/rules/firm_text.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "account-svc/rules/firm_words.h"

namespace kam::account::rules {
namespace {

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

}  // namespace

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

std::vector<Text> RunsOf(absl::string_view name) {
  const icu::UnicodeString text = Fold(name);
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

bool IsLatin(const FirmName& name) {
  const Text core = ToText(name.core);
  return std::none_of(core.begin(), core.end(), IsHan);
}

std::string Initials(const std::vector<std::string>& words) {
  std::string initials;
  for (const std::string& word : words) initials.push_back(word[0]);
  return initials;
}

}  // namespace kam::account::rules
