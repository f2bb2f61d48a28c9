// kam.account.v1.ImportantMatterService.
#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/pipeline.h"
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

using mysql::Row;
using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::ImportantMatter;
using v1::Opportunity;

constexpr char kService[] = "kam.account.v1.ImportantMatterService";
constexpr char kDueResponse[] = "important_matter.response";
constexpr char kPassTheLine[] = "important_matter.pass_the_line";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<bool> IsGeneralManager(UnitOfWork& work, const std::string& employee, const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(
                       "SELECT 1 FROM employees_roles r WHERE r.parent_id = ? AND r.role = 'GM' AND "
                       "r.state = 'GRANTED' AND r.since_date <= ? AND (r.until_date IS NULL OR r.until_date >= ?)",
                       {IdOf(employee), day, day}));
  return !rows.empty();
}

absl::Status Report(const Context& context, UnitOfWork& work, ImportantMatter* matter) {
  ASSIGN_OR_RETURN(*matter->mutable_owner(), Person(work));
  matter->set_state(v1::IMPORTANT_MATTER_STATE_REPORTED);
  RETURN_IF_ERROR(Validate(work, *matter));
  RETURN_IF_ERROR(CheckAccountUsable(work, matter->account()));
  RETURN_IF_ERROR(CheckOpportunityOf(work, matter->account(), matter->opportunity(), "important_matter.opportunity"));
  const std::string today = context.Today(work.now());
  rules::ReportingLines lines;
  ASSIGN_OR_RETURN(lines.superiors, SuperiorsOf(work.connection(), matter->owner(), today));
  ASSIGN_OR_RETURN(lines.superior_is_general_manager, IsGeneralManager(work, matter->superior(), today));
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

absl::Status OnSaved(UnitOfWork& work, const ImportantMatter* before, const ImportantMatter& after) {
  RETURN_IF_ERROR(FlagDeal(work, after));
  const bool waits = after.state() == v1::IMPORTANT_MATTER_STATE_REPORTED && !after.overdue();
  if (!waits) return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueResponse, after.name());
  return schedule::Schedule(work, kDueResponse, after.name(), FromTimestamp(after.respond_by()));
}

// Nobody answered in time: it is before the superior of the superior now.
absl::Status Escalate(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const ImportantMatter matter, work.Load<ImportantMatter>(item.resource));
  if (matter.state() != v1::IMPORTANT_MATTER_STATE_REPORTED || matter.overdue()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> above,
                   SuperiorsOf(work.connection(), matter.superior(), context.Today(work.now())));
  Change<ImportantMatter> change{matter, matter};
  change.after.set_overdue(true);
  if (!above.empty()) change.after.set_escalated_to(above[0]);
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterImportantMatters(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<ImportantMatter>(
      [context](UnitOfWork& work, ImportantMatter* matter) { return Report(context, work, matter); });
  hooks.on_update = resource::OnUpdate<ImportantMatter>(
      [](UnitOfWork&, const ImportantMatter& before, ImportantMatter*) { return rules::CheckMatterUpdate(before); });
  hooks.on_saved = resource::OnSaved<ImportantMatter>(OnSaved);
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
        return rules::Discuss(request, context.Today(work.now()), matter);
      });
  AddVerb<ImportantMatter, v1::ApproveImportantMatterRequest>(
      context, Rpc("ApproveImportantMatter"), registry,
      [](UnitOfWork& work, const v1::ApproveImportantMatterRequest&, ImportantMatter* matter) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ApproveDecision(actor, work.now(), matter);
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
