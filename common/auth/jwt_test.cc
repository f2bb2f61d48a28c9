#include "common/auth/jwt.h"

#include <cjose/cjose.h>
#include <openssl/hmac.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/auth/testing.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

using CjoseKey = std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)>;

KeyPtr NewPrivate(CjoseKey jwk, const std::string& kid) {
  cjose_err error;
  cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), &error);
  const std::unique_ptr<char, void (*)(void*)> text(cjose_jwk_to_json(jwk.get(), true, &error), std::free);
  return Key::ParsePrivate(text.get()).value();
}

KeyPtr NewRsa(const std::string& kid) {
  cjose_err error;
  const uint8_t exponent[] = {1, 0, 1};
  return NewPrivate({cjose_jwk_create_RSA_random(2048, exponent, sizeof(exponent), &error), cjose_jwk_release}, kid);
}

KeyPtr NewP384(const std::string& kid) {
  cjose_err error;
  return NewPrivate({cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_384, &error), cjose_jwk_release}, kid);
}

// A token of any header and payload with a true ES256 signature, also where Sign() would not make it.
std::string SignRaw(const std::string& header, const std::string& payload, const Key& key) {
  cjose_err error;
  const std::unique_ptr<cjose_header_t, void (*)(cjose_header_t*)> custom(cjose_header_new(&error),
                                                                          cjose_header_release);
  // cjose_header_set_raw takes JSON values, which is how members other than texts get in.
  const Claims wanted = Claims::Parse(header).value();
  for (const std::string& name : wanted.Names()) {
    const std::optional<std::string> text = wanted.String(name.c_str());
    if (text.has_value()) {
      cjose_header_set(custom.get(), name.c_str(), text->c_str(), &error);
    } else {
      cjose_header_set_raw(custom.get(), name.c_str(), "[\"exp\"]", &error);
    }
  }
  const std::unique_ptr<cjose_jws_t, void (*)(cjose_jws_t*)> jws(
      cjose_jws_sign(key.native(), custom.get(), reinterpret_cast<const uint8_t*>(payload.data()), payload.size(),
                     &error),
      cjose_jws_release);
  const char* compact = nullptr;
  cjose_jws_export(jws.get(), &compact, &error);
  return std::string(compact);
}

class JwtTest : public ::testing::Test {
 protected:
  JwtTest() : key_(NewKey("k1")), keys_(SetOf({key_})) {
    policy_.issuer = "https://id.example";
    policy_.audience = "kam";
    policy_.algorithms = {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256, Algorithm::kEs384};
  }

  static Claims Good() {
    Claims claims;
    claims.Set("iss", absl::string_view("https://id.example"));
    claims.Set("aud", absl::string_view("kam"));
    claims.Set("sub", absl::string_view("u1"));
    claims.Set("iat", absl::ToUnixSeconds(kNoon));
    claims.Set("exp", absl::ToUnixSeconds(kNoon + absl::Minutes(10)));
    return claims;
  }
  std::string Signed(const Claims& claims) const { return Sign(claims, *key_, Algorithm::kEs256, "JWT").value(); }
  std::string ReasonOf(const std::string& token, absl::Time now = kNoon) {
    const auto verified = Verify(token, keys_, policy_, now);
    if (verified.ok()) return "OK";
    if (Reason(verified.status()).rfind("TOKEN_", 0) == 0) {
      EXPECT_EQ(verified.status().code(), absl::StatusCode::kUnauthenticated);
    }
    return Reason(verified.status());
  }
  std::string RuleOf(const std::string& token) {
    const absl::Status status = Verify(token, keys_, policy_, kNoon).status();
    EXPECT_EQ(Reason(status), "TOKEN_MALFORMED") << status;
    return MetadataValue(status, "rule");
  }

  KeyPtr key_;
  FixedKeySource keys_;
  VerifyPolicy policy_;
};

