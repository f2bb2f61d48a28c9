#include "account-svc/rules/market_information_rules.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/competitor.pb.h"
#include "kam/account/v1/market_survey.pb.h"
#include "kam/account/v1/market_survey_service.pb.h"

namespace kam::account::rules {
namespace {

absl::Status CheckEvidence(v1::Reliability reliability, int documents, absl::string_view field) {
  if (reliability != v1::RELIABILITY_CONFIRMED || documents > 0) return absl::OkStatus();
  return InvalidField(field, "EVIDENCE_REQUIRED", "what is said to be confirmed has a document that shows it");
}

absl::Status NotCurrent(const v1::MarketRecord& record) {
  return FailedPrecondition("RECORD_NOT_CURRENT", record.name(),
                            absl::StrCat("the record is ", v1::MarketRecordState_Name(record.state()),
                                         "; only what counts is changed or referred to"),
                            {{"state", v1::MarketRecordState_Name(record.state())}});
}

}  // namespace

absl::Status CheckFigures(const Figures& figures, absl::string_view field) {
  const Decimal hundred = Decimal::FromInt(100);
  for (int i = 0; i < figures.size(); ++i) {
    const v1::MarketFigure& figure = figures.Get(i);
    const std::string path = absl::StrCat(field, "[", i, "].value");
    ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(figure.value(), path));
    const bool pieces = figure.kind() == v1::FIGURE_KIND_VOLUME;
    const bool whole = value.unscaled() % Decimal::kUnit == 0;
    if (value >= Decimal() && (pieces ? whole : value <= hundred)) continue;
    return InvalidField(path, "FIGURE_OUT_OF_RANGE",
                        absl::StrCat("is ", figure.value(), "; ", v1::FigureKind_Name(figure.kind()),
                                     pieces ? " is a whole number of pieces" : " is from 0 to 100"),
                        {{"value", figure.value()}, {"kind", v1::FigureKind_Name(figure.kind())}});
  }
  return absl::OkStatus();
}

absl::Status CheckMarketRecord(const v1::MarketRecord& record, absl::string_view today) {
  RETURN_IF_ERROR(DateNotInFuture("market_record.information_date", record.information_date(), today));
  RETURN_IF_ERROR(CheckEvidence(record.reliability(), record.attachments_size(), "market_record.attachments"));
  return CheckFigures(record.figures(), "market_record.figures");
}

absl::Status CheckMarketRecordUpdate(const v1::MarketRecord& before) {
  return before.state() == v1::MARKET_RECORD_STATE_CURRENT ? absl::OkStatus() : NotCurrent(before);
}

bool DropStaleConfirmation(const v1::MarketRecord& before, v1::MarketRecord* after) {
  if (!before.has_confirm_time()) return false;
  if (before.SerializeAsString() == after->SerializeAsString()) return false;
  after->clear_confirmer();
  after->clear_confirm_time();
  return true;
}

absl::StatusOr<std::string> ValidUntil(absl::string_view day, v1::MarketCategory category, const Policy& policy) {
  const auto at = static_cast<size_t>(category);
  return AddDays(day, policy.market_valid_days[at < policy.market_valid_days.size() ? at : 0]);
}

absl::Status Supersede(const v1::MarketRecord& newer, v1::MarketRecord* record) {
  if (newer.name() == record->name()) {
    return InvalidField("by", "SUPERSEDED_BY_ITSELF", "is the record itself", {{"record", newer.name()}});
  }
  RETURN_IF_ERROR(CheckMarketRecordUpdate(newer));
  if (newer.category() != record->category()) {
    return InvalidField("by", "CATEGORY_DIFFERS",
                        absl::StrCat("is about ", v1::MarketCategory_Name(newer.category()), ", the record about ",
                                     v1::MarketCategory_Name(record->category())));
  }
  record->set_superseded_by(newer.name());
  return absl::OkStatus();
}

absl::Status CheckSurvey(const v1::MarketSurvey& survey) {
  if (survey.end_date() >= survey.start_date()) return absl::OkStatus();
  return InvalidField("market_survey.end_date", "PERIOD_INVALID",
                      absl::StrCat("is ", survey.end_date(), ", before ", survey.start_date()));
}

