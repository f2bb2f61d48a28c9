// kam.complaint.v1: complaints, their clocks, calendars, limits and ladder (S-02 to S-06).
#ifndef KAM_AFTERSALES_SVC_COMPLAINT_SERVICE_H_
#define KAM_AFTERSALES_SVC_COMPLAINT_SERVICE_H_

#include "aftersales-svc/env.h"

namespace kam::aftersales {

void RegisterComplaints(const Env& env);
// Calendars, class rules, limits, ladder, and the reading of clocks.
void RegisterComplaintPolicies(const Env& env);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_COMPLAINT_SERVICE_H_
