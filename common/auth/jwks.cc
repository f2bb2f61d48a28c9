#include "common/auth/jwks.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/err.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

constexpr std::size_t kMaxPrintedBytes = 64;
constexpr std::size_t kMaxExponentBytes = 4;

struct JsonRelease {
  void operator()(json_t* value) const { json_decref(value); }
};
using JsonPtr = std::unique_ptr<json_t, JsonRelease>;

struct Free {
  void operator()(char* text) const { std::free(text); }
};
using CString = std::unique_ptr<char, Free>;

JsonPtr Load(absl::string_view text) {
  json_error_t error;
  return JsonPtr(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, &error));
}

std::string Dump(const json_t* value) {
  const CString text(json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER));
  return text == nullptr ? std::string() : std::string(text.get());
}

absl::string_view Text(const json_t* object, const char* name) {
  const json_t* value = json_object_get(object, name);
  if (!json_is_string(value)) return "";
  return absl::string_view(json_string_value(value), json_string_length(value));
}

absl::Status Unusable(absl::string_view rule) {
  return Error(absl::StatusCode::kInvalidArgument, "KEY_UNUSABLE", absl::StrCat("the key cannot be used: ", rule),
               {{"rule", std::string(rule)}});
}

absl::Status BadSet(absl::string_view rule, const Metadata& metadata = {}) {
  Metadata all = metadata;
  all.emplace_back("rule", std::string(rule));
  return Error(absl::StatusCode::kInvalidArgument, "JWKS_INVALID", absl::StrCat("the key set is not valid: ", rule),
               all);
}

// The public exponent must be odd and greater than 1, or a signature proves nothing. Larger ones than fit four bytes
// have no use and make verification slow.
bool IsGoodExponent(absl::string_view encoded) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(encoded, &bytes)) return false;
  if (bytes.empty() || bytes.size() > kMaxExponentBytes) return false;
  uint64_t exponent = 0;
  for (const char c : bytes) exponent = exponent << 8 | static_cast<uint8_t>(c);
  return exponent >= 3 && exponent % 2 == 1;
}

absl::StatusOr<JsonPtr> LoadJwks(absl::string_view text) {
  if (text.size() > kMaxJwksBytes) {
    return BadSet("too large", {{"bytes", absl::StrCat(text.size())}, {"limit", absl::StrCat(kMaxJwksBytes)}});
  }
  JsonPtr set = Load(text);
  if (set == nullptr || !json_is_object(set.get())) return BadSet("not a JSON object, or a member occurs twice");
  const json_t* keys = json_object_get(set.get(), "keys");
  if (!json_is_array(keys)) return BadSet("member \"keys\" is not a list");
  if (json_array_size(keys) > kMaxJwksKeys) {
    return BadSet("too many keys",
                  {{"keys", absl::StrCat(json_array_size(keys))}, {"limit", absl::StrCat(kMaxJwksKeys)}});
  }
  return set;
}

}  // namespace

std::string Printable(absl::string_view text) { return absl::CHexEscape(text.substr(0, kMaxPrintedBytes)); }

const char* AlgorithmName(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRs256:
      return "RS256";
    case Algorithm::kPs256:
      return "PS256";
    case Algorithm::kEs256:
      return "ES256";
    case Algorithm::kEs384:
      return "ES384";
  }
  return "";
}

std::optional<Algorithm> ParseAlgorithm(absl::string_view name) {
  for (const Algorithm algorithm : {Algorithm::kRs256, Algorithm::kPs256, Algorithm::kEs256, Algorithm::kEs384}) {
    if (name == AlgorithmName(algorithm)) return algorithm;
  }
  return std::nullopt;
}

bool Fits(Algorithm algorithm, KeyType type) {
  switch (algorithm) {
    case Algorithm::kRs256:
    case Algorithm::kPs256:
      return type == KeyType::kRsa;
    case Algorithm::kEs256:
      return type == KeyType::kP256;
    case Algorithm::kEs384:
      return type == KeyType::kP384;
  }
  return false;
}

