#include "account-svc/rules/document_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/customer_document.pb.h"

namespace kam::account::rules {
namespace {

using v1::CustomerDocument;
using v1::DocumentGrant;

absl::Status NotBy(absl::string_view rule, absl::string_view message, absl::string_view permission) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", message,
               {{"rule", std::string(rule)}, {"permission", std::string(permission)}});
}

bool Has(const google::protobuf::RepeatedPtrField<std::string>& people, absl::string_view person) {
  return std::find(people.begin(), people.end(), person) != people.end();
}

// Whether `actor` has ever put it under another account. A process of an earlier version writes down the last one only.
bool Moved(const CustomerDocument& document, absl::string_view actor) {
  return document.refiler() == actor || Has(document.refilers(), actor);
}

void AddRefiler(const std::string& refiler, CustomerDocument* document) {
  if (!refiler.empty() && !Has(document->refilers(), refiler)) document->add_refilers(refiler);
}

absl::Status TooShort(absl::string_view least) {
  return InvalidField("customer_document.retention_until", "RETENTION_TOO_SHORT",
                      absl::StrCat("must not be before ", least), {{"limit", std::string(least)}});
}

}  // namespace

absl::Status FileDocument(const DocumentFiling& filing, absl::string_view actor, absl::string_view today,
                          const Policy& policy, CustomerDocument* document) {
  if (filing.content.empty() == filing.reference.empty()) {
    return InvalidField("content", "CONTENT_REQUIRED", "the bytes or where they are kept must be given, and not both");
  }
  if (!filing.reference.empty() && filing.given_sha256.empty()) {
    return InvalidField("content_sha256", "CONTENT_REQUIRED", "the hash of what is kept elsewhere must be given");
  }
  if (filing.content.size() > static_cast<size_t>(policy.document_bytes_max)) {
    return InvalidField(
        "content", "CONTENT_TOO_LARGE",
        absl::StrCat("has ", filing.content.size(), " bytes; at most ", policy.document_bytes_max,
                     " are kept here, more by storage_reference"),
        {{"value", absl::StrCat(filing.content.size())}, {"limit", absl::StrCat(policy.document_bytes_max)}});
  }
  if (!filing.content.empty() && !filing.given_sha256.empty() && filing.given_sha256 != filing.content_sha256) {
    return InvalidField("content_sha256", "CONTENT_HASH_MISMATCH", "is not the hash of the content",
                        {{"value", std::string(filing.content_sha256)}});
  }
  const auto kind = static_cast<size_t>(std::clamp<int>(document->kind(), 0, kDocumentKinds - 1));
  constexpr int kMonthsOfYear = 12;
  ASSIGN_OR_RETURN(const std::string least,
                   AddMonths(today, int64_t{policy.document_retention_years[kind]} * kMonthsOfYear));
  if (document->retention_until().empty()) document->set_retention_until(least);
  if (document->retention_until() < least) return TooShort(least);
  document->set_content_sha256(std::string(filing.content.empty() ? filing.given_sha256 : filing.content_sha256));
  document->set_content_size(static_cast<int64_t>(filing.content.size()));
  document->set_filer(std::string(actor));
  document->set_state(v1::CUSTOMER_DOCUMENT_STATE_FILED);
  return absl::OkStatus();
}

absl::Status CheckLabelUpdate(const CustomerDocument& before, const CustomerDocument& after) {
  RETURN_IF_ERROR(CheckKept(before));
  if (after.retention_until() < before.retention_until()) return TooShort(before.retention_until());
  if (after.classification() >= before.classification()) return absl::OkStatus();
  return FailedPrecondition("CLASSIFICATION_LOWERED", before.name(),
                            absl::StrCat("is ", v1::DocumentClassification_Name(before.classification()),
                                         "; somebody else makes it less confidential with DeclassifyCustomerDocument"),
                            {{"field", "customer_document.classification"},
                             {"classification", v1::DocumentClassification_Name(before.classification())},
                             {"permission", "customer_document.declassify"}});
}

absl::Status Declassify(absl::string_view actor, v1::DocumentClassification classification,
                        CustomerDocument* document) {
  if (classification >= document->classification()) {
    return InvalidField("classification", "CLASSIFICATION_NOT_LOWER",
                        absl::StrCat("must be below ", v1::DocumentClassification_Name(document->classification())),
                        {{"classification", v1::DocumentClassification_Name(document->classification())}});
  }
  if (document->filer() == actor) {
    return NotBy("filer", "whoever filed a document does not make it less confidential",
                 "customer_document.declassify");
  }
  document->set_classification(classification);
  return absl::OkStatus();
}

