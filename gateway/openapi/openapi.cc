#include "gateway/openapi/openapi.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "gateway/json/field_text.h"
#include "gateway/json/json_types.h"
#include "gateway/openapi/schema.h"
#include "google/protobuf/descriptor.pb.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Messages inside messages offered as query parameters: a.b.c has three names.
constexpr size_t kQueryNamesMax = 3;

// clients -> client, categories -> category, addresses -> address.
std::string Singular(absl::string_view plural) {
  if (absl::EndsWith(plural, "ies")) return absl::StrCat(plural.substr(0, plural.size() - 3), "y");
  for (const absl::string_view ending : {"sses", "xes", "ches", "shes"}) {
    if (absl::EndsWith(plural, ending)) return std::string(plural.substr(0, plural.size() - 2));
  }
  return std::string(absl::StripSuffix(plural, "s"));
}

struct ExpandedPath {
  std::string text;
  Json parameters = Json::array();
};

// The path with one {parameter} for each segment that is open.
ExpandedPath Expand(const Route& route, SchemaSet* schemas) {
  ExpandedPath out;
  std::set<std::string> names;
  const auto add = [&](std::string name, Json schema, const std::string& description) {
    std::string unique = name;
    for (int i = 2; !names.insert(unique).second; ++i) unique = absl::StrCat(name, i);
    absl::StrAppend(&out.text, "{", unique, "}");
    Json parameter = {{"name", unique}, {"in", "path"}, {"required", true}, {"schema", std::move(schema)}};
    if (!description.empty()) parameter["description"] = description;
    out.parameters.push_back(std::move(parameter));
  };
  for (size_t i = 0; i < route.path.segments.size(); ++i) {
    const PathTemplate::Segment& segment = route.path.segments[i];
    out.text.push_back('/');
    if (segment.kind == PathTemplate::Kind::kLiteral) {
      out.text.append(segment.literal);
      continue;
    }
    const auto variable = std::find_if(route.path.variables.begin(), route.path.variables.end(),
                                       [i](const PathTemplate::Variable& v) { return v.first <= i && i < v.last; });
    const FieldDescriptor* field = nullptr;
    if (variable != route.path.variables.end()) {
      field = route.variables[static_cast<size_t>(variable - route.path.variables.begin())].back();
    }
    if (segment.kind == PathTemplate::Kind::kRest) {
      add(field == nullptr ? "rest" : field->json_name(), {{"type", "string"}},
          "Any number of segments, slashes included.");
    } else if (field != nullptr && !variable->multiple) {
      add(field->json_name(), schemas->OfValue(field), CommentOf(field));
    } else if (i > 0 && route.path.segments[i - 1].kind == PathTemplate::Kind::kLiteral) {
      const std::string& collection = route.path.segments[i - 1].literal;
      add(Singular(collection), {{"type", "string"}}, absl::StrCat("Id of one of the ", collection, "."));
    } else {
      add(field == nullptr ? "segment" : field->json_name(), {{"type", "string"}}, "");
    }
  }
  if (!route.path.verb.empty()) absl::StrAppend(&out.text, ":", route.path.verb);
  return out;
}

// Query parameters of the fields of `message`, as gateway/transcode/bind.h takes them.
void AddQueryParameters(const Route& route, const Descriptor* message, const FieldPath& prefix,
                        const std::string& name_prefix, SchemaSet* schemas, Json* parameters) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    FieldPath path = prefix;
    path.push_back(field);
    const std::string name = absl::StrCat(name_prefix, field->json_name());
    if (field == route.body_field ||
        std::find(route.variables.begin(), route.variables.end(), path) != route.variables.end()) {
      continue;
    }
    if (!HasTextForm(field)) {
      if (!field->is_repeated() && WellKnownOf(field->message_type()) == WellKnown::kNone &&
          path.size() < kQueryNamesMax) {
        AddQueryParameters(route, field->message_type(), path, absl::StrCat(name, "."), schemas, parameters);
      }
      continue;
    }
    Json schema = schemas->OfField(field);
    Json parameter = {{"name", name}, {"in", "query"}};
    if (schema.contains("description")) {
      parameter["description"] = schema["description"];
      schema.erase("description");
    }
    if (field->is_repeated()) {
      parameter["style"] = "form";
      parameter["explode"] = true;
    }
    if (prefix.empty() && field->options().GetExtension(kam::api::field).required()) parameter["required"] = true;
    parameter["schema"] = std::move(schema);
    parameters->push_back(std::move(parameter));
  }
}

