// The organisation as of a day (G-01).
#ifndef KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_CHART_H_
#define KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_CHART_H_

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "common/rpc/call.h"
#include "kam/organization/v1/department.pb.h"
#include "kam/organization/v1/post_service.pb.h"

namespace kam::account {

absl::StatusOr<organization::v1::Organization> OrganizationOn(const Context& context, rpc::Call& call,
                                                              const organization::v1::GetOrganizationRequest& request);

// Where people are not as their posts want it, today.
absl::StatusOr<organization::v1::ListPostDeviationsResponse> PostDeviations(
    const Context& context, rpc::Call& call, const organization::v1::ListPostDeviationsRequest& request);

// Writes down how a department is from today on, for OrganizationOn.
absl::Status RecordPlacement(const Context& context, resource::UnitOfWork& work,
                             const organization::v1::Department& department);

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_PEOPLE_ORGANIZATION_CHART_H_
