#include "common/resource/names.h"

#include "gtest/gtest.h"

namespace kam::resource {
namespace {

TEST(NamesTest, TheIdIsWhatFollowsTheLastSlash) {
  EXPECT_EQ(IdOf("accounts/a1"), "a1");
  EXPECT_EQ(IdOf("accounts/a1/contacts/c2"), "c2");
  EXPECT_EQ(IdOf("a1"), "a1");
  EXPECT_EQ(IdOf("accounts/"), "");
  EXPECT_EQ(IdOf(""), "");
}

TEST(NamesTest, PlaceholdersHaveOnePlaceAValue) {
  EXPECT_EQ(Placeholders(0), "");
  EXPECT_EQ(Placeholders(1), "?");
  EXPECT_EQ(Placeholders(3), "?,?,?");
}

}  // namespace
}  // namespace kam::resource
