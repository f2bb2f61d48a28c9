#include "common/auth/jwks.h"

#include <cjose/cjose.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "common/auth/testing.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

using ::nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json NewEc(const std::string& kid, cjose_jwk_ec_curve curve, bool with_private = false) {
  cjose_err error;
  const std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)> jwk(cjose_jwk_create_EC_random(curve, &error),
                                                                 cjose_jwk_release);
  cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), &error);
  const std::unique_ptr<char, void (*)(void*)> text(cjose_jwk_to_json(jwk.get(), with_private, &error), std::free);
  return json::parse(text.get());
}

json NewRsa(const std::string& kid, std::size_t bits) {
  cjose_err error;
  const uint8_t exponent[] = {1, 0, 1};
  const std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)> jwk(
      cjose_jwk_create_RSA_random(bits, exponent, sizeof(exponent), &error), cjose_jwk_release);
  cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), &error);
  const std::unique_ptr<char, void (*)(void*)> text(cjose_jwk_to_json(jwk.get(), false, &error), std::free);
  return json::parse(text.get());
}

std::string Set(const std::vector<json>& keys) { return json{{"keys", keys}}.dump(); }

TEST(KeySetTest, TakesRsaAndBothCurves) {
  const auto set =
      KeySet::Parse(Set({NewRsa("r", 2048), NewEc("p", CJOSE_JWK_EC_P_256), NewEc("q", CJOSE_JWK_EC_P_384)}));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(set->ignored(), ElementsAre());
  EXPECT_THAT(set->kids(), ElementsAre("p", "q", "r"));
  EXPECT_EQ(set->Find("r")->type(), KeyType::kRsa);
  EXPECT_EQ(set->Find("r")->signature_bytes(), 256u);
  EXPECT_EQ(set->Find("p")->type(), KeyType::kP256);
  EXPECT_EQ(set->Find("q")->type(), KeyType::kP384);
  EXPECT_EQ(set->Find("x"), nullptr);
}

TEST(KeySetTest, LeavesOutWhatItDoesNotAcceptAndSaysWhy) {
  json encryption = NewEc("enc", CJOSE_JWK_EC_P_256);
  encryption["use"] = "enc";
  json deriving = NewEc("ops", CJOSE_JWK_EC_P_256);
  deriving["key_ops"] = {"deriveKey"};
  json nameless = NewEc("n", CJOSE_JWK_EC_P_256);
  nameless.erase("kid");
  json off_curve = NewEc("off", CJOSE_JWK_EC_P_256);
  off_curve["y"] = off_curve["x"];
  json even_exponent = NewRsa("even", 2048);
  even_exponent["e"] = "AQAA";
  json unit_exponent = even_exponent;
  unit_exponent["kid"] = "unit";
  unit_exponent["e"] = "AQ";
  json symmetric_alg = NewEc("hs", CJOSE_JWK_EC_P_256);
  symmetric_alg["alg"] = "HS256";
  json wrong_alg = NewEc("wrong", CJOSE_JWK_EC_P_256);
  wrong_alg["alg"] = "RS256";
  const auto set = KeySet::Parse(Set({NewRsa("short", 1024),
                                      {{"kty", "oct"}, {"kid", "oct"}, {"k", "c2VjcmV0"}},
                                      NewEc("p521", CJOSE_JWK_EC_P_521),
                                      NewEc("private", CJOSE_JWK_EC_P_256, true),
                                      encryption,
                                      deriving,
                                      nameless,
                                      off_curve,
                                      even_exponent,
                                      unit_exponent,
                                      symmetric_alg,
                                      wrong_alg,
                                      json("text"),
                                      NewEc("good", CJOSE_JWK_EC_P_256)}));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(set->kids(), ElementsAre("good"));
  EXPECT_THAT(set->ignored(),
              ElementsAre(HasSubstr("RSA size"), HasSubstr("type not accepted"), HasSubstr("curve"),
                          HasSubstr("private half is published"), HasSubstr("not for signatures"),
                          HasSubstr("not for signatures"), HasSubstr("no kid"), HasSubstr("numbers"),
                          HasSubstr("exponent"), HasSubstr("exponent"), HasSubstr("algorithm not accepted"),
                          HasSubstr("does not fit"), HasSubstr("not a JSON object")));
}

