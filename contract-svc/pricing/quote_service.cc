// Quotes: priced and judged in one answer, approved, sent, accepted (C-04, C-05).
#include "absl/strings/str_cat.h"
#include "common/approval/engine.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/pricing/price_probes.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/pricing/quote_ledger.h"
#include "contract-svc/pricing/quote_pricing.h"
#include "contract-svc/pricing/quote_questions.h"
#include "contract-svc/rules/discretion.h"
#include "contract-svc/rules/quote.h"
#include "kam/pricing/v1/quote.pb.h"
#include "kam/pricing/v1/quote_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;
using rules::QuoteVerb;

constexpr char kService[] = "kam.pricing.v1.QuoteService";
constexpr char kDueExpiry[] = "quote.expiry";
constexpr char kPurpose[] = "QUOTE_PRICE";

absl::Status CheckAccount(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const AccountFacts facts, LoadAccountFacts(work, account));
  return CheckQuotable(facts, account);
}

absl::Status Approve(UnitOfWork& work, const Context& context, pb::ApprovalBasis basis, const std::string& approver,
                     pb::Quote* quote) {
  quote->set_state(pb::QUOTE_STATE_APPROVED);
  quote->set_approved_content_hash(quote->content_hash());
  quote->set_approval_basis(basis);
  quote->set_approver(approver);
  SetTime(work.now(), quote->mutable_approve_time());
  ASSIGN_OR_RETURN(const absl::Time end, context.EndOf(quote->valid_until()));
  return schedule::Schedule(work, kDueExpiry, quote->name(), end);
}

// Whoever sets the last day himself does not hold a price for as long as he likes. History of others is as it was.
absl::Status CheckValidity(UnitOfWork& work, const Context& context, const pb::Quote& quote) {
  if (work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string last, AddDays(context.Today(work.now()), context.policy.quote_validity_max_days));
  return rules::CheckValidity(quote, last);
}

absl::Status OnCreate(UnitOfWork& work, const Context& context, pb::Quote* created) {
  rules::BackToDraft(created);
  created->set_revision(1);
  ASSIGN_OR_RETURN(const std::string seller, Person(work));
  created->set_seller(seller);
  const std::string today = context.Today(work.now());
  if (created->as_of().empty()) created->set_as_of(today);
  if (created->valid_until().empty()) {
    ASSIGN_OR_RETURN(*created->mutable_valid_until(), AddDays(today, context.policy.quote_validity_days));
  }
  RETURN_IF_ERROR(Validate(work, *created));
  RETURN_IF_ERROR(rules::CheckInput(*created));
  RETURN_IF_ERROR(CheckValidity(work, context, *created));
  // An account that is not known is found missing by the check of references.
  const absl::Status quotable = CheckAccount(work, created->account());
  return absl::IsNotFound(quotable) ? absl::OkStatus() : quotable;
}

// An approval serves its quantity once: what was sold of an offer stays what it is, and the next one is asked for anew.
absl::Status CheckUndrawn(UnitOfWork& work, const pb::Quote& quote) {
  ASSIGN_OR_RETURN(const std::vector<rules::QuoteDraw> drawn, LoadDraws(work, quote.name()));
  return rules::CheckUndrawn(quote.name(), drawn);
}

absl::Status OnUpdate(UnitOfWork& work, const Context& context, const pb::Quote& before, pb::Quote* after) {
  RETURN_IF_ERROR(rules::CheckVerb(before, QuoteVerb::kEdit));
  if (after->as_of().empty()) after->set_as_of(before.as_of());
  if (after->valid_until().empty()) after->set_valid_until(before.valid_until());
  pb::Quote unpriced = before;
  rules::BackToDraft(&unpriced);
  rules::BackToDraft(after);
  if (unpriced.SerializeAsString() == after->SerializeAsString()) {
    *after = before;  // Nothing was changed, so nothing falls away.
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckInput(*after));
  if (after->valid_until() != before.valid_until()) RETURN_IF_ERROR(CheckValidity(work, context, *after));
  RETURN_IF_ERROR(CheckUndrawn(work, before));
  return schedule::Cancel(work, kDueExpiry, before.name());
}

