#include "tests/documents/generated_page.h"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace kam::documents {
namespace {

constexpr char kBegin[] = "<!-- written by ./dev coverage -->\n";
constexpr char kEnd[] = "<!-- end of what is written -->\n";

std::string Read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

// What the file is to say: the text, or, in a file with the marks, the text between them.
std::string WithText(const std::string& content, const std::string& text) {
  const size_t begin = content.find(kBegin);
  const size_t end = content.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin) return text;
  return content.substr(0, begin) + kBegin + "\n" + text + "\n" + content.substr(end);
}

}  // namespace

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
  const std::string content = Read(file);
  const std::string wanted = WithText(content, *text);
  if (check) {
    if (content == wanted) return 0;
    std::fprintf(stderr, "%s is not current: run ./dev coverage and commit it\n", file.c_str());
    return 1;
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << wanted;
  if (out.flush()) return 0;
  std::fprintf(stderr, "cannot write %s\n", file.c_str());
  return 1;
}

}  // namespace kam::documents
