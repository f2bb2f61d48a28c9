#include "aftersales-svc/claim_service.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/rules/claim_history.h"
#include "aftersales-svc/rules/claim_once.h"
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
constexpr int kSameFailureMax = 100;

std::string Short(pb::ClaimDirection direction) {
  return resource::ShortEnumName(pb::ClaimDirection_descriptor()->FindValueByNumber(direction));
}

std::string Method(absl::string_view verb) { return absl::StrCat(kService, "/", verb); }

absl::CivilDay TodayOf(const UnitOfWork& work) { return Today(work.now(), work.runtime().zone()); }

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

// A claim that came from a complaint is of the same account.
absl::Status CheckComplaint(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  if (claim.complaint().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT account FROM complaints WHERE id = ?", {IdOf(claim.complaint())}));
  if (rows.empty() || rows[0][0].text() == IdOf(claim.account())) return absl::OkStatus();
  return InvalidField("warranty_claim.complaint", "CLAIM_COMPLAINT_INVALID", "is a complaint of another account");
}

// Claims of the same failure beside this one, also those out of reach.
absl::StatusOr<std::vector<pb::WarrantyClaim>> OfSameFailure(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  ASSIGN_OR_RETURN(
      std::vector<pb::WarrantyClaim> others,
      work.Find<pb::WarrantyClaim>({"t.serial = ? AND t.direction = ? AND t.failure_date = ? AND t.id <> ?",
                                    {Value(claim.serial()), Value(Short(claim.direction())),
                                     Value(claim.failure_date()), Value(IdOf(claim.name()))}},
                                   "ORDER BY t.id", kSameFailureMax));
  if (static_cast<int>(others.size()) < kSameFailureMax) return others;
  return Error(absl::StatusCode::kAlreadyExists, "CLAIM_EXISTS",
               absl::StrCat("the failure of ", claim.serial(), " on ", claim.failure_date(), " has ", others.size(),
                            " claims already"),
               {{"serial", claim.serial()}, {"failureDate", claim.failure_date()}});
}

// What people enter; an import brings what was paid elsewhere as it is, and it counts when somebody decides here.
absl::Status CheckOnce(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  RETURN_IF_ERROR(rules::CheckPartNumbers(claim));
  ASSIGN_OR_RETURN(const auto others, OfSameFailure(work, claim));
  return rules::CheckClaimedOnce(claim, others, /*deciding=*/false);
}

absl::Status CheckWhole(const Policy& policy, UnitOfWork& work, pb::WarrantyClaim* claim) {
  RETURN_IF_ERROR(rules::CheckClaim(TodayOf(work), claim));
  RETURN_IF_ERROR(CheckComplaint(work, *claim));
  RETURN_IF_ERROR(CheckCustomerClaim(work, *claim));
  return work.importing() ? rules::CheckHistory(work.now(), policy, claim) : absl::OkStatus();
}

// Have people gone on with a claim since it was imported?
absl::StatusOr<bool> WorkedOn(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM changes WHERE resource_id = ? AND method NOT LIKE ? AND "
                                           "method NOT LIKE ? LIMIT 1",
                                           {IdOf(claim.name()), "%/BatchUpsert%", "%/UpdateWarrantyClaim"}));
  return !rows.empty();
}

absl::Status OnUpdate(const Policy& policy, UnitOfWork& work, const pb::WarrantyClaim& before,
                      pb::WarrantyClaim* after) {
  if (!work.importing()) {
    RETURN_IF_ERROR(rules::CheckClaimUpdate(before));
    RETURN_IF_ERROR(CheckWhole(policy, work, after));
    return CheckOnce(work, *after);
  }
  rules::KeepRulings(before, after);
  ASSIGN_OR_RETURN(const bool worked_on, WorkedOn(work, before));
  return worked_on ? rules::CheckStillHistory(before, *after) : CheckWhole(policy, work, after);
}

