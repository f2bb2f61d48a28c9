// kam.account.v1.ManufacturerSubmissionService.
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/pipeline/referral_figures.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/submission_rules.h"
#include "account-svc/writers.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/manufacturer_submission_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::ManufacturerSubmission;

constexpr char kService[] = "kam.account.v1.ManufacturerSubmissionService";
constexpr char kDueSubmission[] = "manufacturer_submission.due";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

bool OfReferrals(const ManufacturerSubmission& submission) {
  return submission.kind() == v1::SUBMISSION_KIND_REFERRAL_RESULTS;
}

// The manufacturer is told of the referrals of the whole house: whoever prepares or reviews that may read them all.
absl::Status CheckReadsReferrals(const UnitOfWork& work) {
  if (work.actor().LevelFor("referral.read") == auth::Level::kAll) return absl::OkStatus();
  return Error(
      absl::StatusCode::kPermissionDenied, "REFERRALS_OUT_OF_REACH",
      "results of referrals are those of the whole house; whoever reads all referrals prepares and reviews them",
      {{"permission", "referral.read"}, {"level", "ALL"}});
}

// Counts what is told, so that the reviewer reads it before he signs.
absl::Status Count(const Context& context, UnitOfWork& work, ManufacturerSubmission* submission) {
  if (!OfReferrals(*submission)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckReadsReferrals(work));
  ASSIGN_OR_RETURN(const rules::ReferralFigures figures,
                   CountReferrals(context, work.connection(), submission->period_from(), submission->period_to()));
  rules::SetFigures(figures, submission);
  return absl::OkStatus();
}

absl::Status Prepare(const Context& context, UnitOfWork& work, ManufacturerSubmission* submission) {
  ASSIGN_OR_RETURN(*submission->mutable_owner(), Person(work));
  submission->set_state(v1::MANUFACTURER_SUBMISSION_STATE_PREPARED);
  RETURN_IF_ERROR(Validate(work, *submission));
  RETURN_IF_ERROR(rules::CheckSubmissionPeriod(*submission));
  RETURN_IF_ERROR(Count(context, work, submission));
  return submission->account().empty() ? absl::OkStatus() : CheckAccountUsable(work, submission->account());
}

bool Waits(const ManufacturerSubmission& submission) {
  return submission.state() != v1::MANUFACTURER_SUBMISSION_STATE_SUBMITTED &&
         submission.state() != v1::MANUFACTURER_SUBMISSION_STATE_ACCEPTED &&
         submission.state() != v1::MANUFACTURER_SUBMISSION_STATE_WITHDRAWN;
}

// Its day is watched until it is with the manufacturer.
absl::Status Watch(const Context& context, UnitOfWork& work, const ManufacturerSubmission* before,
                   const ManufacturerSubmission& after) {
  if (!Waits(after) || after.overdue()) {
    return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueSubmission, after.name());
  }
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(after.due_date(), "manufacturer_submission.due_date"));
  return schedule::Schedule(work, kDueSubmission, after.name(), absl::FromCivil(day + 1, context.zone));
}

absl::Status MarkOverdue(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const ManufacturerSubmission submission, work.Load<ManufacturerSubmission>(item.resource));
  if (!Waits(submission) || submission.overdue() || submission.due_date() >= context.Today(work.now())) {
    return absl::OkStatus();
  }
  Change<ManufacturerSubmission> change{submission, submission};
  change.after.set_overdue(true);
  return work.Save(std::move(change)).status();
}

absl::Status Review(const Context& context, UnitOfWork& work, ManufacturerSubmission* submission) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  constexpr char kMessage[] = "a submission is reviewed by another than those who prepared it";
  RETURN_IF_ERROR(rules::CheckOther(actor, submission->owner(), "author", kMessage));
  RETURN_IF_ERROR(CheckNotWriter(work, kService, submission->name(), "review the submission"));
  RETURN_IF_ERROR(rules::CheckForm(*submission));
  RETURN_IF_ERROR(rules::CheckSubmissionPeriodOver(*submission, context.Today(work.now())));
  if (OfReferrals(*submission)) {
    RETURN_IF_ERROR(CheckReadsReferrals(work));
    ASSIGN_OR_RETURN(const rules::ReferralFigures figures,
                     CountReferrals(context, work.connection(), submission->period_from(), submission->period_to()));
    RETURN_IF_ERROR(rules::CheckFigures(figures, *submission));
  }
  submission->set_reviewer(actor);
  *submission->mutable_review_time() = ToTimestamp(work.now());
  submission->set_snapshot(rules::SubmissionText(*submission));
  submission->set_content_hash(Sha256Hex(submission->snapshot()));
  return absl::OkStatus();
}

