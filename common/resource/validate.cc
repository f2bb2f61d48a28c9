#include "common/resource/validate.h"

#include <map>
#include <memory>
#include <mutex>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "re2/re2.h"

namespace kam::resource {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr uint32_t kDecimalPrecisionDefault = 19;
constexpr uint32_t kDecimalScaleDefault = 4;
constexpr int32_t kNanosOfLastDigit = 100000;        // Amounts have four digits after the dot.
constexpr int64_t kMoneyUnitsMax = 999999999999999;  // DECIMAL(19,4)
constexpr int kIdLength = 26;

const RE2& CachedPattern(const std::string& pattern) {
  static std::mutex mutex;
  static auto* patterns = new std::map<std::string, std::unique_ptr<RE2>>;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<RE2>& compiled = (*patterns)[pattern];
  if (compiled == nullptr) compiled = std::make_unique<RE2>(pattern);
  return *compiled;
}

// Characters, counting code points: every byte that does not continue one.
size_t CharacterCount(absl::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

bool IsBlank(absl::string_view text) { return absl::StripAsciiWhitespace(text).empty(); }

bool IsCalendarDate(const std::string& text) {
  absl::CivilDay day;
  return text.size() == 10 && absl::ParseCivilTime(text, &day) && absl::FormatCivilTime(day) == text;
}

std::string EnumNames(const EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) names.push_back(ShortEnumName(type->value(i)));
  }
  return absl::StrJoin(names, ", ");
}

// Where the validator stands: put in words only when there is something to say about it.
struct Path {
  const Path* above = nullptr;
  absl::string_view field;
  int index = -1;  // Of the element of a repeated field.

  std::string Text() const {
    std::string text = above == nullptr ? std::string(field) : absl::StrCat(above->Text(), ".", field);
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

class Validator {
 public:
  Validator(FieldViolations* violations, bool into_resources)
      : violations_(*violations), into_resources_(into_resources) {}

  void Check(const Message& message, const Path* above) {
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
      const Path path{above, field->name()};
      if (field->is_repeated()) {
        CheckRepeated(message, field, rules, path);
      } else {
        CheckSingle(message, field, rules, path);
      }
    }
  }

 private:
  void Required(const Path& path) { violations_.Add(path.Text(), "FIELD_REQUIRED", "must be set"); }

  void Malformed(const Path& path, absl::string_view expected) {
    violations_.Add(path.Text(), "FIELD_MALFORMED", absl::StrCat("must be ", expected),
                    {{"expected", std::string(expected)}});
  }

  void CheckRepeated(const Message& message, const FieldDescriptor* field, const kam::api::Field& rules,
                     const Path& path) {
    if (field->is_map()) return;
    const Reflection* reflection = message.GetReflection();
    const int size = reflection->FieldSize(message, field);
    const uint32_t limit = rules.max_items() > 0 ? rules.max_items() : kItemsDefault;
    if (size == 0 && rules.required()) Required(path);
    if (static_cast<uint32_t>(size) > limit) {
      violations_.Add(path.Text(), "FIELD_TOO_MANY",
                      absl::StrCat("has ", size, " elements; at most ", limit, " are allowed"),
                      {{"limit", absl::StrCat(limit)}});
      return;
    }
    std::string scratch;
    for (int i = 0; i < size; ++i) {
      const Path element{path.above, path.field, i};
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const Message& inner = reflection->GetRepeatedMessage(message, field, i);
        if (into_resources_ || !inner.GetDescriptor()->options().HasExtension(kam::api::resource)) {
          Check(inner, &element);
        }
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string& text = reflection->GetRepeatedStringReference(message, field, i, &scratch);
        if (text.empty()) {
          Required(element);
        } else {
          CheckText(text, rules, element);
        }
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        CheckEnum(field, reflection->GetRepeatedEnumValue(message, field, i), true, element);
      }
    }
  }

