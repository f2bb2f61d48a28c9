// The view of 360 degrees, timeline, search, requests for information (A-06) and the archive of back-ups (A-09), over
// real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/account_snapshot_service.pb.h"
#include "kam/account/v1/account_view_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::AccountSnapshot;
using v1::AccountView;
using v1::InformationRequest;

std::string Views(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountViewService/", verb); }
std::string Snapshots(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountSnapshotService/", verb); }

class ViewTest : public ::testing::Test {
 protected:
  ViewTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        account_(world_.AddAccount(kax_)) {
    world_.AddContact(kax_, account_.name());
    world_.contract_svc = Answers(&contract_questions_, {});
    world_.aftersales_svc = Answers(&aftersales_questions_, {});
  }
  ~ViewTest() override {
    world_.contract_svc = world_.aftersales_svc = [](absl::string_view, const google::protobuf::Message&,
                                                     google::protobuf::Message*) { return absl::OkStatus(); };
  }
  using Questions = std::vector<business::v1::ListDealingsRequest>;
  // A service that has `rows` of each kind asked for, and keeps the questions; it refuses what a service refuses.
  static World::Answer Answers(Questions* questions, std::vector<business::v1::Dealing> rows) {
    return [questions, rows = std::move(rows)](absl::string_view, const google::protobuf::Message& request,
                                               google::protobuf::Message* response) -> absl::Status {
      RETURN_IF_ERROR(resource::ValidateRequest(request));
      const auto& question = static_cast<const business::v1::ListDealingsRequest&>(request);
      questions->push_back(question);
      for (const std::string& kind : question.kinds()) {
        auto* part = static_cast<business::v1::ListDealingsResponse*>(response)->add_parts();
        part->set_kind(kind);
        for (const business::v1::Dealing& row : rows) *part->add_dealings() = row;
      }
      return absl::OkStatus();
    };
  }
  static business::v1::Dealing Dealing(const std::string& name, const std::string& content = {}) {
    business::v1::Dealing dealing;
    dealing.set_name(name);
    dealing.set_number("SO-1");
    dealing.set_state("RELEASED");
    dealing.mutable_amount()->set_currency_code("CNY");
    dealing.mutable_amount()->set_units(7);
    dealing.set_content(content);
    return dealing;
  }
  static World::Answer Away(const std::string& reason) {
    return [reason](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
      return RetryLater(absl::StatusCode::kUnavailable, reason, "away", absl::Seconds(1));
    };
  }
  absl::StatusOr<AccountView> View(const auth::Principal& who) {
    v1::GetAccountViewRequest request;
    request.set_name(account_.name());
    return world_.Call<AccountView>(who, Views("GetAccountView"), request);
  }
  static v1::ViewSection SectionOf(const AccountView& view, v1::ViewSectionKind kind) {
    for (const v1::ViewSection& section : view.sections()) {
      if (section.kind() == kind) return section;
    }
    ADD_FAILURE() << "no section " << v1::ViewSectionKind_Name(kind);
    return {};
  }
  absl::StatusOr<AccountSnapshot> Take(const auth::Principal& who) {
    v1::TakeAccountSnapshotRequest request;
    request.set_account(account_.name());
    return world_.Call<AccountSnapshot>(who, Snapshots("TakeAccountSnapshot"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_;
  auth::Principal gam_, kax_;
  v1::Account account_;
  Questions contract_questions_, aftersales_questions_;
};

// A-06: every part is shown, or hidden and says by which permission it would be shown.
TEST_F(ViewTest, EveryPartIsShownOrHidden) {
  const auto view = View(gam_);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(view->account().name(), account_.name());
  EXPECT_EQ(view->contacts_size(), 1);
  EXPECT_EQ(view->contacts(0).mobile(), "13900000000");
  EXPECT_EQ(view->sections_size(), v1::ViewSectionKind_ARRAYSIZE - 1);
  for (const v1::ViewSection& section : view->sections()) {
    EXPECT_EQ(section.state(), v1::VIEW_SECTION_STATE_SHOWN) << v1::ViewSectionKind_Name(section.kind());
  }
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_CONTACTS).rows(), 1);

  // A service advisor sees the file and its contacts, but no opportunities and no shares.
  const auto advisor = world_.As(world_.AddEmployee("SA"), "SA");
  const auto narrow = View(advisor);
  ASSERT_THAT(narrow, IsOk());
  EXPECT_EQ(narrow->contacts_size(), 1);
  EXPECT_EQ(SectionOf(*narrow, v1::VIEW_SECTION_KIND_OPPORTUNITIES).state(), v1::VIEW_SECTION_STATE_HIDDEN);
  EXPECT_EQ(SectionOf(*narrow, v1::VIEW_SECTION_KIND_OPPORTUNITIES).permission(), "opportunity.read");
  EXPECT_EQ(SectionOf(*narrow, v1::VIEW_SECTION_KIND_SUPPLY_SHARES).state(), v1::VIEW_SECTION_STATE_HIDDEN);
  // An accountant sees the file, and no people.
  const auto accountant = world_.As(world_.AddEmployee("ACC"), "ACC");
  const auto money = View(accountant);
  ASSERT_THAT(money, IsOk());
  EXPECT_EQ(money->contacts_size(), 0);
  EXPECT_EQ(SectionOf(*money, v1::VIEW_SECTION_KIND_CONTACTS).state(), v1::VIEW_SECTION_STATE_HIDDEN);
  const auto stranger = world_.As(world_.AddEmployee("KAX", department_.name(), {head_.name()}), "KAX");
  EXPECT_THAT(View(stranger), StatusIs(absl::StatusCode::kNotFound));
}

// A-06: the other services are asked with the rights of the caller, in bounded time, for what he may see only.
TEST_F(ViewTest, WhatTheOtherServicesKeepIsShownWithinTheCallersRights) {
  world_.contract_svc = Answers(&contract_questions_, {Dealing("orders/1")});
  const auto view = View(kax_);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_ORDERS).rows(), 1);
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_COMPLAINTS).state(), v1::VIEW_SECTION_STATE_SHOWN);
  ASSERT_EQ(view->dealings_size(), 3);
  EXPECT_EQ(view->dealings(1).kind(), v1::VIEW_SECTION_KIND_ORDERS);
  EXPECT_EQ(view->dealings(1).resource(), "orders/1");
  EXPECT_EQ(view->dealings(1).state(), "RELEASED");
  EXPECT_EQ(view->dealings(1).amount().units(), 7);
  ASSERT_EQ(contract_questions_.size(), 1u);
  const business::v1::ListDealingsRequest& question = contract_questions_[0];
  EXPECT_EQ(question.account(), account_.name());
  EXPECT_EQ(question.reader().employee(), seller_.name());
  EXPECT_FALSE(question.whole());
  std::map<std::string, std::string> rights;
  for (const auto& right : question.reader().rights()) rights[right.permission()] = right.level();
  EXPECT_EQ(rights["order.read"], "own");
  EXPECT_EQ(rights.count("price.floor.read"), 0u);

  // An assistant has no right to receivables: they are not even asked for.
  const auto assistant = world_.As(world_.AddEmployee("PS", department_.name(), {head_.name()}), "PS");
  contract_questions_.clear();
  const auto narrow = View(assistant);
  ASSERT_THAT(narrow, IsOk());
  EXPECT_EQ(SectionOf(*narrow, v1::VIEW_SECTION_KIND_RECEIVABLES).state(), v1::VIEW_SECTION_STATE_HIDDEN);
  EXPECT_EQ(SectionOf(*narrow, v1::VIEW_SECTION_KIND_RECEIVABLES).permission(), "receivable.read");
  ASSERT_EQ(contract_questions_.size(), 1u);
  EXPECT_THAT(contract_questions_[0].kinds(), ::testing::ElementsAre("CONTRACT", "ORDER"));

  // Whoever has hundreds of rights brings them all.
  contract_questions_.clear();
  ASSERT_THAT(View(gam_), IsOk());
  EXPECT_EQ(static_cast<size_t>(contract_questions_.at(0).reader().rights_size()), gam_.grants.size());
}

