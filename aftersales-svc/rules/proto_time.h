// absl::Time to and from google.protobuf.Timestamp, in whole microseconds as the database keeps them.
#ifndef KAM_AFTERSALES_SVC_RULES_PROTO_TIME_H_
#define KAM_AFTERSALES_SVC_RULES_PROTO_TIME_H_

#include <string>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace kam::aftersales {

inline absl::Time ToMicros(absl::Time time) { return absl::FromUnixMicros(absl::ToUnixMicros(time)); }

inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  constexpr int kNanosPerMicrosecond = 1000;
  const timespec spec = absl::ToTimespec(time);
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(spec.tv_sec);
  stamp.set_nanos(static_cast<int32_t>(spec.tv_nsec / kNanosPerMicrosecond * kNanosPerMicrosecond));
  return stamp;
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& stamp) {
  return absl::FromUnixSeconds(stamp.seconds()) + absl::Nanoseconds(stamp.nanos());
}

inline std::string ShowTime(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_RULES_PROTO_TIME_H_
