// The clock of questions that were passed on: when the answer is due, and who is asked when it does not come.
#ifndef KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_
#define KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_

#include <string>
#include <utility>

#include "account-svc/context.h"
#include "account-svc/rules/answer_rules.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"

namespace kam::account {

// The instant by which `length` of working time has passed since `from`, by the working calendar of that day.
absl::StatusOr<absl::Time> WorkingTimeAfter(const Context& context, resource::UnitOfWork& work, absl::Time from,
                                            absl::Duration length);

// HANDLER_NOT_IN_DEPARTMENT on `field` unless the handler works in the department or below it.
absl::Status CheckHandler(resource::UnitOfWork& work, const std::string& department, const std::string& handler,
                          absl::string_view field);

// Who is above `last`, the handler or the one it was put to last; empty: nobody. The head of `department`, when one is
// given, stands in for a superior that the handler does not have.
absl::StatusOr<std::string> NextAbove(const Context& context, resource::UnitOfWork& work, const std::string& last,
                                      const std::string& department);

// Puts down, in the transaction that stores the question, when it is escalated next; takes that back when it does not
// wait for an answer.
template <typename T>
absl::Status ScheduleEscalation(const Context& context, resource::UnitOfWork& work, absl::string_view kind, bool waits,
                                const T& question) {
  if (!waits) return schedule::Cancel(work, kind, question.name());
  absl::Time next = FromTimestamp(question.due_time());
  if (question.escalation_level() > 0) {
    ASSIGN_OR_RETURN(next, WorkingTimeAfter(context, work, FromTimestamp(question.escalate_time()),
                                            context.policy.escalation_interval));
  }
  // Over already, and nobody is left to be asked.
  if (next <= work.now()) return schedule::Cancel(work, kind, question.name());
  // At the due time the answer is still in time.
  return schedule::Schedule(work, kind, question.name(), next + absl::Microseconds(1));
}

// What is done when the time is over.
template <typename T>
absl::Status EscalateDue(const Context& context, resource::UnitOfWork& work, const schedule::DueItem& item,
                         bool (*waits)(const T&)) {
  resource::Change<T> change;
  ASSIGN_OR_RETURN(change.before, work.Load<T>(item.resource));
  if (!waits(change.before)) return absl::OkStatus();
  change.after = change.before;
  const bool first = change.before.escalated_to().empty();
  ASSIGN_OR_RETURN(const std::string superior,
                   NextAbove(context, work, first ? change.before.handler() : change.before.escalated_to(),
                             first ? change.before.department() : std::string()));
  rules::Escalate(superior, work.now(), &change.after);
  return work.Save(std::move(change)).status();
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_
