// What an internal token costs: to mint, to verify, and to recognise again from the cache.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "common/auth/internal_token.h"
#include "common/auth/testing.h"

namespace kam::auth {
namespace {

Principal PersonWithTeam(int64_t team) {
  Principal principal;
  principal.subject = "employees/e1";
  principal.employee = "e1";
  principal.roles = {"KAM"};
  principal.department = "/d1/d7/";
  for (int64_t i = 0; i < team; ++i) principal.team.push_back(absl::StrCat("0192f0c17a0070008000", 100000000000 + i));
  for (int i = 0; i < 60; ++i) principal.grants[absl::StrCat("appointments.action", i)] = Level::kTeam;
  return principal;
}

struct Setup {
  explicit Setup(std::size_t cache_entries) {
    const std::string jwks = directory / "jwks.json", key_file = directory / "gateway.jwk";
    key = LoadOrCreateKey("gateway", key_file, jwks).value();
    issuer = InternalIssuer::Create({.program = "gateway", .key_file = key_file}, kNoon).value();
    InternalAuthenticator::Options options;
    options.jwks_file = jwks;
    options.cache_entries = cache_entries;
    authenticator = InternalAuthenticator::Create(options).value();
  }
  TemporaryDirectory directory;
  KeyPtr key;
  std::unique_ptr<InternalIssuer> issuer;
  std::unique_ptr<InternalAuthenticator> authenticator;
};

void BM_Mint(benchmark::State& state) {
  const Setup setup(0);
  const Principal principal = PersonWithTeam(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(setup.issuer->Mint(principal, kNoon));
}
BENCHMARK(BM_Mint)->Arg(0)->Arg(1000);

void BM_VerifyWithoutCache(benchmark::State& state) {
  const Setup setup(0);
  const std::string token = setup.issuer->Mint(PersonWithTeam(state.range(0)), kNoon).value();
  state.counters["token_bytes"] = static_cast<double>(token.size());
  for (auto _ : state) benchmark::DoNotOptimize(setup.authenticator->AuthenticateShared(token, kNoon));
}
BENCHMARK(BM_VerifyWithoutCache)->Arg(0)->Arg(1000);

void BM_VerifyFromCache(benchmark::State& state) {
  const Setup setup(100);
  const std::string token = setup.issuer->Mint(PersonWithTeam(state.range(0)), kNoon).value();
  for (auto _ : state) benchmark::DoNotOptimize(setup.authenticator->AuthenticateShared(token, kNoon));
}
BENCHMARK(BM_VerifyFromCache)->Arg(0)->Arg(1000);

// As the Authenticator interface gives it: with a copy of the principal.
void BM_VerifyFromCacheAndCopy(benchmark::State& state) {
  const Setup setup(100);
  const std::string token = setup.issuer->Mint(PersonWithTeam(state.range(0)), kNoon).value();
  for (auto _ : state) benchmark::DoNotOptimize(setup.authenticator->Authenticate(token, kNoon));
}
BENCHMARK(BM_VerifyFromCacheAndCopy)->Arg(0)->Arg(1000);

}  // namespace
}  // namespace kam::auth

BENCHMARK_MAIN();
