#include "gateway/kamctl/cli.h"

#include <algorithm>
#include <fstream>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
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

namespace kam::ctl {
namespace {

// What a command works with.
struct Call {
  const Options& options;
  const std::vector<std::string>& words;  // The command and its arguments.
  std::ostream& out;
  std::ostream& err;
};

// The token in the file: one line of printable characters, as a header can carry them.
absl::StatusOr<std::string> ReadToken(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  std::string token(absl::StripAsciiWhitespace(text));
  const bool printable = std::all_of(token.begin(), token.end(), [](char c) { return absl::ascii_isgraph(c); });
  if (!token.empty() && printable) return token;
  return Error(absl::StatusCode::kFailedPrecondition, "TOKEN_FILE_INVALID",
               absl::StrCat(file, token.empty() ? " is empty" : " holds something that is no bearer token"),
               {{"file", file}});
}

absl::StatusOr<Gateway> Connect(const Options& options) {
  const std::string file = options.token_file;
  ASSIGN_OR_RETURN(std::string token, ReadToken(file));
  Gateway gateway(options.gateway, std::move(token));
  // An import may outlive its token: whoever renews it writes the file anew.
  gateway.set_token_source([file] { return ReadToken(file); });
  return gateway;
}

absl::Status WriteText(const std::string& path, const std::string& text, std::ostream& otherwise) {
  if (path.empty()) {
    otherwise << text << "\n";
    return absl::OkStatus();
  }
  std::ofstream out(path);
  out << text << "\n";
  out.close();
  if (out.good()) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "FILE_UNWRITABLE", absl::StrCat(path, " cannot be written"),
               {{"file", path}});
}

absl::StatusOr<int> RunKeys(const Call& call) {
  RETURN_IF_ERROR(MakeKeys(call.options.directory));
  return kDone;
}

absl::StatusOr<int> RunToken(const Call& call) {
  auth::DevIssuer::Options options;
  options.enabled = true;
  options.directory = call.options.directory;
  ASSIGN_OR_RETURN(const auto issuer, auth::DevIssuer::Create(options));
  ASSIGN_OR_RETURN(const std::string token, issuer->Mint(call.words[1], absl::Now()));
  call.out << token << "\n";
  return kDone;
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
  if (!report.stopped.ok()) {
    json["stopped"] = {{"reason", Reason(report.stopped)}, {"message", std::string(report.stopped.message())}};
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

absl::StatusOr<int> RunImport(const Call& call) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(call.options.mapping));
  ASSIGN_OR_RETURN(const Mapping mapping, ParseMapping(text));
  ASSIGN_OR_RETURN(Gateway gateway, Connect(call.options));
  const ImportReport report = Import(gateway, mapping, call.words[1],
                                     [&call](const std::string& line) { call.err << "  " << line << std::endl; });
  call.out << absl::StrFormat("%-24s %8s %8s %8s %9s %8s\n", "", "rows", "created", "updated", "unchanged", "refused");
  for (const StepReport& step : report.steps) {
    call.out << absl::StrFormat("%-24s %8d %8d %8d %9d %8d\n", step.title, step.rows, step.created, step.updated,
                                step.unchanged, step.failed);
  }
  for (const Problem& problem : report.problems) {
    call.out << problem.place.file << ":" << problem.place.line << (problem.place.column.empty() ? "" : ": column ")
             << problem.place.column << ": " << problem.reason << ": " << problem.message << "\n";
  }
  if (!call.options.report.empty()) {
    RETURN_IF_ERROR(WriteText(call.options.report, ToJson(report).dump(2), call.out));
  }
  RETURN_IF_ERROR(report.stopped);
  return report.problems.empty() ? kDone : kRowsRefused;
}

absl::StatusOr<int> RunSummary(const Call& call) {
  ASSIGN_OR_RETURN(Gateway gateway, Connect(call.options));
  ASSIGN_OR_RETURN(const Json summary, Summarize(gateway, call.options.currency));
  RETURN_IF_ERROR(WriteText(call.options.output, summary.dump(2), call.out));
  return kDone;
}

absl::StatusOr<std::unique_ptr<SandboxClock>> OpenClock(const Options& options) {
  return SandboxClock::Create(options.services, absl::StrCat(options.directory, "/gateway.key"));
}

absl::StatusOr<int> RunClock(const Call& call) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, call.words[1], &time, &error)) {
    return InvalidField("TIME", "TIME_MALFORMED", absl::StrCat("\"", call.words[1], "\" is no RFC 3339 time: ", error));
  }
  ASSIGN_OR_RETURN(const auto clock, OpenClock(call.options));
  ASSIGN_OR_RETURN(const absl::Time reached, clock->MoveTo(time));
  call.out << absl::FormatTime(absl::RFC3339_sec, reached, absl::UTCTimeZone()) << "\n";
  return kDone;
}

