// Price list, quote, authority, approval, contract, order, credit, delivery, invoice, receipt, ageing.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr char kSeller[] = "chen.yiming";           // 大客户专员 KAX
constexpr char kColleague[] = "zhao.siqi";          // 大客户专员 KAX
constexpr char kManager[] = "lin.lan";              // 大客户经理 KAM
constexpr char kDepartment[] = "gu.mingyuan";       // 集团客户部经理 GAM
constexpr char kPolicyMaker[] = "zheng.hong";       // 大客户管理经理 KAPM
constexpr char kSalesManager[] = "wu.xiaofeng";     // 销售经理 SM
constexpr char kDirector[] = "lu.haitao";           // 销售总监 SD
constexpr char kGeneralManager[] = "zhou.jianguo";  // 总经理 GM
constexpr char kAnalyst[] = "jin.bo";               // 销售计划兼数据分析 SPO DA
constexpr char kProduct[] = "gao.xiang";            // 产品支持主管 PSS
constexpr char kLegal[] = "dong.lv";                // 法务 LEG
constexpr char kFinance[] = "xu.min";               // 财务总监 FD
constexpr char kOrderDesk[] = "cao.li";             // 销售内勤 SAD
constexpr char kAccountant[] = "hu.jing";           // 会计 ACC
constexpr char kCashier[] = "guo.ting";             // 出纳 CSH

constexpr char kCurrency[] = "CNY";
constexpr char kTierPrice[] = "215000.00";  // Of the city van, for customers of tier A.
constexpr char kBookCode[] = "KA-CN";
constexpr char kBrokenBookCode[] = "KA-CN-OVERLAP";
constexpr char kForeignHash[] = "0000000000000000000000000000000000000000000000000000000000000000";

absl::StatusOr<Json> Cny(absl::string_view amount) { return MoneyOf(amount, kCurrency); }

std::string Path(const Json& resource) { return absl::StrCat("/v1/", Name(resource)); }

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
      world.Refused(kPolicyMaker, "校验 has it checked", Path(broken) + ":check", Json::object(), "PRICE_OVERLAP"));
  ASSIGN_OR_RETURN(
      const Json book,
      world.Do(
          kPolicyMaker, "编制价格表 drafts the price list", "/v1/priceBooks",
          {{"code", kBookCode}, {"displayName", "大客户公布价"}, {"effectiveFrom", world.Day()}, {"entries", entries}},
          "DRAFT"));
  RETURN_IF_ERROR(
      world.Do(kPolicyMaker, "校验价格表 has it checked", Path(book) + ":check", Json::object(), "CHECKED").status());
  ASSIGN_OR_RETURN(const Json drafted, world.Seen(kPolicyMaker, Path(book), {{"reason", "新年度公布价"}}));
  ASSIGN_OR_RETURN(const Json submitted,
                   world.Do(kPolicyMaker, "提交价格表 submits it", Path(book) + ":submit", drafted, "IN_APPROVAL"));
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
  ASSIGN_OR_RETURN(const Json read, world.Seen(kGeneralManager, Path(given)));
  RETURN_IF_ERROR(world.Refused(kDepartment, "确认自己的授权 confirms what he gave himself", Path(given) + ":confirm",
                                read, "SEPARATION_OF_DUTIES"));
  return world
      .Do(kGeneralManager, "总经理确认授权 a second person confirms it", Path(given) + ":confirm", read, "ACTIVE")
      .status();
}

absl::StatusOr<Json> Price(World& world, const std::string& login, const std::string& quote, const std::string& what,
                           const std::string& state) {
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
  std::string path = Path(quote);
  RETURN_IF_ERROR(world.Await(kSeller, "the tier of the account has reached contract-svc", path + ":price",
                              {{"validateOnly", true}}, [](const Json& answer) {
                                return TwoDigits(answer["quote"]["lines"][0].value("publishedPrice", Json())) ==
                                       kTierPrice;
                              }));
  RETURN_IF_ERROR(Price(world, kSeller, name, "按公布价计价 prices it by the list", "APPROVED").status());
  const auto change = [&](const char* discount) {
    return world.Change(kSeller, absl::StrCat("改为折扣 ", discount, "% changes the discount to ", discount, " %"),
                        path + "?updateMask=lines", {{"lines", lines(discount)}});
  };
  RETURN_IF_ERROR(change("2.5").status());
  RETURN_IF_ERROR(Price(world, kSeller, name, "权限内折扣 2.5 %, inside his authority", "APPROVED").status());
  RETURN_IF_ERROR(change("6").status());
  ASSIGN_OR_RETURN(const Json beyond, Price(world, kSeller, name, "超权限折扣 6 %, beyond it", "PRICED"));
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
  RETURN_IF_ERROR(Price(world, kSeller, name, "获批后降低折扣 5.5 %, less than was approved", "PRICED").status());
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
  path = Path(revision);
  RETURN_IF_ERROR(change("6.5").status());
  ASSIGN_OR_RETURN(const Json raised,
                   Price(world, kSeller, name, "折扣提高到 6.5 %, more than was approved", "PRICED"));
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
  RETURN_IF_ERROR(Price(world, kSeller, Name(dear), "计价 prices it", "PRICED").status());
  ASSIGN_OR_RETURN(const Json asked_high, world.Seen(kSeller, Path(dear), {{"reason", "试探"}}));
  return world.Refused(kSeller, "提交高价 submits it", Path(dear) + ":submit", asked_high, "AUTHORITY_NEVER");
}

