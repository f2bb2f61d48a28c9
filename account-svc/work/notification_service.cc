// Inboxes and what people want to be told over RPC (G-22).
#include "absl/strings/str_cat.h"
#include "account-svc/rules/notification_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "account-svc/work/work_service.h"
#include "common/resource/purge.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.NotificationService";
constexpr char kPurge[] = "notification.purge";
constexpr char kPurgeResource[] = "notifications";
constexpr int kMarkedMax = 200;
constexpr int kReceiptsMax = 1000;
constexpr int64_t kPurgedAtOnce = 5000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

std::string Text(pb::NotificationKind kind) {
  return resource::ShortEnumName(pb::NotificationKind_descriptor()->FindValueByNumber(kind));
}

void MarkRead(absl::Time now, pb::Notification* notification) {
  notification->set_state(pb::NOTIFICATION_STATE_READ);
  *notification->mutable_read_time() = ToTimestamp(now);
}

absl::StatusOr<pb::MarkAllNotificationsReadResponse> MarkAll(UnitOfWork& work,
                                                             const pb::MarkAllNotificationsReadRequest& request) {
  ASSIGN_OR_RETURN(const std::string reader, Person(work));
  resource::SqlCondition where{"t.recipient = ? AND t.state = 'UNREAD'", {IdOf(reader)}};
  if (request.kind() != pb::NOTIFICATION_KIND_UNSPECIFIED) {
    absl::StrAppend(&where.sql, " AND t.kind = ?");
    where.params.emplace_back(Text(request.kind()));
  }
  ASSIGN_OR_RETURN(std::vector<pb::Notification> unread,
                   work.Find<pb::Notification>(where, "ORDER BY t.id", kMarkedMax + 1, /*lock=*/true));
  pb::MarkAllNotificationsReadResponse response;
  response.set_more(unread.size() > kMarkedMax);
  if (response.more()) unread.resize(kMarkedMax);
  for (const pb::Notification& notification : unread) {
    resource::Change<pb::Notification> change{notification, notification};
    MarkRead(work.now(), &change.after);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  response.set_marked(static_cast<int32_t>(unread.size()));
  return response;
}

absl::StatusOr<pb::UnreadNotifications> CountUnread(const Context& context, const rpc::Call& call) {
  pb::UnreadNotifications answer;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    answer.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     connection.Query("SELECT kind, COUNT(*) FROM notifications WHERE recipient = ? AND state = "
                                      "'UNREAD' GROUP BY kind ORDER BY kind",
                                      {call.principal.employee}));
    for (const Row& row : rows) {
      pb::UnreadOfKind* of_kind = answer.add_kinds();
      const auto* kind = resource::FindEnumValue(pb::NotificationKind_descriptor(), row[0].text());
      if (kind != nullptr) of_kind->set_kind(static_cast<pb::NotificationKind>(kind->number()));
      of_kind->set_count(static_cast<int32_t>(row[1].integer()));
      answer.set_total(answer.total() + of_kind->count());
    }
    return absl::OkStatus();
  }));
  return answer;
}

