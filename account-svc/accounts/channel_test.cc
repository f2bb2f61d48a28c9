// Channel partners, over real gRPC and a real database.
#include <gtest/gtest.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/status/status.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/channel_partner_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/pricing/v1/product.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::ChannelIncident;
using v1::ChannelPartner;
using v1::ChannelStockCount;
using v1::ResalePriceCheck;

std::string Channel(absl::string_view verb) { return absl::StrCat("kam.account.v1.ChannelPartnerService/", verb); }

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kam_(world_.As(manager_, "KAM")) {}

  ChannelPartner Approved() {
    v1::CreateChannelPartnerRequest request;
    ChannelPartner& partner = *request.mutable_channel_partner();
    partner.set_display_name(absl::StrCat("经销商", world_.harness().NewId()));
    partner.set_kind(v1::CHANNEL_PARTNER_KIND_DEALER);
    partner.set_region("华东");
    partner.set_agreement_number("XY-2026-1");
    partner.set_choice_reason("覆盖苏南");
    const auto made = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), request);
    EXPECT_THAT(made, IsOk());
    v1::ApproveChannelPartnerRequest approve;
    approve.set_name(made->name());
    const auto approved = world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve);
    EXPECT_THAT(approved, IsOk());
    return *approved;
  }
  absl::StatusOr<ResalePriceCheck> CheckPrice(const std::string& partner, int observed,
                                              const std::string& product_name = {}) {
    v1::CreateResalePriceCheckRequest request;
    ResalePriceCheck& check = *request.mutable_resale_price_check();
    check.set_partner(partner);
    check.set_product("机油");
    check.set_product_name(product_name);
    check.set_check_date(world_.today());
    check.mutable_observed_price()->set_units(observed);
    check.mutable_observed_price()->set_currency_code("CNY");
    check.mutable_published_price()->set_units(100);
    check.mutable_published_price()->set_currency_code("CNY");
    check.set_published_source("2026 年价目表");
    return world_.Call<ResalePriceCheck>(kam_, Channel("CreateResalePriceCheck"), request);
  }
  absl::StatusOr<ChannelStockCount> Count(const std::string& partner, const std::string& day,
                                          const std::string& quantity, const std::string& received) {
    v1::CreateChannelStockCountRequest request;
    ChannelStockCount& count = *request.mutable_channel_stock_count();
    count.set_partner(partner);
    count.set_product("机油");
    count.set_count_date(day);
    count.set_quantity(quantity);
    count.set_received(received);
    count.set_unit("桶");
    return world_.Call<ChannelStockCount>(kam_, Channel("CreateChannelStockCount"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_;
  auth::Principal gam_, kam_;
};

// chosen with the superior: what he has approved is what stands, and he does not become its manager afterwards.
TEST_F(ChannelTest, AnApprovedPartnerThatChangesIsApprovedAnew) {
  const ChannelPartner partner = Approved();
  v1::UpdateChannelPartnerRequest update;
  update.mutable_channel_partner()->set_name(partner.name());
  update.mutable_channel_partner()->set_phone("025-88886666");
  const auto small = world_.Call<ChannelPartner>(kam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(small, IsOk());
  EXPECT_EQ(small->state(), v1::CHANNEL_PARTNER_STATE_APPROVED);
  update.mutable_channel_partner()->clear_phone();
  update.mutable_channel_partner()->set_agreement_number("XY-2026-2");
  const auto other = world_.Call<ChannelPartner>(kam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(other->state(), v1::CHANNEL_PARTNER_STATE_PROPOSED);
  EXPECT_EQ(other->approver(), "");
  v1::ApproveChannelPartnerRequest approve;
  approve.set_name(partner.name());
  ASSERT_THAT(world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve), IsOk());
  update.mutable_channel_partner()->clear_agreement_number();
  update.mutable_channel_partner()->set_manager(head_.name());
  const auto his = world_.Call<ChannelPartner>(gam_, Channel("UpdateChannelPartner"), update);
  ASSERT_THAT(his, IsOk());
  EXPECT_EQ(his->state(), v1::CHANNEL_PARTNER_STATE_PROPOSED);
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), approve),
              HasReason("SEPARATION_OF_DUTIES"));
}