absl::Status Credit(World& world, Story* story) {
  world.Chapter("授信 Credit limit (C-34)");
  ASSIGN_OR_RETURN(const Json limit, Cny("1700000.00"));
  ASSIGN_OR_RETURN(const Json credit, world.Do(kManager, "开立授信户 opens the credit account", "/v1/creditAccounts",
                                               {{"account", story->account}, {"currency", kCurrency}}));
  ASSIGN_OR_RETURN(const Json proposed,
                   world.Do(kManager, "申请额度 170 万 proposes a limit", Path(credit) + ":proposeLimit",
                            {{"limitType", "CREDIT_LIMIT_TYPE_AMOUNT"},
                             {"creditLimit", limit},
                             {"termsDays", 45},
                             {"reason", "首批订单 188 万,分两次下单"}}));
  RETURN_IF_ERROR(world.Refused(kManager, "申请人自批额度 decides on his own proposal", Path(credit) + ":decideLimit",
                                {{"approve", true}}, "PERMISSION_DENIED"));
  return world
      .Do(kFinance, "财务总监批准 the finance director approves", Path(credit) + ":decideLimit",
          {{"approve", true}, {"etag", proposed.value("etag", "")}})
      .status();
}

// An opinion is about the version that was read.
Json OpinionOn(const std::string& etag, const char* step) {
  return {{"etag", etag}, {"step", absl::StrCat("REVIEW_STEP_KIND_", step)}, {"approve", true}, {"opinion", "同意"}};
}

absl::Status Contract(World& world, Story* story) {
  world.Chapter("合同 Contract: drafted, reviewed, signed (C-10 – C-12)");
  ASSIGN_OR_RETURN(const Json quote, world.Read(kSeller, absl::StrCat("/v1/", story->quote)));
  Json lines = Json::array();
  for (const Json& line : quote["lines"]) {
    lines.push_back({{"product", line["product"]}, {"quantity", line["quantity"]}, {"unitPrice", line["netPrice"]}});
  }
  const auto clause = [](const char* kind, const char* body) {
    return Json{{"kind", absl::StrCat("CLAUSE_KIND_", kind)}, {"body", body}};
  };
  ASSIGN_OR_RETURN(const Json contract,
                   world.Do(kSeller, "起草合同 drafts the contract", "/v1/contracts",
                            {{"account", story->account},
                             {"title", "园区车辆更新首批销售合同"},
                             {"kind", "CONTRACT_KIND_SALES"},
                             {"quote", story->quote},
                             {"currency", kCurrency},
                             {"startDate", world.Day()},
                             {"endDate", world.Day(365)},
                             {"payment", "CONTRACT_PAYMENT_CREDIT"},
                             {"termsDays", 45},
                             {"parties", Json::array({{{"role", "seller"}, {"legalName", "本公司"}},
                                                      {{"role", "buyer"}, {"legalName", story->company}}})},
                             {"lines", lines},
                             {"clauses", Json::array({clause("DELIVERY", "合同签订后 30 日内在买方园区交付。"),
                                                      clause("PAYMENT", "验收开票后 45 日内付清。"),
                                                      clause("WARRANTY", "整车三年或十万公里,电池五年。"),
                                                      clause("BREACH", "逾期交付或付款按日万分之三计。")})},
                             {"openPoints", Json::array({{{"title", "是否含上牌服务"}}})}},
                            "DRAFT"));
  story->contract = Name(contract);
  const std::string path = Path(contract);
  const Json submit = {{"reviewDeadline", world.Day(7)}};
  RETURN_IF_ERROR(world.Refused(kSeller, "有未决事项即送审 submits it with an open point", path + ":submit", submit,
                                "OPEN_POINTS_LEFT"));
  RETURN_IF_ERROR(
      world
          .Change(
              kSeller, "未决事项已解决 settles the open point", path + "?updateMask=open_points",
              {{"openPoints",
                Json::array({{{"title", "是否含上牌服务"}, {"resolved", true}, {"resolution", "由买方自行办理"}}})}})
          .status());
  RETURN_IF_ERROR(world.Do(kSeller, "送审 submits it for review", path + ":submit", submit, "IN_REVIEW").status());
  RETURN_IF_ERROR(world.Refused(kManager, "越位评审 gives the opinion of the legal department", path + ":review",
                                OpinionOn("v1", "LEGAL"), "REVIEW_STEP_NOT_YOURS"));
  RETURN_IF_ERROR(ReviewAll(world, path));
  ASSIGN_OR_RETURN(const Json text, world.Read(kManager, path + ":text"));
  Json sign = {{"presentedSha256", kForeignHash},
               {"signatories", Json::array({{{"party", "seller"}, {"person", "林岚"}, {"post", "大客户经理"}},
                                            {{"party", "buyer"}, {"person", "吴经理"}, {"post", "设备科科长"}}})},
               {"signingChecks", SigningChecks()},
               {"seal", "合同专用章"},
               {"scanDocument", "scans/contract-018.pdf"}};
  RETURN_IF_ERROR(world.Refused(kManager, "签署被改过的文本 signs another text than the approved one", path + ":sign",
                                sign, "SIGNED_TEXT_DIFFERS"));
  sign["presentedSha256"] = text.value("contentSha256", "");
  RETURN_IF_ERROR(world.Do(kManager, "签订 signs the approved text", path + ":sign", sign, "SIGNED").status());
  RETURN_IF_ERROR(world.Do(kManager, "生效 puts it in force", path + ":activate", Json::object(), "ACTIVE").status());
  const std::string opportunity = absl::StrCat("/v1/", story->opportunity);
  RETURN_IF_ERROR(world
                      .Do(kSeller, "进入签约阶段 advances to SIGNING", opportunity + ":advanceStage",
                          {{"stage", "OPPORTUNITY_STAGE_SIGNING"}})
                      .status());
  return world.Do(kSeller, "赢单 closes the opportunity as won", opportunity + ":win", {{"reason", "合同已签"}}, "WON")
      .status();
}

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

