// The sales process, the pipeline of any day and opportunity reports, over real gRPC and a real database.
#include <map>
#include <random>

#include "account-svc/pipeline/deal_fixture.h"
#include "account-svc/testing/grants.h"
#include "common/money/decimal.h"

namespace kam::account {
namespace {

// a process is drafted by one and released by another; new deals go by it, old ones by their own.
TEST_F(DealTest, ANewDealGoesByTheReleasedProcess) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto old = Create(account.name());
  ASSERT_THAT(old, IsOk());
  EXPECT_EQ(old->process(), "");
  const std::string service = "kam.account.v1.SalesProcessService/";
  v1::CreateSalesProcessRequest create;
  SalesProcess& process = *create.mutable_sales_process();
  process.set_code("standard");
  process.set_display_name("三步流程");
  int probability = 20;
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    v1::SalesProcessStage& made = *process.add_stages();
    made.set_stage(stage);
    made.set_title("阶段");
    made.set_probability(probability);
    probability += 30;
  }
  process.mutable_stages(1)->set_probability(10);
  EXPECT_THAT(world_.Call<SalesProcess>(gam_, service + "CreateSalesProcess", create), HasReason("PROCESS_INVALID"));
  process.mutable_stages(1)->set_probability(50);
  v1::SalesProcessFact& fact = *process.add_facts();
  fact.set_stage(v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS);
  fact.set_field("product");
  const auto draft = world_.Call<SalesProcess>(gam_, service + "CreateSalesProcess", create);
  ASSERT_THAT(draft, IsOk());
  v1::CreateOpportunityRequest early;
  early.mutable_opportunity()->set_account(account.name());
  early.mutable_opportunity()->set_display_name("x");
  early.mutable_opportunity()->set_process(draft->name());
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/CreateOpportunity", early),
              HasReason("PROCESS_NOT_RELEASED"));
  // Whoever has written a word of it does not release it either.
  const auth::Principal second_writer = world_.As(world_.AddEmployee("GAM", department_.name()), "GAM");
  v1::UpdateSalesProcessRequest rewrite;
  rewrite.mutable_sales_process()->set_name(draft->name());
  rewrite.mutable_sales_process()->set_display_name("三步");
  ASSERT_THAT(world_.Call<SalesProcess>(second_writer, service + "UpdateSalesProcess", rewrite), IsOk());
  v1::ReleaseSalesProcessRequest release;
  release.set_name(draft->name());
  EXPECT_THAT(world_.Call<SalesProcess>(sd_, service + "ReleaseSalesProcess", release), NamesField("etag"));
  release.set_etag(draft->etag());
  EXPECT_THAT(world_.Call<SalesProcess>(sd_, service + "ReleaseSalesProcess", release), HasReason("ETAG_MISMATCH"));
  release.set_etag(EtagOf(world_, draft->name()));
  EXPECT_THAT(world_.Call<SalesProcess>(second_writer, service + "ReleaseSalesProcess", release),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(world_.Call<SalesProcess>(gam_, service + "ReleaseSalesProcess", release),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(world_.Call<SalesProcess>(sd_, service + "ReleaseSalesProcess", release), IsOk());
  v1::UpdateSalesProcessRequest update;
  update.mutable_sales_process()->set_name(draft->name());
  update.mutable_sales_process()->set_display_name("y");
  EXPECT_THAT(world_.Call<SalesProcess>(gam_, service + "UpdateSalesProcess", update), HasReason("PROCESS_RELEASED"));
  const auto deal = Create(account.name());
  ASSERT_THAT(deal, IsOk());
  EXPECT_EQ(deal->process(), draft->name());
  EXPECT_EQ(deal->stage(), v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS);
  EXPECT_EQ(deal->probability(), 20);
  EXPECT_THAT(Advance(deal->name(), v1::OPPORTUNITY_STAGE_TEST_DRIVE), HasReason("STAGE_UNKNOWN"));
  EXPECT_THAT(Advance(deal->name(), v1::OPPORTUNITY_STAGE_NEGOTIATION), HasReason("FACTS_MISSING"));
  Opportunity patch;
  patch.set_name(deal->name());
  patch.set_product("客车");
  ASSERT_THAT(Update(patch), IsOk());
  EXPECT_EQ(Advance(deal->name(), v1::OPPORTUNITY_STAGE_NEGOTIATION)->probability(), 50);
  // The earlier deal goes by the standard of the policy as before.
  EXPECT_EQ(Advance(old->name(), v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS)->probability(), 25);
  // The next version takes the place of this one.
  const auto second = world_.Call<SalesProcess>(gam_, service + "CreateSalesProcess", create);
  release.set_name(second->name());
  release.set_etag(second->etag());
  ASSERT_THAT(world_.Call<SalesProcess>(sd_, service + "ReleaseSalesProcess", release), IsOk());
  kam::api::GetRequest get;
  get.set_name(draft->name());
  EXPECT_EQ(world_.Call<SalesProcess>(kax_, service + "GetSalesProcess", get)->state(),
            v1::SALES_PROCESS_STATE_RETIRED);
  EXPECT_EQ(Create(account.name())->process(), second->name());
  v1::RetireSalesProcessRequest retire;
  retire.set_name(second->name());
  ASSERT_THAT(world_.Call<SalesProcess>(sd_, service + "RetireSalesProcess", retire), IsOk());
  EXPECT_EQ(Create(account.name())->process(), "");
}

// deals that stand still and dates that move later.
TEST_F(DealTest, StalledAndSlippedDealsShow) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto deal = Create(account.name(), 100, day(30));
  ASSERT_THAT(deal, IsOk());
  clock().Advance(absl::Hours(24 * 7));
  world_.RunDue();
  kam::api::GetRequest get;
  get.set_name(deal->name());
  const std::string method = "kam.account.v1.OpportunityService/GetOpportunity";
  EXPECT_FALSE(world_.Call<Opportunity>(kax_, method, get)->stalled()) << "the seventh day belongs to the stage";
  clock().Advance(absl::Hours(24));
  world_.RunDue();
  EXPECT_TRUE(world_.Call<Opportunity>(kax_, method, get)->stalled());
  Opportunity patch;
  patch.set_name(deal->name());
  patch.set_expected_date(*AddDays(deal->expected_date(), 10));
  const auto slipped = Update(patch);
  ASSERT_THAT(slipped, IsOk());
  EXPECT_EQ(slipped->slip_count(), 1);
  EXPECT_EQ(slipped->slipped_days(), 10);
  EXPECT_EQ(slipped->first_expected_date(), deal->expected_date());
  const auto pipeline = Pipeline(gam_);
  ASSERT_THAT(pipeline, IsOk());
  ASSERT_EQ(pipeline->rows_size(), 1);
  EXPECT_THAT(pipeline->rows(0), testing::EqualsProto("stage: OPPORTUNITY_STAGE_RECEPTION currency: 'CNY' deals: 1 "
                                                      "amount: '100' weighted: '10' stalled: 1 slipped: 1"));
  EXPECT_FALSE(Advance(deal->name(), v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS)->stalled());
  clock().Advance(absl::Hours(24 * 15));
  world_.RunDue();
  EXPECT_TRUE(world_.Call<Opportunity>(kax_, method, get)->stalled());
  ASSERT_THAT(Lose(deal->name()), IsOk());
  EXPECT_FALSE(world_.Call<Opportunity>(kax_, method, get)->stalled());
}

