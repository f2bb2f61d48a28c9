// The stage on which the journey is played: people with their tokens, the gateway, the sandbox clock, and the lines
// that are printed while it goes on. Every step either does what it should or ends the journey with a clear message.
#ifndef KAM_GATEWAY_KAMCTL_JOURNEY_WORLD_H_
#define KAM_GATEWAY_KAMCTL_JOURNEY_WORLD_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/dev_issuer.h"
#include "gateway/kamctl/http.h"
#include "gateway/kamctl/sandbox.h"

namespace kam::ctl::journey {

class World {
 public:
  // `gateway`: URL. `issuer_directory`: of the development issuer. `clock` may be null: time then stands still, and
  // MoveTo fails. Both must outlive the world.
  static absl::StatusOr<std::unique_ptr<World>> Create(const std::string& gateway, const std::string& issuer_directory,
                                                       SandboxClock* clock);

  // ---- Steps. `login` acts; `what` says in Chinese and English what is done, for the line printed.

  // POST. When `state` is given, the answer's state must end with it ("VERIFIED").
  absl::StatusOr<Json> Do(const std::string& login, const std::string& what, const std::string& path, const Json& body,
                          const std::string& state = "");
  // PATCH.
  absl::StatusOr<Json> Change(const std::string& login, const std::string& what, const std::string& path,
                              const Json& body);
  // POST that must be refused with `reason`; the refusal is printed.
  absl::Status Refused(const std::string& login, const std::string& what, const std::string& path, const Json& body,
                       const std::string& reason);
  // `body` with the etag that `login` reads at `path`: decisions name the version they are about.
  absl::StatusOr<Json> Seen(const std::string& login, const std::string& path, Json body = Json::object());
  // POST without a line, asked again until the answer satisfies `done`: services tell one another what has changed by
  // their feeds, a moment later. Ends the journey when that takes longer than kPatience.
  absl::Status Await(const std::string& login, const std::string& what, const std::string& path, const Json& body,
                     const std::function<bool(const Json&)>& done);
  static constexpr absl::Duration kPatience = absl::Seconds(15);
  // GET that must be refused.
  absl::Status Hidden(const std::string& login, const std::string& what, const std::string& path,
                      const std::string& reason);
  // GET, printed only when it fails.
  absl::StatusOr<Json> Read(const std::string& login, const std::string& path);
  // Does a step that sets the stage, unless `filter` finds that it was done before.
  absl::Status Ensure(const std::string& login, const std::string& what, const std::string& collection,
                      const std::string& filter, const Json& body);
  // Every item of a list.
  absl::StatusOr<Json> All(const std::string& login, const std::string& path, const std::string& items);
  // The first item that a filter finds; null when there is none.
  absl::StatusOr<Json> Find(const std::string& login, const std::string& collection, const std::string& filter);
  // Resource name of the resource with this external id; an error when there is none.
  absl::StatusOr<std::string> Named(const std::string& login, const std::string& collection,
                                    const std::string& external_id);
  // employees/{id} of a person.
  absl::StatusOr<std::string> Employee(const std::string& login);

  // Ends the journey unless `holds`; prints nothing.
  absl::Status Check(bool holds, const std::string& what) const;

  // ---- Lines

  void Chapter(const std::string& title) const;
  void Line(const std::string& text) const;

  // ---- Time of the sandbox

  // Sets the clocks of all services; what falls due on the way is done.
  absl::Status MoveTo(absl::Time time);
  // To an hour of the first working day (Monday to Friday) at least `days` days ahead.
  absl::Status MoveOn(int days, int hour);
  absl::Time now() const { return now_; }
  absl::TimeZone zone() const { return zone_; }
  // Date so many days from now, "2026-11-23".
  std::string Day(int days = 0) const;
  // An RFC 3339 text as people here read it, "04-26 16:20".
  std::string Local(const std::string& stamp) const;
  // RFC 3339 of a time.
  static std::string Stamp(absl::Time time);
  // Asks the services what time they have: their clock may be ahead of ours.
  absl::Status TakeServiceTime();

  int steps() const { return steps_; }
  int refusals() const { return refusals_; }

 private:
  World(std::string gateway, std::unique_ptr<auth::DevIssuer> issuer, SandboxClock* clock);

  absl::StatusOr<Gateway*> As(const std::string& login);
  absl::StatusOr<Json> Send(const std::string& login, const std::string& method, const std::string& path,
                            const Json& body);
  absl::Status Stop(const std::string& login, const std::string& what, const absl::Status& status) const;
  absl::Status CheckRefused(const std::string& login, const std::string& what, const absl::StatusOr<Json>& answer,
                            const std::string& reason);

  const std::string gateway_;
  const std::unique_ptr<auth::DevIssuer> issuer_;
  SandboxClock* const clock_;
  absl::TimeZone zone_;
  absl::Time now_;
  std::map<std::string, Gateway> people_;
  std::map<std::string, std::string> employees_;
  int steps_ = 0;
  int refusals_ = 0;
};

// Number of a resource, or its name.
std::string Label(const Json& resource);
// "name" of a resource.
std::string Name(const Json& resource);
// "/v1/" and the name of the resource.
std::string PathOf(const Json& resource);

// What is traded in.
inline constexpr char kCurrency[] = "CNY";
// A money value in it; `amount` as "600000.00".
absl::StatusOr<Json> Cny(absl::string_view amount);

}  // namespace kam::ctl::journey

#endif  // KAM_GATEWAY_KAMCTL_JOURNEY_WORLD_H_
