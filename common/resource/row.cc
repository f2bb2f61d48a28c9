#include "common/resource/row.h"

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mysql::Value;

constexpr int32_t kNanosOfLastDigit = 100000;  // Amounts have four digits after the dot.

Value TextOrNull(const std::string& text) { return text.empty() ? Value() : Value(text); }

// "collection/id" -> id; NULL for what is no resource name.
Value ReferenceId(const std::string& name) { return absl::StrContains(name, '/') ? Value(IdOf(name)) : Value(); }

size_t ColumnCount(const Field& field) {
  if (field.kind == Kind::kMoney) return 2;
  if (field.kind != Kind::kMessage) return 1;
  size_t count = 0;
  for (const Field& inner : field.fields) count += ColumnCount(inner);
  return count;
}

absl::Time ToTime(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

void SetTimestamp(absl::Time time, google::protobuf::Timestamp* stamp) {
  const timespec spec = absl::ToTimespec(time);
  stamp->set_seconds(spec.tv_sec);
  stamp->set_nanos(static_cast<int32_t>(spec.tv_nsec));
}

std::string AmountText(const google::type::Money& money) {
  const bool negative = money.units() < 0 || money.nanos() < 0;
  return absl::StrFormat("%s%d.%04d", negative ? "-" : "", money.units() < 0 ? -money.units() : money.units(),
                         std::abs(money.nanos()) / kNanosOfLastDigit);
}

absl::Status ParseAmount(absl::string_view text, google::type::Money* money) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  const size_t dot = text.find('.');
  int64_t units = 0;
  int32_t fraction = 0;
  if (!absl::SimpleAtoi(text.substr(0, dot), &units)) return Internal("amount cell is not a number");
  if (dot != absl::string_view::npos) {
    std::string digits(text.substr(dot + 1));
    digits.resize(9, '0');
    if (!absl::SimpleAtoi(digits, &fraction)) return Internal("amount cell is not a number");
  }
  money->set_units(negative ? -units : units);
  money->set_nanos(negative ? -fraction : fraction);
  return absl::OkStatus();
}

// DECIMAL columns come back with all their digits; the API shows a number without needless zeros.
std::string TrimDecimal(const std::string& text) {
  if (text.find('.') == std::string::npos) return text;
  size_t end = text.find_last_not_of('0');
  if (text[end] == '.') --end;
  return text.substr(0, end + 1);
}

int64_t IntegerOf(const Field& field, const Message& message) {
  const Reflection* reflection = message.GetReflection();
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->GetInt32(message, field.descriptor);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->GetUInt32(message, field.descriptor);
    default:
      return reflection->GetInt64(message, field.descriptor);
  }
}

// Do the cells of `field`, which begin at `at`, say anything? Those of a message that was not set do not.
bool SaysAnything(const Field& field, const mysql::Row& row, size_t at) {
  if (field.kind == Kind::kMessage) {
    for (const Field& inner : field.fields) {
      if (SaysAnything(inner, row, at)) return true;
      at += ColumnCount(inner);
    }
    return false;
  }
  return at < row.size() && !row[at].is_null() && (field.nullable || row[at].integer() != 0);
}

void AppendNulls(const std::vector<Field>& fields, std::vector<Value>* out) {
  for (const Field& field : fields) {
    if (field.kind == Kind::kMessage) {
      AppendNulls(field.fields, out);
    } else if (field.kind == Kind::kMoney) {
      out->insert(out->end(), 2, Value());
    } else {
      out->push_back(field.nullable ? Value() : Value(int64_t{0}));
    }
  }
}

}  // namespace

bool SameField(const Message& a, const Message& b, const FieldDescriptor* field) {
  const Reflection* reflection = a.GetReflection();
  const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!field->is_repeated()) {
    const bool set = reflection->HasField(a, field);
    if (set != reflection->HasField(b, field)) return false;
    if (!set) return true;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch_a, scratch_b;
        return reflection->GetStringReference(a, field, &scratch_a) ==
               reflection->GetStringReference(b, field, &scratch_b);
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection->GetEnumValue(a, field) == reflection->GetEnumValue(b, field);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return reflection->GetMessage(a, field).SerializeAsString() ==
               reflection->GetMessage(b, field).SerializeAsString();
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->GetBool(a, field) == reflection->GetBool(b, field);
      default: {
        Field probe;
        probe.descriptor = field;
        return IntegerOf(probe, a) == IntegerOf(probe, b);
      }
    }
  }
  const int size = reflection->FieldSize(a, field);
  if (size != reflection->FieldSize(b, field)) return false;
  Field probe;
  probe.descriptor = field;
  for (int i = 0; i < size; ++i) {
    const bool same = message ? reflection->GetRepeatedMessage(a, field, i).SerializeAsString() ==
                                    reflection->GetRepeatedMessage(b, field, i).SerializeAsString()
                              : ElementValue(probe, a, i) == ElementValue(probe, b, i);
    if (!same) return false;
  }
  return true;
}

