// Errors as RFC 9457 problem documents (application/problem+json).
#ifndef KAM_GATEWAY_HTTP_PROBLEM_H_
#define KAM_GATEWAY_HTTP_PROBLEM_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/message.h"

namespace kam::http {

inline constexpr char kProblemContentType[] = "application/problem+json";
// Problem types are this plus the reason.
inline constexpr char kProblemTypePrefix[] = "https://kam.example/errors/";

// What the answer depends on besides the error.
struct ProblemContext {
  // 32 hexadecimal digits; empty: left out.
  std::string trace_id;
  // The request had If-Match: a stale version is then 412 instead of 409.
  bool if_match = false;
  // Where the JSON body went in the request message: "*" the whole message, a field name that field, empty: there was
  // no body. Decides the JSON pointers of field errors.
  std::string body_field = "*";
};

// HTTP status of an error that is not OK.
int HttpStatus(const absl::Status& status, bool if_match);

// The answer for `status`, which is not OK. Texts of internal errors are not passed on.
HttpResponse ProblemResponse(const absl::Status& status, const ProblemContext& context);

// The answer for an error of HTTP itself, which has no gRPC code.
HttpResponse ProtocolProblem(int http_status, absl::string_view reason, absl::string_view message,
                             absl::string_view trace_id);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_PROBLEM_H_
