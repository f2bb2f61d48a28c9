// The standard methods and the unit of work over a real database, on the test resource Widget.
#include "common/resource/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/event/feed.h"
#include "common/mysql/migrate.h"
#include "common/resource/guard.h"
#include "common/resource/names.h"
#include "common/resource/scope_members.h"
#include "common/resource/standard.h"
#include "common/resource/testing/widget_tables.h"
#include "common/schedule/schedule.h"
#include "common/testing/mariadb.h"
#include "common/time/date.h"
#include "common/time/fake_clock.h"
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

constexpr char kService[] = "kam.testing.v1.WidgetService/";
constexpr char kAnna[] = "00000000000000000000000ann";
constexpr char kBert[] = "0000000000000000000000ber0";
constexpr char kBoss[] = "0000000000000000000000b0ss";
constexpr char kAccount[] = "00000000000000000000000acc";
constexpr char kOtherAccount[] = "0000000000000000000000acc2";

auth::Principal Person(const std::string& id, Level level) {
  auth::Principal person;
  person.subject = absl::StrCat("employees/", id);
  person.employee = id;
  for (const char* permission : {"widget.read", "widget.write", "widget.archive", "widget.activate", "change.read"}) {
    person.grants[permission] = level;
  }
  return person;
}

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest()
      : temp_("common/resource/schema"),
        runtime_(temp_.database(), Catalog(), clock_, std::string(32, 'k'), LoadZone("Asia/Shanghai").value()) {
    EXPECT_TRUE(kam::testing::CreateWidgetTables(temp_.database()).ok());
    for (const char* id : {kAnna, kBert, kBoss}) {
      temp_.Execute(absl::StrCat("INSERT INTO employee_scopes (employee, version, department_path, region) VALUES ('",
                                 id, "', 1, '", id == kBoss ? "/top/" : "/top/sales/", "', 'east')"));
    }
    temp_.Execute(
        absl::StrCat("INSERT INTO account_scopes (account, version, owner, region, state, legal_name) VALUES ('",
                     kAccount, "', 1, '", kAnna, "', 'east', 'ACTIVE', 'A')"));
    temp_.Execute(
        absl::StrCat("INSERT INTO account_scopes (account, version, owner, region, state, legal_name) VALUES ('",
                     kOtherAccount, "', 1, '", kBert, "', 'west', 'ACTIVE', 'B')"));
    EXPECT_TRUE(RepairScopeMembers(temp_.database(), absl::InfiniteFuture()).ok());
    Hooks hooks;
    hooks.on_create = OnCreate<pb::Widget>([](UnitOfWork&, pb::Widget* widget) -> absl::Status {
      if (widget->state() == pb::WIDGET_STATE_UNSPECIFIED) widget->set_state(pb::WIDGET_STATE_DRAFT);
      return absl::OkStatus();
    });
    hooks.lock_first = [this](UnitOfWork& work, const std::string& name) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       work.connection().Query("SELECT t.version FROM widgets t WHERE t.id = ?", {IdOf(name)}));
      if (!rows.empty()) locked_first_.push_back(absl::StrCat(name, " ", rows[0][0].integer()));
      return absl::OkStatus();
    };
    runtime_.SetHooks(pb::Widget::descriptor(), hooks);
    RegisterStandardMethods(runtime_, "kam.testing.v1.WidgetService", &registry_);
    registry_.Add<pb::ActivateWidgetRequest, pb::Widget>(
        absl::StrCat(kService, "ActivateWidget"),
        [this](rpc::Call& call, const pb::ActivateWidgetRequest& request) -> absl::StatusOr<pb::Widget> {
          return runtime_.Write<pb::Widget>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Widget> {
            ASSIGN_OR_RETURN(Change<pb::Widget> change, work.Begin<pb::Widget>(request));
            return work.Save(std::move(change));
          });
        });
    event::RegisterFeed(runtime_, "kam.event.v1.AccountFeedService/ListAccountChanges", &registry_);
    GuardHandlers(runtime_, &registry_);
  }

  static const resource::Catalog& Catalog() {
    static const auto* catalog = [] {
      auto* made = new resource::Catalog;
      made->Add<pb::Widget>();
      return made;
    }();
    return *catalog;
  }

  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const auth::Principal& caller, const std::string& method, const Request& request) {
    const std::string full = method.find('/') == std::string::npos ? absl::StrCat(kService, method) : method;
    const rpc::Registry::Entry* entry = registry_.Find(full);
    rpc::Call call(std::make_shared<const auth::Principal>(caller));
    call.method = entry->method;
    call.rules = entry->rules;
    call.deadline = absl::Now() + absl::Seconds(20);
    Response response;
    RETURN_IF_ERROR(entry->handler(call, request, &response));
    return response;
  }

  static pb::Widget AWidget(const std::string& title) {
    pb::Widget widget;
    widget.set_title(title);
    widget.set_owner(absl::StrCat("employees/", kAnna));
    widget.set_account(absl::StrCat("accounts/", kAccount));
    return widget;
  }

  absl::StatusOr<pb::Widget> Create(const auth::Principal& caller, const pb::Widget& widget,
                                    const std::string& request_id = "") {
    pb::CreateWidgetRequest request;
    *request.mutable_widget() = widget;
    request.set_request_id(request_id);
    return Call<pb::Widget>(caller, "CreateWidget", request);
  }

  absl::StatusOr<pb::Widget> Get(const auth::Principal& caller, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<pb::Widget>(caller, "GetWidget", request);
  }

  kam::testing::TempDatabase temp_;
  FakeClock clock_;
  std::vector<std::string> locked_first_;  // "{name} {version}" by the hook.
  Runtime runtime_;
  rpc::Registry registry_;
  const auth::Principal anna_ = Person(kAnna, Level::kOwn);
  const auth::Principal bert_ = Person(kBert, Level::kOwn);
  const auth::Principal boss_ = Person(kBoss, Level::kAll);
};

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

