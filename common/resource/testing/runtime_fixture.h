// The runtime over a real database with the test resource Widget, and people who see some of its rows: Anna and Bert
// their own, the boss all. For tests of this folder.
#ifndef KAM_COMMON_RESOURCE_TESTING_RUNTIME_FIXTURE_H_
#define KAM_COMMON_RESOURCE_TESTING_RUNTIME_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/event/feed.h"
#include "common/resource/guard.h"
#include "common/resource/names.h"
#include "common/resource/runtime.h"
#include "common/resource/scope_members.h"
#include "common/resource/standard.h"
#include "common/resource/testing/widget_tables.h"
#include "common/testing/mariadb.h"
#include "common/time/date.h"
#include "common/time/fake_clock.h"
#include "kam/api/standard.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {

inline constexpr char kService[] = "kam.testing.v1.WidgetService/";
inline constexpr char kAnna[] = "00000000000000000000000ann";
inline constexpr char kBert[] = "0000000000000000000000ber0";
inline constexpr char kBoss[] = "0000000000000000000000b0ss";
inline constexpr char kAccount[] = "00000000000000000000000acc";
inline constexpr char kOtherAccount[] = "0000000000000000000000acc2";

inline auth::Principal Person(const std::string& id, auth::Level level) {
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
    hooks.on_create =
        OnCreate<kam::testing::v1::Widget>([](UnitOfWork&, kam::testing::v1::Widget* widget) -> absl::Status {
          if (widget->state() == kam::testing::v1::WIDGET_STATE_UNSPECIFIED)
            widget->set_state(kam::testing::v1::WIDGET_STATE_DRAFT);
          return absl::OkStatus();
        });
    hooks.lock_first = [this](UnitOfWork& work, const std::string& name) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       work.connection().Query("SELECT t.version FROM widgets t WHERE t.id = ?", {IdOf(name)}));
      if (!rows.empty()) locked_first_.push_back(absl::StrCat(name, " ", rows[0][0].integer()));
      return absl::OkStatus();
    };
    runtime_.SetHooks(kam::testing::v1::Widget::descriptor(), hooks);
    RegisterStandardMethods(runtime_, "kam.testing.v1.WidgetService", &registry_);
    registry_.Add<kam::testing::v1::ActivateWidgetRequest, kam::testing::v1::Widget>(
        absl::StrCat(kService, "ActivateWidget"),
        [this](rpc::Call& call,
               const kam::testing::v1::ActivateWidgetRequest& request) -> absl::StatusOr<kam::testing::v1::Widget> {
          return runtime_.Write<kam::testing::v1::Widget>(
              call, request, [&](UnitOfWork& work) -> absl::StatusOr<kam::testing::v1::Widget> {
                ASSIGN_OR_RETURN(Change<kam::testing::v1::Widget> change,
                                 work.Begin<kam::testing::v1::Widget>(request));
                return work.Save(std::move(change));
              });
        });
    event::RegisterFeed(runtime_, "kam.event.v1.AccountFeedService/ListAccountChanges", &registry_);
    GuardHandlers(runtime_, &registry_);
  }

  static const resource::Catalog& Catalog() {
    static const auto* catalog = [] {
      auto* made = new resource::Catalog;
      made->Add<kam::testing::v1::Widget>();
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

  static kam::testing::v1::Widget AWidget(const std::string& title) {
    kam::testing::v1::Widget widget;
    widget.set_title(title);
    widget.set_owner(absl::StrCat("employees/", kAnna));
    widget.set_account(absl::StrCat("accounts/", kAccount));
    return widget;
  }

  absl::StatusOr<kam::testing::v1::Widget> Create(const auth::Principal& caller, const kam::testing::v1::Widget& widget,
                                                  const std::string& request_id = "") {
    kam::testing::v1::CreateWidgetRequest request;
    *request.mutable_widget() = widget;
    request.set_request_id(request_id);
    return Call<kam::testing::v1::Widget>(caller, "CreateWidget", request);
  }

  absl::StatusOr<kam::testing::v1::Widget> Get(const auth::Principal& caller, const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return Call<kam::testing::v1::Widget>(caller, "GetWidget", request);
  }

  kam::testing::TempDatabase temp_;
  FakeClock clock_;
  std::vector<std::string> locked_first_;  // "{name} {version}" by the hook.
  Runtime runtime_;
  rpc::Registry registry_;
  const auth::Principal anna_ = Person(kAnna, auth::Level::kOwn);
  const auth::Principal bert_ = Person(kBert, auth::Level::kOwn);
  const auth::Principal boss_ = Person(kBoss, auth::Level::kAll);
};

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_TESTING_RUNTIME_FIXTURE_H_
