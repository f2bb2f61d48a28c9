// kam.account.v1.OpportunityService and SalesProcessService.
#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/contract_drafts.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/process_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/writers.h"
#include "common/money/money_proto.h"
#include "common/resource/row.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/account/v1/opportunity_service.pb.h"
#include "kam/account/v1/sales_process_service.pb.h"

namespace kam::account {
namespace {

using mysql::Value;
using resource::Change;
using resource::UnitOfWork;
using v1::Opportunity;
using v1::SalesProcess;

constexpr char kService[] = "kam.account.v1.OpportunityService";
constexpr char kProcessService[] = "kam.account.v1.SalesProcessService";
constexpr char kDueStalled[] = "opportunity.stalled";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// The process a deal goes by: that of its own version, or the standard of the policy when none was released.
absl::StatusOr<rules::Process> ProcessOf(const Context& context, UnitOfWork& work, const Opportunity& opportunity) {
  if (opportunity.process().empty()) return rules::StandardProcess(context.policy);
  ASSIGN_OR_RETURN(const std::vector<SalesProcess> found,
                   work.Find<SalesProcess>({"t.id = ?", {Value(IdOf(opportunity.process()))}}, "", 1));
  if (found.empty()) return Internal("the process of an opportunity is missing");
  return rules::ToProcess(found[0]);
}

// New deals go by a released process: the one asked for, or the version of the policy's code.
absl::Status ChooseProcess(const Context& context, UnitOfWork& work, Opportunity* opportunity) {
  if (opportunity->process().empty()) {
    ASSIGN_OR_RETURN(const std::vector<SalesProcess> found,
                     work.Find<SalesProcess>({"t.code = ? AND t.state = 'RELEASED' AND t.archive_time IS NULL",
                                              {Value(context.policy.sales_process)}},
                                             "ORDER BY t.release_time DESC", 1));
    if (!found.empty()) opportunity->set_process(found[0].name());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<SalesProcess> found,
                   work.Find<SalesProcess>({"t.id = ?", {Value(IdOf(opportunity->process()))}}, "", 1));
  if (found.empty() || found[0].state() == v1::SALES_PROCESS_STATE_RELEASED) return absl::OkStatus();
  return InvalidField("opportunity.process", "PROCESS_NOT_RELEASED", "is not released",
                      {{"value", opportunity->process()}, {"state", v1::SalesProcessState_Name(found[0].state())}});
}

// A second opportunity comes from a deal of the same customer.
absl::Status CheckSecond(UnitOfWork& work, const Opportunity& opportunity) {
  return CheckOpportunityOf(work, opportunity.account(), opportunity.second_of(), "opportunity.second_of");
}

// How likely a deal is says its stage, and somebody who looks at it from above: the weighted pipeline rests on it.
absl::Status CheckProbability(const UnitOfWork& work, int32_t before, int32_t after) {
  if (work.importing() || work.level() != auth::Level::kOwn || before == after) return absl::OkStatus();
  return InvalidField("opportunity.probability", "PROBABILITY_OF_STAGE",
                      absl::StrCat("is ", before, " % by its stage; a superior may judge otherwise"),
                      {{"value", absl::StrCat(after)}, {"limit", absl::StrCat(before)}});
}

absl::Status CreateOpportunity(const Context& context, UnitOfWork& work, Opportunity* opportunity) {
  RETURN_IF_ERROR(SetOwner(work, opportunity->mutable_owner()));
  if (!work.importing() || opportunity->state() == v1::OPPORTUNITY_STATE_UNSPECIFIED) {
    opportunity->set_state(v1::OPPORTUNITY_STATE_OPEN);
  }
  RETURN_IF_ERROR(ChooseProcess(context, work, opportunity));
  const int32_t given = opportunity->probability();
  const bool staged = work.importing() && opportunity->stage() != v1::OPPORTUNITY_STAGE_UNSPECIFIED;
  ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, *opportunity));
  if (!staged) {
    rules::Enter(process, work.now(), opportunity);
  } else {
    *opportunity->mutable_stage_since() = ToTimestamp(work.now());
    for (const rules::ProcessStage& stage : process) {
      if (stage.stage == opportunity->stage()) opportunity->set_probability(stage.probability);
    }
  }
  if (given != 0) {
    RETURN_IF_ERROR(CheckProbability(work, opportunity->probability(), given));
    opportunity->set_probability(given);
  }
  if (staged && given == 0 && opportunity->state() != v1::OPPORTUNITY_STATE_OPEN) opportunity->set_probability(0);
  RETURN_IF_ERROR(Validate(work, *opportunity));
  RETURN_IF_ERROR(rules::TrackSlip("", opportunity));
  RETURN_IF_ERROR(CheckAccountUsable(work, opportunity->account()));
  return CheckSecond(work, *opportunity);
}

