#include "common/rpc/server_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <utility>

#include "common/rpc/wire.h"

namespace kam::rpc {
namespace {

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto* const buckets = new prometheus::Histogram::BucketBoundaries{
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};
  return *buckets;
}

// An idle server hands a call over in microseconds.
const prometheus::Histogram::BucketBoundaries& WaitBuckets() {
  static const auto* const buckets = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};
  return *buckets;
}

template <typename Builder>
auto* Make(Builder builder, prometheus::Registry* registry, const char* name, const char* help) {
  return &builder.Name(name).Help(help).Register(*registry);
}

}  // namespace

ServerMetrics::ServerMetrics(std::shared_ptr<prometheus::Registry> registry, int threads, int queue_length_max)
    : registry_(std::move(registry)),
      started_(Make(prometheus::BuildCounter(), registry_.get(), "grpc_server_call_started_total",
                    "Calls whose headers arrived.")),
      durations_(Make(prometheus::BuildHistogram(), registry_.get(), "grpc_server_call_duration_seconds",
                      "Time from the headers to the answer.")),
      rejected_(Make(prometheus::BuildCounter(), registry_.get(), "grpc_server_call_rejected_total",
                     "Calls refused by admission control.")),
      in_flight_(&Make(prometheus::BuildGauge(), registry_.get(), "grpc_server_calls_in_flight",
                       "Calls between headers and end.")
                      ->Add({})),
      queue_length_(
          &Make(prometheus::BuildGauge(), registry_.get(), "grpc_server_queue_length", "Calls waiting for a thread.")
               ->Add({})),
      threads_busy_(
          &Make(prometheus::BuildGauge(), registry_.get(), "grpc_server_threads_busy", "Threads that run a handler.")
               ->Add({})),
      queue_wait_(&Make(prometheus::BuildHistogram(), registry_.get(), "grpc_server_queue_wait_seconds",
                        "Time a call waited for a thread.")
                       ->Add({}, WaitBuckets())) {
  Make(prometheus::BuildGauge(), registry_.get(), "grpc_server_threads", "Threads for handlers.")->Add({}).Set(threads);
  Make(prometheus::BuildGauge(), registry_.get(), "grpc_server_queue_length_max", "Calls that may wait for a thread.")
      ->Add({})
      .Set(queue_length_max);
}

ServerMetrics::Method* ServerMetrics::ForMethod(absl::string_view full_method) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto it = methods_.find(full_method);
  if (it == methods_.end()) {
    auto method = std::make_unique<Method>();
    method->name = std::string(full_method);
    method->started = &started_->Add({{"grpc_method", method->name}});
    it = methods_.emplace(method->name, std::move(method)).first;
  }
  return it->second.get();
}

void ServerMetrics::Started(Method* method) { method->started->Increment(); }

void ServerMetrics::Ended(Method* method, absl::StatusCode code, absl::Duration duration) {
  const size_t index =
      static_cast<size_t>(code) < kCodes ? static_cast<size_t>(code) : static_cast<size_t>(absl::StatusCode::kUnknown);
  std::atomic<prometheus::Histogram*>& slot = method->durations[index];
  prometheus::Histogram* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    // Add returns the same histogram to every thread that gets here.
    histogram = &durations_->Add(
        {{"grpc_method", method->name},
         {"grpc_status", std::string(CodeName(static_cast<absl::StatusCode>(static_cast<int>(index))))}},
        Buckets());
    slot.store(histogram, std::memory_order_release);
  }
  histogram->Observe(absl::ToDoubleSeconds(duration));
}

void ServerMetrics::Rejected(absl::string_view reason) {
  rejected_->Add({{"reason", std::string(reason)}}).Increment();
}

void ServerMetrics::Waited(absl::Duration in_queue) { queue_wait_->Observe(absl::ToDoubleSeconds(in_queue)); }

void ServerMetrics::SetInFlight(int64_t calls) { in_flight_->Set(static_cast<double>(calls)); }

void ServerMetrics::SetLoad(int queued, int running) {
  queue_length_->Set(queued);
  threads_busy_->Set(running);
}

}  // namespace kam::rpc
