// Every program in turn, and MariaDB, is killed under write load and started again. Then: nothing that was acknowledged
// is lost, nothing was done twice, and no reader of a change feed missed anything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/status/status.h"
#include "tests/e2e/people.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

constexpr absl::Duration kStepTimeout = absl::Seconds(30);
// Writes that every writer gets acknowledged between two kills.
constexpr int kAcknowledgedAPhase = 20;
constexpr int kWritersAService = 2;

// How load is put on one service: rows that can be told apart by a text of their own.
struct Load {
  std::string service, path, table, collection, feed;
  std::string column;  // Holds the text.
  std::string login;
  std::function<Json(const std::string& text)> body;
};

// Creates rows, one after the other, each with a request id; repeats the same request until it is acknowledged.
class Writer {
 public:
  Writer(const Suite& suite, const std::string& token, const Load& load, std::string prefix)
      : load_(load), prefix_(std::move(prefix)), http_(suite.url(), token), thread_([this] { Work(); }) {}
  ~Writer() { Finish(); }
  // Returns when the last write is acknowledged, or given up: the answer cannot be right, or none comes.
  void Finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int acknowledged() const { return acknowledged_; }
  int failures() const { return failures_; }
  const Load& load() const { return load_; }
  // Text of every acknowledged row -> resource name. After Finish.
  const std::map<std::string, std::string>& rows() const { return rows_; }
  // An answer that no failure of a program explains; empty: none. After Finish, or once `is_wrong`.
  const std::string& wrong() const { return wrong_; }
  bool is_wrong() const { return is_wrong_; }

 private:
  void Work() {
    for (int i = 0; !stop_; ++i) {
      const std::string text = absl::StrCat(prefix_, "-", i);
      const Http::Headers key = {{"Idempotency-Key", NewRequestId()}};
      const Json body = load_.body(text);
      const absl::Time give_up = absl::Now() + kStepTimeout;
      for (;;) {
        const Answer answer = http_.Post(load_.path, body, key);
        if (answer.status == 200) {
          rows_[text] = answer.json().value("name", "");
          ++acknowledged_;
          break;
        }
        // Lost on the way, refused for now, or in the way of another write: what the same request may be repeated for.
        const bool repeat = answer.status == 0 || answer.status == 429 || answer.status >= 502 ||
                            answer.reason() == "TRANSACTION_CONFLICT";
        if (!repeat || absl::Now() > give_up) {
          wrong_ = absl::StrCat(text, ": ", answer.status, " ", answer.body);
          is_wrong_ = true;
          return;
        }
        ++failures_;
        PollPause();
      }
    }
  }

  const Load load_;
  const std::string prefix_;
  Http http_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> acknowledged_ = 0, failures_ = 0;
  std::map<std::string, std::string> rows_;
  std::string wrong_;
  std::atomic<bool> is_wrong_ = false;
  std::thread thread_;  // Last: uses all of the above.
};

// Follows a change feed with a cursor, across failures.
class FeedReader {
 public:
  FeedReader(const Suite& suite, const std::string& token, std::string path)
      : path_(std::move(path)), http_(suite.url(), token) {}

  // One page; false when there was nothing new.
  bool Read() {
    const Answer answer = http_.Get(absl::StrCat(path_, "?pageSize=1000&cursor=", UrlEncode(cursor_)));
    if (answer.status != 200) return false;
    const Json page = answer.json();
    const Json changes = page.value("changes", Json::array());
    for (const Json& change : changes) {
      sequences_.push_back(std::stoll(change.value("sequence", "0")));
      if (change.value("kind", "") == "CREATED") ++created_[change.value("resource", "")];
    }
    cursor_ = page.value("nextCursor", cursor_);
    return !changes.empty();
  }
  const std::vector<int64_t>& sequences() const { return sequences_; }
  int created(const std::string& name) const {
    const auto it = created_.find(name);
    return it == created_.end() ? 0 : it->second;
  }

 private:
  const std::string path_;
  Http http_;
  std::string cursor_;
  std::vector<int64_t> sequences_;
  std::map<std::string, int> created_;
};

