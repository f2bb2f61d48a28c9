// Lead, account file, verification, ownership, visit, opportunity.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

absl::Status Lead(World& world, Story* story) {
  world.Chapter("线索 Lead (A-19, A-20)");
  ASSIGN_OR_RETURN(const Json lead, world.Do(kSeller, "登记线索 registers a lead", "/v1/leads",
                                             {{"displayName", "吴经理"},
                                              {"companyName", story->company},
                                              {"phone", "0510-82220188"},
                                              {"channel", "CHANNEL_EXHIBITION"},
                                              {"need", "园区通勤与配送车辆更新,首批 6 台,年内再购 10 台"},
                                              {"region", "华东"}},
                                             "NEW"));
  const std::string path = "/v1/" + Name(lead);
  RETURN_IF_ERROR(world.Refused(kSeller, "线索转为合格 qualifies it without intention level", path + ":qualify",
                                Json::object(), "LEAD_INCOMPLETE"));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "填写跟进卡 writes the follow-up card", path + ":addFollowUp",
                          {{"channel", "CHANNEL_PHONE"},
                           {"result", "客户本季度立项,约访设备科"},
                           {"intentionLevel", "INTENTION_LEVEL_A"},
                           {"nextDate", world.Day(3)}})
                      .status());
  RETURN_IF_ERROR(
      world.Do(kSeller, "线索合格 qualifies the lead", path + ":qualify", Json::object(), "QUALIFIED").status());

  world.Chapter("建档与核实 Account file, verified by another person (A-01, A-03)");
  Json account = {{"legalName", story->company},
                  {"registrationNumber", "91320211MA1X0000X0"},
                  {"segment", "SEGMENT_ENTERPRISE"},
                  {"industry", "智能装备"},
                  {"region", "华东"},
                  {"currency", "CNY"},
                  {"productsUsed", "通勤客车、城市物流车、维保服务"},
                  {"address",
                   {{"country", "CN"},
                    {"province", "江苏"},
                    {"city", "无锡"},
                    {"district", "新吴区"},
                    {"street", "锡兴路 28 号"},
                    {"postalCode", "214028"}}}};
  RETURN_IF_ERROR(world.Refused(kSeller, "以错误校验位建档 opens the file with a wrong check digit", path + ":convert",
                                {{"account", account}}, "REGISTRATION_NUMBER_INVALID"));
  account["registrationNumber"] = story->registration_number;
  ASSIGN_OR_RETURN(const Json converted, world.Do(kSeller, "线索转客户档案 converts the lead into an account file",
                                                  path + ":convert", {{"account", account}}));
  story->account = Name(converted["account"]);
  const std::string file = "/v1/" + story->account;
  RETURN_IF_ERROR(world.Refused(kSeller, "提交不完整的档案 hands in an incomplete file", file + ":submit",
                                Json::object(), "ACCOUNT_INCOMPLETE"));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "登记联系人 adds the key person", "/v1/contacts",
                          {{"account", story->account},
                           {"displayName", "吴经理"},
                           {"title", "设备科科长"},
                           {"mobile", "13900003001"},
                           {"decisionRole", "DECISION_ROLE_DECIDER"},
                           {"keyPerson", true}})
                      .status());
  RETURN_IF_ERROR(
      world.Do(kSeller, "提交核实 hands the file in", file + ":submit", Json::object(), "SUBMITTED").status());
  ASSIGN_OR_RETURN(const Json own, world.Seen(kSeller, file, {{"evidence", "营业执照"}}));
  RETURN_IF_ERROR(world.Refused(kSeller, "自己核实 verifies his own file", file + ":verify", own, "PERMISSION_DENIED"));
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kManager, file, {{"evidence", "营业执照原件、现场走访照片"}}));
  return world.Do(kManager, "核实入档 verifies the source", file + ":verify", seen, "VERIFIED").status();
}

