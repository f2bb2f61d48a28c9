// Small text helpers of whoever writes SQL over resources.
#ifndef KAM_COMMON_RESOURCE_NAMES_H_
#define KAM_COMMON_RESOURCE_NAMES_H_

#include <string>

#include "absl/strings/string_view.h"

namespace kam::resource {

// "accounts/{id}" -> "{id}"; text without '/' is returned as it is.
std::string IdOf(absl::string_view name);

// "?,?,?": the places of `count` values in a list.
std::string Placeholders(size_t count);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_NAMES_H_
