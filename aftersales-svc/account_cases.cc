// kam.business.v1.AftersalesBusinessService: cases of accounts, for the other programs of the suite.
#include "aftersales-svc/account_cases.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/money/decimal.h"
#include "common/resource/standard.h"
#include "common/service/dealings.h"
#include "common/service/open_business.h"
#include "common/status/status.h"
#include "common/time/months.h"
#include "kam/business/v1/business_service.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/satisfaction/v1/satisfaction_review.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::business::v1;
using mysql::Row;
using mysql::Value;

constexpr int kMonthsMax = 60;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.business.v1.AftersalesBusinessService/", method); }

// Open cases of one account.
constexpr char kOpenSql[] =
    "SELECT 'COMPLAINT' AS kind, 'complaints' AS collection, t.id AS id, t.number AS number, t.state AS state, "
    "t.amount_amount AS amount, t.amount_currency AS currency, t.handler AS owner, NULL AS due, t.product AS "
    "title "
    "FROM complaints t WHERE t.account = ? AND t.state NOT IN ('CLOSED', 'REJECTED', 'DUPLICATE') AND t.archive_time "
    "IS NULL "
    "UNION ALL SELECT 'FOLLOW_UP', 'followUps', t.id, t.number, t.state, NULL, NULL, COALESCE(t.measure_owner, "
    "t.owner), t.due_time, t.measure FROM follow_ups t WHERE t.account = ? AND t.state <> 'DONE' AND t.archive_time IS "
    "NULL "
    "UNION ALL SELECT 'SURVEY_INVITATION', 'surveyInvitations', t.id, t.number, t.state, NULL, NULL, NULL, "
    "t.expire_time, t.contact FROM survey_invitations t WHERE t.account = ? AND t.state = 'INVITED' AND t.expire_time "
    "> "
    "? AND t.archive_time IS NULL "
    "UNION ALL SELECT 'WARRANTY_CLAIM', 'warrantyClaims', t.id, t.number, t.state, COALESCE(t.approved_total_amount, "
    "t.claimed_total_amount), COALESCE(t.approved_total_currency, t.claimed_total_currency), NULL, NULL, t.product "
    "FROM "
    "warranty_claims t WHERE t.account = ? AND t.state NOT IN ('REJECTED', 'SETTLED', 'ARCHIVED') AND t.archive_time "
    "IS NULL";

service::OpenBusinessQuery OpenCases(absl::Time now) {
  return {kOpenSql, [now](const std::string& account) -> std::vector<Value> {
            return {account, account, account, now, account};
          }};
}

using Months = std::map<std::pair<std::string, std::string>, pb::AftersalesMonth>;  // By account id and month.

pb::AftersalesMonth& MonthOf(const std::string& account, const std::string& month, Months* months) {
  pb::AftersalesMonth& entry = (*months)[{account, month}];
  entry.set_month(month);
  return entry;
}

