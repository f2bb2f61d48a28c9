#include "account-svc/rules/account_rules.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account::rules {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using v1::Account;

constexpr char kContacts[] = "contacts";

// Field at `path`; null when it is no single field.
const FieldDescriptor* FieldAt(absl::string_view path) {
  const google::protobuf::Descriptor* message = Account::descriptor();
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (message == nullptr) return nullptr;
    field = message->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return nullptr;
    message = field->message_type();
  }
  return field;
}

bool IsSet(const Message& message, absl::string_view path) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(parts.first));
  if (!message.GetReflection()->HasField(message, field)) return false;
  return parts.second.empty() || IsSet(message.GetReflection()->GetMessage(message, field), parts.second);
}

// Whether the field at `path` says the same in both.
bool SameAt(const Message& a, const Message& b, absl::string_view path) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = a.GetDescriptor()->FindFieldByName(std::string(parts.first));
  if (!parts.second.empty()) {
    return SameAt(a.GetReflection()->GetMessage(a, field), b.GetReflection()->GetMessage(b, field), parts.second);
  }
  const auto only = [&](const Message& message) {
    std::unique_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    for (const FieldDescriptor* other : set) {
      if (other != field) copy->GetReflection()->ClearField(copy.get(), other);
    }
    return copy->SerializeAsString();
  };
  return only(a) == only(b);
}

// Words with blanks between.
bool Contains(const std::string& words, absl::string_view word) {
  const std::vector<absl::string_view> all = absl::StrSplit(words, ' ', absl::SkipEmpty());
  return std::find(all.begin(), all.end(), word) != all.end();
}

void AddWord(absl::string_view word, std::string* words) {
  if (!Contains(*words, word)) absl::StrAppend(words, words->empty() ? "" : " ", word);
}

// From VERIFIED on, until the file is closed.
bool IsVerified(v1::AccountState state) {
  return state != v1::ACCOUNT_STATE_DRAFT && state != v1::ACCOUNT_STATE_SUBMITTED &&
         state != v1::ACCOUNT_STATE_CLOSED && state != v1::ACCOUNT_STATE_UNSPECIFIED;
}

void RemoveWord(absl::string_view word, std::string* words) {
  std::vector<absl::string_view> all = absl::StrSplit(*words, ' ', absl::SkipEmpty());
  all.erase(std::remove(all.begin(), all.end(), word), all.end());
  *words = absl::StrJoin(all, " ");
}

absl::Status VerifiedByAnother(absl::string_view rule, absl::string_view what) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
               absl::StrCat("whoever has ", what, " does not verify it; somebody else with account.verify may"),
               {{"rule", std::string(rule)}, {"permission", "account.verify"}});
}

void SetVerified(absl::string_view actor, absl::string_view evidence, absl::Time now, v1::Verification* verification) {
  verification->set_verifier(std::string(actor));
  *verification->mutable_verify_time() = ToTimestamp(now);
  verification->set_evidence(std::string(evidence));
  verification->set_state(v1::VERIFICATION_STATE_VERIFIED);
  verification->clear_changers();
  verification->clear_changed_fields();
  verification->clear_change_time();
}

}  // namespace

absl::string_view RpcOf(AccountVerb verb) {
  switch (verb) {
    case AccountVerb::kSubmit:
      return "SubmitAccount";
    case AccountVerb::kReturn:
      return "ReturnAccount";
    case AccountVerb::kVerify:
      return "VerifyAccount";
    case AccountVerb::kReverify:
      return "ReverifyAccount";
    case AccountVerb::kActivate:
      return "ActivateAccount";
    case AccountVerb::kMarkDormant:
      return "MarkAccountDormant";
    case AccountVerb::kMarkLost:
      return "MarkAccountLost";
    case AccountVerb::kClose:
      return "CloseAccount";
    case AccountVerb::kReopen:
      return "ReopenAccount";
  }
  return "";
}

