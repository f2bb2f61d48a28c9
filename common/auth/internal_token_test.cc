#include "common/auth/internal_token.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/auth/dev_issuer.h"
#include "common/auth/key_source.h"
#include "common/auth/testing.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Principal Manager() {
  Principal principal;
  principal.subject = "employees/e1";
  principal.employee = "e1";
  principal.roles = {"KAM", "GAM"};
  principal.department = "/d1/d7/";
  principal.regions = {"华东", "south west"};
  principal.team = {"e2", "e3"};
  principal.grants = {{"accounts.get", Level::kTeam},
                      {"accounts.create", Level::kOwn},
                      {"quotes.get", Level::kTeam},
                      {"products.get", Level::kAll},
                      {"claims.pay", Level::kNone}};
  return principal;
}

class InternalTokenTest : public ::testing::Test {
 protected:
  std::unique_ptr<InternalIssuer> IssuerOf(const std::string& program) {
    EXPECT_TRUE(LoadOrCreateKey(program, KeyFile(program), jwks_).ok());
    auto issuer = InternalIssuer::Create({.program = program, .key_file = KeyFile(program)}, kNoon);
    EXPECT_TRUE(issuer.ok()) << issuer.status();
    return *std::move(issuer);
  }
  std::string KeyFile(const std::string& program) const { return directory_ / (program + ".jwk"); }
  std::unique_ptr<InternalAuthenticator> NewAuthenticator() {
    InternalAuthenticator::Options options;
    options.jwks_file = jwks_;
    options.program_permissions = {{"account-svc", {"contracts.get", "claims.get"}}, {"gateway", {"employees.get"}}};
    options.cache_entries = cache_entries_;
    options.cache_bytes = cache_bytes_;
    return InternalAuthenticator::Create(options).value();
  }
  // Signs claims that no issuer would mint, with the key of a program.
  std::string Forge(const std::string& program, const std::string& claims) {
    const KeyPtr key = LoadOrCreateKey(program, KeyFile(program), jwks_).value();
    return Sign(Claims::Parse(claims).value(), *key, Algorithm::kEs256, kInternalType).value();
  }
  static std::string Body(const std::string& issuer, const std::string& subject, const std::string& more = "") {
    return absl::StrCat("{\"iss\":\"", issuer, "\",\"sub\":\"", subject,
                        "\",\"aud\":\"kam-internal\",\"iat\":1795248000,\"exp\":1795248060", more, "}");
  }

  TemporaryDirectory directory_;
  const std::string jwks_ = directory_ / "internal.jwks.json";
  std::size_t cache_entries_ = 100;
  std::size_t cache_bytes_ = 1024 * 1024;
};

TEST_F(InternalTokenTest, CarriesEveryFieldOfThePrincipal) {
  const auto issuer = IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  const auto principal = authenticator->Authenticate(issuer->Mint(Manager(), kNoon).value(), kNoon);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->subject, "employees/e1");
  EXPECT_EQ(principal->employee, "e1");
  EXPECT_THAT(principal->roles, ElementsAre("KAM", "GAM"));
  EXPECT_EQ(principal->department, "/d1/d7/");
  EXPECT_THAT(principal->regions, ElementsAre("华东", "south west"));
  EXPECT_THAT(principal->team, ElementsAre("e2", "e3"));
  EXPECT_THAT(principal->grants,
              UnorderedElementsAre(Pair("accounts.get", Level::kTeam), Pair("accounts.create", Level::kOwn),
                                   Pair("quotes.get", Level::kTeam), Pair("products.get", Level::kAll)));
}

TEST_F(InternalTokenTest, CarriesAClientOfTheGateway) {
  const auto issuer = IssuerOf("gateway");
  Principal client;
  client.subject = "apiClients/c1";
  client.grants = {{"accounts.get", Level::kAll}};
  const auto principal = NewAuthenticator()->Authenticate(issuer->Mint(client, kNoon).value(), kNoon);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->subject, "apiClients/c1");
  EXPECT_TRUE(principal->employee.empty());
  EXPECT_TRUE(principal->Holds("accounts.get"));
}

TEST_F(InternalTokenTest, LivesSixtySecondsAndTheSkew) {
  const std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  const auto authenticator = NewAuthenticator();
  for (int round = 0; round < 2; ++round) {  // The second time from the cache.
    EXPECT_TRUE(authenticator->Authenticate(token, kNoon + absl::Seconds(59)).ok());
  }
  EXPECT_TRUE(authenticator->Authenticate(token, kNoon + absl::Seconds(89)).ok());
  EXPECT_EQ(Reason(authenticator->Authenticate(token, kNoon + absl::Seconds(90)).status()), "TOKEN_EXPIRED");
}

