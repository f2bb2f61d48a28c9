// Runs a libFuzzer target without libFuzzer: its corpus, then mutations of it with a fixed seed.
#ifndef KAM_GATEWAY_JSON_TESTING_FUZZ_MAIN_H_
#define KAM_GATEWAY_JSON_TESTING_FUZZ_MAIN_H_

#include <string>
#include <vector>

namespace kam::gateway {

// Texts to start from; each target with a smoke program defines it.
std::vector<std::string> FuzzCorpus();

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_JSON_TESTING_FUZZ_MAIN_H_
