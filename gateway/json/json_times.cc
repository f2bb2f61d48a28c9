#include "gateway/json/json_times.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace kam::gateway {
namespace {

constexpr int64_t kSecondsMin = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kSecondsMax = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kDurationSecondsMax = 315576000000;
constexpr int kSecondDigitsMax = 9;
constexpr int kSecondsPerDay = 86400;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `count` digits.
bool TakeDigits(absl::string_view* text, size_t count, int* value) {
  if (text->size() < count) return false;
  *value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!IsDigit((*text)[i])) return false;
    *value = *value * 10 + ((*text)[i] - '0');
  }
  text->remove_prefix(count);
  return true;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

// Reads ".5" into nanoseconds, when there is a dot.
bool TakeFraction(absl::string_view* text, int32_t* nanos) {
  *nanos = 0;
  if (!TakeChar(text, '.')) return true;
  int digits = 0;
  while (!text->empty() && IsDigit(text->front())) {
    if (++digits > kSecondDigitsMax) return false;
    *nanos = *nanos * 10 + (text->front() - '0');
    text->remove_prefix(1);
  }
  if (digits == 0) return false;
  for (; digits < kSecondDigitsMax; ++digits) *nanos *= 10;
  return true;
}

// 3, 6 or 9 digits, none when zero.
void AppendFraction(int32_t nanos, std::string* out) {
  if (nanos == 0) return;
  if (nanos % 1000000 == 0) {
    absl::StrAppend(out, ".", absl::Dec(nanos / 1000000, absl::kZeroPad3));
  } else if (nanos % 1000 == 0) {
    absl::StrAppend(out, ".", absl::Dec(nanos / 1000, absl::kZeroPad6));
  } else {
    absl::StrAppend(out, ".", absl::Dec(nanos, absl::kZeroPad9));
  }
}

}  // namespace

ValueCode ParseTimestamp(absl::string_view text, int64_t* seconds, int32_t* nanos) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!TakeDigits(&text, 4, &year) || !TakeChar(&text, '-') || !TakeDigits(&text, 2, &month) || !TakeChar(&text, '-') ||
      !TakeDigits(&text, 2, &day) || !TakeChar(&text, 'T') || !TakeDigits(&text, 2, &hour) || !TakeChar(&text, ':') ||
      !TakeDigits(&text, 2, &minute) || !TakeChar(&text, ':') || !TakeDigits(&text, 2, &second) ||
      !TakeFraction(&text, nanos)) {
    return ValueCode::kWrongType;
  }
  int offset = 0;
  if (!TakeChar(&text, 'Z')) {
    const bool east = TakeChar(&text, '+');
    if (!east && !TakeChar(&text, '-')) return ValueCode::kWrongType;
    int hours = 0, minutes = 0;
    if (!TakeDigits(&text, 2, &hours) || !TakeChar(&text, ':') || !TakeDigits(&text, 2, &minutes) || hours > 23 ||
        minutes > 59) {
      return ValueCode::kWrongType;
    }
    offset = (hours * 60 + minutes) * 60 * (east ? 1 : -1);
  }
  const absl::CivilDay date(year, month, day);
  if (!text.empty() || hour > 23 || minute > 59 || second > 59 || date.month() != month || date.day() != day) {
    return ValueCode::kWrongType;
  }
  *seconds = (date - absl::CivilDay(1970, 1, 1)) * kSecondsPerDay + (hour * 60 + minute) * 60 + second - offset;
  return *seconds < kSecondsMin || *seconds > kSecondsMax ? ValueCode::kOutOfRange : ValueCode::kOk;
}

bool AppendTimestamp(int64_t seconds, int32_t nanos, std::string* out) {
  if (seconds < kSecondsMin || seconds > kSecondsMax || nanos < 0 || nanos > 999999999) return false;
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  const absl::CivilDay date = absl::CivilDay(1970, 1, 1) + days;
  char text[20];
  const auto put = [&text](int at, int width, int64_t value) {
    for (int i = at + width - 1; i >= at; --i, value /= 10) text[i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, date.year());
  text[4] = text[7] = '-';
  put(5, 2, date.month());
  put(8, 2, date.day());
  text[10] = 'T';
  put(11, 2, rest / 3600);
  text[13] = text[16] = ':';
  put(14, 2, rest / 60 % 60);
  put(17, 2, rest % 60);
  out->append(text, 19);
  AppendFraction(nanos, out);
  out->push_back('Z');
  return true;
}

ValueCode ParseDuration(absl::string_view text, int64_t* seconds, int32_t* nanos) {
  const bool negative = TakeChar(&text, '-');
  size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 0) return ValueCode::kWrongType;
  *seconds = 0;
  for (const char c : text.substr(0, digits)) {
    if (*seconds <= kDurationSecondsMax) *seconds = *seconds * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  if (!TakeFraction(&text, nanos) || text != "s") return ValueCode::kWrongType;
  if (*seconds > kDurationSecondsMax || (*seconds == kDurationSecondsMax && *nanos > 0)) return ValueCode::kOutOfRange;
  if (negative) {
    *seconds = -*seconds;
    *nanos = -*nanos;
  }
  return ValueCode::kOk;
}

bool AppendDuration(int64_t seconds, int32_t nanos, std::string* out) {
  if (seconds < -kDurationSecondsMax || seconds > kDurationSecondsMax || nanos < -999999999 || nanos > 999999999 ||
      (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return false;
  }
  if (seconds < 0 || nanos < 0) out->push_back('-');
  absl::StrAppend(out, std::abs(seconds));
  AppendFraction(std::abs(nanos), out);
  out->push_back('s');
  return true;
}

}  // namespace kam::gateway
