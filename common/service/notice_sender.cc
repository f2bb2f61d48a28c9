#include "common/service/notice_sender.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/id/digest.h"
#include "common/resource/names.h"
#include "common/schedule/untried.h"
#include "common/service/rest.h"
#include "common/status/status.h"
#include "kam/api/field.pb.h"

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

// Every portion has its own request id: what was brought before something went wrong is not brought again. A portion
// that nobody answers has account-svc left alone for a while.
absl::Status Bring(resource::Runtime& runtime, const AskAccountSvc& ask, const std::string& id, absl::Time deadline,
                   Rest* rest) {
  pb::DeliverNoticesRequest request;
  ASSIGN_OR_RETURN(const bool found, Read(runtime, id, deadline, &request));
  if (!found) return absl::OkStatus();
  for (int portion = 0; absl::Now() < deadline; ++portion) {
    request.set_request_id(RequestIdOf(id, portion));
    pb::DeliverNoticesResponse response;
    const absl::Time begin = absl::Now();
    const absl::Status asked = ask(kDeliver, request, &response, deadline);
    if (absl::IsUnavailable(asked)) rest->AfterVainAttempt(begin, absl::Now());
    RETURN_IF_ERROR(asked);
    if (response.next().empty()) return absl::OkStatus();
    request.set_after(response.next());
  }
  return Later("there are more to tell than there was time for");
}

// As many notices in each as DeliverNotices takes.
std::vector<pb::DeliverNoticesRequest> InParts(const pb::DeliverNoticesRequest& told) {
  const auto* field =
      pb::DeliverNoticesRequest::descriptor()->FindFieldByNumber(pb::DeliverNoticesRequest::kNoticesFieldNumber);
  const int limit = field->options().GetExtension(api::field).max_items();
  std::vector<pb::DeliverNoticesRequest> parts;
  for (const pb::Notice& notice : told.notices()) {
    if (parts.empty() || parts.back().notices_size() >= limit) parts.emplace_back().set_except(told.except());
    *parts.back().add_notices() = notice;
  }
  return parts;
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
  for (const pb::DeliverNoticesRequest& part : InParts(told)) {
    ASSIGN_OR_RETURN(const std::string id, work.NewId());
    RETURN_IF_ERROR(work.connection()
                        .Execute("INSERT INTO outgoing_notices (notice_id, content, create_time) VALUES (?, ?, ?)",
                                 {id, part.SerializeAsString(), work.now()})
                        .status());
    RETURN_IF_ERROR(schedule::Schedule(work, kNoticeSend, absl::StrCat(kCollection, "/", id), work.now()));
  }
  return absl::OkStatus();
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
        const absl::Duration remaining = rest->remaining(absl::Now());
        if (remaining > absl::ZeroDuration()) {
          return schedule::Untried(Later("account-svc did not answer a moment ago"), remaining);
        }
        RETURN_IF_ERROR(Bring(runtime, ask, resource::IdOf(item.resource), deadline, rest.get()));
        return std::string();
      });
}

}  // namespace kam::service
