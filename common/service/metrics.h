// Metrics of a service besides those of its calls (common/rpc/server_metrics.h), named after OpenTelemetry where it has
// a name:
//
//   db_client_connection_count{state="used"|"idle"}, db_client_connection_max       sessions of the pool
//   db_client_connection_pending_requests                                           calls that wait for one now
//   db_client_connection_timeouts_total                                             calls that waited in vain
//   db_client_connection_wait_time_seconds                                          histogram: time to get one
//   db_client_transaction_retries_total                                             transactions run again, conflicts
//   change_feed_unnumbered, change_feed_oldest_unnumbered_seconds                   committed, not in the feed yet
//   due_items_overdue, due_items_oldest_overdue_seconds, due_items_failing          due and not done; of these: failed
//
// The last two lines are about the schema, so every replica shows the same; rows are counted up to kCountedMax.
#ifndef KAM_COMMON_SERVICE_METRICS_H_
#define KAM_COMMON_SERVICE_METRICS_H_

#include <mutex>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace kam::service {

// Thread-safe.
class Metrics {
 public:
  static constexpr int kCountedMax = 10'000;

  // `registry` outlives this.
  Metrics(prometheus::Registry& registry, int pool_size_max);

  // A session was lent (mysql::Options::on_acquired).
  void Acquired(absl::Duration waited);
  // The state of the pool, when somebody looks.
  void ShowPool(const mysql::PoolStats& stats);
  // Looks into the schema; `now` is the service's time.
  absl::Status Measure(mysql::Database& database, absl::Time now);

 private:
  prometheus::Gauge& used_;
  prometheus::Gauge& idle_;
  prometheus::Gauge& waiting_;
  prometheus::Counter& timeouts_;
  prometheus::Counter& retries_;
  prometheus::Histogram& wait_time_;
  prometheus::Gauge& unnumbered_;
  prometheus::Gauge& oldest_unnumbered_;
  prometheus::Gauge& overdue_;
  prometheus::Gauge& oldest_overdue_;
  prometheus::Gauge& failing_;
  std::mutex mutex_;
  mysql::PoolStats shown_;  // Under mutex_.
};

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_METRICS_H_