  void CheckSingle(const Message& message, const FieldDescriptor* field, const kam::api::Field& rules,
                   const Path& path) {
    const Reflection* reflection = message.GetReflection();
    std::string scratch;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        if (field->type() == FieldDescriptor::TYPE_BYTES) break;
        const std::string& text = reflection->GetStringReference(message, field, &scratch);
        if (rules.required() && IsBlank(text)) {
          Required(path);
        } else if (!text.empty()) {
          CheckText(text, rules, path);
        }
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(field, reflection->GetEnumValue(message, field), rules.required(), path);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT32:
        CheckInteger(message, field, rules, path);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessage(message, field, rules, path);
        break;
      default:
        break;
    }
  }

  void CheckInteger(const Message& message, const FieldDescriptor* field, const kam::api::Field& rules,
                    const Path& path) {
    const Reflection* reflection = message.GetReflection();
    if (field->has_presence() && !reflection->HasField(message, field)) {
      if (rules.required()) Required(path);
      return;
    }
    int64_t value = 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        value = reflection->GetInt32(message, field);
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        value = reflection->GetUInt32(message, field);
        break;
      default:
        value = reflection->GetInt64(message, field);
        break;
    }
    if (rules.required() && !field->has_presence() && value == 0) {
      Required(path);
      return;
    }
    if (!rules.minimum().empty() || !rules.maximum().empty()) CheckBounds(absl::StrCat(value), rules, path);
  }

  void CheckEnum(const FieldDescriptor* field, int number, bool required, const Path& path) {
    if (number == 0 && required) Required(path);
    if (number != 0 && field->enum_type()->FindValueByNumber(number) == nullptr) {
      violations_.Add(path.Text(), "FIELD_VALUE_UNKNOWN",
                      absl::StrCat("must be one of ", EnumNames(field->enum_type())),
                      {{"value", absl::StrCat(number)}});
    }
  }

  void CheckMessage(const Message& message, const FieldDescriptor* field, const kam::api::Field& rules,
                    const Path& path) {
    const Reflection* reflection = message.GetReflection();
    if (!reflection->HasField(message, field)) {
      if (rules.required()) Required(path);
      return;
    }
    const Message& inner = reflection->GetMessage(message, field);
    const std::string& type = field->message_type()->full_name();
    if (type == "google.type.Money") {
      CheckMoney(static_cast<const google::type::Money&>(inner), rules, path);
    } else if (type == "google.protobuf.Timestamp") {
      const auto& stamp = static_cast<const google::protobuf::Timestamp&>(inner);
      static const int64_t kFirst =
          absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(1000, 1, 1), absl::UTCTimeZone()));
      static const int64_t kLast =
          absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(9999, 12, 31), absl::UTCTimeZone()));
      if (stamp.seconds() < kFirst || stamp.seconds() > kLast || stamp.nanos() < 0 || stamp.nanos() > 999999999) {
        Malformed(path, "a time in the years 1000 to 9999");
      }
    } else if (into_resources_ || !field->message_type()->options().HasExtension(kam::api::resource)) {
      if (type.rfind("google.", 0) != 0) Check(inner, &path);
    }
  }

  void CheckMoney(const google::type::Money& money, const kam::api::Field& rules, const Path& path) {
    const RE2& currency = CachedPattern("[A-Z]{3}");
    if (!RE2::FullMatch(money.currency_code(), currency)) {
      Malformed(Path{&path, "currency_code"}, "an ISO 4217 code of three capital letters");
    }
    if (money.nanos() % kNanosOfLastDigit != 0 || money.nanos() <= -1000000000 || money.nanos() >= 1000000000 ||
        (money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
      Malformed(path, "an amount with at most four digits after the dot, units and nanos of the same sign");
      return;
    }
    if (money.units() > kMoneyUnitsMax || money.units() < -kMoneyUnitsMax) {
      violations_.Add(path.Text(), "FIELD_OUT_OF_RANGE", absl::StrCat("must be within ±", kMoneyUnitsMax),
                      {{"limit", absl::StrCat(kMoneyUnitsMax)}});
      return;
    }
    if (rules.minimum().empty() && rules.maximum().empty()) return;
    const bool negative = money.units() < 0 || money.nanos() < 0;
    CheckBounds(absl::StrFormat("%s%d.%09d", negative ? "-" : "", std::abs(money.units()), std::abs(money.nanos())),
                rules, path);
  }

  // `number`: canonical decimal text.
  void CheckBounds(const std::string& number, const kam::api::Field& rules, const Path& path) {
    const absl::StatusOr<Decimal> value = Decimal::Parse(number);
    if (!value.ok()) return Malformed(path, "a number");
    const auto beyond = [&](const std::string& bound, bool lower) {
      const absl::StatusOr<Decimal> limit = Decimal::Parse(bound);
      return limit.ok() && (lower ? *value < *limit : *limit < *value);
    };
    if (!rules.minimum().empty() && beyond(rules.minimum(), true)) {
      violations_.Add(path.Text(), "FIELD_OUT_OF_RANGE",
                      absl::StrCat("is ", number, "; must be at least ", rules.minimum()),
                      {{"value", number}, {"limit", rules.minimum()}});
    } else if (!rules.maximum().empty() && beyond(rules.maximum(), false)) {
      violations_.Add(path.Text(), "FIELD_OUT_OF_RANGE",
                      absl::StrCat("is ", number, "; must be at most ", rules.maximum()),
                      {{"value", number}, {"limit", rules.maximum()}});
    }
  }

  void CheckDecimal(const std::string& text, const kam::api::Field& rules, const Path& path) {
    const uint32_t precision = rules.precision() > 0 ? rules.precision() : kDecimalPrecisionDefault;
    const uint32_t scale = rules.precision() > 0 ? rules.scale() : kDecimalScaleDefault;
    const size_t dot = text.find('.');
    const size_t whole = (dot == std::string::npos ? text.size() : dot) - (text[0] == '-' ? 1 : 0);
    const size_t fraction = dot == std::string::npos ? 0 : text.size() - dot - 1;
    if (!RE2::FullMatch(text, CachedPattern("-?[0-9]+(\\.[0-9]+)?")) || fraction > scale || whole > precision - scale) {
      return Malformed(path, absl::StrCat("a decimal number with at most ", precision - scale, " digits before and ",
                                          scale, " after the dot"));
    }
    CheckBounds(text, rules, path);
  }

  void CheckText(const std::string& text, const kam::api::Field& rules, const Path& path) {
    switch (rules.format()) {
      case kam::api::FORMAT_DATE:
        if (!IsCalendarDate(text)) Malformed(path, "a calendar date YYYY-MM-DD");
        return;
      case kam::api::FORMAT_DECIMAL:
        return CheckDecimal(text, rules, path);
      case kam::api::FORMAT_CURRENCY:
        if (!RE2::FullMatch(text, CachedPattern("[A-Z]{3}"))) {
          Malformed(path, "an ISO 4217 code of three capital letters");
        }
        return;
      case kam::api::FORMAT_EMAIL:
        if (!RE2::FullMatch(text, CachedPattern("[^@\\s]{1,64}@[^@\\s.]+(\\.[^@\\s.]+)+"))) {
          Malformed(path, "an e-mail address");
        }
        break;
      default:
        break;
    }
    const bool lines = rules.format() == kam::api::FORMAT_TEXT;
    const uint32_t limit =
        rules.max_length() > 0 ? rules.max_length() : (lines ? kLongTextCharactersDefault : kTextCharactersDefault);
    if (CharacterCount(text) > limit) {
      violations_.Add(path.Text(), "FIELD_TOO_LONG",
                      absl::StrCat("has ", CharacterCount(text), " characters; at most ", limit, " are allowed"),
                      {{"limit", absl::StrCat(limit)}});
      return;
    }
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte == 0x7F || (byte < 0x20 && !(lines && (c == '\n' || c == '\r' || c == '\t')))) {
        Malformed(path, lines ? "text without control characters" : "one line of text without control characters");
        return;
      }
    }
    if (!rules.reference().empty() && !IsReference(text, rules.reference())) {
      Malformed(path, rules.reference() == "*" ? "a resource name, collection/id"
                                               : absl::StrCat("a name like ", rules.reference(), "/{id}"));
    }
    if (!rules.pattern().empty() && !RE2::FullMatch(text, CachedPattern(rules.pattern()))) {
      Malformed(path, absl::StrCat("text that matches ", rules.pattern()));
    }
  }

  static bool IsReference(absl::string_view text, absl::string_view collection) {
    const size_t slash = text.find('/');
    if (slash == absl::string_view::npos || slash == 0) return false;
    if (collection != "*" && text.substr(0, slash) != collection) return false;
    const absl::string_view id = text.substr(slash + 1);
    if (id.size() != kIdLength) return false;
    for (const char c : id) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) && !absl::ascii_islower(static_cast<unsigned char>(c))) {
        return false;
      }
    }
    return true;
  }

  FieldViolations& violations_;
  const bool into_resources_;
};

}  // namespace

