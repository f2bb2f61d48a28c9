#include "contract-svc/rules/requirement.h"

#include <gtest/gtest.h>

#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

RequirementFacts Facts() {
  RequirementFacts facts;
  facts.quantity = Decimal::Parse("12.5").value();
  facts.list_price = Decimal::Parse("100").value();
  facts.tier = "A";
  facts.segment = "SME";
  facts.region = "华东";
  facts.product_line = "Sedan";
  facts.unit = "台";
  facts.currency = "CNY";
  return facts;
}

bool Holds(const std::string& text) {
  const auto requirement = Requirement::Compile(text, "x");
  EXPECT_TRUE(requirement.ok()) << text << ": " << requirement.status();
  const auto holds = requirement->Holds(Facts());
  EXPECT_TRUE(holds.ok()) << text << ": " << holds.status();
  return holds.value_or(false);
}

// C-01
TEST(Requirement, ComparesNumbersAndTexts) {
  for (const char* text : {"quantity >= 12.5", "quantity = 12.50", "value > 1249", "list_price <= 100", "tier = A",
                           "region = \"华东\" AND segment != FLEET", "NOT tier = B", "tier = B OR unit = 台",
                           "currency = CNY product_line = Sedan"}) {
    EXPECT_TRUE(Holds(text)) << text;
  }
  for (const char* text : {"quantity > 12.5", "value >= 1251", "tier != A", "NOT (tier = A OR tier = B)"}) {
    EXPECT_FALSE(Holds(text)) << text;
  }
}

// G4: what cannot be understood is never compiled, and says why.
TEST(Requirement, G4WhatIsNotKnownIsRefused) {
  for (const char* text : {"colour = red", "quantity = many", "tier > A", "region = 华*", "quantity:*",
                           "quantity >=", "(tier = A", " ", "tier:A"}) {
    const auto requirement = Requirement::Compile(text, "price_book.conditions[3].requirement");
    EXPECT_EQ(Reason(requirement.status()), "REQUIREMENT_INVALID") << text;
    EXPECT_EQ(ViolatedFields(requirement.status()), std::vector<std::string>{"price_book.conditions[3].requirement"})
        << text;
  }
}

// G4: a value that is not there makes it fail, also where the rest of the condition is false already.
TEST(Requirement, G4AMissingValueFailsAndIsNeverHidden) {
  RequirementFacts facts = Facts();
  facts.list_price.reset();
  for (const char* text : {"value > 10", "tier = B AND list_price > 1", "tier = A OR list_price > 1"}) {
    EXPECT_EQ(Reason(Requirement::Compile(text, "x")->Holds(facts).status()), "REQUIREMENT_FAILED") << text;
  }
  facts = Facts();
  facts.quantity = Decimal::Parse("999999999999999999").value();
  EXPECT_EQ(Reason(Requirement::Compile("value > 10", "x")->Holds(facts).status()), "REQUIREMENT_FAILED");
}

}  // namespace
}  // namespace kam::contract::rules
