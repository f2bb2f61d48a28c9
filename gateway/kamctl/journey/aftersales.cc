// Complaints with their clocks, warranty claim with the returned part, survey and follow-up.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr char kCalendar[] = "cn-service";
constexpr char kQuestionnaire[] = "ka-annual";

Json Windows() {
  Json windows = Json::array();
  for (const char* day : {"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"}) {
    windows.push_back({{"weekday", absl::StrCat("WEEKDAY_", day)}, {"fromMinute", 8 * 60 + 30}, {"toMinute", 12 * 60}});
    windows.push_back(
        {{"weekday", absl::StrCat("WEEKDAY_", day)}, {"fromMinute", 13 * 60}, {"toMinute", 17 * 60 + 30}});
  }
  return windows;
}

// Calendar, limits, ladder and classes; what is there already stays.
absl::Status Policies(World& world) {
  world.Chapter("投诉时限与升级规则 Calendar, limits, ladder (S-03, S-05)");
  RETURN_IF_ERROR(world.Ensure(kCare, "工作日历 sets the business calendar", "businessCalendars",
                               absl::StrCat("code = \"", kCalendar, "\""),
                               {{"code", kCalendar}, {"timeZone", "Asia/Shanghai"}, {"windows", Windows()}}));
  ASSIGN_OR_RETURN(const Json large, Cny("50000.00"));
  RETURN_IF_ERROR(world.Ensure(kCare, "重大投诉标准 says what is major", "complaintClassRules", "priority = 100",
                               {{"priority", 100},
                                {"severityMin", "SEVERITY_HIGH"},
                                {"amountMin", large},
                                {"complaintClass", "COMPLAINT_CLASS_MAJOR"},
                                {"remark", "严重且金额 5 万以上"}}));
  struct Limit {
    const char* complaint_class;
    const char* kind;
    int minutes;
  };
  for (const Limit& limit :
       {Limit{"ORDINARY", "FIRST_RESPONSE", 120}, Limit{"ORDINARY", "SOLUTION", 1440}, Limit{"ORDINARY", "REPLY", 960},
        Limit{"MAJOR", "FIRST_RESPONSE", 30}, Limit{"MAJOR", "SOLUTION", 2400}, Limit{"MAJOR", "REPLY", 480}}) {
    RETURN_IF_ERROR(world.Ensure(
        kCare,
        absl::StrCat("时限 limit: ", limit.complaint_class, " ", limit.kind, " ", limit.minutes, " business minutes"),
        "clockPolicies", absl::StrCat("complaint_class = ", limit.complaint_class, " AND kind = ", limit.kind),
        {{"complaintClass", absl::StrCat("COMPLAINT_CLASS_", limit.complaint_class)},
         {"kind", absl::StrCat("CLOCK_KIND_", limit.kind)},
         {"allotmentMinutes", limit.minutes},
         {"calendarCode", kCalendar}}));
  }
  struct Rung {
    int level;
    const char* basis;
    int minutes;
    const char* role;
  };
  for (const Rung& rung : {Rung{1, "START", 20, "SVM"}, Rung{2, "BREACH", 0, "SVD"}, Rung{3, "BREACH", 120, "GM"}}) {
    RETURN_IF_ERROR(
        world.Ensure(kCare, absl::StrCat("升级 ladder: level ", rung.level, " to ", rung.role), "escalationRules",
                     absl::StrCat("complaint_class = MAJOR AND kind = FIRST_RESPONSE AND level = ", rung.level),
                     {{"complaintClass", "COMPLAINT_CLASS_MAJOR"},
                      {"kind", "CLOCK_KIND_FIRST_RESPONSE"},
                      {"level", rung.level},
                      {"basis", absl::StrCat("ESCALATION_BASIS_", rung.basis)},
                      {"minutes", rung.minutes},
                      {"role", rung.role}}));
  }
  return world.Refused(kOfficer, "客服专员改时限 an officer sets a limit", "/v1/clockPolicies",
                       {{"complaintClass", "COMPLAINT_CLASS_ORDINARY"},
                        {"kind", "CLOCK_KIND_REPLY"},
                        {"allotmentMinutes", 9999},
                        {"calendarCode", kCalendar}},
                       "PERMISSION_DENIED");
}

