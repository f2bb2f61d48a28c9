// Test client that sends bytes as they are and reports what came back. For tests only.
#ifndef KAM_GATEWAY_HTTP_RAW_CLIENT_H_
#define KAM_GATEWAY_HTTP_RAW_CLIENT_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam::http {

struct RawResponse {
  // 0: the connection closed before a whole answer came.
  int status = 0;
  std::string head;
  std::string body;

  std::string Header(absl::string_view name) const {
    const std::string lower = absl::AsciiStrToLower(head);
    const std::string key = absl::StrCat("\r\n", absl::AsciiStrToLower(name), ": ");
    const size_t at = lower.find(key);
    if (at == std::string::npos) return "";
    const size_t start = at + key.size();
    return head.substr(start, head.find("\r\n", start) - start);
  }
};

class RawClient {
 public:
  // `from`: the address it comes from.
  explicit RawClient(uint16_t port, const char* from = "127.0.0.1") : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    inet_pton(AF_INET, from, &address.sin_addr);
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) return;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    // A server that hangs fails the test instead of hanging it.
    timeval limit{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }

  bool Send(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(size));
    }
    return true;
  }

  // The next answer. `head_only`: it has no body whatever its Content-Length says (HEAD, 100).
  RawResponse Receive(bool head_only = false) {
    RawResponse response;
    size_t end;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return response;
    }
    response.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    size_t length = 0;
    if (!head_only && !absl::SimpleAtoi(response.Header("content-length"), &length)) length = 0;
    while (pending_.size() < length) {
      if (!Fill()) return response;
    }
    response.body = pending_.substr(0, length);
    pending_.erase(0, length);
    response.status = std::atoi(response.head.c_str() + sizeof("HTTP/1.1"));
    return response;
  }

  // Something came, or the server closed the connection, within `limit`.
  bool WaitReadable(absl::Duration limit) {
    pollfd poll_fd{fd_, POLLIN, 0};
    return poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(limit))) == 1;
  }

  // The server closes the connection without sending anything more.
  bool WaitForClose() {
    while (Fill()) {
    }
    return closed_ && pending_.empty();
  }

 private:
  bool Fill() {
    char bytes[16384];
    const ssize_t size = recv(fd_, bytes, sizeof(bytes), 0);
    if (size > 0) pending_.append(bytes, static_cast<size_t>(size));
    closed_ = size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    return size > 0;
  }

  const int fd_;
  bool connected_ = false;
  bool closed_ = false;
  std::string pending_;
};

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_RAW_CLIENT_H_
