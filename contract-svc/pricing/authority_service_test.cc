// The authority grid over the real database and gRPC (C-03, R-06).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using ::testing::Not;
using testing::StatusIs;

constexpr char kGrants[] = "kam.pricing.v1.AuthorityGrantService/";

class AuthorityTest : public PricingTest {
 protected:
  pb::CreateAuthorityGrantRequest Grant(const std::string& product_line, const std::string& role, int level,
                                        const std::string& discount) {
    pb::CreateAuthorityGrantRequest request;
    pb::AuthorityGrant* grant = request.mutable_authority_grant();
    grant->set_role(role);
    grant->set_product_line(product_line);
    grant->set_level(level);
    grant->set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
    grant->set_max_discount_percent(discount);
    grant->set_min_margin_percent("0");
    grant->set_valid_from(world_.Today());
    grant->set_reason("campaign");
    return request;
  }
};

// C-03
TEST_F(AuthorityTest, NobodyGrantsMoreThanHeHoldsNorToHimself) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  const std::string method = absl::StrCat(kGrants, "CreateAuthorityGrant");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.kam, method, Grant(product.product_line(), "KAX", 1, "1")),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto exceeds = Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "KAM", 3, "20.5"));
  EXPECT_THAT(exceeds, HasReason("GRANT_EXCEEDS_OWN"));
  EXPECT_EQ(MetadataValue(exceeds.status(), "exceeds"), "max_discount_percent");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "SD", 5, "1")),
              HasReason("SELF_GRANT"));
  auto both = Grant(product.product_line(), "KAM", 3, "1");
  both.mutable_authority_grant()->set_employee(world_.kam.subject);
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, both), HasReason("GRANTEE_INVALID"));
  auto valued = Grant(product.product_line(), "KAM", 3, "1");
  *valued.mutable_authority_grant()->mutable_max_line_value() = Cny("1000");
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.sd, method, valued), HasReason("CURRENCY_REQUIRED"));

  // What is given counts when another has confirmed it, what is taken back no longer.
  const std::string quote = world_.NewQuote(world_.kam, world_.NewAccount(world_.kax), product, "12").name();
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4);
  const auto granted = Call<pb::AuthorityGrant>(world_.sd, method, Grant(product.product_line(), "KAM", 3, "12"));
  ASSERT_THAT(granted, IsOk());
  EXPECT_EQ(granted->grantor(), world_.sd.subject);
  EXPECT_EQ(granted->state(), pb::AUTHORITY_GRANT_STATE_PROPOSED);
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4) << "one person does not give authority";
  pb::ConfirmAuthorityGrantRequest confirm;
  confirm.set_name(granted->name());
  const auto confirmed = [&](const auth::Principal& as) {
    return Call<pb::AuthorityGrant>(as, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm);
  };
  EXPECT_THAT(confirmed(world_.gm), NamesField("etag")) << "he has to have read it";
  confirm.set_etag(granted->etag());
  EXPECT_THAT(confirmed(world_.sd), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(confirmed(world_.kam), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto second = confirmed(world_.gam);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->confirmer(), world_.gam.subject);
  pb::PriceQuoteRequest only;
  only.set_name(quote);
  only.set_validate_only(true);
  const auto now = Call<pb::PriceQuoteResponse>(world_.kam, "kam.pricing.v1.QuoteService/PriceQuote", only);
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->quote().verdict(), pb::AUTHORITY_VERDICT_WITHIN);
  ASSERT_THAT(world_.Revoke(world_.sd, *granted), IsOk());
  EXPECT_EQ(world_.Price(world_.kam, quote)->quote().required_level(), 4);
}

