// Important accounts and deals, over real gRPC and a real database.
#include <algorithm>

#include "account-svc/pipeline/deal_fixture.h"
#include "account-svc/testing/grants.h"

namespace kam::account {
namespace {

class MatterTest : public DealTest {
 protected:
  MatterTest() {
    for (const char* role : {"BDS", "KAM", "GAM", "SD"}) GrantRole(world_, role, "important_matter.respond");
  }
  ImportantMatter Read(const std::string& name) {
    kam::api::GetRequest get;
    get.set_name(name);
    const auto matter =
        world_.Call<ImportantMatter>(kax_, "kam.account.v1.ImportantMatterService/GetImportantMatter", get);
    EXPECT_THAT(matter, IsOk());
    return matter.value_or(ImportantMatter());
  }
  // Moves on to the instant at which the next above is asked.
  void Wait(const std::string& name) {
    const ImportantMatter matter = Read(name);
    clock().Set(std::max(clock().Now(), FromTimestamp(matter.respond_by())) +
                (matter.overdue() ? absl::Hours(24 * 4) : absl::ZeroDuration()));
    world_.RunDue();
  }
};

// reported, answered, discussed, approved, closed; the deal shows it meanwhile.
TEST_F(MatterTest, AnImportantDealIsReportedDiscussedAndDecided) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto deal = Create(account.name(), 5'000'000);
  EXPECT_THAT(Report(kax_, account.name(), head_.name(), deal->name()), HasReason("SUPERIOR_UNKNOWN"));
  const auto matter = Report(kax_, account.name(), supervisor_.name(), deal->name());
  ASSERT_THAT(matter, IsOk());
  EXPECT_GT(FromTimestamp(matter->respond_by()), clock().Now());
  EXPECT_THAT(Report(kax_, account.name(), supervisor_.name(), deal->name()), HasReason("MATTER_OPEN"));
  ASSERT_THAT(Report(kax_, account.name(), supervisor_.name()), IsOk()) << "the customer as a whole is another matter";
  kam::api::GetRequest get;
  get.set_name(deal->name());
  const std::string get_deal = "kam.account.v1.OpportunityService/GetOpportunity";
  EXPECT_TRUE(world_.Call<Opportunity>(kax_, get_deal, get)->important());
  v1::BriefImportantMatterRequest brief;
  brief.set_text("竞争对手已报价");
  EXPECT_EQ(Matter(kax_, "BriefImportantMatter", matter->name(), brief)->briefings(0).author(), seller_.name());
  v1::RespondToImportantMatterRequest respond;
  respond.set_response("本周开会");
  EXPECT_THAT(Matter(gam_, "RespondToImportantMatter", matter->name(), respond), HasReason("RESPONDER_NOT_ASKED"));
  ASSERT_THAT(Matter(bds_, "RespondToImportantMatter", matter->name(), respond), IsOk());
  v1::UpdateImportantMatterRequest update;
  update.mutable_important_matter()->set_name(matter->name());
  update.mutable_important_matter()->set_reason("x");
  EXPECT_THAT(world_.Call<ImportantMatter>(kax_, "kam.account.v1.ImportantMatterService/UpdateImportantMatter", update),
              HasReason("MATTER_ANSWERED"));
  v1::DiscussImportantMatterRequest discuss;
  discuss.add_participants(seller_.name());
  discuss.set_minutes("讨论报价策略");
  discuss.set_decision("派技术支持驻场");
  EXPECT_THAT(Matter(bds_, "DiscussImportantMatter", matter->name(), discuss), HasReason("SUPERIOR_REQUIRED"));
  discuss.add_participants(supervisor_.name());
  ASSERT_THAT(Matter(bds_, "DiscussImportantMatter", matter->name(), discuss), IsOk());
  v1::CloseImportantMatterRequest close;
  close.set_reason("已签约");
  // A manager who reports does not settle his matter without those above him.
  const organization::v1::Employee manager = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  const auth::Principal kam = world_.As(manager, "KAM");
  const auto own = Report(kam, world_.AddAccount(kam).name(), head_.name());
  ASSERT_THAT(own, IsOk());
  ASSERT_THAT(Matter(gam_, "RespondToImportantMatter", own->name(), respond), IsOk());
  EXPECT_THAT(Matter(kam, "CloseImportantMatter", own->name(), close), HasReason("SEPARATION_OF_DUTIES"));
  v1::DiscussImportantMatterRequest alone = discuss;
  alone.add_participants(head_.name());
  EXPECT_THAT(Matter(kam, "DiscussImportantMatter", own->name(), alone), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Matter(bds_, "CloseImportantMatter", matter->name(), close), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_THAT(Matter(gam_, "ApproveImportantMatter", matter->name(), v1::ApproveImportantMatterRequest()),
              StatusIs(absl::StatusCode::kPermissionDenied));
  v1::ApproveImportantMatterRequest approve;
  approve.set_etag(EtagOf(world_, matter->name()));
  ASSERT_THAT(Matter(sd_, "ApproveImportantMatter", matter->name(), approve), IsOk());
  ASSERT_THAT(Matter(bds_, "CloseImportantMatter", matter->name(), close), IsOk());
  EXPECT_FALSE(world_.Call<Opportunity>(kax_, get_deal, get)->important());
}

// silence goes to the superior of the superior.
TEST_F(MatterTest, AnUnansweredMatterGoesUp) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto matter = Report(kax_, account.name(), supervisor_.name());
  ASSERT_THAT(matter, IsOk());
  clock().Set(FromTimestamp(matter->respond_by()) - absl::Seconds(1));
  world_.RunDue();
  kam::api::GetRequest get;
  get.set_name(matter->name());
  const std::string method = "kam.account.v1.ImportantMatterService/GetImportantMatter";
  EXPECT_FALSE(world_.Call<ImportantMatter>(kax_, method, get)->overdue());
  clock().Advance(absl::Seconds(1));
  world_.RunDue();
  const auto overdue = world_.Call<ImportantMatter>(kax_, method, get);
  ASSERT_THAT(overdue, IsOk());
  EXPECT_TRUE(overdue->overdue());
  EXPECT_EQ(overdue->escalated_to(), head_.name());
  v1::RespondToImportantMatterRequest respond;
  respond.set_response("我来");
  EXPECT_EQ(Matter(gam_, "RespondToImportantMatter", matter->name(), respond)->responder(), head_.name());
}

// a director who does not agree sends the decision back, and it is discussed again.
TEST_F(MatterTest, ADecisionThatIsNotApprovedIsDiscussedAgain) {
  const auto matter = Report(kax_, world_.AddAccount(kax_).name(), supervisor_.name());
  ASSERT_THAT(matter, IsOk());
  v1::RespondToImportantMatterRequest respond;
  respond.set_response("本周开会");
  ASSERT_THAT(Matter(bds_, "RespondToImportantMatter", matter->name(), respond), IsOk());
  v1::DiscussImportantMatterRequest discuss;
  discuss.add_participants(supervisor_.name());
  discuss.set_minutes("讨论");
  discuss.set_decision("让价");
  discuss.set_discussion_date(day(-1));
  EXPECT_THAT(Matter(bds_, "DiscussImportantMatter", matter->name(), discuss), HasReason("DATE_TOO_EARLY"));
  discuss.clear_discussion_date();
  ASSERT_THAT(Matter(bds_, "DiscussImportantMatter", matter->name(), discuss), IsOk());
  v1::ReturnImportantMatterRequest back;
  EXPECT_THAT(Matter(sd_, "ReturnImportantMatter", matter->name(), back), NamesField("reason"));
  back.set_reason("毛利不足");
  EXPECT_THAT(Matter(gam_, "ReturnImportantMatter", matter->name(), back),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto returned = Matter(sd_, "ReturnImportantMatter", matter->name(), back);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::IMPORTANT_MATTER_STATE_RESPONDED);
  EXPECT_EQ(returned->return_reason(), "毛利不足");
  discuss.set_decision("派技术支持");
  const auto again = Matter(bds_, "DiscussImportantMatter", matter->name(), discuss);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->return_reason(), "");
  v1::ApproveImportantMatterRequest approve;
  EXPECT_THAT(Matter(sd_, "ApproveImportantMatter", matter->name(), approve), NamesField("etag"));
  approve.set_etag(again->etag());
  EXPECT_THAT(Matter(sd_, "ApproveImportantMatter", matter->name(), approve), IsOk());
}

