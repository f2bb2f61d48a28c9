// The store, a customer's quota, the project that brings the vehicles to him.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr int kProjectDays = 30;

// The store has nothing, then what is delivered: `lines` of a goods receipt; `delivery`: path.
absl::Status FillStore(World& world, const Story& story, const std::string& delivery, const Json& lines) {
  ASSIGN_OR_RETURN(
      const Json site,
      world.Do(kDirector, "建立库存账 opens the books of the store", "/v1/stockSites",
               {{"code", story.warehouse}, {"title", "上海一号库"}, {"kind", "STOCK_SITE_KIND_WAREHOUSE"}}));
  RETURN_IF_ERROR(world.Refused(kStore, "无货出库 hands out what is not in the store", delivery + ":ship",
                                Json::object(), "STOCK_SHORT"));
  ASSIGN_OR_RETURN(
      const Json receipt,
      world.Do(
          kStore, "到货登记 announces the vehicles", "/v1/goodsReceipts",
          {{"kind", "GOODS_RECEIPT_KIND_PURCHASE"}, {"site", Name(site)}, {"sender", "中远物流"}, {"lines", lines}},
          "DRAFT"));
  return world
      .Do(kStore, "双方验收入库 both sides check them in", PathOf(receipt) + ":check",
          {{"senderSignatory", "司机老吴"}, {"checkDocument", "scans/receipt-018.pdf"}}, "POSTED")
      .status();
}

}  // namespace

absl::Status PlayDelivery(World& world, const Story& story) {
  world.Chapter("入库与交付验收 Store, delivery and acceptance (C-22, C-24)");
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  RETURN_IF_ERROR(world.MoveOn(18, 9));
  const auto checks = [](bool done) {
    return Json::array({{{"title", "车辆外观与随车工具"}, {"done", done}}, {{"title", "操作培训"}, {"done", done}}});
  };
  ASSIGN_OR_RETURN(const Json delivery, world.Do(kSeller, "安排交付 plans the hand-over", "/v1/deliveries",
                                                 {{"order", story.order},
                                                  {"plannedDate", world.Day(1)},
                                                  {"place", "无锡新吴区锡兴路 28 号"},
                                                  {"deliverer", seller},
                                                  {"lines", Json::array({{{"lineNumber", 1}, {"quantity", "4"}},
                                                                         {{"lineNumber", 2}, {"quantity", "2"}}})},
                                                  {"checklist", checks(false)}},
                                                 "PLANNED"));
  const std::string path = PathOf(delivery);
  const Json sign = {{"signatory", "吴经理"}, {"signatureDocument", "scans/delivery-018.pdf"}};
  RETURN_IF_ERROR(
      world.Refused(kSeller, "未发货即验收 accepts it unshipped", path + ":accept", sign, "STATE_NOT_ALLOWED"));
  ASSIGN_OR_RETURN(const std::string van, world.Named(kSeller, "products", "EV-D3"));
  ASSIGN_OR_RETURN(const std::string bus, world.Named(kSeller, "products", "BUS-M7"));
  RETURN_IF_ERROR(FillStore(
      world, story, path,
      Json::array({{{"product", van}, {"expectedQuantity", "4"}}, {{"product", bus}, {"expectedQuantity", "2"}}})));
  RETURN_IF_ERROR(world.Do(kStore, "出库发运 the store hands out", path + ":ship", Json::object(), "SHIPPED").status());
  RETURN_IF_ERROR(world.MoveOn(1, 15));
  RETURN_IF_ERROR(world.Refused(kSeller, "检查表未完成即签收 signs with open checks", path + ":accept", sign,
                                "CHECKLIST_INCOMPLETE"));
  Json accept = sign;
  accept["checklist"] = checks(true);
  return world.Do(kSeller, "客户验收签字 the customer signs", path + ":accept", accept, "ACCEPTED").status();
}

absl::Status PlayQuota(World& world, const Story& story, const std::string& product, const Json& order) {
  ASSIGN_OR_RETURN(const Json quota,
                   world.Do(kDirector, "下达客户配额 60 gives the customer a quota of 60", "/v1/quotas",
                            {{"product", product},
                             {"account", story.account},
                             {"fromDate", world.Day()},
                             {"toDate", world.Day(364)},
                             {"quantity", "60"}}));
  RETURN_IF_ERROR(world.Refused(kSeller, "超配额下单 orders beyond the quota", "/v1/orders", order, "QUOTA_EXCEEDED"));
  return world.Change(kDirector, "上调配额 raises it", PathOf(quota) + "?updateMask=quantity", {{"quantity", "400"}})
      .status();
}

absl::Status PlayProject(World& world, const Story& story) {
  world.Chapter("交付项目 Delivery project (C-26)");
  ASSIGN_OR_RETURN(const std::string manager, world.Employee(kManager));
  const auto milestone = [&](const char* title, int day, int weight) {
    return Json{{"title", title}, {"dueDate", world.Day(day)}, {"weight", weight}};
  };
  ASSIGN_OR_RETURN(
      const Json project,
      world.Do(kManager, "立项 sets up the project", "/v1/deliveryProjects",
               {{"account", story.account},
                {"contract", story.contract},
                {"title", "车队上线"},
                {"manager", manager},
                {"customerGoal", "六辆车月底前投入运营"},
                {"ownGoal", "建立二期样板"},
                {"startDate", world.Day()},
                {"dueDate", world.Day(kProjectDays)},
                {"milestones", Json::array({milestone("车辆投运", 10, 60), milestone("司机培训", kProjectDays, 40)})}},
               "PLANNED"));
  const std::string path = PathOf(project);
  RETURN_IF_ERROR(world.Do(kManager, "启动 starts it", path + ":start", Json::object(), "RUNNING").status());
  ASSIGN_OR_RETURN(const Json change, world.Do(kManager, "提出延期变更 asks for a week more", "/v1/projectChanges",
                                               {{"project", Name(project)},
                                                {"description", "培训顺延一周"},
                                                {"cause", "司机排班"},
                                                {"requestedByCustomer", true},
                                                {"shiftDays", 7}},
                                               "PROPOSED"));
  const Json approve = {{"approve", true}};
  RETURN_IF_ERROR(world.Refused(kManager, "自批变更 approves his own change", PathOf(change) + ":decide", approve,
                                "SEPARATION_OF_DUTIES"));
  RETURN_IF_ERROR(
      world.Do(kDepartment, "批准变更 approves it", PathOf(change) + ":decide", approve, "APPROVED").status());
  ASSIGN_OR_RETURN(const Json reached, world.Do(kManager, "达成里程碑 reaches a milestone", path + ":reachMilestone",
                                                {{"milestone", 1}, {"document", "scans/handover-018.pdf"}}));
  world.Line(absl::StrCat("               ", reached.value("progressPercent", 0), " % done, due ",
                          reached.value("dueDate", "")));
  return world.Refused(kManager, "未完即结项 closes it half done", path + ":complete", Json::object(),
                       "PROJECT_INCOMPLETE");
}

}  // namespace kam::ctl::journey