// the price of a product of ours is compared with the price list, not with what the checker says; without
// contract-svc it is not compared at all.
TEST_F(ChannelTest, ThePublishedPriceIsThatOfThePriceList) {
  const std::string partner = Approved().name();
  const std::string product = absl::StrCat("products/", world_.harness().NewId());
  int published = 90;
  world_.contract_svc = [&](absl::string_view method, const google::protobuf::Message&,
                            google::protobuf::Message* response) {
    EXPECT_EQ(method, "kam.pricing.v1.ProductService/GetProduct");
    auto* listed = static_cast<pricing::v1::Product*>(response);
    if (published == 0) return absl::OkStatus();  // No list price is decided yet.
    listed->mutable_list_price()->set_currency_code("CNY");
    listed->mutable_list_price()->set_units(published);
    return absl::OkStatus();
  };
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("PUBLISHED_PRICE_WRONG"));
  published = 0;
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("PUBLISHED_PRICE_WRONG"));
  published = 100;
  const auto checked = CheckPrice(partner, 100, product);
  ASSERT_THAT(checked, IsOk());
  EXPECT_TRUE(checked->price_verified());
  EXPECT_FALSE(checked->violation());
  world_.contract_svc = [](absl::string_view, const google::protobuf::Message&, google::protobuf::Message*) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  };
  EXPECT_THAT(CheckPrice(partner, 100, product), HasReason("CONTRACT_SVC_UNAVAILABLE"));
  const auto typed = CheckPrice(partner, 100);
  ASSERT_THAT(typed, IsOk());
  EXPECT_FALSE(typed->price_verified());
  world_.contract_svc = world_.aftersales_svc;
}

