// JSON Schemas of messages and enums. Internal to gateway/openapi.
#ifndef KAM_GATEWAY_OPENAPI_SCHEMA_H_
#define KAM_GATEWAY_OPENAPI_SCHEMA_H_

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace kam::gateway {

using Json = nlohmann::json;

// The comment above a declaration, one paragraph a line; empty when the descriptors hold none.
template <typename Descriptor>
std::string CommentOf(const Descriptor* descriptor);

// Collects the schemas that are referred to.
class SchemaSet {
 public:
  // Schema of one field as a member of a JSON object: its type, rules, comment.
  Json OfField(const google::protobuf::FieldDescriptor* field);
  // Schema of one value of the field, without rules: an element when it is repeated.
  Json OfValue(const google::protobuf::FieldDescriptor* field);
  // {"$ref": ...} of a message, or its form where it has one of its own.
  Json OfMessage(const google::protobuf::Descriptor* message);
  // The same with no member required.
  Json OfPatch(const google::protobuf::Descriptor* message);
  // An object of the fields of `message` but those named; nothing is referred to by name.
  Json Inline(const google::protobuf::Descriptor* message, const std::set<std::string>& without, bool with_required);
  // Everything referred to so far and all that it refers to, by name.
  Json Components();

 private:
  Json OfEnum(const google::protobuf::EnumDescriptor* type);

  std::map<std::string, const google::protobuf::Descriptor*> messages_, patches_;
  std::map<std::string, const google::protobuf::EnumDescriptor*> enums_;
};

extern template std::string CommentOf(const google::protobuf::FieldDescriptor*);
extern template std::string CommentOf(const google::protobuf::Descriptor*);
extern template std::string CommentOf(const google::protobuf::EnumDescriptor*);
extern template std::string CommentOf(const google::protobuf::MethodDescriptor*);
extern template std::string CommentOf(const google::protobuf::ServiceDescriptor*);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_OPENAPI_SCHEMA_H_
