// What has happened in the other services, told to those whom it concerns (G-22): the programs of the suite bring it.
#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/people/line.h"
#include "account-svc/staff.h"
#include "account-svc/work/notification.h"
#include "account-svc/work/work_service.h"
#include "common/auth/principal.h"
#include "common/status/status.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;

constexpr size_t kAtATime = 200;  // People of the audience whom one transaction looks at.

absl::StatusOr<std::vector<std::string>> Column(UnitOfWork& work, const char* sql, const std::vector<Value>& params) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows, work.connection().Query(sql, mysql::Params(params)));
  std::vector<std::string> values;
  for (const Row& row : rows) {
    if (!row[0].is_null()) values.push_back(row[0].text());
  }
  return values;
}

// A row of another service, as row scope sees it (common/resource/store.h): whose it is, and who has a seat at its
// account.
struct RowOfOther {
  std::set<std::string> people;      // Owner and seats, by id.
  std::vector<std::string> paths;    // Of their departments.
  std::vector<std::string> regions;  // Of the owner and of the account.
  bool everybodys = false;           // Its type has no owner and no account.
};

absl::StatusOr<std::vector<std::string>> SeatsAt(UnitOfWork& work, const std::string& account) {
  return Column(work, "SELECT employee FROM account_scope_members WHERE account = ?", {IdOf(account)});
}

absl::StatusOr<RowOfOther> RowOf(UnitOfWork& work, const pb::Notice& notice) {
  RowOfOther row;
  row.everybodys = notice.owner().empty() && notice.account().empty();
  if (!notice.owner().empty()) {
    row.people.insert(IdOf(notice.owner()));
    ASSIGN_OR_RETURN(row.regions,
                     Column(work, "SELECT region FROM employee_scopes WHERE employee = ?", {IdOf(notice.owner())}));
  }
  if (!notice.account().empty()) {
    ASSIGN_OR_RETURN(std::vector<std::string> seats, SeatsAt(work, notice.account()));
    row.people.insert(std::make_move_iterator(seats.begin()), std::make_move_iterator(seats.end()));
    ASSIGN_OR_RETURN(std::vector<std::string> regions,
                     Column(work, "SELECT region FROM account_scopes WHERE account = ?", {IdOf(notice.account())}));
    std::move(regions.begin(), regions.end(), std::back_inserter(row.regions));
  }
  for (const std::string& id : row.people) {
    ASSIGN_OR_RETURN(std::vector<std::string> path,
                     Column(work, "SELECT department_path FROM employee_scopes WHERE employee = ?", {id}));
    std::move(path.begin(), path.end(), std::back_inserter(row.paths));
  }
  return row;
}

absl::StatusOr<bool> IsAboveSomebody(UnitOfWork& work, const std::string& id, const std::set<std::string>& people,
                                     const std::string& day) {
  for (const std::string& person : people) {
    ASSIGN_OR_RETURN(const bool above,
                     IsAbove(work.connection(), NameOf("employees", id), NameOf("employees", person), day));
    if (above) return true;
  }
  return false;
}

// Whether a right of this level reaches the row for the person.
absl::StatusOr<bool> Reaches(UnitOfWork& work, const std::string& id, auth::Level level, const RowOfOther& row,
                             const std::string& day) {
  if (level == auth::Level::kNone) return false;
  if (level == auth::Level::kAll || row.everybodys || row.people.count(id) > 0) return true;
  if (level == auth::Level::kTeam) return IsAboveSomebody(work, id, row.people, day);
  if (level == auth::Level::kDepartment) {
    ASSIGN_OR_RETURN(const std::vector<std::string> own,
                     Column(work, "SELECT department_path FROM employee_scopes WHERE employee = ?", {id}));
    return !own.empty() && std::any_of(row.paths.begin(), row.paths.end(),
                                       [&](const std::string& path) { return absl::StartsWith(path, own[0]); });
  }
  if (level != auth::Level::kRegion) return false;
  ASSIGN_OR_RETURN(std::vector<std::string> own,
                   Column(work, "SELECT value FROM employees_regions WHERE parent_id = ?", {id}));
  // Without regions of his own a person answers for the one he works in.
  if (own.empty()) {
    ASSIGN_OR_RETURN(own, Column(work, "SELECT region FROM employees WHERE id = ?", {id}));
  }
  return std::find_first_of(own.begin(), own.end(), row.regions.begin(), row.regions.end()) != own.end();
}