// a slip of the pen does not stand in the way of the true count, nor in the figures.
TEST_F(ChannelTest, AWrongCountIsTakenBackAndCountedAgain) {
  const ChannelPartner partner = Approved();
  const auto first = Count(partner.name(), "2025-12-01", "500", "");
  ASSERT_THAT(first, IsOk());
  const auto slip = Count(partner.name(), "2026-01-01", "100", "600");
  ASSERT_THAT(slip, IsOk());
  EXPECT_EQ(slip->sold(), "1000");
  EXPECT_THAT(Count(partner.name(), "2026-01-01", "1000", "600"), HasReason("COUNT_NOT_LATER"));
  const auto take_back = [&](const auth::Principal& who, const std::string& count) {
    v1::VoidChannelStockCountRequest request;
    request.set_name(count);
    request.set_reason("少写一个零");
    return world_.Call<ChannelStockCount>(who, Channel("VoidChannelStockCount"), request);
  };
  EXPECT_THAT(take_back(kam_, first->name()), HasReason("COUNT_NOT_LAST"));
  const auth::Principal stranger = world_.As(world_.AddEmployee("KAM", world_.AddDepartment().name()), "KAM");
  EXPECT_THAT(take_back(stranger, slip->name()), StatusIs(absl::StatusCode::kNotFound));
  v1::CreateChannelStockCountRequest recount;
  *recount.mutable_channel_stock_count() = *slip;
  recount.mutable_channel_stock_count()->set_count_date("2026-01-02");
  recount.mutable_channel_stock_count()->set_quantity("50");
  recount.mutable_channel_stock_count()->clear_received();
  const auto of_another = world_.Call<ChannelStockCount>(gam_, Channel("CreateChannelStockCount"), recount);
  ASSERT_THAT(of_another, IsOk());
  EXPECT_THAT(take_back(kam_, of_another->name()), HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(take_back(gam_, of_another->name()), IsOk());
  const auto voided = take_back(kam_, slip->name());
  ASSERT_THAT(voided, IsOk());
  EXPECT_TRUE(voided->voided());
  EXPECT_EQ(voided->void_reason(), "少写一个零");
  EXPECT_EQ(voided->voider(), manager_.name());
  EXPECT_THAT(take_back(kam_, slip->name()), HasReason("INSPECTION_VOIDED"));
  const auto count = Count(partner.name(), "2026-01-01", "1000", "600");
  ASSERT_THAT(count, IsOk()) << "on the same day";
  EXPECT_EQ(count->previous_quantity(), "500");
  EXPECT_EQ(count->sold(), "100");

  v1::ReportChannelPartnersRequest request;
  request.set_from_date("2026-01-01");
  request.set_to_date("2026-01-31");
  request.set_region("华东");
  request.set_page_size(200);
  const auto find = [&]() -> std::optional<v1::ChannelPartnerFigures> {
    const auto report = world_.Call<v1::ReportChannelPartnersResponse>(gam_, Channel("ReportChannelPartners"), request);
    EXPECT_THAT(report, IsOk());
    for (const auto& figures : report->partners()) {
      if (figures.partner() == partner.name()) return figures;
    }
    return std::nullopt;
  };
  const auto figures = find();
  ASSERT_TRUE(figures.has_value());
  EXPECT_EQ(figures->stock_counts(), 1);
  EXPECT_EQ(figures->sold(), "100");
  request.set_region("华南");
  EXPECT_FALSE(find().has_value());
}

// a price that was read wrongly accuses nobody for good.
TEST_F(ChannelTest, AWrongViolationIsTakenBackByAnother) {
  const ChannelPartner partner = Approved();
  const auto check = CheckPrice(partner.name(), 1000);
  ASSERT_THAT(check, IsOk());
  ASSERT_TRUE(check->violation());
  v1::VoidResalePriceCheckRequest request;
  request.set_name(check->name());
  request.set_reason("多写一个零");
  EXPECT_THAT(world_.Call<ResalePriceCheck>(kam_, Channel("VoidResalePriceCheck"), request),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(world_.Call<ResalePriceCheck>(gam_, Channel("VoidResalePriceCheck"), request), IsOk());
  EXPECT_THAT(world_.Call<ResalePriceCheck>(gam_, Channel("VoidResalePriceCheck"), request),
              HasReason("INSPECTION_VOIDED"));
  kam::api::GetRequest get;
  get.set_name(check->incident());
  const auto incident = world_.Call<v1::ChannelIncident>(gam_, Channel("GetChannelIncident"), get);
  ASSERT_THAT(incident, IsOk());
  EXPECT_EQ(incident->state(), v1::CHANNEL_INCIDENT_STATE_CLOSED);
  EXPECT_EQ(incident->report(), "多写一个零");

  v1::CreateChannelEvaluationRequest create;
  v1::ChannelEvaluation& evaluation = *create.mutable_channel_evaluation();
  evaluation.set_partner(partner.name());
  evaluation.set_evaluation_date(world_.today());
  evaluation.set_network_score(1);
  evaluation.set_delivery_score(1);
  evaluation.set_storage_score(1);
  evaluation.set_sales_score(1);
  evaluation.set_comment("评错对象");
  const auto judged = world_.Call<v1::ChannelEvaluation>(gam_, Channel("CreateChannelEvaluation"), create);
  ASSERT_THAT(judged, IsOk());
  v1::VoidChannelEvaluationRequest take_back;
  take_back.set_name(judged->name());
  take_back.set_reason("评错对象");
  EXPECT_THAT(world_.Call<v1::ChannelEvaluation>(kam_, Channel("VoidChannelEvaluation"), take_back),
              HasReason("SEPARATION_OF_DUTIES"))
      << "he looks after the partner";
  ASSERT_THAT(world_.Call<v1::ChannelEvaluation>(gam_, Channel("VoidChannelEvaluation"), take_back), IsOk());
  v1::ReportChannelPartnersRequest report;
  report.set_from_date("2026-01-01");
  report.set_to_date("2026-01-31");
  report.set_page_size(200);
  const auto figures = world_.Call<v1::ReportChannelPartnersResponse>(gam_, Channel("ReportChannelPartners"), report);
  ASSERT_THAT(figures, IsOk());
  for (const auto& one : figures->partners()) {
    if (one.partner() != partner.name()) continue;
    EXPECT_EQ(one.price_checks(), 0);
    EXPECT_EQ(one.violations(), 0);
    EXPECT_EQ(one.open_incidents(), 0);
    EXPECT_EQ(one.average_score(), "");
  }
}

// chosen with the superior, inspected; a price violation opens an incident that ends with a written report.
TEST_F(ChannelTest, AViolationAtADealerOpensAnIncident) {
  v1::CreateChannelPartnerRequest outlet;
  outlet.mutable_channel_partner()->set_display_name("网点");
  outlet.mutable_channel_partner()->set_kind(v1::CHANNEL_PARTNER_KIND_OUTLET);
  outlet.mutable_channel_partner()->set_region("华东");
  outlet.mutable_channel_partner()->set_choice_reason("补盲");
  EXPECT_THAT(world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), outlet), HasReason("PARENT_INVALID"));
  const ChannelPartner partner = Approved();
  EXPECT_EQ(partner.approver(), head_.name());
  outlet.mutable_channel_partner()->set_parent(partner.name());
  const auto below = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), outlet);
  ASSERT_THAT(below, IsOk());
  EXPECT_THAT(CheckPrice(below->name(), 100), HasReason("PARTNER_NOT_APPROVED"));

  const auto fine = CheckPrice(partner.name(), 100);
  ASSERT_THAT(fine, IsOk());
  EXPECT_FALSE(fine->violation());
  const auto cheap = CheckPrice(partner.name(), 80);
  ASSERT_THAT(cheap, IsOk());
  EXPECT_TRUE(cheap->violation());
  EXPECT_EQ(cheap->deviation_percent(), "-20");
  ASSERT_NE(cheap->incident(), "");
  v1::EndChannelPartnerRequest end;
  end.set_name(partner.name());
  end.set_reason("违规");
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), HasReason("INCIDENTS_OPEN"));
  v1::AnswerChannelIncidentRequest answer;
  answer.set_name(cheap->incident());
  answer.set_measures("责令恢复价格");
  ASSERT_THAT(world_.Call<ChannelIncident>(kam_, Channel("AnswerChannelIncident"), answer), IsOk());
  v1::CloseChannelIncidentRequest close;
  close.set_name(cheap->incident());
  close.set_report("价格已恢复");
  EXPECT_THAT(world_.Call<ChannelIncident>(kam_, Channel("CloseChannelIncident"), close),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<ChannelIncident>(gam_, Channel("CloseChannelIncident"), close), IsOk());
  // What is open at an outlet below keeps the dealer, too.
  world_.harness().db().Execute(absl::StrCat("UPDATE channel_incidents SET state = 'OPEN', partner = '",
                                             IdOf(below->name()), "' WHERE id = '", IdOf(cheap->incident()), "'"));
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), HasReason("INCIDENTS_OPEN"));
  world_.harness().db().Execute(
      absl::StrCat("UPDATE channel_incidents SET state = 'CLOSED' WHERE id = '", IdOf(cheap->incident()), "'"));

  v1::CreateChannelEvaluationRequest score;
  score.mutable_channel_evaluation()->set_partner(partner.name());
  score.mutable_channel_evaluation()->set_evaluation_date(world_.today());
  score.mutable_channel_evaluation()->set_network_score(4);
  score.mutable_channel_evaluation()->set_delivery_score(3);
  score.mutable_channel_evaluation()->set_storage_score(5);
  score.mutable_channel_evaluation()->set_sales_score(4);
  score.mutable_channel_evaluation()->set_comment("配送偏慢");
  EXPECT_THAT(world_.Call<v1::ChannelEvaluation>(kam_, Channel("CreateChannelEvaluation"), score),
              HasReason("SEPARATION_OF_DUTIES"))
      << "whoever looks after a partner is no judge of him";
  ASSERT_THAT(world_.Call<v1::ChannelEvaluation>(gam_, Channel("CreateChannelEvaluation"), score), IsOk());
  ASSERT_THAT(Count(partner.name(), "2025-12-29", "40", ""), IsOk());
  const auto counted = Count(partner.name(), "2026-01-05", "25", "10");
  ASSERT_THAT(counted, IsOk());
  EXPECT_EQ(counted->sold(), "25");
  EXPECT_THAT(Count(partner.name(), "2026-01-05", "25", ""), HasReason("COUNT_NOT_LATER"));

  v1::ReportChannelPartnersRequest request;
  request.set_from_date("2026-01-01");
  request.set_to_date("2026-01-31");
  request.set_page_size(1);
  int found = 0;
  for (;;) {
    const auto page = world_.Call<v1::ReportChannelPartnersResponse>(kam_, Channel("ReportChannelPartners"), request);
    ASSERT_THAT(page, IsOk());
    for (const v1::ChannelPartnerFigures& row : page->partners()) {
      if (row.partner() != partner.name()) continue;
      ++found;
      EXPECT_EQ(row.average_score(), "4");
      EXPECT_EQ(row.price_checks(), 2);
      EXPECT_EQ(row.violations(), 1);
      EXPECT_EQ(row.open_incidents(), 0);
      EXPECT_EQ(row.stock_counts(), 1);
      EXPECT_EQ(row.sold(), "25");
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(found, 1);
  EXPECT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), IsOk());
}

