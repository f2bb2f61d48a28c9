#include "contract-svc/rules/receivable_item.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/amounts.h"
#include "contract-svc/rules/receivable.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract::rules {
namespace {

using receivable::v1::ReceivableItem;

absl::StatusOr<Decimal> OpenOf(const ReceivableItem& item) {
  return AmountIn(item.open(), item.amount().currency_code(), "open");
}

// `amount` is in the currency of the item and not more than is open.
absl::Status CheckWithinOpen(const google::type::Money& amount, const ReceivableItem& item) {
  const std::string& currency = item.amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal asked, AmountIn(amount, currency, "amount"));
  ASSIGN_OR_RETURN(const Decimal open, OpenOf(item));
  if (asked <= open) return absl::OkStatus();
  return InvalidField(
      "amount", "AMOUNT_EXCEEDS_OPEN",
      absl::StrCat(AmountText(asked, currency), " is more than the ", AmountText(open, currency), " that are open"),
      {{"amount", asked.ToString()}, {"open", open.ToString()}});
}

void ForgetProposal(ReceivableItem* item) {
  item->clear_write_off_proposed();
  item->clear_write_off_reason();
  item->clear_write_off_proposer();
}

void ForgetDispute(ReceivableItem* item) {
  item->clear_disputed();
  item->clear_dispute_reason();
  item->clear_disputer();
}

}  // namespace

absl::Status PlaceItem(ReceivableItem* item) {
  if (item->state() == receivable::v1::RECEIVABLE_STATE_CANCELLED) return absl::OkStatus();
  const std::string currency = item->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal open, OpenOf(*item));
  ASSIGN_OR_RETURN(const Decimal whole, AmountIn(item->amount(), currency, "amount"));
  ASSIGN_OR_RETURN(const Decimal disputed, AmountIn(item->disputed(), currency, "disputed"));
  ASSIGN_OR_RETURN(const Decimal proposed, AmountIn(item->write_off_proposed(), currency, "write_off_proposed"));
  ASSIGN_OR_RETURN(const Decimal written_off, AmountIn(item->written_off(), currency, "written_off"));
  if (open.is_zero()) {
    item->clear_promised_date();
    item->clear_promiser();
    ForgetDispute(item);
    ForgetProposal(item);
    item->set_state(written_off.is_zero() ? receivable::v1::RECEIVABLE_STATE_PAID
                                          : receivable::v1::RECEIVABLE_STATE_WRITTEN_OFF);
    return absl::OkStatus();
  }
  if (disputed > open) SetAmount(open, currency, item->mutable_disputed());
  if (proposed > open) ForgetProposal(item);
  item->set_state(!disputed.is_zero()              ? receivable::v1::RECEIVABLE_STATE_DISPUTED
                  : !item->promised_date().empty() ? receivable::v1::RECEIVABLE_STATE_PROMISED
                  : open < whole                   ? receivable::v1::RECEIVABLE_STATE_PARTIALLY_PAID
                                                   : receivable::v1::RECEIVABLE_STATE_OPEN);
  return absl::OkStatus();
}

absl::Status PromiseItem(absl::string_view today, absl::string_view latest, absl::string_view promised_date,
                         absl::string_view promiser, ReceivableItem* item) {
  if (promised_date < today) {
    return InvalidField("promised_date", "PROMISE_DATE_INVALID", "must not be in the past",
                        {{"value", std::string(promised_date)}, {"today", std::string(today)}});
  }
  if (promised_date > latest) {
    return InvalidField("promised_date", "PROMISE_DATE_INVALID", absl::StrCat("must not be after ", latest),
                        {{"value", std::string(promised_date)}, {"latest", std::string(latest)}});
  }
  // The due item of a promise may not have run yet, and a new promise would replace it.
  RETURN_IF_ERROR(BreakPromise(today, item).status());
  if (!item->promised_date().empty() && promised_date > item->promised_date()) {
    item->set_broken_promises(item->broken_promises() + 1);
  }
  item->set_promised_date(std::string(promised_date));
  item->set_promiser(std::string(promiser));
  return PlaceItem(item);
}

absl::StatusOr<bool> BreakPromise(absl::string_view today, ReceivableItem* item) {
  if (item->promised_date().empty() || item->promised_date() >= today) return false;
  ASSIGN_OR_RETURN(const Decimal open, OpenOf(*item));
  if (open.is_zero()) return false;
  item->clear_promised_date();
  item->set_broken_promises(item->broken_promises() + 1);
  RETURN_IF_ERROR(PlaceItem(item));
  return true;
}

absl::Status DisputeItem(const google::type::Money& amount, absl::string_view reason, absl::string_view actor,
                         ReceivableItem* item) {
  RETURN_IF_ERROR(CheckReason(reason));
  RETURN_IF_ERROR(CheckWithinOpen(amount, *item));
  *item->mutable_disputed() = amount;
  item->set_dispute_reason(std::string(reason));
  item->set_disputer(std::string(actor));
  return PlaceItem(item);
}

absl::Status SettleItemDispute(absl::string_view reason, ReceivableItem* item) {
  RETURN_IF_ERROR(CheckReason(reason));
  if (!item->has_disputed()) {
    return FailedPrecondition("RECEIVABLE_NOT_DISPUTED", item->name(), "nothing of it is disputed");
  }
  ForgetDispute(item);
  return PlaceItem(item);
}

absl::Status ProposeWriteOff(const google::type::Money& amount, absl::string_view reason, absl::string_view actor,
                             ReceivableItem* item) {
  RETURN_IF_ERROR(CheckReason(reason));
  RETURN_IF_ERROR(CheckWithinOpen(amount, *item));
  *item->mutable_write_off_proposed() = amount;
  item->set_write_off_reason(std::string(reason));
  item->set_write_off_proposer(std::string(actor));
  return absl::OkStatus();
}

absl::StatusOr<Decimal> DecideWriteOff(bool approve, absl::string_view actor, ReceivableItem* item) {
  if (!item->has_write_off_proposed()) {
    return FailedPrecondition("WRITE_OFF_MISSING", item->name(), "nothing is proposed to be written off");
  }
  RETURN_IF_ERROR(CheckOtherPerson(item->name(), actor, item->write_off_proposer(), "proposed the write-off"));
  RETURN_IF_ERROR(CheckWithinOpen(item->write_off_proposed(), *item));
  item->set_write_off_decider(std::string(actor));
  if (!approve) {
    ForgetProposal(item);
    return Decimal();
  }
  const std::string currency = item->amount().currency_code();
  ASSIGN_OR_RETURN(const Decimal amount, AmountIn(item->write_off_proposed(), currency, "write_off_proposed"));
  ASSIGN_OR_RETURN(const Decimal open, OpenOf(*item));
  ASSIGN_OR_RETURN(const Decimal left, Subtract(open, amount));
  ASSIGN_OR_RETURN(const Decimal before, AmountIn(item->written_off(), currency, "written_off"));
  ASSIGN_OR_RETURN(const Decimal after, Add(before, amount));
  SetAmount(left, currency, item->mutable_open());
  SetAmount(after, currency, item->mutable_written_off());
  const std::string reason = item->write_off_reason();
  item->clear_write_off_proposed();
  item->clear_write_off_proposer();
  RETURN_IF_ERROR(PlaceItem(item));
  item->set_write_off_reason(reason);
  return amount;
}

}  // namespace kam::contract::rules
