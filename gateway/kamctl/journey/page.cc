// The page of the department head.
#include <algorithm>
#include <cstdio>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"
#include "gateway/kamctl/journey/text.h"

namespace kam::ctl::journey {
namespace {

constexpr size_t kRowsMax = 8;
constexpr size_t kChangesMax = 4;
constexpr char kChangePage[] = "200";

std::string Short(const Json& resource, const char* member, absl::string_view prefix) {
  const std::string value = resource.value(member, "");
  return std::string(absl::StripPrefix(value, prefix));
}

// Names of accounts and people, asked for once.
class Names {
 public:
  explicit Names(World& world) : world_(world) {}

  std::string Of(const std::string& name, const char* member) {
    if (name.empty()) return "-";
    auto it = names_.find(name);
    if (it == names_.end()) {
      const absl::StatusOr<Json> found = world_.Read(kDepartment, absl::StrCat("/v1/", name));
      it = names_.emplace(name, found.ok() ? found->value(member, name) : name).first;
    }
    return it->second;
  }
  std::string Account(const std::string& name) { return Of(name, "legalName"); }
  std::string Person(const std::string& name) { return Of(name, "displayName"); }

 private:
  World& world_;
  std::map<std::string, std::string> names_;
};

void Title(const std::string& title) { std::printf("\n%s\n", title.c_str()); }

void Row(const std::vector<Column>& columns) { std::printf("  %s\n", Line(columns).c_str()); }

void Nothing() { std::printf("  -\n"); }

// Rows of a list, at most `kRowsMax` shown.
template <typename Each>
void Rows(const Json& items, Each each) {
  if (items.empty()) return Nothing();
  for (size_t i = 0; i < std::min(items.size(), kRowsMax); ++i) each(items[i]);
  if (items.size() > kRowsMax) std::printf("  ... %zu more\n", items.size() - kRowsMax);
}

absl::StatusOr<Json> List(World& world, const std::string& collection, const std::string& filter,
                          const std::string& order) {
  return world.All(kDepartment,
                   absl::StrCat("/v1/", collection, "?filter=", UrlEncode(filter),
                                order.empty() ? "" : absl::StrCat("&orderBy=", UrlEncode(order))),
                   collection);
}

absl::Status PlanOfTheDay(World& world, Names& names) {
  Title("今日安排 Plan of the day");
  const absl::Time begin = absl::FromCivil(absl::ToCivilDay(world.now(), world.zone()), world.zone());
  const absl::Time end = absl::FromCivil(absl::ToCivilDay(world.now(), world.zone()) + 1, world.zone());
  ASSIGN_OR_RETURN(const Json visits, List(world, "visits",
                                           absl::StrCat("planned_start >= \"", World::Stamp(begin),
                                                        "\" AND planned_start < \"", World::Stamp(end), "\""),
                                           "planned_start"));
  for (const Json& visit : visits) {
    Row({{world.Local(visit.value("plannedStart", "")), 12},
         {"拜访 visit", 16},
         {names.Person(visit.value("visitor", "")), 12},
         {names.Account(visit.value("account", "")), 40},
         {visit.value("purpose", ""), 0}});
  }
  ASSIGN_OR_RETURN(
      const Json leads,
      List(world, "leads",
           absl::StrCat("(state = NEW OR state = QUALIFIED) AND next_follow_up_date <= \"", world.Day(), "\""),
           "next_follow_up_date"));
  for (const Json& lead : leads) {
    Row({{lead.value("nextFollowUpDate", ""), 12},
         {"线索跟进 lead", 16},
         {names.Person(lead.value("owner", "")), 12},
         {lead.value("companyName", ""), 40},
         {lead.value("displayName", ""), 0}});
  }
  ASSIGN_OR_RETURN(const Json opportunities,
                   List(world, "opportunities",
                        absl::StrCat("state = OPEN AND next_step_date <= \"", world.Day(), "\""), "next_step_date"));
  for (const Json& opportunity : opportunities) {
    Row({{opportunity.value("nextStepDate", ""), 12},
         {"商机 step", 16},
         {names.Person(opportunity.value("owner", "")), 12},
         {names.Account(opportunity.value("account", "")), 40},
         {opportunity.value("nextStep", ""), 0}});
  }
  if (visits.empty() && leads.empty() && opportunities.empty()) Nothing();
  return absl::OkStatus();
}

std::string Amount(const Json& row, const char* member) { return Grouped(TwoDigits(row.value(member, Json()))); }

absl::Status Receivables(World& world, Names& names) {
  ASSIGN_OR_RETURN(const Json first, world.Read(kDepartment, "/v1/receivables:ageing?pageSize=200"));
  Title(absl::StrCat("应收账龄 Receivables by age, as of ", first.value("asOf", "")));
  Row({{"", 40},
       {"未到期 not due", -16},
       {"1-30", -16},
       {"31-60", -16},
       {"61-90", -16},
       {"> 90", -16},
       {"合计 total", -16}});
  const auto print = [&](const std::string& label, const Json& row) {
    Row({{label, 40},
         {Amount(row, "notDue"), -16},
         {Amount(row, "bucket1"), -16},
         {Amount(row, "bucket2"), -16},
         {Amount(row, "bucket3"), -16},
         {Amount(row, "beyond"), -16},
         {Amount(row, "total"), -16}});
  };
  for (const Json& row : first.value("rows", Json::array())) print(names.Account(row.value("account", "")), row);
  for (const Json& row : first.value("totals", Json::array())) {
    print(absl::StrCat("合计 total ", row.value("currency", "")), row);
  }
  Title("超信用额度 Accounts over limit");
  ASSIGN_OR_RETURN(const Json over,
                   world.All(kDepartment, "/v1/receivables:summarizeAccounts?overLimitOnly=true", "accounts"));
  Rows(over, [&](const Json& row) {
    Row({{names.Account(row.value("account", "")), 40},
         {names.Person(row.value("owner", "")), 12},
         {Amount(row, "balance"), -16},
         {absl::StrCat("额度 limit ", Amount(row, "creditLimit")), -28}});
  });
  return absl::OkStatus();
}

absl::Status Clocks(World& world, Names& names) {
  for (const auto& [state, title] : {std::pair<const char*, const char*>{"RUNNING", "计时中 Clocks running"},
                                     std::pair<const char*, const char*>{"BREACHED", "已超时 Clocks breached"}}) {
    Title(title);
    ASSIGN_OR_RETURN(const Json clocks, List(world, "complaintClocks", absl::StrCat("state = ", state), "due_time"));
    Rows(clocks, [&](const Json& clock) {
      Row({{names.Account(clock.value("account", "")), 40},
           {Short(clock, "complaintClass", "COMPLAINT_CLASS_"), 10},
           {Short(clock, "kind", "CLOCK_KIND_"), 16},
           {absl::StrCat("due ", world.Local(clock.value("dueTime", ""))), 18},
           {names.Person(clock.value("handler", "")), 12}});
    });
  }
  return absl::OkStatus();
}

absl::Status Approvals(World& world, Names& names) {
  Title("待审批 Approvals waiting");
  ASSIGN_OR_RETURN(const Json requests, List(world, "approvalRequests", "state = PENDING", "deadline"));
  Rows(requests, [&](const Json& request) {
    std::string roles;
    for (const Json& role : request.value("pendingRoles", Json::array())) {
      absl::StrAppend(&roles, roles.empty() ? "" : " ", role.get<std::string>());
    }
    Row({{request.value("subjectLabel", ""), 18},
         {request.value("purpose", ""), 20},
         {names.Person(request.value("requester", "")), 12},
         {absl::StrCat("asks ", roles), 16},
         {absl::StrCat("until ", world.Local(request.value("deadline", ""))), 20},
         {request.value("reason", ""), 0}});
  });
  return absl::OkStatus();
}

absl::Status Changes(World& world, Names& names) {
  for (const char* service : {"account", "contract", "aftersales"}) {
    Json last = Json::array();
    std::string cursor;
    bool more = true;
    int64_t total = 0;
    while (more) {
      ASSIGN_OR_RETURN(const Json page,
                       world.Read(kDepartment, absl::StrCat("/v1/", service, "/changes?pageSize=", kChangePage,
                                                            cursor.empty() ? "" : "&cursor=", UrlEncode(cursor))));
      for (const Json& change : page.value("changes", Json::array())) {
        last.push_back(change);
        if (last.size() > kChangesMax) last.erase(0);
        ++total;
      }
      more = page.value("more", false) && page.value("nextCursor", "") != cursor;
      cursor = page.value("nextCursor", "");
    }
    Title(absl::StrCat("变更流 Change feed of ", service, "-svc, last of ", total));
    for (const Json& change : last) {
      const std::string method = change.value("method", "");
      const std::string actor = change.value("actor", "");
      Row({{absl::StrCat(CountOf(change, "sequence")), -7},
           {world.Local(change.value("time", "")), 12},
           {actor.rfind("employees/", 0) == 0 ? names.Person(actor) : actor, 26},
           {method.substr(method.rfind('/') + 1), 32},
           {change.value("resource", ""), 0}});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrintPage(World& world) {
  Names names(world);
  std::printf("\n%s\n  大客户部日报  Key account department, %s\n%s\n", Rule('=').c_str(),
              absl::FormatTime("%Y-%m-%d %H:%M", world.now(), world.zone()).c_str(), Rule('=').c_str());
  RETURN_IF_ERROR(PlanOfTheDay(world, names));
  RETURN_IF_ERROR(Receivables(world, names));
  RETURN_IF_ERROR(Clocks(world, names));
  RETURN_IF_ERROR(Approvals(world, names));
  RETURN_IF_ERROR(Changes(world, names));
  std::printf("%s\n", Rule('=').c_str());
  return absl::OkStatus();
}

}  // namespace kam::ctl::journey
