// Row 3 of the speed table of the design, and the search for similar firms, over real gRPC and MariaDB:
//
//   List        50 accounts, filtered and ordered, of 1,000,000 beside the same of 10,000: for a reader of all of them
//               and for one who sees his own 200.
//   Duplicates  CheckDuplicate over 100,000 files: the hundred pairs of account-svc/testing/firm_pairs.h, one name of
//               each among the files, the other one looked up, and the pairs there that are two firms; what was found,
//               missed and wrongly matched (too much of either fails), and how long a look-up takes.
//
// usage: account_bench [list|duplicates ...]   with KAM_TEST_MARIADB naming a server (bin/test_mariadb start DIR)
#include <algorithm>
#include <cstdio>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "account-svc/rules/firm_match.h"
#include "account-svc/rules/firm_words.h"
#include "account-svc/testing/account_fixture.h"
#include "account-svc/testing/firm_pairs.h"
#include "common/status/status.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

constexpr int64_t kFew = 10'000;
constexpr int64_t kMany = 1'000'000;
constexpr int64_t kOwned = 200;        // Accounts of every owner.
constexpr int64_t kInDepartment = 25;  // Owners of every department: half of the few accounts.
constexpr int64_t kFiles = 100'000;
constexpr int kCalls = 400;
constexpr int kPage = 50;

std::string Id(const char* prefix, int64_t number) { return absl::StrFormat("%s%020d", prefix, number); }
std::string OwnerId(int64_t number) { return Id("0wnera", number); }

absl::Status Run(absl::FunctionRef<absl::Status(mysql::Connection&)> work) {
  return World::Get().harness().db().database().Run(absl::InfiniteFuture(), work);
}

