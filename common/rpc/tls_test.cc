// Mutual TLS with certificates made here, and what the server refuses on the wire level.
#include "common/rpc/tls.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/testing/echo_server.h"
#include "common/status/status.h"
#include "common/testing/certificate.h"

namespace kam::rpc {
namespace {

using testing::EchoServer;

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    std::string pattern = ::testing::TempDir() + "kam_tls_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  // A new authority and one leaf of it.
  TlsFiles Make(const std::string& name) {
    const kam::testing::CertificateFiles made = kam::testing::MakeCertificate(folder_, name);
    return {made.certificate, made.key, made.authority};
  }

  static absl::Status Echo(const EchoServer& echo, const TlsFiles& files) {
    ClientOptions options;
    options.tls = files;
    options.attempts_max = 1;
    testing::EchoResponse response;
    return echo.NewClient(options)->Call(testing::kEcho, testing::EchoRequest(), &response,
                                         {.deadline = absl::Now() + absl::Seconds(20), .bearer = "good"});
  }

  std::string Path(const std::string& name) { return absl::StrCat(folder_, "/", name); }

 private:
  std::string folder_;
};

TEST_F(TlsTest, OnlyCallersOfTheSameAuthorityAreServed) {
  const TlsFiles ours = Make("ours"), others = Make("others");
  ServerOptions options;
  options.tls = ours;
  EchoServer echo(options);
  EXPECT_EQ(Echo(echo, ours), absl::OkStatus());
  EXPECT_EQ(Echo(echo, {}).code(), absl::StatusCode::kUnavailable) << "plain text";
  EXPECT_EQ(Echo(echo, others).code(), absl::StatusCode::kUnavailable) << "does not trust the server";
  EXPECT_EQ(Echo(echo, {others.certificate, others.key, ours.roots}).code(), absl::StatusCode::kUnavailable)
      << "is not trusted by the server";
  EXPECT_EQ(Echo(echo, ours), absl::OkStatus());
}

TEST_F(TlsTest, MissingFilesAreNamed) {
  const TlsFiles ours = Make("ours");
  const absl::Status half = MakeChannelCredentials({ours.certificate, "", ours.roots}).status();
  EXPECT_EQ(Reason(half), "TLS_FILES_INCOMPLETE");
  EXPECT_EQ(ViolatedFields(half), std::vector<std::string>{"tls_key_file"});
  const absl::Status absent = MakeServerCredentials({ours.certificate, ours.key, Path("absent")}).status();
  EXPECT_EQ(Reason(absent), "TLS_FILE_UNREADABLE");
  EXPECT_EQ(ViolatedFields(absent), std::vector<std::string>{"tls_roots_file"});
}

TEST(WireLimitTest, CompressedBodiesAreRefused) {
  EchoServer echo;
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", echo.server().port()), grpc::InsecureChannelCredentials());
  testing::EchoRequest request;
  request.set_text(std::string(100'000, 'x'));
  const std::string bytes = request.SerializeAsString();
  for (grpc_compression_algorithm algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer good");
    context.set_compression_algorithm(algorithm);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer body(&slice, 1);
    grpc::ByteBuffer answer;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, absl::StrCat("/", testing::kEcho), {}, &body, &answer,
                   [&done](grpc::Status status) { done.set_value(std::move(status)); });
    EXPECT_EQ(done.get_future().get().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_TRUE(echo.Echo("x").ok());
}

}  // namespace
}  // namespace kam::rpc
