// The after-sales service under test with people of every role, accounts, a clock and a scheduler.
#ifndef KAM_AFTERSALES_SVC_TESTING_WORLD_H_
#define KAM_AFTERSALES_SVC_TESTING_WORLD_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/schedule/schedule.h"
#include "common/testing/harness.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"

namespace kam::aftersales::testing {

class World {
 public:
  // The one of this program, without any rows. A schema of its own for every test would take seconds each.
  static World& Fresh();

  ::kam::testing::Harness& harness() { return *harness_; }

  // A person with this role; the same text gives the same person. "KAM" works in the first department, "KAM@2" in the
  // second; "SA#2" is another advisor than "SA".
  const auth::Principal& As(const std::string& who);
  // "employees/{id}" of that person.
  std::string Name(const std::string& who) { return As(who).subject; }
  // A person who holds every right of this service over all rows.
  auth::Principal Almighty();

  // An account ("accounts/{id}") owned by that person.
  std::string NewAccount(const std::string& owner = "KAX", const std::string& tier = "B");

  // What contract-svc has from now on: an order, a contract, a receipt by credit note or a receivable, by name. One
  // that does not stand is reversed or cancelled.
  void AddThere(const std::string& name, const std::string& account, const std::string& amount = "0",
                bool stands = true);
  // Whether contract-svc answers.
  void SetContractSide(bool answers) { contract_side_answers_ = answers; }

  // Time on the wall in Shanghai, "2026-01-05 13:00".
  static absl::Time At(absl::string_view text);
  void SetTime(absl::string_view text) { harness_->clock().Set(At(text)); }
  static std::string Show(const google::protobuf::Timestamp& stamp);
  // Runs everything that is due now; how many items were done.
  int64_t RunDue();

  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& who, absl::string_view method,
                                const google::protobuf::Message& request) {
    return harness_->Call<Response>(As(who), method, request);
  }

 private:
  struct There {
    std::string account;
    std::string amount;
    bool stands;
  };

  World();
  void Clear();
  absl::Status AskContractSide(const google::protobuf::Message& request, google::protobuf::Message* response) const;

  std::unique_ptr<schedule::Scheduler> scheduler_;
  std::unique_ptr<::kam::testing::Harness> harness_;
  std::map<std::string, auth::Principal> people_;
  std::map<std::string, std::string> departments_;
  std::map<std::string, There> there_;  // By name.
  std::atomic<bool> contract_side_answers_ = true;
};

// "1234.50" CNY.
google::type::Money Cny(absl::string_view amount);
// "CNY 1234.50".
std::string Show(const google::type::Money& money);

}  // namespace kam::aftersales::testing

#endif  // KAM_AFTERSALES_SVC_TESTING_WORLD_H_