TEST_F(JwtTest, GivesTheClaimsOfAGoodToken) {
  const auto token = Verify(Signed(Good()), keys_, policy_, kNoon);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->claims.String("sub"), "u1");
  EXPECT_EQ(token->kid, "k1");
  EXPECT_EQ(token->issuer, "https://id.example");
  EXPECT_EQ(token->expiry, kNoon + absl::Minutes(10));
  EXPECT_EQ(token->valid_from, kNoon);
}

TEST_F(JwtTest, EveryAcceptedAlgorithmVerifiesWithItsKeyAndIsRefusedWithAnyOther) {
  const KeyPtr rsa = NewRsa("rsa"), p256 = NewKey("p256"), p384 = NewP384("p384");
  const std::vector<KeyPtr> all = {rsa, p256, p384};
  FixedKeySource keys(SetOf(all));
  const std::pair<Algorithm, KeyPtr> pairs[] = {
      {Algorithm::kRs256, rsa}, {Algorithm::kPs256, rsa}, {Algorithm::kEs256, p256}, {Algorithm::kEs384, p384}};
  for (const auto& [algorithm, key] : pairs) {
    const std::string token = Sign(Good(), *key, algorithm, "").value();
    EXPECT_TRUE(Verify(token, keys, policy_, kNoon).ok()) << AlgorithmName(algorithm);
    for (const KeyPtr& other : all) {
      if (other == key) continue;
      EXPECT_FALSE(Sign(Good(), *other, algorithm, "").ok());
      // The same token under the name of another key.
      const std::vector<std::string> parts = absl::StrSplit(token, '.');
      const std::string header =
          absl::StrCat("{\"alg\":\"", AlgorithmName(algorithm), "\",\"kid\":\"", other->kid(), "\"}");
      const auto refused = Verify(absl::StrCat(Base64(header), ".", parts[1], ".", parts[2]), keys, policy_, kNoon);
      EXPECT_EQ(Reason(refused.status()), "TOKEN_ALGORITHM_REFUSED") << AlgorithmName(algorithm) << other->kid();
    }
    VerifyPolicy others = policy_;
    std::erase(others.algorithms, algorithm);
    EXPECT_EQ(Reason(Verify(token, keys, others, kNoon).status()), "TOKEN_ALGORITHM_REFUSED");
  }
}

TEST_F(JwtTest, AnyChangedByteIsRefused) {
  const std::string token = Signed(Good());
  ASSERT_EQ(ReasonOf(token), "OK");
  std::size_t tried = 0;
  for (std::size_t i = 0; i < token.size(); ++i) {
    // Every other digit of base64url, the separator, padding, blanks and bytes that are not text.
    for (const char c :
         std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0\x80\xff", 73)) {
      if (token[i] == c) continue;
      std::string changed = token;
      changed[i] = c;
      ASSERT_NE(ReasonOf(changed), "OK") << "byte " << i << " as " << static_cast<int>(c);
      ++tried;
    }
    std::string shorter = token;
    shorter.erase(i, 1);
    ASSERT_NE(ReasonOf(shorter), "OK") << "without byte " << i;
    std::string longer = token;
    longer.insert(i, "A");
    ASSERT_NE(ReasonOf(longer), "OK") << "with A before byte " << i;
    ASSERT_NE(ReasonOf(token.substr(0, i)), "OK");
  }
  EXPECT_GT(tried, token.size() * 70);
  for (const char* tail : {"=", "A", ".", " ", "\n", ".e30"}) EXPECT_NE(ReasonOf(token + tail), "OK") << tail;
  EXPECT_NE(ReasonOf(" " + token), "OK");
}

TEST_F(JwtTest, AlgorithmsNoneAndHmacAreRefused) {
  const std::vector<std::string> parts = absl::StrSplit(Signed(Good()), '.');
  for (const char* algorithm : {"none", "None", "NONE", "HS256", "HS384", "HS512", "ES512", "RS512", "es256", ""}) {
    const std::string header = Base64(absl::StrCat("{\"alg\":\"", algorithm, "\",\"kid\":\"k1\"}"));
    EXPECT_EQ(ReasonOf(absl::StrCat(header, ".", parts[1], ".", parts[2])), "TOKEN_ALGORITHM_REFUSED") << algorithm;
    EXPECT_EQ(ReasonOf(absl::StrCat(header, ".", parts[1], ".")), "TOKEN_ALGORITHM_REFUSED") << algorithm;
  }
  policy_.algorithms = {Algorithm::kEs256};
  EXPECT_EQ(RuleOf(parts[0] + "." + parts[1] + "."), "the signature is empty");
}