void AddHeaderParameters(const Route& route, Json* parameters) {
  for (const HeaderBinding& binding : route.headers) {
    if (binding.field.empty()) continue;
    const bool tag = binding.rule.form == HeaderRule::Form::kEntityTag;
    parameters->push_back({{"name", binding.rule.header},
                           {"in", "header"},
                           {"schema", {{"type", "string"}}},
                           {"description", absl::StrCat(tag ? "Entity tag" : "Text", " for the field ",
                                                        FieldPathText(binding.field), ".")}});
  }
}

Json RequestBody(const Route& route, SchemaSet* schemas) {
  const bool patch = route.http_method == "PATCH";
  Json schema;
  bool required = false;
  if (route.body == Route::Body::kField) {
    const FieldDescriptor* field = route.body_field;
    const bool message = !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    schema = message ? (patch ? schemas->OfPatch(field->message_type()) : schemas->OfMessage(field->message_type()))
                     : schemas->OfField(field);
    required = field->options().GetExtension(kam::api::field).required();
  } else if (route.variables.empty()) {
    schema = schemas->OfMessage(route.method->input_type());
    required = true;
  } else {
    std::set<std::string> in_path;
    for (const FieldPath& path : route.variables) {
      if (path.size() == 1) in_path.insert(path[0]->name());
    }
    schema = schemas->Inline(route.method->input_type(), in_path, true);
    required = schema.contains("required");
  }
  return {{"required", required}, {"content", {{"application/json", {{"schema", std::move(schema)}}}}}};
}

void AddMethodRules(const MethodDescriptor* method, Json* operation) {
  const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
  if (!rules.permission().empty()) (*operation)["x-permission"] = rules.permission();
  if (rules.requirements_size() > 0) {
    (*operation)["x-requirement"] = std::vector<std::string>(rules.requirements().begin(), rules.requirements().end());
  }
  if (!rules.chinese().empty()) (*operation)["x-chinese"] = rules.chinese();
  if (rules.has_transition()) {
    Json transition = {
        {"from", std::vector<std::string>(rules.transition().from().begin(), rules.transition().from().end())}};
    if (!rules.transition().to().empty()) transition["to"] = rules.transition().to();
    (*operation)["x-transition"] = std::move(transition);
  }
  if (rules.rate_class() == kam::api::RATE_CLASS_BULK) (*operation)["x-rate-class"] = "bulk";
  if (method->options().deprecated()) (*operation)["deprecated"] = true;
}

// "Gets one client. The answer ..." -> "Gets one client".
std::string FirstSentence(absl::string_view text) {
  const size_t end = std::min(text.find(". "), text.find("\n"));
  return std::string(absl::StripSuffix(text.substr(0, end), "."));
}

Json Operation(const Route& route, Json parameters, const std::string& id, SchemaSet* schemas) {
  const MethodDescriptor* method = route.method;
  Json operation = {{"operationId", id}, {"tags", {method->service()->full_name()}}};
  const std::string comment = CommentOf(method);
  operation["summary"] = comment.empty() ? method->name() : FirstSentence(comment);
  if (!comment.empty()) operation["description"] = comment;
  if (route.body != Route::Body::kAll) {
    AddQueryParameters(route, method->input_type(), {}, "", schemas, &parameters);
  }
  AddHeaderParameters(route, &parameters);
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (route.body != Route::Body::kNone) operation["requestBody"] = RequestBody(route, schemas);
  Json ok = {{"description", "Done."}};
  if (route.http_method != "HEAD") {
    ok["content"]["application/json"]["schema"] = route.response_field == nullptr
                                                      ? schemas->OfMessage(method->output_type())
                                                      : schemas->OfField(route.response_field);
  }
  operation["responses"] = {{"200", std::move(ok)},
                            {"4XX", {{"$ref", "#/components/responses/Problem"}}},
                            {"5XX", {{"$ref", "#/components/responses/Problem"}}}};
  AddMethodRules(method, &operation);
  return operation;
}

