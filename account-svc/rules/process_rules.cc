#include "account-svc/rules/process_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/blank.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/opportunity_report.pb.h"
#include "kam/account/v1/sales_process.pb.h"
#include "kam/api/field.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kCertain = 100;
constexpr size_t kStagesMin = 2;

std::string NameOfStage(v1::OpportunityStage stage) { return v1::OpportunityStage_Name(stage); }

// Callers that are older than the codes give none.
v1::CloseReasonCode CodeOrOther(v1::CloseReasonCode code) {
  return code == v1::CLOSE_REASON_CODE_UNSPECIFIED ? v1::CLOSE_REASON_CODE_OTHER : code;
}

// A field that a person sets; the facts of a deal are among them.
const google::protobuf::FieldDescriptor* FactField(const std::string& name) {
  const auto* field = v1::Opportunity::descriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || resource::IsSystemField(name)) return nullptr;
  return field->options().GetExtension(kam::api::field).output_only() ? nullptr : field;
}

absl::Status CheckFacts(const v1::Opportunity& opportunity, const ProcessStage& stage) {
  std::vector<std::string> missing;
  for (const std::string& fact : stage.facts) {
    const auto* field = FactField(fact);
    if (field != nullptr && IsBlank(opportunity, *field)) missing.push_back(fact);
  }
  if (missing.empty()) return absl::OkStatus();
  const std::string list = absl::StrJoin(missing, ", ");
  return FailedPrecondition("FACTS_MISSING", opportunity.name(),
                            absl::StrCat("before ", NameOfStage(stage.stage), " is left the deal needs ", list),
                            {{"missing", list}, {"stage", NameOfStage(stage.stage)}});
}

Process::const_iterator Find(const Process& process, v1::OpportunityStage stage) {
  return std::find_if(process.begin(), process.end(), [&](const ProcessStage& at) { return at.stage == stage; });
}

void Place(const ProcessStage& stage, absl::Time now, v1::Opportunity* opportunity) {
  opportunity->set_stage(stage.stage);
  opportunity->set_probability(stage.probability);
  opportunity->set_stalled(false);
  *opportunity->mutable_stage_since() = ToTimestamp(now);
}

}  // namespace

Process StandardProcess(const Policy& policy) {
  static_assert(v1::OPPORTUNITY_STAGE_RECEPTION == 1 && v1::OPPORTUNITY_STAGE_SIGNING == kStages);
  Process process;
  for (size_t i = 0; i < kStages; ++i) {
    const auto stage = static_cast<v1::OpportunityStage>(i + 1);
    process.push_back(
        {stage, policy.stage_probability[i], policy.stage_days[i], stage == v1::OPPORTUNITY_STAGE_TEST_DRIVE, {}});
  }
  return process;
}

Process ToProcess(const v1::SalesProcess& stored) {
  Process process;
  for (const v1::SalesProcessStage& stage : stored.stages()) {
    process.push_back({stage.stage(), stage.probability(), stage.days_max(), stage.optional(), {}});
    for (const v1::SalesProcessFact& fact : stored.facts()) {
      if (fact.stage() == stage.stage()) process.back().facts.push_back(fact.field());
    }
  }
  return process;
}

absl::Status CheckProcess(const v1::SalesProcess& stored) {
  FieldViolations violations;
  const auto add = [&](absl::string_view field, absl::string_view message, const Metadata& metadata = {}) {
    violations.Add(absl::StrCat("sales_process.", field), "PROCESS_INVALID", message, metadata);
  };
  const Process process = ToProcess(stored);
  if (process.size() < kStagesMin) add("stages", absl::StrCat("must be ", kStagesMin, " at least"));
  std::set<v1::OpportunityStage> seen;
  for (size_t i = 0; i < process.size(); ++i) {
    const std::string path = absl::StrCat("stages[", i, "]");
    if (!seen.insert(process[i].stage).second) {
      add(absl::StrCat(path, ".stage"), "is in the process already", {{"stage", NameOfStage(process[i].stage)}});
    }
    if (i > 0 && process[i].probability < process[i - 1].probability) {
      add(absl::StrCat(path, ".probability"), "is lower than at the stage before",
          {{"value", absl::StrCat(process[i].probability)}, {"limit", absl::StrCat(process[i - 1].probability)}});
    }
    if (process[i].optional && (i == 0 || i + 1 == process.size())) {
      add(absl::StrCat(path, ".optional"), "the first and the last stage are not left out");
    }
  }
  for (int i = 0; i < stored.facts_size(); ++i) {
    const std::string path = absl::StrCat("facts[", i, "]");
    if (seen.count(stored.facts(i).stage()) == 0) add(absl::StrCat(path, ".stage"), "is not a stage of the process");
    if (FactField(stored.facts(i).field()) == nullptr) {
      add(absl::StrCat(path, ".field"), "is not a field of an opportunity that is set by people",
          {{"value", stored.facts(i).field()}});
    }
  }
  return violations.status();
}

