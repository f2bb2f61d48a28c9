#include "account-svc/rules/handover_rules.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

absl::Status Signed(const v1::AccountHandover& handover) {
  return FailedPrecondition("HANDOVER_SIGNED", handover.name(), "this side has signed already");
}

// Two sign: who has signed for one side does not sign for the other one, too.
absl::Status CheckOtherSide(const v1::AccountHandover& handover, const Signer& signer,
                            const std::string& other_signer) {
  if (signer.name != other_signer) return absl::OkStatus();
  return FailedPrecondition("SEPARATION_OF_DUTIES", handover.name(),
                            "you have signed for the other side: another superior signs for this one",
                            {{"permission", "account_handover.leaver"}});
}

}  // namespace

absl::Status AddFurther(const std::string& kind, int64_t count, const google::type::Money* amount,
                        v1::AccountHandover* handover) {
  const std::string currency = amount == nullptr ? "" : amount->currency_code();
  auto* rows = handover->mutable_further_items();
  const auto found = std::find_if(rows->begin(), rows->end(), [&](const v1::HandoverFurtherItems& row) {
    return row.kind() == kind && row.amount().currency_code() == currency;
  });
  v1::HandoverFurtherItems* further = found == rows->end() ? rows->Add() : &*found;
  further->set_kind(kind);
  further->set_item_count(further->item_count() + count);
  if (amount == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(Money sum, FromProto(*amount, "amount"));
  if (further->has_amount()) {
    ASSIGN_OR_RETURN(const Money so_far, FromProto(further->amount(), "amount"));
    ASSIGN_OR_RETURN(sum, Add(so_far, sum));
  }
  ToProto(sum, further->mutable_amount());
  return absl::OkStatus();
}

absl::Status KeepMostUrgent(size_t max, v1::AccountHandover* handover) {
  const auto size = static_cast<size_t>(handover->items_size());
  if (size <= max) return absl::OkStatus();
  google::protobuf::RepeatedPtrField<v1::HandoverItem> items;
  items.Swap(handover->mutable_items());
  std::vector<int> order(size);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int one, int other) {
    return std::tuple(items[one].due_date().empty(), items[one].due_date()) <
           std::tuple(items[other].due_date().empty(), items[other].due_date());
  });
  std::vector<bool> kept(size);
  for (size_t i = 0; i < max; ++i) kept[static_cast<size_t>(order[i])] = true;
  for (size_t i = 0; i < size; ++i) {
    v1::HandoverItem& item = items[static_cast<int>(i)];
    if (kept[i]) {
      handover->add_items()->Swap(&item);
    } else {
      RETURN_IF_ERROR(AddFurther(item.kind(), 1, item.has_amount() ? &item.amount() : nullptr, handover));
    }
  }
  return absl::OkStatus();
}

absl::Status Sign(const Signer& signer, absl::Time now, const Policy& policy, v1::AccountHandover* handover) {
  if (handover->unanswered_size() > 0) {
    const std::string missing = absl::StrJoin(handover->unanswered(), ", ");
    return FailedPrecondition("HANDOVER_LIST_INCOMPLETE", handover->name(),
                              absl::StrCat(missing, " did not answer when the list was made; refresh it first"),
                              {{"unanswered", missing}});
  }
  constexpr int kHoursOfDay = 24;
  const absl::Time stale = FromTimestamp(handover->list_time()) + absl::Hours(kHoursOfDay) * policy.handover_list_days;
  if (!handover->transferred() && now > stale) {
    return FailedPrecondition(
        "HANDOVER_LIST_OLD", handover->name(),
        absl::StrCat("the list was made more than ", policy.handover_list_days, " days ago; refresh it first"),
        {{"limit", absl::StrCat(policy.handover_list_days)}});
  }
  // A receiver who leaves before the account is his does not get it any more: that hand-over is cancelled.
  const bool for_receiver_who_left = signer.superior && signer.receiver_has_left && handover->transferred();
  const bool for_giver = signer.name == handover->giver() ||
                         (signer.name != handover->receiver() && signer.superior && signer.giver_has_left);
  const bool for_receiver = signer.name == handover->receiver() || for_receiver_who_left;
  if (for_receiver && (!for_giver || handover->has_giver_sign_time())) {
    if (handover->has_receiver_sign_time()) return Signed(*handover);
    if (signer.name != handover->receiver()) {
      RETURN_IF_ERROR(CheckOtherSide(*handover, signer, handover->giver_signer()));
    }
    handover->set_receiver_signer(signer.name);
    *handover->mutable_receiver_sign_time() = ToTimestamp(now);
    return absl::OkStatus();
  }
  if (!for_giver) {
    return Error(
        absl::StatusCode::kPermissionDenied, "HANDOVER_NOT_PARTY",
        absl::StrCat(handover->name(),
                     ": giver and receiver sign; a superior only for a giver who has left, or for a receiver who "
                     "has left after the account had become his"),
        {{"resource", handover->name()}});
  }
  if (handover->has_giver_sign_time()) return Signed(*handover);
  if (signer.name != handover->giver()) {
    RETURN_IF_ERROR(CheckOtherSide(*handover, signer, handover->receiver_signer()));
  }
  handover->set_giver_signer(signer.name);
  *handover->mutable_giver_sign_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckRefresh(const Signer& signer, const v1::AccountHandover& handover) {
  if (signer.superior || signer.name == handover.giver() || signer.name == handover.receiver()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "HANDOVER_NOT_PARTY",
               absl::StrCat(handover.name(), ": only giver, receiver or a superior may do this"),
               {{"resource", handover.name()}});
}

absl::Status CheckCancel(const Signer& signer, const v1::AccountHandover& handover) {
  RETURN_IF_ERROR(CheckRefresh(signer, handover));
  if (!handover.transferred()) return absl::OkStatus();
  return FailedPrecondition("HANDOVER_TRANSFERRED", handover.name(),
                            "the account is the receiver's already: both sign that it was handed over");
}

}  // namespace kam::account::rules
