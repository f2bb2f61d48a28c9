// Figures of the after-sales service that hold where no row of data says otherwise. No rule holds a figure of its own.
#ifndef KAM_AFTERSALES_SVC_POLICY_H_
#define KAM_AFTERSALES_SVC_POLICY_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace kam::aftersales {

struct Policy {
  // How far a time that a caller gives may be ahead of ours.
  absl::Duration clock_tolerance = absl::Minutes(5);
  // Used until the first ClaimPolicy applies (F-13): claims from this amount on are decided by the service manager.
  std::string decision_threshold = "10000";
  std::string decision_currency = "CNY";
  // Accounts of these tiers count as important: their claims are decided by the service manager.
  std::vector<std::string> important_tiers = {"STRATEGIC"};
  // Lowest score, of 1 to 5, of a customer who is satisfied with the solution of a complaint (S-06).
  int satisfied_score_min = 3;
  // How long an invitation to a survey can be answered at most (S-33).
  absl::Duration survey_open_max = absl::Hours(24 * 180);
};

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_POLICY_H_
