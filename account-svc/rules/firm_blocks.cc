#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/firm_match.h"
#include "account-svc/rules/firm_text.h"

namespace kam::account::rules {
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
