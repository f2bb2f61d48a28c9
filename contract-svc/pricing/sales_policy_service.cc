// Policies: drafted, forecast, approved, published, read, commented, revised, withdrawn (C-06).
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/approval/engine.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/pricing/offer_data.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/rules/offers.h"
#include "contract-svc/rules/price_book.h"
#include "contract-svc/rules/text.h"
#include "kam/pricing/v1/sales_policy_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.SalesPolicyService";
constexpr char kPurpose[] = "SALES_POLICY";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

std::string HashOf(const pb::SalesPolicy& policy) { return Sha256Hex(rules::PolicyText(policy)); }

absl::StatusOr<int> NextRevision(UnitOfWork& work, const std::string& code) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT COALESCE(MAX(revision), 0) FROM sales_policies WHERE code = ?", {code}));
  return static_cast<int>(rows[0][0].integer()) + 1;
}

absl::StatusOr<std::vector<pb::SalesPolicy>> FindPublished(UnitOfWork& work, const std::string& code) {
  return work.Find<pb::SalesPolicy>({"t.code = ? AND t.state = 'PUBLISHED'", {mysql::Value(code)}}, "", 1,
                                    /*lock=*/true);
}

absl::StatusOr<pb::SalesPolicy> Forecast(UnitOfWork& work, const pb::ForecastSalesPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string forecaster, Person(work));
  *change.after.mutable_profit_impact() = request.profit_impact();
  change.after.set_profit_basis(request.profit_basis());
  change.after.set_forecaster(forecaster);
  SetTime(work.now(), change.after.mutable_forecast_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::SalesPolicy> Submit(UnitOfWork& work, const Context& context,
                                       const pb::SubmitSalesPolicyRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string requester, Person(work));
  if (!change.before.has_forecast_time()) {
    return FailedPrecondition("FORECAST_REQUIRED", change.before.name(),
                              "finance says first what the policy does to profit: ForecastSalesPolicy",
                              {{"permission", "sales_policy.forecast"}});
  }
  change.after.set_content_hash(HashOf(change.before));
  approval::v1::ApprovalRequest filing;
  filing.set_subject(change.before.name());
  filing.set_subject_label(absl::StrCat(change.before.code(), "/", change.before.revision()));
  filing.set_purpose(kPurpose);
  filing.set_requester(requester);
  filing.set_reason(request.reason());
  filing.set_content_hash(change.after.content_hash());
  approval::v1::ApprovalStep* step = filing.add_steps();
  step->set_number(1);
  step->set_roles(absl::StrJoin(context.policy.sales_policy_deciders, " "));
  ASSIGN_OR_RETURN(const approval::v1::ApprovalRequest filed, context.approvals->File(work, std::move(filing)));
  change.after.set_approval(filed.name());
  return work.Save(std::move(change));
}

absl::Status OnOutcome(UnitOfWork& work, const approval::v1::ApprovalRequest& request) {
  resource::Change<pb::SalesPolicy> change;
  ASSIGN_OR_RETURN(change.before, work.Load<pb::SalesPolicy>(request.subject()));
  change.after = change.before;
  const bool approved = request.state() == approval::v1::APPROVAL_STATE_APPROVED;
  if (!rules::Possible(change.before.state(), approved ? rules::PolicyVerb::kApprove : rules::PolicyVerb::kTurnDown) ||
      HashOf(change.before) != request.content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", request.subject(), "the policy is not what was submitted");
  }
  // Whoever submitted it did not decide; neither does anybody who wrote at it.
  if (approved) {
    RETURN_IF_ERROR(CheckNoAuthorApproved(
        work, request, {Rpc("CreateSalesPolicy"), Rpc("ReviseSalesPolicy"), Rpc("UpdateSalesPolicy")}));
  }
  change.after.set_state(approved ? pb::SALES_POLICY_STATE_APPROVED : pb::SALES_POLICY_STATE_DRAFT);
  return work.Save(std::move(change)).status();
}

