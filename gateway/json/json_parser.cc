#include "gateway/json/json_parser.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/json/field_text.h"
#include "gateway/json/json_times.h"
#include "gateway/json/json_values.h"

namespace kam::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using Kind = JsonToken::Kind;

// Longest part of a value repeated in an error, in bytes.
constexpr size_t kShownBytesMax = 64;
constexpr absl::string_view kTypeMember = "@type";
constexpr absl::string_view kValueMember = "value";

absl::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kFalse:
    case Kind::kTrue:
      return "a boolean";
    case Kind::kNumber:
      return "a number";
    case Kind::kString:
    case Kind::kKey:
      return "a string";
    case Kind::kObject:
      return "an object";
    default:
      return "an array";
  }
}

class Parser {
 public:
  Parser(JsonTypes& types, const JsonTape& tape, std::vector<std::string>* paths)
      : types_(types), tape_(tape), paths_(paths) {}

  absl::Status ParseRoot(Message* message) {
    const JsonType& type = types_.Of(message->GetDescriptor());
    if (Now().kind == Kind::kNull && type.well_known != WellKnown::kValue) {
      WrongType("an object");
      return std::move(error_);
    }
    if (!ParseMessage(type, message, paths_ != nullptr, "")) return std::move(error_);
    return absl::OkStatus();
  }

  absl::Status ParseOneField(const JsonField& info, Message* message) {
    steps_.push_back({&info, {}, 0});
    prefix_steps_ = 1;
    // Paths are relative to the field, so a field that is one value has none.
    const bool inside = paths_ != nullptr && IsOpen(info);
    return ParseMember(info, message, inside, "") ? absl::OkStatus() : std::move(error_);
  }

 private:
  // A step from the root to the value at hand: a field, a member name, or an element (neither).
  struct Step {
    const JsonField* field;
    absl::string_view member;
    size_t index;
  };

  // Lets `return Fail(...)` stand where a bool is wanted.
  struct Failed {
    bool ok = false;
    operator bool() const { return ok; }  // NOLINT: meant to convert.
  };

  const JsonToken& Now() const { return tape_[at_]; }
  void Skip() { at_ = tape_.After(at_); }

