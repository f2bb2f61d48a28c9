#include "gateway/kamctl/journey/world.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "common/id/id.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"

namespace kam::ctl::journey {
namespace {

constexpr char kZone[] = "Asia/Shanghai";
constexpr size_t kKeyBytes = 16;
constexpr absl::Duration kPause = absl::Milliseconds(100);

// A fresh UUID for one write, so that a repeated send is done once.
absl::StatusOr<std::string> NewKey() {
  unsigned char bytes[kKeyBytes];
  RETURN_IF_ERROR(SystemRandom(absl::MakeSpan(bytes)));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // Version 4, random.
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);  // Variant of RFC 4122.
  const std::string hex = absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

}  // namespace

std::string Name(const Json& resource) { return resource.is_object() ? resource.value("name", "") : ""; }

std::string PathOf(const Json& resource) { return absl::StrCat("/v1/", Name(resource)); }

absl::StatusOr<Json> Cny(absl::string_view amount) { return MoneyOf(amount, kCurrency); }

std::string Label(const Json& resource) { return resource.is_object() ? resource.value("number", Name(resource)) : ""; }

World::World(std::string gateway, std::unique_ptr<auth::DevIssuer> issuer, SandboxClock* clock)
    : gateway_(std::move(gateway)), issuer_(std::move(issuer)), clock_(clock), now_(absl::Now()) {
  if (!absl::LoadTimeZone(kZone, &zone_)) zone_ = absl::FixedTimeZone(8 * 60 * 60);
}

absl::StatusOr<std::unique_ptr<World>> World::Create(const std::string& gateway, const std::string& issuer_directory,
                                                     SandboxClock* clock) {
  auth::DevIssuer::Options options;
  options.enabled = true;
  options.directory = issuer_directory;
  ASSIGN_OR_RETURN(auto issuer, auth::DevIssuer::Create(options));
  return std::unique_ptr<World>(new World(gateway, std::move(issuer), clock));
}

absl::StatusOr<Gateway*> World::As(const std::string& login) {
  auto it = people_.find(login);
  if (it == people_.end()) {
    ASSIGN_OR_RETURN(const std::string token, issuer_->Mint(login, absl::Now()));
    it = people_.emplace(login, Gateway(gateway_, token)).first;
  }
  return &it->second;
}

absl::StatusOr<Json> World::Send(const std::string& login, const std::string& method, const std::string& path,
                                 const Json& body) {
  ASSIGN_OR_RETURN(Gateway * person, As(login));
  ASSIGN_OR_RETURN(const std::string key, NewKey());
  return person->Call(method, path, &body, key);
}

absl::Status World::Stop(const std::string& login, const std::string& what, const absl::Status& status) const {
  std::string fields;
  for (const std::string& field : ViolatedFields(status)) absl::StrAppend(&fields, fields.empty() ? " [" : ", ", field);
  return Error(status.code(), "JOURNEY_STOPPED",
               absl::StrCat(login, ", ", what, ": ", Reason(status), ": ", std::string(status.message()), fields,
                            fields.empty() ? "" : "]"));
}

absl::StatusOr<Json> World::Do(const std::string& login, const std::string& what, const std::string& path,
                               const Json& body, const std::string& state) {
  const absl::StatusOr<Json> answer = Send(login, "POST", path, body);
  if (!answer.ok()) return Stop(login, what, answer.status());
  const std::string reached = answer->value("state", "");
  if (!state.empty()) {
    RETURN_IF_ERROR(Check(absl::EndsWith(reached, state),
                          absl::StrCat(login, ", ", what, ": the state is ", reached, " instead of ", state)));
  }
  ++steps_;
  const std::string label = answer->value("number", "");
  std::printf("  %-14s %s%s%s%s%s\n", login.c_str(), what.c_str(), label.empty() ? "" : "  ", label.c_str(),
              state.empty() ? "" : " -> ", state.c_str());
  return *answer;
}

absl::StatusOr<Json> World::Change(const std::string& login, const std::string& what, const std::string& path,
                                   const Json& body) {
  const absl::StatusOr<Json> answer = Send(login, "PATCH", path, body);
  if (!answer.ok()) return Stop(login, what, answer.status());
  ++steps_;
  std::printf("  %-14s %s\n", login.c_str(), what.c_str());
  return *answer;
}

absl::Status World::CheckRefused(const std::string& login, const std::string& what, const absl::StatusOr<Json>& answer,
                                 const std::string& reason) {
  RETURN_IF_ERROR(Check(!answer.ok(), absl::StrCat(login, ", ", what, ": should have been refused (", reason, ")")));
  if (Reason(answer.status()) != reason) return Stop(login, what, answer.status());
  ++refusals_;
  std::printf("  %-14s %s\n  %-14s     REFUSED %s: %s\n", login.c_str(), what.c_str(), "", reason.c_str(),
              std::string(answer.status().message()).c_str());
  return absl::OkStatus();
}

absl::Status World::Refused(const std::string& login, const std::string& what, const std::string& path,
                            const Json& body, const std::string& reason) {
  return CheckRefused(login, what, Send(login, "POST", path, body), reason);
}

absl::Status World::Await(const std::string& login, const std::string& what, const std::string& path, const Json& body,
                          const std::function<bool(const Json&)>& done) {
  const absl::Time give_up = absl::Now() + kPatience;
  while (true) {
    const absl::StatusOr<Json> answer = Send(login, "POST", path, body);
    if (!answer.ok()) return Stop(login, what, answer.status());
    if (done(*answer)) return absl::OkStatus();
    RETURN_IF_ERROR(Check(absl::Now() < give_up, absl::StrCat(what, ": not within ", absl::FormatDuration(kPatience))));
    absl::SleepFor(kPause);
  }
}

absl::Status World::Hidden(const std::string& login, const std::string& what, const std::string& path,
                           const std::string& reason) {
  ASSIGN_OR_RETURN(Gateway * person, As(login));
  return CheckRefused(login, what, person->Get(path), reason);
}

absl::StatusOr<Json> World::Read(const std::string& login, const std::string& path) {
  ASSIGN_OR_RETURN(Gateway * person, As(login));
  absl::StatusOr<Json> answer = person->Get(path);
  if (!answer.ok()) return Stop(login, absl::StrCat("GET ", path), answer.status());
  return answer;
}

absl::StatusOr<Json> World::Seen(const std::string& login, const std::string& path, Json body) {
  ASSIGN_OR_RETURN(const Json seen, Read(login, path));
  body["etag"] = seen.value("etag", "");
  return body;
}

absl::StatusOr<Json> World::All(const std::string& login, const std::string& path, const std::string& items) {
  ASSIGN_OR_RETURN(Gateway * person, As(login));
  absl::StatusOr<Json> answer = person->ListAll(path, items);
  if (!answer.ok()) return Stop(login, absl::StrCat("GET ", path), answer.status());
  return answer;
}

absl::StatusOr<Json> World::Find(const std::string& login, const std::string& collection, const std::string& filter) {
  ASSIGN_OR_RETURN(const Json page,
                   Read(login, absl::StrCat("/v1/", collection, "?pageSize=1&filter=", UrlEncode(filter))));
  const Json items = page.value(collection, Json::array());
  return items.empty() ? Json() : items[0];
}

absl::Status World::Ensure(const std::string& login, const std::string& what, const std::string& collection,
                           const std::string& filter, const Json& body) {
  ASSIGN_OR_RETURN(const Json found, Find(login, collection, filter));
  if (found.is_null()) return Do(login, what, absl::StrCat("/v1/", collection), body).status();
  std::printf("  %-14s %s (in force)\n", login.c_str(), what.c_str());
  return absl::OkStatus();
}

absl::StatusOr<std::string> World::Named(const std::string& login, const std::string& collection,
                                         const std::string& external_id) {
  ASSIGN_OR_RETURN(const Json found, Find(login, collection, absl::StrCat("external_ids.id = \"", external_id, "\"")));
  RETURN_IF_ERROR(Check(!found.is_null(), absl::StrCat(login, " does not find ", collection, " ", external_id,
                                                       ": the journey needs the data of samples/demo")));
  return Name(found);
}

absl::StatusOr<std::string> World::Employee(const std::string& login) {
  auto it = employees_.find(login);
  if (it == employees_.end()) {
    ASSIGN_OR_RETURN(const Json found, Find(login, "employees", absl::StrCat("login = \"", login, "\"")));
    RETURN_IF_ERROR(Check(!found.is_null(), absl::StrCat("there is no employee ", login)));
    it = employees_.emplace(login, Name(found)).first;
  }
  return it->second;
}

absl::Status World::Check(bool holds, const std::string& what) const {
  if (holds) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "JOURNEY_STOPPED", what);
}

