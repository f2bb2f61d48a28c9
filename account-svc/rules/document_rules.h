// Rules of the vault of confidential customer documents. Pure functions.
#ifndef KAM_ACCOUNT_SVC_RULES_DOCUMENT_RULES_H_
#define KAM_ACCOUNT_SVC_RULES_DOCUMENT_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "account-svc/policy.h"

namespace kam::account::v1 {
class CustomerDocument;
class DocumentGrant;
enum DocumentClassification : int;
enum DocumentReadGround : int;
}  // namespace kam::account::v1

namespace kam::account::rules {

// What is filed: `content` or `reference`, and the hash as given and as worked out of the content.
struct DocumentFiling {
  absl::string_view content;
  absl::string_view reference;
  absl::string_view given_sha256;
  absl::string_view content_sha256;
};

// CONTENT_REQUIRED unless content or reference is given and not both, and of a reference the hash; CONTENT_TOO_LARGE,
// CONTENT_HASH_MISMATCH, RETENTION_TOO_SHORT. Completes the label.
absl::Status FileDocument(const DocumentFiling& filing, absl::string_view actor, absl::string_view today,
                          const Policy& policy, v1::CustomerDocument* document);

// DOCUMENT_DESTROYED; RETENTION_TOO_SHORT: retention may be prolonged, never shortened; CLASSIFICATION_LOWERED: a
// document may be made more confidential, and less so with Declassify only.
absl::Status CheckLabelUpdate(const v1::CustomerDocument& before, const v1::CustomerDocument& after);
// Makes a document less confidential: CLASSIFICATION_NOT_LOWER, SEPARATION_OF_DUTIES when `actor` filed it.
absl::Status Declassify(absl::string_view actor, v1::DocumentClassification classification,
                        v1::CustomerDocument* document);
// DOCUMENT_DESTROYED.
absl::Status CheckKept(const v1::CustomerDocument& document);

// What the caller is to the document.
struct Reader {
  bool owns_account = false;  // As owner or co-owner; as its maker while nobody owns it.
  bool above_owner = false;   // A direct superior of the owner.
  bool refiled = false;       // He has put it under another account once, or it was and he may: neither is a ground.
  bool filed = false;         // By him, a short time ago.
  bool granted = false;       // A grant that holds now.
};
v1::DocumentReadGround GroundOf(const Reader& reader);
// DOCUMENT_ACCESS_DENIED without a ground; DOCUMENT_SECRET when a secret one is to be taken out.
absl::Status CheckRead(const v1::CustomerDocument& document, v1::DocumentReadGround ground, bool take_out);

// Whether `actor`, who `may_refile`, could have had a hand in where the document is: it was moved, by him or by
// somebody with the same right.
bool HadAHand(const v1::CustomerDocument& document, absl::string_view actor, bool may_refile);

// Puts the document under another account, to which the actor is `there`: SEPARATION_OF_DUTIES when he filed it or
// would read it there, ACCOUNT_UNCHANGED.
absl::Status Refile(absl::string_view actor, const std::string& account, const Reader& there,
                    v1::CustomerDocument* document);

// RETENTION_RUNNING until the last day is over; SEPARATION_OF_DUTIES when `actor` filed it.
absl::Status Destroy(absl::string_view actor, absl::string_view reason, absl::string_view today, absl::Time now,
                     v1::CustomerDocument* document);

// GRANT_TOO_LONG.
absl::Status CheckGrant(const v1::DocumentGrant& grant, const Policy& policy);
// SEPARATION_OF_DUTIES when the requester decides.
absl::Status DecideGrant(absl::string_view actor, absl::string_view reason, absl::Time now, v1::DocumentGrant* grant);
// SEPARATION_OF_DUTIES when `actor` has moved the document: another gives access to it.
absl::Status CheckGiver(const v1::CustomerDocument& document, absl::string_view actor);

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_DOCUMENT_RULES_H_
