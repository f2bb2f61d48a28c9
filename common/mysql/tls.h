// Protection of sessions over TCP: passwords, prices and personal data go over them.
#ifndef KAM_COMMON_MYSQL_TLS_H_
#define KAM_COMMON_MYSQL_TLS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/mysql/mysql.h"

namespace kam::mysql {

struct TlsOptions {
  // PEM file of the authorities that may sign the certificate of the server. With it every session is encrypted, and
  // the certificate must be theirs and name the host that is asked for: no session is made otherwise. Read at every
  // connect. Sessions over a Unix socket are not encrypted.
  std::string ca_file = {};
  // Without it: sessions over TCP in plain text, also to another machine.
  bool plain = false;
};

// Whether the options fit one another: INVALID_ARGUMENT naming the flag "mysql_ca_file" or "mysql_plain" when nothing
// protects a session to another machine and nobody said that it need not be, or when both are said.
absl::Status CheckTls(const Options& options, const TlsOptions& tls);

// As Database::Open, with this protection.
std::unique_ptr<Database> OpenWithTls(Options options, TlsOptions tls);

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_TLS_H_
