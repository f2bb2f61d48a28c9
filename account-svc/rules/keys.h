// Normalised keys of a firm, by which two files of the same firm are found whatever way they were written.
// Pure functions; an input that gives no key gives an empty text.
#ifndef KAM_ACCOUNT_SVC_RULES_KEYS_H_
#define KAM_ACCOUNT_SVC_RULES_KEYS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "account-svc/policy.h"

namespace kam::account::rules {

// Compatibility form and case folded (full and half width are the same), legal form at the end left out (有限公司, Co.,
// Ltd., GmbH ...), white space and punctuation left out. A name that is nothing but a legal form is kept.
std::string FoldName(absl::string_view legal_name);

// Full-width characters made plain, upper case, separators left out.
std::string NormalRegistrationNumber(absl::string_view number);

// China: a unified social credit code by GB 32100 (18 characters, check character by ISO 7064 MOD 31-3 weights):
// INVALID_ARGUMENT REGISTRATION_NUMBER_INVALID on field account.registration_number. Other countries: anything.
absl::Status CheckRegistrationNumber(absl::string_view number, absl::string_view country);

// E.164 of a telephone number written in any way in `country`; digits alone when it cannot be one.
std::string NormalPhone(absl::string_view phone, absl::string_view country);

// Domain in lower case and ASCII (IDNA) of a domain, web address or e-mail address, without "www."; empty for public
// mail services.
std::string NormalDomain(absl::string_view text, const std::vector<std::string>& public_domains);

struct FirmKeys {
  std::string registration;
  std::string name;
  std::string phone;
  std::string domain;
  bool operator==(const FirmKeys&) const = default;
};

// What is known of a firm, as written.
struct Firm {
  std::string legal_name;
  std::string registration_number;
  std::string phone;
  std::string domain;   // Domain, web site or e-mail.
  std::string country;  // Empty: that of the policy.

  bool operator==(const Firm&) const = default;
};

FirmKeys KeysOf(const Firm& firm, const Policy& policy);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_KEYS_H_
