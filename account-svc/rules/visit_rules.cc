#include "account-svc/rules/visit_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/visit.pb.h"
#include "kam/account/v1/visit_service.pb.h"

namespace kam::account::rules {
namespace {

std::string Text(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

bool Same(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() == b.seconds() && a.nanos() == b.nanos();
}

// Nobody decides on a visit that he makes, and only somebody above the visitor does.
absl::Status CheckDecider(absl::string_view actor, bool superior, const v1::Visit& visit, absl::string_view what) {
  if (actor == visit.visitor()) return SeparationOfDuties("visitor", what);
  if (std::find(visit.companions().begin(), visit.companions().end(), actor) != visit.companions().end()) {
    return SeparationOfDuties("companion", what);
  }
  if (superior) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SUPERIOR",
               absl::StrCat("the visitor ", visit.visitor(), " does not report to you; somebody above may ", what),
               {{"visitor", visit.visitor()}});
}

absl::Status CheckNotOver(const v1::Visit& visit, absl::Time now) {
  if (!visit.has_planned_end() || now < FromTimestamp(visit.planned_end())) return absl::OkStatus();
  const std::string end = Text(FromTimestamp(visit.planned_end()));
  return FailedPrecondition("VISIT_OVER", visit.name(),
                            absl::StrCat("the visit was planned until ", end, "; it was made or it was missed"),
                            {{"plannedEnd", end}, {"state", v1::VisitState_Name(visit.state())}});
}

}  // namespace

absl::Status CheckWindow(const v1::Visit& visit, const Policy& policy) {
  const auto invalid = [](absl::string_view field, absl::string_view what) {
    return InvalidField(absl::StrCat("visit.", field), "VISIT_WINDOW_INVALID", what);
  };
  if (visit.has_planned_start() != visit.has_planned_end()) {
    return invalid(visit.has_planned_start() ? "planned_end" : "planned_start", "planned begin and end come together");
  }
  if (!visit.has_planned_start()) return absl::OkStatus();
  const absl::Duration length = FromTimestamp(visit.planned_end()) - FromTimestamp(visit.planned_start());
  if (length <= absl::ZeroDuration()) return invalid("planned_end", "must be later than the planned begin");
  if (length > policy.visit_max) {
    return invalid("planned_end", absl::StrCat("makes a visit of ", absl::FormatDuration(length), "; the limit is ",
                                               absl::FormatDuration(policy.visit_max)));
  }
  return absl::OkStatus();
}

void HandOver(const std::string& receiver, v1::Visit* visit) {
  visit->set_visitor(receiver);
  auto* companions = visit->mutable_companions();
  companions->erase(std::remove(companions->begin(), companions->end(), receiver), companions->end());
  visit->clear_visit_plan();
  visit->clear_approver();
  visit->clear_approve_time();
  if (visit->planner() == receiver) visit->clear_planner();
  SetFirstState(visit);
}

absl::Status CheckPeople(const v1::Visit& visit) {
  std::set<std::string> seen = {visit.visitor()};
  for (int i = 0; i < visit.companions_size(); ++i) {
    if (seen.insert(visit.companions(i)).second) continue;
    return InvalidField(absl::StrCat("visit.companions[", i, "]"), "COMPANION_REPEATED",
                        absl::StrCat(visit.companions(i), " goes already"), {{"employee", visit.companions(i)}});
  }
  return absl::OkStatus();
}

std::vector<std::string> PeopleTaken(const v1::Visit& visit) {
  std::vector<std::string> people;
  if (!visit.has_planned_start()) return people;
  const bool agreed = visit.state() == v1::VISIT_STATE_APPROVED || visit.state() == v1::VISIT_STATE_CHECKED_IN;
  const bool own_plan = visit.state() == v1::VISIT_STATE_PLANNED && visit.visitor() == visit.planner();
  if (agreed || own_plan) people.push_back(visit.visitor());
  if (agreed) people.insert(people.end(), visit.companions().begin(), visit.companions().end());
  return people;
}

bool SameTime(const v1::Visit& a, const v1::Visit& b) {
  return a.has_planned_start() == b.has_planned_start() && a.has_planned_end() == b.has_planned_end() &&
         Same(a.planned_start(), b.planned_start()) && Same(a.planned_end(), b.planned_end());
}

void SetFirstState(v1::Visit* visit) {
  visit->set_state(visit->has_planned_start() ? v1::VISIT_STATE_PLANNED : v1::VISIT_STATE_PROPOSED);
}

absl::Status CheckVisitUpdate(const v1::Visit& before, const v1::Visit& after) {
  const auto frozen = [&](absl::string_view what) {
    return FailedPrecondition("VISIT_FROZEN", before.name(),
                              absl::StrCat("the visit is ", v1::VisitState_Name(before.state()), ": ", what),
                              {{"state", v1::VisitState_Name(before.state())}});
  };
  switch (before.state()) {
    case v1::VISIT_STATE_PROPOSED:
    case v1::VISIT_STATE_PLANNED:
      return absl::OkStatus();
    case v1::VISIT_STATE_APPROVED:
    case v1::VISIT_STATE_CHECKED_IN: {
      const bool same_people =
          before.visitor() == after.visitor() && std::equal(before.companions().begin(), before.companions().end(),
                                                            after.companions().begin(), after.companions().end());
      if (same_people && SameTime(before, after)) return absl::OkStatus();
      return frozen("its time, visitor and companions stay as they were approved");
    }
    case v1::VISIT_STATE_DONE: {
      v1::Visit rest = after;
      *rest.mutable_follow_ups() = before.follow_ups();
      if (rest.SerializeAsString() == before.SerializeAsString()) return absl::OkStatus();
      return frozen("only its follow-ups may change");
    }
    default:
      return frozen("it does not change any more");
  }
}

absl::Status CheckTakesPart(absl::string_view actor, bool superior, const v1::Visit& visit) {
  const auto& companions = visit.companions();
  if (superior || actor == visit.visitor() ||
      std::find(companions.begin(), companions.end(), actor) != companions.end()) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "NOT_ON_THE_VISIT",
               absl::StrCat("the visit is that of ", visit.visitor(), "; he, who goes along, or a superior does this"),
               {{"visitor", visit.visitor()}});
}