absl::Status Submit(const Context& context, UnitOfWork& work, ManufacturerSubmission* submission) {
  ASSIGN_OR_RETURN(*submission->mutable_submitter(), Person(work));
  // What leaves the house is what was read.
  if (Sha256Hex(rules::SubmissionText(*submission)) != submission->content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", submission->name(), "the content is another than the one reviewed",
                              {{"reviewed", submission->content_hash()}});
  }
  *submission->mutable_submit_time() = ToTimestamp(work.now());
  if (submission->due_date() < context.Today(work.now())) submission->set_overdue(true);
  return absl::OkStatus();
}

// Of every manufacturer for whom results of referrals were prepared once the periods of which he was not told; of none
// yet the periods by themselves. Whether a manufacturer was told is no secret of whoever told him.
absl::Status AddMissingPeriods(const Context& context, const v1::ReportSubmissionsRequest& request,
                               const std::string& today, mysql::Connection& connection,
                               v1::ReportSubmissionsResponse* response) {
  std::map<std::string, std::vector<rules::Period>> told;
  ASSIGN_OR_RETURN(const std::vector<Row> manufacturers,
                   connection.Query("SELECT DISTINCT s.manufacturer FROM manufacturer_submissions s WHERE "
                                    "s.submission_kind = 'REFERRAL_RESULTS' AND s.state <> 'WITHDRAWN' AND "
                                    "s.archive_time IS NULL"));
  for (const Row& row : manufacturers) told[row[0].text()];
  if (told.empty()) told[""];
  // A period may begin before the first day that is asked about, but not before its year.
  const std::string year = absl::StrCat(request.from_date().substr(0, 4), "-01-01");
  ASSIGN_OR_RETURN(
      const std::vector<Row> results,
      connection.Query("SELECT s.manufacturer, s.period_from, s.period_to FROM manufacturer_submissions s "
                       "WHERE s.submission_kind = 'REFERRAL_RESULTS' AND s.state IN ('SUBMITTED', "
                       "'ACCEPTED') AND s.archive_time IS NULL AND s.period_to >= ? AND s.period_from <= ?",
                       {Value(year), Value(request.to_date())}));
  for (const Row& row : results) told[row[0].text()].push_back({row[1].text(), row[2].text()});
  for (const auto& [manufacturer, periods] : told) {
    ASSIGN_OR_RETURN(
        const std::vector<rules::Period> missing,
        rules::MissingReferralPeriods({request.from_date(), request.to_date()}, today, periods, context.policy));
    for (const rules::Period& period : missing) {
      v1::MissingReferralPeriod* out = response->add_missing_referral_periods();
      out->set_from_date(period.from);
      out->set_to_date(period.to);
      out->set_manufacturer(manufacturer);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ReportSubmissionsResponse> Report(const Context& context, const rpc::Call& call,
                                                     const v1::ReportSubmissionsRequest& request,
                                                     mysql::Connection& connection) {
  RETURN_IF_ERROR(CheckPeriod(request.from_date(), request.to_date()));
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      QueryWithinReach(context, call, ManufacturerSubmission::descriptor(), connection,
                       "SELECT t.submission_kind, t.state, t.due_date, t.overdue, t.returns FROM "
                       "manufacturer_submissions t WHERE t.archive_time IS NULL AND t.state <> 'WITHDRAWN' AND "
                       "t.due_date >= ? AND t.due_date <= ?",
                       {Value(request.from_date()), Value(request.to_date())}, ""));
  const std::string today = context.Today(context.runtime.clock().Now());
  std::map<int, v1::SubmissionRow> table;
  for (const Row& row : rows) {
    const auto* kind = resource::FindEnumValue(v1::SubmissionKind_descriptor(), row[0].text());
    v1::SubmissionRow& out = table[kind == nullptr ? 0 : kind->number()];
    // What came back was submitted once, but waits again.
    const bool submitted = row[1].text() == "SUBMITTED" || row[1].text() == "ACCEPTED";
    const bool late = row[3].integer() != 0;
    out.set_due(out.due() + 1);
    out.set_submitted(out.submitted() + (submitted ? 1 : 0));
    out.set_in_time(out.in_time() + (submitted && !late ? 1 : 0));
    out.set_accepted_at_once(out.accepted_at_once() + (row[1].text() == "ACCEPTED" && row[4].integer() == 0 ? 1 : 0));
    out.set_overdue(out.overdue() + (!submitted && row[2].text() < today ? 1 : 0));
  }
  v1::ReportSubmissionsResponse response;
  for (auto& [kind, row] : table) {
    row.set_kind(static_cast<v1::SubmissionKind>(kind));
    row.set_timely_percent(rules::RateText(row.in_time(), row.due()));
    row.set_accuracy_percent(rules::RateText(row.accepted_at_once(), row.submitted()));
    response.add_rows()->Swap(&row);
  }
  RETURN_IF_ERROR(AddMissingPeriods(context, request, today, connection, &response));
  return response;
}

}  // namespace

void RegisterSubmissions(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<ManufacturerSubmission>(
      [context](UnitOfWork& work, ManufacturerSubmission* submission) { return Prepare(context, work, submission); });
  hooks.on_update = resource::OnUpdate<ManufacturerSubmission>(
      [context](UnitOfWork& work, const ManufacturerSubmission& before, ManufacturerSubmission* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckSubmissionUpdate(before));
        RETURN_IF_ERROR(rules::CheckDueDate(before, *after, work.level() != auth::Level::kOwn));
        RETURN_IF_ERROR(Validate(work, *after));
        RETURN_IF_ERROR(rules::CheckSubmissionPeriod(*after));
        // Whoever only moves the day, and does not read all referrals, leaves the figures as they are.
        const bool same_period =
            before.period_from() == after->period_from() && before.period_to() == after->period_to();
        if (!same_period || CheckReadsReferrals(work).ok()) RETURN_IF_ERROR(Count(context, work, after));
        return after->account().empty() || after->account() == before.account()
                   ? absl::OkStatus()
                   : CheckAccountUsable(work, after->account());
      });
  hooks.on_saved = resource::OnSaved<ManufacturerSubmission>(
      [context](UnitOfWork& work, const ManufacturerSubmission* before, const ManufacturerSubmission& after) {
        return Watch(context, work, before, after);
      });
  context.runtime.SetHooks(ManufacturerSubmission::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<ManufacturerSubmission, v1::ReviewManufacturerSubmissionRequest>(
      context, Rpc("ReviewManufacturerSubmission"), registry,
      [context](UnitOfWork& work, const v1::ReviewManufacturerSubmissionRequest& request,
                ManufacturerSubmission* submission) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        return Review(context, work, submission);
      });
  AddVerb<ManufacturerSubmission, v1::SubmitManufacturerSubmissionRequest>(
      context, Rpc("SubmitManufacturerSubmission"), registry,
      [context](UnitOfWork& work, const v1::SubmitManufacturerSubmissionRequest&, ManufacturerSubmission* submission) {
        return Submit(context, work, submission);
      });
  AddVerb<ManufacturerSubmission, v1::AcceptManufacturerSubmissionRequest>(
      context, Rpc("AcceptManufacturerSubmission"), registry,
      [](UnitOfWork& work, const v1::AcceptManufacturerSubmissionRequest& request, ManufacturerSubmission* submission) {
        submission->set_receipt(request.receipt());
        *submission->mutable_answer_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<ManufacturerSubmission, v1::ReturnManufacturerSubmissionRequest>(
      context, Rpc("ReturnManufacturerSubmission"), registry,
      [](UnitOfWork& work, const v1::ReturnManufacturerSubmissionRequest& request, ManufacturerSubmission* submission) {
        submission->set_return_reason(request.reason());
        submission->set_returns(submission->returns() + 1);
        *submission->mutable_answer_time() = ToTimestamp(work.now());
        return absl::OkStatus();
      });
  AddVerb<ManufacturerSubmission, v1::ReviseManufacturerSubmissionRequest>(
      context, Rpc("ReviseManufacturerSubmission"), registry,
      [](UnitOfWork&, const v1::ReviseManufacturerSubmissionRequest&, ManufacturerSubmission* submission) {
        rules::ForgetReview(submission);
        return absl::OkStatus();
      });
  AddVerb<ManufacturerSubmission, v1::WithdrawManufacturerSubmissionRequest>(
      context, Rpc("WithdrawManufacturerSubmission"), registry,
      [](UnitOfWork& work, const v1::WithdrawManufacturerSubmissionRequest& request,
         ManufacturerSubmission* submission) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckOther(actor, submission->owner(), "author",
                                          "whoever prepares a submission does not take it out of the figures"));
        submission->set_withdraw_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportSubmissionsRequest, v1::ReportSubmissionsResponse>(
      context, Rpc("ReportSubmissions"), registry,
      [context](const rpc::Call& call, const v1::ReportSubmissionsRequest& request, mysql::Connection& connection) {
        return Report(context, call, request, connection);
      });
  OnDue(context, kDueSubmission, Rpc("CreateManufacturerSubmission"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return MarkOverdue(context, work, item); });
}

}  // namespace kam::account
