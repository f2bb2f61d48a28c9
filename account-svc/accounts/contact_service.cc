// ContactService: key persons, the relationship map, and what contacts mean for the file of their account.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/contacts.h"
#include "account-svc/rules/account_file_rules.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/contact_rules.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/contact_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using resource::UnitOfWork;
using v1::Account;
using v1::Contact;

constexpr char kService[] = "kam.account.v1.ContactService";
constexpr int kMapMax = 1000;  // Contacts of one account that a map shows.

absl::StatusOr<std::vector<Contact>> ContactsOf(UnitOfWork& work, const std::string& account) {
  return work.Find<Contact>({"t.account = ? AND t.archive_time IS NULL", {IdOf(account)}}, "ORDER BY t.id", kMapMax);
}

// The account is locked, so that two changes at a time cannot close a circle between them.
absl::Status CheckMapOf(UnitOfWork& work, const Contact& contact) {
  if (contact.reports_to().empty() && contact.influences().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(work.Load<Account>(contact.account()).status());
  rules::Arrows reports_to;
  rules::Arrows influences;
  ASSIGN_OR_RETURN(const std::vector<Contact> others, ContactsOf(work, contact.account()));
  for (const Contact& other : others) {
    if (other.name() == contact.name()) continue;
    std::vector<std::string>& superior = reports_to[other.name()];
    if (!other.reports_to().empty()) superior.push_back(other.reports_to());
    influences[other.name()] = {other.influences().begin(), other.influences().end()};
  }
  return rules::CheckMap(contact, std::move(reports_to), std::move(influences));
}

absl::Status CheckKeyPersonStays(UnitOfWork& work, const Contact& contact) {
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(contact.account()));
  ASSIGN_OR_RETURN(const ContactCounts others, CountContacts(work, contact.account(), contact.name()));
  return rules::CheckKeyPersonStays(account.state(), others.key_persons, contact.account());
}

absl::Status UpdateContact(UnitOfWork& work, const Contact& before, Contact* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  const bool same_map =
      before.reports_to() == after->reports_to() && std::equal(before.influences().begin(), before.influences().end(),
                                                               after->influences().begin(), after->influences().end());
  if (!same_map) RETURN_IF_ERROR(CheckMapOf(work, *after));
  if (before.key_person() && !after->key_person() && !work.importing()) return CheckKeyPersonStays(work, before);
  return absl::OkStatus();
}

// Whether a change says more than that somebody spoke to the person.
bool TouchesFile(const Contact* before, const Contact& after) {
  if (before == nullptr) return true;
  Contact was = *before;
  was.set_last_contact_date(after.last_contact_date());
  was.set_etag(after.etag());
  was.set_updater(after.updater());
  *was.mutable_update_time() = after.update_time();
  return was.SerializeAsString() != after.SerializeAsString();
}

// A contact is part of the file of its account: what the file lacks, and when somebody last looked after it.
absl::Status AfterContact(const Context& context, UnitOfWork& work, const Contact* before, const Contact& after) {
  if (!TouchesFile(before, after)) return absl::OkStatus();
  resource::Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(after.account()));
  if (change.before.has_archive_time()) return absl::OkStatus();
  change.after = change.before;
  if (before == nullptr || before->has_archive_time() != after.has_archive_time()) {
    ASSIGN_OR_RETURN(const ContactCounts contacts, CountContacts(work, after.account()));
    change.after.clear_missing_fields();
    for (const std::string& path : rules::MissingFields(change.after, contacts.all, context.policy.complete_fields)) {
      change.after.add_missing_fields(path);
    }
  }
  rules::NoteSupplied("contacts", &change.after);
  if (!work.actor().is_program()) change.after.set_file_update_date(context.Today(work.now()));
  return work.Save(std::move(change)).status();
}

