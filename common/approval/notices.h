// What people are told of approval requests (G-05, G-22).
#ifndef KAM_COMMON_APPROVAL_NOTICES_H_
#define KAM_COMMON_APPROVAL_NOTICES_H_

#include <vector>

#include "absl/time/time.h"
#include "common/resource/runtime.h"
#include "kam/approval/v1/approval_delegation.pb.h"
#include "kam/approval/v1/approval_request.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::approval {

// Who is told what when a request is made (`before` null) or changed; pure. Whoever may decide the step that has begun
// to wait, with those to whom one of them has lent his place (`lent`: delegations in force); those to whom it was put
// when the time was over; whoever asked, when it has ended without him. Days are those of `zone`.
organization::v1::DeliverNoticesRequest NoticesOf(const v1::ApprovalRequest* before, const v1::ApprovalRequest& after,
                                                  const std::vector<v1::ApprovalDelegation>& lent, absl::TimeZone zone);

// Whoever was lent a place learns it, also of what has been waiting; pure.
organization::v1::DeliverNoticesRequest NoticesOf(const v1::ApprovalDelegation& created, absl::TimeZone zone);

// At start-up: has every change of a request, and every new delegation, told so (common/service/notice_sender.h).
void TellOfApprovals(resource::Runtime& runtime);

}  // namespace kam::approval

#endif  // KAM_COMMON_APPROVAL_NOTICES_H_
