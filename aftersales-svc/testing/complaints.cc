#include "aftersales-svc/testing/complaints.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "kam/api/standard.pb.h"
#include "kam/complaint/v1/business_calendar_service.pb.h"
#include "kam/complaint/v1/clock_policy_service.pb.h"
#include "kam/complaint/v1/complaint_class_rule_service.pb.h"
#include "kam/complaint/v1/complaint_clock_service.pb.h"
#include "kam/complaint/v1/complaint_service.pb.h"
#include "kam/complaint/v1/escalation_rule_service.pb.h"

namespace kam::aftersales::testing {

std::string AddOfficeCalendar(World& world) {
  cv1::CreateBusinessCalendarRequest request;
  cv1::BusinessCalendar* calendar = request.mutable_business_calendar();
  calendar->set_code("office");
  calendar->set_time_zone("Asia/Shanghai");
  for (int weekday = cv1::WEEKDAY_MONDAY; weekday <= cv1::WEEKDAY_FRIDAY; ++weekday) {
    cv1::CalendarWindow* window = calendar->add_windows();
    window->set_weekday(static_cast<cv1::Weekday>(weekday));
    window->set_from_minute(9 * 60);
    window->set_to_minute(17 * 60);
  }
  const auto created = world.Call<cv1::BusinessCalendar>(
      "CSM", "kam.complaint.v1.BusinessCalendarService/CreateBusinessCalendar", request);
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? created->name() : "";
}

void AddClockPolicy(World& world, cv1::ComplaintClass complaint_class, cv1::ClockKind kind, int minutes,
                    int pause_max_minutes) {
  cv1::CreateClockPolicyRequest request;
  cv1::ClockPolicy* policy = request.mutable_clock_policy();
  policy->set_complaint_class(complaint_class);
  policy->set_kind(kind);
  policy->set_allotment_minutes(minutes);
  policy->set_calendar_code("office");
  policy->set_pause_max_minutes(pause_max_minutes);
  const auto created =
      world.Call<cv1::ClockPolicy>("CSM", "kam.complaint.v1.ClockPolicyService/CreateClockPolicy", request);
  EXPECT_TRUE(created.ok()) << created.status();
}

absl::StatusOr<cv1::EscalationRule> AddRung(World& world, int level, cv1::EscalationBasis basis, int minutes,
                                            const std::string& role) {
  cv1::CreateEscalationRuleRequest request;
  cv1::EscalationRule* rule = request.mutable_escalation_rule();
  rule->set_complaint_class(cv1::COMPLAINT_CLASS_ORDINARY);
  rule->set_kind(cv1::CLOCK_KIND_SOLUTION);
  rule->set_level(level);
  rule->set_basis(basis);
  rule->set_minutes(minutes);
  rule->set_role(role);
  return world.Call<cv1::EscalationRule>("CSM", "kam.complaint.v1.EscalationRuleService/CreateEscalationRule", request);
}

void AddMajorRule(World& world) {
  cv1::CreateComplaintClassRuleRequest request;
  cv1::ComplaintClassRule* rule = request.mutable_complaint_class_rule();
  rule->set_priority(10);
  rule->set_severity_min(cv1::SEVERITY_CRITICAL);
  rule->set_complaint_class(cv1::COMPLAINT_CLASS_MAJOR);
  const auto created = world.Call<cv1::ComplaintClassRule>(
      "CSM", "kam.complaint.v1.ComplaintClassRuleService/CreateComplaintClassRule", request);
  EXPECT_TRUE(created.ok()) << created.status();
}

cv1::Complaint NewComplaint(const std::string& account) {
  cv1::Complaint complaint;
  complaint.set_account(account);
  complaint.set_contact("Ms Wang, workshop");
  complaint.set_product("Truck axle A3");
  complaint.set_category(cv1::COMPLAINT_CATEGORY_PRODUCT);
  complaint.set_severity(cv1::SEVERITY_MEDIUM);
  complaint.set_description("The axle makes a noise after 200 km.");
  complaint.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  return complaint;
}

absl::StatusOr<cv1::Complaint> Create(World& world, const std::string& who, const cv1::Complaint& complaint) {
  cv1::CreateComplaintRequest request;
  *request.mutable_complaint() = complaint;
  return world.Call<cv1::Complaint>(who, absl::StrCat(kComplaints, "CreateComplaint"), request);
}

cv1::Complaint MustCreate(World& world, const std::string& account) {
  const auto created = Create(world, "CSR", NewComplaint(account));
  EXPECT_TRUE(created.ok()) << created.status();
  return created.value_or(cv1::Complaint());
}

absl::StatusOr<cv1::Complaint> Accept(World& world, const std::string& name, const std::string& who) {
  return Do<cv1::AcceptComplaintRequest>(world, who, "AcceptComplaint", name);
}

absl::StatusOr<cv1::Complaint> Assign(World& world, const std::string& name, const std::string& handler,
                                      const std::vector<std::string>& helpers, const std::string& who) {
  cv1::AssignComplaintRequest request;
  request.set_handler(world.Name(handler));
  for (const std::string& helper : helpers) request.add_co_handlers(world.Name(helper));
  return Do(world, who, "AssignComplaint", name, request);
}

absl::StatusOr<cv1::Complaint> Reply(World& world, const std::string& name, const std::string& who) {
  cv1::ReplyToComplaintRequest request;
  request.set_channel(cv1::CONTACT_CHANNEL_PHONE);
  request.set_content("We replace the axle next week.");
  return Do(world, who, "ReplyToComplaint", name, request);
}

absl::StatusOr<cv1::Complaint> Confirm(World& world, const std::string& name, bool satisfied, int score,
                                       const std::string& who) {
  cv1::ConfirmComplaintRequest request;
  request.set_satisfied(satisfied);
  request.set_score(score);
  request.set_confirmed_by("Ms Wang");
  return Do(world, who, "ConfirmComplaint", name, request);
}

absl::StatusOr<cv1::Complaint> Pause(World& world, const std::string& name, const std::string& who) {
  cv1::PauseComplaintClocksRequest request;
  request.set_reason("waiting for photos from the customer");
  return Do(world, who, "PauseComplaintClocks", name, request);
}

absl::StatusOr<cv1::Complaint> Resume(World& world, const std::string& name, const std::string& who) {
  return Do<cv1::ResumeComplaintClocksRequest>(world, who, "ResumeComplaintClocks", name);
}

absl::StatusOr<cv1::Complaint> Close(World& world, const std::string& name, const std::string& who) {
  return Do<cv1::CloseComplaintRequest>(world, who, "CloseComplaint", name);
}

absl::StatusOr<cv1::Complaint> Reopen(World& world, const std::string& name) {
  cv1::ReopenComplaintRequest request;
  request.set_reason("the noise is back");
  return Do(world, "CSM", "ReopenComplaint", name, request);
}

absl::StatusOr<cv1::Complaint> MarkDuplicate(World& world, const std::string& name, const std::string& of,
                                             const std::string& who) {
  cv1::MarkComplaintDuplicateRequest request;
  request.set_duplicate_of(of);
  return Do(world, who, "MarkComplaintDuplicate", name, request);
}

absl::StatusOr<cv1::Complaint> Classify(World& world, const std::string& name, cv1::ComplaintClass complaint_class) {
  cv1::ClassifyComplaintRequest request;
  request.set_complaint_class(complaint_class);
  request.set_reason("a director looked at it");
  return Do(world, "CSM", "ClassifyComplaint", name, request);
}

void BringToAgreed(World& world, const std::string& name, const std::string& handler) {
  const auto assigned = Assign(world, name, handler);
  EXPECT_TRUE(assigned.ok()) << assigned.status();
  const auto started = Do<cv1::StartComplaintInvestigationRequest>(world, handler, "StartComplaintInvestigation", name);
  EXPECT_TRUE(started.ok()) << started.status();
  cv1::RecordComplaintInvestigationRequest found;
  found.set_cause("bearing without grease");
  found.set_responsible_party(cv1::RESPONSIBLE_PARTY_SUPPLIER);
  const auto recorded = Do(world, handler, "RecordComplaintInvestigation", name, found);
  EXPECT_TRUE(recorded.ok()) << recorded.status();
  cv1::ProposeComplaintSolutionRequest proposal;
  proposal.set_solution("replace the axle");
  *proposal.mutable_cost() = Cny("3200.50");
  const auto proposed = Do(world, handler, "ProposeComplaintSolution", name, proposal);
  EXPECT_TRUE(proposed.ok()) << proposed.status();
  cv1::AgreeComplaintSolutionRequest agreement;
  agreement.set_agreed_by("Ms Wang");
  const auto agreed = Do(world, handler, "AgreeComplaintSolution", name, agreement);
  EXPECT_TRUE(agreed.ok()) << agreed.status();
}

absl::StatusOr<cv1::Complaint> Execute(World& world, const std::string& name, const std::string& who) {
  return Do<cv1::ExecuteComplaintSolutionRequest>(world, who, "ExecuteComplaintSolution", name);
}

cv1::Complaint Get(World& world, const std::string& name) {
  kam::api::GetRequest request;
  request.set_name(name);
  const auto found = world.Call<cv1::Complaint>("CSM", absl::StrCat(kComplaints, "GetComplaint"), request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.value_or(cv1::Complaint());
}

cv1::ComplaintClock ClockOf(World& world, const std::string& complaint, cv1::ClockKind kind) {
  kam::api::ListRequest request;
  request.set_filter(absl::StrCat("complaint = \"", complaint, "\""));
  const auto found = world.Call<cv1::ListComplaintClocksResponse>(
      "CSM", "kam.complaint.v1.ComplaintClockService/ListComplaintClocks", request);
  EXPECT_TRUE(found.ok()) << found.status();
  if (found.ok()) {
    for (const cv1::ComplaintClock& clock : found->complaint_clocks()) {
      if (clock.kind() == kind) return clock;
    }
  }
  ADD_FAILURE() << complaint << " has no clock " << cv1::ClockKind_Name(kind);
  return {};
}

}  // namespace kam::aftersales::testing
