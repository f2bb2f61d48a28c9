// The right side of a restriction: text to the value that its column is compared with. Internal to common/resource; see
// filter.h.
#ifndef KAM_COMMON_RESOURCE_FILTER_VALUE_H_
#define KAM_COMMON_RESOURCE_FILTER_VALUE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/resource/filter_target.h"

namespace kam::resource {

// YYYY-MM-DD of a day that exists.
bool ParseFilterDay(absl::string_view text, absl::CivilDay* day);

// A moment that a DATETIME(6) column can hold.
bool IsStorable(absl::Time time);

// The value of a date, decimal, money amount, reference, name, integer, truth value or moment; nullopt when `text` is
// not of that form.
std::optional<mysql::Value> ParseFilterValue(const FilterTarget& target, const std::string& text);

// What such a value must look like, for an error: "a date YYYY-MM-DD".
std::string ExpectedFilterValue(const FilterTarget& target);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_FILTER_VALUE_H_
