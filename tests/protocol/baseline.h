// The promise to programs built earlier: what they know of the API stays as it is.
#ifndef KAM_TESTS_PROTOCOL_BASELINE_H_
#define KAM_TESTS_PROTOCOL_BASELINE_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.pb.h"

namespace kam::protocol {

// What keeps a program built against `baseline` from working with `now`, a sentence each that names the symbol; empty:
// nothing. Looks at the files of kam.*: messages, fields (number, type, cardinality, presence, oneof, newly required),
// enum values, services, RPCs (types, streaming, HTTP rules), collections of resources. What was added is no break.
std::vector<std::string> BreakingChanges(const google::protobuf::FileDescriptorSet& baseline,
                                         const google::protobuf::FileDescriptorSet& now);

// The files of kam.* without comments, sorted by name: what is kept as the baseline.
google::protobuf::FileDescriptorSet ToBaseline(const google::protobuf::FileDescriptorSet& set);

}  // namespace kam::protocol

#endif  // KAM_TESTS_PROTOCOL_BASELINE_H_
