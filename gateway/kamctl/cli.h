// The commands of kamctl: what main.cc and the tests run.
#ifndef KAM_GATEWAY_KAMCTL_CLI_H_
#define KAM_GATEWAY_KAMCTL_CLI_H_

#include <ostream>
#include <string>
#include <vector>

namespace kam::ctl {

// Flags as given; an empty text or list: not given.
struct Options {
  std::string gateway = "http://127.0.0.1:8080";
  std::string token_file, mapping, report, currency, output, directory;
  std::vector<std::string> services;
};

// What `kamctl help` prints.
std::string Usage();

enum ExitStatus { kDone = 0, kFailed = 1, kWrongCommandLine = 2, kRowsRefused = 3 };

// Runs "import DIR" and so on. Results go to `out`, progress and errors to `err`. Returns an ExitStatus; kRowsRefused:
// an import went through, but rows were refused.
int RunCommand(const Options& options, const std::vector<std::string>& words, std::ostream& out, std::ostream& err);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_CLI_H_
