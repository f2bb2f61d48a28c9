// What people are told of in their inboxes (G-22).
#ifndef KAM_AFTERSALES_SVC_NOTICES_H_
#define KAM_AFTERSALES_SVC_NOTICES_H_

#include "common/resource/runtime.h"

namespace kam::aftersales {

// Has every change that concerns somebody told to him (rules/notice_rules.h). Called when the hooks of all types are
// set: it adds to them.
void TellPeople(resource::Runtime& runtime);

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_NOTICES_H_
