// Fuzz target: no text but our own tokens opens, and every row survives the way through a token.
#include <cstdint>

#include "common/resource/filter.h"
#include "common/status/status.h"
#include "common/testing/fuzz_main.h"

namespace {

using kam::mysql::Value;
using kam::resource::PageTokens;
using kam::testing::Require;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);

const PageTokens& Tokens() {
  static const auto* const tokens = new PageTokens(std::string(32, 'k'));
  return *tokens;
}

// The texts that may open. They are made once, so that mutations are mutations of them.
const std::vector<std::string>& Genuine() {
  static const auto* const genuine = new std::vector<std::string>{
      Tokens().Seal({Value("I")}, "b", kNow), Tokens().Seal({Value("Acme"), Value(), Value(7), Value(kNow)}, "b", kNow),
      Tokens().Seal({}, "b", kNow)};
  return *genuine;
}

}  // namespace

std::vector<std::string> kam::testing::FuzzSeeds() {
  std::vector<std::string> seeds = Genuine();
  seeds.insert(seeds.end(), {"AAAA", "=", "-_", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "+/"});
  return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  bool genuine = false;
  for (const std::string& token : Genuine()) genuine = genuine || token == input;
  const absl::StatusOr<std::vector<Value>> opened = Tokens().Open(input, "b", kNow);
  Require(opened.ok() == genuine, genuine ? "a token does not open" : "a forged token opens");
  if (!genuine) Require(kam::Reason(opened.status()) == "PAGE_TOKEN_INVALID", "wrong error");

  const std::vector<Value> row = {Value(input), Value(static_cast<int64_t>(size)), Value(), Value(kNow)};
  const std::string token = Tokens().Seal(row, input, kNow);
  const absl::StatusOr<std::vector<Value>> again = Tokens().Open(token, input, kNow);
  Require(again.ok() && *again == row, "a row does not survive");
  Require(!Tokens().Open(token, input + "x", kNow).ok(), "another binding opens");
  return 0;
}
