#include "gateway/http/tls_context.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"

namespace kam::http {

namespace asio = boost::asio;
using boost::system::error_code;

absl::StatusOr<std::shared_ptr<asio::ssl::context>> LoadTls(const TlsOptions& options) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  // Only HTTP/1.1 is spoken; a client that offers other protocols only is refused in the handshake.
  SSL_CTX_set_alpn_select_cb(
      native,
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned int in_size,
         void*) -> int {
        static constexpr unsigned char kProtocol[] = "\x08http/1.1";
        unsigned char* selected = nullptr;
        if (SSL_select_next_proto(&selected, out_size, kProtocol, sizeof(kProtocol) - 1, in, in_size) !=
            OPENSSL_NPN_NEGOTIATED) {
          return SSL_TLSEXT_ERR_ALERT_FATAL;
        }
        *out = selected;
        return SSL_TLSEXT_ERR_OK;
      },
      nullptr);
  const auto failure = [](absl::string_view option, const std::string& file, const error_code& ec) {
    return Error(absl::StatusCode::kFailedPrecondition, "TLS_FILE_UNUSABLE",
                 absl::StrCat(option, " ", file, " cannot be used: ", ec.message()),
                 {{"option", std::string(option)}, {"file", file}});
  };
  error_code ec;
  if (context->use_certificate_chain_file(options.certificate_file, ec)) {
    return failure("certificate_file", options.certificate_file, ec);
  }
  if (context->use_private_key_file(options.key_file, asio::ssl::context::pem, ec)) {
    return failure("key_file", options.key_file, ec);
  }
  if (!options.client_ca_file.empty()) {
    if (context->load_verify_file(options.client_ca_file, ec)) {
      return failure("client_ca_file", options.client_ca_file, ec);
    }
    const int verify = options.require_client_certificate
                           ? asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert
                           : asio::ssl::verify_peer;
    context->set_verify_mode(verify, ec);
    // Sessions may be resumed only within this context.
    static constexpr unsigned char kSessionContext[] = "kam-gateway";
    SSL_CTX_set_session_id_context(native, kSessionContext, sizeof(kSessionContext) - 1);
  }
  return context;
}

std::string ClientCommonName(SSL* ssl) {
  X509* certificate = SSL_get1_peer_certificate(ssl);
  if (certificate == nullptr) return "";
  std::string name;
  if (SSL_get_verify_result(ssl) == X509_V_OK) {
    char text[256];
    const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof(text));
    if (size > 0) name.assign(text, static_cast<size_t>(size));
    // A name with a NUL byte inside is an attempt to look like another one.
    if (name.find('\0') != std::string::npos) name.clear();
  }
  X509_free(certificate);
  return name;
}

}  // namespace kam::http