absl::Status Order(World& world, Story* story) {
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
  const std::string path = Path(order);
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
absl::Status PaymentGate(World& world) {
  world.Chapter("款到发货 Payment before delivery (C-21), cheque (C-30, R-15)");
  ASSIGN_OR_RETURN(const std::string account, world.Named(kColleague, "accounts", "C1003"));
  ASSIGN_OR_RETURN(const std::string clutch, world.Named(kColleague, "products", "CLU-08"));
  ASSIGN_OR_RETURN(const Json quote, world.Do(kColleague, "备件报价 quotes parts", "/v1/quotes",
                                              {{"account", account},
                                               {"currency", kCurrency},
                                               {"title", "车队备件"},
                                               {"lines", Json::array({{{"product", clutch}, {"quantity", "20"}}})}},
                                              "DRAFT"));
  const std::string path = Path(quote);
  ASSIGN_OR_RETURN(const Json priced,
                   Price(world, kColleague, Name(quote), "按公布价计价 prices it by the list", "APPROVED"));
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
  const std::string order_path = Path(order);
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
  const std::string receipt_path = Path(receipt);
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

absl::Status Money(World& world, Story* story) {
  world.Chapter("开票、收款、账龄 Invoice, receipt, ageing, exposure (C-29, C-30, C-32)");
  ASSIGN_OR_RETURN(const Json invoice, world.Do(kAccountant, "开票 drafts the invoice", "/v1/invoices",
                                                {{"order", story->order}}, "DRAFT"));
  story->invoice = Name(invoice);
  const std::string path = Path(invoice);
  RETURN_IF_ERROR(world.Do(kAccountant, "开具发票 issues it", path + ":issue", Json::object(), "ISSUED").status());
  // G30: what was approved with the quote was good for the order and the invoice.
  for (const std::string& subject : {story->order, story->invoice}) {
    ASSIGN_OR_RETURN(const Json asked,
                     world.Find(kDepartment, "approvalRequests", absl::StrCat("subject = \"", subject, "\"")));
    RETURN_IF_ERROR(world.Check(asked.is_null(), absl::StrCat(subject, " was put to approval once more")));
  }
  RETURN_IF_ERROR(world.Refused(kAccountant, "重复开票 invoices the same delivery again", "/v1/invoices",
                                {{"order", story->order}}, "NOTHING_TO_INVOICE"));
  RETURN_IF_ERROR(world.MoveOn(40, 10));
  ASSIGN_OR_RETURN(const Json part, Cny("600000.00"));
  ASSIGN_OR_RETURN(const Json receipt, world.Do(kCashier, "到账 60 万 records a part-payment", "/v1/receipts",
                                                {{"account", story->account},
                                                 {"amount", part},
                                                 {"method", "PAYMENT_METHOD_BANK_TRANSFER"},
                                                 {"bankAccount", "6222-0000-3001"},
                                                 {"receivedDate", world.Day()}},
                                                "RECORDED"));
  const std::string receipt_path = Path(receipt);
  RETURN_IF_ERROR(world.Refused(kCashier, "出纳自行入账 the cashier books it himself", receipt_path + ":mark",
                                Json::object(), "PERMISSION_DENIED"));
  RETURN_IF_ERROR(
      world.Do(kAccountant, "会计入账 the accountant books it", receipt_path + ":mark", Json::object(), "MARKED")
          .status());
  ASSIGN_OR_RETURN(const Json too_much, Cny("700000.00"));
  const auto allocate = [&](const Json& amount) {
    return Json{{"allocations", Json::array({{{"target", story->invoice}, {"amount", amount}}})}};
  };
  RETURN_IF_ERROR(world.Refused(kAccountant, "核销超过到账 allocates more than came in", receipt_path + ":allocate",
                                allocate(too_much), "RECEIPT_EXHAUSTED"));
  RETURN_IF_ERROR(
      world.Do(kAccountant, "核销到发票 allocates it to the invoice", receipt_path + ":allocate", allocate(part))
          .status());
  ASSIGN_OR_RETURN(const Json paid, world.Read(kAccountant, path));
  RETURN_IF_ERROR(world.Check(paid.value("state", "") == "INVOICE_STATE_PARTIALLY_PAID",
                              absl::StrCat("the invoice is ", paid.value("state", ""))));
  RETURN_IF_ERROR(world.MoveOn(40, 9));
  ASSIGN_OR_RETURN(const Json ageing,
                   world.Read(kManager, absl::StrCat("/v1/receivables:ageing?account=", UrlEncode(story->account))));
  const Json rows = ageing.value("rows", Json::array());
  RETURN_IF_ERROR(world.Check(rows.size() == 1, "the account must be in the ageing list"));
  world.Line(absl::StrCat("               ageing: not due ", TwoDigits(rows[0].value("notDue", Json())), ", 1-30 days ",
                          TwoDigits(rows[0].value("bucket1", Json())), ", 31-60 days ",
                          TwoDigits(rows[0].value("bucket2", Json())), ", in all ",
                          TwoDigits(rows[0].value("total", Json()))));
  ASSIGN_OR_RETURN(const Json exposure, world.Read(kManager, absl::StrCat("/v1/", story->account, ":exposure")));
  world.Line(absl::StrCat("               exposure ", TwoDigits(exposure.value("exposure", Json())), " of ",
                          TwoDigits(exposure.value("creditLimit", Json())), ", overdue ",
                          TwoDigits(exposure.value("overdue", Json())), " for ", CountOf(exposure, "oldestOverdueDays"),
                          " days"));
  return world.Check(*AmountOf(exposure.value("overdue", Json())) > Decimal(),
                     "the rest of the invoice must be overdue");
}

}  // namespace

absl::Status ReviewAll(World& world, const std::string& path) {
  const struct {
    const char* login;
    const char* what;
    const char* step;
    const char* state;
  } opinions[] = {{kManager, "销售评审 sales reviews", "SALES", "IN_REVIEW"},
                  {kProduct, "产品评审 product support reviews", "PRODUCT", "IN_REVIEW"},
                  {kFinance, "财务评审 finance reviews", "FINANCE", "IN_REVIEW"},
                  {kLegal, "法务评审 legal reviews", "LEGAL", "APPROVED"}};
  for (const auto& opinion : opinions) {
    ASSIGN_OR_RETURN(const Json read, world.Read(opinion.login, path));
    RETURN_IF_ERROR(world
                        .Do(opinion.login, opinion.what, path + ":review",
                            OpinionOn(read.value("etag", ""), opinion.step), opinion.state)
                        .status());
  }
  return absl::OkStatus();
}

absl::Status PlayContract(World& world, Story* story) {
  RETURN_IF_ERROR(PriceList(world, story));
  RETURN_IF_ERROR(Authority(world));
  RETURN_IF_ERROR(world.MoveOn(5, 10));
  RETURN_IF_ERROR(Quote(world, story));
  RETURN_IF_ERROR(Credit(world, story));
  RETURN_IF_ERROR(Contract(world, story));
  RETURN_IF_ERROR(Order(world, story));
  RETURN_IF_ERROR(PaymentGate(world));
  RETURN_IF_ERROR(PlayDelivery(world, *story));
  RETURN_IF_ERROR(PlayProject(world, *story));
  RETURN_IF_ERROR(Money(world, story));
  return PlayFramework(world, *story);
}

}  // namespace kam::ctl::journey
