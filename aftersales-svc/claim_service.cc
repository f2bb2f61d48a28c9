#include "aftersales-svc/claim_service.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/claim_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/claim/v1/claim_policy_service.pb.h"
#include "kam/claim/v1/warranty_claim_service.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::claim::v1;
using mysql::Value;
using resource::UnitOfWork;
using ClaimChange = resource::Change<pb::WarrantyClaim>;

constexpr char kService[] = "kam.claim.v1.WarrantyClaimService";
constexpr int kPartsMax = 200;

std::string Method(absl::string_view verb) { return absl::StrCat(kService, "/", verb); }

absl::StatusOr<absl::CivilDay> TodayOf(const Policy& policy, absl::Time now) {
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(policy.time_zone));
  return Today(now, zone);
}

// A claim on the manufacturer recovers the cost of a customer's claim.
absl::Status CheckCustomerClaim(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  if (claim.customer_claim().empty()) return absl::OkStatus();
  const auto invalid = [](absl::string_view why) {
    return InvalidField("warranty_claim.customer_claim", "CUSTOMER_CLAIM_INVALID", why);
  };
  if (claim.direction() != pb::CLAIM_DIRECTION_MANUFACTURER) return invalid("only a claim on the manufacturer has one");
  ASSIGN_OR_RETURN(const auto found,
                   work.Find<pb::WarrantyClaim>({"t.id = ?", {Value(IdOf(claim.customer_claim()))}}, "", 1));
  if (found.empty()) return absl::OkStatus();  // The reference check names it.
  if (found[0].direction() != pb::CLAIM_DIRECTION_CUSTOMER) return invalid("is no claim of a customer");
  if (found[0].account() != claim.account()) return invalid("is a claim of another account");
  return absl::OkStatus();
}

absl::Status CheckWhole(const Policy& policy, UnitOfWork& work, pb::WarrantyClaim* claim) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, TodayOf(policy, work.now()));
  RETURN_IF_ERROR(rules::CheckClaim(today, claim));
  return CheckCustomerClaim(work, *claim);
}

void SetHooks(const Env& env) {
  resource::Hooks hooks;
  hooks.prepare = EnsureHook(env);
  hooks.on_create = resource::OnCreate<pb::WarrantyClaim>(
      [policy = env.policy](UnitOfWork& work, pb::WarrantyClaim* created) -> absl::Status {
        if (!work.importing() || created->state() == pb::CLAIM_STATE_UNSPECIFIED) {
          created->set_state(pb::CLAIM_STATE_APPLIED);
        }
        return CheckWhole(policy, work, created);
      });
  hooks.on_update =
      resource::OnUpdate<pb::WarrantyClaim>([policy = env.policy](UnitOfWork& work, const pb::WarrantyClaim& before,
                                                                  pb::WarrantyClaim* after) -> absl::Status {
        if (!work.importing()) RETURN_IF_ERROR(rules::CheckClaimUpdate(before));
        return CheckWhole(policy, work, after);
      });
  env.runtime->SetHooks(pb::WarrantyClaim::descriptor(), std::move(hooks));
}

template <typename Request>
rules::Finding FindingOf(const Request& request) {
  rules::Finding finding;
  finding.verdict = request.verdict();
  finding.finding = request.finding();
  finding.cause = request.cause();
  finding.policy_clause = request.policy_clause();
  return finding;
}

void RegisterAppraisals(const Env& env) {
  AddVerb<pb::AppraiseWarrantyClaimFirstRequest, pb::WarrantyClaim>(
      env, Method("AppraiseWarrantyClaimFirst"),
      [](UnitOfWork& work, const rpc::Call&, const pb::AppraiseWarrantyClaimFirstRequest& request,
         ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        rules::AppraiseFirst(FindingOf(request), employee, work.now(), &change->after);
        return absl::OkStatus();
      });
  AddVerb<pb::AppraiseWarrantyClaimSecondRequest, pb::WarrantyClaim>(
      env, Method("AppraiseWarrantyClaimSecond"),
      [](UnitOfWork& work, const rpc::Call&, const pb::AppraiseWarrantyClaimSecondRequest& request,
         ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        rules::Finding finding = FindingOf(request);
        finding.correction = request.correction();
        return rules::AppraiseSecond(finding, employee, work.now(), &change->after);
      });
  AddVerb<pb::RecordWarrantyClaimOpinionRequest, pb::WarrantyClaim>(
      env, Method("RecordWarrantyClaimOpinion"),
      [](UnitOfWork& work, const rpc::Call&, const pb::RecordWarrantyClaimOpinionRequest& request,
         ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        return rules::GiveOpinion(request, employee, work.now(), &change->after);
      });
}

absl::Status Decide(UnitOfWork& work, const google::protobuf::RepeatedPtrField<pb::ClaimItemRuling>& rulings,
                    bool goodwill, const std::string& reason, ClaimChange* change) {
  rules::Decision decision;
  decision.rulings.assign(rulings.begin(), rulings.end());
  decision.goodwill = goodwill;
  decision.reason = reason;
  ASSIGN_OR_RETURN(decision.decider, ActingEmployee(work));
  return rules::Decide(decision, work.now(), &change->after);
}

