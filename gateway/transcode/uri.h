// Percent-encoding, strictly read.
#ifndef KAM_GATEWAY_TRANSCODE_URI_H_
#define KAM_GATEWAY_TRANSCODE_URI_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kam::gateway {

inline constexpr size_t kQueryParametersMax = 512;

struct DecodeOptions {
  // Leave %2F as it is, so that a slash inside a segment stays apart from the slashes between segments.
  bool keep_slash = false;
  // "+" is a space (query strings).
  bool plus_is_space = false;
};

// Appends the decoded text. False on a bad escape, a NUL byte or text that is not UTF-8.
bool PercentDecode(absl::string_view text, const DecodeOptions& options, std::string* out);

// Encodes all but the unreserved characters of RFC 3986.
std::string PercentEncode(absl::string_view text);

// Splits a query string into decoded names and values, in order; empty pieces are passed over, a piece without "=" has
// the value "". INVALID_ARGUMENT: QUERY_MALFORMED.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParseQuery(absl::string_view query);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TRANSCODE_URI_H_
