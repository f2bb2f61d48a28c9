#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/area.h"
#include "kam/account/v1/account_handover.pb.h"
#include "kam/account/v1/account_merge.pb.h"
#include "kam/account/v1/commission_share.pb.h"
#include "kam/account/v1/duplicate_scan.pb.h"
#include "kam/account/v1/ownership_notice.pb.h"
#include "kam/account/v1/work_dispute.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.AccountHandoverService", "kam.account.v1.AccountMergeService",
    "kam.account.v1.CommissionShareService", "kam.account.v1.DuplicatePairService",
    "kam.account.v1.DuplicateScanService",   "kam.account.v1.OwnershipNoticeService",
    "kam.account.v1.WorkDisputeService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::AccountHandover>();
  catalog->Add<v1::AccountMerge>();
  catalog->Add<v1::CommissionShare>();
  catalog->Add<v1::DuplicateScan>();
  catalog->Add<v1::DuplicatePair>();
  catalog->Add<v1::OwnershipNotice>();
  catalog->Add<v1::WorkDispute>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterOwnership(context, registry);
  RegisterDisputes(context, registry);
  RegisterDuplicateScans(context, registry);
  RegisterMerges(context, registry);
}

}  // namespace

const Area& OwnershipArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