// A-06: a right that does not reach the account hides the part, even when the service would say that it is empty.
TEST_F(ViewTest, ARightThatDoesNotReachTheAccountHidesThePart) {
  auto narrow = gam_;
  narrow.grants["order.read"] = auth::Level::kOwn;
  const auto view = View(narrow);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_ORDERS).state(), v1::VIEW_SECTION_STATE_HIDDEN);
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_CONTRACTS).state(), v1::VIEW_SECTION_STATE_SHOWN);
}

// A-06: while a service is away the rest is shown, and what is missing is said; a wrong answer is an error.
TEST_F(ViewTest, AServiceThatIsAwayMakesItsPartsUnavailable) {
  world_.contract_svc = Away("CONTRACT_SVC_UNAVAILABLE");
  const auto view = View(gam_);
  ASSERT_THAT(view, IsOk());
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_CONTRACTS).state(), v1::VIEW_SECTION_STATE_UNAVAILABLE);
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_ORDERS).state(), v1::VIEW_SECTION_STATE_UNAVAILABLE);
  EXPECT_EQ(SectionOf(*view, v1::VIEW_SECTION_KIND_COMPLAINTS).state(), v1::VIEW_SECTION_STATE_SHOWN);
  EXPECT_EQ(view->contacts_size(), 1);
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return Internal("wrong");
  };
  EXPECT_THAT(View(gam_), StatusIs(absl::StatusCode::kInternal));
}