// Puts it in force: its discounts are proved beside those of all other policies, as a price book is.
absl::StatusOr<pb::SalesPolicy> Publish(UnitOfWork& work, const Context& context,
                                        const pb::PublishSalesPolicyRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::vector<pb::SalesPolicy> published, FindPublished(work, change.before.code()));
  const std::string previous_from = published.empty() ? std::string() : published[0].valid_from();
  RETURN_IF_ERROR(rules::CheckEffective(change.before.valid_from(), previous_from, context.Today(work.now()),
                                        "sales_policy.valid_from"));
  RETURN_IF_ERROR(PriceCatalog::Lock(work));
  ASSIGN_OR_RETURN(const rules::BookRevision proposed, ToRules(change.before));
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  RETURN_IF_ERROR(ProveRelease(work, knowledge, proposed, context.Today(work.now()), "sales_policy", "valid_from"));
  for (const pb::SalesPolicy& previous : published) {
    resource::Change<pb::SalesPolicy> end{previous, previous};
    end.after.set_state(pb::SALES_POLICY_STATE_REVISED);
    SetTime(work.now(), end.after.mutable_close_time());
    RETURN_IF_ERROR(work.Save(std::move(end)).status());
  }
  SetTime(work.now(), change.after.mutable_publish_time());
  ASSIGN_OR_RETURN(pb::SalesPolicy policy, work.Save(std::move(change)));
  RETURN_IF_ERROR(PriceCatalog::Enter(work, policy.name()));
  return policy;
}

absl::StatusOr<pb::SalesPolicy> Revise(UnitOfWork& work, const pb::ReviseSalesPolicyRequest& request) {
  ASSIGN_OR_RETURN(const auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string owner, Person(work));
  pb::SalesPolicy next;
  next.set_code(change.before.code());
  next.set_kind(change.before.kind());
  next.set_title(change.before.title());
  next.set_policy_scope(change.before.policy_scope());
  next.set_rules(change.before.rules());
  next.set_valid_from(request.valid_from());
  if (change.before.valid_until() >= request.valid_from()) next.set_valid_until(change.before.valid_until());
  *next.mutable_discounts() = change.before.discounts();
  *next.mutable_scopes() = change.before.scopes();
  next.set_max_discount_percent(change.before.max_discount_percent());
  next.set_max_gift_percent(change.before.max_gift_percent());
  next.set_state(pb::SALES_POLICY_STATE_DRAFT);
  next.set_owner(owner);
  next.set_predecessor(change.before.name());
  ASSIGN_OR_RETURN(const int revision, NextRevision(work, next.code()));
  next.set_revision(revision);
  return work.Insert(std::move(next));
}

absl::StatusOr<pb::SalesPolicy> Withdraw(UnitOfWork& work, const Context& context,
                                         const pb::WithdrawSalesPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  RETURN_IF_ERROR(PriceCatalog::Lock(work));
  ASSIGN_OR_RETURN(const std::string yesterday, AddDays(context.Today(work.now()), -1));
  // A draft has held on no day.
  if (change.before.state() != pb::SALES_POLICY_STATE_DRAFT) change.after.set_held_until(yesterday);
  change.after.set_withdraw_reason(request.reason());
  SetTime(work.now(), change.after.mutable_close_time());
  ASSIGN_OR_RETURN(pb::SalesPolicy policy, work.Save(std::move(change)));
  // One that was approved and never published is in no price.
  if (policy.has_publish_time()) RETURN_IF_ERROR(PriceCatalog::Withdraw(work, policy.name()));
  return policy;
}

absl::StatusOr<pb::SalesPolicy> Acknowledge(UnitOfWork& work, const pb::AcknowledgeSalesPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string reader, Person(work));
  for (const pb::SalesPolicyReading& reading : change.before.readings()) {
    if (reading.reader() == reader) return change.before;
  }
  pb::SalesPolicyReading* reading = change.after.add_readings();
  reading->set_reader(reader);
  SetTime(work.now(), reading->mutable_read_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::SalesPolicy> Comment(UnitOfWork& work, const pb::CommentSalesPolicyRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string author, Person(work));
  pb::SalesPolicyOpinion* opinion = change.after.add_opinions();
  opinion->set_author(author);
  opinion->set_opinion(request.opinion());
  SetTime(work.now(), opinion->mutable_opinion_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::SalesPolicy> Answer(UnitOfWork& work, const pb::AnswerSalesPolicyOpinionRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::SalesPolicy>(request));
  ASSIGN_OR_RETURN(const std::string answerer, Person(work));
  const std::string number = absl::StrCat(request.opinion_number());
  if (request.opinion_number() > change.before.opinions_size()) {
    return InvalidField("opinion_number", "OPINION_UNKNOWN",
                        absl::StrCat("the policy has ", change.before.opinions_size(), " opinions"),
                        {{"value", number}, {"limit", absl::StrCat(change.before.opinions_size())}});
  }
  pb::SalesPolicyOpinion* opinion = change.after.mutable_opinions(request.opinion_number() - 1);
  if (opinion->has_answer_time()) {
    return FailedPrecondition("OPINION_ANSWERED", change.before.name(),
                              absl::StrCat("opinion ", number, " was answered by ", opinion->answerer()),
                              {{"opinion", number}, {"answerer", opinion->answerer()}});
  }
  if (opinion->author() == answerer) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever gives an opinion does not answer it", {{"person", answerer}});
  }
  opinion->set_answer(request.answer());
  opinion->set_answerer(answerer);
  SetTime(work.now(), opinion->mutable_answer_time());
  return work.Save(std::move(change));
}

