#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/resource/filter.h"
#include "common/status/status.h"

namespace kam::resource {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kDigestBytes = 32;
// Longest token taken, in characters. The longest that can be made, four text keys of 4000 characters, is below.
constexpr size_t kTokenCharactersMax = 128 * 1024;
constexpr size_t kValuesMax = kOrderFieldsMax + 1;
// First byte of the plain text: the layout. Expiry in microseconds follows, then the values.
constexpr char kLayout = 1;
// Keeps these seals apart from anything else ever sealed with the same key.
constexpr char kPurpose[] = "kam page token";

enum Tag : char { kNull = 0, kInteger = 1, kText = 2, kTime = 3 };

using Digest = std::array<unsigned char, kDigestBytes>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// Cryptography fails only when the machine is broken (no entropy, no memory); going on would hand out wrong pages.
void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "page token: %s failed\n", what);
  std::abort();
}

const unsigned char* Bytes(const char* text) { return reinterpret_cast<const unsigned char*>(text); }
unsigned char* Bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

Digest AdditionalData(absl::string_view binding) {
  std::string text(kPurpose, sizeof(kPurpose));
  text.append(binding.data(), binding.size());
  Digest digest{};
  Require(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1, "digest");
  return digest;
}

void AppendFixed(uint64_t value, std::string* out) {
  for (int shift = 0; shift < 64; shift += 8) out->push_back(static_cast<char>(value >> shift & 0xff));
}

bool TakeFixed(absl::string_view* in, uint64_t* value) {
  if (in->size() < 8) return false;
  *value = 0;
  for (size_t i = 0; i < 8; ++i) *value |= static_cast<uint64_t>(static_cast<unsigned char>((*in)[i])) << (8 * i);
  in->remove_prefix(8);
  return true;
}

struct AppendValue {
  std::string* out;
  void operator()(mysql::Null) const { out->push_back(kNull); }
  void operator()(int64_t value) const {
    out->push_back(kInteger);
    AppendFixed(static_cast<uint64_t>(value), out);
  }
  void operator()(const std::string& text) const {
    out->push_back(kText);
    AppendFixed(text.size(), out);
    out->append(text);
  }
  void operator()(absl::Time time) const {
    out->push_back(kTime);
    AppendFixed(static_cast<uint64_t>(absl::ToUnixMicros(time)), out);
  }
};

bool TakeValue(absl::string_view* in, mysql::Value* value) {
  if (in->empty()) return false;
  const char tag = in->front();
  in->remove_prefix(1);
  uint64_t number = 0;
  if (tag != kNull && !TakeFixed(in, &number)) return false;
  switch (tag) {
    case kNull:
      *value = mysql::Value();
      return true;
    case kInteger:
      *value = mysql::Value(static_cast<int64_t>(number));
      return true;
    case kText:
      if (number > in->size()) return false;
      *value = mysql::Value(in->substr(0, number));
      in->remove_prefix(number);
      return true;
    case kTime:
      *value = mysql::Value(absl::FromUnixMicros(static_cast<int64_t>(number)));
      return true;
    default:
      return false;
  }
}

absl::Status Invalid() {
  return InvalidField("page_token", "PAGE_TOKEN_INVALID",
                      "not a token of this list: every other argument must be the same as for the page before");
}

// Opens nonce, cipher text and tag. False when they were not sealed with this key and binding.
bool Decrypt(const std::string& key, const std::string& sealed, absl::string_view binding, std::string* plain) {
  if (sealed.size() < kNonceBytes + kTagBytes) return false;
  const Digest additional = AdditionalData(binding);
  const size_t length = sealed.size() - kNonceBytes - kTagBytes;
  plain->resize(length);
  std::array<char, kTagBytes> tag{};
  sealed.copy(tag.data(), kTagBytes, kNonceBytes + length);
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  Require(context != nullptr, "context");
  int count = 0;
  return EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key.data()), Bytes(sealed.data())) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &count, additional.data(), kDigestBytes) == 1 &&
         EVP_DecryptUpdate(context.get(), Bytes(plain->data()), &count, Bytes(sealed.data() + kNonceBytes),
                           static_cast<int>(length)) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(context.get(), Bytes(plain->data()) + count, &count) == 1;
}

}  // namespace

PageTokens::PageTokens(std::string key) : key_(std::move(key)) {
  Require(key_.size() == kKeyBytes, "a key of 32 bytes");
}

std::string PageTokens::Seal(const std::vector<mysql::Value>& last, absl::string_view binding, absl::Time now) const {
  std::string plain(1, kLayout);
  AppendFixed(static_cast<uint64_t>(absl::ToUnixMicros(now + kLifetime)), &plain);
  for (const mysql::Value& value : last) std::visit(AppendValue{&plain}, value.variant());

  const Digest additional = AdditionalData(binding);
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  Require(RAND_bytes(Bytes(sealed.data()), kNonceBytes) == 1, "random nonce");
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int count = 0;
  int rest = 0;
  unsigned char* const body = Bytes(sealed.data()) + kNonceBytes;
  Require(
      context != nullptr &&
          EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_.data()), Bytes(sealed.data())) ==
              1 &&
          EVP_EncryptUpdate(context.get(), nullptr, &count, additional.data(), kDigestBytes) == 1 &&
          EVP_EncryptUpdate(context.get(), body, &count, Bytes(plain.data()), static_cast<int>(plain.size())) == 1 &&
          EVP_EncryptFinal_ex(context.get(), body + count, &rest) == 1 &&
          EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, body + plain.size()) == 1,
      "encryption");
  return absl::WebSafeBase64Escape(sealed);
}

absl::StatusOr<std::vector<mysql::Value>> PageTokens::Open(absl::string_view token, absl::string_view binding,
                                                           absl::Time now) const {
  std::string sealed;
  // Base64 has several spellings of the same bytes (padding, loose bits at the end); only our own is taken.
  if (token.size() > kTokenCharactersMax || !absl::WebSafeBase64Unescape(token, &sealed) ||
      absl::WebSafeBase64Escape(sealed) != token) {
    return Invalid();
  }
  std::string plain;
  if (!Decrypt(key_, sealed, binding, &plain)) return Invalid();
  absl::string_view in = plain;
  uint64_t expiry = 0;
  if (in.empty() || in.front() != kLayout) return Invalid();
  in.remove_prefix(1);
  if (!TakeFixed(&in, &expiry)) return Invalid();
  if (now >= absl::FromUnixMicros(static_cast<int64_t>(expiry))) {
    return InvalidField("page_token", "PAGE_TOKEN_EXPIRED",
                        absl::StrCat("older than ", absl::FormatDuration(kLifetime), "; begin with the first page"),
                        {{"lifetime", absl::FormatDuration(kLifetime)}});
  }
  std::vector<mysql::Value> values;
  while (!in.empty()) {
    mysql::Value value;
    if (values.size() == kValuesMax || !TakeValue(&in, &value)) return Invalid();
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace kam::resource