std::vector<std::string> ColumnsOf(const std::vector<Field>& fields) {
  std::vector<std::string> columns;
  for (const Field& field : fields) {
    if (field.kind == Kind::kMessage) {
      const std::vector<std::string> inner = ColumnsOf(field.fields);
      columns.insert(columns.end(), inner.begin(), inner.end());
    } else if (field.kind == Kind::kMoney) {
      columns.push_back(absl::StrCat(field.column, "_amount"));
      columns.push_back(absl::StrCat(field.column, "_currency"));
    } else {
      columns.push_back(field.column);
    }
  }
  return columns;
}

void AppendValues(const std::vector<Field>& fields, const Message& message, std::vector<Value>* out) {
  const Reflection* reflection = message.GetReflection();
  std::string scratch;
  for (const Field& field : fields) {
    const FieldDescriptor* descriptor = field.descriptor;
    switch (field.kind) {
      case Kind::kText:
      case Kind::kDate:
      case Kind::kDecimal:
      case Kind::kName:
        out->push_back(TextOrNull(reflection->GetStringReference(message, descriptor, &scratch)));
        break;
      case Kind::kReference:
        out->push_back(ReferenceId(reflection->GetStringReference(message, descriptor, &scratch)));
        break;
      case Kind::kEnum: {
        const EnumValueDescriptor* value = reflection->GetEnum(message, descriptor);
        out->push_back(TextOrNull(ShortEnumName(value)));
        break;
      }
      case Kind::kInteger:
        out->push_back(field.nullable && !reflection->HasField(message, descriptor) ? Value()
                                                                                    : Value(IntegerOf(field, message)));
        break;
      case Kind::kBool:
        out->push_back(Value(reflection->GetBool(message, descriptor)));
        break;
      case Kind::kTimestamp:
        out->push_back(reflection->HasField(message, descriptor)
                           ? Value(ToTime(static_cast<const google::protobuf::Timestamp&>(
                                 reflection->GetMessage(message, descriptor))))
                           : Value());
        break;
      case Kind::kMoney:
        if (reflection->HasField(message, descriptor)) {
          const auto& money = static_cast<const google::type::Money&>(reflection->GetMessage(message, descriptor));
          out->push_back(Value(AmountText(money)));
          out->push_back(Value(money.currency_code()));
        } else {
          out->insert(out->end(), 2, Value());
        }
        break;
      case Kind::kMessage:
        if (reflection->HasField(message, descriptor)) {
          AppendValues(field.fields, reflection->GetMessage(message, descriptor), out);
        } else {
          AppendNulls(field.fields, out);
        }
        break;
    }
  }
}

