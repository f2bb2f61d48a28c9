#include "account-svc/accounts/account_service.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "account-svc/accounts/contacts.h"
#include "account-svc/accounts/duplicates.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/accounts/ownership_rows.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/accounts/reported_firms.h"
#include "account-svc/accounts/similar.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/classification_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/scope_members.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;

constexpr int kGroupDepthMax = 20;
constexpr char kService[] = "kam.account.v1.AccountService/";

// The RPC that a hook runs for.
std::string MethodOf(const UnitOfWork& work, absl::string_view method) {
  return work.importing() ? absl::StrCat(kService, "BatchUpsertAccounts") : std::string(method);
}

void SetMissing(const Context& context, int contacts, Account* account) {
  account->clear_missing_fields();
  for (const std::string& path : rules::MissingFields(*account, contacts, context.policy.complete_fields)) {
    account->add_missing_fields(path);
  }
}

absl::Status CheckNumber(const Account& account) {
  return rules::CheckRegistrationNumber(account.registration_number(), account.address().country());
}

absl::Status UpdateAccount(const Context& context, UnitOfWork& work, const Account& before, Account* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  if (!work.importing()) {
    RETURN_IF_ERROR(rules::CheckUpdate(before, *after, work.actor().Holds("account.verify")));
    RETURN_IF_ERROR(rules::CheckClassification(before, *after, work.actor().Holds("account.classify")));
  } else {
    RemoveCoOwner(after->owner(), after);
  }
  RETURN_IF_ERROR(
      rules::NoteIdentityChange(context.policy.identity_fields, before, work.actor().subject, work.now(), after));
  RETURN_IF_ERROR(CheckNumber(*after));
  if (before.parent() != after->parent()) RETURN_IF_ERROR(CheckGroup(work, *after));
  const rules::FirmKeys keys = KeysOf(*after, context.policy);
  if (keys != KeysOf(before, context.policy)) {
    RETURN_IF_ERROR(RefuseDuplicate(work, keys, IdOf(after->name()),
                                    MethodOf(work, absl::StrCat(kService, "UpdateAccount")), context.policy));
  }
  rules::NoteSupplied(before, after);
  ASSIGN_OR_RETURN(const ContactCounts contacts, CountContacts(work, after->name()));
  SetMissing(context, contacts.all, after);
  if (before.SerializeAsString() != after->SerializeAsString()) after->set_file_update_date(context.Today(work.now()));
  return absl::OkStatus();
}

absl::Status SaveScope(UnitOfWork& work, const Account* before, const Account& account) {
  const auto text = [](const std::string& value) { return value.empty() ? Value() : Value(value); };
  const bool by_person = absl::StartsWith(account.creator(), "employees/");
  const auto state = v1::AccountState_descriptor()->FindValueByNumber(account.state());
  const auto tier = v1::Tier_descriptor()->FindValueByNumber(account.tier());
  RETURN_IF_ERROR(
      work.connection()
          .Execute(
              "INSERT INTO account_scopes (account, version, owner, creator, region, state, tier, legal_name) VALUES "
              "(?, 1, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
              // Members that were up to date stay so; before `version` moves on.
              "members_version = CASE WHEN members_version = version THEN version + 1 ELSE members_version END, "
              "version = version + 1, owner = VALUES(owner), region = VALUES(region), state = VALUES(state), tier = "
              "VALUES(tier), legal_name = VALUES(legal_name)",
              {IdOf(account.name()), text(IdOf(account.owner())), by_person ? Value(IdOf(account.creator())) : Value(),
               text(account.region()), resource::ShortEnumName(state), text(resource::ShortEnumName(tier)),
               account.legal_name()})
          .status());
  if (before != nullptr && before->owner() == account.owner() &&
      std::equal(before->co_owners().begin(), before->co_owners().end(), account.co_owners().begin(),
                 account.co_owners().end())) {
    return absl::OkStatus();
  }
  resource::ScopeSeats seats{IdOf(account.owner()), by_person ? IdOf(account.creator()) : std::string(), {}};
  for (const std::string& employee : account.co_owners()) seats.co_owners.push_back(IdOf(employee));
  return resource::WriteScopeMembers(work.connection(), IdOf(account.name()), seats);
}

// `part` with the owner, the co-owners and the region of the account that it is part of: whoever may see that one sees
// what the other services keep under the closed file.
Account SeatedAs(const Account& whole, Account part) {
  part.set_owner(whole.owner());
  *part.mutable_co_owners() = whole.co_owners();
  part.set_region(whole.region());
  return part;
}

