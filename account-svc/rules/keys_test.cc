#include "account-svc/rules/keys.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

// one firm, however it is written.
TEST(FoldName, TheSameFirmInEveryWritingGivesOneKey) {
  const std::string key = FoldName("上海某某汽车股份有限公司");
  EXPECT_EQ(key, "上海某某汽车");
  EXPECT_EQ(FoldName("上海某某汽车有限公司"), key);
  EXPECT_EQ(FoldName(" 上海 某某汽车　有限责任公司"), key);
  EXPECT_EQ(FoldName("上海（某某）汽车公司"), key);
  const std::string acme = FoldName("ACME Motors Co., Ltd.");
  EXPECT_EQ(acme, "acmemotors");
  EXPECT_EQ(FoldName("Acme Motors Inc."), acme);
  EXPECT_EQ(FoldName("acme-motors GmbH & Co. KG"), acme);
  EXPECT_EQ(FoldName("ＡＣＭＥ　Ｍｏｔｏｒｓ"), acme);
  EXPECT_EQ(FoldName("Acme Motors S.A."), acme);
}

TEST(FoldName, DifferentFirmsStayDifferent) {
  EXPECT_NE(FoldName("上海某某汽车有限公司"), FoldName("北京某某汽车有限公司"));
  EXPECT_NE(FoldName("Acme Motors"), FoldName("Acme Motor"));
  EXPECT_NE(FoldName("Costco Ltd"), FoldName("Cost Ltd"));
}

TEST(FoldName, KeepsANameThatIsNothingButALegalFormAndBoundsLongOnes) {
  EXPECT_EQ(FoldName("Limited"), "limited");
  EXPECT_EQ(FoldName("有限公司"), "有限公司");
  EXPECT_EQ(FoldName("  ,. "), "");
  std::string huge;
  for (int i = 0; i < 200; ++i) huge += "名";
  EXPECT_EQ(FoldName(huge).size(), 198u);  // Whole characters of three bytes, at most 200 bytes.
}

// GB 32100-2015; the first code is the example of the standard's implementers, the others have one digit changed.
TEST(RegistrationNumber, ChecksTheCheckCharacterOfChineseCodes) {
  EXPECT_THAT(CheckRegistrationNumber("91350100M000100Y43", "CN"), IsOk());
  EXPECT_THAT(CheckRegistrationNumber("９１３５０１００ｍ０００１００ｙ４３", "CN"), IsOk());
  EXPECT_THAT(CheckRegistrationNumber("91350100M000100Y44", "CN"), HasReason("REGISTRATION_NUMBER_INVALID"));
  EXPECT_THAT(CheckRegistrationNumber("91350100M000200Y43", "CN"), HasReason("REGISTRATION_NUMBER_INVALID"));
  EXPECT_THAT(CheckRegistrationNumber("91350100M000100I43", "CN"), HasReason("REGISTRATION_NUMBER_INVALID"));
  EXPECT_THAT(CheckRegistrationNumber("91350100M000100Y4", "CN"), HasReason("REGISTRATION_NUMBER_INVALID"));
  EXPECT_THAT(CheckRegistrationNumber("HRB 12345", "DE"), IsOk());
  EXPECT_THAT(CheckRegistrationNumber("", "CN"), IsOk());
}

TEST(RegistrationNumber, EverySingleCharacterErrorIsFound) {
  const std::string good = "91350100M000100Y43";
  const std::string alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char c : alphabet) {
      if (c == good[i]) continue;
      std::string bad = good;
      bad[i] = c;
      EXPECT_FALSE(CheckRegistrationNumber(bad, "CN").ok()) << bad;
    }
  }
}

TEST(NormalPhone, OneNumberInEveryWritingGivesOneKey) {
  EXPECT_EQ(NormalPhone("021-5888 8888", "CN"), "+862158888888");
  EXPECT_EQ(NormalPhone("(021)58888888", "CN"), "+862158888888");
  EXPECT_EQ(NormalPhone("+86 21 5888 8888", "DE"), "+862158888888");
  EXPECT_EQ(NormalPhone("０２１５８８８８８８８", "CN"), "+862158888888");
  EXPECT_EQ(NormalPhone("139 0000 0000", "CN"), "+8613900000000");
  EXPECT_EQ(NormalPhone("030 123456", "DE"), "+4930123456");
  EXPECT_EQ(NormalPhone("110", "CN"), "");
  EXPECT_EQ(NormalPhone("", "CN"), "");
}

TEST(NormalDomain, TakesDomainsAddressesAndMail) {
  const std::vector<std::string> common = {"qq.com"};
  EXPECT_EQ(NormalDomain("www.Example.com", common), "example.com");
  EXPECT_EQ(NormalDomain("https://user@www.example.com:8443/path?q#f", common), "example.com");
  EXPECT_EQ(NormalDomain("sales@example.com.", common), "example.com");
  EXPECT_EQ(NormalDomain("中文.中国", common), "xn--fiq228c.xn--fiqs8s");
  EXPECT_EQ(NormalDomain("someone@qq.com", common), "");
  EXPECT_EQ(NormalDomain("localhost", common), "");
  EXPECT_EQ(NormalDomain("", common), "");
  EXPECT_EQ(NormalDomain("bad domain.com", common), "");
}

}  // namespace
}  // namespace kam::account::rules
