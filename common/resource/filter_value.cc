#include "common/resource/filter_value.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/money/decimal.h"

namespace kam::resource {
namespace {

constexpr size_t kNameBytesMax = 96;
constexpr size_t kIdBytesMax = 64;
constexpr size_t kIntegerDigitsMax = 19;

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// RFC 3339 with at most microseconds.
bool ParseInstant(absl::string_view text, absl::Time* time) {
  absl::CivilDay day;
  if (text.size() <= 10 || !ParseFilterDay(text.substr(0, 10), &day)) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) &&
        !absl::StrContains("-+:.TtZz", absl::string_view(&c, 1))) {
      return false;
    }
  }
  const std::string upper = absl::AsciiStrToUpper(text);
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, upper, absl::UTCTimeZone(), time, &error) && IsStorable(*time);
}

bool IsId(absl::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

bool IsResourceName(absl::string_view name) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(name, absl::MaxSplits('/', 1));
  return name.size() <= kNameBytesMax && !parts.first.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(parts.first[0])) &&
         std::all_of(parts.first.begin(), parts.first.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }) &&
         IsId(parts.second);
}

}  // namespace

bool ParseFilterDay(absl::string_view text, absl::CivilDay* day) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  int year = 0, month = 0, date = 0;
  if (!AllDigits(text.substr(0, 4)) || !AllDigits(text.substr(5, 2)) || !AllDigits(text.substr(8, 2)) ||
      !absl::SimpleAtoi(text.substr(0, 4), &year) || !absl::SimpleAtoi(text.substr(5, 2), &month) ||
      !absl::SimpleAtoi(text.substr(8, 2), &date)) {
    return false;
  }
  *day = absl::CivilDay(year, month, date);
  return year >= 1 && day->year() == year && day->month() == month && day->day() == date;
}

bool IsStorable(absl::Time time) {
  const absl::Time first = absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone());
  const absl::Time end = absl::FromCivil(absl::CivilDay(10000, 1, 1), absl::UTCTimeZone());
  return time >= first && time < end && time == absl::FromUnixMicros(absl::ToUnixMicros(time));
}

std::optional<mysql::Value> ParseFilterValue(const FilterTarget& target, const std::string& text) {
  switch (target.kind) {
    case Kind::kDate: {
      absl::CivilDay day;
      if (ParseFilterDay(text, &day)) return mysql::Value(text);
      break;
    }
    case Kind::kDecimal:
    case Kind::kMoney:
      if (const absl::StatusOr<Decimal> number = Decimal::Parse(text); number.ok()) {
        return mysql::Value(number->ToString());
      }
      break;
    case Kind::kReference: {
      absl::string_view id = text;
      if (absl::ConsumePrefix(&id, absl::StrCat(target.collection, "/")) && IsId(id)) return mysql::Value(id);
      break;
    }
    case Kind::kName:
      if (IsResourceName(text)) return mysql::Value(text);
      break;
    case Kind::kInteger: {
      const absl::string_view digits = absl::StripPrefix(text, "-");
      int64_t number = 0;
      if (AllDigits(digits) && digits.size() <= kIntegerDigitsMax && absl::SimpleAtoi(text, &number)) {
        return mysql::Value(number);
      }
      break;
    }
    case Kind::kBool:
      if (text == "true") return mysql::Value(true);
      if (text == "false") return mysql::Value(false);
      break;
    case Kind::kTimestamp: {
      absl::Time time;
      if (ParseInstant(text, &time)) return mysql::Value(time);
      break;
    }
    default:
      break;
  }
  return std::nullopt;
}

std::string ExpectedFilterValue(const FilterTarget& target) {
  switch (target.kind) {
    case Kind::kDate:
      return "a date YYYY-MM-DD";
    case Kind::kDecimal:
    case Kind::kMoney:
      return absl::StrCat("a decimal number of at most ", Decimal::kIntegerDigitsMax, " digits before and ",
                          Decimal::kScaleMax, " after the dot");
    case Kind::kReference:
      return absl::StrCat("a name ", target.collection, "/{id}");
    case Kind::kName:
      return "a resource name {collection}/{id}";
    case Kind::kInteger:
      return "an integer of 64 bits";
    case Kind::kBool:
      return "true or false";
    case Kind::kTimestamp:
      return "an RFC 3339 time with at most microseconds, or a date YYYY-MM-DD";
    default:
      return "text";
  }
}

}  // namespace kam::resource