// A verb of a person.
template <typename Request, typename Fn>
void AddVerb(const Context& context, const char* method, rpc::Registry* registry, Fn fn) {
  registry->Add<Request, pb::SalesPolicy>(
      absl::StrCat(kService, "/", method),
      [context, fn](rpc::Call& call, const Request& request) -> absl::StatusOr<pb::SalesPolicy> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::SalesPolicy>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::SalesPolicy> {
              if constexpr (std::is_invocable_v<Fn, UnitOfWork&, const Context&, const Request&>) {
                return fn(work, context, request);
              } else {
                return fn(work, request);
              }
            });
      });
}

}  // namespace

void RegisterSalesPolicies(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>&) -> absl::Status {
    return context.directory.EnsureCaller(call);
  };
  hooks.on_create = resource::OnCreate<pb::SalesPolicy>([](UnitOfWork& work, pb::SalesPolicy* created) -> absl::Status {
    created->set_state(pb::SALES_POLICY_STATE_DRAFT);
    ASSIGN_OR_RETURN(const std::string owner, Person(work));
    created->set_owner(owner);
    RETURN_IF_ERROR(Validate(work, *created));
    ASSIGN_OR_RETURN(const int revision, NextRevision(work, created->code()));
    created->set_revision(revision);
    return rules::CheckPolicy(*created);
  });
  hooks.on_update = resource::OnUpdate<pb::SalesPolicy>(
      [](UnitOfWork& work, const pb::SalesPolicy& before, pb::SalesPolicy* after) -> absl::Status {
        if (!rules::Possible(before.state(), rules::PolicyVerb::kEdit)) {
          return FailedPrecondition("SALES_POLICY_NOT_DRAFT", before.name(),
                                    "only a draft is changed; make the next revision",
                                    {{"state", pb::SalesPolicyState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        // What was forecast was another policy.
        after->clear_profit_impact();
        after->clear_profit_basis();
        after->clear_forecaster();
        after->clear_forecast_time();
        return rules::CheckPolicy(*after);
      });
  context.runtime.SetHooks(pb::SalesPolicy::descriptor(), std::move(hooks));
  context.approvals->OnOutcome("salesPolicies", OnOutcome);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::ForecastSalesPolicyRequest>(context, "ForecastSalesPolicy", registry, Forecast);
  AddVerb<pb::SubmitSalesPolicyRequest>(context, "SubmitSalesPolicy", registry, Submit);
  AddVerb<pb::PublishSalesPolicyRequest>(context, "PublishSalesPolicy", registry, Publish);
  AddVerb<pb::ReviseSalesPolicyRequest>(context, "ReviseSalesPolicy", registry, Revise);
  AddVerb<pb::WithdrawSalesPolicyRequest>(context, "WithdrawSalesPolicy", registry, Withdraw);
  AddVerb<pb::AcknowledgeSalesPolicyRequest>(context, "AcknowledgeSalesPolicy", registry, Acknowledge);
  AddVerb<pb::CommentSalesPolicyRequest>(context, "CommentSalesPolicy", registry, Comment);
  AddVerb<pb::AnswerSalesPolicyOpinionRequest>(context, "AnswerSalesPolicyOpinion", registry, Answer);
}

}  // namespace kam::contract
