#include "common/log/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace kam::log {
namespace {

constexpr size_t kLineBytesUsual = 512;
constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD

struct State {
  std::mutex mutex;
  std::string service_field;  // `"service":"...",`
  std::function<void(absl::string_view)> capture;
  std::shared_ptr<spdlog::logger> logger;
};

std::atomic<int> least_level = static_cast<int>(Level::kInfo);

// Never destroyed: threads may log while the process ends.
State& GetState() {
  static State* const state = [] {
    auto* s = new State;
    s->logger = std::make_shared<spdlog::logger>("kam", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    s->logger->set_pattern("%v");
    s->logger->set_level(spdlog::level::trace);
    s->logger->flush_on(spdlog::level::trace);
    return s;
  }();
  return *state;
}

absl::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

// Length of the well-formed UTF-8 sequence at the start of `s`; 0 when there is none (RFC 3629).
size_t Utf8Length(absl::string_view s) {
  const auto byte = [&s](size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto tail = [&byte](size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned char lead = static_cast<unsigned char>(s[0]);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;  // Overlong.
    if (lead == 0xED && byte(1) > 0x9F) return 0;  // Surrogates.
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;  // Overlong.
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;  // Beyond U+10FFFF.
    return 4;
  }
  return 0;
}

// Bytes at the start of `s` that stand for themselves in a JSON string.
size_t PlainLength(absl::string_view s) {
  size_t length = 0;
  while (length < s.size()) {
    const auto c = static_cast<unsigned char>(s[length]);
    if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') break;
    ++length;
  }
  return length;
}

void AppendString(absl::string_view text, std::string* out) {
  out->push_back('"');
  size_t written = 0;
  while (!text.empty()) {
    // Nearly all text is plain ASCII: taken over in one piece.
    const size_t plain = std::min(PlainLength(text), kTextBytesMax - written);
    out->append(text.data(), plain);
    written += plain;
    text.remove_prefix(plain);
    if (text.empty()) break;
    const size_t length = Utf8Length(text);
    const size_t step = std::max<size_t>(length, 1);
    if (written + step > kTextBytesMax) {
      out->append("...");
      break;
    }
    const char c = text[0];
    if (length == 0) {
      out->append(kReplacement);
    } else if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      absl::StrAppendFormat(out, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out->append(text.data(), length);
    }
    written += step;
    text.remove_prefix(step);
  }
  out->push_back('"');
}

void AppendField(const Field& field, std::string* out) {
  out->push_back(',');
  AppendString(field.key, out);
  out->push_back(':');
  if (const auto* integer = std::get_if<int64_t>(&field.value)) {
    absl::StrAppend(out, *integer);
  } else if (const auto* flag = std::get_if<bool>(&field.value)) {
    out->append(*flag ? "true" : "false");
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    if (std::isfinite(*number)) {
      absl::StrAppend(out, *number);
    } else {
      out->append("null");  // JSON has no infinity.
    }
  } else {
    AppendString(std::get<absl::string_view>(field.value), out);
  }
}

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// RFC 3339 in UTC with microseconds. The part before the dot is worked out once a second by every thread.
void AppendTime(absl::Time time, std::string* out) {
  struct Second {
    int64_t unix_seconds = std::numeric_limits<int64_t>::min();
    std::string text;
  };
  thread_local Second last;
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = micros / 1'000'000;
  if (seconds != last.unix_seconds) {
    last = {seconds, absl::FormatTime("%Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(seconds), absl::UTCTimeZone())};
  }
  absl::StrAppend(out, last.text, ".", absl::Dec(micros % 1'000'000, absl::kZeroPad6), "Z");
}

double Milliseconds(absl::Duration duration) { return std::round(absl::ToDoubleMicroseconds(duration)) / 1000.0; }

}  // namespace

bool ParseLevel(absl::string_view text, Level* out) {
  for (Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (text == LevelName(level)) {
      *out = level;
      return true;
    }
  }
  return false;
}

void Configure(absl::string_view service, Level least) {
  least_level = static_cast<int>(least);
  std::string field = "\"service\":";
  AppendString(service, &field);
  field.push_back(',');
  State& state = GetState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.service_field = std::move(field);
}

void Log(Level level, absl::string_view msg, absl::Span<const Field> fields) {
  if (static_cast<int>(level) < least_level.load(std::memory_order_relaxed)) return;
  std::string line;
  line.reserve(kLineBytesUsual);
  line.append("{\"ts\":\"");
  AppendTime(absl::Now(), &line);
  absl::StrAppend(&line, "\",\"level\":\"", LevelName(level), "\",");
  State& state = GetState();
  std::string tail;
  tail.reserve(kLineBytesUsual);
  tail.append("\"msg\":");
  AppendString(msg, &tail);
  for (const Field& field : fields) AppendField(field, &tail);
  tail.push_back('}');
  {
    std::lock_guard<std::mutex> lock(state.mutex);
    absl::StrAppend(&line, state.service_field, tail);
    if (state.capture) {
      state.capture(line);
      return;
    }
  }
  state.logger->log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
}

void Fatal(absl::string_view msg, std::initializer_list<Field> fields) {
  Log(Level::kError, msg, fields);
  std::abort();
}

void LogCall(const CallRecord& call) {
  const bool fault = call.code == "INTERNAL" || call.code == "UNKNOWN" || call.code == "DATA_LOSS";
  std::vector<Field> fields = {{"rpc_method", call.method},
                               {"grpc_status", call.code},
                               {"duration_ms", Milliseconds(call.duration)},
                               {"queued_ms", Milliseconds(call.queued)},
                               {"request_bytes", call.request_bytes},
                               {"response_bytes", call.response_bytes},
                               {"peer", call.peer}};
  const auto add = [&fields](absl::string_view key, absl::string_view value) {
    if (!value.empty()) fields.emplace_back(key, value);
  };
  add("reason", call.reason);
  add("principal", call.subject);
  add("traceparent", call.traceparent);
  add("correlation_id", call.correlation_id);
  add("detail", call.detail);
  Log(fault ? Level::kError : Level::kInfo, "rpc", fields);
}

ScopedCapture::ScopedCapture(std::function<void(absl::string_view)> sink) {
  State& state = GetState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.capture = std::move(sink);
}

ScopedCapture::~ScopedCapture() {
  State& state = GetState();
  std::lock_guard<std::mutex> lock(state.mutex);
  state.capture = nullptr;
}

}  // namespace kam::log
