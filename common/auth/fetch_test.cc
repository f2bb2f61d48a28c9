// The fetch of a key set, against a TLS server with a certificate of its own on a free port.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/auth/key_source.h"
#include "common/auth/testing.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::auth {
namespace {

using ::testing::HasSubstr;

// Answers every connection with the same bytes and closes it; with no bytes, keeps it open until the end.
class TlsServer {
 public:
  TlsServer(std::string answer, const std::string& certificate_file, const char* address = "IP:127.0.0.1")
      : answer_(std::move(answer)), context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, address);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key.get());
    std::FILE* file = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);

    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(local);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&local), size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
      std::abort();
    }
    port_ = ntohs(local.sin_port);
    if (::pipe(stop_) != 0) std::abort();
    thread_ = std::thread([this] { Serve(); });
  }
  ~TlsServer() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]);
    ::close(listener_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::string url(const std::string& host = "127.0.0.1") const {
    return absl::StrCat("https://", host, ":", port_, "/keys");
  }
  int requests() const { return requests_; }

 private:
  void Serve() {
    while (true) {
      pollfd waiting[] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN | POLLHUP, 0}};
      ::poll(waiting, 2, -1);
      if (waiting[1].revents != 0) return;
      const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context_.get()), SSL_free);
      SSL_set_fd(tls.get(), peer);
      char request[4096];
      if (SSL_accept(tls.get()) == 1 && SSL_read(tls.get(), request, sizeof(request)) > 0) {
        ++requests_;
        if (answer_.empty()) {
          pollfd stopped{stop_[0], POLLIN | POLLHUP, 0};
          ::poll(&stopped, 1, -1);
        } else {
          SSL_write(tls.get(), answer_.data(), static_cast<int>(answer_.size()));
          SSL_shutdown(tls.get());
        }
      }
      ::close(peer);
    }
  }

  const std::string answer_;
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  unsigned port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

std::string Http(const std::string& status, const std::string& body, const std::string& header = "") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + header + "\r\n" + body;
}

class FetchTest : public ::testing::Test {
 protected:
  FetchTest() { ::signal(SIGPIPE, SIG_IGN); }
  std::string CauseOf(const TlsServer& server, absl::Duration timeout = absl::Seconds(30)) {
    const absl::Status status = FetchHttps(server.url(), certificate_, timeout).status();
    EXPECT_EQ(Reason(status), "FETCH_FAILED") << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    return MetadataValue(status, "cause");
  }
  TemporaryDirectory directory_;
  const std::string certificate_ = directory_ / "server.pem";
};

TEST_F(FetchTest, AKeySetComesOverVerifiedTls) {
  const KeyPtr key = NewKey("a");
  const TlsServer server(Http("200 OK", AddToJwks("", key->PublicJwk()).value()), certificate_);
  const auto source =
      HttpKeySource::Create({.url = server.url(), .ca_file = certificate_, .timeout = absl::Seconds(30)});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_TRUE((*source)->Find("a", kNoon).ok());
  EXPECT_EQ(Reason((*source)->Find("b", kNoon + absl::Seconds(1)).status()), "TOKEN_KEY_UNKNOWN");
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(FetchTest, AnUntrustedCertificateIsRefused) {
  const TlsServer server(Http("200 OK", "{\"keys\":[]}"), certificate_);
  const absl::Status status = FetchHttps(server.url(), "", absl::Seconds(30)).status();
  EXPECT_EQ(Reason(status), "FETCH_FAILED");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(FetchTest, ACertificateOfAnotherHostIsRefused) {
  const TlsServer server(Http("200 OK", "{\"keys\":[]}"), certificate_, "DNS:id.example");
  CauseOf(server);
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(FetchTest, ARedirectIsNotFollowed) {
  const TlsServer target(Http("200 OK", "{\"keys\":[]}"), directory_ / "target.pem");
  const TlsServer server(Http("302 Found", "", "Location: " + target.url() + "\r\nContent-Length: 0\r\n"),
                         certificate_);
  EXPECT_EQ(CauseOf(server), "HTTP status 302");
  EXPECT_EQ(target.requests(), 0);
}

TEST_F(FetchTest, AnErrorStatusIsNoKeySet) {
  const TlsServer server(Http("500 Internal Server Error", "{\"keys\":[]}"), certificate_);
  EXPECT_EQ(CauseOf(server), "HTTP status 500");
}

TEST_F(FetchTest, TheBodyIsCappedWithAndWithoutAnnouncedLength) {
  const std::string exact(kMaxJwksBytes, ' ');
  {
    const TlsServer server(Http("200 OK", exact), certificate_);
    EXPECT_EQ(FetchHttps(server.url(), certificate_, absl::Seconds(30)).value().size(), kMaxJwksBytes);
  }
  {
    const TlsServer server(Http("200 OK", exact + " "), certificate_);
    EXPECT_THAT(CauseOf(server), HasSubstr("more than 65536 bytes"));
  }
  const TlsServer server(Http("200 OK", exact + " ", "Content-Length: 65537\r\n"), certificate_);
  EXPECT_THAT(CauseOf(server), HasSubstr("more than 65536 bytes"));
}

TEST_F(FetchTest, AServerThatNeverAnswersIsGivenUp) {
  const TlsServer server("", certificate_);
  EXPECT_THAT(CauseOf(server, absl::Seconds(2)), HasSubstr("Timeout"));
}

}  // namespace
}  // namespace kam::auth
