// The clock of questions that were passed on: when the answer is due, and who is asked when it does not come.
#ifndef KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_
#define KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_

#include <optional>
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

// HANDLER_NOT_IN_DEPARTMENT on `field` unless the handler works in the department or below it, HANDLER_WITHOUT_RIGHT
// unless he holds `permission`: the question would wait for somebody who may not answer.
absl::Status CheckHandler(const Context& context, resource::UnitOfWork& work, const std::string& department,
                          const std::string& handler, absl::string_view permission, absl::string_view field);

// Who is to take the next step of a question.
struct Waiting {
  std::string person;
  std::string department;  // Whose head stands in for superiors that the person does not have; may be empty.
  const char* permission;  // Of the step.
};

// The nearest above `last`, the person of `waiting` or the one it was put to last, who may take the step; empty:
// nobody.
absl::StatusOr<std::string> NextAbove(const Context& context, resource::UnitOfWork& work, const std::string& last,
                                      const Waiting& waiting);

// Puts down, in the transaction that stores the question, when it is escalated next; takes that back when it does not
// wait.
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

// What is done when the time is over. `waits`: for whom it waits, if it does.
template <typename T>
absl::Status EscalateDue(const Context& context, resource::UnitOfWork& work, const schedule::DueItem& item,
                         std::optional<Waiting> (*waits)(const T&)) {
  resource::Change<T> change;
  ASSIGN_OR_RETURN(change.before, work.Load<T>(item.resource));
  std::optional<Waiting> waiting = waits(change.before);
  if (!waiting.has_value()) return absl::OkStatus();
  change.after = change.before;
  const bool first = change.before.escalated_to().empty();
  if (!first) waiting->department.clear();
  ASSIGN_OR_RETURN(const std::string superior,
                   NextAbove(context, work, first ? waiting->person : change.before.escalated_to(), *waiting));
  rules::Escalate(superior, work.now(), &change.after);
  return work.Save(std::move(change)).status();
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_ANSWER_CLOCK_H_
