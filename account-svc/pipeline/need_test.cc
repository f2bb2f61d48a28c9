// Needs of customers and their monthly demand (A-13, P-22), over real gRPC and a real database.
#include <gmock/gmock.h>

#include "account-svc/context.h"
#include "account-svc/pipeline/support_fixture.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/working_calendar_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::CustomerNeed;
using v1::MonthlyDemand;

class NeedTest : public SupportTest {};

// a new need is before the department at once; it answers, and the customer is told.
TEST_F(NeedTest, ANeedIsRoutedAnsweredAndTold) {
  const v1::Account account = world_.AddAccount(kax_);
  EXPECT_THAT(Record(account.name(), v1::CUSTOMER_NEED_KIND_NEW), HasReason("DEPARTMENT_REQUIRED"));
  const auto need = Record(account.name(), v1::CUSTOMER_NEED_KIND_NEW, products_.name());
  ASSERT_THAT(need, IsOk());
  EXPECT_EQ(need->state(), v1::CUSTOMER_NEED_STATE_ROUTED);
  EXPECT_TRUE(need->has_routed_time());
  EXPECT_GT(FromTimestamp(need->answer_by()), clock().Now());
  v1::AnalyseCustomerNeedRequest analyse;
  analyse.set_analysis("冷链行业");
  EXPECT_EQ(Do<CustomerNeed>(ps_, "CustomerNeedService/AnalyseCustomerNeed", need->name(), analyse)->analyst(),
            engineer_.name());
  v1::AnswerCustomerNeedRequest answer;
  answer.set_answer("六月上市");
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/AnswerCustomerNeed", need->name(), answer),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auth::Principal stranger = world_.As(world_.AddEmployee("PS", department_.name()), "PS");
  EXPECT_THAT(Do<CustomerNeed>(stranger, "CustomerNeedService/AnswerCustomerNeed", need->name(), answer),
              HasReason("DEPARTMENT_NOT_ASKED"));
  ASSERT_THAT(Do<CustomerNeed>(ps_, "CustomerNeedService/AnswerCustomerNeed", need->name(), answer), IsOk());
  v1::TellCustomerRequest tell;
  tell.set_told_to("李经理");
  tell.set_told_date(day(1));
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/TellCustomer", need->name(), tell),
              HasReason("DATE_IN_FUTURE"));
  tell.clear_told_date();
  tell.set_told_date(day(-1));
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/TellCustomer", need->name(), tell),
              HasReason("DATE_TOO_EARLY"));
  tell.clear_told_date();
  const auto told = Do<CustomerNeed>(kax_, "CustomerNeedService/TellCustomer", need->name(), tell);
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->told_date(), today());
}

// who does not route or answer in time is escalated over.
TEST_F(NeedTest, ANeedThatWaitsTooLongGoesUp) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto need = Record(account.name(), v1::CUSTOMER_NEED_KIND_LATENT);
  ASSERT_THAT(need, IsOk());
  EXPECT_EQ(need->state(), v1::CUSTOMER_NEED_STATE_RECORDED);
  clock().Set(FromTimestamp(need->answer_by()) - absl::Seconds(1));
  world_.RunDue();
  EXPECT_FALSE(Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name())->overdue());
  clock().Advance(absl::Seconds(1));
  world_.RunDue();
  const auto late = Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name());
  EXPECT_TRUE(late->overdue());
  EXPECT_EQ(late->escalated_to(), manager_.name());
  v1::RouteCustomerNeedRequest route;
  route.set_department(products_.name());
  const auto routed = Do<CustomerNeed>(kax_, "CustomerNeedService/RouteCustomerNeed", need->name(), route);
  ASSERT_THAT(routed, IsOk());
  EXPECT_FALSE(routed->overdue());
  clock().Set(FromTimestamp(routed->answer_by()));
  world_.RunDue();
  EXPECT_TRUE(Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name())->overdue());
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/RouteCustomerNeed", need->name(), route),
              HasReason("DEPARTMENT_UNCHANGED"));
  // Another department has its time; that the first was late stays, and the next delay goes up again.
  route.set_department(department_.name());
  const auto elsewhere = Do<CustomerNeed>(kax_, "CustomerNeedService/RouteCustomerNeed", need->name(), route);
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_TRUE(elsewhere->overdue());
  EXPECT_EQ(elsewhere->escalated_to(), "");
  clock().Set(FromTimestamp(elsewhere->answer_by()));
  world_.RunDue();
  EXPECT_EQ(Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name())->escalated_to(), manager_.name());
}

