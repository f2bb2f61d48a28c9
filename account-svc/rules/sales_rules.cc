#include "account-svc/rules/sales_rules.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kFollowUpsMax = 500;  // As (kam.api.field).max_items of Lead.follow_ups.
constexpr int kCertain = 100;

std::string StageName(v1::OpportunityStage stage) { return v1::OpportunityStage_Name(stage); }

}  // namespace

absl::Status CheckLead(const v1::Lead& lead) {
  if (!lead.phone().empty() || lead.phone_refused()) return absl::OkStatus();
  return InvalidField("lead.phone", "PHONE_REQUIRED", "must be set unless the customer refuses it (phone_refused)");
}

absl::Status CheckLeadUpdate(const v1::Lead& before) {
  if (before.state() != v1::LEAD_STATE_CONVERTED && before.state() != v1::LEAD_STATE_DISCARDED) {
    return absl::OkStatus();
  }
  return FailedPrecondition("LEAD_CLOSED", before.name(),
                            absl::StrCat("the lead is ", v1::LeadState_Name(before.state()), " and does not change"));
}

absl::Status Qualify(const v1::Lead& lead) {
  std::string missing;
  if (lead.intention_level() == v1::INTENTION_LEVEL_UNSPECIFIED) missing = "intention_level";
  if (lead.next_follow_up_date().empty()) absl::StrAppend(&missing, missing.empty() ? "" : ", ", "next_follow_up_date");
  if (missing.empty()) return absl::OkStatus();
  return FailedPrecondition(
      "LEAD_INCOMPLETE", lead.name(),
      absl::StrCat("a qualified lead has an intention level and a next follow-up: ", missing, " missing"),
      {{"missing", missing}});
}

absl::Status AddFollowUp(const v1::AddLeadFollowUpRequest& request, absl::string_view actor, absl::Time now,
                         v1::Lead* lead) {
  if (lead->follow_ups_size() >= kFollowUpsMax) {
    return FailedPrecondition(
        "FOLLOW_UPS_FULL", lead->name(),
        absl::StrCat("the card has ", lead->follow_ups_size(), " entries; the limit is ", kFollowUpsMax),
        {{"limit", absl::StrCat(kFollowUpsMax)}});
  }
  v1::LeadFollowUp* entry = lead->add_follow_ups();
  *entry->mutable_contact_time() = ToTimestamp(now);
  entry->set_employee(std::string(actor));
  entry->set_channel(request.channel());
  entry->set_result(request.result());
  if (request.intention_level() != v1::INTENTION_LEVEL_UNSPECIFIED) {
    lead->set_intention_level(request.intention_level());
  }
  entry->set_intention_level(lead->intention_level());
  entry->set_next_date(request.next_date());
  lead->set_next_follow_up_date(request.next_date());
  return absl::OkStatus();
}

void AccountFromLead(const v1::Lead& lead, v1::Account* account) {
  if (account->legal_name().empty()) {
    account->set_legal_name(lead.company_name().empty() ? lead.display_name() : lead.company_name());
  }
  if (account->phone().empty()) account->set_phone(lead.phone());
  if (account->email().empty()) account->set_email(lead.email());
  if (account->region().empty()) account->set_region(lead.region());
  if (account->source() == v1::CHANNEL_UNSPECIFIED) account->set_source(lead.channel());
}

int StageProbability(v1::OpportunityStage stage, const Policy& policy) {
  static_assert(v1::OPPORTUNITY_STAGE_RECEPTION == 1 && v1::OPPORTUNITY_STAGE_SIGNING == kStages);
  if (stage < v1::OPPORTUNITY_STAGE_RECEPTION || stage > v1::OPPORTUNITY_STAGE_SIGNING) return 0;
  return policy.stage_probability[static_cast<size_t>(stage) - 1];
}

absl::Status Advance(v1::OpportunityStage stage, absl::string_view reason, const Policy& policy,
                     v1::Opportunity* opportunity) {
  const v1::OpportunityStage from = opportunity->stage();
  const Metadata metadata = {{"from", StageName(from)}, {"to", StageName(stage)}};
  if (stage == from) {
    return FailedPrecondition("STAGE_UNCHANGED", opportunity->name(),
                              absl::StrCat("the opportunity is at ", StageName(from), " already"), metadata);
  }
  const bool over_test_drive =
      from == v1::OPPORTUNITY_STAGE_PRODUCT_INTRODUCTION && stage == v1::OPPORTUNITY_STAGE_NEGOTIATION;
  if (stage > from + 1 && !over_test_drive) {
    return FailedPrecondition("STAGE_SKIPPED", opportunity->name(),
                              absl::StrCat("from ", StageName(from), " the process goes to ",
                                           StageName(static_cast<v1::OpportunityStage>(from + 1)), ", not to ",
                                           StageName(stage), "; only the test drive may be left out"),
                              metadata);
  }
  if (stage < from && reason.empty()) {
    return InvalidField("reason", "REASON_REQUIRED", "must say why the opportunity goes back", metadata);
  }
  opportunity->set_stage(stage);
  opportunity->set_probability(StageProbability(stage, policy));
  return absl::OkStatus();
}

absl::Status Win(absl::string_view reason, absl::Time now, v1::Opportunity* opportunity) {
  if (opportunity->stage() != v1::OPPORTUNITY_STAGE_SIGNING) {
    return FailedPrecondition("STAGE_NOT_SIGNING", opportunity->name(),
                              absl::StrCat("the opportunity is at ", StageName(opportunity->stage()),
                                           "; it is won at the last stage, SIGNING"),
                              {{"stage", StageName(opportunity->stage())}});
  }
  opportunity->set_probability(kCertain);
  opportunity->set_close_reason(std::string(reason));
  *opportunity->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status Lose(absl::string_view reason, absl::string_view competitor, absl::Time now,
                  v1::Opportunity* opportunity) {
  opportunity->set_probability(0);
  opportunity->set_close_reason(std::string(reason));
  if (!competitor.empty()) opportunity->set_competitor(std::string(competitor));
  *opportunity->mutable_close_time() = ToTimestamp(now);
  return absl::OkStatus();
}

absl::Status CheckOpportunityUpdate(const v1::Opportunity& before) {
  if (before.state() == v1::OPPORTUNITY_STATE_OPEN) return absl::OkStatus();
  return FailedPrecondition(
      "OPPORTUNITY_CLOSED", before.name(),
      absl::StrCat("the opportunity is ", v1::OpportunityState_Name(before.state()), " and does not change"));
}

}  // namespace kam::account::rules
