#include "account-svc/rules/solution_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/solution.pb.h"
#include "kam/account/v1/solution_service.pb.h"

namespace kam::account::rules {

absl::Status CheckSolutionUpdate(const v1::Solution& before) {
  if (before.state() == v1::SOLUTION_STATE_REQUESTED) return absl::OkStatus();
  return FailedPrecondition("SOLUTION_ASSIGNED", before.name(), "what is asked for does not change once it is written",
                            {{"state", v1::SolutionState_Name(before.state())}});
}

absl::Status AddVersion(const v1::DraftSolutionRequest& request, absl::string_view actor, absl::Time now,
                        v1::Solution* solution) {
  if (actor != solution->author()) {
    return Error(absl::StatusCode::kPermissionDenied, "AUTHOR_REQUIRED",
                 absl::StrCat("the solution is written by ", solution->author()), {{"author", solution->author()}});
  }
  v1::SolutionVersion* version = solution->add_versions();
  version->set_version(solution->versions_size());
  version->set_document(request.document());
  version->set_summary(request.summary());
  version->set_author(std::string(actor));
  *version->mutable_write_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckReviewer(absl::string_view actor, const v1::Solution& solution) {
  RETURN_IF_ERROR(CheckOther(actor, solution.author(), "author", "nobody reviews what he wrote himself"));
  for (const v1::SolutionVersion& version : solution.versions()) {
    RETURN_IF_ERROR(CheckOther(actor, version.author(), "author", "nobody reviews what he wrote himself"));
  }
  return absl::OkStatus();
}

absl::Status Present(const v1::PresentSolutionRequest& request, const std::string& today, v1::Solution* solution) {
  const std::string day = request.presented_date().empty() ? today : request.presented_date();
  RETURN_IF_ERROR(CheckNotLater(day, today, "presented_date"));
  solution->set_presented_date(day);
  solution->set_presented_to(request.presented_to());
  return absl::OkStatus();
}

absl::Status EvaluateQuality(const v1::EvaluateSolutionRequest& request, absl::string_view actor, const Policy& policy,
                             v1::Solution* solution) {
  RETURN_IF_ERROR(CheckOther(actor, solution->author(), "author", "nobody judges a solution of his own"));
  solution->set_quality_score(request.quality_score());
  solution->set_quality_comment(request.comment());
  solution->set_evaluator(std::string(actor));
  // What turns out worse is no example any more.
  if (request.quality_score() < policy.success_case_score) solution->set_success_case(false);
  return absl::OkStatus();
}

absl::Status CheckSuccessCase(const v1::Solution& solution, const Policy& policy) {
  if (solution.quality_score() >= policy.success_case_score) return absl::OkStatus();
  return FailedPrecondition(
      "SCORE_TOO_LOW", solution.name(),
      absl::StrCat("a success case has a quality of ", policy.success_case_score, " at least; this one has ",
                   solution.quality_score()),
      {{"value", absl::StrCat(solution.quality_score())}, {"limit", absl::StrCat(policy.success_case_score)}});
}

}  // namespace kam::account::rules
