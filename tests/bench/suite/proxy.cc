#include "tests/bench/suite/proxy.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/http/raw_client.h"

namespace kam::bench {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(10);

// OK once something answers at the port.
absl::Status WaitForPort(e2e::Process* process, uint16_t port, const std::string& log) {
  bool connected = false;
  e2e::WaitFor(kStartTimeout, [&] {
    connected = http::RawClient(port).connected();
    return connected || !process->running();
  });
  if (connected) return absl::OkStatus();
  return Internal(absl::StrCat("a proxy did not start: ", e2e::LogTail(log)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Proxy>> Proxy::StartNginx(const std::string& binary, const std::string& folder,
                                                         int backend_port) {
  std::error_code ignored;
  const std::string directory = std::filesystem::absolute(folder, ignored);  // nginx has relative paths of its own.
  std::filesystem::create_directories(directory, ignored);
  const uint16_t port = e2e::FreePort();
  const std::string config = directory + "/nginx.conf";
  // One process, as many connections as clients; no limit makes it close a connection while it is measured.
  std::ofstream(config) << "daemon off; master_process off; pid " << directory << "/pid;\n"
                        << "error_log " << directory << "/error.log;\nevents { worker_connections 1024; }\n"
                        << "http {\n  access_log off; client_body_temp_path " << directory << "/body;\n"
                        << "  proxy_temp_path " << directory << "/proxy; fastcgi_temp_path " << directory
                        << "/fastcgi; uwsgi_temp_path " << directory << "/uwsgi; scgi_temp_path " << directory
                        << "/scgi;\n  large_client_header_buffers 8 64k; keepalive_requests 1000000000;\n"
                        << "  upstream accounts { server 127.0.0.1:" << backend_port
                        << "; keepalive 64; keepalive_requests 1000000000; }\n"
                        << "  server { listen 127.0.0.1:" << port
                        << " http2; location / { grpc_pass grpc://accounts; } }\n}\n";
  const std::string log = directory + "/log";
  ASSIGN_OR_RETURN(auto process, e2e::Process::Start({binary, "-p", directory, "-c", config}, log));
  RETURN_IF_ERROR(WaitForPort(process.get(), port, log));
  return std::unique_ptr<Proxy>(new Proxy(std::move(process), port));
}

absl::StatusOr<std::unique_ptr<Proxy>> Proxy::StartGrpcGateway(const std::string& binary, const std::string& directory,
                                                               int backend_port) {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  const uint16_t port = e2e::FreePort();
  const std::string log = directory + "/log";
  ASSIGN_OR_RETURN(
      auto process,
      e2e::Process::Start({binary, absl::StrCat("127.0.0.1:", port), absl::StrCat("127.0.0.1:", backend_port)}, log));
  RETURN_IF_ERROR(WaitForPort(process.get(), port, log));
  return std::unique_ptr<Proxy>(new Proxy(std::move(process), port));
}

}  // namespace kam::bench
