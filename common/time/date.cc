#include "common/time/date.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/status.h"

namespace kam {
namespace {

constexpr absl::CivilDay kFirstDay(1000, 1, 1);
constexpr absl::CivilDay kLastDay(9999, 12, 31);
// More than the whole range, and far from overflow inside the civil-time arithmetic.
constexpr int64_t kShiftMax = 10'000'000;
constexpr size_t kShownBytesMax = 40;
constexpr size_t kZoneNameBytesMax = 64;

std::string Shown(absl::string_view text) { return absl::CHexEscape(text.substr(0, kShownBytesMax)); }

absl::Status DateOutOfRange(absl::string_view field, absl::string_view value) {
  return InvalidField(field, "DATE_OUT_OF_RANGE", absl::StrCat(value, " is not within 1000-01-01 to 9999-12-31"),
                      {{"value", std::string(value)}});
}

absl::StatusOr<std::string> FormatInRange(absl::CivilDay day, absl::string_view what) {
  if (day < kFirstDay || day > kLastDay) return DateOutOfRange("date", what);
  return FormatDate(day);
}

}  // namespace

absl::StatusOr<absl::CivilDay> ParseDate(absl::string_view text, absl::string_view field) {
  constexpr absl::string_view kForm = "YYYY-MM-DD";
  bool fits = text.size() == kForm.size();
  int parts[3] = {0, 0, 0};
  for (size_t i = 0, part = 0; fits && i < kForm.size(); ++i) {
    if (kForm[i] == '-') {
      fits = text[i] == '-';
      ++part;
    } else {
      fits = absl::ascii_isdigit(static_cast<unsigned char>(text[i]));
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  // CivilDay carries the 30th of February over to March: a day that comes back changed does not exist.
  const absl::CivilDay day = fits ? absl::CivilDay(parts[0], parts[1], parts[2]) : absl::CivilDay();
  if (!fits || day.month() != parts[1] || day.day() != parts[2]) {
    return InvalidField(field, "DATE_MALFORMED",
                        absl::StrCat("\"", Shown(text), "\" is not a day of the form YYYY-MM-DD"),
                        {{"value", Shown(text)}});
  }
  if (day < kFirstDay) return DateOutOfRange(field, text);
  return day;
}

std::string FormatDate(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::CivilDay Today(absl::Time now, absl::TimeZone zone) { return absl::ToCivilDay(now, zone); }

std::string TodayText(absl::Time now, absl::TimeZone zone) { return FormatDate(Today(now, zone)); }

absl::StatusOr<std::string> AddDays(absl::string_view date, int64_t days) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(date));
  return FormatInRange(day + std::clamp(days, -kShiftMax, kShiftMax), absl::StrCat(date, " plus ", days, " days"));
}

absl::StatusOr<std::string> AddMonths(absl::string_view date, int64_t months) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(date));
  const absl::CivilMonth month = absl::CivilMonth(day) + std::clamp(months, -kShiftMax, kShiftMax);
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  const absl::CivilDay moved = absl::CivilDay(month) + (std::min(day.day(), last_of_month.day()) - 1);
  return FormatInRange(moved, absl::StrCat(date, " plus ", months, " months"));
}

absl::StatusOr<int64_t> DaysBetween(absl::string_view from, absl::string_view to) {
  ASSIGN_OR_RETURN(const absl::CivilDay first, ParseDate(from));
  ASSIGN_OR_RETURN(const absl::CivilDay second, ParseDate(to));
  return second - first;
}

absl::StatusOr<absl::TimeZone> LoadZone(absl::string_view name, absl::string_view field) {
  const bool is_name =
      !name.empty() && name.size() <= kZoneNameBytesMax &&
      absl::ascii_isalpha(static_cast<unsigned char>(name.front())) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '/' || c == '_' || c == '-' || c == '+';
      });
  absl::TimeZone zone;
  if (!is_name || absl::StartsWith(name, "Fixed/") || !absl::LoadTimeZone(std::string(name), &zone)) {
    return InvalidField(field, "TIME_ZONE_UNKNOWN",
                        absl::StrCat("\"", Shown(name), "\" is not a zone of the IANA time zone database"),
                        {{"value", Shown(name)}});
  }
  return zone;
}

}  // namespace kam
