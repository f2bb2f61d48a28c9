// Claims and returned parts for tests.
#ifndef KAM_AFTERSALES_SVC_TESTING_CLAIMS_H_
#define KAM_AFTERSALES_SVC_TESTING_CLAIMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/testing/world.h"
#include "kam/claim/v1/returned_part.pb.h"
#include "kam/claim/v1/returned_part_service.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"
#include "kam/claim/v1/warranty_claim_service.pb.h"

namespace kam::aftersales::testing {

namespace wv1 = ::kam::claim::v1;

inline constexpr char kClaims[] = "kam.claim.v1.WarrantyClaimService/";
inline constexpr char kParts[] = "kam.claim.v1.ReturnedPartService/";

// Bought 2025-06-01, warranty to 2026-06-01, failed 2026-01-02; one part due back for 6000 and labour for 1500.50.
wv1::WarrantyClaim NewClaim(const std::string& account, wv1::ClaimDirection direction = wv1::CLAIM_DIRECTION_CUSTOMER);
absl::StatusOr<wv1::WarrantyClaim> Create(World& world, const wv1::WarrantyClaim& claim, const std::string& who = "SA");
template <typename Request>
absl::StatusOr<wv1::WarrantyClaim> Do(World& world, const std::string& who, const std::string& verb,
                                      const std::string& name, Request request = {}) {
  request.set_name(name);
  return world.Call<wv1::WarrantyClaim>(who, absl::StrCat(kClaims, verb), request);
}
absl::StatusOr<wv1::WarrantyClaim> AppraiseFirst(World& world, const std::string& name,
                                                 wv1::AppraisalVerdict verdict = wv1::APPRAISAL_VERDICT_COVERED,
                                                 const std::string& who = "SA");
absl::StatusOr<wv1::WarrantyClaim> AppraiseSecond(World& world, const std::string& name,
                                                  wv1::AppraisalVerdict verdict = wv1::APPRAISAL_VERDICT_COVERED,
                                                  const std::string& who = "CL");
absl::StatusOr<wv1::WarrantyClaim> GiveOpinion(World& world, const std::string& name, wv1::AppraisalVerdict verdict,
                                               const std::string& who = "TM");
// A decision on every item: "full", "none", or an amount granted in part.
absl::StatusOr<wv1::WarrantyClaim> Decide(World& world, const std::string& name,
                                          const std::vector<std::string>& rulings, bool goodwill = false,
                                          const std::string& who = "SVM");
absl::StatusOr<wv1::WarrantyClaim> DecideParts(World& world, const std::string& name,
                                               const std::vector<std::string>& rulings);
absl::StatusOr<wv1::WarrantyClaim> Settle(World& world, const std::string& name, const std::string& amount = {},
                                          const std::string& who = "ACC");
// Created and appraised twice as covered.
std::string AppraisedClaim(World& world, const wv1::WarrantyClaim& claim);
wv1::WarrantyClaim GetClaim(World& world, const std::string& name);

absl::StatusOr<wv1::ReturnedPart> RequestPart(World& world, const std::string& claim, int item = 1,
                                              const std::string& quantity = "1");
template <typename Request>
absl::StatusOr<wv1::ReturnedPart> Move(World& world, const std::string& verb, const std::string& name,
                                       const std::string& quantity = {}, Request request = {}) {
  request.set_name(name);
  request.set_evidence("waybill 17");
  if (!quantity.empty()) request.set_quantity(quantity);
  return world.Call<wv1::ReturnedPart>("CL", absl::StrCat(kParts, verb), request);
}
absl::StatusOr<wv1::ReturnedPart> Receive(World& world, const std::string& name, const std::string& quantity = {});
absl::StatusOr<wv1::ReturnedPart> Ship(World& world, const std::string& name, const std::string& quantity = {});
absl::StatusOr<wv1::ReturnedPart> Arrive(World& world, const std::string& name, const std::string& quantity = {});
absl::StatusOr<wv1::ReturnedPart> Lose(World& world, const std::string& name, wv1::CustodyPlace place,
                                       const std::string& quantity = {});
absl::StatusOr<wv1::ReturnedPart> Waive(World& world, const std::string& name, const std::string& who = "SVM");

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_CLAIMS_H_