// R-07, R.2: with the smallest margin of a grant the answers to prices would tell the purchase price.
TEST_F(AuthorityTest, SmallestMarginsAreForThoseWhoGiveAuthority) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  auto bound = Grant(product.product_line(), "KAM", 3, "10");
  bound.mutable_authority_grant()->set_min_margin_percent("12.5");
  const auto given = Call<pb::AuthorityGrant>(world_.sd, absl::StrCat(kGrants, "CreateAuthorityGrant"), bound);
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->min_margin_percent(), "12.5");
  kam::api::GetRequest get;
  get.set_name(given->name());
  for (const auto& [reader, seen] :
       {std::pair(world_.kax, ""), std::pair(world_.kam, ""), std::pair(world_.gm, "12.5")}) {
    const auto grant = Call<pb::AuthorityGrant>(reader, absl::StrCat(kGrants, "GetAuthorityGrant"), get);
    ASSERT_THAT(grant, IsOk());
    EXPECT_EQ(grant->min_margin_percent(), seen);
  }
  kam::api::ListRequest list;
  list.set_filter("min_margin_percent = \"12.5\"");
  EXPECT_THAT(Call<pb::ListAuthorityGrantsResponse>(world_.kax, absl::StrCat(kGrants, "ListAuthorityGrants"), list),
              HasReason("FILTER_FIELD_UNKNOWN"));
}

// C-03, R-06: a grant to the own role, or of days before the own grant, is taken back like any other.
TEST_F(AuthorityTest, WhatWasGivenCanBeTakenBack) {
  const pb::Product product = world_.NewProduct("100");
  const auto revoke = [&](const auth::Principal& as, const std::string& name) {
    pb::RevokeAuthorityGrantRequest request;
    request.set_name(name);
    request.set_reason("given in error");
    return Call<pb::AuthorityGrant>(as, absl::StrCat(kGrants, "RevokeAuthorityGrant"), request);
  };
  const auto of_gam = world_.Give(world_.sd, Grant(product.product_line(), "GAM", 4, "14").authority_grant());
  ASSERT_THAT(of_gam, IsOk());
  EXPECT_THAT(revoke(world_.gam, of_gam->name()), IsOk()) << "the authority of his own role";
  // It is not confirmed by those it is for; what nobody has confirmed is taken back too.
  const auto proposed = Call<pb::AuthorityGrant>(world_.sd, absl::StrCat(kGrants, "CreateAuthorityGrant"),
                                                 Grant(product.product_line(), "GAM", 4, "14"));
  ASSERT_THAT(proposed, IsOk());
  pb::ConfirmAuthorityGrantRequest confirm;
  confirm.set_name(proposed->name());
  confirm.set_etag(proposed->etag());
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.gam, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm),
              HasReason("SELF_GRANT"));
  EXPECT_THAT(revoke(world_.sd, proposed->name()), IsOk());
  EXPECT_THAT(Call<pb::AuthorityGrant>(world_.gm, absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm),
              Not(IsOk()));
  const auto wide = world_.Give(world_.sd, Grant(product.product_line(), "KAM", 5, "20").authority_grant());
  ASSERT_THAT(wide, IsOk());
  EXPECT_THAT(revoke(world_.gam, wide->name()), HasReason("GRANT_EXCEEDS_OWN"));
  auth::Principal moved = world_.harness().PrincipalFor("GAM", world_.sd.employee, world_.sd.department);
  EXPECT_THAT(revoke(moved, wide->name()), IsOk()) << "he gave it, in another post";
}

// A question to a person, not to a role.
TEST_F(AuthorityTest, PersonalGrantIsAskedOfThePerson) {
  const pb::Product product = world_.NewProduct("100", "", "60");
  const auth::Principal expert = world_.NewPerson("BDS");
  auto request = Grant(product.product_line(), "", 1, "10");
  request.mutable_authority_grant()->set_employee(expert.subject);
  ASSERT_THAT(world_.Give(world_.sd, request.authority_grant()), IsOk());
  const std::string account = world_.NewAccount(world_.kax);
  const std::string quote = world_.NewQuote(world_.kax, account, product, "10").name();
  ASSERT_THAT(world_.Price(world_.kax, quote), IsOk());
  const auto asked = world_.Submit(world_.kax, quote);
  ASSERT_THAT(asked, IsOk());
  auth::Principal reaching = expert;
  reaching.team = {world_.kax.employee};
  EXPECT_THAT(world_.Approve(world_.sm, asked->approval()), HasReason("NOT_THE_DECIDER"));
  EXPECT_THAT(world_.Approve(reaching, asked->approval()), IsOk());
}

}  // namespace
}  // namespace kam::contract
