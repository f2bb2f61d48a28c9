// What those who run the suite rely on: replicas of a service agree on the time, and every program tells over its admin
// port how it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/rpc/client.h"
#include "common/status/status.h"
#include "kam/organization/v1/department_service.pb.h"
#include "kam/sandbox/v1/clock_service.pb.h"
#include "tests/e2e/people.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kAccountSvc[] = "account-svc";
constexpr char kReplica[] = "account-svc#2";
constexpr absl::Duration kTimeout = absl::Seconds(30);

class OperationsTest : public ::testing::Test {
 protected:
  // A suite of its own for every test: they move the clock and stop programs. Without the other two services.
  OperationsTest() : suite_(AccountSvcOnly()) {}
  static Suite::Options AccountSvcOnly() {
    Suite::Options options;
    options.services = {kAccountSvc};
    return options;
  }
  void SetUp() override {
    const absl::Status start = suite_.Start();
    ASSERT_TRUE(start.ok()) << start;
  }

  Answer Admin(const std::string& program, absl::string_view path) {
    return Http(absl::StrCat("http://127.0.0.1:", suite_.port(program, "admin")), "").Get(path);
  }
  // Value of a time series, labels included in the name; -1 when it is not shown.
  double Metric(const std::string& program, absl::string_view series) {
    const Answer answer = Admin(program, "/metrics");
    for (absl::string_view line : absl::StrSplit(answer.body, '\n')) {
      double value = 0;
      if (absl::ConsumePrefix(&line, series) && absl::ConsumePrefix(&line, " ") && absl::SimpleAtod(line, &value)) {
        return value;
      }
    }
    return -1;
  }
  // A call past the gateway, to one replica, with a permission over all rows.
  absl::Status Call(const std::string& program, const std::string& permission, const char* method,
                    const google::protobuf::Message& request, google::protobuf::Message* response) {
    auth::Principal principal;
    principal.employee = suite_.Get(kAccountSvc, "SELECT id FROM employees LIMIT 1").text();
    principal.subject = absl::StrCat("employees/", principal.employee);
    principal.grants[permission] = auth::Level::kAll;
    ASSIGN_OR_RETURN(const auto client, suite_.ClientOf(program));
    rpc::CallOptions options;
    options.deadline = absl::Now() + kTimeout;
    ASSIGN_OR_RETURN(options.bearer, suite_.InternalToken(principal));
    return client->Call(method, request, response, options);
  }

  Suite suite_;
};

// G-21
TEST_F(OperationsTest, ReplicasOfAServiceFollowTheSandboxClock) {
  const absl::Status started = suite_.StartReplica(kAccountSvc);
  ASSERT_TRUE(started.ok()) << started;
  const absl::Time target = absl::Now() + absl::Hours(24 * 800);
  sandbox::v1::AdvanceClockRequest advance;
  advance.mutable_time()->set_seconds(absl::ToUnixSeconds(target));
  sandbox::v1::AdvanceClockResponse advanced;
  const absl::Status moved =
      Call(kAccountSvc, "sandbox.clock", "kam.sandbox.v1.AccountClockService/AdvanceAccountClock", advance, &advanced);
  ASSERT_TRUE(moved.ok()) << moved;
  int made = 0;
  organization::v1::Department department;
  const bool followed = WaitFor(kTimeout, [&] {
    organization::v1::CreateDepartmentRequest create;
    create.mutable_department()->set_display_name(absl::StrCat("部门 ", ++made));
    const absl::Status created = Call(kReplica, "department.write",
                                      "kam.organization.v1.DepartmentService/CreateDepartment", create, &department);
    EXPECT_TRUE(created.ok()) << created;
    return !created.ok() || department.create_time().seconds() >= absl::ToUnixSeconds(target);
  });
  EXPECT_TRUE(followed) << department.create_time().seconds() << " " << suite_.Logs();
}

TEST_F(OperationsTest, AServiceShowsItsPoolItsThreadsItsFeedAndWhatIsOverdue) {
  Http integrator(suite_.url(), suite_.Token(kIntegrator));
  ImportPeople(integrator, {{"seller", {"KAX"}}});
  EXPECT_EQ(Metric(kAccountSvc, "db_client_connection_max"), 20);
  EXPECT_GE(Metric(kAccountSvc, "db_client_connection_count{state=\"idle\"}"), 1);
  EXPECT_EQ(Metric(kAccountSvc, "db_client_connection_pending_requests"), 0);
  EXPECT_EQ(Metric(kAccountSvc, "db_client_connection_timeouts_total"), 0);
  EXPECT_GE(Metric(kAccountSvc, "db_client_connection_wait_time_seconds_count"), 1);
  EXPECT_EQ(Metric(kAccountSvc, "grpc_server_threads"), 16);
  EXPECT_EQ(Metric(kAccountSvc, "grpc_server_queue_length_max"), 256);
  EXPECT_GE(Metric(kAccountSvc, "grpc_server_queue_wait_seconds_count"), 1);
  EXPECT_TRUE(WaitFor(kTimeout, [&] { return Metric(kAccountSvc, "change_feed_unnumbered") == 0; }));
  EXPECT_EQ(Metric(kAccountSvc, "due_items_overdue"), 0);
  // Nobody knows what to do about this item: it stays overdue.
  const absl::Time due = absl::Now() - absl::Hours(1);
  const absl::Status inserted = suite_.database(kAccountSvc).Run(absl::Now() + kTimeout, [&](mysql::Connection& c) {
    return c
        .Execute("INSERT INTO due_items (due_id, kind, resource, due_time, not_before) VALUES ('x', 'none', 'r', ?, ?)",
                 {due, due})
        .status();
  });
  ASSERT_TRUE(inserted.ok()) << inserted;
  EXPECT_TRUE(WaitFor(kTimeout, [&] { return Metric(kAccountSvc, "due_items_failing") == 1; })) << suite_.Logs();
  EXPECT_EQ(Metric(kAccountSvc, "due_items_overdue"), 1);
  EXPECT_GE(Metric(kAccountSvc, "due_items_oldest_overdue_seconds"), 3600);
}

