#include "account-svc/rules/tender_rules.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/tender_service.pb.h"

namespace kam::account::rules {
namespace {

std::string Text(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

absl::Status CheckQuote(const v1::Tender& tender, const BidQuote& quote) {
  // Somebody may have named another quote since contract-svc was asked.
  if (tender.quote().empty() || !quote.allowed || quote.name != tender.quote()) {
    return FailedPrecondition("BID_PRICE_UNAUTHORISED", tender.name(),
                              tender.quote().empty() ? "the bid has no quote; its price is allowed by a quote that the "
                                                       "price authority approved"
                                                     : "the quote of the bid was not allowed by the price authority",
                              {{"quote", tender.quote()}, {"state", quote.state}});
  }
  if (quote.account == tender.account()) return absl::OkStatus();
  return InvalidField("quote", "QUOTE_OF_ANOTHER_ACCOUNT", "belongs to another account", {{"value", tender.quote()}});
}

// The issuer has it: it was paid and he did not give it back.
bool BondStands(const v1::Tender& tender) {
  return !tender.bid_bond_paid().empty() && tender.bid_bond_returned().empty();
}

// BID_BOND_UNPAID unless a bond that is asked for was with the issuer on `day`, when the bid was handed in.
absl::Status CheckBond(const std::string& day, const v1::Tender& tender) {
  if (!tender.has_bid_bond()) return absl::OkStatus();
  const bool stands = BondStands(tender);
  if (stands && tender.bid_bond_paid() <= day) return absl::OkStatus();
  std::string message = "the bid bond was not paid";
  if (stands) {
    message = absl::StrCat("the bid bond was paid on ", tender.bid_bond_paid(), ", after the bid was handed in");
  } else if (!tender.bid_bond_returned().empty()) {
    message = absl::StrCat("the bid bond was given back on ", tender.bid_bond_returned(), "; it is paid anew");
  }
  return FailedPrecondition("BID_BOND_UNPAID", tender.name(), message,
                            {{"due", tender.bid_bond_due()},
                             {"paid", tender.bid_bond_paid()},
                             {"returned", tender.bid_bond_returned()},
                             {"value", day}});
}

bool SamePrice(const google::type::Money& a, const google::type::Money& b) {
  return a.currency_code() == b.currency_code() && a.units() == b.units() && a.nanos() == b.nanos();
}

// The deadlines of the tender that its state has before it.
std::vector<std::pair<v1::TenderDeadline, absl::Time>> Deadlines(const v1::Tender& tender, absl::TimeZone zone) {
  std::vector<std::pair<v1::TenderDeadline, absl::Time>> found;
  if (MaySubmit(tender)) {
    if (tender.has_question_time()) {
      found.emplace_back(v1::TENDER_DEADLINE_QUESTION, FromTimestamp(tender.question_time()));
    }
    if (tender.has_bid_bond() && !BondStands(tender)) {
      const absl::StatusOr<absl::CivilDay> due = ParseDate(tender.bid_bond_due());
      if (due.ok()) found.emplace_back(v1::TENDER_DEADLINE_BID_BOND, absl::FromCivil(*due + 1, zone));
    }
    // Without the papers there is no bid; once it is approved they are there.
    if (!tender.sale_date().empty() && tender.state() != v1::TENDER_STATE_APPROVED) {
      const absl::StatusOr<absl::CivilDay> sale = ParseDate(tender.sale_date());
      if (sale.ok()) found.emplace_back(v1::TENDER_DEADLINE_SALE, absl::FromCivil(*sale + 1, zone));
    }
    found.emplace_back(v1::TENDER_DEADLINE_SUBMISSION, FromTimestamp(tender.submission_time()));
  } else if (tender.state() == v1::TENDER_STATE_SUBMITTED) {
    found.emplace_back(v1::TENDER_DEADLINE_OPENING, FromTimestamp(tender.opening_time()));
  }
  return found;
}

bool Reminded(const v1::Tender& tender, v1::TenderDeadline deadline) {
  const auto& all = tender.reminders();
  return std::any_of(all.begin(), all.end(), [&](const v1::TenderReminder& at) { return at.deadline() == deadline; });
}

absl::Status CheckTakesBids(absl::Time at, const v1::Tender& tender) {
  const absl::Time deadline = FromTimestamp(tender.submission_time());
  if (at <= deadline) return absl::OkStatus();
  return FailedPrecondition("SUBMISSION_DEADLINE_PASSED", tender.name(),
                            absl::StrCat("bids were handed in until ", Text(deadline)),
                            {{"value", Text(at)}, {"limit", Text(deadline)}});
}

// What was approved does not hold any more; the bond that was paid does, and what the issuer has.
void PrepareAgain(v1::Tender* tender) {
  tender->clear_bid_price();
  tender->clear_approver();
  tender->clear_approve_time();
}

// What the issuer has was put aside when it was revised, and nothing was handed in for it.
void TakeStanding(v1::Tender* tender) {
  if (!tender->has_standing_approve_time()) return;
  tender->set_quote(tender->standing_quote());
  *tender->mutable_bid_price() = tender->standing_price();
  tender->set_approver(tender->standing_approver());
  *tender->mutable_approve_time() = tender->standing_approve_time();
}

void ForgetStanding(v1::Tender* tender) {
  tender->clear_standing_quote();
  tender->clear_standing_price();
  tender->clear_standing_approver();
  tender->clear_standing_approve_time();
}

}  // namespace

bool MaySubmit(const v1::Tender& tender) {
  return tender.state() == v1::TENDER_STATE_NOTED || tender.state() == v1::TENDER_STATE_PREPARING ||
         tender.state() == v1::TENDER_STATE_APPROVED;
}

absl::Status CompleteTender(absl::TimeZone zone, v1::Tender* tender) {
  if (!tender->has_opening_time()) *tender->mutable_opening_time() = tender->submission_time();
  const absl::Time submission = FromTimestamp(tender->submission_time());
  if (tender->has_bid_bond() && tender->bid_bond_due().empty()) {
    tender->set_bid_bond_due(TodayText(submission, zone));
  }
  FieldViolations violations;
  const auto later = [&](absl::string_view field, absl::string_view before) {
    violations.Add(absl::StrCat("tender.", field), "TENDER_DATES_ORDER", absl::StrCat("must not be before ", before));
  };
  if (FromTimestamp(tender->opening_time()) < submission) later("opening_time", "submission_time");
  if (tender->has_question_time() && submission < FromTimestamp(tender->question_time())) {
    later("submission_time", "question_time");
  }
  if (!tender->bid_bond_due().empty() && TodayText(submission, zone) < tender->bid_bond_due()) {
    later("submission_time", "bid_bond_due");
  }
  if (!tender->sale_date().empty()) {
    if (TodayText(submission, zone) < tender->sale_date()) later("submission_time", "sale_date");
    if (tender->has_question_time() && TodayText(FromTimestamp(tender->question_time()), zone) < tender->sale_date()) {
      later("question_time", "sale_date");
    }
  }
  return violations.status();
}

absl::Status CheckTenderUpdate(absl::string_view actor, absl::Time now, const v1::Tender& before,
                               const v1::Tender& after) {
  if (before.state() == v1::TENDER_STATE_NOTED || before.state() == v1::TENDER_STATE_PREPARING) {
    return absl::OkStatus();
  }
  const bool waits = before.state() == v1::TENDER_STATE_APPROVED || before.state() == v1::TENDER_STATE_SUBMITTED;
  const auto bound = [&](v1::Tender tender) {
    tender.clear_reminders();
    if (waits || before.state() == v1::TENDER_STATE_OPENED) tender.clear_competitors();
    if (waits) tender.clear_opening_time();
    // The issuer may give everybody more time, also once our bid is approved.
    if (before.state() == v1::TENDER_STATE_APPROVED) {
      tender.clear_submission_time();
      tender.clear_question_time();
    }
    return tender.SerializeAsString();
  };
  const absl::Time deadline = FromTimestamp(before.submission_time());
  if (before.state() == v1::TENDER_STATE_APPROVED && now > deadline &&
      FromTimestamp(after.submission_time()) != deadline) {
    RETURN_IF_ERROR(CheckOther(actor, before.owner(), "owner",
                               "that the issuer gave more time is put down after the deadline by another than who "
                               "leads the bid"));
  }
  if (bound(before) == bound(after)) return absl::OkStatus();
  return FailedPrecondition("TENDER_BOUND", before.name(),
                            "what was approved of a bid does not change; it is revised before the submission",
                            {{"state", v1::TenderState_Name(before.state())}});
}

void ForgetReminders(const v1::Tender& before, v1::Tender* after) {
  if (FromTimestamp(before.submission_time()) < FromTimestamp(after->submission_time())) after->set_missed(false);
  const auto moved = [&](v1::TenderDeadline deadline) {
    switch (deadline) {
      case v1::TENDER_DEADLINE_QUESTION:
        return FromTimestamp(before.question_time()) != FromTimestamp(after->question_time());
      case v1::TENDER_DEADLINE_BID_BOND:
        return before.bid_bond_due() != after->bid_bond_due();
      case v1::TENDER_DEADLINE_SALE:
        return before.sale_date() != after->sale_date();
      case v1::TENDER_DEADLINE_SUBMISSION:
        return FromTimestamp(before.submission_time()) != FromTimestamp(after->submission_time());
      default:
        return FromTimestamp(before.opening_time()) != FromTimestamp(after->opening_time());
    }
  };
  auto* all = after->mutable_reminders();
  all->erase(
      std::remove_if(all->begin(), all->end(), [&](const v1::TenderReminder& at) { return moved(at.deadline()); }),
      all->end());
}

absl::Status ApproveBid(absl::string_view actor, const BidQuote& quote, absl::Time now, v1::Tender* tender) {
  RETURN_IF_ERROR(CheckOther(actor, tender->owner(), "owner", "nobody approves a bid that he leads"));
  std::vector<std::string> missing;
  for (const v1::TenderDocument& document : tender->documents()) {
    if (document.required() && document.document().empty()) missing.push_back(document.title());
  }
  if (!missing.empty()) {
    const std::string list = absl::StrJoin(missing, ", ");
    return FailedPrecondition("DOCUMENTS_MISSING", tender->name(),
                              absl::StrCat("the issuer asks for documents that are not ready: ", list),
                              {{"missing", list}});
  }
  RETURN_IF_ERROR(CheckQuote(*tender, quote));
  *tender->mutable_bid_price() = quote.price;
  tender->set_approver(std::string(actor));
  *tender->mutable_approve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status SubmitBid(const v1::SubmitTenderRequest& request, absl::string_view actor, const BidQuote& quote,
                       absl::Time now, absl::TimeZone zone, const Policy& policy, v1::Tender* tender) {
  const absl::Time at = request.has_submit_time() ? FromTimestamp(request.submit_time()) : now;
  RETURN_IF_ERROR(NotInFuture("submit_time", at, now, policy));
  RETURN_IF_ERROR(CheckTakesBids(at, *tender));
  const absl::Time approved = FromTimestamp(tender->approve_time());
  if (at < approved) {
    return InvalidField("submit_time", "SUBMITTED_BEFORE_APPROVAL",
                        absl::StrCat("is before ", Text(approved), ", when the bid was approved"),
                        {{"value", Text(at)}, {"limit", Text(approved)}});
  }
  const absl::Time latest = at + policy.tender_record_late;
  if (now > latest) {
    return InvalidField("submit_time", "SUBMISSION_RECORDED_LATE",
                        absl::StrCat("was to be put down until ", Text(latest)),
                        {{"value", Text(at)}, {"limit", Text(latest)}});
  }
  if (now > FromTimestamp(tender->submission_time())) {
    RETURN_IF_ERROR(CheckOther(actor, tender->owner(), "owner",
                               "that a bid was handed in in time is put down after the deadline by another than who "
                               "leads it"));
  }
  RETURN_IF_ERROR(CheckBond(TodayText(at, zone), *tender));
  RETURN_IF_ERROR(CheckQuote(*tender, quote));
  if (!SamePrice(quote.price, tender->bid_price())) {
    return FailedPrecondition(
        "BID_PRICE_CHANGED", tender->name(),
        "the quote says another price than the one that was approved; revise the bid",
        {{"quote", tender->quote()},
         {"approved", absl::StrCat(tender->bid_price().currency_code(), " ", tender->bid_price().units())},
         {"value", absl::StrCat(quote.price.currency_code(), " ", quote.price.units())}});
  }
  tender->set_submitter(std::string(actor));
  *tender->mutable_submit_time() = ToTimestamp(at);
  tender->set_receipt(request.receipt());
  tender->set_missed(false);
  ForgetStanding(tender);
  return absl::OkStatus();
}

absl::Status ReviseBid(absl::Time now, v1::TenderState before, v1::Tender* tender) {
  if (before == v1::TENDER_STATE_SUBMITTED) {
    RETURN_IF_ERROR(CheckTakesBids(now, *tender));
    tender->set_standing_quote(tender->quote());
    *tender->mutable_standing_price() = tender->bid_price();
    tender->set_standing_approver(tender->approver());
    if (tender->has_approve_time()) *tender->mutable_standing_approve_time() = tender->approve_time();
  }
  PrepareAgain(tender);
  return absl::OkStatus();
}

absl::Status ResumeTender(absl::string_view actor, v1::Tender* tender) {
  RETURN_IF_ERROR(CheckOther(actor, tender->owner(), "owner",
                             "what was given up or called off is taken up by another than who leads it"));
  if (MaySubmit(*tender) && !tender->has_submit_time()) {
    return FailedPrecondition("BID_NOT_SUBMITTED", tender->name(),
                              "the issuer has no bid that could stand; it goes on as it is",
                              {{"state", v1::TenderState_Name(tender->state())}});
  }
  tender->clear_result_code();
  tender->clear_result_reason();
  if (tender->has_submit_time()) {
    TakeStanding(tender);
    ForgetStanding(tender);
    tender->set_missed(false);
    tender->set_state(v1::TENDER_STATE_SUBMITTED);
    return absl::OkStatus();
  }
  tender->set_state(v1::TENDER_STATE_PREPARING);
  PrepareAgain(tender);
  return absl::OkStatus();
}

absl::Status OpenBids(const v1::OpenTenderRequest& request, absl::Time now, v1::Tender* tender) {
  const absl::Time opening = FromTimestamp(tender->opening_time());
  if (now < opening) {
    return FailedPrecondition("TENDER_NOT_OPEN", tender->name(), absl::StrCat("bids are opened at ", Text(opening)),
                              {{"value", Text(now)}, {"limit", Text(opening)}});
  }
  if (!request.competitors().empty()) *tender->mutable_competitors() = request.competitors();
  return absl::OkStatus();
}

absl::Status PayBond(const v1::PayBidBondRequest& request, const std::string& today, v1::Tender* tender) {
  const std::string day = request.paid_date().empty() ? today : request.paid_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "paid_date"));
  RETURN_IF_ERROR(CheckNotEarlier(day, tender->bid_bond_returned(), "paid_date", "the day the one before came back"));
  const bool handed_in = tender->state() == v1::TENDER_STATE_SUBMITTED || tender->state() == v1::TENDER_STATE_OPENED;
  if (handed_in && BondStands(*tender)) {
    return FailedPrecondition("BID_BOND_STANDS", tender->name(),
                              "the bid was handed in with a bond that is still with the issuer",
                              {{"paid", tender->bid_bond_paid()}});
  }
  tender->set_bid_bond_paid(day);
  // What was given back was the one before.
  tender->clear_bid_bond_returned();
  v1::TenderDocument* proof = tender->add_documents();
  proof->set_title("投标保证金缴纳凭证");
  proof->set_document(request.document());
  return absl::OkStatus();
}

absl::Status ReturnBond(const v1::RecordBidBondReturnRequest& request, const std::string& today, v1::Tender* tender) {
  if (tender->bid_bond_paid().empty()) {
    return FailedPrecondition("BID_BOND_UNPAID", tender->name(), "the bid bond was not paid, so none comes back",
                              {{"due", tender->bid_bond_due()}});
  }
  const std::string day = request.returned_date().empty() ? today : request.returned_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "returned_date"));
  RETURN_IF_ERROR(CheckNotEarlier(day, tender->bid_bond_paid(), "returned_date", "the day it was paid"));
  if (!tender->bid_bond_returned().empty() && request.reason().empty()) {
    return InvalidField(
        "reason", "REASON_REQUIRED",
        absl::StrCat("it was given back on ", tender->bid_bond_returned(), "; another day has a reason"),
        {{"day", tender->bid_bond_returned()}});
  }
  tender->set_bid_bond_returned(day);
  // The next one, when the bid is prepared again, is reminded of anew.
  auto* all = tender->mutable_reminders();
  all->erase(std::remove_if(all->begin(), all->end(),
                            [](const v1::TenderReminder& at) { return at.deadline() == v1::TENDER_DEADLINE_BID_BOND; }),
             all->end());
  return absl::OkStatus();
}