TEST_F(JwtTest, AnHmacKeyedWithThePublicKeyIsRefused) {
  const std::string secret = key_->PublicJwk();
  const std::string input = Base64("{\"alg\":\"HS256\",\"kid\":\"k1\"}") + "." + Base64(Good().ToJson());
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  ASSERT_NE(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                 reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac, &bytes),
            nullptr);
  const std::string token = input + "." + Base64(absl::string_view(reinterpret_cast<char*>(mac), bytes));
  EXPECT_EQ(ReasonOf(token), "TOKEN_ALGORITHM_REFUSED");
}

TEST_F(JwtTest, HeadersThatBringAKeyOrDemandSomethingAreRefusedEvenWithAGoodSignature) {
  ASSERT_EQ(ReasonOf(SignRaw(R"({"alg":"ES256","kid":"k1","x5t":"a"})", Good().ToJson(), *key_)), "OK");
  for (const char* member : {"jku", "x5u", "jwk", "crit", "b64"}) {
    const std::string header = absl::StrCat(R"({"alg":"ES256","kid":"k1",")", member, R"(":["exp"]})");
    const std::string token = SignRaw(header, Good().ToJson(), *key_);
    const absl::Status status = Verify(token, keys_, policy_, kNoon).status();
    EXPECT_EQ(Reason(status), "TOKEN_MALFORMED");
    EXPECT_EQ(MetadataValue(status, "member"), member);
  }
}

TEST_F(JwtTest, MembersThatOccurTwiceAreRefusedInHeaderAndPayload) {
  const std::vector<std::string> parts = absl::StrSplit(Signed(Good()), '.');
  EXPECT_EQ(RuleOf(absl::StrCat(Base64(R"({"alg":"none","alg":"ES256","kid":"k1"})"), ".", parts[1], ".", parts[2])),
            "the header is not a JSON object, or a member occurs twice");
  std::string payload = Good().ToJson();
  payload.insert(1, "\"sub\":\"root\",");
  EXPECT_EQ(RuleOf(SignRaw(R"({"alg":"ES256","kid":"k1"})", payload, *key_)),
            "the payload is not a JSON object, or a member occurs twice");
}

TEST_F(JwtTest, MalformedTokensNameTheRule) {
  const std::vector<std::string> parts = absl::StrSplit(Signed(Good()), '.');
  EXPECT_EQ(RuleOf(""), "three parts are needed");
  EXPECT_EQ(RuleOf("a.b"), "three parts are needed");
  EXPECT_EQ(RuleOf(".b.c"), "the header is not base64url");
  // Bits beyond the last byte must be zero, or one token would have several spellings.
  EXPECT_EQ(RuleOf("AAB.b.c"), "the header is not base64url");
  EXPECT_EQ(RuleOf("AB.b.c"), "the header is not base64url");
  EXPECT_EQ(RuleOf("AAA.b.c"), "the payload is not base64url");
  EXPECT_EQ(RuleOf(parts[0] + ".." + parts[2]), "the payload is not base64url");
  EXPECT_EQ(RuleOf(absl::StrJoin(parts, ".") + ".x"), "the signature is not base64url");
  EXPECT_EQ(RuleOf(Base64("{}") + "." + parts[1] + "." + parts[2]), "the header has no alg");
  EXPECT_EQ(RuleOf(Base64("[]") + "." + parts[1] + "." + parts[2]),
            "the header is not a JSON object, or a member occurs twice");
  EXPECT_EQ(RuleOf(Base64(R"({"alg":"ES256"})") + "." + parts[1] + "." + parts[2]), "the header has no usable kid");
  EXPECT_EQ(RuleOf(Base64(R"({"alg":"ES256","kid":7})") + "." + parts[1] + "." + parts[2]),
            "the header has no usable kid");
  EXPECT_EQ(RuleOf(std::string(kMaxTokenHeaderBytes + 4, 'A') + "." + parts[1] + "." + parts[2]), "header too large");
}

