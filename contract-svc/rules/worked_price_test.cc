// The worked price of contract-svc/README.md is what the program says: this test prints it and compares.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "contract-svc/rules/testing/price_builder.h"

namespace kam::contract::rules {
namespace {

using namespace testing;  // NOLINT(build/namespaces): the builders of this folder.

// A city van: published price, a policy for the line, what the framework contract says, a scale, and a hand's discount.
std::string WorkedPrice(Arithmetic arithmetic = Arithmetic::kByLine) {
  const std::string van = "products/EV-D3";
  PriceRecord published = Entry(van, "248000"), of_class = Entry(van, "245000"), bulk = Entry(van, "240000");
  of_class.key.value[kTier] = "A";
  bulk.scale[0].from = Dec("50");
  PriceRecord policy = Percent(kTypePolicy, "2");
  policy.key.value[kProductLine] = "城市物流车";
  BookRevision sales_policy = Book("POLICY-2026", {policy});
  PriceRecord contract = Percent("FRAME", "3"), group = Percent("FRAME", "1");
  contract.key.value[kAccount] = "accounts/C1010";
  group.key.value[kGroup] = "accounts/C1000";
  PriceRecord freight = Amount("FREIGHT", "600", "CNY");
  freight.requirement = "region = 西南 AND quantity < 5";
  PriceRecord volume = Percent("VOLUME", "0");
  volume.scale = {{Dec("0"), Dec("0")}, {Dec("5"), Dec("1")}, {Dec("10"), Dec("2.5")}};
  BookRevision book = Book("MAIN", {published, of_class, bulk, contract, group, freight, volume}, 3);
  book.types = {Type("FRAME", Calculation::kPercentOff, {KeyBit(kAccount), KeyBit(kGroup)}),
                Type("FREIGHT", Calculation::kAmountOn, {0}), Type("VOLUME", Calculation::kPercentOff, {0})};
  book.types[0].level = book.types[1].level = PriceLevel::kContract;
  book.types[1].sequence = 10;
  book.types[2].level = PriceLevel::kVolume;
  Product product = NewProduct(van, "252000");
  product.product_line = "城市物流车";
  PriceRequest request = Request(van, "6");
  request.arithmetic = arithmetic;
  request.account = "accounts/C1010";
  request.groups = {"accounts/C1000"};
  request.region = "华东";
  request.lines[0].discount_percent = Dec("1.5");
  const PricedDocument priced = PriceIt(request, {book, sales_policy}, {product});
  return TraceText(request, priced);
}

// C-01
TEST(WorkedPrice, IsWhatTheReadmeShows) {
  std::ifstream file("contract-svc/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  std::string shown;
  std::istringstream lines(WorkedPrice());
  for (std::string line; std::getline(lines, line);) shown += "    " + line + "\n";
  EXPECT_NE(readme.str().find(shown), std::string::npos) << "the README should show\n" << shown;
}

// C-01: answers that were given before amounts were worked out by line are asked again to the same bytes.
TEST(WorkedPrice, AnAnswerOfAnEarlierReleaseIsTheSame) {
  EXPECT_THAT(WorkedPrice(Arithmetic::kByUnit),
              ::testing::EndsWith("sha256 f32c63964cf91053c37bd242e06736a0b51f38fbf3ab574c3c5d299203f269c5\n"));
}

}  // namespace
}  // namespace kam::contract::rules