TEST_F(InternalTokenTest, AProgramCannotSpeakForAnybodyElse) {
  const auto gateway = IssuerOf("gateway");
  const auto service = IssuerOf("account-svc");
  const auto authenticator = NewAuthenticator();
  const auto reason = [&](const std::string& token) {
    return Reason(authenticator->Authenticate(token, kNoon).status());
  };
  EXPECT_EQ(reason(service->Mint(Manager(), kNoon).value()), "TOKEN_SUBJECT_REFUSED");
  EXPECT_EQ(reason(Forge("account-svc", Body("account-svc", "apiClients/c1"))), "TOKEN_SUBJECT_REFUSED");
  EXPECT_EQ(reason(Forge("account-svc", Body("account-svc", "programs/gateway"))), "TOKEN_SUBJECT_REFUSED");
  EXPECT_EQ(reason(Forge("gateway", Body("gateway", "programs/account-svc"))), "TOKEN_SUBJECT_REFUSED");
  // Saying that the gateway issued it does not help: the key belongs to another program.
  EXPECT_EQ(reason(Forge("account-svc", Body("gateway", "employees/e1"))), "TOKEN_ISSUER_REFUSED");
  EXPECT_EQ(reason(Forge("gateway", Body("account-svc", "programs/account-svc"))), "TOKEN_ISSUER_REFUSED");
  EXPECT_EQ(authenticator->stats().refused, 6u);
}

TEST_F(InternalTokenTest, AKidWithoutProgramSpeaksForNobody) {
  const KeyPtr key = NewKey("gateway");
  ASSERT_TRUE(WriteFileAtomically(jwks_, AddToJwks("", key->PublicJwk()).value(), kPublicFileMode).ok());
  const std::string token =
      Sign(Claims::Parse(Body("gateway", "employees/e1")).value(), *key, Algorithm::kEs256, kInternalType).value();
  EXPECT_EQ(Reason(NewAuthenticator()->Authenticate(token, kNoon).status()), "TOKEN_ISSUER_REFUSED");
}

TEST_F(InternalTokenTest, AProgramSpeaksForItselfWithTheGrantsOfTheTable) {
  const auto authenticator = NewAuthenticator();
  const auto service = authenticator->Authenticate(IssuerOf("account-svc")->MintForSelf(kNoon).value(), kNoon);
  ASSERT_TRUE(service.ok()) << service.status();
  EXPECT_EQ(service->subject, "programs/account-svc");
  EXPECT_TRUE(service->is_program());
  EXPECT_THAT(service->grants,
              UnorderedElementsAre(Pair("contracts.get", Level::kAll), Pair("claims.get", Level::kAll)));
  const auto gateway =
      authenticator->Authenticate(IssuerOf("gateway")->MintForSelf(kNoon).value(), kNoon + absl::Seconds(1));
  ASSERT_TRUE(gateway.ok()) << gateway.status();
  EXPECT_THAT(gateway->grants, UnorderedElementsAre(Pair("employees.get", Level::kAll)));
  const auto other =
      authenticator->Authenticate(IssuerOf("new-svc")->MintForSelf(kNoon).value(), kNoon + absl::Seconds(2));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_THAT(other->grants, IsEmpty());
}

TEST_F(InternalTokenTest, AProgramCannotBringItsOwnGrants) {
  IssuerOf("account-svc");
  const std::string token =
      Forge("account-svc", Body("account-svc", "programs/account-svc", ",\"gr\":{\"all\":\"claims.pay\"}"));
  const auto principal = NewAuthenticator()->Authenticate(token, kNoon);
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_FALSE(principal->Holds("claims.pay"));
}

TEST_F(InternalTokenTest, AnotherTypeOrAudienceOfTokenIsRefused) {
  const KeyPtr key = LoadOrCreateKey("gateway", KeyFile("gateway"), jwks_).value();
  const Claims claims = Claims::Parse(Body("gateway", "employees/e1")).value();
  const auto authenticator = NewAuthenticator();
  EXPECT_EQ(Reason(authenticator->Authenticate(Sign(claims, *key, Algorithm::kEs256, "JWT").value(), kNoon).status()),
            "TOKEN_MALFORMED");
  Claims outside = Claims::Parse(Body("gateway", "employees/e1")).value();
  outside.Set("aud", absl::string_view("kam"));
  EXPECT_EQ(
      Reason(
          authenticator->Authenticate(Sign(outside, *key, Algorithm::kEs256, kInternalType).value(), kNoon).status()),
      "TOKEN_AUDIENCE_REFUSED");
}

