// A message as JSON text. Internal to gateway/json; what is printed, and how, is in json.h.
#ifndef KAM_GATEWAY_JSON_JSON_PRINTER_H_
#define KAM_GATEWAY_JSON_JSON_PRINTER_H_

#include <string>

#include "absl/status/status.h"
#include "gateway/json/json_types.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::gateway {

// Appends `message`, or the value of its field `only`, to `out`; see JsonCodec::Print and PrintField.
absl::Status PrintJson(JsonTypes& types, bool always_print_primitives, const google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor* only, std::string* out);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_PRINTER_H_
