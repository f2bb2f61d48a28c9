// Row 3 of the speed table of the design, and the search for similar firms, over real gRPC and MariaDB:
//
//   List        50 accounts, filtered and ordered, of 1,000,000 beside the same of 10,000: for readers of all of them,
//               of their own 200, of a team's 2,000, of a department's 5,000 and of a region, a sixth of all.
//   Duplicates  CheckDuplicate over 100,000 files, some of them with a short name: the hundred pairs of
//               account-svc/testing/firm_pairs.h, one name of each among the files, the other one looked up, and the
//               pairs there that are two firms; what was found, missed and wrongly matched (too much of either fails),
//               what was found by its short name alone, which other files came along, and how long a look-up takes.
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
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "account-svc/accounts/similar.h"
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
constexpr int64_t kInTeam = 9;         // Owners besides the leader.
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
  auth::Principal leader = world.harness().PrincipalFor("KAM", OwnerId(17), "/d/0/");
  for (int64_t n = 0; n < kInTeam; ++n) leader.team.push_back(OwnerId(n));
  for (auto& [permission, level] : leader.grants) level = std::min(level, auth::Level::kTeam);
  const std::vector<std::pair<const char*, auth::Principal>> readers = {
      {"all rows", world.harness().PrincipalFor("KAPM", world.harness().NewId())},
      {"own rows", world.harness().PrincipalFor("KAX", OwnerId(17), "/d/0/")},
      {"team rows", leader},
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

struct File {
  std::string legal_name, short_name;
};

// Names as they are: place, trade name of three or four characters, line of business, legal form. The short name, which
// one of five has, is the trade name, with or without the place.
File RandomFile(std::mt19937_64* random) {
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
  std::string place, trade;
  if (pick(10) != 0) place = std::string(regions[2 + pick(regions.size() - 2)]);
  for (size_t i = 0; i < 2 + pick(2); ++i) trade += kCharacters[pick(std::size(kCharacters))];
  trade += kCharacters[pick(std::size(kCharacters))];
  const std::string business(businesses[pick(businesses.size())]);
  File file{absl::StrCat(place, trade, business, pick(4) == 0 ? "股份有限公司" : "有限公司"), ""};
  if (pick(5) == 0) file.short_name = pick(2) == 0 ? trade : absl::StrCat(place, trade);
  return file;
}

std::string Quoted(const std::string& text) {
  return text.empty() ? "NULL" : absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "''"}}), "'");
}

// The files from `begin` on, with what similar ones are found by.
absl::Status LoadFiles(const std::vector<File>& files, size_t begin) {
  return Run([&](mysql::Connection& connection) -> absl::Status {
    RETURN_IF_ERROR(connection.Execute("SET foreign_key_checks = 0").status());
    constexpr size_t kAtOnce = 500;
    for (size_t at = begin; at < files.size(); at += kAtOnce) {
      std::string accounts, blocks;
      for (size_t n = at; n < std::min(files.size(), at + kAtOnce); ++n) {
        const std::string id = Id("0fi1ea", static_cast<int64_t>(n));
        absl::StrAppend(&accounts, n == at ? "" : ", ", "('", id,
                        "', 1, '2026-01-01', '2026-01-01', 'programs/bench', 'programs/bench', ",
                        Quoted(files[n].legal_name), ", ", Quoted(files[n].short_name), ", '2026-01-01', 'ACTIVE')");
        std::set<std::string> stored;
        for (const std::string& name : NamesOf(files[n].legal_name, files[n].short_name)) {
          for (std::string& block : rules::StoredBlocks(rules::TakeApart(name))) stored.insert(std::move(block));
        }
        for (const std::string& block : stored) {
          absl::StrAppend(&blocks, blocks.empty() ? "" : ", ", "(", Quoted(block), ", '", id, "')");
        }
      }
      RETURN_IF_ERROR(connection
                          .Execute(absl::StrCat("INSERT INTO accounts (id, version, create_time, update_time, creator, "
                                                "updater, legal_name, short_name, opening_date, state) VALUES ",
                                                accounts))
                          .status());
      RETURN_IF_ERROR(
          connection.Execute(absl::StrCat("INSERT INTO account_match_blocks (block_key, account) VALUES ", blocks))
              .status());
    }
    return connection.Execute("SET foreign_key_checks = 1").status();
  });
}

struct Answered {
  const File* file;
  int score;
  std::string reason;
};

