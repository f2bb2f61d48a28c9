// Tenders and what a win asks for, over real gRPC and a real database; contract-svc is played by the test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/etag.h"
#include "common/testing/matchers.h"
#include "common/time/date.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/tender_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::ContractDraftRequest;
using v1::Tender;

class TenderTest : public ::testing::Test {
 protected:
  TenderTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("SD", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        sd_(world_.As(head_, "SD")),
        kam_(world_.As(manager_, "KAM")),
        answer_(world_.contract_svc),
        account_(world_.AddAccount(kam_)) {
    quote_.set_name("quotes/01jgtest0000000000000000q1");
    quote_.set_account(account_.name());
    quote_.set_state(pricing::v1::QUOTE_STATE_APPROVED);
    quote_.set_content_hash("h");
    quote_.set_approved_content_hash("h");
    quote_.mutable_total_gross()->set_currency_code("CNY");
    quote_.mutable_total_gross()->set_units(980'000);
    world_.contract_svc = [this](absl::string_view method, const google::protobuf::Message& request,
                                 google::protobuf::Message* response) -> absl::Status {
      if (method == "kam.contract.v1.ContractService/GetContract") {
        static_cast<contract::v1::Contract*>(response)->set_state(contract_state_);
        return absl::OkStatus();
      }
      if (method != "kam.pricing.v1.QuoteService/GetQuote") return answer_(method, request, response);
      if (!contract_svc_status_.ok()) return contract_svc_status_;
      response->CopyFrom(quote_);
      return absl::OkStatus();
    };
  }
  ~TenderTest() override { world_.contract_svc = answer_; }

  FakeClock& clock() { return world_.harness().clock(); }
  absl::StatusOr<Tender> Note(absl::Duration submission, const std::string& opportunity = {}) {
    v1::CreateTenderRequest request;
    Tender& tender = *request.mutable_tender();
    tender.set_account(account_.name());
    tender.set_tender_number(world_.harness().NewId());
    tender.set_issuer("政府采购中心");
    tender.set_display_name("公务车采购");
    tender.set_quote(quote_.name());
    tender.set_opportunity(opportunity);
    *tender.mutable_submission_time() = ToTimestamp(clock().Now() + submission);
    *tender.mutable_opening_time() = ToTimestamp(clock().Now() + submission + absl::Hours(1));
    return world_.Call<Tender>(kam_, "kam.account.v1.TenderService/CreateTender", request);
  }
  template <typename Request>
  absl::StatusOr<Tender> Do(const auth::Principal& who, absl::string_view verb, const std::string& name,
                            Request request) {
    request.set_name(name);
    if (request.etag().empty()) request.set_etag(EtagOf(world_, name));
    return world_.Call<Tender>(who, absl::StrCat("kam.account.v1.TenderService/", verb), request);
  }
  absl::StatusOr<Tender> Submit(const std::string& name) {
    v1::SubmitTenderRequest request;
    request.set_receipt("回执1");
    return Do(kam_, "SubmitTender", name, request);
  }
  std::vector<ContractDraftRequest> Drafts() {
    kam::api::ListRequest list;
    list.set_filter(absl::StrCat("account = \"", account_.name(), "\""));
    const auto found = world_.Call<v1::ListContractDraftRequestsResponse>(
        kam_, "kam.account.v1.TenderService/ListContractDraftRequests", list);
    EXPECT_THAT(found, IsOk());
    return {found->contract_draft_requests().begin(), found->contract_draft_requests().end()};
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_;
  auth::Principal sd_, kam_;
  World::Answer answer_;
  v1::Account account_;
  pricing::v1::Quote quote_;
  contract::v1::ContractState contract_state_ = contract::v1::CONTRACT_STATE_DRAFT;
  absl::Status contract_svc_status_;
};

// noted, prepared, approved at an allowed price, submitted in time, opened, won; a contract draft is asked
// for.
TEST_F(TenderTest, ABidIsApprovedSubmittedOpenedAndWon) {
  const auto noted = Note(absl::Hours(24 * 10));
  ASSERT_THAT(noted, IsOk());
  v1::CreateTenderRequest again;
  *again.mutable_tender() = *noted;
  EXPECT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/CreateTender", again),
              HasReason("FIELD_NOT_UNIQUE"));
  EXPECT_THAT(Submit(noted->name()), HasReason("STATE_NOT_ALLOWED"));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  v1::UpdateTenderRequest update;
  update.mutable_tender()->set_name(noted->name());
  v1::TenderDocument& paper = *update.mutable_tender()->add_documents();
  paper.set_title("资质文件");
  paper.set_required(true);
  update.mutable_tender()->mutable_bid_bond()->set_currency_code("CNY");
  update.mutable_tender()->mutable_bid_bond()->set_units(20'000);
  ASSERT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update), IsOk());
  const v1::ApproveTenderRequest approve;
  EXPECT_THAT(Do(kam_, "ApproveTender", noted->name(), approve), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do(world_.As(manager_, "SD"), "ApproveTender", noted->name(), approve),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Do(sd_, "ApproveTender", noted->name(), approve), HasReason("DOCUMENTS_MISSING"));
  paper.set_document("dms://1");
  ASSERT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update), IsOk());
  quote_.set_state(pricing::v1::QUOTE_STATE_IN_APPROVAL);
  EXPECT_THAT(Do(sd_, "ApproveTender", noted->name(), approve), HasReason("BID_PRICE_UNAUTHORISED"));
  quote_.set_state(pricing::v1::QUOTE_STATE_APPROVED);
  quote_.set_content_hash("other");
  EXPECT_THAT(Do(sd_, "ApproveTender", noted->name(), approve), HasReason("BID_PRICE_UNAUTHORISED"));
  quote_.set_content_hash("h");
  const auto approved = Do(sd_, "ApproveTender", noted->name(), approve);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->bid_price().units(), 980'000);
  EXPECT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update), IsOk()) << "the same";
  paper.set_document("dms://2");
  EXPECT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update),
              HasReason("TENDER_BOUND"));
  EXPECT_THAT(Submit(noted->name()), HasReason("BID_BOND_UNPAID"));
  v1::PayBidBondRequest pay;
  pay.set_document("dms://bond");
  ASSERT_THAT(Do(kam_, "PayBidBond", noted->name(), pay), IsOk());
  quote_.mutable_total_gross()->set_units(970'000);
  EXPECT_THAT(Submit(noted->name()), HasReason("BID_PRICE_CHANGED"));
  quote_.mutable_total_gross()->set_units(980'000);
  contract_svc_status_ =
      RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  EXPECT_THAT(Submit(noted->name()), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  contract_svc_status_ = absl::OkStatus();
  ASSERT_THAT(Submit(noted->name()), IsOk());
  v1::OpenTenderRequest open;
  open.add_competitors()->set_bidder("甲公司");
  EXPECT_THAT(Do(kam_, "OpenTender", noted->name(), open), HasReason("TENDER_NOT_OPEN"));
  clock().Set(FromTimestamp(noted->opening_time()));
  ASSERT_THAT(Do(kam_, "OpenTender", noted->name(), open), IsOk());
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  const std::vector<ContractDraftRequest> drafts = Drafts();
  ASSERT_EQ(drafts.size(), 1);
  EXPECT_EQ(drafts[0].source(), noted->name());
  EXPECT_EQ(drafts[0].quote(), quote_.name());
  EXPECT_EQ(drafts[0].amount().units(), 980'000);
  v1::RecordContractDraftRequest record;
  record.set_name(drafts[0].name());
  record.set_contract("contracts/01jgtest0000000000000000c1");
  EXPECT_EQ(
      world_.Call<ContractDraftRequest>(kam_, "kam.account.v1.TenderService/RecordContractDraft", record)->state(),
      v1::CONTRACT_DRAFT_STATE_DRAFTED);
}

// not a second after the deadline; the miss is on record.
TEST_F(TenderTest, ABidAfterTheDeadlineIsRefused) {
  const auto noted = Note(absl::Hours(24 * 2));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  clock().Set(FromTimestamp(noted->submission_time()) + absl::Seconds(1));
  EXPECT_THAT(Submit(noted->name()), HasReason("SUBMISSION_DEADLINE_PASSED"));
  world_.RunDue();
  kam::api::GetRequest get;
  get.set_name(noted->name());
  EXPECT_TRUE(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/GetTender", get)->missed());
  v1::AbandonTenderRequest abandon;
  EXPECT_THAT(Do(kam_, "AbandonTender", noted->name(), abandon), NamesField("reason"));
  abandon.set_reason("错过时间");
  EXPECT_EQ(Do(kam_, "AbandonTender", noted->name(), abandon)->state(), v1::TENDER_STATE_ABANDONED);
}

// reminders before each deadline.
TEST_F(TenderTest, DeadlinesAreRemindedOfInTime) {
  const auto noted = Note(absl::Hours(24 * 10));
  ASSERT_THAT(noted, IsOk());
  kam::api::GetRequest get;
  get.set_name(noted->name());
  const std::string method = "kam.account.v1.TenderService/GetTender";
  clock().Set(FromTimestamp(noted->submission_time()) - absl::Hours(24 * 3) - absl::Seconds(1));
  world_.RunDue();
  EXPECT_EQ(world_.Call<Tender>(kam_, method, get)->reminders_size(), 0);
  clock().Advance(absl::Seconds(1));
  world_.RunDue();
  const auto reminded = world_.Call<Tender>(kam_, method, get);
  ASSERT_EQ(reminded->reminders_size(), 1);
  EXPECT_EQ(reminded->reminders(0).deadline(), v1::TENDER_DEADLINE_SUBMISSION);
  world_.RunDue();
  EXPECT_EQ(world_.Call<Tender>(kam_, method, get)->reminders_size(), 1);
}

// a deal that was won by its tender asks for one contract draft, not two; a deal alone asks for its own.
TEST_F(TenderTest, AWonDealAsksForOneContractDraft) {
  const auto open_deal = [&] {
    v1::CreateOpportunityRequest deal;
    deal.mutable_opportunity()->set_account(account_.name());
    deal.mutable_opportunity()->set_display_name("采购");
    deal.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
    deal.mutable_opportunity()->mutable_amount()->set_units(200);
    const auto made = world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", deal);
    EXPECT_THAT(made, IsOk());
    return made->name();
  };
  const auto win_deal = [&](const std::string& name) {
    for (const v1::OpportunityStage stage :
         {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
          v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
      v1::AdvanceStageRequest advance;
      advance.set_name(name);
      advance.set_stage(stage);
      ASSERT_THAT(world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/AdvanceStage", advance),
                  IsOk());
    }
    v1::WinOpportunityRequest win;
    win.set_name(name);
    win.set_reason("中标");
    win.set_reason_code(v1::CLOSE_REASON_CODE_SERVICE);
    ASSERT_THAT(world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/WinOpportunity", win), IsOk());
  };
  const std::string deal = open_deal();
  const auto noted = Note(absl::Hours(24), deal);
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  clock().Set(FromTimestamp(noted->opening_time()));
  ASSERT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), IsOk());
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_PRICE);
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  win_deal(deal);
  EXPECT_EQ(Drafts().size(), 1);
  win_deal(open_deal());
  EXPECT_EQ(Drafts().size(), 2);
}

// a tender that its issuer calls off after our bid is neither won nor lost, and reminds of nothing.
TEST_F(TenderTest, ATenderIsCalledOffByItsIssuer) {
  const auto noted = Note(absl::Hours(24 * 10));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  v1::CallOffTenderRequest off;
  EXPECT_THAT(Do(kam_, "CallOffTender", noted->name(), off), NamesField("reason"));
  off.set_reason("采购人取消采购");
  const auto called_off = Do(kam_, "CallOffTender", noted->name(), off);
  ASSERT_THAT(called_off, IsOk());
  EXPECT_EQ(called_off->state(), v1::TENDER_STATE_CALLED_OFF);
  EXPECT_EQ(called_off->result_code(), v1::CLOSE_REASON_CODE_NEED_GONE);
  clock().Set(FromTimestamp(noted->opening_time()) + absl::Hours(1));
  world_.RunDue();
  kam::api::GetRequest get;
  get.set_name(noted->name());
  const auto later = world_.Call<Tender>(kam_, "kam.account.v1.TenderService/GetTender", get);
  EXPECT_EQ(later->reminders_size(), 0);
  EXPECT_FALSE(later->missed());
  EXPECT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), HasReason("STATE_NOT_ALLOWED"));
  EXPECT_EQ(Drafts().size(), 0);
}

// who leads a tender hands it to nobody by himself.
TEST_F(TenderTest, ATenderChangesHandsByASuperior) {
  const organization::v1::Employee one = world_.AddEmployee("KAX", department_.name(), {manager_.name()});
  const organization::v1::Employee two = world_.AddEmployee("KAX", department_.name(), {manager_.name()});
  const auto noted = Note(absl::Hours(24 * 10));
  v1::UpdateTenderRequest update;
  update.mutable_tender()->set_name(noted->name());
  update.mutable_tender()->set_owner(one.name());
  const std::string method = "kam.account.v1.TenderService/UpdateTender";
  ASSERT_THAT(world_.Call<Tender>(kam_, method, update), IsOk());
  update.mutable_tender()->set_owner(two.name());
  EXPECT_THAT(world_.Call<Tender>(world_.As(one, "KAX"), method, update), HasReason("OWNER_CHANGE_DENIED"));
  EXPECT_EQ(world_.Call<Tender>(kam_, method, update)->owner(), two.name());
}

// a tender that was won by mistake is opened again; its draft is not wanted any more, and asked for again when it
// is won after all.
TEST_F(TenderTest, ATenderWonByMistakeIsOpenedAgain) {
  const auto noted = Note(absl::Hours(24 * 2));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  clock().Set(FromTimestamp(noted->opening_time()));
  ASSERT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), IsOk());
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  v1::ReopenTenderRequest reopen;
  EXPECT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), NamesField("reason"));
  reopen.set_reason("看错公告");
  EXPECT_THAT(Do(kam_, "ReopenTender", noted->name(), reopen), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do(world_.As(manager_, "SD"), "ReopenTender", noted->name(), reopen), HasReason("SEPARATION_OF_DUTIES"));
  const auto opened = Do(sd_, "ReopenTender", noted->name(), reopen);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->state(), v1::TENDER_STATE_OPENED);
  EXPECT_EQ(opened->result_reason(), "");
  ASSERT_EQ(Drafts().size(), 1);
  EXPECT_EQ(Drafts()[0].state(), v1::CONTRACT_DRAFT_STATE_DECLINED);
  EXPECT_EQ(Drafts()[0].decline_reason(), "看错公告");
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  ASSERT_EQ(Drafts().size(), 1);
  EXPECT_EQ(Drafts()[0].state(), v1::CONTRACT_DRAFT_STATE_REQUESTED);
  EXPECT_EQ(Drafts()[0].decline_reason(), "");
  v1::RecordContractDraftRequest record;
  record.set_name(Drafts()[0].name());
  record.set_contract("contracts/01jgtest0000000000000000c2");
  ASSERT_THAT(world_.Call<ContractDraftRequest>(kam_, "kam.account.v1.TenderService/RecordContractDraft", record),
              IsOk());
  EXPECT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), HasReason("CONTRACT_DRAFTED"));
  // The contract is called off first, then the draft.
  v1::DeclineContractDraftRequest decline;
  decline.set_name(Drafts()[0].name());
  decline.set_reason("合同已取消");
  const std::string method = "kam.account.v1.TenderService/DeclineContractDraft";
  EXPECT_THAT(world_.Call<ContractDraftRequest>(kam_, method, decline), HasReason("CONTRACT_DRAFTED"));
  contract_state_ = contract::v1::CONTRACT_STATE_CANCELLED;
  const auto declined = world_.Call<ContractDraftRequest>(kam_, method, decline);
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(declined->contract(), "");
  ASSERT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), IsOk());
  EXPECT_EQ(Drafts()[0].decline_reason(), "合同已取消");
}