absl::Status CheckCancel(const v1::Visit& visit, bool superior, absl::Time now) {
  if (superior && visit.state() != v1::VISIT_STATE_APPROVED) return absl::OkStatus();
  return CheckNotOver(visit, now);
}

absl::Status CheckTimeUpdate(const v1::Visit& before, const v1::Visit& after, absl::Time now) {
  if (SameTime(before, after)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckNotOver(before, now));
  if (!after.has_planned_end() || now <= FromTimestamp(after.planned_end())) return absl::OkStatus();
  const std::string end = Text(FromTimestamp(after.planned_end()));
  return InvalidField("visit.planned_end", "VISIT_WINDOW_INVALID",
                      absl::StrCat("is ", end, ", which is over: a visit is put off, not back"),
                      {{"value", end}, {"now", Text(now)}});
}

absl::Status CheckInDay(absl::Time at, const v1::Visit& visit, absl::TimeZone zone, const Policy& policy) {
  if (!visit.has_planned_start()) return absl::OkStatus();
  const auto off = [&](const std::string& what, const std::string& limit) {
    return InvalidField("check_in_time", "CHECK_IN_OFF_PLAN", what, {{"value", Text(at)}, {"limit", limit}});
  };
  const absl::CivilDay day = absl::ToCivilDay(at, zone);
  const absl::CivilDay planned = absl::ToCivilDay(FromTimestamp(visit.planned_start()), zone);
  if (day < planned) {
    return off(absl::StrCat("is before ", absl::FormatCivilTime(planned), ", the day the visit was approved for"),
               absl::FormatCivilTime(planned));
  }
  const absl::Time end = FromTimestamp(visit.planned_end()), approved_at = FromTimestamp(visit.approve_time());
  // Whoever approves a visit that is over has seen that it is one of the past.
  const bool ahead = visit.has_approve_time() && approved_at <= end;
  const absl::CivilDay approved = absl::ToCivilDay(approved_at, zone);
  if (ahead && day < approved) {
    return off(absl::StrCat("is before ", absl::FormatCivilTime(approved), ", the day on which the visit was approved"),
               absl::FormatCivilTime(approved));
  }
  const absl::Time written = FromTimestamp(visit.create_time());
  if (written > end && at > written) {
    return off(absl::StrCat("is after ", Text(written), ", when the visit was put down as one that is over"),
               Text(written));
  }
  if (visit.has_approve_time() && !ahead && at > approved_at) {
    return off(absl::StrCat("is after ", Text(approved_at), ", when the visit was approved as one that is over"),
               Text(approved_at));
  }
  const absl::Time latest = end + policy.visit_late;
  if (at <= latest) return absl::OkStatus();
  return off(absl::StrCat("is after ", Text(latest), "; this visit was missed, and what is made later is another one"),
             Text(latest));
}

