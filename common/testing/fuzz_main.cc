#include "common/testing/fuzz_main.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <random>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kRounds = 100'000;
constexpr uint64_t kSeed = 20260131;
constexpr size_t kInputBytesMax = 4'200;
// One mutant in so many becomes a seed itself, so that changes add up.
constexpr int kBreedEvery = 100;

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

class Mutator {
 public:
  explicit Mutator(std::vector<std::string> seeds) : seeds_(std::move(seeds)) {}

  std::string Next() {
    std::string input = Seed();
    for (size_t edits = 1 + Below(4); edits > 0; --edits) Edit(&input);
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
    return input;
  }

  void Breed(std::string input) { seeds_.push_back(std::move(input)); }

 private:
  size_t Below(size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(random_() % limit); }
  const std::string& Seed() { return seeds_[Below(seeds_.size())]; }

  void Edit(std::string* input) {
    const size_t at = Below(input->size() + 1);
    switch (Below(6)) {
      case 0:
        input->insert(at, 1, static_cast<char>(random_()));
        break;
      case 1:
        if (at < input->size()) (*input)[at] = static_cast<char>(random_());
        break;
      case 2:
        input->erase(at, 1 + Below(8));
        break;
      case 3: {
        const std::string other = Seed();
        const size_t from = Below(other.size());
        input->insert(at, other.substr(from, 1 + Below(other.size() - from)));
        break;
      }
      case 4:
        input->insert(at, input->substr(Below(input->size()), 1 + Below(24)));
        break;
      default:
        input->insert(at, Seed());
    }
  }

  std::mt19937_64 random_{kSeed};
  std::vector<std::string> seeds_;
};

}  // namespace

int main() {
  const std::vector<std::string> seeds = kam::testing::FuzzSeeds();
  Run("");
  for (const std::string& seed : seeds) Run(seed);
  Mutator mutator(seeds);
  for (int round = 0; round < kRounds; ++round) {
    std::string input = mutator.Next();
    Run(input);
    if (round % kBreedEvery == 0) mutator.Breed(std::move(input));
  }
  std::printf("%d inputs\n", 1 + static_cast<int>(seeds.size()) + kRounds);
  return 0;
}