absl::Status ShowClocks(World& world, const std::string& complaint) {
  ASSIGN_OR_RETURN(
      const Json clocks,
      world.All(kCare,
                absl::StrCat("/v1/complaintClocks?filter=", UrlEncode(absl::StrCat("complaint = \"", complaint, "\""))),
                "complaintClocks"));
  for (const Json& clock : clocks) {
    world.Line(absl::StrCat("               clock ", clock.value("kind", "").substr(sizeof("CLOCK_KIND_") - 1), ": ",
                            clock.value("state", "").substr(sizeof("CLOCK_STATE_") - 1), ", due ",
                            world.Local(clock.value("dueTime", ""))));
  }
  return world.Check(!clocks.empty(), "the complaint has no clocks");
}

absl::Status Ordinary(World& world) {
  world.Chapter("一般投诉 Ordinary complaint, answered in time (S-02 – S-06, G11 – G14)");
  ASSIGN_OR_RETURN(const std::string account, world.Named(kOfficer, "accounts", "C1005"));
  RETURN_IF_ERROR(world.MoveOn(12, 9));
  ASSIGN_OR_RETURN(const Json complaint, world.Do(kOfficer, "登记投诉 registers the complaint", "/v1/complaints",
                                                  {{"account", account},
                                                   {"contact", "杨帆"},
                                                   {"product", "EV-D3"},
                                                   {"category", "COMPLAINT_CATEGORY_DELIVERY"},
                                                   {"severity", "SEVERITY_LOW"},
                                                   {"description", "随车充电枪少一套"},
                                                   {"demand", "补发"},
                                                   {"channel", "CONTACT_CHANNEL_PHONE"}},
                                                  "RECEIVED"));
  const std::string path = PathOf(complaint);
  RETURN_IF_ERROR(
      world.Do(kOfficer, "受理 accepts it within the limit", path + ":accept", Json::object(), "ACCEPTED").status());
  ASSIGN_OR_RETURN(const std::string support, world.Employee(kSupport));
  RETURN_IF_ERROR(world.Do(kCare, "分派 assigns it", path + ":assign", {{"handler", support}}, "ASSIGNED").status());
  RETURN_IF_ERROR(
      world.Do(kSupport, "调查 investigates", path + ":startInvestigation", Json::object(), "INVESTIGATING").status());
  RETURN_IF_ERROR(world.Refused(kSupport, "未查明即提方案 proposes without having investigated", path + ":propose",
                                {{"solution", "补发"}}, "INVESTIGATION_REQUIRED"));
  RETURN_IF_ERROR(world
                      .Do(kSupport, "查明原因 records cause and responsibility", path + ":recordInvestigation",
                          {{"cause", "出库漏装"}, {"responsibleParty", "RESPONSIBLE_PARTY_OURSELVES"}})
                      .status());
  RETURN_IF_ERROR(
      world.Do(kSupport, "提出方案 proposes", path + ":propose", {{"solution", "次日补发并致歉"}}, "PROPOSED")
          .status());
  RETURN_IF_ERROR(
      world.Do(kSupport, "客户同意 the customer agrees", path + ":agree", {{"agreedBy", "杨帆"}}, "AGREED").status());
  RETURN_IF_ERROR(world.MoveOn(1, 10));
  RETURN_IF_ERROR(world.Do(kSupport, "执行 carries it out", path + ":execute", Json::object(), "EXECUTED").status());
  const Json confirm = {{"satisfied", true}, {"score", 5}, {"confirmedBy", "杨帆"}};
  RETURN_IF_ERROR(world.Refused(kOfficer, "未回复即回访确认 confirms before the customer was told", path + ":confirm",
                                confirm, "REPLY_REQUIRED"));
  RETURN_IF_ERROR(world
                      .Do(kSupport, "回复客户 replies to the customer", path + ":reply",
                          {{"channel", "CONTACT_CHANNEL_PHONE"}, {"content", "充电枪已送达,已核对出库流程"}})
                      .status());
  RETURN_IF_ERROR(world.Refused(kSupport, "未确认即关闭 closes it unconfirmed", path + ":close", Json::object(),
                                "STATE_NOT_ALLOWED"));
  RETURN_IF_ERROR(
      world.Do(kOfficer, "回访确认 confirms with the customer", path + ":confirm", confirm, "CONFIRMED").status());
  RETURN_IF_ERROR(world.Do(kCare, "关闭 closes it", path + ":close", Json::object(), "CLOSED").status());
  ASSIGN_OR_RETURN(const Json closed, world.Read(kCare, path));
  RETURN_IF_ERROR(world.Check(closed.value("slaVerdict", "") == "SLA_VERDICT_MET",
                              absl::StrCat("the verdict is ", closed.value("slaVerdict", ""), " instead of MET")));
  return ShowClocks(world, Name(complaint));
}

