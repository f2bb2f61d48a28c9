#include "account-svc/visits/references.h"

#include "account-svc/context.h"
#include "common/status/status.h"
#include "kam/account/v1/lead.pb.h"
#include "kam/account/v1/visit.pb.h"

namespace kam::account {
namespace {

template <typename T>
absl::Status CheckReachOf(resource::UnitOfWork& work, const std::string& name, absl::string_view permission) {
  T probe;
  probe.set_name(name);
  return work.CheckReach(*work.runtime().catalog().Find(T::descriptor()), probe, work.actor().LevelFor(permission));
}

}  // namespace

absl::Status CheckVisitOf(resource::UnitOfWork& work, const std::string& account, const std::string& visit,
                          absl::string_view field) {
  if (visit.empty() || work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT account FROM visits WHERE id = ?", {IdOf(visit)}));
  if (rows.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckReachOf<v1::Visit>(work, visit, "visit.read"));
  if (NameOf("accounts", rows[0][0].text()) == account) return absl::OkStatus();
  return InvalidField(field, "VISIT_OF_ANOTHER_ACCOUNT", "is to another account",
                      {{"value", visit}, {"account", account}});
}

absl::Status CheckLeadReach(resource::UnitOfWork& work, const std::string& lead) {
  if (lead.empty() || work.importing()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT 1 FROM leads WHERE id = ?", {IdOf(lead)}));
  return rows.empty() ? absl::OkStatus() : CheckReachOf<v1::Lead>(work, lead, "lead.read");
}

}  // namespace kam::account
