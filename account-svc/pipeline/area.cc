#include "account-svc/area.h"

#include "account-svc/pipeline/sales_service.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.LeadService",
    "kam.account.v1.OpportunityService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::Lead>();
  catalog->Add<v1::Opportunity>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) { RegisterSales(context, registry); }

}  // namespace

const Area& PipelineArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