  Failed Fail(absl::string_view reason, absl::string_view message, const Metadata& metadata = {}) {
    std::string field, pointer;
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Step& step = steps_[i];
      if (step.field != nullptr) absl::StrAppend(&field, field.empty() ? "" : ".", step.field->field->name());
      if (step.field == nullptr && step.member.data() != nullptr) {
        absl::StrAppend(&field, field.empty() ? "" : ".", step.member);
      }
      const bool element = step.field == nullptr && step.member.data() == nullptr;
      if (element) absl::StrAppend(&field, "[", step.index, "]");
      if (i < prefix_steps_) continue;
      pointer += element ? absl::StrCat("/", step.index) : PointerStep(step.member);
    }
    Metadata all = metadata;
    all.emplace_back("pointer", pointer);
    error_ = InvalidField(field.empty() ? "body" : absl::string_view(field), reason, message, all);
    return {};
  }

  Failed WrongType(absl::string_view expected) {
    return Fail("JSON_WRONG_TYPE", absl::StrCat("must be ", expected, ", not ", KindName(Now().kind)));
  }

  Failed WrongValue(const JsonField& info, ValueCode code) {
    const absl::string_view text = Now().view();
    Metadata metadata;
    std::string message = absl::StrCat("must be ", ExpectedForm(info.field));
    if (!info.sensitive && text.size() <= kShownBytesMax) {
      absl::StrAppend(&message, ", not \"", text, "\"");
      metadata.emplace_back("value", std::string(text));
    }
    return Fail(code == ValueCode::kOutOfRange ? "JSON_VALUE_OUT_OF_RANGE" : "JSON_WRONG_TYPE", message, metadata);
  }

  // The members of a message of this field are paths of their own.
  bool IsOpen(const JsonField& info) {
    return !info.repeated && info.cpp_type == FieldDescriptor::CPPTYPE_MESSAGE && !types_.Of(info).value_type;
  }

  bool ParseMessage(const JsonType& type, Message* message, bool collect, const std::string& prefix) {
    switch (type.well_known) {
      case WellKnown::kNone:
        return ParseObject(type, message, collect, prefix, false);
      case WellKnown::kTimestamp:
      case WellKnown::kDuration:
        return ParseTime(type, message);
      case WellKnown::kFieldMask:
        return ParseMask(type, message);
      case WellKnown::kWrapper:
        return ParseSingle(type.fields[0], message, false, false, "");
      case WellKnown::kStruct:
        if (Now().kind != Kind::kObject) return WrongType("an object");
        return ParseMap(type.fields[0], message);
      case WellKnown::kListValue:
        if (Now().kind != Kind::kArray) return WrongType("an array");
        return ParseArray(type.fields[0], message);
      case WellKnown::kValue:
        return ParseValue(type, message);
      case WellKnown::kAny:
        return ParseAny(message);
    }
    return false;
  }

  // The object at hand. `with_type`: it is the body of an Any, whose member @type is passed over.
  bool ParseObject(const JsonType& type, Message* message, bool collect, const std::string& prefix, bool with_type) {
    if (Now().kind != Kind::kObject) return WrongType("an object");
    ++at_;
    absl::InlinedVector<uint64_t, 2> seen(static_cast<size_t>(type.field_count) / 64 + 1, 0);
    while (Now().kind != Kind::kEnd) {
      const absl::string_view member = Now().view();
      ++at_;
      if (with_type && member == kTypeMember) {
        Skip();
        continue;
      }
      const auto it = type.by_name.find(member);
      if (it == type.by_name.end()) {
        steps_.push_back({nullptr, member, 0});
        return Fail("JSON_UNKNOWN_FIELD", absl::StrCat("is not a field of ", type.descriptor->full_name()));
      }
      const JsonField& info = *it->second;
      steps_.push_back({&info, member, 0});
      const auto index = static_cast<size_t>(info.field->index());
      const uint64_t bit = uint64_t{1} << (index % 64);
      if ((seen[index / 64] & bit) != 0) return Fail("JSON_DUPLICATE_MEMBER", "is given more than once");
      seen[index / 64] |= bit;
      if (!collect) {
        if (!ParseMember(info, message, false, "")) return false;
      } else {
        const std::string path = prefix.empty() ? info.field->name() : absl::StrCat(prefix, ".", info.field->name());
        const bool open = IsOpen(info) && Now().kind == Kind::kObject && tape_[at_ + 1].kind != Kind::kEnd;
        if (!open) paths_->push_back(path);
        if (!ParseMember(info, message, open, path)) return false;
      }
      steps_.pop_back();
    }
    ++at_;
    return true;
  }

  bool ParseMember(const JsonField& info, Message* message, bool collect, const std::string& prefix) {
    if (Now().kind == Kind::kNull) {
      const bool is_value = !info.repeated && (info.null_value || (info.cpp_type == FieldDescriptor::CPPTYPE_MESSAGE &&
                                                                   types_.Of(info).well_known == WellKnown::kValue));
      if (!is_value) {
        ++at_;
        return true;
      }
    }
    if (const OneofDescriptor* oneof = info.field->real_containing_oneof(); oneof != nullptr) {
      const Reflection* reflection = message->GetReflection();
      if (reflection->HasOneof(*message, oneof)) {
        const std::string& other = reflection->GetOneofFieldDescriptor(*message, oneof)->name();
        return Fail("JSON_DUPLICATE_MEMBER",
                    absl::StrCat("only one member of ", oneof->name(), " may be given, and ", other, " is"),
                    {{"oneof", oneof->name()}, {"other", other}});
      }
    }
    if (info.map) {
      if (Now().kind != Kind::kObject) return WrongType("an object");
      return ParseMap(info, message);
    }
    if (info.repeated) {
      if (Now().kind != Kind::kArray) return WrongType("an array");
      return ParseArray(info, message);
    }
    return ParseSingle(info, message, false, collect, prefix);
  }

  bool ParseArray(const JsonField& info, Message* message) {
    ++at_;
    steps_.push_back({nullptr, {}, 0});
    while (Now().kind != Kind::kEnd) {
      if (!ParseSingle(info, message, true, false, "")) return false;
      ++steps_.back().index;
    }
    steps_.pop_back();
    ++at_;
    return true;
  }

  bool ParseMap(const JsonField& info, Message* message) {
    ++at_;
    const JsonType& entry_type = types_.Of(info);
    const JsonField& key_info = entry_type.fields[0];
    absl::flat_hash_set<std::string> keys;
    while (Now().kind != Kind::kEnd) {
      const absl::string_view key = Now().view();
      steps_.push_back({nullptr, key, 0});
      Message* entry = message->GetReflection()->AddMessage(message, info.field);
      if (key_info.cpp_type == FieldDescriptor::CPPTYPE_STRING) {
        entry->GetReflection()->SetString(entry, key_info.field, std::string(key));
      } else if (const ValueCode code = SetFieldFromText(key, key_info.field, entry); code != ValueCode::kOk) {
        return WrongValue(key_info, code);
      }
      // Keys are compared as values: "1" and "1.0" are the same key.
      if (!keys.insert(MapKeyText(*entry, key_info)).second) {
        return Fail("JSON_DUPLICATE_MEMBER", "is given more than once");
      }
      ++at_;
      if (!ParseSingle(entry_type.fields[1], entry, false, false, "")) return false;
      steps_.pop_back();
    }
    ++at_;
    return true;
  }

  // A number, as a number or in quotes.
  template <typename Number, typename Parse>
  bool ParseNumber(const JsonField& info, Message* message, bool add, Parse parse,
                   void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
                   void (Reflection::*append)(Message*, const FieldDescriptor*, Number) const) {
    const JsonToken& token = Now();
    if (token.kind != Kind::kNumber && token.kind != Kind::kString) return WrongType(ExpectedForm(info.field));
    Number value{};
    const ValueCode code = parse(token.view(), token.kind == Kind::kString, &value);
    if (code != ValueCode::kOk) return WrongValue(info, code);
    (message->GetReflection()->*(add ? append : set))(message, info.field, value);
    ++at_;
    return true;
  }

  // One value of a field, set or added.
  bool ParseSingle(const JsonField& info, Message* message, bool add, bool collect, const std::string& prefix) {
    const JsonToken& token = Now();
    const Reflection* reflection = message->GetReflection();
    const FieldDescriptor* field = info.field;
    switch (info.cpp_type) {
      case FieldDescriptor::CPPTYPE_STRING: {
        if (token.kind != Kind::kString) return WrongType(info.bytes ? "bytes in base64" : "a string");
        std::string text;
        if (info.bytes) {
          if (ParseBase64(token.view(), &text) != ValueCode::kOk) return WrongValue(info, ValueCode::kWrongType);
        } else {
          text.assign(token.text, token.length);
        }
        add ? reflection->AddString(message, field, std::move(text))
            : reflection->SetString(message, field, std::move(text));
        ++at_;
        return true;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const JsonType& type = types_.Of(info);
        if (token.kind == Kind::kNull && type.well_known != WellKnown::kValue) {
          return WrongType(ExpectedForm(field));
        }
        Message* child = add ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field);
        return ParseMessage(type, child, collect, prefix);
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        if (token.kind != Kind::kTrue && token.kind != Kind::kFalse) return WrongType("true or false");
        const bool value = token.kind == Kind::kTrue;
        add ? reflection->AddBool(message, field, value) : reflection->SetBool(message, field, value);
        ++at_;
        return true;
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return ParseNumber<int32_t>(
            info, message, add, [](absl::string_view t, bool, int32_t* v) { return ParseInt32(t, v); },
            &Reflection::SetInt32, &Reflection::AddInt32);
      case FieldDescriptor::CPPTYPE_UINT32:
        return ParseNumber<uint32_t>(
            info, message, add, [](absl::string_view t, bool, uint32_t* v) { return ParseUint32(t, v); },
            &Reflection::SetUInt32, &Reflection::AddUInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return ParseNumber<int64_t>(
            info, message, add, [](absl::string_view t, bool, int64_t* v) { return ParseInt64(t, v); },
            &Reflection::SetInt64, &Reflection::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT64:
        return ParseNumber<uint64_t>(
            info, message, add, [](absl::string_view t, bool, uint64_t* v) { return ParseUint64(t, v); },
            &Reflection::SetUInt64, &Reflection::AddUInt64);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return ParseNumber<double>(info, message, add, ParseDouble, &Reflection::SetDouble, &Reflection::AddDouble);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return ParseNumber<float>(info, message, add, ParseFloat, &Reflection::SetFloat, &Reflection::AddFloat);
      case FieldDescriptor::CPPTYPE_ENUM:
        return ParseEnum(info, message, add);
    }
    return false;
  }

  bool ParseEnum(const JsonField& info, Message* message, bool add) {
    const JsonToken& token = Now();
    const EnumValueDescriptor* value = nullptr;
    if (token.kind == Kind::kNull && info.null_value) {
      value = info.field->enum_type()->FindValueByNumber(0);
    } else if (token.kind == Kind::kString) {
      value = info.field->enum_type()->FindValueByName(std::string(token.view()));
      if (value == nullptr) return WrongValue(info, ValueCode::kWrongType);
    } else if (token.kind == Kind::kNumber) {
      int32_t number = 0;
      const ValueCode code = ParseInt32(token.view(), &number);
      if (code != ValueCode::kOk) return WrongValue(info, code);
      value = info.field->enum_type()->FindValueByNumber(number);
      if (value == nullptr) return WrongValue(info, ValueCode::kOutOfRange);
    } else {
      return WrongType(ExpectedForm(info.field));
    }
    const Reflection* reflection = message->GetReflection();
    add ? reflection->AddEnum(message, info.field, value) : reflection->SetEnum(message, info.field, value);
    ++at_;
    return true;
  }

  bool WrongText(absl::string_view expected, ValueCode code) {
    std::string message = absl::StrCat("must be ", expected);
    if (Now().length <= kShownBytesMax) absl::StrAppend(&message, ", not \"", Now().view(), "\"");
    return Fail(code == ValueCode::kOutOfRange ? "JSON_VALUE_OUT_OF_RANGE" : "JSON_WRONG_TYPE", message);
  }

  bool ParseTime(const JsonType& type, Message* message) {
    const bool timestamp = type.well_known == WellKnown::kTimestamp;
    if (Now().kind != Kind::kString) return WrongType(ExpectedForm(type.descriptor));
    int64_t seconds = 0;
    int32_t nanos = 0;
    const ValueCode code =
        timestamp ? ParseTimestamp(Now().view(), &seconds, &nanos) : ParseDuration(Now().view(), &seconds, &nanos);
    if (code != ValueCode::kOk) return WrongText(ExpectedForm(type.descriptor), code);
    const Reflection* reflection = message->GetReflection();
    reflection->SetInt64(message, type.fields[0].field, seconds);
    reflection->SetInt32(message, type.fields[1].field, nanos);
    ++at_;
    return true;
  }

  bool ParseMask(const JsonType& type, Message* message) {
    if (Now().kind != Kind::kString) return WrongType(ExpectedForm(type.descriptor));
    std::vector<std::string> masks;
    const ValueCode code = ParseFieldMask(Now().view(), &masks);
    if (code != ValueCode::kOk) return WrongText(ExpectedForm(type.descriptor), code);
    for (std::string& mask : masks) {
      message->GetReflection()->AddString(message, type.fields[0].field, std::move(mask));
    }
    ++at_;
    return true;
  }

  // google.protobuf.Value: its fields are null_value, number_value, string_value, bool_value, struct_value, list_value.
  bool ParseValue(const JsonType& type, Message* message) {
    int field = 0;
    switch (Now().kind) {
      case Kind::kNull:
        field = 0;
        break;
      case Kind::kNumber:
        field = 1;
        break;
      case Kind::kString:
        field = 2;
        break;
      case Kind::kTrue:
      case Kind::kFalse:
        field = 3;
        break;
      case Kind::kObject:
        field = 4;
        break;
      default:
        field = 5;
    }
    return ParseSingle(type.fields[static_cast<size_t>(field)], message, false, false, "");
  }

  // {"@type": "host/full.Name", ...members} or, for types with a form of their own, {"@type": ..., "value": ...}.
  bool ParseAny(Message* any) {
    if (Now().kind != Kind::kObject) return WrongType("an object");
    const size_t end = tape_.After(at_);
    size_t type_at = 0, value_at = 0;
    int members = 0;
    for (size_t i = at_ + 1; tape_[i].kind != Kind::kEnd; i = tape_.After(i + 1)) {
      ++members;
      if (tape_[i].view() == kTypeMember) {
        if (type_at != 0) {
          steps_.push_back({nullptr, kTypeMember, 0});
          return Fail("JSON_DUPLICATE_MEMBER", "is given more than once");
        }
        type_at = i + 1;
      }
      if (tape_[i].view() == kValueMember) value_at = i + 1;
    }
    if (members == 0) {
      at_ = end;
      return true;
    }
    if (type_at == 0) return Fail("JSON_WRONG_TYPE", "must have a member @type that names the type of the object");
    const absl::string_view url = tape_[type_at].view();
    const size_t slash = url.rfind('/');
    const Descriptor* type = nullptr;
    if (tape_[type_at].kind == Kind::kString && slash != absl::string_view::npos && slash > 0) {
      type = any->GetDescriptor()->file()->pool()->FindMessageTypeByName(std::string(url.substr(slash + 1)));
    }
    if (type == nullptr) {
      steps_.push_back({nullptr, kTypeMember, 0});
      return Fail("JSON_WRONG_TYPE", "must be the URL of a known message type");
    }
    const Reflection* reflection = any->GetReflection();
    const std::unique_ptr<Message> inner(reflection->GetMessageFactory()->GetPrototype(type)->New());
    const JsonType& inner_type = types_.Of(type);
    if (inner_type.well_known == WellKnown::kNone) {
      if (!ParseObject(inner_type, inner.get(), false, "", true)) return false;
    } else {
      if (value_at == 0 || members != 2) {
        return Fail("JSON_WRONG_TYPE",
                    absl::StrCat("must have the members @type and value, for a ", type->full_name()));
      }
      at_ = value_at;
      steps_.push_back({nullptr, kValueMember, 0});
      if (Now().kind == Kind::kNull && inner_type.well_known != WellKnown::kValue) return WrongType("a value");
      if (!ParseMessage(inner_type, inner.get(), false, "")) return false;
      steps_.pop_back();
      at_ = end;
    }
    const Descriptor* descriptor = any->GetDescriptor();
    reflection->SetString(any, descriptor->FindFieldByNumber(1), std::string(url));
    reflection->SetString(any, descriptor->FindFieldByNumber(2), inner->SerializePartialAsString());
    return true;
  }

  JsonTypes& types_;
  const JsonTape& tape_;
  std::vector<std::string>* const paths_;
  size_t at_ = 0;
  // Steps at the front that are not in the text.
  size_t prefix_steps_ = 0;
  absl::InlinedVector<Step, 16> steps_;
  absl::Status error_;
};

}  // namespace

absl::Status ParseJson(JsonTypes& types, const JsonTape& tape, Message* message, std::vector<std::string>* paths) {
  return Parser(types, tape, paths).ParseRoot(message);
}

absl::Status ParseJsonField(JsonTypes& types, const JsonTape& tape, const FieldDescriptor* field, Message* message,
                            std::vector<std::string>* paths) {
  const JsonType& type = types.Of(field->containing_type());
  return Parser(types, tape, paths).ParseOneField(type.fields[static_cast<size_t>(field->index())], message);
}

}  // namespace kam::gateway
