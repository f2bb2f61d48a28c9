// kam.account.v1.TenderService: tenders, and what a win asks for.
#include "absl/strings/str_cat.h"
#include "account-svc/peers.h"
#include "account-svc/pipeline/contract_drafts.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/tender_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/opportunity.pb.h"
#include "kam/account/v1/tender_service.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/pricing/v1/quote.pb.h"

namespace kam::account {
namespace {

using resource::Change;
using resource::UnitOfWork;
using v1::ContractDraftRequest;
using v1::Opportunity;
using v1::Tender;

constexpr char kService[] = "kam.account.v1.TenderService";
constexpr char kDueReminder[] = "tender.reminder";
constexpr char kDueSubmission[] = "tender.submission";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Note(const Context& context, UnitOfWork& work, Tender* tender) {
  RETURN_IF_ERROR(SetOwner(work, tender->mutable_owner()));
  tender->set_state(v1::TENDER_STATE_NOTED);
  RETURN_IF_ERROR(Validate(work, *tender));
  RETURN_IF_ERROR(rules::CompleteTender(context.zone, tender));
  RETURN_IF_ERROR(CheckAccountUsable(work, tender->account()));
  return CheckOpportunityOf(work, tender->account(), tender->opportunity(), "tender.opportunity");
}

absl::Status UpdateTender(const Context& context, UnitOfWork& work, const Tender& before, Tender* after) {
  RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
  RETURN_IF_ERROR(CheckOwnerChange(work, before.owner(), after->owner(), "tender.owner"));
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CompleteTender(context.zone, after));
  RETURN_IF_ERROR(rules::CheckTenderUpdate(work.actor().subject, work.now(), before, *after));
  rules::ForgetReminders(before, after);
  return CheckOpportunityOf(work, after->account(), after->opportunity(), "tender.opportunity");
}

// The next reminder and the end of the submission are watched as long as they lie ahead.
absl::Status Watch(const Context& context, UnitOfWork& work, const Tender* before, const Tender& after) {
  const auto next = rules::NextReminder(after, context.policy, context.zone, work.now());
  if (next.has_value()) {
    RETURN_IF_ERROR(schedule::Schedule(work, kDueReminder, after.name(), next->second));
  } else if (before != nullptr) {
    RETURN_IF_ERROR(schedule::Cancel(work, kDueReminder, after.name()));
  }
  if (rules::MaySubmit(after) && !after.missed()) {
    return schedule::Schedule(work, kDueSubmission, after.name(), FromTimestamp(after.submission_time()));
  }
  return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueSubmission, after.name());
}

absl::Status Remind(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const Tender tender, work.Load<Tender>(item.resource));
  const auto next = rules::NextReminder(tender, context.policy, context.zone, work.now());
  if (!next.has_value()) return absl::OkStatus();
  if (next->second > work.now()) return schedule::Schedule(work, kDueReminder, tender.name(), next->second);
  Change<Tender> change{tender, tender};
  v1::TenderReminder* reminder = change.after.add_reminders();
  reminder->set_deadline(next->first);
  *reminder->mutable_reminder_time() = ToTimestamp(work.now());
  return work.Save(std::move(change)).status();
}

absl::Status MarkMissed(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const Tender tender, work.Load<Tender>(item.resource));
  if (!rules::MaySubmit(tender) || tender.missed()) return absl::OkStatus();
  const absl::Time end = FromTimestamp(tender.submission_time());
  if (work.now() < end) return schedule::Schedule(work, kDueSubmission, tender.name(), end);
  Change<Tender> change{tender, tender};
  change.after.set_missed(true);
  return work.Save(std::move(change)).status();
}

// What contract-svc says of the quote of a tender, asked before the transaction. Nothing for a tender that is not there
// or has no quote: the transaction says so.
absl::StatusOr<rules::BidQuote> AskQuote(const Context& context, const rpc::Call& call,
                                         const std::string& tender_name) {
  rules::BidQuote bid;
  const absl::StatusOr<Tender> tender = context.runtime.Get<Tender>(call, tender_name);
  if (!tender.ok() || tender->quote().empty()) return bid;
  bid.name = tender->quote();
  const absl::StatusOr<pricing::v1::Quote> quote = context.peers->Quote(tender->quote(), call.deadline);
  if (absl::IsNotFound(quote.status())) {
    bid.state = "NOT_FOUND";
    return bid;
  }
  RETURN_IF_ERROR(quote.status());
  bid.account = quote->account();
  bid.state = pricing::v1::QuoteState_Name(quote->state());
  bid.allowed =
      (quote->state() == pricing::v1::QUOTE_STATE_APPROVED || quote->state() == pricing::v1::QUOTE_STATE_SENT ||
       quote->state() == pricing::v1::QUOTE_STATE_ACCEPTED) &&
      quote->content_hash() == quote->approved_content_hash();
  bid.price = quote->total_gross();
  return bid;
}

