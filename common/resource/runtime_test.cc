// The standard methods and the unit of work over a real database, on the test resource Widget.
#include "common/resource/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/resource/testing/runtime_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
namespace pb = ::kam::testing::v1;

TEST_F(RuntimeTest, NumbersBeginAnewWithTheYearOfTheBusiness) {
  const absl::Time midnight = absl::FromCivil(absl::CivilYear(2027), runtime_.zone());
  const auto number = [&](absl::Time at) {
    clock_.Set(at);
    const absl::StatusOr<pb::Widget> widget = Create(anna_, AWidget("numbered"));
    EXPECT_TRUE(widget.ok()) << widget.status();
    return widget.ok() ? widget->number() : "";
  };
  // In UTC both are in 2026.
  EXPECT_EQ(number(midnight - absl::Seconds(1)), "WD2026-000001");
  EXPECT_EQ(number(midnight), "WD2027-000001");
  EXPECT_EQ(number(absl::FromCivil(absl::CivilYear(2027), absl::UTCTimeZone())), "WD2027-000002");
}

TEST_F(RuntimeTest, TheTablesFitTheDescriptors) {
  EXPECT_TRUE(temp_.database()
                  .Run(absl::Now() + absl::Seconds(5),
                       [&](mysql::Connection& connection) { return runtime_.store().CheckSchema(connection); })
                  .ok());
  temp_.Execute("ALTER TABLE widgets DROP COLUMN remark");
  const absl::Status status = temp_.database().Run(absl::Now() + absl::Seconds(5), [&](mysql::Connection& connection) {
    return runtime_.store().CheckSchema(connection);
  });
  EXPECT_EQ(Reason(status), "SCHEMA_MISMATCH");
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("widgets.remark"));
}

TEST_F(RuntimeTest, EveryFieldComesBackAsItWasWritten) {
  pb::Widget widget = AWidget("铸件 A");
  widget.set_description("two\nlines");
  widget.set_subject(absl::StrCat("quotes/", kAnna));
  widget.set_start_date("2026-02-28");
  widget.set_weight("-12.3400");
  widget.set_quantity(7);
  widget.set_priority(-3);
  widget.set_enabled(true);
  widget.mutable_due_time()->set_seconds(1767225600);
  widget.mutable_due_time()->set_nanos(123456000);
  widget.mutable_list_price()->set_currency_code("CNY");
  widget.mutable_list_price()->set_units(-5);
  widget.mutable_list_price()->set_nanos(-500000000);
  widget.mutable_address()->set_city("上海");
  widget.mutable_address()->mutable_position()->set_height(3);
  widget.add_tags("red");
  widget.add_tags("blue");
  auto* external = widget.add_external_ids();
  external->set_system("sap");
  external->set_id("4711");
  for (int i = 0; i < 3; ++i) {
    pb::WidgetLine* line = widget.add_lines();
    line->set_product(absl::StrCat("products/", kAnna));
    line->set_pieces(i);
    line->set_kind(pb::WIDGET_LINE_KIND_GOODS);
  }
  const absl::StatusOr<pb::Widget> created = Create(boss_, widget);
  ASSERT_TRUE(created.ok()) << created.status();
  const absl::StatusOr<pb::Widget> read = Get(boss_, created->name());
  ASSERT_TRUE(read.ok()) << read.status();
  pb::Widget expected = *created;
  expected.set_weight("-12.34");
  EXPECT_EQ(read->ShortDebugString(), expected.ShortDebugString());
  EXPECT_EQ(read->etag(), "v1");
  EXPECT_EQ(read->state(), pb::WIDGET_STATE_DRAFT);
  EXPECT_THAT(read->number(), ::testing::MatchesRegex("WD2026-[0-9]{6}"));
  EXPECT_EQ(read->creator(), absl::StrCat("employees/", kBoss));
}

