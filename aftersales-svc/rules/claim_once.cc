#include "aftersales-svc/rules/claim_once.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"

namespace kam::aftersales::rules {
namespace {

namespace pb = ::kam::claim::v1;

bool WasGranted(const pb::WarrantyClaim& claim) {
  return claim.state() == pb::CLAIM_STATE_APPROVED || claim.state() == pb::CLAIM_STATE_PARTLY_APPROVED ||
         claim.state() == pb::CLAIM_STATE_PART_RETURNED || claim.state() == pb::CLAIM_STATE_SETTLED ||
         claim.state() == pb::CLAIM_STATE_ARCHIVED;
}

// "b 77" and "B-77" are the same part.
std::string Folded(const std::string& text) {
  std::string folded;
  for (const char c : text) {
    if (!absl::ascii_isspace(static_cast<unsigned char>(c)) && !absl::ascii_ispunct(static_cast<unsigned char>(c))) {
      folded += absl::ascii_toupper(static_cast<unsigned char>(c));
    }
  }
  return folded.empty() ? text : folded;
}

bool HasMaterial(const pb::WarrantyClaim& claim) {
  return std::any_of(claim.items().begin(), claim.items().end(),
                     [](const pb::ClaimItem& item) { return item.kind() == pb::CLAIM_ITEM_KIND_MATERIAL; });
}

bool IsSame(const pb::ClaimItem& a, const pb::ClaimItem& b) {
  if (a.kind() != b.kind()) return false;
  if (a.kind() == pb::CLAIM_ITEM_KIND_MATERIAL && !a.part_number().empty() && !b.part_number().empty()) {
    return Folded(a.part_number()) == Folded(b.part_number());
  }
  return Folded(a.description()) == Folded(b.description());
}

}  // namespace

bool WasRefused(const pb::WarrantyClaim& claim) {
  if (claim.state() == pb::CLAIM_STATE_REJECTED) return true;
  const google::type::Money& approved = claim.approved_total();
  return claim.state() == pb::CLAIM_STATE_ARCHIVED && approved.units() == 0 && approved.nanos() == 0;
}

bool IsItemRefused(const pb::WarrantyClaim& claim, int item) {
  if (WasRefused(claim)) return true;
  return item >= 1 && item <= claim.items_size() &&
         claim.items(item - 1).decision() == pb::CLAIM_ITEM_DECISION_REJECTED;
}

absl::Status CheckPartNumbers(const pb::WarrantyClaim& claim) {
  for (int i = 0; i < claim.items_size(); ++i) {
    if (claim.items(i).kind() != pb::CLAIM_ITEM_KIND_MATERIAL || !claim.items(i).part_number().empty()) continue;
    return InvalidField(absl::StrCat("warranty_claim.items[", i, "].part_number"), "FIELD_REQUIRED",
                        "must be set: a part is claimed by its number");
  }
  return absl::OkStatus();
}

absl::Status CheckClaimedOnce(const pb::WarrantyClaim& claim, const std::vector<pb::WarrantyClaim>& others,
                              bool deciding) {
  // Work without a part is the work of the repair that was claimed already, whatever it is called.
  const bool work_only = !HasMaterial(claim);
  for (const pb::WarrantyClaim& other : others) {
    if (WasRefused(other)) continue;
    // Names are time-ordered.
    if (deciding && other.name() > claim.name() && !WasGranted(other)) continue;
    for (int i = 0; i < claim.items_size(); ++i) {
      const pb::ClaimItem& item = claim.items(i);
      if (item.decision() == pb::CLAIM_ITEM_DECISION_REJECTED) continue;
      for (const pb::ClaimItem& claimed : other.items()) {
        if (claimed.decision() == pb::CLAIM_ITEM_DECISION_REJECTED) continue;
        const bool same_work =
            work_only && item.kind() == pb::CLAIM_ITEM_KIND_LABOUR && claimed.kind() == pb::CLAIM_ITEM_KIND_LABOUR;
        if (!same_work && !IsSame(item, claimed)) continue;
        const bool part = item.kind() == pb::CLAIM_ITEM_KIND_MATERIAL && !item.part_number().empty();
        const std::string what = part ? absl::StrCat("part ", item.part_number()) : item.description();
        // Not which claim: it may be out of reach.
        return Error(
            absl::StatusCode::kAlreadyExists, "CLAIM_EXISTS",
            absl::StrCat(what, " of ", claim.serial(), " is claimed already for the failure of ", claim.failure_date()),
            {{"serial", claim.serial()},
             {"partNumber", item.part_number()},
             {"failureDate", claim.failure_date()},
             {"item", absl::StrCat(i + 1)}});
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Money> ClaimedOfFailure(const pb::WarrantyClaim& claim, const std::vector<pb::WarrantyClaim>& others) {
  ASSIGN_OR_RETURN(Money sum, FromProto(claim.claimed_total(), "warranty_claim.claimed_total"));
  for (const pb::WarrantyClaim& other : others) {
    if (WasRefused(other) || !other.has_claimed_total()) continue;
    ASSIGN_OR_RETURN(const Money claimed, FromProto(other.claimed_total(), "warranty_claim.claimed_total"));
    ASSIGN_OR_RETURN(sum, Add(sum, claimed));
  }
  return sum;
}

}  // namespace kam::aftersales::rules