absl::Status UpdateOpportunity(UnitOfWork& work, const Opportunity& before, Opportunity* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::TrackSlip(before.expected_date(), after));
  if (work.importing()) {
    if (before.stage() != after->stage()) *after->mutable_stage_since() = ToTimestamp(work.now());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(rules::CheckOpportunityUpdate(before));
  RETURN_IF_ERROR(CheckProbability(work, before.probability(), after->probability()));
  RETURN_IF_ERROR(CheckSecond(work, *after));
  RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
  return CheckOwnerChange(work, before.owner(), after->owner(), "opportunity.owner");
}

// What was worked on is closed as lost, with its reason, or it would be missing in the conversion rate.
absl::Status CheckArchive(UnitOfWork& work, const Opportunity& before) {
  if (before.has_archive_time()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> moved,
      work.connection().Query(
          "SELECT 1 FROM opportunity_versions WHERE opportunity = ? AND stage <> ? LIMIT 1",
          {IdOf(before.name()),
           resource::ShortEnumName(v1::OpportunityStage_descriptor()->FindValueByNumber(before.stage()))}));
  return rules::CheckOpportunityArchive(before, !moved.empty());
}

// What the pipeline of any day is counted from: one row a version, written with it.
absl::Status SaveVersion(UnitOfWork& work, const Opportunity& after) {
  const auto name = [](const google::protobuf::EnumDescriptor* type, int number) {
    return resource::ShortEnumName(type->FindValueByNumber(number));
  };
  Value amount, currency;
  if (after.has_amount()) {
    ASSIGN_OR_RETURN(const Money money, FromProto(after.amount(), "opportunity.amount"));
    ASSIGN_OR_RETURN(const std::string text, money.amount().ToSql(19, 4, "opportunity.amount"));
    amount = Value(text);
    currency = Value(money.currency().code());
  }
  return work.connection()
      .Execute(
          "INSERT INTO opportunity_versions (opportunity, version, change_time, owner, stage, state, amount, currency, "
          "probability, stalled, slipped, archived) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          {IdOf(after.name()), resource::ParseEtag(after.etag()), work.now(), IdOf(after.owner()),
           name(v1::OpportunityStage_descriptor(), after.stage()),
           name(v1::OpportunityState_descriptor(), after.state()), amount, currency,
           static_cast<int64_t>(after.probability()), after.stalled(), after.slip_count() > 0,
           after.has_archive_time()})
      .status();
}

absl::Status WatchStall(const Context& context, UnitOfWork& work, const Opportunity* before, const Opportunity& after) {
  const bool open = after.state() == v1::OPPORTUNITY_STATE_OPEN && !after.has_archive_time();
  if (before != nullptr && open && !before->has_archive_time() && before->state() == v1::OPPORTUNITY_STATE_OPEN &&
      FromTimestamp(before->stage_since()) == FromTimestamp(after.stage_since())) {
    return absl::OkStatus();
  }
  if (open) {
    ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, after));
    const std::optional<absl::Time> due = rules::StallTime(after, process, context.zone);
    if (due.has_value()) return schedule::Schedule(work, kDueStalled, after.name(), *due);
  }
  return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueStalled, after.name());
}

absl::Status MarkStalled(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const Opportunity opportunity, work.Load<Opportunity>(item.resource));
  ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, opportunity));
  const std::optional<absl::Time> due = rules::StallTime(opportunity, process, context.zone);
  if (!due.has_value() || *due > work.now() || opportunity.has_archive_time()) return absl::OkStatus();
  Change<Opportunity> change{opportunity, opportunity};
  change.after.set_stalled(true);
  return work.Save(std::move(change)).status();
}