absl::Status Major(World& world, const Story& story, std::string* complaint_name) {
  world.Chapter("重大投诉 Major complaint: limit missed, escalated (S-03 – S-06, G15, G16)");
  RETURN_IF_ERROR(world.MoveOn(20, 16));
  ASSIGN_OR_RETURN(const Json amount, Cny("215000.00"));
  ASSIGN_OR_RETURN(const Json complaint, world.Do(kOfficer, "登记投诉 registers the complaint", "/v1/complaints",
                                                  {{"account", story.account},
                                                   {"contact", "吴经理"},
                                                   {"product", "EV-D3"},
                                                   {"order", story.order},
                                                   {"category", "COMPLAINT_CATEGORY_PRODUCT"},
                                                   {"severity", "SEVERITY_HIGH"},
                                                   {"amount", amount},
                                                   {"description", "一台城市物流车动力电池无法充电,车辆停运"},
                                                   {"demand", "更换电池并提供代步车"},
                                                   {"channel", "CONTACT_CHANNEL_PHONE"}},
                                                  "RECEIVED"));
  *complaint_name = Name(complaint);
  const std::string path = PathOf(complaint);
  RETURN_IF_ERROR(world.Check(complaint.value("complaintClass", "") == "COMPLAINT_CLASS_MAJOR",
                              "the complaint must be classed as major"));
  // Nobody answers: the limit of 30 business minutes passes, and the ladder is climbed.
  RETURN_IF_ERROR(world.MoveTo(world.now() + absl::Minutes(70)));
  ASSIGN_OR_RETURN(const Json late, world.Read(kCare, path));
  for (const Json& step : late.value("escalations", Json::array())) {
    world.Line(absl::StrCat("               escalated to ", step.value("role", ""), ", level ", CountOf(step, "level"),
                            ", at ", world.Local(step.value("escalationTime", ""))));
  }
  RETURN_IF_ERROR(
      world.Check(CountOf(late, "escalationLevel") >= 2, "the missed limit must have escalated to level 2"));
  RETURN_IF_ERROR(world.Check(late.value("overdue", false), "the complaint must count as overdue"));
  RETURN_IF_ERROR(
      world.Do(kServiceManager, "受理 accepts it, late", path + ":accept", Json::object(), "ACCEPTED").status());
  ASSIGN_OR_RETURN(const std::string advisor, world.Employee(kAdvisor));
  ASSIGN_OR_RETURN(const std::string director, world.Employee(kServiceDirector));
  RETURN_IF_ERROR(world
                      .Do(kServiceDirector, "分派 assigns it", path + ":assign",
                          {{"handler", director}, {"coHandlers", Json::array({advisor})}}, "ASSIGNED")
                      .status());
  RETURN_IF_ERROR(world.Refused(kAdvisor, "一线处理重大投诉 the line handles a major complaint",
                                path + ":startInvestigation", Json::object(), "MAJOR_COMPLAINT_NOT_ALLOWED"));
  RETURN_IF_ERROR(
      world.Do(kServiceDirector, "调查 investigates", path + ":startInvestigation", Json::object(), "INVESTIGATING")
          .status());
  RETURN_IF_ERROR(world
                      .Do(kServiceDirector, "请厂家参与 involves the manufacturer", path + ":involveManufacturer",
                          {{"reason", "电池管理系统需厂家诊断"}})
                      .status());
  RETURN_IF_ERROR(world
                      .Do(kServiceManager, "暂停计时 stops the clocks: the customer cannot spare the vehicle",
                          path + ":pauseClocks", {{"reason", "客户要求三天后入厂"}})
                      .status());
  RETURN_IF_ERROR(ShowClocks(world, *complaint_name));
  RETURN_IF_ERROR(world.MoveOn(3, 9));
  RETURN_IF_ERROR(
      world.Do(kServiceManager, "恢复计时 they go on", path + ":resumeClocks", {{"reason", "车辆已入厂"}}).status());
  RETURN_IF_ERROR(world
                      .Do(kServiceDirector, "查明原因 records the cause", path + ":recordInvestigation",
                          {{"cause", "电池管理系统板故障"},
                           {"responsibleParty", "RESPONSIBLE_PARTY_SUPPLIER"},
                           {"finding", "厂家诊断报告 BMS-0417"}})
                      .status());
  ASSIGN_OR_RETURN(const Json cost, Cny("64000.00"));
  RETURN_IF_ERROR(world
                      .Do(kServiceDirector, "提出方案 proposes", path + ":propose",
                          {{"solution", "更换电池组,提供代步车"}, {"cost", cost}}, "PROPOSED")
                      .status());
  return world.Do(kServiceDirector, "客户同意 the customer agrees", path + ":agree", {{"agreedBy", "吴经理"}}, "AGREED")
      .status();
}

