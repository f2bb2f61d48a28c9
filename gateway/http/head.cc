#include "gateway/http/head.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kam::http {
namespace {

// Longest method name that is looked at; every known one is shorter.
constexpr size_t kMethodBytesMax = 16;
// "METHOD" SP target SP "HTTP/1.1" CR.
constexpr size_t kRequestLineExtraBytes = kMethodBytesMax + 1 + 1 + 8 + 2;
constexpr size_t kHostBytesMax = 260;
// 18 decimal digits always fit 64 bits.
constexpr size_t kContentLengthDigitsMax = 18;

constexpr absl::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

// Headers whose second occurrence has no agreed reading, or one that would hide the first.
constexpr absl::string_view kSingletons[] = {"authorization", "content-length", "content-type",
                                             "expect",        "host",           "transfer-encoding"};

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("!#$%&'*+-.^_`|~").find(c) != absl::string_view::npos;
}

bool IsToken(absl::string_view text) { return !text.empty() && absl::c_all_of(text, IsTokenChar); }

// RFC 3986 pchar and "/", "%" aside.
bool IsPathChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-._~!$&'()*+,;=:@/").find(c) != absl::string_view::npos;
}

// Browsers send brackets, bars and braces unencoded in queries; they are unambiguous, unlike what is left out here.
bool IsQueryChar(char c) { return c > 0x20 && c < 0x7f && c != '#' && c != '"' && c != '<' && c != '>'; }

// Every "%" starts an escape of two hexadecimal digits, none of them of the byte 0.
bool EscapesAreWhole(absl::string_view text) {
  for (size_t i = text.find('%'); i != absl::string_view::npos; i = text.find('%', i + 3)) {
    if (i + 2 >= text.size()) return false;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1]))) return false;
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) return false;
    if (text[i + 1] == '0' && text[i + 2] == '0') return false;
  }
  return true;
}

// "." or "..", also with the dots escaped.
bool IsDotSegment(absl::string_view segment) {
  size_t dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (absl::StartsWithIgnoreCase(segment, "%2e")) {
      segment.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots == 1 || dots == 2;
}

bool IsHost(absl::string_view text) {
  if (text.empty() || text.size() > kHostBytesMax) return false;
  return absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("-._~:[]").find(c) != absl::string_view::npos;
  });
}

bool IsValueChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

absl::string_view TrimBlanks(absl::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

HeadParser::Result HeadParser::Fail(int status, absl::string_view reason, absl::string_view message) {
  error_.status = status;
  error_.reason = std::string(reason);
  error_.message = std::string(message);
  return Result::kError;
}

HeadParser::Result HeadParser::Parse(absl::string_view bytes) {
  for (; scanned_ < bytes.size(); ++scanned_) {
    if (scanned_ >= limits_.head_bytes) {
      return Fail(431, "HEADERS_TOO_LARGE",
                  absl::StrCat("the head of the request is longer than ", limits_.head_bytes, " bytes"));
    }
    if (!have_request_line_ && scanned_ - line_start_ >= limits_.target_bytes + kRequestLineExtraBytes) {
      return Fail(414, "TARGET_TOO_LONG",
                  absl::StrCat("the request target is longer than ", limits_.target_bytes, " bytes"));
    }
    const char c = bytes[scanned_];
    const bool after_cr = scanned_ > line_start_ && bytes[scanned_ - 1] == '\r';
    if (after_cr != (c == '\n')) {
      return Fail(400, "BAD_LINE_ENDING", "lines of the request head must end with CR LF, and hold neither elsewhere");
    }
    if (c == '\0') return Fail(400, "BAD_CHARACTER", "the request head holds a NUL byte");
    if (c != '\n') continue;

    const absl::string_view line = bytes.substr(line_start_, scanned_ - 1 - line_start_);
    line_start_ = scanned_ + 1;
    if (!have_request_line_) {
      // RFC 9112 section 2.2: an empty line before the request line is forgiven, once.
      if (line.empty() && !skipped_empty_line_) {
        skipped_empty_line_ = true;
        continue;
      }
      if (!ParseRequestLine(line)) return Result::kError;
      have_request_line_ = true;
    } else if (line.empty()) {
      ++scanned_;
      size_ = scanned_;
      return Finish() ? Result::kDone : Result::kError;
    } else if (!ParseHeaderLine(line)) {
      return Result::kError;
    }
  }
  return Result::kNeedMore;
}

bool HeadParser::ParseRequestLine(absl::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || first == last) {
    Fail(400, "BAD_REQUEST_LINE", "the request line must be method, target and HTTP/1.1, one space between them");
    return false;
  }
  const absl::string_view method = line.substr(0, first);
  const absl::string_view target = line.substr(first + 1, last - first - 1);
  const absl::string_view version = line.substr(last + 1);
  if (!IsToken(method)) {
    Fail(400, "BAD_METHOD", "the request method is not a token");
    return false;
  }
  if (version.size() != 8 || !absl::StartsWith(version, "HTTP/") || version[6] != '.' ||
      !absl::ascii_isdigit(static_cast<unsigned char>(version[5])) ||
      !absl::ascii_isdigit(static_cast<unsigned char>(version[7]))) {
    Fail(400, "BAD_REQUEST_LINE", "the request line must end with the HTTP version");
    return false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    Fail(505, "VERSION_NOT_SUPPORTED", "only HTTP/1.1 and HTTP/1.0 are spoken here");
    return false;
  }
  if (absl::c_find(kMethods, method) == std::end(kMethods)) {
    Fail(501, "METHOD_NOT_IMPLEMENTED", "methods are GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS");
    return false;
  }
  head_.method = std::string(method);
  head_.minor_version = version.back() - '0';
  return ParseTarget(target);
}

