// The log of a program: one JSON object a line on stderr.
//
// Every line has ts (RFC 3339, UTC, microseconds), level, service and msg, then the fields given. Any bytes may be
// logged: what is not UTF-8 becomes U+FFFD, control characters are escaped, texts are cut at kTextBytesMax.
// Never log bodies, tokens, secrets or personal data. Thread-safe.
#ifndef KAM_COMMON_LOG_LOG_H_
#define KAM_COMMON_LOG_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace kam::log {

enum class Level { kDebug = 0, kInfo = 1, kWarning = 2, kError = 3 };

// Longest text of one field or message; the rest is cut and "..." put in its place.
inline constexpr size_t kTextBytesMax = 8192;

bool ParseLevel(absl::string_view text, Level* out);  // "debug", "info", "warning", "error".

struct Field {
  template <typename T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
  Field(absl::string_view k, T v) : key(k), value(static_cast<int64_t>(v)) {}
  Field(absl::string_view k, bool v) : key(k), value(v) {}
  Field(absl::string_view k, double v) : key(k), value(v) {}
  Field(absl::string_view k, absl::string_view v) : key(k), value(v) {}
  Field(absl::string_view k, const std::string& v) : key(k), value(absl::string_view(v)) {}
  Field(absl::string_view k, const char* v) : key(k), value(absl::string_view(v)) {}

  absl::string_view key;  // lower_snake_case
  std::variant<int64_t, bool, double, absl::string_view> value;
};

// Name of the program in every line, and the least level written. Call once at start-up.
void Configure(absl::string_view service, Level least);

void Log(Level level, absl::string_view msg, absl::Span<const Field> fields);
inline void Log(Level level, absl::string_view msg, std::initializer_list<Field> fields = {}) {
  Log(level, msg, absl::Span<const Field>(fields.begin(), fields.size()));
}
inline void Debug(absl::string_view msg, std::initializer_list<Field> f = {}) { Log(Level::kDebug, msg, f); }
inline void Info(absl::string_view msg, std::initializer_list<Field> f = {}) { Log(Level::kInfo, msg, f); }
inline void Warning(absl::string_view msg, std::initializer_list<Field> f = {}) { Log(Level::kWarning, msg, f); }
inline void Error(absl::string_view msg, std::initializer_list<Field> f = {}) { Log(Level::kError, msg, f); }

// Writes the line and ends the process with SIGABRT: for broken wiring that only a new build can cure.
[[noreturn]] void Fatal(absl::string_view msg, std::initializer_list<Field> fields = {});

// The access line of one RPC, written when it ends.
struct CallRecord {
  absl::string_view method;          // "package.Service/Method"
  absl::string_view code;            // "OK", "NOT_FOUND", ...
  absl::string_view reason;          // Of the ErrorInfo; may be empty.
  absl::string_view detail;          // Text of an internal error: never sent to the caller; may be empty.
  absl::string_view correlation_id;  // Given to the caller of an internal error; may be empty.
  absl::string_view subject;         // "employees/{id}" or "programs/{name}"; empty before authentication.
  absl::string_view peer;            // Address of the caller.
  absl::string_view traceparent;
  absl::Duration duration;  // From the arrival of the headers to the answer.
  absl::Duration queued;    // Part of it spent waiting for a thread.
  int64_t request_bytes = 0;
  int64_t response_bytes = 0;
};
// Level: error for INTERNAL, UNKNOWN and DATA_LOSS, else info.
void LogCall(const CallRecord& call);

// Sends the lines elsewhere (without the line feed) until the object ends. For tests.
class ScopedCapture {
 public:
  explicit ScopedCapture(std::function<void(absl::string_view line)> sink);
  ~ScopedCapture();
  ScopedCapture(const ScopedCapture&) = delete;
  ScopedCapture& operator=(const ScopedCapture&) = delete;
};

}  // namespace kam::log

#endif  // KAM_COMMON_LOG_LOG_H_
