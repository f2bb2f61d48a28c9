// The steps that every standard write takes, whether it brings one row or a batch.
#ifndef KAM_COMMON_RESOURCE_WRITE_STEPS_H_
#define KAM_COMMON_RESOURCE_WRITE_STEPS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "google/protobuf/message.h"

namespace kam::resource {

// Of one resource type. Both arguments of the constructor outlive it.
class WriteSteps {
 public:
  WriteSteps(Runtime& runtime, const Type& type) : runtime_(runtime), type_(type) {}

  const Hooks& hooks() const { return runtime_.HooksOf(type_.descriptor()); }

  // The hook of the type that runs before the transaction, with everything the call brings.
  absl::Status Prepare(const rpc::Call& call, const std::vector<const google::protobuf::Message*>& resources) const;

  // Sensitive fields set in what the caller sent, at any depth: PERMISSION_DENIED FIELD_NOT_PERMITTED for one whose
  // permission he does not hold at all, and into `permissions` those that are to be checked in the row. Output-only
  // fields are dropped later and do not count.
  absl::Status CheckSensitive(const auth::Principal& writer, const google::protobuf::Message& given,
                              std::set<std::string>* permissions) const;

  // PERMISSION_DENIED FIELD_NOT_PERMITTED unless the caller holds each of `permissions` in the row `resource`, which
  // was found at the level `rows`.
  absl::Status CheckSensitiveRow(UnitOfWork& work, const std::set<std::string>& permissions, auth::Level rows,
                                 const google::protobuf::Message& resource) const;

  // What belongs to an account refers to rows of the account only, and the type's own rules look at those rows: of one
  // out of the caller's reach they must not tell anything, so it is asked here, before them. The answer is the same as
  // for a row that is not there: REFERENCE_NOT_FOUND. Nothing is locked: the rules lock in their order. `before` is
  // null for a row that is made.
  absl::Status CheckReferencesReached(UnitOfWork& work, const google::protobuf::Message* before,
                                      const google::protobuf::Message& after, auth::Level level) const;

  // A row that is made: reference checks, the type's own rules, the insert, and whether the caller reaches what he
  // made.
  absl::Status Make(UnitOfWork& work, const std::set<std::string>& sensitive, auth::Level level,
                    google::protobuf::Message* created) const;

  // A row that is there: FIELD_IMMUTABLE, reference checks, the type's own rules, the update, and whether the caller
  // still reaches it.
  absl::Status Change(UnitOfWork& work, const google::protobuf::Message& before, google::protobuf::Message* after,
                      auth::Level level) const;

 private:
  Runtime& runtime_;
  const Type& type_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_WRITE_STEPS_H_
