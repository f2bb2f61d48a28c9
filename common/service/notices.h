// How rules put together what people are told by way of account-svc (notice_sender.h).
#ifndef KAM_COMMON_SERVICE_NOTICES_H_
#define KAM_COMMON_SERVICE_NOTICES_H_

#include <string>

#include "kam/organization/v1/notification_service.pb.h"

namespace kam::service {

// Adds a notice; the caller says the rest of whom it goes to.
inline organization::v1::Notice* AddNotice(organization::v1::NoticeAudience audience,
                                           organization::v1::NotificationKind kind, const std::string& title,
                                           organization::v1::DeliverNoticesRequest* told) {
  organization::v1::Notice* notice = told->add_notices();
  notice->set_audience(audience);
  notice->set_kind(kind);
  notice->set_title(title);
  return notice;
}

// The same to one person; empty: nobody.
inline void TellPerson(const std::string& whom, organization::v1::NotificationKind kind, const std::string& title,
                       const std::string& due_date, organization::v1::DeliverNoticesRequest* told) {
  if (whom.empty()) return;
  organization::v1::Notice* notice = AddNotice(organization::v1::NOTICE_AUDIENCE_PERSON, kind, title, told);
  notice->set_whom(whom);
  notice->set_due_date(due_date);
}

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_NOTICES_H_