// What is answered to somebody who asks for a firm of that name.
absl::StatusOr<std::vector<Answered>> Ask(const auth::Principal& reader, const char* name,
                                          const std::vector<File>& files) {
  v1::CheckDuplicateRequest request;
  request.set_legal_name(name);
  ASSIGN_OR_RETURN(
      const v1::CheckDuplicateResponse answer,
      World::Get().Call<v1::CheckDuplicateResponse>(reader, "kam.account.v1.AccountService/CheckDuplicate", request));
  std::vector<Answered> found;
  for (const v1::SimilarFirm& similar : answer.similar()) {
    const size_t number = std::stoul(similar.account().substr(sizeof("accounts/0fi1ea") - 1));
    found.push_back({&files[number], similar.score(), similar.match_reason()});
  }
  return found;
}

absl::Status MeasureDuplicates() {
  World& world = World::Get();
  std::mt19937_64 random(20260105);
  std::vector<File> files;
  for (const testing::NamePair& pair : testing::kOneFirm) files.push_back({pair.a, pair.short_name});
  while (static_cast<int64_t>(files.size()) < kFiles) files.push_back(RandomFile(&random));
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(LoadFiles(files, 0));
  std::fprintf(stderr, "%lld files loaded in %s\n", static_cast<long long>(kFiles),
               absl::FormatDuration(absl::Trunc(absl::Now() - begin, absl::Seconds(1))).c_str());
  const auth::Principal reader = world.harness().PrincipalFor("KAPM", world.harness().NewId());
  std::vector<double> times;
  std::vector<std::string> missed, by_short_name, others;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    for (const testing::NamePair& pair : testing::kOneFirm) {
      const absl::Time asked = absl::Now();
      ASSIGN_OR_RETURN(const std::vector<Answered> answer, Ask(reader, pair.b, files));
      times.push_back(absl::ToDoubleMilliseconds(absl::Now() - asked));
      if (round != 0) continue;
      bool hit = false;
      for (const Answered& similar : answer) {
        if (similar.file->legal_name == pair.a) {
          hit = true;
        } else {
          others.push_back(absl::StrCat(pair.b, " | ", similar.file->legal_name, " (", similar.file->short_name,
                                        "): ", similar.score, " ", similar.reason));
        }
      }
      if (!hit) missed.push_back(absl::StrCat(pair.a, " | ", pair.b));
      const int by_legal_name =
          rules::Match({rules::TakeApart(pair.a), "", "", ""}, {rules::TakeApart(pair.b), "", "", ""}).score;
      if (hit && by_legal_name < Policy().duplicate_score_min) {
        by_short_name.push_back(absl::StrCat(pair.a, " (", pair.short_name, ") | ", pair.b));
      }
    }
  }
  // Those that are two come only now: many of them are also another spelling of a firm asked for above.
  const size_t looked_among = files.size();
  for (const testing::NamePair& pair : testing::kAlikeButDifferent) files.push_back({pair.a, ""});
  RETURN_IF_ERROR(LoadFiles(files, looked_among));
  std::vector<std::string> wrong;
  for (const testing::NamePair& pair : testing::kAlikeButDifferent) {
    ASSIGN_OR_RETURN(const std::vector<Answered> answer, Ask(reader, pair.b, files));
    for (const Answered& similar : answer) {
      if (similar.file->legal_name != pair.a) continue;
      wrong.push_back(absl::StrCat(pair.a, " | ", pair.b, ": ", similar.score, " ", similar.reason));
    }
  }
  const Times summary = Summary(std::move(times));
  const size_t pairs = std::size(testing::kOneFirm);
  std::printf("\nDuplicates. %zu names looked up in %zu files\n", pairs, looked_among);
  for (const std::string& pair : missed) std::printf("  missed   %s\n", pair.c_str());
  for (const std::string& pair : wrong) std::printf("  wrong    %s\n", pair.c_str());
  for (const std::string& pair : others) std::printf("  also     %s\n", pair.c_str());
  for (const std::string& pair : by_short_name) std::printf("  by the short name alone   %s\n", pair.c_str());
  std::printf(
      "  found %zu of %zu, %zu of them by the short name alone; wrongly matched %zu of %zu that are alike and two; "
      "other "
      "files among the answers: %zu\n  a look-up takes p50 %.2f ms, p99 %.2f ms\n",
      pairs - missed.size(), pairs, by_short_name.size(), wrong.size(), std::size(testing::kAlikeButDifferent),
      others.size(), summary.p50, summary.p99);
  // The times are told, never judged; what is found is judged.
  constexpr size_t kMissedMax = 3, kWrongMax = 3, kOthersMax = 5;
  if (missed.size() <= kMissedMax && wrong.size() <= kWrongMax && others.size() <= kOthersMax) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(missed.size(), " true pairs were missed (at most ", kMissedMax, "), ",
                                          wrong.size(), " pairs wrongly matched (at most ", kWrongMax, "), ",
                                          others.size(), " other files answered (at most ", kOthersMax, ")"));
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
