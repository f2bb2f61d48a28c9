// Keeps the date of the last contact with a person at a customer.
#ifndef KAM_ACCOUNT_SVC_VISITS_CONTACT_DATE_H_
#define KAM_ACCOUNT_SVC_VISITS_CONTACT_DATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "google/protobuf/repeated_field.h"

namespace kam::account {

using ContactNames = google::protobuf::RepeatedPtrField<std::string>;

// CONTACT_OTHER_ACCOUNT on `field` [i] for a contact that is not one of the account. Unknown contacts are left to
// the check of references.
absl::Status CheckContactsOf(resource::UnitOfWork& work, const std::string& account, const ContactNames& contacts,
                             absl::string_view field);

// NoteContactMade (accounts/contacts.h) for a repeated field.
absl::Status NoteContact(resource::UnitOfWork& work, const std::string& account, const ContactNames& contacts,
                         const std::string& day);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_VISITS_CONTACT_DATE_H_
