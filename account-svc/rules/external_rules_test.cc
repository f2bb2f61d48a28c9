#include "account-svc/rules/external_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/external_relation.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

v1::RepresentationAuthority Authority(const std::string& role, v1::ExternalKind kind, v1::RepresentationLevel level,
                                      const std::string& from = "2026-01-01", const std::string& to = "") {
  v1::RepresentationAuthority authority;
  authority.set_name("representationAuthorities/" + role + std::to_string(level));
  authority.set_role(role);
  authority.set_kind(kind);
  authority.set_level(level);
  authority.set_from_date(from);
  authority.set_to_date(to);
  return authority;
}

// every level wanted against every level held: only within authority.
TEST(RepresentationTest, OnlyWithinAuthorityOverAllPairs) {
  for (int held = 0; held <= v1::REPRESENTATION_LEVEL_COMMITMENT; ++held) {
    for (int wanted = 1; wanted <= v1::REPRESENTATION_LEVEL_COMMITMENT; ++wanted) {
      const auto authority = Authority("KAM", v1::EXTERNAL_KIND_BANK, static_cast<v1::RepresentationLevel>(held));
      v1::ExternalExchange exchange;
      exchange.set_exchange_date("2026-01-05");
      exchange.set_level(static_cast<v1::RepresentationLevel>(wanted));
      if (wanted == v1::REPRESENTATION_LEVEL_COMMITMENT) exchange.set_commitment("同意联合活动");
      const auto status = CheckExchange(held == 0 ? nullptr : &authority, "2026-01-05", &exchange);
      EXPECT_EQ(status.ok(), held >= wanted) << held << " " << wanted;
      if (!status.ok()) {
        EXPECT_THAT(status, HasReason("REPRESENTATION_NOT_AUTHORIZED"));
        EXPECT_EQ(MetadataValue(status, "permission"), "representation.write");
      } else {
        EXPECT_EQ(exchange.authority(), authority.name());
      }
    }
  }
}

// the media are the marketing director's.
TEST(RepresentationTest, OnlyWhoLooksAfterTheMediaWritesAboutThem) {
  v1::ExternalOrganization organization;
  organization.set_kind(v1::EXTERNAL_KIND_MEDIA);
  EXPECT_THAT(CheckOrganization(organization, /*for_media=*/false), HasReason("MEDIA_NOT_AUTHORIZED"));
  EXPECT_THAT(CheckOrganization(organization, /*for_media=*/true), IsOk());
}

//
TEST(RepresentationTest, ACommitmentIsSaidAndNothingElseCommits) {
  const auto authority = Authority("GM", v1::EXTERNAL_KIND_BANK, v1::REPRESENTATION_LEVEL_COMMITMENT);
  v1::ExternalExchange exchange;
  exchange.set_exchange_date("2026-01-06");
  exchange.set_level(v1::REPRESENTATION_LEVEL_COMMITMENT);
  EXPECT_THAT(CheckExchange(&authority, "2026-01-05", &exchange), HasReason("DATE_IN_FUTURE"));
  exchange.set_exchange_date("2026-01-05");
  EXPECT_THAT(CheckExchange(&authority, "2026-01-05", &exchange), HasReason("COMMITMENT_REQUIRED"));
  exchange.set_level(v1::REPRESENTATION_LEVEL_CONTACT);
  exchange.set_commitment("同意");
  EXPECT_THAT(CheckExchange(&authority, "2026-01-05", &exchange), HasReason("COMMITMENT_NOT_ALLOWED"));
}

