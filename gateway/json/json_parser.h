// The tokens of a JSON text into a message. Internal to gateway/json; what is refused, and how, is in json.h.
#ifndef KAM_GATEWAY_JSON_JSON_PARSER_H_
#define KAM_GATEWAY_JSON_JSON_PARSER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gateway/json/json_tape.h"
#include "gateway/json/json_types.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::gateway {

// See JsonCodec::Parse.
absl::Status ParseJson(JsonTypes& types, const JsonTape& tape, google::protobuf::Message* message,
                       std::vector<std::string>* paths);

// See JsonCodec::ParseField.
absl::Status ParseJsonField(JsonTypes& types, const JsonTape& tape, const google::protobuf::FieldDescriptor* field,
                            google::protobuf::Message* message, std::vector<std::string>* paths);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_JSON_PARSER_H_