// Prices of a past or a coming day may be reckoned, but nobody sells at them: who could choose the day could choose a
// cheaper price list and call it the published one.
absl::Status CheckPriceDay(const Context& context, const pb::Quote& quote, absl::Time now) {
  const std::string today = context.Today(now);
  ASSIGN_OR_RETURN(const std::string oldest, AddDays(today, -context.policy.price_day_age_max_days));
  if (quote.as_of() >= oldest && quote.as_of() <= today) return absl::OkStatus();
  return FailedPrecondition("PRICE_DAY_NOT_CURRENT", quote.name(),
                            absl::StrCat("the prices are those of ", quote.as_of(),
                                         "; a quote is approved at prices of ", oldest, " to ", today),
                            {{"asOf", quote.as_of()}, {"from", oldest}, {"to", today}});
}

absl::StatusOr<pb::PriceQuoteResponse> Price(UnitOfWork& work, const Context& context,
                                             const pb::PriceQuoteRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  ASSIGN_OR_RETURN(const std::string pricer, Person(work));
  ASSIGN_OR_RETURN(PricedQuote priced, PriceQuote(work, context, change.before,
                                                  request.validate_only() ? Asking::kTryOut : Asking::kPrice));
  change.after = priced.answer.quote();
  if (priced.told.verdict == rules::Verdict::kWithin && CheckPriceDay(context, change.before, work.now()).ok()) {
    RETURN_IF_ERROR(Approve(work, context, pb::APPROVAL_BASIS_OWN_AUTHORITY, pricer, &change.after));
  }
  ASSIGN_OR_RETURN(*priced.answer.mutable_quote(), work.Save(std::move(change)));
  return std::move(priced.answer);
}

absl::Status Never(const pb::Quote& quote) {
  std::string where;
  for (int i = 0; i < quote.lines_size(); ++i) {
    if (quote.lines(i).verdict() != pb::AUTHORITY_VERDICT_NEVER) continue;
    absl::StrAppend(&where, where.empty() ? "" : "; ", "lines[", i, "]: ", quote.lines(i).exceeded());
  }
  if (where.empty()) {
    where = absl::StrCat("document: ", quote.exceeded().empty() ? rules::kRuleConfidential : quote.exceeded());
  }
  return FailedPrecondition("AUTHORITY_NEVER", quote.name(), absl::StrCat("nobody may allow this: ", where),
                            {{"exceeded", where}});
}

absl::StatusOr<pb::Quote> Submit(UnitOfWork& work, const Context& context, const pb::SubmitQuoteRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  ASSIGN_OR_RETURN(const std::string requester, Person(work));
  RETURN_IF_ERROR(CheckPriceDay(context, change.before, work.now()));
  // Judged again, for the one who submits and by the prices and the grid of now.
  ASSIGN_OR_RETURN(const PricedQuote priced, PriceQuote(work, context, change.before, Asking::kSubmit));
  const pb::Quote& now = priced.answer.quote();
  if (now.content_hash() != change.before.content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", change.before.name(), "prices have changed since; price it again");
  }
  if (priced.truth.verdict == rules::Verdict::kNever) return Never(now);
  if (priced.truth.verdict == rules::Verdict::kWithin) {
    return FailedPrecondition("AUTHORITY_CHANGED", change.before.name(),
                              "it is within your own authority; price it, nobody need be asked");
  }
  change.after = now;
  approval::v1::ApprovalRequest filing;
  filing.set_subject(now.name());
  filing.set_subject_label(now.number());
  filing.set_account(now.account());
  filing.set_purpose(kPurpose);
  filing.set_requester(requester);
  filing.set_reason(request.reason());
  filing.set_content_hash(now.content_hash());
  AddSteps(QuestionsOf(now, priced.truth), TermsItem(now), &filing);
  ASSIGN_OR_RETURN(const approval::v1::ApprovalRequest filed,
                   context.approvals->File(work, std::move(filing), now.predecessor()));
  change.after.set_approval(filed.name());
  if (filed.state() == approval::v1::APPROVAL_STATE_APPROVED) {
    RETURN_IF_ERROR(Approve(work, context, pb::APPROVAL_BASIS_EARLIER_APPROVAL,
                            filed.steps(filed.steps_size() - 1).decider(), &change.after));
  } else {
    change.after.set_state(pb::QUOTE_STATE_IN_APPROVAL);
  }
  return work.Save(std::move(change));
}

