#include "account-svc/account_svc.h"

#include <memory>
#include <utility>
#include <vector>

#include "account-svc/accounts/merges.h"
#include "account-svc/area.h"
#include "account-svc/closed_files.h"
#include "account-svc/work/notification.h"

namespace kam::account {
namespace {

const std::vector<const Area*>& Areas() {
  static const auto* const kAreas = new std::vector<const Area*>{
      &PeopleArea(), &AccountsArea(), &OwnershipArea(), &PipelineArea(), &VisitsArea(), &MarketArea(), &WorkArea(),
  };
  return *kAreas;
}

}  // namespace

absl::Span<const absl::string_view> ServiceNames() {
  static const auto* const kNames = [] {
    auto* names = new std::vector<absl::string_view>;
    for (const Area* area : Areas()) names->insert(names->end(), area->services.begin(), area->services.end());
    return names;
  }();
  return *kNames;
}

void FillCatalog(resource::Catalog* catalog) {
  for (const Area* area : Areas()) area->fill_catalog(catalog);
}

void RegisterAll(resource::Runtime& runtime, const Policy& policy, rpc::Registry* registry,
                 schedule::Scheduler* scheduler, Peers peers) {
  peers.FollowMerges([&runtime](const std::vector<std::string>& accounts, absl::Time deadline) {
    return PartsByName(runtime, accounts, deadline);
  });
  const Context context{runtime, policy, runtime.zone(), scheduler, std::make_shared<const Peers>(std::move(peers))};
  for (const Area* area : Areas()) area->register_handlers(context, registry);
  FeedNotifications(context);
  KeepClosedFiles(context);
}

}  // namespace kam::account
