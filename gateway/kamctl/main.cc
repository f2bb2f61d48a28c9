// kamctl: the command line client of the suite. It is a client like any other: everything but `keys` and `token` goes
// through the gateway.
#include <curl/curl.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/dev_issuer.h"
#include "common/status/status.h"
#include "gateway/kamctl/http.h"
#include "gateway/kamctl/import.h"
#include "gateway/kamctl/journey/journey.h"
#include "gateway/kamctl/keys.h"
#include "gateway/kamctl/mapping.h"
#include "gateway/kamctl/sandbox.h"
#include "gateway/kamctl/summary.h"
#include "gateway/kamctl/table.h"

ABSL_FLAG(std::string, gateway, "http://127.0.0.1:8080", "Address of the gateway.");
ABSL_FLAG(std::string, token_file, "", "File with the bearer token to use.");
ABSL_FLAG(std::string, mapping, "", "import: file that says which column means what.");
ABSL_FLAG(std::string, report, "", "import: file to write the report to, as JSON.");
ABSL_FLAG(std::string, currency, "", "summary: which currency, where orders are in several.");
ABSL_FLAG(std::string, output, "", "summary: file to write to; empty: standard output.");
ABSL_FLAG(std::string, directory, "", "keys, token, journey: folder of the secrets (of the issuer, for token).");
ABSL_FLAG(std::vector<std::string>, services, {}, "clock, journey: name=host:port of every service, comma separated.");

