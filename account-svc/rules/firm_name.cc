#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/firm_match.h"
#include "account-svc/rules/firm_text.h"
#include "account-svc/rules/firm_words.h"

namespace kam::account::rules {
namespace {

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

}  // namespace

FirmName TakeApart(absl::string_view legal_name) {
  const Lists& lists = Words();
  FirmName name;
  Text chinese;
  for (Text& run : RunsOf(legal_name)) {
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

}  // namespace kam::account::rules
