// kam_baseline FILE: takes the descriptors of this build as the new baseline. Refuses when something that the old
// baseline promises was broken; a break that is meant (before the first release) is made by removing FILE first.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "tests/protocol/baseline.h"
#include "tests/protocol/descriptors.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: kam_baseline FILE\n");
    return 2;
  }
  const std::string path = argv[1];
  const auto now = kam::protocol::ReadDescriptorSet(kam::protocol::DescriptorSetPath());
  if (!now.ok()) {
    std::fprintf(stderr, "kam_baseline: %s\n", std::string(now.status().message()).c_str());
    return 1;
  }
  if (std::ifstream(path).good()) {
    const auto before = kam::protocol::ReadDescriptorSet(path);
    if (!before.ok()) {
      std::fprintf(stderr, "kam_baseline: %s\n", std::string(before.status().message()).c_str());
      return 1;
    }
    const std::vector<std::string> breaks = kam::protocol::BreakingChanges(*before, *now);
    for (const std::string& each : breaks) std::fprintf(stderr, "kam_baseline: %s\n", each.c_str());
    if (!breaks.empty()) return 1;
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!kam::protocol::ToBaseline(*now).SerializeToOstream(&out) || !out.flush()) {
    std::fprintf(stderr, "kam_baseline: cannot write %s\n", path.c_str());
    return 1;
  }
  return 0;
}
