// Metrics of an RPC server, named after gRFC A66.
#ifndef KAM_COMMON_RPC_SERVER_METRICS_H_
#define KAM_COMMON_RPC_SERVER_METRICS_H_

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace kam::rpc {

// grpc_server_call_started_total{grpc_method}                        counter
// grpc_server_call_duration_seconds{grpc_method,grpc_status}         histogram, OpenTelemetry's RPC buckets
// grpc_server_calls_in_flight                                        gauge
// grpc_server_queue_length, grpc_server_threads_busy                 gauges
// grpc_server_queue_length_max, grpc_server_threads                  gauges: what these two can be
// grpc_server_queue_wait_seconds                                     histogram: time a call waited for a thread
// grpc_server_call_rejected_total{reason}                            counter: refused by admission control
// Thread-safe.
class ServerMetrics {
 public:
  ServerMetrics(std::shared_ptr<prometheus::Registry> registry, int threads, int queue_length_max);

  static constexpr size_t kCodes = 17;
  // Time series of one method. The histogram of a code is made at its first use.
  struct Method {
    std::string name;
    prometheus::Counter* started = nullptr;
    std::array<std::atomic<prometheus::Histogram*>, kCodes> durations{};
  };
  // Valid as long as this object. Call it at start-up, for methods that exist; the label of all others is "other".
  Method* ForMethod(absl::string_view full_method);

  void Started(Method* method);
  void Ended(Method* method, absl::StatusCode code, absl::Duration duration);
  void Rejected(absl::string_view reason);
  void Waited(absl::Duration in_queue);
  void SetInFlight(int64_t calls);
  void SetLoad(int queued, int running);

 private:
  std::shared_ptr<prometheus::Registry> registry_;  // Owns the families.
  prometheus::Family<prometheus::Counter>* started_;
  prometheus::Family<prometheus::Histogram>* durations_;
  prometheus::Family<prometheus::Counter>* rejected_;
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* queue_length_;
  prometheus::Gauge* threads_busy_;
  prometheus::Histogram* queue_wait_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Method>, std::less<>> methods_;
};

}  // namespace kam::rpc

#endif  // KAM_COMMON_RPC_SERVER_METRICS_H_
