// Leave of one day and of three; an assessment from its template to both signatures.
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/status/status.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {
namespace {

constexpr char kSeller[] = "chen.yiming";   // 大客户专员 KAX
constexpr char kManager[] = "lin.lan";      // 大客户经理 KAM
constexpr char kDeputy[] = "he.jun";        // 客户开发主管 BDS
constexpr char kHead[] = "gu.mingyuan";     // 集团客户部经理 GAM
constexpr char kRelations[] = "jiang.yue";  // 客户关系管理总监 CRMD
constexpr char kOffice[] = "cao.li";        // 销售内勤 SAD

std::string Path(const Json& resource) { return absl::StrCat("/v1/", Name(resource)); }

// Days from today to the first `weekday` at least `days` days ahead.
int DaysTo(const World& world, int days, absl::Weekday weekday) {
  const absl::CivilDay today = absl::ToCivilDay(world.now(), world.zone());
  while (absl::GetWeekday(today + days) != weekday) ++days;
  return days;
}

Json LeaveOf(const World& world, int first, int last, const char* channel) {
  return {{"kind", "LEAVE_KIND_PERSONAL"},
          {"channel", channel},
          {"startDate", world.Day(first)},
          {"endDate", world.Day(last)},
          {"reason", "办理房产过户"}};
}

// The account manager is away for a day; the window of her absence is that in which her deputy approves.
absl::Status Deputy(World& world, int day) {
  ASSIGN_OR_RETURN(const std::string deputy, world.Employee(kDeputy));
  Json body = LeaveOf(world, day, day, "LEAVE_CHANNEL_SYSTEM");
  body["deputy"] = deputy;
  ASSIGN_OR_RETURN(const Json leave, world.Do(kManager, "大客户经理请假,指定代理人 the manager names a deputy",
                                              "/v1/leaveRequests", body, "SUBMITTED"));
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kHead, Path(leave)));
  ASSIGN_OR_RETURN(const Json granted, world.Do(kHead, "批准 approves it", Path(leave) + ":approve", seen, "APPROVED"));
  return world
      .Do(kManager, "按请假时段委托审批 lends her approvals for that time", "/v1/approvalDelegations",
          {{"delegate", deputy},
           {"roles", Json::array({"KAM"})},
           {"startTime", granted["awayStartTime"]},
           {"endTime", granted["awayEndTime"]},
           {"reason", "请假"}},
          "ACTIVE")
      .status();
}

absl::Status Leave(World& world) {
  world.Chapter("请假 Leave (G-06, R-05, F-01)");
  const int friday = DaysTo(world, 1, absl::Weekday::friday);
  const int monday = DaysTo(world, friday, absl::Weekday::monday);
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const Json earlier,
                   world.Find(kSeller, "leaveRequests",
                              absl::StrCat("employee = \"", seller, "\" AND end_date >= \"", world.Day(friday), "\"")));
  if (!earlier.is_null()) return absl::OkStatus();  // Of a journey that was broken off.
  RETURN_IF_ERROR(world.Refused(kSeller, "打电话请假 asks by telephone", "/v1/leaveRequests",
                                LeaveOf(world, friday, friday, "LEAVE_CHANNEL_PHONE"), "LEAVE_CHANNEL_REFUSED"));
  ASSIGN_OR_RETURN(const Json day, world.Do(kSeller, "书面请假一天 asks for a day in writing", "/v1/leaveRequests",
                                            LeaveOf(world, friday, friday, "LEAVE_CHANNEL_SYSTEM"), "SUBMITTED"));
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kManager, Path(day), {{"opinion", "同意"}}));
  RETURN_IF_ERROR(world.Do(kManager, "批准一天 approves a day", Path(day) + ":approve", seen, "APPROVED").status());
  ASSIGN_OR_RETURN(const Json days, world.Do(kSeller, "请假三天 asks for three days", "/v1/leaveRequests",
                                             LeaveOf(world, monday, monday + 2, "LEAVE_CHANNEL_SYSTEM"), "SUBMITTED"));
  const std::string path = Path(days);
  ASSIGN_OR_RETURN(const Json by_manager, world.Seen(kManager, path));
  RETURN_IF_ERROR(world.Refused(kManager, "大客户经理批准三天 approves three days", path + ":approve", by_manager,
                                "LEAVE_NEEDS_NEXT_LEVEL"));
  ASSIGN_OR_RETURN(const Json by_head, world.Seen(kHead, path, {{"opinion", "同意,安排好代理"}}));
  RETURN_IF_ERROR(
      world.Do(kHead, "上一级批准 the next superior approves", path + ":approve", by_head, "APPROVED").status());
  return Deputy(world, friday);
}

