#include "tests/protocol/baseline.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/api/annotations.pb.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::protocol {
namespace {

namespace pb = google::protobuf;

struct Symbols {
  std::map<std::string, const pb::DescriptorProto*> messages;
  std::map<std::string, const pb::EnumDescriptorProto*> enums;
  std::map<std::string, const pb::ServiceDescriptorProto*> services;
};

bool IsOurs(const pb::FileDescriptorProto& file) { return absl::StartsWith(file.package(), "kam."); }

void AddMessage(const std::string& scope, const pb::DescriptorProto& message, Symbols* symbols) {
  const std::string name = absl::StrCat(scope, ".", message.name());
  symbols->messages[name] = &message;
  for (const pb::DescriptorProto& nested : message.nested_type()) AddMessage(name, nested, symbols);
  for (const pb::EnumDescriptorProto& nested : message.enum_type()) {
    symbols->enums[absl::StrCat(name, ".", nested.name())] = &nested;
  }
}

Symbols Index(const pb::FileDescriptorSet& set) {
  Symbols symbols;
  for (const pb::FileDescriptorProto& file : set.file()) {
    if (!IsOurs(file)) continue;
    for (const pb::DescriptorProto& message : file.message_type()) AddMessage(file.package(), message, &symbols);
    for (const pb::EnumDescriptorProto& type : file.enum_type()) {
      symbols.enums[absl::StrCat(file.package(), ".", type.name())] = &type;
    }
    for (const pb::ServiceDescriptorProto& service : file.service()) {
      symbols.services[absl::StrCat(file.package(), ".", service.name())] = &service;
    }
  }
  return symbols;
}

std::string TypeOf(const pb::FieldDescriptorProto& field) {
  return field.type_name().empty() ? pb::FieldDescriptorProto::Type_Name(field.type()) : field.type_name().substr(1);
}

std::string OneofOf(const pb::DescriptorProto& message, const pb::FieldDescriptorProto& field) {
  if (!field.has_oneof_index() || field.proto3_optional()) return "";
  return message.oneof_decl(field.oneof_index()).name();
}

std::string TextOf(const google::api::HttpRule& rule) {
  const auto with_body = [&](absl::string_view verb, const std::string& path) {
    return absl::StrCat(verb, " ", path, rule.body().empty() ? "" : absl::StrCat(" body ", rule.body()),
                        rule.response_body().empty() ? "" : absl::StrCat(" response ", rule.response_body()));
  };
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return with_body("GET", rule.get());
    case google::api::HttpRule::kPut:
      return with_body("PUT", rule.put());
    case google::api::HttpRule::kPost:
      return with_body("POST", rule.post());
    case google::api::HttpRule::kDelete:
      return with_body("DELETE", rule.delete_());
    case google::api::HttpRule::kPatch:
      return with_body("PATCH", rule.patch());
    case google::api::HttpRule::kCustom:
      return with_body(rule.custom().kind(), rule.custom().path());
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return "";
}

std::vector<std::string> HttpRules(const pb::MethodDescriptorProto& method) {
  if (!method.options().HasExtension(google::api::http)) return {};
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  std::vector<std::string> texts = {TextOf(rule)};
  for (const google::api::HttpRule& more : rule.additional_bindings()) texts.push_back(TextOf(more));
  return texts;
}

// Elements of a repeated field by name.
template <typename Element>
const Element* ByName(const pb::RepeatedPtrField<Element>& elements, const std::string& name) {
  const auto it =
      std::find_if(elements.begin(), elements.end(), [&](const Element& element) { return element.name() == name; });
  return it == elements.end() ? nullptr : &*it;
}

class Comparison {
 public:
  void Messages(const Symbols& before, const Symbols& now) {
    for (const auto& [name, message] : before.messages) {
      const auto it = now.messages.find(name);
      if (it == now.messages.end()) {
        Add("message ", name, " was removed");
        continue;
      }
      const std::string& collection = message->options().GetExtension(kam::api::resource).collection();
      const std::string& collection_now = it->second->options().GetExtension(kam::api::resource).collection();
      if (!collection.empty() && collection != collection_now) {
        Add("message ", name, ": the collection was \"", collection, "\" and is \"", collection_now, "\"");
      }
      for (const pb::FieldDescriptorProto& field : message->field()) Field(name, *message, field, *it->second);
      // Clients that are older do not send it.
      for (const pb::FieldDescriptorProto& field : it->second->field()) {
        if (ByName(message->field(), field.name()) == nullptr &&
            field.options().GetExtension(kam::api::field).required()) {
          Add("field ", name, ".", field.name(), ": is new and required");
        }
      }
    }
  }