// A-06: what happened, the latest first and page by page; only what the caller may see.
TEST_F(ViewTest, TheTimelineTellsWhatTheCallerMaySee) {
  v1::CreateOpportunityRequest opportunity;
  opportunity.mutable_opportunity()->set_account(account_.name());
  opportunity.mutable_opportunity()->set_display_name("年度采购");
  ASSERT_THAT(world_.Call<v1::Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", opportunity),
              IsOk());
  const auto collections = [&](const auth::Principal& who) {
    std::set<std::string> seen;
    v1::ListAccountTimelineRequest request;
    request.set_name(account_.name());
    request.set_page_size(1);
    for (;;) {
      const auto page = world_.Call<v1::ListAccountTimelineResponse>(who, Views("ListAccountTimeline"), request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) break;
      for (const v1::TimelineEntry& entry : page->entries()) seen.insert(entry.collection());
      if (page->next_page_token().empty()) break;
      request.set_page_token(page->next_page_token());
    }
    return seen;
  };
  EXPECT_THAT(collections(gam_), ::testing::IsSupersetOf({"accounts", "contacts", "opportunities"}));
  const auto advisor = world_.As(world_.AddEmployee("SA"), "SA");
  EXPECT_EQ(collections(advisor).count("opportunities"), 0);
  EXPECT_EQ(collections(advisor).count("contacts"), 1);
}

// A-06
TEST_F(ViewTest, TheBaseIsSearchedWithinReach) {
  v1::SearchAccountBaseRequest request;
  request.set_text(account_.legal_name().substr(0, account_.legal_name().size() - 3));
  const auto found = world_.Call<v1::SearchAccountBaseResponse>(kax_, Views("SearchAccountBase"), request);
  ASSERT_THAT(found, IsOk());
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).account(), account_.name());
  request.set_text("王先生");
  const auto contact = world_.Call<v1::SearchAccountBaseResponse>(kax_, Views("SearchAccountBase"), request);
  ASSERT_THAT(contact, IsOk());
  ASSERT_EQ(contact->hits_size(), 1);
  EXPECT_EQ(contact->hits(0).legal_name(), account_.legal_name());
}

// A-06: other departments ask customer service, which answers with its source.
TEST_F(ViewTest, OthersAskCustomerService) {
  const auto parts = world_.As(world_.AddEmployee("PTM"), "PTM");
  const auto service = world_.As(world_.AddEmployee("CSR"), "CSR");
  v1::CreateInformationRequestRequest ask;
  ask.mutable_information_request()->set_account(account_.name());
  ask.mutable_information_request()->set_purpose("备件备货");
  ask.mutable_information_request()->set_question("车队规模？");
  const auto asked = world_.Call<InformationRequest>(parts, Views("CreateInformationRequest"), ask);
  ASSERT_THAT(asked, IsOk());
  v1::AnswerInformationRequestRequest answer;
  answer.set_name(asked->name());
  answer.set_answer("120 台");
  EXPECT_THAT(world_.Call<InformationRequest>(service, Views("AnswerInformationRequest"), answer),
              testing::NamesField("source"));
  answer.set_source("2025 年回访记录");
  EXPECT_THAT(world_.Call<InformationRequest>(parts, Views("AnswerInformationRequest"), answer),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<InformationRequest>(service, Views("AnswerInformationRequest"), answer), IsOk());
  kam::api::GetRequest get;
  get.set_name(asked->name());
  EXPECT_EQ(world_.Call<InformationRequest>(parts, Views("GetInformationRequest"), get)->answer(), "120 台");
  const auto own = world_.Call<InformationRequest>(service, Views("CreateInformationRequest"), ask);
  ASSERT_THAT(own, IsOk());
  answer.set_name(own->name());
  EXPECT_THAT(world_.Call<InformationRequest>(service, Views("AnswerInformationRequest"), answer),
              HasReason("SEPARATION_OF_DUTIES"));
}