// The problem document; its members are those of gateway/http/problem.h.
Json ProblemSchema() {
  const Json text = {{"type", "string"}};
  const auto list = [&text](std::initializer_list<const char*> members) {
    Json items = {{"type", "object"}, {"properties", Json::object()}};
    for (const char* const member : members) items["properties"][member] = text;
    return Json{{"type", "array"}, {"items", std::move(items)}};
  };
  return {
      {"type", "object"},
      {"description", "An error (RFC 9457)."},
      {"required", {"type", "title", "status"}},
      {"properties",
       {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
        {"title", text},
        {"status", {{"type", "integer"}}},
        {"detail", text},
        {"code", {{"type", "string"}, {"description", "Canonical code, for example INVALID_ARGUMENT."}}},
        {"reason", {{"type", "string"}, {"description", "Reason, for example ETAG_MISMATCH: part of the contract."}}},
        {"domain", text},
        {"metadata", {{"type", "object"}, {"additionalProperties", text}}},
        {"errors", list({"field", "pointer", "description"})},
        {"violations", list({"type", "subject", "description"})},
        {"traceId", text}}}};
}

bool IsOpenApiMethod(const std::string& lower) {
  for (const char* const known : {"get", "put", "post", "delete", "options", "head", "patch", "trace"}) {
    if (lower == known) return true;
  }
  return false;
}

}  // namespace

std::string GenerateOpenApi(const Router& router, const OpenApiOptions& options) {
  SchemaSet schemas;
  Json paths = Json::object();
  std::set<std::string> ids;
  std::map<std::string, const ServiceDescriptor*> services;
  for (const std::unique_ptr<Route>& route : router.routes()) {
    const std::string http_method = absl::AsciiStrToLower(route->http_method);
    if (!IsOpenApiMethod(http_method)) continue;
    const ServiceDescriptor* service = route->method->service();
    services.emplace(service->full_name(), service);
    const std::string base = absl::StrCat(service->name(), "_", route->method->name());
    std::string id = base;
    for (int i = 2; !ids.insert(id).second; ++i) id = absl::StrCat(base, "_", i);
    ExpandedPath path = Expand(*route, &schemas);
    paths[path.text][http_method] = Operation(*route, std::move(path.parameters), id, &schemas);
  }
  Json tags = Json::array();
  for (const auto& [name, service] : services) {
    Json tag = {{"name", name}};
    const std::string comment = CommentOf(service);
    if (!comment.empty()) tag["description"] = comment;
    const std::string& backend = service->options().GetExtension(kam::api::backend);
    if (!backend.empty()) tag["x-backend"] = backend;
    tags.push_back(std::move(tag));
  }
  Json components = {
      {"schemas", schemas.Components()},
      {"responses",
       {{"Problem",
         {{"description", "The call was refused or failed."},
          {"content", {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}}}}},
      {"securitySchemes", {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}};
  components["schemas"]["Problem"] = ProblemSchema();
  const Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", options.title}, {"version", options.version}, {"description", options.description}}},
      {"servers", Json::array({{{"url", options.server_url}}})},
      {"security", Json::array({{{"bearer", Json::array()}}})},
      {"tags", std::move(tags)},
      {"paths", std::move(paths)},
      {"components", std::move(components)}};
  return document.dump(1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<std::string> GenerateOpenApiFromDescriptorSet(absl::string_view descriptor_set,
                                                             const OpenApiOptions& options) {
  const auto invalid = [](absl::string_view message) {
    return Error(absl::StatusCode::kInvalidArgument, "DESCRIPTOR_SET_INVALID", message);
  };
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return invalid("not a FileDescriptorSet");
  }
  DescriptorPool pool;
  std::vector<const ServiceDescriptor*> services;
  for (const auto& file : files.file()) {
    const auto* built = pool.BuildFile(file);
    if (built == nullptr) return invalid(absl::StrCat(file.name(), " cannot be built; are its imports in the set?"));
    if (!absl::StartsWith(built->package(), "kam.")) continue;
    for (int i = 0; i < built->service_count(); ++i) services.push_back(built->service(i));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Router> router, Router::Build(services));
  return GenerateOpenApi(*router, options);
}

}  // namespace kam::gateway
