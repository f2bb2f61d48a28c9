// Fuzz targets as ordinary tests: the main program of common/testing/fuzz_main.cc feeds LLVMFuzzerTestOneInput with the
// seeds and with a fixed number of mutations of them, always the same ones. With KAM_FUZZ libFuzzer brings its own
// main.
#ifndef KAM_COMMON_TESTING_FUZZ_MAIN_H_
#define KAM_COMMON_TESTING_FUZZ_MAIN_H_

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::testing {

// Defined by every target: a few inputs of every kind that the code under test tells apart, and the words of its
// language. Not empty.
std::vector<std::string> FuzzSeeds();

// Ends the process, which is how a target fails, unless `condition`: says `what` is wrong, and with which `input`.
inline void Require(bool condition, const char* what, absl::string_view input = "") {
  if (condition) return;
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(input.size()), input.data());
  std::abort();
}

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_FUZZ_MAIN_H_
