// Mutual TLS with certificates made here, and what the server refuses on the wire level.
#include "common/rpc/tls.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/testing/echo_server.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

using testing::EchoServer;

struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Certificate = std::unique_ptr<X509, KeyDeleter>;

// An authority (issuer == nullptr) or a leaf for 127.0.0.1.
Certificate Issue(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer == nullptr ? certificate.get() : issuer, certificate.get(), nullptr, nullptr, 0);
  const auto extend = [&](int nid, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (issuer != nullptr) extend(NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(certificate.get(), issuer == nullptr ? key : issuer_key, EVP_sha256());
  return certificate;
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    std::string pattern = ::testing::TempDir() + "kam_tls_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TlsTest() override {
    for (const std::string& file : files_) unlink(file.c_str());
    rmdir(folder_.c_str());
  }

  // A new authority and one leaf of it.
  TlsFiles Make(const std::string& name) {
    const Key root_key(EVP_EC_gen("P-256")), key(EVP_EC_gen("P-256"));
    const Certificate root = Issue(root_key.get(), "root", nullptr, nullptr);
    const Certificate leaf = Issue(key.get(), name.c_str(), root.get(), root_key.get());
    const TlsFiles files{Path(name + ".crt"), Path(name + ".key"), Path(name + ".roots")};
    FILE* out = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(out, leaf.get());
    std::fclose(out);
    out = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    out = std::fopen(files.roots.c_str(), "w");
    PEM_write_X509(out, root.get());
    std::fclose(out);
    return files;
  }

  static absl::Status Echo(const EchoServer& echo, const TlsFiles& files) {
    ClientOptions options;
    options.tls = files;
    options.attempts_max = 1;
    testing::EchoResponse response;
    return echo.NewClient(options)->Call(testing::kEcho, testing::EchoRequest(), &response,
                                         {.deadline = absl::Now() + absl::Seconds(20), .bearer = "good"});
  }

  std::string Path(const std::string& name) {
    files_.push_back(absl::StrCat(folder_, "/", name));
    return files_.back();
  }

 private:
  std::string folder_;
  std::vector<std::string> files_;
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