TEST_F(InternalTokenTest, ClaimsOfAnotherShapeAreMalformed) {
  IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  for (const char* more : {",\"rol\":7", ",\"dep\":[]", ",\"reg\":{}", ",\"team\":[\"e2\"]", ",\"gr\":\"all\"",
                           ",\"gr\":{\"most\":\"a.b\"}", ",\"gr\":{\"all\":5}"}) {
    const std::string token = Forge("gateway", Body("gateway", "employees/e1", more));
    EXPECT_EQ(Reason(authenticator->Authenticate(token, kNoon).status()), "TOKEN_MALFORMED") << more;
  }
  for (const char* subject : {"e1", "employees/", "employees/a/b", "/x", "employees/a b"}) {
    EXPECT_EQ(Reason(authenticator->Authenticate(Forge("gateway", Body("gateway", subject)), kNoon).status()),
              "TOKEN_MALFORMED")
        << subject;
  }
}

TEST_F(InternalTokenTest, MintNamesTheFieldThatDoesNotFit) {
  const auto issuer = IssuerOf("gateway");
  const auto field = [&](const Principal& principal) {
    const auto fields = ViolatedFields(issuer->Mint(principal, kNoon).status());
    return fields.empty() ? std::string() : fields.front();
  };
  Principal principal = Manager();
  principal.employee = "e9";
  EXPECT_EQ(field(principal), "principal.employee");
  principal = Manager();
  principal.subject = "programs/gateway";
  EXPECT_EQ(field(principal), "principal.subject");
  principal = Manager();
  principal.team.push_back("e2 e4");
  EXPECT_EQ(field(principal), "principal.team");
  principal = Manager();
  principal.grants["accounts.get claims.pay"] = Level::kOwn;
  EXPECT_EQ(field(principal), "principal.grants");
  principal = Manager();
  principal.regions = {"\xff"};
  EXPECT_EQ(field(principal), "principal");
}

TEST_F(InternalTokenTest, ATeamOfOneThousandFitsAndOneMoreDoesNot) {
  const auto issuer = IssuerOf("gateway");
  Principal principal = Manager();
  principal.team.clear();
  for (int i = 0; i < 1000; ++i) principal.team.push_back(absl::StrCat("0192f0c1-7a00-7000-8000-", 100000000000 + i));
  for (int i = 0; i < 200; ++i) principal.grants[absl::StrCat("serviceAppointments.approve", i)] = Level::kTeam;
  const auto token = issuer->Mint(principal, kNoon);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_LE(token->size(), kMaxInternalTokenBytes);
  const auto read = NewAuthenticator()->Authenticate(*token, kNoon);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->team, principal.team);

  principal.team.push_back("e1001");
  const absl::Status status = issuer->Mint(principal, kNoon).status();
  EXPECT_EQ(Reason(status), "TEAM_TOO_LARGE");
  EXPECT_EQ(MetadataValue(status, "value"), "1001");
  EXPECT_EQ(MetadataValue(status, "limit"), "1000");
}

TEST_F(InternalTokenTest, ATokenAboveTheMetadataLimitIsNotMinted) {
  Principal principal = Manager();
  for (int i = 0; i < 2000; ++i) principal.grants[absl::StrCat("serviceAppointments.approve", i)] = Level::kTeam;
  const absl::Status status = IssuerOf("gateway")->Mint(principal, kNoon).status();
  EXPECT_EQ(Reason(status), "TOKEN_TOO_LARGE");
  EXPECT_EQ(MetadataValue(status, "limit"), "61440");
}

