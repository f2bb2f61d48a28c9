// Row "start": how long each program of the suite takes from nothing to ready, and what it holds while idle.
#ifndef KAM_TESTS_BENCH_SUITE_START_H_
#define KAM_TESTS_BENCH_SUITE_START_H_

#include <string>

#include "absl/status/status.h"

namespace kam::bench {

// `mariadb`: folder of a server that runs. `bare_server`: program that serves one method over gRPC and nothing else.
absl::Status MeasureStart(const std::string& mariadb, const std::string& bare_server, const std::string& directory,
                          int rounds);

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_START_H_