// a partner that was ended by mistake is proposed again, and an outlet goes to another dealer, with its counts.
TEST_F(ChannelTest, APartnerIsReopenedAndAnOutletGoesToAnotherDealer) {
  const ChannelPartner dealer = Approved();
  const ChannelPartner next = Approved();
  v1::CreateChannelPartnerRequest create;
  create.mutable_channel_partner()->set_display_name("网点");
  create.mutable_channel_partner()->set_kind(v1::CHANNEL_PARTNER_KIND_OUTLET);
  create.mutable_channel_partner()->set_parent(dealer.name());
  create.mutable_channel_partner()->set_region("华东");
  create.mutable_channel_partner()->set_agreement_number("XY-2026-2");
  create.mutable_channel_partner()->set_choice_reason("补盲");
  const auto outlet = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), create);
  ASSERT_THAT(outlet, IsOk());
  const auto approve = [&](const std::string& name) {
    v1::ApproveChannelPartnerRequest request;
    request.set_name(name);
    return world_.Call<ChannelPartner>(gam_, Channel("ApproveChannelPartner"), request);
  };
  const auto end = [&](const std::string& name) {
    v1::EndChannelPartnerRequest request;
    request.set_name(name);
    request.set_reason("换经销商");
    return world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), request);
  };
  ASSERT_THAT(approve(outlet->name()), IsOk());
  ASSERT_THAT(Count(outlet->name(), "2026-01-04", "30", ""), IsOk());
  ASSERT_THAT(end(outlet->name()), IsOk());
  ASSERT_THAT(end(dealer.name()), IsOk());
  v1::ReopenChannelPartnerRequest reopen;
  reopen.set_name(outlet->name());
  reopen.set_reason("归新经销商");
  EXPECT_THAT(world_.Call<ChannelPartner>(kam_, Channel("ReopenChannelPartner"), reopen), HasReason("PARTNER_ENDED"));
  reopen.set_parent(next.name());
  const auto again = world_.Call<ChannelPartner>(kam_, Channel("ReopenChannelPartner"), reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::CHANNEL_PARTNER_STATE_PROPOSED);
  EXPECT_EQ(again->parent(), next.name());
  EXPECT_EQ(again->end_reason(), "");
  EXPECT_EQ(again->approver(), "") << "is approved anew";
  EXPECT_THAT(Count(outlet->name(), "2026-01-05", "25", ""), HasReason("PARTNER_NOT_APPROVED"));
  ASSERT_THAT(approve(outlet->name()), IsOk());
  const auto counted = Count(outlet->name(), "2026-01-05", "25", "");
  ASSERT_THAT(counted, IsOk());
  EXPECT_EQ(counted->sold(), "5") << "counted on from before";

  v1::ReopenChannelPartnerRequest dealer_again;
  dealer_again.set_name(dealer.name());
  dealer_again.set_reason("误终止");
  EXPECT_THAT(world_.Call<ChannelPartner>(kam_, Channel("ReopenChannelPartner"), dealer_again), IsOk());
}

