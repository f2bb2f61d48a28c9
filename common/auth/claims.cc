#include "common/auth/claims.h"

#include <jansson.h>

#include <cstdlib>

#include "absl/status/status.h"

namespace kam::auth {
namespace {

constexpr double kLastSecond = 253402300799.0;  // 9999-12-31T23:59:59Z

}  // namespace

Claims::Claims(json_t* owned) : object_(owned, [](json_t* object) { json_decref(object); }) {}
Claims::Claims() : Claims(json_object()) {}

absl::StatusOr<Claims> Claims::Parse(absl::string_view json) {
  json_error_t error;
  json_t* value = json_loadb(json.data(), json.size(), JSON_REJECT_DUPLICATES, &error);
  if (value == nullptr) return absl::InvalidArgumentError("not a JSON text, or a member occurs twice");
  if (!json_is_object(value)) {
    json_decref(value);
    return absl::InvalidArgumentError("not a JSON object");
  }
  return Claims(value);
}

bool Claims::Has(const char* name) const { return json_object_get(object_.get(), name) != nullptr; }

std::optional<std::string> Claims::String(const char* name) const {
  const json_t* value = json_object_get(object_.get(), name);
  if (!json_is_string(value)) return std::nullopt;
  return std::string(json_string_value(value), json_string_length(value));
}

std::optional<int64_t> Claims::Integer(const char* name) const {
  const json_t* value = json_object_get(object_.get(), name);
  if (!json_is_integer(value)) return std::nullopt;
  return json_integer_value(value);
}

std::optional<std::vector<std::string>> Claims::Strings(const char* name) const {
  const json_t* value = json_object_get(object_.get(), name);
  std::vector<std::string> texts;
  if (json_is_string(value)) {
    texts.emplace_back(json_string_value(value), json_string_length(value));
    return texts;
  }
  if (!json_is_array(value)) return std::nullopt;
  texts.reserve(json_array_size(value));
  for (std::size_t i = 0; i < json_array_size(value); ++i) {
    const json_t* item = json_array_get(value, i);
    if (!json_is_string(item)) return std::nullopt;
    texts.emplace_back(json_string_value(item), json_string_length(item));
  }
  return texts;
}

std::optional<absl::Time> Claims::Time(const char* name) const {
  const json_t* value = json_object_get(object_.get(), name);
  if (!json_is_number(value)) return std::nullopt;
  const double seconds = json_number_value(value);
  if (!(seconds >= 0.0 && seconds <= kLastSecond)) return std::nullopt;
  if (json_is_integer(value)) return absl::FromUnixSeconds(json_integer_value(value));
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::optional<Claims> Claims::Object(const char* name) const {
  json_t* value = json_object_get(object_.get(), name);
  if (!json_is_object(value)) return std::nullopt;
  return Claims(json_incref(value));
}

std::vector<std::string> Claims::Names() const {
  std::vector<std::string> names;
  const char* name = nullptr;
  json_t* value = nullptr;
  json_object_foreach(object_.get(), name, value) { names.emplace_back(name); }
  return names;
}

bool Claims::Set(const char* name, absl::string_view value) {
  json_t* text = json_stringn(value.data(), value.size());
  return text != nullptr && json_object_set_new(object_.get(), name, text) == 0;
}

bool Claims::Set(const char* name, const std::vector<std::string>& values) {
  json_t* list = json_array();
  for (const std::string& value : values) {
    json_t* text = json_stringn(value.data(), value.size());
    if (text == nullptr) {
      json_decref(list);
      return false;
    }
    json_array_append_new(list, text);
  }
  return json_object_set_new(object_.get(), name, list) == 0;
}

void Claims::Set(const char* name, int64_t value) { json_object_set_new(object_.get(), name, json_integer(value)); }

void Claims::Set(const char* name, const Claims& value) { json_object_set(object_.get(), name, value.object_.get()); }

std::string Claims::ToJson() const {
  char* text = json_dumps(object_.get(), JSON_COMPACT | JSON_PRESERVE_ORDER);
  if (text == nullptr) return "{}";
  std::string json(text);
  std::free(text);
  return json;
}

}  // namespace kam::auth