TEST_F(JwtTest, TheSizeCapHoldsToTheByte) {
  // Header and signature have a fixed length here; the payload fills the rest.
  Claims claims = Good();
  std::size_t fill = kMaxTokenBytes * 3 / 4 - 600;
  std::string token;
  for (; fill < kMaxTokenBytes; ++fill) {
    claims.Set("fill", absl::string_view(std::string(fill, 'x')));
    std::string next = Signed(claims);
    if (next.size() > kMaxTokenBytes) break;
    token = std::move(next);
  }
  ASSERT_GE(token.size(), kMaxTokenBytes - 2);
  EXPECT_EQ(ReasonOf(token), "OK");
  const std::string over = Signed(claims);
  ASSERT_GT(over.size(), kMaxTokenBytes);
  EXPECT_EQ(RuleOf(over), "too large");
}

TEST_F(JwtTest, UnknownKeysAndForeignSignaturesAreRefused) {
  EXPECT_EQ(ReasonOf(Sign(Good(), *NewKey("k2"), Algorithm::kEs256, "").value()), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(ReasonOf(Sign(Good(), *NewKey("k1"), Algorithm::kEs256, "").value()), "TOKEN_SIGNATURE_INVALID");
  const std::vector<std::string> parts = absl::StrSplit(Signed(Good()), '.');
  EXPECT_EQ(ReasonOf(parts[0] + "." + parts[1] + "." + Base64(std::string(64, '\0'))), "TOKEN_SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(parts[0] + "." + parts[1] + "." + Base64(std::string(72, '\1'))), "TOKEN_SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(parts[0] + "." + parts[1] + "." + Base64(std::string(2, '\1'))), "TOKEN_SIGNATURE_INVALID");
}

TEST_F(JwtTest, ExpiresAfterTheClockSkew) {
  const std::string token = Signed(Good());
  const absl::Time expiry = kNoon + absl::Minutes(10);
  EXPECT_EQ(ReasonOf(token, expiry + absl::Seconds(30) - absl::Nanoseconds(1)), "OK");
  EXPECT_EQ(ReasonOf(token, expiry + absl::Seconds(30)), "TOKEN_EXPIRED");
}

TEST_F(JwtTest, IsNotValidBeforeIssueOrNotBeforeLessTheClockSkew) {
  const std::string token = Signed(Good());
  EXPECT_EQ(ReasonOf(token, kNoon - absl::Seconds(30)), "OK");
  EXPECT_EQ(ReasonOf(token, kNoon - absl::Seconds(30) - absl::Nanoseconds(1)), "TOKEN_NOT_YET_VALID");
  Claims later = Good();
  later.Set("nbf", absl::ToUnixSeconds(kNoon + absl::Minutes(5)));
  EXPECT_EQ(ReasonOf(Signed(later), kNoon + absl::Minutes(4)), "TOKEN_NOT_YET_VALID");
  EXPECT_EQ(ReasonOf(Signed(later), kNoon + absl::Minutes(5)), "OK");
}

TEST_F(JwtTest, TheLifetimeIsBoundedWithAndWithoutIssueTime) {
  Claims claims = Good();
  claims.Set("exp", absl::ToUnixSeconds(kNoon + absl::Hours(24)));
  EXPECT_EQ(ReasonOf(Signed(claims)), "OK");
  claims.Set("exp", absl::ToUnixSeconds(kNoon + absl::Hours(24)) + 1);
  EXPECT_EQ(ReasonOf(Signed(claims)), "TOKEN_LIFETIME_REFUSED");
  const Claims without = Claims::Parse(R"({"iss":"https://id.example","aud":"kam","exp":4102444800})").value();
  EXPECT_EQ(ReasonOf(Signed(without)), "TOKEN_LIFETIME_REFUSED");
}

TEST_F(JwtTest, IssuerAndAudienceMustMatchExactly) {
  for (const char* issuer : {"https://id.example/", "https://ID.example", ""}) {
    Claims claims = Good();
    claims.Set("iss", absl::string_view(issuer));
    EXPECT_EQ(ReasonOf(Signed(claims)), "TOKEN_ISSUER_REFUSED") << issuer;
  }
  Claims claims = Good();
  claims.Set("aud", std::vector<std::string>{"other", "kam"});
  EXPECT_EQ(ReasonOf(Signed(claims)), "OK");
  claims.Set("aud", std::vector<std::string>{"other", "kam2"});
  EXPECT_EQ(ReasonOf(Signed(claims)), "TOKEN_AUDIENCE_REFUSED");
  claims.Set("aud", int64_t{7});
  EXPECT_EQ(ReasonOf(Signed(claims)), "TOKEN_AUDIENCE_REFUSED");
}

TEST_F(JwtTest, TimesMustBeTimes) {
  const std::string head = R"({"iss":"https://id.example","aud":"kam",)";
  for (const char* times : {R"("iat":1795248000)", R"("exp":"1795248600")", R"("exp":-1)", R"("exp":1e300)",
                            R"("exp":null)", R"("exp":1795248600,"iat":"x")", R"("exp":1795248600,"nbf":{})"}) {
    EXPECT_EQ(ReasonOf(Signed(Claims::Parse(absl::StrCat(head, times, "}")).value())), "TOKEN_MALFORMED") << times;
  }
  EXPECT_EQ(ReasonOf(Signed(Claims::Parse(absl::StrCat(head, R"("exp":1795248600.5})")).value())), "OK");
}

TEST_F(JwtTest, TheTypeIsComparedWhenThePolicyNamesOne) {
  policy_.type = "at+jwt";
  EXPECT_EQ(RuleOf(Signed(Good())), "another type of token");
  EXPECT_EQ(RuleOf(Sign(Good(), *key_, Algorithm::kEs256, "").value()), "another type of token");
  EXPECT_EQ(ReasonOf(Sign(Good(), *key_, Algorithm::kEs256, "at+jwt").value()), "OK");
  EXPECT_EQ(ReasonOf(Sign(Good(), *key_, Algorithm::kEs256, "application/AT+JWT").value()), "OK");
}

TEST_F(JwtTest, AnIncompletePolicyAcceptsNothing) {
  const std::string token = Signed(Good());
  for (int missing = 0; missing < 4; ++missing) {
    VerifyPolicy policy = policy_;
    if (missing == 0) policy.issuer.clear();
    if (missing == 1) policy.audience.clear();
    if (missing == 2) policy.algorithms.clear();
    if (missing == 3) policy.issuer_names_key = true;
    EXPECT_EQ(Verify(token, keys_, policy, kNoon).status().code(), absl::StatusCode::kInternal) << missing;
  }
}

TEST_F(JwtTest, ErrorsShowForeignTextEscapedAndShort) {
  const std::string header = Base64("{\"alg\":\"ES256\",\"kid\":\"\\u001b[31m" + std::string(200, 'k') + "\"}");
  const absl::Status status = Verify(header + ".e30." + Base64(std::string(64, 'x')), keys_, policy_, kNoon).status();
  EXPECT_EQ(Reason(status), "TOKEN_KEY_UNKNOWN");
  EXPECT_TRUE(absl::StartsWith(MetadataValue(status, "kid"), "\\x1b[31mkkk"));
  EXPECT_LT(MetadataValue(status, "kid").size(), 80u);
}

TEST(SignTest, NeedsAPrivateKey) {
  const KeyPtr key = Key::ParsePublic(NewKey("k1")->PublicJwk()).value();
  EXPECT_EQ(Sign(Claims(), *key, Algorithm::kEs256, "").status().code(), absl::StatusCode::kInternal);
}

TEST(TokenIdTest, IsNewEveryTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(NewTokenId()).second);
  EXPECT_EQ(seen.begin()->size(), 22u);
}

}  // namespace
}  // namespace kam::auth
