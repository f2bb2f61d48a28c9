// Two replicas of a service over one schema, each with a clock, a scheduler and the clock RPC of its own.
#include "common/service/sandbox_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/service/worker.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"
#include "common/time/date.h"
#include "kam/sandbox/v1/clock_service.pb.h"

namespace kam::service {
namespace {

namespace pb = ::kam::sandbox::v1;

constexpr char kAdvance[] = "kam.sandbox.v1.AccountClockService/AdvanceAccountClock";
constexpr char kKind[] = "test.due";
constexpr absl::Duration kInterval = absl::Milliseconds(5);

class Replica {
 public:
  Replica(mysql::Database& database, bool enabled)
      : database_(database),
        runtime_(database, catalog_, clock_, std::string(32, 'k'), absl::UTCTimeZone()),
        scheduler_(runtime_, "account-svc") {
    scheduler_.Handle(kKind, kAdvance, [this](resource::UnitOfWork& work, const schedule::DueItem& item) {
      ++runs_;
      late_ = work.now() - item.due_time;
      return absl::OkStatus();
    });
    RegisterSandboxClock(database_, &clock_, &scheduler_, enabled, kAdvance, &registry_);
  }

  // As service.cc does.
  void Follow() {
    follower_ =
        std::make_unique<Worker>("sandbox clock", kInterval, [this] { return FollowSandboxClock(database_, &clock_); });
  }
  absl::StatusOr<pb::AdvanceClockResponse> Advance(absl::Time target) {
    pb::AdvanceClockRequest request;
    request.mutable_time()->set_seconds(absl::ToUnixSeconds(target));
    const rpc::Registry::Entry* entry = registry_.Find(kAdvance);
    rpc::Call call;
    call.method = entry->method;
    call.rules = entry->rules;
    call.deadline = absl::Now() + absl::Seconds(60);
    pb::AdvanceClockResponse response;
    RETURN_IF_ERROR(entry->handler(call, request, &response));
    return response;
  }
  absl::Time Now() const { return clock_.Now(); }
  resource::Runtime& runtime() { return runtime_; }
  int runs() const { return runs_; }
  absl::Duration late() const { return late_; }

 private:
  mysql::Database& database_;
  SystemClock clock_;
  const resource::Catalog catalog_;
  resource::Runtime runtime_;
  schedule::Scheduler scheduler_;
  rpc::Registry registry_;
  std::atomic<int> runs_ = 0;
  absl::Duration late_;
  std::unique_ptr<Worker> follower_;
};

class SandboxClockTest : public ::testing::Test {
 protected:
  void AddDueItem(absl::Time due) {
    auth::Principal program;
    program.subject = "programs/account-svc";
    EXPECT_TRUE(first_.runtime()
                    .WriteAs(program, nullptr, "test",
                             [&](resource::UnitOfWork& work) {
                               return schedule::Schedule(work, kKind, absl::StrCat("things/", ++items_), due);
                             })
                    .ok());
  }

  testing::TempDatabase temp_{"common/resource/schema"};
  Replica first_{temp_.database(), /*enabled=*/true};
  Replica second_{temp_.database(), /*enabled=*/true};
  SystemClock late_;
  int items_ = 0;
};

constexpr absl::Duration kYear = absl::Hours(24 * 365);
// Requests have whole seconds.
absl::Time WholeSecond() { return absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())); }

// G-21
TEST_F(SandboxClockTest, EveryReplicaFollowsAndWhatFallsDueIsRunOnceAtItsTime) {
  second_.Follow();
  const absl::Time start = WholeSecond();
  AddDueItem(start + absl::Hours(24 * 30));
  AddDueItem(start + absl::Hours(24 * 60));
  const auto advanced = first_.Advance(start + kYear);
  ASSERT_TRUE(advanced.ok()) << advanced.status();
  EXPECT_EQ(advanced->due_items_run(), 2);
  EXPECT_LT(first_.late(), absl::Hours(1)) << "run at its due time, not at the end of the year";
  EXPECT_GE(first_.Now(), start + kYear);
  while (second_.Now() < start + kYear) std::this_thread::yield();
  EXPECT_EQ(first_.runs() + second_.runs(), 2);
}

TEST_F(SandboxClockTest, AReplicaThatHasNotLookedYetDoesNotTurnTheClockBack) {
  const absl::Time start = WholeSecond();
  ASSERT_TRUE(first_.Advance(start + kYear).ok());
  ASSERT_LT(second_.Now(), start + absl::Hours(24));
  EXPECT_EQ(Reason(second_.Advance(start + kYear / 2).status()), "CLOCK_BACKWARDS");
  EXPECT_GE(second_.Now(), start + kYear) << "it has looked now";
  ASSERT_TRUE(second_.Advance(start + 2 * kYear).ok());
  EXPECT_TRUE(FollowSandboxClock(temp_.database(), &late_).ok());
  EXPECT_GE(late_.Now(), start + 2 * kYear) << "one that starts later goes on from there";
}

TEST_F(SandboxClockTest, TwoThatMoveItAtATimeEndAtTheLaterTime) {
  const absl::Time start = WholeSecond();
  std::vector<std::thread> threads;
  for (int i = 1; i <= 8; ++i) {
    threads.emplace_back([&, i] {
      const auto moved = (i % 2 == 0 ? first_ : second_).Advance(start + i * kYear);
      EXPECT_TRUE(moved.ok() || Reason(moved.status()) == "CLOCK_BACKWARDS") << moved.status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(FollowSandboxClock(temp_.database(), &late_).ok());
  EXPECT_GE(late_.Now(), start + 8 * kYear);
}

TEST_F(SandboxClockTest, OutsideASandboxTheClockDoesNotMove) {
  Replica plain(temp_.database(), /*enabled=*/false);
  EXPECT_EQ(Reason(plain.Advance(absl::Now() + kYear).status()), "SANDBOX_OFF");
  EXPECT_LT(plain.Now(), absl::Now() + absl::Hours(1));
}

}  // namespace
}  // namespace kam::service
