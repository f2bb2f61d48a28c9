#include "gateway/json/testing/fuzz_main.h"

#include <cstdint>
#include <cstdio>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kRounds = 200000;
constexpr uint64_t kSeed = 20260101;
constexpr size_t kBytesMax = 4096;

void Run(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

}  // namespace

int main() {
  std::vector<std::string> corpus = kam::gateway::FuzzCorpus();
  for (const std::string& text : corpus) Run(text);
  std::mt19937_64 random(kSeed);
  const auto below = [&random](size_t limit) { return static_cast<size_t>(random() % (limit == 0 ? 1 : limit)); };
  for (int round = 0; round < kRounds; ++round) {
    std::string text = corpus[below(corpus.size())];
    for (size_t edits = 1 + below(4); edits > 0; --edits) {
      const size_t at = below(text.size() + 1);
      const std::string& other = corpus[below(corpus.size())];
      switch (below(5)) {
        case 0:
          text.insert(text.begin() + static_cast<std::ptrdiff_t>(at), static_cast<char>(random()));
          break;
        case 1:
          if (at < text.size()) text[at] = static_cast<char>(random());
          break;
        case 2:
          text.erase(at, 1 + below(8));
          break;
        case 3:
          text.insert(at, other, below(other.size()), 1 + below(32));
          break;
        default:
          text.insert(at, text, below(text.size()), 1 + below(16));
      }
    }
    if (text.size() > kBytesMax) text.resize(kBytesMax);
    Run(text);
    // Some offspring become parents, so that edits add up.
    if (round % 200 == 0) corpus.push_back(text);
  }
  std::printf("%d inputs\n", kRounds + static_cast<int>(corpus.size()));
  return 0;
}