// a head who may not answer needs is no help: it goes to the next above him who may.
TEST_F(NeedTest, ALateNeedGoesToSomebodyWhoMayAnswer) {
  const organization::v1::Department service = world_.AddDepartment();
  const organization::v1::Employee director = world_.AddEmployee("SVD", service.name(), {chief_.name()});
  world_.harness().db().Execute(absl::StrCat("UPDATE departments SET head = '", IdOf(director.name()), "' WHERE id = '",
                                             IdOf(service.name()), "'"));
  const auto need = Record(world_.AddAccount(kax_).name(), v1::CUSTOMER_NEED_KIND_NEW, service.name());
  ASSERT_THAT(need, IsOk());
  clock().Set(FromTimestamp(need->answer_by()));
  world_.RunDue();
  const auto late = Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name());
  EXPECT_TRUE(late->overdue());
  EXPECT_EQ(late->escalated_to(), chief_.name());
}

// A-13, P-22
TEST_F(NeedTest, MonthlyDemandStandsBesideTheMonthBefore) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto report = [&](const std::string& product, const std::string& month, const std::string& quantity,
                          const std::string& unit) {
    v1::CreateMonthlyDemandRequest request;
    MonthlyDemand& demand = *request.mutable_monthly_demand();
    demand.set_account(account.name());
    demand.set_product(product);
    demand.set_month(month);
    demand.set_quantity(quantity);
    demand.set_unit(unit);
    return world_.Call<MonthlyDemand>(kax_, "kam.account.v1.CustomerNeedService/CreateMonthlyDemand", request);
  };
  ASSERT_THAT(report("机油", "2025-12", "10.5", "桶"), IsOk());
  ASSERT_THAT(report("机油", "2026-01", "12", "桶"), IsOk());
  EXPECT_THAT(report("机油", "2026-01", "13", "桶"), HasReason("DEMAND_REPORTED"));
  EXPECT_THAT(report("机油", "2026-13", "13", "桶"), NamesField("monthly_demand.month"));
  EXPECT_THAT(report("机油", "2026-02", "-1", "桶"), NamesField("monthly_demand.quantity"));
  ASSERT_THAT(report("轮胎", "2025-12", "4", "条"), IsOk());
  ASSERT_THAT(report("轮胎", "2026-01", "1", "套"), IsOk());
  v1::ReportDemandRequest request;
  request.set_month("2026-01");
  const auto table =
      world_.Call<v1::ReportDemandResponse>(gam_, "kam.account.v1.CustomerNeedService/ReportDemand", request);
  ASSERT_THAT(table, IsOk());
  ASSERT_EQ(table->rows_size(), 2);
  EXPECT_THAT(table->rows(0), testing::EqualsProto(absl::StrCat("account: '", account.name(),
                                                                "' product: '机油' unit: '桶' quantity: '12' "
                                                                "previous_quantity: '10.5' change: '1.5'")));
  EXPECT_THAT(table->rows(1), testing::EqualsProto(absl::StrCat("account: '", account.name(),
                                                                "' product: '轮胎' unit: '套' quantity: '1'")));
  // cut by region.
  for (const auto& [region, rows] : {std::pair("华东", 2), std::pair("华南", 0)}) {
    request.set_region(region);
    const auto cut =
        world_.Call<v1::ReportDemandResponse>(gam_, "kam.account.v1.CustomerNeedService/ReportDemand", request);
    ASSERT_THAT(cut, IsOk());
    EXPECT_EQ(cut->rows_size(), rows) << region;
  }
}

