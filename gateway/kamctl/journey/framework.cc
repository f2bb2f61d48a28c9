// The annual agreement: a framework contract with rebate, an amendment, its ledger, its renewal.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr int kYearDays = 364;

// What was put before the signatories, with the signatures.
Json Signed(const std::string& sha256) {
  return {{"presentedSha256", sha256},
          {"signatories", Json::array({{{"party", "seller"}, {"person", "郑虹"}, {"post", "大客户管理经理"}},
                                       {{"party", "buyer"}, {"person", "吴经理"}, {"post", "设备科科长"}}})},
          {"seal", "合同专用章"},
          {"scanDocument", "scans/framework.pdf"},
          {"signingChecks", SigningChecks()}};
}

absl::StatusOr<std::string> TextHash(World& world, const std::string& path) {
  ASSIGN_OR_RETURN(const Json text, world.Read(kManager, path + ":text"));
  return text.value("contentSha256", "");
}

absl::StatusOr<Json> Draft(World& world, const Story& story, const std::string& product) {
  ASSIGN_OR_RETURN(const Json quote, world.Do(kSeller, "年度备件报价 quotes parts for a year", "/v1/quotes",
                                              {{"account", story.account},
                                               {"currency", kCurrency},
                                               {"title", "年度备件"},
                                               {"lines", Json::array({{{"product", product}, {"quantity", "200"}}})}},
                                              "DRAFT"));
  ASSIGN_OR_RETURN(const Json answer,
                   world.Do(kSeller, "按公布价计价 prices it by the list", PathOf(quote) + ":price", Json::object()));
  const Json& line = answer["quote"]["lines"][0];
  const auto clause = [](const char* kind, const char* body) {
    return Json{{"kind", absl::StrCat("CLAUSE_KIND_", kind)}, {"body", body}};
  };
  return world.Do(
      kSeller, "起草年度协议,含返利 drafts the annual agreement with a rebate", "/v1/contracts",
      {{"account", story.account},
       {"title", "年度备件框架协议"},
       {"kind", "CONTRACT_KIND_ANNUAL"},
       {"quote", Name(quote)},
       {"currency", kCurrency},
       {"startDate", world.Day()},
       {"endDate", world.Day(kYearDays)},
       {"payment", "CONTRACT_PAYMENT_PREPAYMENT"},
       {"renewalLeadDays", 90},
       {"rebateTiers",
        Json::array({{{"fromVolume", "5000"}, {"percent", "2"}}, {{"fromVolume", "10000"}, {"percent", "4"}}})},
       {"parties", Json::array({{{"role", "seller"}, {"legalName", "本公司"}},
                                {{"role", "buyer"}, {"legalName", story.company}}})},
       {"lines",
        Json::array(
            {{{"product", product}, {"quantity", "100"}, {"unitPrice", line["netPrice"]}, {"tolerancePercent", "5"}}})},
       {"clauses", Json::array({clause("DELIVERY", "下单后 5 日内交付。"), clause("PAYMENT", "款到发货。"),
                                clause("WARRANTY", "备件一年。"), clause("BREACH", "按日万分之三计。")})}},
      "DRAFT");
}

absl::Status Sign(World& world, const std::string& path) {
  const Json submit = {{"reviewDeadline", world.Day(7)}};
  RETURN_IF_ERROR(world.Do(kSeller, "送审 submits it for review", path + ":submit", submit, "IN_REVIEW").status());
  RETURN_IF_ERROR(ReviewAll(world, path));
  ASSIGN_OR_RETURN(const std::string sha256, TextHash(world, path));
  Json sign = Signed(sha256);
  sign["signingChecks"].push_back({{"title", "返利档次"}, {"correct", true}});
  RETURN_IF_ERROR(world.Refused(kManager, "年度协议由他人签署 somebody else signs the annual agreement", path + ":sign",
                                sign, "ANNUAL_SIGNER_REQUIRED"));
  RETURN_IF_ERROR(world.Do(kPolicyMaker, "签订 signs it", path + ":sign", sign, "SIGNED").status());
  return world.Do(kPolicyMaker, "生效 puts it in force", path + ":activate", Json::object(), "ACTIVE").status();
}

absl::Status Ledger(World& world, const std::string& path) {
  ASSIGN_OR_RETURN(const Json ledger, world.Read(kSeller, path + ":commitment"));
  const Json& line = ledger["commitments"][0];
  world.Line(absl::StrCat("               committed ", line.value("committed", ""), ", reserved ",
                          line.value("reserved", ""), ", remaining ", line.value("remaining", ""), " (tolerance ",
                          line.value("tolerancePercent", ""), " %)"));
  return absl::OkStatus();
}

Json OrderOf(const Story& story, const std::string& contract, const std::string& product, const char* quantity) {
  return {{"account", story.account},
          {"contract", contract},
          {"purchaseOrderNumber", "CG-2026-031"},
          {"lines", Json::array({{{"product", product}, {"quantity", quantity}}})}};
}