// A-09, R-28: taken, checked, compared with what is there now; damage is found and named.
TEST_F(ViewTest, ASnapshotIsCheckedAndCompared) {
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auto director = world_.As(world_.AddEmployee("SD"), "SD");
  EXPECT_THAT(Take(kax_), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto taken = Take(archivist);
  ASSERT_THAT(taken, IsOk());
  std::map<std::string, int64_t> rows;
  for (const v1::SnapshotSection& section : taken->sections()) rows[section.section()] = section.rows();
  EXPECT_EQ(rows["accounts"], 1);
  EXPECT_EQ(rows["contacts"], 1);

  v1::CompareAccountSnapshotRequest compare;
  compare.set_name(taken->name());
  const auto same =
      world_.Call<v1::CompareAccountSnapshotResponse>(director, Snapshots("CompareAccountSnapshot"), compare);
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->differences_size(), 0);
  v1::UpdateAccountRequest update;
  update.mutable_account()->set_name(account_.name());
  update.mutable_account()->set_remark("新备注");
  ASSERT_THAT(world_.Call<v1::Account>(kax_, "kam.account.v1.AccountService/UpdateAccount", update), IsOk());
  world_.AddContact(kax_, account_.name());
  const auto changed =
      world_.Call<v1::CompareAccountSnapshotResponse>(director, Snapshots("CompareAccountSnapshot"), compare);
  ASSERT_THAT(changed, IsOk());
  ASSERT_EQ(changed->differences_size(), 2);
  EXPECT_EQ(changed->differences(0).resource(), account_.name());
  EXPECT_THAT(changed->differences(0).fields(), ::testing::Contains("remark"));
  EXPECT_EQ(changed->differences(1).kind(), v1::SNAPSHOT_DIFFERENCE_KIND_ADDED);

  v1::CheckAccountSnapshotRequest check;
  check.set_name(taken->name());
  EXPECT_EQ(world_.Call<AccountSnapshot>(archivist, Snapshots("CheckAccountSnapshot"), check)->check_result(),
            v1::SNAPSHOT_RESULT_INTACT);
  world_.harness().db().Execute(
      absl::StrCat("UPDATE account_snapshot_contents SET content = CONCAT(content, ' ') WHERE "
                   "section = 'contacts' AND snapshot = '",
                   IdOf(taken->name()), "'"));
  const auto damaged = world_.Call<AccountSnapshot>(archivist, Snapshots("CheckAccountSnapshot"), check);
  ASSERT_THAT(damaged, IsOk());
  EXPECT_EQ(damaged->check_result(), v1::SNAPSHOT_RESULT_DAMAGED);
  EXPECT_EQ(damaged->damaged_sections(), "contacts");
  EXPECT_THAT(world_.Call<v1::CompareAccountSnapshotResponse>(director, Snapshots("CompareAccountSnapshot"), compare),
              HasReason("SNAPSHOT_DAMAGED"));
}