absl::Status CheckAgreed(const v1::Visit& visit, bool in_plan) {
  if (in_plan || visit.planner() == visit.visitor()) return absl::OkStatus();
  return FailedPrecondition(
      "VISIT_NOT_APPROVED", visit.name(),
      absl::StrCat("the visit was planned for ", visit.visitor(), " by ",
                   visit.planner().empty() ? "another system" : visit.planner(),
                   "; somebody above him approves it, or it is one of an approved plan"),
      {{"visitor", visit.visitor()}, {"planner", visit.planner()}, {"state", v1::VisitState_Name(visit.state())}});
}

absl::Status CheckInUnapproved(absl::Time at, absl::Time now, const v1::Visit& visit, absl::TimeZone zone,
                               const Policy& policy) {
  const auto off = [&](const std::string& what, const std::string& limit) {
    return InvalidField("check_in_time", "CHECK_IN_OFF_PLAN", what, {{"value", Text(at)}, {"limit", limit}});
  };
  const absl::Time end = FromTimestamp(visit.planned_end());
  const absl::CivilDay last = absl::ToCivilDay(end, zone);
  if (absl::ToCivilDay(at, zone) > last) {
    return off(absl::StrCat("is after ", absl::FormatCivilTime(last),
                            ", its day; on another day it is made when somebody above the visitor has approved it"),
               absl::FormatCivilTime(last));
  }
  if (FromTimestamp(visit.create_time()) > end) {
    return off(absl::StrCat("is that of a visit put down after ", Text(end),
                            ", its end; what is put down afterwards is approved by somebody above the visitor"),
               Text(end));
  }
  const absl::Time latest = end + policy.visit_late;
  if (now <= latest) return absl::OkStatus();
  return off(absl::StrCat("is put down after ", Text(latest), "; a visit that nobody approved is put down before"),
             Text(latest));
}

absl::Status CheckVisitArchive(const v1::Visit& before, absl::Time now) {
  const bool idea = before.state() == v1::VISIT_STATE_PROPOSED ||
                    (before.state() == v1::VISIT_STATE_PLANNED && now < FromTimestamp(before.planned_end()));
  if (idea || before.has_archive_time()) return absl::OkStatus();
  return RecordKept(before.name(), v1::VisitState_Name(before.state()), "what is not made is missed or cancelled");
}

