// The codec: limits, the tape that a text is read into, and what it keeps between calls.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/json/json.h"
#include "gateway/json/json_parser.h"
#include "gateway/json/json_printer.h"
#include "gateway/json/json_tape.h"
#include "gateway/json/json_types.h"

namespace kam::gateway {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

// A tape that grew beyond this many bytes of text is not kept for the next call of the thread.
constexpr size_t kKeptBytesMax = size_t{64} << 10;

absl::Status ReadTape(const JsonOptions& options, absl::string_view json, absl::string_view prefix, JsonTape* tape) {
  if (json.size() > options.bytes_max) {
    return InvalidField(prefix.empty() ? "body" : prefix, "JSON_TOO_LARGE",
                        absl::StrCat("has ", json.size(), " bytes, more than ", options.bytes_max),
                        {{"pointer", ""}, {"limit", absl::StrCat(options.bytes_max)}});
  }
  return tape->Read(json, options.depth_max, prefix);
}

// The tape of this thread, kept between calls for its memory.
class TapeLease {
 public:
  explicit TapeLease(size_t bytes) : small_(bytes <= kKeptBytesMax) {}
  JsonTape& operator*() { return small_ ? Kept() : own_; }

 private:
  static JsonTape& Kept() {
    thread_local JsonTape tape;
    return tape;
  }
  const bool small_;
  JsonTape own_;
};

}  // namespace

JsonCodec::JsonCodec(const JsonOptions& options) : options_(options), types_(std::make_unique<JsonTypes>()) {}
JsonCodec::~JsonCodec() = default;

absl::Status JsonCodec::Parse(absl::string_view json, Message* message, std::vector<std::string>* paths) const {
  TapeLease lease(json.size());
  JsonTape& tape = *lease;
  RETURN_IF_ERROR(ReadTape(options_, json, "", &tape));
  return ParseJson(*types_, tape, message, paths);
}

absl::Status JsonCodec::ParseField(absl::string_view json, const FieldDescriptor* field, Message* message,
                                   std::vector<std::string>* paths) const {
  TapeLease lease(json.size());
  JsonTape& tape = *lease;
  RETURN_IF_ERROR(ReadTape(options_, json, field->name(), &tape));
  return ParseJsonField(*types_, tape, field, message, paths);
}

absl::Status JsonCodec::Print(const Message& message, std::string* out) const {
  return PrintJson(*types_, options_.always_print_primitives, message, nullptr, out);
}

absl::Status JsonCodec::PrintField(const Message& message, const FieldDescriptor* field, std::string* out) const {
  return PrintJson(*types_, options_.always_print_primitives, message, field, out);
}

}  // namespace kam::gateway
