#include "common/id/id.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "common/time/clock.h"

namespace kam {
namespace {

using Bits = unsigned __int128;

constexpr absl::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kRandomBits = 80;
constexpr int64_t kMillisMax = (int64_t{1} << 48) - 1;
constexpr size_t kRandomBytes = kRandomBits / 8;
// Random bytes of a step inside one millisecond: ids stay hard to guess, and 2^48 of them fit.
constexpr size_t kStepBytes = 4;
constexpr size_t kShownBytesMax = 80;

std::string Encode(Bits bits) {
  std::string text(kIdLength, '0');
  for (auto c = text.rbegin(); c != text.rend(); ++c, bits >>= 5) *c = kAlphabet[static_cast<size_t>(bits & 31)];
  return text;
}

absl::Status TimeOutOfRange(absl::Time time) {
  return Error(absl::StatusCode::kFailedPrecondition, "ID_TIME_OUT_OF_RANGE",
               absl::StrCat("no id can be made at ", absl::FormatTime(time, absl::UTCTimeZone()),
                            ": the clock must be between the years 1970 and 10889"));
}

std::string Shown(absl::string_view text) { return absl::CHexEscape(text.substr(0, kShownBytesMax)); }

}  // namespace

absl::Status SystemRandom(absl::Span<unsigned char> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) == 1) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "RANDOM_UNAVAILABLE", "the random generator of the system failed");
}

IdGenerator::IdGenerator(const Clock* clock, RandomSource random) : clock_(clock), random_(std::move(random)) {}

absl::StatusOr<std::string> IdGenerator::NewId() {
  const absl::Time now = clock_->Now();
  if (now < absl::UnixEpoch() || now > absl::FromUnixMillis(kMillisMax)) return TimeOutOfRange(now);
  std::array<unsigned char, kRandomBytes> random;
  RETURN_IF_ERROR(random_(absl::MakeSpan(random)));

  Bits fresh = static_cast<Bits>(absl::ToUnixMillis(now));
  for (unsigned char byte : random) fresh = fresh << 8 | byte;
  Bits step = 1;
  for (size_t i = 0; i < kStepBytes; ++i) step += static_cast<Bits>(random[i]) << (8 * i);

  std::lock_guard<std::mutex> lock(mutex_);
  if (fresh >> kRandomBits > last_ >> kRandomBits) {
    last_ = fresh;
  } else {
    // A carry out of the random bits moves the id into the next millisecond, which keeps the order.
    if (last_ > ~Bits{0} - step) return TimeOutOfRange(now);
    last_ += step;
  }
  return Encode(last_);
}

bool IsId(absl::string_view text) {
  // 26 characters hold 130 bits: the first may only use three.
  return text.size() == kIdLength && text[0] <= '7' &&
         std::all_of(text.begin(), text.end(), [](char c) { return kAlphabet.find(c) != absl::string_view::npos; });
}

absl::StatusOr<absl::Time> TimeOf(absl::string_view id) {
  if (!IsId(id)) {
    return Error(absl::StatusCode::kInvalidArgument, "ID_MALFORMED", absl::StrCat("\"", Shown(id), "\" is not an id"),
                 {{"value", Shown(id)}});
  }
  Bits bits = 0;
  for (char c : id) bits = bits << 5 | static_cast<Bits>(kAlphabet.find(c));
  return absl::FromUnixMillis(static_cast<int64_t>(bits >> kRandomBits));
}

std::string MakeName(absl::string_view collection, absl::string_view id) { return absl::StrCat(collection, "/", id); }

absl::StatusOr<absl::string_view> ParseName(absl::string_view name, absl::string_view collection,
                                            absl::string_view field) {
  absl::string_view id = name;
  if (!absl::ConsumePrefix(&id, collection) || !absl::ConsumePrefix(&id, "/") || !IsId(id)) {
    return InvalidField(field, "RESOURCE_NAME_MALFORMED",
                        absl::StrCat("\"", Shown(name), "\" is not of the form \"", collection, "/{id}\""),
                        {{"value", Shown(name)}, {"pattern", absl::StrCat(collection, "/{id}")}});
  }
  return id;
}

absl::StatusOr<std::string> ParseRequestId(absl::string_view text, absl::string_view field) {
  constexpr absl::string_view kForm = "00000000-0000-0000-0000-000000000000";
  constexpr absl::string_view kUrn = "urn:uuid:";
  absl::string_view rest = text;
  if (absl::StartsWithIgnoreCase(rest, kUrn)) rest.remove_prefix(kUrn.size());
  bool fits = rest.size() == kForm.size();
  for (size_t i = 0; fits && i < rest.size(); ++i) {
    fits = kForm[i] == '-' ? rest[i] == '-' : absl::ascii_isxdigit(static_cast<unsigned char>(rest[i]));
  }
  if (!fits || rest == kForm) {
    return InvalidField(
        field, "REQUEST_ID_MALFORMED",
        fits ? "the nil UUID is not a request id"
             : absl::StrCat("\"", Shown(text), "\" is not a UUID like ", "\"0191e7a2-3f5c-7c1e-9d1a-5b2f0c6d7e8f\""),
        {{"value", Shown(text)}});
  }
  return absl::AsciiStrToLower(rest);
}

}  // namespace kam