// C-10: a win that was taken back does not keep the real one from its draft, be it that of the tender or of
// the deal; and a deal has one draft at a time.
TEST_F(TenderTest, TheRealWinAsksForItsDraft) {
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account_.name());
  create.mutable_opportunity()->set_display_name("公务车");
  create.mutable_opportunity()->mutable_amount()->set_currency_code("CNY");
  create.mutable_opportunity()->mutable_amount()->set_units(980'000);
  const std::string service = "kam.account.v1.OpportunityService/";
  const auto deal = world_.Call<v1::Opportunity>(kam_, service + "CreateOpportunity", create);
  ASSERT_THAT(deal, IsOk());
  const auto noted = Note(absl::Hours(24 * 2), deal->name());
  ASSERT_THAT(noted, IsOk());
  const auto live = [&] {
    std::vector<std::string> sources;
    for (const ContractDraftRequest& draft : Drafts()) {
      if (draft.state() == v1::CONTRACT_DRAFT_STATE_REQUESTED) sources.push_back(draft.source());
    }
    return sources;
  };
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  v1::ReopenTenderRequest reopen;
  reopen.set_reason("看错公告");
  v1::WinOpportunityRequest win_deal;
  win_deal.set_name(deal->name());
  win_deal.set_reason("签约");
  const auto sign = [&] {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE opportunities SET stage = 'SIGNING' WHERE id = '", IdOf(deal->name()), "'"));
    return world_.Call<v1::Opportunity>(kam_, service + "WinOpportunity", win_deal);
  };
  world_.harness().db().Execute(
      absl::StrCat("UPDATE tenders SET state = 'OPENED' WHERE id = '", IdOf(noted->name()), "'"));
  // The tender by mistake, then the deal.
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  ASSERT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), IsOk());
  EXPECT_THAT(live(), ::testing::IsEmpty());
  ASSERT_THAT(sign(), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(deal->name()));
  // The deal has one, so the tender asks for none.
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(deal->name()));
  ASSERT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(deal->name()));
  // The deal by mistake, then the tender.
  v1::ReopenOpportunityRequest reopen_deal;
  reopen_deal.set_name(deal->name());
  reopen_deal.set_reason("点错");
  const auth::Principal gam = world_.As(head_, "GAM");
  ASSERT_THAT(world_.Call<v1::Opportunity>(gam, service + "ReopenOpportunity", reopen_deal), IsOk());
  EXPECT_THAT(live(), ::testing::IsEmpty());
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(noted->name()));
  // The deal was won with it, and stays won when the tender turns out not to be: it asks for its own.
  ASSERT_THAT(sign(), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(noted->name()));
  ASSERT_THAT(Do(sd_, "ReopenTender", noted->name(), reopen), IsOk());
  EXPECT_THAT(live(), ::testing::ElementsAre(deal->name()));
}