namespace kam::ctl {
namespace {

constexpr char kUsage[] =
    "usage: kamctl [flags] COMMAND\n"
    "  keys                    make the secrets of a new installation in --directory\n"
    "  token LOGIN             print a development token for a person (issuer key in --directory)\n"
    "  import DIR              bring CSV files in as --mapping says; good rows go in, bad ones are listed\n"
    "  summary                 figures of accounts, orders, payments and limits, as JSON\n"
    "  journey                 play a year of the demo accounts on the sandbox clock, and print the page of the day\n"
    "  clock TIME              set the sandbox clock of --services forward to an RFC 3339 time\n"
    "flags: --gateway=URL --token_file=FILE --mapping=FILE --report=FILE --output=FILE --directory=DIR "
    "--currency=CODE\n"
    "       --services=account-svc=HOST:PORT,contract-svc=HOST:PORT,aftersales-svc=HOST:PORT";

int Fail(const absl::Status& status) {
  const std::string reason = Reason(status);
  std::fprintf(stderr, "kamctl: %s%s%s\n", reason.c_str(), reason.empty() ? "" : ": ",
               std::string(status.message()).c_str());
  return 1;
}

absl::StatusOr<Gateway> Connect() {
  ASSIGN_OR_RETURN(const std::string token, ReadFile(absl::GetFlag(FLAGS_token_file)));
  return Gateway(absl::GetFlag(FLAGS_gateway), std::string(absl::StripAsciiWhitespace(token)));
}

absl::Status WriteText(const std::string& path, const std::string& text) {
  if (path.empty()) {
    std::printf("%s\n", text.c_str());
    return absl::OkStatus();
  }
  std::ofstream out(path);
  out << text << "\n";
  out.close();
  if (out.good()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "FILE_UNWRITABLE", absl::StrCat(path, " cannot be written"),
               {{"file", path}});
}

absl::Status RunToken(const std::string& login) {
  auth::DevIssuer::Options options;
  options.enabled = true;
  options.directory = absl::GetFlag(FLAGS_directory);
  ASSIGN_OR_RETURN(const auto issuer, auth::DevIssuer::Create(options));
  ASSIGN_OR_RETURN(const std::string token, issuer->Mint(login, absl::Now()));
  std::printf("%s\n", token.c_str());
  return absl::OkStatus();
}

Json ToJson(const ImportReport& report) {
  Json json = Json::object();
  for (const StepReport& step : report.steps) {
    json["steps"].push_back({{"title", step.title},
                             {"rows", step.rows},
                             {"created", step.created},
                             {"updated", step.updated},
                             {"unchanged", step.unchanged},
                             {"failed", step.failed}});
  }
  json["problems"] = Json::array();
  for (const Problem& problem : report.problems) {
    json["problems"].push_back({{"file", problem.place.file},
                                {"line", problem.place.line},
                                {"column", problem.place.column},
                                {"reason", problem.reason},
                                {"message", problem.message}});
  }
  return json;
}

// 0: every row went in; 3: some rows were refused.
absl::StatusOr<int> RunImport(const std::string& directory) {
  constexpr int kSomeRowsRefused = 3;
  ASSIGN_OR_RETURN(const std::string text, ReadFile(absl::GetFlag(FLAGS_mapping)));
  ASSIGN_OR_RETURN(const Mapping mapping, ParseMapping(text));
  ASSIGN_OR_RETURN(Gateway gateway, Connect());
  ASSIGN_OR_RETURN(const ImportReport report, Import(gateway, mapping, directory, [](const std::string& line) {
                     std::fprintf(stderr, "  %s\n", line.c_str());
                   }));
  std::printf("%-24s %8s %8s %8s %9s %8s\n", "", "rows", "created", "updated", "unchanged", "refused");
  for (const StepReport& step : report.steps) {
    std::printf("%-24s %8lld %8lld %8lld %9lld %8lld\n", step.title.c_str(), static_cast<long long>(step.rows),
                static_cast<long long>(step.created), static_cast<long long>(step.updated),
                static_cast<long long>(step.unchanged), static_cast<long long>(step.failed));
  }
  for (const Problem& problem : report.problems) {
    std::printf("%s:%lld%s%s: %s: %s\n", problem.place.file.c_str(), static_cast<long long>(problem.place.line),
                problem.place.column.empty() ? "" : ": column ", problem.place.column.c_str(), problem.reason.c_str(),
                problem.message.c_str());
  }
  if (!absl::GetFlag(FLAGS_report).empty()) {
    RETURN_IF_ERROR(WriteText(absl::GetFlag(FLAGS_report), ToJson(report).dump(2)));
  }
  return report.problems.empty() ? 0 : kSomeRowsRefused;
}

absl::Status RunSummary() {
  ASSIGN_OR_RETURN(Gateway gateway, Connect());
  ASSIGN_OR_RETURN(const Json summary, Summarize(gateway, absl::GetFlag(FLAGS_currency)));
  return WriteText(absl::GetFlag(FLAGS_output), summary.dump(2));
}

absl::StatusOr<std::unique_ptr<SandboxClock>> OpenClock() {
  return SandboxClock::Create(absl::GetFlag(FLAGS_services),
                              absl::StrCat(absl::GetFlag(FLAGS_directory), "/gateway.key"));
}

absl::Status RunClock(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return InvalidField("TIME", "TIME_MALFORMED", absl::StrCat("\"", text, "\" is no RFC 3339 time: ", error));
  }
  ASSIGN_OR_RETURN(const auto clock, OpenClock());
  ASSIGN_OR_RETURN(const absl::Time reached, clock->MoveTo(time));
  std::printf("%s\n", absl::FormatTime(absl::RFC3339_sec, reached, absl::UTCTimeZone()).c_str());
  return absl::OkStatus();
}

absl::Status RunJourney() {
  ASSIGN_OR_RETURN(const auto clock, OpenClock());
  ASSIGN_OR_RETURN(const auto world,
                   journey::World::Create(absl::GetFlag(FLAGS_gateway),
                                          absl::StrCat(absl::GetFlag(FLAGS_directory), "/issuer"), clock.get()));
  return journey::Play(*world);
}

int Main(int argc, char** argv) {
  absl::SetProgramUsageMessage(kUsage);
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::string command = words.size() > 1 ? words[1] : "";
  absl::Status status = absl::OkStatus();
  if (command == "keys" && words.size() == 2) {
    status = MakeKeys(absl::GetFlag(FLAGS_directory));
  } else if (command == "token" && words.size() == 3) {
    status = RunToken(words[2]);
  } else if (command == "import" && words.size() == 3) {
    const absl::StatusOr<int> exit_status = RunImport(words[2]);
    if (exit_status.ok()) return *exit_status;
    status = exit_status.status();
  } else if (command == "summary" && words.size() == 2) {
    status = RunSummary();
  } else if (command == "journey" && words.size() == 2) {
    status = RunJourney();
  } else if (command == "clock" && words.size() == 3) {
    status = RunClock(words[2]);
  } else {
    std::fprintf(stderr, "%s\n", kUsage);
    return 2;
  }
  return status.ok() ? 0 : Fail(status);
}

}  // namespace
}  // namespace kam::ctl

int main(int argc, char** argv) { return kam::ctl::Main(argc, argv); }
