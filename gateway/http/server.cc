#include "gateway/http/server.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "gateway/http/connection.h"
#include "gateway/http/tls_context.h"

namespace kam::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Refusals that are written at the same time; connections beyond are closed without a word.
constexpr int kRefusalsMax = 64;
// After an accept that failed (out of descriptors) the next one waits.
constexpr std::chrono::milliseconds kAcceptPause(100);
// A connection that was cut off has this long to notice.
constexpr std::chrono::seconds kCutOffWait(10);

absl::Status CheckOptions(const ServerOptions& options) {
  FieldViolations violations;
  const auto positive = [&](absl::string_view field, int64_t value) {
    if (value <= 0) violations.Add(field, "OPTION_OUT_OF_RANGE", absl::StrCat(field, " must be positive, is ", value));
  };
  positive("io_threads", options.io_threads);
  positive("connections", options.connections);
  positive("address_connections", options.address_connections);
  positive("requests_per_connection", options.requests_per_connection);
  positive("held_body_bytes", options.held_body_bytes);
  positive("address_body_bytes", options.address_body_bytes);
  positive("head.head_bytes", static_cast<int64_t>(options.head.head_bytes));
  positive("head.headers", static_cast<int64_t>(options.head.headers));
  positive("head.target_bytes", static_cast<int64_t>(options.head.target_bytes));
  const std::pair<absl::string_view, absl::Duration> timeouts[] = {
      {"handshake_timeout", options.handshake_timeout}, {"idle_timeout", options.idle_timeout},
      {"header_timeout", options.header_timeout},       {"body_timeout", options.body_timeout},
      {"write_timeout", options.write_timeout},         {"handler_timeout", options.handler_timeout},
      {"linger_timeout", options.linger_timeout}};
  for (const auto& [field, value] : timeouts) {
    if (value <= absl::ZeroDuration()) {
      violations.Add(field, "OPTION_OUT_OF_RANGE", absl::StrCat(field, " must be positive"));
    }
  }
  if (options.tls.enabled() && (options.tls.certificate_file.empty() || options.tls.key_file.empty())) {
    violations.Add("tls", "OPTION_MISSING", "certificate_file and key_file must be given together");
  }
  if (!options.tls.enabled() && !options.plain) {
    violations.Add("tls", "OPTION_MISSING",
                   "without a certificate the server serves only when plain HTTP is asked for");
  }
  if (options.tls.enabled() && options.plain) {
    violations.Add("plain", "OPTION_CONFLICT", "plain HTTP and a certificate exclude each other");
  }
  if (options.tls.require_client_certificate && options.tls.client_ca_file.empty()) {
    violations.Add("tls.client_ca_file", "OPTION_MISSING", "needed to require client certificates");
  }
  return violations.status();
}

}  // namespace

class HttpServer::Impl final : public ConnectionHost {
 public:
  using ConnectionHost::ConnectionHost;

  absl::Status Listen();
  absl::Status Stop(absl::Duration grace);
  absl::Status ReloadCertificates();

  uint16_t bound_port = 0;
  std::atomic<int64_t> connections_accepted = 0;
  std::atomic<int64_t> connections_refused = 0;

 private:
  void Accept();
  void Adopt(tcp::socket socket, Worker& worker);
  // Null without TLS.
  std::shared_ptr<asio::ssl::context> tls_context() {
    const std::lock_guard<std::mutex> lock(mutex);
    return tls;
  }
  void AllClosed() override {
    const std::lock_guard<std::mutex> lock(mutex);
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<asio::ssl::context> tls;
  bool stopped = false;
  std::vector<std::unique_ptr<Worker>> workers;
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::steady_timer> accept_pause;
  size_t next_worker = 0;
};

absl::Status HttpServer::Impl::Listen() {
  if (options.tls.enabled()) {
    RETURN_IF_ERROR(ReloadCertificates());
  }
  for (int i = 0; i < options.io_threads; ++i) {
    workers.push_back(std::make_unique<Worker>());
    workers.back()->guard.emplace(workers.back()->context.get_executor());
  }
  asio::io_context& context = workers.front()->context;
  const auto failure = [&](absl::string_view step, const error_code& ec) {
    return Error(
        absl::StatusCode::kUnavailable, "LISTEN_FAILED",
        absl::StrCat("cannot listen on ", options.host, " port ", options.port, ": ", step, ": ", ec.message()),
        {{"host", options.host}, {"port", absl::StrCat(options.port)}});
  };
  error_code ec;
  tcp::resolver resolver(context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port), tcp::resolver::passive, ec);
  if (ec || found.empty()) return failure("resolve", ec);
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor.emplace(context);
  if (acceptor->open(endpoint.protocol(), ec)) return failure("open", ec);
  if (acceptor->set_option(tcp::acceptor::reuse_address(true), ec)) return failure("reuse address", ec);
  if (acceptor->bind(endpoint, ec)) return failure("bind", ec);
  if (acceptor->listen(tcp::acceptor::max_listen_connections, ec)) return failure("listen", ec);
  bound_port = acceptor->local_endpoint(ec).port();
  accept_pause.emplace(context);
  Accept();
  for (const auto& worker : workers) {
    worker->thread = std::thread([w = worker.get()] { w->context.run(); });
  }
  return absl::OkStatus();
}

