// Questions that were passed on to a department and are answered in time: problems and opinions. T has
// the fields handler, escalated_to, escalation_level, escalate_time, due_time, overdue, answer, answerer, answer_time.
#ifndef KAM_ACCOUNT_SVC_RULES_ANSWER_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_ANSWER_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"

namespace kam::account::rules {

// The next step is due at `due`; nobody above has been asked yet. That an earlier one was late stays.
template <typename T>
void Await(absl::Time due, T* question) {
  *question->mutable_due_time() = ToTimestamp(due);
  question->set_escalation_level(0);
  question->clear_escalated_to();
  question->clear_escalate_time();
}

// The time for the answer begins at `now` and ends at `due`.
template <typename T>
void Ask(absl::Time now, absl::Time due, T* question) {
  *question->mutable_route_time() = ToTimestamp(now);
  Await(due, question);
}

// NOT_THE_HANDLER: the handler answers, or the superior it was put to.
template <typename T>
absl::Status GiveAnswer(absl::string_view actor, const std::string& answer, absl::Time now, T* question) {
  if (actor != question->handler() && (question->escalated_to().empty() || actor != question->escalated_to())) {
    return Error(
        absl::StatusCode::kPermissionDenied, "NOT_THE_HANDLER",
        absl::StrCat(question->handler(), " answers this",
                     question->escalated_to().empty() ? "" : " or, since it is overdue, ", question->escalated_to()),
        {{"handler", question->handler()}, {"escalatedTo", question->escalated_to()}});
  }
  question->set_answer(answer);
  question->set_answerer(std::string(actor));
  *question->mutable_answer_time() = ToTimestamp(now);
  // In time is at the due time or before.
  if (now > FromTimestamp(question->due_time())) question->set_overdue(true);
  return absl::OkStatus();
}

// The step was not taken in time; `superior`, who may be nobody, is asked too.
template <typename T>
void Escalate(const std::string& superior, absl::Time now, T* question) {
  question->set_overdue(true);
  if (superior.empty()) return;
  question->set_escalation_level(question->escalation_level() + 1);
  question->set_escalated_to(superior);
  *question->mutable_escalate_time() = ToTimestamp(now);
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_ANSWER_RULES_H_
