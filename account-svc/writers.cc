#include "account-svc/writers.h"

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "common/resource/authors.h"
#include "common/status/status.h"

namespace kam::account {

absl::Status CheckNotWriter(resource::UnitOfWork& work, absl::string_view service, const std::string& name,
                            absl::string_view what) {
  ASSIGN_OR_RETURN(const bool wrote,
                   resource::CallerChanged(work, name,
                                           {absl::StrCat(service, "/Create%"), absl::StrCat(service, "/Update%"),
                                            absl::StrCat(service, "/BatchUpsert%")}));
  return wrote ? rules::SeparationOfDuties("writer", what) : absl::OkStatus();
}

}  // namespace kam::account
