// Claims before persons with several roles, and claims that an import brings, for tests.
#ifndef KAM_AFTERSALES_SVC_TESTING_CLAIM_FIXTURE_H_
#define KAM_AFTERSALES_SVC_TESTING_CLAIM_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/claims.h"
#include "common/testing/matchers.h"
#include "kam/api/standard.pb.h"

namespace kam::aftersales::testing {

class ClaimTest : public ::testing::Test {
 protected:
  // A person with several roles.
  auth::Principal With(const std::string& roles) {
    return world_.harness().PrincipalFor(roles, world_.As("SA#" + roles).employee);
  }
  template <typename Request>
  absl::StatusOr<wv1::WarrantyClaim> As(const auth::Principal& who, const std::string& verb, const std::string& name,
                                        Request request) {
    request.set_name(name);
    return world_.harness().Call<wv1::WarrantyClaim>(who, absl::StrCat(kClaims, verb), request);
  }
  wv1::DecideWarrantyClaimRequest Grant(const std::string& name) {
    wv1::DecideWarrantyClaimRequest request;
    request.set_etag(GetClaim(world_, name).etag());
    request.add_items()->set_decision(wv1::CLAIM_ITEM_DECISION_APPROVED);
    request.set_reason("by the policy");
    return request;
  }
  // A claim of one part, which need not come back.
  static wv1::WarrantyClaim PartClaim(const std::string& account) {
    wv1::WarrantyClaim claim = NewClaim(account);
    claim.mutable_items()->RemoveLast();
    claim.mutable_items(0)->set_part_due_back(false);
    return claim;
  }
  kam::api::UpsertResult Import(const wv1::WarrantyClaim& claim, const std::string& key = "K-1") {
    wv1::BatchUpsertWarrantyClaimsRequest request;
    *request.add_warranty_claims() = claim;
    kam::api::ExternalId* id = request.mutable_warranty_claims(0)->add_external_ids();
    id->set_system("erp");
    id->set_id(key);
    const auto answer =
        world_.Call<kam::api::BatchUpsertResponse>("ERP", absl::StrCat(kClaims, "BatchUpsertWarrantyClaims"), request);
    EXPECT_THAT(answer, ::kam::testing::IsOk());
    return answer.ok() ? answer->results(0) : kam::api::UpsertResult();
  }
  wv1::ClaimAppraisal Appraisal(const std::string& who, wv1::AppraisalVerdict verdict) {
    wv1::ClaimAppraisal appraisal;
    appraisal.set_appraiser(world_.Name(who));
    appraisal.set_verdict(verdict);
    return appraisal;
  }

  World& world_ = World::Fresh();
};

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_CLAIM_FIXTURE_H_
