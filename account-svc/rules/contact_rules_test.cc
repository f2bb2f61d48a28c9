#include "account-svc/rules/contact_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/contact.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

// nobody is above himself, by however many steps.
TEST(RelationshipMapTest, CirclesOfEveryLengthAreFound) {
  for (int length = 1; length <= 6; ++length) {
    Arrows arrows;
    const auto name = [](int i) { return std::string(1, static_cast<char>('a' + i)); };
    for (int i = 0; i + 1 < length; ++i) arrows[name(i)] = {name(i + 1)};
    EXPECT_FALSE(ComesBack(arrows, "a")) << length;
    arrows[name(length - 1)] = {"a"};
    for (int i = 0; i < length; ++i) EXPECT_TRUE(ComesBack(arrows, name(i))) << length;
  }
  // Two ways to the same person are no circle; a circle elsewhere is none of this one.
  EXPECT_FALSE(ComesBack({{"a", {"b", "c"}}, {"b", {"d"}}, {"c", {"d"}}}, "a"));
  EXPECT_FALSE(ComesBack({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}, "a"));
}

//
TEST(RelationshipMapTest, ArrowsStayWithinTheAccountAndFormNoCircle) {
  v1::Contact contact;
  contact.set_name("contacts/a");
  contact.set_display_name("王先生");
  contact.set_reports_to("contacts/x");
  EXPECT_THAT(CheckMap(contact, {}, {}), NamesField("contact.reports_to"));
  EXPECT_THAT(CheckMap(contact, {{"contacts/x", {}}}, {}), IsOk());
  const auto circle = CheckMap(contact, {{"contacts/x", {"contacts/a"}}}, {});
  EXPECT_THAT(circle, HasReason("CONTACT_CYCLE"));
  EXPECT_EQ(MetadataValue(circle, "field"), "contact.reports_to");
  contact.set_reports_to("contacts/a");
  EXPECT_THAT(CheckMap(contact, {}, {}), HasReason("CONTACT_CYCLE"));
  contact.clear_reports_to();
  contact.add_influences("contacts/y");
  EXPECT_THAT(CheckMap(contact, {}, {}), NamesField("contact.influences"));
  EXPECT_THAT(CheckMap(contact, {{"contacts/y", {}}}, {}), IsOk());
  EXPECT_THAT(CheckMap(contact, {{"contacts/y", {}}}, {{"contacts/y", {"contacts/a"}}}), HasReason("CONTACT_CYCLE"));
  // Who reports to somebody may have an influence on him.
  contact.set_reports_to("contacts/y");
  EXPECT_THAT(CheckMap(contact, {{"contacts/y", {}}}, {}), IsOk());
}

//
TEST(KeyPersonTest, OnlyAnActiveAccountKeepsItsLastOne) {
  EXPECT_THAT(CheckKeyPersonStays(v1::ACCOUNT_STATE_ACTIVE, 0, "accounts/a"), HasReason("LAST_KEY_PERSON"));
  EXPECT_THAT(CheckKeyPersonStays(v1::ACCOUNT_STATE_ACTIVE, 1, "accounts/a"), IsOk());
  for (const v1::AccountState state : {v1::ACCOUNT_STATE_DRAFT, v1::ACCOUNT_STATE_SUBMITTED, v1::ACCOUNT_STATE_VERIFIED,
                                       v1::ACCOUNT_STATE_DORMANT, v1::ACCOUNT_STATE_LOST}) {
    EXPECT_THAT(CheckKeyPersonStays(state, 0, "accounts/a"), IsOk());
  }
}

//
TEST(LastContactTest, NeverGoesBack) {
  EXPECT_EQ(LaterDay("", "2026-01-01"), "2026-01-01");
  EXPECT_EQ(LaterDay("2026-01-02", "2026-01-01"), "2026-01-02");
  EXPECT_EQ(LaterDay("2026-01-02", "2026-02-01"), "2026-02-01");
}

}  // namespace
}  // namespace kam::account::rules
