#include "aftersales-svc/monthly_satisfaction.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/survey_rules.h"
#include "aftersales-svc/survey_service.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/satisfaction/v1/survey_invitation.pb.h"
#include "kam/satisfaction/v1/survey_response_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::satisfaction::v1;
using mysql::Value;

constexpr char kMethod[] = "kam.satisfaction.v1.SurveyResponseService/ListMonthlySatisfaction";

struct Span {
  absl::Time from, until;
};

Span SpanOf(absl::CivilMonth month, absl::TimeZone zone) {
  return {absl::FromCivil(month, zone), absl::FromCivil(month + 1, zone)};
}

// Sums and counts come as DECIMAL text or as integers.
absl::StatusOr<Decimal> Number(const Value& cell) {
  if (cell.is_null()) return Decimal();
  return cell.text().empty() ? Decimal::FromInt64(cell.integer()) : Decimal::Parse(cell.text(), "sum");
}
absl::StatusOr<int64_t> Whole(const Value& cell) {
  ASSIGN_OR_RETURN(const Decimal number, Number(cell));
  return static_cast<int64_t>(number.unscaled() / Decimal::kUnit);
}

// The figures of some accounts over some time, each by one grouped query.
class Figures {
 public:
  Figures(mysql::Connection& connection, const std::vector<std::string>& accounts, std::string subject)
      : connection_(connection), subject_(std::move(subject)) {
    for (const std::string& account : accounts) accounts_.emplace_back(account);
  }

  absl::Status Add(const Span& month, const Span& before, std::map<std::string, pb::MonthlySatisfaction>* rows) {
    RETURN_IF_ERROR(
        Each("SELECT t.account, COUNT(t.id) FROM survey_invitations t WHERE t.create_time >= ? AND "
             "t.create_time < ?",
             month, [&](const mysql::Row& row) -> absl::Status {
               (*rows)[row[0].text()].set_invitations(row[1].integer());
               return absl::OkStatus();
             }));
    RETURN_IF_ERROR(
        Each("SELECT t.account, COUNT(t.id) FROM survey_responses t WHERE t.submit_time >= ? AND "
             "t.submit_time < ?",
             month, [&](const mysql::Row& row) -> absl::Status {
               (*rows)[row[0].text()].set_responses(row[1].integer());
               return absl::OkStatus();
             }));
    RETURN_IF_ERROR(Csat(month, [&](const std::string& account, const std::string& mean, int64_t count) {
      (*rows)[account].set_csat(mean);
      (*rows)[account].set_csat_answers(count);
    }));
    RETURN_IF_ERROR(Csat(before, [&](const std::string& account, const std::string& mean, int64_t) {
      (*rows)[account].set_csat_before(mean);
    }));
    RETURN_IF_ERROR(Each(
        "SELECT t.account, SUM(CASE WHEN a.value >= 9 THEN 1 ELSE 0 END), SUM(CASE WHEN a.value <= 6 THEN 1 ELSE 0 "
        "END), COUNT(a.value) FROM survey_responses t JOIN survey_responses_answers a ON a.parent_id = t.id JOIN "
        "questionnaires_questions q ON q.parent_id = t.questionnaire AND q.code = a.question AND q.kind = 'NPS' WHERE "
        "t.submit_time >= ? AND t.submit_time < ?",
        month, [&](const mysql::Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const int64_t promoters, Whole(row[1]));
          ASSIGN_OR_RETURN(const int64_t detractors, Whole(row[2]));
          pb::MonthlySatisfaction& figures = (*rows)[row[0].text()];
          figures.set_nps(rules::Nps(promoters, detractors, row[3].integer()));
          figures.set_nps_answers(row[3].integer());
          return absl::OkStatus();
        }));
    return Each(
        "SELECT t.account, COUNT(f.id) FROM follow_ups f JOIN survey_responses t ON t.id = f.response WHERE f.state <> "
        "'DONE' AND t.submit_time >= ? AND t.submit_time < ?",
        month, [&](const mysql::Row& row) -> absl::Status {
          (*rows)[row[0].text()].set_follow_ups_open(row[1].integer());
          return absl::OkStatus();
        });
  }

  // The sum of the normalised answers of each account, and how many they are.
  absl::Status CsatSums(const Span& span,
                        absl::FunctionRef<absl::Status(const std::string& account, Decimal sum, int64_t count)> take) {
    return Each(
        "SELECT t.account, SUM(a.normalised), COUNT(a.normalised) FROM survey_responses t JOIN "
        "survey_responses_answers a ON a.parent_id = t.id WHERE a.normalised IS NOT NULL AND t.submit_time >= ? AND "
        "t.submit_time < ?",
        span, [&](const mysql::Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const Decimal sum, Number(row[1]));
          return take(row[0].text(), sum, row[2].integer());
        });
  }

 private:
  absl::Status Csat(const Span& span,
                    absl::FunctionRef<void(const std::string& account, const std::string& mean, int64_t)> take) {
    return CsatSums(span, [&](const std::string& account, Decimal sum, int64_t count) {
      take(account, rules::Mean(sum, count), count);
      return absl::OkStatus();
    });
  }

  // `t` is an invitation or a response: both have account and questionnaire.
  absl::Status Each(const char* sql, const Span& span, absl::FunctionRef<absl::Status(const mysql::Row&)> take) {
    std::vector<Value> params = {Value(span.from), Value(span.until)};
    params.insert(params.end(), accounts_.begin(), accounts_.end());
    std::string of_subject;
    if (!subject_.empty()) {
      of_subject = " AND t.questionnaire IN (SELECT s.id FROM questionnaires s WHERE s.subject = ?)";
      params.emplace_back(subject_);
    }
    return connection_.Scan(absl::StrCat(sql, " AND t.account IN (", resource::Placeholders(accounts_.size()), ")",
                                         of_subject, " GROUP BY t.account"),
                            mysql::Params(params), take);
  }

  mysql::Connection& connection_;
  const std::string subject_;
  std::vector<Value> accounts_;
};

