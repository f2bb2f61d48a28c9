// Who decides on a quote, in person or for somebody else, and on what (C-03, G-05).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/approval/engine.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/quote_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_delegation_service.pb.h"
#include "kam/approval/v1/approval_service.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
namespace ab = kam::approval::v1;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using ::testing::Not;
using testing::StatusIs;

// Separation of duties: neither in person nor by delegation, either way round.
TEST_F(QuoteTest, RequesterAndHisDelegateNeverDecide) {
  const pb::Quote asked = Asked("4");
  auth::Principal promoted = world_.harness().PrincipalFor("KAX SM", world_.kax.employee, world_.kax.department);
  EXPECT_THAT(world_.Approve(promoted, asked.approval()), HasReason("REQUESTER_MAY_NOT_DECIDE"));

  const auth::Principal deputy = world_.NewPerson("KAM");
  world_.SetRoles(promoted, promoted.roles);
  ASSERT_THAT(Delegate(promoted, deputy, "SM"), IsOk());
  EXPECT_THAT(world_.Approve(deputy, asked.approval()), HasReason("REQUESTER_MAY_NOT_DECIDE"));

  ASSERT_THAT(Delegate(world_.sm, deputy, "SM"), IsOk());
  const auto decided = world_.Approve(deputy, asked.approval());
  ASSERT_THAT(decided, IsOk());
  EXPECT_EQ(decided->steps(0).decider(), deputy.subject);
  EXPECT_EQ(decided->steps(0).on_behalf_of(), world_.sm.subject);
}

