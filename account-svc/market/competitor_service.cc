// Competitors, what they do, and who found it out.
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/market/market_service.h"
#include "account-svc/people/line.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/report.h"
#include "account-svc/rules/market_information_rules.h"
#include "account-svc/visits/period_report.h"
#include "account-svc/work/people.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/competitor_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::CompetitorRecord;

absl::Status Create(const Context& context, UnitOfWork& work, CompetitorRecord* record) {
  ASSIGN_OR_RETURN(*record->mutable_contributor(), Person(work));
  const std::string today = context.Today(work.now());
  if (record->information_date().empty()) record->set_information_date(today);
  RETURN_IF_ERROR(Validate(work, *record));
  RETURN_IF_ERROR(rules::CheckCompetitorRecord(*record, today));
  if (!record->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, record->account()));
  return CheckOpportunityOf(work, record->account(), record->opportunity(), "competitor_record.opportunity");
}

absl::Status CheckCorrector(const Context& context, UnitOfWork& work, const CompetitorRecord& record) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const bool superior, IsAbove(work, work.actor().subject, record.contributor(), today));
  const bool reaches_others = work.level() > auth::Level::kOwn;
  bool left = false;
  if (reaches_others) {
    ASSIGN_OR_RETURN(const auto there, InService(work.connection(), {IdOf(record.contributor())}, today));
    left = there.empty();
  }
  return rules::CheckCompetitorRecordUpdate(record, work.actor().subject, superior, left);
}

absl::Status Update(const Context& context, UnitOfWork& work, const CompetitorRecord& before, CompetitorRecord* after) {
  RETURN_IF_ERROR(CheckCorrector(context, work, before));
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckCompetitorRecord(*after, context.Today(work.now())));
  if (before.account() == after->account() && before.opportunity() == after->opportunity()) return absl::OkStatus();
  if (!after->account().empty() && before.account() != after->account()) {
    RETURN_IF_ERROR(CheckAccountUsable(work, after->account()));
  }
  return CheckOpportunityOf(work, after->account(), after->opportunity(), "competitor_record.opportunity");
}

absl::StatusOr<v1::ReportContributionsResponse> Contributions(const Context& context, rpc::Call& call,
                                                              const v1::ReportContributionsRequest& request) {
  ASSIGN_OR_RETURN(const Period period, ParsePeriod(request.from_date(), request.until_date(), context.zone));
  const auto scoped = [&](std::string sql, const google::protobuf::Descriptor* descriptor, auth::Level level,
                          std::vector<Value>* params) {
    *params = {Value(period.from), Value(period.until)};
    AddCondition(resource::ScopeCondition(*context.runtime.catalog().Find(descriptor), call.principal, level), &sql,
                 params);
    return sql + " GROUP BY t.contributor";
  };
  std::vector<Value> competitor_params, market_params;
  const std::string competitors = scoped(
      "SELECT t.contributor, COUNT(t.id), SUM(CASE WHEN EXISTS (SELECT 1 FROM competitor_records_evidence e WHERE "
      "e.parent_id = t.id) THEN 1 ELSE 0 END) FROM competitor_records t WHERE t.archive_time IS NULL AND t.create_time "
      ">= ? AND "
      "t.create_time < ?",
      CompetitorRecord::descriptor(), call.level(), &competitor_params);
  const std::string market = scoped(
      "SELECT t.contributor, COUNT(t.id) FROM market_records t WHERE t.state <> 'WITHDRAWN' AND t.create_time >= "
      "? AND t.create_time < ?",
      v1::MarketRecord::descriptor(), call.principal.LevelFor("market_record.read"), &market_params);
  // Those whose superiors see to it that they collect are there also with nothing.
  std::vector<Value> people_params;
  std::string collectors;
  if (!context.policy.contribution_roles.empty()) {
    // As contributors of records without an account, so that their row scope fits.
    collectors = absl::StrCat("SELECT t.contributor FROM (SELECT h.author AS contributor, NULL AS account FROM (",
                              HoldersSql(period.first, period.last, context.policy.contribution_roles, &people_params),
                              ") h) t WHERE 1 = 1");
    AddCondition(resource::ScopeCondition(*context.runtime.catalog().Find(CompetitorRecord::descriptor()),
                                          call.principal, call.level()),
                 &collectors, &people_params);
  }
  std::map<std::string, v1::Contribution> people;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    people.clear();
    if (!collectors.empty()) {
      RETURN_IF_ERROR(connection.Scan(collectors, mysql::Params(people_params), [&](const Row& row) {
        people.try_emplace(row[0].text());
        return absl::OkStatus();
      }));
    }
    RETURN_IF_ERROR(connection.Scan(competitors, mysql::Params(competitor_params), [&](const Row& row) {
      people[row[0].text()].set_competitor_records(WholeOf(row[1]));
      people[row[0].text()].set_with_evidence(WholeOf(row[2]));
      return absl::OkStatus();
    }));
    return connection.Scan(market, mysql::Params(market_params), [&](const Row& row) {
      people[row[0].text()].set_market_records(WholeOf(row[1]));
      return absl::OkStatus();
    });
  }));
  v1::ReportContributionsResponse response;
  for (auto& [employee, row] : people) {
    row.set_employee(NameOf("employees", employee));
    *response.add_rows() = std::move(row);
  }
  return response;
}

}  // namespace

void RegisterCompetitors(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<CompetitorRecord>(
      [context](UnitOfWork& work, CompetitorRecord* record) { return Create(context, work, record); });
  hooks.on_update = resource::OnUpdate<CompetitorRecord>(
      [context](UnitOfWork& work, const CompetitorRecord& before, CompetitorRecord* after) {
        return Update(context, work, before, after);
      });
  context.runtime.SetHooks(CompetitorRecord::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.CompetitorService", registry);
  AddWrite<CompetitorRecord, v1::WithdrawCompetitorRecordRequest>(
      context, "kam.account.v1.CompetitorService/WithdrawCompetitorRecord", registry,
      [context](UnitOfWork& work,
                const v1::WithdrawCompetitorRecordRequest& request) -> absl::StatusOr<CompetitorRecord> {
        ASSIGN_OR_RETURN(auto change, work.Begin<CompetitorRecord>(request));
        RETURN_IF_ERROR(CheckCorrector(context, work, change.before));
        RETURN_IF_ERROR(work.SetArchived(change.before, /*archived=*/true, &change.after));
        return change.after;
      });
  registry->Add<v1::ReportContributionsRequest, v1::ReportContributionsResponse>(
      "kam.account.v1.CompetitorService/ReportContributions",
      [context](rpc::Call& call, const v1::ReportContributionsRequest& request) {
        return Contributions(context, call, request);
      });
}

}  // namespace kam::account
