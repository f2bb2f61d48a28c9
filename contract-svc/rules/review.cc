#include "contract-svc/rules/review.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/status/status.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract::rules {
namespace {

using v1::ReviewStep;
using v1::ReviewStepKind;

constexpr int kFormerStepsMax = 200;  // As many as Contract.former_steps takes.

}  // namespace

absl::Status CheckOpinion(absl::string_view opinion) {
  if (!absl::StripAsciiWhitespace(opinion).empty()) return absl::OkStatus();
  return InvalidField("opinion", "OPINION_REQUIRED", "must say what is to be changed");
}

absl::Status CheckDeadline(absl::string_view today, absl::string_view deadline) {
  if (deadline >= today) return absl::OkStatus();
  return InvalidField("review_deadline", "DEADLINE_PAST", "must not be in the past", {{"today", std::string(today)}});
}

void KeepOpinions(const ReviewSteps& steps, ReviewSteps* former) {
  for (const ReviewStep& step : steps) {
    if (step.result() != v1::REVIEW_RESULT_PENDING) *former->Add() = step;
  }
  if (former->size() > kFormerStepsMax) former->DeleteSubrange(0, former->size() - kFormerStepsMax);
}

void AskOpinions(bool important, absl::string_view deadline, ReviewSteps* steps) {
  steps->Clear();
  for (const ReviewStepKind kind :
       {v1::REVIEW_STEP_KIND_SALES, v1::REVIEW_STEP_KIND_PRODUCT, v1::REVIEW_STEP_KIND_FINANCE,
        v1::REVIEW_STEP_KIND_LEGAL, v1::REVIEW_STEP_KIND_GUIDANCE}) {
    if (kind == v1::REVIEW_STEP_KIND_GUIDANCE && !important) continue;
    ReviewStep* step = steps->Add();
    step->set_kind(kind);
    step->set_result(v1::REVIEW_RESULT_PENDING);
    step->set_deadline(std::string(deadline));
  }
}

std::string ReviewPermission(ReviewStepKind step) {
  switch (step) {
    case v1::REVIEW_STEP_KIND_SALES:
      return "contract.review_sales";
    case v1::REVIEW_STEP_KIND_PRODUCT:
      return "contract.review_product";
    case v1::REVIEW_STEP_KIND_FINANCE:
      return "contract.review_finance";
    case v1::REVIEW_STEP_KIND_LEGAL:
      return "contract.review_legal";
    case v1::REVIEW_STEP_KIND_GUIDANCE:
      return "contract.review_guidance";
    default:
      return {};
  }
}

absl::StatusOr<ReviewOutcome> GiveOpinion(const Reviewed& reviewed, absl::string_view actor, ReviewStepKind step,
                                          bool approve, absl::string_view opinion, absl::Time now, ReviewSteps* steps) {
  RETURN_IF_ERROR(CheckOtherPerson(reviewed.subject, actor, reviewed.drafter, "drafted it"));
  RETURN_IF_ERROR(CheckOtherPerson(reviewed.subject, actor, reviewed.submitter, "submitted it"));
  ReviewStep* found = nullptr;
  for (ReviewStep& candidate : *steps) {
    if (candidate.kind() == step) {
      found = &candidate;
    } else if (candidate.result() != v1::REVIEW_RESULT_PENDING && candidate.reviewer() == actor) {
      return FailedPrecondition("SEPARATION_OF_DUTIES", reviewed.subject, "nobody gives the opinion of two departments",
                                {{"step", v1::ReviewStepKind_Name(candidate.kind())}});
    }
  }
  if (found == nullptr) {
    return InvalidField("step", "REVIEW_STEP_UNKNOWN", "is not asked here", {{"step", v1::ReviewStepKind_Name(step)}});
  }
  if (found->result() != v1::REVIEW_RESULT_PENDING) {
    return FailedPrecondition("REVIEW_STEP_DECIDED", reviewed.subject, "this opinion was given already",
                              {{"step", v1::ReviewStepKind_Name(step)}, {"reviewer", found->reviewer()}});
  }
  if (!approve) RETURN_IF_ERROR(CheckOpinion(opinion));
  found->set_result(approve ? v1::REVIEW_RESULT_APPROVED : v1::REVIEW_RESULT_RETURNED);
  found->set_reviewer(std::string(actor));
  found->set_opinion(std::string(opinion));
  SetTime(now, found->mutable_decide_time());
  if (!approve) return ReviewOutcome::kReturned;
  for (const ReviewStep& each : *steps) {
    if (each.result() != v1::REVIEW_RESULT_APPROVED) return ReviewOutcome::kOpen;
  }
  return ReviewOutcome::kApproved;
}

