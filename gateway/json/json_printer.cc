#include "gateway/json/json_printer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/json/json_string.h"
#include "gateway/json/json_times.h"
#include "gateway/json/json_types.h"
#include "gateway/json/json_values.h"

namespace kam::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::Reflection;

template <typename Number>
void AppendNumber(Number value, std::string* out) {
  char text[32];
  const std::to_chars_result result = std::to_chars(text, text + sizeof(text), value);
  out->append(text, static_cast<size_t>(result.ptr - text));
}

template <typename Number>
void AppendQuoted(Number value, std::string* out) {
  out->push_back('"');
  AppendNumber(value, out);
  out->push_back('"');
}

template <typename Float>
void AppendReal(Float value, std::string* out) {
  if (std::isnan(value)) {
    out->append("\"NaN\"");
  } else if (std::isinf(value)) {
    out->append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  } else if (value == 0 && std::signbit(value)) {
    // Readers that take "-0" for an integer would lose the sign.
    out->append("-0.0");
  } else {
    AppendNumber(value, out);
  }
}

class Printer {
 public:
  Printer(JsonTypes& types, bool always_print_primitives, std::string* out)
      : types_(types), always_(always_print_primitives), out_(out) {}

  bool PrintMessage(const JsonType& type, const Message& message) {
    switch (type.well_known) {
      case WellKnown::kNone:
        out_->push_back('{');
        if (!PrintMembers(type, message, true)) return false;
        out_->push_back('}');
        return true;
      case WellKnown::kTimestamp:
      case WellKnown::kDuration:
        return PrintTime(type, message);
      case WellKnown::kFieldMask:
        return PrintMask(type, message);
      case WellKnown::kWrapper:
        return PrintScalar(type.fields[0], message, message.GetReflection(), -1);
      case WellKnown::kStruct:
        return PrintMap(type.fields[0], message, message.GetReflection());
      case WellKnown::kListValue:
        return PrintArray(type.fields[0], message, message.GetReflection());
      case WellKnown::kValue:
        return PrintValue(type, message);
      case WellKnown::kAny:
        return PrintAny(message);
    }
    return false;
  }

  // Any field, whether set or not.
  bool PrintField(const JsonField& info, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    if (info.map) return PrintMap(info, message, reflection);
    if (info.repeated) return PrintArray(info, message, reflection);
    return PrintScalar(info, message, reflection, -1);
  }

 private:
  bool PrintMembers(const JsonType& type, const Message& message, bool first) {
    const Reflection* reflection = message.GetReflection();
    for (int i = 0; i < type.field_count; ++i) {
      const JsonField& info = type.fields[static_cast<size_t>(i)];
      const bool present =
          info.repeated ? reflection->FieldSize(message, info.field) > 0 : reflection->HasField(message, info.field);
      if (!present && !(always_ && info.primitive)) continue;
      if (!first) out_->push_back(',');
      first = false;
      out_->append(info.key);
      if (!PrintField(info, message)) return false;
    }
    return true;
  }

