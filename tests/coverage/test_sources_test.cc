#include "tests/coverage/test_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kam::coverage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The text is put together so that this source has none of these comments itself.
const std::string kSlashes = "//";

TEST(ParseTestsTest, TakesCommentsAboveAndInside) {
  const std::vector<TestCase> tests = ParseTests("a_test.cc", kSlashes + " A-09\n\n" + kSlashes +
                                                                  " A-01, A-03: the verifier is another.\nTEST(Suite, "
                                                                  "One) {\n  " +
                                                                  kSlashes + " C-05, G7\n  Call();\n}\n" + kSlashes +
                                                                  " S-02\n\nTEST_F(\n    Suite, Two) {\n}\n");
  ASSERT_THAT(tests, SizeIs(2));
  EXPECT_EQ(tests[0].name, "Suite.One");
  EXPECT_EQ(tests[0].file, "a_test.cc");
  EXPECT_THAT(tests[0].ids, ElementsAre("A-01", "A-03", "C-05", "G7"));
  EXPECT_EQ(tests[1].name, "Suite.Two");
  EXPECT_THAT(tests[1].ids, IsEmpty());
}

TEST(ParseTestsTest, ReadsRangesAndGoldenCasesInNames) {
  const std::vector<TestCase> tests = ParseTests(
      "a_test.cc", kSlashes +
                       " C-03 - C-05\nTEST_P(Suite, G30ApprovalIsAskedAgain) {}\nRC_GTEST_PROP(Other, Rule, ()) "
                       "{\n  int G9x = 0;\n}\n");
  ASSERT_THAT(tests, SizeIs(2));
  EXPECT_THAT(tests[0].ids, ElementsAre("C-03", "C-04", "C-05", "G30"));
  EXPECT_EQ(tests[1].name, "Other.Rule");
  EXPECT_THAT(tests[1].ids, IsEmpty());
}

TEST(ParseTestsTest, RequirementsAreNoGoldenCases) {
  const std::vector<TestCase> tests = ParseTests("a_test.cc", kSlashes + " G-05\nTEST(Suite, One) {\n}\n");
  ASSERT_THAT(tests, SizeIs(1));
  EXPECT_THAT(tests[0].ids, ElementsAre("G-05"));
}

}  // namespace
}  // namespace kam::coverage
