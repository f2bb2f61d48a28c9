// What follows a committed change, over a real database: the feed and due items.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/event/feed.h"
#include "common/resource/testing/runtime_fixture.h"
#include "common/schedule/schedule.h"
#include "kam/event/v1/feed.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace pb = ::kam::testing::v1;

// G-21
TEST_F(RuntimeTest, TheFeedHasEveryChangeOnceInOrderAndOnlyWhatTheReaderMaySee) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(Create(boss_, AWidget(absl::StrCat(t, "-", i))).ok());
    });
  }
  std::atomic<bool> writing = true;
  std::thread numbering([&] {
    while (writing) EXPECT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(10)).ok());
  });
  for (std::thread& thread : threads) thread.join();
  writing = false;
  numbering.join();
  while (*event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(10)) > 0) {
  }
  const auto read = [&](const auth::Principal& reader) {
    std::vector<int64_t> sequences;
    kam::event::v1::ListChangesRequest request;
    request.set_page_size(7);
    bool more = true;
    while (more) {
      const auto page = Call<kam::event::v1::ListChangesResponse>(
          reader, "kam.event.v1.AccountFeedService/ListAccountChanges", request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& change : page->changes()) sequences.push_back(change.sequence());
      request.set_cursor(page->next_cursor());
      more = page->more();
    }
    return sequences;
  };
  std::vector<int64_t> all(40);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int64_t>(i) + 1;
  EXPECT_EQ(read(boss_), all);
  EXPECT_THAT(read(bert_), IsEmpty());
  EXPECT_THAT(read(anna_), SizeIs(40));
}

TEST_F(RuntimeTest, ADueItemRunsExactlyOnceWhoeverRunsIt) {
  const pb::Widget widget = *Create(boss_, AWidget("due"));
  std::atomic<int> runs = 0;
  const auto handler = [&](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
    ASSIGN_OR_RETURN(pb::Widget before, work.Load<pb::Widget>(item.resource));
    Change<pb::Widget> change{before, before};
    change.after.set_priority(before.priority() + 1);
    ++runs;
    return work.Save(std::move(change)).status();
  };
  std::vector<std::unique_ptr<schedule::Scheduler>> schedulers;
  for (int i = 0; i < 4; ++i) {
    schedulers.push_back(std::make_unique<schedule::Scheduler>(runtime_, "testing"));
    schedulers.back()->Handle("widget.bump", "kam.testing.v1.WidgetService/ActivateWidget", handler);
  }
  auth::Principal program;
  program.subject = "programs/testing";
  const auto* method = registry_.Find(absl::StrCat(kService, "ActivateWidget"))->method;
  ASSERT_TRUE(runtime_
                  .WriteAs(program, method, "test",
                           [&](UnitOfWork& work) {
                             return schedule::Schedule(work, "widget.bump", widget.name(),
                                                       clock_.Now() + absl::Hours(1));
                           })
                  .ok());
  EXPECT_EQ(*schedulers[0]->RunDue(clock_.Now(), absl::Now() + absl::Seconds(10)), 0);
  clock_.Advance(absl::Hours(2));
  std::vector<std::thread> threads;
  threads.reserve(schedulers.size());
  for (auto& scheduler : schedulers) {
    threads.emplace_back([&] { EXPECT_TRUE(scheduler->RunDue(clock_.Now(), absl::Now() + absl::Seconds(10)).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get(boss_, widget.name())->priority(), 1);
}

// G-22: processes prepare for different items, and what one had taken when it stopped another prepares for and runs.
TEST_F(RuntimeTest, ADueItemIsPreparedForByOneAtATime) {
  std::vector<std::string> prepared;
  int runs = 0;
  const auto handler = [&](UnitOfWork&, const schedule::DueItem&) {
    ++runs;
    return absl::OkStatus();
  };
  schedule::Scheduler first(runtime_, "testing"), second(runtime_, "testing");
  const auto run = [&](schedule::Scheduler& which) {
    return *which.RunDue(clock_.Now(), absl::Now() + absl::Seconds(10));
  };
  second.Handle("widget.bring", "kam.testing.v1.WidgetService/ActivateWidget", handler,
                [&](const schedule::DueItem& item, absl::Time) -> absl::StatusOr<std::string> {
                  prepared.push_back(item.resource);
                  return std::string();
                });
  first.Handle("widget.bring", "kam.testing.v1.WidgetService/ActivateWidget", handler,
               [&](const schedule::DueItem& item, absl::Time) -> absl::StatusOr<std::string> {
                 prepared.push_back(item.resource);
                 EXPECT_EQ(run(second), 1) << "the other item";
                 clock_.Advance(absl::Seconds(45));
                 EXPECT_EQ(run(second), 0) << "look-ups and transaction may take so long";
                 clock_.Advance(absl::Seconds(16));
                 EXPECT_EQ(run(second), 1) << "nothing was heard of the first";
                 return std::string();
               });
  auth::Principal program;
  program.subject = "programs/testing";
  const auto* method = registry_.Find(absl::StrCat(kService, "ActivateWidget"))->method;
  ASSERT_TRUE(runtime_
                  .WriteAs(program, method, "test",
                           [&](UnitOfWork& work) -> absl::Status {
                             RETURN_IF_ERROR(schedule::Schedule(work, "widget.bring", "widgets/a", clock_.Now()));
                             return schedule::Schedule(work, "widget.bring", "widgets/b", clock_.Now());
                           })
                  .ok());
  EXPECT_EQ(run(first), 0) << "it is no longer its own";
  ASSERT_EQ(prepared.size(), 3u);
  EXPECT_NE(prepared[0], prepared[1]);
  EXPECT_EQ(prepared[0], prepared[2]);
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace kam::resource