// Registers a verb that needs to know the quote.
template <typename Request, typename Rule>
void AddPricedVerb(const Context& context, absl::string_view method, rpc::Registry* registry, Rule rule) {
  registry->Add<Request, Tender>(
      method, [context, rule](rpc::Call& call, const Request& request) -> absl::StatusOr<Tender> {
        ASSIGN_OR_RETURN(const rules::BidQuote quote, AskQuote(context, call, request.name()));
        return context.runtime.Write<Tender>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<Tender> {
          ASSIGN_OR_RETURN(auto change, work.Begin<Tender>(request));
          ASSIGN_OR_RETURN(const std::string actor, Person(work));
          RETURN_IF_ERROR(rule(work, request, actor, quote, &change.after));
          return work.Save(std::move(change));
        });
      });
}

// The draft that was asked for `source`, a deal or a tender, is not wanted any more; it may be asked for anew, by a
// later win.
absl::Status DeclineDraftOf(UnitOfWork& work, const std::string& source, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<ContractDraftRequest> asked,
                   work.Find<ContractDraftRequest>({"t.source = ?", {mysql::Value(source)}}, "", 1, /*lock=*/true));
  if (asked.empty() || asked[0].withdrawn()) return absl::OkStatus();
  if (asked[0].state() == v1::CONTRACT_DRAFT_STATE_DRAFTED) {
    return FailedPrecondition(
        "CONTRACT_DRAFTED", source,
        "a contract was drafted for it: cancel the contract, then decline the draft with DeclineContractDraft",
        {{"contract", asked[0].contract()}, {"request", asked[0].name()}, {"permission", "contract_draft.handle"}});
  }
  Change<ContractDraftRequest> change{asked[0], asked[0]};
  // What was declined keeps its own reason.
  if (change.before.state() != v1::CONTRACT_DRAFT_STATE_DECLINED) change.after.set_decline_reason(reason);
  change.after.set_state(v1::CONTRACT_DRAFT_STATE_DECLINED);
  change.after.set_withdrawn(true);
  return work.Save(std::move(change)).status();
}

// A deal that stays won has no draft any more once that of its tender was taken back: it asks for its own.
absl::Status AskForDealOf(UnitOfWork& work, const Tender& tender) {
  if (tender.opportunity().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Opportunity> won,
                   work.Find<Opportunity>({"t.id = ? AND t.state = 'WON' AND t.archive_time IS NULL",
                                           {mysql::Value(IdOf(tender.opportunity()))}},
                                          "", 1));
  if (won.empty()) return absl::OkStatus();
  return RequestContractDraft(work,
                              {won[0].account(), won[0].name(), won[0].name(), won[0].owner(), "", won[0].amount()});
}

absl::Status Reopen(const Context& context, UnitOfWork& work, const v1::ReopenTenderRequest& request, Tender* tender) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(CheckAccountUsable(work, tender->account()));
  RETURN_IF_ERROR(rules::ForgetResult(actor, tender));
  ASSIGN_OR_RETURN(*tender->mutable_owner(), HeirOf(context, work, tender->account(), tender->owner()));
  RETURN_IF_ERROR(DeclineDraftOf(work, tender->name(), request.reason()));
  return AskForDealOf(work, *tender);
}

// What contract-svc says of a contract that was drafted, asked before the transaction: empty for one that is not there
// and for a request that has none.
absl::StatusOr<std::string> AskContractState(const Context& context, const rpc::Call& call, const std::string& name) {
  const absl::StatusOr<ContractDraftRequest> draft = context.runtime.Get<ContractDraftRequest>(call, name);
  if (!draft.ok() || draft->contract().empty()) return std::string();
  const absl::StatusOr<contract::v1::Contract> contract = context.peers->Contract(draft->contract(), call.deadline);
  if (absl::IsNotFound(contract.status())) return std::string();
  RETURN_IF_ERROR(contract.status());
  return contract::v1::ContractState_Name(contract->state());
}