TEST_F(InternalTokenTest, TheCacheSavesTheSignatureCheckAndEndsWithTheToken) {
  const std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  const auto authenticator = NewAuthenticator();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(authenticator->Authenticate(token, kNoon).ok());
  EXPECT_EQ(authenticator->stats().verified, 1u);
  EXPECT_EQ(authenticator->stats().cache_hits, 9u);
  EXPECT_EQ(authenticator->stats().cached, 1u);

  // From its expiry on the entry is gone, though the token is good until the skew has passed.
  ASSERT_TRUE(authenticator->Authenticate(token, kNoon + absl::Seconds(60)).ok());
  EXPECT_EQ(authenticator->stats().verified, 2u);
  EXPECT_EQ(authenticator->stats().cached, 0u);
  EXPECT_EQ(authenticator->stats().cached_bytes, 0u);
  EXPECT_EQ(Reason(authenticator->Authenticate(token, kNoon + absl::Seconds(90)).status()), "TOKEN_EXPIRED");
}

TEST_F(InternalTokenTest, ACachedTokenIsNotGoodBeforeItsTime) {
  const std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  const auto authenticator = NewAuthenticator();
  ASSERT_TRUE(authenticator->Authenticate(token, kNoon).ok());
  EXPECT_EQ(Reason(authenticator->Authenticate(token, kNoon - absl::Minutes(1)).status()), "TOKEN_NOT_YET_VALID");
}

TEST_F(InternalTokenTest, RefusalsAreNotCachedAndAChangedTokenMissesTheCache) {
  std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  const auto authenticator = NewAuthenticator();
  ASSERT_TRUE(authenticator->Authenticate(token, kNoon).ok());
  token.back() = token.back() == 'A' ? 'Q' : 'A';
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Reason(authenticator->Authenticate(token, kNoon).status()), "TOKEN_SIGNATURE_INVALID");
  }
  EXPECT_EQ(authenticator->stats().cached, 1u);
  EXPECT_EQ(authenticator->stats().refused, 2u);
}

TEST_F(InternalTokenTest, TheCacheKeepsTheTokensUsedLastWithinItsLimits) {
  cache_entries_ = 3;
  const auto issuer = IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  std::vector<std::string> tokens;
  for (int i = 0; i < 4; ++i) tokens.push_back(issuer->Mint(Manager(), kNoon).value());
  for (const int i : {0, 1, 2, 0, 3})
    ASSERT_TRUE(authenticator->Authenticate(tokens[static_cast<std::size_t>(i)], kNoon).ok());
  EXPECT_EQ(authenticator->stats().cached, 3u);
  EXPECT_EQ(authenticator->stats().verified, 4u);
  ASSERT_TRUE(authenticator->Authenticate(tokens[0], kNoon).ok());
  EXPECT_EQ(authenticator->stats().verified, 4u);  // 0 was used after 1, so 1 went.
  ASSERT_TRUE(authenticator->Authenticate(tokens[1], kNoon).ok());
  EXPECT_EQ(authenticator->stats().verified, 5u);
}

TEST_F(InternalTokenTest, TheCacheIsBoundedInBytes) {
  cache_bytes_ = 4000;
  const auto issuer = IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(authenticator->Authenticate(issuer->Mint(Manager(), kNoon).value(), kNoon).ok());
    EXPECT_LE(authenticator->stats().cached_bytes, 4000u);
  }
  EXPECT_GE(authenticator->stats().cached, 2u);
  EXPECT_LT(authenticator->stats().cached, 20u);
}

TEST_F(InternalTokenTest, WithoutCacheEveryCallIsVerified) {
  cache_entries_ = 0;
  const std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  const auto authenticator = NewAuthenticator();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(authenticator->Authenticate(token, kNoon).ok());
  EXPECT_EQ(authenticator->stats().verified, 3u);
}

TEST_F(InternalTokenTest, ThreadsMayMintAndVerifyAtTheSameTime) {
  cache_entries_ = 5;  // Small, so that entries come and go.
  const auto issuer = IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  std::vector<std::string> tokens;
  for (int i = 0; i < 10; ++i) tokens.push_back(issuer->Mint(Manager(), kNoon).value());
  std::atomic<int> bad = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 300; ++i) {
        const auto principal = authenticator->Authenticate(tokens[(i * (t + 1)) % tokens.size()], kNoon);
        if (!principal.ok() || principal->team.size() != 2) ++bad;
        const auto own = issuer->MintForSelf(kNoon + absl::Seconds(static_cast<int64_t>(i)));
        if (!own.ok()) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(bad, 0);
  EXPECT_LE(authenticator->stats().cached, 5u);
  EXPECT_EQ(authenticator->stats().cache_hits + authenticator->stats().verified, 1200u);
}