// whoever proposes a partner anew does not approve it, also when he is neither its maker nor its manager.
TEST_F(ChannelTest, WhoeverProposesAPartnerAnewDoesNotApproveIt) {
  const auto sales = world_.As(world_.AddEmployee("SM", department_.name()), "SM");
  const auto approve = [&](const auth::Principal& who, const std::string& name) {
    v1::ApproveChannelPartnerRequest request;
    request.set_name(name);
    return world_.Call<ChannelPartner>(who, Channel("ApproveChannelPartner"), request);
  };
  const ChannelPartner ended = Approved();
  v1::EndChannelPartnerRequest end;
  end.set_name(ended.name());
  end.set_reason("换经销商");
  ASSERT_THAT(world_.Call<ChannelPartner>(gam_, Channel("EndChannelPartner"), end), IsOk());
  v1::ReopenChannelPartnerRequest reopen;
  reopen.set_name(ended.name());
  reopen.set_reason("误终止");
  const auto again = world_.Call<ChannelPartner>(gam_, Channel("ReopenChannelPartner"), reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->proposer(), head_.name());
  const auto own = approve(gam_, ended.name());
  EXPECT_THAT(own, HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_EQ(MetadataValue(own.status(), "rule"), "proposer");
  EXPECT_THAT(approve(sales, ended.name()), IsOk());

  const ChannelPartner changed = Approved();
  v1::UpdateChannelPartnerRequest update;
  update.mutable_channel_partner()->set_name(changed.name());
  update.mutable_channel_partner()->set_agreement_number("XY-2026-9");
  ASSERT_THAT(world_.Call<ChannelPartner>(gam_, Channel("UpdateChannelPartner"), update), IsOk());
  EXPECT_THAT(approve(gam_, changed.name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(approve(sales, changed.name()), IsOk());

  // Nor who wrote it anew while it waited.
  v1::CreateChannelPartnerRequest create;
  create.mutable_channel_partner()->set_display_name("待批经销商");
  create.mutable_channel_partner()->set_kind(v1::CHANNEL_PARTNER_KIND_DEALER);
  create.mutable_channel_partner()->set_region("华东");
  create.mutable_channel_partner()->set_agreement_number("XY-2026-2");
  create.mutable_channel_partner()->set_choice_reason("覆盖苏北");
  const auto waits = world_.Call<ChannelPartner>(kam_, Channel("CreateChannelPartner"), create);
  ASSERT_THAT(waits, IsOk());
  update.mutable_channel_partner()->set_name(waits->name());
  ASSERT_THAT(world_.Call<ChannelPartner>(gam_, Channel("UpdateChannelPartner"), update), IsOk());
  EXPECT_THAT(approve(gam_, waits->name()), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(approve(sales, waits->name()), IsOk());
}

}  // namespace
}  // namespace kam::account
