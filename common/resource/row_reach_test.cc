// Which rows, and which fields of them, somebody sees and writes: over a real database, on the test resource Widget.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/event/feed.h"
#include "common/resource/scope_members.h"
#include "common/resource/testing/runtime_fixture.h"
#include "kam/api/standard.pb.h"
#include "kam/event/v1/feed.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using auth::Level;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace pb = ::kam::testing::v1;

class RowReachTest : public RuntimeTest {
 protected:
  // Sees and writes the notes of all widgets.
  auth::Principal Insider() const {
    auth::Principal insider = boss_;
    insider.grants["widget-secret.view"] = Level::kAll;
    return insider;
  }
  // Reads all widgets, but the notes of her own only.
  auth::Principal AnnaOfOwnNotes() const {
    auth::Principal anna = anna_;
    for (auto& [permission, level] : anna.grants) level = Level::kAll;
    anna.grants["widget-secret.view"] = Level::kOwn;
    return anna;
  }
  static pb::Widget WithNote(const std::string& owner, const std::string& account, const std::string& note) {
    pb::Widget widget = AWidget("noted");
    widget.set_owner(absl::StrCat("employees/", owner));
    widget.set_account(absl::StrCat("accounts/", account));
    widget.set_secret_note(note);
    return widget;
  }
};

