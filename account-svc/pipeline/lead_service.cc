// kam.account.v1.LeadService.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/claimable.h"
#include "account-svc/accounts/duplicates.h"
#include "account-svc/accounts/reported_firms.h"
#include "account-svc/accounts/similar.h"
#include "account-svc/pipeline/follow_up_sheets.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/card_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/referral_rules.h"
#include "account-svc/rules/sales_rules.h"
#include "account-svc/staff.h"
#include "account-svc/working_time.h"
#include "common/resource/standard.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/referral.pb.h"

namespace kam::account {
namespace {

using resource::Change;
using resource::UnitOfWork;
using v1::Account;
using v1::Lead;
using v1::Referral;

constexpr char kService[] = "kam.account.v1.LeadService";
constexpr char kDueAssignment[] = "lead.assignment";
constexpr char kAssign[] = "lead.assign";
constexpr char kQualify[] = "lead.qualify";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

// Whether the firm of the lead has a file: blind, whoever asks, and logged like every such question.
absl::Status MatchAccount(const Context& context, UnitOfWork& work, absl::string_view method, Lead* lead) {
  lead->clear_matched_account();
  lead->clear_claimable_after();
  rules::Firm firm;
  firm.legal_name = lead->company_name();
  firm.phone = lead->phone();
  firm.domain = lead->email();
  const rules::FirmKeys keys = rules::KeysOf(firm, context.policy);
  ASSIGN_OR_RETURN(const std::optional<Duplicate> found, FindDuplicate(work.connection(), keys, ""));
  bool reaches = false;
  if (found.has_value()) {
    ASSIGN_OR_RETURN(reaches, Reaches(work.connection(), work.runtime(), work.actor(), found->account));
  }
  if (!found.has_value()) {
    lead->set_account_match(v1::ACCOUNT_MATCH_NONE);
  } else if (reaches) {
    lead->set_account_match(v1::ACCOUNT_MATCH_YOURS);
    lead->set_matched_account(NameOf("accounts", found->account));
  } else {
    lead->set_account_match(v1::ACCOUNT_MATCH_EXISTS);
    ASSIGN_OR_RETURN(const absl::Time after,
                     ClaimableAfter(work.connection(), found->account, work.now(), context.policy));
    *lead->mutable_claimable_after() = ToTimestamp(after);
  }
  const char* result = !found.has_value() ? "NONE" : reaches ? "EXISTS_YOURS" : "EXISTS";
  return LogCheckForGood(work, {work.actor().subject, std::string(method), keys, result,
                                found.has_value() ? found->account : std::string()});
}

// A lead with a telephone number has a card.
void OpenCard(absl::Time now, Lead* lead) {
  if (!lead->phone().empty() && !lead->has_card_open_time()) *lead->mutable_card_open_time() = ToTimestamp(now);
}

absl::Status CreateLead(const Context& context, UnitOfWork& work, Lead* lead) {
  if (!work.importing() || lead->state() == v1::LEAD_STATE_UNSPECIFIED) lead->set_state(v1::LEAD_STATE_NEW);
  RETURN_IF_ERROR(SetOwner(work, lead->mutable_owner()));
  if (!lead->has_arrival_time()) *lead->mutable_arrival_time() = ToTimestamp(work.now());
  RETURN_IF_ERROR(Validate(work, *lead));
  OpenCard(work.now(), lead);
  if (work.importing()) return absl::OkStatus();
  RETURN_IF_ERROR(rules::CheckLead(*lead, context.policy));
  RETURN_IF_ERROR(rules::CheckArrival(*lead, /*moved=*/false, work.now(), work.now(), context.policy));
  return MatchAccount(context, work, Rpc("CreateLead"), lead);
}

absl::Status UpdateLead(const Context& context, UnitOfWork& work, const Lead& before, Lead* after) {
  OpenCard(work.now(), after);
  if (work.importing()) return absl::OkStatus();
  RETURN_IF_ERROR(rules::CheckLeadUpdate(before));
  RETURN_IF_ERROR(rules::CheckCardUpdate(before, *after));
  RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
  RETURN_IF_ERROR(CheckOwnerChange(work, before.owner(), after->owner(), "lead.owner"));
  if (before.owner() != after->owner()) after->clear_escalated_to();
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckLead(*after, context.policy));
  if (FromTimestamp(before.arrival_time()) != FromTimestamp(after->arrival_time())) {
    RETURN_IF_ERROR(
        rules::CheckArrival(*after, /*moved=*/true, FromTimestamp(before.create_time()), work.now(), context.policy));
  }
  const bool same_firm = before.company_name() == after->company_name() && before.phone() == after->phone() &&
                         before.email() == after->email();
  return same_firm ? absl::OkStatus() : MatchAccount(context, work, Rpc("UpdateLead"), after);
}

// Whether the firm that the lead became was there before it came, or was won by another recommendation.
absl::StatusOr<bool> WasCustomer(UnitOfWork& work, const Lead& lead) {
  if (work.importing() || lead.state() != v1::LEAD_STATE_CONVERTED) return false;
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> found,
                   work.connection().Query(
                       "SELECT 1 FROM accounts a WHERE a.id = ? AND (a.create_time < ? OR EXISTS (SELECT 1 FROM "
                       "referrals r WHERE r.account = a.id AND r.lead <> ? AND r.state IN ('SUCCEEDED', 'REWARDED')))",
                       {IdOf(lead.account()), FromTimestamp(lead.arrival_time()), IdOf(lead.name())}));
  return !found.empty();
}