TEST_F(InternalTokenTest, ARotatedKeyIsTakenUpByIssuerAndVerifierWithoutRestart) {
  const auto issuer = IssuerOf("gateway");
  const auto authenticator = NewAuthenticator();
  const std::string old_token = issuer->Mint(Manager(), kNoon).value();
  const std::string old_self = issuer->MintForSelf(kNoon).value();
  ASSERT_TRUE(authenticator->Authenticate(old_self, kNoon).ok());

  EXPECT_EQ(RotateKey("gateway", KeyFile("gateway"), jwks_).value()->kid(), "gateway#2");
  const absl::Time later = kNoon + absl::Seconds(1);
  const std::string new_token = issuer->Mint(Manager(), later).value();
  EXPECT_TRUE(authenticator->Authenticate(new_token, later).ok());
  EXPECT_TRUE(authenticator->Authenticate(old_token, later).ok());  // In flight, not seen before.
  EXPECT_NE(issuer->MintForSelf(later).value(), old_self);

  // Taken out of the set, the old key is worth nothing; tokens already verified end by themselves.
  const std::string left = RemoveFromJwks(ReadSmallFile(jwks_, kMaxJwksBytes).value(), "gateway#1").value();
  ASSERT_TRUE(WriteFileAtomically(jwks_, left, kPublicFileMode).ok());
  const absl::Time after = later + absl::Seconds(1);
  EXPECT_TRUE(authenticator->Authenticate(new_token, after).ok());
  EXPECT_TRUE(authenticator->Authenticate(issuer->Mint(Manager(), after).value(), after).ok());
  const auto fresh = NewAuthenticator();
  EXPECT_EQ(Reason(fresh->Authenticate(old_token, after).status()), "TOKEN_KEY_UNKNOWN");
}

TEST_F(InternalTokenTest, AKeyFileThatTurnsBadLeavesTheOldKeyAtWork) {
  const auto issuer = IssuerOf("gateway");
  ASSERT_TRUE(WriteFileAtomically(KeyFile("gateway"), "{", kPrivateFileMode).ok());
  const auto authenticator = NewAuthenticator();
  const absl::Time later = kNoon + absl::Seconds(1);
  EXPECT_TRUE(authenticator->Authenticate(issuer->Mint(Manager(), later).value(), later).ok());
  ASSERT_TRUE(WriteFileAtomically(KeyFile("gateway"), GenerateEcKey("account-svc#1").value(), kPrivateFileMode).ok());
  const absl::Time after = later + absl::Seconds(1);
  EXPECT_TRUE(authenticator->Authenticate(issuer->Mint(Manager(), after).value(), after).ok());
}

TEST_F(InternalTokenTest, TheOwnTokenIsGivenOutForHalfOfItsLife) {
  const auto issuer = IssuerOf("account-svc");
  const std::string token = issuer->MintForSelf(kNoon).value();
  EXPECT_EQ(issuer->MintForSelf(kNoon + absl::Seconds(29)).value(), token);
  EXPECT_NE(issuer->MintForSelf(kNoon + absl::Seconds(30)).value(), token);
  EXPECT_NE(issuer->MintForSelf(kNoon - absl::Seconds(1)).value(), token);
}

TEST_F(InternalTokenTest, AnIssuerNeedsItsOwnPrivateKey) {
  IssuerOf("account-svc");
  const auto reason = [&](const InternalIssuer::Options& options) {
    return Reason(InternalIssuer::Create(options, kNoon).status());
  };
  EXPECT_EQ(reason({.program = "gateway", .key_file = KeyFile("account-svc")}), "KEY_OF_ANOTHER_PROGRAM");
  EXPECT_EQ(reason({.program = "gateway", .key_file = KeyFile("gateway")}), "FILE_NOT_FOUND");
  EXPECT_EQ(reason({.program = "account-svc", .key_file = jwks_}), "KEY_FILE_EXPOSED");
  EXPECT_EQ(reason({.program = "account-svc", .key_file = KeyFile("account-svc"), .lifetime = absl::Hours(1)}),
            "LIFETIME_INVALID");
  EXPECT_EQ(Reason(LoadOrCreateKey("gateway", KeyFile("account-svc"), jwks_).status()), "KEY_OF_ANOTHER_PROGRAM");
}

TEST_F(InternalTokenTest, AnAuthenticatorNeedsKeysAndRealPermissions) {
  EXPECT_THAT(ViolatedFields(InternalAuthenticator::Create({}).status()), ElementsAre("jwks_file"));
  InternalAuthenticator::Options options;
  options.jwks_file = jwks_;
  options.program_permissions = {{"account-svc", {"everything"}}};
  EXPECT_THAT(ViolatedFields(InternalAuthenticator::Create(options).status()),
              ElementsAre("program_permissions.account-svc"));
}

