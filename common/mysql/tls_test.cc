// Sessions over TLS, against a MariaDB with a certificate of its own.
#include "common/mysql/tls.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "common/testing/certificate.h"
#include "common/testing/mariadb_server.h"

namespace kam::mysql {
namespace {

using ::testing::ElementsAre;

constexpr char kPassword[] = "secret";

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    std::ofstream(folder_ + "/password") << kPassword << "\n";
  }
  void TearDown() override {
    EXPECT_TRUE(testing::StopMariadb(folder_ + "/server").ok());
    std::filesystem::remove_all(folder_);
  }

  // Starts the server with these arguments, on a port of loopback.
  void Start(std::vector<std::string> arguments) {
    port_ = FreePort();
    arguments.push_back(absl::StrCat("--port=", port_));
    arguments.push_back("--bind-address=127.0.0.1");
    testing::MariadbOptions options;
    options.networking = true;
    options.arguments = std::move(arguments);
    const absl::Status started = testing::StartMariadb(folder_ + "/server", options);
    ASSERT_TRUE(started.ok()) << started;
    Options root;
    root.socket = testing::MariadbSocket(folder_ + "/server").value();
    root.user = "root";
    root.schema = "mysql";
    const auto database = Database::Open(root);
    for (const std::string& sql :
         {absl::StrCat("CREATE USER IF NOT EXISTS 'tester'@'%' IDENTIFIED BY '", kPassword, "'"),
          absl::StrCat("CREATE USER IF NOT EXISTS 'tester'@'localhost' IDENTIFIED BY '", kPassword, "'")}) {
      const absl::Status done = database->Run(absl::InfiniteFuture(),
                                              [&](Connection& connection) { return connection.Execute(sql).status(); });
      ASSERT_TRUE(done.ok()) << done;
    }
  }

  // The cipher of a session, empty for plain text; or the error number of a session that was not made.
  std::string CipherOf(const std::string& host, const TlsOptions& tls) {
    Options options;
    options.host = host;
    options.port = port_;
    options.user = "tester";
    options.password_file = folder_ + "/password";
    options.schema = "information_schema";
    std::string cipher;
    const absl::Status status =
        OpenWithTls(options, tls)->Run(absl::Now() + absl::Seconds(30), [&](Connection& connection) -> absl::Status {
          ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'"));
          cipher = rows[0][1].text();
          return absl::OkStatus();
        });
    if (status.ok()) return cipher;
    EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE") << status;
    return absl::StrCat("refused ", MetadataValue(status, "errno"));
  }

  std::string folder_ = "/tmp/kam-tls-XXXXXX";
  int port_ = 0;
};

constexpr char kRefused[] = "refused 2026";

// G-20
TEST_F(TlsTest, TheServerMustShowTheCertificateOfItsNameFromTheAuthorityGiven) {
  const testing::CertificateFiles ours = testing::MakeCertificate(folder_, "ours");
  const testing::CertificateFiles others = testing::MakeCertificate(folder_, "others");
  Start({"--ssl-cert=" + ours.certificate, "--ssl-key=" + ours.key});
  EXPECT_EQ(CipherOf("127.0.0.1", {}), "");
  EXPECT_THAT(CipherOf("127.0.0.1", {.ca_file = ours.authority}), ::testing::StartsWith("TLS_"));
  EXPECT_EQ(CipherOf("127.0.0.1", {.ca_file = others.authority}), kRefused);
  EXPECT_EQ(CipherOf("127.0.0.1", {.ca_file = folder_ + "/missing"}), kRefused);
  EXPECT_EQ(CipherOf("localhost", {.ca_file = ours.authority}), kRefused) << "the certificate names another";
}

TEST_F(TlsTest, AServerWithoutTlsIsNotSpokenToInPlainText) {
  const testing::CertificateFiles ours = testing::MakeCertificate(folder_, "ours");
  Start({"--skip-ssl"});
  EXPECT_EQ(CipherOf("127.0.0.1", {}), "");
  EXPECT_EQ(CipherOf("127.0.0.1", {.ca_file = ours.authority}), kRefused);
}

TEST(CheckTlsTest, PlainTextToAnotherMachineMustBeAskedFor) {
  const auto fields = [](const std::string& host, const std::string& socket, const TlsOptions& tls) {
    Options options;
    options.host = host;
    options.socket = socket;
    return ViolatedFields(CheckTls(options, tls));
  };
  for (const char* host : {"127.0.0.1", "localhost", "::1"}) EXPECT_THAT(fields(host, "", {}), ElementsAre()) << host;
  EXPECT_THAT(fields("db.example", "/run/s", {}), ElementsAre());
  EXPECT_THAT(fields("db.example", "", {}), ElementsAre("mysql_ca_file"));
  EXPECT_THAT(fields("db.example", "", {.ca_file = "ca.crt"}), ElementsAre());
  EXPECT_THAT(fields("db.example", "", {.plain = true}), ElementsAre());
  EXPECT_THAT(fields("db.example", "", {.ca_file = "ca.crt", .plain = true}), ElementsAre("mysql_plain"));
}

}  // namespace
}  // namespace kam::mysql