// the weighted pipeline of every past day equals a recount of that day, to the last digit.
TEST_F(DealTest, ThePipelineOfAnyDayEqualsARecount) {
  const v1::Account account = world_.AddAccount(kax_);
  clock().Set(absl::FromCivil(Today(clock().Now(), zone()) + 1, zone()) + absl::Hours(9));
  std::mt19937 random(20260105);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Opportunity> deals;
  std::map<std::string, std::map<int, std::pair<Decimal, Decimal>>> recount;  // By day and stage: amount, weighted.
  constexpr int kDays = 12;
  for (int at = 0; at < kDays; ++at) {
    for (int step = 0; step < 4; ++step) {
      const int what = deals.empty() ? 0 : pick(5);
      Opportunity* deal = deals.empty() ? nullptr : &deals[static_cast<size_t>(pick(static_cast<int>(deals.size())))];
      if (deal == nullptr || what <= 1 || deal->state() != v1::OPPORTUNITY_STATE_OPEN) {
        const auto made = Create(account.name(), 1 + pick(1'000'000));
        ASSERT_THAT(made, IsOk());
        deals.push_back(*made);
      } else if (what == 2 && deal->stage() < v1::OPPORTUNITY_STAGE_SIGNING) {
        const auto moved = Advance(deal->name(), static_cast<v1::OpportunityStage>(deal->stage() + 1));
        ASSERT_THAT(moved, IsOk());
        *deal = *moved;
      } else if (what == 3) {
        Opportunity patch;
        patch.set_name(deal->name());
        patch.mutable_amount()->set_currency_code("CNY");
        patch.mutable_amount()->set_units(pick(1'000'000));
        patch.mutable_amount()->set_nanos(pick(10'000) * 100'000);  // Four digits, as the column keeps them.
        const auto changed = Update(patch);
        ASSERT_THAT(changed, IsOk());
        *deal = *changed;
      } else {
        const auto lost = Lose(deal->name());
        ASSERT_THAT(lost, IsOk());
        *deal = *lost;
      }
      clock().Advance(absl::Minutes(7));
    }
    auto& sums = recount[today()];
    for (const Opportunity& deal : deals) {
      if (deal.state() != v1::OPPORTUNITY_STATE_OPEN) continue;
      auto& [amount, weighted] = sums[deal.stage()];
      const Decimal value = *Decimal::FromUnscaled(
          static_cast<Decimal::Unscaled>(deal.amount().units()) * Decimal::kUnit + deal.amount().nanos());
      amount = *Add(amount, value);
      weighted = *Add(weighted, *MultiplyDivide(value, Decimal::FromInt(deal.probability()), Decimal::FromInt(100)));
    }
    clock().Set(absl::FromCivil(Today(clock().Now(), zone()) + 1, zone()) + absl::Hours(9));
  }
  int rows = 0;
  for (const auto& [as_of, sums] : recount) {
    const auto pipeline = Pipeline(gam_, as_of);
    ASSERT_THAT(pipeline, IsOk());
    EXPECT_EQ(pipeline->rows_size(), static_cast<int>(sums.size())) << as_of;
    for (const v1::PipelineRow& row : pipeline->rows()) {
      const auto at = sums.find(row.stage());
      ASSERT_NE(at, sums.end()) << as_of << " " << row.ShortDebugString();
      EXPECT_EQ(row.amount(), at->second.first.ToString()) << as_of;
      EXPECT_EQ(row.weighted(), at->second.second.ToString()) << as_of;
      ++rows;
    }
  }
  EXPECT_GT(rows, kDays);
  EXPECT_THAT(Pipeline(gam_, day(1)), HasReason("DATE_IN_FUTURE"));
  EXPECT_EQ(Pipeline(gam_, "2026-01-01")->rows_size(), 0) << "before there was a deal";
}

// a deal that was entered twice is put away, one that was worked on is closed with its reason.
TEST_F(DealTest, ADealThatWasWorkedOnIsNotPutAway) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto twice = Create(account.name());
  ASSERT_THAT(twice, IsOk());
  EXPECT_THAT(Archive(twice->name()), IsOk());
  const auto deal = Create(account.name());
  ASSERT_THAT(Advance(deal->name(), v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS), IsOk());
  EXPECT_THAT(Archive(deal->name()), HasReason("RECORD_KEPT"));
  ASSERT_THAT(Advance(deal->name(), v1::OPPORTUNITY_STAGE_RECEPTION, "重来"), IsOk());
  EXPECT_THAT(Archive(deal->name()), HasReason("RECORD_KEPT"));
}