TEST_F(RuntimeTest, AllViolationsAreNamedAtOnce) {
  pb::Widget widget;
  widget.set_quantity(1000001);
  widget.set_start_date("2026-02-30");
  widget.set_owner("people/1");
  widget.add_lines()->set_amount("-1");
  const absl::Status status = Create(boss_, widget).status();
  EXPECT_THAT(ViolatedFields(status),
              ::testing::UnorderedElementsAre("widget.title", "widget.owner", "widget.start_date", "widget.quantity",
                                              "widget.lines[0].product", "widget.lines[0].amount"));
}

TEST_F(RuntimeTest, AReferenceMustExist) {
  pb::Widget widget = AWidget("x");
  widget.set_owner("employees/0000000000000000000000n0ne");
  const absl::Status status = Create(boss_, widget).status();
  EXPECT_EQ(Reason(status), "REFERENCE_NOT_FOUND");
  EXPECT_THAT(ViolatedFields(status), ElementsAre("widget.owner"));
}

TEST_F(RuntimeTest, AUniqueFieldNamesItself) {
  pb::Widget widget = AWidget("x");
  widget.set_code("A-1");
  ASSERT_TRUE(Create(boss_, widget).ok());
  const absl::Status status = Create(boss_, widget).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << status;
  EXPECT_EQ(Reason(status), "FIELD_NOT_UNIQUE");
}

