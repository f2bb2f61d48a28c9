// Configuration of a program: every setting is an absl flag with a working default.
//
// Precedence, the later wins: default < file < environment < command line.
//   file         --config=PATH: lines "flag = value"; blank lines and lines that start with # are skipped
//   environment  KAM_<FLAG IN CAPITALS>, for example KAM_ADMIN_LISTEN
// A key that is no flag, a key given twice, or a value the flag does not take stops start-up and is named. An unknown
// KAM_ variable is only warned of, because Kubernetes makes such variables for every service whose name begins so.
// Secrets are never values: a flag holds the path of a file.
#ifndef KAM_COMMON_SERVER_CONFIG_H_
#define KAM_COMMON_SERVER_CONFIG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kam::server {

inline constexpr size_t kConfigFileBytesMax = 1 << 20;
inline constexpr size_t kSecretBytesMax = 64 << 10;

using Settings = std::vector<std::pair<std::string, std::string>>;

// The program's own flags by name, sorted, with their present values; those of Abseil itself are left out. The value
// of a flag whose name speaks of a password, secret or token, and does not end in _file, is "<redacted>".
Settings EffectiveConfig();

// "flag = value" lines. Errors: INVALID_ARGUMENT CONFIG_SYNTAX, CONFIG_KEY_REPEATED with the line.
absl::StatusOr<Settings> ParseConfigText(absl::string_view text);

// Sets flags. Errors: INVALID_ARGUMENT CONFIG_KEY_UNKNOWN, CONFIG_VALUE_INVALID naming key and source.
absl::Status ApplySettings(const Settings& settings, absl::string_view source);

// Those KAM_ variables of `environment` ("NAME=value" each) that name a flag, as settings; the names of the others go
// to `unknown`.
Settings EnvironmentSettings(const std::vector<std::string>& environment, std::vector<std::string>* unknown);

// File, environment and command line, in this order. Errors as above, CONFIG_FILE_UNREADABLE, or CONFIG_ARGUMENT for
// an argument that is not a flag. A bad flag on the command line ends the process with Abseil's own message.
absl::Status LoadConfig(int argc, char** argv);

// Content of a secret's file without the line end. Errors: FAILED_PRECONDITION SECRET_UNREADABLE naming flag and path.
absl::StatusOr<std::string> ReadSecretFile(absl::string_view flag, const std::string& path);

}  // namespace kam::server

#endif  // KAM_COMMON_SERVER_CONFIG_H_
