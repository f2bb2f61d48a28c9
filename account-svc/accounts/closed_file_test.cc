// What may be written to a file that is closed, or in the archive: one rule for all that is part of it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/account_usage_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/customer_document_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using v1::Account;

class ClosedFileTest : public ::testing::Test {
 protected:
  ClosedFileTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        gam_(world_.As(world_.AddEmployee("GAM", department_.name()), "GAM")),
        clerk_(world_.As(world_.AddEmployee("GAD"), "GAD")),
        account_(world_.AddAccount(gam_)) {}

  absl::StatusOr<v1::Contact> AddContact() {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_account(account_.name());
    request.mutable_contact()->set_display_name("王五");
    return world_.Call<v1::Contact>(gam_, "kam.account.v1.ContactService/CreateContact", request);
  }
  absl::StatusOr<v1::Contact> Rename(const std::string& contact) {
    v1::UpdateContactRequest request;
    request.mutable_contact()->set_name(contact);
    request.mutable_contact()->set_display_name("赵六");
    return world_.Call<v1::Contact>(gam_, "kam.account.v1.ContactService/UpdateContact", request);
  }
  absl::StatusOr<v1::AccountUsage> Use() {
    v1::CreateAccountUsageRequest request;
    request.mutable_account_usage()->set_account(account_.name());
    request.mutable_account_usage()->set_business("专线");
    request.mutable_account_usage()->set_month("2025-11");
    request.mutable_account_usage()->set_quantity("1");
    request.mutable_account_usage()->set_source("业务系统");
    return world_.Call<v1::AccountUsage>(gam_, "kam.account.v1.AccountUsageService/CreateAccountUsage", request);
  }
  absl::StatusOr<v1::Opportunity> AddDeal() {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_account(account_.name());
    request.mutable_opportunity()->set_display_name("采购");
    return world_.Call<v1::Opportunity>(gam_, "kam.account.v1.OpportunityService/CreateOpportunity", request);
  }
  absl::StatusOr<v1::Opportunity> ChangeDeal(const std::string& deal) {
    v1::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(deal);
    request.mutable_opportunity()->set_display_name("二期采购");
    return world_.Call<v1::Opportunity>(gam_, "kam.account.v1.OpportunityService/UpdateOpportunity", request);
  }
  absl::StatusOr<v1::CustomerDocument> File() {
    v1::FileCustomerDocumentRequest request;
    request.mutable_customer_document()->set_account(account_.name());
    request.mutable_customer_document()->set_kind(v1::CUSTOMER_DOCUMENT_KIND_OPINION);
    request.mutable_customer_document()->set_title("客户意见书");
    request.mutable_customer_document()->set_classification(v1::DOCUMENT_CLASSIFICATION_INTERNAL);
    request.set_content("x");
    return world_.Call<v1::CustomerDocument>(clerk_, "kam.account.v1.CustomerDocumentService/FileCustomerDocument",
                                             request);
  }
  absl::StatusOr<Account> Close() {
    v1::CloseAccountRequest request;
    request.set_name(account_.name());
    request.set_reason("停业");
    return world_.Call<Account>(gam_, "kam.account.v1.AccountService/CloseAccount", request);
  }

  World& world_;
  organization::v1::Department department_;
  auth::Principal gam_, clerk_;
  Account account_;
};

//
TEST_F(ClosedFileTest, NothingBeginsAndNothingIsRewritten) {
  const auto contact = AddContact();
  ASSERT_THAT(contact, IsOk());
  const auto deal = AddDeal();
  ASSERT_THAT(deal, IsOk());
  const auto document = File();
  ASSERT_THAT(document, IsOk());
  ASSERT_THAT(Rename(contact->name()), IsOk());
  ASSERT_THAT(Close(), IsOk());

  EXPECT_THAT(AddContact(), HasReason("ACCOUNT_CLOSED"));
  EXPECT_THAT(Rename(contact->name()), HasReason("ACCOUNT_CLOSED"));
  EXPECT_THAT(Use(), HasReason("ACCOUNT_CLOSED"));
  EXPECT_THAT(AddDeal(), HasReason("ACCOUNT_CLOSED"));
  EXPECT_THAT(ChangeDeal(deal->name()), HasReason("ACCOUNT_CLOSED"));
  // What is under way comes to its end, and what is in the vault stays there longer.
  v1::LoseOpportunityRequest lose;
  lose.set_name(deal->name());
  lose.set_reason("客户停业");
  lose.set_reason_code(v1::CLOSE_REASON_CODE_SERVICE);
  EXPECT_THAT(world_.Call<v1::Opportunity>(gam_, "kam.account.v1.OpportunityService/LoseOpportunity", lose), IsOk());
  EXPECT_THAT(File(), HasReason("ACCOUNT_CLOSED"));
  v1::UpdateCustomerDocumentRequest keep;
  keep.mutable_customer_document()->set_name(document->name());
  keep.mutable_customer_document()->set_retention_until("2040-12-31");
  EXPECT_THAT(
      world_.Call<v1::CustomerDocument>(clerk_, "kam.account.v1.CustomerDocumentService/UpdateCustomerDocument", keep),
      IsOk());
}

// the same of an account in the archive.
TEST_F(ClosedFileTest, AnArchivedAccountIsRestoredFirst) {
  const auto contact = AddContact();
  ASSERT_THAT(contact, IsOk());
  kam::api::ArchiveRequest archive;
  archive.set_name(account_.name());
  ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/ArchiveAccount", archive), IsOk());
  EXPECT_THAT(AddContact(), HasReason("RESOURCE_ARCHIVED"));
  EXPECT_THAT(Rename(contact->name()), HasReason("RESOURCE_ARCHIVED"));
  EXPECT_THAT(Use(), HasReason("RESOURCE_ARCHIVED"));
}

}  // namespace
}  // namespace kam::account
