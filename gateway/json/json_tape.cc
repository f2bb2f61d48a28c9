#include "gateway/json/json_tape.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/status.h"
#include "gateway/json/json_values.h"

namespace kam::gateway {
namespace {

constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;

using Kind = JsonToken::Kind;

// Writes the tape. Answers false to stop at too great a depth or at text that is not UTF-8.
class TapeWriter {
 public:
  TapeWriter(std::vector<JsonToken>& tokens, int depth_max, bool check_strings)
      : tokens_(tokens), depth_max_(static_cast<size_t>(depth_max)), check_strings_(check_strings) {}

  bool Null() { return Put(Kind::kNull, nullptr, 0); }
  bool Bool(bool value) { return Put(value ? Kind::kTrue : Kind::kFalse, nullptr, 0); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) { return Put(Kind::kNumber, text, length); }
  bool String(const char* text, rapidjson::SizeType length, bool) { return PutText(Kind::kString, text, length); }
  bool Key(const char* text, rapidjson::SizeType length, bool) { return PutText(Kind::kKey, text, length); }
  bool StartObject() { return Open(Kind::kObject); }
  bool StartArray() { return Open(Kind::kArray); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }
  // Never called: numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool too_deep() const { return too_deep_; }

 private:
  bool Put(Kind kind, const char* text, rapidjson::SizeType length) {
    tokens_.push_back({kind, length, text});
    return true;
  }

  bool PutText(Kind kind, const char* text, rapidjson::SizeType length) {
    if (check_strings_ && !IsUtf8({text, length})) return false;
    return Put(kind, text, length);
  }

  bool Open(Kind kind) {
    if (open_.size() == depth_max_) {
      too_deep_ = true;
      return false;
    }
    open_.push_back(tokens_.size());
    return Put(kind, nullptr, 0);
  }

  bool Close() {
    Put(Kind::kEnd, nullptr, 0);
    tokens_[open_.back()].length = static_cast<uint32_t>(tokens_.size());
    open_.pop_back();
    return true;
  }

  std::vector<JsonToken>& tokens_;
  const size_t depth_max_;
  const bool check_strings_;
  bool too_deep_ = false;
  std::vector<size_t> open_;
};

// Member name as a field path has it: legalName -> legal_name.
std::string SnakeStep(absl::string_view member) {
  std::string out;
  for (const char c : member) {
    if (c >= 'A' && c <= 'Z') {
      out.push_back('_');
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

std::string PointerStep(absl::string_view member) {
  return absl::StrCat("/", absl::StrReplaceAll(member, {{"~", "~0"}, {"/", "~1"}}));
}

absl::Status JsonTape::Read(absl::string_view json, int depth_max, absl::string_view field_prefix) {
  tokens_.clear();
  if (!IsUtf8(json)) return Failure(field_prefix, "JSON_MALFORMED", "the text is not valid UTF-8", 0);
  // Every token but the last two takes at least two bytes on average: "a":1, has two tokens in six.
  tokens_.reserve(json.size() / 4 + 4);
  buffer_.assign(json.data(), json.size());
  // With the text valid as a whole, only an escape can make a lone surrogate.
  TapeWriter writer(tokens_, depth_max, json.find("\\u") != absl::string_view::npos);
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(buffer_.data());
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, writer);
  if (result.IsError()) {
    const size_t offset = result.Offset();
    if (writer.too_deep()) {
      return Failure(field_prefix, "JSON_TOO_DEEP",
                     absl::StrCat("more than ", depth_max, " objects and arrays inside one another"), offset);
    }
    if (result.Code() == rapidjson::kParseErrorTermination) {
      return Failure(field_prefix, "JSON_MALFORMED", "a string holds half of a surrogate pair", offset);
    }
    if (result.Code() == rapidjson::kParseErrorNumberTooBig) {
      return Failure(field_prefix, "JSON_VALUE_OUT_OF_RANGE", "a number is beyond double precision", offset);
    }
    return Failure(field_prefix, "JSON_MALFORMED", rapidjson::GetParseError_En(result.Code()), offset);
  }
  // A NUL byte ends the library's stream; anything behind it would go unseen.
  if (stream.Tell() != json.size()) {
    return Failure(field_prefix, "JSON_MALFORMED", "text follows the value", stream.Tell());
  }
  return absl::OkStatus();
}

absl::Status JsonTape::Failure(absl::string_view field_prefix, absl::string_view reason, absl::string_view message,
                               size_t offset) const {
  // Where reading stopped: the containers still open, and the member or element begun last in each.
  struct Level {
    bool object;
    absl::string_view member;
    size_t elements;
  };
  std::vector<Level> levels;
  for (const JsonToken& token : tokens_) {
    if (token.kind == Kind::kEnd) {
      levels.pop_back();
      continue;
    }
    if (token.kind == Kind::kKey) {
      levels.back().member = token.view();
      continue;
    }
    if (!levels.empty() && !levels.back().object) ++levels.back().elements;
    if (token.kind == Kind::kObject || token.kind == Kind::kArray) {
      levels.push_back({token.kind == Kind::kObject, {}, 0});
    }
  }
  std::string field(field_prefix);
  std::string pointer;
  for (size_t i = 0; i < levels.size(); ++i) {
    const Level& level = levels[i];
    if (level.object) {
      if (level.member.data() == nullptr) break;
      absl::StrAppend(&field, field.empty() ? "" : ".", SnakeStep(level.member));
      absl::StrAppend(&pointer, PointerStep(level.member));
    } else if (level.elements > 0) {
      absl::StrAppend(&field, "[", level.elements - 1, "]");
      absl::StrAppend(&pointer, "/", level.elements - 1);
    }
  }
  return InvalidField(field.empty() ? "body" : absl::string_view(field), reason,
                      absl::StrCat(message, " (at byte ", offset, ")"),
                      {{"pointer", pointer}, {"offset", absl::StrCat(offset)}});
}

}  // namespace kam::gateway
