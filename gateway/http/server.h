// HTTP/1.1 server, plain or TLS, for a hostile network. See message.h for requests and answers.
#ifndef KAM_GATEWAY_HTTP_SERVER_H_
#define KAM_GATEWAY_HTTP_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/head.h"
#include "gateway/http/message.h"

namespace kam::http {

struct TlsOptions {
  // PEM files: certificate chain, leaf first, and its key. Both empty: no TLS.
  std::string certificate_file;
  std::string key_file;
  // PEM file of authorities that may sign client certificates. Empty: none is asked for.
  std::string client_ca_file;
  // With client_ca_file: connections without a valid client certificate are refused.
  bool require_client_certificate = false;

  bool enabled() const { return !certificate_file.empty() || !key_file.empty(); }
};

struct ServerOptions {
  // Numeric address or host name to listen on.
  std::string host = "127.0.0.1";
  // 0: any free port, see HttpServer::port().
  uint16_t port = 0;
  // Without certificate the server starts only when plain HTTP is asked for by name.
  bool plain = false;
  TlsOptions tls;
  int io_threads = 2;

  HeadLimits head;
  // Bytes of a request body, decoded. Over: 413.
  size_t body_bytes = size_t{8} << 20;
  // Bytes of the bodies held at a time, over all connections, each from its arrival to the answer: bodies are read
  // before anybody knows whose they are. Over: 503.
  int64_t held_body_bytes = int64_t{256} << 20;
  // The same of the connections from one address (IPv6: one network of 64 bits), so that one peer cannot take the room
  // of all. Over: 503. Behind a TLS terminator all come from one address: give it all of them.
  int64_t address_body_bytes = int64_t{64} << 20;
  // Bytes of the extensions of one chunk.
  size_t chunk_extension_bytes = 256;
  // Open connections. Over: 503 and close; TLS connections are closed before the handshake.
  int connections = 1024;
  // The same of those from one address (IPv6: one network of 64 bits), so that one peer cannot take the places of all.
  // Behind a TLS terminator all come from one address: give it all of them.
  int address_connections = 256;
  // Requests served on one connection before it is closed.
  int requests_per_connection = 1000;

  // Each is a deadline over the whole step, however slowly bytes trickle in.
  absl::Duration handshake_timeout = absl::Seconds(10);
  // Between two requests on a connection.
  absl::Duration idle_timeout = absl::Seconds(60);
  // From the first byte of a request (from accept, for the first one) to the end of its head. Over: 408.
  absl::Duration header_timeout = absl::Seconds(10);
  // From the end of the head to the end of the body. Over: 408.
  absl::Duration body_timeout = absl::Seconds(30);
  // From the first to the last byte of an answer.
  absl::Duration write_timeout = absl::Seconds(30);
  // From the end of the request to the handler's answer. Over: 504.
  absl::Duration handler_timeout = absl::Seconds(30);
  // After a refusal the rest of what the peer sends is thrown away for so long, so that it can read the answer.
  absl::Duration linger_timeout = absl::Seconds(1);

  // Told of every request that was refused before it reached the handler, and of handlers that ran out of time.
  // Called on an I/O thread; must not block.
  std::function<void(absl::string_view peer, int status, absl::string_view reason)> on_refused;
};

struct ServerStats {
  int64_t connections_open = 0;
  int64_t connections_accepted = 0;
  int64_t connections_refused = 0;
  int64_t requests = 0;
  // Requests refused before the handler: malformed, too large, too slow.
  int64_t requests_refused = 0;
  int64_t requests_in_flight = 0;
  // Of request bodies, held now.
  int64_t held_body_bytes = 0;
};

class HttpServer {
 public:
  // Listens and serves at once. Errors: INVALID_ARGUMENT for options, UNAVAILABLE when the address is taken,
  // FAILED_PRECONDITION for certificate files that cannot be used.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(ServerOptions options, HttpHandler handler);

  // Stops without grace.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  uint16_t port() const;
  ServerStats stats() const;

  // Reads the certificate files again; connections made from now on use them. On error the old ones stay in use.
  absl::Status ReloadCertificates();

  // Stops accepting, closes idle connections, lets requests in flight finish with "Connection: close", and returns when
  // all connections are gone. DEADLINE_EXCEEDED when some had to be cut off after `grace`. A second call does nothing.
  absl::Status Stop(absl::Duration grace);

 private:
  class Impl;
  explicit HttpServer(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace kam::http

#endif  // KAM_GATEWAY_HTTP_SERVER_H_