absl::StatusOr<KeyPtr> Key::ParsePublic(absl::string_view jwk) { return Parse(jwk, false); }
absl::StatusOr<KeyPtr> Key::ParsePrivate(absl::string_view jwk) { return Parse(jwk, true); }

absl::StatusOr<KeyPtr> Key::Parse(absl::string_view jwk, bool is_private) {
  const JsonPtr json = Load(jwk);
  if (json == nullptr || !json_is_object(json.get())) return Unusable("not a JSON object, or a member occurs twice");
  const json_t* object = json.get();

  auto key = std::shared_ptr<Key>(new Key());
  key->kid_ = std::string(Text(object, "kid"));
  key->is_private_ = is_private;
  if (key->kid_.empty()) return Unusable("no kid");
  if (key->kid_.size() > kMaxKidBytes) return Unusable("kid too long");
  const bool has_private = json_object_get(object, "d") != nullptr;
  if (is_private && !has_private) return Unusable("the private half is missing");
  // A private half in a published set is no secret any more.
  if (!is_private && has_private) return Unusable("the private half is published");

  const json_t* use = json_object_get(object, "use");
  if (use != nullptr && Text(object, "use") != "sig") return Unusable("not for signatures");
  if (const json_t* operations = json_object_get(object, "key_ops"); operations != nullptr) {
    bool found = false;
    for (std::size_t i = 0; i < json_array_size(operations); ++i) {
      const json_t* operation = json_array_get(operations, i);
      if (!json_is_string(operation)) continue;
      found = found || absl::string_view(json_string_value(operation)) == (is_private ? "sign" : "verify");
    }
    if (!found) return Unusable("not for signatures");
  }
  if (json_object_get(object, "alg") != nullptr) {
    key->only_ = ParseAlgorithm(Text(object, "alg"));
    if (!key->only_.has_value()) return Unusable("algorithm not accepted");
  }

  const absl::string_view kind = Text(object, "kty");
  if (kind != "RSA" && kind != "EC") return Unusable("type not accepted");
  if (kind == "RSA" && !IsGoodExponent(Text(object, "e"))) return Unusable("public exponent not accepted");
  if (kind == "EC" && Text(object, "crv") != "P-256" && Text(object, "crv") != "P-384") {
    return Unusable("curve not accepted");
  }

  cjose_err error;
  key->jwk_ = std::shared_ptr<cjose_jwk_t>(cjose_jwk_import(jwk.data(), jwk.size(), &error), [](cjose_jwk_t* native) {
    if (native != nullptr) cjose_jwk_release(native);
  });
  if (key->jwk_ == nullptr) {
    ERR_clear_error();  // Or the next TLS call on this thread would find it.
    return Unusable("the key's numbers are not valid");
  }
  const std::size_t bits = cjose_jwk_get_keysize(key->jwk_.get(), &error);
  if (kind == "RSA") {
    if (bits < kMinRsaBits || bits > kMaxRsaBits) return Unusable("RSA size not accepted");
    key->type_ = KeyType::kRsa;
    key->signature_bytes_ = (bits + 7) / 8;
  } else if (cjose_jwk_EC_get_curve(key->jwk_.get(), &error) == CJOSE_JWK_EC_P_256) {
    key->type_ = KeyType::kP256;
    key->signature_bytes_ = 64;
  } else {
    key->type_ = KeyType::kP384;
    key->signature_bytes_ = 96;
  }
  if (key->only_.has_value() && !Fits(*key->only_, key->type_)) return Unusable("algorithm does not fit the type");
  return KeyPtr(std::move(key));
}

bool Key::Allows(Algorithm algorithm) const {
  return Fits(algorithm, type_) && (!only_.has_value() || *only_ == algorithm);
}

