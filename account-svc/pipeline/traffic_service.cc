// kam.account.v1.TrafficCountService: the visitor register and the daily traffic (A-19, P-06).
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/common_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/traffic_count_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::TrafficCount;

constexpr char kService[] = "kam.account.v1.TrafficCountService";

absl::Status CreateCount(const Context& context, UnitOfWork& work, TrafficCount* count) {
  RETURN_IF_ERROR(SetOwner(work, count->mutable_owner()));
  RETURN_IF_ERROR(Validate(work, *count));
  const std::string today = context.Today(work.now());
  if (count->count_date() > today) {
    return InvalidField("traffic_count.count_date", "DATE_IN_FUTURE", absl::StrCat("is after today, ", today),
                        {{"value", count->count_date()}, {"limit", today}});
  }
  ASSIGN_OR_RETURN(
      const std::vector<TrafficCount> found,
      work.Find<TrafficCount>(
          {"t.count_date = ? AND t.showroom = ? AND t.channel = ?",
           {mysql::Value(count->count_date()), mysql::Value(count->showroom()),
            mysql::Value(resource::ShortEnumName(v1::Channel_descriptor()->FindValueByNumber(count->channel())))}},
          "", 1));
  if (found.empty()) return absl::OkStatus();
  const resource::Type& type = *work.runtime().catalog().Find(TrafficCount::descriptor());
  if (!work.CheckReach(type, found[0], work.actor().LevelFor("traffic.read")).ok()) {
    return Error(absl::StatusCode::kAlreadyExists, "TRAFFIC_COUNTED", "the day was counted already by somebody else",
                 {{"day", count->count_date()}, {"showroom", count->showroom()}});
  }
  return Error(absl::StatusCode::kAlreadyExists, "TRAFFIC_COUNTED",
               absl::StrCat("the day was counted already by ", found[0].owner(), "; correct that count"),
               {{"day", count->count_date()}, {"showroom", count->showroom()}, {"counted", found[0].name()}});
}

struct Figures {
  int64_t visits = 0;
  int64_t calls = 0;
  int64_t leads = 0;
  int64_t with_phone = 0;
  int64_t refused = 0;
};

absl::StatusOr<v1::ReportDailyTrafficResponse> DailyTraffic(const Context& context, const rpc::Call& call,
                                                            const v1::ReportDailyTrafficRequest& request,
                                                            mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  std::map<std::tuple<std::string, std::string, std::string>, Figures> table;  // By day, showroom, channel.
  std::vector<mysql::Value> params = {mysql::Value(request.from_date()), mysql::Value(request.to_date())};
  std::string where = "t.archive_time IS NULL";
  if (!request.showroom().empty()) {
    where += " AND t.showroom = ?";
    params.emplace_back(request.showroom());
  }
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> counts,
                   QueryWithinReach(context, call, TrafficCount::descriptor(), connection,
                                    absl::StrCat("SELECT t.count_date, t.showroom, t.channel, t.visits, t.calls FROM "
                                                 "traffic_counts t WHERE t.count_date >= ? AND t.count_date <= ? AND ",
                                                 where),
                                    params, ""));
  for (const mysql::Row& row : counts) {
    Figures& figures = table[{row[0].text(), row[1].text(), row[2].text()}];
    figures.visits += row[3].integer();
    figures.calls += row[4].integer();
  }
  params[0] = mysql::Value(instants.first);
  params[1] = mysql::Value(instants.second);
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> leads,
      QueryWithinReach(context, call, v1::Lead::descriptor(), connection,
                       absl::StrCat("SELECT t.arrival_time, t.showroom, t.channel, t.phone IS NOT NULL, "
                                    "t.phone_refused FROM leads t WHERE t.arrival_time >= ? AND t.arrival_time < ? "
                                    "AND ",
                                    where),
                       params, ""));
  for (const mysql::Row& row : leads) {
    Figures& figures = table[{context.Today(row[0].time()), row[1].text(), row[2].text()}];
    ++figures.leads;
    figures.with_phone += row[3].integer();
    figures.refused += row[4].integer();
  }
  v1::ReportDailyTrafficResponse response;
  for (const auto& [key, figures] : table) {
    v1::DailyTrafficRow* row = response.add_rows();
    row->set_day(std::get<0>(key));
    row->set_showroom(std::get<1>(key));
    const auto* channel = resource::FindEnumValue(v1::Channel_descriptor(), std::get<2>(key));
    if (channel != nullptr) row->set_channel(static_cast<v1::Channel>(channel->number()));
    row->set_visits(static_cast<int32_t>(figures.visits));
    row->set_calls(static_cast<int32_t>(figures.calls));
    row->set_leads(static_cast<int32_t>(figures.leads));
    row->set_leads_with_phone(static_cast<int32_t>(figures.with_phone));
    row->set_phone_refused(static_cast<int32_t>(figures.refused));
    row->set_registration_percent(rules::RateText(figures.leads, figures.visits + figures.calls));
  }
  return response;
}

}  // namespace

void RegisterTraffic(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<TrafficCount>(
      [context](UnitOfWork& work, TrafficCount* count) { return CreateCount(context, work, count); });
  context.runtime.SetHooks(TrafficCount::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddReport<v1::ReportDailyTrafficRequest, v1::ReportDailyTrafficResponse>(
      context, absl::StrCat(kService, "/ReportDailyTraffic"), registry,
      [context](const rpc::Call& call, const v1::ReportDailyTrafficRequest& request, mysql::Connection& connection) {
        return DailyTraffic(context, call, request, connection);
      });
}

}  // namespace kam::account