// A-09: back-ups that are due are taken by themselves, some at a time; one that fails keeps nobody else from his, is
// tried again, and is told to who answers for the archive.
TEST_F(ViewTest, BackUpsThatAreDueAreTakenByThemselves) {
  auto& db = world_.harness().db();
  const absl::Time start = world_.harness().clock().Now();
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const std::string second = world_.AddAccount(kax_).name();
  db.Execute(absl::StrCat("UPDATE accounts SET state = 'ACTIVE' WHERE id IN ('", IdOf(account_.name()), "', '",
                          IdOf(second), "')"));
  const std::string before =
      db.Get(absl::StrCat("SELECT COALESCE(MAX(id), '-') FROM accounts WHERE id < '", IdOf(account_.name()), "'"))
          .text();
  const auto put_down = [&](const std::string& resource, absl::Time at) {
    db.Execute("DELETE FROM due_items WHERE kind = 'account_snapshot.due'");
    const std::string time = absl::FormatTime("%Y-%m-%d %H:%M:%S", at, absl::UTCTimeZone());
    db.Execute(absl::StrCat("INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES ('",
                            world_.harness().NewId(), "', 'account_snapshot.due', 'accounts/", resource,
                            "', 'account_snapshot.due|accounts/", resource, "', '", time, "', '", time, "')"));
  };
  const auto taken = [&](const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list =
        world_.Call<v1::ListAccountSnapshotsResponse>(archivist, Snapshots("ListAccountSnapshots"), request);
    EXPECT_THAT(list, IsOk());
    return list.value_or(v1::ListAccountSnapshotsResponse());
  };
  const World::Answer there = Answers(&contract_questions_, {Dealing("orders/1", "{}")});
  world_.contract_svc = [&](absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response) {
    // Something else may be due as well.
    if (!absl::EndsWith(method, "ListContractDealings")) return absl::OkStatus();
    const auto& question = static_cast<const business::v1::ListDealingsRequest&>(request);
    return question.account() == second ? Away("CONTRACT_SVC_UNAVAILABLE")(method, request, response)
                                        : there(method, request, response);
  };
  put_down(before, start);
  world_.RunDue();
  ASSERT_EQ(taken(account_.name()).account_snapshots_size(), 1);
  const AccountSnapshot snapshot = taken(account_.name()).account_snapshots(0);
  EXPECT_EQ(snapshot.taker(), "");
  bool orders = false;
  for (const v1::SnapshotSection& section : snapshot.sections())
    orders |= section.section() == "orders" && section.rows() == 1;
  EXPECT_TRUE(orders);
  EXPECT_EQ(taken(second).account_snapshots_size(), 0);
  // The base is looked through: it goes on the next night, and an account with a current back-up is left alone.
  EXPECT_EQ(db.Get("SELECT resource FROM due_items WHERE kind = 'account_snapshot.due' AND done_time IS NULL").text(),
            "accounts/-");
  put_down(before, start);
  world_.RunDue();
  EXPECT_EQ(taken(account_.name()).account_snapshots_size(), 1);
  // The next night it is told, and taken when contract-svc is back.
  put_down("-", start + absl::Hours(24));
  world_.harness().clock().Set(start + absl::Hours(24));
  world_.RunDue();
  kam::api::ListRequest inbox;
  const auto told = world_.Call<organization::v1::ListNotificationsResponse>(
      archivist, "kam.organization.v1.NotificationService/ListNotifications", inbox);
  ASSERT_THAT(told, IsOk());
  ASSERT_EQ(told->notifications_size(), 1);
  EXPECT_THAT(told->notifications(0).title(), ::testing::HasSubstr("CONTRACT_SVC_UNAVAILABLE 1"));
  world_.contract_svc = [&](absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response) {
    return absl::EndsWith(method, "ListContractDealings") ? there(method, request, response) : absl::OkStatus();
  };
  world_.harness().clock().Set(start + absl::Hours(26));
  world_.RunDue();
  EXPECT_EQ(taken(second).account_snapshots_size(), 1);
  db.Execute("DELETE FROM due_items WHERE kind IN ('account_snapshot.due', 'account_snapshot.take')");
  world_.harness().clock().Set(start);
}