absl::Status Refile(absl::string_view actor, const std::string& account, const Reader& there,
                    CustomerDocument* document) {
  if (document->filer() == actor) {
    return NotBy("filer", "whoever filed a document does not put it under another account", "customer_document.refile");
  }
  if (document->account() == account) {
    return InvalidField("account", "ACCOUNT_UNCHANGED", "is the account that the document is filed under",
                        {{"account", account}});
  }
  if (there.owns_account || there.above_owner) {
    return NotBy("reader", "whoever owns an account or leads its owner does not put documents of others under it",
                 "customer_document.refile");
  }
  document->set_account(account);
  AddRefiler(document->refiler(), document);
  document->set_refiler(std::string(actor));
  AddRefiler(document->refiler(), document);
  return absl::OkStatus();
}

bool HadAHand(const CustomerDocument& document, absl::string_view actor, bool may_refile) {
  return Moved(document, actor) || (may_refile && (!document.refiler().empty() || document.refilers_size() > 0));
}

absl::Status CheckGiver(const CustomerDocument& document, absl::string_view actor) {
  if (!Moved(document, actor)) return absl::OkStatus();
  return NotBy("refiler", "whoever has put a document under another account gives nobody access to it",
               "document_grant.decide");
}

absl::Status CheckKept(const CustomerDocument& document) {
  if (document.state() != v1::CUSTOMER_DOCUMENT_STATE_DESTROYED) return absl::OkStatus();
  return FailedPrecondition("DOCUMENT_DESTROYED", document.name(), "what it said was destroyed after its retention");
}

v1::DocumentReadGround GroundOf(const Reader& reader) {
  if (reader.owns_account && !reader.refiled) return v1::DOCUMENT_READ_GROUND_OWNER;
  if (reader.above_owner && !reader.refiled) return v1::DOCUMENT_READ_GROUND_SUPERIOR;
  if (reader.filed) return v1::DOCUMENT_READ_GROUND_FILER;
  if (reader.granted) return v1::DOCUMENT_READ_GROUND_GRANT;
  return v1::DOCUMENT_READ_GROUND_NONE;
}

absl::Status CheckRead(const CustomerDocument& document, v1::DocumentReadGround ground, bool take_out) {
  if (ground == v1::DOCUMENT_READ_GROUND_NONE || ground == v1::DOCUMENT_READ_GROUND_UNSPECIFIED) {
    return Error(
        absl::StatusCode::kPermissionDenied, "DOCUMENT_ACCESS_DENIED",
        "it is read by who owns the account, leads the owner directly or has just filed it; others ask for access with "
        "CreateDocumentGrant, which a holder of document_grant.decide gives",
        {{"permission", "document_grant.decide"}});
  }
  if (take_out && document.classification() == v1::DOCUMENT_CLASSIFICATION_SECRET) {
    return FailedPrecondition("DOCUMENT_SECRET", document.name(), "a secret document never leaves the vault",
                              {{"classification", "SECRET"}});
  }
  return absl::OkStatus();
}

absl::Status Destroy(absl::string_view actor, absl::string_view reason, absl::string_view today, absl::Time now,
                     CustomerDocument* document) {
  if (today <= document->retention_until()) {
    return FailedPrecondition("RETENTION_RUNNING", document->name(),
                              absl::StrCat("it is kept until ", document->retention_until()),
                              {{"until", document->retention_until()}});
  }
  if (document->filer() == actor) {
    return NotBy("filer", "whoever filed a document does not destroy it", "customer_document.destroy");
  }
  document->set_destroyer(std::string(actor));
  *document->mutable_destroy_time() = ToTimestamp(now);
  document->set_destroy_reason(std::string(reason));
  return absl::OkStatus();
}

absl::Status CheckGrant(const DocumentGrant& grant, const Policy& policy) {
  if (grant.days() <= policy.document_grant_days_max) return absl::OkStatus();
  return InvalidField("document_grant.days", "GRANT_TOO_LONG",
                      absl::StrCat("is ", grant.days(), "; at most ", policy.document_grant_days_max),
                      {{"value", absl::StrCat(grant.days())}, {"limit", absl::StrCat(policy.document_grant_days_max)}});
}

absl::Status DecideGrant(absl::string_view actor, absl::string_view reason, absl::Time now, DocumentGrant* grant) {
  if (grant->requester() == actor) {
    return NotBy("requester", "whoever asks for access does not give it", "document_grant.decide");
  }
  grant->set_decider(std::string(actor));
  *grant->mutable_decide_time() = ToTimestamp(now);
  grant->set_decision_reason(std::string(reason));
  return absl::OkStatus();
}

}  // namespace kam::account::rules
