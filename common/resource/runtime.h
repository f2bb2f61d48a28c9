// The runtime every write goes through: one transaction with idempotency, scope, rules, version, audit and event.
//
//   runtime.Write<pb::Account>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Account> {
//     ASSIGN_OR_RETURN(auto change, work.Begin<pb::Account>(request));    // lock, scope, etag, state
//     RETURN_IF_ERROR(rules::Verify(change.before, work.now(), &change.after));   // pure
//     return work.Save(change);                                             // row, children, audit, event
//   });
//
// The closure may run more than once (deadlock) and must have no effects of its own; other services are asked before.
#ifndef KAM_COMMON_RESOURCE_RUNTIME_H_
#define KAM_COMMON_RESOURCE_RUNTIME_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/id/id.h"
#include "common/mysql/mysql.h"
#include "common/resource/filter.h"
#include "common/resource/store.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/status/status.h"
#include "common/time/clock.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {

class Runtime;

// A loaded resource and what it is to become.
template <typename T>
struct Change {
  T before;
  T after;
};

// One business transaction. Not thread-safe; lives inside Runtime::Write.
class UnitOfWork {
 public:
  // The time of the transaction: the same for everything it writes.
  absl::Time now() const { return now_; }
  const auth::Principal& actor() const { return actor_; }
  mysql::Connection& connection() { return connection_; }
  const Runtime& runtime() const { return runtime_; }
  // How far the caller's right to the method reaches; everything for the program's own work.
  auth::Level level() const { return call_.rules == nullptr ? auth::Level::kAll : call_.level(); }
  // True while a BatchUpsert brings history from another system: dates and states may be those of the past.
  bool importing() const { return importing_; }
  absl::StatusOr<std::string> NewId();
  // The reason written into the history; the runtime takes it from a request field "reason".
  void set_reason(std::string reason) { reason_ = std::move(reason); }

  // Locks and reads a resource. `level`: rows the caller may reach; Level::kAll when the rule, not the caller, asks.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> LoadMessage(const Type& type, absl::string_view name,
                                                                         auth::Level level);
  template <typename T>
  absl::StatusOr<T> Load(absl::string_view name, auth::Level level = auth::Level::kAll) {
    ASSIGN_OR_RETURN(auto message, LoadMessage(TypeOf(T::descriptor()), name, level));
    return std::move(static_cast<T&>(*message));
  }

  // Loads request.name() at the caller's level, checks request.etag() and the transition of the method: a state that is
  // not in (kam.api.method).transition.from is FAILED_PRECONDITION STATE_NOT_ALLOWED. after.state is set to
  // transition.to when that is given.
  template <typename T, typename Request>
  absl::StatusOr<Change<T>> Begin(const Request& request) {
    ASSIGN_OR_RETURN(auto message, BeginMessage(TypeOf(T::descriptor()), request));
    Change<T> change;
    change.before = static_cast<const T&>(*message);
    change.after = change.before;
    EnterState(&change.after);
    return change;
  }

  // Rows by condition (over alias t), at most `limit`, unscoped; `order_sql` like "ORDER BY t.id".
  template <typename T>
  absl::StatusOr<std::vector<T>> Find(const SqlCondition& where, const std::string& order_sql, int limit,
                                      bool lock = false) {
    ASSIGN_OR_RETURN(auto records, FindRecords(TypeOf(T::descriptor()), where, order_sql, limit, lock));
    std::vector<T> found;
    found.reserve(records.size());
    for (Record& record : records) found.push_back(std::move(static_cast<T&>(*record.message)));
    return found;
  }

  // Validates and stores a new resource; gives it name, number, times and etag. Runs the type's saved-hooks.
  absl::Status InsertMessage(google::protobuf::Message* resource);
  template <typename T>
  absl::StatusOr<T> Insert(T resource) {
    RETURN_IF_ERROR(InsertMessage(&resource));
    return resource;
  }

  // Validates and stores a changed resource. Nothing changed: nothing is written. ABORTED ETAG_MISMATCH when the row
  // has moved on since `before` was read.
  absl::Status SaveMessage(const google::protobuf::Message& before, google::protobuf::Message* after);
  template <typename T>
  absl::StatusOr<T> Save(Change<T> change) {
    RETURN_IF_ERROR(SaveMessage(change.before, &change.after));
    return std::move(change.after);
  }
  // Sets or clears the archive mark.
  absl::Status SetArchived(const google::protobuf::Message& before, bool archived, google::protobuf::Message* after);

  // The caller must reach the row as it is now; PERMISSION_DENIED OUT_OF_SCOPE otherwise.
  absl::Status CheckReach(const Type& type, const google::protobuf::Message& resource, auth::Level level);

 private:
  friend class Runtime;
  UnitOfWork(Runtime& runtime, mysql::Connection& connection, const rpc::Call& call, const auth::Principal& actor,
             absl::Time now)
      : runtime_(runtime), connection_(connection), call_(call), actor_(actor), now_(now) {}

  const Type& TypeOf(const google::protobuf::Descriptor* descriptor) const;
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> BeginMessage(const Type& type,
                                                                          const google::protobuf::Message& request);
  void EnterState(google::protobuf::Message* resource) const;
  absl::StatusOr<std::vector<Record>> FindRecords(const Type& type, const SqlCondition& where,
                                                  const std::string& order_sql, int limit, bool lock);
  absl::Status CheckReferences(const Type& type, const google::protobuf::Message* before,
                               const google::protobuf::Message& after);
  absl::Status WriteChange(const Type& type, absl::string_view kind, const SystemValues& system,
                           const std::vector<kam::api::FieldChange>& fields);

  Runtime& runtime_;
  mysql::Connection& connection_;
  const rpc::Call& call_;
  const auth::Principal& actor_;
  absl::Time now_;
  std::string reason_;
  bool importing_ = false;
};

