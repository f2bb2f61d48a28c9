// Which tests show which requirement: read from the comments of the test sources.
#ifndef KAM_TESTS_COVERAGE_TEST_SOURCES_H_
#define KAM_TESTS_COVERAGE_TEST_SOURCES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kam::coverage {

struct TestCase {
  std::string name;           // "AccountRulesTest.VerifierIsNeitherSubmitterNorCreator"
  std::string file;           // From the source root.
  std::set<std::string> ids;  // Requirements ("A-03") and golden cases ("G30").
};

// The tests of one source. An id counts when it stands in a comment right above the test or inside its body, or, of a
// golden case, in the name of the test. "C-01 - C-05" is all five.
std::vector<TestCase> ParseTests(const std::string& file, absl::string_view text);

// Every *_test.cc below the source root `root`, sorted by file; build folders are not looked at.
std::vector<TestCase> ScanTests(const std::string& root);

}  // namespace kam::coverage

#endif  // KAM_TESTS_COVERAGE_TEST_SOURCES_H_