// More pieces at the agreed rate (G22).
absl::Status Amend(World& world, const Story& story, const std::string& contract, const std::string& product) {
  ASSIGN_OR_RETURN(
      const Json amendment,
      world.Do(kSeller, "起草变更:增量,单价不变 drafts a change: more at the agreed price", "/v1/amendments",
               {{"contract", contract},
                {"title", "年度备件增量"},
                {"changeReason", "二期车辆投入使用"},
                {"effectiveDate", world.Day(1)},
                {"actions",
                 Json::array(
                     {{{"kind", "AMENDMENT_ACTION_KIND_CHANGE_QUANTITY"}, {"lineNumber", 1}, {"quantity", "180"}}})}},
               "DRAFT"));
  const std::string path = PathOf(amendment);
  ASSIGN_OR_RETURN(const Json submitted, world.Do(kSeller, "送审 submits it", path + ":submit",
                                                  {{"reviewDeadline", world.Day(7)}}, "IN_REVIEW"));
  world.Line(absl::StrCat("               the value changes by ", TwoDigits(submitted.value("deltaValue", Json())), " ",
                          kCurrency));
  ASSIGN_OR_RETURN(const std::string sha256, TextHash(world, path));
  RETURN_IF_ERROR(world.Refused(kPolicyMaker, "未批先执行 applies it before it is approved", path + ":apply",
                                Signed(sha256), "STATE_NOT_ALLOWED"));
  RETURN_IF_ERROR(ReviewAll(world, path));
  RETURN_IF_ERROR(
      world.Do(kPolicyMaker, "签字并执行 signs and applies it", path + ":apply", Signed(sha256), "APPLIED").status());
  RETURN_IF_ERROR(world.Refused(kSeller, "生效前按新量下单 orders the new quantity a day early", "/v1/orders",
                                OrderOf(story, contract, product, "60"), "QUANTITY_NOT_AGREED"));
  RETURN_IF_ERROR(world.MoveOn(1, 10));
  return world.Do(kSeller, "生效后下单 orders it", "/v1/orders", OrderOf(story, contract, product, "60"), "ENTERED")
      .status();
}

absl::Status Renew(World& world, const std::string& path) {
  RETURN_IF_ERROR(world.Refused(kManager, "无业务量即结返利 settles a rebate on no volume", "/v1/rebateSettlements",
                                {{"contract", path.substr(sizeof("/v1/") - 1)},
                                 {"kind", "REBATE_SETTLEMENT_KIND_PARTIAL"},
                                 {"untilDate", world.Day()}},
                                "NOTHING_TO_SETTLE"));
  ASSIGN_OR_RETURN(const Json next, world.Do(kManager, "续签,生成新草稿 renews it: a draft of the next year",
                                             path + ":renew", Json::object(), "DRAFT"));
  world.Line(absl::StrCat("               ", next.value("number", ""), " from ", next.value("startDate", ""), " to ",
                          next.value("endDate", "")));
  return world.Refused(kManager, "重复续签 renews it again", path + ":renew", Json::object(), "RENEWAL_DECIDED");
}

}  // namespace

Json SigningChecks() {
  Json checks = Json::array();
  for (const auto& [kind, title] : {std::pair<const char*, const char*>{"PARTIES", "主体与签字权"},
                                    {"LINES", "型号与数量"},
                                    {"PRICES", "单价与金额"},
                                    {"DELIVERY", "交付条件"},
                                    {"PAYMENT", "付款条件"}}) {
    checks.push_back({{"title", title}, {"kind", absl::StrCat("SIGNING_CHECK_KIND_", kind)}, {"correct", true}});
  }
  return checks;
}

absl::Status PlayFramework(World& world, const Story& story) {
  world.Chapter("年度协议、配额、变更、续签 Annual agreement, quota, amendment, renewal (C-09, C-14, C-16, C-20, G22)");
  ASSIGN_OR_RETURN(const std::string product, world.Named(kSeller, "products", "CLU-08"));
  ASSIGN_OR_RETURN(const Json contract, Draft(world, story, product));
  const std::string path = PathOf(contract);
  RETURN_IF_ERROR(Sign(world, path));
  RETURN_IF_ERROR(world.Refused(kSeller, "超出承诺量 orders beyond the tolerance", "/v1/orders",
                                OrderOf(story, Name(contract), product, "106"), "QUANTITY_NOT_AGREED"));
  RETURN_IF_ERROR(PlayQuota(world, story, product, OrderOf(story, Name(contract), product, "80")));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "按协议下单 orders from it", "/v1/orders",
                          OrderOf(story, Name(contract), product, "80"), "ENTERED")
                      .status());
  RETURN_IF_ERROR(Ledger(world, path));
  RETURN_IF_ERROR(Amend(world, story, Name(contract), product));
  RETURN_IF_ERROR(Ledger(world, path));
  return Renew(world, path);
}

}  // namespace kam::ctl::journey