void Enter(const Process& process, absl::Time now, v1::Opportunity* opportunity) {
  Place(process.front(), now, opportunity);
}

absl::Status Advance(v1::OpportunityStage stage, absl::string_view reason, const Process& process, absl::Time now,
                     v1::Opportunity* opportunity) {
  const v1::OpportunityStage from = opportunity->stage();
  const Metadata metadata = {{"from", NameOfStage(from)}, {"to", NameOfStage(stage)}};
  const auto there = Find(process, stage);
  if (there == process.end()) {
    return InvalidField("stage", "STAGE_UNKNOWN",
                        absl::StrCat(NameOfStage(stage), " is not a stage of the process of the opportunity"),
                        metadata);
  }
  if (stage == from) {
    return FailedPrecondition("STAGE_UNCHANGED", opportunity->name(),
                              absl::StrCat("the opportunity is at ", NameOfStage(from), " already"), metadata);
  }
  const auto here = Find(process, from);
  if (here == process.end() || there < here) {
    if (reason.empty()) {
      return InvalidField("reason", "REASON_REQUIRED", "must say why the opportunity goes back", metadata);
    }
    Place(*there, now, opportunity);
    return absl::OkStatus();
  }
  const auto skipped = std::find_if(here + 1, there, [](const ProcessStage& at) { return !at.optional; });
  if (skipped != there) {
    return FailedPrecondition("STAGE_SKIPPED", opportunity->name(),
                              absl::StrCat("from ", NameOfStage(from), " to ", NameOfStage(stage),
                                           " the process goes by ", NameOfStage(skipped->stage)),
                              metadata);
  }
  RETURN_IF_ERROR(CheckFacts(*opportunity, *here));
  Place(*there, now, opportunity);
  return absl::OkStatus();
}