absl::StatusOr<std::vector<std::string>> AudienceOf(UnitOfWork& work, const pb::Notice& notice,
                                                    const std::string& day) {
  switch (notice.audience()) {
    case pb::NOTICE_AUDIENCE_PERSON:
      return std::vector<std::string>{IdOf(notice.whom())};
    case pb::NOTICE_AUDIENCE_SUPERIORS: {
      ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(notice.whom()), day));
      return line.levels.empty() ? std::vector<std::string>() : line.levels[0];
    }
    case pb::NOTICE_AUDIENCE_HOLDERS:
      if (notice.roles().empty()) return HoldersOfRight(work.connection(), notice.permission(), day);
      return HoldersOfRoles(work.connection(), {notice.roles().begin(), notice.roles().end()}, day);
    case pb::NOTICE_AUDIENCE_ACCOUNT:
      return SeatsAt(work, notice.account());
    default:
      return InvalidField("notices.audience", "FIELD_VALUE_UNKNOWN", "this program knows no such audience");
  }
}

// A notice, and the row that a right must reach.
struct Incoming {
  const pb::Notice* notice = nullptr;
  RowOfOther row;
};

// The widest level at which somebody has the right, by whichever of his roles.
absl::StatusOr<auth::Level> LevelOf(UnitOfWork& work, const std::string& id, const std::string& permission,
                                    const std::string& day) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, LevelsOf(work.connection(), id, permission, day));
  auth::Level widest = auth::Level::kNone;
  for (const std::string& name : names) {
    auth::Level level = auth::Level::kNone;
    if (!auth::ParseLevel(absl::AsciiStrToLower(name), &level)) {
      return Internal(absl::StrCat("the level ", name, " of ", permission, " is unknown"));
    }
    widest = std::max(widest, level);
  }
  return widest;
}

// Whether somebody of its audience is told: he is where no right is asked for.
absl::StatusOr<bool> IsFor(UnitOfWork& work, const Incoming& incoming, const std::string& id, const std::string& day) {
  const std::string& permission = incoming.notice->permission();
  if (permission.empty()) return true;
  ASSIGN_OR_RETURN(const auth::Level level, LevelOf(work, id, permission, day));
  return Reaches(work, id, level, incoming.row, day);
}

rules::Notice ToPerson(const pb::Notice& notice, const std::string& id) {
  rules::Notice told;
  told.audience = rules::Audience::kPerson;
  told.whom = NameOf("employees", id);
  told.kind = notice.kind();
  told.title = notice.title();
  told.due_date = notice.due_date();
  told.subject = notice.subject();
  return told;
}

absl::StatusOr<pb::DeliverNoticesResponse> DeliverNotices(const Context& context, UnitOfWork& work,
                                                          const pb::DeliverNoticesRequest& request) {
  const std::string today = context.Today(work.now());
  std::vector<Incoming> incoming(static_cast<size_t>(request.notices_size()));
  std::map<std::string, std::vector<const Incoming*>> by_person;  // By id.
  for (int i = 0; i < request.notices_size(); ++i) {
    Incoming& entry = incoming[static_cast<size_t>(i)];
    entry.notice = &request.notices(i);
    ASSIGN_OR_RETURN(entry.row, RowOf(work, *entry.notice));
    ASSIGN_OR_RETURN(const std::vector<std::string> people, AudienceOf(work, *entry.notice, today));
    for (const std::string& id : people) by_person[id].push_back(&entry);
  }
  by_person.erase(IdOf(request.except()));
  std::vector<rules::Notice> portion;
  size_t looked_at = 0;
  auto person = by_person.upper_bound(request.after());
  for (; person != by_person.end() && looked_at < kAtATime; ++person, ++looked_at) {
    for (const Incoming* entry : person->second) {
      ASSIGN_OR_RETURN(const bool is_for, IsFor(work, *entry, person->first, today));
      if (is_for) portion.push_back(ToPerson(*entry->notice, person->first));
    }
  }
  RETURN_IF_ERROR(Deliver(context, work, portion, ""));
  pb::DeliverNoticesResponse response;
  if (person != by_person.end()) response.set_next(std::prev(person)->first);
  return response;
}

}  // namespace

void RegisterNoticeIntake(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::DeliverNoticesRequest, pb::DeliverNoticesResponse>(
      "kam.organization.v1.NotificationService/DeliverNotices",
      [context](rpc::Call& call, const pb::DeliverNoticesRequest& request) {
        return context.runtime.Write<pb::DeliverNoticesResponse>(
            call, request, [&](UnitOfWork& work) { return DeliverNotices(context, work, request); });
      });
}

}  // namespace kam::account
