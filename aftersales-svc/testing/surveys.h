// Surveys for tests.
#ifndef KAM_AFTERSALES_SVC_TESTING_SURVEYS_H_
#define KAM_AFTERSALES_SVC_TESTING_SURVEYS_H_

#include <string>

#include "aftersales-svc/testing/world.h"

namespace kam::aftersales::testing {

// A released questionnaire about `subject` with the questions "overall" (CSAT, 1 to 5) and "recommend" (NPS).
std::string ReleasedSurvey(World& world, const std::string& code, const std::string& subject);
// The account is invited now and answers; `recommend` below 0: not answered.
void Answer(World& world, const std::string& questionnaire, const std::string& account, int overall,
            int recommend = -1);

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_SURVEYS_H_
