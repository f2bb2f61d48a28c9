// From an HTTP request to the message of the RPC, and from its answer to the HTTP body.
#ifndef KAM_GATEWAY_TRANSCODE_BIND_H_
#define KAM_GATEWAY_TRANSCODE_BIND_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/json/json.h"
#include "gateway/transcode/router.h"

namespace kam::gateway {

// Longest header value that is put into a field, in bytes.
inline constexpr size_t kHeaderValueBytesMax = 256;

struct HttpInput {
  // Without the question mark.
  absl::string_view query;
  absl::string_view body;
  // Value of a header by its lower-case name; no value when it is absent. May be empty.
  std::function<std::optional<absl::string_view>(absl::string_view)> header;
};

struct BindOptions {
  // Query parameters the edge reads itself; passed over here.
  std::vector<std::string> system_parameters;
  // Names in a path of an update mask made from a body: address.city has two. 0: no limit; longer paths are cut.
  int mask_depth_max = 0;
};

// Fills `request`, an empty message of the input type of the route. Every part of the request is taken or refused,
// nothing is dropped. INVALID_ARGUMENT with the reasons of the JSON codec and
//   BODY_UNEXPECTED            a body where the route has none
//   BODY_PATH_CONFLICT         a field in body and path with different values
//   PATH_INVALID_VALUE         a path variable not of the type of its field
//   QUERY_MALFORMED            a bad escape
//   QUERY_UNKNOWN_PARAMETER    no such field, or one that only the body may hold
//   QUERY_DUPLICATE_PARAMETER  a scalar twice, two members of a oneof, a field that is in the path
//   QUERY_INVALID_VALUE        a value not of the type of its field
//   HEADER_INVALID, HEADER_CONFLICT (differs from the field), HEADER_UNSUPPORTED (no such field)
absl::Status BindRequest(const JsonCodec& codec, const RouteMatch& match, const HttpInput& input,
                         const BindOptions& options, google::protobuf::Message* request);

// Appends the HTTP body of `response` to `out`: the whole message or the field that response_body names.
absl::Status PrintResponse(const JsonCodec& codec, const Route& route, const google::protobuf::Message& response,
                           std::string* out);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TRANSCODE_BIND_H_