// nobody writes himself into the deal of a colleague, nor hands his own on; somebody above does.
TEST_F(DealTest, ADealChangesHandsByASuperior) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto deal = Create(account.name());
  const organization::v1::Employee colleague = world_.AddEmployee("KAX", department_.name(), {supervisor_.name()});
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(deal->name());
  update.mutable_opportunity()->set_owner(colleague.name());
  const std::string method = "kam.account.v1.OpportunityService/UpdateOpportunity";
  EXPECT_THAT(world_.Call<Opportunity>(kax_, method, update), HasReason("OWNER_CHANGE_DENIED"));
  EXPECT_EQ(world_.Call<Opportunity>(gam_, method, update)->owner(), colleague.name());
}

// nothing is won for an amount nobody knows.
TEST_F(DealTest, AWinHasAnAmount) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto deal = Create(account.name());
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
        v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    ASSERT_THAT(Advance(deal->name(), stage), IsOk());
  }
  v1::WinOpportunityRequest win;
  win.set_name(deal->name());
  win.set_reason("签约");
  EXPECT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win),
              HasReason("FACTS_MISSING"));
}

// conversion rate, with the reasons.
TEST_F(DealTest, ConversionIsWonOfWonAndLost) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto won = Create(account.name(), 100);
  const auto lost = Create(account.name());
  ASSERT_THAT(Create(account.name()), IsOk());
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
        v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    ASSERT_THAT(Advance(won->name(), stage), IsOk());
  }
  v1::WinOpportunityRequest win;
  win.set_name(won->name());
  win.set_reason("签约");
  win.set_reason_code(v1::CLOSE_REASON_CODE_RELATIONSHIP);
  ASSERT_THAT(world_.Call<Opportunity>(kax_, "kam.account.v1.OpportunityService/WinOpportunity", win), IsOk());
  ASSERT_THAT(Lose(lost->name()), IsOk());
  // What is lost stays in the rate: nobody puts it away.
  EXPECT_THAT(Archive(lost->name()), HasReason("RECORD_KEPT"));
  EXPECT_THAT(Archive(won->name()), HasReason("RECORD_KEPT"));
  v1::ReportConversionRequest request;
  request.set_from_date(today());
  request.set_to_date(today());
  const auto report = world_.Call<v1::ReportConversionResponse>(
      kax_, "kam.account.v1.OpportunityReportService/ReportConversion", request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 1);
  EXPECT_THAT(report->rows(0), testing::EqualsProto(absl::StrCat("employee: '", seller_.name(),
                                                                 "' opened: 3 won: 1 lost: 1 conversion_percent: "
                                                                 "'50.00'")));
  ASSERT_EQ(report->reasons_size(), 2);
  EXPECT_EQ(report->reasons(0).reason_code(), v1::CLOSE_REASON_CODE_PRICE);
  EXPECT_EQ(report->reasons(1).reason_code(), v1::CLOSE_REASON_CODE_RELATIONSHIP);
}