absl::StatusOr<v1::RelationshipMap> GetMap(const Context& context, rpc::Call& call,
                                           const v1::GetRelationshipMapRequest& request) {
  const resource::Type& accounts = *context.runtime.catalog().Find(Account::descriptor());
  const resource::Type& contacts = *context.runtime.catalog().Find(Contact::descriptor());
  Account account;
  RETURN_IF_ERROR(context.runtime.GetMessage(call, accounts, request.name(), &account));
  const int allowed_days = rules::AllowedDays(account.tier(), context.policy);
  const std::string today = context.Today(context.runtime.clock().Now());
  v1::RelationshipMap map;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    map.Clear();
    map.set_account(account.name());
    ASSIGN_OR_RETURN(
        std::vector<resource::Record> records,
        context.runtime.store().Select(connection, contacts,
                                       {{"t.account = ? AND t.archive_time IS NULL", {IdOf(account.name())}},
                                        resource::ScopeCondition(contacts, call.principal, call.level())},
                                       "ORDER BY t.id", kMapMax));
    std::set<int> roles;
    for (resource::Record& record : records) {
      const auto& contact = static_cast<const Contact&>(*record.message);
      roles.insert(contact.decision_role());
      if (contact.key_person()) {
        int64_t days = allowed_days + 1;
        if (!contact.last_contact_date().empty()) {
          ASSIGN_OR_RETURN(days, DaysBetween(contact.last_contact_date(), today));
        }
        if (days > allowed_days) map.add_neglected_key_persons(contact.name());
      }
      const auto arrow = [&](const std::string& to, v1::RelationshipKind kind) {
        v1::Relationship* relationship = map.add_relationships();
        relationship->set_from(contact.name());
        relationship->set_to(to);
        relationship->set_kind(kind);
      };
      if (!contact.reports_to().empty()) arrow(contact.reports_to(), v1::RELATIONSHIP_KIND_REPORTS_TO);
      for (const std::string& to : contact.influences()) arrow(to, v1::RELATIONSHIP_KIND_INFLUENCES);
      *map.add_contacts() = contact;
    }
    for (const v1::DecisionRole role :
         {v1::DECISION_ROLE_DECIDER, v1::DECISION_ROLE_APPROVER, v1::DECISION_ROLE_BUYER}) {
      if (roles.count(role) == 0) map.add_unknown_roles(role);
    }
    // The highest level first; who has none comes last.
    const auto rank = [](const Contact& contact) {
      return contact.level() == v1::CONTACT_LEVEL_UNSPECIFIED ? v1::CONTACT_LEVEL_STAFF + 1 : int{contact.level()};
    };
    std::stable_sort(map.mutable_contacts()->begin(), map.mutable_contacts()->end(),
                     [&](const Contact& a, const Contact& b) { return rank(a) < rank(b); });
    return absl::OkStatus();
  }));
  return map;
}

}  // namespace

absl::StatusOr<ContactCounts> CountContacts(UnitOfWork& work, const std::string& account, const std::string& except) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query("SELECT c.key_person, COUNT(c.id) FROM contacts c WHERE c.account = ? AND "
                                           "c.archive_time IS NULL AND c.id <> ? GROUP BY c.key_person",
                                           {IdOf(account), IdOf(except)}));
  ContactCounts counts;
  for (const Row& row : rows) {
    counts.all += static_cast<int>(row[1].integer());
    if (row[0].integer() != 0) counts.key_persons += static_cast<int>(row[1].integer());
  }
  return counts;
}

absl::Status NoteContactMade(UnitOfWork& work, const std::string& account, const std::vector<std::string>& contacts,
                             const std::string& day) {
  // In one order, so that two reports at a time do not lock each other out.
  const std::set<std::string> names(contacts.begin(), contacts.end());
  for (const std::string& name : names) {
    resource::Change<Contact> change;
    ASSIGN_OR_RETURN(change.before, work.Load<Contact>(name));
    if (change.before.account() != account) {
      return InvalidField("contacts", "CONTACT_OTHER_ACCOUNT", absl::StrCat(name, " is no contact of this account"),
                          {{"contact", name}});
    }
    if (change.before.has_archive_time()) continue;  // Spoken to before he left; nothing waits for the date any more.
    change.after = change.before;
    change.after.set_last_contact_date(rules::LaterDay(change.before.last_contact_date(), day));
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

void RegisterContacts(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<Contact>([](UnitOfWork& work, Contact* contact) -> absl::Status {
    RETURN_IF_ERROR(Validate(work, *contact));
    return CheckMapOf(work, *contact);
  });
  hooks.on_update = resource::OnUpdate<Contact>(UpdateContact);
  hooks.on_archive = [](UnitOfWork& work, const google::protobuf::Message& before) -> absl::Status {
    const auto& contact = static_cast<const Contact&>(before);
    return contact.key_person() ? CheckKeyPersonStays(work, contact) : absl::OkStatus();
  };
  hooks.on_saved = resource::OnSaved<Contact>([context](UnitOfWork& work, const Contact* before, const Contact& after) {
    return AfterContact(context, work, before, after);
  });
  context.runtime.SetHooks(Contact::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<v1::GetRelationshipMapRequest, v1::RelationshipMap>(
      absl::StrCat(kService, "/GetRelationshipMap"),
      [context](rpc::Call& call, const v1::GetRelationshipMapRequest& request) {
        return GetMap(context, call, request);
      });
}

}  // namespace kam::account
