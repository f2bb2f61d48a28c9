// Writes the OpenAPI description of a descriptor set: openapi_gen IN.binpb OUT.json
#include <fstream>
#include <iostream>
#include <iterator>

#include "gateway/openapi/openapi.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: openapi_gen IN.binpb OUT.json\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  const std::string set((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) {
    std::cerr << "cannot read " << argv[1] << "\n";
    return 1;
  }
  const absl::StatusOr<std::string> json = kam::gateway::GenerateOpenApiFromDescriptorSet(set);
  if (!json.ok()) {
    std::cerr << json.status().message() << "\n";
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary);
  out << *json << "\n";
  out.close();
  if (!out) {
    std::cerr << "cannot write " << argv[2] << "\n";
    return 1;
  }
  return 0;
}
