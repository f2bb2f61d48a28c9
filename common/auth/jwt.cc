#include "common/auth/jwt.h"

#include <cjose/cjose.h>
#include <openssl/err.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

constexpr std::size_t kTokenIdBytes = 16;

// Headers by which a token could bring its own key (RFC 8725, 3.10), or demand treatment that is not offered.
constexpr std::array<const char*, 5> kRefusedHeaders = {"jku", "x5u", "jwk", "crit", "b64"};

struct JwsRelease {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
using JwsPtr = std::unique_ptr<cjose_jws_t, JwsRelease>;

struct HeaderRelease {
  void operator()(cjose_header_t* header) const { cjose_header_release(header); }
};
using HeaderPtr = std::unique_ptr<cjose_header_t, HeaderRelease>;

absl::Status Refuse(absl::string_view reason, absl::string_view message, const Metadata& metadata = {}) {
  return Error(absl::StatusCode::kUnauthenticated, reason, message, metadata);
}

absl::Status Malformed(absl::string_view rule, const Metadata& metadata = {}) {
  Metadata all = metadata;
  all.emplace_back("rule", std::string(rule));
  return Refuse("TOKEN_MALFORMED", absl::StrCat("the token is malformed: ", rule), all);
}

// Value of a base64url digit, or -1.
constexpr std::array<int8_t, 256> MakeDigits() {
  std::array<int8_t, 256> digits{};
  for (int8_t& digit : digits) digit = -1;
  for (int i = 0; i < 26; ++i) {
    digits[static_cast<std::size_t>('A' + i)] = static_cast<int8_t>(i);
    digits[static_cast<std::size_t>('a' + i)] = static_cast<int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0' + i)] = static_cast<int8_t>(52 + i);
  digits[static_cast<std::size_t>('-')] = 62;
  digits[static_cast<std::size_t>('_')] = 63;
  return digits;
}
constexpr std::array<int8_t, 256> kDigits = MakeDigits();

// Whether `text` is the one base64url text of some bytes: no padding, no other characters, unused bits zero. Decoders
// are lenient there, and then one signature would have several spellings.
bool IsCanonicalBase64Url(absl::string_view text) {
  for (const char c : text) {
    if (kDigits[static_cast<uint8_t>(c)] < 0) return false;
  }
  if (text.empty()) return false;
  const int last = kDigits[static_cast<uint8_t>(text.back())];
  switch (text.size() % 4) {
    case 1:
      return false;
    case 2:
      return (last & 15) == 0;
    case 3:
      return (last & 3) == 0;
    default:
      return true;
  }
}

struct Parts {
  absl::string_view header, payload, signature;
};

absl::StatusOr<Parts> Split(absl::string_view compact) {
  if (compact.size() > kMaxTokenBytes) {
    return Malformed("too large", {{"bytes", absl::StrCat(compact.size())}, {"limit", absl::StrCat(kMaxTokenBytes)}});
  }
  const std::size_t first = compact.find('.');
  if (first == absl::string_view::npos) return Malformed("three parts are needed");
  const std::size_t second = compact.find('.', first + 1);
  if (second == absl::string_view::npos) return Malformed("three parts are needed");
  const Parts parts = {compact.substr(0, first), compact.substr(first + 1, second - first - 1),
                       compact.substr(second + 1)};
  if (!IsCanonicalBase64Url(parts.header)) return Malformed("the header is not base64url");
  if (!IsCanonicalBase64Url(parts.payload)) return Malformed("the payload is not base64url");
  // An unsecured token has an empty third part: the header says so too and gives the better reason.
  if (!parts.signature.empty() && !IsCanonicalBase64Url(parts.signature)) {
    return Malformed("the signature is not base64url");
  }
  if (parts.header.size() > kMaxTokenHeaderBytes) {
    return Malformed("header too large",
                     {{"bytes", absl::StrCat(parts.header.size())}, {"limit", absl::StrCat(kMaxTokenHeaderBytes)}});
  }
  return parts;
}

struct Header {
  Algorithm algorithm = Algorithm::kEs256;
  std::string kid;
};

absl::StatusOr<Header> ReadHeader(const Parts& parts, const VerifyPolicy& policy) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(parts.header, &text)) return Malformed("the header is not base64url");
  const absl::StatusOr<Claims> json = Claims::Parse(text);
  if (!json.ok()) return Malformed("the header is not a JSON object, or a member occurs twice");
  for (const char* name : kRefusedHeaders) {
    if (json->Has(name)) return Malformed("a header member is not accepted", {{"member", name}});
  }
  const std::optional<std::string> algorithm = json->String("alg");
  if (!algorithm.has_value()) return Malformed("the header has no alg");
  Header header;
  const std::optional<Algorithm> known = ParseAlgorithm(*algorithm);
  if (!known.has_value() ||
      std::find(policy.algorithms.begin(), policy.algorithms.end(), *known) == policy.algorithms.end()) {
    return Refuse("TOKEN_ALGORITHM_REFUSED", "the token's signature algorithm is not accepted",
                  {{"algorithm", Printable(*algorithm)}});
  }
  header.algorithm = *known;
  if (parts.signature.empty()) return Malformed("the signature is empty");
  if (!policy.type.empty()) {
    const std::string type = json->String("typ").value_or("");
    absl::string_view name = type;
    if (absl::StartsWithIgnoreCase(name, "application/")) name.remove_prefix(12);
    if (!absl::EqualsIgnoreCase(name, policy.type))
      return Malformed("another type of token", {{"typ", Printable(type)}});
  }
  const std::optional<std::string> kid = json->String("kid");
  if (!kid.has_value() || kid->empty() || kid->size() > kMaxKidBytes) return Malformed("the header has no usable kid");
  header.kid = *kid;
  return header;
}