absl::Status Approve(absl::string_view actor, bool superior, absl::Time now, const Policy& policy, v1::Visit* visit) {
  RETURN_IF_ERROR(CheckDecider(actor, superior, *visit, "approve the visit"));
  if (!visit->has_planned_start()) {
    return FailedPrecondition("VISIT_WINDOW_REQUIRED", visit->name(), "a visit has a time before it is approved");
  }
  const absl::Time latest = FromTimestamp(visit->planned_end()) + policy.visit_backdating;
  if (now > latest) {
    return FailedPrecondition("VISIT_TOO_OLD", visit->name(),
                              absl::StrCat("a visit that is over was to be approved until ", Text(latest)),
                              {{"value", Text(now)}, {"limit", Text(latest)}});
  }
  visit->set_approver(std::string(actor));
  *visit->mutable_approve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckIn(std::optional<absl::Time> at, absl::Time now, const Policy& policy, v1::Visit* visit) {
  RETURN_IF_ERROR(NotInFuture("check_in_time", at.value_or(now), now, policy));
  *visit->mutable_check_in_time() = ToTimestamp(at.value_or(now));
  return absl::OkStatus();
}

void UndoCheckIn(v1::Visit* visit) {
  visit->clear_check_in_time();
  visit->set_state(visit->approver().empty() ? v1::VISIT_STATE_PLANNED : v1::VISIT_STATE_APPROVED);
}

absl::Status Complete(std::optional<absl::Time> at, absl::string_view report, absl::string_view result, absl::Time now,
                      const Policy& policy, v1::Visit* visit) {
  const absl::Time out = at.value_or(now);
  RETURN_IF_ERROR(NotInFuture("check_out_time", out, now, policy));
  const absl::Time in = FromTimestamp(visit->check_in_time());
  if (out <= in) {
    return InvalidField("check_out_time", "CHECK_OUT_BEFORE_CHECK_IN",
                        absl::StrCat("is ", Text(out), "; the visit began at ", Text(in)),
                        {{"value", Text(out)}, {"checkIn", Text(in)}});
  }
  if (out - in > policy.visit_max) {
    return InvalidField("check_out_time", "VISIT_WINDOW_INVALID",
                        absl::StrCat("makes a visit of ", absl::FormatDuration(out - in), "; the limit is ",
                                     absl::FormatDuration(policy.visit_max)),
                        {{"value", Text(out)}, {"checkIn", Text(in)}});
  }
  if (!absl::StripAsciiWhitespace(report).empty()) visit->set_report(std::string(report));
  if (absl::StripAsciiWhitespace(visit->report()).empty()) {
    return InvalidField("report", "REPORT_REQUIRED", "a visit ends with a report");
  }
  for (int i = 0; i < visit->follow_ups_size(); ++i) {
    const v1::VisitFollowUp& follow_up = visit->follow_ups(i);
    if (follow_up.done() || (!follow_up.responsible().empty() && !follow_up.due_date().empty())) continue;
    return InvalidField(
        absl::StrCat("visit.follow_ups[", i, "].", follow_up.responsible().empty() ? "responsible" : "due_date"),
        "FOLLOW_UP_INCOMPLETE", "what is to be done after a visit has somebody who does it, and a date");
  }
  *visit->mutable_check_out_time() = ToTimestamp(out);
  visit->set_result(std::string(result));
  return absl::OkStatus();
}

absl::Status CorrectReport(bool superior, const v1::CorrectVisitReportRequest& request, absl::Time now,
                           const Policy& policy, v1::Visit* visit) {
  const absl::Time latest = FromTimestamp(visit->check_out_time()) + policy.visit_correction_time;
  if (now > latest) {
    return FailedPrecondition("VISIT_REPORT_FIXED", visit->name(),
                              absl::StrCat("what was reported is corrected until ", Text(latest)),
                              {{"limit", Text(latest)}});
  }
  if (!visit->comment().empty() && !superior) {
    return FailedPrecondition(
        "VISIT_COMMENTED", visit->name(),
        absl::StrCat("a superior has commented on the report; somebody above ", visit->visitor(), " corrects it"),
        {{"visitor", visit->visitor()}});
  }
  const auto given = [](const std::string& text) { return !absl::StripAsciiWhitespace(text).empty(); };
  if (!request.report().empty() && !given(request.report())) {
    return InvalidField("report", "REPORT_REQUIRED", "a visit ends with a report");
  }
  if (given(request.report())) visit->set_report(request.report());
  if (given(request.result())) visit->set_result(request.result());
  if (given(request.persons_met())) visit->set_persons_met(request.persons_met());
  if (given(request.topics())) visit->set_topics(request.topics());
  for (const std::string& contact : request.contacts_met()) {
    const auto& known = visit->contacts_met();
    if (std::find(known.begin(), known.end(), contact) == known.end()) visit->add_contacts_met(contact);
  }
  return absl::OkStatus();
}

void KeepLinks(const v1::Visit& before, v1::Visit* after) {
  for (int i = 0; i < std::min(before.needs_size(), after->needs_size()); ++i) {
    v1::VisitNeed linked = after->needs(i);
    linked.set_customer_need(before.needs(i).customer_need());
    if (linked.SerializeAsString() != before.needs(i).SerializeAsString()) continue;
    *after->mutable_needs(i) = linked;
  }
  for (int i = 0; i < std::min(before.suggestions_size(), after->suggestions_size()); ++i) {
    v1::VisitSuggestion linked = after->suggestions(i);
    linked.set_customer_opinion(before.suggestions(i).customer_opinion());
    if (linked.SerializeAsString() != before.suggestions(i).SerializeAsString()) continue;
    *after->mutable_suggestions(i) = linked;
  }
}

v1::CustomerNeed NeedOf(const v1::Visit& visit, const v1::VisitNeed& heard) {
  v1::CustomerNeed need;
  need.set_account(visit.account());
  need.set_owner(visit.visitor());
  need.set_kind(heard.kind() == v1::CUSTOMER_NEED_KIND_UNSPECIFIED ? v1::CUSTOMER_NEED_KIND_ACTUAL : heard.kind());
  need.set_description(heard.description());
  if (!heard.expected_date().empty()) {
    need.set_description(absl::StrCat(heard.description(), " 期望日期 By: ", heard.expected_date()));
  }
  need.set_product(heard.product());
  need.set_urgency(v1::NEED_URGENCY_NORMAL);
  need.set_state(v1::CUSTOMER_NEED_STATE_RECORDED);
  return need;
}

v1::CustomerOpinion OpinionOf(const v1::Visit& visit, const v1::VisitSuggestion& heard, const std::string& day) {
  v1::CustomerOpinion opinion;
  opinion.set_account(visit.account());
  opinion.set_visit(visit.name());
  if (visit.contacts_met_size() == 1) opinion.set_contact(visit.contacts_met(0));  // Nobody else can have said it.
  // Whoever was there sorts it before it is passed on.
  opinion.set_subject(v1::OPINION_SUBJECT_OTHER);
  opinion.set_subject_reference(heard.addressee().empty() ? visit.number() : heard.addressee());
  opinion.set_opinion(heard.description());
  opinion.set_recorder(visit.visitor());
  opinion.set_opinion_date(day);
  return opinion;
}

absl::Status MarkMissed(absl::string_view reason, absl::Time now, v1::Visit* visit) {
  const absl::Time end = FromTimestamp(visit->planned_end());
  if (now < end) {
    return FailedPrecondition("VISIT_NOT_OVER", visit->name(),
                              absl::StrCat("the visit is planned until ", Text(end), "; cancel it instead"),
                              {{"plannedEnd", Text(end)}});
  }
  visit->set_close_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status Comment(absl::string_view actor, bool superior, absl::string_view comment, v1::Visit* visit) {
  RETURN_IF_ERROR(CheckDecider(actor, superior, *visit, "comment on the report"));
  visit->set_comment(std::string(comment));
  return absl::OkStatus();
}

}  // namespace kam::account::rules
