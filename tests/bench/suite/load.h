// Closed loop: every client starts its next call when the last one is answered.
#ifndef KAM_TESTS_BENCH_SUITE_LOAD_H_
#define KAM_TESTS_BENCH_SUITE_LOAD_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kam::bench {

struct Loop {
  int clients = 1;
  // One of the two: so long, after a quarter of it as warm-up, or so many calls in all, each of them counted.
  absl::Duration length = absl::ZeroDuration();
  int64_t calls = 0;
  // Their processor time is counted beside that of this process; zero: there is none.
  pid_t database = 0, proxy = 0;
};

struct Figures {
  double per_second = 0;
  double p50_ms = 0, p99_ms = 0;
  // Processor time a call: of this process (clients and servers) in its own code and in the kernel, of the
  // database and of the proxy.
  double own_user_us = 0, own_system_us = 0, database_cpu_us = 0, proxy_cpu_us = 0;
  // How often a call made a thread of this process wait.
  double switches = 0;
  int64_t count = 0, failed = 0;
  absl::Status first_error;
};

// Processor time that a process has taken so far, also when it is not this one's child; zero for process 0.
double CpuSeconds(pid_t pid);

// `call` gets the number of the client and of the call, both from 0; numbers of calls are given out once.
Figures Measure(const Loop& loop, const std::function<absl::Status(int client, int64_t number)>& call);

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_LOAD_H_
