#include "account-svc/visits/registers.h"

#include <string>
#include <utility>
#include <vector>

#include "account-svc/rules/visit_rules.h"
#include "account-svc/visits/answer_clock.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_need.pb.h"
#include "kam/account/v1/customer_opinion.pb.h"
#include "kam/account/v1/visit.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::UnitOfWork;

absl::StatusOr<bool> IsClosed(UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT state FROM accounts WHERE id = ?", {IdOf(account)}));
  return !rows.empty() && rows[0][0].text() == "CLOSED";
}

}  // namespace

absl::Status AwaitRouting(const Context& context, UnitOfWork& work, v1::CustomerOpinion* opinion) {
  opinion->set_state(v1::OPINION_STATE_RECORDED);
  ASSIGN_OR_RETURN(const absl::Time due, WorkingTimeAfter(context, work, work.now(), context.policy.opinion_route));
  rules::Await(due, opinion);
  return absl::OkStatus();
}

absl::Status FillRegisters(const Context& context, UnitOfWork& work, v1::Visit* visit) {
  if (visit->needs().empty() && visit->suggestions().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool closed, IsClosed(work, visit->account()));
  if (closed) return absl::OkStatus();
  for (v1::VisitNeed& heard : *visit->mutable_needs()) {
    if (!heard.customer_need().empty()) continue;
    v1::CustomerNeed need = rules::NeedOf(*visit, heard);
    // As one that is recorded by hand: somebody names the department.
    ASSIGN_OR_RETURN(const absl::Time by, WorkingTimeAfter(context, work, work.now(), context.policy.need_route));
    *need.mutable_answer_by() = ToTimestamp(by);
    ASSIGN_OR_RETURN(const v1::CustomerNeed made, work.Insert(std::move(need)));
    heard.set_customer_need(made.name());
  }
  for (v1::VisitSuggestion& heard : *visit->mutable_suggestions()) {
    if (!heard.customer_opinion().empty()) continue;
    v1::CustomerOpinion opinion =
        rules::OpinionOf(*visit, heard, context.Today(FromTimestamp(visit->check_out_time())));
    RETURN_IF_ERROR(AwaitRouting(context, work, &opinion));
    ASSIGN_OR_RETURN(const v1::CustomerOpinion made, work.Insert(std::move(opinion)));
    heard.set_customer_opinion(made.name());
  }
  return absl::OkStatus();
}

}  // namespace kam::account
