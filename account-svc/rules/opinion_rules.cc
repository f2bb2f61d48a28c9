#include "account-svc/rules/opinion_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_opinion.pb.h"

namespace kam::account::rules {

absl::Status CheckOpinionDate(absl::string_view date, absl::string_view today) {
  return DateNotInFuture("customer_opinion.opinion_date", date, today);
}

absl::Status CheckOpinionUpdate(const v1::CustomerOpinion& before) {
  if (before.state() == v1::OPINION_STATE_RECORDED) return absl::OkStatus();
  return FailedPrecondition("OPINION_ROUTED", before.name(),
                            absl::StrCat("the opinion is ", v1::OpinionState_Name(before.state()),
                                         "; what was passed on stays as it was written down"),
                            {{"state", v1::OpinionState_Name(before.state())}});
}

absl::Status CheckOpinionHandler(absl::string_view actor, absl::string_view handler,
                                 const v1::CustomerOpinion& opinion) {
  constexpr char kMessage[] = "an opinion is answered by another than who brought it or passes it on";
  RETURN_IF_ERROR(CheckOther(handler, opinion.recorder(), "recorder", kMessage));
  return CheckOther(handler, actor, "router", kMessage);
}

absl::Status CheckOpinionWithdrawal(absl::string_view actor, const v1::CustomerOpinion& opinion) {
  constexpr char kMessage[] = "an opinion is taken back by another than who is to answer it";
  RETURN_IF_ERROR(CheckOther(actor, opinion.handler(), "handler", kMessage));
  if (opinion.state() != v1::OPINION_STATE_ROUTED) return absl::OkStatus();
  RETURN_IF_ERROR(CheckOther(actor, opinion.escalated_to(), "escalatedTo", kMessage));
  return CheckOther(actor, opinion.recorder(), "recorder",
                    "an opinion that was passed on is taken back by another than who recorded it");
}

absl::Status CheckDuplicateOpinion(const v1::CustomerOpinion& opinion, const v1::CustomerOpinion& other) {
  if (other.name() != opinion.name() && other.account() == opinion.account() &&
      other.state() != v1::OPINION_STATE_WITHDRAWN) {
    return absl::OkStatus();
  }
  return InvalidField("duplicate_of", "OPINION_DUPLICATE_INVALID",
                      "is another opinion of the same customer that still counts",
                      {{"value", other.name()}, {"state", v1::OpinionState_Name(other.state())}});
}

absl::Status Inform(absl::string_view actor, absl::Time at, absl::Time now, const Policy& policy,
                    v1::CustomerOpinion* opinion) {
  RETURN_IF_ERROR(NotInFuture("inform_time", at, now, policy));
  const absl::Time answered = FromTimestamp(opinion->answer_time());
  if (at < answered) {
    const auto text = [](absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); };
    return InvalidField("inform_time", "INFORMED_BEFORE_ANSWER",
                        absl::StrCat("is ", text(at), "; the answer came at ", text(answered)),
                        {{"value", text(at)}, {"answerTime", text(answered)}});
  }
  opinion->set_informer(std::string(actor));
  *opinion->mutable_inform_time() = ToTimestamp(at);
  return absl::OkStatus();
}

}  // namespace kam::account::rules