// G-03
TEST_F(RowReachTest, RowsOutOfReachAreAsIfTheyWereNotThere) {
  pb::Widget of_bert = AWidget("bert's");
  of_bert.set_owner(absl::StrCat("employees/", kBert));
  of_bert.set_account(absl::StrCat("accounts/", kOtherAccount));
  const pb::Widget hidden = *Create(boss_, of_bert);
  const pb::Widget own = *Create(anna_, AWidget("anna's"));
  EXPECT_EQ(Get(anna_, hidden.name()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Get(anna_, own.name())->title(), "anna's");
  EXPECT_EQ(Reason(Create(anna_, of_bert).status()), "OUT_OF_SCOPE");

  const auto titles = [&](const auth::Principal& reader) {
    kam::api::ListRequest request;
    request.set_order_by("title");
    request.set_show_total(true);
    const auto page = Call<pb::ListWidgetsResponse>(reader, "ListWidgets", request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> found;
    for (const pb::Widget& widget : page->widgets()) found.push_back(widget.title());
    EXPECT_EQ(page->total_size(), static_cast<int64_t>(found.size()));
    return found;
  };
  EXPECT_THAT(titles(anna_), ElementsAre("anna's"));
  EXPECT_THAT(titles(bert_), ElementsAre("bert's"));
  EXPECT_THAT(titles(boss_), ElementsAre("anna's", "bert's"));
  auth::Principal leader = Person(kBoss, Level::kTeam);
  EXPECT_THAT(titles(leader), IsEmpty());
  leader.team = {kAnna};
  EXPECT_THAT(titles(leader), ElementsAre("anna's"));
  auth::Principal department = Person(kBoss, Level::kDepartment);
  EXPECT_THAT(titles(department), IsEmpty());
  department.department = "/top/sales/";
  EXPECT_THAT(titles(department), ElementsAre("anna's", "bert's"));
  auth::Principal region = Person(kBoss, Level::kRegion);
  EXPECT_THAT(titles(region), IsEmpty());
  region.regions = {"west"};
  EXPECT_THAT(titles(region), ElementsAre("bert's"));
}

TEST_F(RowReachTest, SensitiveFieldsAreHiddenInAnswersHistoryAndRefusedInWrites) {
  const auth::Principal insider = Insider();
  pb::Widget secret = AWidget("s");
  secret.set_secret_note("42");
  EXPECT_EQ(Reason(Create(boss_, secret).status()), "FIELD_NOT_PERMITTED");
  const absl::StatusOr<pb::Widget> created = Create(insider, secret);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(Get(boss_, created->name())->secret_note(), "");
  EXPECT_EQ(Get(insider, created->name())->secret_note(), "42");
  kam::api::HistoryRequest request;
  request.set_name(created->name());
  const auto history_of = [&](const auth::Principal& reader) {
    const auto history = Call<kam::api::HistoryResponse>(reader, "GetWidgetHistory", request);
    EXPECT_TRUE(history.ok()) << history.status();
    std::string value = "absent";
    for (const auto& change : history->entries(0).changes()) {
      if (change.field() == "secret_note") value = change.after();
    }
    return value;
  };
  EXPECT_EQ(history_of(boss_), "");
  EXPECT_EQ(history_of(insider), "\"42\"");
}

// A-07, G-03: co-owners see what belongs to the account at every level, and the own rows are part of every level.
TEST_F(RowReachTest, CoOwnersReachTheRowsOfTheAccountAndOwnRowsArePartOfEveryLevel) {
  pb::Widget berts = AWidget("b");
  berts.set_owner(absl::StrCat("employees/", kBert));
  berts.set_account(absl::StrCat("accounts/", kOtherAccount));
  const absl::StatusOr<pb::Widget> widget = Create(boss_, berts);
  ASSERT_TRUE(widget.ok()) << widget.status();
  auth::Principal lead = anna_;
  lead.team = {kAnna};
  lead.employee = kBoss;
  for (auto& [permission, level] : lead.grants) level = Level::kTeam;
  EXPECT_FALSE(Get(anna_, widget->name()).ok());
  EXPECT_FALSE(Get(lead, widget->name()).ok());
  temp_.Execute(absl::StrCat("INSERT INTO account_scope_members (account, employee) VALUES ('", kOtherAccount, "', '",
                             kAnna, "')"));
  EXPECT_TRUE(Get(anna_, widget->name()).ok());
  EXPECT_TRUE(Get(lead, widget->name()).ok());
  auth::Principal anna = anna_;
  for (const Level level : {Level::kDepartment, Level::kRegion}) {
    for (auto& [permission, held] : anna.grants) held = level;
    anna.regions = {"north"};
    EXPECT_TRUE(Get(anna, widget->name()).ok()) << auth::LevelName(level);
  }
  temp_.Execute("DELETE FROM account_scope_members WHERE seat = 'CO_OWNER'");
  EXPECT_FALSE(Get(anna, widget->name()).ok());
  auth::Principal bert = anna;
  bert.employee = kBert;
  EXPECT_TRUE(Get(bert, widget->name()).ok()) << "his own, in another region";
}

// A-07, G-03: a program of before writes account_scopes without its members; those of now make up for it.
TEST_F(RowReachTest, MembersThatAProgramOfBeforeLeftBehindAreBroughtUpToDate) {
  const auto behind = [&] { return RepairScopeMembers(temp_.database(), absl::InfiniteFuture()).value_or(-1); };
  pb::Widget widget = AWidget("a");
  widget.set_owner(absl::StrCat("employees/", kBoss));
  widget.set_account(absl::StrCat("accounts/", kAccount));
  const absl::StatusOr<pb::Widget> made = Create(boss_, widget);
  ASSERT_TRUE(made.ok()) << made.status();
  auth::Principal bert = anna_;
  bert.employee = kBert;
  EXPECT_TRUE(Get(anna_, made->name()).ok());
  EXPECT_FALSE(Get(bert, made->name()).ok());
  EXPECT_EQ(behind(), 0);
  // Bert owns it from now on, together with the boss.
  temp_.Execute(absl::StrCat("UPDATE account_scopes SET version = version + 1, owner = '", kBert, "' WHERE account = '",
                             kAccount, "'"));
  temp_.Execute(absl::StrCat("DELETE FROM account_scope_members WHERE account = '", kAccount, "'"));
  temp_.Execute(
      absl::StrCat("INSERT INTO account_scope_members (account, employee) VALUES ('", kAccount, "', '", kBoss, "')"));
  EXPECT_EQ(behind(), 1);
  EXPECT_TRUE(Get(bert, made->name()).ok());
  EXPECT_FALSE(Get(anna_, made->name()).ok());
  // Nobody does: its maker sees it.
  temp_.Execute(absl::StrCat("UPDATE account_scopes SET version = version + 1, owner = NULL, creator = '", kAnna,
                             "' WHERE account = '", kAccount, "'"));
  EXPECT_EQ(behind(), 1);
  EXPECT_TRUE(Get(anna_, made->name()).ok());
  EXPECT_FALSE(Get(bert, made->name()).ok());
  EXPECT_EQ(behind(), 0);
}

// G-03, A-05: the level of a right to a field counts row by row, in every answer.
TEST_F(RowReachTest, ASensitiveFieldShowsInTheRowsOfItsLevelOnly) {
  const auth::Principal insider = Insider();
  const pb::Widget annas = WithNote(kAnna, kAccount, "42"), berts = WithNote(kBert, kOtherAccount, "43");
  const absl::StatusOr<pb::Widget> own = Create(insider, annas), other = Create(insider, berts);
  ASSERT_TRUE(own.ok() && other.ok()) << own.status() << other.status();
  auth::Principal anna = AnnaOfOwnNotes();

  EXPECT_EQ(Get(anna, own->name())->secret_note(), "42");
  EXPECT_EQ(Get(anna, other->name())->secret_note(), "");
  kam::api::ListRequest list;
  const auto page = Call<pb::ListWidgetsResponse>(anna, "ListWidgets", list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_THAT(page->widgets(), SizeIs(2));
  EXPECT_EQ(page->widgets(0).secret_note(), "42");
  EXPECT_EQ(page->widgets(1).secret_note(), "");
  kam::api::BatchGetRequest batch;
  batch.add_names(other->name());
  batch.add_names(own->name());
  const auto both = Call<pb::BatchGetWidgetsResponse>(anna, "BatchGetWidgets", batch);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->widgets(0).secret_note(), "");
  EXPECT_EQ(both->widgets(1).secret_note(), "42");
  const auto noted = [&](const std::string& name) {
    kam::api::HistoryRequest request;
    request.set_name(name);
    const auto history = Call<kam::api::HistoryResponse>(anna, "GetWidgetHistory", request);
    EXPECT_TRUE(history.ok()) << history.status();
    for (const auto& change : history->entries(0).changes()) {
      if (change.field() == "secret_note") return change.after();
    }
    return std::string("absent");
  };
  EXPECT_EQ(noted(own->name()), "\"42\"");
  EXPECT_EQ(noted(other->name()), "");
  // A custom method answers like the others.
  pb::ActivateWidgetRequest activate;
  activate.set_name(other->name());
  const auto activated = Call<pb::Widget>(anna, "ActivateWidget", activate);
  ASSERT_TRUE(activated.ok()) << activated.status();
  EXPECT_EQ(activated->secret_note(), "");

  // Nothing of a hidden value is learnt by asking for it...
  for (const char* filter : {"secret_note = \"43\"", "secret_note:*", "NOT secret_note = \"1\""}) {
    list.set_filter(filter);
    EXPECT_EQ(Reason(Call<pb::ListWidgetsResponse>(anna, "ListWidgets", list).status()), "FILTER_FIELD_UNKNOWN")
        << filter;
    EXPECT_TRUE(Call<pb::ListWidgetsResponse>(insider, "ListWidgets", list).ok()) << filter;
  }
  list.clear_filter();
  list.set_order_by("cost");
  anna.grants["widget-cost.view"] = Level::kOwn;
  EXPECT_EQ(Reason(Call<pb::ListWidgetsResponse>(anna, "ListWidgets", list).status()), "ORDER_BY_FIELD_UNKNOWN");
  // ... which is free where the right covers every row of the list.
  auth::Principal narrow = anna_;
  narrow.grants["widget-secret.view"] = narrow.grants["widget-cost.view"] = Level::kOwn;
  list.set_filter("secret_note = \"42\"");
  const auto mine = Call<pb::ListWidgetsResponse>(narrow, "ListWidgets", list);
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_THAT(mine->widgets(), SizeIs(1));

  // Nor is a field written where it is not seen.
  pb::UpdateWidgetRequest update;
  update.mutable_widget()->set_name(other->name());
  update.mutable_widget()->set_secret_note("guess");
  EXPECT_EQ(Reason(Call<pb::Widget>(anna, "UpdateWidget", update).status()), "FIELD_NOT_PERMITTED");
  update.mutable_widget()->set_name(own->name());
  EXPECT_TRUE(Call<pb::Widget>(anna, "UpdateWidget", update).ok());
  EXPECT_EQ(Reason(Create(anna, berts).status()), "FIELD_NOT_PERMITTED");
  EXPECT_EQ(Get(insider, other->name())->secret_note(), "43");
}

// G-03
TEST_F(RowReachTest, TheFeedNamesASensitiveFieldInTheRowsOfItsLevelOnly) {
  const auth::Principal insider = Insider();
  const pb::Widget annas = WithNote(kAnna, kAccount, "42"), berts = WithNote(kBert, kOtherAccount, "43");
  const absl::StatusOr<pb::Widget> own = Create(insider, annas), other = Create(insider, berts);
  ASSERT_TRUE(own.ok() && other.ok()) << own.status() << other.status();
  ASSERT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20)).ok());
  const auth::Principal anna = AnnaOfOwnNotes();
  const auto feed = Call<kam::event::v1::ListChangesResponse>(
      anna, "kam.event.v1.AccountFeedService/ListAccountChanges", kam::event::v1::ListChangesRequest());
  ASSERT_TRUE(feed.ok()) << feed.status();
  ASSERT_THAT(feed->changes(), SizeIs(2));
  const auto names_note = [](const kam::event::v1::ChangeEvent& change) {
    return std::count(change.fields().begin(), change.fields().end(), "secret_note");
  };
  EXPECT_EQ(names_note(feed->changes(0)), 1);
  EXPECT_EQ(names_note(feed->changes(1)), 0);
}

}  // namespace
}  // namespace kam::resource
