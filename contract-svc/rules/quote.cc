#include "contract-svc/rules/quote.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/id/digest.h"
#include "common/money/decimal.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/resource/validate.h"
#include "common/status/status.h"

namespace kam::contract::rules {
namespace {

namespace pb = kam::pricing::v1;

std::vector<pb::QuoteState> StatesOf(QuoteVerb verb) {
  switch (verb) {
    case QuoteVerb::kEdit:
      return {pb::QUOTE_STATE_DRAFT, pb::QUOTE_STATE_PRICED, pb::QUOTE_STATE_APPROVED};
    case QuoteVerb::kApprove:
    case QuoteVerb::kTurnDown:
      return {pb::QUOTE_STATE_IN_APPROVAL};
    case QuoteVerb::kExpire:
      return {pb::QUOTE_STATE_APPROVED, pb::QUOTE_STATE_SENT};
  }
  return {};
}

std::string ShortName(pb::QuoteState state) {
  return resource::ShortEnumName(pb::QuoteState_descriptor()->FindValueByNumber(state));
}

// Fields one after the other, each with its length before it, so that no two contents have the same text.
class CanonicalText {
 public:
  void Add(absl::string_view field) { absl::StrAppend(&text_, field.size(), ":", field, ","); }
  // Equal numbers have equal texts, however they were written.
  void AddDecimal(const std::string& field) {
    const absl::StatusOr<Decimal> value = Decimal::Parse(field);
    Add(value.ok() ? value->ToString() : field);
  }
  void AddMoney(const google::type::Money& money) {
    const absl::StatusOr<Money> value = FromProto(money, "money");
    Add(value.ok() ? absl::StrCat(value->currency().code(), " ", value->amount().ToString()) : "");
  }
  std::string Hash() const { return Sha256Hex(text_); }