void World::Chapter(const std::string& title) const { std::printf("\n%s  %s\n", Day().c_str(), title.c_str()); }

void World::Line(const std::string& text) const { std::printf("  %s\n", text.c_str()); }

absl::Status World::MoveTo(absl::Time time) {
  RETURN_IF_ERROR(Check(clock_ != nullptr, "the sandbox clock is not there"));
  ASSIGN_OR_RETURN(now_, clock_->MoveTo(time));
  std::printf("  %-14s %s\n", "--", absl::FormatTime("%Y-%m-%d %H:%M", now_, zone_).c_str());
  return absl::OkStatus();
}

absl::Status World::MoveOn(int days, int hour) {
  absl::CivilDay day = absl::ToCivilDay(now_, zone_) + days;
  while (absl::GetWeekday(day) == absl::Weekday::saturday || absl::GetWeekday(day) == absl::Weekday::sunday) ++day;
  const absl::Time time = absl::FromCivil(absl::CivilHour(day.year(), day.month(), day.day(), hour), zone_);
  return MoveTo(std::max(time, now_));
}

std::string World::Day(int days) const { return absl::FormatCivilTime(absl::ToCivilDay(now_, zone_) + days); }

std::string World::Local(const std::string& stamp) const {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, stamp, &time, &error)) return stamp;
  return absl::FormatTime("%m-%d %H:%M", time, zone_);
}

std::string World::Stamp(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

absl::Status World::TakeServiceTime() { return MoveTo(now_); }

}  // namespace kam::ctl::journey
