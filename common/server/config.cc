#include "common/server/config.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/log/log.h"
#include "common/status/status.h"

namespace kam::server {
namespace {

constexpr char kPrefix[] = "KAM_";
constexpr char kConfigFlag[] = "config";

bool IsOwn(const absl::CommandLineFlag& flag) { return !absl::StrContains(flag.Filename(), "absl/flags"); }

absl::CommandLineFlag* FindOwn(absl::string_view name) {
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && IsOwn(*flag) ? flag : nullptr;
}

bool IsSecret(absl::string_view name) {
  if (absl::EndsWith(name, "_file")) return false;
  for (absl::string_view word : {"password", "secret", "token"}) {
    if (absl::StrContains(name, word)) return true;
  }
  return false;
}

// At most `bytes_max` bytes of a file; false when it cannot be read or is larger.
bool ReadFile(const std::string& path, size_t bytes_max, std::string* out) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  out->resize(bytes_max + 1);
  in.read(out->data(), static_cast<std::streamsize>(out->size()));
  if (in.bad()) return false;
  out->resize(static_cast<size_t>(in.gcount()));
  return out->size() <= bytes_max;
}

// Value of --config on the command line, or of KAM_CONFIG: needed before the flags are parsed.
std::string ConfigPath(int argc, char** argv, const Settings& environment) {
  std::string path;
  for (const auto& [key, value] : environment) {
    if (key == kConfigFlag) path = value;
  }
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (argument == "--") break;
    if (!absl::ConsumePrefix(&argument, "--") && !absl::ConsumePrefix(&argument, "-")) continue;
    if (argument == kConfigFlag && i + 1 < argc) path = argv[i + 1];
    if (absl::ConsumePrefix(&argument, kConfigFlag) && absl::ConsumePrefix(&argument, "="))
      path = std::string(argument);
  }
  return path;
}

}  // namespace

Settings EffectiveConfig() {
  Settings settings;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!IsOwn(*flag)) continue;
    settings.emplace_back(std::string(name), IsSecret(name) ? "<redacted>" : flag->CurrentValue());
  }
  std::sort(settings.begin(), settings.end());
  return settings;
}

absl::StatusOr<Settings> ParseConfigText(absl::string_view text) {
  Settings settings;
  std::set<std::string> seen;
  int line_number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++line_number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    const size_t equals = line.find('=');
    const std::string key(absl::StripAsciiWhitespace(line.substr(0, equals)));
    if (equals == absl::string_view::npos || key.empty()) {
      return Error(absl::StatusCode::kInvalidArgument, "CONFIG_SYNTAX",
                   absl::StrCat("line ", line_number, " is not \"key = value\""),
                   {{"line", absl::StrCat(line_number)}});
    }
    if (!seen.insert(key).second) {
      return Error(absl::StatusCode::kInvalidArgument, "CONFIG_KEY_REPEATED",
                   absl::StrCat("line ", line_number, " gives ", key, " again"),
                   {{"key", key}, {"line", absl::StrCat(line_number)}});
    }
    settings.emplace_back(key, std::string(absl::StripAsciiWhitespace(line.substr(equals + 1))));
  }
  return settings;
}

absl::Status ApplySettings(const Settings& settings, absl::string_view source) {
  for (const auto& [key, value] : settings) {
    absl::CommandLineFlag* flag = FindOwn(key);
    if (flag == nullptr) {
      return Error(absl::StatusCode::kInvalidArgument, "CONFIG_KEY_UNKNOWN",
                   absl::StrCat(source, ": there is no setting ", key),
                   {{"key", key}, {"source", std::string(source)}});
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      return Error(absl::StatusCode::kInvalidArgument, "CONFIG_VALUE_INVALID",
                   absl::StrCat(source, ": ", key, " does not take this value", IsSecret(key) ? "" : ": ",
                                IsSecret(key) ? "" : error),
                   {{"key", key}, {"source", std::string(source)}});
    }
  }
  return absl::OkStatus();
}

Settings EnvironmentSettings(const std::vector<std::string>& environment, std::vector<std::string>* unknown) {
  Settings settings;
  for (const std::string& entry : environment) {
    absl::string_view name = entry;
    if (!absl::ConsumePrefix(&name, kPrefix)) continue;
    const size_t equals = name.find('=');
    if (equals == absl::string_view::npos) continue;
    const std::string value(name.substr(equals + 1));
    name = name.substr(0, equals);
    const std::string key = absl::AsciiStrToLower(name);
    if (absl::AsciiStrToUpper(key) == name && FindOwn(key) != nullptr) {
      settings.emplace_back(key, value);
    } else {
      unknown->push_back(absl::StrCat(kPrefix, name));
    }
  }
  return settings;
}

absl::Status LoadConfig(int argc, char** argv) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  std::vector<std::string> unknown;
  const Settings from_environment = EnvironmentSettings(variables, &unknown);

  const std::string path = ConfigPath(argc, argv, from_environment);
  if (!path.empty()) {
    std::string text;
    if (!ReadFile(path, kConfigFileBytesMax, &text)) {
      return Error(absl::StatusCode::kInvalidArgument, "CONFIG_FILE_UNREADABLE",
                   absl::StrCat("config: cannot read ", path, ", or it has more than ", kConfigFileBytesMax, " bytes"),
                   {{"key", kConfigFlag}, {"path", path}});
    }
    ASSIGN_OR_RETURN(const Settings from_file, ParseConfigText(text));
    RETURN_IF_ERROR(ApplySettings(from_file, path));
  }
  RETURN_IF_ERROR(ApplySettings(from_environment, "environment"));
  const std::vector<char*> left = absl::ParseCommandLine(argc, argv);
  if (left.size() > 1) {
    return Error(absl::StatusCode::kInvalidArgument, "CONFIG_ARGUMENT",
                 absl::StrCat("argument \"", left[1], "\" is not a flag"), {{"argument", left[1]}});
  }
  for (const std::string& name : unknown) log::Warning("environment variable names no setting", {{"name", name}});
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadSecretFile(absl::string_view flag, const std::string& path) {
  std::string secret;
  if (!ReadFile(path, kSecretBytesMax, &secret)) {
    return Error(absl::StatusCode::kFailedPrecondition, "SECRET_UNREADABLE",
                 absl::StrCat(flag, ": cannot read ", path, ", or it has more than ", kSecretBytesMax, " bytes"),
                 {{"key", std::string(flag)}, {"path", path}});
  }
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret;
}

}  // namespace kam::server