// Of what the caller has given or called for himself; of anything else, a dispute for example, he would learn by it who
// the others are.
absl::StatusOr<pb::ListNotificationReceiptsResponse> Receipts(const Context& context, const rpc::Call& call,
                                                              const pb::ListNotificationReceiptsRequest& request) {
  pb::ListNotificationReceiptsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<Row> rows,
        connection.Query(
            absl::StrCat("SELECT recipient, create_time, read_time, title FROM notifications WHERE subject "
                         "= ? AND creator = ? AND kind IN ('TASK', 'APPOINTMENT', 'COORDINATION') ORDER "
                         "BY id LIMIT ",
                         kReceiptsMax),
            {request.subject(), call.principal.subject}));
    for (const Row& row : rows) {
      pb::NotificationReceipt* receipt = response.add_receipts();
      receipt->set_recipient(NameOf("employees", row[0].text()));
      *receipt->mutable_sent_time() = ToTimestamp(row[1].time());
      if (!row[2].is_null()) *receipt->mutable_read_time() = ToTimestamp(row[2].time());
      receipt->set_title(row[3].text());
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status CheckPreference(UnitOfWork& work, const pb::NotificationPreference& preference) {
  RETURN_IF_ERROR(Validate(work, preference));
  return rules::CheckPreference(preference);
}

// Every day, what is older than the policy keeps; at once again while there is more than one transaction should do.
absl::Status Purge(const Context& context, UnitOfWork& work) {
  constexpr int kHoursOfDay = 24;
  const auto days_ago = [&](int days) { return work.now() - absl::Hours(kHoursOfDay) * days; };
  const auto purge = [&](const std::string& where, absl::Time before) {
    const auto* method = pb::Notification::descriptor()->file()->pool()->FindMethodByName(
        absl::StrCat(kService, ".MarkNotificationRead"));
    return resource::Purge(work, *work.runtime().catalog().FindCollection(kPurgeResource), *method, {where, {before}},
                           kPurgedAtOnce, "the retention period of notices is over");
  };
  ASSIGN_OR_RETURN(const int64_t read,
                   purge("state = 'READ' AND read_time < ?", days_ago(context.policy.notification_read_days)));
  ASSIGN_OR_RETURN(const int64_t old, purge("create_time < ?", days_ago(context.policy.notification_days)));
  const bool more = read == kPurgedAtOnce || old == kPurgedAtOnce;
  const absl::CivilDay tomorrow = absl::ToCivilDay(work.now(), context.zone) + 1;
  return schedule::Schedule(work, kPurge, kPurgeResource, more ? work.now() : absl::FromCivil(tomorrow, context.zone));
}

}  // namespace

void RegisterNotifications(const Context& context, rpc::Registry* registry) {
  resource::Hooks preferences;
  preferences.on_create = resource::OnCreate<pb::NotificationPreference>(
      [](UnitOfWork& work, pb::NotificationPreference* preference) -> absl::Status {
        ASSIGN_OR_RETURN(*preference->mutable_employee(), Person(work));
        if (preference->channel() == pb::NOTIFICATION_CHANNEL_UNSPECIFIED) {
          preference->set_channel(pb::NOTIFICATION_CHANNEL_INBOX);
        }
        return CheckPreference(work, *preference);
      });
  preferences.on_update = resource::OnUpdate<pb::NotificationPreference>(
      [](UnitOfWork& work, const pb::NotificationPreference&, pb::NotificationPreference* after) {
        return CheckPreference(work, *after);
      });
  context.runtime.SetHooks(pb::NotificationPreference::descriptor(), std::move(preferences));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<pb::Notification, pb::MarkNotificationReadRequest>(
      context, Rpc("MarkNotificationRead"), registry,
      [](UnitOfWork& work, const pb::MarkNotificationReadRequest&, pb::Notification* notification) {
        MarkRead(work.now(), notification);
        return absl::OkStatus();
      });
  registry->Add<pb::MarkAllNotificationsReadRequest, pb::MarkAllNotificationsReadResponse>(
      Rpc("MarkAllNotificationsRead"), [context](rpc::Call& call, const pb::MarkAllNotificationsReadRequest& request) {
        return context.runtime.Write<pb::MarkAllNotificationsReadResponse>(
            call, request, [&](UnitOfWork& work) { return MarkAll(work, request); });
      });
  registry->Add<pb::CountUnreadNotificationsRequest, pb::UnreadNotifications>(
      Rpc("CountUnreadNotifications"),
      [context](rpc::Call& call, const pb::CountUnreadNotificationsRequest&) { return CountUnread(context, call); });
  registry->Add<pb::ListNotificationReceiptsRequest, pb::ListNotificationReceiptsResponse>(
      Rpc("ListNotificationReceipts"), [context](rpc::Call& call, const pb::ListNotificationReceiptsRequest& request) {
        return Receipts(context, call, request);
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kPurge, Rpc("MarkNotificationRead"),
                            [context](UnitOfWork& work, const schedule::DueItem&) { return Purge(context, work); });
}

}  // namespace kam::account