// a bid that was handed in in time is put down afterwards, and is won.
TEST_F(TenderTest, ABidHandedInInTimeIsPutDownAfterTheDeadline) {
  const auto noted = Note(absl::Hours(24 * 2));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  const absl::Time deadline = FromTimestamp(noted->submission_time());
  clock().Set(deadline + absl::Minutes(70));
  world_.RunDue();
  EXPECT_THAT(Submit(noted->name()), HasReason("SUBMISSION_DEADLINE_PASSED"));
  v1::SubmitTenderRequest submit;
  submit.set_receipt("回执1");
  *submit.mutable_submit_time() = ToTimestamp(deadline - absl::Minutes(10));
  EXPECT_THAT(Do(kam_, "SubmitTender", noted->name(), submit), HasReason("SEPARATION_OF_DUTIES"))
      << "who missed the deadline does not say that he did not";
  v1::UpdateTenderRequest longer;
  longer.mutable_tender()->set_name(noted->name());
  *longer.mutable_tender()->mutable_submission_time() = ToTimestamp(deadline + absl::Minutes(1));
  longer.mutable_update_mask()->add_paths("submission_time");
  EXPECT_THAT(world_.Call<v1::Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", longer),
              HasReason("SEPARATION_OF_DUTIES"))
      << "nor that there was more time";
  const auto submitted = Do(world_.As(head_, "KAM"), "SubmitTender", noted->name(), submit);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(FromTimestamp(submitted->submit_time()), deadline - absl::Minutes(10));
  EXPECT_FALSE(submitted->missed());
  EXPECT_THAT(Do(kam_, "ReviseTender", noted->name(), v1::ReviseTenderRequest()), NamesField("reason"));
  v1::ReviseTenderRequest revise;
  revise.set_reason("数量有误");
  EXPECT_THAT(Do(kam_, "ReviseTender", noted->name(), revise), HasReason("SUBMISSION_DEADLINE_PASSED"));
  ASSERT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), IsOk());
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  EXPECT_EQ(Drafts().size(), 1);
}