absl::Status FinishMajor(World& world, const std::string& complaint) {
  world.Chapter("重大投诉收尾 The major complaint is settled (S-06)");
  const std::string path = absl::StrCat("/v1/", complaint);
  RETURN_IF_ERROR(
      world.Do(kServiceDirector, "执行 carries it out", path + ":execute", Json::object(), "EXECUTED").status());
  RETURN_IF_ERROR(world
                      .Do(kServiceDirector, "书面回复 replies in writing", path + ":reply",
                          {{"channel", "CONTACT_CHANNEL_LETTER"}, {"content", "电池已更换,厂家承担费用,附诊断报告"}})
                      .status());
  RETURN_IF_ERROR(world
                      .Do(kOfficer, "回访确认 confirms with the customer", path + ":confirm",
                          {{"satisfied", true}, {"score", 3}, {"confirmedBy", "吴经理"}, {"remark", "响应太慢"}},
                          "CONFIRMED")
                      .status());
  RETURN_IF_ERROR(world.Do(kCareDirector, "关闭 closes it", path + ":close", Json::object(), "CLOSED").status());
  ASSIGN_OR_RETURN(const Json closed, world.Read(kCare, path));
  RETURN_IF_ERROR(world.Check(closed.value("slaVerdict", "") == "SLA_VERDICT_FAILED",
                              absl::StrCat("the verdict is ", closed.value("slaVerdict", ""), " instead of FAILED")));
  return ShowClocks(world, complaint);
}

