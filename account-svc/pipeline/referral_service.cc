// kam.account.v1.ReferralService: referrals with their outcome and reward.
#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/pipeline/referral_figures.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/referral_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/referral_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Referral;

constexpr char kService[] = "kam.account.v1.ReferralService";

// Everything is counted at the day the lead came, so that the parts add up.
constexpr char kFigures[] =
    "COUNT(t.id), COUNT(r.id), COUNT(CASE WHEN r.state IN ('SUCCEEDED', 'REWARDED') THEN 1 END), COUNT(CASE WHEN "
    "r.state = 'FAILED' THEN 1 END), CAST(SUM(COALESCE(r.reward_points, 0)) AS SIGNED) FROM leads t LEFT JOIN "
    "referrals r ON r.lead = t.id AND (r.referrer IS NOT NULL OR r.referrer_member IS NOT NULL) WHERE t.archive_time "
    "IS NULL AND t.arrival_time >= ? AND t.arrival_time < ?";

// From the first of its columns.
rules::ReferralFigures FiguresOf(const Row& row, size_t at) {
  const auto whole = [&](size_t column) {
    return row[at + column].is_null() ? 0 : static_cast<int32_t>(row[at + column].integer());
  };
  rules::ReferralFigures figures;
  figures.leads = whole(0);
  figures.referred = whole(1);
  figures.succeeded = whole(2);
  figures.failed = whole(3);
  figures.points = row[at + 4].is_null() ? 0 : row[at + 4].integer();
  return figures;
}

absl::StatusOr<v1::ReportReferralsResponse> Report(const Context& context, const rpc::Call& call,
                                                   const v1::ReportReferralsRequest& request,
                                                   mysql::Connection& connection) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      QueryWithinReach(context, call, v1::Lead::descriptor(), connection, absl::StrCat("SELECT t.owner, ", kFigures),
                       {Value(instants.first), Value(instants.second)}, "GROUP BY t.owner ORDER BY t.owner"));
  v1::ReportReferralsResponse response;
  for (const Row& row : rows) {
    v1::ReferralRow* out = response.add_rows();
    out->set_employee(NameOf("employees", row[0].text()));
    const rules::ReferralFigures figures = FiguresOf(row, 1);
    out->set_leads(figures.leads);
    out->set_referred(figures.referred);
    out->set_referral_percent(rules::RateText(figures.referred, figures.leads));
    out->set_succeeded(figures.succeeded);
    out->set_failed(figures.failed);
    out->set_reward_points(figures.points);
  }
  return response;
}

}  // namespace

absl::StatusOr<rules::ReferralFigures> CountReferrals(const Context& context, mysql::Connection& connection,
                                                      const std::string& from_date, const std::string& to_date) {
  ASSIGN_OR_RETURN(const auto instants, Instants(context, from_date, to_date));
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(absl::StrCat("SELECT ", kFigures),
                                                                 {Value(instants.first), Value(instants.second)}));
  return rows.empty() ? rules::ReferralFigures() : FiguresOf(rows[0], 0);
}

void RegisterReferrals(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<Referral, v1::RewardReferralRequest>(
      context, absl::StrCat(kService, "/RewardReferral"), registry,
      [context](UnitOfWork& work, const v1::RewardReferralRequest& request, Referral* referral) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Reward(request, actor, work.now(), context.policy, referral);
      });
  AddVerb<Referral, v1::ReverseReferralRewardRequest>(
      context, absl::StrCat(kService, "/ReverseReferralReward"), registry,
      [](UnitOfWork& work, const v1::ReverseReferralRewardRequest&, Referral* referral) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ReverseReward(actor, referral);
      });
  AddReport<v1::ReportReferralsRequest, v1::ReportReferralsResponse>(
      context, absl::StrCat(kService, "/ReportReferrals"), registry,
      [context](const rpc::Call& call, const v1::ReportReferralsRequest& request, mysql::Connection& connection) {
        return Report(context, call, request, connection);
      });
}

}  // namespace kam::account