// a mistake found in time is handed in anew; what was given up, or called off by the issuer, goes on.
TEST_F(TenderTest, ABidIsHandedInAnewAndATenderGoesOn) {
  const auto noted = Note(absl::Hours(24 * 5));
  const auto approve = [&] { return Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()); };
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  ASSERT_THAT(approve(), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  v1::ReviseTenderRequest revise;
  revise.set_reason("数量有误");
  const auto revised = Do(kam_, "ReviseTender", noted->name(), revise);
  ASSERT_THAT(revised, IsOk());
  EXPECT_EQ(revised->state(), v1::TENDER_STATE_PREPARING);
  EXPECT_EQ(revised->receipt(), "回执1") << "the issuer has it";
  EXPECT_FALSE(revised->has_bid_price());
  v1::AbandonTenderRequest abandon;
  abandon.set_reason("不投了");
  ASSERT_THAT(Do(kam_, "AbandonTender", noted->name(), abandon), IsOk());
  v1::ResumeTenderRequest resume;
  EXPECT_THAT(Do(sd_, "ResumeTender", noted->name(), resume), NamesField("reason"));
  resume.set_reason("延期");
  EXPECT_THAT(Do(kam_, "ResumeTender", noted->name(), resume), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(Do(world_.As(manager_, "SD"), "ResumeTender", noted->name(), resume), HasReason("SEPARATION_OF_DUTIES"));
  const auto resumed = Do(sd_, "ResumeTender", noted->name(), resume);
  ASSERT_THAT(resumed, IsOk());
  EXPECT_EQ(resumed->state(), v1::TENDER_STATE_SUBMITTED) << "the issuer has the first";
  EXPECT_EQ(resumed->bid_price().units(), 980'000);
  EXPECT_EQ(resumed->result_reason(), "");
  ASSERT_THAT(Do(kam_, "ReviseTender", noted->name(), revise), IsOk());
  ASSERT_THAT(approve(), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  v1::CallOffTenderRequest off;
  off.set_reason("采购人取消采购");
  ASSERT_THAT(Do(kam_, "CallOffTender", noted->name(), off), IsOk());
  const auto stands = Do(sd_, "ResumeTender", noted->name(), resume);
  ASSERT_THAT(stands, IsOk());
  EXPECT_EQ(stands->state(), v1::TENDER_STATE_SUBMITTED);
  EXPECT_EQ(stands->receipt(), "回执1");
  EXPECT_EQ(stands->result_code(), v1::CLOSE_REASON_CODE_UNSPECIFIED);
  clock().Set(FromTimestamp(noted->opening_time()));
  EXPECT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), IsOk());
}

// what the issuer has stands until another is handed in: when that one was not in time, it is opened and won.
TEST_F(TenderTest, TheBidOfTheIssuerStandsWhenNoOtherIsHandedIn) {
  const auto noted = Note(absl::Hours(24 * 2));
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  v1::ResumeTenderRequest resume;
  resume.set_reason("修订未批准");
  EXPECT_THAT(Do(sd_, "ResumeTender", noted->name(), resume), HasReason("BID_NOT_SUBMITTED"));
  ASSERT_THAT(Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()), IsOk());
  const auto first = Submit(noted->name());
  ASSERT_THAT(first, IsOk());
  v1::ReviseTenderRequest revise;
  revise.set_reason("数量有误");
  ASSERT_THAT(Do(kam_, "ReviseTender", noted->name(), revise), IsOk());
  v1::UpdateTenderRequest update;
  update.mutable_tender()->set_name(noted->name());
  update.mutable_tender()->set_quote("quotes/01jgtest0000000000000000q2");
  ASSERT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update), IsOk());
  clock().Set(FromTimestamp(noted->submission_time()) + absl::Minutes(1));
  world_.RunDue();
  kam::api::GetRequest get;
  get.set_name(noted->name());
  EXPECT_TRUE(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/GetTender", get)->missed());
  EXPECT_THAT(Do(world_.As(manager_, "SD"), "ResumeTender", noted->name(), resume), HasReason("SEPARATION_OF_DUTIES"));
  const auto stands = Do(sd_, "ResumeTender", noted->name(), resume);
  ASSERT_THAT(stands, IsOk());
  EXPECT_EQ(stands->state(), v1::TENDER_STATE_SUBMITTED);
  EXPECT_EQ(FromTimestamp(stands->submit_time()), FromTimestamp(first->submit_time()));
  EXPECT_EQ(stands->receipt(), first->receipt());
  EXPECT_EQ(stands->bid_price().units(), 980'000);
  EXPECT_EQ(stands->approver(), head_.name());
  EXPECT_FALSE(stands->missed());
  clock().Set(FromTimestamp(noted->opening_time()));
  ASSERT_THAT(Do(kam_, "OpenTender", noted->name(), v1::OpenTenderRequest()), IsOk());
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  ASSERT_THAT(Do(kam_, "WinTender", noted->name(), win), IsOk());
  ASSERT_EQ(Drafts().size(), 1);
  EXPECT_EQ(Drafts()[0].quote(), quote_.name()) << "of the bid that was won";
}

// a bond that the issuer gave back is none: the next bid has one of its own, which comes back in its turn.
TEST_F(TenderTest, ABidBondThatCameBackIsPaidAnew) {
  const auto noted = Note(absl::Hours(24 * 5));
  const auto approve = [&] { return Do(sd_, "ApproveTender", noted->name(), v1::ApproveTenderRequest()); };
  ASSERT_THAT(Do(kam_, "PrepareTender", noted->name(), v1::PrepareTenderRequest()), IsOk());
  v1::UpdateTenderRequest update;
  update.mutable_tender()->set_name(noted->name());
  update.mutable_tender()->mutable_bid_bond()->set_currency_code("CNY");
  update.mutable_tender()->mutable_bid_bond()->set_units(20'000);
  ASSERT_THAT(world_.Call<Tender>(kam_, "kam.account.v1.TenderService/UpdateTender", update), IsOk());
  v1::PayBidBondRequest pay;
  pay.set_document("dms://bond");
  ASSERT_THAT(Do(kam_, "PayBidBond", noted->name(), pay), IsOk());
  ASSERT_THAT(approve(), IsOk());
  ASSERT_THAT(Submit(noted->name()), IsOk());
  const v1::RecordBidBondReturnRequest back;
  ASSERT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), IsOk());
  v1::ReviseTenderRequest revise;
  revise.set_reason("数量有误");
  ASSERT_THAT(Do(kam_, "ReviseTender", noted->name(), revise), IsOk());
  ASSERT_THAT(approve(), IsOk());
  EXPECT_THAT(Submit(noted->name()), HasReason("BID_BOND_UNPAID"));
  const auto paid = Do(kam_, "PayBidBond", noted->name(), pay);
  ASSERT_THAT(paid, IsOk());
  EXPECT_EQ(paid->bid_bond_returned(), "") << "it is outstanding";
  ASSERT_THAT(Submit(noted->name()), IsOk());
  EXPECT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), IsOk()) << "for the first time";
}

