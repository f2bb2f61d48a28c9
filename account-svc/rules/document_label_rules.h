// Rules of the label of a document in the vault. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_DOCUMENT_LABEL_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_DOCUMENT_LABEL_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CorrectCustomerDocumentRequest;
class CustomerDocument;
}  // namespace kam::account::v1

namespace kam::account::rules {

// Puts the label right; `filed`: the day of the filing. SEPARATION_OF_DUTIES when `actor` filed it, LABEL_UNCHANGED,
// RETENTION_TOO_SHORT for what it is then.
absl::Status CorrectLabel(const v1::CorrectCustomerDocumentRequest& request, absl::string_view actor,
                          const std::string& filed, const Policy& policy, v1::CustomerDocument* document);

// SEPARATION_OF_DUTIES: whoever put the label right does not destroy the document.
absl::Status CheckDestroyer(const v1::CustomerDocument& document, absl::string_view actor);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DOCUMENT_LABEL_RULES_H_