// A-22, P-35: compiled by the supervisor, audited by the head of the department, with a finding.
TEST_F(DealTest, TheOpportunityReportIsAudited) {
  const v1::Account account = world_.AddAccount(kax_);
  ASSERT_THAT(Create(account.name(), 200), IsOk());
  const std::string service = "kam.account.v1.OpportunityReportService/";
  v1::CreateOpportunityReportRequest create;
  create.mutable_opportunity_report()->set_as_of_date(day(1));
  EXPECT_THAT(world_.Call<OpportunityReport>(bds_, service + "CreateOpportunityReport", create),
              HasReason("DATE_IN_FUTURE"));
  create.mutable_opportunity_report()->clear_as_of_date();
  const auto report = world_.Call<OpportunityReport>(bds_, service + "CreateOpportunityReport", create);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->lines_size(), 1);
  EXPECT_EQ(report->lines(0).amount(), "200");
  EXPECT_EQ(report->lines(0).weighted(), "20");
  EXPECT_EQ(report->content_hash().size(), 64);
  v1::AuditOpportunityReportRequest audit;
  audit.set_name(report->name());
  EXPECT_THAT(world_.Call<OpportunityReport>(gam_, service + "AuditOpportunityReport", audit), NamesField("finding"));
  audit.set_finding("金额属实");
  EXPECT_THAT(world_.Call<OpportunityReport>(gam_, service + "AuditOpportunityReport", audit), NamesField("etag"));
  audit.set_etag(report->etag());
  EXPECT_THAT(world_.Call<OpportunityReport>(bds_, service + "AuditOpportunityReport", audit),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<OpportunityReport>(world_.As(supervisor_, "GAM"), service + "AuditOpportunityReport", audit),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto audited = world_.Call<OpportunityReport>(gam_, service + "AuditOpportunityReport", audit);
  ASSERT_THAT(audited, IsOk());
  EXPECT_EQ(audited->auditor(), head_.name());
  EXPECT_EQ(audited->finding(), "金额属实");
  // Where the department has a head who may, he audits and nobody else.
  GrantRole(world_, "SD", "opportunity_report.audit");
  const auto second = world_.Call<OpportunityReport>(bds_, service + "CreateOpportunityReport", create);
  ASSERT_THAT(second, IsOk());
  world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(director_.name()),
                                             "' WHERE id = '", IdOf(department_.name()), "'"));
  audit.set_name(second->name());
  audit.set_etag(second->etag());
  EXPECT_THAT(world_.Call<OpportunityReport>(gam_, service + "AuditOpportunityReport", audit),
              HasReason("NOT_THE_HEAD"));
  EXPECT_THAT(world_.Call<OpportunityReport>(world_.As(director_, "GAM"), service + "AuditOpportunityReport", audit),
              IsOk());
  // A head who may not audit keeps nobody from it.
  const auto third = world_.Call<OpportunityReport>(bds_, service + "CreateOpportunityReport", create);
  const organization::v1::Employee manager = world_.AddEmployee("SM", department_.name());
  world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(manager.name()), "' WHERE id = '",
                                             IdOf(department_.name()), "'"));
  audit.set_name(third->name());
  audit.set_etag(third->etag());
  EXPECT_THAT(world_.Call<OpportunityReport>(gam_, service + "AuditOpportunityReport", audit), IsOk());
}