// C-10: when the first tender of a deal was won by mistake and the second really, one draft is asked for.
TEST_F(TenderTest, TheSecondTenderOfADealAsksForTheDraft) {
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account_.name());
  create.mutable_opportunity()->set_display_name("公务车");
  const auto deal = world_.Call<v1::Opportunity>(kam_, "kam.account.v1.OpportunityService/CreateOpportunity", create);
  ASSERT_THAT(deal, IsOk());
  const auto first = Note(absl::Hours(24 * 2), deal->name()), second = Note(absl::Hours(24 * 2), deal->name());
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  for (const auto& tender : {*first, *second}) {
    world_.harness().db().Execute(
        absl::StrCat("UPDATE tenders SET state = 'OPENED' WHERE id = '", IdOf(tender.name()), "'"));
  }
  v1::WinTenderRequest win;
  win.set_reason("综合评分第一");
  win.set_result_code(v1::CLOSE_REASON_CODE_SERVICE);
  ASSERT_THAT(Do(kam_, "WinTender", first->name(), win), IsOk());
  v1::ReopenTenderRequest reopen;
  reopen.set_reason("看错公告");
  ASSERT_THAT(Do(sd_, "ReopenTender", first->name(), reopen), IsOk());
  ASSERT_THAT(Do(kam_, "WinTender", second->name(), win), IsOk());
  std::vector<std::string> live;
  for (const ContractDraftRequest& draft : Drafts()) {
    if (draft.state() == v1::CONTRACT_DRAFT_STATE_REQUESTED) live.push_back(draft.source());
  }
  EXPECT_THAT(live, ::testing::ElementsAre(second->name()));
}