bool HeadParser::ParseTarget(absl::string_view target) {
  if (target.size() > limits_.target_bytes) {
    Fail(414, "TARGET_TOO_LONG",
         absl::StrCat("the request target has ", target.size(), " bytes, at most ", limits_.target_bytes));
    return false;
  }
  head_.target = std::string(target);
  if (target == "*" && head_.method == "OPTIONS") {
    head_.path = head_.target;
    return true;
  }
  if (target.empty() || target.front() != '/') {
    Fail(400, "BAD_TARGET", "the request target must be a path that starts with a slash");
    return false;
  }
  const size_t question = target.find('?');
  const absl::string_view path = target.substr(0, question);
  const absl::string_view query =
      question == absl::string_view::npos ? absl::string_view() : target.substr(question + 1);
  if (!absl::c_all_of(path, [](char c) { return c == '%' || IsPathChar(c); }) || !EscapesAreWhole(path)) {
    Fail(400, "BAD_TARGET", "the path holds a character that must be percent-encoded, or a broken escape");
    return false;
  }
  if (!absl::c_all_of(query, IsQueryChar) || !EscapesAreWhole(query)) {
    Fail(400, "BAD_TARGET", "the query holds a character that must be percent-encoded, or a broken escape");
    return false;
  }
  for (const absl::string_view segment : absl::StrSplit(path, '/')) {
    if (IsDotSegment(segment)) {
      Fail(400, "BAD_TARGET", "the path holds a dot segment");
      return false;
    }
  }
  head_.path = std::string(path);
  head_.query = std::string(query);
  return true;
}

bool HeadParser::ParseHeaderLine(absl::string_view line) {
  if (head_.headers.size() >= limits_.headers) {
    Fail(431, "TOO_MANY_HEADERS", absl::StrCat("more than ", limits_.headers, " header lines"));
    return false;
  }
  if (line.front() == ' ' || line.front() == '\t') {
    Fail(400, "FOLDED_HEADER", "header lines may not be folded");
    return false;
  }
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) {
    Fail(400, "BAD_HEADER_NAME", "a header line must be a name of token characters, a colon right after it, a value");
    return false;
  }
  const absl::string_view value = TrimBlanks(line.substr(colon + 1));
  if (!absl::c_all_of(value, IsValueChar)) {
    Fail(400, "BAD_HEADER_VALUE", "a header value holds a control character");
    return false;
  }
  std::string name = absl::AsciiStrToLower(line.substr(0, colon));
  if (absl::c_find(kSingletons, name) != std::end(kSingletons) && FindHeader(head_.headers, name) != nullptr) {
    Fail(400, "DUPLICATE_HEADER", absl::StrCat("the header ", name, " may be sent only once"));
    return false;
  }
  head_.headers.emplace_back(std::move(name), std::string(value));
  return true;
}

bool HeadParser::Finish() {
  const std::string* host = FindHeader(head_.headers, "host");
  if (host == nullptr) {
    Fail(400, "MISSING_HOST", "the header host is missing");
    return false;
  }
  if (!IsHost(*host)) {
    Fail(400, "BAD_HOST", "the header host is not a host name with an optional port");
    return false;
  }
  const std::string* length = FindHeader(head_.headers, "content-length");
  const std::string* encoding = FindHeader(head_.headers, "transfer-encoding");
  if (length != nullptr && encoding != nullptr) {
    Fail(400, "AMBIGUOUS_BODY_LENGTH", "content-length and transfer-encoding may not be sent together");
    return false;
  }
  if (length != nullptr) {
    uint64_t value = 0;
    const bool digits = absl::c_all_of(*length, [](char c) { return c >= '0' && c <= '9'; });
    const bool padded = length->size() > 1 && length->front() == '0';
    if (length->empty() || !digits || padded || length->size() > kContentLengthDigitsMax ||
        !absl::SimpleAtoi(*length, &value)) {
      Fail(400, "BAD_CONTENT_LENGTH", "content-length must be a decimal number without sign or leading zeros");
      return false;
    }
    head_.content_length = value;
  }
  if (encoding != nullptr) {
    if (head_.minor_version == 0) {
      Fail(400, "AMBIGUOUS_BODY_LENGTH", "HTTP/1.0 knows no transfer-encoding");
      return false;
    }
    if (!absl::EqualsIgnoreCase(*encoding, "chunked")) {
      Fail(501, "TRANSFER_CODING_NOT_IMPLEMENTED", "the only transfer-encoding known is chunked");
      return false;
    }
    head_.chunked = true;
  }
  if (const std::string* expect = FindHeader(head_.headers, "expect"); expect != nullptr) {
    if (!absl::EqualsIgnoreCase(*expect, "100-continue")) {
      Fail(417, "EXPECTATION_FAILED", "the only expectation known is 100-continue");
      return false;
    }
    head_.expect_continue = head_.minor_version == 1;
  }
  head_.keep_alive = head_.minor_version == 1;
  for (const auto& [name, value] : head_.headers) {
    if (name != "connection") continue;
    for (const absl::string_view token : absl::StrSplit(value, ',')) {
      if (absl::EqualsIgnoreCase(TrimBlanks(token), "close")) head_.keep_alive = false;
    }
  }
  return true;
}

}  // namespace kam::http
