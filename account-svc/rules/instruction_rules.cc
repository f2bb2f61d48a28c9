#include "account-svc/rules/instruction_rules.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "account-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;
using pb::InstructionRequest;

absl::Status NotSelf() {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               "whoever asks does not decide, and nothing is put before oneself; a superior may",
               {{"rule", "requester"}});
}

// The tier that a policy names; none for what is no tier.
v1::Tier TierOf(const std::string& text) {
  v1::Tier tier = v1::TIER_UNSPECIFIED;
  if (!text.empty() && !v1::Tier_Parse(absl::StrCat("TIER_", text), &tier)) return v1::TIER_UNSPECIFIED;
  return tier;
}

// What makes the verb important, in words.
std::string LimitOf(const ImportantVerb& important) {
  std::vector<std::string> limits;
  if (!important.from_tier.empty()) limits.push_back(absl::StrCat("tier ", important.from_tier));
  if (!important.from_amount.empty()) {
    limits.push_back(absl::StrCat("amount ", important.from_amount, " ", important.currency));
  }
  return limits.empty() ? "always" : absl::StrJoin(limits, " or ");
}

// What a verb gives, which whoever decides on it must know.
bool GivesCustomer(absl::string_view verb) {
  return verb == "kam.account.v1.AccountService/TransferOwner" ||
         verb == "kam.account.v1.AccountHandoverService/StartAccountHandover" ||
         verb == "kam.account.v1.AccountHandoverService/StartLeaverHandovers";
}
bool GivesTier(absl::string_view verb) {
  return verb == "kam.account.v1.AccountService/ConfirmAccountTier" ||
         verb == "kam.account.v1.AccountEvaluationService/ConfirmAccountEvaluation";
}

// A field of a request is given where the verb gives what it says, and only there.
absl::Status CheckGiven(const InstructionRequest& request, const char* field, bool gives, bool given,
                        absl::string_view what) {
  if (gives == given) return absl::OkStatus();
  return InvalidField(
      absl::StrCat("instruction_request.", field), gives ? "FIELD_REQUIRED" : "FIELD_NOT_FOR_KIND",
      gives ? absl::StrCat("must say ", what, ": an instruction counts for that alone")
            : absl::StrCat(request.verb().empty() ? "a matter without a verb" : request.verb(), " does not say ", what),
      {{"verb", request.verb()}});
}

// Who gets the customer and which tier it gets are part of what is decided.
absl::Status CheckGiven(const InstructionRequest& request) {
  RETURN_IF_ERROR(CheckGiven(request, "receiver", GivesCustomer(request.verb()), !request.receiver().empty(),
                             "who gets the customer"));
  RETURN_IF_ERROR(
      CheckGiven(request, "tier", GivesTier(request.verb()), !request.tier().empty(), "which tier the customer gets"));
  if (request.tier().empty() || TierOf(request.tier()) != v1::TIER_UNSPECIFIED) return absl::OkStatus();
  return InvalidField("instruction_request.tier", "FIELD_VALUE_UNKNOWN", "is no tier", {{"value", request.tier()}});
}

// Whether an instruction was given for as much as is at stake.
bool IsEnough(const Matter& matter, const InstructionRequest& request) {
  if (!matter.amount.has_value()) return true;
  if (!request.has_amount()) return false;
  const absl::StatusOr<Money> given = FromProto(request.amount(), "amount");
  if (!given.ok()) return false;
  const auto order = Compare(*matter.amount, *given);
  return order.ok() && *order <= 0;
}

absl::Status InstructionRequired(const Matter& matter, const ImportantVerb& important, absl::string_view wrong) {
  const std::string deciders = absl::StrJoin(important.deciders, ", ");
  return FailedPrecondition(
      "INSTRUCTION_REQUIRED", matter.resource,
      absl::StrCat("an important matter (", LimitOf(important), ") is asked of ", deciders,
                   " by an instruction request with this verb and this resource before it is done: ", wrong),
      {{"verb", matter.verb},
       {"limit", LimitOf(important)},
       {"allowed", deciders},
       {"rule", "R-24"},
       {"resource", matter.resource}});
}

}  // namespace

absl::Status CheckAddressee(const Addressee& addressee, const InstructionRequest& request) {
  if (request.superior() == request.requester()) return NotSelf();
  if (addressee.above) return absl::OkStatus();
  const bool report = request.kind() == pb::INSTRUCTION_KIND_REPORT;
  if (report && addressee.general_manager && addressee.past_the_line) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "NOT_A_SUPERIOR",
               "a matter is put before somebody above on the reporting line; account managers may report to the "
               "general manager past it",
               {{"field", "instruction_request.superior"}, {"rule", "R-23"}, {"superior", request.superior()}});
}