TEST(KeySetTest, RefusesAKidThatOccursTwiceEvenAmongKeysLeftOut) {
  const auto set = KeySet::Parse(Set({NewEc("k", CJOSE_JWK_EC_P_256), {{"kty", "oct"}, {"kid", "k"}, {"k", "AAAA"}}}));
  EXPECT_EQ(Reason(set.status()), "JWKS_INVALID");
  EXPECT_EQ(MetadataValue(set.status(), "kid"), "k");
}

TEST(KeySetTest, RefusesTextThatIsNotAKeySet) {
  for (const std::string text :
       {"", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[]} x", "{\"keys\":[\"\xff\"]}"}) {
    EXPECT_EQ(Reason(KeySet::Parse(text).status()), "JWKS_INVALID") << text;
  }
  const std::string many = Set(std::vector<json>(kMaxJwksKeys + 1, json::object()));
  EXPECT_EQ(MetadataValue(KeySet::Parse(many).status(), "limit"), "100");
  const std::string large = Set({}) + std::string(kMaxJwksBytes, ' ');
  EXPECT_EQ(MetadataValue(KeySet::Parse(large).status(), "limit"), "65536");
}

TEST(KeyTest, ItsAlgMemberNarrowsWhatItMaySign) {
  json jwk = NewRsa("r", 2048);
  EXPECT_TRUE(Key::ParsePublic(jwk.dump()).value()->Allows(Algorithm::kPs256));
  jwk["alg"] = "RS256";
  const KeyPtr key = Key::ParsePublic(jwk.dump()).value();
  EXPECT_TRUE(key->Allows(Algorithm::kRs256));
  EXPECT_FALSE(key->Allows(Algorithm::kPs256));
  EXPECT_FALSE(key->Allows(Algorithm::kEs256));
}

TEST(KeyTest, ThePublicJwkHasNoPrivateHalf) {
  const std::string jwk = GenerateEcKey("gateway#1").value();
  const json made = json::parse(jwk);
  ASSERT_TRUE(made.contains("d"));
  const KeyPtr key = Key::ParsePrivate(jwk).value();
  EXPECT_FALSE(json::parse(key->PublicJwk()).contains("d"));
  EXPECT_THAT(key->PublicJwk(), Not(HasSubstr(made["d"].get<std::string>())));
  EXPECT_FALSE(Key::ParsePrivate(key->PublicJwk()).ok());
}

TEST(KeyTest, ManyGeneratedKeysAllReadBack) {
  // Numbers with leading zero bytes are one in a few hundred.
  for (int i = 0; i < 600; ++i) {
    const std::string jwk = GenerateEcKey("k#1").value();
    ASSERT_TRUE(Key::ParsePrivate(jwk).ok()) << i;
    const json made = json::parse(jwk);
    for (const char* member : {"x", "y", "d"}) ASSERT_EQ(made[member].get<std::string>().size(), 43u) << member;
  }
}

TEST(AddToJwksTest, AddsOnceAndRefusesAKidOfAnotherKey) {
  const std::string first = GenerateEcKey("gateway#1").value();
  const std::string second = GenerateEcKey("account-svc#1").value();
  const std::string one = AddToJwks("", first).value();
  const std::string two = AddToJwks(one, second).value();
  EXPECT_EQ(AddToJwks(two, first).value(), two);
  EXPECT_THAT(KeySet::Parse(two)->kids(), ElementsAre("account-svc#1", "gateway#1"));
  EXPECT_THAT(two, Not(HasSubstr("\"d\"")));
  EXPECT_EQ(Reason(AddToJwks(two, GenerateEcKey("gateway#1").value()).status()), "KEY_ID_TAKEN");
  const std::string left = RemoveFromJwks(two, "gateway#1").value();
  EXPECT_THAT(KeySet::Parse(left)->kids(), ElementsAre("account-svc#1"));
  EXPECT_EQ(RemoveFromJwks(left, "gateway#1").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace kam::auth
