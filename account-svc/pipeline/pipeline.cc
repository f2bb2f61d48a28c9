#include "account-svc/pipeline/pipeline.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {

void OnDue(const Context& context, absl::string_view kind, absl::string_view method,
           schedule::Scheduler::Handler handler) {
  if (context.scheduler != nullptr) context.scheduler->Handle(kind, method, std::move(handler));
}

absl::Status SetOwner(resource::UnitOfWork& work, std::string* owner) {
  if (!owner->empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(*owner, Person(work));
  return absl::OkStatus();
}

absl::StatusOr<std::string> HeirOf(const Context& context, resource::UnitOfWork& work, const std::string& account,
                                   const std::string& owner) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> heirs,
      work.connection().Query(
          "SELECT a.owner FROM accounts a WHERE a.id = ? AND a.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
          "account_ownerships o WHERE o.account = a.id AND o.employee = ? AND o.state = 'ACTIVE') AND (EXISTS (SELECT "
          "1 FROM account_ownerships o WHERE o.account = a.id AND o.employee = ? AND o.kind <> 'REPORTED') OR EXISTS "
          "(SELECT 1 FROM employees e "
          "WHERE e.id = ? AND e.leave_date < ?))",
          {IdOf(account), IdOf(owner), IdOf(owner), IdOf(owner), context.Today(work.now())}));
  return heirs.empty() ? owner : NameOf("employees", heirs[0][0].text());
}

absl::Status CheckOpportunityOf(resource::UnitOfWork& work, const std::string& account, const std::string& opportunity,
                                absl::string_view field) {
  if (opportunity.empty() || work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT account FROM opportunities WHERE id = ?", {IdOf(opportunity)}));
  if (rows.empty()) return absl::OkStatus();  // The runtime names the missing reference.
  v1::Opportunity probe;
  probe.set_name(opportunity);
  RETURN_IF_ERROR(work.CheckReach(*work.runtime().catalog().Find(v1::Opportunity::descriptor()), probe,
                                  work.actor().LevelFor("opportunity.read")));
  if (NameOf("accounts", rows[0][0].text()) == account) return absl::OkStatus();
  return InvalidField(field, "OPPORTUNITY_OF_ANOTHER_ACCOUNT", "belongs to another account",
                      {{"value", opportunity}, {"account", account}});
}

absl::Status CheckPeriod(const std::string& from_date, const std::string& to_date) {
  constexpr int64_t kDaysMax = 366;
  ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(from_date, "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate(to_date, "to_date"));
  if (to < from) {
    return InvalidField("to_date", "PERIOD_INVALID", "is before from_date", {{"value", to_date}, {"limit", from_date}});
  }
  if (to - from > kDaysMax) {
    return InvalidField("to_date", "PERIOD_INVALID", absl::StrCat("is more than ", kDaysMax, " days after from_date"),
                        {{"value", to_date}, {"limit", FormatDate(from + kDaysMax)}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::pair<absl::Time, absl::Time>> Instants(const Context& context, const std::string& from_date,
                                                           const std::string& to_date) {
  RETURN_IF_ERROR(CheckPeriod(from_date, to_date));
  ASSIGN_OR_RETURN(const absl::CivilDay from, ParseDate(from_date, "from_date"));
  ASSIGN_OR_RETURN(const absl::CivilDay to, ParseDate(to_date, "to_date"));
  return std::make_pair(absl::FromCivil(from, context.zone), absl::FromCivil(to + 1, context.zone));
}

absl::StatusOr<std::vector<mysql::Row>> QueryWithinReach(const Context& context, const rpc::Call& call,
                                                         const google::protobuf::Descriptor* type,
                                                         mysql::Connection& connection, absl::string_view select,
                                                         std::vector<mysql::Value> params, absl::string_view group) {
  const resource::SqlCondition scope =
      resource::ScopeCondition(*context.runtime.catalog().Find(type), call.principal, call.level());
  std::string sql(select);
  if (!scope.sql.empty()) {
    absl::StrAppend(&sql, " AND (", scope.sql, ")");
    params.insert(params.end(), scope.params.begin(), scope.params.end());
  }
  absl::StrAppend(&sql, " ", group);
  return connection.Query(sql, mysql::Params(params));
}

}  // namespace kam::account
