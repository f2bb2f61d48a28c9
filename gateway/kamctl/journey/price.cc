// The price list and the tier of the customer, who may give how much, a quote before those who may allow it.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr char kTierPrice[] = "215000.00";  // Of the city van, for customers of tier A.
constexpr char kBookCode[] = "KA-CN";
constexpr char kBrokenBookCode[] = "KA-CN-OVERLAP";
// Of a content that nobody was shown.
constexpr char kForeignHash[] = "0000000000000000000000000000000000000000000000000000000000000000";

// Tier A: worked out by the analyst, proposed by the account manager, confirmed by the head of the department.
absl::Status GiveTier(World& world, const Story& story) {
  const Json confirmation = {{"tier", "TIER_A"}, {"reason", "年内潜力 16 台"}};
  const std::string confirm = absl::StrCat("/v1/", story.account, ":confirmTier");
  RETURN_IF_ERROR(world.Refused(kDepartment, "未经评估定级 gives a tier that nobody worked out or proposed", confirm,
                                confirmation, "TIER_NOT_PROPOSED"));
  ASSIGN_OR_RETURN(const Json model, world.Find(kDepartment, "tierModels", "state = RELEASED"));
  if (model.is_null()) {
    ASSIGN_OR_RETURN(
        const Json draft,
        world.Do(
            kAnalyst, "编制评级模型 drafts the model", "/v1/tierModels",
            {{"displayName", "客户评级模型"},
             {"fromDate", world.Day()},
             {"currency", kCurrency},
             {"weights", Json::array({{{"criterion", "TIER_CRITERION_POTENTIAL"}, {"weight", "100"}}})},
             {"bands", Json::array({{{"criterion", "TIER_CRITERION_POTENTIAL"}, {"atLeast", "0"}, {"points", "20"}},
                                    {{"criterion", "TIER_CRITERION_POTENTIAL"}, {"atLeast", "60"}, {"points", "70"}}})},
             {"strategicFrom", "90"},
             {"aFrom", "60"},
             {"bFrom", "30"}},
            "DRAFT"));
    RETURN_IF_ERROR(world
                        .Do(kDepartment, "发布评级模型 releases it", absl::StrCat("/v1/", Name(draft), ":release"),
                            Json::object(), "RELEASED")
                        .status());
  }
  ASSIGN_OR_RETURN(const Json evaluation,
                   world.Do(kAnalyst, "按合同数据测算客户价值 works value and potential out from the trade",
                            "/v1/accountEvaluations:compute",
                            {{"account", story.account}, {"asOf", world.Day()}, {"potentialScore", "80"}}, "COMPUTED"));
  RETURN_IF_ERROR(world.Check(evaluation.value("figuresOrigin", "") == "FIGURES_ORIGIN_CONTRACTS",
                              "the figures of a tier must come from contract-svc"));
  RETURN_IF_ERROR(world
                      .Do(kManager, "提议客户等级 proposes the tier",
                          absl::StrCat("/v1/", Name(evaluation), ":propose"), {{"tier", "TIER_A"}}, "PROPOSED")
                      .status());
  return world.Do(kDepartment, "确认客户等级 confirms tier A", confirm, confirmation).status();
}

