// kamctl: the command line client of the suite. It is a client like any other: everything but `keys`, `token` and
// `clock` goes through the gateway.
#include <curl/curl.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gateway/kamctl/cli.h"

ABSL_FLAG(std::string, gateway, kam::ctl::Options().gateway, "Address of the gateway.");
ABSL_FLAG(std::string, token_file, "", "File with the bearer token to use.");
ABSL_FLAG(std::string, mapping, "", "import: file that says which column means what.");
ABSL_FLAG(std::string, report, "", "import: file to write the report to, as JSON.");
ABSL_FLAG(std::string, currency, "", "summary: which currency, where orders are in several.");
ABSL_FLAG(std::string, output, "", "summary: file to write to; empty: standard output.");
ABSL_FLAG(std::string, directory, "", "keys, token, journey, clock: folder of the secrets (of the issuer, for token).");
ABSL_FLAG(std::vector<std::string>, services, {}, "clock, journey: name=host:port of every service, comma separated.");

namespace {

// A flag that nobody knows; empty: none. absl would say so too, but with the status of a command that failed.
std::string UnknownFlag(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    absl::string_view word = argv[i];
    if (word == "--") break;
    if (!absl::ConsumePrefix(&word, "--") && !absl::ConsumePrefix(&word, "-")) continue;
    const absl::string_view name = word.substr(0, word.find('='));
    if (absl::FindCommandLineFlag(name) == nullptr) return std::string(name);
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(kam::ctl::Usage());
  const std::string unknown = UnknownFlag(argc, argv);
  if (unknown == "help" || unknown == "h") return kam::ctl::RunCommand({}, {"help"}, std::cout, std::cerr);
  if (!unknown.empty()) {
    std::cerr << "kamctl: there is no flag --" << unknown << " (kamctl help says what there is)\n";
    return kam::ctl::kWrongCommandLine;
  }
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  kam::ctl::Options options;
  options.gateway = absl::GetFlag(FLAGS_gateway);
  options.token_file = absl::GetFlag(FLAGS_token_file);
  options.mapping = absl::GetFlag(FLAGS_mapping);
  options.report = absl::GetFlag(FLAGS_report);
  options.currency = absl::GetFlag(FLAGS_currency);
  options.output = absl::GetFlag(FLAGS_output);
  options.directory = absl::GetFlag(FLAGS_directory);
  options.services = absl::GetFlag(FLAGS_services);
  return kam::ctl::RunCommand(options, {words.begin() + 1, words.end()}, std::cout, std::cerr);
}