// G-20
TEST_F(OperationsTest, AServiceVerifiesItsAuditTrail) {
  Http integrator(suite_.url(), suite_.Token(kIntegrator));
  ImportPeople(integrator, {{"seller", {"KAX"}}});
  const std::string printed = suite_.folder() + "/audit.jsonl";
  EXPECT_EQ(suite_.Audit(kAccountSvc), 0) << ReadFile(printed);
  const absl::Status forged = suite_.database(kAccountSvc).Run(absl::Now() + kTimeout, [](mysql::Connection& c) {
    return c.Execute("UPDATE changes SET actor = 'employees/nobody' WHERE sequence = 2").status();
  });
  ASSERT_TRUE(forged.ok()) << forged;
  EXPECT_EQ(suite_.Audit(kAccountSvc), 1);
  EXPECT_THAT(ReadFile(printed), HasSubstr("\"fault\":\"CHANGED\",\"sequence\":2"));
}

TEST_F(OperationsTest, TheGatewayExplainsWhatItLacksAndServesWithoutIt) {
  Answer ready = Admin(kGateway, "/readyz");
  EXPECT_EQ(ready.status, 200) << ready;
  EXPECT_THAT(ready.body, StartsWith("ready, degraded\n"));
  EXPECT_THAT(ready.body, HasSubstr("\nkeys: ok\n"));
  EXPECT_THAT(ready.body, HasSubstr("\nbackend account-svc: ok\n"));
  EXPECT_THAT(ready.body, HasSubstr("\nbackend contract-svc: degraded BACKEND_UNAVAILABLE\n"));
  EXPECT_EQ(suite_.Stop(kAccountSvc), 0);
  EXPECT_TRUE(WaitFor(kTimeout, [&] {
    ready = Admin(kGateway, "/readyz");
    return ready.body.find("backend account-svc: degraded BACKEND_UNAVAILABLE") != std::string::npos;
  })) << ready;
  EXPECT_EQ(ready.status, 200) << "degraded, not dead";
  ASSERT_TRUE(suite_.Restart(kAccountSvc).ok());
  EXPECT_TRUE(WaitFor(kTimeout, [&] {
    ready = Admin(kGateway, "/readyz");
    return ready.body.find("backend account-svc: ok") != std::string::npos;
  })) << ready;
}

// G-20: whoever gets at the password of a service cannot read what another keeps, nor write the history anew.
TEST(DatabaseRightsTest, AServiceHasItsOwnSchemaWithoutItsHistoryAndItsForm) {
  Suite::Options options;
  options.gateway = false;
  Suite suite(options);
  const absl::Status start = suite.Start();
  ASSERT_TRUE(start.ok()) << start;
  for (const std::string program : kServices) {
    const auto own = suite.OpenAsItself(program);
    // Error number of the server; empty when it did what was asked.
    const auto refusal = [&](absl::string_view sql) {
      return MetadataValue(own->Run(absl::Now() + kTimeout,
                                    [&](mysql::Connection& connection) -> absl::Status {
                                      if (absl::StartsWith(sql, "SELECT")) return connection.Query(sql).status();
                                      return connection.Execute(sql).status();
                                    }),
                           "errno");
    };
    constexpr char kTableDenied[] = "1142", kColumnDenied[] = "1143";
    for (const std::string other : kServices) {
      const std::string table = absl::StrCat("`", suite.SchemaOf(other), "`.changes");
      EXPECT_EQ(refusal(absl::StrCat("SELECT COUNT(change_id) FROM ", table)), other == program ? "" : kTableDenied)
          << program << " reads " << other;
      EXPECT_EQ(refusal(absl::StrCat("UPDATE ", table, " SET chain_link = NULL WHERE 1 = 0")),
                other == program ? "" : kTableDenied)
          << program << " writes " << other;
    }
    EXPECT_EQ(refusal("SELECT COUNT(*) FROM mysql.global_priv"), kTableDenied) << program;
    EXPECT_EQ(refusal("UPDATE changes SET actor = 'employees/nobody' WHERE 1 = 0"), kColumnDenied) << program;
    EXPECT_EQ(refusal("DELETE FROM changes WHERE 1 = 0"), kTableDenied) << program;
    for (const char* table : {"schema_migrations", "schema_migration_lease"}) {
      EXPECT_EQ(refusal(absl::StrCat("SELECT COUNT(*) FROM ", table)), "") << program << " " << table;
      EXPECT_EQ(refusal(absl::StrCat("DELETE FROM ", table, " WHERE 1 = 0")), kTableDenied) << program << " " << table;
    }
    for (const char* definition :
         {"CREATE TABLE more (id INT PRIMARY KEY)", "ALTER TABLE changes ADD COLUMN more INT", "DROP TABLE changes",
          "TRUNCATE TABLE changes", "CREATE INDEX more ON changes (actor)"}) {
      EXPECT_EQ(refusal(definition), kTableDenied) << program << " " << definition;
    }
  }
}

}  // namespace
}  // namespace kam::e2e
