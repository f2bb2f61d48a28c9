#include "gateway/json/testing/random_message.h"

#include <cmath>
#include <limits>
#include <set>

#include "gateway/json/json_types.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "kam/testing/v1/json_test.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepthMax = 4;

}  // namespace

int64_t RandomMessage::Integer(int bits, bool is_signed) {
  switch (Below(5)) {
    case 0:
      return 0;
    case 1:
      return is_signed ? -1 : 1;
    case 2:  // The ends of the range.
      if (bits == 32) return is_signed ? std::numeric_limits<int32_t>::min() : std::numeric_limits<uint32_t>::max();
      return is_signed ? std::numeric_limits<int64_t>::min() : -1;
    default: {
      const auto any = static_cast<int64_t>(random_() >> Below(64));
      return bits == 64 ? any : is_signed ? static_cast<int32_t>(any) : static_cast<uint32_t>(any);
    }
  }
}

double RandomMessage::Real() {
  switch (Below(8)) {
    case 0:
      return std::numeric_limits<double>::quiet_NaN();
    case 1:
      return Below(2) == 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
    case 2:
      return std::numeric_limits<double>::max();
    case 3:
      return -0.0;
    case 4:
      return static_cast<double>(Integer(32, true)) / 1000;
    default:
      return std::ldexp(static_cast<double>(Integer(64, true)), static_cast<int>(Below(120)) - 90);
  }
}

std::string RandomMessage::Text() {
  static const char* const kPieces[] = {"a",  "Z",  " ",    "\"",   "\\",   "/",      "\n",     "\t",
                                        "\b", "\f", "\x01", "\x1f", "\x7f", "\u00e9", "\u5ba2", "\u6237",
                                        "<",  ">",  "&",    "'",    "{}",   "\u2028", "\uFFFD", "\U0001F600"};
  std::string text;
  for (uint64_t i = Below(12); i > 0; --i) text += kPieces[Below(std::size(kPieces))];
  if (Below(10) == 0) text.push_back('\0');
  return text;
}

std::string RandomMessage::Bytes() {
  std::string bytes;
  for (uint64_t i = Below(9); i > 0; --i) bytes.push_back(static_cast<char>(Below(256)));
  return bytes;
}

void RandomMessage::FillSpecial(Message* message, int depth, bool* special) {
  const auto* type = message->GetDescriptor();
  const Reflection* reflection = message->GetReflection();
  *special = true;
  switch (WellKnownOf(type)) {
    case WellKnown::kTimestamp:
      reflection->SetInt64(message, type->field(0), static_cast<int64_t>(Below(315537897600)) - 62135596800);
      break;
    case WellKnown::kDuration:
      reflection->SetInt64(message, type->field(0), static_cast<int64_t>(Below(315576000000)));
      break;
    case WellKnown::kFieldMask:
      for (uint64_t i = Below(3); i > 0; --i) {
        reflection->AddString(message, type->field(0), Below(2) == 0 ? "legal_name" : "address.post_code");
      }
      return;
    case WellKnown::kValue: {
      const uint64_t kinds = depth < kDepthMax ? 6 : 4;
      const FieldDescriptor* field = type->field(static_cast<int>(Below(kinds)));
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
        reflection->SetDouble(message, field, static_cast<double>(Integer(32, true)) / 8);
      } else {
        FillOne(message, field, depth);
      }
      return;
    }
    case WellKnown::kAny: {
      testing::v1::Inner inner;
      Fill(&inner, kDepthMax);
      google::protobuf::Any any;
      any.PackFrom(inner);
      message->CopyFrom(any);
      return;
    }
    default:
      *special = false;
      return;
  }
  const auto nanos = static_cast<int32_t>(Below(1000000000));
  const int32_t steps[] = {0, nanos, nanos / 1000 * 1000, nanos / 1000000 * 1000000};
  reflection->SetInt32(message, type->field(1), steps[Below(4)]);
}

void RandomMessage::Fill(Message* message, int depth) {
  bool special = false;
  FillSpecial(message, depth, &special);
  if (special) return;
  const auto* type = message->GetDescriptor();
  const bool wrapper = WellKnownOf(type) == WellKnown::kWrapper;
  std::set<const google::protobuf::OneofDescriptor*> chosen;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!wrapper && Below(3) != 0) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth >= kDepthMax) continue;
    const auto* oneof = field->real_containing_oneof();
    if (oneof != nullptr && !chosen.insert(oneof).second) continue;
    if (!field->is_repeated()) {
      FillOne(message, field, depth);
    } else if (field->is_map()) {
      Message* entry = message->GetReflection()->AddMessage(message, field);
      FillOne(entry, entry->GetDescriptor()->field(0), depth);
      FillOne(entry, entry->GetDescriptor()->field(1), depth);
    } else {
      for (uint64_t n = Below(4); n > 0; --n) FillOne(message, field, depth);
    }
  }
}

void RandomMessage::FillOne(Message* message, const FieldDescriptor* field, int depth) {
  const Reflection* reflection = message->GetReflection();
  const bool add = field->is_repeated();
  const auto put = [&](auto value, auto set, auto append) {
    (reflection->*(add ? append : set))(message, field, value);
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return put(Below(2) == 0, &Reflection::SetBool, &Reflection::AddBool);
    case FieldDescriptor::CPPTYPE_INT32:
      return put(static_cast<int32_t>(Integer(32, true)), &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put(static_cast<uint32_t>(Integer(32, false)), &Reflection::SetUInt32, &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put(Integer(64, true), &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put(static_cast<uint64_t>(Integer(64, false)), &Reflection::SetUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put(Real(), &Reflection::SetDouble, &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put(Below(4) == 0 ? std::numeric_limits<float>::max() : static_cast<float>(Integer(32, true)) / 7,
                 &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field->enum_type();
      return put(type->value(static_cast<int>(Below(static_cast<uint64_t>(type->value_count())))), &Reflection::SetEnum,
                 &Reflection::AddEnum);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = field->type() == FieldDescriptor::TYPE_BYTES ? Bytes() : Text();
      add ? reflection->AddString(message, field, text) : reflection->SetString(message, field, text);
      return;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(add ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field), depth + 1);
  }
}

}  // namespace kam::gateway
