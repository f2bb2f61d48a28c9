// Fields set from text, as in path variables, query parameters and map keys, and what their values must look like.
#ifndef KAM_GATEWAY_JSON_FIELD_TEXT_H_
#define KAM_GATEWAY_JSON_FIELD_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/json/json_values.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kam::gateway {

// Sets a scalar, enum, wrapper, Timestamp, Duration or FieldMask field from text (query and path form: bool is true or
// false, enums by name or known number, bytes in base64); adds to a repeated field. `field` must be of such a kind.
ValueCode SetFieldFromText(absl::string_view text, const google::protobuf::FieldDescriptor* field,
                           google::protobuf::Message* message);

// True when SetFieldFromText knows the type of the field.
bool HasTextForm(const google::protobuf::FieldDescriptor* field);

// What a value of the field must look like, for an error: "an integer from 0 to 4294967295".
std::string ExpectedForm(const google::protobuf::FieldDescriptor* field);
// The same of a message as such: "seconds with an s, for example 3.5s, at most 315576000000s".
std::string ExpectedForm(const google::protobuf::Descriptor* type);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_FIELD_TEXT_H_