// Adds accounts from `begin` to `end` by bulk SQL, with their owners and everything row scope needs.
absl::Status Load(int64_t begin, int64_t end) {
  return Run([&](mysql::Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("SET foreign_key_checks = 0").status());
    RETURN_IF_ERROR(connection.Execute("SET unique_checks = 0").status());
    constexpr int64_t kAtOnce = 2000;
    static constexpr const char* kRegions[] = {"华东", "华南", "华北", "华中", "西南", "西北"};
    static constexpr const char* kStates[] = {"ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "DORMANT", "VERIFIED", "DRAFT"};
    for (int64_t at = begin; at < end; at += kAtOnce) {
      std::string accounts, scopes, members, people;
      for (int64_t n = at; n < std::min(end, at + kAtOnce); ++n) {
        const std::string id = Id("0accta", n);
        const std::string owner = OwnerId(n / kOwned);
        const char* region = kRegions[n % std::size(kRegions)];
        const char* state = kStates[n % std::size(kStates)];
        // Neighbours by number are not neighbours by name or age.
        const int64_t mixed = n * 7919 % kMany;
        const std::string time = absl::FormatTime(
            "%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(1'600'000'000 + mixed * 97), absl::UTCTimeZone());
        const char* comma = n == at ? "" : ", ";
        absl::StrAppend(&accounts, comma, "('", id, "', 1, '", time, "', '", time, "', 'employees/", owner,
                        "', 'employees/", owner, "', '客户", mixed, "号有限公司', '", region, "', '2026-01-01', '",
                        state, "', '", owner, "')");
        absl::StrAppend(&scopes, comma, "('", id, "', 1, '", owner, "', '", owner, "', '", region, "', '", state,
                        "', '客户", mixed, "号有限公司', 1)");
        absl::StrAppend(&members, comma, "('", id, "', '", owner, "', 'HOLDER')");
        if (n % kOwned == 0) {
          absl::StrAppend(&people, people.empty() ? "" : ", ", "('", owner, "', 1, '/d/", n / kOwned / kInDepartment,
                          "/', '", region, "')");
        }
      }
      RETURN_IF_ERROR(connection
                          .Execute(absl::StrCat("INSERT INTO accounts (id, version, create_time, update_time, creator, "
                                                "updater, legal_name, region, opening_date, state, owner) VALUES ",
                                                accounts))
                          .status());
      RETURN_IF_ERROR(connection
                          .Execute(absl::StrCat("INSERT INTO account_scopes (account, version, owner, creator, region, "
                                                "state, legal_name, members_version) VALUES ",
                                                scopes))
                          .status());
      RETURN_IF_ERROR(
          connection
              .Execute(absl::StrCat("INSERT INTO account_scope_members (account, employee, seat) VALUES ", members))
              .status());
      if (people.empty()) continue;
      RETURN_IF_ERROR(
          connection
              .Execute(absl::StrCat("INSERT INTO employee_scopes (employee, version, department_path, region) "
                                    "VALUES ",
                                    people))
              .status());
    }
    for (const char* table : {"accounts", "account_scopes", "account_scope_members", "employee_scopes"}) {
      RETURN_IF_ERROR(connection.Query(absl::StrCat("ANALYZE TABLE ", table)).status());
    }
    RETURN_IF_ERROR(connection.Execute("SET foreign_key_checks = 1").status());
    return connection.Execute("SET unique_checks = 1").status();
  });
}

struct Times {
  double p50 = 0, p99 = 0;  // Milliseconds.
};
Times Summary(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  if (times.empty()) return {};
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

struct Question {
  const char* name;
  const char* filter;
  const char* order;
};
constexpr Question kQuestions[] = {
    {"state, newest first", "state = ACTIVE", "create_time desc"},
    {"state, by name", "state = ACTIVE", "legal_name"},
    {"region and state, newest first", "region = \"华东\" AND state = ACTIVE", "create_time desc"},
    {"region and state, by name", "region = \"华东\" AND state = ACTIVE", "legal_name"},
};

// The first pages of a list, one after the other, again and again.
absl::StatusOr<Times> List(const auth::Principal& reader, const Question& question) {
  constexpr int kPages = 4;
  std::vector<double> times;
  kam::api::ListRequest request;
  for (int call = 0; call < kCalls; ++call) {
    if (call % kPages == 0) request.clear_page_token();
    request.set_filter(question.filter);
    request.set_order_by(question.order);
    request.set_page_size(kPage);
    const absl::Time begin = absl::Now();
    ASSIGN_OR_RETURN(
        const v1::ListAccountsResponse page,
        World::Get().Call<v1::ListAccountsResponse>(reader, "kam.account.v1.AccountService/ListAccounts", request));
    if (call >= kPages) times.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    if (page.accounts_size() == 0) return Internal("an empty page");
    request.set_page_token(page.next_page_token());
    if (page.next_page_token().empty()) request.clear_page_token();
  }
  return Summary(std::move(times));
}

absl::Status MeasureLists() {
  World& world = World::Get();
  auth::Principal manager = world.harness().PrincipalFor("RM", world.harness().NewId());
  manager.regions = {"华东"};
  const std::vector<std::pair<const char*, auth::Principal>> readers = {
      {"all rows", world.harness().PrincipalFor("KAPM", world.harness().NewId())},
      {"own rows", world.harness().PrincipalFor("KAX", OwnerId(17), "/d/0/")},
      {"department rows", world.harness().PrincipalFor("KAM", OwnerId(17), "/d/0/")},
      {"region rows", manager},
  };
  std::vector<Times> few;
  std::printf("\n3. List %d accounts, filtered and ordered\n", kPage);
  for (const int64_t rows : {kFew, kMany}) {
    const absl::Time begin = absl::Now();
    RETURN_IF_ERROR(Load(rows == kFew ? 0 : kFew, rows));
    std::fprintf(stderr, "%lld accounts loaded in %s\n", static_cast<long long>(rows),
                 absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Seconds(1))).c_str());
    size_t at = 0;
    for (const auto& [name, reader] : readers) {
      for (const Question& question : kQuestions) {
        ASSIGN_OR_RETURN(const Times times, List(reader, question));
        std::printf("  of %7lld, %s, %-32s p50 %6.2f ms  p99 %6.2f ms", static_cast<long long>(rows), name,
                    question.name, times.p50, times.p99);
        if (rows == kFew) {
          few.push_back(times);
          std::printf("\n");
        } else {
          std::printf("   p99 %.2f x (to reach: 1.5), p50 %.2f x\n", times.p99 / few[at].p99, times.p50 / few[at].p50);
          ++at;
        }
        std::fflush(stdout);
      }
    }
  }
  return absl::OkStatus();
}

