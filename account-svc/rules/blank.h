// Whether somebody has filled a field in: blanks alone are nothing.
#ifndef KAM_ACCOUNT_SVC_RULES_BLANK_H_
#define KAM_ACCOUNT_SVC_RULES_BLANK_H_

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::account::rules {

inline bool IsBlank(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  if (field.is_repeated()) return reflection->FieldSize(message, &field) == 0;
  if (field.cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return !reflection->HasField(message, &field);
  }
  return absl::StripAsciiWhitespace(reflection->GetString(message, &field)).empty();
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_BLANK_H_