// how likely a deal is says its stage; only somebody above its owner judges otherwise.
TEST_F(DealTest, TheOwnerDoesNotMakeHisDealMoreLikely) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto deal = Create(account.name(), 1000);
  ASSERT_THAT(deal, IsOk());
  Opportunity patch;
  patch.set_name(deal->name());
  patch.set_probability(95);
  EXPECT_THAT(Update(patch), HasReason("PROBABILITY_OF_STAGE"));
  v1::CreateOpportunityRequest create;
  create.mutable_opportunity()->set_account(account.name());
  create.mutable_opportunity()->set_display_name("采购");
  create.mutable_opportunity()->set_probability(95);
  const std::string service = "kam.account.v1.OpportunityService/";
  EXPECT_THAT(world_.Call<Opportunity>(kax_, service + "CreateOpportunity", create), HasReason("PROBABILITY_OF_STAGE"));
  v1::UpdateOpportunityRequest update;
  *update.mutable_opportunity() = patch;
  const auto judged = world_.Call<Opportunity>(bds_, service + "UpdateOpportunity", update);
  ASSERT_THAT(judged, IsOk());
  EXPECT_EQ(judged->probability(), 95);
}

// a second chance comes from a deal of the same customer.
TEST_F(DealTest, ASecondOpportunityNamesTheFirst) {
  const v1::Account account = world_.AddAccount(kax_);
  const v1::Account another = world_.AddAccount(kax_);
  const auto first = Create(account.name());
  v1::CreateOpportunityRequest request;
  request.mutable_opportunity()->set_account(another.name());
  request.mutable_opportunity()->set_display_name("二次机会");
  request.mutable_opportunity()->set_second_of(first->name());
  const std::string method = "kam.account.v1.OpportunityService/CreateOpportunity";
  EXPECT_THAT(world_.Call<Opportunity>(kax_, method, request), HasReason("OPPORTUNITY_OF_ANOTHER_ACCOUNT"));
  request.mutable_opportunity()->set_account(account.name());
  EXPECT_EQ(world_.Call<Opportunity>(kax_, method, request)->second_of(), first->name());
}