// Names as they are: place, trade name of two or three characters, line of business, legal form.
std::string RandomName(std::mt19937_64* random) {
  static constexpr const char* kCharacters[] = {
      "安", "邦", "宝", "博", "昌", "晨", "诚", "达", "德", "鼎", "东", "恩", "发", "方", "丰", "福", "富", "冠", "光",
      "广", "海", "汉", "豪", "和", "恒", "弘", "宏", "华", "汇", "慧", "佳", "嘉", "建", "健", "杰", "金", "锦", "晶",
      "景", "凯", "康", "科", "兰", "朗", "乐", "立", "利", "联", "龙", "隆", "美", "明", "名", "能", "欧", "鹏", "普",
      "齐", "启", "千", "庆", "泉", "仁", "荣", "瑞", "润", "森", "盛", "世", "顺", "思", "泰", "天", "通", "同", "万",
      "旺", "威", "维", "文", "西", "祥", "欣", "新", "信", "星", "兴", "旭", "雅", "阳", "耀", "益", "毅", "银", "英",
      "永", "优", "友", "宇", "远", "悦", "云", "泽", "长", "正", "致", "智", "中", "众", "卓"};
  const auto pick = [&](size_t count) { return static_cast<size_t>((*random)() % count); };
  const auto regions = rules::ChineseRegions();
  const auto businesses = rules::ChineseBusinesses();
  std::string name;
  if (pick(10) != 0) name = std::string(regions[2 + pick(regions.size() - 2)]);
  for (size_t i = 0; i < 2 + pick(2); ++i) name += kCharacters[pick(std::size(kCharacters))];
  name += kCharacters[pick(std::size(kCharacters))];
  name += std::string(businesses[pick(businesses.size())]);
  return name + (pick(4) == 0 ? "股份有限公司" : "有限公司");
}

absl::Status LoadFiles(const std::vector<std::string>& names) {
  return Run([&](mysql::Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("SET foreign_key_checks = 0").status());
    constexpr size_t kAtOnce = 500;
    for (size_t at = 0; at < names.size(); at += kAtOnce) {
      std::string accounts, blocks;
      for (size_t n = at; n < std::min(names.size(), at + kAtOnce); ++n) {
        const std::string id = Id("0fi1ea", static_cast<int64_t>(n));
        absl::StrAppend(&accounts, n == at ? "" : ", ", "('", id,
                        "', 1, '2026-01-01', '2026-01-01', 'programs/bench', 'programs/bench', '",
                        absl::StrJoin(absl::StrSplit(names[n], '\''), "''"), "', '2026-01-01', 'ACTIVE')");
        for (const std::string& block : rules::StoredBlocks(rules::TakeApart(names[n]))) {
          absl::StrAppend(&blocks, blocks.empty() ? "" : ", ", "('", block, "', '", id, "')");
        }
      }
      RETURN_IF_ERROR(connection
                          .Execute(absl::StrCat("INSERT INTO accounts (id, version, create_time, update_time, creator, "
                                                "updater, legal_name, opening_date, state) VALUES ",
                                                accounts))
                          .status());
      RETURN_IF_ERROR(
          connection.Execute(absl::StrCat("INSERT INTO account_match_blocks (block_key, account) VALUES ", blocks))
              .status());
    }
    return connection.Execute("SET foreign_key_checks = 1").status();
  });
}

