#include "common/service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/status.h"

namespace kam::service {
namespace {

constexpr absl::Duration kMeasureTimeout = absl::Seconds(5);

// Seconds; a free session takes microseconds, a new one milliseconds, and after 250 ms the pool gives up.
const prometheus::Histogram::BucketBoundaries& WaitBuckets() {
  static const auto* const buckets = new prometheus::Histogram::BucketBoundaries{
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1};
  return *buckets;
}

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Counter& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

constexpr char kSessions[] = "db_client_connection_count";
constexpr char kSessionsHelp[] = "Database sessions of this process, by state.";

// Age of the oldest row, 0 when there is none.
double Seconds(absl::Time now, const mysql::Value& oldest) {
  return oldest.is_null() ? 0 : absl::ToDoubleSeconds(std::max(absl::ZeroDuration(), now - oldest.time()));
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry, int pool_size_max)
    : used_(Gauge(registry, kSessions, kSessionsHelp, {{"state", "used"}})),
      idle_(Gauge(registry, kSessions, kSessionsHelp, {{"state", "idle"}})),
      waiting_(Gauge(registry, "db_client_connection_pending_requests", "Calls that wait for a database session.")),
      timeouts_(Counter(registry, "db_client_connection_timeouts_total", "Calls that waited for a session in vain.")),
      retries_(Counter(registry, "db_client_transaction_retries_total", "Transactions run again after a conflict.")),
      wait_time_(prometheus::BuildHistogram()
                     .Name("db_client_connection_wait_time_seconds")
                     .Help("Time to get a database session, connecting included.")
                     .Register(registry)
                     .Add({}, WaitBuckets())),
      unnumbered_(Gauge(registry, "change_feed_unnumbered", "Committed changes that are not in the feed yet.")),
      oldest_unnumbered_(
          Gauge(registry, "change_feed_oldest_unnumbered_seconds", "Age of the oldest change not in the feed yet.")),
      overdue_(Gauge(registry, "due_items_overdue", "Due items whose time has come and that are not done.")),
      oldest_overdue_(Gauge(registry, "due_items_oldest_overdue_seconds", "How long the oldest of them is overdue.")),
      failing_(Gauge(registry, "due_items_failing", "Those of them that have failed and are tried again later.")) {
  Gauge(registry, "db_client_connection_max", "Most database sessions of this process.").Set(pool_size_max);
}

void Metrics::Acquired(absl::Duration waited) { wait_time_.Observe(absl::ToDoubleSeconds(waited)); }

void Metrics::ShowPool(const mysql::PoolStats& stats) {
  const std::lock_guard<std::mutex> lock(mutex_);
  used_.Set(stats.in_use);
  idle_.Set(stats.idle);
  waiting_.Set(stats.waiting);
  timeouts_.Increment(static_cast<double>(stats.acquire_timeouts - shown_.acquire_timeouts));
  retries_.Increment(static_cast<double>(stats.transaction_retries - shown_.transaction_retries));
  shown_ = stats;
}

absl::Status Metrics::Measure(mysql::Database& database, absl::Time now) {
  // Rows are counted up to a limit, so that a long queue does not become longer by being looked at.
  const std::string limit = absl::StrCat(" LIMIT ", kCountedMax);
  const std::string changes = absl::StrCat(
      "SELECT COUNT(u.change_id), MIN(u.change_time) FROM (SELECT change_id, change_time FROM changes WHERE sequence "
      "IS "
      "NULL ORDER BY change_id",
      limit, ") u");
  const std::string due = absl::StrCat(
      "SELECT COUNT(d.due_id), MIN(d.due_time), COALESCE(SUM(d.failed), 0) FROM (SELECT due_id, due_time, CASE WHEN "
      "attempts > 0 THEN 1 ELSE 0 END AS failed FROM due_items WHERE done_time IS NULL AND due_time <= ?",
      limit, ") d");
  return database.Run(absl::Now() + kMeasureTimeout, [&](mysql::Connection& connection) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> feed, connection.Query(changes));
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> items, connection.Query(due, {now}));
    unnumbered_.Set(static_cast<double>(feed[0][0].integer()));
    oldest_unnumbered_.Set(Seconds(now, feed[0][1]));
    overdue_.Set(static_cast<double>(items[0][0].integer()));
    oldest_overdue_.Set(Seconds(now, items[0][1]));
    double failing = 0;
    // A sum of integers is a DECIMAL, which comes as text.
    if (!absl::SimpleAtod(items[0][2].text(), &failing)) return Internal("a sum is no number");
    failing_.Set(failing);
    return absl::OkStatus();
  });
}

}  // namespace kam::service