// The referral of a recommended lead is made with it and follows it.
absl::Status SaveReferral(UnitOfWork& work, const Lead* before, const Lead& lead) {
  ASSIGN_OR_RETURN(std::vector<Referral> found,
                   work.Find<Referral>({"t.lead = ?", {mysql::Value(IdOf(lead.name()))}}, "", 1, /*lock=*/true));
  if (found.empty() && lead.referrer().empty() && lead.referrer_member().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool was_customer, WasCustomer(work, lead));
  if (found.empty()) {
    Referral referral;
    rules::FollowLead(lead, was_customer, work.now(), &referral);
    return work.Insert(std::move(referral)).status();
  }
  Change<Referral> change{found[0], found[0]};
  const bool reopened = before != nullptr && before->state() == v1::LEAD_STATE_DISCARDED &&
                        lead.state() != v1::LEAD_STATE_DISCARDED && rules::ReopenReferral(&change.after);
  if (!rules::FollowLead(lead, was_customer, work.now(), &change.after) && !reopened) return absl::OkStatus();
  return work.Save(std::move(change)).status();
}

absl::Status Assign(const Context& context, UnitOfWork& work, const v1::AssignLeadRequest& request, Lead* lead) {
  ASSIGN_OR_RETURN(const bool able,
                   HoldsRight(work.connection(), request.owner(), kQualify, context.Today(work.now())));
  RETURN_IF_ERROR(rules::CheckAssignee(*lead, request.owner(), able, kQualify));
  lead->set_owner(request.owner());
  lead->clear_escalated_to();
  return absl::OkStatus();
}

absl::StatusOr<bool> WaitsForSales(const Context& context, UnitOfWork& work, const Lead& lead) {
  if (lead.state() != v1::LEAD_STATE_NEW || lead.has_archive_time()) return false;
  ASSIGN_OR_RETURN(const bool able, HoldsRight(work.connection(), lead.owner(), kQualify, context.Today(work.now())));
  return !able;
}

absl::Status ScheduleAssignment(const Context& context, UnitOfWork& work, const std::string& lead) {
  ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
  const auto is_workday = [&working](absl::CivilDay day) { return working.IsWorkday(day); };
  return schedule::Schedule(work, kDueAssignment, lead,
                            rules::AssignmentDue(work.now(), context.zone, is_workday, context.policy));
}

// A customer who was written down by somebody who cannot go on with him has a salesperson by the end of the day.
absl::Status WatchAssignment(const Context& context, UnitOfWork& work, const Lead* before, const Lead& after) {
  if (work.importing()) return absl::OkStatus();
  if (before != nullptr && before->owner() == after.owner() && before->state() == after.state() &&
      before->has_archive_time() == after.has_archive_time()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool waits, WaitsForSales(context, work, after));
  if (waits) return ScheduleAssignment(context, work, after.name());
  return before == nullptr ? absl::OkStatus() : schedule::Cancel(work, kDueAssignment, after.name());
}