absl::Status MeasureDuplicates() {
  World& world = World::Get();
  std::mt19937_64 random(20260105);
  std::vector<std::string> names;
  for (const testing::NamePair& pair : testing::kOneFirm) names.emplace_back(pair.a);
  for (const testing::NamePair& pair : testing::kAlikeButDifferent) names.emplace_back(pair.a);
  while (static_cast<int64_t>(names.size()) < kFiles) names.push_back(RandomName(&random));
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(LoadFiles(names));
  std::fprintf(stderr, "%lld files loaded in %s\n", static_cast<long long>(kFiles),
               absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Seconds(1))).c_str());
  const auth::Principal reader = world.harness().PrincipalFor("KAPM", world.harness().NewId());
  std::vector<double> times;
  std::vector<std::string> missed;
  size_t found = 0, others = 0;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < std::size(testing::kOneFirm); ++i) {
      const testing::NamePair& pair = testing::kOneFirm[i];
      v1::CheckDuplicateRequest request;
      request.set_legal_name(pair.b);
      const absl::Time asked = absl::Now();
      ASSIGN_OR_RETURN(
          const v1::CheckDuplicateResponse answer,
          world.Call<v1::CheckDuplicateResponse>(reader, "kam.account.v1.AccountService/CheckDuplicate", request));
      times.push_back(absl::ToDoubleMilliseconds(absl::Now() - asked));
      if (round != 0) continue;
      bool hit = false;
      for (const v1::SimilarFirm& similar : answer.similar()) {
        const size_t number = std::stoul(similar.account().substr(sizeof("accounts/0fi1ea") - 1));
        if (names[number] == pair.a) {
          hit = true;
        } else {
          ++others;
          std::printf("  also     %s | %s: %d %s\n", pair.b, names[number].c_str(), similar.score(),
                      similar.match_reason().c_str());
        }
      }
      found += hit ? 1 : 0;
      if (!hit) missed.push_back(absl::StrCat(pair.a, " | ", pair.b));
    }
  }
  std::vector<std::string> wrong;
  for (const testing::NamePair& pair : testing::kAlikeButDifferent) {
    v1::CheckDuplicateRequest request;
    request.set_legal_name(pair.b);
    ASSIGN_OR_RETURN(
        const v1::CheckDuplicateResponse answer,
        world.Call<v1::CheckDuplicateResponse>(reader, "kam.account.v1.AccountService/CheckDuplicate", request));
    for (const v1::SimilarFirm& similar : answer.similar()) {
      const size_t number = std::stoul(similar.account().substr(sizeof("accounts/0fi1ea") - 1));
      if (names[number] == pair.a) wrong.push_back(absl::StrCat(pair.a, " | ", pair.b, ": ", similar.score()));
    }
  }
  const Times summary = Summary(std::move(times));
  std::printf("\nDuplicates. %zu names looked up in %lld files\n", std::size(testing::kOneFirm),
              static_cast<long long>(kFiles));
  for (const std::string& pair : missed) std::printf("  missed   %s\n", pair.c_str());
  for (const std::string& pair : wrong) std::printf("  wrong    %s\n", pair.c_str());
  std::printf(
      "  found %zu of %zu; wrongly matched %zu of %zu that are alike and two; other files among the answers: %zu\n"
      "  a look-up takes p50 %.2f ms, p99 %.2f ms\n",
      found, std::size(testing::kOneFirm), wrong.size(), std::size(testing::kAlikeButDifferent), others, summary.p50,
      summary.p99);
  // The times are told, never judged; what is found is judged.
  constexpr size_t kMissedMax = 5, kWrongMax = 3;
  if (missed.size() <= kMissedMax && wrong.size() <= kWrongMax) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(missed.size(), " true pairs were missed (at most ", kMissedMax, "), ",
                                          wrong.size(), " pairs wrongly matched (at most ", kWrongMax, ")"));
}

int Main(int argc, char** argv) {
  std::set<std::string> rows(argv + 1, argv + argc);
  if (rows.empty()) rows = {"list", "duplicates"};
  absl::Status status = absl::OkStatus();
  if (status.ok() && rows.contains("duplicates")) status = MeasureDuplicates();
  if (status.ok() && rows.contains("list")) status = MeasureLists();
  World::Drop();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace kam::account

int main(int argc, char** argv) { return kam::account::Main(argc, argv); }