// G31
TEST_F(RuntimeTest, G31TheSameRequestIdHasOneEffectAndTheSameAnswer) {
  const std::string id = "6f1c1b5e-8a7e-4f0e-9b61-0d7f1f6f6a01";
  const absl::StatusOr<pb::Widget> first = Create(boss_, AWidget("once"), id);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::StatusOr<pb::Widget> again = Create(boss_, AWidget("once"), id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->ShortDebugString(), again->ShortDebugString());
  EXPECT_EQ(temp_.Get("SELECT COUNT(id) FROM widgets").integer(), 1);
  EXPECT_EQ(Reason(Create(boss_, AWidget("other"), id).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Reason(Create(boss_, AWidget("x"), "not-a-uuid").status()), "REQUEST_ID_MALFORMED");
}

// G31
TEST_F(RuntimeTest, G31ParallelRepeatsHaveOneEffect) {
  const std::string id = "6f1c1b5e-8a7e-4f0e-9b61-0d7f1f6f6a02";
  std::vector<std::string> names(8);
  std::vector<std::thread> threads;
  threads.reserve(names.size());
  for (std::string& name : names) {
    threads.emplace_back([&] {
      const absl::StatusOr<pb::Widget> created = Create(boss_, AWidget("once"), id);
      name = created.ok() ? created->name() : created.status().ToString();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& name : names) EXPECT_EQ(name, names[0]);
  EXPECT_EQ(temp_.Get("SELECT COUNT(id) FROM widgets").integer(), 1);
}

TEST_F(RuntimeTest, AFailureStoresNothing) {
  pb::Widget bad = AWidget("");
  const std::string id = "6f1c1b5e-8a7e-4f0e-9b61-0d7f1f6f6a03";
  EXPECT_FALSE(Create(boss_, bad, id).ok());
  EXPECT_EQ(temp_.Get("SELECT COUNT(request_id) FROM request_ids").integer(), 0);
  EXPECT_TRUE(Create(boss_, AWidget("good"), id).ok());
}

TEST_F(RuntimeTest, ValidateOnlyAnswersAndWritesNothing) {
  pb::CreateWidgetRequest request;
  *request.mutable_widget() = AWidget("trial");
  request.set_validate_only(true);
  const absl::StatusOr<pb::Widget> answer = Call<pb::Widget>(boss_, "CreateWidget", request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->title(), "trial");
  EXPECT_EQ(temp_.Get("SELECT COUNT(id) FROM widgets").integer(), 0);
}

TEST_F(RuntimeTest, AnUpdateChangesWhatTheMaskNamesAndGuardsTheVersion) {
  const pb::Widget widget = *Create(boss_, AWidget("one"));
  pb::UpdateWidgetRequest request;
  request.mutable_widget()->set_name(widget.name());
  request.mutable_widget()->set_etag("\"v1\"");
  request.mutable_widget()->set_title("two");
  request.mutable_widget()->set_remark("not in the mask");
  request.mutable_update_mask()->add_paths("title");
  clock_.Advance(absl::Minutes(1));
  const absl::StatusOr<pb::Widget> updated = Call<pb::Widget>(boss_, "UpdateWidget", request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->title(), "two");
  EXPECT_EQ(updated->remark(), "");
  EXPECT_EQ(updated->etag(), "v2");
  EXPECT_EQ(updated->number(), widget.number());
  EXPECT_EQ(updated->update_time().seconds() - widget.update_time().seconds(), 60);
  EXPECT_EQ(Get(boss_, widget.name())->ShortDebugString(), updated->ShortDebugString());
  const absl::Status stale = Call<pb::Widget>(boss_, "UpdateWidget", request).status();
  EXPECT_EQ(stale.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(stale), "ETAG_MISMATCH");

  request.mutable_widget()->clear_etag();
  request.mutable_update_mask()->set_paths(0, "account");
  request.mutable_widget()->set_account(absl::StrCat("accounts/", kOtherAccount));
  EXPECT_EQ(Reason(Call<pb::Widget>(boss_, "UpdateWidget", request).status()), "FIELD_IMMUTABLE");
}

TEST_F(RuntimeTest, OfManyWritersAtOneVersionExactlyOneWins) {
  const pb::Widget widget = *Create(boss_, AWidget("one"));
  std::atomic<int> won = 0, stale = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      pb::UpdateWidgetRequest request;
      request.mutable_widget()->set_name(widget.name());
      request.mutable_widget()->set_etag("v1");
      request.mutable_widget()->set_title(absl::StrCat("writer ", i));
      const absl::StatusOr<pb::Widget> answer = Call<pb::Widget>(boss_, "UpdateWidget", request);
      won += answer.ok() ? 1 : 0;
      stale += !answer.ok() && Reason(answer.status()) == "ETAG_MISMATCH" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(stale, 7);
}

TEST_F(RuntimeTest, ATransitionNeedsItsStates) {
  const pb::Widget widget = *Create(boss_, AWidget("one"));
  pb::ActivateWidgetRequest request;
  request.set_name(widget.name());
  const absl::StatusOr<pb::Widget> active = Call<pb::Widget>(boss_, "ActivateWidget", request);
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(active->state(), pb::WIDGET_STATE_ACTIVE);
  const absl::Status again = Call<pb::Widget>(boss_, "ActivateWidget", request).status();
  EXPECT_EQ(Reason(again), "STATE_NOT_ALLOWED");
  EXPECT_EQ(MetadataValue(again, "state"), "ACTIVE");
  EXPECT_EQ(MetadataValue(again, "allowed"), "DRAFT, BLOCKED");
}

TEST_F(RuntimeTest, PagesFollowOneAnotherAndTokensAreBoundToTheCaller) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(Create(boss_, AWidget(absl::StrCat("w", i % 3))).ok());
  kam::api::ListRequest request;
  request.set_page_size(3);
  request.set_order_by("title desc");
  std::vector<std::string> names;
  int pages = 0;
  do {
    const auto page = Call<pb::ListWidgetsResponse>(boss_, "ListWidgets", request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::Widget& widget : page->widgets()) names.push_back(widget.name());
    if (!page->next_page_token().empty()) {
      kam::api::ListRequest other = request;
      other.set_page_token(page->next_page_token());
      EXPECT_EQ(Reason(Call<pb::ListWidgetsResponse>(anna_, "ListWidgets", other).status()), "PAGE_TOKEN_INVALID");
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(std::set<std::string>(names.begin(), names.end()), SizeIs(7));
}

TEST_F(RuntimeTest, WhatComesBeforeARowIsLockedFirstInEveryStandardWrite) {
  const pb::Widget widget = *Create(boss_, AWidget("one"));
  kam::api::ArchiveRequest archive;
  archive.set_name(widget.name());
  ASSERT_TRUE(Call<pb::Widget>(boss_, "ArchiveWidget", archive).ok());
  kam::api::RestoreRequest restore;
  restore.set_name(widget.name());
  ASSERT_TRUE(Call<pb::Widget>(boss_, "RestoreWidget", restore).ok());
  EXPECT_THAT(locked_first_, ElementsAre(widget.name() + " 1", widget.name() + " 2"));
}

TEST_F(RuntimeTest, ArchivedRowsStayReadableButCannotChange) {
  const pb::Widget widget = *Create(boss_, AWidget("one"));
  kam::api::ArchiveRequest archive;
  archive.set_name(widget.name());
  archive.set_reason("no longer made");
  ASSERT_TRUE(Call<pb::Widget>(boss_, "ArchiveWidget", archive).ok());
  EXPECT_TRUE(Get(boss_, widget.name())->has_archive_time());
  EXPECT_EQ(Call<pb::ListWidgetsResponse>(boss_, "ListWidgets", kam::api::ListRequest())->widgets_size(), 0);
  pb::UpdateWidgetRequest update;
  update.mutable_widget()->set_name(widget.name());
  update.mutable_widget()->set_title("two");
  EXPECT_EQ(Reason(Call<pb::Widget>(boss_, "UpdateWidget", update).status()), "RESOURCE_ARCHIVED");
  kam::api::RestoreRequest restore;
  restore.set_name(widget.name());
  ASSERT_TRUE(Call<pb::Widget>(boss_, "RestoreWidget", restore).ok());
  EXPECT_TRUE(Call<pb::Widget>(boss_, "UpdateWidget", update).ok());
}

TEST_F(RuntimeTest, AnUpsertTwiceChangesNothingAndRowsStandAlone) {
  pb::BatchUpsertWidgetsRequest request;
  for (int i = 0; i < 3; ++i) {
    pb::Widget* widget = request.add_widgets();
    *widget = AWidget(i == 1 ? "" : absl::StrCat("w", i));
    auto* external = widget->add_external_ids();
    external->set_system("erp");
    external->set_id(absl::StrCat(i));
  }
  const auto outcomes = [&] {
    const auto answer = Call<kam::api::BatchUpsertResponse>(boss_, "BatchUpsertWidgets", request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<kam::api::UpsertOutcome> found;
    for (const auto& result : answer->results()) found.push_back(result.outcome());
    return found;
  };
  EXPECT_THAT(outcomes(), ElementsAre(kam::api::UPSERT_OUTCOME_CREATED, kam::api::UPSERT_OUTCOME_FAILED,
                                      kam::api::UPSERT_OUTCOME_CREATED));
  const int64_t changes = temp_.Get("SELECT COUNT(change_id) FROM changes").integer();
  EXPECT_THAT(outcomes(), ElementsAre(kam::api::UPSERT_OUTCOME_UNCHANGED, kam::api::UPSERT_OUTCOME_FAILED,
                                      kam::api::UPSERT_OUTCOME_UNCHANGED));
  EXPECT_EQ(temp_.Get("SELECT COUNT(change_id) FROM changes").integer(), changes);
  request.mutable_widgets(1)->set_title("mended");
  request.mutable_widgets(2)->set_title("changed");
  EXPECT_THAT(outcomes(), ElementsAre(kam::api::UPSERT_OUTCOME_UNCHANGED, kam::api::UPSERT_OUTCOME_CREATED,
                                      kam::api::UPSERT_OUTCOME_UPDATED));
}

}  // namespace
}  // namespace kam::resource