absl::StatusOr<ContractDraftRequest> Decline(const Context& context, rpc::Call& call,
                                             const v1::DeclineContractDraftRequest& request) {
  ASSIGN_OR_RETURN(const std::string state, AskContractState(context, call, request.name()));
  return context.runtime.Write<ContractDraftRequest>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<ContractDraftRequest> {
        ASSIGN_OR_RETURN(auto change, work.Begin<ContractDraftRequest>(request));
        RETURN_IF_ERROR(rules::DeclineDraft(request.reason(), state, &change.after));
        return work.Save(std::move(change));
      });
}

void RegisterBids(const Context& context, rpc::Registry* registry) {
  AddPricedVerb<v1::ApproveTenderRequest>(
      context, Rpc("ApproveTender"), registry,
      [](UnitOfWork& work, const v1::ApproveTenderRequest& request, const std::string& actor,
         const rules::BidQuote& quote, Tender* tender) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        return rules::ApproveBid(actor, quote, work.now(), tender);
      });
  AddPricedVerb<v1::SubmitTenderRequest>(
      context, Rpc("SubmitTender"), registry,
      [context](UnitOfWork& work, const v1::SubmitTenderRequest& request, const std::string& actor,
                const rules::BidQuote& quote, Tender* tender) {
        return rules::SubmitBid(request, actor, quote, work.now(), context.zone, context.policy, tender);
      });
  AddVerb<Tender, v1::PrepareTenderRequest>(
      context, Rpc("PrepareTender"), registry,
      [](UnitOfWork&, const v1::PrepareTenderRequest&, Tender*) { return absl::OkStatus(); });
  AddVerb<Tender, v1::PayBidBondRequest>(
      context, Rpc("PayBidBond"), registry,
      [context](UnitOfWork& work, const v1::PayBidBondRequest& request, Tender* tender) {
        return rules::PayBond(request, context.Today(work.now()), tender);
      });
  AddVerb<Tender, v1::RecordBidBondReturnRequest>(
      context, Rpc("RecordBidBondReturn"), registry,
      [context](UnitOfWork& work, const v1::RecordBidBondReturnRequest& request, Tender* tender) {
        return rules::ReturnBond(request, context.Today(work.now()), tender);
      });
  AddVerb<Tender, v1::ReviseTenderRequest>(
      context, Rpc("ReviseTender"), registry,
      [](UnitOfWork& work, const v1::ReviseTenderRequest&, Change<Tender>* change) {
        return rules::ReviseBid(work.now(), change->before.state(), &change->after);
      });
  AddVerb<Tender, v1::OpenTenderRequest>(context, Rpc("OpenTender"), registry,
                                         [](UnitOfWork& work, const v1::OpenTenderRequest& request, Tender* tender) {
                                           return rules::OpenBids(request, work.now(), tender);
                                         });
  AddVerb<Tender, v1::WinTenderRequest>(
      context, Rpc("WinTender"), registry,
      [](UnitOfWork& work, const v1::WinTenderRequest& request, Tender* tender) -> absl::Status {
        tender->set_result_code(request.result_code());
        tender->set_result_reason(request.reason());
        return RequestContractDraft(work, {tender->account(), tender->name(), tender->opportunity(), tender->owner(),
                                           tender->quote(), tender->bid_price()});
      });
  AddVerb<Tender, v1::LoseTenderRequest>(context, Rpc("LoseTender"), registry,
                                         [](UnitOfWork&, const v1::LoseTenderRequest& request, Tender* tender) {
                                           tender->set_result_code(request.result_code());
                                           tender->set_result_reason(request.reason());
                                           tender->set_winner(request.winner());
                                           if (request.has_winning_price()) {
                                             *tender->mutable_winning_price() = request.winning_price();
                                           }
                                           return absl::OkStatus();
                                         });
  AddVerb<Tender, v1::AbandonTenderRequest>(context, Rpc("AbandonTender"), registry,
                                            [](UnitOfWork&, const v1::AbandonTenderRequest& request, Tender* tender) {
                                              tender->set_result_reason(request.reason());
                                              return absl::OkStatus();
                                            });
  AddVerb<Tender, v1::ReopenTenderRequest>(
      context, Rpc("ReopenTender"), registry,
      [context](UnitOfWork& work, const v1::ReopenTenderRequest& request, Tender* tender) {
        return Reopen(context, work, request, tender);
      });
  AddVerb<Tender, v1::ResumeTenderRequest>(
      context, Rpc("ResumeTender"), registry,
      [context](UnitOfWork& work, const v1::ResumeTenderRequest&, Tender* tender) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckAccountUsable(work, tender->account()));
        RETURN_IF_ERROR(rules::ResumeTender(actor, tender));
        ASSIGN_OR_RETURN(*tender->mutable_owner(), HeirOf(context, work, tender->account(), tender->owner()));
        return absl::OkStatus();
      });
  AddVerb<Tender, v1::CallOffTenderRequest>(context, Rpc("CallOffTender"), registry,
                                            [](UnitOfWork&, const v1::CallOffTenderRequest& request, Tender* tender) {
                                              tender->set_result_code(v1::CLOSE_REASON_CODE_NEED_GONE);
                                              tender->set_result_reason(request.reason());
                                              return absl::OkStatus();
                                            });
}

}  // namespace

