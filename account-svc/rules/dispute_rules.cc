#include "account-svc/rules/dispute_rules.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

std::set<std::string> Above(const ReportingLines& lines, const std::string& employee) {
  std::set<std::string> above;
  std::vector<std::string> next = {employee};
  while (!next.empty()) {
    const auto line = lines.find(next.back());
    next.pop_back();
    if (line == lines.end()) continue;
    for (const std::string& superior : line->second) {
      if (above.insert(superior).second) next.push_back(superior);
    }
  }
  return above;
}

}  // namespace

std::vector<std::string> CommonSuperiors(const ReportingLines& lines, const std::string& a, const std::string& b) {
  const std::set<std::string> above_a = Above(lines, a), above_b = Above(lines, b);
  std::vector<std::string> common;
  std::set_intersection(above_a.begin(), above_a.end(), above_b.begin(), above_b.end(), std::back_inserter(common));
  common.erase(std::remove_if(common.begin(), common.end(),
                              [&](const std::string& superior) { return superior == a || superior == b; }),
               common.end());
  return common;
}

std::vector<std::string> NearestCommonSuperiors(const ReportingLines& lines, const std::string& a,
                                                const std::string& b) {
  const std::vector<std::string> common = CommonSuperiors(lines, a, b);
  std::set<std::string> further;
  for (const std::string& superior : common) {
    const std::set<std::string> above = Above(lines, superior);
    further.insert(above.begin(), above.end());
  }
  std::vector<std::string> nearest;
  std::copy_if(common.begin(), common.end(), std::back_inserter(nearest),
               [&](const std::string& superior) { return further.count(superior) == 0; });
  return nearest;
}

absl::Status CheckArbiter(const v1::WorkDispute& dispute, const ReportingLines& lines, const std::string& actor) {
  const std::vector<std::string> allowed = dispute.overdue()
                                               ? CommonSuperiors(lines, dispute.opener(), dispute.respondent())
                                               : NearestCommonSuperiors(lines, dispute.opener(), dispute.respondent());
  if (std::find(allowed.begin(), allowed.end(), actor) != allowed.end()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_COMMON_SUPERIOR",
               absl::StrCat(dispute.name(), ": only the common superior of both parties decides"),
               {{"resource", dispute.name()}, {"mayDecide", absl::StrJoin(allowed, " ")}});
}

absl::Status CheckSubject(const v1::WorkDispute& dispute) {
  if (dispute.account().empty() && dispute.subject() != v1::DISPUTE_SUBJECT_TASK) {
    return InvalidField("work_dispute.account", "FIELD_REQUIRED", "must be set unless the dispute is about a task");
  }
  const std::string& about = dispute.subject_name();
  if (dispute.subject() == v1::DISPUTE_SUBJECT_COMMISSION && !about.empty()) {
    const std::vector<std::string> parts = absl::StrSplit(about, '/');
    const bool names = parts.size() == 2 && !parts[1].empty() &&
                       (parts[0] == "orders" || parts[0] == "contracts" || parts[0] == "opportunities");
    if (!names) {
      return InvalidField("work_dispute.subject_name", "DISPUTE_SUBJECT_INVALID",
                          "must name an order, a contract or an opportunity, or be empty for every commission of the "
                          "account",
                          {{"value", about}});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckEffect(const v1::WorkDispute& dispute, v1::DisputeEffect effect, int opener_share) {
  const auto refuse = [&](absl::string_view why) {
    return InvalidField(
        "effect", "DISPUTE_EFFECT_INVALID", why,
        {{"subject", v1::DisputeSubject_Name(dispute.subject())}, {"effect", v1::DisputeEffect_Name(effect)}});
  };
  bool fits = effect == v1::DISPUTE_EFFECT_STAYS;
  switch (dispute.subject()) {
    case v1::DISPUTE_SUBJECT_OWNERSHIP:
      fits = fits || effect == v1::DISPUTE_EFFECT_OWNERSHIP_MOVES || effect == v1::DISPUTE_EFFECT_CO_OWNERSHIP;
      break;
    case v1::DISPUTE_SUBJECT_COMMISSION:
      fits = fits || effect == v1::DISPUTE_EFFECT_COMMISSION_SPLIT;
      break;
    case v1::DISPUTE_SUBJECT_TASK:
      fits = fits || effect == v1::DISPUTE_EFFECT_TASK_MOVES;
      break;
    default:
      break;
  }
  if (!fits) return refuse("does not fit the subject of the dispute");
  if (opener_share != 0 && effect != v1::DISPUTE_EFFECT_COMMISSION_SPLIT) {
    return refuse("a share is given only where a commission is split");
  }
  return absl::OkStatus();
}

}  // namespace kam::account::rules
