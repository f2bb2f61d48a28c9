// Indicators and assessment templates (G-15).
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/assessment_rules.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::AssessmentItem;
using pb::AssessmentTemplate;

absl::Status CheckBands(const AssessmentTemplate& assessment) {
  const auto invalid = [&](int i, absl::string_view what) {
    return FailedPrecondition("BONUS_BANDS_INVALID", assessment.name(), absl::StrCat("band ", i + 1, " ", what),
                              {{"field", absl::StrCat("bands[", i, "].from_score")}});
  };
  Decimal before;
  for (int i = 0; i < assessment.bands_size(); ++i) {
    ASSIGN_OR_RETURN(const Decimal from, Decimal::Parse(assessment.bands(i).from_score(), "from_score"));
    if (i == 0 && !from.is_zero()) return invalid(i, "must begin at 0");
    if (i > 0 && from <= before) return invalid(i, "must begin above the one before");
    before = from;
  }
  if (assessment.bands_size() == 0) return invalid(0, "is missing: a result has a factor of pay");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKpi(const pb::KpiDefinition& kpi) {
  if (kpi.kpi_class() != pb::KPI_CLASS_QUALITATIVE || kpi.method() == pb::KPI_METHOD_JUDGEMENT) return absl::OkStatus();
  return InvalidField("kpi_definition.method", "KPI_METHOD_INVALID", "a qualitative indicator is judged",
                      {{"value", pb::KpiMethod_Name(kpi.method())}, {"allowed", "KPI_METHOD_JUDGEMENT"}});
}

void FillItem(const pb::KpiDefinition& kpi, AssessmentItem* item) {
  item->set_display_name(kpi.display_name());
  item->set_kpi_class(kpi.kpi_class());
  item->set_definition(kpi.definition());
  item->set_method(kpi.method());
  item->set_unit(kpi.unit());
  item->set_source(kpi.source());
  item->set_score_max(kpi.score_max());
  if (item->target().empty()) item->set_target(kpi.default_target());
}

absl::Status CheckTemplate(const AssessmentTemplate& assessment) {
  FieldViolations violations;
  if (!assessment.role().empty() && !IsRole(assessment.role())) {
    violations.Add("assessment_template.role", "ROLE_UNKNOWN", absl::StrCat(assessment.role(), " is not a role"),
                   {{"role", assessment.role()}});
  }
  std::set<std::string> seen;
  for (int i = 0; i < assessment.items_size(); ++i) {
    if (seen.insert(assessment.items(i).kpi()).second) continue;
    violations.Add(absl::StrCat("assessment_template.items[", i, "].kpi"), "KPI_REPEATED", "is on the template already",
                   {{"kpi", assessment.items(i).kpi()}});
  }
  return violations.status();
}

absl::Status CheckTemplateComplete(const AssessmentTemplate& assessment) {
  Decimal sum;
  for (const AssessmentItem& item : assessment.items()) {
    ASSIGN_OR_RETURN(const Decimal weight, Decimal::Parse(item.weight(), "weight"));
    ASSIGN_OR_RETURN(sum, Add(sum, weight));
    if (item.method() == pb::KPI_METHOD_JUDGEMENT) continue;
    const auto target = Decimal::Parse(item.target(), "target");
    if (target.ok() && target->sign() > 0) continue;
    return FailedPrecondition("KPI_TARGET_MISSING", assessment.name(),
                              absl::StrCat(item.display_name(), " has no target above zero"), {{"kpi", item.kpi()}});
  }
  if (const Decimal whole = Decimal::FromInt(100); sum != whole) {
    return FailedPrecondition("WEIGHTS_NOT_100", assessment.name(),
                              absl::StrCat("the weights add up to ", sum.ToString(), "; it must be exactly 100"),
                              {{"value", sum.ToString()}, {"limit", whole.ToString()}});
  }
  return CheckBands(assessment);
}

absl::Status ApproveTemplate(absl::string_view actor, bool has_written, absl::Time now,
                             AssessmentTemplate* assessment) {
  if (has_written || actor == assessment->creator() || actor == assessment->submitter() ||
      actor == assessment->updater()) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever has written or submitted a template does not approve it; somebody else with "
                 "assessment_template.approve may",
                 {{"rule", "maker"}, {"permission", "assessment_template.approve"}});
  }
  RETURN_IF_ERROR(CheckTemplateComplete(*assessment));
  assessment->set_approver(std::string(actor));
  *assessment->mutable_approve_time() = ToTimestamp(now);
  assessment->clear_return_reason();
  return absl::OkStatus();
}

AssessmentTemplate Revise(const AssessmentTemplate& assessment) {
  AssessmentTemplate next = assessment;
  next.clear_name();
  next.clear_etag();
  next.set_revision(assessment.revision() + 1);
  next.set_state(pb::ASSESSMENT_TEMPLATE_STATE_DRAFT);
  next.clear_submitter();
  next.clear_approver();
  next.clear_approve_time();
  next.clear_return_reason();
  return next;
}

}  // namespace kam::account::rules
