#include "common/service/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/event/feed.h"
#include "common/testing/mariadb.h"

namespace kam::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class MetricsTest : public ::testing::Test {
 protected:
  std::string Text() { return prometheus::TextSerializer().Serialize(registry_->Collect()); }
  void AddChange(int number, absl::Duration age) {
    Run("INSERT INTO changes (change_id, change_time, actor, method, kind, collection, resource_id, version, fields) "
        "VALUES (?, ?, 'a', 'm', 'k', 'things', 'r', ?, '[]')",
        {absl::StrCat("change", number), now_ - age, number});
  }
  void AddDue(int number, absl::Duration overdue, int attempts) {
    Run("INSERT INTO due_items (due_id, kind, resource, due_time, not_before, attempts) VALUES (?, 'k', 'r', ?, ?, ?)",
        {absl::StrCat("due", number), now_ - overdue, now_ - overdue + absl::Hours(attempts), attempts});
  }
  void Run(absl::string_view sql, std::initializer_list<mysql::Value> params) {
    const absl::Status status =
        temp_.database().Run(absl::Now() + absl::Seconds(20), [&](mysql::Connection& connection) {
          return connection.Execute(sql, mysql::Params(params.begin(), params.size())).status();
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  testing::TempDatabase temp_{"common/resource/schema"};
  const absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  Metrics metrics_{*registry_, 20};
};

TEST_F(MetricsTest, TheFeedIsBehindByWhatIsCommittedAndNotNumbered) {
  ASSERT_TRUE(metrics_.Measure(temp_.database(), now_).ok());
  EXPECT_THAT(Text(), HasSubstr("change_feed_unnumbered 0\n"));
  EXPECT_THAT(Text(), HasSubstr("change_feed_oldest_unnumbered_seconds 0\n"));
  AddChange(1, absl::Seconds(90));
  AddChange(2, absl::Seconds(30));
  ASSERT_TRUE(metrics_.Measure(temp_.database(), now_).ok());
  EXPECT_THAT(Text(), HasSubstr("change_feed_unnumbered 2\n"));
  EXPECT_THAT(Text(), HasSubstr("change_feed_oldest_unnumbered_seconds 90\n"));
  ASSERT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20)).ok());
  ASSERT_TRUE(metrics_.Measure(temp_.database(), now_).ok());
  EXPECT_THAT(Text(), HasSubstr("change_feed_unnumbered 0\n"));
}

TEST_F(MetricsTest, DueItemsAreOverdueUntilDoneAlsoWhenPutOff) {
  AddDue(1, absl::Seconds(-60), 0);  // Not due yet.
  AddDue(2, absl::Seconds(600), 0);
  AddDue(3, absl::Seconds(1800), 2);  // Failed, and put off into the future.
  AddDue(4, absl::Seconds(9000), 0);
  Run("UPDATE due_items SET done_time = ? WHERE due_id = 'due4'", {now_});
  ASSERT_TRUE(metrics_.Measure(temp_.database(), now_).ok());
  EXPECT_THAT(Text(), HasSubstr("due_items_overdue 2\n"));
  EXPECT_THAT(Text(), HasSubstr("due_items_oldest_overdue_seconds 1800\n"));
  EXPECT_THAT(Text(), HasSubstr("due_items_failing 1\n"));
}

TEST_F(MetricsTest, ThePoolIsShownAsItIs) {
  mysql::PoolStats stats;
  stats.in_use = 3;
  stats.idle = 2;
  stats.waiting = 7;
  stats.acquire_timeouts = 5;
  stats.transaction_retries = 4;
  metrics_.ShowPool(stats);
  stats.acquire_timeouts = 6;
  metrics_.ShowPool(stats);
  metrics_.Acquired(absl::Milliseconds(3));
  const std::string text = Text();
  for (const char* line :
       {"db_client_connection_count{state=\"used\"} 3\n", "db_client_connection_count{state=\"idle\"} 2\n",
        "db_client_connection_max 20\n", "db_client_connection_pending_requests 7\n",
        "db_client_connection_timeouts_total 6\n", "db_client_transaction_retries_total 4\n",
        "db_client_connection_wait_time_seconds_count 1\n",
        "db_client_connection_wait_time_seconds_bucket{le=\"0.0025\"} 0\n",
        "db_client_connection_wait_time_seconds_bucket{le=\"0.005\"} 1\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("timeouts_total 11")));
}

}  // namespace
}  // namespace kam::service
