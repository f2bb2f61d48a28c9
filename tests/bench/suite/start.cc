#include "tests/bench/suite/start.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "tests/bench/suite/load.h"
#include "tests/bench/suite/table.h"
#include "tests/e2e/process.h"
#include "tests/e2e/suite.h"

namespace kam::bench {
namespace {

// Long enough for what a program does after it said that it is ready.
constexpr absl::Duration kSettle = absl::Seconds(2);
constexpr absl::Duration kReadyTimeout = absl::Seconds(30);

struct Start {
  std::vector<double> ready_ms, cpu_ms, memory_mb;
};

double MemoryMb(pid_t pid) {
  for (const absl::string_view line :
       absl::StrSplit(e2e::ReadFile(absl::StrCat("/proc/", pid, "/status")), '\n', absl::SkipEmpty())) {
    if (!absl::StartsWith(line, "VmRSS:")) continue;
    const std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int64_t kilobytes = 0;
    if (words.size() > 1 && absl::SimpleAtoi(words[1], &kilobytes)) return static_cast<double>(kilobytes) / 1024;
  }
  return 0;
}

// The child of this process that runs `binary`.
pid_t ChildOf(const std::string& binary) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    const std::string command = e2e::ReadFile(absl::StrCat("/proc/", pid, "/cmdline"));
    if (absl::string_view(command).substr(0, command.find('\0')) == binary &&
        absl::StrContains(e2e::ReadFile(absl::StrCat("/proc/", pid, "/status")),
                          absl::StrCat("PPid:\t", getpid(), "\n"))) {
      return pid;
    }
  }
  return 0;
}

void Note(absl::Time started, double cpu_at_ready, pid_t pid, absl::Time ready, Start* start) {
  absl::SleepFor(kSettle);
  start->ready_ms.push_back(absl::ToDoubleMilliseconds(ready - started));
  start->cpu_ms.push_back(cpu_at_ready * 1000);
  start->memory_mb.push_back(MemoryMb(pid));
}

absl::Status OneBare(const std::string& binary, const std::string& directory, Start* start) {
  const std::string ready_file = directory + "/bare.ready";
  std::error_code ignored;
  std::filesystem::remove(ready_file, ignored);
  const absl::Time started = absl::Now();
  ASSIGN_OR_RETURN(const std::unique_ptr<e2e::Process> process,
                   e2e::Process::Start({binary, ready_file}, directory + "/bare.log"));
  if (!e2e::WaitFor(kReadyTimeout, [&] { return std::filesystem::exists(ready_file, ignored); })) {
    return Internal(absl::StrCat("the bare server did not start: ", e2e::LogTail(directory + "/bare.log")));
  }
  Note(started, CpuSeconds(process->pid()), process->pid(), absl::Now(), start);
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureStart(const std::string& mariadb, const std::string& bare_server, const std::string& directory,
                          int rounds) {
  setenv("KAM_TEST_MARIADB", mariadb.c_str(), 1);
  e2e::Suite suite({});
  RETURN_IF_ERROR(suite.Start());
  std::vector<std::string> programs(std::begin(e2e::kServices), std::end(e2e::kServices));
  programs.emplace_back(e2e::kGateway);
  std::map<std::string, Start> starts;
  Start bare;
  for (int round = 0; round < rounds; ++round) {
    RETURN_IF_ERROR(OneBare(bare_server, directory, &bare));
    for (const std::string& program : programs) {
      suite.Stop(program);
      const absl::Time started = absl::Now();
      RETURN_IF_ERROR(suite.Restart(program));
      const absl::Time ready = absl::Now();
      const pid_t pid = ChildOf(e2e::Suite::Binary(program));
      Note(started, CpuSeconds(pid), pid, ready, &starts[program]);
    }
  }
  std::printf("\nStart. From nothing to ready, over a schema that is there; memory when idle\n  %-40s %10s %24s %10s\n",
              "", "ready ms", "processor time until ms", "memory MB");
  const auto print = [](const std::string& name, const Start& start) {
    std::printf("  %-40s %10.0f %24.0f %10.1f\n", name.c_str(), Median(start.ready_ms), Median(start.cpu_ms),
                Median(start.memory_mb));
  };
  for (const std::string& program : programs) print(program, starts[program]);
  print("floor: bare gRPC server", bare);
  std::printf("  to reach: ready in 1000 ms, 60 MB\n");
  std::fflush(stdout);
  return absl::OkStatus();
}

}  // namespace kam::bench
