// What a seller learns of limits he may not know (C-02, C-03): floor price and margin.
//
// Whoever may not know a limit is answered from the public part of the authority grid: discount, amounts, gifts. Only
// one thing can then still tell him something: a price inside his public authority that is refused all the same, and
// the level to which a question he puts goes. These are the telling prices: counted, limited, and a finding for those
// who decide prices. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_DISCRETION_H_
#define KAM_CONTRACT_SVC_RULES_DISCRETION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "contract-svc/rules/authority.h"

namespace kam::contract::rules {

// Which confidential limits the one who asks may know.
struct Sight {
  bool floor = false;
  bool margin = false;
  bool all() const { return floor && margin; }
};

// Beyond the own authority for a reason that is not told.
inline constexpr char kRuleConfidential[] = "CONFIDENTIAL";

// The document and the grid without the limits that may not be known.
Document PublicPart(Document document, Sight sight);
std::vector<Grant> PublicPart(absl::Span<const Grant> grants, Sight sight);

// Position of a line, or kWholeDocument.
inline constexpr int kWholeDocument = -1;

// Parts of the document whose answer tells something: a confidential limit bears on them, the seller has chosen the
// price (by conceding something, or by the quantity that it moves with), and either the public part is within the
// authority of the one who asks, or the question is put to others (`submitted`).
std::vector<int> Telling(const Document& document, const DocumentDecision& public_part, absl::Span<const Grant> grants,
                         Sight sight, bool submitted);

// What is told. `refused`: parts taken as refused whatever the truth is. Where the truth is within the authority, or
// the public part is not, the public part; otherwise "needs the next level", named from the public part of the grid.
absl::StatusOr<DocumentDecision> Told(const Document& document, const DocumentDecision& truth,
                                      const DocumentDecision& public_part, const std::vector<int>& refused,
                                      const Actor& actor, absl::Span<const Grant> public_grants,
                                      absl::string_view today);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_DISCRETION_H_
