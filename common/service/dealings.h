// Lists what was done with an account in this service, as far as one reader may see it: the service's part of a view
// that puts several services together, and of the archive of back-ups.
#ifndef KAM_COMMON_SERVICE_DEALINGS_H_
#define KAM_COMMON_SERVICE_DEALINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/runtime.h"
#include "google/protobuf/descriptor.h"
#include "kam/business/v1/business_service.pb.h"

namespace kam::service {

// A kind of dealing, and which fields of its resource are shown. A field that is not named is not shown.
struct DealingKind {
  const char* kind;
  const google::protobuf::Descriptor* type;  // With a field "account" and a scope.
  const char* permission;
  const char* amount = "";  // Money; the first of several that is set: "approved_total claimed_total".
  const char* date = "";    // Date, month or time.
  const char* due_date = "";
  const char* title = "";  // Text.
  const char* score = "";  // Decimal.
};

// INVALID_ARGUMENT FIELD_VALUE_UNKNOWN: a kind asked for is not among `kinds`, or a right has no level.
absl::StatusOr<business::v1::ListDealingsResponse> ListDealings(const resource::Runtime& runtime, const rpc::Call& call,
                                                                const std::vector<DealingKind>& kinds,
                                                                const business::v1::ListDealingsRequest& request);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_DEALINGS_H_
