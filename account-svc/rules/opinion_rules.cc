#include "account-svc/rules/opinion_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/visit_problem.pb.h"

namespace kam::account::rules {
namespace {

absl::Status NotAbove(absl::string_view what, absl::string_view part, const std::string& person) {
  return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_SUPERIOR",
               absl::StrCat(what, " is taken back by somebody to whom ", person, " reports"),
               {{std::string(part), person}});
}

}  // namespace

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

absl::Status CheckOpinionWithdrawal(absl::string_view actor, bool superior, absl::Time now,
                                    const v1::CustomerOpinion& opinion) {
  constexpr char kMessage[] = "an opinion is taken back by another than who is to answer it";
  RETURN_IF_ERROR(CheckOther(actor, opinion.handler(), "handler", kMessage));
  const bool routed = opinion.state() == v1::OPINION_STATE_ROUTED;
  if (routed) RETURN_IF_ERROR(CheckOther(actor, opinion.escalated_to(), "escalatedTo", kMessage));
  if (routed || now > FromTimestamp(opinion.due_time())) {
    RETURN_IF_ERROR(CheckOther(actor, opinion.recorder(), "recorder",
                               "an opinion that was passed on, or was to be, is taken back by another than who "
                               "recorded it"));
  }
  if (superior || actor == opinion.recorder()) return absl::OkStatus();
  return NotAbove("an opinion", "recorder", opinion.recorder());
}

absl::Status CheckNoDuplicate(absl::string_view duplicate, const v1::CustomerOpinion& opinion) {
  if (duplicate.empty()) return absl::OkStatus();
  return FailedPrecondition("OPINION_HAS_DUPLICATES", opinion.name(),
                            absl::StrCat(duplicate, " was taken back because this one says the same; it stays"),
                            {{"duplicate", std::string(duplicate)}});
}

absl::Status CheckProblemWithdrawal(absl::string_view actor, bool superior, const v1::VisitProblem& problem) {
  if (superior || actor == problem.raiser()) return absl::OkStatus();
  return NotAbove("a problem", "raiser", problem.raiser());
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