// The decision about a quote.
absl::Status OnOutcome(UnitOfWork& work, const Context& context, const approval::v1::ApprovalRequest& request) {
  resource::Change<pb::Quote> change;
  ASSIGN_OR_RETURN(change.before, work.Load<pb::Quote>(request.subject()));
  change.after = change.before;
  const bool approved = request.state() == approval::v1::APPROVAL_STATE_APPROVED;
  RETURN_IF_ERROR(rules::CheckVerb(change.before, approved ? QuoteVerb::kApprove : QuoteVerb::kTurnDown));
  if (!approved) {
    rules::BackToDraft(&change.after);
    return work.Save(std::move(change)).status();
  }
  if (rules::ContentHash(change.before) != request.content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", request.subject(), "the quote is not what was submitted");
  }
  RETURN_IF_ERROR(CheckPriceDay(context, change.before, work.now()));
  std::string approver;
  for (const approval::v1::ApprovalStep& step : request.steps()) {
    if (step.state() == approval::v1::APPROVAL_STEP_STATE_APPROVED) approver = step.decider();
  }
  RETURN_IF_ERROR(Approve(work, context, pb::APPROVAL_BASIS_APPROVAL_REQUEST, approver, &change.after));
  return work.Save(std::move(change)).status();
}

// The one who is about to approve a step has the authority for it on the day he does.
absl::Status OnApproval(UnitOfWork& work, const Context& context, const approval::v1::ApprovalRequest& request,
                        const approval::v1::ApprovalStep& step, const approval::Substitution& as) {
  ASSIGN_OR_RETURN(const pb::Quote quote, work.Load<pb::Quote>(request.subject()));
  ASSIGN_OR_RETURN(const rules::DocumentDecision own, DecideAgain(work, context, quote, {as.delegator, as.roles}));
  return CheckSuffices(quote.name(), QuestionsOf(quote, own), request, step);
}

absl::StatusOr<pb::Quote> Send(UnitOfWork& work, const Context& context, const pb::SendQuoteRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  RETURN_IF_ERROR(rules::CheckApprovedContent(change.before));
  RETURN_IF_ERROR(rules::CheckValid(change.before, context.Today(work.now())));
  SetTime(work.now(), change.after.mutable_send_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::Quote> Accept(UnitOfWork& work, const Context& context, const pb::AcceptQuoteRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  RETURN_IF_ERROR(rules::CheckApprovedContent(change.before));
  if (request.content_hash() != change.before.approved_content_hash()) {
    return FailedPrecondition(
        "CONTENT_CHANGED", change.before.name(),
        "the customer has accepted another content than the one that was approved",
        {{"approvedContentHash", change.before.approved_content_hash()}, {"given", request.content_hash()}});
  }
  RETURN_IF_ERROR(rules::CheckValid(change.before, context.Today(work.now())));
  change.after.set_customer_reference(request.customer_reference());
  SetTime(work.now(), change.after.mutable_close_time());
  RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, change.before.name()));
  return work.Save(std::move(change));
}

absl::StatusOr<pb::Quote> Reject(UnitOfWork& work, const pb::RejectQuoteRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  change.after.set_close_reason(request.reason());
  SetTime(work.now(), change.after.mutable_close_time());
  RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, change.before.name()));
  return work.Save(std::move(change));
}

// What the customer never had; what contracts hold of an approved one is given back there first.
absl::StatusOr<pb::Quote> Cancel(UnitOfWork& work, const pb::CancelQuoteRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  RETURN_IF_ERROR(CheckUndrawn(work, change.before));
  change.after.set_close_reason(request.reason());
  SetTime(work.now(), change.after.mutable_close_time());
  RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, change.before.name()));
  return work.Save(std::move(change));
}