bool MarkOverdue(absl::string_view today, ReviewSteps* steps) {
  bool any = false;
  for (ReviewStep& step : *steps) {
    if (step.result() != v1::REVIEW_RESULT_PENDING || step.deadline() >= today) continue;
    step.set_overdue(true);
    any = true;
  }
  return any;
}

absl::Status CheckSignedText(absl::string_view subject, absl::string_view presented, absl::string_view stored,
                             absl::string_view approved) {
  if (presented == approved && stored == approved) return absl::OkStatus();
  return FailedPrecondition("SIGNED_TEXT_DIFFERS", subject,
                            "the text put before the signatories is not the text that was approved",
                            {{"presented", std::string(presented)}, {"approved", std::string(approved)}});
}

absl::Status CheckSignatories(const google::protobuf::RepeatedPtrField<v1::ContractParty>& parties,
                              const google::protobuf::RepeatedPtrField<v1::Signatory>& signatories) {
  std::set<std::string> signed_for;
  for (const auto& signatory : signatories) signed_for.insert(signatory.party());
  for (const auto& party : parties) {
    if (signed_for.count(party.role()) > 0) continue;
    return InvalidField("signatories", "SIGNATORY_MISSING", absl::StrCat("nobody signed for ", party.role()),
                        {{"party", party.role()}});
  }
  return absl::OkStatus();
}

absl::Status CheckSigning(absl::string_view subject, const std::vector<std::string>& asked,
                          const google::protobuf::RepeatedPtrField<v1::SigningCheck>& checks) {
  std::set<std::string> done;
  for (const auto& check : checks) {
    done.insert(std::string(absl::StripPrefix(v1::SigningCheckKind_Name(check.kind()), "SIGNING_CHECK_KIND_")));
  }
  std::vector<std::string> missing;
  std::copy_if(asked.begin(), asked.end(), std::back_inserter(missing),
               [&](const std::string& kind) { return done.count(kind) == 0; });
  if (!missing.empty()) {
    return FailedPrecondition("SIGNING_CHECK_MISSING", subject,
                              absl::StrCat("not checked with the customer: ", absl::StrJoin(missing, ", ")),
                              {{"missing", absl::StrJoin(missing, ", ")}, {"asked", absl::StrJoin(asked, ", ")}});
  }
  for (const auto& check : checks) {
    if (check.correct()) continue;
    return FailedPrecondition("SIGNING_CHECK_FAILED", subject,
                              absl::StrCat("the check with the customer found a fault: ", check.title()),
                              {{"check", check.title()}});
  }
  return absl::OkStatus();
}

absl::Time LastOpinion(const ReviewSteps& steps) {
  absl::Time last = absl::InfinitePast();
  for (const ReviewStep& step : steps) {
    if (step.has_decide_time()) last = std::max(last, TimeOf(step.decide_time()));
  }
  return last;
}

absl::StatusOr<std::string> SignDate(absl::string_view asked, absl::string_view earliest, absl::string_view today) {
  if (asked.empty()) return std::string(today);
  if (asked > today) {
    return InvalidField("sign_date", "SIGN_DATE_INVALID", "must not be in the future",
                        {{"value", std::string(asked)}, {"today", std::string(today)}});
  }
  if (asked >= earliest) return std::string(asked);
  return InvalidField("sign_date", "SIGN_DATE_INVALID",
                      absl::StrCat("must not be before ", earliest, ": the last opinion was given then"),
                      {{"value", std::string(asked)}, {"earliest", std::string(earliest)}});
}

}  // namespace kam::contract::rules
