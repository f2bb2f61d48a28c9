// Strict reading of the head of an HTTP/1.1 request: request line and header section (RFC 9112).
//
// Whatever two HTTP programs could read in two ways is refused here, so that nothing in front of or behind the
// gateway can be made to see another request than the gateway does. The body is framed by what this parser says.
#ifndef KAM_GATEWAY_HTTP_HEAD_H_
#define KAM_GATEWAY_HTTP_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/message.h"

namespace kam::http {

struct HeadLimits {
  // Bytes of the whole head, request line and final empty line included. Over: 431.
  size_t head_bytes = size_t{16} << 10;
  // Header lines. Over: 431.
  size_t headers = 100;
  // Bytes of the request target. Over: 414.
  size_t target_bytes = size_t{8} << 10;
};

struct Head {
  std::string method;
  std::string target;
  std::string path;
  std::string query;
  Headers headers;
  // 0 or 1, as in HTTP/1.0 and HTTP/1.1.
  int minor_version = 1;
  // The peer lets the connection stay open after the answer.
  bool keep_alive = true;
  // "Expect: 100-continue".
  bool expect_continue = false;
  // "Transfer-Encoding: chunked". Never together with content_length.
  bool chunked = false;
  std::optional<uint64_t> content_length;
};

// What is wrong with a request, as it is told to the peer.
struct HeadError {
  // HTTP status of the answer.
  int status = 400;
  // UPPER_SNAKE reason for the problem document.
  std::string reason;
  std::string message;
};

// Reads one head from bytes that arrive in pieces. One parser serves one request.
class HeadParser {
 public:
  enum class Result { kNeedMore, kDone, kError };

  explicit HeadParser(const HeadLimits& limits) : limits_(limits) {}

  // `bytes`: everything received since the start of the head; a later call must hold what an earlier one held.
  // Work over all calls is linear in the bytes.
  Result Parse(absl::string_view bytes);

  // Bytes that belong to the head. After kDone.
  size_t size() const { return size_; }
  // After kDone; may be moved from.
  Head& head() { return head_; }
  // After kError.
  const HeadError& error() const { return error_; }

 private:
  Result Fail(int status, absl::string_view reason, absl::string_view message);
  bool ParseRequestLine(absl::string_view line);
  bool ParseHeaderLine(absl::string_view line);
  bool ParseTarget(absl::string_view target);
  bool Finish();

  const HeadLimits limits_;
  size_t scanned_ = 0;
  size_t line_start_ = 0;
  bool have_request_line_ = false;
  bool skipped_empty_line_ = false;
  size_t size_ = 0;
  Head head_;
  HeadError error_;
};

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_HEAD_H_
