// kam.satisfaction.v1: questionnaires, invitations, responses, follow-ups, monthly satisfaction, targets and
// reviews (S-33, S-34).
#ifndef KAM_AFTERSALES_SVC_SURVEY_SERVICE_H_
#define KAM_AFTERSALES_SVC_SURVEY_SERVICE_H_

#include "aftersales-svc/env.h"

namespace kam::aftersales {

void RegisterSurveys(const Env& env);
void RegisterMonthlySatisfaction(const Env& env);
void RegisterSatisfactionReviews(const Env& env);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_SURVEY_SERVICE_H_