// G-03
TEST_F(RuntimeTest, RowsOutOfReachAreAsIfTheyWereNotThere) {
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

TEST_F(RuntimeTest, SensitiveFieldsAreHiddenInAnswersHistoryAndRefusedInWrites) {
  auth::Principal insider = boss_;
  insider.grants["widget-secret.view"] = Level::kAll;
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
TEST_F(RuntimeTest, CoOwnersReachTheRowsOfTheAccountAndOwnRowsArePartOfEveryLevel) {
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
TEST_F(RuntimeTest, MembersThatAProgramOfBeforeLeftBehindAreBroughtUpToDate) {
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
TEST_F(RuntimeTest, ASensitiveFieldShowsInTheRowsOfItsLevelOnly) {
  auth::Principal insider = boss_;
  insider.grants["widget-secret.view"] = Level::kAll;
  pb::Widget annas = AWidget("a"), berts = AWidget("b");
  annas.set_secret_note("42");
  berts.set_secret_note("43");
  berts.set_owner(absl::StrCat("employees/", kBert));
  berts.set_account(absl::StrCat("accounts/", kOtherAccount));
  const absl::StatusOr<pb::Widget> own = Create(insider, annas), other = Create(insider, berts);
  ASSERT_TRUE(own.ok() && other.ok()) << own.status() << other.status();
  // Reads all widgets, but the notes of her own only.
  auth::Principal anna = anna_;
  for (auto& [permission, level] : anna.grants) level = Level::kAll;
  anna.grants["widget-secret.view"] = Level::kOwn;

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
TEST_F(RuntimeTest, TheFeedNamesASensitiveFieldInTheRowsOfItsLevelOnly) {
  auth::Principal insider = boss_;
  insider.grants["widget-secret.view"] = Level::kAll;
  pb::Widget annas = AWidget("a"), berts = AWidget("b");
  annas.set_secret_note("42");
  berts.set_secret_note("43");
  berts.set_owner(absl::StrCat("employees/", kBert));
  berts.set_account(absl::StrCat("accounts/", kOtherAccount));
  const absl::StatusOr<pb::Widget> own = Create(insider, annas), other = Create(insider, berts);
  ASSERT_TRUE(own.ok() && other.ok()) << own.status() << other.status();
  ASSERT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20)).ok());
  auth::Principal anna = anna_;
  for (auto& [permission, level] : anna.grants) level = Level::kAll;
  anna.grants["widget-secret.view"] = Level::kOwn;
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

// G-21
TEST_F(RuntimeTest, TheFeedHasEveryChangeOnceInOrderAndOnlyWhatTheReaderMaySee) {
  std::vector<std::thread> threads;
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
  for (auto& scheduler : schedulers) {
    threads.emplace_back([&] { EXPECT_TRUE(scheduler->RunDue(clock_.Now(), absl::Now() + absl::Seconds(10)).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get(boss_, widget.name())->priority(), 1);
}

}  // namespace
}  // namespace kam::resource