// Rules of one resource type in the standard methods. All optional. They run inside the transaction.
struct Hooks {
  // Before a new resource is stored (Create, BatchUpsert): completes it and may refuse.
  std::function<absl::Status(UnitOfWork&, google::protobuf::Message* created)> on_create;
  // Before a change is stored (Update, BatchUpsert).
  std::function<absl::Status(UnitOfWork&, const google::protobuf::Message& before, google::protobuf::Message* after)>
      on_update;
  // Before Update, Archive or Restore locks the row: locks what comes earlier in the service's lock order. `name` is as
  // the caller gave it; nothing is answered about it here, and a missing row is none of its business.
  std::function<absl::Status(UnitOfWork&, const std::string& name)> lock_first;
  // Before Archive, before Restore.
  std::function<absl::Status(UnitOfWork&, const google::protobuf::Message& before)> on_archive;
  std::function<absl::Status(UnitOfWork&, const google::protobuf::Message& before)> on_restore;
  // After any write of the type, also by custom methods. `before` is null for a new resource.
  std::function<absl::Status(UnitOfWork&, const google::protobuf::Message* before,
                             const google::protobuf::Message& after)>
      on_saved;
  // Before the transaction of Create, Update and BatchUpsert: look-ups in other services for these resources.
  std::function<absl::Status(const rpc::Call&, const std::vector<const google::protobuf::Message*>& resources)> prepare;
};

class Runtime {
 public:
  // `page_token_key`: 32 bytes, the same in every replica; so is `zone`, where the days and years of the business
  // begin.
  Runtime(mysql::Database& database, const Catalog& catalog, const Clock& clock, std::string page_token_key,
          absl::TimeZone zone);

  mysql::Database& database() const { return database_; }
  const Catalog& catalog() const { return catalog_; }
  const Store& store() const { return store_; }
  const Clock& clock() const { return clock_; }
  absl::TimeZone zone() const { return zone_; }
  const PageTokens& page_tokens() const { return page_tokens_; }

  // Set at start-up.
  void SetHooks(const google::protobuf::Descriptor* type, Hooks hooks);
  const Hooks& HooksOf(const google::protobuf::Descriptor* type) const;