// A-09: what cannot be read of an account is tried no more once the account wants no back-up.
TEST_F(ViewTest, ABackUpThatNobodyWantsAnyMoreIsNotTriedForEver) {
  auto& db = world_.harness().db();
  const absl::Time start = world_.harness().clock().Now();
  db.Execute(absl::StrCat("UPDATE accounts SET state = 'ACTIVE' WHERE id = '", IdOf(account_.name()), "'"));
  const std::string time = absl::FormatTime("%Y-%m-%d %H:%M:%S", start, absl::UTCTimeZone());
  db.Execute(absl::StrCat("INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES ('",
                          world_.harness().NewId(), "', 'account_snapshot.take', '", account_.name(),
                          "', 'account_snapshot.take|", account_.name(), "', '", time, "', '", time, "')"));
  const auto open = [&] {
    return db
        .Get(absl::StrCat("SELECT COUNT(*) FROM due_items WHERE kind = 'account_snapshot.take' AND done_time IS NULL ",
                          "AND resource = '", account_.name(), "'"))
        .integer();
  };
  world_.contract_svc = Away("CONTRACT_SVC_UNAVAILABLE");
  world_.RunDue();
  EXPECT_EQ(open(), 1) << "is tried again";
  db.Execute(absl::StrCat("UPDATE accounts SET state = 'CLOSED' WHERE id = '", IdOf(account_.name()), "'"));
  world_.harness().clock().Set(start + absl::Hours(2));
  world_.RunDue();
  EXPECT_EQ(open(), 0);
  world_.harness().clock().Set(start);
}

// A-09, G-03: a back-up shows of a contact what its reader may see of the contact itself.
TEST_F(ViewTest, ASnapshotHidesWhatItsReaderMayNotSee) {
  const auto taken = Take(world_.As(world_.AddEmployee("KAPM"), "KAPM"));
  ASSERT_THAT(taken, IsOk());
  auth::Principal director = world_.As(world_.AddEmployee("SD"), "SD");
  v1::ReadAccountSnapshotRequest read;
  read.set_name(taken->name());
  read.set_section("contacts");
  const auto shown = [&] {
    const auto part = world_.Call<v1::ReadAccountSnapshotResponse>(director, Snapshots("ReadAccountSnapshot"), read);
    EXPECT_THAT(part, IsOk());
    return part.ok() ? part->content() : "";
  };
  EXPECT_THAT(shown(), ::testing::HasSubstr("13900000000"));
  director.grants.erase("contact.personal.read");
  const std::string hidden = shown();
  EXPECT_THAT(hidden, ::testing::HasSubstr("王先生"));
  EXPECT_THAT(hidden, ::testing::Not(::testing::HasSubstr("13900000000")));
  read.set_section("nonsense");
  EXPECT_THAT(world_.Call<v1::ReadAccountSnapshotResponse>(director, Snapshots("ReadAccountSnapshot"), read),
              HasReason("FIELD_VALUE_UNKNOWN"));
}

