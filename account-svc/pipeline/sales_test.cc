// Leads and opportunities, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::Lead;
using v1::Opportunity;

class SalesTest : public ::testing::Test {
 protected:
  SalesTest()
      : world_(World::Get()),
        now_(world_.harness().clock().Now()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM SM")),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  Lead MakeLead() {
    Lead lead;
    lead.set_display_name("王先生");
    lead.set_company_name(absl::StrCat("线索公司", world_.harness().NewId()));
    lead.set_phone(world_.CompleteDraft().phone());
    lead.set_channel(v1::CHANNEL_SHOWROOM);
    lead.set_need("十辆面包车");
    return lead;
  }
  absl::StatusOr<Lead> CreateLead(const Lead& lead) {
    v1::CreateLeadRequest request;
    *request.mutable_lead() = lead;
    return world_.Call<Lead>(kax_, "kam.account.v1.LeadService/CreateLead", request);
  }
  absl::StatusOr<Opportunity> CreateOpportunity(const auth::Principal& who, const std::string& account) {
    v1::CreateOpportunityRequest request;
    request.mutable_opportunity()->set_account(account);
    request.mutable_opportunity()->set_display_name("年度采购");
    request.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
    request.mutable_opportunity()->mutable_amount()->set_units(100);
    return world_.Call<Opportunity>(who, "kam.account.v1.OpportunityService/CreateOpportunity", request);
  }
  absl::StatusOr<Opportunity> Advance(const std::string& name, v1::OpportunityStage stage) {
    v1::AdvanceStageRequest request;
    request.set_name(name);
    request.set_stage(stage);
    return world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/AdvanceStage", request);
  }

  World& world_;
  absl::Time now_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

// nothing mandatory stays blank.
TEST_F(SalesTest, ALeadHasItsMandatoryFields) {
  const auto blank = CreateLead(Lead());
  for (const char* field : {"lead.display_name", "lead.channel", "lead.need"}) EXPECT_THAT(blank, NamesField(field));
  Lead lead = MakeLead();
  lead.clear_phone();
  EXPECT_THAT(CreateLead(lead), HasReason("PHONE_REQUIRED"));
  lead.set_phone_refused(true);
  const auto made = CreateLead(lead);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->state(), v1::LEAD_STATE_NEW);
  EXPECT_EQ(made->owner(), seller_.name());
  EXPECT_EQ(made->arrival_time().seconds(), absl::ToUnixSeconds(now_));
}

// from a lead to the draft of an account, in one transaction.
TEST_F(SalesTest, ALeadBecomesAnAccount) {
  const auto lead = CreateLead(MakeLead());
  ASSERT_THAT(lead, IsOk());
  const std::string service = "kam.account.v1.LeadService/";
  v1::QualifyLeadRequest qualify;
  qualify.set_name(lead->name());
  EXPECT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), HasReason("LEAD_INCOMPLETE"));
  v1::AddLeadFollowUpRequest follow_up;
  follow_up.set_name(lead->name());
  follow_up.set_channel(v1::CHANNEL_PHONE);
  follow_up.set_result("有意向");
  follow_up.set_intention_level(v1::INTENTION_LEVEL_A);
  follow_up.set_next_date("2026-01-07");
  const auto followed = world_.Call<Lead>(kax_, service + "AddLeadFollowUp", follow_up);
  ASSERT_THAT(followed, IsOk());
  ASSERT_EQ(followed->follow_ups_size(), 1);
  EXPECT_EQ(followed->follow_ups(0).employee(), seller_.name());
  v1::ConvertLeadRequest convert;
  convert.set_name(lead->name());
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert),
              HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), IsOk());
  // Whoever may not create accounts does not get one through a lead.
  const auth::Principal supervisor = world_.As(head_, "BDS", {IdOf(seller_.name())});
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(supervisor, service + "ConvertLead", convert),
              HasReason("PERMISSION_DENIED"));
  convert.mutable_account()->set_short_name("线索");
  convert.mutable_account()->set_state(v1::ACCOUNT_STATE_ACTIVE);
  convert.set_request_id(RequestId());
  const auto converted = world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert);
  ASSERT_THAT(converted, IsOk());
  EXPECT_EQ(converted->lead().state(), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(converted->lead().account(), converted->account().name());
  EXPECT_EQ(converted->account().legal_name(), lead->company_name());
  EXPECT_EQ(converted->account().state(), v1::ACCOUNT_STATE_DRAFT);
  EXPECT_EQ(converted->account().source(), v1::CHANNEL_SHOWROOM);
  // the firm is reported by it, and the lead is the evidence.
  EXPECT_EQ(
      world_.harness()
          .db()
          .Get(absl::StrCat("SELECT evidence FROM account_ownerships WHERE kind = 'REPORTED' AND state = 'ACTIVE' "
                            "AND employee = '",
                            IdOf(seller_.name()), "' AND account = '", IdOf(converted->account().name()), "'"))
          .text(),
      lead->name());
  const auto again = world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", convert);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->account().name(), converted->account().name());
  // The same firm once more: the lead stays as it was.
  Lead same = MakeLead();
  same.set_company_name(lead->company_name());
  same.set_intention_level(v1::INTENTION_LEVEL_A);
  same.set_next_follow_up_date("2026-01-08");
  const auto second = CreateLead(same);
  ASSERT_THAT(second, IsOk());
  qualify.set_name(second->name());
  ASSERT_THAT(world_.Call<Lead>(kax_, service + "QualifyLead", qualify), IsOk());
  v1::ConvertLeadRequest refused;
  refused.set_name(second->name());
  EXPECT_THAT(world_.Call<v1::ConvertLeadResponse>(kax_, service + "ConvertLead", refused),
              HasReason("ACCOUNT_EXISTS"));
  kam::api::GetRequest get;
  get.set_name(second->name());
  EXPECT_EQ(world_.Call<Lead>(kax_, service + "GetLead", get)->state(), v1::LEAD_STATE_QUALIFIED);
  v1::DiscardLeadRequest discard;
  discard.set_name(second->name());
  discard.set_reason("重复");
  EXPECT_EQ(world_.Call<Lead>(kax_, service + "DiscardLead", discard)->discard_reason(), "重复");
  v1::UpdateLeadRequest update;
  update.mutable_lead()->set_name(second->name());
  update.mutable_lead()->set_need("其他");
  EXPECT_THAT(world_.Call<Lead>(kax_, service + "UpdateLead", update), HasReason("LEAD_CLOSED"));
}

