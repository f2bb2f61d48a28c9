// What protobuf only logs, taken for a failure. For fuzz targets.
#ifndef KAM_GATEWAY_JSON_TESTING_PROTOBUF_ERRORS_H_
#define KAM_GATEWAY_JSON_TESTING_PROTOBUF_ERRORS_H_

#include <string>

#include "common/testing/fuzz_main.h"
#include "google/protobuf/stubs/logging.h"

namespace kam::testing {

// protobuf only logs text that is not UTF-8; from here on that ends the process. Always true, so that a static of a
// target can call it once.
inline bool FailOnProtobufErrors() {
  google::protobuf::SetLogHandler([](google::protobuf::LogLevel level, const char*, int, const std::string& message) {
    Require(level < google::protobuf::LOGLEVEL_ERROR, "protobuf", message);
  });
  return true;
}

}  // namespace kam::testing

#endif  // KAM_GATEWAY_JSON_TESTING_PROTOBUF_ERRORS_H_
