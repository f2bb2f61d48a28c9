#include "gateway/kamctl/journey/text.h"

#include "gtest/gtest.h"

namespace kam::ctl::journey {
namespace {

TEST(TextTest, AChineseCharacterIsAsWideAsTwoLetters) {
  EXPECT_EQ(WidthOf("abc"), 3);
  EXPECT_EQ(WidthOf("大客户KA"), 8);
  EXPECT_EQ(WidthOf(""), 0);
}

TEST(TextTest, ColumnsLineUpWhateverTheScript) {
  EXPECT_EQ(Line({{"大客户", 8}, {"1", -4}}), "大客户      1");
  EXPECT_EQ(Line({{"abc", 8}, {"1", -4}}), "abc         1");
  EXPECT_EQ(Line({{"a", 4}, {"", 4}}), "a");
}

TEST(TextTest, LongTextIsCutBetweenCharacters) {
  EXPECT_EQ(Line({{"大客户经理", 7}}), "大客..");
  EXPECT_EQ(Line({{"abcdefgh", 5}}), "abc..");
}

TEST(TextTest, AmountsAreGrouped) {
  EXPECT_EQ(Grouped("1234567.80"), "1,234,567.80");
  EXPECT_EQ(Grouped("999.00"), "999.00");
  EXPECT_EQ(Grouped("1000.00"), "1,000.00");
  EXPECT_EQ(Grouped("-123456.00"), "-123,456.00");
  EXPECT_EQ(Grouped("0.00"), "-");
}

}  // namespace
}  // namespace kam::ctl::journey
