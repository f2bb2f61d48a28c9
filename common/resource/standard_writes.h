// The standard methods that write one row: Create, Update, Archive and Restore. Bound to their RPCs by standard.cc.
#ifndef KAM_COMMON_RESOURCE_STANDARD_WRITES_H_
#define KAM_COMMON_RESOURCE_STANDARD_WRITES_H_

#include <string>

#include "absl/status/status.h"
#include "common/resource/runtime.h"
#include "common/resource/write_steps.h"
#include "common/rpc/call.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::resource {

// Of one resource type; each method is one transaction and writes one line of history. `field`: the field of the
// request that holds the resource. Both arguments of the constructor outlive it.
class StandardWrites {
 public:
  StandardWrites(Runtime& runtime, const Type& type) : runtime_(runtime), type_(type), steps_(runtime, type) {}

  absl::Status Create(rpc::Call& call, const google::protobuf::Message& request, google::protobuf::Message* response,
                      const google::protobuf::FieldDescriptor* field) const;
  absl::Status Update(rpc::Call& call, const google::protobuf::Message& request, google::protobuf::Message* response,
                      const google::protobuf::FieldDescriptor* field) const;
  // Sets the archive time of `name`, or takes it away.
  absl::Status Archive(rpc::Call& call, const google::protobuf::Message& request, const std::string& name,
                       const std::string& etag, bool archived, google::protobuf::Message* response) const;

 private:
  absl::Status CheckExternalIds(const rpc::Call& call, const google::protobuf::Message& given) const;

  Runtime& runtime_;
  const Type& type_;
  const WriteSteps steps_;
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_STANDARD_WRITES_H_