// Row scope of the closed files that are part of `account`: that of `whole`.
absl::Status SaveScopesOfParts(UnitOfWork& work, const Account& account, const Account& whole) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, PartsOfAccount(work.connection(), IdOf(account.name())));
  for (const std::string& id : parts) {
    ASSIGN_OR_RETURN(const std::vector<Account> part, work.Find<Account>({"t.id = ?", {id}}, "", 1));
    if (!part.empty()) RETURN_IF_ERROR(SaveScope(work, nullptr, SeatedAs(whole, part[0])));
  }
  return absl::OkStatus();
}

// Row scope of the account, and of the closed files that are part of it.
absl::Status SaveScopes(UnitOfWork& work, const Account* before, const Account& after) {
  if (after.state() == v1::ACCOUNT_STATE_CLOSED) {
    ASSIGN_OR_RETURN(const std::string into, MergedInto(work.connection(), IdOf(after.name())));
    if (!into.empty()) {
      ASSIGN_OR_RETURN(const std::vector<Account> whole, work.Find<Account>({"t.id = ?", {into}}, "", 1));
      if (!whole.empty()) {
        RETURN_IF_ERROR(SaveScope(work, nullptr, SeatedAs(whole[0], after)));
        return SaveScopesOfParts(work, after, whole[0]);
      }
    }
  }
  // A file that comes back may have been part of another one: it has that one's seats, which are no longer its own.
  const bool comes_back = before != nullptr && before->state() == v1::ACCOUNT_STATE_CLOSED;
  RETURN_IF_ERROR(SaveScope(work, comes_back ? nullptr : before, after));
  const bool same = before != nullptr && before->owner() == after.owner() && before->region() == after.region() &&
                    std::equal(before->co_owners().begin(), before->co_owners().end(), after.co_owners().begin(),
                               after.co_owners().end());
  if (before == nullptr || (same && !comes_back)) return absl::OkStatus();
  return SaveScopesOfParts(work, after, after);
}

absl::Status AfterAccount(const Context& context, UnitOfWork& work, const Account* before, const Account& after) {
  RETURN_IF_ERROR(SaveScopes(work, before, after));
  RETURN_IF_ERROR(SaveKeys(work, before, after, context.policy));
  RETURN_IF_ERROR(SaveStateSpan(work, before, after));
  const auto indexed_names = [](const Account& account) {
    return account.state() == v1::ACCOUNT_STATE_CLOSED ? std::vector<std::string>()
                                                       : NamesOf(account.legal_name(), account.short_name());
  };
  if (before == nullptr || indexed_names(*before) != indexed_names(after)) {
    RETURN_IF_ERROR(SaveBlocks(work.connection(), IdOf(after.name()), indexed_names(after)));
  }
  RETURN_IF_ERROR(ScheduleReminders(context, work, before, after));
  if (work.importing() && (before == nullptr ? !after.owner().empty() : before->owner() != after.owner())) {
    RETURN_IF_ERROR(FollowImportedOwner(context, work, after));
  }
  return before == nullptr ? ReportFirm(context, work, after) : absl::OkStatus();
}

// Registers "AccountService/{verb}".
template <typename Request, typename Rule>
void AddAccountVerb(const Context& context, absl::string_view verb, rpc::Registry* registry, Rule rule) {
  AddVerb<Account, Request>(context, absl::StrCat(kService, verb), registry,
                            [rule](UnitOfWork& work, const Request& request, resource::Change<Account>* change) {
                              return rule(work, request, &change->after);
                            });
}

