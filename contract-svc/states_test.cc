// Every state of every record of contract-svc with every verb.
#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/names.h"
#include "common/testing/state_pairs.h"
#include "contract-svc/testing/sales_fixture.h"

namespace kam::contract::testing {
namespace {

using kam::testing::Machine;

// What the verbs of these records are meant to do: an option that says something else is a mistake in one of the two.
const std::map<std::string, Machine>& Tables() {
  static const auto* const kTables = new std::map<std::string, Machine>{
      // C-03
      {"authorityGrants",
       {{"ConfirmAuthorityGrant", "PROPOSED > ACTIVE"}, {"RevokeAuthorityGrant", "ACTIVE, PROPOSED > REVOKED"}}},
      // C-34
      {"creditPolicies", {{"PublishCreditPolicy", "DRAFT > IN_FORCE"}}},
      // C-32
      {"receivableAlarms", {{"AcknowledgeReceivableAlarm", "OPEN, ACKNOWLEDGED > ACKNOWLEDGED"}}},
      {"receivableItems",
       {{"PromiseReceivable", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"DisputeReceivable", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"SettleReceivableDispute", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"ProposeReceivableWriteOff", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="},
        {"DecideReceivableWriteOff", "OPEN, PARTIALLY_PAID, PROMISED, DISPUTED > ="}}},
      // C-07
      {"packageOffers",
       {{"SubmitPackageOffer", "DRAFT > IN_APPROVAL"}, {"WithdrawPackageOffer", "AGREED > WITHDRAWN"}}},
      // C-08
      {"purchasePrices",
       {{"DecidePurchasePrice", "PROPOSED > DECIDED"},
        {"RejectPurchasePrice", "PROPOSED > REJECTED"},
        {"EndPurchasePrice", "DECIDED > ENDED"}}},
      // C-01
      {"priceSimulations", {{"ContinuePriceSimulation", "RUNNING > ="}}},
      {"priceSuggestions", {{"AnswerPriceSuggestion", "OPEN > ="}}},
      // G-05
      {"approvalDelegations", {{"RevokeApprovalDelegation", "ACTIVE > REVOKED"}}},
      {"approvalRequests",
       {{"Approve", "PENDING > ="},
        {"Reject", "PENDING > ="},
        {"Withdraw", "PENDING > ="},
        {"Expire", "PENDING > EXPIRED"}}},
  };
  return *kTables;
}

// The tables of these stand in the tests of contracts, orders, prices, offers and policies.
const std::set<std::string>& TablesElsewhere() {
  static const auto* const kElsewhere = new std::set<std::string>{
      "addOnServices",     "agreements",    "amendments",         "archiveBorrowings",  "blankForms",
      "contractDisputes",  "contracts",     "damageReports",      "deliveries",         "deliveryProjects",
      "financingDrawings", "goodsReceipts", "invoices",           "manufacturerOrders", "obligations",
      "orderingPlans",     "orders",        "priceBooks",         "projectChanges",     "quotes",
      "rebateSettlements", "receipts",      "releaseAuthorities", "salesPolicies",      "serviceFees",
      "shipments",         "stockTakes"};
  return *kElsewhere;
}

class AllStatesTest : public SalesTest {};

// C-01, C-03, C-07, C-08, C-32, C-34, G-05
TEST_F(AllStatesTest, TheTablesSayWhatTheMethodsSay) {
  std::map<std::string, Machine> declared = kam::testing::Machines(harness().registry());
  for (const auto& [collection, machine] : Tables()) EXPECT_EQ(declared[collection], machine) << collection;
  for (const auto& [collection, machine] : declared) {
    EXPECT_EQ(Tables().count(collection) + TablesElsewhere().count(collection), 1u)
        << collection << " has no table of its verbs: " << ::testing::PrintToString(machine);
  }
}

// C-01, C-03, C-07, C-08, C-32, C-34, G-05
TEST_F(AllStatesTest, EveryVerbIsRefusedInEveryOtherState) {
  // Permissions that depend on the request.
  std::vector<std::string> steps;
  for (const char* step : {"sales", "product", "finance", "legal"})
    steps.push_back(absl::StrCat("contract.review_", step));
  auth::Principal person = kam::testing::Harness::Program("test", steps);
  person.subject = gm_.subject;
  person.employee = gm_.employee;
  kam::testing::StatePairs pairs(harness(), person);
  pairs.Use(account_);
  pairs.Use(product_a_);
  pairs.Set("rebateSettlements", absl::StrCat("account = '", resource::IdOf(account_), "'"));
  pairs.Fill([](const std::string& verb, google::protobuf::Message* request) {
    if (verb != "PassInvoice") return;
    const auto* receiver = request->GetDescriptor()->FindFieldByName("receiver_name");
    request->GetReflection()->SetString(request, receiver, "吴经理");
  });
  // Approvals have steps, shipments a plan.
  pairs.MayFail({"Approve", "Reject", "ArriveShipment"});
  EXPECT_GT(pairs.TryAll(), 400);
}

}  // namespace
}  // namespace kam::contract::testing
