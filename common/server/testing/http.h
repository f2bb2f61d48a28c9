// A bare TCP connection to the loopback, for tests of HTTP ports.
#ifndef KAM_COMMON_SERVER_TESTING_HTTP_H_
#define KAM_COMMON_SERVER_TESTING_HTTP_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace kam::server::testing {

class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool connected() const { return connected_; }
  bool Send(const std::string& text) {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // Everything up to the end of the connection.
  std::string ReadAll() {
    std::string all;
    char buffer[4096];
    for (ssize_t n = 0; (n = recv(fd_, buffer, sizeof(buffer), 0)) > 0;) all.append(buffer, static_cast<size_t>(n));
    return all;
  }
  // Up to and including `end`, or the end of the connection.
  std::string ReadUntil(const std::string& end) {
    std::string all;
    char c = 0;
    while (all.size() < end.size() || all.compare(all.size() - end.size(), end.size(), end) != 0) {
      if (recv(fd_, &c, 1, 0) != 1) break;
      all.push_back(c);
    }
    return all;
  }

 private:
  int fd_;
  bool connected_ = false;
};

// The whole answer to a GET.
inline std::string Get(int port, const std::string& path) {
  Connection connection(port);
  connection.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
  return connection.ReadAll();
}

}  // namespace kam::server::testing

#endif  // KAM_COMMON_SERVER_TESTING_HTTP_H_