  bool PrintArray(const JsonField& info, const Message& message, const Reflection* reflection) {
    out_->push_back('[');
    const int size = reflection->FieldSize(message, info.field);
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_->push_back(',');
      if (!PrintScalar(info, message, reflection, i)) return false;
    }
    out_->push_back(']');
    return true;
  }

  bool PrintMap(const JsonField& info, const Message& message, const Reflection* reflection) {
    const JsonType& entry_type = types_.Of(info);
    const JsonField& key = entry_type.fields[0];
    std::vector<std::pair<std::string, const Message*>> entries;
    const int size = reflection->FieldSize(message, info.field);
    entries.reserve(static_cast<size_t>(size));
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, info.field, i);
      entries.emplace_back(MapKeyText(entry, key), &entry);
    }
    std::sort(entries.begin(), entries.end());
    out_->push_back('{');
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) out_->push_back(',');
      AppendJsonString(entries[i].first, out_);
      out_->push_back(':');
      const Message& entry = *entries[i].second;
      if (!PrintScalar(entry_type.fields[1], entry, entry.GetReflection(), -1)) return false;
    }
    out_->push_back('}');
    return true;
  }

  // One value: of a singular field (index -1) or an element of a repeated one.
  bool PrintScalar(const JsonField& info, const Message& message, const Reflection* reflection, int index) {
    const FieldDescriptor* field = info.field;
    switch (info.cpp_type) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = index < 0 ? reflection->GetStringReference(message, field, &scratch)
                                            : reflection->GetRepeatedStringReference(message, field, index, &scratch);
        if (info.bytes) {
          out_->push_back('"');
          AppendBase64(text, out_);
          out_->push_back('"');
        } else {
          AppendJsonString(text, out_);
        }
        return true;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return PrintMessage(types_.Of(info), index < 0 ? reflection->GetMessage(message, field)
                                                       : reflection->GetRepeatedMessage(message, field, index));
      case FieldDescriptor::CPPTYPE_INT32:
        AppendNumber(
            index < 0 ? reflection->GetInt32(message, field) : reflection->GetRepeatedInt32(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_UINT32:
        AppendNumber(
            index < 0 ? reflection->GetUInt32(message, field) : reflection->GetRepeatedUInt32(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_INT64:
        AppendQuoted(
            index < 0 ? reflection->GetInt64(message, field) : reflection->GetRepeatedInt64(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_UINT64:
        AppendQuoted(
            index < 0 ? reflection->GetUInt64(message, field) : reflection->GetRepeatedUInt64(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        AppendReal(
            index < 0 ? reflection->GetDouble(message, field) : reflection->GetRepeatedDouble(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_FLOAT:
        AppendReal(
            index < 0 ? reflection->GetFloat(message, field) : reflection->GetRepeatedFloat(message, field, index),
            out_);
        return true;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_->append(
            (index < 0 ? reflection->GetBool(message, field) : reflection->GetRepeatedBool(message, field, index))
                ? "true"
                : "false");
        return true;
      case FieldDescriptor::CPPTYPE_ENUM: {
        if (info.null_value) {
          out_->append("null");
          return true;
        }
        const int number = index < 0 ? reflection->GetEnumValue(message, field)
                                     : reflection->GetRepeatedEnumValue(message, field, index);
        const EnumValueDescriptor* value = field->enum_type()->FindValueByNumber(number);
        if (value == nullptr) {
          AppendNumber(number, out_);
        } else {
          out_->push_back('"');
          out_->append(value->name());
          out_->push_back('"');
        }
        return true;
      }
    }
    return false;
  }

  bool PrintTime(const JsonType& type, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    const int64_t seconds = reflection->GetInt64(message, type.fields[0].field);
    const int32_t nanos = reflection->GetInt32(message, type.fields[1].field);
    out_->push_back('"');
    const bool ok = type.well_known == WellKnown::kTimestamp ? AppendTimestamp(seconds, nanos, out_)
                                                             : AppendDuration(seconds, nanos, out_);
    out_->push_back('"');
    return ok;
  }

  bool PrintMask(const JsonType& type, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    const FieldDescriptor* paths = type.fields[0].field;
    std::string mask;
    const int size = reflection->FieldSize(message, paths);
    for (int i = 0; i < size; ++i) {
      if (i > 0) mask.push_back(',');
      if (!AppendCamelPath(reflection->GetRepeatedString(message, paths, i), &mask)) return false;
    }
    AppendJsonString(mask, out_);
    return true;
  }

  bool PrintValue(const JsonType& type, const Message& message) {
    const Reflection* reflection = message.GetReflection();
    for (int i = 0; i < type.field_count; ++i) {
      const JsonField& info = type.fields[static_cast<size_t>(i)];
      if (!reflection->HasField(message, info.field)) continue;
      if (info.cpp_type == FieldDescriptor::CPPTYPE_DOUBLE &&
          !std::isfinite(reflection->GetDouble(message, info.field))) {
        return false;
      }
      return PrintScalar(info, message, reflection, -1);
    }
    out_->append("null");
    return true;
  }

  // An Any of unknown type keeps its bytes: {"@type": ..., "value": base64}.
  bool PrintAny(const Message& any) {
    const Reflection* reflection = any.GetReflection();
    const Descriptor* descriptor = any.GetDescriptor();
    const std::string url = reflection->GetString(any, descriptor->FindFieldByNumber(1));
    std::string scratch;
    const std::string& bytes = reflection->GetStringReference(any, descriptor->FindFieldByNumber(2), &scratch);
    if (url.empty() && bytes.empty()) {
      out_->append("{}");
      return true;
    }
    out_->append("{\"@type\":");
    AppendJsonString(url, out_);
    std::unique_ptr<Message> inner;
    const Descriptor* type = descriptor->file()->pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
    if (type != nullptr) {
      inner.reset(reflection->GetMessageFactory()->GetPrototype(type)->New());
      if (!inner->ParseFromString(bytes)) inner.reset();
    }
    if (inner == nullptr) {
      out_->append(",\"value\":\"");
      AppendBase64(bytes, out_);
      out_->append("\"}");
      return true;
    }
    const JsonType& inner_type = types_.Of(type);
    if (inner_type.well_known == WellKnown::kNone) {
      if (!PrintMembers(inner_type, *inner, false)) return false;
    } else {
      out_->append(",\"value\":");
      if (!PrintMessage(inner_type, *inner)) return false;
    }
    out_->push_back('}');
    return true;
  }

  JsonTypes& types_;
  const bool always_;
  std::string* const out_;
};

}  // namespace

absl::Status PrintJson(JsonTypes& types, bool always_print_primitives, const Message& message,
                       const FieldDescriptor* only, std::string* out) {
  const size_t before = out->size();
  Printer printer(types, always_print_primitives, out);
  const JsonType& type = types.Of(message.GetDescriptor());
  const bool ok = only == nullptr ? printer.PrintMessage(type, message)
                                  : printer.PrintField(type.fields[static_cast<size_t>(only->index())], message);
  if (ok) return absl::OkStatus();
  out->resize(before);
  return Internal(absl::StrCat("a ", type.descriptor->full_name(), " holds a value that JSON has no form for"));
}

}  // namespace kam::gateway