absl::StatusOr<int> RunJourney(const Call& call) {
  ASSIGN_OR_RETURN(const auto clock, OpenClock(call.options));
  ASSIGN_OR_RETURN(
      const auto world,
      journey::World::Create(call.options.gateway, absl::StrCat(call.options.directory, "/issuer"), clock.get()));
  RETURN_IF_ERROR(journey::Play(*world));
  return kDone;
}

absl::StatusOr<int> RunHelp(const Call& call) {
  call.out << Usage() << "\n";
  return kDone;
}

struct Command {
  std::string name;
  std::string argument;  // Empty: takes none.
  std::string what;
  std::vector<std::string> flags;  // Must be given.
  absl::StatusOr<int> (*run)(const Call&);
};

const std::vector<Command>& Commands() {
  static const auto* commands = new std::vector<Command>{
      {"keys", "", "make the secrets of a new installation in --directory", {"directory"}, RunKeys},
      {"token", "LOGIN", "print a development token for a person (issuer key in --directory)", {"directory"}, RunToken},
      {"import",
       "DIR",
       "bring CSV files in as --mapping says; good rows go in, bad ones are listed",
       {"token_file", "mapping"},
       RunImport},
      {"summary", "", "figures of accounts, orders, payments and limits, as JSON", {"token_file"}, RunSummary},
      {"journey",
       "",
       "play a year of the demo accounts on the sandbox clock, and print the page of the day",
       {"directory", "services"},
       RunJourney},
      {"clock",
       "TIME",
       "set the sandbox clock of --services forward to an RFC 3339 time",
       {"directory", "services"},
       RunClock},
      {"help", "", "print this", {}, RunHelp},
  };
  return *commands;
}

bool Given(const Options& options, const std::string& flag) {
  if (flag == "directory") return !options.directory.empty();
  if (flag == "token_file") return !options.token_file.empty();
  if (flag == "mapping") return !options.mapping.empty();
  return !options.services.empty();
}

int Wrong(std::ostream& err, const std::string& message) {
  err << "kamctl: " << message << " (kamctl help says what there is)\n";
  return kWrongCommandLine;
}

}  // namespace

std::string Usage() {
  std::string usage = "usage: kamctl [flags] COMMAND\n";
  for (const Command& command : Commands()) {
    const std::string needs =
        command.flags.empty() ? "" : absl::StrCat("; needs --", absl::StrJoin(command.flags, ", --"));
    absl::StrAppend(&usage, absl::StrFormat("  %-12s %s%s\n", absl::StrCat(command.name, " ", command.argument),
                                            command.what, needs));
  }
  return usage +
         "flags:\n"
         "  --gateway=URL       address of the gateway; http://127.0.0.1:8080 when not given\n"
         "  --token_file=FILE   file with the bearer token; read again when the token has expired\n"
         "  --mapping=FILE      import: which column means what (docs/import.md)\n"
         "  --report=FILE       import: where the report goes as JSON\n"
         "  --output=FILE       summary: where it goes; standard output when not given\n"
         "  --currency=CODE     summary: which currency, where orders are in several\n"
         "  --directory=DIR     folder of the secrets; for token: of the issuer\n"
         "  --services=account-svc=HOST:PORT,contract-svc=HOST:PORT,aftersales-svc=HOST:PORT\n"
         "exit status: 0 done, 1 failed, 2 wrong command line, 3 an import went through but rows were refused";
}

int RunCommand(const Options& options, const std::vector<std::string>& words, std::ostream& out, std::ostream& err) {
  if (words.empty()) {
    err << Usage() << "\n";
    return kWrongCommandLine;
  }
  const auto& commands = Commands();
  const auto command =
      std::find_if(commands.begin(), commands.end(), [&](const Command& known) { return known.name == words[0]; });
  if (command == commands.end()) return Wrong(err, absl::StrCat("there is no command \"", words[0], "\""));
  const size_t expected = command->argument.empty() ? 1 : 2;
  if (words.size() < expected) return Wrong(err, absl::StrCat(command->name, " needs ", command->argument));
  if (words.size() > expected) {
    return Wrong(err, absl::StrCat(command->name, " takes nothing more: what is \"", words[expected], "\"?"));
  }
  for (const std::string& flag : command->flags) {
    if (!Given(options, flag)) return Wrong(err, absl::StrCat(command->name, " needs --", flag));
  }
  const absl::StatusOr<int> exit_status = command->run({options, words, out, err});
  if (exit_status.ok()) return *exit_status;
  const std::string reason = Reason(exit_status.status());
  err << "kamctl: " << reason << (reason.empty() ? "" : ": ") << exit_status.status().message() << "\n";
  return kFailed;
}

}  // namespace kam::ctl
