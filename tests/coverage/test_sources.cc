#include "tests/coverage/test_sources.h"

#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace kam::coverage {
namespace {

// Folders with tests, from the source root.
constexpr const char* kFolders[] = {"account-svc", "aftersales-svc", "common", "contract-svc", "gateway", "tests"};

re2::StringPiece Piece(absl::string_view text) { return re2::StringPiece(text.data(), text.size()); }

void AddRequirements(absl::string_view comment, std::set<std::string>* ids) {
  static const RE2* const id = new RE2(R"(\b([ACSG])-(\d\d)\b)");
  static const RE2* const range = new RE2(R"(\b([ACSG])-(\d\d)\s*(?:-|–|\.\.|to)\s*([ACSG])-(\d\d)\b)");
  re2::StringPiece rest = Piece(comment);
  std::string letter, letter_end;
  int first = 0, last = 0;
  while (RE2::FindAndConsume(&rest, *range, &letter, &first, &letter_end, &last)) {
    if (letter != letter_end) continue;
    for (int i = first; i <= last; ++i) ids->insert(absl::StrFormat("%s-%02d", letter, i));
  }
  rest = Piece(comment);
  std::string number;
  while (RE2::FindAndConsume(&rest, *id, &letter, &number)) ids->insert(absl::StrCat(letter, "-", number));
}

void AddGoldenCases(absl::string_view text, std::set<std::string>* ids) {
  static const RE2* const golden = new RE2(R"((?:^|[^A-Z0-9])G([1-9]\d?)(?:[^\d-]|$))");
  re2::StringPiece rest = Piece(text);
  std::string number;
  while (RE2::FindAndConsume(&rest, *golden, &number)) ids->insert(absl::StrCat("G", number));
}

// The comment of a line; empty when it has none.
absl::string_view CommentOf(absl::string_view line) {
  const size_t at = line.find("//");
  return at == absl::string_view::npos ? absl::string_view() : line.substr(at);
}

}  // namespace

std::vector<TestCase> ParseTests(const std::string& file, absl::string_view text) {
  static const RE2* const begin =
      new RE2(R"(^(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\()");
  static const RE2* const name = new RE2(R"(^\w+\(\s*(\w+),\s*(\w+))");
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  std::vector<TestCase> tests;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!RE2::PartialMatch(Piece(lines[i]), *begin)) continue;
    std::string suite, test_name;
    const std::string head = absl::StrCat(lines[i], "\n", i + 1 < lines.size() ? lines[i + 1] : "");
    if (!RE2::PartialMatch(head, *name, &suite, &test_name)) continue;
    TestCase test{absl::StrCat(suite, ".", test_name), file, {}};
    AddGoldenCases(test_name, &test.ids);
    const auto add_comment = [&](absl::string_view line) {
      AddRequirements(CommentOf(line), &test.ids);
      AddGoldenCases(CommentOf(line), &test.ids);
    };
    for (size_t above = i; above > 0 && absl::StartsWith(lines[above - 1], "//"); --above)
      add_comment(lines[above - 1]);
    if (!absl::EndsWith(lines[i], "{}")) {
      // The format of the sources puts the closing brace of a test, and only that, at the beginning of a line.
      for (++i; i < lines.size() && !absl::StartsWith(lines[i], "}"); ++i) add_comment(lines[i]);
    }
    tests.push_back(std::move(test));
  }
  return tests;
}

std::vector<TestCase> ScanTests(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const char* folder : kFolders) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(fs::path(root) / folder, error), end; !error && it != end;
         it.increment(error)) {
      if (absl::EndsWith(it->path().filename().string(), "_test.cc")) files.push_back(it->path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<TestCase> tests;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    std::vector<TestCase> found = ParseTests(fs::relative(file, root).string(), content.str());
    std::move(found.begin(), found.end(), std::back_inserter(tests));
  }
  return tests;
}

}  // namespace kam::coverage