// Reads a feed all the time, from a thread of its own.
class FeedFollower {
 public:
  FeedFollower(const Suite& suite, const std::string& token, const std::string& path)
      : reader_(suite, token, path), thread_([this] {
          while (!stop_) {
            if (!reader_.Read()) PollPause();
          }
        }) {}
  ~FeedFollower() { Finish(); }
  // Reads to the end. The sequence numbers seen, in their order.
  const std::vector<int64_t>& Finish() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    while (reader_.Read()) {
    }
    return reader_.sequences();
  }

 private:
  FeedReader reader_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;  // Last: uses all of the above.
};

std::set<std::string> Texts(Suite& suite, const Load& load, const std::string& prefix, size_t* rows) {
  std::set<std::string> texts;
  *rows = 0;
  const absl::Status status =
      suite.database(load.service).Run(absl::Now() + kStepTimeout, [&](mysql::Connection& connection) -> absl::Status {
        const std::string sql =
            absl::StrCat("SELECT ", load.column, " FROM ", load.table, " WHERE ", load.column, " LIKE ?");
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> found, connection.Query(sql, {prefix + "%"}));
        *rows = found.size();
        for (const mysql::Row& row : found) texts.insert(row[0].text());
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return texts;
}

// G31, G-21
TEST(CrashTest, NothingAcknowledgedIsLostOrDoneTwiceAndTheFeedHasNoGap) {
  Suite::Options options;
  options.own_database = true;
  options.administrators = "boss:GM";
  Suite suite(options);
  const absl::Status started = suite.Start();
  ASSERT_TRUE(started.ok()) << started;
  Http integrator(suite.url(), suite.Token(kIntegrator));
  ImportPeople(integrator, {{"seller", {"KAX"}}, {"pricer", {"GAM"}}, {"service", {"CSR"}}});
  const Answer account = Http(suite.url(), suite.Token("seller")).Post("/v1/accounts", {{"legalName", "北方公交"}});
  ASSERT_EQ(account.status, 200) << account;
  const std::string account_name = account.json().value("name", "");

  const std::vector<Load> loads = {
      {"account-svc", "/v1/contacts", "contacts", "contacts", "/v1/account/changes", "display_name", "seller",
       [&](const std::string& text) {
         return Json{{"account", account_name}, {"displayName", text}};
       }},
      {"contract-svc", "/v1/products", "products", "products", "/v1/contract/changes", "code", "pricer",
       [](const std::string& text) {
         return Json{{"code", text},           {"displayName", text},
                     {"productLine", "buses"}, {"unit", "piece"},
                     {"currency", "CNY"},      {"listPrice", {{"currencyCode", "CNY"}, {"units", "7"}}}};
       }},
      {"aftersales-svc", "/v1/complaints", "complaints", "complaints", "/v1/aftersales/changes", "description",
       "service",
       [&](const std::string& text) {
         return Json{{"account", account_name},
                     {"category", "COMPLAINT_CATEGORY_PRODUCT"},
                     {"severity", "SEVERITY_LOW"},
                     {"channel", "CONTACT_CHANNEL_PHONE"},
                     {"description", text}};
       }},
  };
  // The other services learn of the account through the feed.
  ASSERT_TRUE(WaitFor(
      kStepTimeout, [&] { return suite.Get("aftersales-svc", "SELECT COUNT(*) FROM account_scopes").integer() > 0; }));

  std::vector<std::unique_ptr<FeedFollower>> followers;
  std::vector<std::unique_ptr<Writer>> writers;
  for (const Load& load : loads) {
    followers.push_back(std::make_unique<FeedFollower>(suite, suite.Token("boss"), load.feed));
    for (int i = 0; i < kWritersAService; ++i) {
      writers.push_back(
          std::make_unique<Writer>(suite, suite.Token(load.login), load, absl::StrCat("crash-", load.table, i)));
    }
  }
  // Waits until every writer (`all`), or one of those of `service`, has counted `more` since.
  const auto wait = [&](const std::string& service, bool all, int more, int (Writer::*count)() const) -> std::string {
    std::vector<const Writer*> meant;
    std::vector<int> goal;
    for (const auto& writer : writers) {
      if (!service.empty() && writer->load().service != service) continue;
      meant.push_back(writer.get());
      goal.push_back((writer.get()->*count)() + more);
    }
    std::string wrong;
    const bool reached = WaitFor(kStepTimeout, [&] {
      size_t there = 0;
      for (size_t i = 0; i < meant.size(); ++i) {
        if (meant[i]->is_wrong()) wrong = meant[i]->wrong();
        there += (meant[i]->*count)() >= goal[i] ? 1 : 0;
      }
      return !wrong.empty() || (all ? there == meant.size() : there > 0);
    });
    return !wrong.empty() ? wrong : reached ? "" : "it takes too long";
  };
  const auto all_write = [&] { return wait("", true, kAcknowledgedAPhase, &Writer::acknowledged); };
  const auto one_fails = [&](const std::string& service) { return wait(service, false, 1, &Writer::failures); };

  std::vector<std::string> victims(std::begin(kServices), std::end(kServices));
  victims.push_back(kGateway);
  for (const std::string& victim : victims) {
    SCOPED_TRACE(victim);
    ASSERT_EQ(all_write(), "") << "before the kill";
    suite.Kill(victim);
    ASSERT_EQ(one_fails(victim == kGateway ? "" : victim), "") << "the kill is not noticed";
    const absl::Status again = suite.Restart(victim);
    ASSERT_TRUE(again.ok()) << again;
  }
  ASSERT_EQ(all_write(), "") << "before the database is killed";
  ASSERT_TRUE(suite.KillDatabase().ok());
  ASSERT_EQ(one_fails(""), "") << "that the database is gone is not noticed";
  const absl::Status database = suite.RestartDatabase();
  ASSERT_TRUE(database.ok()) << database;
  ASSERT_EQ(all_write(), "") << "after everything was killed once";
  for (const auto& writer : writers) writer->Finish();

  // Nothing lost, nothing twice.
  for (const auto& writer : writers) EXPECT_EQ(writer->wrong(), "");
  for (const Load& load : loads) {
    SCOPED_TRACE(load.service);
    std::set<std::string> acknowledged;
    for (const auto& writer : writers) {
      if (writer->load().service != load.service) continue;
      for (const auto& [text, name] : writer->rows()) acknowledged.insert(text);
    }
    size_t rows = 0;
    EXPECT_EQ(Texts(suite, load, "crash-", &rows), acknowledged);
    EXPECT_EQ(rows, acknowledged.size()) << "rows were made twice";
  }

  // The feed: numbered 1, 2, 3, ... and every row in it once; a reader that followed all the time has the same.
  for (size_t i = 0; i < loads.size(); ++i) {
    SCOPED_TRACE(loads[i].feed);
    const std::string& service = loads[i].service;
    EXPECT_TRUE(WaitFor(kStepTimeout, [&] {
      return suite.Get(service, "SELECT COUNT(*) FROM changes WHERE sequence IS NULL").integer() == 0;
    }));
    const int64_t changes = suite.Get(service, "SELECT COUNT(*) FROM changes").integer();
    EXPECT_EQ(suite.Get(service, "SELECT MIN(sequence) FROM changes").integer(), 1);
    EXPECT_EQ(suite.Get(service, "SELECT MAX(sequence) FROM changes").integer(), changes);
    EXPECT_EQ(suite.Get(service, "SELECT COUNT(DISTINCT sequence) FROM changes").integer(), changes);

    FeedReader fresh(suite, suite.Token("boss"), loads[i].feed);
    while (fresh.Read()) {
    }
    for (const auto& writer : writers) {
      if (writer->load().service != service) continue;
      for (const auto& [text, name] : writer->rows()) EXPECT_EQ(fresh.created(name), 1) << text;
    }
    EXPECT_EQ(followers[i]->Finish(), fresh.sequences());
  }
}

}  // namespace
}  // namespace kam::e2e