absl::Status Indicators(World& world) {
  const auto kpi = [&](const char* code, const char* name, const char* kind, const char* method, const char* source,
                       const char* definition) {
    return world.Ensure(kManager, absl::StrCat("定义指标 defines an indicator: ", name), "kpiDefinitions",
                        absl::StrCat("code = \"", code, "\""),
                        {{"code", code},
                         {"displayName", name},
                         {"kpiClass", absl::StrCat("KPI_CLASS_", kind)},
                         {"method", absl::StrCat("KPI_METHOD_", method)},
                         {"source", absl::StrCat("KPI_SOURCE_", source)},
                         {"definition", definition},
                         {"unit", "%"},
                         {"defaultTarget", "95"},
                         {"scoreMax", "120"}});
  };
  RETURN_IF_ERROR(kpi("JRN-CR", "回款率", "QUANTITATIVE", "RATIO", "SALES", "当月实收 / 当月应收"));
  RETURN_IF_ERROR(kpi("JRN-CSI", "客户满意度", "QUANTITATIVE", "RATIO", "SATISFACTION", "满意客户 / 受访客户"));
  return kpi("JRN-TEAM", "团队协作", "QUALITATIVE", "JUDGEMENT", "SUPERIOR", "上级评定");
}

absl::StatusOr<Json> Template(World& world, const Story& story, const std::string& collection,
                              const std::string& satisfaction, const std::string& judgement) {
  const auto body = [&](const char* weight) -> Json {
    return {{"code", absl::StrCat("KAX-", story.registration_number.substr(story.registration_number.size() - 6))},
            {"displayName", "大客户专员考核表"},
            {"role", "KAX"},
            {"quarterMethod", "AGGREGATE_METHOD_MONTHLY_AVERAGE"},
            {"items", Json::array({{{"kpi", collection}, {"weight", weight}},
                                   {{"kpi", satisfaction}, {"weight", "30"}},
                                   {{"kpi", judgement}, {"weight", "20"}}})},
            {"bands", Json::array({{{"fromScore", "0"}, {"factor", "0.6"}, {"grade", "待改进"}},
                                   {{"fromScore", "80"}, {"factor", "1"}, {"grade", "合格"}},
                                   {{"fromScore", "100"}, {"factor", "1.2"}, {"grade", "优秀"}}})}};
  };
  ASSIGN_OR_RETURN(const Json draft, world.Do(kManager, "起草考核表模板 drafts the template", "/v1/assessmentTemplates",
                                              body("49"), "DRAFT"));
  const std::string path = Path(draft);
  RETURN_IF_ERROR(world.Refused(kManager, "权重合计 99 即提交 submits weights of 99", path + ":submit", Json::object(),
                                "WEIGHTS_NOT_100"));
  RETURN_IF_ERROR(world
                      .Change(kManager, "改正权重 corrects the weights", path + "?updateMask=items",
                              {{"items", body("50")["items"]}})
                      .status());
  RETURN_IF_ERROR(world.Do(kManager, "提交模板 submits it", path + ":submit", Json::object(), "SUBMITTED").status());
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kHead, path));
  return world.Do(kHead, "批准模板 approves it", path + ":approve", seen, "APPROVED");
}

