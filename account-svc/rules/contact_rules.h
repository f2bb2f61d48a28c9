// Rules of people at the customer and of their relationship map. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_CONTACT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_CONTACT_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kam::account::v1 {
class Contact;
enum AccountState : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Contacts of one account, by name, and where their arrows lead.
using Arrows = std::map<std::string, std::vector<std::string>, std::less<>>;

// Whether arrows lead from `from` back to it.
bool ComesBack(const Arrows& arrows, absl::string_view from);

// The relationship map of one account: `reports_to` and `influences` hold its other contacts as they are stored.
// CONTACT_OTHER_ACCOUNT, CONTACT_CYCLE naming the field.
absl::Status CheckMap(const v1::Contact& contact, Arrows reports_to, Arrows influences);

// LAST_KEY_PERSON: an active account keeps one key person. `others`: key persons beside the one that goes.
absl::Status CheckKeyPersonStays(v1::AccountState state, int others, absl::string_view account);

// The later of two days in ISO form; an empty one is the earliest.
std::string LaterDay(absl::string_view a, absl::string_view b);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_CONTACT_RULES_H_
