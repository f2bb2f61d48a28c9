#include "common/auth/principal.h"

#include <array>
#include <cstddef>

namespace kam::auth {
namespace {

constexpr std::array<const char*, 6> kLevelNames = {"none", "own", "team", "department", "region", "all"};

}  // namespace

absl::string_view LevelName(Level level) {
  const auto index = static_cast<std::size_t>(level);
  return index < kLevelNames.size() ? kLevelNames[index] : "unknown";
}

bool ParseLevel(absl::string_view text, Level* out) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (text == kLevelNames[i]) {
      *out = static_cast<Level>(i);
      return true;
    }
  }
  return false;
}

}  // namespace kam::auth