void RegisterDeals(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Opportunity>(
      [context](UnitOfWork& work, Opportunity* opportunity) { return CreateOpportunity(context, work, opportunity); });
  hooks.on_update = resource::OnUpdate<Opportunity>(UpdateOpportunity);
  hooks.on_archive = [](UnitOfWork& work, const google::protobuf::Message& before) {
    return CheckArchive(work, static_cast<const Opportunity&>(before));
  };
  hooks.on_saved = resource::OnSaved<Opportunity>(
      [context](UnitOfWork& work, const Opportunity* before, const Opportunity& after) -> absl::Status {
        RETURN_IF_ERROR(SaveVersion(work, after));
        return WatchStall(context, work, before, after);
      });
  context.runtime.SetHooks(Opportunity::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<Opportunity, v1::AdvanceStageRequest>(
      context, Rpc("AdvanceStage"), registry,
      [context](UnitOfWork& work, const v1::AdvanceStageRequest& request, Opportunity* opportunity) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, *opportunity));
        return rules::Advance(request.stage(), request.reason(), process, work.now(), opportunity);
      });
  AddVerb<Opportunity, v1::WinOpportunityRequest>(
      context, Rpc("WinOpportunity"), registry,
      [context](UnitOfWork& work, const v1::WinOpportunityRequest& request, Opportunity* opportunity) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, *opportunity));
        RETURN_IF_ERROR(rules::Win(request.reason(), request.reason_code(), process, work.now(), opportunity));
        return RequestContractDraft(work, {opportunity->account(), opportunity->name(), opportunity->name(),
                                           opportunity->owner(), "", opportunity->amount()});
      });
  AddVerb<Opportunity, v1::LoseOpportunityRequest>(
      context, Rpc("LoseOpportunity"), registry,
      [](UnitOfWork& work, const v1::LoseOpportunityRequest& request, Opportunity* opportunity) {
        return rules::Lose(request.reason(), request.reason_code(), request.competitor(), work.now(), opportunity);
      });
  AddVerb<Opportunity, v1::ReopenOpportunityRequest>(
      context, Rpc("ReopenOpportunity"), registry,
      [context](UnitOfWork& work, const v1::ReopenOpportunityRequest& request,
                Change<Opportunity>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const rules::Process process, ProcessOf(context, work, change->before));
        RETURN_IF_ERROR(CheckAccountUsable(work, change->before.account()));
        RETURN_IF_ERROR(rules::Reopen(actor, request.reason(), process, work.now(), context.policy, &change->after));
        ASSIGN_OR_RETURN(*change->after.mutable_owner(),
                         HeirOf(context, work, change->before.account(), change->before.owner()));
        if (change->before.state() != v1::OPPORTUNITY_STATE_WON) return absl::OkStatus();
        return TakeBackContractDraft(work, change->before.name(), request.reason());
      });
  OnDue(context, kDueStalled, Rpc("UpdateOpportunity"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return MarkStalled(context, work, item); });
}

absl::Status Release(UnitOfWork& work, SalesProcess* process) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(CheckNotWriter(work, kProcessService, process->name(), "release the process"));
  RETURN_IF_ERROR(rules::CheckProcess(*process));
  process->set_releaser(actor);
  *process->mutable_release_time() = ToTimestamp(work.now());
  constexpr int kVersionsMax = 100;
  // Every version is locked, so that two releases at a time come one after the other.
  ASSIGN_OR_RETURN(const std::vector<SalesProcess> versions,
                   work.Find<SalesProcess>({"t.code = ?", {Value(process->code())}}, "ORDER BY t.id", kVersionsMax,
                                           /*lock=*/true));
  for (const SalesProcess& version : versions) {
    if (version.state() != v1::SALES_PROCESS_STATE_RELEASED) continue;
    Change<SalesProcess> change{version, version};
    change.after.set_state(v1::SALES_PROCESS_STATE_RETIRED);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

void RegisterProcesses(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<SalesProcess>([](UnitOfWork& work, SalesProcess* process) -> absl::Status {
    process->set_state(v1::SALES_PROCESS_STATE_DRAFT);
    RETURN_IF_ERROR(Validate(work, *process));
    return rules::CheckProcess(*process);
  });
  hooks.on_update = resource::OnUpdate<SalesProcess>(
      [](UnitOfWork& work, const SalesProcess& before, SalesProcess* after) -> absl::Status {
        if (before.state() != v1::SALES_PROCESS_STATE_DRAFT) {
          return FailedPrecondition("PROCESS_RELEASED", before.name(),
                                    "a released process does not change; make a new version of its code",
                                    {{"state", v1::SalesProcessState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckProcess(*after);
      });
  context.runtime.SetHooks(SalesProcess::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kProcessService, registry);
  AddVerb<SalesProcess, v1::ReleaseSalesProcessRequest>(
      context, absl::StrCat(kProcessService, "/ReleaseSalesProcess"), registry,
      [](UnitOfWork& work, const v1::ReleaseSalesProcessRequest& request, SalesProcess* process) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        return Release(work, process);
      });
  AddVerb<SalesProcess, v1::RetireSalesProcessRequest>(
      context, absl::StrCat(kProcessService, "/RetireSalesProcess"), registry,
      [](UnitOfWork&, const v1::RetireSalesProcessRequest&, SalesProcess*) { return absl::OkStatus(); });
}

}  // namespace

void RegisterOpportunities(const Context& context, rpc::Registry* registry) {
  RegisterDeals(context, registry);
  RegisterProcesses(context, registry);
}

}  // namespace kam::account
