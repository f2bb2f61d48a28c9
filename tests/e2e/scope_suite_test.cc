// What the other services know of whose account is whose, and of what people hold: from account-svc over its feed and
// by asking, through the suite as it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/e2e/people.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

constexpr absl::Duration kFollowTimeout = absl::Seconds(30);

class ScopeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = suite_.Start();
    ASSERT_TRUE(started.ok()) << started;
    Http integrator(suite_.url(), suite_.Token(kIntegrator));
    names_ = ImportPeople(
        integrator,
        {{"seller", {"KAX"}}, {"colleague", {"KAX"}}, {"head", {"BDS"}}, {"service", {"CSR"}}, {"desk", {"CSM"}}});
    Json rows = Json::array();
    for (const char* login : {"seller", "colleague"}) {
      rows.push_back({{"externalIds", {{{"system", kTestSystem}, {"id", login}}}},
                      {"superiors", {{{"superior", names_["head"]}, {"since", "2000-01-01"}}}}});
    }
    const Answer lines = integrator.Post("/v1/employees:batchUpsert", {{"employees", rows}});
    ASSERT_EQ(lines.body.find("FAILED"), std::string::npos) << lines;
  }

  Http As(absl::string_view login) { return Http(suite_.url(), suite_.Token(login)); }

  Suite suite_{{}};
  std::map<std::string, std::string> names_;
};

// A-07, G-03: a co-owner sees what other services have of the account, as long as he is one.
TEST_F(ScopeTest, ACoOwnerSeesTheComplaintsOfTheAccount) {
  const Answer made = As("seller").Post("/v1/accounts", {{"legalName", "协同客户"}});
  ASSERT_EQ(made.status, 200) << made;
  const std::string account = made.json().value("name", "");
  const Answer complained = As("service").Post("/v1/complaints", {{"account", account},
                                                                  {"category", "COMPLAINT_CATEGORY_PRODUCT"},
                                                                  {"severity", "SEVERITY_LOW"},
                                                                  {"channel", "CONTACT_CHANNEL_PHONE"},
                                                                  {"description", "异响"}});
  ASSERT_EQ(complained.status, 200) << complained;
  const std::string complaint = "/v1/" + complained.json().value("name", "");
  EXPECT_EQ(As("seller").Get(complaint).status, 200);
  EXPECT_EQ(As("colleague").Get(complaint).status, 404);
  // Whoever has an account together with its maker: he needs an owner first.
  const auto assign = [&](const std::string& login, const std::string& kind) {
    return As("head").Post(absl::StrCat("/v1/", account, ":assignOwner"),
                           {{"employee", names_[login]}, {"kind", kind}, {"reason", "协同"}});
  };
  const Answer owner = assign("seller", "OWNERSHIP_KIND_OWNER");
  ASSERT_EQ(owner.status, 200) << owner;
  const Answer shared = assign("colleague", "OWNERSHIP_KIND_CO_OWNER");
  ASSERT_EQ(shared.status, 200) << shared;
  EXPECT_EQ(shared.json().value("coOwners", Json::array()), Json::array({names_["colleague"]})) << shared;
  EXPECT_TRUE(WaitFor(kFollowTimeout, [&] { return As("colleague").Get(complaint).status == 200; }))
      << LogTail(suite_.log("aftersales-svc"));
  EXPECT_TRUE(WaitFor(kFollowTimeout, [&] {
    return suite_.Get("contract-svc", "SELECT COUNT(*) FROM account_scope_members WHERE seat = 'CO_OWNER'").integer() ==
           1;
  })) << LogTail(suite_.log("contract-svc"));
  const Answer released =
      As("head").Post(absl::StrCat("/v1/", account, ":releaseOwner"),
                      {{"employee", names_["colleague"]}, {"kind", "OWNERSHIP_KIND_CO_OWNER"}, {"reason", "结束"}});
  ASSERT_EQ(released.status, 200) << released;
  EXPECT_TRUE(WaitFor(kFollowTimeout, [&] { return As("colleague").Get(complaint).status == 404; }));
}

// G-22, S-03: what happens in another service is in the inbox of whom it concerns, once.
TEST_F(ScopeTest, AComplaintReachesTheInboxOfItsHandler) {
  const Answer made = As("seller").Post("/v1/accounts", {{"legalName", "通知客户"}});
  ASSERT_EQ(made.status, 200) << made;
  const Answer complained = As("service").Post("/v1/complaints", {{"account", made.json().value("name", "")},
                                                                  {"category", "COMPLAINT_CATEGORY_PRODUCT"},
                                                                  {"severity", "SEVERITY_LOW"},
                                                                  {"channel", "CONTACT_CHANNEL_PHONE"},
                                                                  {"description", "异响"}});
  ASSERT_EQ(complained.status, 200) << complained;
  const std::string complaint = complained.json().value("name", "");
  const auto inbox = [&](const char* login) {
    return As(login).Get("/v1/notifications").json().value("notifications", Json::array());
  };
  ASSERT_EQ(As("desk").Post(absl::StrCat("/v1/", complaint, ":accept"), Json::object()).status, 200);
  const Answer assigned = As("desk").Post(absl::StrCat("/v1/", complaint, ":assign"), {{"handler", names_["service"]}});
  ASSERT_EQ(assigned.status, 200) << assigned;
  EXPECT_TRUE(WaitFor(kFollowTimeout, [&] { return !inbox("service").empty(); }))
      << LogTail(suite_.log("aftersales-svc"));
  ASSERT_EQ(inbox("service").size(), 1u);
  EXPECT_EQ(inbox("service")[0].value("subject", ""), complaint);
  EXPECT_EQ(inbox("service")[0].value("kind", ""), "NOTIFICATION_KIND_TASK");
  // Whoever assigns was told that it waits, by who took it in.
  ASSERT_EQ(inbox("desk").size(), 1u);
  EXPECT_NE(inbox("desk")[0].value("title", "").find("to be assigned"), std::string::npos);
  EXPECT_TRUE(WaitFor(kFollowTimeout, [&] {
    return suite_.Get("aftersales-svc", "SELECT COUNT(*) FROM outgoing_notices").integer() == 0;
  }));
}

// G-02, G-21: whoever has the key of the import does not have the suite.
TEST_F(ScopeTest, TheIntegratorMakesNoAdministrator) {
  const auto import = [&](const std::string& role) {
    const Answer answer =
        As(kIntegrator)
            .Post("/v1/employees:batchUpsert", {{"employees",
                                                 {{{"displayName", "内鬼"},
                                                   {"login", "mallory"},
                                                   {"roles", {{{"role", role}, {"since", "2000-01-01"}}}},
                                                   {"externalIds", {{{"system", kTestSystem}, {"id", "mallory"}}}}}}}});
    EXPECT_EQ(answer.status, 200) << answer;
    return answer.json();
  };
  for (const char* role : {"GM", "HR", "ERP"}) {
    const Json answer = import(role);
    EXPECT_EQ(answer["results"][0].value("outcome", ""), "UPSERT_OUTCOME_FAILED") << answer;
    EXPECT_NE(answer.dump().find("PRIVILEGED_ROLE"), std::string::npos) << answer;
  }
  EXPECT_EQ(As("mallory").Get("/v1/roleGrants").status, 403) << "there is no such person";
}

}  // namespace
}  // namespace kam::e2e