TEST_F(InternalTokenTest, WithoutKeySetTheAnswerIsTryAgain) {
  const std::string token = IssuerOf("gateway")->Mint(Manager(), kNoon).value();
  InternalAuthenticator::Options options;
  options.jwks_file = directory_ / "missing.json";
  const auto authenticator = InternalAuthenticator::Create(options).value();
  const absl::Status status = authenticator->Authenticate(token, kNoon).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(status), "KEYS_UNAVAILABLE");
  EXPECT_GT(RetryAfter(status), absl::ZeroDuration());
}

TEST_F(InternalTokenTest, ProgramsThatStartTogetherShareOneKeySet) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string program = absl::StrCat("p", t % 2);
      EXPECT_TRUE(LoadOrCreateKey(program, KeyFile(program), jwks_).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(KeySet::Parse(ReadSmallFile(jwks_, kMaxJwksBytes).value())->kids(), ElementsAre("p0#1", "p1#1"));
  struct stat info {};
  ASSERT_EQ(::stat(KeyFile("p0").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

class DevIssuerTest : public ::testing::Test {
 protected:
  DevIssuer::Options On() const { return {.enabled = true, .directory = directory_ / "dev"}; }
  TemporaryDirectory directory_;
};

TEST_F(DevIssuerTest, IsRefusedUnlessEnabled) {
  DevIssuer::Options options = On();
  options.enabled = false;
  EXPECT_EQ(Reason(DevIssuer::Create(options).status()), "DEV_ISSUER_DISABLED");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "dev"));
}

TEST_F(DevIssuerTest, ItsTokensVerifyAgainstItsFileForTwelveHours) {
  const auto issuer = DevIssuer::Create(On());
  ASSERT_TRUE(issuer.ok()) << issuer.status();
  const std::string token = (*issuer)->Mint("王小明", kNoon).value();
  FileKeySource keys((*issuer)->jwks_file());
  const VerifyPolicy policy = (*issuer)->policy();
  const auto verified = Verify(token, keys, policy, kNoon + absl::Hours(12) - absl::Seconds(1));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->claims.String("sub"), "王小明");
  EXPECT_EQ(Reason(Verify(token, keys, policy, kNoon + absl::Hours(12) + absl::Seconds(30)).status()), "TOKEN_EXPIRED");
}

TEST_F(DevIssuerTest, KeepsItsKeyPrivate) {
  const auto first = DevIssuer::Create(On()).value();
  const std::string token = first->Mint("e1", kNoon).value();
  const auto second = DevIssuer::Create(On()).value();
  FileKeySource keys(second->jwks_file());
  EXPECT_TRUE(Verify(token, keys, second->policy(), kNoon).ok());
  EXPECT_TRUE(Verify(second->Mint("e1", kNoon).value(), keys, second->policy(), kNoon).ok());
  struct stat info {};
  ASSERT_EQ(::stat((directory_ / "dev/dev-issuer.jwk").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((directory_ / "dev").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ASSERT_EQ(::chmod((directory_ / "dev/dev-issuer.jwk").c_str(), 0604), 0);
  EXPECT_EQ(Reason(DevIssuer::Create(On()).status()), "KEY_FILE_EXPOSED");
}

TEST_F(DevIssuerTest, RefusesLoginsThatAreNone) {
  const auto issuer = DevIssuer::Create(On()).value();
  for (const std::string& login : {std::string(), std::string("a\nb"), std::string(257, 'a'), std::string("\xff")}) {
    EXPECT_EQ(Reason(issuer->Mint(login, kNoon).status()), "LOGIN_INVALID");
  }
}

TEST_F(DevIssuerTest, ItsTokensAreNoInternalTokens) {
  const auto issuer = DevIssuer::Create(On()).value();
  InternalAuthenticator::Options options;
  options.jwks_file = issuer->jwks_file();
  options.speakers = {"kam-dev", "dev"};
  const auto authenticator = InternalAuthenticator::Create(options).value();
  EXPECT_EQ(Reason(authenticator->Authenticate(issuer->Mint("employees/e1", kNoon).value(), kNoon).status()),
            "TOKEN_MALFORMED");
}

}  // namespace
}  // namespace kam::auth
