#include "account-svc/rules/sales_rules.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/rules/blank.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/duties.h"
#include "account-svc/rules/keys.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/api/field.pb.h"

namespace kam::account::rules {
bool IsLeadField(absl::string_view path) {
  const auto* field = v1::Lead::descriptor()->FindFieldByName(std::string(path));
  return field != nullptr && !field->options().GetExtension(kam::api::field).output_only();
}

absl::Status CheckLead(const v1::Lead& lead, const Policy& policy) {
  FieldViolations violations;
  for (const std::string& path : policy.visitor_form_fields) {
    const auto* field = v1::Lead::descriptor()->FindFieldByName(path);
    if (field == nullptr || !IsBlank(lead, *field)) continue;
    violations.Add(absl::StrCat("lead.", path), "LEAD_FORM_INCOMPLETE", "may not be blank on the visitor form",
                   {{"field", path}});
  }
  if (lead.phone().empty() && !lead.phone_refused()) {
    violations.Add("lead.phone", "PHONE_REQUIRED", "must be set unless the customer refuses it (phone_refused)");
  }
  if (!lead.phone().empty() && !absl::StartsWith(NormalPhone(lead.phone(), policy.default_country), "+")) {
    violations.Add("lead.phone", "PHONE_INVALID", "is no telephone number", {{"value", lead.phone()}});
  }
  if (!lead.phone().empty() && lead.phone_refused()) {
    violations.Add("lead.phone_refused", "PHONE_REFUSED", "cannot be set: the customer left a telephone number");
  }
  return violations.status();
}

absl::Status CheckArrival(const v1::Lead& lead, bool moved, absl::Time created, absl::Time now, const Policy& policy) {
  constexpr char kField[] = "lead.arrival_time";
  const absl::Time at = FromTimestamp(lead.arrival_time());
  const auto text = [](absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); };
  if (moved && now - created > policy.lead_correction) {
    const std::string limit = text(created + policy.lead_correction);
    return InvalidField(kField, "ARRIVAL_FIXED", absl::StrCat("was to be corrected until ", limit),
                        {{"value", text(at)}, {"limit", limit}});
  }
  RETURN_IF_ERROR(NotInFuture(kField, at, now, policy));
  const absl::Time earliest = created - policy.lead_backdating;
  if (at >= earliest) return absl::OkStatus();
  return InvalidField(kField, "DATE_TOO_EARLY", absl::StrCat("is before ", text(earliest)),
                      {{"value", text(at)}, {"limit", text(earliest)}});
}

absl::Status CheckLeadUpdate(const v1::Lead& before) {
  if (before.state() != v1::LEAD_STATE_CONVERTED && before.state() != v1::LEAD_STATE_DISCARDED) {
    return absl::OkStatus();
  }
  return FailedPrecondition("LEAD_CLOSED", before.name(),
                            absl::StrCat("the lead is ", v1::LeadState_Name(before.state()), " and does not change"));
}

absl::Status CheckCardUpdate(const v1::Lead& before, const v1::Lead& after) {
  if (!before.has_card_open_time()) return absl::OkStatus();
  const auto refuse = [](absl::string_view field, const std::string& value) {
    return InvalidField(field, "CARD_ENTRY_REQUIRED", "changes with an entry on the card (AddLeadFollowUp)",
                        {{"value", value}});
  };
  if (!before.next_follow_up_date().empty() && before.next_follow_up_date() != after.next_follow_up_date()) {
    return refuse("lead.next_follow_up_date", before.next_follow_up_date());
  }
  if (before.intention_level() == v1::INTENTION_LEVEL_UNSPECIFIED ||
      before.intention_level() == after.intention_level()) {
    return absl::OkStatus();
  }
  return refuse("lead.intention_level", v1::IntentionLevel_Name(before.intention_level()));
}

absl::Status CheckLeadArchive(const v1::Lead& before, const std::string& today) {
  const bool overdue = !before.next_follow_up_date().empty() && before.next_follow_up_date() < today;
  const bool untouched = before.state() == v1::LEAD_STATE_NEW && before.follow_ups().empty() && !overdue;
  if (untouched || before.has_archive_time()) return absl::OkStatus();
  return RecordKept(before.name(), v1::LeadState_Name(before.state()), "a prospect that leads nowhere is discarded");
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

absl::Status CheckAssignee(const v1::Lead& lead, const std::string& owner, bool able, absl::string_view permission) {
  if (owner == lead.owner()) {
    return FailedPrecondition("OWNER_UNCHANGED", lead.name(), absl::StrCat(owner, " has the lead already"),
                              {{"owner", owner}});
  }
  if (able) return absl::OkStatus();
  return InvalidField("owner", "ASSIGNEE_WITHOUT_RIGHT",
                      absl::StrCat("may not go on with a lead; name somebody who holds ", permission),
                      {{"value", owner}, {"permission", std::string(permission)}});
}

absl::Time AssignmentDue(absl::Time now, absl::TimeZone zone, absl::FunctionRef<bool(absl::CivilDay)> is_workday,
                         const Policy& policy) {
  constexpr int kDaysLookedAt = 366;  // A calendar without a working day for a year says nothing.
  const auto at = [&](absl::CivilDay day) {
    return absl::FromCivil(absl::CivilMinute(day) + policy.lead_assign_minute, zone);
  };
  absl::CivilDay day = absl::ToCivilDay(now, zone);
  for (int i = 0; i < kDaysLookedAt && (at(day) <= now || !is_workday(day)); ++i) ++day;
  return at(day);
}

absl::Status CheckJoin(const v1::ConvertLeadRequest& request, const v1::Lead& lead) {
  if (request.has_account()) {
    return InvalidField("existing_account", "FIELDS_EXCLUSIVE",
                        "is given with account; the lead becomes a draft or joins an account, not both",
                        {{"value", request.existing_account()}});
  }
  if (lead.referrer() != request.existing_account()) return absl::OkStatus();
  return InvalidField("existing_account", "REFERRER_IS_CUSTOMER",
                      "is who recommended the lead; take the referrer off the lead, or join another account",
                      {{"value", request.existing_account()}});
}

absl::Status CheckMayOpenAccount(bool may_create) {
  if (may_create) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
               "the draft of an account is made by who may create accounts; a lead may join an account that is there",
               {{"permission", "account.create"}});
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

}  // namespace kam::account::rules
