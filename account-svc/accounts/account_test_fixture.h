// Accounts with their makers, for several test files.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_TEST_FIXTURE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {

inline std::string Method(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }

class AccountTest : public ::testing::Test {
 protected:
  AccountTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM", {IdOf(seller_.name()), IdOf(other_.name())})),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  absl::StatusOr<v1::Account> Get(const auth::Principal& who, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<v1::Account>(who, Method("GetAccount"), request);
  }
  absl::StatusOr<v1::ListAccountsResponse> List(const auth::Principal& who, const std::string& filter) {
    kam::api::ListRequest request;
    request.set_filter(filter);
    request.set_page_size(100);
    return world_.Call<v1::ListAccountsResponse>(who, Method("ListAccounts"), request);
  }
  absl::StatusOr<v1::Account> Submit(const auth::Principal& who, const std::string& name) {
    v1::SubmitAccountRequest request;
    request.set_name(name);
    return world_.Call<v1::Account>(who, Method("SubmitAccount"), request);
  }
  absl::StatusOr<v1::Account> Verify(const auth::Principal& who, const std::string& name) {
    v1::VerifyAccountRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    request.set_evidence("营业执照复印件");
    return world_.Call<v1::Account>(who, Method("VerifyAccount"), request);
  }
  absl::StatusOr<v1::Account> Reverify(const auth::Principal& who, const std::string& name, const std::string& etag) {
    v1::ReverifyAccountRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_evidence("变更登记通知书");
    return world_.Call<v1::Account>(who, Method("ReverifyAccount"), request);
  }
  std::string EtagOf(const std::string& name) {
    return absl::StrCat("v", world_.harness()
                                 .db()
                                 .Get(absl::StrCat("SELECT version FROM accounts WHERE id = '", IdOf(name), "'"))
                                 .integer());
  }
  int64_t Logged(const organization::v1::Employee& asker, const std::string& account, absl::string_view method) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM duplicate_checks WHERE actor = '", asker.name(), "' AND account = '",
                          IdOf(account), "' AND result = 'EXISTS' AND method = '", method, "'"))
        .integer();
  }
  absl::StatusOr<v1::CheckDuplicateResponse> Check(const auth::Principal& who, const v1::Account& firm) {
    v1::CheckDuplicateRequest request;
    request.set_legal_name(firm.legal_name());
    request.set_registration_number(firm.registration_number());
    return world_.Call<v1::CheckDuplicateResponse>(who, Method("CheckDuplicate"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_ACCOUNT_TEST_FIXTURE_H_