// A-09: orders, invoices and payments are part of the back-up; without their service there is none.
TEST_F(ViewTest, ASnapshotKeepsTheDealingsOfContractService) {
  const std::string before = R"({"name":"orders/1","state":"ORDER_STATE_ENTERED","total":{"units":"7"}})";
  const std::string after = R"({"name":"orders/1","state":"ORDER_STATE_RELEASED","total":{"units":"7"}})";
  const auto only_orders = [&](const std::vector<std::pair<std::string, std::string>>& orders) -> World::Answer {
    return [orders](absl::string_view, const google::protobuf::Message& request, google::protobuf::Message* response) {
      const auto& question = static_cast<const business::v1::ListDealingsRequest&>(request);
      EXPECT_TRUE(question.whole());
      EXPECT_FALSE(question.has_reader());
      if (question.kinds(0) != "ORDER") return absl::OkStatus();
      auto* part = static_cast<business::v1::ListDealingsResponse*>(response)->add_parts();
      part->set_kind("ORDER");
      for (const auto& [name, content] : orders) *part->add_dealings() = Dealing(name, content);
      return absl::OkStatus();
    };
  };
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  auto director = world_.As(world_.AddEmployee("SD"), "SD");
  world_.contract_svc = Away("CONTRACT_SVC_UNAVAILABLE");
  EXPECT_THAT(Take(archivist), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  world_.contract_svc = only_orders({{"orders/1", before}});
  const auto taken = Take(archivist);
  ASSERT_THAT(taken, IsOk());
  std::map<std::string, int64_t> rows;
  for (const v1::SnapshotSection& section : taken->sections()) rows[section.section()] = section.rows();
  EXPECT_EQ(rows["orders"], 1);
  EXPECT_EQ(rows.count("receipts"), 1u);

  v1::ReadAccountSnapshotRequest read;
  read.set_name(taken->name());
  read.set_section("orders");
  const auto part = world_.Call<v1::ReadAccountSnapshotResponse>(director, Snapshots("ReadAccountSnapshot"), read);
  ASSERT_THAT(part, IsOk());
  EXPECT_EQ(part->content(), before + "\n");

  world_.contract_svc = only_orders({{"orders/1", after}, {"orders/2", R"({"name":"orders/2"})"}});
  v1::CompareAccountSnapshotRequest compare;
  compare.set_name(taken->name());
  const auto changed =
      world_.Call<v1::CompareAccountSnapshotResponse>(director, Snapshots("CompareAccountSnapshot"), compare);
  ASSERT_THAT(changed, IsOk());
  ASSERT_EQ(changed->differences_size(), 2);
  EXPECT_EQ(changed->differences(0).resource(), "orders/1");
  EXPECT_THAT(changed->differences(0).fields(), ::testing::ElementsAre("state"));
  EXPECT_EQ(changed->differences(1).kind(), v1::SNAPSHOT_DIFFERENCE_KIND_ADDED);

  director.grants.erase("order.read");
  EXPECT_THAT(world_.Call<v1::ReadAccountSnapshotResponse>(director, Snapshots("ReadAccountSnapshot"), read),
              HasReason("PERMISSION_DENIED"));
}

// A-09: an account with much history is backed up in as many parts as it takes.
TEST_F(ViewTest, ALargeCollectionIsKeptInSeveralParts) {
  constexpr int kOrders = 45;
  const auto name_of = [](int i) { return absl::StrFormat("orders/%026d", i); };
  bool pages = true;
  world_.contract_svc = [&](absl::string_view, const google::protobuf::Message& request,
                            google::protobuf::Message* response) {
    const auto& question = static_cast<const business::v1::ListDealingsRequest&>(request);
    if (question.kinds(0) != "ORDER") return absl::OkStatus();
    auto* part = static_cast<business::v1::ListDealingsResponse*>(response)->add_parts();
    part->set_kind("ORDER");
    for (int i = kOrders; i >= 1; --i) {
      if (pages && !question.after().empty() && name_of(i) >= question.after()) continue;
      if (part->dealings_size() == question.rows_max()) {
        part->set_truncated(true);
        break;
      }
      *part->add_dealings() = Dealing(name_of(i), absl::StrCat("{\"name\":\"", name_of(i), "\"}"));
    }
    return absl::OkStatus();
  };
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auto director = world_.As(world_.AddEmployee("SD"), "SD");
  const auto taken = Take(archivist);
  ASSERT_THAT(taken, IsOk());
  std::map<std::string, int64_t> rows;
  for (const v1::SnapshotSection& section : taken->sections()) rows[section.section()] = section.rows();
  EXPECT_EQ(rows["orders"], 20);
  EXPECT_EQ(rows["orders/2"], 20);
  EXPECT_EQ(rows["orders/3"], 5);
  v1::ReadAccountSnapshotRequest read;
  read.set_name(taken->name());
  read.set_section("orders/3");
  const auto part = world_.Call<v1::ReadAccountSnapshotResponse>(director, Snapshots("ReadAccountSnapshot"), read);
  ASSERT_THAT(part, IsOk());
  EXPECT_THAT(part->content(), ::testing::HasSubstr(name_of(kOrders)));
  auto clerk = director;
  clerk.grants.erase("order.read");
  EXPECT_THAT(world_.Call<v1::ReadAccountSnapshotResponse>(clerk, Snapshots("ReadAccountSnapshot"), read),
              HasReason("PERMISSION_DENIED"));
  v1::CheckAccountSnapshotRequest check;
  check.set_name(taken->name());
  EXPECT_EQ(world_.Call<AccountSnapshot>(archivist, Snapshots("CheckAccountSnapshot"), check)->check_result(),
            v1::SNAPSHOT_RESULT_INTACT);
  v1::CompareAccountSnapshotRequest compare;
  compare.set_name(taken->name());
  const auto same =
      world_.Call<v1::CompareAccountSnapshotResponse>(director, Snapshots("CompareAccountSnapshot"), compare);
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->differences_size(), 0) << same->DebugString();
  // A service that knows no pages gives no half back-up.
  pages = false;
  EXPECT_THAT(Take(archivist), HasReason("SNAPSHOT_TOO_LARGE"));
}

