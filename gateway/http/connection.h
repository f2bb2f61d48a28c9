// One connection of the HTTP server, and what it shares with the server. For server.cc only.
#ifndef KAM_GATEWAY_HTTP_CONNECTION_H_
#define KAM_GATEWAY_HTTP_CONNECTION_H_

// Asio 1.74 uses std::exchange without including its header, which <algorithm> brings.
#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/byte_budget.h"
#include "gateway/http/server.h"

namespace kam::http {

// Longer times are as good as none and would overflow the clock.
inline std::chrono::nanoseconds ToChrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(std::min(duration, absl::Hours(24 * 365)));
}

// What the server needs of a connection, whatever its transport. Called on the connection's own thread.
class ConnectionBase {
 public:
  virtual ~ConnectionBase() = default;
  // Close if no request is being worked on.
  virtual void CloseIfIdle() = 0;
  // Close now.
  virtual void CutOff() = 0;
};

// One I/O thread and the connections pinned to it: nothing of a connection is ever touched from another thread.
struct Worker {
  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> guard;
  std::set<ConnectionBase*> connections;
  // Answers come from any thread, also after the end: what nobody will run must not be queued, because it would keep
  // the server, and with it the queue, alive for ever.
  std::mutex post_mutex;
  bool ended = false;
  std::thread thread;
};

// The server as its connections know it.
class ConnectionHost : public std::enable_shared_from_this<ConnectionHost> {
 public:
  ConnectionHost(ServerOptions server_options, HttpHandler server_handler)
      : options(std::move(server_options)),
        handler(std::move(server_handler)),
        held_bodies(options.held_body_bytes, options.address_body_bytes) {}
  virtual ~ConnectionHost() = default;

  void Refused(absl::string_view peer, int status, absl::string_view reason) {
    ++requests_refused;
    if (options.on_refused) options.on_refused(peer, status, reason);
  }
  void ConnectionClosed() {
    if (--connections_open == 0) AllClosed();
  }

  const ServerOptions options;
  const HttpHandler handler;
  gateway::ByteBudget held_bodies;  // By address of the peer.

  std::atomic<int64_t> connections_open = 0;
  std::atomic<int64_t> refusals_open = 0;
  std::atomic<int64_t> requests = 0;
  std::atomic<int64_t> requests_refused = 0;
  std::atomic<int64_t> requests_in_flight = 0;
  std::atomic<bool> draining = false;

 private:
  // Called on a connection's thread when the last one is gone.
  virtual void AllClosed() = 0;
};

// Serves what was accepted, on the worker's thread, with TLS when there is a `tls` context. `refuse`: answers that
// there are too many connections. Counted in connections_open, and in refusals_open, by the caller.
void StartConnection(ConnectionHost* host, Worker* worker, boost::asio::ip::tcp::socket socket,
                     std::shared_ptr<boost::asio::ssl::context> tls, bool refuse);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_CONNECTION_H_
