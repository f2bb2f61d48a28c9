#include "gateway/http/response_head.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kam::http {
namespace {

bool IsHeaderName(absl::string_view name) {
  return !name.empty() && absl::c_all_of(name, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

bool IsHeaderValue(absl::string_view value) {
  return absl::c_all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f;
  });
}

bool HasHeader(const Headers& headers, absl::string_view lower_case_name) {
  return absl::c_any_of(headers,
                        [&](const auto& header) { return absl::AsciiStrToLower(header.first) == lower_case_name; });
}

}  // namespace

std::string ResponseHead(const HttpResponse& response, bool close, bool tls) {
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " ", StatusPhrase(response.status), "\r\n");
  for (const auto& [name, value] : response.headers) {
    // A value from a handler must never be able to start a header or a body of its own.
    if (!IsHeaderName(name) || !IsHeaderValue(value)) continue;
    const std::string lower = absl::AsciiStrToLower(name);
    if (lower == "content-length" || lower == "connection" || lower == "transfer-encoding") continue;
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  absl::StrAppend(&head, "Date: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
                  "\r\n");
  if (response.status != 204 && response.status != 304) {
    absl::StrAppend(&head, "Content-Length: ", response.body.size(), "\r\n");
  }
  if (!HasHeader(response.headers, "cache-control")) head += "Cache-Control: no-store\r\n";
  head += "X-Content-Type-Options: nosniff\r\n";
  if (tls) head += "Strict-Transport-Security: max-age=31536000\r\n";
  head += close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
  return head;
}

}  // namespace kam::http