Value ElementValue(const Field& field, const Message& message, int index) {
  const Reflection* reflection = message.GetReflection();
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = reflection->GetRepeatedString(message, field.descriptor, index);
      return field.kind == Kind::kReference ? ReferenceId(text) : Value(std::move(text));
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return Value(ShortEnumName(reflection->GetRepeatedEnum(message, field.descriptor, index)));
    case FieldDescriptor::CPPTYPE_INT32:
      return Value(static_cast<int64_t>(reflection->GetRepeatedInt32(message, field.descriptor, index)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Value(static_cast<int64_t>(reflection->GetRepeatedUInt32(message, field.descriptor, index)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return Value(reflection->GetRepeatedBool(message, field.descriptor, index));
    default:
      return Value(reflection->GetRepeatedInt64(message, field.descriptor, index));
  }
}

absl::Status ReadFields(const std::vector<Field>& fields, const mysql::Row& row, size_t* at, Message* message) {
  const Reflection* reflection = message->GetReflection();
  for (const Field& field : fields) {
    const FieldDescriptor* descriptor = field.descriptor;
    if (field.kind == Kind::kMessage) {
      if (SaysAnything(field, row, *at)) {
        RETURN_IF_ERROR(ReadFields(field.fields, row, at, reflection->MutableMessage(message, descriptor)));
      } else {
        *at += ColumnCount(field);
      }
      continue;
    }
    if (*at >= row.size()) return Internal("row is shorter than its type");
    const Value& cell = row[(*at)++];
    if (field.kind == Kind::kMoney) {
      const Value& currency = row[(*at)++];
      if (cell.is_null()) continue;
      auto* money = static_cast<google::type::Money*>(reflection->MutableMessage(message, descriptor));
      RETURN_IF_ERROR(ParseAmount(cell.text(), money));
      money->set_currency_code(currency.text());
      continue;
    }
    if (cell.is_null()) continue;
    switch (field.kind) {
      case Kind::kText:
      case Kind::kDate:
      case Kind::kName:
        reflection->SetString(message, descriptor, cell.text());
        break;
      case Kind::kDecimal:
        reflection->SetString(message, descriptor, TrimDecimal(cell.text()));
        break;
      case Kind::kReference:
        reflection->SetString(message, descriptor, absl::StrCat(field.rules->reference(), "/", cell.text()));
        break;
      case Kind::kEnum: {
        const EnumValueDescriptor* value = FindEnumValue(descriptor->enum_type(), cell.text());
        if (value == nullptr) {
          return Internal(absl::StrCat(descriptor->full_name(), ": unknown stored value ", cell.text()));
        }
        reflection->SetEnum(message, descriptor, value);
        break;
      }
      case Kind::kInteger:
        if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
          reflection->SetInt32(message, descriptor, static_cast<int32_t>(cell.integer()));
        } else if (descriptor->cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
          reflection->SetUInt32(message, descriptor, static_cast<uint32_t>(cell.integer()));
        } else {
          reflection->SetInt64(message, descriptor, cell.integer());
        }
        break;
      case Kind::kBool:
        reflection->SetBool(message, descriptor, cell.integer() != 0);
        break;
      case Kind::kTimestamp:
        SetTimestamp(cell.time(),
                     static_cast<google::protobuf::Timestamp*>(reflection->MutableMessage(message, descriptor)));
        break;
      case Kind::kMoney:
      case Kind::kMessage:
        break;
    }
  }
  return absl::OkStatus();
}

absl::Status ReadElement(const Field& field, const Value& cell, Message* message) {
  const Reflection* reflection = message->GetReflection();
  const FieldDescriptor* descriptor = field.descriptor;
  switch (descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection->AddString(message, descriptor,
                            field.kind == Kind::kReference
                                ? absl::StrCat(field.rules->reference(), "/", cell.text())
                                : (field.kind == Kind::kDecimal ? TrimDecimal(cell.text()) : cell.text()));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindEnumValue(descriptor->enum_type(), cell.text());
      if (value == nullptr) return Internal(absl::StrCat(descriptor->full_name(), ": unknown stored value"));
      reflection->AddEnum(message, descriptor, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32:
      reflection->AddInt32(message, descriptor, static_cast<int32_t>(cell.integer()));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_UINT32:
      reflection->AddUInt32(message, descriptor, static_cast<uint32_t>(cell.integer()));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->AddBool(message, descriptor, cell.integer() != 0);
      return absl::OkStatus();
    default:
      reflection->AddInt64(message, descriptor, cell.integer());
      return absl::OkStatus();
  }
}

SystemValues ReadSystem(const mysql::Row& row) {
  SystemValues values;
  values.id = row[0].text();
  values.version = row[1].integer();
  values.create_time = row[2].time();
  values.update_time = row[3].time();
  values.creator = row[4].text();
  values.updater = row[5].text();
  if (!row[6].is_null()) values.archive_time = row[6].time();
  values.number = row[7].text();
  return values;
}

void SetSystem(const Type& type, const SystemValues& values, Message* message) {
  const Reflection* reflection = message->GetReflection();
  const auto set_text = [&](absl::string_view field, const std::string& text) {
    const FieldDescriptor* descriptor = type.system(field);
    if (descriptor == nullptr) return;
    if (text.empty()) {
      reflection->ClearField(message, descriptor);
    } else {
      reflection->SetString(message, descriptor, text);
    }
  };
  const auto set_time = [&](absl::string_view field, absl::Time time) {
    const FieldDescriptor* descriptor = type.system(field);
    if (descriptor == nullptr) return;
    SetTimestamp(time, static_cast<google::protobuf::Timestamp*>(reflection->MutableMessage(message, descriptor)));
  };
  set_text("name", absl::StrCat(type.collection(), "/", values.id));
  set_text("etag", MakeEtag(values.version));
  set_text("creator", values.creator);
  set_text("updater", values.updater);
  set_text("number", values.number);
  set_time("create_time", values.create_time);
  set_time("update_time", values.update_time);
  if (values.archive_time.has_value()) {
    set_time("archive_time", *values.archive_time);
  } else if (const FieldDescriptor* archive = type.system("archive_time"); archive != nullptr) {
    reflection->ClearField(message, archive);
  }
}

void CarrySystem(const Type& type, const SystemValues& values, const Message& before, Message* after) {
  const Reflection* reflection = after->GetReflection();
  const auto copy_text = [&](absl::string_view field) {
    const FieldDescriptor* descriptor = type.system(field);
    return descriptor == nullptr ? std::string() : reflection->GetString(before, descriptor);
  };
  SystemValues carried = values;
  carried.creator = copy_text("creator");
  carried.number = copy_text("number");
  carried.create_time = ToTime(
      static_cast<const google::protobuf::Timestamp&>(reflection->GetMessage(before, type.system("create_time"))));
  SetSystem(type, carried, after);
}

std::string MakeEtag(int64_t version) { return absl::StrCat("v", version); }

int64_t ParseEtag(absl::string_view etag) {
  absl::ConsumePrefix(&etag, "W/");
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  int64_t version = 0;
  if (!absl::ConsumePrefix(&etag, "v") || !absl::SimpleAtoi(etag, &version) || version < 1) return 0;
  return version;
}

}  // namespace kam::resource