v1::AccountState Next(v1::AccountState state, AccountVerb verb) {
  struct Edge {
    v1::AccountState from;
    AccountVerb verb;
    v1::AccountState to;
  };
  static constexpr Edge kEdges[] = {
      {v1::ACCOUNT_STATE_DRAFT, AccountVerb::kSubmit, v1::ACCOUNT_STATE_SUBMITTED},
      {v1::ACCOUNT_STATE_SUBMITTED, AccountVerb::kReturn, v1::ACCOUNT_STATE_DRAFT},
      {v1::ACCOUNT_STATE_SUBMITTED, AccountVerb::kVerify, v1::ACCOUNT_STATE_VERIFIED},
      {v1::ACCOUNT_STATE_VERIFIED, AccountVerb::kReverify, v1::ACCOUNT_STATE_VERIFIED},
      {v1::ACCOUNT_STATE_ACTIVE, AccountVerb::kReverify, v1::ACCOUNT_STATE_ACTIVE},
      {v1::ACCOUNT_STATE_DORMANT, AccountVerb::kReverify, v1::ACCOUNT_STATE_DORMANT},
      {v1::ACCOUNT_STATE_LOST, AccountVerb::kReverify, v1::ACCOUNT_STATE_LOST},
      {v1::ACCOUNT_STATE_VERIFIED, AccountVerb::kActivate, v1::ACCOUNT_STATE_ACTIVE},
      {v1::ACCOUNT_STATE_DORMANT, AccountVerb::kActivate, v1::ACCOUNT_STATE_ACTIVE},
      {v1::ACCOUNT_STATE_LOST, AccountVerb::kActivate, v1::ACCOUNT_STATE_ACTIVE},
      {v1::ACCOUNT_STATE_ACTIVE, AccountVerb::kMarkDormant, v1::ACCOUNT_STATE_DORMANT},
      {v1::ACCOUNT_STATE_ACTIVE, AccountVerb::kMarkLost, v1::ACCOUNT_STATE_LOST},
      {v1::ACCOUNT_STATE_DORMANT, AccountVerb::kMarkLost, v1::ACCOUNT_STATE_LOST},
      {v1::ACCOUNT_STATE_DRAFT, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_SUBMITTED, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_VERIFIED, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_ACTIVE, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_DORMANT, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_LOST, AccountVerb::kClose, v1::ACCOUNT_STATE_CLOSED},
      {v1::ACCOUNT_STATE_CLOSED, AccountVerb::kReopen, v1::ACCOUNT_STATE_VERIFIED},
  };
  for (const Edge& edge : kEdges) {
    if (edge.from == state && edge.verb == verb) return edge.to;
  }
  return v1::ACCOUNT_STATE_UNSPECIFIED;
}

bool IsAccountField(absl::string_view path) { return FieldAt(path) != nullptr; }

bool IsChecklistField(absl::string_view path) { return path == kContacts || IsAccountField(path); }

std::vector<std::string> MissingFields(const Account& account, int contacts, absl::Span<const std::string> required) {
  std::vector<std::string> missing;
  for (const std::string& path : required) {
    if (path == kContacts ? contacts == 0 : !IsSet(account, path)) missing.push_back(path);
  }
  return missing;
}

absl::Status CheckComplete(const Account& account, const std::vector<std::string>& missing) {
  if (missing.empty()) return absl::OkStatus();
  const std::string list = absl::StrJoin(missing, ", ");
  return FailedPrecondition("ACCOUNT_INCOMPLETE", account.name(),
                            absl::StrCat("the file is not complete: ", list, " missing"), {{"missing", list}});
}

absl::Status Submit(const std::vector<std::string>& missing, absl::string_view actor, absl::Time now,
                    Account* account) {
  RETURN_IF_ERROR(CheckComplete(*account, missing));
  if (const std::string& returned = account->verification().returned_fields(); !returned.empty()) {
    return FailedPrecondition("RETURNED_FIELDS_UNCHANGED", account->name(),
                              absl::StrCat("the file was given back for ", returned, ", which was not changed since"),
                              {{"fields", returned}});
  }
  if (!account->verification().has_first_submit_time()) {
    *account->mutable_verification()->mutable_first_submit_time() = ToTimestamp(now);
  }
  account->mutable_verification()->set_submitter(std::string(actor));
  *account->mutable_verification()->mutable_submit_time() = ToTimestamp(now);
  account->mutable_verification()->set_state(v1::VERIFICATION_STATE_PENDING);
  account->mutable_verification()->clear_verifier();
  account->mutable_verification()->clear_verify_time();
  account->mutable_verification()->clear_evidence();
  return absl::OkStatus();
}

