// Into whose inboxes notices go (G-22).
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "account-svc/people/line.h"
#include "account-svc/staff.h"
#include "account-svc/work/notification.h"
#include "common/status/status.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using rules::Audience;
using rules::Notice;

constexpr size_t kAtATime = 200;  // People told in one transaction.

std::string Text(pb::NotificationKind kind) {
  return resource::ShortEnumName(pb::NotificationKind_descriptor()->FindValueByNumber(kind));
}

absl::StatusOr<std::vector<std::string>> Ids(UnitOfWork& work, const std::string& sql,
                                             const std::vector<Value>& params) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, work.connection().Query(sql, mysql::Params(params)));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row[0].text());
  return ids;
}

absl::StatusOr<std::vector<std::string>> HoldersOf(UnitOfWork& work, const std::string& role, const std::string& day) {
  return HoldersOfRoles(work.connection(), {role}, day);
}

// The head of the department, or of the nearest one above it that has one.
absl::StatusOr<std::vector<std::string>> HeadOf(UnitOfWork& work, const std::string& department) {
  ASSIGN_OR_RETURN(const std::vector<Row> own,
                   work.connection().Query("SELECT parent_path FROM departments WHERE id = ?", {IdOf(department)}));
  if (own.empty()) return std::vector<std::string>();
  std::vector<std::string> path = absl::StrSplit(own[0][0].text(), '/', absl::SkipEmpty());
  path.push_back(IdOf(department));
  for (auto id = path.rbegin(); id != path.rend(); ++id) {
    ASSIGN_OR_RETURN(std::vector<std::string> head,
                     Ids(work, "SELECT head FROM departments WHERE id = ? AND head IS NOT NULL", {*id}));
    if (!head.empty()) return head;
  }
  return std::vector<std::string>();
}

// Holders of the role whose department is that of `whom`, or one above it: those whom a right over a department
// reaches.
absl::StatusOr<std::vector<std::string>> HoldersOver(UnitOfWork& work, const Notice& notice, const std::string& day) {
  const bool person = absl::StartsWith(notice.whom, "employees/");
  ASSIGN_OR_RETURN(const std::vector<Row> below,
                   work.connection().Query(person ? "SELECT department_path FROM employee_scopes WHERE employee = ?"
                                                  : "SELECT CONCAT(parent_path, id, '/') FROM departments WHERE id = ?",
                                           {IdOf(notice.whom)}));
  const std::string path = below.empty() ? std::string() : below[0][0].text();
  ASSIGN_OR_RETURN(const std::vector<std::string> holders, HoldersOf(work, notice.role, day));
  std::vector<std::string> over;
  if (!path.empty() && !holders.empty()) {
    const std::vector<Value> ids(holders.begin(), holders.end());
    ASSIGN_OR_RETURN(const std::vector<Row> rows,
                     work.connection().Query(
                         absl::StrCat("SELECT employee, department_path FROM employee_scopes WHERE employee IN (",
                                      resource::Placeholders(ids.size()), ") ORDER BY employee"),
                         mysql::Params(ids)));
    for (const Row& row : rows) {
      const std::string own = row[1].text();
      if (own.empty() || !absl::StartsWith(path, own)) continue;
      if (!person || row[0].text() != IdOf(notice.whom)) over.push_back(row[0].text());
    }
  }
  ASSIGN_OR_RETURN(over, InService(work.connection(), over, day));
  if (!over.empty() || notice.otherwise.empty()) return over;
  return HoldersOf(work, notice.otherwise, day);
}

// Of the nearest level with somebody who may decide, those who may; where nobody above may, the holders of the role.
absl::StatusOr<std::vector<std::string>> NearestAble(UnitOfWork& work, const Line& line, const Notice& notice,
                                                     const std::string& day) {
  const size_t first =
      std::min(static_cast<size_t>(notice.from_level - 1), std::max(line.levels.size(), size_t{1}) - 1);
  for (size_t level = first; level < line.levels.size(); ++level) {
    std::vector<std::string> able;
    for (const std::string& id : line.levels[level]) {
      ASSIGN_OR_RETURN(const bool holds, HoldsRight(work.connection(), id, notice.permission, day));
      if (holds) able.push_back(id);
    }
    if (!able.empty()) return able;
  }
  return HoldersOf(work, notice.role, day);
}

// Ids of those whom a notice goes to.
absl::StatusOr<std::vector<std::string>> PeopleOf(UnitOfWork& work, const Notice& notice, const std::string& day) {
  switch (notice.audience) {
    case Audience::kPerson:
      return std::vector<std::string>{IdOf(notice.whom)};
    case Audience::kHead:
      return HeadOf(work, notice.whom);
    case Audience::kHolders:
      return HoldersOf(work, notice.role, day);
    case Audience::kHoldersOver:
      return HoldersOver(work, notice, day);
    case Audience::kSuperiors:
    case Audience::kDirectHolders:
    case Audience::kAbleAbove:
      break;
    case Audience::kAbleAboveOwner: {
      ASSIGN_OR_RETURN(const std::vector<std::string> owner,
                       Ids(work,
                           "SELECT COALESCE(owner, creator) FROM account_scopes WHERE account = ? AND COALESCE(owner, "
                           "creator) IS NOT NULL",
                           {IdOf(notice.whom)}));
      if (owner.empty()) return HoldersOf(work, notice.role, day);
      ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), owner[0], day));
      return NearestAble(work, line, notice, day);
    }
  }
  ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(notice.whom), day));
  if (notice.audience == Audience::kAbleAbove) return NearestAble(work, line, notice, day);
  if (line.levels.empty()) return std::vector<std::string>();
  if (notice.audience == Audience::kSuperiors) return line.levels[0];
  ASSIGN_OR_RETURN(std::vector<std::string> holders, HoldersOf(work, notice.role, day));
  holders.erase(
      std::remove_if(holders.begin(), holders.end(), [&](const std::string& id) { return line.DistanceOf(id) != 1; }),
      holders.end());
  return holders;
}