absl::Status CheckDecides(absl::string_view actor, absl::string_view in_place_of, bool notes,
                          const InstructionRequest& request) {
  if (actor == request.requester()) return NotSelf();
  if (in_place_of != request.superior()) {
    return Error(absl::StatusCode::kPermissionDenied, "NOT_THE_DECIDER", "the matter is before somebody else",
                 {{"allowed", request.superior()}});
  }
  const bool report = request.kind() == pb::INSTRUCTION_KIND_REPORT;
  if (report && !notes) {
    return FailedPrecondition("REPORT_ONLY", request.name(), "a report is noted; there is nothing to decide");
  }
  if (!report && notes) {
    return FailedPrecondition("INSTRUCTION_WANTED", request.name(), "the matter wants an instruction");
  }
  return absl::OkStatus();
}

void SetHolder(const Addressee& addressee, InstructionRequest* request) {
  const bool past = request->kind() == pb::INSTRUCTION_KIND_REPORT && !addressee.direct;
  request->set_holder(past ? request->superior() : request->requester());
}

void EndStep(absl::string_view opinion, absl::Time now, InstructionRequest* request) {
  if (request->steps_size() == 0) request->add_steps()->set_superior(request->superior());
  pb::InstructionStep* step = request->mutable_steps(request->steps_size() - 1);
  step->set_opinion(std::string(opinion));
  *step->mutable_step_time() = ToTimestamp(now);
}

absl::Status Forward(absl::string_view opinion, absl::string_view superior, absl::Time now,
                     InstructionRequest* request) {
  if (superior == request->requester()) return NotSelf();
  EndStep(opinion, now, request);
  request->add_steps()->set_superior(std::string(superior));
  request->set_superior(std::string(superior));
  return absl::OkStatus();
}

absl::Span<const absl::string_view> AskingVerbs() {
  static constexpr absl::string_view kVerbs[] = {
      "kam.account.v1.AccountService/CloseAccount",
      "kam.account.v1.AccountService/ArchiveAccount",
      "kam.account.v1.AccountService/TransferOwner",
      "kam.account.v1.AccountService/ReleaseOwner",
      "kam.account.v1.AccountService/ConfirmAccountTier",
      "kam.account.v1.AccountMergeService/ApproveAccountMerge",
      "kam.account.v1.AccountEvaluationService/ConfirmAccountEvaluation",
      "kam.account.v1.AccountHandoverService/StartAccountHandover",
      "kam.account.v1.AccountHandoverService/StartLeaverHandovers",
      "kam.account.v1.CampaignService/ApproveCampaignBudget",
  };
  return kVerbs;
}

void CheckImportantVerbs(const std::vector<ImportantVerb>& verbs, FieldViolations* violations) {
  std::set<std::string> seen;
  for (size_t i = 0; i < verbs.size(); ++i) {
    const ImportantVerb& verb = verbs[i];
    const std::string field = absl::StrCat("policy.important_verbs[", i, "]");
    const absl::Span<const absl::string_view> asking = AskingVerbs();
    if (std::find(asking.begin(), asking.end(), verb.method) == asking.end()) {
      violations->Add(
          absl::StrCat(field, ".method"), "FIELD_VALUE_UNKNOWN",
          absl::StrCat(verb.method, " does not ask for instructions; those that do are ", absl::StrJoin(asking, ", ")));
    } else if (!seen.insert(verb.method).second) {
      violations->Add(absl::StrCat(field, ".method"), "FIELD_VALUE_UNKNOWN", "comes twice");
    }
    if (!verb.from_tier.empty() && TierOf(verb.from_tier) == v1::TIER_UNSPECIFIED) {
      violations->Add(absl::StrCat(field, ".from_tier"), "FIELD_VALUE_UNKNOWN",
                      absl::StrCat(verb.from_tier, " is no tier"));
    }
    if (!verb.from_amount.empty() && !Money::Parse(verb.from_amount, verb.currency).ok()) {
      violations->Add(absl::StrCat(field, ".from_amount"), "FIELD_MALFORMED", "must be an amount with a currency");
    }
    if (verb.deciders.empty()) {
      violations->Add(absl::StrCat(field, ".deciders"), "FIELD_REQUIRED", "must name a role that decides on it");
    }
  }
}

const ImportantVerb* ImportantOf(absl::string_view verb, const Policy& policy) {
  const auto found = std::find_if(policy.important_verbs.begin(), policy.important_verbs.end(),
                                  [&](const ImportantVerb& important) { return important.method == verb; });
  return found == policy.important_verbs.end() ? nullptr : &*found;
}