absl::StatusOr<pb::Quote> Revise(UnitOfWork& work, const Context& context, const pb::ReviseQuoteRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  RETURN_IF_ERROR(CheckAccount(work, change.before.account()));
  RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, change.before.name()));
  pb::Quote next = rules::NextRevision(change.before);
  next.set_as_of(context.Today(work.now()));
  next.set_valid_until(request.valid_until());
  if (next.valid_until().empty()) {
    ASSIGN_OR_RETURN(*next.mutable_valid_until(),
                     AddDays(context.Today(work.now()), context.policy.quote_validity_days));
  }
  ASSIGN_OR_RETURN(*next.mutable_seller(), Person(work));
  RETURN_IF_ERROR(rules::CheckInput(next));
  RETURN_IF_ERROR(CheckValidity(work, context, next));
  RETURN_IF_ERROR(CheckUndrawn(work, change.before));
  // The old revision first: only one is current.
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return work.Insert(std::move(next));
}

absl::StatusOr<pb::Quote> RecordRound(UnitOfWork& work, const pb::RecordNegotiationRoundRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
  ASSIGN_OR_RETURN(const std::string recorder, Person(work));
  pb::NegotiationRound* round = change.after.add_rounds();
  *round = request.round();
  round->set_recorder(recorder);
  SetTime(work.now(), round->mutable_round_time());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::Quote> ExpireNow(UnitOfWork& work, const Context& context, resource::Change<pb::Quote> change) {
  const std::string today = context.Today(work.now());
  if (today <= change.before.valid_until()) {
    return FailedPrecondition("QUOTE_STILL_VALID", change.before.name(),
                              absl::StrCat("the quote is valid until ", change.before.valid_until()),
                              {{"validUntil", change.before.valid_until()}, {"today", today}});
  }
  change.after.set_state(pb::QUOTE_STATE_EXPIRED);
  SetTime(work.now(), change.after.mutable_close_time());
  return work.Save(std::move(change));
}

// Registers a verb: the caller is made known here first, then the work is done in a transaction.
template <typename Request, typename Response, typename Fn>
void AddVerb(const Context& context, const char* method, rpc::Registry* registry, Fn fn) {
  registry->Add<Request, Response>(
      absl::StrCat(kService, "/", method),
      [context, fn](rpc::Call& call, const Request& request) -> absl::StatusOr<Response> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<Response>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<Response> { return fn(work, context, request); });
      });
}

}  // namespace

