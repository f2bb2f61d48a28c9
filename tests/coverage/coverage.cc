// kam_coverage FILE: writes to FILE (docs/coverage.md), for each requirement, the RPCs that serve it, from the
// descriptors, and the tests that show it, from the test sources; prints how many there are.
// kam_coverage --check FILE: changes nothing; status 1 when FILE says something else.
// Runs in the source root.
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "kam/api/method.pb.h"
#include "tests/coverage/requirements.h"
#include "tests/coverage/test_sources.h"
#include "tests/documents/generated_page.h"
#include "tests/protocol/descriptors.h"

namespace kam::coverage {
namespace {

struct Part {
  char letter;
  const char* title;
};
constexpr Part kParts[] = {
    {'A', "Accounts"},
    {'C', "Prices, contracts, orders, receivables"},
    {'S', "After sales"},
    {'G', "Across the suite"},
};

struct Coverage {
  std::vector<Requirement> requirements, golden_cases;
  // Requirement id -> full name of the RPC service -> its RPCs.
  std::map<std::string, std::map<std::string, std::vector<std::string>>> methods;
  std::map<std::string, std::vector<const TestCase*>> tests;
  std::vector<TestCase> all_tests;

  size_t MethodCount(const std::string& id) const {
    const auto it = methods.find(id);
    size_t count = 0;
    if (it != methods.end()) {
      for (const auto& [service, names] : it->second) count += names.size();
    }
    return count;
  }
  size_t TestCount(const std::string& id) const {
    const auto it = tests.find(id);
    return it == tests.end() ? 0 : it->second.size();
  }
};

absl::StatusOr<Coverage> Collect() {
  Coverage coverage;
  ASSIGN_OR_RETURN(coverage.requirements, ReadRequirements(kRequirementsFile));
  ASSIGN_OR_RETURN(coverage.golden_cases, ReadRequirements(kGoldenCasesFile));
  std::set<std::string> known;
  for (const Requirement& requirement : coverage.requirements) known.insert(requirement.id);
  for (const Requirement& golden : coverage.golden_cases) known.insert(golden.id);
  for (const google::protobuf::MethodDescriptor* method : protocol::Descriptors::Published().methods()) {
    for (const std::string& id : method->options().GetExtension(kam::api::method).requirements()) {
      coverage.methods[id][method->service()->full_name()].push_back(method->name());
    }
  }
  coverage.all_tests = ScanTests(".");
  for (const TestCase& test : coverage.all_tests) {
    for (const std::string& id : test.ids) {
      if (known.count(id) == 0) {
        return Error(absl::StatusCode::kInvalidArgument, "REQUIREMENT_UNKNOWN",
                     absl::StrCat(test.file, ": ", test.name, " names ", id, ", which is in no catalogue"),
                     {{"file", test.file}, {"id", id}});
      }
      coverage.tests[id].push_back(&test);
    }
  }
  return coverage;
}

std::string TestList(const Coverage& coverage, const std::string& id) {
  std::string text;
  std::string file;
  for (const TestCase* test : coverage.tests.at(id)) {
    if (test->file != file) {
      absl::StrAppend(&text, "* [", test->file, "](../", test->file, ")\n");
      file = test->file;
    }
    absl::StrAppend(&text, "  * ", test->name, "\n");
  }
  return text;
}

std::string Render(const Coverage& coverage) {
  size_t served = 0, shown = 0;
  for (const Requirement& requirement : coverage.requirements) {
    served += coverage.MethodCount(requirement.id) > 0 ? 1 : 0;
    shown += coverage.TestCount(requirement.id) > 0 ? 1 : 0;
  }
  std::string text = absl::StrCat(
      "# Coverage of the requirements\n\n"
      "Written by `./dev coverage` from the descriptors and the test sources; a test keeps it current.\n\n",
      "Of ", coverage.requirements.size(), " requirements ", served, " are served by RPCs and ", shown,
      " are shown by tests that name them.\n");
  for (const Part& part : kParts) {
    absl::StrAppend(&text, "\n## ", part.title, "\n");
    std::vector<std::string> open;
    for (const Requirement& requirement : coverage.requirements) {
      if (requirement.id[0] != part.letter) continue;
      const size_t methods = coverage.MethodCount(requirement.id), tests = coverage.TestCount(requirement.id);
      if (methods == 0 && tests == 0) {
        open.push_back(absl::StrCat("* ", requirement.id, " ", requirement.title));
        continue;
      }
      absl::StrAppend(&text, "\n### ", requirement.id, " ", requirement.title, "\n\n");
      if (methods > 0) {
        for (const auto& [service, names] : coverage.methods.at(requirement.id)) {
          absl::StrAppend(&text, "* `", service, "`: ", absl::StrJoin(names, ", "), "\n");
        }
      } else {
        absl::StrAppend(&text, "No RPC.\n");
      }
      absl::StrAppend(&text, "\n", tests > 0 ? TestList(coverage, requirement.id) : "No test.\n");
    }
    if (!open.empty()) absl::StrAppend(&text, "\n### Nothing yet\n\n", absl::StrJoin(open, "\n"), "\n");
  }
  absl::StrAppend(&text, "\n## Golden cases\n\n");
  for (const Requirement& golden : coverage.golden_cases) {
    std::vector<std::string> names;
    if (const auto it = coverage.tests.find(golden.id); it != coverage.tests.end()) {
      for (const TestCase* test : it->second) names.push_back(test->name);
    }
    absl::StrAppend(&text, "* ", golden.id, " ", golden.title, ": ",
                    names.empty() ? "no test" : absl::StrJoin(names, ", "), "\n");
  }
  return text;
}

void Print(const Coverage& coverage) {
  std::printf("%-6s %5s %6s  %s\n", "", "RPCs", "tests", "requirement");
  for (const Requirement& requirement : coverage.requirements) {
    std::printf("%-6s %5zu %6zu  %s\n", requirement.id.c_str(), coverage.MethodCount(requirement.id),
                coverage.TestCount(requirement.id), requirement.title.c_str());
  }
  for (const Requirement& golden : coverage.golden_cases) {
    if (coverage.TestCount(golden.id) == 0) continue;
    std::printf("%-6s %5s %6zu  %s\n", golden.id.c_str(), "", coverage.TestCount(golden.id), golden.title.c_str());
  }
}

absl::StatusOr<std::string> Page() {
  ASSIGN_OR_RETURN(const Coverage coverage, Collect());
  Print(coverage);
  return Render(coverage);
}

}  // namespace
}  // namespace kam::coverage

int main(int argc, char** argv) { return kam::documents::PageMain(argc, argv, kam::coverage::Page); }
