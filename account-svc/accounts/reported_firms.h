// Reports of firms (报备, A-07): who makes the file of a firm has it to himself for some days, by a row of ownership of
// kind REPORTED, which is the only thing that says so.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_REPORTED_FIRMS_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_REPORTED_FIRMS_H_

#include <string>

#include "account-svc/context.h"
#include "kam/account/v1/account.pb.h"

namespace kam::account {

// Writes the report of a file that is new, not admitted yet and nobody's, for the person who made it; nothing for one
// that a program made. REPORT_CAP_REACHED, except for an import.
absl::Status ReportFirm(const Context& context, resource::UnitOfWork& work, const v1::Account& account);

// The report of a file from before there were rows of this kind, if it has none and its days are not over.
absl::Status AdoptReport(const Context& context, resource::UnitOfWork& work, const v1::Account& account);

// Notes what proves the report of a file, such as the lead that it was made from.
absl::Status ProveReport(resource::UnitOfWork& work, const std::string& account, const std::string& evidence);

// Whether the report of somebody keeps a file in this state for him: an admitted one only when he could claim it.
absl::StatusOr<bool> KeepsFile(const Context& context, resource::UnitOfWork& work, v1::AccountState state,
                               const std::string& reporter);

// The report of a clerk who owns no accounts ends when the file is admitted.
absl::Status EndReportOfClerk(const Context& context, resource::UnitOfWork& work, const std::string& account);

// Gives the files of before their reports, once after the upgrade.
void RegisterReports(const Context& context);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_REPORTED_FIRMS_H_