absl::Status Verify(absl::string_view actor, absl::string_view evidence, absl::Time now, Account* account) {
  if (account->creator() == actor) return VerifiedByAnother("creator", "made the file");
  if (account->verification().submitter() == actor) return VerifiedByAnother("submitter", "submitted the file");
  if (Contains(account->verification().changers(), actor)) return VerifiedByAnother("changer", "changed the identity");
  SetVerified(actor, evidence, now, account->mutable_verification());
  account->mutable_verification()->clear_return_reason();
  return absl::OkStatus();
}

absl::Status Reverify(absl::string_view actor, absl::string_view evidence, absl::Time now, Account* account) {
  if (account->verification().state() != v1::VERIFICATION_STATE_CHANGED) {
    return FailedPrecondition("NOTHING_TO_VERIFY", account->name(),
                              "the identity has not been changed since it was verified");
  }
  if (Contains(account->verification().changers(), actor)) return VerifiedByAnother("changer", "changed the identity");
  SetVerified(actor, evidence, now, account->mutable_verification());
  return absl::OkStatus();
}

absl::Status NoteIdentityChange(absl::Span<const std::string> identity, const Account& before, absl::string_view actor,
                                absl::Time now, Account* after) {
  constexpr size_t kChangersBytesMax = 3900;
  std::string changed = before.verification().changed_fields();
  bool any = false;
  for (const std::string& path : identity) {
    if (SameAt(before, *after, path)) continue;
    AddWord(path, &changed);
    any = true;
  }
  if (!any) return absl::OkStatus();
  v1::Verification* verification = after->mutable_verification();
  std::string changers = before.verification().changers();
  AddWord(actor, &changers);
  if (changers.size() > kChangersBytesMax) {
    return FailedPrecondition("REVERIFICATION_REQUIRED", before.name(),
                              "too many people have changed the identity since it was verified; verify it again first",
                              {{"permission", "account.verify"}});
  }
  verification->set_changers(std::move(changers));
  verification->set_changed_fields(std::move(changed));
  *verification->mutable_change_time() = ToTimestamp(now);
  if (IsVerified(before.state())) verification->set_state(v1::VERIFICATION_STATE_CHANGED);
  return absl::OkStatus();
}

absl::Status Return(absl::string_view reason, absl::Span<const std::string> missing, Account* account) {
  std::string fields;
  for (size_t i = 0; i < missing.size(); ++i) {
    if (!IsChecklistField(missing[i])) {
      return InvalidField(absl::StrCat("missing[", i, "]"), "FIELD_VALUE_UNKNOWN",
                          absl::StrCat(missing[i], " is not a field of an account"));
    }
    AddWord(missing[i], &fields);
  }
  account->mutable_verification()->set_return_reason(std::string(reason));
  account->mutable_verification()->set_returned_fields(std::move(fields));
  return absl::OkStatus();
}

void NoteSupplied(const Account& before, Account* after) {
  const std::string returned = after->verification().returned_fields();
  for (const absl::string_view path : absl::StrSplit(returned, ' ', absl::SkipEmpty())) {
    if (path != kContacts && !SameAt(before, *after, path)) NoteSupplied(path, after);
  }
}

void NoteSupplied(absl::string_view path, Account* account) {
  if (!Contains(account->verification().returned_fields(), path)) return;
  RemoveWord(path, account->mutable_verification()->mutable_returned_fields());
}

