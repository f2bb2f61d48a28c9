#include "gateway/http/connection.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"
#include "gateway/http/problem.h"
#include "gateway/http/response_head.h"
#include "gateway/http/tls_context.h"

namespace kam::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyTime = std::chrono::steady_clock::time_point;

// One read asks for so many bytes.
constexpr size_t kReadBytes = size_t{16} << 10;
// Bodies up to this size go out in one piece with their head: one system call, one TLS record sequence.
constexpr size_t kCoalesceBytes = size_t{64} << 10;
// Most bytes thrown away after a refusal.
constexpr size_t kLingerBytesMax = size_t{16} << 20;

asio::redirect_error_t<asio::use_awaitable_t<>> Redirect(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

tcp::socket& SocketOf(tcp::socket& stream) { return stream; }
tcp::socket& SocketOf(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

// What one request holds of the bytes that all bodies together, and those from its address, may take.
class HeldBytes {
 public:
  // `share` must outlive it.
  HeldBytes(ConnectionHost* host, const std::string& share) : budget_(host->held_bodies), share_(share) {}
  ~HeldBytes() { GiveBack(); }
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;

  // False, and nothing taken, when there is no room.
  bool Take(size_t bytes) {
    const auto more = static_cast<int64_t>(bytes);
    if (!budget_.Take(share_, more).ok()) return false;
    bytes_ += more;
    return true;
  }

  void GiveBack() { budget_.Give(share_, std::exchange(bytes_, 0)); }

 private:
  gateway::ByteBudget& budget_;
  const std::string& share_;
  int64_t bytes_ = 0;
};

// One connection, from accept to close. A coroutine on its worker's thread does everything in order; the watchdog is
// one timer that cuts off whatever the coroutine waits for when the deadline of the current step has passed.
template <typename Stream>
class Connection : public ConnectionBase, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, tcp::socket>;

  Connection(ConnectionHost* server, Worker* worker, tcp::socket socket, const tcp::endpoint& peer,
             std::shared_ptr<asio::ssl::context> tls, Refusal refusal)
      : server_(server),
        worker_(worker),
        tls_(std::move(tls)),
        stream_(MakeStream(std::move(socket), tls_.get())),
        refusal_(refusal),
        buffer_(server->options.head.head_bytes + 2 * kReadBytes),
        peer_(absl::StrCat(peer.address().is_v6() ? "[" : "", peer.address().to_string(),
                           peer.address().is_v6() ? "]:" : ":", peer.port())),
        share_(ShareOf(peer.address())),
        watchdog_(worker->context),
        answered_(worker->context) {}

  ~Connection() override { Release(); }

  // Call on the worker's thread.
  void Start() {
    worker_->connections.insert(this);
    error_code ec;
    SocketOf(stream_).set_option(tcp::no_delay(true), ec);
    auto self = this->shared_from_this();
    asio::co_spawn(
        worker_->context, [self] { return self->Run(); },
        // An exception (no memory) ends this connection and no other.
        [self](std::exception_ptr) { self->Finish(); });
  }

  void CloseIfIdle() override {
    if (idle_) CutOff();
  }

  void CutOff() override {
    cut_off_ = true;
    Close();
    answered_.cancel();
  }

 private:
  // Why the next step is not taken.
  enum class Next { kContinue, kClose, kLinger };

  static Stream MakeStream(tcp::socket socket, asio::ssl::context* tls) {
    if constexpr (kTls) {
      return Stream(std::move(socket), *tls);
    } else {
      (void)tls;
      return socket;
    }
  }

  // Sets the deadline of the step that begins now.
  void Deadline(absl::Duration timeout) {
    timed_out_ = false;
    deadline_ = std::chrono::steady_clock::now() + ToChrono(timeout);
    // A watchdog that wakes too early goes back to sleep, so it is set anew only when it would wake too late.
    if (!armed_ || deadline_ < wake_) Arm();
  }

  void Arm() {
    armed_ = true;
    wake_ = deadline_;
    watchdog_.expires_at(wake_);
    watchdog_.async_wait([self = this->shared_from_this()](error_code ec) {
      if (ec || self->finished_) return;
      if (std::chrono::steady_clock::now() < self->deadline_) return self->Arm();
      self->armed_ = false;
      self->timed_out_ = true;
      error_code ignored;
      SocketOf(self->stream_).cancel(ignored);
      self->answered_.cancel();
    });
  }

  void Close() {
    error_code ignored;
    SocketOf(stream_).close(ignored);
  }

  void Finish() {
    if (finished_) return;
    finished_ = true;
    worker_->connections.erase(this);
    watchdog_.cancel();
    Close();
    Release();
  }

  // Gives the place back. A handler may keep the object itself alive for longer, by its callback.
  void Release() {
    if (std::exchange(released_, true)) return;
    if (refusal_ == Refusal::kNone) {
      server_->Leave(share_);
    } else {
      --server_->refusals_open;
    }
    server_->ConnectionClosed();
  }

  asio::awaitable<void> Run() {
    if (refusal_ != Refusal::kNone) {
      co_await Refuse();
      co_return;
    }
    error_code ec;
    if constexpr (kTls) {
      Deadline(server_->options.handshake_timeout);
      co_await stream_.async_handshake(asio::ssl::stream_base::server, Redirect(ec));
      if (ec || timed_out_) co_return;
      client_cn_ = ClientCommonName(stream_.native_handle());
    }
    for (int served = 1;; ++served) {
      const Next next = co_await ServeOne(served);
      if (next == Next::kContinue) continue;
      if (next == Next::kLinger) co_await Linger();
      co_return;
    }
  }

  // Reads one request, has it answered, writes the answer.
  asio::awaitable<Next> ServeOne(int served) {
    const ServerOptions& options = server_->options;
    HeadParser parser(options.head);
    error_code ec;
    HeadParser::Result result = HeadParser::Result::kNeedMore;
    idle_ = buffer_.size() == 0;
    if (idle_ && server_->draining) co_return Next::kLinger;
    // A peer that never said anything is given less time than one that has shown what it is.
    Deadline(idle_ && served > 1 ? options.idle_timeout : options.header_timeout);
    while (true) {
      if (buffer_.size() > 0) {
        result = parser.Parse(Buffered());
        if (result != HeadParser::Result::kNeedMore) break;
      }
      const size_t size = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), Redirect(ec));
      buffer_.commit(size);
      if (ec) {
        if (!timed_out_ || cut_off_ || idle_) co_return Next::kClose;
        co_return co_await Refuse(408, "HEADER_TIMEOUT", "the head of the request did not arrive in time");
      }
      if (idle_) {
        idle_ = false;
        Deadline(options.header_timeout);
      }
    }
    idle_ = false;
    if (result == HeadParser::Result::kError) {
      const HeadError& error = parser.error();
      co_return co_await Refuse(error.status, error.reason, error.message);
    }

    Head& head = parser.head();
    HttpRequest request;
    HeldBytes held(server_, share_);
    const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
    if (has_body) {
      const Next next = co_await ReadBody(parser, &request.body, &held);
      if (next != Next::kContinue) co_return next;
    } else {
      buffer_.consume(parser.size());
    }
    request.method = std::move(head.method);
    request.target = std::move(head.target);
    request.path = std::move(head.path);
    request.query = std::move(head.query);
    request.headers = std::move(head.headers);
    request.peer = peer_;
    request.tls = kTls;
    request.client_cn = client_cn_;
    const bool is_head = request.method == "HEAD";

    ++server_->requests;
    std::optional<HttpResponse> response = co_await Answer(std::move(request));
    held.GiveBack();
    if (cut_off_) co_return Next::kClose;
    bool close = !head.keep_alive || served >= options.requests_per_connection || server_->draining;
    if (!response.has_value()) {
      if (options.on_refused) options.on_refused(peer_, 504, "HANDLER_TIMEOUT");
      response = ProtocolProblem(504, "HANDLER_TIMEOUT", "the request was not answered in time", "");
      close = true;
    }
    co_return co_await Write(*std::move(response), close, is_head);
  }

  absl::string_view Buffered() const {
    return absl::string_view(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  }

  // Reads the body that the head announces; takes head and body out of the buffer.
  asio::awaitable<Next> ReadBody(HeadParser& parser, std::string* body, HeldBytes* held) {
    const ServerOptions& options = server_->options;
    const Head& head = parser.head();
    error_code ec;
    if (head.content_length.value_or(0) > options.body_bytes) {
      co_return co_await Refuse(413, "BODY_TOO_LARGE", BodyTooLarge());
    }
    Deadline(options.body_timeout);
    if (head.expect_continue && buffer_.size() == parser.size()) {
      static constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue, sizeof(kContinue) - 1), Redirect(ec));
      if (ec) co_return Next::kClose;
    }
    if (head.chunked) co_return co_await ReadChunks(body, held);

    // Memory grows with what arrives, never with what is announced.
    buffer_.consume(parser.size());
    const auto wanted = static_cast<size_t>(*head.content_length);
    while (true) {
      const size_t take = std::min(wanted - body->size(), buffer_.size());
      if (!held->Take(take)) co_return co_await RefuseForLackOfRoom();
      body->append(Buffered().data(), take);
      buffer_.consume(take);
      if (body->size() == wanted) co_return Next::kContinue;
      const size_t size =
          co_await stream_.async_read_some(buffer_.prepare(std::min(kReadBytes, wanted - body->size())), Redirect(ec));
      buffer_.commit(size);
      if (ec) co_return co_await BodyFailed();
    }
  }

  asio::awaitable<Next> ReadChunks(std::string* body, HeldBytes* held) {
    // Beast reads the head once more, which passed the stricter parser, and then the chunks. Trailers are dropped.
    beast::http::request_parser<beast::http::string_body> chunks;
    chunks.header_limit(static_cast<uint32_t>(2 * server_->options.head.head_bytes));
    chunks.body_limit(server_->options.body_bytes);
    const size_t extension_bytes = server_->options.chunk_extension_bytes;
    auto on_chunk = [extension_bytes](uint64_t, beast::string_view extensions, error_code& ec) {
      if (extensions.size() > extension_bytes) ec = beast::http::error::bad_chunk_extension;
    };
    chunks.on_chunk_header(on_chunk);
    bool no_room = false;
    auto on_body = [body, held, &no_room](uint64_t, beast::string_view bytes, error_code& ec) -> size_t {
      no_room = !held->Take(bytes.size());
      if (no_room) {
        ec = beast::http::error::body_limit;
        return 0;
      }
      body->append(bytes.data(), bytes.size());
      return bytes.size();
    };
    chunks.on_chunk_body(on_body);
    error_code ec;
    co_await beast::http::async_read(stream_, buffer_, chunks, Redirect(ec));
    if (!ec) co_return Next::kContinue;
    if (no_room) co_return co_await RefuseForLackOfRoom();
    if (ec == beast::http::error::body_limit) co_return co_await Refuse(413, "BODY_TOO_LARGE", BodyTooLarge());
    const bool malformed = ec.category() == beast::http::make_error_code(beast::http::error::bad_chunk).category() &&
                           ec != beast::http::error::end_of_stream && ec != beast::http::error::partial_message;
    if (malformed) co_return co_await Refuse(400, "BAD_CHUNK", "the chunked body is malformed");
    co_return co_await BodyFailed();
  }

  asio::awaitable<Next> BodyFailed() {
    if (!timed_out_ || cut_off_) co_return Next::kClose;
    co_return co_await Refuse(408, "BODY_TIMEOUT", "the body of the request did not arrive in time");
  }

  asio::awaitable<Next> RefuseForLackOfRoom() {
    co_return co_await Refuse(
        503, "TOO_MANY_BODY_BYTES",
        "the bodies of other requests take all the room, or all that your address may take; try again");
  }

  std::string BodyTooLarge() const {
    return absl::StrCat("the body of the request is longer than ", server_->options.body_bytes, " bytes");
  }

  // The handler's answer; nothing when it did not come in time or the connection was cut off.
  asio::awaitable<std::optional<HttpResponse>> Answer(HttpRequest request) {
    // The server is named first: it holds the I/O context and must go last.
    struct Pending {
      std::shared_ptr<ConnectionHost> server;
      std::shared_ptr<Connection> connection;
      std::atomic<bool> called = false;
      // On the connection's thread.
      std::optional<HttpResponse> response;
      bool abandoned = false;
    };
    auto pending = std::make_shared<Pending>();
    pending->server = server_->shared_from_this();
    pending->connection = this->shared_from_this();
    Deadline(server_->options.handler_timeout);
    ++server_->requests_in_flight;
    server_->handler(std::move(request), [pending](HttpResponse response) {
      if (pending->called.exchange(true)) return;
      Worker* const worker = pending->connection->worker_;
      const std::lock_guard<std::mutex> lock(worker->post_mutex);
      if (worker->ended) return;
      asio::dispatch(worker->context, [pending, response = std::move(response)]() mutable {
        if (pending->abandoned) return;
        pending->response = std::move(response);
        pending->connection->answered_.cancel();
      });
    });
    while (!pending->response.has_value() && !timed_out_ && !cut_off_) {
      error_code ignored;
      answered_.expires_at(SteadyTime::max());
      co_await answered_.async_wait(Redirect(ignored));
    }
    --server_->requests_in_flight;
    pending->abandoned = true;
    co_return std::move(pending->response);
  }

  asio::awaitable<Next> Write(HttpResponse response, bool close, bool is_head) {
    Deadline(server_->options.write_timeout);
    error_code ec;
    std::string head = ResponseHead(response, close, kTls);
    if (is_head || response.status == 204 || response.status == 304) response.body.clear();
    if (response.body.size() <= kCoalesceBytes) {
      head += response.body;
      response.body.clear();
    }
    co_await asio::async_write(stream_, asio::buffer(head), Redirect(ec));
    if (!ec && !response.body.empty()) {
      co_await asio::async_write(stream_, asio::buffer(response.body), Redirect(ec));
    }
    if (ec) co_return Next::kClose;
    co_return close ? Next::kLinger : Next::kContinue;
  }

  // Answers a request that never becomes one, and closes.
  asio::awaitable<Next> Refuse(int status, absl::string_view reason, absl::string_view message) {
    server_->Refused(peer_, status, reason);
    HttpResponse response = ProtocolProblem(status, reason, message, "");
    co_return co_await Write(std::move(response), /*close=*/true, /*is_head=*/false);
  }

  // Over a limit of connections.
  asio::awaitable<void> Refuse() {
    Deadline(server_->options.linger_timeout);
    if constexpr (!kTls) {
      HttpResponse response =
          ProtocolProblem(503, "TOO_MANY_CONNECTIONS",
                          refusal_ == Refusal::kTooMany ? "the server has no connection to spare"
                                                        : "your address has as many connections as one may have",
                          "");
      const Next next = co_await Write(std::move(response), /*close=*/true, /*is_head=*/false);
      if (next == Next::kLinger) co_await Linger();
    }
  }

  // Closes so that the peer can still read the answer: bytes left unread would turn the close into a reset.
  asio::awaitable<void> Linger() {
    Deadline(server_->options.linger_timeout);
    error_code ec;
    if constexpr (kTls) {
      co_await stream_.async_shutdown(Redirect(ec));
      if (timed_out_) co_return;
    }
    SocketOf(stream_).shutdown(tcp::socket::shutdown_send, ec);
    buffer_.clear();
    for (size_t total = 0; total < kLingerBytesMax;) {
      ec.clear();
      total += co_await SocketOf(stream_).async_read_some(buffer_.prepare(kReadBytes), Redirect(ec));
      if (ec) co_return;
    }
  }

  ConnectionHost* const server_;
  Worker* const worker_;
  const std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  const Refusal refusal_;
  beast::flat_buffer buffer_;
  const std::string peer_;
  const std::string share_;
  std::string client_cn_;

  asio::steady_timer watchdog_;
  SteadyTime deadline_;
  SteadyTime wake_;
  bool armed_ = false;
  bool timed_out_ = false;

  // Cancelled when the handler has answered.
  asio::steady_timer answered_;
  bool idle_ = false;
  bool cut_off_ = false;
  bool finished_ = false;
  bool released_ = false;
};

}  // namespace

std::string ShareOf(const asio::ip::address& address) {
  if (!address.is_v6()) return address.to_string();
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  const auto bytes = v6.to_bytes();
  constexpr size_t kNetworkBytes = 8;
  return std::string(bytes.begin(), bytes.begin() + kNetworkBytes);
}

void StartConnection(ConnectionHost* host, Worker* worker, tcp::socket socket, const tcp::endpoint& peer,
                     std::shared_ptr<asio::ssl::context> tls, Refusal refusal) {
  const auto start = [&](auto connection) {
    asio::post(worker->context, [connection = std::move(connection)] { connection->Start(); });
  };
  if (tls != nullptr) {
    start(std::make_shared<Connection<asio::ssl::stream<tcp::socket>>>(host, worker, std::move(socket), peer,
                                                                       std::move(tls), refusal));
  } else {
    start(std::make_shared<Connection<tcp::socket>>(host, worker, std::move(socket), peer, nullptr, refusal));
  }
}

}  // namespace kam::http
