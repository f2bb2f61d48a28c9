// The standard method BatchUpsert: rows of another system, each found by its external id and made or changed. Bound to
// its RPC by standard.cc.
#ifndef KAM_COMMON_RESOURCE_UPSERT_H_
#define KAM_COMMON_RESOURCE_UPSERT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "common/resource/write_steps.h"
#include "common/rpc/call.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {

// Of one resource type. Both arguments of the constructor outlive it.
class Upsert {
 public:
  Upsert(Runtime& runtime, const Type& type) : runtime_(runtime), type_(type), steps_(runtime, type) {}

  // A transaction a row: each has its outcome or its error in the answer, in the order of the request. The call itself
  // fails only for what is wrong with all of it, or when the database is away. `items`: the repeated field of the
  // request.
  absl::Status BatchUpsert(rpc::Call& call, const google::protobuf::Message& request,
                           kam::api::BatchUpsertResponse* response,
                           const google::protobuf::FieldDescriptor* items) const;

 private:
  absl::Status UpsertOne(rpc::Call& call, const google::protobuf::Message& given, const std::string& path,
                         kam::api::UpsertResult* result) const;
  absl::StatusOr<bool> IsKnown(const rpc::Call& call, const google::protobuf::Message& row) const;

  Runtime& runtime_;
  const Type& type_;
  const WriteSteps steps_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_UPSERT_H_