void AddStateVerbs(const Context& context, rpc::Registry* registry) {
  AddAccountVerb<v1::SubmitAccountRequest>(
      context, "SubmitAccount", registry,
      [context](UnitOfWork& work, const v1::SubmitAccountRequest&, Account* account) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckNumber(*account));
        ASSIGN_OR_RETURN(const ContactCounts contacts, CountContacts(work, account->name()));
        SetMissing(context, contacts.all, account);
        return rules::Submit({account->missing_fields().begin(), account->missing_fields().end()}, actor, work.now(),
                             account);
      });
  AddAccountVerb<v1::ReturnAccountRequest>(
      context, "ReturnAccount", registry, [](UnitOfWork&, const v1::ReturnAccountRequest& request, Account* account) {
        const std::vector<std::string> missing(request.missing().begin(), request.missing().end());
        return rules::Return(request.reason(), missing, account);
      });
  AddAccountVerb<v1::VerifyAccountRequest>(
      context, "VerifyAccount", registry,
      [context](UnitOfWork& work, const v1::VerifyAccountRequest& request, Account* account) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::Verify(actor, request.evidence(), work.now(), account));
        return EndReportOfClerk(context, work, account->name());
      });
  AddAccountVerb<v1::ReverifyAccountRequest>(
      context, "ReverifyAccount", registry,
      [](UnitOfWork& work, const v1::ReverifyAccountRequest& request, Account* account) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Reverify(actor, request.evidence(), work.now(), account);
      });
  AddAccountVerb<v1::ActivateAccountRequest>(
      context, "ActivateAccount", registry,
      [](UnitOfWork& work, const v1::ActivateAccountRequest&, Account* account) -> absl::Status {
        ASSIGN_OR_RETURN(const ContactCounts contacts, CountContacts(work, account->name()));
        return rules::Activate(contacts.all, contacts.key_persons, account);
      });
  const auto leave = [](UnitOfWork&, const auto& request, Account* account) {
    return rules::Leave(request.reason(), account);
  };
  AddAccountVerb<v1::MarkAccountDormantRequest>(context, "MarkAccountDormant", registry, leave);
  AddAccountVerb<v1::MarkAccountLostRequest>(
      context, "MarkAccountLost", registry,
      [](UnitOfWork&, const v1::MarkAccountLostRequest& request, Account* account) {
        account->set_churn_reason(request.churn_reason());
        account->set_lost_to(request.lost_to());
        return rules::Leave(request.reason(), account);
      });
  AddAccountVerb<v1::ConfirmAccountFileRequest>(
      context, "ConfirmAccountFile", registry,
      [context](UnitOfWork& work, const v1::ConfirmAccountFileRequest&, Account* account) -> absl::Status {
        ASSIGN_OR_RETURN(const ContactCounts contacts, CountContacts(work, account->name()));
        SetMissing(context, contacts.all, account);
        RETURN_IF_ERROR(
            rules::CheckComplete(*account, {account->missing_fields().begin(), account->missing_fields().end()}));
        account->set_file_update_date(context.Today(work.now()));
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::BatchGetAccountScopesResponse> BatchGetAccountScopes(
    const Context& context, rpc::Call& call, const v1::BatchGetAccountScopesRequest& request) {
  std::vector<Value> params;
  for (const std::string& name : request.names()) params.emplace_back(IdOf(name));
  v1::BatchGetAccountScopesResponse response;
  if (params.empty()) return response;
  const std::vector<Value> asked = params;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    // With the files that are part of them: their seats change with those of the account, without an event of their
    // own.
    params = asked;
    for (const Value& id : asked) {
      ASSIGN_OR_RETURN(const std::vector<std::string> parts, PartsOfAccount(connection, id.text()));
      params.insert(params.end(), parts.begin(), parts.end());
    }
    std::map<std::string, v1::AccountScope*> at;
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query(absl::StrCat("SELECT account, version, owner, creator, region, state, tier, "
                                                   "legal_name FROM account_scopes WHERE account IN (",
                                                   resource::Placeholders(params.size()), ")"),
                                      mysql::Params(params)));
    for (const Row& row : rows) {
      v1::AccountScope* scope = response.add_scopes();
      scope->set_account(NameOf("accounts", row[0].text()));
      scope->set_version(row[1].integer());
      scope->set_owner(NameOf("employees", row[2].text()));
      scope->set_creator(NameOf("employees", row[3].text()));
      scope->set_region(row[4].text());
      if (const auto* state = resource::FindEnumValue(v1::AccountState_descriptor(), row[5].text())) {
        scope->set_state(static_cast<v1::AccountState>(state->number()));
      }
      if (const auto* tier = resource::FindEnumValue(v1::Tier_descriptor(), row[6].text())) {
        scope->set_tier(static_cast<v1::Tier>(tier->number()));
      }
      scope->set_legal_name(row[7].text());
      if (scope->state() == v1::ACCOUNT_STATE_CLOSED) {
        ASSIGN_OR_RETURN(const std::string into, MergedInto(connection, row[0].text()));
        scope->set_merged_into(NameOf("accounts", into));
      }
      at[row[0].text()] = scope;
    }
    ASSIGN_OR_RETURN(const std::vector<Row> facts,
                     connection.Query(absl::StrCat("SELECT t.id, t.parent, t.verification_state, t.segment, CASE WHEN ",
                                                   ExcludedSql(), " THEN 1 ELSE 0 END FROM accounts t WHERE t.id IN (",
                                                   resource::Placeholders(params.size()), ")"),
                                      mysql::Params(params)));
    for (const Row& row : facts) {
      const auto it = at.find(row[0].text());
      if (it == at.end()) continue;
      it->second->set_parent(NameOf("accounts", row[1].text()));
      if (const auto* state = resource::FindEnumValue(v1::VerificationState_descriptor(), row[2].text())) {
        it->second->set_verification_state(static_cast<v1::VerificationState>(state->number()));
      }
      if (const auto* segment = resource::FindEnumValue(v1::Segment_descriptor(), row[3].text())) {
        it->second->set_segment(static_cast<v1::Segment>(segment->number()));
      }
      it->second->set_excluded(row[4].integer() != 0);
    }
    ASSIGN_OR_RETURN(
        const std::vector<Row> members,
        connection.Query(absl::StrCat("SELECT account, employee FROM account_scope_members WHERE seat = "
                                      "'CO_OWNER' AND account IN (",
                                      resource::Placeholders(params.size()), ") ORDER BY account, employee"),
                         mysql::Params(params)));
    for (const Row& row : members) {
      if (const auto it = at.find(row[0].text()); it != at.end()) {
        it->second->add_co_owners(NameOf("employees", row[1].text()));
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

absl::Status CheckGroup(UnitOfWork& work, const Account& account) {
  std::string at = IdOf(account.parent());
  for (int depth = 0; !at.empty(); ++depth) {
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query("SELECT parent, legal_name FROM accounts WHERE id = ? FOR UPDATE", {at}));
    if (rows.empty()) return absl::OkStatus();  // The reference check names it.
    if (NameOf("accounts", at) == account.name() || depth > kGroupDepthMax) {
      return FailedPrecondition("ACCOUNT_CYCLE", account.name(),
                                absl::StrCat(account.legal_name(), " would be above itself in the group"),
                                {{"parent", account.parent()}});
    }
    at = rows[0][0].text();
  }
  return absl::OkStatus();
}

absl::Status PrepareNewAccount(const Context& context, UnitOfWork& work, absl::string_view method, Account* account) {
  if (!work.importing() || account->state() == v1::ACCOUNT_STATE_UNSPECIFIED) {
    account->set_state(v1::ACCOUNT_STATE_DRAFT);
  }
  if (account->opening_date().empty()) account->set_opening_date(context.Today(work.now()));
  RETURN_IF_ERROR(Validate(work, *account));
  if (!work.importing()) {
    RETURN_IF_ERROR(rules::CheckClassification(Account(), *account, work.actor().Holds("account.classify")));
  }
  RETURN_IF_ERROR(CheckNumber(*account));
  SetMissing(context, 0, account);
  if (account->file_update_date().empty()) account->set_file_update_date(context.Today(work.now()));
  return RefuseDuplicate(work, KeysOf(*account, context.policy), "", MethodOf(work, method), context.policy);
}

void RegisterAccounts(const Context& context, rpc::Registry* registry) {
  resource::Hooks accounts;
  accounts.on_create = resource::OnCreate<Account>([context](UnitOfWork& work, Account* account) {
    return PrepareNewAccount(context, work, absl::StrCat(kService, "CreateAccount"), account);
  });
  accounts.on_update = resource::OnUpdate<Account>([context](UnitOfWork& work, const Account& before, Account* after) {
    return UpdateAccount(context, work, before, after);
  });
  accounts.on_saved =
      resource::OnSaved<Account>([context](UnitOfWork& work, const Account* before, const Account& after) {
        return AfterAccount(context, work, before, after);
      });
  accounts.on_archive = [context](UnitOfWork& work, const google::protobuf::Message& before) {
    return CheckArchive(context, work, static_cast<const Account&>(before));
  };
  accounts.on_restore = [context](UnitOfWork& work, const google::protobuf::Message& before) {
    return ResumeRelease(context, work, static_cast<const Account&>(before));
  };
  context.runtime.SetHooks(Account::descriptor(), std::move(accounts));

  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.AccountService", registry);
  AddStateVerbs(context, registry);
  registry->Add<v1::CheckAccountStandingRequest, v1::AccountStanding>(
      absl::StrCat(kService, "CheckAccountStanding"),
      [context](rpc::Call& call,
                const v1::CheckAccountStandingRequest& request) -> absl::StatusOr<v1::AccountStanding> {
        ASSIGN_OR_RETURN(const Account account, context.runtime.Get<Account>(call, request.name()));
        v1::AccountStanding standing;
        rules::FillStanding(account, &standing);
        return standing;
      });
  RegisterDuplicateChecks(context, registry);
  RegisterClosing(context, registry);
  registry->Add<v1::BatchGetAccountScopesRequest, v1::BatchGetAccountScopesResponse>(
      "kam.account.v1.AccountScopeService/BatchGetAccountScopes",
      [context](rpc::Call& call, const v1::BatchGetAccountScopesRequest& request) {
        return BatchGetAccountScopes(context, call, request);
      });
}

}  // namespace kam::account