absl::Status Claim(World& world, const Story& story, const std::string& complaint) {
  world.Chapter("质保索赔 Warranty claim, two appraisals, part returned (S-10 – S-16)");
  ASSIGN_OR_RETURN(const Json battery, Cny("62000.00"));
  ASSIGN_OR_RETURN(const Json labour, Cny("2000.00"));
  ASSIGN_OR_RETURN(const Json partly, Cny("1500.00"));
  ASSIGN_OR_RETURN(
      const Json claim,
      world.Do(
          kAdvisor, "申请索赔 applies for the claim", "/v1/warrantyClaims",
          {{"direction", "CLAIM_DIRECTION_MANUFACTURER"},
           {"account", story.account},
           {"complaint", complaint},
           {"product", "EV-D3"},
           {"serial", "LSVEVD3A0SN000417"},
           {"purchaseDate", world.Day(-150)},
           {"failureDate", world.Day(-5)},
           {"warrantyEnd", world.Day(900)},
           {"fault", "无法充电"},
           {"items",
            Json::array({{{"kind", "CLAIM_ITEM_KIND_MATERIAL"},
                          {"description", "动力电池组"},
                          {"partNumber", "BAT-60"},
                          {"quantity", "1"},
                          {"claimed", battery},
                          {"partDueBack", true}},
                         {{"kind", "CLAIM_ITEM_KIND_LABOUR"}, {"description", "拆装工时"}, {"claimed", labour}}})}},
          "APPLIED"));
  const std::string path = PathOf(claim);
  const Json finding = {{"verdict", "APPRAISAL_VERDICT_COVERED"},
                        {"finding", "BMS 板故障,无人为损坏"},
                        {"cause", "制造缺陷"},
                        {"policyClause", "电池五年质保"}};
  Json rulings = {{"items", Json::array({{{"decision", "CLAIM_ITEM_DECISION_APPROVED"}},
                                         {{"decision", "CLAIM_ITEM_DECISION_PARTLY_APPROVED"},
                                          {"approved", partly},
                                          {"decisionReason", "按标准工时"}}})},
                  {"reason", "属质保范围"}};
  RETURN_IF_ERROR(
      world.Do(kAdvisor, "一次鉴定 appraises first", path + ":appraiseFirst", finding, "FIRST_APPRAISED").status());
  RETURN_IF_ERROR(world.Refused(kServiceManager, "未经二次鉴定即审批 decides without the second appraisal",
                                path + ":decide", rulings, "STATE_NOT_ALLOWED"));
  RETURN_IF_ERROR(world.Refused(kAdvisor, "同一人二次鉴定 the same person appraises again", path + ":appraiseSecond",
                                finding, "SEPARATION_OF_DUTIES"));
  ASSIGN_OR_RETURN(const Json appraised, world.Do(kClerk, "二次鉴定 another person appraises", path + ":appraiseSecond",
                                                  finding, "SECOND_APPRAISED"));
  rulings["etag"] = appraised.value("etag", "");  // A decision is about what was read.
  RETURN_IF_ERROR(world.Do(kServiceManager, "审批 decides", path + ":decide", rulings, "PARTLY_APPROVED").status());
  const Json settle = {{"payer", "厂家"}};
  RETURN_IF_ERROR(world.Refused(kAccountant, "旧件未回即结算 settles before the part is back", path + ":settle", settle,
                                "PART_MISSING"));
  ASSIGN_OR_RETURN(const Json part, world.Do(kClerk, "旧件挂签 tags the part", "/v1/returnedParts",
                                             {{"claim", Name(claim)},
                                              {"item", 1},
                                              {"partNumber", "BAT-60"},
                                              {"description", "动力电池组"},
                                              {"quantity", "1"}}));
  const std::string part_path = PathOf(part);
  RETURN_IF_ERROR(world
                      .Do(kStore, "旧件入库 the store takes it in", part_path + ":receive",
                          {{"storagePlace", "旧件库 A-03"}, {"evidence", "入库单 0417"}})
                      .status());
  RETURN_IF_ERROR(world.Refused(kStore, "未发先到 an arrival without a shipment", part_path + ":recordArrival",
                                {{"evidence", "无"}}, "QUANTITY_NOT_THERE"));
  RETURN_IF_ERROR(
      world.Do(kStore, "旧件返厂 sends it back", part_path + ":ship", {{"evidence", "运单 SF0417"}}).status());
  RETURN_IF_ERROR(world.MoveOn(6, 10));
  RETURN_IF_ERROR(
      world.Do(kPartsManager, "厂家收到 it has arrived", part_path + ":recordArrival", {{"evidence", "签收单"}})
          .status());
  RETURN_IF_ERROR(world.Do(kAccountant, "结算 settles the claim", path + ":settle", settle, "SETTLED").status());
  return world.Do(kClerk, "归档 files it", path + ":file", Json::object(), "ARCHIVED").status();
}

