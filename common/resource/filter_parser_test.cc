#include "common/resource/filter_parser.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/resource/filter.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::resource {
namespace {

using ::testing::HasSubstr;

// The tree in prefix form: (and a=[1] (not b:[x])). Patterns only where they hold a wildcard.
std::string Print(const FilterNode& node) {
  switch (node.type) {
    case FilterNode::Type::kRestriction:
      return absl::StrCat(node.path, FilterOperatorText(node.op), "[", absl::CEscape(node.value.text), "]",
                          node.value.wildcard ? absl::StrCat("~", node.value.pattern) : "");
    case FilterNode::Type::kNot:
      return absl::StrCat("(not ", Print(node.operands[0]), ")");
    default:
      return absl::StrCat(
          node.type == FilterNode::Type::kAnd ? "(and " : "(or ",
          absl::StrJoin(node.operands, " ", [](std::string* out, const FilterNode& n) { out->append(Print(n)); }), ")");
  }
}

std::string Tree(absl::string_view filter) {
  const absl::StatusOr<std::optional<FilterNode>> node = ParseFilter(filter);
  if (!node.ok()) return absl::StrCat("error: ", std::string(node.status().message()));
  return node->has_value() ? Print(**node) : "";
}

struct TreeCase {
  const char* filter;
  const char* tree;
};

TEST(FilterParserTest, ReadsTheGrammar) {
  const TreeCase cases[] = {
      {"", ""},
      {" \t\r\n ", ""},
      {"a = 1", "a=[1]"},
      {"a=1", "a=[1]"},
      {"  a  =  1  ", "a=[1]"},
      {"a != 1", "a!=[1]"},
      {"a < 1", "a<[1]"},
      {"a <= 1", "a<=[1]"},
      {"a > 1", "a>[1]"},
      {"a >= 1", "a>=[1]"},
      {"a : 1", "a:[1]"},
      {"a:*", "a:[*]~%"},
      {"a.b.c = x", "a.b.c=[x]"},
      {"_a9.b_ = x", "_a9.b_=[x]"},
      // OR binds tighter than AND; juxtaposition is AND.
      {"a=1 AND b=2 OR c=3", "(and a=[1] (or b=[2] c=[3]))"},
      {"a=1 OR b=2 AND c=3", "(and (or a=[1] b=[2]) c=[3])"},
      {"a=1 OR b=2 AND c=3 OR d=4", "(and (or a=[1] b=[2]) (or c=[3] d=[4]))"},
      {"a=1 AND b=2 AND c=3", "(and a=[1] b=[2] c=[3])"},
      {"a=1 b=2 OR c=3", "(and a=[1] (or b=[2] c=[3]))"},
      {"(a=1 AND b=2) OR c=3", "(or (and a=[1] b=[2]) c=[3])"},
      {"((a=1))", "a=[1]"},
      {"( a=1 OR ( b=2 ) )", "(or a=[1] b=[2])"},
      {"(a=1)(b=2)", "(and a=[1] b=[2])"},
      {"(a=1)AND(b=2)", "(and a=[1] b=[2])"},
      // NOT and '-' bind tightest.
      {"NOT a=1", "(not a=[1])"},
      {"-a=1", "(not a=[1])"},
      {"NOT(a=1 OR b=2)", "(not (or a=[1] b=[2]))"},
      {"-(a=1 AND b=2)", "(not (and a=[1] b=[2]))"},
      {"NOT a=1 OR b=2", "(or (not a=[1]) b=[2])"},
      {"a=1 AND NOT b=2", "(and a=[1] (not b=[2]))"},
      {"a=1 -b=2", "(and a=[1] (not b=[2]))"},
      {"NOT (NOT a=1)", "(not (not a=[1]))"},
      // Words are keywords only as whole words, and only in capitals.
      {"android=1 OR order=2", "(or android=[1] order=[2])"},
      {"NOTE=1", "NOTE=[1]"},
      {"ORDER=1 ANDROID=2", "(and ORDER=[1] ANDROID=[2])"},
      {"a=\"AND\" OR b='OR'", "(or a=[AND] b=[OR])"},
      {"and=1", "and=[1]"},
      // Bare values.
      {"a=-5", "a=[-5]"},
      {"a=1.50", "a=[1.50]"},
      {"a=accounts/01HX", "a=[accounts/01HX]"},
      {"a>2026-01-31T10:20:30.5+08:00", "a>[2026-01-31T10:20:30.5+08:00]"},
      {"a=\xe5\x8d\x8e\xe4\xb8\x9c", "a=[\\345\\215\\216\\344\\270\\234]"},
      {"a=x:y", "a=[x:y]"},
      {"a:AND*", "a:[AND*]~AND%"},
      // Quotes, escapes, wildcards.
      {"a=\"\"", "a=[]"},
      {"a=''", "a=[]"},
      {"a=\"it's (so), = < > ! AND\"", "a=[it\\'s (so), = < > ! AND]"},
      {"a='say \"x\"'", "a=[say \\\"x\\\"]"},
      {"a=\"\\\\ \\\" \\' \\n\\r\\t\"", "a=[\\\\ \\\" \\' \\n\\r\\t]"},
      {"a=\"x*\"", "a=[x*]~x%"},
      {"a=*x*", "a=[*x*]~%x%"},
      {"a=\"x\\*\"", "a=[x*]"},
      {"a=\"50%_\\\\*\"", "a=[50%_\\\\*]~50\\%\\_\\\\%"},
      {"a=\"\\**\"", "a=[**]~*%"},
  };
  for (const TreeCase& c : cases) EXPECT_EQ(Tree(c.filter), c.tree) << c.filter;
}

TEST(FilterParserTest, OnlyTheBareAsteriskIsAPresenceTest) {
  EXPECT_TRUE((*ParseFilter("a:*"))->value.star());
  EXPECT_FALSE((*ParseFilter("a:\"*\""))->value.star());
  EXPECT_FALSE((*ParseFilter("a:**"))->value.star());
}

TEST(FilterParserTest, RemembersWhereThingsStand) {
  const absl::StatusOr<std::optional<FilterNode>> node = ParseFilter("(a=1 AND  bc.d  >= \"x\")");
  ASSERT_TRUE(node.ok());
  const FilterNode& second = (*node)->operands[1];
  EXPECT_EQ(second.path_position, 11u);
  EXPECT_EQ(second.op_position, 17u);
  EXPECT_EQ(second.value.position, 20u);
}

struct ErrorCase {
  const char* filter;
  int position;
  const char* message;
};

TEST(FilterParserTest, NamesThePlaceOfEveryError) {
  const ErrorCase cases[] = {
      {"a", 2, "expected one of = != < <= > >= :"},
      {"a b=1", 3, "expected one of = != < <= > >= : after the field, found \"b=1\""},
      {"a =", 4, "expected a value, found the end"},
      {"a = ", 5, "expected a value, found the end"},
      {"a == 1", 4, "expected a value, found \"=\""},
      {"a <> 1", 4, "expected a value, found \">\""},
      {"a =! 1", 4, "expected a value"},
      {"a ! 1", 3, "expected one of"},
      {"= 1", 1, "expected a field, found \"=\""},
      {"1 = a", 1, "expected a field, found \"1\""},
      {"\"x\"", 1, "expected a field"},
      {"*", 1, "expected a field"},
      {"a. = 1", 3, "expected a field name after the dot"},
      {"a..b = 1", 3, "expected a field name after the dot"},
      {"a.1 = 1", 3, "expected a field name after the dot"},
      {".a = 1", 1, "expected a field"},
      {"AND", 1, "expected a field, found AND"},
      {"a=1 AND", 8, "expected a field, found the end"},
      {"a=1 AND AND b=2", 9, "expected a field, found AND"},
      {"a=1 OR", 7, "expected a field, found the end"},
      {"a=1 OR OR b=1", 8, "expected a field, found OR"},
      {"OR a=1", 1, "expected a field, found OR"},
      {"NOT", 4, "expected a field, found the end"},
      {"NOT NOT a=1", 5, "expected a field, found NOT"},
      {"--a=1", 2, "expected a field, found \"-"},
      {"NOT -a=1", 5, "expected a field"},
      {"a = AND", 5, "put it in quotes"},
      {"a = NOT b=1", 5, "put it in quotes"},
      {"(", 2, "expected a field, found the end"},
      {"()", 2, "expected a field, found \")\""},
      {"(a=1", 1, "\"(\" is never closed"},
      {"a=1 AND ((b=2) c=3", 9, "\"(\" is never closed"},
      {"a=1)", 4, "expected AND, OR or the end, found \")\""},
      {"(a=1))", 6, "expected AND, OR or the end, found \")\""},
      {"now() > 1", 1, "functions are not supported"},
      {"a = now()", 5, "functions are not supported"},
      {"a.b(c)", 1, "functions are not supported"},
      {"a = (1 OR 2)", 5, "expected a value, found \"(\""},
      {"a = 1,2", 6, "unexpected \",\" in a value"},
      {"a = x\"y\"", 6, "in a value; put the value in quotes"},
      {"a = x=y", 6, "in a value; put the value in quotes"},
      {"a = \"x", 5, "the quote is never closed"},
      {"a = 'x\"", 5, "the quote is never closed"},
      {"a = \"x\\", 5, "the quote is never closed"},
      {"a = \"x\"y", 8, "expected white space after the closing quote"},
      {"a = \"x\"\"y\"", 8, "expected white space after the closing quote"},
      {"a = \"x\\q\"", 7, "unknown escape"},
      {"a = x\\y", 6, "a backslash is only allowed inside quotes"},
      {"a = \"x\ny\"", 7, "control characters inside quotes"},
      {"a = \x01", 5, "control characters are not allowed"},
      {"a = \x7f", 5, "control characters are not allowed"},
      {"a = \xff", 5, "not valid UTF-8"},
      {"a = \xe5\x8d", 5, "not valid UTF-8"},
      {"a = \xc0\x80", 5, "not valid UTF-8"},
      {"a = \xed\xa0\x80", 5, "not valid UTF-8"},
      {"a = \xf4\x90\x80\x80", 5, "not valid UTF-8"},
      {"a = \xe0\x80\x80", 5, "not valid UTF-8"},
      {"\xe5\x90\x8d = 1", 1, "expected a field, found \"\xe5\x90\x8d\""},
      {"a=1 ; DROP TABLE t", 5, "expected a field, found \";\""},
      {"a[0] = 1", 2, "expected one of"},
  };
  for (const ErrorCase& c : cases) {
    const absl::Status status = ParseFilter(c.filter).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.filter;
    EXPECT_EQ(Reason(status), "FILTER_MALFORMED") << c.filter;
    EXPECT_EQ(MetadataValue(status, "position"), absl::StrCat(c.position)) << c.filter << ": " << status.message();
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.filter;
    EXPECT_THAT(ViolatedFields(status), ::testing::ElementsAre("filter"));
  }
}

TEST(FilterParserTest, RefusesANulByte) {
  const absl::Status status = ParseFilter(absl::string_view("a = \0", 5)).status();
  EXPECT_EQ(MetadataValue(status, "position"), "5");
}

std::string Nested(int depth) { return absl::StrCat(std::string(depth, '('), "a=1", std::string(depth, ')')); }

TEST(FilterParserTest, NestsAsDeepAsTheLimitAndNoDeeper) {
  EXPECT_EQ(Tree(Nested(kFilterDepthMax)), "a=[1]");
  const absl::Status status = ParseFilter(Nested(kFilterDepthMax + 1)).status();
  EXPECT_EQ(Reason(status), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(MetadataValue(status, "rule"), "depth");
  EXPECT_EQ(MetadataValue(status, "limit"), absl::StrCat(kFilterDepthMax));
  EXPECT_EQ(MetadataValue(status, "position"), absl::StrCat(kFilterDepthMax + 1));
  // A thousand are refused at the same place: nothing is read beyond the limit.
  EXPECT_EQ(MetadataValue(ParseFilter(Nested(1000)).status(), "position"), absl::StrCat(kFilterDepthMax + 1));
}

TEST(FilterParserTest, CountsConditionsAndOperators) {
  std::string filter = "a=1";
  for (int i = 1; i < kFilterNodesMax - 1; ++i) filter += " a=1";
  EXPECT_TRUE(ParseFilter(filter).ok());  // 63 conditions and one AND.
  const absl::Status status = ParseFilter(filter + " a=1").status();
  EXPECT_EQ(Reason(status), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(MetadataValue(status, "rule"), "nodes");
  EXPECT_TRUE(ParseFilter(absl::StrReplaceAll(filter, {{"a=1 a=1 a=1", "a=1 -a=1"}})).ok());
  EXPECT_FALSE(ParseFilter(absl::StrReplaceAll(filter, {{"a", "-a"}})).ok());
}

TEST(FilterParserTest, RefusesMoreBytesThanTheLimit) {
  const std::string longest = absl::StrCat("a=\"", std::string(kFilterBytesMax - 4, 'x'), "\"");
  EXPECT_EQ(longest.size(), kFilterBytesMax);
  EXPECT_TRUE(ParseFilter(longest).ok());
  const absl::Status status = ParseFilter(longest + " ").status();
  EXPECT_EQ(Reason(status), "FILTER_TOO_COMPLEX");
  EXPECT_EQ(MetadataValue(status, "rule"), "bytes");
}

TEST(EscapeLikeTest, LeavesNothingSpecial) { EXPECT_EQ(EscapeLike("a%b_c\\d*"), "a\\%b\\_c\\\\d*"); }

}  // namespace
}  // namespace kam::resource