absl::Status ForgetResult(absl::string_view actor, v1::Tender* tender) {
  RETURN_IF_ERROR(
      CheckOther(actor, tender->owner(), "owner", "the result of a tender is taken back by another than who leads it"));
  tender->clear_result_code();
  tender->clear_result_reason();
  tender->clear_winner();
  tender->clear_winning_price();
  return absl::OkStatus();
}

absl::Status DeclineDraft(absl::string_view reason, absl::string_view contract_state, v1::ContractDraftRequest* draft) {
  if (!draft->contract().empty() && !contract_state.empty() && contract_state != "CONTRACT_STATE_CANCELLED") {
    return FailedPrecondition("CONTRACT_DRAFTED", draft->name(),
                              "a contract was drafted for it: the contract is cancelled first",
                              {{"contract", draft->contract()}, {"state", std::string(contract_state)}});
  }
  draft->clear_contract();
  draft->set_decline_reason(std::string(reason));
  return absl::OkStatus();
}

std::optional<std::pair<v1::TenderDeadline, absl::Time>> NextReminder(const v1::Tender& tender, const Policy& policy,
                                                                      absl::TimeZone zone, absl::Time now) {
  std::optional<std::pair<v1::TenderDeadline, absl::Time>> next;
  for (const auto& [deadline, at] : Deadlines(tender, zone)) {
    if (at <= now || Reminded(tender, deadline)) continue;
    const absl::Time due = std::max(at - policy.tender_reminder, now);
    if (!next.has_value() || due < next->second) next = {deadline, due};
  }
  return next;
}

}  // namespace kam::account::rules
