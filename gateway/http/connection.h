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
#include <string>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_map.h"
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
  // Takes one of the connections of `share`; false, and nothing taken, when it has all that one address may have.
  bool Join(const std::string& share) {
    const std::lock_guard<std::mutex> lock(shares_mutex_);
    const auto entry = connections_by_share_.try_emplace(share, 0).first;
    if (entry->second >= options.address_connections) return false;
    ++entry->second;
    return true;
  }
  void Leave(const std::string& share) {
    const std::lock_guard<std::mutex> lock(shares_mutex_);
    const auto entry = connections_by_share_.find(share);
    if (--entry->second == 0) connections_by_share_.erase(entry);
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

  std::mutex shares_mutex_;
  absl::flat_hash_map<std::string, int> connections_by_share_;  // Under shares_mutex_; only those that have one.
};

// Whose share of the connections and of the room for bodies a connection takes: that of its address, or of its network
// of IPv6, of which one peer has 2^64 addresses.
std::string ShareOf(const boost::asio::ip::address& address);

// Why a connection is not served.
enum class Refusal { kNone, kTooMany, kTooManyOfAddress };

// Serves what was accepted from `peer`, on the worker's thread, with TLS when there is a `tls` context; or answers why
// it does not. Counted by the caller: in connections_open, in refusals_open if refused, else by Join().
void StartConnection(ConnectionHost* host, Worker* worker, boost::asio::ip::tcp::socket socket,
                     const boost::asio::ip::tcp::endpoint& peer, std::shared_ptr<boost::asio::ssl::context> tls,
                     Refusal refusal);

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_CONNECTION_H_