// A-09: accounts without a current snapshot are listed.
TEST_F(ViewTest, WhatTheArchiveLacksIsSaid) {
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  v1::SubmitAccountRequest submit;
  submit.set_name(account_.name());
  const auto submitted = world_.Call<v1::Account>(kax_, "kam.account.v1.AccountService/SubmitAccount", submit);
  ASSERT_THAT(submitted, IsOk());
  v1::VerifyAccountRequest verify;
  verify.set_name(account_.name());
  verify.set_etag(submitted->etag());
  verify.set_evidence("营业执照");
  ASSERT_THAT(world_.Call<v1::Account>(gam_, "kam.account.v1.AccountService/VerifyAccount", verify), IsOk());
  const auto lacking = [&] {
    std::set<std::string> accounts;
    v1::ListAccountsWithoutSnapshotRequest request;
    for (;;) {
      const auto page = world_.Call<v1::ListAccountsWithoutSnapshotResponse>(
          archivist, Snapshots("ListAccountsWithoutSnapshot"), request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return accounts;
      for (const auto& account : page->accounts()) accounts.insert(account.account());
      if (page->next_page_token().empty()) return accounts;
      request.set_page_token(page->next_page_token());
    }
  };
  EXPECT_EQ(lacking().count(account_.name()), 1);
  ASSERT_THAT(Take(archivist), IsOk());
  EXPECT_EQ(lacking().count(account_.name()), 0);
}

// A-06, G-22: customer service is told of a question, and who has asked of the answer; who asked wrongly takes it back.
TEST_F(ViewTest, AQuestionIsToldOfAndTakenBack) {
  const auto told = [&](const auth::Principal& who, absl::string_view title) {
    const auto list = world_.Call<organization::v1::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    int found = 0;
    if (list.ok()) {
      for (const auto& notice : list->notifications()) found += absl::StrContains(notice.title(), title) ? 1 : 0;
    }
    return found;
  };
  const auto parts = world_.As(world_.AddEmployee("PTM"), "PTM");
  const auto service = world_.As(world_.AddEmployee("CSR"), "CSR");
  v1::CreateInformationRequestRequest ask;
  ask.mutable_information_request()->set_account(account_.name());
  ask.mutable_information_request()->set_purpose("备件备货");
  ask.mutable_information_request()->set_question("车队规模？");
  const auto wrong = world_.Call<InformationRequest>(parts, Views("CreateInformationRequest"), ask);
  ASSERT_THAT(wrong, IsOk());
  EXPECT_EQ(told(service, "客户信息申请待答复"), 1);
  v1::WithdrawInformationRequestRequest withdraw;
  withdraw.set_name(wrong->name());
  withdraw.set_reason("问错客户");
  auth::Principal other = world_.As(world_.AddEmployee("PTM"), "PTM");
  other.grants["information_request.write"] = auth::Level::kAll;
  EXPECT_THAT(world_.Call<InformationRequest>(other, Views("WithdrawInformationRequest"), withdraw),
              HasReason("NOT_REQUESTER"));
  const auto gone = world_.Call<InformationRequest>(parts, Views("WithdrawInformationRequest"), withdraw);
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->state(), v1::INFORMATION_REQUEST_STATE_WITHDRAWN);
  EXPECT_EQ(gone->withdraw_reason(), "问错客户");
  v1::AnswerInformationRequestRequest answer;
  answer.set_name(wrong->name());
  answer.set_answer("120 台");
  answer.set_source("2025 年回访记录");
  EXPECT_THAT(world_.Call<InformationRequest>(service, Views("AnswerInformationRequest"), answer),
              HasReason("STATE_NOT_ALLOWED"));
  const auto right = world_.Call<InformationRequest>(parts, Views("CreateInformationRequest"), ask);
  ASSERT_THAT(right, IsOk());
  answer.set_name(right->name());
  ASSERT_THAT(world_.Call<InformationRequest>(service, Views("AnswerInformationRequest"), answer), IsOk());
  EXPECT_EQ(told(parts, "客户信息申请已答复"), 1);
}

}  // namespace
}  // namespace kam::account