// whoever reported takes back what nobody answered, and nobody else does; then it may be reported again.
TEST_F(MatterTest, AnUnansweredMatterIsTakenBackByWhoeverReportedIt) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto matter = Report(kax_, account.name(), supervisor_.name());
  ASSERT_THAT(matter, IsOk());
  v1::WithdrawImportantMatterRequest withdraw;
  withdraw.set_reason("客户取消");
  const organization::v1::Employee manager = world_.AddEmployee("KAM", department_.name(), {head_.name()});
  EXPECT_THAT(Matter(world_.As(manager, "KAM"), "WithdrawImportantMatter", matter->name(), withdraw),
              HasReason("NOT_THE_REPORTER"));
  const auto withdrawn = Matter(kax_, "WithdrawImportantMatter", matter->name(), withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->state(), v1::IMPORTANT_MATTER_STATE_CLOSED);
  EXPECT_EQ(withdrawn->close_reason(), "客户取消");
  EXPECT_THAT(Report(kax_, account.name(), supervisor_.name()), IsOk());
}

// silence goes on up, past those who have left or may not answer, until nobody is left.
TEST_F(MatterTest, SilenceGoesUpStepByStepToThoseWhoMayAnswer) {
  const auto matter = Report(kax_, world_.AddAccount(kax_).name(), supervisor_.name());
  ASSERT_THAT(matter, IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = '", day(-1), "' WHERE id = '", IdOf(head_.name()), "'"));
  Wait(matter->name());
  EXPECT_EQ(Read(matter->name()).escalated_to(), director_.name()) << "the head has left";
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = NULL WHERE id = '", IdOf(head_.name()), "'"));
  const auto second = Report(kax_, world_.AddAccount(kax_).name(), supervisor_.name());
  ASSERT_THAT(second, IsOk());
  Wait(second->name());
  EXPECT_EQ(Read(second->name()).escalated_to(), head_.name());
  Wait(second->name());
  EXPECT_EQ(Read(second->name()).escalated_to(), director_.name()) << "the head was silent too";
  Wait(second->name());
  EXPECT_EQ(Read(second->name()).escalated_to(), director_.name());
  v1::RespondToImportantMatterRequest respond;
  respond.set_response("我来");
  EXPECT_EQ(Matter(sd_, "RespondToImportantMatter", second->name(), respond)->responder(), director_.name());
}

}  // namespace
}  // namespace kam::account
