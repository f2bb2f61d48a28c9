// a hundred pairs of names that are one firm, and names that look alike and are not. The test says what was
// missed and what was wrongly matched.
#include "account-svc/rules/firm_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/testing/firm_pairs.h"

namespace kam::account::rules {
namespace {

constexpr int kMatchedFrom = 75;  // As Policy::duplicate_score_min.

using testing::kAlikeButDifferent;
using testing::kOneFirm;
using testing::NamePair;

FirmMatch MatchNames(const char* a, const char* b) {
  return Match({TakeApart(a), "", "", ""}, {TakeApart(b), "", "", ""});
}

bool ShareABlock(const char* a, const char* b) {
  const std::vector<std::string> stored = StoredBlocks(TakeApart(a));
  const std::vector<std::string> looked = LookupBlocks(TakeApart(b));
  return std::any_of(looked.begin(), looked.end(), [&](const std::string& block) {
    return std::find(stored.begin(), stored.end(), block) != stored.end();
  });
}

// A-07, G28
TEST(FirmMatchTest, AHundredTruePairsAreFoundAndAlikeOnesAreNotTakenForOne) {
  ASSERT_EQ(std::size(kOneFirm), 100u);
  std::vector<std::string> missed, not_blocked, wrong;
  for (const NamePair& pair : kOneFirm) {
    const FirmMatch match = MatchNames(pair.a, pair.b);
    EXPECT_EQ(match.score, MatchNames(pair.b, pair.a).score) << pair.a << " | " << pair.b << ": not the same both ways";
    if (match.score < kMatchedFrom) {
      missed.push_back(absl::StrCat(pair.a, " | ", pair.b, ": ", match.score));
    } else if (!ShareABlock(pair.a, pair.b) || !ShareABlock(pair.b, pair.a)) {
      not_blocked.push_back(absl::StrCat(pair.a, " | ", pair.b));
    }
  }
  for (const NamePair& pair : kAlikeButDifferent) {
    const FirmMatch match = MatchNames(pair.a, pair.b);
    if (match.score >= kMatchedFrom) {
      wrong.push_back(
          absl::StrCat(pair.a, " | ", pair.b, ": ", match.score, " ", std::string(MatchReasonName(match.reason))));
    }
  }
  // Every name with every other one that is not its own.
  std::vector<std::pair<size_t, const char*>> names;
  for (size_t i = 0; i < std::size(kOneFirm); ++i) {
    names.emplace_back(i, kOneFirm[i].a);
    names.emplace_back(i, kOneFirm[i].b);
  }
  std::vector<FirmEvidence> firms;
  for (const auto& [pair, name] : names) firms.push_back({TakeApart(name), "", "", ""});
  size_t compared = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = i + 1; j < names.size(); ++j) {
      if (names[i].first == names[j].first) continue;
      // The list has some firms in more than one pair: a name that equals one of the other pair says nothing.
      const auto& of_i = kOneFirm[names[i].first];
      const auto& of_j = kOneFirm[names[j].first];
      if (std::string(of_i.a) == of_j.a || std::string(of_i.b) == of_j.b) continue;
      ++compared;
      const FirmMatch match = Match(firms[i], firms[j]);
      if (match.score >= kMatchedFrom) {
        wrong.push_back(absl::StrCat(names[i].second, " | ", names[j].second, ": ", match.score, " ",
                                     std::string(MatchReasonName(match.reason))));
      }
    }
  }
  std::printf("true pairs: %zu of %zu found; wrongly matched: %zu of %zu\n", std::size(kOneFirm) - missed.size(),
              std::size(kOneFirm), wrong.size(), std::size(kAlikeButDifferent) + compared);
  for (const std::string& pair : missed) std::printf("  missed   %s\n", pair.c_str());
  for (const std::string& pair : not_blocked) std::printf("  no block %s\n", pair.c_str());
  for (const std::string& pair : wrong) std::printf("  wrong    %s\n", pair.c_str());
  EXPECT_LE(missed.size(), 5u);
  EXPECT_TRUE(not_blocked.empty()) << "candidates are found by their blocks only";
  EXPECT_LE(wrong.size(), 3u);
}

//
TEST(FirmMatchTest, AShortFormKeepsWhatTheFirmIsKnownBy) {
  EXPECT_EQ(MatchNames("中石化", "中国石油化工股份有限公司").reason, MatchReason::kAbbreviation);
  EXPECT_EQ(MatchNames("北一机床", "北京第一机床厂").reason, MatchReason::kAbbreviation);
  EXPECT_EQ(MatchNames("东航食品", "东方航空食品投资有限公司").reason, MatchReason::kAbbreviation);
  // The same characters in the same order, but most of the trade name is dropped.
  EXPECT_LT(MatchNames("海信电器", "海口信齐仁电器有限公司").score, kMatchedFrom);
  EXPECT_LT(MatchNames("万阳置业有限公司", "咸阳万阳兴毅置业股份有限公司").score, kMatchedFrom);
  EXPECT_LT(MatchNames("中建材", "大连中森瑞建材料有限公司").score, kMatchedFrom);
  EXPECT_LT(MatchNames("中建材", "潍坊中建恩文材料股份有限公司").score, kMatchedFrom);
}

//
TEST(FirmMatchTest, RegistrationNumbersDecideWhereBothAreKnown) {
  FirmEvidence a{TakeApart("青禾生鲜"), "91350100M000100Y43", "", ""};
  FirmEvidence b{TakeApart("全然不同"), "91350100M000100Y43", "", ""};
  EXPECT_EQ(Match(a, b).reason, MatchReason::kRegistration);
  b = {TakeApart("青禾生鲜"), "91350100M000100Y44", "", ""};
  EXPECT_LT(Match(a, b).score, kMatchedFrom) << "members of a group may share a name";
  b.registration.clear();
  EXPECT_EQ(Match(a, b).score, 100);
}

//
TEST(FirmMatchTest, ATelephoneMakesASimilarNameTheSame) {
  FirmEvidence a{TakeApart("杭州青禾生鲜有限公司"), "", "+8657188880000", ""};
  FirmEvidence b{TakeApart("杭州青木生鲜有限公司"), "", "+8657188880000", ""};
  EXPECT_EQ(Match(a, b).reason, MatchReason::kContact);
  b.phone = "+8657188880001";
  EXPECT_LT(Match(a, b).score, kMatchedFrom);
  b = {TakeApart("广州白云物流有限公司"), "", "+8657188880000", ""};
  EXPECT_LT(Match(a, b).score, kMatchedFrom) << "a telephone alone says little";
}

//
TEST(FirmMatchTest, NothingBreaksIt) {
  for (const char* name :
       {"", " ", "有限公司", "上海", "上海科技有限公司", "Ltd", "&&&", "科技", "①②", "🚗", "\xff\xfe"}) {
    const FirmName parts = TakeApart(name);
    Match({parts, "", "", ""}, {TakeApart("杭州青禾生鲜有限公司"), "", "", ""});
    Match({parts, "", "", ""}, {parts, "", "", ""});
    StoredBlocks(parts);
  }
}

}  // namespace
}  // namespace kam::account::rules
