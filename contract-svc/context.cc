#include "contract-svc/context.h"

#include "absl/strings/str_cat.h"
#include "common/resource/change_log.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/protobuf/timestamp.pb.h"

namespace kam::contract {
namespace {

// A group never forms a circle in account-svc; a replica that is between two of its changes may show one.
constexpr size_t kGroupDepthMax = 32;

absl::Status PersonRequired() {
  return Error(absl::StatusCode::kPermissionDenied, "PERSON_REQUIRED", "only a person can do this");
}

}  // namespace

absl::Status Directory::EnsureAccounts(const std::vector<std::string>& names, absl::Time deadline) const {
  return ensure_accounts && !names.empty() ? ensure_accounts(names, deadline) : absl::OkStatus();
}

absl::Status Directory::EnsureEmployees(const std::vector<std::string>& names, absl::Time deadline) const {
  return ensure_employees && !names.empty() ? ensure_employees(names, deadline) : absl::OkStatus();
}

absl::Status Directory::EnsureCaller(const rpc::Call& call) const {
  if (call.principal.is_program()) return PersonRequired();
  return EnsureEmployees({call.principal.subject}, call.deadline);
}

std::string Context::Today(absl::Time now) const { return TodayText(now, zone); }

absl::StatusOr<absl::Time> Context::EndOf(absl::string_view date) const {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(date));
  return absl::FromCivil(day + 1, zone);
}

absl::StatusOr<std::string> Person(const resource::UnitOfWork& work) {
  if (work.actor().is_program()) return PersonRequired();
  return work.actor().subject;
}

absl::Status Validate(const resource::UnitOfWork& work, const google::protobuf::Message& resource) {
  FieldViolations violations;
  resource::ValidateResource(resource, work.runtime().catalog().Find(resource.GetDescriptor())->singular(),
                             &violations);
  return violations.status();
}

bool IsChanged(const resource::UnitOfWork& work, const google::protobuf::Message& before,
               const google::protobuf::Message& after) {
  return !resource::DiffFields(*work.runtime().catalog().Find(before.GetDescriptor()), &before, after).empty();
}

absl::StatusOr<AccountFacts> LoadAccountFacts(resource::UnitOfWork& work, const std::string& account) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT state, tier, region, segment, parent FROM account_scopes WHERE account = ?",
                              {IdOf(account)}));
  if (rows.empty()) return NotFound(account);
  AccountFacts facts{rows[0][0].text(), rows[0][1].text(), rows[0][2].text(), rows[0][3].text(), {}};
  std::string above = rows[0][4].text();
  while (!above.empty() && facts.groups.size() < kGroupDepthMax) {
    facts.groups.push_back(absl::StrCat("accounts/", above));
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> found,
                     work.connection().Query("SELECT parent FROM account_scopes WHERE account = ?", {above}));
    above = found.empty() ? std::string() : found[0][0].text();
  }
  return facts;
}

}  // namespace kam::contract