// Whether it is decided by whoever stands in for the recipient as well (people/line.h): what the superiors of somebody
// decide. Not what is said to holders of a role, which nobody gets by standing in, nor what is about people and pay.
bool GoesToDeputies(const Notice& notice, const std::string& subject) {
  if (notice.kind != pb::NOTIFICATION_KIND_APPROVAL && notice.kind != pb::NOTIFICATION_KIND_ESCALATION) return false;
  if (notice.audience == Audience::kHolders) return false;
  for (const char* collection : {"leaveRequests/", "instructionRequests/", "tasks/", "workReports/", "policyDocuments/",
                                 "visitReports/", "weeklyReports/"}) {
    if (absl::StartsWith(subject, collection)) return true;
  }
  return false;
}

// Adds those who stand in for somebody among `people` today and hold the right that is asked for (people/line.h); never
// the person whom it is about.
absl::Status AddDeputies(UnitOfWork& work, const Notice& notice, const std::string& day,
                         std::vector<std::string>* people) {
  ASSIGN_OR_RETURN(const std::vector<std::string> deputies, DeputiesOf(work.connection(), *people, day));
  for (const std::string& id : deputies) {
    if (id == IdOf(notice.whom) || std::find(people->begin(), people->end(), id) != people->end()) continue;
    if (!notice.permission.empty()) {
      ASSIGN_OR_RETURN(const bool holds, HoldsRight(work.connection(), id, notice.permission, day));
      if (!holds) continue;
    }
    people->push_back(id);
  }
  return absl::OkStatus();
}

absl::Status Put(UnitOfWork& work, const std::string& recipient, const Notice& notice, const std::string& subject) {
  pb::Notification notification;
  notification.set_recipient(recipient);
  notification.set_kind(notice.kind);
  notification.set_title(notice.title);
  notification.set_subject(subject);
  notification.set_due_date(notice.due_date);
  notification.set_state(pb::NOTIFICATION_STATE_UNREAD);
  notification.set_channel(pb::NOTIFICATION_CHANNEL_INBOX);
  return work.Insert(std::move(notification)).status();
}

}  // namespace

absl::Status Deliver(const Context& context, UnitOfWork& work, const std::vector<Notice>& notices,
                     const std::string& subject) {
  const std::string today = context.Today(work.now());
  std::set<std::pair<std::string, std::string>> told;  // Recipient and title.
  for (const Notice& notice : notices) {
    ASSIGN_OR_RETURN(std::vector<std::string> people, PeopleOf(work, notice, today));
    if (GoesToDeputies(notice, notice.subject.empty() ? subject : notice.subject)) {
      RETURN_IF_ERROR(AddDeputies(work, notice, today, &people));
    }
    ASSIGN_OR_RETURN(people, InService(work.connection(), people, today));
    for (const std::string& id : people) {
      const std::string name = NameOf("employees", id);
      if ((name == work.actor().subject && !notice.also_actor) || !told.emplace(id, notice.title).second) continue;
      ASSIGN_OR_RETURN(
          const std::vector<std::string> muted,
          Ids(work,
              "SELECT employee FROM notification_preferences WHERE employee = ? AND kind = ? AND channel = "
              "'INBOX' AND muted = 1 LIMIT 1",
              {id, Text(notice.kind)}));
      if (!muted.empty()) continue;
      RETURN_IF_ERROR(Put(work, name, notice, notice.subject.empty() ? subject : notice.subject));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> DeliverToDepartment(const Context& context, UnitOfWork& work, const std::string& department,
                                         const Notice& notice, const std::string& unread_of) {
  const std::string today = context.Today(work.now());
  const std::string kind = Text(notice.kind);
  std::string sql =
      "SELECT e.id FROM employees e LEFT JOIN employee_scopes s ON s.employee = e.id WHERE e.archive_time IS NULL AND "
      "(e.hire_date IS NULL OR e.hire_date <= ?) AND (e.leave_date IS NULL OR e.leave_date >= ?) AND NOT EXISTS "
      "(SELECT "
      "1 FROM notifications n WHERE n.subject = ? AND n.recipient = e.id AND n.kind = ? AND n.title = ?) AND NOT "
      "EXISTS "
      "(SELECT 1 FROM notification_preferences p WHERE p.employee = e.id AND p.kind = ? AND p.channel = 'INBOX' "
      "AND p.muted = 1)";
  std::vector<Value> params = {today, today, notice.subject, kind, notice.title, kind};
  if (!department.empty()) {
    absl::StrAppend(&sql, " AND s.department_path LIKE ?");
    params.emplace_back(absl::StrCat("%/", IdOf(department), "/%"));
  }
  if (!unread_of.empty()) {
    absl::StrAppend(&sql, " AND NOT EXISTS (SELECT 1 FROM policy_receipts r WHERE r.document = ? AND r.reader = e.id)");
    params.emplace_back(IdOf(unread_of));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> people,
                   Ids(work, absl::StrCat(sql, " ORDER BY e.id LIMIT ", kAtATime), params));
  for (const std::string& id : people) {
    RETURN_IF_ERROR(Put(work, NameOf("employees", id), notice, notice.subject));
  }
  return people.size() < kAtATime;
}

}  // namespace kam::account
