// GoogleMock matchers for statuses and messages.
#ifndef KAM_COMMON_TESTING_MATCHERS_H_
#define KAM_COMMON_TESTING_MATCHERS_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace kam::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// OK, of a Status or a StatusOr.
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status;
  return status.ok();
}

// An error of this code.
MATCHER_P(StatusIs, code, absl::StatusCodeToString(code)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status;
  return status.code() == code;
}

// An error with this reason in its google.rpc.ErrorInfo.
MATCHER_P(HasReason, reason, std::string("has the reason ") + reason) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status << " with the reason \"" << Reason(status) << "\"";
  return !status.ok() && Reason(status) == reason;
}

// An error that names this field in its google.rpc.BadRequest.
MATCHER_P(NamesField, field, std::string("names the field ") + field) {
  for (const std::string& named : ViolatedFields(StatusOf(arg))) {
    if (named == field) return true;
  }
  *result_listener << StatusOf(arg);
  return false;
}

// A message equal to `text` in the text format of protobuf.
MATCHER_P(EqualsProto, text, std::string("equals ") + std::string(text)) {
  using Message = std::decay_t<decltype(arg)>;
  Message expected;
  if (!google::protobuf::TextFormat::ParseFromString(text, &expected)) {
    *result_listener << "the expected text does not parse";
    return false;
  }
  std::string differences;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&differences);
  const bool equal = differencer.Compare(expected, arg);
  *result_listener << differences;
  return equal;
}

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_MATCHERS_H_