// by role or by name, on its days, towards its kind; the furthest counts.
TEST(RepresentationTest, TheFurthestAuthorityOfTheDayCounts) {
  std::vector<v1::RepresentationAuthority> all = {
      Authority("KAM", v1::EXTERNAL_KIND_BANK, v1::REPRESENTATION_LEVEL_CONTACT),
      Authority("KAM", v1::EXTERNAL_KIND_BANK, v1::REPRESENTATION_LEVEL_NEGOTIATION, "2026-02-01", "2026-02-28"),
      Authority("KAM", v1::EXTERNAL_KIND_MEDIA, v1::REPRESENTATION_LEVEL_COMMITMENT)};
  v1::RepresentationAuthority personal =
      Authority("", v1::EXTERNAL_KIND_BANK, v1::REPRESENTATION_LEVEL_COMMITMENT, "2026-03-01", "2026-03-01");
  personal.set_employee("employees/e");
  all.push_back(personal);
  const auto level = [&](const std::string& who, const std::vector<std::string>& roles, const std::string& day) {
    const auto* found = FurthestAuthority(all, who, roles, v1::EXTERNAL_KIND_BANK, day);
    return found == nullptr ? v1::REPRESENTATION_LEVEL_UNSPECIFIED : found->level();
  };
  EXPECT_EQ(level("employees/x", {"KAM"}, "2025-12-31"), v1::REPRESENTATION_LEVEL_UNSPECIFIED);
  EXPECT_EQ(level("employees/x", {"KAM"}, "2026-01-31"), v1::REPRESENTATION_LEVEL_CONTACT);
  EXPECT_EQ(level("employees/x", {"KAM"}, "2026-02-28"), v1::REPRESENTATION_LEVEL_NEGOTIATION);
  EXPECT_EQ(level("employees/x", {"KAX"}, "2026-02-28"), v1::REPRESENTATION_LEVEL_UNSPECIFIED);
  EXPECT_EQ(level("employees/e", {"KAX"}, "2026-03-01"), v1::REPRESENTATION_LEVEL_COMMITMENT);
  EXPECT_EQ(level("employees/x", {"KAM"}, "2026-03-01"), v1::REPRESENTATION_LEVEL_CONTACT);
  EXPECT_THAT(CheckAuthority(personal), IsOk());
  personal.set_role("KAM");
  EXPECT_THAT(CheckAuthority(personal), HasReason("HOLDER_REQUIRED"));
  personal.clear_role();
  personal.clear_employee();
  EXPECT_THAT(CheckAuthority(personal), HasReason("HOLDER_REQUIRED"));
  all[1].set_to_date("2026-01-31");
  EXPECT_THAT(CheckAuthority(all[1]), HasReason("PERIOD_INVALID"));
}

//
TEST(ExternalOrganizationTest, AnAllianceHasAPlan) {
  v1::ExternalOrganization organization;
  organization.set_kind(v1::EXTERNAL_KIND_ALLIANCE);
  EXPECT_THAT(CheckOrganization(organization, false), HasReason("COOPERATION_PLAN_REQUIRED"));
  organization.set_cooperation_plan("联合促销");
  EXPECT_THAT(CheckOrganization(organization, false), IsOk());
  organization.set_state(v1::EXTERNAL_STATE_ENDED);
  EXPECT_THAT(CheckRelationKept(organization), HasReason("RELATION_ENDED"));
}

// nobody gives himself authority, in person or by a role of his, and what was given does not grow
// afterwards.
TEST(RepresentationTest, AuthorityIsGivenToOthersAndDoesNotGrow) {
  v1::RepresentationAuthority authority;
  authority.set_employee("employees/director");
  authority.set_level(v1::REPRESENTATION_LEVEL_NEGOTIATION);
  authority.set_from_date("2026-02-01");
  EXPECT_THAT(CheckGrantor("employees/director", {"SD"}, nullptr, authority), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckGrantor("employees/manager", {"GM"}, nullptr, authority), IsOk());
  v1::RepresentationAuthority of_role = authority;
  of_role.clear_employee();
  of_role.set_role("SD");
  EXPECT_THAT(CheckGrantor("employees/director", {"SD"}, nullptr, of_role), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(CheckGrantor("employees/manager", {"GM"}, nullptr, of_role), IsOk());
  v1::RepresentationAuthority changed = authority;
  changed.set_to_date("2026-12-31");
  EXPECT_THAT(CheckGrantor("employees/manager", {"GM"}, &authority, changed), IsOk());
  EXPECT_THAT(CheckGrantor("employees/director", {"SD"}, &authority, changed), HasReason("SEPARATION_OF_DUTIES"));
  changed.set_level(v1::REPRESENTATION_LEVEL_COMMITMENT);
  EXPECT_THAT(CheckGrantor("employees/manager", {"GM"}, &authority, changed), HasReason("AUTHORITY_RAISED"));
  changed = authority;
  changed.set_from_date("2026-01-31");
  EXPECT_THAT(CheckGrantor("employees/manager", {"GM"}, &authority, changed), HasReason("AUTHORITY_RAISED"));
}

}  // namespace
}  // namespace kam::account::rules
