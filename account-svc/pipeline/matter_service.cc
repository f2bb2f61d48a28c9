// kam.account.v1.ImportantMatterService.
#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/matter_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/working_time.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/important_matter_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::ImportantMatter;
using v1::Opportunity;

constexpr char kService[] = "kam.account.v1.ImportantMatterService";
constexpr char kDueResponse[] = "important_matter.response";
constexpr char kRespond[] = "important_matter.respond";
constexpr char kPassTheLine[] = "important_matter.pass_the_line";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status Report(const Context& context, UnitOfWork& work, ImportantMatter* matter) {
  ASSIGN_OR_RETURN(*matter->mutable_owner(), Person(work));
  matter->set_state(v1::IMPORTANT_MATTER_STATE_REPORTED);
  RETURN_IF_ERROR(Validate(work, *matter));
  RETURN_IF_ERROR(CheckAccountUsable(work, matter->account()));
  RETURN_IF_ERROR(CheckOpportunityOf(work, matter->account(), matter->opportunity(), "important_matter.opportunity"));
  const std::string today = context.Today(work.now());
  rules::ReportingLines lines;
  ASSIGN_OR_RETURN(lines.superiors, SuperiorsOf(work.connection(), matter->owner(), today));
  ASSIGN_OR_RETURN(lines.superior_is_general_manager, HoldsOneOf(work.connection(), matter->superior(), {"GM"}, today));
  lines.may_pass_the_line = work.actor().Holds(kPassTheLine);
  RETURN_IF_ERROR(rules::CheckReport(*matter, lines, work.now()));
  if (!matter->has_respond_by()) {
    ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
    ASSIGN_OR_RETURN(const absl::Time by, working.After(work.now(), context.policy.matter_response));
    *matter->mutable_respond_by() = ToTimestamp(by);
  }
  // Two who flag the same account at a time come one after the other.
  RETURN_IF_ERROR(
      work.connection().Query("SELECT id FROM accounts WHERE id = ? FOR UPDATE", {IdOf(matter->account())}).status());
  ASSIGN_OR_RETURN(const std::vector<ImportantMatter> open,
                   work.Find<ImportantMatter>(
                       {"t.account = ? AND COALESCE(t.opportunity, '') = ? AND t.state <> 'CLOSED' AND t.archive_time "
                        "IS NULL",
                        {Value(IdOf(matter->account())), Value(IdOf(matter->opportunity()))}},
                       "", 1));
  if (open.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "MATTER_OPEN", "it is reported already and not closed",
               {{"account", matter->account()}, {"state", v1::ImportantMatterState_Name(open[0].state())}});
}

// The deal shows that it is important as long as the matter is open.
absl::Status FlagDeal(UnitOfWork& work, const ImportantMatter& matter) {
  if (matter.opportunity().empty()) return absl::OkStatus();
  const bool important = matter.state() != v1::IMPORTANT_MATTER_STATE_CLOSED;
  ASSIGN_OR_RETURN(const Opportunity opportunity, work.Load<Opportunity>(matter.opportunity()));
  if (opportunity.important() == important || opportunity.has_archive_time()) return absl::OkStatus();
  Change<Opportunity> change{opportunity, opportunity};
  change.after.set_important(important);
  return work.Save(std::move(change)).status();
}

// When it goes to the next above: its time to be answered has passed, or that of the one it was put to last.
absl::StatusOr<absl::Time> NextEscalation(const Context& context, UnitOfWork& work, const ImportantMatter& matter) {
  if (!matter.overdue()) return FromTimestamp(matter.respond_by());
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  return working.After(FromTimestamp(matter.escalate_time()), context.policy.matter_response);
}

absl::Status OnSaved(const Context& context, UnitOfWork& work, const ImportantMatter* before,
                     const ImportantMatter& after) {
  RETURN_IF_ERROR(FlagDeal(work, after));
  const bool waited = before != nullptr && before->state() == v1::IMPORTANT_MATTER_STATE_REPORTED;
  if (after.state() != v1::IMPORTANT_MATTER_STATE_REPORTED) {
    return waited ? schedule::Cancel(work, kDueResponse, after.name()) : absl::OkStatus();
  }
  if (waited && before->overdue() == after.overdue() && before->escalated_to() == after.escalated_to()) {
    return absl::OkStatus();
  }
  // With nobody left above there is nobody to put it to; whoever reported it may take it back.
  if (after.overdue() && after.escalated_to().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time next, NextEscalation(context, work, after));
  return schedule::Schedule(work, kDueResponse, after.name(), next);
}

