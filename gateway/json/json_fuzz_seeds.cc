#include "common/testing/fuzz_main.h"
#include "gateway/json/json.h"
#include "gateway/json/testing/random_message.h"
#include "kam/testing/v1/json_test.pb.h"

namespace kam::testing {

std::vector<std::string> FuzzSeeds() {
  std::vector<std::string> seeds = {
      "{}", R"({"int32Value":1e2,"doubleValue":"NaN","stringValue":"\ud83d\ude00\u0000"})",
      R"({"value":[1,{"a":null}],"struct":{"x":[true]}})",
      R"({"any":{"@type":"type.googleapis.com/kam.testing.v1.Inner","text":"x"}})",
      R"({"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.5s"}})"};
  const gateway::JsonCodec codec;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    v1::Everything message;
    gateway::RandomMessage(seed).Fill(&message);
    std::string json;
    if (codec.Print(message, &json).ok()) seeds.push_back(json);
  }
  return seeds;
}

}  // namespace kam::testing
