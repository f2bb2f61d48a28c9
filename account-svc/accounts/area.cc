#include "account-svc/area.h"

#include "account-svc/accounts/account_service.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_classification.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"
#include "kam/account/v1/account_file.pb.h"
#include "kam/account/v1/account_market.pb.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/account_reminder.pb.h"
#include "kam/account/v1/account_snapshot.pb.h"
#include "kam/account/v1/account_usage.pb.h"
#include "kam/account/v1/channel_partner.pb.h"
#include "kam/account/v1/contact.pb.h"
#include "kam/account/v1/customer_document.pb.h"
#include "kam/account/v1/external_relation.pb.h"
#include "kam/account/v1/information_request.pb.h"

namespace kam::account {
namespace {

constexpr absl::string_view kServices[] = {
    "kam.account.v1.AccountClassificationService",
    "kam.account.v1.AccountEvaluationService",
    "kam.account.v1.AccountFileService",
    "kam.account.v1.AccountMarketService",
    "kam.account.v1.AccountOwnershipService",
    "kam.account.v1.AccountScopeService",
    "kam.account.v1.AccountReminderService",
    "kam.account.v1.AccountService",
    "kam.account.v1.AccountSnapshotService",
    "kam.account.v1.AccountUsageService",
    "kam.account.v1.AccountViewService",
    "kam.account.v1.ChannelPartnerService",
    "kam.account.v1.ContactService",
    "kam.account.v1.CustomerDocumentService",
    "kam.account.v1.ExternalRelationService",
};

void FillCatalog(resource::Catalog* catalog) {
  catalog->Add<v1::Account>();
  catalog->Add<v1::AccountEvaluation>();
  catalog->Add<v1::AccountFileCheck>();
  catalog->Add<v1::AccountFileTarget>();
  catalog->Add<v1::AccountOwnership>();
  catalog->Add<v1::AccountProposal>();
  catalog->Add<v1::AccountReminder>();
  catalog->Add<v1::AccountSegment>();
  catalog->Add<v1::AccountSnapshot>();
  catalog->Add<v1::AccountUsage>();
  catalog->Add<v1::BusinessCondition>();
  catalog->Add<v1::ChannelEvaluation>();
  catalog->Add<v1::ChannelIncident>();
  catalog->Add<v1::ChannelPartner>();
  catalog->Add<v1::ChannelStockCount>();
  catalog->Add<v1::Contact>();
  catalog->Add<v1::CustomerDocument>();
  catalog->Add<v1::DocumentGrant>();
  catalog->Add<v1::DocumentRead>();
  catalog->Add<v1::ExternalExchange>();
  catalog->Add<v1::ExternalOrganization>();
  catalog->Add<v1::InformationRequest>();
  catalog->Add<v1::RepresentationAuthority>();
  catalog->Add<v1::ResalePriceCheck>();
  catalog->Add<v1::SupplyShare>();
  catalog->Add<v1::TierModel>();
}

void RegisterHandlers(const Context& context, rpc::Registry* registry) {
  RegisterAccounts(context, registry);
  RegisterContacts(context, registry);
  RegisterClassification(context, registry);
  RegisterAccountFiles(context, registry);
  RegisterAccountMarket(context, registry);
  RegisterEvaluations(context, registry);
  RegisterExternalRelations(context, registry);
  RegisterDocuments(context, registry);
  RegisterUsage(context, registry);
  RegisterChannels(context, registry);
  RegisterSnapshots(context, registry);
  RegisterViews(context, registry);
  RegisterReminders(context, registry);
}

}  // namespace

const Area& AccountsArea() {
  static constexpr Area kArea = {kServices, FillCatalog, RegisterHandlers};
  return kArea;
}

}  // namespace kam::account
