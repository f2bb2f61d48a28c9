#include "gateway/transcode/router.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "gateway/json/json_values.h"
#include "gateway/transcode/uri.h"
#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"
#include "google/protobuf/descriptor.h"
#include "kam/api/method.pb.h"

namespace kam::gateway {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kAnyMethod[] = "*";

absl::Status RuleError(const MethodDescriptor* method, absl::string_view reason, absl::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, reason, absl::StrCat(method->full_name(), ": ", message),
               {{"method", method->full_name()}});
}

bool IsString(const FieldDescriptor* field) {
  return !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING;
}

void ReadPattern(const HttpRule& rule, std::string* http_method, std::string* path) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      *http_method = "GET";
      *path = rule.get();
      return;
    case HttpRule::kPut:
      *http_method = "PUT";
      *path = rule.put();
      return;
    case HttpRule::kPost:
      *http_method = "POST";
      *path = rule.post();
      return;
    case HttpRule::kDelete:
      *http_method = "DELETE";
      *path = rule.delete_();
      return;
    case HttpRule::kPatch:
      *http_method = "PATCH";
      *path = rule.patch();
      return;
    case HttpRule::kCustom:
      *http_method = rule.custom().kind();
      *path = rule.custom().path();
      return;
    case HttpRule::PATTERN_NOT_SET:
      return;
  }
}

// The field of a request that takes a header: at the top, else in the resource of the body.
FieldPath FindHeaderField(const Descriptor* request, const Route& route, const std::string& name) {
  const FieldDescriptor* top = request->FindFieldByName(name);
  if (top != nullptr && IsString(top)) return {top};
  if (route.body_field != nullptr && !route.body_field->is_repeated() &&
      route.body_field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const FieldDescriptor* inner = route.body_field->message_type()->FindFieldByName(name);
    if (inner != nullptr && IsString(inner)) return {route.body_field, inner};
  }
  return {};
}

absl::StatusOr<FieldPath> ResolveVariable(const MethodDescriptor* method, const PathTemplate::Variable& variable) {
  FieldPath path;
  const Descriptor* type = method->input_type();
  const std::string text = absl::StrJoin(variable.fields, ".");
  for (const std::string& name : variable.fields) {
    const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(name);
    if (field == nullptr) {
      return RuleError(method, "HTTP_RULE_INVALID",
                       absl::StrCat("the variable ", text, " is not a field of ", method->input_type()->full_name()));
    }
    if (field->is_repeated()) {
      return RuleError(method, "HTTP_RULE_INVALID", absl::StrCat("the variable ", text, " passes a repeated field"));
    }
    path.push_back(field);
    type = field->message_type();
  }
  if (type != nullptr) {
    return RuleError(method, "HTTP_RULE_INVALID", absl::StrCat("the variable ", text, " is a message"));
  }
  if (variable.multiple && path.back()->type() != FieldDescriptor::TYPE_STRING) {
    return RuleError(method, "HTTP_RULE_INVALID",
                     absl::StrCat("the variable ", text, " has several segments and is not a string"));
  }
  return path;
}

absl::StatusOr<std::unique_ptr<Route>> MakeRoute(const MethodDescriptor* method, const HttpRule& rule,
                                                 const RouterOptions& options) {
  auto route = std::make_unique<Route>();
  route->method = method;
  route->grpc_path = absl::StrCat("/", method->service()->full_name(), "/", method->name());
  ReadPattern(rule, &route->http_method, &route->path_text);
  absl::AsciiStrToUpper(&route->http_method);
  if (route->http_method.empty()) return RuleError(method, "HTTP_RULE_INVALID", "a binding has no pattern");
  absl::StatusOr<PathTemplate> path = ParsePathTemplate(route->path_text);
  if (!path.ok()) return RuleError(method, "HTTP_RULE_INVALID", path.status().message());
  route->path = *std::move(path);
  for (const PathTemplate::Variable& variable : route->path.variables) {
    ASSIGN_OR_RETURN(FieldPath fields, ResolveVariable(method, variable));
    route->variables.push_back(std::move(fields));
  }
  const Descriptor* request = method->input_type();
  if (rule.body() == "*") {
    route->body = Route::Body::kAll;
  } else if (!rule.body().empty()) {
    route->body = Route::Body::kField;
    route->body_field = request->FindFieldByName(rule.body());
    if (route->body_field == nullptr) {
      return RuleError(method, "HTTP_RULE_INVALID",
                       absl::StrCat("the body ", rule.body(), " is not a field of ", request->full_name()));
    }
    for (const FieldPath& variable : route->variables) {
      if (variable.size() == 1 && variable[0] == route->body_field) {
        return RuleError(method, "HTTP_RULE_INVALID", absl::StrCat("the body ", rule.body(), " is also in the path"));
      }
    }
  }
  if (!rule.response_body().empty()) {
    route->response_field = method->output_type()->FindFieldByName(rule.response_body());
    if (route->response_field == nullptr) {
      return RuleError(method, "HTTP_RULE_INVALID",
                       absl::StrCat("the response body ", rule.response_body(), " is not a field of ",
                                    method->output_type()->full_name()));
    }
  }
  if (route->http_method == "PATCH" && route->body == Route::Body::kField) {
    int masks = 0;
    for (int i = 0; i < request->field_count(); ++i) {
      const FieldDescriptor* field = request->field(i);
      if (field->is_repeated() || field->message_type() == nullptr ||
          field->message_type()->full_name() != "google.protobuf.FieldMask") {
        continue;
      }
      ++masks;
      route->mask_field = field;
    }
    if (masks != 1) route->mask_field = nullptr;
  }
  for (const HeaderRule& header : options.headers) {
    route->headers.push_back({header, FindHeaderField(request, *route, header.field)});
  }
  return route;
}

}  // namespace