absl::Status CheckIdentityStands(const Account& account) {
  if (account.verification().state() != v1::VERIFICATION_STATE_CHANGED) return absl::OkStatus();
  return FailedPrecondition(
      "REVERIFICATION_REQUIRED", account.name(),
      absl::StrCat("the identity was changed after it was verified (", account.verification().changed_fields(),
                   "); somebody with account.verify verifies it again first"),
      {{"fields", account.verification().changed_fields()}, {"permission", "account.verify"}});
}

absl::Status Activate(int contacts, int key_persons, Account* account) {
  if (account->owner().empty()) {
    return FailedPrecondition("OWNER_REQUIRED", account->name(), "an active account has an owner; assign one first");
  }
  if (contacts == 0) {
    return FailedPrecondition("CONTACT_REQUIRED", account->name(), "an active account has at least one contact");
  }
  if (key_persons == 0) {
    return FailedPrecondition("KEY_PERSON_REQUIRED", account->name(),
                              "an active account has at least one key person among its contacts");
  }
  RETURN_IF_ERROR(CheckIdentityStands(*account));
  account->clear_state_reason();
  account->clear_churn_reason();
  account->clear_lost_to();
  return absl::OkStatus();
}

void FillStanding(const Account& account, v1::AccountStanding* standing) {
  const auto block = [&](absl::string_view reason, absl::string_view message, absl::string_view permission) {
    v1::StandingBlocker* blocker = standing->add_blockers();
    blocker->set_reason(std::string(reason));
    blocker->set_message(std::string(message));
    blocker->set_permission(std::string(permission));
  };
  standing->set_account(account.name());
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
    block("ACCOUNT_CLOSED", "the file is closed", "");
  } else if (!IsVerified(account.state())) {
    block("ACCOUNT_NOT_VERIFIED", "the source of the customer is not verified", "account.verify");
  }
  if (const absl::Status stands = CheckIdentityStands(account); !stands.ok()) {
    block("REVERIFICATION_REQUIRED", stands.message(), "account.verify");
  }
  if (account.owner().empty() && account.state() != v1::ACCOUNT_STATE_CLOSED) {
    block("OWNER_REQUIRED", "nobody owns the account", "account.assign");
  }
  standing->set_new_business_allowed(standing->blockers().empty());
}

absl::Status Leave(absl::string_view reason, Account* account) {
  account->set_state_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status CheckNothingOpen(const Account& account, const std::map<std::string, int64_t>& open) {
  if (open.empty()) return absl::OkStatus();
  const std::string list = absl::StrJoin(open, ", ", absl::PairFormatter(" "));
  return FailedPrecondition(
      "OPEN_BUSINESS", account.name(),
      absl::StrCat("not over: ", list, "; a customer with open business is marked lost, not closed"), {{"open", list}});
}

absl::Status Reopen(absl::string_view actor, absl::string_view closer, Account* account) {
  if (actor == closer) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever has closed the file does not take that back; somebody else with account.close may",
                 {{"rule", "closer"}, {"permission", "account.close"}});
  }
  if (!account->verification().has_verify_time()) account->set_state(v1::ACCOUNT_STATE_DRAFT);
  account->clear_state_reason();
  return absl::OkStatus();
}

absl::Status CheckUpdate(const Account& before, const Account& after, bool may_verify) {
  if (before.state() == v1::ACCOUNT_STATE_CLOSED) {
    return FailedPrecondition("ACCOUNT_CLOSED", before.name(), "the file is closed and cannot be changed");
  }
  if (!IsVerified(before.state()) || may_verify) return absl::OkStatus();
  const auto frozen = [&](absl::string_view field) {
    return FailedPrecondition("IDENTITY_FROZEN", before.name(),
                              absl::StrCat(field, " was verified; only a holder of account.verify may change it"),
                              {{"field", absl::StrCat("account.", field)}, {"permission", "account.verify"}});
  };
  if (before.legal_name() != after.legal_name()) return frozen("legal_name");
  if (before.registration_number() != after.registration_number()) return frozen("registration_number");
  if (before.address().country() != after.address().country()) return frozen("address.country");
  return absl::OkStatus();
}

}  // namespace kam::account::rules