void RegisterTenders(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<Tender>([context](UnitOfWork& work, Tender* tender) { return Note(context, work, tender); });
  hooks.on_update = resource::OnUpdate<Tender>([context](UnitOfWork& work, const Tender& before, Tender* after) {
    return UpdateTender(context, work, before, after);
  });
  hooks.on_saved = resource::OnSaved<Tender>([context](UnitOfWork& work, const Tender* before, const Tender& after) {
    return Watch(context, work, before, after);
  });
  context.runtime.SetHooks(Tender::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  RegisterBids(context, registry);
  AddVerb<ContractDraftRequest, v1::RecordContractDraftRequest>(
      context, Rpc("RecordContractDraft"), registry,
      [](UnitOfWork&, const v1::RecordContractDraftRequest& request, ContractDraftRequest* draft) {
        draft->set_contract(request.contract());
        return absl::OkStatus();
      });
  registry->Add<v1::DeclineContractDraftRequest, ContractDraftRequest>(
      Rpc("DeclineContractDraft"), [context](rpc::Call& call, const v1::DeclineContractDraftRequest& request) {
        return Decline(context, call, request);
      });
  OnDue(context, kDueReminder, Rpc("CreateTender"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return Remind(context, work, item); });
  OnDue(context, kDueSubmission, Rpc("CreateTender"), MarkMissed);
}

absl::Status RequestContractDraft(UnitOfWork& work, const Win& win) {
  const auto fill = [&win](ContractDraftRequest* draft) {
    draft->set_state(v1::CONTRACT_DRAFT_STATE_REQUESTED);
    draft->clear_decline_reason();
    draft->clear_withdrawn();
    draft->set_owner(win.owner);
    draft->set_quote(win.quote);
    draft->clear_amount();
    if (!win.amount.currency_code().empty()) *draft->mutable_amount() = win.amount;
  };
  // What was won a second time, after it was taken up again, asks again. The deal is locked, so nobody else asks.
  ASSIGN_OR_RETURN(const std::vector<ContractDraftRequest> own,
                   work.Find<ContractDraftRequest>({"t.source = ?", {mysql::Value(win.source)}}, "", 1));
  if (!own.empty() && !own[0].withdrawn()) return absl::OkStatus();
  // A deal that was won by a tender is one business: one draft. One that was taken back is none.
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> asked,
      work.connection().Query("SELECT 1 FROM contract_draft_requests d WHERE d.withdrawn = 0 AND (d.source = ? OR "
                              "d.source IN (SELECT CONCAT('tenders/', t.id) FROM tenders t WHERE t.opportunity = ?))",
                              {mysql::Value(win.opportunity), mysql::Value(IdOf(win.opportunity))}));
  if (!win.opportunity.empty() && !asked.empty()) return absl::OkStatus();
  if (!own.empty()) {
    Change<ContractDraftRequest> change{own[0], own[0]};
    fill(&change.after);
    return work.Save(std::move(change)).status();
  }
  ContractDraftRequest draft;
  draft.set_account(win.account);
  draft.set_source(win.source);
  fill(&draft);
  return work.Insert(std::move(draft)).status();
}

absl::Status TakeBackContractDraft(UnitOfWork& work, const std::string& opportunity, const std::string& reason) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> tenders,
                   work.connection().Query("SELECT id FROM tenders WHERE opportunity = ? AND state = 'WON' AND "
                                           "archive_time IS NULL ORDER BY id LIMIT 1",
                                           {IdOf(opportunity)}));
  if (tenders.empty()) return DeclineDraftOf(work, opportunity, reason);
  return FailedPrecondition("DEAL_OF_WON_TENDER", opportunity, "its tender was won, and the deal with it",
                            {{"tender", NameOf("tenders", tenders[0][0].text())}});
}

}  // namespace kam::account
