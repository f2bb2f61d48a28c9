// People of a sales department with what tests of visits and of the market ask for.
#ifndef KAM_ACCOUNT_SVC_TESTING_VISITS_FIXTURE_H_
#define KAM_ACCOUNT_SVC_TESTING_VISITS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "common/time/date.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/visit_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;

// A department with its head (GAM), a sales manager (SM) and two sellers (KAX) who report to the head.
class VisitsFixture : public ::testing::Test {
 protected:
  VisitsFixture()
      : world_(World::Get()),
        now_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("SM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        sm_(world_.As(manager_, "SM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  // The day of the business `days` from now.
  std::string Day(int days = 0) const {
    return TodayText(world_.harness().clock().Now() + absl::Hours(24 * days), world_.harness().runtime().zone());
  }
  // Moves the clock of the world on; tests never move it back.
  void MoveOn(absl::Duration by) {
    world_.harness().clock().Advance(by);
    now_ = world_.harness().clock().Now();
  }
  // An active account of `owner`, of the tier in the column ("A"; empty: none).
  v1::Account ActiveAccount(const auth::Principal& owner, const std::string& tier = {}) {
    v1::Account account = world_.AddAccount(owner);
    world_.Assign(gam_, account.name(), owner.subject);
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET state = 'ACTIVE', tier = ", tier.empty() ? "NULL" : "'" + tier + "'",
                     " WHERE id = '", IdOf(account.name()), "'"));
    return account;
  }
  std::string AddContact(const std::string& account) {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_account(account);
    request.mutable_contact()->set_display_name("李女士");
    const auto made = Call<v1::Contact>(gam_, "ContactService/CreateContact", request);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }
  std::string LastContact(const std::string& contact) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT last_contact_date FROM contacts WHERE id = '", IdOf(contact), "'"))
        .text();
  }

  v1::Visit MakeVisit(const std::string& account, absl::Duration start, absl::Duration end) const {
    v1::Visit visit;
    visit.set_account(account);
    visit.set_purpose("需求调研");
    visit.set_mode(v1::VISIT_MODE_ON_SITE);
    *visit.mutable_planned_start() = ToTimestamp(now_ + start);
    *visit.mutable_planned_end() = ToTimestamp(now_ + end);
    return visit;
  }
  absl::StatusOr<v1::Visit> CreateVisit(const auth::Principal& who, const v1::Visit& visit) {
    v1::CreateVisitRequest request;
    *request.mutable_visit() = visit;
    return Call<v1::Visit>(who, "VisitService/CreateVisit", request);
  }
  // A visit of the seller that is over: checked in within the hour, reported now. Each takes a minute of its own.
  absl::StatusOr<v1::Visit> MadeVisit(const std::string& account, const std::string& contact = {}) {
    const absl::Duration start = -absl::Hours(1) + absl::Minutes(made_++ % 30);
    const auto visit = CreateVisit(kax_, MakeVisit(account, start, start + absl::Minutes(1)));
    if (!visit.ok()) return visit;
    if (const auto approved = Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit);
        !approved.ok()) {
      return approved;
    }
    v1::CheckInVisitRequest check_in;
    *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Minutes(50));
    if (const auto in = Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, visit->name()); !in.ok()) return in;
    v1::CompleteVisitRequest complete;
    complete.set_report("见面记录");
    complete.set_result("进入报价");
    if (!contact.empty()) complete.add_contacts_met(contact);
    return Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name());
  }

  // "Service/Method" of kam.account.v1.
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& who, absl::string_view method,
                                const google::protobuf::Message& request) {
    return world_.Call<Response>(who, absl::StrCat("kam.account.v1.", method), request);
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Do(const auth::Principal& who, absl::string_view method, Request request,
                              const std::string& name) {
    request.set_name(name);
    return Call<Response>(who, method, request);
  }
  // The same as somebody who has just read it.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Do(const auth::Principal& who, absl::string_view method, Request request,
                              const Response& read) {
    request.set_etag(read.etag());
    return Do<Response>(who, method, request, read.name());
  }

  World& world_;
  absl::Time now_;
  int made_ = 0;  // Visits by MadeVisit.
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_, seller_, other_;
  auth::Principal gam_, sm_, kax_, kax2_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_VISITS_FIXTURE_H_
