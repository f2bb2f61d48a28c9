// What happens in this service, told to people in their inboxes in account-svc (G-22): written down in the transaction
// of the change, brought to account-svc after it. While account-svc is away it waits, and comes once when it is back.
#ifndef KAM_COMMON_SERVICE_NOTICE_SENDER_H_
#define KAM_COMMON_SERVICE_NOTICE_SENDER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/resource/runtime.h"
#include "common/resource/saved_hook.h"
#include "common/schedule/schedule.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::service {

// Asks account-svc (Peer::Ask, or what a test answers).
using AskAccountSvc = std::function<absl::Status(absl::string_view method, const google::protobuf::Message& request,
                                                 google::protobuf::Message* response, absl::Time deadline)>;

// A due item of this kind brings one stored request.
inline constexpr char kNoticeSend[] = "notice.send";

// Writes down what is to be told, in the transaction of `work`; without notices nothing. A notice without a subject is
// about `subject`. Where the request excepts nobody, the caller is not told. What is brought in from another system
// was told there.
absl::Status SendNotices(resource::UnitOfWork& work, organization::v1::DeliverNoticesRequest told,
                         const std::string& subject);

// At start-up: has what is written down brought to account-svc. `runtime` outlives the scheduler.
void RegisterNoticeSender(resource::Runtime& runtime, AskAccountSvc ask, schedule::Scheduler* scheduler);

// At start-up, when the hooks of T are set: has every write of T told as `notices(work, before, after)` says, a
// StatusOr<DeliverNoticesRequest>; `before` is null for a new resource.
template <typename T, typename Notices>
void TellSaved(resource::Runtime& runtime, Notices notices) {
  resource::AddSaved<T>(runtime,
                        [notices](resource::UnitOfWork& work, const T* before, const T& after) -> absl::Status {
                          absl::StatusOr<organization::v1::DeliverNoticesRequest> told = notices(work, before, after);
                          RETURN_IF_ERROR(told.status());
                          return SendNotices(work, *std::move(told), after.name());
                        });
}

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_NOTICE_SENDER_H_