void RegisterDecisions(const Env& env) {
  AddVerb<pb::DecideWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("DecideWarrantyClaim"),
      [](UnitOfWork& work, const rpc::Call&, const pb::DecideWarrantyClaimRequest& request, ClaimChange* change) {
        return Decide(work, request.items(), request.goodwill(), request.reason(), change);
      });
  AddVerb<pb::DecidePartsClaimRequest, pb::WarrantyClaim>(
      env, Method("DecidePartsClaim"),
      [policy = env.policy](UnitOfWork& work, const rpc::Call&, const pb::DecidePartsClaimRequest& request,
                            ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::ClaimPolicy figures, ClaimPolicyNow(work, policy));
        ASSIGN_OR_RETURN(const std::string tier, TierOf(work, change->before.account()));
        RETURN_IF_ERROR(rules::CheckPartsAuthority(change->before, tier, figures));
        return Decide(work, request.items(), /*goodwill=*/false, request.reason(), change);
      });
  AddVerb<pb::SettleWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("SettleWarrantyClaim"),
      [](UnitOfWork& work, const rpc::Call&, const pb::SettleWarrantyClaimRequest& request,
         ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        ASSIGN_OR_RETURN(const auto parts, PartsOf(work, change->before.name()));
        RETURN_IF_ERROR(rules::Settle(request.has_amount() ? &request.amount() : nullptr, parts, employee, work.now(),
                                      &change->after));
        pb::ClaimSettlement* settlement = change->after.mutable_settlement();
        settlement->set_payer(request.payer());
        settlement->set_credit_note(request.credit_note());
        settlement->set_open_issue(request.open_issue());
        return absl::OkStatus();
      });
  AddVerb<pb::FileWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("FileWarrantyClaim"),
      [](UnitOfWork&, const rpc::Call&, const pb::FileWarrantyClaimRequest&, ClaimChange*) {
        return absl::OkStatus();
      });
}

absl::StatusOr<pb::GetClaimAccuracyResponse> GetAccuracy(const Env& env, rpc::Call& call,
                                                         const pb::GetClaimAccuracyRequest& request) {
  const resource::Type* type = env.runtime->catalog().Find(pb::WarrantyClaim::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(*type, call.principal, call.level());
  std::string sql =
      "SELECT COUNT(t.id), COALESCE(SUM(CASE WHEN t.approved_total_amount > 0 THEN 1 ELSE 0 END), 0), "
      "COALESCE(SUM(CASE WHEN t.second_appraisal_appraiser IS NOT NULL THEN 1 ELSE 0 END), 0), "
      "COALESCE(SUM(CASE WHEN t.second_appraisal_agrees = 1 THEN 1 ELSE 0 END), 0) "
      "FROM warranty_claims t WHERE t.decide_time >= ? AND t.decide_time < ?";
  std::vector<Value> params = {Value(FromTimestamp(request.from_time())), Value(FromTimestamp(request.until_time()))};
  if (request.direction() != pb::CLAIM_DIRECTION_UNSPECIFIED) {
    sql += " AND t.direction = ?";
    params.emplace_back(
        resource::ShortEnumName(pb::ClaimDirection_descriptor()->FindValueByNumber(request.direction())));
  }
  if (!scope.sql.empty()) {
    absl::StrAppend(&sql, " AND (", scope.sql, ")");
    params.insert(params.end(), scope.params.begin(), scope.params.end());
  }
  pb::GetClaimAccuracyResponse response;
  RETURN_IF_ERROR(env.runtime->database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    // Sums come back as DECIMAL, which is text.
    const auto number = [](const Value& cell) -> absl::StatusOr<int64_t> {
      if (cell.text().empty()) return cell.integer();
      ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(cell.text(), "sum"));
      return static_cast<int64_t>(value.unscaled() / Decimal::kUnit);
    };
    response.set_submitted(rows[0][0].integer());
    ASSIGN_OR_RETURN(const int64_t accepted, number(rows[0][1]));
    ASSIGN_OR_RETURN(const int64_t appraisals, number(rows[0][2]));
    ASSIGN_OR_RETURN(const int64_t agreed, number(rows[0][3]));
    response.set_accepted(accepted);
    response.set_appraisals(appraisals);
    response.set_agreed(agreed);
    return absl::OkStatus();
  }));
  response.set_accuracy(rules::Accuracy(response.accepted(), response.submitted()));
  return response;
}

}  // namespace

absl::StatusOr<pb::ClaimPolicy> ClaimPolicyNow(UnitOfWork& work, const Policy& policy) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, TodayOf(policy, work.now()));
  ASSIGN_OR_RETURN(
      std::vector<pb::ClaimPolicy> found,
      work.Find<pb::ClaimPolicy>({"t.effective_date <= ? AND t.archive_time IS NULL", {Value(FormatDate(today))}},
                                 "ORDER BY t.effective_date DESC", 1));
  if (!found.empty()) return std::move(found[0]);
  pb::ClaimPolicy standard;
  ASSIGN_OR_RETURN(const Money threshold, Money::Parse(policy.decision_threshold, policy.decision_currency));
  ToProto(threshold, standard.mutable_decision_threshold());
  for (const std::string& tier : policy.important_tiers) standard.add_important_tiers(tier);
  return standard;
}

absl::StatusOr<std::vector<pb::ReturnedPart>> PartsOf(UnitOfWork& work, const std::string& claim) {
  return work.Find<pb::ReturnedPart>({"t.claim = ?", {Value(IdOf(claim))}}, "ORDER BY t.id", kPartsMax);
}

void RegisterClaims(const Env& env) {
  SetHooks(env);
  resource::RegisterStandardMethods(*env.runtime, kService, env.registry);
  resource::RegisterStandardMethods(*env.runtime, "kam.claim.v1.ClaimPolicyService", env.registry);
  RegisterAppraisals(env);
  RegisterDecisions(env);
  env.registry->Add<pb::GetClaimAccuracyRequest, pb::GetClaimAccuracyResponse>(
      Method("GetClaimAccuracy"),
      [env](rpc::Call& call, const pb::GetClaimAccuracyRequest& request) { return GetAccuracy(env, call, request); });
}

}  // namespace kam::aftersales