absl::Status Win(absl::string_view reason, v1::CloseReasonCode code, const Process& process, absl::Time now,
                 v1::Opportunity* opportunity) {
  const ProcessStage& last = process.back();
  if (opportunity->stage() != last.stage) {
    return FailedPrecondition("STAGE_NOT_SIGNING", opportunity->name(),
                              absl::StrCat("the opportunity is at ", NameOfStage(opportunity->stage()),
                                           "; it is won at the last stage, ", NameOfStage(last.stage)),
                              {{"stage", NameOfStage(opportunity->stage())}});
  }
  ProcessStage asked = last;
  // Whatever the process asks for: nothing is won for an amount nobody knows.
  if (std::find(asked.facts.begin(), asked.facts.end(), "amount") == asked.facts.end()) asked.facts.push_back("amount");
  RETURN_IF_ERROR(CheckFacts(*opportunity, asked));
  opportunity->set_probability(kCertain);
  opportunity->set_stalled(false);
  opportunity->set_close_reason(std::string(reason));
  opportunity->set_close_reason_code(CodeOrOther(code));
  *opportunity->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Lose(absl::string_view reason, v1::CloseReasonCode code, absl::string_view competitor, absl::Time now,
                  v1::Opportunity* opportunity) {
  opportunity->set_probability(0);
  opportunity->set_stalled(false);
  opportunity->set_close_reason(std::string(reason));
  opportunity->set_close_reason_code(CodeOrOther(code));
  if (!competitor.empty()) opportunity->set_competitor(std::string(competitor));
  *opportunity->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Reopen(absl::string_view actor, const std::string& reason, const Process& process, absl::Time now,
                    const Policy& policy, v1::Opportunity* opportunity) {
  RETURN_IF_ERROR(CheckOther(actor, opportunity->owner(), "owner",
                             "a deal that was closed is taken up again by somebody above its owner"));
  const absl::Time limit = FromTimestamp(opportunity->close_time()) + absl::Hours(24 * policy.opportunity_reopen_days);
  if (now > limit) {
    const auto text = [](absl::Time at) { return absl::FormatTime(absl::RFC3339_sec, at, absl::UTCTimeZone()); };
    return FailedPrecondition("REOPEN_TOO_LATE", opportunity->name(),
                              absl::StrCat("a closed deal is taken up again within ", policy.opportunity_reopen_days,
                                           " days, until ", text(limit), "; open another"),
                              {{"value", text(now)}, {"limit", text(limit)}});
  }
  const auto stage = Find(process, opportunity->stage());
  Place(stage == process.end() ? process.front() : *stage, now, opportunity);
  opportunity->clear_close_reason();
  opportunity->clear_close_reason_code();
  opportunity->clear_close_time();
  opportunity->set_reopen_reason(reason);
  opportunity->set_reopener(std::string(actor));
  *opportunity->mutable_reopen_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckOpportunityArchive(const v1::Opportunity& before, bool moved) {
  if (before.state() == v1::OPPORTUNITY_STATE_OPEN && !moved && !before.stalled()) return absl::OkStatus();
  return RecordKept(before.name(), v1::OpportunityState_Name(before.state()),
                    "a deal that was worked on is closed with its reason");
}

absl::Status CheckOpportunityUpdate(const v1::Opportunity& before) {
  if (before.state() == v1::OPPORTUNITY_STATE_OPEN) return absl::OkStatus();
  return FailedPrecondition(
      "OPPORTUNITY_CLOSED", before.name(),
      absl::StrCat("the opportunity is ", v1::OpportunityState_Name(before.state()), " and does not change"));
}

absl::Status TrackSlip(const std::string& date_before, v1::Opportunity* after) {
  if (after->expected_date().empty()) return absl::OkStatus();
  if (after->first_expected_date().empty()) {
    after->set_first_expected_date(date_before.empty() ? after->expected_date() : date_before);
  }
  if (date_before.empty() || after->expected_date() <= date_before) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t days, DaysBetween(date_before, after->expected_date()));
  after->set_slip_count(after->slip_count() + 1);
  after->set_slipped_days(after->slipped_days() + static_cast<int32_t>(days));
  return absl::OkStatus();
}

std::optional<absl::Time> StallTime(const v1::Opportunity& opportunity, const Process& process, absl::TimeZone zone) {
  if (opportunity.state() != v1::OPPORTUNITY_STATE_OPEN || !opportunity.has_stage_since()) return std::nullopt;
  const auto at = Find(process, opportunity.stage());
  if (at == process.end() || at->days_max == 0) return std::nullopt;
  // The day of entry does not count; the last day belongs to it.
  const absl::CivilDay since = Today(FromTimestamp(opportunity.stage_since()), zone);
  return absl::FromCivil(since + at->days_max + 1, zone);
}

absl::Status AuditReport(const std::string& actor, const std::vector<std::string>& heads, const std::string& finding,
                         absl::Time now, v1::OpportunityReport* report) {
  RETURN_IF_ERROR(CheckOther(actor, report->owner(), "author", "nobody audits a report of his own"));
  if (!heads.empty() && std::find(heads.begin(), heads.end(), actor) == heads.end()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_HEAD",
                 absl::StrCat("the head of the department audits the report: ", absl::StrJoin(heads, ", ")),
                 {{"heads", absl::StrJoin(heads, ", ")}});
  }
  report->set_finding(finding);
  report->set_auditor(actor);
  *report->mutable_audit_time() = ToTimestamp(now);
  return absl::OkStatus();
}

std::string ReportContent(const v1::OpportunityReport& report) {
  std::string text = absl::StrCat("opportunity-report 2\n", report.as_of_date(), "\n", report.owner(), "\n",
                                  report.remark().size(), "\n", report.remark(), "\n");
  for (const v1::OpportunityReportLine& line : report.lines()) {
    absl::StrAppend(&text, NameOfStage(line.stage()), "|", line.currency(), "|", line.deals(), "|", line.amount(), "|",
                    line.weighted(), "|", line.stalled(), "|", line.slipped(), "\n");
  }
  return text;
}

}  // namespace kam::account::rules