absl::Status Collect(const Env& env, mysql::Connection& connection, const pb::BatchGetFiguresRequest& request,
                     const MonthSpan& span, Months* months) {
  const absl::TimeZone zone = env.runtime->zone();
  const auto month_of = [zone](absl::Time time) { return absl::FormatTime("%E4Y-%m", time, zone); };
  std::vector<Value> accounts;
  for (const std::string& account : request.accounts()) accounts.emplace_back(IdOf(account));
  const std::string in_list = absl::StrCat(" AND t.account IN (", resource::Placeholders(accounts.size()), ")");
  // Months are those of the business's zone: instants are put into their month here.
  std::vector<Value> times = {absl::FromCivil(span.first, zone), absl::FromCivil(span.last + 1, zone)};
  times.insert(times.end(), accounts.begin(), accounts.end());
  RETURN_IF_ERROR(connection.Scan(
      absl::StrCat(
          "SELECT t.account, t.receive_time, t.complaint_class FROM complaints t WHERE t.receive_time >= ? AND "
          "t.receive_time < ? AND t.state <> 'DUPLICATE' AND t.archive_time IS NULL",
          in_list),
      mysql::Params(times), [&](const Row& row) -> absl::Status {
        pb::AftersalesMonth& month = MonthOf(row[0].text(), month_of(row[1].time()), months);
        month.set_complaints(month.complaints() + 1);
        if (row[2].text() == "MAJOR") month.set_major_complaints(month.major_complaints() + 1);
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(connection.Scan(
      absl::StrCat(
          "SELECT t.account, t.create_time FROM warranty_claims t WHERE t.create_time >= ? AND t.create_time < "
          "? AND t.direction = 'CUSTOMER' AND t.archive_time IS NULL",
          in_list),
      mysql::Params(times), [&](const Row& row) -> absl::Status {
        pb::AftersalesMonth& month = MonthOf(row[0].text(), month_of(row[1].time()), months);
        month.set_claims(month.claims() + 1);
        return absl::OkStatus();
      }));
  std::vector<Value> texts = {absl::FormatCivilTime(span.first), absl::FormatCivilTime(span.last)};
  texts.insert(texts.end(), accounts.begin(), accounts.end());
  return connection.Scan(
      absl::StrCat("SELECT t.account, t.review_month, t.csat FROM satisfaction_reviews t WHERE t.review_month >= ? AND "
                   "t.review_month <= ? AND t.csat IS NOT NULL AND t.subject IS NULL AND t.archive_time IS NULL",
                   in_list),
      mysql::Params(texts), [&](const Row& row) -> absl::Status {
        ASSIGN_OR_RETURN(const Decimal csat, Decimal::Parse(row[2].text(), "csat"));
        MonthOf(row[0].text(), row[1].text(), months).set_satisfaction(csat.ToString());
        return absl::OkStatus();
      });
}

absl::StatusOr<pb::BatchGetAftersalesFiguresResponse> GetFigures(const Env& env, rpc::Call& call,
                                                                 const pb::BatchGetFiguresRequest& request) {
  ASSIGN_OR_RETURN(const MonthSpan span, ParseMonthSpan(request.from_month(), request.until_month(), kMonthsMax));
  Months months;
  RETURN_IF_ERROR(env.runtime->database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    months.clear();
    return Collect(env, connection, request, span, &months);
  }));
  pb::BatchGetAftersalesFiguresResponse response;
  std::string last;
  for (auto& [key, month] : months) {
    if (key.first != last) response.add_accounts()->set_account(absl::StrCat("accounts/", key.first));
    last = key.first;
    *response.mutable_accounts(response.accounts_size() - 1)->add_months() = std::move(month);
  }
  return response;
}

// by field names of the resources.
std::vector<service::DealingKind> DealingKinds() {
  return {
      {"COMPLAINT", complaint::v1::Complaint::descriptor(), "complaint.read", "amount", "receive_time", "", "product"},
      {"WARRANTY_CLAIM", claim::v1::WarrantyClaim::descriptor(), "claim.read", "approved_total claimed_total",
       "create_time", "", "product"},
      {"SATISFACTION", satisfaction::v1::SatisfactionReview::descriptor(), "satisfaction_review.read", "", "month", "",
       "subject", "csat"}};
}

}  // namespace

void RegisterAccountCases(const Env& env) {
  env.registry->Add<pb::ListOpenBusinessRequest, pb::ListOpenBusinessResponse>(
      Rpc("ListOpenAftersalesBusiness"), [env](rpc::Call& call, const pb::ListOpenBusinessRequest& request) {
        return service::ListOpenBusiness(*env.runtime, call, OpenCases(env.runtime->clock().Now()), request);
      });
  env.registry->Add<pb::BatchGetFiguresRequest, pb::BatchGetAftersalesFiguresResponse>(
      Rpc("BatchGetAftersalesFigures"),
      [env](rpc::Call& call, const pb::BatchGetFiguresRequest& request) { return GetFigures(env, call, request); });
  env.registry->Add<pb::ListDealingsRequest, pb::ListDealingsResponse>(
      Rpc("ListAftersalesDealings"),
      [env, kinds = DealingKinds()](rpc::Call& call, const pb::ListDealingsRequest& request) {
        return service::ListDealings(*env.runtime, call, kinds, request);
      });
}

}  // namespace kam::aftersales
