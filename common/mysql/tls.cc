#include "common/mysql/tls.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::mysql {

absl::Status CheckTls(const Options& options, const TlsOptions& tls) {
  if (!tls.ca_file.empty() && tls.plain) {
    return InvalidField("mysql_plain", "OPTION_CONFLICT", "plain text and mysql_ca_file exclude each other");
  }
  const bool stays_here = !options.socket.empty() || absl::StartsWith(options.host, "127.") ||
                          options.host == "localhost" || options.host == "::1";
  if (stays_here || tls.plain || !tls.ca_file.empty()) return absl::OkStatus();
  return InvalidField(
      "mysql_ca_file", "OPTION_MISSING",
      absl::StrCat("sessions to ", options.host,
                   " need the authority of its certificate, or mysql_plain where the network between is "
                   "trusted"),
      {{"value", options.host}});
}

}  // namespace kam::mysql