void RegisterQuotes(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    RETURN_IF_ERROR(context.directory.EnsureCaller(call));
    std::vector<std::string> accounts;
    for (const auto* message : resources) {
      const auto& quote = static_cast<const pb::Quote&>(*message);
      if (!quote.account().empty()) accounts.push_back(quote.account());
    }
    return context.directory.EnsureAccounts(accounts, call.deadline);
  };
  hooks.on_create = resource::OnCreate<pb::Quote>(
      [context](UnitOfWork& work, pb::Quote* created) { return OnCreate(work, context, created); });
  hooks.on_update =
      resource::OnUpdate<pb::Quote>([context](UnitOfWork& work, const pb::Quote& before, pb::Quote* after) {
        return OnUpdate(work, context, before, after);
      });
  context.runtime.SetHooks(pb::Quote::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  resource::RegisterStandardMethods(context.runtime, "kam.pricing.v1.PriceProbeService", registry);

  // The engine keeps its callbacks: they must not keep the engine.
  Context bare = context;
  bare.approvals.reset();
  context.approvals->OnOutcome("quotes", [bare](UnitOfWork& work, const approval::v1::ApprovalRequest& request) {
    return OnOutcome(work, bare, request);
  });
  context.approvals->OnApproval(
      "quotes", [bare](UnitOfWork& work, const approval::v1::ApprovalRequest& request,
                       const approval::v1::ApprovalStep& step, const approval::Substitution& as,
                       const approval::Substitution&) { return OnApproval(work, bare, request, step, as); });

  AddVerb<pb::PriceQuoteRequest, pb::PriceQuoteResponse>(context, "PriceQuote", registry, Price);
  registry->Add<pb::SubmitQuoteRequest, pb::Quote>(
      absl::StrCat(kService, "/SubmitQuote"),
      [context](rpc::Call& call, const pb::SubmitQuoteRequest& request) -> absl::StatusOr<pb::Quote> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        const absl::StatusOr<pb::Quote> answer = context.runtime.Write<pb::Quote>(
            call, request, [&](UnitOfWork& work) { return Submit(work, context, request); });
        if (answer.ok()) return answer;
        return CountRefusal(context, call, request.reason(), answer.status(), [&](UnitOfWork& work) -> absl::Status {
          ASSIGN_OR_RETURN(const pb::Quote quote, work.Load<pb::Quote>(request.name()));
          return PriceQuote(work, context, quote, Asking::kSubmit).status();
        });
      });
  registry->Add<pb::ExplainQuoteRequest, pb::ExplainQuoteResponse>(
      absl::StrCat(kService, "/ExplainQuote"),
      [context](rpc::Call& call, const pb::ExplainQuoteRequest& request) -> absl::StatusOr<pb::ExplainQuoteResponse> {
        ASSIGN_OR_RETURN(const pb::Quote quote, context.runtime.Get<pb::Quote>(call, request.name()));
        pb::ExplainQuoteResponse response;
        RETURN_IF_ERROR(context.runtime.WriteAs(call.principal, call.method, "", [&](UnitOfWork& work) -> absl::Status {
          ASSIGN_OR_RETURN(response, ExplainQuote(work, context, quote));
          return absl::OkStatus();
        }));
        return response;
      });
  AddVerb<pb::SendQuoteRequest, pb::Quote>(context, "SendQuote", registry, Send);
  AddVerb<pb::AcceptQuoteRequest, pb::Quote>(context, "AcceptQuote", registry, Accept);
  AddVerb<pb::RejectQuoteRequest, pb::Quote>(
      context, "RejectQuote", registry,
      [](UnitOfWork& work, const Context&, const pb::RejectQuoteRequest& request) { return Reject(work, request); });
  AddVerb<pb::CancelQuoteRequest, pb::Quote>(
      context, "CancelQuote", registry,
      [](UnitOfWork& work, const Context&, const pb::CancelQuoteRequest& request) { return Cancel(work, request); });
  AddVerb<pb::ReviseQuoteRequest, pb::Quote>(context, "ReviseQuote", registry, Revise);
  AddVerb<pb::RecordNegotiationRoundRequest, pb::Quote>(
      context, "RecordNegotiationRound", registry,
      [](UnitOfWork& work, const Context&, const pb::RecordNegotiationRoundRequest& request) {
        return RecordRound(work, request);
      });
  registry->Add<pb::ExpireQuoteRequest, pb::Quote>(
      absl::StrCat(kService, "/ExpireQuote"),
      [context](rpc::Call& call, const pb::ExpireQuoteRequest& request) -> absl::StatusOr<pb::Quote> {
        return context.runtime.Write<pb::Quote>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Quote> {
          ASSIGN_OR_RETURN(auto change, work.Begin<pb::Quote>(request));
          RETURN_IF_ERROR(schedule::Cancel(work, kDueExpiry, change.before.name()));
          return ExpireNow(work, context, std::move(change));
        });
      });
  scheduler->Handle(kDueExpiry, absl::StrCat(kService, "/ExpireQuote"),
                    [bare](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                      resource::Change<pb::Quote> change;
                      ASSIGN_OR_RETURN(change.before, work.Load<pb::Quote>(item.resource));
                      change.after = change.before;
                      if (!rules::CheckVerb(change.before, QuoteVerb::kExpire).ok()) return absl::OkStatus();
                      return ExpireNow(work, bare, std::move(change)).status();
                    });
}

}  // namespace kam::contract
