#include "tests/documents/generated_page.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace kam::documents {

int PageMain(int argc, char** argv, absl::FunctionRef<absl::StatusOr<std::string>()> page) {
  const bool check = argc == 3 && std::string(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::fprintf(stderr, "usage: %s [--check] FILE\n", argv[0]);
    return 2;
  }
  const std::string file = argv[argc - 1];
  const absl::StatusOr<std::string> text = page();
  if (!text.ok()) {
    std::fprintf(stderr, "%s\n", text.status().ToString().c_str());
    return 1;
  }
  if (check) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    if (content.str() == *text) return 0;
    std::fprintf(stderr, "%s is not current: run ./dev coverage and commit it\n", file.c_str());
    return 1;
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << *text;
  if (out.flush()) return 0;
  std::fprintf(stderr, "cannot write %s\n", file.c_str());
  return 1;
}

}  // namespace kam::documents