std::string Key::PublicJwk() const {
  cjose_err error;
  const CString text(cjose_jwk_to_json(jwk_.get(), false, &error));
  return text == nullptr ? std::string() : std::string(text.get());
}

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view jwks) {
  ASSIGN_OR_RETURN(const JsonPtr json, LoadJwks(jwks));
  const json_t* keys = json_object_get(json.get(), "keys");
  KeySet set;
  std::set<std::string, std::less<>> seen;
  for (std::size_t i = 0; i < json_array_size(keys); ++i) {
    const json_t* jwk = json_array_get(keys, i);
    const std::string kid(Text(jwk, "kid"));
    // Also among keys that are left out: two keys under one name mean that the set cannot be trusted.
    if (!kid.empty() && !seen.insert(kid).second) return BadSet("a kid occurs twice", {{"kid", Printable(kid)}});
    absl::StatusOr<KeyPtr> key = Key::ParsePublic(Dump(jwk));
    if (!key.ok()) {
      set.ignored_.push_back(
          absl::StrCat("key ", i, " (kid \"", Printable(kid), "\"): ", MetadataValue(key.status(), "rule")));
      continue;
    }
    set.keys_.emplace(kid, *std::move(key));
  }
  return set;
}

KeyPtr KeySet::Find(absl::string_view kid) const {
  const auto it = keys_.find(kid);
  return it == keys_.end() ? nullptr : it->second;
}

std::vector<std::string> KeySet::kids() const {
  std::vector<std::string> kids;
  for (const auto& [kid, key] : keys_) kids.push_back(kid);
  return kids;
}

absl::StatusOr<std::string> GenerateEcKey(absl::string_view kid) {
  if (kid.empty() || kid.size() > kMaxKidBytes) return Unusable(kid.empty() ? "no kid" : "kid too long");
  cjose_err error;
  const std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)> jwk(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error),
                                                                 cjose_jwk_release);
  if (jwk == nullptr || !cjose_jwk_set_kid(jwk.get(), kid.data(), kid.size(), &error)) {
    ERR_clear_error();
    return Internal("no key could be made");
  }
  const CString text(cjose_jwk_to_json(jwk.get(), true, &error));
  if (text == nullptr) return Internal("no key could be made");
  return std::string(text.get());
}

absl::StatusOr<std::string> AddToJwks(absl::string_view jwks, absl::string_view jwk) {
  absl::StatusOr<KeyPtr> key = Key::ParsePrivate(jwk);
  if (!key.ok()) key = Key::ParsePublic(jwk);
  RETURN_IF_ERROR(key.status());
  ASSIGN_OR_RETURN(const JsonPtr set, LoadJwks(jwks.empty() ? absl::string_view("{\"keys\":[]}") : jwks));
  json_t* keys = json_object_get(set.get(), "keys");
  JsonPtr added = Load((*key)->PublicJwk());
  if (added == nullptr) return Internal("the public half could not be written");
  json_object_set_new(added.get(), "use", json_string("sig"));
  for (std::size_t i = 0; i < json_array_size(keys); ++i) {
    const json_t* present = json_array_get(keys, i);
    if (Text(present, "kid") != (*key)->kid()) continue;
    for (const char* member : {"kty", "crv", "x", "y", "n", "e"}) {
      if (Text(present, member) != Text(added.get(), member)) {
        return Error(absl::StatusCode::kAlreadyExists, "KEY_ID_TAKEN", "the key id belongs to another key",
                     {{"kid", Printable((*key)->kid())}});
      }
    }
    return std::string(jwks);
  }
  if (json_array_size(keys) >= kMaxJwksKeys) {
    return BadSet("too many keys",
                  {{"keys", absl::StrCat(json_array_size(keys) + 1)}, {"limit", absl::StrCat(kMaxJwksKeys)}});
  }
  json_array_append_new(keys, added.release());
  return Dump(set.get());
}

absl::StatusOr<std::string> RemoveFromJwks(absl::string_view jwks, absl::string_view kid) {
  ASSIGN_OR_RETURN(const JsonPtr set, LoadJwks(jwks));
  json_t* keys = json_object_get(set.get(), "keys");
  for (std::size_t i = 0; i < json_array_size(keys); ++i) {
    if (Text(json_array_get(keys, i), "kid") != kid) continue;
    json_array_remove(keys, i);
    return Dump(set.get());
  }
  return Error(absl::StatusCode::kNotFound, "TOKEN_KEY_UNKNOWN", "the key set has no such key",
               {{"kid", Printable(kid)}});
}

}  // namespace kam::auth