// Nobody has it yet: the next superior who may give it to somebody is told, one a day.
absl::Status EscalateAssignment(const Context& context, UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const Lead lead, work.Load<Lead>(item.resource));
  ASSIGN_OR_RETURN(const bool waits, WaitsForSales(context, work, lead));
  if (!waits) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string superior,
                   AbleAbove(work.connection(), lead.escalated_to().empty() ? lead.owner() : lead.escalated_to(),
                             kAssign, context.Today(work.now())));
  if (superior.empty()) return absl::OkStatus();
  Change<Lead> change{lead, lead};
  change.after.set_escalated_to(superior);
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return ScheduleAssignment(context, work, lead.name());
}

// The account is found by what is known of the firm of the lead.
absl::Status CheckSameFirm(const Context& context, UnitOfWork& work, const Lead& lead, const std::string& account) {
  const std::string& name = lead.company_name().empty() ? lead.display_name() : lead.company_name();
  rules::Firm firm;
  firm.legal_name = name;
  firm.phone = lead.phone();
  firm.domain = lead.email();
  const rules::FirmKeys keys = rules::KeysOf(firm, context.policy);
  ASSIGN_OR_RETURN(const std::optional<Duplicate> same, FindDuplicate(work.connection(), keys, ""));
  if (same.has_value() && same->account == IdOf(account)) return absl::OkStatus();
  constexpr size_t kSimilarMax = 60;
  ASSIGN_OR_RETURN(const std::vector<Similar> similar, FindSimilar(work.connection(), NamesOf(name, ""), keys, "",
                                                                   context.policy.duplicate_score_min, kSimilarMax));
  const bool found =
      std::any_of(similar.begin(), similar.end(), [&](const Similar& file) { return file.account == IdOf(account); });
  return found ? absl::OkStatus()
               : InvalidField("existing_account", "EXISTING_ACCOUNT_OTHER_FIRM",
                              "is not found by name, telephone number or domain of the firm of the lead",
                              {{"value", account}, {"firm", name}});
}

// The firm of the lead has a file within reach: nothing is made. The recommendation has succeeded, unless the firm was
// a customer before.
absl::StatusOr<v1::ConvertLeadResponse> Join(const Context& context, UnitOfWork& work,
                                             const v1::ConvertLeadRequest& request, Change<Lead> change) {
  RETURN_IF_ERROR(rules::CheckJoin(request, change.before));
  RETURN_IF_ERROR(CheckAccountUsable(work, request.existing_account()));
  RETURN_IF_ERROR(CheckSameFirm(context, work, change.before, request.existing_account()));
  v1::ConvertLeadResponse response;
  // Locked before the lead, and does not change.
  ASSIGN_OR_RETURN(const std::vector<Account> found,
                   work.Find<Account>({"t.id = ?", {mysql::Value(IdOf(request.existing_account()))}}, "", 1));
  if (!found.empty()) *response.mutable_account() = found[0];  // The reference check names the missing one.
  change.after.set_account(request.existing_account());
  ASSIGN_OR_RETURN(*response.mutable_lead(), work.Save(std::move(change)));
  return response;
}

absl::StatusOr<v1::ConvertLeadResponse> Convert(const Context& context, UnitOfWork& work,
                                                const v1::ConvertLeadRequest& request) {
  // Leads that join one file do so one after the other: only the first has won the firm. The account comes before the
  // lead in the order of locks.
  if (!request.existing_account().empty()) {
    RETURN_IF_ERROR(work.connection()
                        .Query("SELECT id FROM accounts WHERE id = ? FOR UPDATE", {IdOf(request.existing_account())})
                        .status());
  }
  ASSIGN_OR_RETURN(auto change, work.Begin<Lead>(request));
  if (!request.existing_account().empty()) return Join(context, work, request, std::move(change));
  RETURN_IF_ERROR(rules::CheckMayOpenAccount(work.actor().Holds("account.create")));
  Account account = request.account();
  resource::ClearOutputOnly(&account, /*import=*/false);
  rules::AccountFromLead(change.before, &account);
  RETURN_IF_ERROR(PrepareNewAccount(context, work, Rpc("ConvertLead"), &account));
  v1::ConvertLeadResponse response;
  ASSIGN_OR_RETURN(*response.mutable_account(), work.Insert(std::move(account)));
  RETURN_IF_ERROR(ProveReport(work, response.account().name(), change.before.name()));
  change.after.set_account(response.account().name());
  ASSIGN_OR_RETURN(*response.mutable_lead(), work.Save(std::move(change)));
  return response;
}

}  // namespace