  // Runs a write for an RPC: idempotency by request.request_id, validate_only, reason, then `work` in a transaction.
  absl::Status WriteMessage(rpc::Call& call, const google::protobuf::Message& request,
                            google::protobuf::Message* response,
                            absl::FunctionRef<absl::Status(UnitOfWork&, google::protobuf::Message* response)> work,
                            bool importing = false);
  template <typename Response>
  absl::StatusOr<Response> Write(rpc::Call& call, const google::protobuf::Message& request,
                                 absl::FunctionRef<absl::StatusOr<Response>(UnitOfWork&)> work) {
    Response response;
    RETURN_IF_ERROR(
        WriteMessage(call, request, &response, [&](UnitOfWork& unit, google::protobuf::Message* out) -> absl::Status {
          ASSIGN_OR_RETURN(Response answer, work(unit));
          static_cast<Response*>(out)->Swap(&answer);
          return absl::OkStatus();
        }));
    return response;
  }

  // Runs a write of the program itself (schedulers, feeds): actor "programs/{program}", method as given.
  absl::Status WriteAs(const auth::Principal& actor, const google::protobuf::MethodDescriptor* method,
                       const std::string& reason, absl::FunctionRef<absl::Status(UnitOfWork&)> work);

  // Reads one resource at the caller's level into an empty message.
  absl::Status GetMessage(const rpc::Call& call, const Type& type, absl::string_view name,
                          google::protobuf::Message* message);
  template <typename T>
  absl::StatusOr<T> Get(const rpc::Call& call, absl::string_view name) {
    T message;
    RETURN_IF_ERROR(GetMessage(call, *catalog_.Find(T::descriptor()), name, &message));
    return message;
  }

  absl::StatusOr<std::string> NewId() { return ids_.NewId(); }

  // The next human number of a prefix, "KA2026-000017", with the year in the business's time zone.
  absl::StatusOr<std::string> NextNumber(const std::string& prefix, absl::Time now);

 private:
  struct NumberBlock {
    int64_t next = 0;
    int64_t end = 0;
  };

  absl::Status RefillNumbers(const std::string& prefix, const std::string& period);

  mysql::Database& database_;
  const Catalog& catalog_;
  const Clock& clock_;
  const absl::TimeZone zone_;
  const Store store_;
  const PageTokens page_tokens_;
  IdGenerator ids_;
  std::map<const google::protobuf::Descriptor*, Hooks> hooks_;
  std::mutex numbers_mutex_;
  std::map<std::pair<std::string, std::string>, NumberBlock> numbers_;  // Under numbers_mutex_.
};

// Typed hook helpers: MakeHook<pb::Account>([](UnitOfWork&, pb::Account*) {...}) and so on.
template <typename T, typename Fn>
auto OnCreate(Fn fn) {
  return [fn](UnitOfWork& work, google::protobuf::Message* created) -> absl::Status {
    return fn(work, static_cast<T*>(created));
  };
}
template <typename T, typename Fn>
auto OnUpdate(Fn fn) {
  return [fn](UnitOfWork& work, const google::protobuf::Message& before,
              google::protobuf::Message* after) -> absl::Status {
    return fn(work, static_cast<const T&>(before), static_cast<T*>(after));
  };
}
template <typename T, typename Fn>
auto OnSaved(Fn fn) {
  return [fn](UnitOfWork& work, const google::protobuf::Message* before,
              const google::protobuf::Message& after) -> absl::Status {
    return fn(work, static_cast<const T*>(before), static_cast<const T&>(after));
  };
}

// ABORTED ETAG_MISMATCH unless `etag` is empty or the version of `resource`; INVALID_ARGUMENT for a malformed one.
absl::Status CheckEtag(const Type& type, const google::protobuf::Message& resource, const std::string& etag);

// A decision names the version it is about: INVALID_ARGUMENT FIELD_REQUIRED on etag when it is empty.
absl::Status CheckRead(const std::string& etag);

// The id in "collection/{id}"; INVALID_ARGUMENT RESOURCE_NAME_MALFORMED on field `field` otherwise.
absl::StatusOr<std::string> IdFromName(const Type& type, absl::string_view name, absl::string_view field);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_RUNTIME_H_
