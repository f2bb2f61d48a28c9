#include "common/server/admin_server.h"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::server {
namespace {

namespace asio = ::boost::asio;
namespace beast = ::boost::beast;
namespace http = ::boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

// Wait after accept() failed, usually for want of file descriptors.
constexpr std::chrono::milliseconds kAcceptPause(100);
constexpr char kPlainText[] = "text/plain; charset=utf-8";
constexpr char kPrometheusText[] = "text/plain; version=0.0.4; charset=utf-8";

using Request = http::request<http::empty_body>;
using Response = http::response<http::string_body>;

class AdminServerImpl;

// The answer of /readyz.
std::string ToText(const Readiness::State& state) {
  std::string text;
  if (!state.ready) {
    text = absl::StrCat("not ready: ", state.failing, state.reason.empty() ? "" : " ", state.reason, "\n");
  } else {
    text = state.degraded() ? "ready, degraded\n" : "ready\n";
  }
  for (const Readiness::Result& result : state.results) {
    absl::StrAppend(&text, result.check, ": ");
    if (result.passed) {
      text += "ok\n";
    } else {
      absl::StrAppend(&text, result.weight == Readiness::Weight::kRequired ? "failed " : "degraded ", result.reason,
                      "\n");
    }
  }
  return text;
}

// One connection; everything runs on the one thread of the io_context.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(AdminServerImpl* server, tcp::socket socket) : server_(server), stream_(std::move(socket)) {}
  void Read();
  void Close() { stream_.close(); }

 private:
  void OnRead(error_code error);
  void Write(Response response);
  void End();

  AdminServerImpl* const server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  std::optional<Response> response_;
  bool head_ = false;
};

class AdminServerImpl final : public AdminServer {
 public:
  AdminServerImpl(AdminOptions options, const Readiness& readiness, std::shared_ptr<prometheus::Registry> metrics)
      : options_(std::move(options)),
        readiness_(readiness),
        metrics_(std::move(metrics)),
        acceptor_(context_),
        pause_(context_) {}

  ~AdminServerImpl() override {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
      for (const std::shared_ptr<Session>& session : std::set<std::shared_ptr<Session>>(sessions_)) session->Close();
    });
    thread_.join();
  }

  absl::Status Listen() {
    const size_t colon = options_.address.rfind(':');
    int port = -1;
    if (colon == std::string::npos || !absl::SimpleAtoi(options_.address.substr(colon + 1), &port) || port < 0 ||
        port > 65535) {
      return BadAddress();
    }
    std::string host = options_.address.substr(0, colon);
    if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    error_code error;
    const asio::ip::address address = asio::ip::make_address(host, error);
    if (error) return BadAddress();
    const tcp::endpoint endpoint(address, static_cast<uint16_t>(port));
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(options_.connections_max, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    if (error) {
      return Error(absl::StatusCode::kUnavailable, "LISTEN_FAILED",
                   absl::StrCat("cannot listen on ", options_.address, ": ", error.message()),
                   {{"address", options_.address}});
    }
    Accept();
    thread_ = std::thread([this] {
      try {
        context_.run();
      } catch (const std::exception& e) {
        log::Fatal("the admin server failed", {{"error", e.what()}});
      }
    });
    return absl::OkStatus();
  }

  int port() const override { return port_; }
  const AdminOptions& options() const { return options_; }
  void Forget(const std::shared_ptr<Session>& session) { sessions_.erase(session); }

  // Status, content type and body of an answer.
  struct Answer {
    http::status status = http::status::ok;
    const char* type = kPlainText;
    std::string body;
  };
  Answer Handle(absl::string_view path) const {
    if (path == "/livez") return {http::status::ok, kPlainText, "alive\n"};
    if (path == "/startupz") {
      if (readiness_.was_ready()) return {http::status::ok, kPlainText, "started\n"};
      return {http::status::service_unavailable, kPlainText, "starting\n"};
    }
    if (path == "/readyz") {
      const Readiness::State state = readiness_.state();
      return {state.ready ? http::status::ok : http::status::service_unavailable, kPlainText, ToText(state)};
    }
    if (path == "/metrics") {
      if (options_.on_scrape) options_.on_scrape();
      return {http::status::ok, kPrometheusText, prometheus::TextSerializer().Serialize(metrics_->Collect())};
    }
    return {http::status::not_found, kPlainText, "not found\n"};
  }

 private:
  absl::Status BadAddress() const {
    return InvalidField("admin_listen", "FIELD_INVALID",
                        absl::StrCat("\"", options_.address, "\" is not an IP address and port"),
                        {{"value", options_.address}});
  }

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) {
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](error_code) {
          if (acceptor_.is_open()) Accept();
        });
        return;
      }
      if (static_cast<int>(sessions_.size()) < options_.connections_max) {
        auto session = std::make_shared<Session>(this, std::move(socket));
        sessions_.insert(session);
        session->Read();
      }
      Accept();
    });
  }

  const AdminOptions options_;
  const Readiness& readiness_;
  const std::shared_ptr<prometheus::Registry> metrics_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::set<std::shared_ptr<Session>> sessions_;
  int port_ = 0;
  std::thread thread_;
};

void Session::Read() {
  parser_.emplace();
  parser_->header_limit(static_cast<uint32_t>(server_->options().header_bytes_max));
  parser_->body_limit(0);
  // One limit for the whole request: a client that sends a byte now and then does not win time.
  stream_.expires_after(absl::ToChronoMilliseconds(server_->options().read_timeout));
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](error_code error, size_t) { self->OnRead(error); });
}

void Session::OnRead(error_code error) {
  const auto refuse = [this](http::status status) {
    Response response(status, 11);
    response.keep_alive(false);
    response.set(http::field::content_type, kPlainText);
    response.body() = absl::StrCat(std::string(http::obsolete_reason(status)), "\n");
    Write(std::move(response));
  };
  head_ = false;
  if (error == http::error::header_limit) return refuse(http::status::request_header_fields_too_large);
  if (error == http::error::body_limit || error == http::error::unexpected_body) {
    return refuse(http::status::payload_too_large);
  }
  if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return refuse(http::status::bad_request);
  }
  if (error) return End();

  const Request request = parser_->release();
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return refuse(http::status::method_not_allowed);
  }
  head_ = request.method() == http::verb::head;
  absl::string_view path(request.target().data(), request.target().size());
  path = path.substr(0, path.find('?'));
  AdminServerImpl::Answer answer = server_->Handle(path);
  Response response(answer.status, request.version());
  response.keep_alive(request.keep_alive());
  response.set(http::field::content_type, answer.type);
  response.set(http::field::cache_control, "no-store");
  response.body() = std::move(answer.body);
  Write(std::move(response));
}

void Session::Write(Response response) {
  response_ = std::move(response);
  response_->prepare_payload();
  if (head_) response_->body().clear();
  stream_.expires_after(absl::ToChronoMilliseconds(server_->options().write_timeout));
  http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
    if (error || self->response_->need_eof()) return self->End();
    self->Read();
  });
}

void Session::End() {
  error_code ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream_.close();
  server_->Forget(shared_from_this());
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(AdminOptions options, const Readiness& readiness,
                                                                std::shared_ptr<prometheus::Registry> metrics) {
  auto server = std::make_unique<AdminServerImpl>(std::move(options), readiness, std::move(metrics));
  RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<AdminServer>(std::move(server));
}

}  // namespace kam::server
