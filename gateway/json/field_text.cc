#include "gateway/json/field_text.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/json/json_times.h"
#include "gateway/json/json_types.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::gateway {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool HasTextForm(const FieldDescriptor* field) {
  if (field->is_map()) return false;
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  switch (WellKnownOf(field->message_type())) {
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
    case WellKnown::kFieldMask:
    case WellKnown::kWrapper:
      return true;
    default:
      return false;
  }
}

std::string ExpectedForm(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_INT32:
      return "an integer from -2147483648 to 2147483647";
    case FieldDescriptor::CPPTYPE_UINT32:
      return "an integer from 0 to 4294967295";
    case FieldDescriptor::CPPTYPE_INT64:
      return "an integer from -9223372036854775808 to 9223372036854775807";
    case FieldDescriptor::CPPTYPE_UINT64:
      return "an integer from 0 to 18446744073709551615";
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "a number of double precision";
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number of single precision";
    case FieldDescriptor::CPPTYPE_ENUM:
      return absl::StrCat("the name or number of a value of ", field->enum_type()->full_name());
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? "bytes in base64" : "a string";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return ExpectedForm(field->message_type());
}

std::string ExpectedForm(const Descriptor* type) {
  switch (WellKnownOf(type)) {
    case WellKnown::kTimestamp:
      return "an RFC 3339 time of the years 0001 to 9999, for example 2026-01-31T08:00:00Z";
    case WellKnown::kDuration:
      return "seconds with an s, for example 3.5s, at most 315576000000s";
    case WellKnown::kFieldMask:
      return "field paths separated by commas";
    case WellKnown::kWrapper:
      return ExpectedForm(type->field(0));
    case WellKnown::kListValue:
      return "an array";
    case WellKnown::kValue:
      return "a JSON value";
    default:
      return "an object";
  }
}

ValueCode SetFieldFromText(absl::string_view text, const FieldDescriptor* field, Message* message) {
  const Reflection* reflection = message->GetReflection();
  const bool add = field->is_repeated();
  ValueCode code = ValueCode::kOk;
  const auto put = [&](auto parse, auto value, auto set, auto append) {
    code = parse(text, &value);
    if (code == ValueCode::kOk) (reflection->*(add ? append : set))(message, field, value);
    return code;
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put(ParseInt32, int32_t{0}, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(ParseUint32, uint32_t{0}, &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(ParseInt64, int64_t{0}, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(ParseUint64, uint64_t{0}, &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put([](absl::string_view t, double* v) { return ParseDouble(t, true, v); }, 0.0, &Reflection::SetDouble,
                 &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put([](absl::string_view t, float* v) { return ParseFloat(t, true, v); }, 0.0f, &Reflection::SetFloat,
                 &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return ValueCode::kWrongType;
      add ? reflection->AddBool(message, field, text == "true") : reflection->SetBool(message, field, text == "true");
      return ValueCode::kOk;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = field->enum_type()->FindValueByName(std::string(text));
      if (value == nullptr) {
        int32_t number = 0;
        if (ParseInt32(text, &number) != ValueCode::kOk) return ValueCode::kWrongType;
        value = field->enum_type()->FindValueByNumber(number);
        if (value == nullptr) return ValueCode::kOutOfRange;
      }
      add ? reflection->AddEnum(message, field, value) : reflection->SetEnum(message, field, value);
      return ValueCode::kOk;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value(text);
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        code = ParseBase64(text, &value);
        if (code != ValueCode::kOk) return code;
      } else if (!IsUtf8(text)) {
        return ValueCode::kWrongType;
      }
      add ? reflection->AddString(message, field, std::move(value))
          : reflection->SetString(message, field, std::move(value));
      return ValueCode::kOk;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const WellKnown known = WellKnownOf(field->message_type());
  if (field->is_map() || !HasTextForm(field)) return ValueCode::kWrongType;
  Message* child = add ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field);
  const Reflection* child_reflection = child->GetReflection();
  const auto* type = child->GetDescriptor();
  if (known == WellKnown::kWrapper) return SetFieldFromText(text, type->field(0), child);
  if (known == WellKnown::kFieldMask) {
    std::vector<std::string> paths;
    code = ParseFieldMask(text, &paths);
    for (std::string& path : paths) {
      child_reflection->AddString(child, type->FindFieldByNumber(1), std::move(path));
    }
    return code;
  }
  int64_t seconds = 0;
  int32_t nanos = 0;
  code =
      known == WellKnown::kTimestamp ? ParseTimestamp(text, &seconds, &nanos) : ParseDuration(text, &seconds, &nanos);
  child_reflection->SetInt64(child, type->FindFieldByNumber(1), seconds);
  child_reflection->SetInt32(child, type->FindFieldByNumber(2), nanos);
  return code;
}

}  // namespace kam::gateway
