#include "account-svc/rules/document_label_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/customer_document.pb.h"
#include "kam/account/v1/customer_document_service.pb.h"

namespace kam::account::rules {
namespace {

constexpr int kMonthsOfYear = 12;

absl::Status NotBy(absl::string_view rule, absl::string_view message, absl::string_view permission) {
  return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES", message,
               {{"rule", std::string(rule)}, {"permission", std::string(permission)}});
}

// Whether `actor` has ever put its label right: what was corrected after him may have left his day of retention.
bool HasCorrected(const v1::CustomerDocument& document, absl::string_view actor) {
  return std::find(document.correctors().begin(), document.correctors().end(), actor) != document.correctors().end();
}

}  // namespace

absl::Status CorrectLabel(const v1::CorrectCustomerDocumentRequest& request, absl::string_view actor,
                          const std::string& filed, const Policy& policy, v1::CustomerDocument* document) {
  if (document->filer() == actor) {
    return NotBy("filer",
                 "whoever filed a document does not put its label right; somebody else with customer_document.refile "
                 "may",
                 "customer_document.refile");
  }
  const v1::CustomerDocument before = *document;
  if (request.kind() != v1::CUSTOMER_DOCUMENT_KIND_UNSPECIFIED) document->set_kind(request.kind());
  if (!request.document_date().empty()) document->set_document_date(request.document_date());
  const auto kind = static_cast<size_t>(std::clamp<int>(document->kind(), 0, kDocumentKinds - 1));
  ASSIGN_OR_RETURN(const std::string least,
                   AddMonths(filed, int64_t{policy.document_retention_years[kind]} * kMonthsOfYear));
  if (request.retention_until().empty()) {
    document->set_retention_until(std::max(before.retention_until(), least));
  } else {
    if (request.retention_until() < least) {
      return InvalidField("retention_until", "RETENTION_TOO_SHORT", absl::StrCat("must not be before ", least),
                          {{"limit", least}});
    }
    document->set_retention_until(request.retention_until());
  }
  if (document->kind() == before.kind() && document->document_date() == before.document_date() &&
      document->retention_until() == before.retention_until()) {
    return InvalidField("kind", "LABEL_UNCHANGED", "the label says so already");
  }
  if (!HasCorrected(*document, actor)) document->add_correctors(std::string(actor));
  return absl::OkStatus();
}

absl::Status CheckDestroyer(const v1::CustomerDocument& document, absl::string_view actor) {
  if (!HasCorrected(document, actor)) return absl::OkStatus();
  return NotBy("corrector",
               "whoever put the label of a document right does not destroy it; somebody else with "
               "customer_document.destroy may",
               "customer_document.destroy");
}

}  // namespace kam::account::rules