absl::Status Survey(World& world) {
  world.Chapter("满意度 Survey; a low score opens a follow-up (S-33, S-34)");
  ASSIGN_OR_RETURN(const std::string account, world.Named(kOfficer, "accounts", "C1001"));
  RETURN_IF_ERROR(world.MoveOn(20, 10));
  ASSIGN_OR_RETURN(
      Json questionnaire,
      world.Find(kCare, "questionnaires", absl::StrCat("code = \"", kQuestionnaire, "\" AND state = RELEASED")));
  if (questionnaire.is_null()) {
    ASSIGN_OR_RETURN(
        questionnaire,
        world.Do(
            kCare, "设计问卷 writes the questionnaire", "/v1/questionnaires",
            {{"code", kQuestionnaire},
             {"title", "大客户年度满意度"},
             {"questions", Json::array({{{"code", "overall"},
                                         {"wording", "总体满意度"},
                                         {"kind", "QUESTION_KIND_CSAT"},
                                         {"scaleMin", 1},
                                         {"scaleMax", 5},
                                         {"mandatory", true}},
                                        {{"code", "recommend"},
                                         {"wording", "推荐意愿"},
                                         {"kind", "QUESTION_KIND_NPS"},
                                         {"scaleMin", 0},
                                         {"scaleMax", 10}},
                                        {{"code", "words"}, {"wording", "意见"}, {"kind", "QUESTION_KIND_TEXT"}}})},
             {"lowScoreThreshold", "3"},
             {"followUpDays", 3}},
            "DRAFT"));
    RETURN_IF_ERROR(
        world.Do(kCareDirector, "发布问卷 releases it", PathOf(questionnaire) + ":release", Json::object(), "RELEASED")
            .status());
  }
  ASSIGN_OR_RETURN(const Json invited,
                   world.Do(kOfficer, "邀请客户 invites the customer", "/v1/surveyInvitations:invite",
                            {{"invitation",
                              {{"account", account},
                               {"questionnaire", Name(questionnaire)},
                               {"contact", "王立新"},
                               {"expireTime", World::Stamp(world.now() + absl::Hours(24 * 14))}}}}));
  Json answers = {{"token", invited.value("token", "")},
                  {"answers", Json::array({{{"question", "overall"}, {"value", 9}},
                                           {{"question", "words"}, {"words", "车辆停运响应慢"}}})}};
  RETURN_IF_ERROR(world.Refused(kCare, "超出量表的回答 an answer off the scale", "/v1/surveyResponses:submit", answers,
                                "ANSWER_OFF_SCALE"));
  answers["answers"][0]["value"] = 2;
  ASSIGN_OR_RETURN(const Json response,
                   world.Do(kCare, "客户答卷 the customer answers: 2 of 5", "/v1/surveyResponses:submit", answers));
  RETURN_IF_ERROR(
      world.Refused(kCare, "重复答卷 answers again", "/v1/surveyResponses:submit", answers, "SURVEY_ANSWERED"));
  ASSIGN_OR_RETURN(const Json follow_up,
                   world.Find(kSeller, "followUps", absl::StrCat("response = \"", Name(response), "\"")));
  RETURN_IF_ERROR(world.Check(!follow_up.is_null(), "the low score must have opened a follow-up for the owner"));
  world.Line(absl::StrCat("               follow-up ", Label(follow_up), " for the account's owner, due ",
                          world.Local(follow_up.value("dueTime", ""))));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "制定对策 sets a measure", PathOf(follow_up) + ":setMeasure",
                          {{"cause", "首响超时"}, {"measure", "设专属服务顾问,备用车 2 小时到场"}}, "MEASURE_SET")
                      .status());
  RETURN_IF_ERROR(world.MoveOn(1, 11));
  return world
      .Do(kSeller, "对策完成 completes it in time", PathOf(follow_up) + ":complete", {{"effect", "客户认可"}}, "DONE")
      .status();
}

}  // namespace

absl::Status PlayAftersales(World& world, Story* story) {
  RETURN_IF_ERROR(Policies(world));
  RETURN_IF_ERROR(Ordinary(world));
  std::string complaint;
  RETURN_IF_ERROR(Major(world, *story, &complaint));
  RETURN_IF_ERROR(Claim(world, *story, complaint));
  RETURN_IF_ERROR(FinishMajor(world, complaint));
  return Survey(world);
}

}  // namespace kam::ctl::journey
