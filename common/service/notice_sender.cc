#include "common/service/notice_sender.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/id/digest.h"
#include "common/resource/names.h"
#include "common/service/rest.h"
#include "common/status/status.h"

namespace kam::service {
namespace {

namespace pb = organization::v1;

constexpr char kDeliver[] = "kam.organization.v1.NotificationService/DeliverNotices";
constexpr char kCollection[] = "outgoingNotices";

// The same for the same portion of the same request, so that account-svc knows it again: a UUID of digits that say
// nothing.
std::string RequestIdOf(const std::string& id, int portion) {
  const std::string digits = Sha256Hex(absl::StrCat(id, "/", portion));
  const auto part = [&](size_t begin, size_t length) { return absl::string_view(digits).substr(begin, length); };
  return absl::StrCat(part(0, 8), "-", part(8, 4), "-", part(12, 4), "-", part(16, 4), "-", part(20, 12));
}

// False when it was brought already.
absl::StatusOr<bool> Read(resource::Runtime& runtime, const std::string& id, absl::Time deadline,
                          pb::DeliverNoticesRequest* request) {
  bool found = false;
  RETURN_IF_ERROR(runtime.database().Run(deadline, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                     connection.Query("SELECT content FROM outgoing_notices WHERE notice_id = ?", {id}));
    found = !rows.empty();
    if (found && !request->ParseFromString(rows[0][0].text())) return Internal("stored notices do not parse");
    return absl::OkStatus();
  }));
  return found;
}

absl::Status Later(const char* why) {
  return RetryLater(absl::StatusCode::kUnavailable, "ACCOUNT_SVC_UNAVAILABLE", why, absl::Seconds(1));
}

// Every portion has its own request id: what was brought before something went wrong is not brought again.
absl::Status Bring(resource::Runtime& runtime, const AskAccountSvc& ask, const std::string& id, absl::Time deadline) {
  pb::DeliverNoticesRequest request;
  ASSIGN_OR_RETURN(const bool found, Read(runtime, id, deadline, &request));
  if (!found) return absl::OkStatus();
  for (int portion = 0; absl::Now() < deadline; ++portion) {
    request.set_request_id(RequestIdOf(id, portion));
    pb::DeliverNoticesResponse response;
    RETURN_IF_ERROR(ask(kDeliver, request, &response, deadline));
    if (response.next().empty()) return absl::OkStatus();
    request.set_after(response.next());
  }
  return Later("there are more to tell than there was time for");
}

}  // namespace

absl::Status SendNotices(resource::UnitOfWork& work, pb::DeliverNoticesRequest told, const std::string& subject) {
  if (work.importing()) return absl::OkStatus();
  if (told.except().empty() && !work.actor().is_program()) told.set_except(work.actor().subject);
  auto* notices = told.mutable_notices();
  notices->erase(std::remove_if(notices->begin(), notices->end(),
                                [&](const pb::Notice& notice) {
                                  return notice.audience() == pb::NOTICE_AUDIENCE_PERSON &&
                                         (notice.whom().empty() || notice.whom() == told.except());
                                }),
                 notices->end());
  if (notices->empty()) return absl::OkStatus();
  for (pb::Notice& notice : *notices) {
    if (notice.subject().empty()) notice.set_subject(subject);
  }
  ASSIGN_OR_RETURN(const std::string id, work.NewId());
  RETURN_IF_ERROR(work.connection()
                      .Execute("INSERT INTO outgoing_notices (notice_id, content, create_time) VALUES (?, ?, ?)",
                               {id, told.SerializeAsString(), work.now()})
                      .status());
  return schedule::Schedule(work, kNoticeSend, absl::StrCat(kCollection, "/", id), work.now());
}

void RegisterNoticeSender(resource::Runtime& runtime, AskAccountSvc ask, schedule::Scheduler* scheduler) {
  scheduler->Handle(
      kNoticeSend, kDeliver,
      [](resource::UnitOfWork& work, const schedule::DueItem& item) {
        return work.connection()
            .Execute("DELETE FROM outgoing_notices WHERE notice_id = ?", {resource::IdOf(item.resource)})
            .status();
      },
      [&runtime, ask = std::move(ask), rest = std::make_shared<Rest>()](
          const schedule::DueItem& item, absl::Time deadline) -> absl::StatusOr<std::string> {
        const absl::Time begin = absl::Now();
        if (rest->holds(begin)) return Later("account-svc did not answer a moment ago");
        const absl::Status brought = Bring(runtime, ask, resource::IdOf(item.resource), deadline);
        if (absl::IsUnavailable(brought)) rest->AfterVainAttempt(begin, absl::Now());
        RETURN_IF_ERROR(brought);
        return std::string();
      });
}

}  // namespace kam::service