  void Enums(const Symbols& before, const Symbols& now) {
    for (const auto& [name, type] : before.enums) {
      const auto it = now.enums.find(name);
      if (it == now.enums.end()) {
        Add("enum ", name, " was removed");
        continue;
      }
      for (const pb::EnumValueDescriptorProto& value : type->value()) {
        const pb::EnumValueDescriptorProto* value_now = ByName(it->second->value(), value.name());
        if (value_now == nullptr) {
          Add("enum value ", name, ".", value.name(), " was removed");
        } else if (value_now->number() != value.number()) {
          Add("enum value ", name, ".", value.name(), ": the number was ", value.number(), " and is ",
              value_now->number());
        }
      }
    }
  }

  void Services(const Symbols& before, const Symbols& now) {
    for (const auto& [name, service] : before.services) {
      const auto it = now.services.find(name);
      if (it == now.services.end()) {
        Add("service ", name, " was removed");
        continue;
      }
      for (const pb::MethodDescriptorProto& method : service->method()) {
        const pb::MethodDescriptorProto* method_now = ByName(it->second->method(), method.name());
        if (method_now == nullptr) {
          Add("RPC ", name, "/", method.name(), " was removed");
        } else {
          Method(absl::StrCat(name, "/", method.name()), method, *method_now);
        }
      }
    }
  }

  std::vector<std::string> Take() { return std::move(found_); }

 private:
  template <typename... Parts>
  void Add(const Parts&... parts) {
    found_.push_back(absl::StrCat(parts...));
  }

  void Field(const std::string& message_name, const pb::DescriptorProto& message, const pb::FieldDescriptorProto& field,
             const pb::DescriptorProto& message_now) {
    const std::string name = absl::StrCat("field ", message_name, ".", field.name());
    const pb::FieldDescriptorProto* now = ByName(message_now.field(), field.name());
    if (now == nullptr) return Add(name, " was removed or renamed");
    if (now->number() != field.number()) Add(name, ": the number was ", field.number(), " and is ", now->number());
    if (TypeOf(*now) != TypeOf(field)) Add(name, ": the type was ", TypeOf(field), " and is ", TypeOf(*now));
    if (now->label() != field.label()) {
      Add(name, ": was ", pb::FieldDescriptorProto::Label_Name(field.label()), " and is ",
          pb::FieldDescriptorProto::Label_Name(now->label()));
    }
    if (now->proto3_optional() != field.proto3_optional()) {
      Add(name, now->proto3_optional() ? ": tells now whether it is set" : ": no longer tells whether it is set");
    }
    if (now->json_name() != field.json_name()) {
      Add(name, ": the JSON name was ", field.json_name(), " and is ", now->json_name());
    }
    if (OneofOf(message_now, *now) != OneofOf(message, field)) {
      Add(name, ": the oneof was \"", OneofOf(message, field), "\" and is \"", OneofOf(message_now, *now), "\"");
    }
    const bool required = field.options().GetExtension(kam::api::field).required();
    if (!required && now->options().GetExtension(kam::api::field).required()) Add(name, ": is now required");
  }

  void Method(const std::string& name, const pb::MethodDescriptorProto& method, const pb::MethodDescriptorProto& now) {
    if (now.input_type() != method.input_type()) {
      Add("RPC ", name, ": the request was ", method.input_type().substr(1), " and is ", now.input_type().substr(1));
    }
    if (now.output_type() != method.output_type()) {
      Add("RPC ", name, ": the response was ", method.output_type().substr(1), " and is ", now.output_type().substr(1));
    }
    if (now.client_streaming() != method.client_streaming() || now.server_streaming() != method.server_streaming()) {
      Add("RPC ", name, ": streaming changed");
    }
    const std::vector<std::string> rules_now = HttpRules(now);
    for (const std::string& rule : HttpRules(method)) {
      if (std::find(rules_now.begin(), rules_now.end(), rule) == rules_now.end()) {
        Add("RPC ", name, ": no longer answers to ", rule);
      }
    }
    const bool internal = method.options().GetExtension(kam::api::method).internal();
    if (!internal && now.options().GetExtension(kam::api::method).internal()) Add("RPC ", name, ": is now internal");
  }

  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> BreakingChanges(const pb::FileDescriptorSet& baseline, const pb::FileDescriptorSet& now) {
  const Symbols before = Index(baseline), after = Index(now);
  Comparison comparison;
  comparison.Messages(before, after);
  comparison.Enums(before, after);
  comparison.Services(before, after);
  return comparison.Take();
}

pb::FileDescriptorSet ToBaseline(const pb::FileDescriptorSet& set) {
  std::map<std::string, const pb::FileDescriptorProto*> files;
  for (const pb::FileDescriptorProto& file : set.file()) {
    if (IsOurs(file)) files[file.name()] = &file;
  }
  pb::FileDescriptorSet baseline;
  for (const auto& [name, file] : files) {
    pb::FileDescriptorProto* kept = baseline.add_file();
    *kept = *file;
    kept->clear_source_code_info();
  }
  return baseline;
}

}  // namespace kam::protocol
