// People at the customer: what the rest of the account service asks and tells about them.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_CONTACTS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_CONTACTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "account-svc/context.h"

namespace kam::account {

struct ContactCounts {
  int all = 0;
  int key_persons = 0;
};

// Contacts of an account that are in use, without `except` (a name).
absl::StatusOr<ContactCounts> CountContacts(resource::UnitOfWork& work, const std::string& account,
                                            const std::string& except = {});

// Somebody of us spoke to `contacts` (names) of `account` on `day`: visits and communications tell it here, so that
// Contact.last_contact_date is kept by what was done. An earlier day changes nothing. CONTACT_OTHER_ACCOUNT.
absl::Status NoteContactMade(resource::UnitOfWork& work, const std::string& account,
                             const std::vector<std::string>& contacts, const std::string& day);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_CONTACTS_H_
