// A service under test as it runs: its handlers behind a real rpc::Server on a free port, over a real database.
//
//   testing::Harness harness("contract-svc/schema", contract::FillCatalog,
//                            [&](resource::Runtime& runtime, rpc::Registry* registry) {
//                              contract::RegisterAll(runtime, policy, registry);
//                            });
//   const auth::Principal kam = harness.PrincipalFor("KAM", employee, "/{department}/");
//   absl::StatusOr<pb::Quote> quote = harness.Call<pb::Quote>(kam, "kam.contract.v1.QuoteService/GetQuote", request);
//
// One harness may serve a whole test suite: it is thread-safe, apart from the clock's meaning for others.
#ifndef KAM_COMMON_TESTING_HARNESS_H_
#define KAM_COMMON_TESTING_HARNESS_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/principal.h"
#include "common/resource/runtime.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/testing/mariadb.h"
#include "common/testing/state_changes.h"
#include "common/time/fake_clock.h"

namespace kam::rpc {
class Client;
class Server;
}  // namespace kam::rpc

namespace kam::testing {

class Harness {
 public:
  // Applies the migrations of common/resource/schema and of `schema_directory` (from the source root), fills catalog
  // and registry, puts the guards around the handlers, checks the schema against the descriptors, and serves. What goes
  // wrong fails the test; every call is UNAVAILABLE then.
  Harness(absl::string_view schema_directory, const std::function<void(resource::Catalog*)>& fill,
          const std::function<void(resource::Runtime&, rpc::Registry*)>& register_all);
  ~Harness();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  // Stands at Monday 2026-01-05T00:00:00Z until a test moves it.
  FakeClock& clock() { return clock_; }
  TempDatabase& db() { return db_; }
  // Of what the history says; for a world that empties it between its tests.
  const StateChangesWatch& state_changes() const { return watch_; }
  resource::Runtime& runtime() { return *runtime_; }
  const rpc::Registry& registry() const { return registry_; }
  int port() const;

  // One call through gRPC as `principal`.
  absl::Status CallMessage(const auth::Principal& principal, absl::string_view method,
                           const google::protobuf::Message& request, google::protobuf::Message* response);
  template <typename Response>
  absl::StatusOr<Response> Call(const auth::Principal& principal, absl::string_view method,
                                const google::protobuf::Message& request) {
    Response response;
    absl::Status status = CallMessage(principal, method, request, &response);
    if (!status.ok()) return status;
    return response;
  }

  // A fresh id, for rows that a test invents.
  std::string NewId();

  // A person with the rights that account-svc/rights gives to `role` (several: "KAM GAM"). `employee` is an id,
  // `department` a path ("/{id}/{id}/"), `team` holds the ids of everybody below.
  auth::Principal PrincipalFor(absl::string_view role, const std::string& employee, const std::string& department = {},
                               const std::vector<std::string>& team = {}, const std::vector<std::string>& regions = {});
  // A program of the suite with these permissions over all rows.
  static auth::Principal Program(const std::string& name, const std::vector<std::string>& permissions);

  // Rows of the scope tables, for services that only have replicas of them. Ids, not names; empty text is NULL.
  void AddEmployeeScope(const std::string& employee, const std::string& department_path, const std::string& region);
  void AddAccountScope(const std::string& account, const std::string& owner, const std::string& creator,
                       const std::string& region, const std::string& legal_name, const std::string& state = "ACTIVE");

 private:
  class Tokens;

  absl::Status Start(absl::string_view schema_directory, const std::function<void(resource::Catalog*)>& fill,
                     const std::function<void(resource::Runtime&, rpc::Registry*)>& register_all);

  FakeClock clock_;
  TempDatabase db_;
  resource::Catalog catalog_;
  StateChangesWatch watch_{db_.database(), catalog_};
  rpc::Registry registry_;
  std::unique_ptr<resource::Runtime> runtime_;
  std::unique_ptr<Tokens> tokens_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Client> client_;
};

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_HARNESS_H_
