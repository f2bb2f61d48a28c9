#include "common/rpc/tls.h"

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

namespace tls = ::grpc::experimental;

constexpr unsigned int kRefreshSeconds = 60;

absl::Status Check(const TlsFiles& files) {
  const std::pair<const char*, const std::string*> parts[] = {
      {"tls_certificate_file", &files.certificate}, {"tls_key_file", &files.key}, {"tls_roots_file", &files.roots}};
  for (const auto& [name, path] : parts) {
    if (path->empty()) {
      return InvalidField(name, "TLS_FILES_INCOMPLETE", "must be set when another tls file is set");
    }
    if (access(path->c_str(), R_OK) != 0) {
      return InvalidField(name, "TLS_FILE_UNREADABLE", absl::StrCat("cannot read ", *path), {{"path", *path}});
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<tls::CertificateProviderInterface> Watch(const TlsFiles& files) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(files.key, files.certificate, files.roots,
                                                               kRefreshSeconds);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeServerCredentials(const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureServerCredentials();
  RETURN_IF_ERROR(Check(files));
  tls::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeChannelCredentials(const TlsFiles& files) {
  if (files.empty()) return grpc::InsecureChannelCredentials();
  RETURN_IF_ERROR(Check(files));
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

}  // namespace kam::rpc
