#include "account-svc/visits/contact_date.h"

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/contacts.h"
#include "account-svc/context.h"
#include "common/status/status.h"

namespace kam::account {

using mysql::Row;

absl::Status CheckContactsOf(resource::UnitOfWork& work, const std::string& account, const ContactNames& contacts,
                             absl::string_view field) {
  if (contacts.empty()) return absl::OkStatus();
  std::vector<mysql::Value> params = {mysql::Value(IdOf(account))};
  for (const std::string& contact : contacts) params.emplace_back(IdOf(contact));
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   work.connection().Query(absl::StrCat("SELECT id FROM contacts WHERE account <> ? AND id IN (",
                                                        resource::Placeholders(params.size() - 1), ")"),
                                           mysql::Params(params)));
  if (rows.empty()) return absl::OkStatus();
  for (int i = 0; i < contacts.size(); ++i) {
    if (IdOf(contacts.Get(i)) != rows[0][0].text()) continue;
    return InvalidField(absl::StrCat(field, "[", i, "]"), "CONTACT_OTHER_ACCOUNT",
                        absl::StrCat(contacts.Get(i), " is a contact of another account than ", account),
                        {{"contact", contacts.Get(i)}, {"account", account}});
  }
  return Internal("a contact that was asked about is not in the list");
}

absl::Status NoteContact(resource::UnitOfWork& work, const std::string& account, const ContactNames& contacts,
                         const std::string& day) {
  if (contacts.empty()) return absl::OkStatus();
  return NoteContactMade(work, account, {contacts.begin(), contacts.end()}, day);
}

}  // namespace kam::account