bool IsRoutine(const Matter& matter, const ImportantVerb& important) {
  if (important.from_tier.empty() && important.from_amount.empty()) return false;
  // Tiers fall from the highest, which has the smallest number.
  if (!important.from_tier.empty() && matter.tier != v1::TIER_UNSPECIFIED &&
      matter.tier <= TierOf(important.from_tier)) {
    return false;
  }
  if (important.from_amount.empty() || !matter.amount.has_value()) return true;
  const absl::StatusOr<Money> limit = Money::Parse(important.from_amount, important.currency);
  if (!limit.ok()) return false;
  const auto order = Compare(*matter.amount, *limit);
  return order.ok() && *order < 0;
}

bool Decides(const ImportantVerb& important, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& role) {
    return std::find(important.deciders.begin(), important.deciders.end(), role) != important.deciders.end();
  });
}

absl::Status CheckVerb(const InstructionRequest& request, const Policy& policy) {
  if (request.verb().empty()) return CheckGiven(request);
  if (ImportantOf(request.verb(), policy) == nullptr) {
    const std::string known =
        absl::StrJoin(policy.important_verbs, ", ",
                      [](std::string* out, const ImportantVerb& verb) { absl::StrAppend(out, verb.method); });
    return InvalidField("instruction_request.verb", "FIELD_VALUE_UNKNOWN",
                        absl::StrCat("is never asked for; what is: ", known), {{"value", request.verb()}});
  }
  if (request.related().empty()) {
    return InvalidField("instruction_request.related", "FIELD_REQUIRED",
                        "must name what the verb is to be used on: an instruction counts for that alone");
  }
  if (request.kind() == pb::INSTRUCTION_KIND_REPORT) {
    return FailedPrecondition("REPORT_ONLY", request.verb(), "a report asks for nothing: leave out the verb");
  }
  return CheckGiven(request);
}

absl::Status Instruct(const ImportantVerb* important, bool decides, absl::Time now, const Policy& policy,
                      InstructionRequest* request) {
  if (request->verb().empty()) return absl::OkStatus();
  if (important != nullptr && !decides) {
    return Error(absl::StatusCode::kPermissionDenied, "INSTRUCTION_BEYOND_ROLE",
                 absl::StrCat("who instructs to ", request->verb(), " is ", absl::StrJoin(important->deciders, ", "),
                              ": pass it on to one of them above"),
                 {{"verb", request->verb()},
                  {"rule", "R-24"},
                  {"allowed", absl::StrJoin(important->deciders, ", ")},
                  {"superior", request->superior()}});
  }
  constexpr int kHoursOfDay = 24;
  *request->mutable_expire_time() = ToTimestamp(now + absl::Hours(kHoursOfDay) * policy.instruction_valid_days);
  return absl::OkStatus();
}

absl::Status CheckExecutedByHand(const InstructionRequest& request) {
  if (request.verb().empty()) return absl::OkStatus();
  return FailedPrecondition("INSTRUCTION_FOR_VERB", request.name(),
                            absl::StrCat("it is executed by ", request.verb(), " on ", request.related()),
                            {{"verb", request.verb()}, {"related", request.related()}});
}

absl::StatusOr<const InstructionRequest*> FindUsable(const Matter& matter, const ImportantVerb& important,
                                                     absl::Span<const InstructionRequest> approved, absl::Time now) {
  std::string wrong = "none was given, or it was used";
  for (const InstructionRequest& request : approved) {
    if (!request.has_expire_time() || FromTimestamp(request.expire_time()) <= now) {
      wrong =
          absl::StrCat(request.number(), " counted until ",
                       absl::FormatTime(absl::RFC3339_sec, FromTimestamp(request.expire_time()), absl::UTCTimeZone()));
      continue;
    }
    if (!IsEnough(matter, request)) {
      wrong = absl::StrCat(request.number(), " is for less money");
      continue;
    }
    if (request.receiver() != matter.receiver) {
      wrong = absl::StrCat(request.number(), " is for another receiver");
      continue;
    }
    if (TierOf(request.tier()) != matter.gives) {
      wrong = absl::StrCat(request.number(), " is for another tier");
      continue;
    }
    return &request;
  }
  return InstructionRequired(matter, important, wrong);
}

absl::Status CheckStillRoutine(const Matter& begun, v1::Tier tier, const Policy& policy) {
  const ImportantVerb* important = ImportantOf(begun.verb, policy);
  if (important == nullptr || !IsRoutine(begun, *important)) return absl::OkStatus();
  Matter now = begun;
  now.tier = tier;
  if (IsRoutine(now, *important)) return absl::OkStatus();
  return InstructionRequired(now, *important, "it was none when this was begun; give it up and begin anew");
}

void MarkExecuted(absl::Time now, InstructionRequest* request) {
  request->set_state(pb::INSTRUCTION_STATE_EXECUTED);
  request->set_result(absl::StrCat("已执行 Done: ", request->verb()));
  *request->mutable_execute_time() = ToTimestamp(now);
}

}  // namespace kam::account::rules
