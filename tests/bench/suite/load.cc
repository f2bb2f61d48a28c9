#include "tests/bench/suite/load.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kam::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct OwnUse {
  double user_seconds = 0, system_seconds = 0, switches = 0;

  OwnUse operator-(const OwnUse& before) const {
    return {user_seconds - before.user_seconds, system_seconds - before.system_seconds, switches - before.switches};
  }
};

OwnUse UseNow() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime), seconds(usage.ru_stime), static_cast<double>(usage.ru_nvcsw)};
}

}  // namespace

double CpuSeconds(pid_t pid) {
  if (pid == 0) return 0;
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::stringstream text;
  text << file.rdbuf();
  const std::string stat = text.str();
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  // After the name: state is the third field of proc(5), utime the 14th, stime the 15th.
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

Figures Measure(const Loop& loop, const std::function<absl::Status(int client, int64_t number)>& call) {
  std::atomic<bool> counting = loop.calls > 0, stop = false;
  std::atomic<int64_t> next = 0;
  std::mutex mutex;
  Figures figures;
  std::vector<std::vector<float>> times(static_cast<size_t>(loop.clients));
  std::vector<std::thread> threads;
  OwnUse own = UseNow();
  double database_cpu = CpuSeconds(loop.database), proxy_cpu = CpuSeconds(loop.proxy);
  auto start = SteadyClock::now();
  for (int client = 0; client < loop.clients; ++client) {
    threads.emplace_back([&, client] {
      while (!stop) {
        const int64_t number = next++;
        if (loop.calls > 0 && number >= loop.calls) return;
        const auto called = SteadyClock::now();
        const absl::Status status = call(client, number);
        const float took = std::chrono::duration<float, std::milli>(SteadyClock::now() - called).count();
        if (!status.ok()) {
          const std::lock_guard<std::mutex> lock(mutex);
          ++figures.failed;
          figures.first_error.Update(status);
        } else if (counting) {
          times[static_cast<size_t>(client)].push_back(took);
        }
      }
    });
  }
  if (loop.calls == 0) {
    const auto length = std::chrono::nanoseconds(absl::ToInt64Nanoseconds(loop.length));
    std::this_thread::sleep_for(length / 4);
    own = UseNow();
    database_cpu = CpuSeconds(loop.database);
    proxy_cpu = CpuSeconds(loop.proxy);
    start = SteadyClock::now();
    counting = true;
    std::this_thread::sleep_for(length);
    counting = false;
    stop = true;
  } else {
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  own = UseNow() - own;
  database_cpu = CpuSeconds(loop.database) - database_cpu;
  proxy_cpu = CpuSeconds(loop.proxy) - proxy_cpu;
  for (std::thread& thread : threads) thread.join();

  std::vector<float> all;
  for (const std::vector<float>& part : times) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  figures.count = static_cast<int64_t>(all.size());
  if (all.empty()) return figures;
  const double count = static_cast<double>(all.size());
  figures.per_second = count / seconds;
  figures.p50_ms = all[all.size() / 2];
  figures.p99_ms = all[all.size() * 99 / 100];
  figures.own_user_us = own.user_seconds * 1e6 / count;
  figures.own_system_us = own.system_seconds * 1e6 / count;
  figures.switches = own.switches / count;
  figures.database_cpu_us = database_cpu * 1e6 / count;
  figures.proxy_cpu_us = proxy_cpu * 1e6 / count;
  return figures;
}

}  // namespace kam::bench
