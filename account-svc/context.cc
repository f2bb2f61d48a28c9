#include "account-svc/context.h"

#include "absl/strings/str_cat.h"
#include "common/resource/validate.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"

namespace kam::account {

std::string Context::Today(absl::Time now) const { return TodayText(now, zone); }

std::string NameOf(absl::string_view collection, const std::string& id) {
  return id.empty() ? std::string() : absl::StrCat(collection, "/", id);
}

absl::StatusOr<std::string> Person(const resource::UnitOfWork& work) {
  if (!work.actor().is_program()) return NameOf("employees", work.actor().employee);
  return Error(absl::StatusCode::kPermissionDenied, "PERSON_REQUIRED", "only a person can do this, not a program");
}

absl::Status Validate(const resource::UnitOfWork& work, const google::protobuf::Message& message) {
  FieldViolations violations;
  const resource::Type* type = work.runtime().catalog().Find(message.GetDescriptor());
  resource::ValidateResource(message, type->singular(), &violations);
  return violations.status();
}

absl::Status CheckAccountUsable(resource::UnitOfWork& work, const std::string& account) {
  if (work.importing()) return absl::OkStatus();
  v1::Account probe;
  probe.set_name(account);
  RETURN_IF_ERROR(work.CheckReach(*work.runtime().catalog().Find(v1::Account::descriptor()), probe,
                                  work.actor().LevelFor("account.read")));
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT state FROM accounts WHERE id = ?", {IdOf(account)}));
  if (!rows.empty() && rows[0][0].text() == "CLOSED") {
    return FailedPrecondition("ACCOUNT_CLOSED", account, "the account is closed");
  }
  return absl::OkStatus();
}

}  // namespace kam::account