// The published prices of the year; a price book released before stays.
absl::Status PriceList(World& world, Story* story) {
  world.Chapter("价格表与客户等级 Price list and tier (C-01, C-02, A-10)");
  RETURN_IF_ERROR(GiveTier(world, *story));
  ASSIGN_OR_RETURN(const Json released, world.Find(kDepartment, "priceBooks",
                                                   absl::StrCat("code = \"", kBookCode, "\" AND state = RELEASED")));
  if (!released.is_null()) {
    world.Line(absl::StrCat("               price list ", kBookCode, " is in force"));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Json products, world.All(kPolicyMaker, "/v1/products", "products"));
  Json entries = Json::array();
  for (const Json& product : products) {
    if (CurrencyOf(product.value("listPrice", Json())) != kCurrency) continue;
    entries.push_back(
        {{"product", Name(product)}, {"validFrom", world.Day()}, {"unitPrice", product.value("listPrice", Json())}});
  }
  // Customers of tier A get the city van for less.
  ASSIGN_OR_RETURN(const std::string van, world.Named(kPolicyMaker, "products", "EV-D3"));
  ASSIGN_OR_RETURN(const Json van_price, Cny(kTierPrice));
  entries.push_back(
      {{"product", van}, {"tier", "CUSTOMER_TIER_A"}, {"validFrom", world.Day()}, {"unitPrice", van_price}});
  // Two prices for one key on the same days are found before anybody sells at them.
  Json doubled = entries;
  doubled.push_back(doubled.back());
  ASSIGN_OR_RETURN(const Json broken,
                   world.Do(kPolicyMaker, "编制有重叠的价格表 drafts one with two prices for one key", "/v1/priceBooks",
                            {{"code", kBrokenBookCode},
                             {"displayName", "重叠示例"},
                             {"effectiveFrom", world.Day()},
                             {"entries", doubled}},
                            "DRAFT"));
  RETURN_IF_ERROR(
      world.Refused(kPolicyMaker, "校验 has it checked", PathOf(broken) + ":check", Json::object(), "PRICE_OVERLAP"));
  ASSIGN_OR_RETURN(
      const Json book,
      world.Do(
          kPolicyMaker, "编制价格表 drafts the price list", "/v1/priceBooks",
          {{"code", kBookCode}, {"displayName", "大客户公布价"}, {"effectiveFrom", world.Day()}, {"entries", entries}},
          "DRAFT"));
  RETURN_IF_ERROR(
      world.Do(kPolicyMaker, "校验价格表 has it checked", PathOf(book) + ":check", Json::object(), "CHECKED").status());
  ASSIGN_OR_RETURN(const Json drafted, world.Seen(kPolicyMaker, PathOf(book), {{"reason", "新年度公布价"}}));
  ASSIGN_OR_RETURN(const Json submitted,
                   world.Do(kPolicyMaker, "提交价格表 submits it", PathOf(book) + ":submit", drafted, "IN_APPROVAL"));
  const std::string approval = absl::StrCat("/v1/", submitted.value("approval", ""));
  ASSIGN_OR_RETURN(const Json decision, world.Seen(kDirector, approval, {{"opinion", "同意发布"}}));
  return world.Do(kDirector, "批准并发布 approves its release", approval + ":approve", decision, "APPROVED").status();
}

// A consultant sells at the published price; the department gives this one three percent of his own, and no more.
absl::Status Authority(World& world) {
  world.Chapter("价格权限 Authority grid (C-03, R-06)");
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const std::string department, world.Employee(kDepartment));
  Json grant = {{"employee", seller},
                {"level", 1},
                {"discountBase", "DISCOUNT_BASE_PUBLISHED_PRICE"},
                {"maxDiscountPercent", "3"},
                {"minMarginPercent", "0"},
                {"validFrom", world.Day()},
                {"reason", "大客户首批让利空间"}};
  RETURN_IF_ERROR(world.Refused(kSeller, "自己给自己授权 gives himself authority", "/v1/authorityGrants", grant,
                                "PERMISSION_DENIED"));
  Json own = grant;
  own["employee"] = department;
  RETURN_IF_ERROR(world.Refused(kDepartment, "部门经理给自己授权 the head gives himself authority",
                                "/v1/authorityGrants", own, "SELF_GRANT"));
  Json wide = grant;
  wide["maxDiscountPercent"] = "30";
  RETURN_IF_ERROR(world.Refused(kDepartment, "授出超过自身的权限 gives more than he holds", "/v1/authorityGrants", wide,
                                "GRANT_EXCEEDS_OWN"));
  const std::string of_seller = absl::StrCat("employee = \"", seller, "\" AND state = ");
  RETURN_IF_ERROR(world.Ensure(kDepartment, "授予专员 3% 折扣权 gives the consultant 3 %", "authorityGrants",
                               absl::StrCat(of_seller, "ACTIVE"), grant));
  ASSIGN_OR_RETURN(const Json given, world.Find(kDepartment, "authorityGrants", absl::StrCat(of_seller, "PROPOSED")));
  if (given.is_null()) return absl::OkStatus();  // Confirmed by an earlier run.
  ASSIGN_OR_RETURN(const Json read, world.Seen(kGeneralManager, PathOf(given)));
  RETURN_IF_ERROR(world.Refused(kDepartment, "确认自己的授权 confirms what he gave himself", PathOf(given) + ":confirm",
                                read, "SEPARATION_OF_DUTIES"));
  return world
      .Do(kGeneralManager, "总经理确认授权 a second person confirms it", PathOf(given) + ":confirm", read, "ACTIVE")
      .status();
}

