#include "gateway/kamctl/journey/journey.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"

namespace kam::ctl::journey {
namespace {

constexpr char kPlayed[] = "演示旅程已走完";  // Remark on the account of a journey that came to its end.
constexpr int kYearDays = 352;

struct Company {
  const char* legal_name;
  const char* registration_number;
};

// Invented firms with valid codes (GB 32100): a new one each time, so that a journey broken off does not stand in the
// way of the next.
constexpr Company kCompanies[] = {
    {"无锡澄江智能装备有限公司", "91320214MA1X4C7J31"}, {"常州云岭数控机床有限公司", "91320412MA1Y6D2K4F"},
    {"南通海陵船舶配套有限公司", "91320602MA1W8F5L6B"}, {"嘉兴秀洲包装印务有限公司", "91330411MA2A3H9MXL"},
    {"绍兴越城纺织科技有限公司", "91330602MA2D5J4N5N"},
};

// Things that happen in the last two days of the year and stay open for the page.
absl::Status LastDays(World& world, const Story& story, absl::Time start) {
  RETURN_IF_ERROR(world.MoveTo(start + absl::Hours(24 * kYearDays)));
  RETURN_IF_ERROR(world.MoveOn(1, 14));
  world.Chapter("年末 The last days of the year");
  const auto complain = [&](const char* customer, const char* description) -> absl::StatusOr<Json> {
    ASSIGN_OR_RETURN(const std::string account, world.Named(kOfficer, "accounts", customer));
    return world.Do(kOfficer, absl::StrCat("登记投诉 registers a complaint: ", description), "/v1/complaints",
                    {{"account", account},
                     {"category", "COMPLAINT_CATEGORY_SERVICE"},
                     {"severity", "SEVERITY_MEDIUM"},
                     {"description", description},
                     {"channel", "CONTACT_CHANNEL_WEB"}},
                    "RECEIVED");
  };
  RETURN_IF_ERROR(complain("C1003", "保养预约三天未回复").status());
  ASSIGN_OR_RETURN(const Json lead, world.Do(kColleague, "登记线索 registers a lead", "/v1/leads",
                                             {{"displayName", "孙主任"},
                                              {"companyName", "湖州南浔园区物业"},
                                              {"phone", "0572-39100112"},
                                              {"channel", "CHANNEL_REFERRAL"},
                                              {"need", "园区接驳车 4 台"}},
                                             "NEW"));
  RETURN_IF_ERROR(world.MoveOn(1, 9));
  RETURN_IF_ERROR(world
                      .Do(kColleague, "填写跟进卡 writes the follow-up card",
                          absl::StrCat("/v1/", Name(lead), ":addFollowUp"),
                          {{"channel", "CHANNEL_PHONE"},
                           {"result", "今日下午再联系"},
                           {"intentionLevel", "INTENTION_LEVEL_B"},
                           {"nextDate", world.Day()}})
                      .status());
  RETURN_IF_ERROR(complain("C1007", "车联网终端离线").status());
  const absl::Time afternoon = world.now() + absl::Hours(5);
  ASSIGN_OR_RETURN(const Json visit, world.Do(kSeller, "安排拜访 plans a visit of today", "/v1/visits",
                                              {{"account", story.account},
                                               {"purpose", "二期 10 台方案"},
                                               {"mode", "VISIT_MODE_ON_SITE"},
                                               {"plannedStart", World::Stamp(afternoon)},
                                               {"plannedEnd", World::Stamp(afternoon + absl::Hours(2))}},
                                              "PLANNED"));
  const std::string visit_path = absl::StrCat("/v1/", Name(visit));
  ASSIGN_OR_RETURN(const Json visit_read, world.Seen(kManager, visit_path));
  RETURN_IF_ERROR(world.Do(kManager, "批准拜访 approves it", visit_path + ":approve", visit_read, "APPROVED").status());
  // what all three services keep of the customer, in one answer.
  ASSIGN_OR_RETURN(const Json view, world.Read(kManager, absl::StrCat("/v1/", story.account, ":view")));
  for (const Json& section : view["sections"]) {
    RETURN_IF_ERROR(world.Check(section.value("state", "") != "VIEW_SECTION_STATE_UNAVAILABLE",
                                "every service must answer for the view of the account"));
  }
  RETURN_IF_ERROR(world.Check(view.contains("dealings") && !view["dealings"].empty(),
                              "the view of the account must show its contracts and orders"));
  ASSIGN_OR_RETURN(const Json amount, MoneyOf("2150000.00", "CNY"));
  RETURN_IF_ERROR(world
                      .Do(kSeller, "二期立项 opens the next opportunity", "/v1/opportunities",
                          {{"account", story.account},
                           {"displayName", "二期 10 台"},
                           {"amount", amount},
                           {"nextStep", "提交折扣审批"},
                           {"nextStepDate", world.Day()}},
                          "OPEN")
                      .status());
  ASSIGN_OR_RETURN(const std::string van, world.Named(kSeller, "products", "EV-D3"));
  ASSIGN_OR_RETURN(
      const Json quote,
      world.Do(kSeller, "二期报价,折扣 12 % quotes with 12 % off", "/v1/quotes",
               {{"account", story.account},
                {"currency", "CNY"},
                {"title", "二期"},
                {"lines", Json::array({{{"product", van}, {"quantity", "10"}, {"discountPercent", "12"}}})}},
               "DRAFT"));
  const std::string path = absl::StrCat("/v1/", Name(quote));
  RETURN_IF_ERROR(world.Do(kSeller, "计价 prices it", path + ":price", Json::object()).status());
  ASSIGN_OR_RETURN(const Json asked, world.Seen(kSeller, path, {{"reason", "二期 10 台一次签约"}}));
  RETURN_IF_ERROR(world.Do(kSeller, "提交审批 asks for approval", path + ":submit", asked, "IN_APPROVAL").status());
  return world
      .Change(kSeller, "备注 writes a remark on the file", absl::StrCat("/v1/", story.account, "?updateMask=remark"),
              {{"remark", kPlayed}})
      .status();
}

}  // namespace

absl::Status Play(World& world) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  Story story;
  bool played = false;
  for (const Company& company : kCompanies) {
    ASSIGN_OR_RETURN(const Json account,
                     world.Find(kDepartment, "accounts",
                                absl::StrCat("registration_number = \"", company.registration_number, "\"")));
    if (!account.is_null()) {
      played = played || account.value("remark", "") == kPlayed;
      continue;
    }
    if (story.company.empty()) {
      story.company = company.legal_name;
      story.registration_number = company.registration_number;
      story.warehouse = absl::StrCat("SH1-", story.registration_number);
    }
  }
  if (played) {
    world.Line("the journey was played before; this is the page of today");
    RETURN_IF_ERROR(world.TakeServiceTime());
    return PrintPage(world);
  }
  RETURN_IF_ERROR(world.Check(!story.company.empty(),
                              "every company of the journey has a file already: start again with ./dev clean"));
  RETURN_IF_ERROR(world.TakeServiceTime());
  const absl::Time start = world.now();
  RETURN_IF_ERROR(PlayAccount(world, &story));
  RETURN_IF_ERROR(PlayPrice(world, &story));
  RETURN_IF_ERROR(PlayContract(world, &story));
  RETURN_IF_ERROR(PlayOrder(world, &story));
  RETURN_IF_ERROR(PlayDelivery(world, story));
  RETURN_IF_ERROR(PlayProject(world, story));
  RETURN_IF_ERROR(PlayReceivable(world, &story));
  RETURN_IF_ERROR(PlayFramework(world, story));
  RETURN_IF_ERROR(PlayAftersales(world, &story));
  RETURN_IF_ERROR(PlayPeople(world, story));
  RETURN_IF_ERROR(LastDays(world, story, start));
  RETURN_IF_ERROR(PrintPage(world));
  std::printf("\n%d steps done, %d refused as they must be\n", world.steps(), world.refusals());
  return absl::OkStatus();
}

}  // namespace kam::ctl::journey