void RegisterLeads(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<Lead>([context](UnitOfWork& work, Lead* lead) { return CreateLead(context, work, lead); });
  hooks.on_update = resource::OnUpdate<Lead>([context](UnitOfWork& work, const Lead& before, Lead* after) {
    return UpdateLead(context, work, before, after);
  });
  hooks.on_archive = [context](UnitOfWork& work, const google::protobuf::Message& before) {
    return rules::CheckLeadArchive(static_cast<const Lead&>(before), context.Today(work.now()));
  };
  hooks.on_saved =
      resource::OnSaved<Lead>([context](UnitOfWork& work, const Lead* before, const Lead& after) -> absl::Status {
        RETURN_IF_ERROR(SaveReferral(work, before, after));
        RETURN_IF_ERROR(WatchAssignment(context, work, before, after));
        // A card that is written on after the sheet of its day was signed is checked again.
        if (before == nullptr || work.importing() || before->follow_ups_size() == after.follow_ups_size()) {
          return absl::OkStatus();
        }
        return ReopenSignedSheet(context, work, *after.follow_ups().rbegin());
      });
  context.runtime.SetHooks(Lead::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<Lead, v1::QualifyLeadRequest>(
      context, Rpc("QualifyLead"), registry,
      [](UnitOfWork&, const v1::QualifyLeadRequest&, Lead* lead) { return rules::Qualify(*lead); });
  AddVerb<Lead, v1::DiscardLeadRequest>(context, Rpc("DiscardLead"), registry,
                                        [](UnitOfWork&, const v1::DiscardLeadRequest& request, Lead* lead) {
                                          lead->set_discard_reason(request.reason());
                                          return absl::OkStatus();
                                        });
  AddVerb<Lead, v1::ReopenLeadRequest>(
      context, Rpc("ReopenLead"), registry,
      [context](UnitOfWork& work, const v1::ReopenLeadRequest&, Lead* lead) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckOther(actor, lead->owner(), "owner",
                                          "a lead that was given up is taken up again by somebody above its owner"));
        lead->clear_discard_reason();
        // The firm may have got a file meanwhile.
        return MatchAccount(context, work, Rpc("ReopenLead"), lead);
      });
  AddVerb<Lead, v1::AssignLeadRequest>(context, Rpc("AssignLead"), registry,
                                       [context](UnitOfWork& work, const v1::AssignLeadRequest& request, Lead* lead) {
                                         return Assign(context, work, request, lead);
                                       });
  AddVerb<Lead, v1::AddLeadFollowUpRequest>(
      context, Rpc("AddLeadFollowUp"), registry,
      [context](UnitOfWork& work, const v1::AddLeadFollowUpRequest& request, Lead* lead) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const WorkingTime working, WorkingTime::Load(context, work.connection()));
        const auto is_workday = [&working](absl::CivilDay day) { return working.IsWorkday(day); };
        return rules::AddFollowUp(request, actor, {work.now(), context.zone, is_workday}, context.policy, lead);
      });
  registry->Add<v1::ConvertLeadRequest, v1::ConvertLeadResponse>(
      Rpc("ConvertLead"), [context](rpc::Call& call, const v1::ConvertLeadRequest& request) {
        return context.runtime.Write<v1::ConvertLeadResponse>(
            call, request, [&](UnitOfWork& work) { return Convert(context, work, request); });
      });
  OnDue(context, kDueAssignment, Rpc("AssignLead"),
        [context](UnitOfWork& work, const schedule::DueItem& item) { return EscalateAssignment(context, work, item); });
}

}  // namespace kam::account
