#include "account-svc/rules/need_rules.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_need_service.pb.h"

namespace kam::account::rules {

absl::Status CheckNeed(const v1::CustomerNeed& need) {
  if (need.kind() != v1::CUSTOMER_NEED_KIND_NEW || !need.department().empty()) return absl::OkStatus();
  return InvalidField("customer_need.department", "DEPARTMENT_REQUIRED",
                      "must be set: a new need is told to the department concerned at once");
}

absl::Status CheckNeedUpdate(const v1::CustomerNeed& before) {
  if (before.state() == v1::CUSTOMER_NEED_STATE_RECORDED || before.state() == v1::CUSTOMER_NEED_STATE_ROUTED) {
    return absl::OkStatus();
  }
  if (before.state() == v1::CUSTOMER_NEED_STATE_WITHDRAWN) {
    return FailedPrecondition("NEED_WITHDRAWN", before.name(), "what was taken back does not change");
  }
  return FailedPrecondition("NEED_ANSWERED", before.name(), "what was answered does not change",
                            {{"state", v1::CustomerNeedState_Name(before.state())}});
}

absl::Status Route(const std::string& department, absl::Time now, absl::Time answer_by, v1::CustomerNeed* need) {
  if (need->has_routed_time() && need->department() == department) {
    return InvalidField("department", "DEPARTMENT_UNCHANGED", "was asked already; its time to answer runs",
                        {{"value", department}});
  }
  // A department that was late stays so, whoever is asked next; what was only told late is on its way now.
  if (!need->has_routed_time()) need->set_overdue(false);
  need->set_state(v1::CUSTOMER_NEED_STATE_ROUTED);
  need->set_department(department);
  *need->mutable_routed_time() = ToTimestamp(now);
  *need->mutable_answer_by() = ToTimestamp(answer_by);
  need->clear_escalated_to();
  return absl::OkStatus();
}

void ReturnAnswer(const std::string& reason, absl::Time now, absl::Time answer_by, v1::CustomerNeed* need) {
  need->set_return_reason(reason);
  need->clear_answer();
  need->clear_answerer();
  need->clear_answer_time();
  *need->mutable_routed_time() = ToTimestamp(now);
  *need->mutable_answer_by() = ToTimestamp(answer_by);
  need->clear_escalated_to();
}

absl::Status CheckAnswerer(absl::string_view department_path, const v1::CustomerNeed& need) {
  const absl::string_view id = absl::StripPrefix(need.department(), "departments/");
  if (!id.empty() && absl::StrContains(department_path, absl::StrCat("/", id, "/"))) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "DEPARTMENT_NOT_ASKED",
               absl::StrCat("the answer is that of ", need.department(), " and the departments below it"),
               {{"department", need.department()}});
}

absl::Status Tell(const v1::TellCustomerRequest& request, const std::string& today, v1::CustomerNeed* need) {
  const std::string day = request.told_date().empty() ? today : request.told_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "told_date"));
  need->set_told_date(day);
  need->set_told_to(request.told_to());
  need->set_outcome(request.outcome());
  return absl::OkStatus();
}

absl::StatusOr<std::string> DemandDue(absl::string_view month, const Policy& policy) {
  ASSIGN_OR_RETURN(const std::string next, AddMonths(absl::StrCat(month, "-01"), 1));
  return AddDays(next, policy.demand_due_day - 1);
}

absl::Status CheckDemandOpen(absl::string_view name, absl::string_view month, const std::string& reported,
                             const std::string& today, const Policy& policy) {
  ASSIGN_OR_RETURN(const std::string regular, DemandDue(month, policy));
  ASSIGN_OR_RETURN(const std::string late, AddDays(reported, policy.demand_correction_days));
  // What was reported late may have been reported wrongly too.
  const std::string due = reported > regular ? late : regular;
  if (today <= due) return absl::OkStatus();
  return FailedPrecondition("DEMAND_FIXED", name,
                            absl::StrCat("the quantities of ", month, " were corrected until ", due),
                            {{"month", std::string(month)}, {"limit", due}});
}

}  // namespace kam::account::rules