absl::Status CheckSurveyUpdate(const v1::MarketSurvey& before) {
  if (before.state() == v1::MARKET_SURVEY_STATE_PLANNED) return absl::OkStatus();
  return FailedPrecondition("SURVEY_NOT_PLANNED", before.name(),
                            absl::StrCat("the survey is ", v1::MarketSurveyState_Name(before.state()),
                                         "; its plan changes before it runs only"),
                            {{"state", v1::MarketSurveyState_Name(before.state())}});
}

absl::Status StartSurvey(absl::string_view today, const v1::MarketSurvey& survey) {
  if (today >= survey.start_date()) return absl::OkStatus();
  return FailedPrecondition("PERIOD_NOT_BEGUN", survey.name(),
                            absl::StrCat("the survey is planned from ", survey.start_date()),
                            {{"startDate", survey.start_date()}, {"today", std::string(today)}});
}

absl::Status EvaluateSurvey(absl::string_view actor, absl::string_view today, absl::Time now,
                            const v1::EvaluateMarketSurveyRequest& request, v1::MarketSurvey* survey) {
  if (today < survey->end_date()) {
    return FailedPrecondition("PERIOD_NOT_OVER", survey->name(), absl::StrCat("it runs until ", survey->end_date()),
                              {{"endDate", survey->end_date()}, {"today", std::string(today)}});
  }
  std::vector<std::string> missing;
  if (request.answers() == 0) missing.push_back("answers");
  for (const v1::PlannedFigure& planned : survey->planned_figures()) {
    bool found = false;
    for (const v1::MarketFigure& figure : request.figures()) {
      found = found || (figure.kind() == planned.kind() && figure.subject() == planned.subject());
    }
    if (!found) missing.push_back(absl::StrCat(v1::FigureKind_Name(planned.kind()), " ", planned.subject()));
  }
  if (!missing.empty()) {
    const std::string list = absl::StrJoin(missing, ", ");
    return InvalidField(request.answers() == 0 ? "answers" : "figures", "FIGURES_MISSING",
                        absl::StrCat("a survey ends with the figures it was to bring: ", list), {{"missing", list}});
  }
  RETURN_IF_ERROR(CheckFigures(request.figures(), "figures"));
  *survey->mutable_figures() = request.figures();
  survey->set_answers(request.answers());
  survey->set_conclusion(request.conclusion());
  survey->set_evaluator(std::string(actor));
  *survey->mutable_evaluate_time() = ToTimestamp(now);
  return absl::OkStatus();
}

v1::MarketRecord RecordOf(const v1::MarketSurvey& survey, const v1::EvaluateMarketSurveyRequest& request,
                          absl::string_view today) {
  v1::MarketRecord record;
  record.set_category(survey.category());
  record.set_subject(survey.title());
  record.set_content(survey.conclusion());
  record.set_source_kind(v1::SOURCE_KIND_SURVEY);
  record.set_source(absl::StrCat(survey.number(), " ", survey.title()));
  record.set_reliability(request.reliability());
  *record.mutable_attachments() = request.attachments();
  record.set_information_date(std::string(today));
  record.set_region(survey.region());
  *record.mutable_figures() = survey.figures();
  record.set_contributor(survey.evaluator());
  record.set_state(v1::MARKET_RECORD_STATE_CURRENT);
  record.set_survey(survey.name());
  return record;
}

absl::Status CheckCompetitorRecord(const v1::CompetitorRecord& record, absl::string_view today) {
  RETURN_IF_ERROR(DateNotInFuture("competitor_record.information_date", record.information_date(), today));
  if (record.kind() == v1::COMPETITOR_RECORD_KIND_PRICE && !record.has_price()) {
    return InvalidField("competitor_record.price", "PRICE_REQUIRED", "a record about a price has the price");
  }
  if (!record.promotion_from().empty() && !record.promotion_until().empty() &&
      record.promotion_until() < record.promotion_from()) {
    return InvalidField("competitor_record.promotion_until", "PERIOD_INVALID",
                        absl::StrCat("is ", record.promotion_until(), ", before ", record.promotion_from()));
  }
  return CheckEvidence(record.reliability(), record.evidence_size(), "competitor_record.evidence");
}

absl::Status CheckCompetitorRecordUpdate(const v1::CompetitorRecord& before, absl::string_view actor, bool superior,
                                         bool left) {
  if (actor == before.contributor() || superior || left) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "CONTRIBUTION_OF_ANOTHER",
               absl::StrCat(before.contributor(), ", who brought it, corrects it, or somebody above him"),
               {{"contributor", before.contributor()}});
}

}  // namespace kam::account::rules
