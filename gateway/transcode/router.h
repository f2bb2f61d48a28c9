// Finds the RPC for an HTTP method and path, by the google.api.http rules of the services given.
#ifndef KAM_GATEWAY_TRANSCODE_ROUTER_H_
#define KAM_GATEWAY_TRANSCODE_ROUTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcode/path_template.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace kam::gateway {

// From a request message to one of its fields, through singular messages.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// "client.legal_name".
std::string FieldPathText(const FieldPath& path);

// A request header that fills a string field of the request.
struct HeaderRule {
  enum class Form {
    // A Structured Field String (RFC 8941), quoted or bare: Idempotency-Key.
    kText,
    // One strong entity tag (RFC 9110); the field gets it without the quotes. "*" leaves the field empty.
    kEntityTag,
  };
  // Lower case.
  std::string header;
  // Field of the request, or of the resource in its body.
  std::string field;
  Form form = Form::kText;
  // The header has a meaning that may not be dropped: refuse it on a write that has no such field.
  bool refuse_where_unmapped = false;
};

// Idempotency-Key -> request_id, If-Match -> etag.
std::vector<HeaderRule> DefaultHeaderRules();

struct RouterOptions {
  // Methods without a rule are served at POST /{package.Service}/{Method} with the request as body (the paths of gRPC
  // and of Connect).
  bool default_bindings = false;
  std::vector<HeaderRule> headers = DefaultHeaderRules();
};

struct HeaderBinding {
  HeaderRule rule;
  // Empty: the request has no such field.
  FieldPath field;
};

// One binding of one RPC.
struct Route {
  enum class Body { kNone, kAll, kField };

  const google::protobuf::MethodDescriptor* method = nullptr;
  // Upper case; "*": any.
  std::string http_method;
  // As written in the rule.
  std::string path_text;
  PathTemplate path;
  // Fields of path.variables, in order.
  std::vector<FieldPath> variables;
  Body body = Body::kNone;
  const google::protobuf::FieldDescriptor* body_field = nullptr;
  // Field answered instead of the whole response; null: the whole.
  const google::protobuf::FieldDescriptor* response_field = nullptr;
  // PATCH: the only FieldMask of the request, filled from the body when it is not in the query; otherwise null.
  const google::protobuf::FieldDescriptor* mask_field = nullptr;
  std::vector<HeaderBinding> headers;
  // "/kam.account.v1.AccountService/GetAccount".
  std::string grpc_path;
};

struct RouteMatch {
  const Route* route = nullptr;
  // Decoded values of route->variables, in order. A variable of several segments keeps %2F.
  std::vector<std::string> values;
};

// Immutable; safe to use from many threads.
class Router {
 public:
  // Methods with (kam.api.method).internal are left out. FAILED_PRECONDITION on a mistake in a rule, naming the method:
  // HTTP_RULE_INVALID; two methods on one template: HTTP_RULE_CONFLICT. The services must outlive the router.
  static absl::StatusOr<std::unique_ptr<Router>> Build(
      const std::vector<const google::protobuf::ServiceDescriptor*>& services, const RouterOptions& options = {});
  ~Router();

  // Path without the query, as it came (encoded). Literals go before *, * before **. HEAD is served by GET where there
  // is no rule for HEAD. Errors: INVALID_ARGUMENT PATH_MALFORMED (400); NOT_FOUND ROUTE_NOT_FOUND (404); UNIMPLEMENTED
  // METHOD_NOT_ALLOWED (405) with the metadata "allow", for example "GET, HEAD, PATCH".
  absl::StatusOr<RouteMatch> Match(absl::string_view http_method, absl::string_view path) const;

  // In the order of the services and their methods; the bindings of a method follow one another.
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;
  struct Search;

  Router();
  absl::Status AddMethod(const google::protobuf::MethodDescriptor* method, const RouterOptions& options);
  absl::Status Insert(const Route* route);
  static bool Walk(const Node& node, size_t at, Search* search);

  std::unique_ptr<Node> root_;
  std::vector<std::string> verbs_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TRANSCODE_ROUTER_H_