absl::Status Score(World& world, const std::string& path, const std::string& collection,
                   const std::string& satisfaction, const std::string& judgement) {
  const auto actual = [](const std::string& kpi, const char* value) -> Json {
    return {{"actuals", Json::array({{{"kpi", kpi}, {"actual", value}}})}};
  };
  RETURN_IF_ERROR(world
                      .Do(kOffice, "销售内勤录入回款率 the sales office records the collection rate",
                          path + ":recordActuals", actual(collection, "98"))
                      .status());
  RETURN_IF_ERROR(world.Refused(kManager, "自行录入满意度 records satisfaction himself", path + ":recordActuals",
                                actual(satisfaction, "100"), "SATISFACTION_NOT_VERIFIED"));
  RETURN_IF_ERROR(world
                      .Do(kRelations, "客户关系部核实满意度 customer relations record satisfaction",
                          path + ":recordActuals", actual(satisfaction, "91"))
                      .status());
  const Json score = {{"scores", Json::array({{{"kpi", judgement}, {"score", "90"}, {"comment", "主动支援同事"}}})},
                      {"comment", "回款稳定,新客户开发需加强"}};
  RETURN_IF_ERROR(world.Refused(kHead, "越级评分 scores past the direct superior", path + ":score", score,
                                "NOT_THE_DIRECT_SUPERIOR"));
  ASSIGN_OR_RETURN(const Json scored,
                   world.Do(kManager, "直接上级评分 the direct superior scores", path + ":score", score, "SCORED"));
  world.Line(absl::StrCat("               total ", scored.value("totalScore", ""), ", ", scored.value("grade", ""),
                          ", factor of pay ", scored.value("bonusFactor", "")));
  return absl::OkStatus();
}

absl::Status Sign(World& world, const std::string& path) {
  ASSIGN_OR_RETURN(const Json text, world.Read(kManager, path + ":text"));
  const Json hash = {{"contentSha256", text.value("contentSha256", "")}};
  RETURN_IF_ERROR(world.Do(kManager, "上级签字 the superior signs", path + ":handOver", hash, "HANDED_OVER").status());
  Json sign = hash;
  sign["opinion"] = "认可";
  RETURN_IF_ERROR(world.Refused(kManager, "代为签字 signs for the person", path + ":sign", sign, "RESOURCE_NOT_FOUND"));
  RETURN_IF_ERROR(world.Do(kSeller, "本人签字 the person signs", path + ":sign", sign, "SIGNED").status());
  ASSIGN_OR_RETURN(const Json seen, world.Seen(kOffice, path));
  return world.Do(kOffice, "汇总 the sales office takes it over", path + ":consolidate", seen, "CONSOLIDATED").status();
}

absl::Status Assessment(World& world, const Story& story) {
  world.Chapter("考核 Assessment (G-15, G-16, P-44)");
  const absl::CivilMonth month = absl::CivilMonth(absl::ToCivilDay(world.now(), world.zone())) - 1;
  const std::string start = absl::FormatCivilTime(absl::CivilDay(month));
  ASSIGN_OR_RETURN(const std::string seller, world.Employee(kSeller));
  ASSIGN_OR_RETURN(const Json earlier,
                   world.Find(kManager, "assessmentSheets",
                              absl::StrCat("employee = \"", seller, "\" AND start_date = \"", start, "\"")));
  if (!earlier.is_null()) return absl::OkStatus();  // Of a journey that was broken off.
  RETURN_IF_ERROR(Indicators(world));
  const auto kpi = [&](const char* code) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Json found, world.Find(kManager, "kpiDefinitions", absl::StrCat("code = \"", code, "\"")));
    return Name(found);
  };
  ASSIGN_OR_RETURN(const std::string collection, kpi("JRN-CR"));
  ASSIGN_OR_RETURN(const std::string satisfaction, kpi("JRN-CSI"));
  ASSIGN_OR_RETURN(const std::string judgement, kpi("JRN-TEAM"));
  ASSIGN_OR_RETURN(const Json approved, Template(world, story, collection, satisfaction, judgement));
  ASSIGN_OR_RETURN(const Json sheet,
                   world.Do(kManager, "建立上月考核表 opens the sheet of last month", "/v1/assessmentSheets",
                            {{"employee", seller},
                             {"template", Name(approved)},
                             {"period", "ASSESSMENT_PERIOD_MONTH"},
                             {"startDate", start}},
                            "OPEN"));
  RETURN_IF_ERROR(Score(world, Path(sheet), collection, satisfaction, judgement));
  return Sign(world, Path(sheet));
}

}  // namespace

absl::Status PlayPeople(World& world, const Story& story) {
  RETURN_IF_ERROR(Leave(world));
  return Assessment(world, story);
}

}  // namespace kam::ctl::journey
