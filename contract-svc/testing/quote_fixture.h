// Quotes before those who may allow them, for tests.
#ifndef KAM_CONTRACT_SVC_TESTING_QUOTE_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_QUOTE_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/pricing_world.h"
#include "kam/approval/v1/approval_delegation_service.pb.h"

namespace kam::contract {

inline constexpr char kQuotes[] = "kam.pricing.v1.QuoteService/";
inline constexpr char kApprovals[] = "kam.approval.v1.ApprovalService/";
inline constexpr char kDelegations[] = "kam.approval.v1.ApprovalDelegationService/";

class QuoteTest : public ::testing::Test {
 protected:
  // A quote of the consultant at `discount`, before those who may allow it.
  pricing::v1::Quote Asked(const std::string& discount) {
    const pricing::v1::Quote draft =
        world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), world_.NewProduct("100"), discount);
    EXPECT_THAT(world_.Price(world_.kax, draft.name()), testing::IsOk());
    const auto asked = world_.Submit(world_.kax, draft.name());
    EXPECT_THAT(asked, testing::IsOk());
    return asked.value_or(pricing::v1::Quote());
  }
  // The same, approved by the sales manager.
  pricing::v1::Quote Approved(const std::string& discount) {
    const pricing::v1::Quote asked = Asked(discount);
    EXPECT_THAT(world_.Approve(world_.sm, asked.approval()), testing::IsOk());
    return world_.GetQuote(world_.kax, asked.name()).value_or(pricing::v1::Quote());
  }
  approval::v1::CreateApprovalDelegationRequest Delegation(const auth::Principal& delegate, const std::string& role) {
    approval::v1::CreateApprovalDelegationRequest request;
    approval::v1::ApprovalDelegation* delegation = request.mutable_approval_delegation();
    delegation->set_delegate(delegate.subject);
    delegation->add_roles(role);
    const int64_t now = absl::ToUnixSeconds(world_.harness().clock().Now());
    delegation->mutable_start_time()->set_seconds(now - 60);
    delegation->mutable_end_time()->set_seconds(now + 3600);
    delegation->set_reason("holiday");
    return request;
  }
  absl::StatusOr<approval::v1::ApprovalDelegation> Delegate(const auth::Principal& from, const auth::Principal& to,
                                                            const std::string& role) {
    return world_.harness().Call<approval::v1::ApprovalDelegation>(
        from, absl::StrCat(kDelegations, "CreateApprovalDelegation"), Delegation(to, role));
  }

  PricingWorld& world_ = PricingWorld::Get();
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_TESTING_QUOTE_FIXTURE_H_