// A-13, F-15, P-22: who has not reported is listed; a month that is over stays as it was reported.
TEST_F(NeedTest, AMonthWithoutDemandIsListedAndAPastOneStays) {
  const v1::Account silent = world_.AddAccount(kam_), told = world_.AddAccount(kam_);
  for (const v1::Account& account : {silent, told}) {
    world_.Assign(gam_, account.name(), manager_.name());
    world_.harness().db().Execute(
        absl::StrCat("UPDATE accounts SET state = 'ACTIVE' WHERE id = '", IdOf(account.name()), "'"));
  }
  const std::string month = today().substr(0, 7);
  v1::CreateMonthlyDemandRequest request;
  MonthlyDemand& demand = *request.mutable_monthly_demand();
  demand.set_account(told.name());
  demand.set_product("机油");
  demand.set_month(month);
  demand.set_quantity("3");
  demand.set_unit("桶");
  const auto made = world_.Call<MonthlyDemand>(kam_, "kam.account.v1.CustomerNeedService/CreateMonthlyDemand", request);
  ASSERT_THAT(made, IsOk());
  v1::ListMissingDemandsRequest list;
  list.set_month(month);
  const std::string method = "kam.account.v1.CustomerNeedService/ListMissingDemands";
  const auto missing = world_.Call<v1::ListMissingDemandsResponse>(kam_, method, list);
  ASSERT_THAT(missing, IsOk());
  ASSERT_EQ(missing->rows_size(), 1);
  EXPECT_EQ(missing->rows(0).account(), silent.name());
  EXPECT_EQ(missing->rows(0).owner(), manager_.name());
  EXPECT_EQ(world_.Call<v1::ListMissingDemandsResponse>(kax_, method, list)->rows_size(), 0) << "not his accounts";
  v1::UpdateMonthlyDemandRequest update;
  update.mutable_monthly_demand()->set_name(made->name());
  update.mutable_monthly_demand()->set_quantity("4");
  const std::string correct = "kam.account.v1.CustomerNeedService/UpdateMonthlyDemand";
  ASSERT_THAT(world_.Call<MonthlyDemand>(kam_, correct, update), IsOk());
  clock().Advance(absl::Hours(24 * 40));
  EXPECT_THAT(world_.Call<MonthlyDemand>(kam_, correct, update), HasReason("DEMAND_FIXED"));
}

// time to answer that runs into another version of the working calendar passes by that one.
TEST_F(NeedTest, TimeToAnswerGoesByTheCalendarOfEachDay) {
  v1::CreateWorkingCalendarRequest request;
  v1::WorkingCalendar& calendar = *request.mutable_working_calendar();
  calendar.set_from_date(day(1));
  calendar.set_display_name("新历");
  for (int weekday = 1; weekday <= 5; ++weekday) {
    v1::WorkingWindow& window = *calendar.add_windows();
    window.set_weekday(weekday);
    window.set_from_minute(540);
    window.set_to_minute(1080);
  }
  v1::WorkingException& holiday = *calendar.add_exceptions();
  holiday.set_day(day(1));
  holiday.set_closed(true);
  ASSERT_THAT(world_.Call<v1::WorkingCalendar>(world_.hr(),
                                               "kam.account.v1.WorkingCalendarService/CreateWorkingCalendar", request),
              IsOk());
  const auto need = Record(world_.AddAccount(kax_).name(), v1::CUSTOMER_NEED_KIND_NEW, products_.name());
  ASSERT_THAT(need, IsOk());
  // 27 working hours: eight of Monday by the old version, none of Tuesday, nine of Wednesday and Thursday, one of
  // Friday.
  EXPECT_EQ(FromTimestamp(need->answer_by()), clock().Now() + absl::Hours(24 * 4));
}