std::string FieldPathText(const FieldPath& path) {
  return absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* field) { out->append(field->name()); });
}

std::vector<HeaderRule> DefaultHeaderRules() {
  return {{"idempotency-key", "request_id", HeaderRule::Form::kText, false},
          {"if-match", "etag", HeaderRule::Form::kEntityTag, true}};
}

struct Router::Node {
  absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> one;
  std::unique_ptr<Node> rest;
  // Routes whose template ends here.
  std::vector<const Route*> routes;
};

struct Router::Search {
  absl::string_view http_method;
  absl::string_view verb;
  // Decoded.
  absl::InlinedVector<absl::string_view, kPathSegmentsMax / 4> segments;
  const Route* found = nullptr;
  std::set<std::string> allow;

  // A route of the node, when one has the verb and the method.
  bool Take(const Node& node) {
    for (const Route* route : node.routes) {
      if (route->path.verb != verb) continue;
      if (route->http_method == http_method) {
        found = route;
        return true;
      }
      if (route->http_method == kAnyMethod) found = route;
      allow.insert(route->http_method);
    }
    return found != nullptr;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

absl::StatusOr<std::unique_ptr<Router>> Router::Build(const std::vector<const ServiceDescriptor*>& services,
                                                      const RouterOptions& options) {
  std::unique_ptr<Router> router(new Router);
  for (const ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      RETURN_IF_ERROR(router->AddMethod(service->method(i), options));
    }
  }
  return router;
}

absl::Status Router::AddMethod(const MethodDescriptor* method, const RouterOptions& options) {
  if (method->options().GetExtension(kam::api::method).internal()) return absl::OkStatus();
  std::vector<HttpRule> rules;
  if (method->options().HasExtension(google::api::http)) {
    const HttpRule& rule = method->options().GetExtension(google::api::http);
    rules.push_back(rule);
    for (const HttpRule& more : rule.additional_bindings()) {
      if (more.additional_bindings_size() > 0) {
        return RuleError(method, "HTTP_RULE_INVALID", "additional_bindings may not nest");
      }
      rules.push_back(more);
    }
  } else if (options.default_bindings) {
    HttpRule rule;
    rule.set_post(absl::StrCat("/", method->service()->full_name(), "/", method->name()));
    rule.set_body("*");
    rules.push_back(rule);
  }
  for (const HttpRule& rule : rules) {
    ASSIGN_OR_RETURN(std::unique_ptr<Route> route, MakeRoute(method, rule, options));
    RETURN_IF_ERROR(Insert(route.get()));
    routes_.push_back(std::move(route));
  }
  return absl::OkStatus();
}

absl::Status Router::Insert(const Route* route) {
  Node* node = root_.get();
  for (const PathTemplate::Segment& segment : route->path.segments) {
    std::unique_ptr<Node>& next = segment.kind == PathTemplate::Kind::kLiteral ? node->literals[segment.literal]
                                  : segment.kind == PathTemplate::Kind::kOne   ? node->one
                                                                               : node->rest;
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  for (const Route* other : node->routes) {
    if (other->http_method != route->http_method || other->path.verb != route->path.verb) continue;
    return Error(absl::StatusCode::kFailedPrecondition, "HTTP_RULE_CONFLICT",
                 absl::StrCat(other->method->full_name(), " and ", route->method->full_name(), " both have ",
                              route->http_method, " ", TemplateShape(route->path)),
                 {{"method", route->method->full_name()},
                  {"other", other->method->full_name()},
                  {"template", TemplateShape(route->path)}});
  }
  node->routes.push_back(route);
  if (!route->path.verb.empty() && std::find(verbs_.begin(), verbs_.end(), route->path.verb) == verbs_.end()) {
    verbs_.push_back(route->path.verb);
  }
  return absl::OkStatus();
}

// Tries the more specific branch first. Every node lies on one path from the root, so none is visited twice.
bool Router::Walk(const Node& node, size_t at, Search* search) {
  if (at == search->segments.size()) {
    if (search->Take(node)) return true;
  } else {
    const auto literal = node.literals.find(search->segments[at]);
    if (literal != node.literals.end() && Walk(*literal->second, at + 1, search)) return true;
    if (node.one != nullptr && Walk(*node.one, at + 1, search)) return true;
  }
  return node.rest != nullptr && search->Take(*node.rest);
}

absl::StatusOr<RouteMatch> Router::Match(absl::string_view http_method, absl::string_view path) const {
  const auto malformed = [](absl::string_view message) {
    return Error(absl::StatusCode::kInvalidArgument, "PATH_MALFORMED", absl::StrCat("the path ", message));
  };
  if (path.empty() || path[0] != '/') return malformed("must start with /");
  absl::InlinedVector<absl::string_view, kPathSegmentsMax / 4> raw;
  bool empty_segment = false;
  for (size_t from = 1; from < path.size();) {
    const size_t slash = std::min(path.find('/', from), path.size());
    raw.push_back(path.substr(from, slash - from));
    if (raw.size() > kPathSegmentsMax) return malformed(absl::StrCat("has more than ", kPathSegmentsMax, " segments"));
    empty_segment |= slash == from || slash + 1 == path.size();
    from = slash + 1;
  }
  // Escapes are checked in the whole path, and dot segments refused, before anything is compared.
  std::vector<std::string> decoded;
  decoded.reserve(raw.size());
  Search search;
  search.http_method = http_method;
  for (const absl::string_view segment : raw) {
    absl::string_view plain = segment;
    if (segment.find('%') != absl::string_view::npos) {
      decoded.emplace_back();
      if (!PercentDecode(segment, {}, &decoded.back())) return malformed("has a bad %-escape or is not UTF-8");
      plain = decoded.back();
    } else if (!IsUtf8(segment) || segment.find('\0') != absl::string_view::npos) {
      return malformed("is not UTF-8 text");
    }
    if (plain == "." || plain == "..") return malformed("has a dot segment");
    search.segments.push_back(plain);
  }

  // A colon starts a verb only where the verb is known and a template has it here.
  absl::string_view verb;
  if (!empty_segment && !raw.empty()) {
    const size_t colon = raw.back().rfind(':');
    if (colon != absl::string_view::npos && colon > 0) {
      const absl::string_view name = raw.back().substr(colon + 1);
      if (std::find(verbs_.begin(), verbs_.end(), name) != verbs_.end()) verb = name;
    }
  }
  const auto find = [&](absl::string_view with_verb) {
    search.verb = with_verb;
    if (Walk(*root_, 0, &search)) return true;
    if (http_method != "HEAD") return false;
    search.http_method = "GET";
    const bool found = Walk(*root_, 0, &search);
    search.http_method = http_method;
    return found;
  };
  bool found = false;
  if (!verb.empty()) {
    const absl::string_view whole = search.segments.back();
    const absl::string_view whole_raw = raw.back();
    search.segments.back().remove_suffix(verb.size() + 1);
    raw.back().remove_suffix(verb.size() + 1);
    found = find(verb);
    if (!found && search.allow.empty()) {
      search.segments.back() = whole;
      raw.back() = whole_raw;
      found = find("");
    }
  } else if (!empty_segment) {
    found = find("");
  }
  if (!found) {
    if (search.allow.empty()) {
      return Error(absl::StatusCode::kNotFound, "ROUTE_NOT_FOUND", "nothing is served at this path");
    }
    if (search.allow.count("GET") > 0) search.allow.insert("HEAD");
    const std::string allow = absl::StrJoin(search.allow, ", ");
    return Error(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                 absl::StrCat("this path takes ", allow, " only"), {{"allow", allow}});
  }

  RouteMatch match;
  match.route = search.found;
  match.values.reserve(match.route->path.variables.size());
  for (const PathTemplate::Variable& variable : match.route->path.variables) {
    std::string value;
    const bool open = match.route->path.segments[variable.last - 1].kind == PathTemplate::Kind::kRest;
    const size_t last = open ? raw.size() : variable.last;
    for (size_t i = variable.first; i < last; ++i) {
      if (i > variable.first) value.push_back('/');
      PercentDecode(raw[i], {.keep_slash = variable.multiple}, &value);
    }
    match.values.push_back(std::move(value));
  }
  return match;
}

}  // namespace kam::gateway
