// Orders within and beyond the credit of the customer, and one that is paid before the goods leave.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

Json OrderOf(const Story& story, const std::string& van, const std::string& bus, const char* vans, const Json& contract,
             const std::string& required) {
  Json lines = Json::array();
  for (const Json& line : contract["lines"]) {
    const std::string product = line.value("product", "");
    if (product == van) lines.push_back({{"product", van}, {"quantity", vans}, {"unitPrice", line["unitPrice"]}});
    if (product == bus) lines.push_back({{"product", bus}, {"quantity", "2"}, {"unitPrice", line["unitPrice"]}});
  }
  return {{"account", story.account},
          {"contract", story.contract},
          {"requiredDate", required},
          {"purchaseOrderNumber", "CG-2026-018"},
          {"lines", lines}};
}

absl::Status OnCredit(World& world, Story* story) {
  world.Chapter("订单与授信占用 Order, credit reserved (C-18, C-19, C-34, G8)");
  ASSIGN_OR_RETURN(const std::string van, world.Named(kSeller, "products", "EV-D3"));
  ASSIGN_OR_RETURN(const std::string bus, world.Named(kSeller, "products", "BUS-M7"));
  ASSIGN_OR_RETURN(const Json contract, world.Read(kSeller, absl::StrCat("/v1/", story->contract)));
  RETURN_IF_ERROR(world.Refused(kSeller, "一次下单超出额度 orders everything at once, over the limit", "/v1/orders",
                                OrderOf(*story, van, bus, "6", contract, world.Day(30)), "CREDIT_LIMIT_EXCEEDED"));
  Json cheap = OrderOf(*story, van, bus, "4", contract, world.Day(30));
  ASSIGN_OR_RETURN(cheap["lines"][0]["unitPrice"], Cny("190000.00"));
  RETURN_IF_ERROR(
      world.Refused(kSeller, "私改单价 orders at another price than agreed", "/v1/orders", cheap, "PRICE_NOT_AGREED"));
  ASSIGN_OR_RETURN(const Json order, world.Do(kSeller, "下单,占用额度 orders within the limit", "/v1/orders",
                                              OrderOf(*story, van, bus, "4", contract, world.Day(30)), "ENTERED"));
  story->order = Name(order);
  ASSIGN_OR_RETURN(const Json exposure, world.Read(kManager, absl::StrCat("/v1/", story->account, ":exposure")));
  world.Line(absl::StrCat("               limit ", TwoDigits(exposure.value("creditLimit", Json())), ", held ",
                          TwoDigits(exposure.value("held", Json())), ", left ",
                          TwoDigits(exposure.value("headroom", Json()))));
  const std::string path = PathOf(order);
  const Json review = {{"warehouse", story->warehouse}, {"checkResult", "价格、数量、额度相符"}};
  RETURN_IF_ERROR(
      world.Refused(kSeller, "自审订单 reviews his own order", path + ":review", review, "PERMISSION_DENIED"));
  RETURN_IF_ERROR(world.Refused(kAccountant, "未审即放行 releases it unreviewed", path + ":release", Json::object(),
                                "STATE_NOT_ALLOWED"));
  RETURN_IF_ERROR(
      world.Do(kOrderDesk, "审单并开出库单 reviews it, writes the issue note", path + ":review", review, "REVIEWED")
          .status());
  return world.Do(kAccountant, "放行 releases it on credit", path + ":release", Json::object(), "RELEASED").status();
}

// Money first, then the goods: an account of a colleague orders without credit terms and pays by cheque.
absl::Status PaidFirst(World& world) {
  world.Chapter("款到发货 Payment before delivery (C-21), cheque (C-30, R-15)");
  ASSIGN_OR_RETURN(const std::string account, world.Named(kColleague, "accounts", "C1003"));
  ASSIGN_OR_RETURN(const std::string clutch, world.Named(kColleague, "products", "CLU-08"));
  ASSIGN_OR_RETURN(const Json quote, world.Do(kColleague, "备件报价 quotes parts", "/v1/quotes",
                                              {{"account", account},
                                               {"currency", kCurrency},
                                               {"title", "车队备件"},
                                               {"lines", Json::array({{{"product", clutch}, {"quantity", "20"}}})}},
                                              "DRAFT"));
  const std::string path = PathOf(quote);
  ASSIGN_OR_RETURN(const Json priced,
                   PriceQuote(world, kColleague, Name(quote), "按公布价计价 prices it by the list", "APPROVED"));
  ASSIGN_OR_RETURN(const Json sent,
                   world.Do(kColleague, "发送 sends it", path + ":send", {{"etag", priced.value("etag", "")}}, "SENT"));
  RETURN_IF_ERROR(world
                      .Do(kColleague, "客户接受 the customer accepts", path + ":accept",
                          {{"etag", sent.value("etag", "")}, {"contentHash", priced.value("contentHash", "")}},
                          "ACCEPTED")
                      .status());
  ASSIGN_OR_RETURN(
      const Json order,
      world.Do(
          kColleague, "按报价下单 orders from the quote", "/v1/orders",
          {{"account", account},
           {"quote", Name(quote)},
           {"requiredDate", world.Day(10)},
           {"lines",
            Json::array({{{"product", clutch}, {"quantity", "20"}, {"unitPrice", priced["lines"][0]["netPrice"]}}})}},
          "ENTERED"));
  const std::string order_path = PathOf(order);
  RETURN_IF_ERROR(world
                      .Do(kOrderDesk, "审单 reviews it", order_path + ":review",
                          {{"warehouse", "上海一号库"}, {"checkResult", "相符"}}, "REVIEWED")
                      .status());
  RETURN_IF_ERROR(world.Refused(kAccountant, "款未到即放行 releases it before the money is there",
                                order_path + ":release", Json::object(), "PAYMENT_MISSING"));
  ASSIGN_OR_RETURN(const Json receipt, world.Do(kCashier, "收支票 records the cheque", "/v1/receipts",
                                                {{"account", account},
                                                 {"amount", order["total"]},
                                                 {"method", "PAYMENT_METHOD_CHEQUE"},
                                                 {"chequeNumber", "ZP-00310077"},
                                                 {"receivedDate", world.Day()}},
                                                "AWAITING_APPROVAL"));
  const std::string receipt_path = PathOf(receipt);
  RETURN_IF_ERROR(world.Refused(kAccountant, "未经总经理批示即入账 books it before the general manager agreed",
                                receipt_path + ":mark", Json::object(), "STATE_NOT_ALLOWED"));
  RETURN_IF_ERROR(world
                      .Do(kGeneralManager, "总经理批示支票 approves the cheque", receipt_path + ":approveCheque",
                          Json::object(), "RECORDED")
                      .status());
  RETURN_IF_ERROR(
      world.Do(kAccountant, "会计入账 books it", receipt_path + ":mark", Json::object(), "MARKED").status());
  RETURN_IF_ERROR(world
                      .Do(kAccountant, "核销到订单 allocates it to the order", receipt_path + ":allocate",
                          {{"allocations", Json::array({{{"target", Name(order)}, {"amount", order["total"]}}})}})
                      .status());
  return world.Do(kAccountant, "款到放行 releases it, paid", order_path + ":release", Json::object(), "RELEASED")
      .status();
}

}  // namespace

absl::Status PlayOrder(World& world, Story* story) {
  RETURN_IF_ERROR(OnCredit(world, story));
  return PaidFirst(world);
}

}  // namespace kam::ctl::journey