// Nobody answered in time: it is before the next above who may answer now.
absl::Status Escalate(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const ImportantMatter matter, work.Load<ImportantMatter>(item.resource));
  if (matter.state() != v1::IMPORTANT_MATTER_STATE_REPORTED) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Time due, NextEscalation(context, work, matter));
  if (due > work.now()) return absl::OkStatus();
  const std::string& last = matter.escalated_to().empty() ? matter.superior() : matter.escalated_to();
  ASSIGN_OR_RETURN(const std::string above, AbleAbove(work.connection(), last, kRespond, context.Today(work.now())));
  Change<ImportantMatter> change{matter, matter};
  rules::EscalateMatter(above, work.now(), &change.after);
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterImportantMatters(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<ImportantMatter>(
      [context](UnitOfWork& work, ImportantMatter* matter) { return Report(context, work, matter); });
  hooks.on_update = resource::OnUpdate<ImportantMatter>(
      [](UnitOfWork&, const ImportantMatter& before, ImportantMatter*) { return rules::CheckMatterUpdate(before); });
  hooks.on_saved = resource::OnSaved<ImportantMatter>(
      [context](UnitOfWork& work, const ImportantMatter* before, const ImportantMatter& after) {
        return OnSaved(context, work, before, after);
      });
  context.runtime.SetHooks(ImportantMatter::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<ImportantMatter, v1::BriefImportantMatterRequest>(
      context, Rpc("BriefImportantMatter"), registry,
      [](UnitOfWork& work, const v1::BriefImportantMatterRequest& request, ImportantMatter* matter) -> absl::Status {
        v1::MatterBriefing* briefing = matter->add_briefings();
        ASSIGN_OR_RETURN(*briefing->mutable_author(), Person(work));
        *briefing->mutable_briefing_time() = ToTimestamp(work.now());
        briefing->set_text(request.text());
        return absl::OkStatus();
      });
  AddVerb<ImportantMatter, v1::RespondToImportantMatterRequest>(
      context, Rpc("RespondToImportantMatter"), registry,
      [](UnitOfWork& work, const v1::RespondToImportantMatterRequest& request,
         ImportantMatter* matter) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Respond(request, actor, work.now(), matter);
      });
  AddVerb<ImportantMatter, v1::DiscussImportantMatterRequest>(
      context, Rpc("DiscussImportantMatter"), registry,
      [context](UnitOfWork& work, const v1::DiscussImportantMatterRequest& request,
                ImportantMatter* matter) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckNotReporter(actor, *matter, "write down its discussion"));
        RETURN_IF_ERROR(rules::Discuss(request, context.Today(work.now()), matter));
        return rules::CheckNotEarlier(matter->discussion_date(), context.Today(FromTimestamp(matter->create_time())),
                                      "discussion_date", "the report");
      });
  AddVerb<ImportantMatter, v1::ApproveImportantMatterRequest>(
      context, Rpc("ApproveImportantMatter"), registry,
      [](UnitOfWork& work, const v1::ApproveImportantMatterRequest& request, ImportantMatter* matter) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ApproveDecision(actor, work.now(), matter);
      });
  AddVerb<ImportantMatter, v1::ReturnImportantMatterRequest>(
      context, Rpc("ReturnImportantMatter"), registry,
      [](UnitOfWork& work, const v1::ReturnImportantMatterRequest& request, ImportantMatter* matter) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ReturnDecision(actor, request.reason(), matter);
      });
  AddVerb<ImportantMatter, v1::WithdrawImportantMatterRequest>(
      context, Rpc("WithdrawImportantMatter"), registry,
      [](UnitOfWork& work, const v1::WithdrawImportantMatterRequest& request, ImportantMatter* matter) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Withdraw(actor, request.reason(), matter);
      });
  AddVerb<ImportantMatter, v1::CloseImportantMatterRequest>(
      context, Rpc("CloseImportantMatter"), registry,
      [](UnitOfWork& work, const v1::CloseImportantMatterRequest& request,
         Change<ImportantMatter>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        if (change->before.state() == v1::IMPORTANT_MATTER_STATE_RESPONDED) {
          RETURN_IF_ERROR(rules::CheckNotReporter(actor, change->before, "close it before it was decided"));
        }
        change->after.set_close_reason(request.reason());
        return absl::OkStatus();
      });
  OnDue(context, kDueResponse, Rpc("CreateImportantMatter"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return Escalate(context, work, item); });
}

}  // namespace kam::account
