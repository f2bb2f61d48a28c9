// What people are told of complaints and follow-ups (G-22): pure functions, a change in, notices out.
#ifndef KAM_AFTERSALES_SVC_RULES_NOTICE_RULES_H_
#define KAM_AFTERSALES_SVC_RULES_NOTICE_RULES_H_

#include <string>

#include "absl/time/time.h"
#include "kam/complaint/v1/complaint.pb.h"
#include "kam/complaint/v1/complaint_clock.pb.h"
#include "kam/organization/v1/notification_service.pb.h"
#include "kam/satisfaction/v1/follow_up.pb.h"

namespace kam::aftersales::rules {

// A resource was made (`before` null) or changed; days are those of `zone`.

// Whoever becomes its handler or helper, and whoever no longer is its handler; whoever holds the role that it was
// escalated to and may read it, and its handler; who handles it when it was not settled after all.
organization::v1::DeliverNoticesRequest NoticesOf(const complaint::v1::Complaint* before,
                                                  const complaint::v1::Complaint& after);

// Its handler and his superiors when its time is over, those who may assign it where it has no handler. `complaint` is
// its complaint.
organization::v1::DeliverNoticesRequest NoticesOf(const complaint::v1::ComplaintClock* before,
                                                  const complaint::v1::ComplaintClock& after,
                                                  const complaint::v1::Complaint& complaint, absl::TimeZone zone);

// Its owner when there is one, whoever is to take the measure, both and the owner's superiors when its time is over.
organization::v1::DeliverNoticesRequest NoticesOf(const satisfaction::v1::FollowUp* before,
                                                  const satisfaction::v1::FollowUp& after, absl::TimeZone zone);

}  // namespace kam::aftersales::rules

#endif  // KAM_AFTERSALES_SVC_RULES_NOTICE_RULES_H_
