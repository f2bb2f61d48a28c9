// Fuzz target: any text is refused or read; what was read prints, and the print reads as the same message.
#include <cstdint>
#include <string>

#include "common/testing/fuzz_main.h"
#include "gateway/json/json.h"
#include "gateway/json/testing/protobuf_errors.h"
#include "google/protobuf/util/message_differencer.h"
#include "kam/testing/v1/json_test.pb.h"

using kam::testing::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool logs_are_failures = kam::testing::FailOnProtobufErrors();
  static_cast<void>(logs_are_failures);
  static const kam::gateway::JsonCodec codec;
  kam::testing::v1::Everything message;
  std::vector<std::string> paths;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::Status status = codec.Parse(text, &message, &paths);
  if (!status.ok()) {
    Require(status.code() == absl::StatusCode::kInvalidArgument, "wrong code", std::string(status.message()));
    return 0;
  }
  std::string json;
  Require(codec.Print(message, &json).ok(), "does not print", std::string(text));
  kam::testing::v1::Everything again;
  const absl::Status reread = codec.Parse(json, &again);
  Require(reread.ok(), "does not read its own print", json);
  std::string json_again;
  Require(codec.Print(again, &json_again).ok() && json_again == json, "changes on the way", json);
  return 0;
}