void ValidateResource(const Message& resource, absl::string_view prefix, FieldViolations* violations) {
  const Path root{nullptr, prefix};
  Validator(violations, true).Check(resource, prefix.empty() ? nullptr : &root);
}

absl::Status ValidateRequest(const Message& request) {
  FieldViolations violations;
  Validator(&violations, false).Check(request, nullptr);
  return violations.status();
}

void ClearOutputOnly(Message* resource, bool import) {
  const auto* descriptor = resource->GetDescriptor();
  const Reflection* reflection = resource->GetReflection();
  const bool is_resource = descriptor->options().HasExtension(kam::api::resource);
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const kam::api::Field& rules = field->options().GetExtension(kam::api::field);
    const bool system = is_resource && IsSystemField(field->name()) && field->name() != "external_ids";
    if (system || (rules.output_only() && !(import && rules.importable()))) {
      reflection->ClearField(resource, field);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map() &&
               field->message_type()->full_name().rfind("google.", 0) != 0) {
      if (field->is_repeated()) {
        for (int j = 0; j < reflection->FieldSize(*resource, field); ++j) {
          ClearOutputOnly(reflection->MutableRepeatedMessage(resource, field, j), import);
        }
      } else if (reflection->HasField(*resource, field)) {
        ClearOutputOnly(reflection->MutableMessage(resource, field), import);
      }
    }
  }
}

}  // namespace kam::resource
