#include "contract-svc/rules/price_hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace kam::contract::rules {
namespace {

// Hashes fields, each written so that no two sequences of fields have the same bytes; the same on every machine.
class Hasher {
 public:
  Hasher() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_sha256(), nullptr); }
  ~Hasher() { EVP_MD_CTX_free(context_); }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void Add(absl::string_view text) {
    Number(text.size());
    if (text.size() > buffer_.size() - used_) Spill();
    if (text.size() > buffer_.size()) {
      EVP_DigestUpdate(context_, text.data(), text.size());
    } else {
      std::copy(text.begin(), text.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
      used_ += text.size();
    }
  }
  void Add(Decimal value) {
    // The sign in the last bit: small numbers in few bytes.
    const Decimal::Unscaled units = value.unscaled();
    const auto magnitude = static_cast<unsigned __int128>(units < 0 ? -units : units);
    const unsigned __int128 number = magnitude << 1 | (units < 0 ? 1 : 0);
    if (number < UINT64_MAX) return Number(static_cast<uint64_t>(number));
    // What no small number is written as says that two words follow.
    Number(UINT64_MAX);
    Number(static_cast<uint64_t>(number >> 64));
    Number(static_cast<uint64_t>(number));
  }
  void Add(const std::optional<Money>& money) {
    Number(money.has_value() ? 1 : 0);
    if (money.has_value()) Add(money->amount());
  }
  // Seven bits a byte.
  void Number(uint64_t value) {
    constexpr size_t kLongest = 10;
    if (buffer_.size() - used_ < kLongest) Spill();
    for (; value >= 0x80; value >>= 7) buffer_[used_++] = static_cast<char>(static_cast<uint8_t>(value) | 0x80);
    buffer_[used_++] = static_cast<char>(static_cast<uint8_t>(value));
  }
  std::string Hex() {
    Spill();
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_DigestFinal_ex(context_, digest, &length);
    return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), length));
  }

 private:
  void Spill() {
    EVP_DigestUpdate(context_, buffer_.data(), used_);
    used_ = 0;
  }

  EVP_MD_CTX* context_;
  std::array<char, 4096> buffer_;
  size_t used_ = 0;
};

}  // namespace

std::string PriceHash(const PriceRequest& request, const PricedDocument& priced, const std::vector<uint8_t>& holding) {
  Hasher hasher;
  for (const absl::string_view text :
       {absl::string_view(request.account), absl::string_view(request.tier), absl::string_view(request.segment),
        absl::string_view(request.region), request.currency->code(), absl::string_view(request.as_of)}) {
    hasher.Add(text);
  }
  hasher.Number(static_cast<uint64_t>(absl::ToUnixMicros(request.known_at)));
  hasher.Add(request.special_offer_percent);
  hasher.Number(request.groups.size());
  for (const std::string& group : request.groups) hasher.Add(group);
  // The content of every revision that holds, once; entries are named by its place among them. What is for one customer
  // or group is in the hash only where it was looked at: others could find it out from the hash by trying.
  const bool discreet = request.arithmetic == Arithmetic::kByLine;
  std::vector<uint64_t> places(holding.size(), 0);
  uint64_t place = 0;
  for (uint32_t r = 0; r < holding.size(); ++r) {
    if (holding[r] == 0) continue;
    places[r] = ++place;
    hasher.Add(discreet ? priced.index->public_digest(r) : priced.index->digest(r));
  }
  const auto add_entry = [&](uint32_t position) {
    if (position == PriceIndex::kNone) return hasher.Number(0);
    const PriceIndex::Entry& entry = priced.index->entry(position);
    hasher.Number(places[entry.revision]);
    hasher.Number(static_cast<uint32_t>(entry.number));
    if (discreet && entry.private_digest != PriceIndex::kNone) hasher.Add(priced.index->private_digest(entry));
  };
  for (size_t i = 0; i < priced.lines.size(); ++i) {
    const LineRequest& line = request.lines[i];
    const PricedLine& of_line = priced.lines[i];
    hasher.Add(line.product);
    hasher.Add(line.package);
    hasher.Add(line.quantity);
    hasher.Add(line.discount_percent.value_or(Decimal()));
    hasher.Add(line.manual_unit_price);
    hasher.Number(of_line.steps_end - of_line.steps_begin);
    hasher.Number(of_line.candidates_end - of_line.candidates_begin);
    for (const Step& step : priced.StepsOf(of_line)) {
      hasher.Number(static_cast<uint64_t>(step.kind));
      hasher.Add(step.value);
      hasher.Add(step.argument);
      add_entry(step.entry);
    }
    for (const Candidate& candidate : priced.CandidatesOf(of_line)) {
      hasher.Number(static_cast<uint64_t>(candidate.outcome));
      add_entry(candidate.entry);
    }
  }
  return hasher.Hex();
}

}  // namespace kam::contract::rules
