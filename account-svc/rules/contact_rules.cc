#include "account-svc/rules/contact_rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/contact.pb.h"

namespace kam::account::rules {
namespace {

absl::Status OtherAccount(absl::string_view field, const std::string& other) {
  return InvalidField(absl::StrCat("contact.", field), "CONTACT_OTHER_ACCOUNT",
                      absl::StrCat(other, " is no contact of this account"), {{"contact", other}});
}

absl::Status Circle(absl::string_view field, const v1::Contact& contact) {
  return FailedPrecondition("CONTACT_CYCLE", contact.name(),
                            absl::StrCat(contact.display_name(), " would come before himself by ", field),
                            {{"field", absl::StrCat("contact.", field)}});
}

}  // namespace

bool ComesBack(const Arrows& arrows, absl::string_view from) {
  std::set<std::string> seen;
  std::vector<std::string> open = {std::string(from)};
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    const auto found = arrows.find(at);
    if (found == arrows.end()) continue;
    for (const std::string& next : found->second) {
      if (next == from) return true;
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

absl::Status CheckMap(const v1::Contact& contact, Arrows reports_to, Arrows influences) {
  const auto known = [&](const std::string& other) { return other == contact.name() || reports_to.count(other) > 0; };
  if (!contact.reports_to().empty()) {
    if (!known(contact.reports_to())) return OtherAccount("reports_to", contact.reports_to());
    reports_to[contact.name()] = {contact.reports_to()};
    if (ComesBack(reports_to, contact.name())) return Circle("reports_to", contact);
  }
  for (const std::string& other : contact.influences()) {
    if (!known(other)) return OtherAccount("influences", other);
  }
  influences[contact.name()] = {contact.influences().begin(), contact.influences().end()};
  if (ComesBack(influences, contact.name())) return Circle("influences", contact);
  return absl::OkStatus();
}

absl::Status CheckKeyPersonStays(v1::AccountState state, int others, absl::string_view account) {
  if (state != v1::ACCOUNT_STATE_ACTIVE || others > 0) return absl::OkStatus();
  return FailedPrecondition("LAST_KEY_PERSON", account,
                            "an active account keeps at least one key person; name another one first");
}

std::string LaterDay(absl::string_view a, absl::string_view b) { return std::string(a < b ? b : a); }

}  // namespace kam::account::rules