TEST_F(QuoteTest, DelegationHoldsOnlyForRolesHeldInItsWindowUntilRevoked) {
  const auth::Principal deputy = world_.NewPerson("KAM");
  EXPECT_THAT(Delegate(world_.sm, deputy, "GAM"), HasReason("ROLE_NOT_HELD"));
  EXPECT_THAT(Delegate(world_.sm, world_.sm, "SM"), HasReason("DELEGATION_TO_SELF"));
  auto request = Delegation(deputy, "SM");
  request.mutable_approval_delegation()->mutable_end_time()->set_seconds(
      request.approval_delegation().start_time().seconds() + 91 * 86400);
  EXPECT_THAT(world_.harness().Call<ab::ApprovalDelegation>(
                  world_.sm, absl::StrCat(kDelegations, "CreateApprovalDelegation"), request),
              HasReason("PERIOD_INVALID"));
  const auto delegation = Delegate(world_.sm, deputy, "SM");
  ASSERT_THAT(delegation, IsOk());
  ab::RevokeApprovalDelegationRequest revoke;
  revoke.set_name(delegation->name());
  EXPECT_THAT(world_.harness().Call<ab::ApprovalDelegation>(
                  deputy, absl::StrCat(kDelegations, "RevokeApprovalDelegation"), revoke),
              StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(world_.harness().Call<ab::ApprovalDelegation>(
                  world_.sm, absl::StrCat(kDelegations, "RevokeApprovalDelegation"), revoke),
              IsOk());
  EXPECT_THAT(world_.Approve(deputy, Asked("4").approval()), HasReason("NOT_THE_DECIDER"));
}

// G-05: no delegation is taken that would not count.
TEST_F(QuoteTest, AsManyAreLentToOnePersonAsAreLookedAt) {
  const auth::Principal deputy = world_.NewPerson("KAM");
  std::string first;
  for (int i = 0; i < approval::Policy().delegations_to_one_max; ++i) {
    const auto delegation = Delegate(world_.sm, deputy, "SM");
    ASSERT_THAT(delegation, IsOk()) << i;
    if (first.empty()) first = delegation->name();
  }
  EXPECT_THAT(Delegate(world_.sm, deputy, "SM"), HasReason("DELEGATIONS_TOO_MANY"));
  EXPECT_THAT(Delegate(world_.sm, world_.NewPerson("KAM"), "SM"), IsOk());
  ab::RevokeApprovalDelegationRequest revoke;
  revoke.set_name(first);
  ASSERT_THAT(world_.harness().Call<ab::ApprovalDelegation>(
                  world_.sm, absl::StrCat(kDelegations, "RevokeApprovalDelegation"), revoke),
              IsOk());
  EXPECT_THAT(Delegate(world_.sm, deputy, "SM"), IsOk());
}

// G-05: authority that was lent ends with the role it came from, whatever the window says.
TEST_F(QuoteTest, DelegationEndsWithTheRoleOfTheDelegator) {
  const auth::Principal deputy = world_.NewPerson("KAM"), manager = world_.NewPerson("SM");
  ASSERT_THAT(Delegate(manager, deputy, "SM"), IsOk());
  const std::string request = Asked("4").approval();
  world_.SetRoles(manager, {"KAM"});
  EXPECT_THAT(world_.Approve(deputy, request), HasReason("NOT_THE_DECIDER")) << "has another post";
  world_.SetRoles(manager, {});
  EXPECT_THAT(world_.Reject(deputy, request, "no"), HasReason("NOT_THE_DECIDER")) << "has left";
  world_.SetRoles(manager, {"SM"});
  EXPECT_THAT(world_.Approve(deputy, request), IsOk());
}

// Many decide at once: one is first.
TEST_F(QuoteTest, ParallelDecisionsHaveExactlyOneWinner) {
  const pb::Quote asked = Asked("4");
  constexpr int kThreads = 6;
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto answer =
          i % 2 == 0 ? world_.Approve(world_.sm, asked.approval()) : world_.Reject(world_.sm, asked.approval(), "no");
      if (answer.ok()) {
        ++won;
      } else if (const std::string why = Reason(answer.status());
                 why == "STATE_NOT_ALLOWED" || why == "ETAG_MISMATCH") {
        ++refused;  // Having read it before or after the winner.
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, kThreads - 1);
  const auto approval = world_.GetApproval(world_.sm, asked.approval());
  const auto quote = world_.GetQuote(world_.kax, asked.name());
  EXPECT_EQ(quote->state(),
            approval->state() == ab::APPROVAL_STATE_APPROVED ? pb::QUOTE_STATE_APPROVED : pb::QUOTE_STATE_DRAFT);
}

// G-05: who decides has read what he decides about: the version is named, and it is the one of now.
TEST_F(QuoteTest, ADecisionNamesTheVersionThatWasRead) {
  const pb::Quote asked = Asked("4");
  const auto decide = [&](auto request, const char* method, const std::string& etag) {
    request.set_name(asked.approval());
    request.set_etag(etag);
    request.set_opinion("read");
    return world_.harness().Call<ab::ApprovalRequest>(world_.sm, absl::StrCat(kApprovals, method), request);
  };
  EXPECT_THAT(decide(ab::ApproveRequest(), "Approve", ""), NamesField("etag"));
  EXPECT_THAT(decide(ab::RejectRequest(), "Reject", ""), NamesField("etag"));
  const std::string read = world_.GetApproval(world_.sm, asked.approval())->etag();
  EXPECT_THAT(decide(ab::ApproveRequest(), "Approve", asked.etag()), Not(IsOk())) << "another version";
  EXPECT_THAT(decide(ab::ApproveRequest(), "Approve", read), IsOk());
}

TEST_F(QuoteTest, RejectionAndWithdrawalGiveTheQuoteBack) {
  const pb::Quote rejected = Asked("4");
  EXPECT_THAT(world_.Reject(world_.sm, rejected.approval(), ""), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_THAT(world_.Reject(world_.sm, rejected.approval(), "too much"), IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, rejected.name())->state(), pb::QUOTE_STATE_DRAFT);

  const pb::Quote asked = Asked("4");
  ab::WithdrawRequest withdraw;
  withdraw.set_name(asked.approval());
  EXPECT_THAT(world_.harness().Call<ab::ApprovalRequest>(world_.kam, absl::StrCat(kApprovals, "Withdraw"), withdraw),
              Not(IsOk()));
  ASSERT_THAT(world_.harness().Call<ab::ApprovalRequest>(world_.kax, absl::StrCat(kApprovals, "Withdraw"), withdraw),
              IsOk());
  EXPECT_EQ(world_.GetQuote(world_.kax, asked.name())->state(), pb::QUOTE_STATE_DRAFT);
  EXPECT_THAT(world_.Approve(world_.sm, asked.approval()), HasReason("STATE_NOT_ALLOWED"));
}

// What waits for me: a filter.
TEST_F(QuoteTest, InboxIsAFilterOverWhatWaits) {
  const pb::Quote asked = Asked("12");
  kam::api::ListRequest request;
  request.set_filter(absl::StrCat("state = PENDING AND pending_roles:GAM AND subject = \"", asked.name(), "\""));
  const auto mine = world_.harness().Call<ab::ListApprovalRequestsResponse>(
      world_.gam, absl::StrCat(kApprovals, "ListApprovalRequests"), request);
  ASSERT_THAT(mine, IsOk());
  ASSERT_EQ(mine->approval_requests_size(), 1);
  ASSERT_THAT(world_.Approve(world_.gam, asked.approval()), IsOk());
  EXPECT_EQ(
      world_.harness()
          .Call<ab::ListApprovalRequestsResponse>(world_.gam, absl::StrCat(kApprovals, "ListApprovalRequests"), request)
          ->approval_requests_size(),
      0);
}

// C-03, G-05: who decides has the authority on the day he does, and the prices are of these days.
TEST_F(QuoteTest, AuthorityIsThatOfTheDayOfTheDecision) {
  const pb::Product product = world_.NewProduct("100");
  const auth::Principal expert = world_.NewPerson("KAM");
  const pb::AuthorityGrant grant = world_.Grant(expert, product, "12");
  const auto asked = [&] {
    const pb::Quote draft = world_.NewQuote(world_.kax, world_.NewAccount(world_.kax), product, "12");
    EXPECT_THAT(world_.Price(world_.kax, draft.name()), IsOk());
    const auto submitted = world_.Submit(world_.kax, draft.name());
    EXPECT_THAT(submitted, IsOk());
    return submitted.value_or(pb::Quote());
  };
  const pb::Quote first = asked(), second = asked();
  ASSERT_THAT(world_.Approve(expert, first.approval()), IsOk());
  ASSERT_THAT(world_.Revoke(world_.gm, grant), IsOk());
  const auto refused = world_.Approve(expert, second.approval());
  EXPECT_THAT(refused, HasReason("AUTHORITY_CHANGED"));
  EXPECT_EQ(MetadataValue(refused.status(), "field"), "quote.lines[0]");
  EXPECT_EQ(world_.GetQuote(world_.kax, second.name())->state(), pb::QUOTE_STATE_IN_APPROVAL);
  EXPECT_THAT(world_.Reject(expert, second.approval(), "no longer mine"), IsOk()) << "turning down takes no authority";

  pb::Quote old;
  old.set_account(world_.NewAccount(world_.kax));
  old.set_currency("CNY");
  old.set_as_of(world_.Today(-7));
  PricingWorld::AddLine(product, "1", "4", &old);
  const std::string name = world_.Create(world_.kax, old)->name();
  ASSERT_THAT(world_.Price(world_.kax, name), IsOk());
  const auto submitted = world_.Submit(world_.kax, name);
  ASSERT_THAT(submitted, IsOk());
  world_.harness().clock().Advance(absl::Hours(24));
  EXPECT_THAT(world_.Approve(world_.sm, submitted->approval()), HasReason("PRICE_DAY_NOT_CURRENT"));
}

}  // namespace
}  // namespace kam::contract
