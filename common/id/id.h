// Identifiers: ids of resources, resource names, ids of requests.
//
// An id is 128 bits, time-ordered: 48 bits of milliseconds since 1970 and 80 random bits, written as 26 lower-case
// Crockford base32 characters, so that ids sort by time as text and as SQL keys.
#ifndef KAM_COMMON_ID_ID_H_
#define KAM_COMMON_ID_ID_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam {

class Clock;

inline constexpr size_t kIdLength = 26;

// Fills the whole span with random bytes. Must be thread-safe.
using RandomSource = std::function<absl::Status(absl::Span<unsigned char> out)>;

// The cryptographic generator of OpenSSL. RANDOM_UNAVAILABLE when it fails.
absl::Status SystemRandom(absl::Span<unsigned char> out);

// Makes ids. Every id is greater than all the generator gave before, also inside one millisecond and when the clock
// steps back: then the last id is increased by a random step. Thread-safe; one for a process.
class IdGenerator {
 public:
  // `clock` must outlive the generator.
  explicit IdGenerator(const Clock* clock, RandomSource random = SystemRandom);

  // RANDOM_UNAVAILABLE, or ID_TIME_OUT_OF_RANGE when the clock is before 1970 or after the year 10889.
  absl::StatusOr<std::string> NewId();

 private:
  const Clock* clock_;
  RandomSource random_;
  std::mutex mutex_;
  unsigned __int128 last_ = 0;
};

// Is it the canonical text of an id? Upper case and the look-alikes i, l, o, u are not.
bool IsId(absl::string_view text);

// When the id was made, to the millisecond. ID_MALFORMED.
absl::StatusOr<absl::Time> TimeOf(absl::string_view id);

// "accounts" and an id to "accounts/{id}".
std::string MakeName(absl::string_view collection, absl::string_view id);

// The id in "accounts/{id}"; a view into `name`. RESOURCE_NAME_MALFORMED naming `field`.
absl::StatusOr<absl::string_view> ParseName(absl::string_view name, absl::string_view collection,
                                            absl::string_view field = "name");

// The canonical text (36 characters, lower case) of a request id: a UUID of any version in the text form of RFC 9562,
// upper or lower case, also as "urn:uuid:". REQUEST_ID_MALFORMED naming `field`; so is the nil UUID, which is what a
// client sends that forgot to make one, and which would give unrelated requests the same id.
absl::StatusOr<std::string> ParseRequestId(absl::string_view text, absl::string_view field = "request_id");

}  // namespace kam

#endif  // KAM_COMMON_ID_ID_H_