 private:
  std::string text_;
};

}  // namespace

absl::Status CheckVerb(const pb::Quote& quote, QuoteVerb verb) {
  const std::vector<pb::QuoteState> states = StatesOf(verb);
  if (std::find(states.begin(), states.end(), quote.state()) != states.end()) return absl::OkStatus();
  const std::string allowed = absl::StrJoin(
      states, ", ", [](std::string* out, pb::QuoteState state) { absl::StrAppend(out, ShortName(state)); });
  return FailedPrecondition(verb == QuoteVerb::kEdit ? "QUOTE_NOT_EDITABLE" : "STATE_NOT_ALLOWED", quote.name(),
                            absl::StrCat("the quote is ", ShortName(quote.state()), "; this needs ", allowed),
                            {{"state", ShortName(quote.state())}, {"allowed", allowed}});
}

absl::Status CheckInput(const pb::Quote& quote) {
  FieldViolations violations;
  if (!quote.as_of().empty() && !quote.valid_until().empty() && quote.valid_until() < quote.as_of()) {
    violations.Add("quote.valid_until", "PERIOD_INVALID",
                   absl::StrCat("is ", quote.valid_until(), ", before the day of its prices, ", quote.as_of()),
                   {{"value", quote.valid_until()}, {"limit", quote.as_of()}});
  }
  const absl::StatusOr<Decimal> special = Decimal::Parse(quote.special_offer_percent());
  if (special.ok() && !special->is_zero() && quote.special_offer_reason().empty()) {
    violations.Add("quote.special_offer_reason", "FIELD_REQUIRED", "a special offer says why it is made");
  }
  for (int i = 0; i < quote.lines_size(); ++i) {
    const pb::QuoteLine& line = quote.lines(i);
    const std::string path = absl::StrCat("quote.lines[", i, "]");
    if (!line.has_manual_unit_price()) continue;
    if (!line.discount_percent().empty()) {
      violations.Add(path, "DISCOUNT_AMBIGUOUS", "has a discount and a manual price; give one of them");
    }
    if (line.manual_unit_price().currency_code() != quote.currency()) {
      violations.Add(
          path + ".manual_unit_price", "CURRENCY_MISMATCH",
          absl::StrCat("is in ", line.manual_unit_price().currency_code(), "; the quote is in ", quote.currency()),
          {{"currency", quote.currency()}});
    }
  }
  return violations.status();
}

absl::Status CheckValidity(const pb::Quote& quote, const std::string& last) {
  if (quote.valid_until() <= last) return absl::OkStatus();
  return InvalidField("quote.valid_until", "VALIDITY_TOO_LONG",
                      absl::StrCat("is ", quote.valid_until(), "; prices are held until ", last, " at the longest"),
                      {{"value", quote.valid_until()}, {"limit", last}});
}

void BackToDraft(pb::Quote* quote) {
  for (pb::QuoteLine& line : *quote->mutable_lines()) resource::ClearOutputOnly(&line, /*import=*/false);
  for (pb::QuoteGift& gift : *quote->mutable_gifts()) resource::ClearOutputOnly(&gift, /*import=*/false);
  quote->set_state(pb::QUOTE_STATE_DRAFT);
  quote->clear_pricer();
  quote->clear_price_time();
  quote->clear_price_known_time();
  quote->clear_total_amount();
  quote->clear_total_tax();
  quote->clear_total_gross();
  quote->clear_gift_value();
  quote->clear_gift_cost();
  quote->clear_margin();
  quote->clear_margin_percent();
  quote->clear_verdict();
  quote->clear_required_level();
  quote->clear_deciders();
  quote->clear_exceeded();
  quote->clear_content_hash();
  quote->clear_price_hash();
  quote->clear_priced_tier();
  quote->clear_priced_segment();
  quote->clear_priced_region();
  quote->clear_priced_groups();
  quote->clear_approved_content_hash();
  quote->clear_approval_basis();
  quote->clear_approver();
  quote->clear_approve_time();
}

pb::Quote NextRevision(const pb::Quote& before) {
  pb::Quote next = before;
  next.clear_name();
  next.clear_etag();
  next.clear_number();
  next.clear_create_time();
  next.clear_update_time();
  next.clear_creator();
  next.clear_updater();
  BackToDraft(&next);
  next.clear_send_time();
  next.clear_close_time();
  next.clear_close_reason();
  next.clear_customer_reference();
  next.set_root(before.root().empty() ? before.name() : before.root());
  next.set_predecessor(before.name());
  next.set_revision(before.revision() + 1);
  return next;
}

std::string ContentHash(const pb::Quote& quote) {
  CanonicalText text;
  for (const std::string* field : {&quote.account(), &quote.currency(), &quote.as_of(), &quote.valid_until(),
                                   &quote.cooperation_terms(), &quote.delivery_terms(), &quote.payment_terms()}) {
    text.Add(*field);
  }
  text.Add(absl::StrCat(quote.lines_size()));
  for (const pb::QuoteLine& line : quote.lines()) {
    text.Add(line.product());
    text.AddDecimal(line.quantity());
    text.AddMoney(line.published_price());
    text.AddMoney(line.net_price());
    text.AddMoney(line.amount());
    text.AddMoney(line.tax_amount());
  }
  text.Add(absl::StrCat(quote.gifts_size()));
  for (const pb::QuoteGift& gift : quote.gifts()) {
    text.Add(gift.product());
    text.AddDecimal(gift.quantity());
    text.AddMoney(gift.value());
  }
  text.AddMoney(quote.total_amount());
  text.AddMoney(quote.total_tax());
  text.AddMoney(quote.total_gross());
  return text.Hash();
}

absl::Status CheckApprovedContent(const pb::Quote& quote) {
  if (!quote.approved_content_hash().empty() && ContentHash(quote) == quote.approved_content_hash()) {
    return absl::OkStatus();
  }
  return FailedPrecondition("CONTENT_CHANGED", quote.name(), "the quote is not what was approved; price it again",
                            {{"approvedContentHash", quote.approved_content_hash()}});
}

absl::Status CheckValid(const pb::Quote& quote, absl::string_view today) {
  if (today <= quote.valid_until()) return absl::OkStatus();
  return FailedPrecondition("QUOTE_EXPIRED", quote.name(),
                            absl::StrCat("the quote was valid until ", quote.valid_until(), "; today is ", today),
                            {{"validUntil", quote.valid_until()}, {"today", std::string(today)}});
}

absl::Status CheckOrderTime(const pb::Quote& quote, const std::string& last, const std::string& today) {
  if (today <= last) return absl::OkStatus();
  return FailedPrecondition("QUOTE_ORDER_TIME_OVER", quote.name(),
                            absl::StrCat("the quote gave the prices of orders until ", last, "; make another one"),
                            {{"until", last}, {"today", today}});
}

}  // namespace kam::contract::rules
