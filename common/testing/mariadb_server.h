// A private MariaDB for the tests of one build folder, reached by a unix socket only unless a test asks for more.
#ifndef KAM_COMMON_TESTING_MARIADB_SERVER_H_
#define KAM_COMMON_TESTING_MARIADB_SERVER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kam::testing {

struct MariadbOptions {
  bool networking = false;             // Over TCP too, as the arguments say.
  std::vector<std::string> arguments;  // Of mariadbd, beside its own.
};

// Makes the data folder when it is missing, starts the server and returns when it answers. OK when it runs already.
// In `directory` are then: data/, log, pid, and socket (a file with the path of the socket).
absl::Status StartMariadb(absl::string_view directory, const MariadbOptions& options = {});

// Stops the server and waits for its end. OK when it does not run.
absl::Status StopMariadb(absl::string_view directory);

// The socket of the server of `directory`. NOT_FOUND when none was started.
absl::StatusOr<std::string> MariadbSocket(absl::string_view directory);

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_MARIADB_SERVER_H_
