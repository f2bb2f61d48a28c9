#include "account-svc/area.h"

#include "account-svc/market/campaign_service.h"
#include "account-svc/market/market_service.h"
#include "kam/account/v1/campaign.pb.h"
#include "kam/account/v1/campaign_invitation.pb.h"
#include "kam/account/v1/competitor.pb.h"
#include "kam/account/v1/disclosure.pb.h"
#include "kam/account/v1/market_record.pb.h"
#include "kam/account/v1/market_survey.pb.h"
#include "kam/account/v1/promotion_notice.pb.h"
#include "kam/account/v1/public_statement.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.CampaignService",     "kam.account.v1.CompetitorService",      "kam.account.v1.MarketRecordService",
    "kam.account.v1.MarketSurveyService", "kam.account.v1.PublicStatementService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::MarketSurvey>();
  catalog->Add<v1::MarketRecord>();
  catalog->Add<v1::Competitor>();
  catalog->Add<v1::CompetitorRecord>();
  catalog->Add<v1::Campaign>();
  catalog->Add<v1::CampaignInvitation>();
  catalog->Add<v1::PromotionNotice>();
  catalog->Add<v1::PublicStatement>();
  catalog->Add<v1::Disclosure>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterMarketRecords(context, registry);
  RegisterMarketSurveys(context, registry);
  RegisterCompetitors(context, registry);
  RegisterCampaigns(context, registry);
  RegisterCampaignGuests(context, registry);
  RegisterStatements(context, registry);
}

}  // namespace

const Area& MarketArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
