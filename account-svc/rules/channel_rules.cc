#include "account-svc/rules/channel_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/decimal.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "google/type/money.pb.h"
#include "kam/account/v1/channel_partner.pb.h"

namespace kam::account::rules {
namespace {

using v1::ChannelPartner;

constexpr int kHundred = 100;
constexpr int kDigits = 4;

absl::Status NotBy(absl::string_view rule, absl::string_view message) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", message,
               {{"rule", std::string(rule)}, {"permission", "channel.approve"}});
}

absl::Status NotTakenBackBy(absl::string_view rule, absl::string_view message) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat(message, "; somebody else with channel.inspect may"),
               {{"rule", std::string(rule)}, {"permission", "channel.inspect"}});
}

// What was found at a partner stays on record, with who took it back and why.
template <typename T>
absl::Status TakeBack(absl::string_view actor, absl::string_view reason, absl::Time now, T* found) {
  if (found->voided()) return FailedPrecondition("INSPECTION_VOIDED", found->name(), "it was taken back before");
  found->set_voided(true);
  found->set_void_reason(std::string(reason));
  found->set_voider(std::string(actor));
  *found->mutable_void_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPartner(const ChannelPartner* parent, const ChannelPartner& partner) {
  const bool outlet = partner.kind() == v1::CHANNEL_PARTNER_KIND_OUTLET;
  const bool below = parent != nullptr;
  const bool above_is_outlet = below && parent->kind() == v1::CHANNEL_PARTNER_KIND_OUTLET;
  if (outlet == below && !above_is_outlet) return absl::OkStatus();
  return InvalidField("channel_partner.parent", "PARENT_INVALID",
                      "an outlet stands below an agent or a dealer, and nothing else stands below");
}

absl::Status CheckPartnerKept(const ChannelPartner& partner) {
  if (partner.state() != v1::CHANNEL_PARTNER_STATE_ENDED) return absl::OkStatus();
  return FailedPrecondition("PARTNER_ENDED", partner.name(), "the partner works with us no more");
}

absl::Status ApprovePartner(absl::string_view actor, absl::Time now, ChannelPartner* partner) {
  if (partner->creator() == actor) return NotBy("creator", "whoever proposed a partner does not approve it");
  if (partner->proposer() == actor) return NotBy("proposer", "whoever proposed a partner anew does not approve it");
  if (partner->manager() == actor) return NotBy("manager", "whoever looks after a partner does not approve it");
  if (partner->agreement_number().empty()) {
    return FailedPrecondition("AGREEMENT_REQUIRED", partner->name(), "the number of the agreement is missing");
  }
  partner->set_approver(std::string(actor));
  *partner->mutable_approve_time() = ToTimestamp(now);
  return absl::OkStatus();
}

void ReopenPartner(const ChannelPartner& before, absl::string_view actor, ChannelPartner* after) {
  if (before.state() != v1::CHANNEL_PARTNER_STATE_APPROVED) return;
  const bool same = before.display_name() == after->display_name() && before.address() == after->address() &&
                    before.agreement_number() == after->agreement_number() &&
                    before.agreement_to() == after->agreement_to() &&
                    (before.manager() == after->manager() || after->manager() != before.approver());
  if (same) return;
  after->set_state(v1::CHANNEL_PARTNER_STATE_PROPOSED);
  after->set_proposer(std::string(actor));
  after->clear_approver();
  after->clear_approve_time();
}

absl::Status EndPartner(int open_incidents, absl::string_view reason, ChannelPartner* partner) {
  if (open_incidents > 0) {
    return FailedPrecondition("INCIDENTS_OPEN", partner->name(),
                              absl::StrCat(open_incidents, " incidents are not closed"),
                              {{"value", absl::StrCat(open_incidents)}});
  }
  partner->set_end_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status CheckInspection(const ChannelPartner& partner, absl::string_view day, absl::string_view today,
                             absl::string_view field) {
  if (partner.state() != v1::CHANNEL_PARTNER_STATE_APPROVED) {
    return FailedPrecondition("PARTNER_NOT_APPROVED", partner.name(), "only an approved partner is inspected",
                              {{"state", v1::ChannelPartnerState_Name(partner.state())}});
  }
  if (day <= today) return absl::OkStatus();
  return InvalidField(field, "DATE_IN_FUTURE", "must not be after today", {{"today", std::string(today)}});
}

absl::Status CompleteEvaluation(absl::string_view actor, v1::ChannelEvaluation* evaluation) {
  RETURN_IF_ERROR(CheckOther(actor, evaluation->manager(), "manager",
                             "whoever looks after a partner does not score him; a superior or colleague may"));
  constexpr int kScores = 4;
  const Decimal sum = Decimal::FromInt(evaluation->network_score() + evaluation->delivery_score() +
                                       evaluation->storage_score() + evaluation->sales_score());
  ASSIGN_OR_RETURN(const Decimal average, Divide(sum, Decimal::FromInt(kScores), kDigits));
  evaluation->set_average(average.ToString());
  evaluation->set_evaluator(std::string(actor));
  return absl::OkStatus();
}

absl::Status CheckPublishedPrice(const google::type::Money& list_price, const v1::ResalePriceCheck& check) {
  if (list_price.currency_code().empty()) {
    return InvalidField("resale_price_check.published_price", "PUBLISHED_PRICE_WRONG",
                        "contract-svc publishes no list price of the product yet: name it in product, not by its code");
  }
  ASSIGN_OR_RETURN(const Money given, FromProto(check.published_price(), "resale_price_check.published_price"));
  ASSIGN_OR_RETURN(const Money published, FromProto(list_price, "product.list_price"));
  if (given == published) return absl::OkStatus();
  return InvalidField(
      "resale_price_check.published_price", "PUBLISHED_PRICE_WRONG",
      absl::StrCat("contract-svc publishes ", published.amount().ToString(), " ", published.currency().code()),
      {{"value", given.amount().ToString()}, {"limit", published.amount().ToString()}});
}

absl::Status CompletePriceCheck(absl::string_view actor, const Policy& policy, v1::ResalePriceCheck* check) {
  ASSIGN_OR_RETURN(const Money observed, FromProto(check->observed_price(), "resale_price_check.observed_price"));
  ASSIGN_OR_RETURN(const Money published, FromProto(check->published_price(), "resale_price_check.published_price"));
  if (!(observed.currency() == published.currency())) {
    return InvalidField("resale_price_check.observed_price", "CURRENCY_MISMATCH",
                        "must be in the currency of the published price",
                        {{"currency", std::string(observed.currency().code())},
                         {"expected", std::string(published.currency().code())}});
  }
  if (published.amount().sign() <= 0) {
    return InvalidField("resale_price_check.published_price", "FIELD_OUT_OF_RANGE", "must be more than nothing");
  }
  ASSIGN_OR_RETURN(const Decimal difference, Subtract(observed.amount(), published.amount()));
  ASSIGN_OR_RETURN(const Decimal deviation,
                   MultiplyDivide(difference, Decimal::FromInt(kHundred), published.amount(), kDigits));
  ASSIGN_OR_RETURN(const Decimal tolerance,
                   Divide(Decimal::FromInt(policy.resale_tolerance_hundredths), Decimal::FromInt(kHundred)));
  check->set_deviation_percent(deviation.ToString());
  check->set_violation(deviation.Abs() > tolerance || !check->policy_broken().empty());
  check->set_checker(std::string(actor));
  return absl::OkStatus();
}

absl::Status CompleteCount(const v1::ChannelStockCount* previous, absl::string_view actor,
                           v1::ChannelStockCount* count) {
  count->set_counter(std::string(actor));
  if (previous == nullptr) return absl::OkStatus();
  if (count->count_date() <= previous->count_date()) {
    return InvalidField("channel_stock_count.count_date", "COUNT_NOT_LATER",
                        absl::StrCat("must be after the count of ", previous->count_date()),
                        {{"previous", previous->count_date()}});
  }
  Decimal received;
  if (!count->received().empty()) {
    ASSIGN_OR_RETURN(received, Decimal::Parse(count->received(), "channel_stock_count.received"));
  }
  ASSIGN_OR_RETURN(const Decimal was, Decimal::Parse(previous->quantity(), "previous_quantity"));
  ASSIGN_OR_RETURN(const Decimal counted, Decimal::Parse(count->quantity(), "channel_stock_count.quantity"));
  ASSIGN_OR_RETURN(const Decimal had, Add(was, received));
  ASSIGN_OR_RETURN(const Decimal sold, Subtract(had, counted));
  if (sold.sign() < 0) {
    return InvalidField("channel_stock_count.quantity", "SOLD_NEGATIVE",
                        absl::StrCat("is more than the ", had.ToString(), " that it had and received"),
                        {{"value", counted.ToString()}, {"limit", had.ToString()}});
  }
  count->set_previous_date(previous->count_date());
  count->set_previous_quantity(was.ToString());
  count->set_sold(sold.ToString());
  return absl::OkStatus();
}

absl::Status VoidCount(const v1::ChannelStockCount* later, absl::string_view actor, absl::string_view reason,
                       absl::Time now, v1::ChannelStockCount* count) {
  if (count->manager() == actor && count->counter() != actor) {
    return NotTakenBackBy("manager", "whoever looks after a partner takes back what he counted himself, and no more");
  }
  RETURN_IF_ERROR(TakeBack(actor, reason, now, count));
  if (later == nullptr) return absl::OkStatus();
  return FailedPrecondition("COUNT_NOT_LAST", count->name(),
                            absl::StrCat("the count of ", later->count_date(), " rests on it: take that back first"),
                            {{"later", later->name()}});
}

absl::Status VoidEvaluation(absl::string_view actor, absl::string_view reason, absl::Time now,
                            v1::ChannelEvaluation* evaluation) {
  if (evaluation->manager() == actor) {
    return NotTakenBackBy("manager", "whoever looks after a partner does not take back how he was judged");
  }
  return TakeBack(actor, reason, now, evaluation);
}

absl::Status VoidPriceCheck(absl::string_view actor, absl::string_view reason, absl::Time now,
                            v1::ResalePriceCheck* check, v1::ChannelIncident* incident) {
  if (check->violation() && check->checker() == actor) {
    return NotTakenBackBy("checker", "whoever found a violation does not take it back");
  }
  if (check->violation() && check->manager() == actor) {
    return NotTakenBackBy("manager", "whoever looks after a partner does not take back a violation of his");
  }
  RETURN_IF_ERROR(TakeBack(actor, reason, now, check));
  if (incident == nullptr || incident->state() == v1::CHANNEL_INCIDENT_STATE_CLOSED) return absl::OkStatus();
  incident->set_state(v1::CHANNEL_INCIDENT_STATE_CLOSED);
  incident->set_report(std::string(reason));
  incident->set_closer(std::string(actor));
  *incident->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CloseIncident(absl::string_view actor, absl::string_view report, absl::Time now,
                           v1::ChannelIncident* incident) {
  if (incident->answerer() == actor) return NotBy("answerer", "whoever answered an incident does not close it");
  incident->set_report(std::string(report));
  incident->set_closer(std::string(actor));
  *incident->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

}  // namespace kam::account::rules