// The payload, once its signature was found good.
absl::StatusOr<std::string> CheckSignature(absl::string_view compact, const Parts& parts, const Header& header,
                                           const Key& key) {
  if (!key.Allows(header.algorithm)) {
    return Refuse("TOKEN_ALGORITHM_REFUSED", "the token's signature algorithm does not fit its key",
                  {{"algorithm", AlgorithmName(header.algorithm)}, {"kid", Printable(header.kid)}});
  }
  const absl::Status bad =
      Refuse("TOKEN_SIGNATURE_INVALID", "the token's signature is not valid", {{"kid", Printable(header.kid)}});
  if (parts.signature.size() * 3 / 4 != key.signature_bytes()) return bad;
  cjose_err error;
  const JwsPtr jws(cjose_jws_import(compact.data(), compact.size(), &error));
  if (jws == nullptr || !cjose_jws_verify(jws.get(), key.native(), &error)) {
    ERR_clear_error();  // Or the next TLS call on this thread would find it.
    return bad;
  }
  uint8_t* payload = nullptr;
  std::size_t bytes = 0;
  if (!cjose_jws_get_plaintext(jws.get(), &payload, &bytes, &error)) return bad;
  return std::string(reinterpret_cast<const char*>(payload), bytes);
}

absl::Status CheckTimes(const VerifyPolicy& policy, absl::Time now, VerifiedToken* token) {
  const Claims& claims = token->claims;
  const std::optional<absl::Time> expiry = claims.Time("exp");
  const std::optional<absl::Time> issued = claims.Time("iat");
  const std::optional<absl::Time> not_before = claims.Time("nbf");
  if (!expiry.has_value()) return Malformed("exp is missing or not a time");
  if (claims.Has("iat") && !issued.has_value()) return Malformed("iat is not a time");
  if (claims.Has("nbf") && !not_before.has_value()) return Malformed("nbf is not a time");
  token->expiry = *expiry;
  token->valid_from = std::max(issued.value_or(absl::InfinitePast()), not_before.value_or(absl::InfinitePast()));
  if (now >= *expiry + policy.clock_skew) {
    return Refuse("TOKEN_EXPIRED", "the token has expired",
                  {{"expiry", absl::FormatTime(*expiry, absl::UTCTimeZone())}});
  }
  if (token->valid_from > now + policy.clock_skew) {
    return Refuse("TOKEN_NOT_YET_VALID", "the token is not valid yet",
                  {{"validFrom", absl::FormatTime(token->valid_from, absl::UTCTimeZone())}});
  }
  const absl::Duration lifetime = *expiry - issued.value_or(now);
  if (lifetime > policy.max_lifetime) {
    return Refuse("TOKEN_LIFETIME_REFUSED", "the token is valid for too long",
                  {{"lifetime", absl::FormatDuration(lifetime)}, {"limit", absl::FormatDuration(policy.max_lifetime)}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status UnknownKey(absl::string_view kid) {
  return Refuse("TOKEN_KEY_UNKNOWN", "the token's key is not known", {{"kid", Printable(kid)}});
}

absl::StatusOr<KeyPtr> FixedKeySource::Find(absl::string_view kid, absl::Time) {
  KeyPtr key = keys_.Find(kid);
  if (key == nullptr) return UnknownKey(kid);
  return key;
}

absl::StatusOr<VerifiedToken> Verify(absl::string_view compact, KeySource& keys, const VerifyPolicy& policy,
                                     absl::Time now) {
  if (policy.issuer.empty() != policy.issuer_names_key || policy.audience.empty() || policy.algorithms.empty()) {
    return Internal("a token policy needs an issuer, an audience and at least one algorithm");
  }
  ASSIGN_OR_RETURN(const Parts parts, Split(compact));
  ASSIGN_OR_RETURN(const Header header, ReadHeader(parts, policy));
  ASSIGN_OR_RETURN(const KeyPtr key, keys.Find(header.kid, now));
  ASSIGN_OR_RETURN(const std::string payload, CheckSignature(compact, parts, header, *key));

  absl::StatusOr<Claims> claims = Claims::Parse(payload);
  if (!claims.ok()) return Malformed("the payload is not a JSON object, or a member occurs twice");
  VerifiedToken token;
  token.claims = *std::move(claims);
  token.kid = header.kid;
  token.issuer = token.claims.String("iss").value_or("");
  absl::string_view issuer = policy.issuer;
  if (policy.issuer_names_key) {
    const std::size_t mark = token.kid.find('#');
    issuer = mark == std::string::npos ? absl::string_view() : absl::string_view(token.kid).substr(0, mark);
  }
  if (token.issuer.empty() || token.issuer != issuer) {
    return Refuse("TOKEN_ISSUER_REFUSED", "the token's issuer is not accepted", {{"issuer", Printable(token.issuer)}});
  }
  const std::vector<std::string> audiences = token.claims.Strings("aud").value_or(std::vector<std::string>());
  if (std::find(audiences.begin(), audiences.end(), policy.audience) == audiences.end()) {
    return Refuse("TOKEN_AUDIENCE_REFUSED", "the token is not for this audience", {{"audience", policy.audience}});
  }
  RETURN_IF_ERROR(CheckTimes(policy, now, &token));
  return token;
}

absl::StatusOr<std::string> Sign(const Claims& claims, const Key& key, Algorithm algorithm, absl::string_view type) {
  if (!key.is_private() || !key.Allows(algorithm)) return Internal("the key cannot sign with this algorithm");
  cjose_err error;
  const HeaderPtr header(cjose_header_new(&error));
  const std::string payload = claims.ToJson();
  if (header == nullptr || !cjose_header_set(header.get(), "alg", AlgorithmName(algorithm), &error) ||
      !cjose_header_set(header.get(), "kid", key.kid().c_str(), &error) ||
      (!type.empty() && !cjose_header_set(header.get(), "typ", std::string(type).c_str(), &error))) {
    return Internal("the token's header could not be made");
  }
  const JwsPtr jws(cjose_jws_sign(key.native(), header.get(), reinterpret_cast<const uint8_t*>(payload.data()),
                                  payload.size(), &error));
  const char* compact = nullptr;
  if (jws == nullptr || !cjose_jws_export(jws.get(), &compact, &error)) {
    ERR_clear_error();
    return Internal("the token could not be signed");
  }
  return std::string(compact);
}

std::string NewTokenId() {
  std::array<unsigned char, kTokenIdBytes> bytes{};
  // Without randomness there is no safe way on; RAND_bytes fails only when the system has none.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
  return absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace kam::auth