pb::MonthlySatisfaction Complete(const std::string& account, const std::string& month, pb::MonthlySatisfaction row) {
  row.set_account(absl::StrCat("accounts/", account));
  row.set_month(month);
  row.set_trend(rules::Trend(row.csat(), row.csat_before()));
  row.set_metric_version(rules::kMetricVersion);
  return row;
}

absl::StatusOr<pb::ListMonthlySatisfactionResponse> List(const Env& env, rpc::Call& call,
                                                         const pb::ListMonthlySatisfactionRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size = request.page_size() == 0 ? resource::kPageSizeDefault
                                                 : std::min<int>(request.page_size(), resource::kPageSizeMax);
  const absl::TimeZone zone = env.runtime->zone();
  ASSIGN_OR_RETURN(const absl::CivilMonth month, ParseMonth(request.month(), "month"));
  const Span span = SpanOf(month, zone);
  const absl::Time now = env.runtime->clock().Now();
  const std::string binding =
      absl::StrCat(kMethod, "\n", call.principal.subject, "\n", request.month(), "\n", request.account());
  const resource::Type& type = *env.runtime->catalog().Find(pb::SurveyInvitation::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string sql =
      "SELECT t.account FROM survey_invitations t WHERE ((t.create_time >= ? AND t.create_time < ?) OR (t.submit_time "
      ">= ? AND t.submit_time < ?))";
  std::vector<Value> params = {Value(span.from), Value(span.until), Value(span.from), Value(span.until)};
  if (!scope.sql.empty()) {
    absl::StrAppend(&sql, " AND (", scope.sql, ")");
    params.insert(params.end(), scope.params.begin(), scope.params.end());
  }
  if (!request.account().empty()) {
    sql += " AND t.account = ?";
    params.emplace_back(IdOf(request.account()));
  }
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     env.runtime->page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 1) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    sql += " AND t.account > ?";
    params.push_back(last[0]);
  }
  absl::StrAppend(&sql, " GROUP BY t.account ORDER BY t.account LIMIT ", page_size + 1);

  pb::ListMonthlySatisfactionResponse response;
  RETURN_IF_ERROR(env.runtime->database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    std::vector<std::string> accounts;
    for (const mysql::Row& row : rows) accounts.push_back(row[0].text());
    if (accounts.size() > static_cast<size_t>(page_size)) {
      accounts.resize(static_cast<size_t>(page_size));
      response.set_next_page_token(env.runtime->page_tokens().Seal({Value(accounts.back())}, binding, now));
    }
    if (accounts.empty()) return absl::OkStatus();
    std::map<std::string, pb::MonthlySatisfaction> figures;
    RETURN_IF_ERROR(Figures(connection, accounts, "").Add(span, SpanOf(month - 1, zone), &figures));
    for (const std::string& account : accounts) {
      *response.add_rows() = Complete(account, request.month(), std::move(figures[account]));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

absl::StatusOr<absl::CivilMonth> ParseMonth(const std::string& text, const char* field) {
  absl::CivilMonth month;
  if (absl::ParseCivilTime(text, &month)) return month;
  return InvalidField(field, "FIELD_MALFORMED", "must be YYYY-MM");
}

absl::StatusOr<pb::MonthlySatisfaction> FiguresOf(mysql::Connection& connection, const std::string& account,
                                                  absl::CivilMonth month, const std::string& subject,
                                                  absl::TimeZone zone) {
  std::map<std::string, pb::MonthlySatisfaction> figures;
  RETURN_IF_ERROR(Figures(connection, {account}, subject).Add(SpanOf(month, zone), SpanOf(month - 1, zone), &figures));
  return Complete(account, absl::FormatCivilTime(month), std::move(figures[account]));
}

absl::StatusOr<CsatSum> CsatOf(mysql::Connection& connection, const std::vector<std::string>& accounts,
                               absl::CivilMonth month, const std::string& subject, absl::TimeZone zone) {
  constexpr size_t kAccountsAtOnce = 500;
  CsatSum total;
  for (size_t begin = 0; begin < accounts.size(); begin += kAccountsAtOnce) {
    const size_t end = std::min(accounts.size(), begin + kAccountsAtOnce);
    const std::vector<std::string> some(accounts.begin() + static_cast<long>(begin),
                                        accounts.begin() + static_cast<long>(end));
    RETURN_IF_ERROR(
        Figures(connection, some, subject)
            .CsatSums(SpanOf(month, zone), [&](const std::string&, Decimal sum, int64_t count) -> absl::Status {
              ASSIGN_OR_RETURN(total.sum, Add(total.sum, sum));
              total.answers += count;
              return absl::OkStatus();
            }));
  }
  return total;
}

void RegisterMonthlySatisfaction(const Env& env) {
  resource::RegisterStandardMethods(*env.runtime, "kam.satisfaction.v1.SurveyResponseService", env.registry);
  env.registry->Add<pb::ListMonthlySatisfactionRequest, pb::ListMonthlySatisfactionResponse>(
      kMethod,
      [env](rpc::Call& call, const pb::ListMonthlySatisfactionRequest& request) { return List(env, call, request); });
}

}  // namespace kam::aftersales