absl::Status Visits(World& world, Story* story) {
  world.Chapter("走访计划与拜访 Visit planned, made, reported (A-28, A-29)");
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const std::string sales, world.Employee(kSalesManager));
  RETURN_IF_ERROR(world.MoveOn(4, 9));
  const absl::Time begin = world.now() + absl::Hours(24);
  const absl::CivilMonth month = absl::ToCivilMonth(begin, world.zone());
  ASSIGN_OR_RETURN(const Json plan, world.Do(kSeller, "编制月走访计划 drafts the plan of the month", "/v1/visitPlans",
                                             {{"displayName", absl::StrCat(absl::FormatCivilTime(month), " 走访计划")},
                                              {"periodKind", "VISIT_PLAN_PERIOD_MONTH"},
                                              {"startDate", absl::FormatCivilTime(absl::CivilDay(month))},
                                              {"salesManager", sales},
                                              {"leftOutReason", "其余客户本月电话回访"},
                                              {"items", Json::array({{{"account", story->account},
                                                                      {"visitor", seller},
                                                                      {"purpose", "需求调研与方案沟通"},
                                                                      {"visits", 2}}})}},
                                             "DRAFT"));
  const std::string plan_path = "/v1/" + Name(plan);
  RETURN_IF_ERROR(world.Refused(kSeller, "未共同签字即提交 submits it before both have signed", plan_path + ":submit",
                                Json::object(), "SIGNATURE_MISSING"));
  for (const char* signer : {kSeller, kSalesManager}) {
    ASSIGN_OR_RETURN(const Json read, world.Seen(signer, plan_path, Json::object()));
    RETURN_IF_ERROR(world.Do(signer, "共同签字 signs what he has read", plan_path + ":sign", read, "DRAFT").status());
  }
  RETURN_IF_ERROR(
      world.Do(kSeller, "提交计划 submits it", plan_path + ":submit", Json::object(), "SUBMITTED").status());
  RETURN_IF_ERROR(world.Refused(kSeller, "自批计划 approves his own plan", plan_path + ":approve", Json::object(),
                                "PERMISSION_DENIED"));
  ASSIGN_OR_RETURN(const Json plan_read, world.Seen(kDepartment, plan_path, Json::object()));
  RETURN_IF_ERROR(
      world.Do(kDepartment, "批准计划 approves the plan", plan_path + ":approve", plan_read, "APPROVED").status());

  const Json window = {{"account", story->account},
                       {"purpose", "需求调研"},
                       {"mode", "VISIT_MODE_ON_SITE"},
                       {"place", "无锡新吴区锡兴路 28 号"},
                       {"visitPlan", Name(plan)},
                       {"plannedStart", World::Stamp(begin)},
                       {"plannedEnd", World::Stamp(begin + absl::Hours(2))}};
  ASSIGN_OR_RETURN(const Json visit, world.Do(kSeller, "安排拜访 plans the visit", "/v1/visits", window, "PLANNED"));
  const std::string path = "/v1/" + Name(visit);
  Json overlap = window;
  overlap["plannedStart"] = World::Stamp(begin + absl::Hours(1));
  overlap["plannedEnd"] = World::Stamp(begin + absl::Hours(3));
  RETURN_IF_ERROR(world.Refused(kSeller, "同一时间另排拜访 plans another at the same time", "/v1/visits", overlap,
                                "VISIT_OVERLAP"));
  ASSIGN_OR_RETURN(const Json read, world.Seen(kManager, path, Json::object()));
  RETURN_IF_ERROR(world.Do(kManager, "批准拜访 approves the visit", path + ":approve", read, "APPROVED").status());
  RETURN_IF_ERROR(world.MoveTo(begin + absl::Minutes(5)));
  RETURN_IF_ERROR(world.Do(kSeller, "签到 checks in", path + ":checkIn", Json::object(), "CHECKED_IN").status());
  RETURN_IF_ERROR(world.MoveTo(begin + absl::Minutes(110)));
  RETURN_IF_ERROR(world.Refused(kSeller, "无报告即结束 ends it without a report", path + ":complete", Json::object(),
                                "REPORT_REQUIRED"));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "提交拜访报告 reports the visit", path + ":complete",
                          {{"report", "确认 6 台城市物流车与 2 台中型客车的需求;决策人为设备科;关注交期与质保。"},
                           {"result", "进入报价"}},
                          "DONE")
                      .status());
  return world.Do(kManager, "批示 comments on the report", path + ":comment", {{"comment", "两周内出报价"}}).status();
}

absl::Status Opportunity(World& world, Story* story) {
  world.Chapter("销售机会 Opportunity (A-22)");
  ASSIGN_OR_RETURN(const Json amount, MoneyOf("2026000.00", "CNY"));
  ASSIGN_OR_RETURN(const Json opportunity, world.Do(kSeller, "立项 opens the opportunity", "/v1/opportunities",
                                                    {{"account", story->account},
                                                     {"displayName", "园区车辆更新首批"},
                                                     {"product", "城市物流车、中型客车"},
                                                     {"amount", amount},
                                                     {"expectedDate", world.Day(60)},
                                                     {"nextStep", "报价"},
                                                     {"nextStepDate", world.Day(14)}},
                                                    "OPEN"));
  story->opportunity = Name(opportunity);
  const std::string path = "/v1/" + story->opportunity;
  RETURN_IF_ERROR(world.Refused(kSeller, "跳过阶段 skips stages of the sales process", path + ":advanceStage",
                                {{"stage", "OPPORTUNITY_STAGE_SIGNING"}}, "STAGE_SKIPPED"));
  for (const char* stage : {"NEEDS_ANALYSIS", "PRODUCT_INTRODUCTION", "NEGOTIATION"}) {
    RETURN_IF_ERROR(world
                        .Do(kSeller, absl::StrCat("推进阶段 advances to ", stage), path + ":advanceStage",
                            {{"stage", absl::StrCat("OPPORTUNITY_STAGE_", stage)}})
                        .status());
  }
  return world.Refused(kSeller, "未签约即赢单 closes it as won before signing", path + ":win", {{"reason", "口头承诺"}},
                       "STAGE_NOT_SIGNING");
}

}  // namespace

absl::Status PlayAccount(World& world, Story* story) {
  RETURN_IF_ERROR(Lead(world, story));
  RETURN_IF_ERROR(PlayOwnership(world, *story));
  RETURN_IF_ERROR(Visits(world, story));
  return Opportunity(world, story);
}

}  // namespace kam::ctl::journey
