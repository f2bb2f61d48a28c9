// Fuzz targets as ordinary tests: the main program of common/testing/fuzz_main.cc feeds LLVMFuzzerTestOneInput with the
// seeds and with a fixed number of mutations of them, always the same ones. With KAM_FUZZ libFuzzer brings its own
// main.
#ifndef KAM_COMMON_TESTING_FUZZ_MAIN_H_
#define KAM_COMMON_TESTING_FUZZ_MAIN_H_

#include <string>
#include <vector>

namespace kam::testing {

// Defined by every target: a few inputs of every kind that the code under test tells apart, and the words of its
// language. Not empty.
std::vector<std::string> FuzzSeeds();

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_FUZZ_MAIN_H_
