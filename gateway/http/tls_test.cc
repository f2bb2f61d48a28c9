// TLS of the HTTP server, with certificates made on the spot.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/status/status.h"
#include "gateway/http/raw_client.h"
#include "gateway/http/server.h"
#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"

namespace kam::http {
namespace {

struct Identity {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;

  explicit Identity(const char* common_name) {
    key = EVP_EC_gen("P-256");
    certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  void Write(const std::string& certificate_file, const std::string& key_file) const {
    FILE* file = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    char pattern[] = "/tmp/kam_tls_test_XXXXXX";
    directory_ = mkdtemp(pattern);
    certificate_ = directory_ + "/server.crt";
    key_ = directory_ + "/server.key";
    client_ca_ = directory_ + "/client.crt";
    first_.Write(certificate_, key_);
  }
  ~TlsTest() override {
    for (const char* name : {"/server.crt", "/server.key", "/client.crt", "/client.key"}) {
      unlink((directory_ + name).c_str());
    }
    rmdir(directory_.c_str());
  }

  ServerOptions Options() const {
    ServerOptions options;
    options.tls.certificate_file = certificate_;
    options.tls.key_file = key_;
    options.linger_timeout = absl::Milliseconds(200);
    return options;
  }

  static void Echo(HttpRequest request, Done done) {
    HttpResponse response;
    response.body = absl::StrCat(request.tls ? "tls " : "plain ", request.client_cn, " ", request.body.size());
    done(std::move(response));
  }

  std::string directory_, certificate_, key_, client_ca_;
  Identity first_{"first.kam.example"};
};

// One TLS connection; the test sees its handshake and its answers.
class TlsClient {
 public:
  TlsClient(uint16_t port, int max_version, const Identity* identity, absl::string_view alpn = "\x08http/1.1") {
    context_ = SSL_CTX_new(TLS_client_method());
    // Old versions are offered whatever the distribution's security level says.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, max_version);
    if (identity != nullptr) {
      SSL_CTX_use_certificate(context_, identity->certificate);
      SSL_CTX_use_PrivateKey(context_, identity->key);
    }
    SSL_CTX_set_alpn_protos(context_, reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
    bio_ = BIO_new_ssl_connect(context_);
    BIO_set_conn_hostname(bio_, absl::StrCat("127.0.0.1:", port).c_str());
    handshake_ = BIO_do_connect(bio_) == 1 && BIO_do_handshake(bio_) == 1;
  }
  ~TlsClient() {
    BIO_free_all(bio_);
    SSL_CTX_free(context_);
  }
  bool handshake() const { return handshake_; }
  std::string Ask(absl::string_view request) {
    if (BIO_write(bio_, request.data(), static_cast<int>(request.size())) <= 0) return "";
    std::string answer;
    char bytes[4096];
    int size;
    while ((size = BIO_read(bio_, bytes, sizeof(bytes))) > 0) answer.append(bytes, static_cast<size_t>(size));
    return answer;
  }
  std::string ServerName() {
    SSL* ssl = nullptr;
    BIO_get_ssl(bio_, &ssl);
    X509* certificate = SSL_get1_peer_certificate(ssl);
    char text[128] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof(text));
    X509_free(certificate);
    return text;
  }

 private:
  SSL_CTX* context_;
  BIO* bio_;
  bool handshake_ = false;
};

constexpr char kClose[] = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST_F(TlsTest, ServesTls12AndTls13AndSaysSo) {
  const auto server = HttpServer::Start(Options(), Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client((*server)->port(), version, nullptr);
    ASSERT_TRUE(client.handshake());
    const std::string answer = client.Ask(kClose);
    EXPECT_NE(answer.find("HTTP/1.1 200 OK"), std::string::npos) << answer;
    EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
    EXPECT_NE(answer.find("tls  0"), std::string::npos);
  }
}

TEST_F(TlsTest, RefusesTls11) {
  const auto server = HttpServer::Start(Options(), Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_FALSE(TlsClient((*server)->port(), TLS1_1_VERSION, nullptr).handshake());
}

TEST_F(TlsTest, RefusesClientsThatSpeakOtherProtocolsOnly) {
  const auto server = HttpServer::Start(Options(), Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_FALSE(TlsClient((*server)->port(), TLS1_3_VERSION, nullptr, "\x02h2").handshake());
}

TEST_F(TlsTest, LargeBodiesAndMalformedRequestsWorkAsWithoutTls) {
  const auto server = HttpServer::Start(Options(), Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  TlsClient large((*server)->port(), TLS1_3_VERSION, nullptr);
  ASSERT_TRUE(large.handshake());
  EXPECT_NE(large
                .Ask("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" +
                     std::string(1000000, 'x'))
                .find("tls  1000000"),
            std::string::npos);
  TlsClient bad((*server)->port(), TLS1_3_VERSION, nullptr);
  ASSERT_TRUE(bad.handshake());
  EXPECT_NE(bad.Ask("GET / HTTP/1.1\r\n\r\n").find("MISSING_HOST"), std::string::npos);
}

TEST_F(TlsTest, AHandshakeThatNeverComesIsCutOff) {
  ServerOptions options = Options();
  options.handshake_timeout = absl::Milliseconds(100);
  const auto server = HttpServer::Start(options, Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  RawClient client((*server)->port());
  EXPECT_TRUE(client.WaitForClose());
}

TEST_F(TlsTest, ClientCertificatesAreVerifiedAndNamed) {
  const Identity trusted("erp.kam.example");
  trusted.Write(client_ca_, directory_ + "/client.key");
  ServerOptions options = Options();
  options.tls.client_ca_file = client_ca_;
  options.tls.require_client_certificate = true;
  const auto server = HttpServer::Start(options, Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  TlsClient good((*server)->port(), TLS1_2_VERSION, &trusted);
  ASSERT_TRUE(good.handshake());
  EXPECT_NE(good.Ask(kClose).find("tls erp.kam.example 0"), std::string::npos);
  EXPECT_FALSE(TlsClient((*server)->port(), TLS1_2_VERSION, nullptr).handshake());
  const Identity stranger("erp.kam.example");
  EXPECT_FALSE(TlsClient((*server)->port(), TLS1_2_VERSION, &stranger).handshake());
}

TEST_F(TlsTest, NewCertificatesAreTakenUpWithoutARestartAndBadOnesAreNot) {
  const auto server = HttpServer::Start(Options(), Echo);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(TlsClient((*server)->port(), TLS1_3_VERSION, nullptr).ServerName(), "first.kam.example");
  const Identity second("second.kam.example");
  second.Write(certificate_, key_);
  ASSERT_TRUE((*server)->ReloadCertificates().ok());
  EXPECT_EQ(TlsClient((*server)->port(), TLS1_3_VERSION, nullptr).ServerName(), "second.kam.example");
  // A certificate of another key.
  first_.Write(certificate_, directory_ + "/client.key");
  EXPECT_EQ(Reason((*server)->ReloadCertificates()), "TLS_FILE_UNUSABLE");
  EXPECT_EQ(TlsClient((*server)->port(), TLS1_3_VERSION, nullptr).ServerName(), "second.kam.example");
}

TEST_F(TlsTest, MissingFilesStopTheStart) {
  ServerOptions options = Options();
  options.tls.key_file = directory_ + "/none";
  EXPECT_EQ(Reason(HttpServer::Start(options, Echo).status()), "TLS_FILE_UNUSABLE");
  options.tls.key_file = "";
  EXPECT_EQ(Reason(HttpServer::Start(options, Echo).status()), "OPTION_MISSING");
}

}  // namespace
}  // namespace kam::http