// a bid bond that was paid comes back, on a day that is put right with a reason.
TEST_F(TenderTest, ABidBondComesBack) {
  const auto noted = Note(absl::Hours(24 * 2));
  ASSERT_THAT(noted, IsOk());
  const auto put = [&](const std::string& sql) {
    world_.harness().db().Execute(absl::StrCat("UPDATE tenders SET ", sql, " WHERE id = '", IdOf(noted->name()), "'"));
  };
  put("state = 'LOST'");
  v1::RecordBidBondReturnRequest back;
  EXPECT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), HasReason("BID_BOND_UNPAID"));
  put("bid_bond_paid = '2026-01-04'");
  back.set_returned_date("2026-01-03");
  EXPECT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), testing::NamesField("returned_date"));
  back.set_returned_date("2099-01-01");
  EXPECT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), testing::NamesField("returned_date"));
  back.set_returned_date("2026-01-04");
  const auto returned = Do(kam_, "RecordBidBondReturn", noted->name(), back);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->bid_bond_returned(), "2026-01-04");
  back.set_returned_date("2026-01-05");
  EXPECT_THAT(Do(kam_, "RecordBidBondReturn", noted->name(), back), HasReason("REASON_REQUIRED"));
  back.set_reason("看错流水");
  EXPECT_EQ(Do(kam_, "RecordBidBondReturn", noted->name(), back)->bid_bond_returned(), "2026-01-05");
  // The result was a mistake and the bid stands: its bond is paid anew, once.
  put("state = 'OPENED'");
  v1::PayBidBondRequest pay;
  pay.set_document("回单2");
  pay.set_paid_date("2026-01-04");
  EXPECT_THAT(Do(kam_, "PayBidBond", noted->name(), pay), HasReason("DATE_TOO_EARLY"));
  pay.set_paid_date("2026-01-05");
  const auto paid = Do(kam_, "PayBidBond", noted->name(), pay);
  ASSERT_THAT(paid, IsOk());
  EXPECT_EQ(paid->bid_bond_returned(), "");
  EXPECT_THAT(Do(kam_, "PayBidBond", noted->name(), pay), HasReason("BID_BOND_STANDS"));
}

}  // namespace
}  // namespace kam::account