void SetHooks(const Env& env) {
  resource::Hooks hooks;
  hooks.prepare = EnsureHook(env);
  hooks.on_create = resource::OnCreate<pb::WarrantyClaim>(
      [policy = env.policy](UnitOfWork& work, pb::WarrantyClaim* created) -> absl::Status {
        if (!work.importing() || created->state() == pb::CLAIM_STATE_UNSPECIFIED) {
          created->set_state(pb::CLAIM_STATE_APPLIED);
        }
        RETURN_IF_ERROR(CheckWhole(policy, work, created));
        return work.importing() ? absl::OkStatus() : CheckOnce(work, *created);
      });
  hooks.on_update = resource::OnUpdate<pb::WarrantyClaim>(
      [policy = env.policy](UnitOfWork& work, const pb::WarrantyClaim& before, pb::WarrantyClaim* after) {
        return OnUpdate(policy, work, before, after);
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
        return rules::AppraiseFirst(FindingOf(request), employee, work.now(), &change->after);
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

template <typename Request>
absl::Status Decide(UnitOfWork& work, const Request& request, bool goodwill, ClaimChange* change) {
  // Between reading and deciding, the technical department may have given another opinion.
  RETURN_IF_ERROR(CheckRead(request.etag()));
  rules::Decision decision;
  decision.rulings.assign(request.items().begin(), request.items().end());
  decision.goodwill = goodwill;
  decision.reason = request.reason();
  ASSIGN_OR_RETURN(decision.customer_tier, TierOf(work, change->before.account()));
  ASSIGN_OR_RETURN(decision.decider, ActingEmployee(work));
  RETURN_IF_ERROR(rules::Decide(decision, work.now(), &change->after));
  if (change->after.state() == pb::CLAIM_STATE_REJECTED) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto others, OfSameFailure(work, change->after));
  return rules::CheckClaimedOnce(change->after, others, /*deciding=*/true);
}

// The voucher of a settlement is of the customer and over what was settled (S-15).
absl::Status CheckVoucher(const Env& env, const rpc::Call& call, const std::string& name,
                          const std::string& credit_note, const google::type::Money* amount) {
  if (credit_note.empty()) return absl::OkStatus();
  const absl::StatusOr<pb::WarrantyClaim> claim = env.runtime->Get<pb::WarrantyClaim>(call, name);
  if (absl::IsNotFound(claim.status())) return absl::OkStatus();  // Refused with the verb.
  RETURN_IF_ERROR(claim.status());
  const google::type::Money& settled = amount != nullptr                  ? *amount
                                       : claim->settlement().has_amount() ? claim->settlement().amount()
                                                                          : claim->approved_total();
  return env.contract_side.CheckCreditNote(credit_note, claim->account(), settled, claim->direction(), call.deadline);
}

// It settles no other claim. Its account is locked: of two that come at once one is second.
absl::Status CheckVoucherFree(UnitOfWork& work, const pb::WarrantyClaim& claim, const std::string& credit_note) {
  if (credit_note.empty()) return absl::OkStatus();
  const std::string account = IdOf(claim.account());
  RETURN_IF_ERROR(
      work.connection().Query("SELECT 1 FROM account_scopes WHERE account = ? FOR UPDATE", {account}).status());
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM warranty_claims WHERE account = ? AND settlement_credit_note "
                                           "= ? AND id <> ? LIMIT 1",
                                           {account, credit_note, IdOf(claim.name())}));
  if (rows.empty()) return absl::OkStatus();
  return FailedPrecondition("CREDIT_NOTE_USED", claim.name(),
                            absl::StrCat(credit_note, " is the voucher of another claim; one settles one"),
                            {{"field", "credit_note"}, {"creditNote", credit_note}});
}

void RegisterDecisions(const Env& env) {
  AddVerb<pb::DecideWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("DecideWarrantyClaim"),
      [](UnitOfWork& work, const rpc::Call&, const pb::DecideWarrantyClaimRequest& request, ClaimChange* change) {
        return Decide(work, request, request.goodwill(), change);
      });
  AddVerb<pb::DecidePartsClaimRequest, pb::WarrantyClaim>(
      env, Method("DecidePartsClaim"),
      [policy = env.policy](UnitOfWork& work, const rpc::Call&, const pb::DecidePartsClaimRequest& request,
                            ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::ClaimPolicy figures, ClaimPolicyNow(work, policy));
        ASSIGN_OR_RETURN(const std::string tier, TierOf(work, change->before.account()));
        ASSIGN_OR_RETURN(const auto others, OfSameFailure(work, change->before));
        RETURN_IF_ERROR(rules::CheckPartsAuthority(change->before, others, tier, figures));
        return Decide(work, request, /*goodwill=*/false, change);
      });
  AddVerb<pb::SettleWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("SettleWarrantyClaim"),
      [](UnitOfWork& work, const rpc::Call&, const pb::SettleWarrantyClaimRequest& request,
         ClaimChange* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string employee, ActingEmployee(work));
        ASSIGN_OR_RETURN(const auto parts, PartsOf(work, change->before.name()));
        RETURN_IF_ERROR(rules::Settle(request.has_amount() ? &request.amount() : nullptr, parts, employee, work.now(),
                                      &change->after));
        RETURN_IF_ERROR(CheckVoucherFree(work, change->before, request.credit_note()));
        pb::ClaimSettlement* settlement = change->after.mutable_settlement();
        settlement->set_payer(request.payer());
        settlement->set_credit_note(request.credit_note());
        settlement->set_open_issue(request.open_issue());
        return absl::OkStatus();
      },
      [](const Env& at, const rpc::Call& call, const pb::SettleWarrantyClaimRequest& request) {
        return CheckVoucher(at, call, request.name(), request.credit_note(),
                            request.has_amount() ? &request.amount() : nullptr);
      });
  AddVerb<pb::FileWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("FileWarrantyClaim"),
      [](UnitOfWork&, const rpc::Call&, const pb::FileWarrantyClaimRequest&, ClaimChange* change) {
        return rules::CheckFile(change->before);
      });
  AddVerb<pb::FollowUpWarrantyClaimRequest, pb::WarrantyClaim>(
      env, Method("FollowUpWarrantyClaim"),
      [](UnitOfWork& work, const rpc::Call&, const pb::FollowUpWarrantyClaimRequest& request,
         ClaimChange* change) -> absl::Status {
        RETURN_IF_ERROR(CheckVoucherFree(work, change->before, request.credit_note()));
        return rules::FollowUp(request.credit_note(), request.open_issue(), &change->after);
      },
      [](const Env& at, const rpc::Call& call, const pb::FollowUpWarrantyClaimRequest& request) {
        return CheckVoucher(at, call, request.name(), request.credit_note(), nullptr);
      });
}

absl::StatusOr<pb::GetClaimAccuracyResponse> GetAccuracy(const Env& env, rpc::Call& call,
                                                         const pb::GetClaimAccuracyRequest& request) {
  RETURN_IF_ERROR(CheckPeriod(FromTimestamp(request.from_time()), FromTimestamp(request.until_time())));
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
    params.emplace_back(Short(request.direction()));
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
  const absl::CivilDay today = TodayOf(work);
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
