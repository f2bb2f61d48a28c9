#include "account-svc/rules/handover_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

absl::Status Signed(const v1::AccountHandover& handover) {
  return FailedPrecondition("HANDOVER_SIGNED", handover.name(), "this side has signed already");
}

}  // namespace

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
  if (signer.name == handover->receiver()) {
    if (handover->has_receiver_sign_time()) return Signed(*handover);
    *handover->mutable_receiver_sign_time() = ToTimestamp(now);
    return absl::OkStatus();
  }
  const bool for_giver = signer.name == handover->giver() || (signer.superior && signer.giver_has_left);
  if (!for_giver) {
    return Error(absl::StatusCode::kPermissionDenied, "HANDOVER_NOT_PARTY",
                 absl::StrCat(handover->name(), ": giver and receiver sign; a superior only for a giver who has left"),
                 {{"resource", handover->name()}});
  }
  if (handover->has_giver_sign_time()) return Signed(*handover);
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