absl::Status Quote(World& world, Story* story) {
  world.Chapter("报价、授权与审批 Quote, authority, approval (C-01 – C-05, G-05, G5, G30)");
  ASSIGN_OR_RETURN(const std::string van, world.Named(kSeller, "products", "EV-D3"));
  ASSIGN_OR_RETURN(const std::string bus, world.Named(kSeller, "products", "BUS-M7"));
  const auto lines = [&](const char* discount) {
    Json list = Json::array({{{"product", van}, {"quantity", "6"}}, {{"product", bus}, {"quantity", "2"}}});
    for (Json& line : list) {
      if (*discount != '\0') line["discountPercent"] = discount;
    }
    return list;
  };
  ASSIGN_OR_RETURN(const Json quote, world.Do(kSeller, "起草报价 drafts a quote", "/v1/quotes",
                                              {{"account", story->account},
                                               {"opportunity", story->opportunity},
                                               {"title", "园区车辆更新首批"},
                                               {"currency", kCurrency},
                                               {"lines", lines("")},
                                               {"deliveryTerms", "合同签订后 30 日内交付"},
                                               {"paymentTerms", "月结 45 天"}},
                                              "DRAFT"));
  std::string name = Name(quote);
  std::string path = PathOf(quote);
  RETURN_IF_ERROR(world.Await(kSeller, "the tier of the account has reached contract-svc", path + ":price",
                              {{"validateOnly", true}}, [](const Json& answer) {
                                return TwoDigits(answer["quote"]["lines"][0].value("publishedPrice", Json())) ==
                                       kTierPrice;
                              }));
  RETURN_IF_ERROR(PriceQuote(world, kSeller, name, "按公布价计价 prices it by the list", "APPROVED").status());
  const auto change = [&](const char* discount) {
    return world.Change(kSeller, absl::StrCat("改为折扣 ", discount, "% changes the discount to ", discount, " %"),
                        path + "?updateMask=lines", {{"lines", lines(discount)}});
  };
  RETURN_IF_ERROR(change("2.5").status());
  RETURN_IF_ERROR(PriceQuote(world, kSeller, name, "权限内折扣 2.5 %, inside his authority", "APPROVED").status());
  RETURN_IF_ERROR(change("6").status());
  ASSIGN_OR_RETURN(const Json beyond, PriceQuote(world, kSeller, name, "超权限折扣 6 %, beyond it", "PRICED"));
  ASSIGN_OR_RETURN(const Json asked, world.Seen(kSeller, path, {{"reason", "首批示范订单,对手报价低 5%"}}));
  RETURN_IF_ERROR(world.Refused(kSeller, "未获批即发送 sends it without approval", path + ":send",
                                {{"etag", asked.value("etag", "")}}, "STATE_NOT_ALLOWED"));
  ASSIGN_OR_RETURN(const Json submitted,
                   world.Do(kSeller, "提交审批 asks for approval", path + ":submit", asked, "IN_APPROVAL"));
  const std::string approval = absl::StrCat("/v1/", submitted.value("approval", ""));
  ASSIGN_OR_RETURN(
      const Json decision,
      world.Seen(kManager, approval, {{"contentHash", beyond.value("contentHash", "")}, {"opinion", "同意,限首批"}}));
  RETURN_IF_ERROR(world.Refused(kSalesManager, "非审批人批准 somebody else approves", approval + ":approve", decision,
                                "NOT_THE_DECIDER"));
  RETURN_IF_ERROR(world
                      .Do(kManager, "权限表指定的人批准 the one named by the grid approves", approval + ":approve",
                          decision, "APPROVED")
                      .status());
  // G30: what became better for the company needs no second question.
  RETURN_IF_ERROR(change("5.5").status());
  RETURN_IF_ERROR(PriceQuote(world, kSeller, name, "获批后降低折扣 5.5 %, less than was approved", "PRICED").status());
  const auto submit = [&](const char* what, const char* state) -> absl::StatusOr<Json> {
    ASSIGN_OR_RETURN(const Json again, world.Seen(kSeller, path, {{"reason", "客户要求调整折扣"}}));
    return world.Do(kSeller, what, path + ":submit", again, state);
  };
  ASSIGN_OR_RETURN(const Json lowered, submit("提交,原审批有效 submits it, the approval still holds", "APPROVED"));
  RETURN_IF_ERROR(world.Check(lowered.value("approvalBasis", "") == "APPROVAL_BASIS_EARLIER_APPROVAL",
                              absl::StrCat("a smaller discount rests on ", lowered.value("approvalBasis", ""))));
  ASSIGN_OR_RETURN(const Json first_sent, world.Do(kSeller, "发送客户 sends it to the customer", path + ":send",
                                                   {{"etag", lowered.value("etag", "")}}, "SENT"));
  // The customer wants more: what became worse is asked again, of the one who decides on it.
  ASSIGN_OR_RETURN(const Json revision, world.Do(kSeller, "客户还价,修订报价 revises it", path + ":revise",
                                                 {{"etag", first_sent.value("etag", "")}}, "DRAFT"));
  name = Name(revision);
  path = PathOf(revision);
  RETURN_IF_ERROR(change("6.5").status());
  ASSIGN_OR_RETURN(const Json raised,
                   PriceQuote(world, kSeller, name, "折扣提高到 6.5 %, more than was approved", "PRICED"));
  ASSIGN_OR_RETURN(const Json asked_again, submit("提交,重新审批 submits it, and it is asked again", "IN_APPROVAL"));
  RETURN_IF_ERROR(world.Refused(kSeller, "凭原审批发送 sends it on the first approval", path + ":send",
                                {{"etag", asked_again.value("etag", "")}}, "STATE_NOT_ALLOWED"));
  const std::string second = absl::StrCat("/v1/", asked_again.value("approval", ""));
  ASSIGN_OR_RETURN(
      const Json rest,
      world.Seen(kManager, second, {{"contentHash", raised.value("contentHash", "")}, {"opinion", "同意,不再让步"}}));
  RETURN_IF_ERROR(
      world.Do(kManager, "同一审批人批准 the same one approves the rest", second + ":approve", rest, "APPROVED")
          .status());
  ASSIGN_OR_RETURN(const Json approved, world.Read(kSeller, path));
  RETURN_IF_ERROR(world.Check(approved.value("state", "") == "QUOTE_STATE_APPROVED",
                              absl::StrCat("the approved quote is ", approved.value("state", ""))));
  ASSIGN_OR_RETURN(const Json sent, world.Do(kSeller, "发送客户 sends it to the customer", path + ":send",
                                             {{"etag", approved.value("etag", "")}}, "SENT"));
  RETURN_IF_ERROR(world.MoveOn(3, 10));
  RETURN_IF_ERROR(world.Refused(kSeller, "客户接受的内容不符 accepts other content", path + ":accept",
                                {{"etag", sent.value("etag", "")}, {"contentHash", kForeignHash}}, "CONTENT_CHANGED"));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "客户接受 the customer accepts", path + ":accept",
                          {{"etag", sent.value("etag", "")},
                           {"contentHash", approved.value("contentHash", "")},
                           {"customerReference", "采购[2026]018 号"}},
                          "ACCEPTED")
                      .status());
  story->quote = name;

  // No over-quotation (C-02).
  ASSIGN_OR_RETURN(const Json high, Cny("260000.00"));
  ASSIGN_OR_RETURN(
      const Json dear,
      world.Do(kSeller, "另一报价高于公布价 quotes above the published price", "/v1/quotes",
               {{"account", story->account},
                {"currency", kCurrency},
                {"lines", Json::array({{{"product", van}, {"quantity", "1"}, {"manualUnitPrice", high}}})}},
               "DRAFT"));
  RETURN_IF_ERROR(PriceQuote(world, kSeller, Name(dear), "计价 prices it", "PRICED").status());
  ASSIGN_OR_RETURN(const Json asked_high, world.Seen(kSeller, PathOf(dear), {{"reason", "试探"}}));
  return world.Refused(kSeller, "提交高价 submits it", PathOf(dear) + ":submit", asked_high, "AUTHORITY_NEVER");
}

}  // namespace

absl::StatusOr<Json> PriceQuote(World& world, const std::string& login, const std::string& quote,
                                const std::string& what, const std::string& state) {
  ASSIGN_OR_RETURN(const Json answer, world.Do(login, what, absl::StrCat("/v1/", quote, ":price"), Json::object()));
  const Json& priced = answer["quote"];
  RETURN_IF_ERROR(world.Check(priced.value("state", "") == absl::StrCat("QUOTE_STATE_", state),
                              absl::StrCat(what, ": the quote is ", priced.value("state", ""), " instead of ", state)));
  world.Line(
      absl::StrCat("               total ", TwoDigits(priced.value("totalGross", Json())), " ", kCurrency, ", ",
                   priced.value("verdict", "").substr(sizeof("AUTHORITY_VERDICT_") - 1),
                   priced.contains("deciders") ? absl::StrCat(", decided by ", priced.value("deciders", "")) : ""));
  return priced;
}

absl::Status PlayPrice(World& world, Story* story) {
  RETURN_IF_ERROR(PriceList(world, story));
  RETURN_IF_ERROR(Authority(world));
  RETURN_IF_ERROR(world.MoveOn(5, 10));
  return Quote(world, story);
}

}  // namespace kam::ctl::journey