// a deal that was won by mistake is open again, with the pipeline of each day as it was; its draft is not wanted
// any more, and asked for again when it is won.
TEST_F(DealTest, ADealWonByMistakeIsTakenUpAgain) {
  const v1::Account account = world_.AddAccount(kax_);
  clock().Set(absl::FromCivil(Today(clock().Now(), zone()) + 1, zone()) + absl::Hours(9));
  const auto deal = Create(account.name(), 100);
  for (const v1::OpportunityStage stage :
       {v1::OPPORTUNITY_STAGE_NEEDS_ANALYSIS, v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION,
        v1::OPPORTUNITY_STAGE_NEGOTIATION, v1::OPPORTUNITY_STAGE_SIGNING}) {
    ASSERT_THAT(Advance(deal->name(), stage), IsOk());
  }
  const std::string opened = today();
  clock().Advance(absl::Hours(24));
  const std::string closed = today();
  v1::WinOpportunityRequest win;
  win.set_name(deal->name());
  win.set_reason("签约");
  const std::string service = "kam.account.v1.OpportunityService/";
  ASSERT_THAT(world_.Call<Opportunity>(kax_, service + "WinOpportunity", win), IsOk());
  const auto drafts = [&](absl::string_view state) {
    return world_.harness()
        .db()
        .Get(absl::StrCat("SELECT COUNT(id) FROM contract_draft_requests WHERE source = '", deal->name(),
                          "' AND state = '", state, "'"))
        .integer();
  };
  EXPECT_EQ(drafts("REQUESTED"), 1);
  clock().Advance(absl::Hours(24));
  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(deal->name());
  EXPECT_THAT(world_.Call<Opportunity>(bds_, service + "ReopenOpportunity", reopen), NamesField("reason"));
  reopen.set_reason("点错");
  EXPECT_THAT(world_.Call<Opportunity>(kax_, service + "ReopenOpportunity", reopen),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auto again = world_.Call<Opportunity>(bds_, service + "ReopenOpportunity", reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::OPPORTUNITY_STATE_OPEN);
  EXPECT_EQ(again->stage(), v1::OPPORTUNITY_STAGE_SIGNING);
  EXPECT_EQ(again->reopener(), supervisor_.name());
  EXPECT_EQ(drafts("DECLINED"), 1);
  for (const auto& [as_of, deals] : {std::pair(opened, 1), std::pair(closed, 0), std::pair(today(), 1)}) {
    const auto pipeline = Pipeline(gam_, as_of);
    ASSERT_THAT(pipeline, IsOk());
    EXPECT_EQ(pipeline->rows_size(), deals) << as_of;
  }
  v1::ReportConversionRequest conversion;
  conversion.set_from_date(closed);
  conversion.set_to_date(today());
  EXPECT_EQ(world_
                .Call<v1::ReportConversionResponse>(kax_, "kam.account.v1.OpportunityReportService/ReportConversion",
                                                    conversion)
                ->rows_size(),
            0)
      << "nothing was won or lost";
  ASSERT_THAT(world_.Call<Opportunity>(kax_, service + "WinOpportunity", win), IsOk());
  EXPECT_EQ(drafts("REQUESTED"), 1);
  EXPECT_EQ(drafts("DECLINED"), 0);
  world_.harness().db().Execute(
      absl::StrCat("UPDATE contract_draft_requests SET state = 'DRAFTED', contract = 'contracts/1' WHERE source = '",
                   deal->name(), "'"));
  EXPECT_THAT(world_.Call<Opportunity>(bds_, service + "ReopenOpportunity", reopen), HasReason("CONTRACT_DRAFTED"));
  const auto lost = Create(account.name());
  ASSERT_THAT(Lose(lost->name()), IsOk());
  clock().Advance(absl::Hours(24 * 30 + 1));
  reopen.set_name(lost->name());
  EXPECT_THAT(world_.Call<Opportunity>(bds_, service + "ReopenOpportunity", reopen), HasReason("REOPEN_TOO_LATE"));
}

// a deal that is taken up again is worked by who owns the account now; nothing begins on a closed file.
TEST_F(DealTest, ADealTakenUpAgainIsThatOfTheOwner) {
  const v1::Account account = world_.AddAccount(kax_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto handed = Create(account.name());
  const auto closed = Create(account.name());
  ASSERT_THAT(Lose(handed->name()), IsOk());
  ASSERT_THAT(Lose(closed->name()), IsOk());
  const auto successor = world_.AddEmployee("KAX", department_.name(), {supervisor_.name()});
  const std::string where = absl::StrCat(" WHERE account = '", IdOf(account.name()), "' AND kind = 'OWNER'");
  world_.harness().db().Execute("UPDATE account_ownerships SET state = 'TRANSFERRED'" + where);
  world_.harness().db().Execute(absl::StrCat("UPDATE accounts SET owner = '", IdOf(successor.name()), "' WHERE id = '",
                                             IdOf(account.name()), "'"));
  v1::ReopenOpportunityRequest reopen;
  reopen.set_name(handed->name());
  reopen.set_reason("点错");
  const std::string method = "kam.account.v1.OpportunityService/ReopenOpportunity";
  const auto again = world_.Call<Opportunity>(gam_, method, reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->owner(), successor.name());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET state = 'CLOSED' WHERE id = '", IdOf(account.name()), "'"));
  reopen.set_name(closed->name());
  EXPECT_THAT(world_.Call<Opportunity>(gam_, method, reopen), HasReason("ACCOUNT_CLOSED"));
}

}  // namespace
}  // namespace kam::account
