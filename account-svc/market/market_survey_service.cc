// Surveys of the market: planned, running, evaluated with figures that are shared.
#include "account-svc/market/market_service.h"
#include "account-svc/rules/market_information_rules.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/market_survey_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::MarketSurvey;

constexpr char kService[] = "kam.account.v1.MarketSurveyService";

absl::Status Create(UnitOfWork& work, MarketSurvey* survey) {
  survey->set_state(v1::MARKET_SURVEY_STATE_PLANNED);
  if (survey->owner().empty()) {
    ASSIGN_OR_RETURN(*survey->mutable_owner(), Person(work));
  }
  RETURN_IF_ERROR(Validate(work, *survey));
  return rules::CheckSurvey(*survey);
}

absl::Status Update(UnitOfWork& work, const MarketSurvey& before, MarketSurvey* after) {
  RETURN_IF_ERROR(rules::CheckSurveyUpdate(before));
  if (after->owner().empty()) after->set_owner(before.owner());
  RETURN_IF_ERROR(Validate(work, *after));
  return rules::CheckSurvey(*after);
}

absl::Status Evaluate(const Context& context, UnitOfWork& work, const v1::EvaluateMarketSurveyRequest& request,
                      MarketSurvey* survey) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::EvaluateSurvey(actor, today, work.now(), request, survey));
  v1::MarketRecord record = rules::RecordOf(*survey, request, today);
  RETURN_IF_ERROR(rules::CheckMarketRecord(record, today));
  ASSIGN_OR_RETURN(*record.mutable_valid_until(), rules::ValidUntil(today, record.category(), context.policy));
  ASSIGN_OR_RETURN(record, work.Insert(std::move(record)));
  survey->set_market_record(record.name());
  return absl::OkStatus();
}

}  // namespace

void RegisterMarketSurveys(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<MarketSurvey>(Create);
  hooks.on_update = resource::OnUpdate<MarketSurvey>(Update);
  context.runtime.SetHooks(MarketSurvey::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<MarketSurvey, v1::StartMarketSurveyRequest>(
      context, service + "/StartMarketSurvey", registry,
      [context](UnitOfWork& work, const v1::StartMarketSurveyRequest&, MarketSurvey* survey) {
        return rules::StartSurvey(context.Today(work.now()), *survey);
      });
  AddVerb<MarketSurvey, v1::EvaluateMarketSurveyRequest>(
      context, service + "/EvaluateMarketSurvey", registry,
      [context](UnitOfWork& work, const v1::EvaluateMarketSurveyRequest& request, MarketSurvey* survey) {
        return Evaluate(context, work, request, survey);
      });
  AddVerb<MarketSurvey, v1::CancelMarketSurveyRequest>(
      context, service + "/CancelMarketSurvey", registry,
      [](UnitOfWork&, const v1::CancelMarketSurveyRequest& request, MarketSurvey* survey) {
        survey->set_close_reason(request.reason());
        return absl::OkStatus();
      });
}

}  // namespace kam::account
