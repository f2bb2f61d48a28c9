#include "common/mysql/mysql.h"

namespace kam::mysql {

int64_t Value::integer() const {
  const auto* value = std::get_if<int64_t>(&v_);
  return value == nullptr ? 0 : *value;
}

const std::string& Value::text() const {
  static const std::string* const kEmpty = new std::string();
  const auto* value = std::get_if<std::string>(&v_);
  return value == nullptr ? *kEmpty : *value;
}

absl::Time Value::time() const {
  const auto* value = std::get_if<absl::Time>(&v_);
  return value == nullptr ? absl::Time() : *value;
}

}  // namespace kam::mysql
