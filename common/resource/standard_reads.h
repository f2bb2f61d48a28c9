// The standard methods that read: Get, BatchGet, List and the history of one row. Bound to their RPCs by standard.cc.
#ifndef KAM_COMMON_RESOURCE_STANDARD_READS_H_
#define KAM_COMMON_RESOURCE_STANDARD_READS_H_

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "common/rpc/call.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {

// Of one resource type. Every method sees the rows of the caller's scope only; a row outside of it is
// NOT_FOUND RESOURCE_NOT_FOUND, as one that is not there. `items`: the repeated field of the answer that holds the
// resources. Both arguments of the constructor outlive it.
class StandardReads {
 public:
  StandardReads(Runtime& runtime, const Type& type) : runtime_(runtime), type_(type) {}

  absl::Status Get(rpc::Call& call, const kam::api::GetRequest& request, google::protobuf::Message* response) const;
  // All or none, in the order asked for.
  absl::Status BatchGet(rpc::Call& call, const kam::api::BatchGetRequest& request, google::protobuf::Message* response,
                        const google::protobuf::FieldDescriptor* items) const;
  // Errors of the arguments: PAGE_SIZE_NEGATIVE and the reasons of filter.h.
  absl::Status List(rpc::Call& call, const kam::api::ListRequest& request, google::protobuf::Message* response,
                    const google::protobuf::FieldDescriptor* items) const;
  // The changes of one row, newest first; of a field that the caller may not see in this row only that it changed.
  absl::Status History(rpc::Call& call, const kam::api::HistoryRequest& request,
                       kam::api::HistoryResponse* response) const;

 private:
  SqlCondition Scope(const rpc::Call& call) const { return ScopeCondition(type_, call.principal, call.level()); }

  Runtime& runtime_;
  const Type& type_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_STANDARD_READS_H_