// G-03: a lead is its salesperson's.
TEST_F(SalesTest, ALeadIsSeenByItsSalespersonAndTheHead) {
  const auto lead = CreateLead(MakeLead());
  ASSERT_THAT(lead, IsOk());
  kam::api::GetRequest get;
  get.set_name(lead->name());
  EXPECT_THAT(world_.Call<Lead>(kax2_, "kam.account.v1.LeadService/GetLead", get),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(world_.Call<Lead>(gam_, "kam.account.v1.LeadService/GetLead", get), IsOk());
}

//
TEST_F(SalesTest, AnOpportunityGoesThroughTheStagesToTheEnd) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto made = CreateOpportunity(kax_, account.name());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->stage(), v1::OPPORTUNITY_STAGE_RECEPTION);
  EXPECT_EQ(made->probability(), 10);
  EXPECT_EQ(made->owner(), seller_.name());
  v1::WinOpportunityRequest win;
  win.set_name(made->name());
  win.set_reason("签约");
  win.set_reason_code(v1::CLOSE_REASON_CODE_PRODUCT);
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win),
              HasReason("STAGE_NOT_SIGNING"));
  EXPECT_THAT(Advance(made->name(), v1::OPPORTUNITY_STAGE_SIGNING), HasReason("STAGE_SKIPPED"));
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
        v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    ASSERT_THAT(Advance(made->name(), stage), IsOk());
  }
  const auto won = world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win);
  ASSERT_THAT(won, IsOk());
  EXPECT_EQ(won->state(), v1::OPPORTUNITY_STATE_WON);
  EXPECT_EQ(won->probability(), 100);
  EXPECT_THAT(Advance(made->name(), v1::OPPORTUNITY_STAGE_NEGOTIATION), HasReason("STATE_NOT_ALLOWED"));
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(made->name());
  update.mutable_opportunity()->set_next_step("x");
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/UpdateOpportunity", update),
              HasReason("OPPORTUNITY_CLOSED"));
  const auto second = CreateOpportunity(kax_, account.name());
  ASSERT_THAT(second, IsOk());
  v1::LoseOpportunityRequest lose;
  lose.set_name(second->name());
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/LoseOpportunity", lose),
              NamesField("reason"));
  lose.set_reason("价格");
  lose.set_competitor("某某汽车");
  const auto lost = world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/LoseOpportunity", lose);
  ASSERT_THAT(lost, IsOk());
  EXPECT_EQ(lost->competitor(), "某某汽车");
  // A caller that is older than the codes.
  EXPECT_EQ(lost->close_reason_code(), v1::CLOSE_REASON_CODE_OTHER);
}

// no opportunity on an account of a colleague.
TEST_F(SalesTest, AnOpportunityOnAForeignAccountIsRefused) {
  const v1::Account account = world_.AddAccount(kax_);
  EXPECT_THAT(CreateOpportunity(kax2_, account.name()), HasReason("OUT_OF_SCOPE"));
  v1::CloseAccountRequest close;
  close.set_name(account.name());
  close.set_reason("注销");
  ASSERT_THAT(world_.Call<v1::Account>(gam_, "kam.account.v1.AccountService/CloseAccount", close), IsOk());
  EXPECT_THAT(CreateOpportunity(gam_, account.name()), HasReason("ACCOUNT_CLOSED"));
}

}  // namespace
}  // namespace kam::account