void HttpServer::Impl::Accept() {
  Worker& worker = *workers[next_worker];
  next_worker = (next_worker + 1) % workers.size();
  acceptor->async_accept(worker.context, [this, &worker](error_code ec, tcp::socket socket) {
    if (draining) return;
    if (ec) {
      accept_pause->expires_after(kAcceptPause);
      accept_pause->async_wait([this](error_code aborted) {
        if (!aborted && !draining) Accept();
      });
      return;
    }
    Adopt(std::move(socket), worker);
    Accept();
  });
}

void HttpServer::Impl::Adopt(tcp::socket socket, Worker& worker) {
  ++connections_accepted;
  error_code ec;
  const tcp::endpoint peer = socket.remote_endpoint(ec);
  if (ec) return;  // Gone already.
  Refusal refusal = Refusal::kNone;
  if (connections_open - refusals_open >= options.connections) {
    refusal = Refusal::kTooMany;
  } else if (!Join(ShareOf(peer.address()))) {
    refusal = Refusal::kTooManyOfAddress;
  }
  if (refusal != Refusal::kNone) {
    ++connections_refused;
    if (options.tls.enabled() || refusals_open >= kRefusalsMax) return;
    ++refusals_open;
  }
  ++connections_open;
  StartConnection(this, &worker, std::move(socket), peer, tls_context(), refusal);
}

absl::Status HttpServer::Impl::ReloadCertificates() {
  if (!options.tls.enabled()) {
    return Error(absl::StatusCode::kFailedPrecondition, "TLS_NOT_IN_USE", "the server speaks plain HTTP");
  }
  ASSIGN_OR_RETURN(auto context, LoadTls(options.tls));
  const std::lock_guard<std::mutex> lock(mutex);
  tls = std::move(context);
  return absl::OkStatus();
}

absl::Status HttpServer::Impl::Stop(absl::Duration grace) {
  std::unique_lock<std::mutex> lock(mutex);
  if (std::exchange(stopped, true)) return absl::OkStatus();
  draining = true;
  if (workers.empty() || !workers.front()->thread.joinable()) return absl::OkStatus();
  asio::post(workers.front()->context, [this] {
    error_code ignored;
    acceptor->close(ignored);
    accept_pause->cancel();
  });
  for (const auto& worker : workers) {
    asio::post(worker->context, [w = worker.get()] {
      // Copied: closing may take a connection out of the set.
      const std::vector<ConnectionBase*> all(w->connections.begin(), w->connections.end());
      for (ConnectionBase* connection : all) connection->CloseIfIdle();
    });
  }
  const auto gone = [this] { return connections_open == 0; };
  absl::Status result;
  if (!changed.wait_for(lock, ToChrono(grace), gone)) {
    result =
        Error(absl::StatusCode::kDeadlineExceeded, "DRAIN_INCOMPLETE",
              absl::StrCat(connections_open.load(), " connections were cut off after ", absl::FormatDuration(grace)));
    for (const auto& worker : workers) {
      asio::post(worker->context, [w = worker.get()] {
        const std::vector<ConnectionBase*> all(w->connections.begin(), w->connections.end());
        for (ConnectionBase* connection : all) connection->CutOff();
      });
    }
    changed.wait_for(lock, kCutOffWait, gone);
  }
  lock.unlock();
  for (const auto& worker : workers) {
    worker->guard.reset();
    worker->context.stop();
  }
  for (const auto& worker : workers) {
    worker->thread.join();
    {
      const std::lock_guard<std::mutex> post_lock(worker->post_mutex);
      worker->ended = true;
    }
    // Answers that were queued after the last round of the thread.
    worker->context.restart();
    worker->context.poll();
  }
  return result;
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { impl_->Stop(absl::ZeroDuration()).IgnoreError(); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(ServerOptions options, HttpHandler handler) {
  RETURN_IF_ERROR(CheckOptions(options));
  auto impl = std::make_shared<Impl>(std::move(options), std::move(handler));
  std::unique_ptr<HttpServer> server(new HttpServer(impl));
  RETURN_IF_ERROR(impl->Listen());
  return server;
}

uint16_t HttpServer::port() const { return impl_->bound_port; }

ServerStats HttpServer::stats() const {
  ServerStats stats;
  stats.connections_open = impl_->connections_open;
  stats.connections_accepted = impl_->connections_accepted;
  stats.connections_refused = impl_->connections_refused;
  stats.requests = impl_->requests;
  stats.requests_refused = impl_->requests_refused;
  stats.requests_in_flight = impl_->requests_in_flight;
  stats.held_body_bytes = impl_->held_bodies.total();
  return stats;
}

absl::Status HttpServer::ReloadCertificates() { return impl_->ReloadCertificates(); }

absl::Status HttpServer::Stop(absl::Duration grace) { return impl_->Stop(grace); }

}  // namespace kam::http
