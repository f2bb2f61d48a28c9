// kam.business.v1: cases of accounts, for the other programs of the suite.
#ifndef KAM_AFTERSALES_SVC_ACCOUNT_CASES_H_
#define KAM_AFTERSALES_SVC_ACCOUNT_CASES_H_

#include "aftersales-svc/env.h"

namespace kam::aftersales {

void RegisterAccountCases(const Env& env);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_ACCOUNT_CASES_H_