// an answer that is none goes back to the department, whose time runs again; a need by mistake is taken back.
TEST_F(NeedTest, AnAnswerGoesBackAndANeedIsTakenBack) {
  const v1::Account account = world_.AddAccount(kax_);
  const auto need = Record(account.name(), v1::CUSTOMER_NEED_KIND_NEW, products_.name());
  v1::AnswerCustomerNeedRequest answer;
  answer.set_answer("见附件");
  ASSERT_THAT(Do<CustomerNeed>(ps_, "CustomerNeedService/AnswerCustomerNeed", need->name(), answer), IsOk());
  v1::ReturnNeedAnswerRequest back;
  EXPECT_THAT(Do<CustomerNeed>(kax_, "CustomerNeedService/ReturnNeedAnswer", need->name(), back), NamesField("reason"));
  back.set_reason("没有附件");
  clock().Advance(absl::Hours(1));
  const auto returned = Do<CustomerNeed>(kax_, "CustomerNeedService/ReturnNeedAnswer", need->name(), back);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::CUSTOMER_NEED_STATE_ROUTED);
  EXPECT_EQ(returned->answer(), "");
  EXPECT_EQ(FromTimestamp(returned->routed_time()), clock().Now());
  clock().Set(FromTimestamp(returned->answer_by()));
  world_.RunDue();
  EXPECT_TRUE(Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", need->name())->overdue());
  ASSERT_THAT(Do<CustomerNeed>(ps_, "CustomerNeedService/AnswerCustomerNeed", need->name(), answer), IsOk());

  const auto mistaken = Record(account.name(), v1::CUSTOMER_NEED_KIND_LATENT);
  v1::WithdrawCustomerNeedRequest withdraw;
  withdraw.set_reason("重复登记");
  const auto withdrawn = Do<CustomerNeed>(kax_, "CustomerNeedService/WithdrawCustomerNeed", mistaken->name(), withdraw);
  ASSERT_THAT(withdrawn, IsOk());
  EXPECT_EQ(withdrawn->withdraw_reason(), "重复登记");
  clock().Set(FromTimestamp(mistaken->answer_by()) + absl::Hours(1));
  world_.RunDue();
  EXPECT_FALSE(Get<CustomerNeed>("CustomerNeedService/GetCustomerNeed", mistaken->name())->overdue());
  v1::UpdateCustomerNeedRequest update;
  update.mutable_customer_need()->set_name(mistaken->name());
  update.mutable_customer_need()->set_description("x");
  EXPECT_THAT(world_.Call<CustomerNeed>(kax_, "kam.account.v1.CustomerNeedService/UpdateCustomerNeed", update),
              HasReason("NEED_WITHDRAWN"));
}

// a quantity of the wrong product is taken back, counts nowhere, and does not stand in the way of the right one.
TEST_F(NeedTest, AQuantityIsTakenBack) {
  const v1::Account account = world_.AddAccount(kax_);
  v1::CreateMonthlyDemandRequest request;
  MonthlyDemand& demand = *request.mutable_monthly_demand();
  demand.set_account(account.name());
  demand.set_product("机油");
  demand.set_month(today().substr(0, 7));
  demand.set_quantity("3");
  demand.set_unit("桶");
  const std::string service = "kam.account.v1.CustomerNeedService/";
  const auto report = [&] {
    v1::ReportDemandRequest table;
    table.set_month(demand.month());
    return world_.Call<v1::ReportDemandResponse>(kax_, service + "ReportDemand", table)->rows_size();
  };
  for (int i = 0; i < 2; ++i) {
    const auto made = world_.Call<MonthlyDemand>(kax_, service + "CreateMonthlyDemand", request);
    ASSERT_THAT(made, IsOk());
    EXPECT_EQ(report(), 1);
    kam::api::ArchiveRequest archive;
    archive.set_name(made->name());
    archive.set_reason("产品写错");
    ASSERT_THAT(world_.Call<MonthlyDemand>(kax_, service + "ArchiveMonthlyDemand", archive), IsOk());
    EXPECT_EQ(report(), 0);
  }
  ASSERT_THAT(world_.Call<MonthlyDemand>(kax_, service + "CreateMonthlyDemand", request), IsOk());
  EXPECT_THAT(world_.Call<MonthlyDemand>(kax_, service + "CreateMonthlyDemand", request), HasReason("DEMAND_REPORTED"));
}

}  // namespace
}  // namespace kam::account
