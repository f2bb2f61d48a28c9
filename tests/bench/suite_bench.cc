// The speed table of the design, rows 1 (Get), 2 (Create), REST and start: each beside its floors, measured in the same
// run.
//
//   Get      an account by name, from 32 clients. Floors: a method that does nothing on the same rpc::Server; the
//            statements of the Get alone, through common/mysql. Both together allow 1 / (1/a + 1/b) calls/s.
//   Create   an account with its keys, history, event and request id, from 32 clients. Floors: the statements of those
//            very transactions, with their values, in another schema; the writes among them alone, in a third; the
//            look-ups that come before the transaction.
//   REST     the Get through the HTTP edge over connections that stay open, beside the same RPC direct and proxies of
//            others.
//   start    each program of the suite from nothing to ready, and its memory when idle, beside a bare gRPC server.
//
// Closed loop. Clients, account-svc and gateway share the process, MariaDB the machine: on few cores every call costs
// all of them, so calls/s are compared, and processor time a call, which a busy machine blurs least. Cells are short
// and take turns; ratios are taken within a round, where all met the same machine, then the median of the rounds, with
// its spread. README.md says how to read it.
//
// usage: suite_bench DIRECTORY [seconds a cell] [rounds] [get|create|rest|start ...]
//        DIRECTORY must not be there;
// removed at the end
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/log/log.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/status/status.h"
#include "gateway/http/raw_client.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/api/standard.pb.h"
#include "tests/bench/suite/load.h"
#include "tests/bench/suite/proxy.h"
#include "tests/bench/suite/start.h"
#include "tests/bench/suite/table.h"
#include "tests/bench/suite/world.h"
#include "tests/e2e/suite.h"

namespace kam::bench {
namespace {

namespace pb = kam::account::v1;

constexpr char kGet[] = "kam.account.v1.AccountService/GetAccount";
constexpr char kCreate[] = "kam.account.v1.AccountService/CreateAccount";
constexpr int kClients = 32;
constexpr int64_t kAccounts = 2000;        // There before anything is measured.
constexpr int64_t kCreatesASecond = 1000;  // Creates of a cell for every second that another cell takes.
constexpr int kStartRoundsMax = 5;         // A start takes longer than a cell, and varies less.
constexpr int64_t kCountedCalls = 200;     // Calls whose statements the server counts.

class Bench {
 public:
  // `directory` is that of the world.
  Bench(World& world, std::string directory, double seconds, int rounds)
      : world_(world), directory_(std::move(directory)), seconds_(seconds), rounds_(rounds) {}

  // `rows`: of kRows, those to measure.
  absl::Status Run(const std::set<std::string>& rows) {
    RETURN_IF_ERROR(Seed());
    if (rows.contains("get")) RETURN_IF_ERROR(Get());
    if (rows.contains("create")) RETURN_IF_ERROR(Create());
    if (rows.contains("rest")) RETURN_IF_ERROR(Rest());
    if (rows.contains("start")) {
      RETURN_IF_ERROR(MeasureStart(directory_ + "/mariadb", e2e::Suite::Binary("bare_server"), directory_,
                                   std::min(rounds_, kStartRoundsMax)));
    }
    return absl::OkStatus();
  }

 private:
  using Call = std::function<absl::Status(int client, int64_t number)>;

  // Measures one cell and adds it to `line`. A call that fails ends the bench: its figures would say nothing.
  absl::Status Cell(int clients, int64_t calls, Line* line, const Call& call, pid_t proxy = 0) {
    RETURN_IF_ERROR(world_.RenewToken());
    Loop loop;
    loop.clients = clients;
    loop.database = world_.mariadb();
    loop.proxy = proxy;
    loop.calls = calls;
    if (calls == 0) loop.length = absl::Seconds(seconds_);
    Figures figures = Measure(loop, call);
    if (figures.failed > 0) {
      std::fprintf(stderr, "%s: %lld calls failed\n", line->name.c_str(), static_cast<long long>(figures.failed));
      return figures.first_error;
    }
    if (figures.count == 0) return Internal(absl::StrCat(line->name, ": no call was answered in time"));
    line->rounds.push_back(std::move(figures));
    return absl::OkStatus();
  }

  absl::Status CreateOne(int client, pb::Account* created) {
    const int64_t number = next_account_++;
    pb::CreateAccountRequest request;
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012x", number));
    pb::Account* account = request.mutable_account();
    account->set_legal_name(absl::StrFormat("测试汽车 %06d 销售服务有限公司", number));
    account->set_short_name(absl::StrCat("测试 ", number));
    account->set_registration_number(absl::StrFormat("HRB %09d", number));
    account->set_phone(absl::StrFormat("+86138%08d", number));
    account->set_website(absl::StrFormat("www.kunde%d.example", number));
    account->set_industry("汽车制造");
    account->set_segment(pb::SEGMENT_OEM);
    account->set_region("east");
    account->set_currency("CNY");
    account->set_language("zh-CN");
    account->mutable_address()->set_country("DE");
    account->mutable_address()->set_city("上海");
    account->mutable_address()->set_street("创新路 17 号");
    return world_.Call(client, kCreate, request, created);
  }

  struct Recorded {
    std::vector<Unit> creates;  // The transactions of Create.
    std::vector<Unit> lookups;  // What was asked outside of them.
  };
  static absl::StatusOr<Recorded> Sort(std::vector<Unit> units, int64_t expected) {
    Recorded recorded;
    for (Unit& unit : units) {
      const bool create = std::any_of(unit.statements.begin(), unit.statements.end(), [](const Statement& statement) {
        return absl::StartsWith(statement.sql, "INSERT INTO accounts ");
      });
      if (create && unit.transaction) {
        recorded.creates.push_back(std::move(unit));
      } else if (!unit.transaction) {
        recorded.lookups.push_back(std::move(unit));
      }
    }
    if (static_cast<int64_t>(recorded.creates.size()) == expected) return recorded;
    return Internal(absl::StrCat(recorded.creates.size(), " transactions recorded instead of ", expected));
  }

  absl::Status Seed() {
    std::vector<std::string> names(static_cast<size_t>(kAccounts));
    Line line{"seed", {}};
    world_.recorder().Start();
    RETURN_IF_ERROR(Cell(kClients, kAccounts, &line, [&](int client, int64_t number) -> absl::Status {
      pb::Account created;
      RETURN_IF_ERROR(CreateOne(client, &created));
      names[static_cast<size_t>(number)] = created.name();
      return absl::OkStatus();
    }));
    names_ = std::move(names);
    // The schemas of the floors hold the same rows at every time.
    ASSIGN_OR_RETURN(const Recorded recorded, Sort(world_.recorder().Take(), kAccounts));
    const std::vector<Unit>& units = recorded.creates;
    for (const bool writes_only : {false, true}) {
      RETURN_IF_ERROR(Cell(kClients, kAccounts, &line, [&](int, int64_t number) {
        return Replay(writes_only ? world_.raw_writes() : world_.raw_all(), units[static_cast<size_t>(number)],
                      writes_only);
      }));
    }
    for (const Statement& statement : units.back().statements) ++(statement.read ? create_reads_ : create_writes_);
    for (const Unit& unit : recorded.lookups) lookups_ += static_cast<int64_t>(unit.statements.size());
    return absl::OkStatus();
  }

  const std::string& NameFor(int64_t number) const {
    constexpr int64_t kStride = 7919;  // Neighbouring calls ask for rows far apart.
    return names_[static_cast<size_t>(number * kStride % kAccounts)];
  }

  absl::Status GetOne(int client, int64_t number) {
    kam::api::GetRequest request;
    request.set_name(NameFor(number));
    pb::Account account;
    return world_.Call(client, kGet, request, &account);
  }

  absl::Status NoOp(int client, int64_t) {
    rpc::testing::EchoResponse response;
    return world_.Call(client, kNoOp, rpc::testing::EchoRequest(), &response);
  }

  absl::Status Get() {
    // The statements of one Get; in every call of the floor they ask for another account.
    RETURN_IF_ERROR(world_.RenewToken());
    world_.recorder().Start();
    RETURN_IF_ERROR(GetOne(0, 0));
    const std::vector<Unit> units = world_.recorder().Take();
    const auto id = [this](int64_t number) { return NameFor(number).substr(sizeof("accounts/") - 1); };
    const mysql::Value sample(id(0));
    const auto select = [&](int, int64_t number) -> absl::Status {
      for (Unit unit : units) {
        for (Statement& statement : unit.statements) {
          std::replace(statement.params.begin(), statement.params.end(), sample, mysql::Value(id(number)));
        }
        RETURN_IF_ERROR(Replay(world_.raw_all(), unit, /*writes_only=*/false));
      }
      return absl::OkStatus();
    };
    size_t statements = 0;
    for (const Unit& unit : units) statements += unit.statements.size();

    Line get{"GetAccount", {}}, no_op{"floor: call that does nothing", {}};
    Line raw{absl::StrCat("floor: its ", statements, " SELECTs raw"), {}};
    const std::vector<std::pair<Line*, Call>> cells = {
        {&no_op, [this](int client, int64_t number) { return NoOp(client, number); }},
        {&raw, select},
        {&get, [this](int client, int64_t number) { return GetOne(client, number); }},
    };
    for (size_t round = 0; round < static_cast<size_t>(rounds_); ++round) {
      for (size_t i = 0; i < cells.size(); ++i) {
        const auto& [line, call] = cells[(i + round) % cells.size()];
        RETURN_IF_ERROR(Cell(kClients, 0, line, call));
      }
    }
    PrintHead(absl::StrCat("1. Get one of ", kAccounts, " accounts by name, ", kClients, " clients"));
    for (const Line* line : {&get, &no_op, &raw}) Print(*line);
    const size_t rounds = get.rounds.size();
    const Spread calls =
        SpreadOverRounds(rounds, [&](size_t r) { return (Seconds(no_op, r) + Seconds(raw, r)) / Seconds(get, r); });
    const Spread processor =
        SpreadOverRounds(rounds, [&](size_t r) { return (Cpu(no_op, r) + Cpu(raw, r)) / Cpu(get, r); });
    std::printf("  of what both floors together allow (to reach: 0.7): %s by calls/s, %s by processor time\n",
                ToText(calls).c_str(), ToText(processor).c_str());
    PrintShares(get, {{"wire and wrapper", &no_op}, {"database", &raw}}, "the rest (message, scope, masking)");
    RETURN_IF_ERROR(CountStatements());
    std::fflush(stdout);
    return absl::OkStatus();
  }

  // What the server says of its work, however busy the machine is.
  absl::StatusOr<std::map<std::string, int64_t>> ServerCounters() {
    std::map<std::string, int64_t> counters;
    RETURN_IF_ERROR(world_.raw_all().Run(absl::InfiniteFuture(), [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       connection.Query("SELECT variable_name, variable_value FROM information_schema.global_status "
                                        "WHERE variable_name IN ('COM_STMT_PREPARE', 'COM_STMT_EXECUTE', 'COM_BEGIN', "
                                        "'COM_COMMIT', 'COM_ROLLBACK', 'COM_SET_OPTION', 'INNODB_ROWS_READ')"));
      for (const mysql::Row& row : rows) {
        int64_t value = 0;
        if (absl::SimpleAtoi(row[1].text(), &value)) counters[row[0].text()] = value;
      }
      return absl::OkStatus();
    }));
    return counters;
  }

  absl::Status CountStatements() {
    RETURN_IF_ERROR(world_.RenewToken());
    ASSIGN_OR_RETURN(const auto idle, ServerCounters());
    ASSIGN_OR_RETURN(const auto before, ServerCounters());
    for (int64_t number = 0; number < kCountedCalls; ++number) RETURN_IF_ERROR(GetOne(0, number));
    ASSIGN_OR_RETURN(auto after, ServerCounters());
    std::printf("  the server counts for one Get:");
    for (const auto& [name, value] : before) {
      // Less what the counting itself does.
      const int64_t made = after[name] - value - (value - idle.at(name));
      std::printf(" %s %.1f", absl::AsciiStrToLower(name).c_str(),
                  static_cast<double>(made) / static_cast<double>(kCountedCalls));
    }
    std::printf("\n");
    return absl::OkStatus();
  }

  absl::Status Create() {
    const int64_t calls = std::max<int64_t>(kClients, static_cast<int64_t>(seconds_ * kCreatesASecond));
    Line create{"CreateAccount", {}}, no_op{"floor: call that does nothing", {}};
    Line all{absl::StrCat("floor: its ", create_reads_ + create_writes_, " statements raw"), {}};
    Line before{absl::StrFormat("floor: %.1f look-ups before it raw",
                                static_cast<double>(lookups_) / static_cast<double>(kAccounts)),
                {}};
    Line writes{absl::StrCat("floor: the ", create_writes_, " writes of them raw"), {}};
    const int64_t retries_before = world_.recorder().stats().transaction_retries;
    const int64_t raw_retries_before = world_.raw_all().stats().transaction_retries;
    for (int round = 0; round < rounds_; ++round) {
      RETURN_IF_ERROR(Cell(kClients, 0, &no_op, [this](int client, int64_t number) { return NoOp(client, number); }));
      world_.recorder().Start();
      RETURN_IF_ERROR(Cell(kClients, calls, &create, [this](int client, int64_t) {
        pb::Account created;
        return CreateOne(client, &created);
      }));
      ASSIGN_OR_RETURN(const Recorded recorded, Sort(world_.recorder().Take(), calls));
      const std::vector<Unit>& units = recorded.creates;
      const int64_t units_before = static_cast<int64_t>(recorded.lookups.size());
      RETURN_IF_ERROR(Cell(kClients, calls, &before, [&](int, int64_t number) -> absl::Status {
        // All of them, divided among as many calls.
        for (int64_t i = number * units_before / calls; i < (number + 1) * units_before / calls; ++i) {
          RETURN_IF_ERROR(Replay(world_.raw_all(), recorded.lookups[static_cast<size_t>(i)], /*writes_only=*/false));
        }
        return absl::OkStatus();
      }));
      RETURN_IF_ERROR(Cell(kClients, calls, &all, [&](int, int64_t number) {
        return Replay(world_.raw_all(), units[static_cast<size_t>(number)], /*writes_only=*/false);
      }));
      RETURN_IF_ERROR(Cell(kClients, calls, &writes, [&](int, int64_t number) {
        return Replay(world_.raw_writes(), units[static_cast<size_t>(number)], /*writes_only=*/true);
      }));
    }
    PrintHead(absl::StrCat("2. Create an account with audit, outbox, idempotency, ", kClients, " clients, ", calls,
                           " calls a cell"));
    for (const Line* line : {&create, &no_op, &before, &all, &writes}) Print(*line);
    const size_t rounds = create.rounds.size();
    const auto compared = [&](const Line& floor, double (*cost)(const Line&, size_t)) {
      return ToText(SpreadOverRounds(rounds, [&](size_t r) { return cost(floor, r) / cost(create, r); }));
    };
    std::printf(
        "  of the same statements raw in one transaction (to reach: 0.7): %s by calls/s, %s by processor time\n",
        compared(all, Seconds).c_str(), compared(all, Cpu).c_str());
    std::printf("  of the writes alone raw in one transaction: %s by calls/s, %s by processor time\n",
                compared(writes, Seconds).c_str(), compared(writes, Cpu).c_str());
    std::printf("  transactions tried again after a conflict: %lld of CreateAccount, %lld raw, of %lld each\n",
                static_cast<long long>(world_.recorder().stats().transaction_retries - retries_before),
                static_cast<long long>(world_.raw_all().stats().transaction_retries - raw_retries_before),
                static_cast<long long>(calls * rounds_));
    PrintShares(create,
                {{"wire and wrapper", &no_op}, {"look-ups before", &before}, {"the transaction in the database", &all}},
                "the rest (messages, validation, rules, audit)");
    std::fflush(stdout);
    return absl::OkStatus();
  }

  static absl::Status HttpGet(http::RawClient* client, const std::string& path, const std::string& authorization) {
    const bool sent = client->Send(
        absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: kam\r\n", authorization, "\r\nAccept: */*\r\n\r\n"));
    const http::RawResponse response = sent ? client->Receive() : http::RawResponse();
    if (response.status == 200 && !response.body.empty()) return absl::OkStatus();
    return Internal(absl::StrCat("HTTP ", response.status, ": ", response.body));
  }

  // One way to the same Get, measured with 1 and with many clients.
  struct Way {
    std::string name;
    uint16_t http_port = 0;       // HTTP/JSON when set.
    bool internal_token = false;  // The token of the service instead of that of the identity provider.
    std::vector<std::unique_ptr<rpc::Client>> rpc_clients = {};  // gRPC otherwise; empty: direct.
    pid_t pid = 0;                                               // Of the proxy when it is another process.
    Line one = {}, many = {};
  };

  absl::Status RestCell(int clients, Way* way) {
    Line* line = clients == 1 ? &way->one : &way->many;
    if (way->http_port != 0) {
      RETURN_IF_ERROR(world_.RenewToken());
      const std::string authorization =
          way->internal_token ? absl::StrCat("Authorization: Bearer ", world_.bearer()) : world_.http_authorization();
      std::vector<std::unique_ptr<http::RawClient>> connections;
      for (int i = 0; i < clients; ++i) connections.push_back(std::make_unique<http::RawClient>(way->http_port));
      return Cell(
          clients, 0, line,
          [&](int client, int64_t number) {
            return HttpGet(connections[static_cast<size_t>(client)].get(), "/v1/" + NameFor(number), authorization);
          },
          way->pid);
    }
    if (way->rpc_clients.empty()) {
      return Cell(clients, 0, line, [this](int client, int64_t number) { return GetOne(client, number); });
    }
    return Cell(
        clients, 0, line,
        [&](int client, int64_t number) {
          kam::api::GetRequest request;
          request.set_name(NameFor(number));
          pb::Account account;
          rpc::CallOptions options;
          options.deadline = absl::Now() + absl::Seconds(30);
          options.bearer = world_.bearer();
          return way->rpc_clients[static_cast<size_t>(client) % way->rpc_clients.size()]->Call(kGet, request, &account,
                                                                                               options);
        },
        way->pid);
  }

  // The proxies of others are programs named by the environment: ./dev bench sets it where Debian's packages have them.
  absl::Status StartProxies() {
    if (const char* nginx = std::getenv("KAM_BENCH_NGINX"); nginx != nullptr && *nginx != '\0') {
      ASSIGN_OR_RETURN(nginx_, Proxy::StartNginx(nginx, directory_ + "/nginx", world_.grpc_port()));
    } else {
      std::printf("\nnginx is not measured: KAM_BENCH_NGINX is not set\n");
    }
    if (const char* grpc_gateway = std::getenv("KAM_BENCH_GRPC_GATEWAY");
        grpc_gateway != nullptr && *grpc_gateway != '\0') {
      ASSIGN_OR_RETURN(grpc_gateway_,
                       Proxy::StartGrpcGateway(grpc_gateway, directory_ + "/grpc-gateway", world_.grpc_port()));
    } else {
      std::printf("\ngRPC-gateway is not measured: KAM_BENCH_GRPC_GATEWAY is not set\n");
    }
    return absl::OkStatus();
  }

  absl::Status Rest() {
    RETURN_IF_ERROR(StartProxies());
    std::vector<Way> ways;
    ways.push_back({.name = "RPC direct"});
    ways.push_back({.name = "HTTP/JSON through the gateway", .http_port = world_.http_port()});
    if (nginx_ != nullptr) {
      Way way{.name = "floor: gRPC through nginx", .pid = nginx_->pid()};
      constexpr int kConnections = 4;  // As many as direct.
      for (int i = 0; i < kConnections; ++i) {
        rpc::ClientOptions options;
        options.target = absl::StrCat("127.0.0.1:", nginx_->port());
        ASSIGN_OR_RETURN(auto client, rpc::Client::Create(std::move(options)));
        way.rpc_clients.push_back(std::move(client));
      }
      ways.push_back(std::move(way));
    }
    if (grpc_gateway_ != nullptr) {
      ways.push_back({.name = "floor: HTTP/JSON, gRPC-gateway",
                      .http_port = grpc_gateway_->port(),
                      .internal_token = true,
                      .pid = grpc_gateway_->pid()});
    }
    for (Way& way : ways) {
      way.one.name = way.name + ", 1 client";
      way.many.name = absl::StrCat(way.name, ", ", kClients);
    }
    for (int round = 0; round < rounds_; ++round) {
      for (const int clients : {1, kClients}) {
        // Each has every place in the round.
        for (size_t i = 0; i < ways.size(); ++i) {
          RETURN_IF_ERROR(RestCell(clients, &ways[(i + static_cast<size_t>(round)) % ways.size()]));
        }
      }
    }
    PrintHead("REST. The same Get through the HTTP edge of the gateway, and through proxies of others");
    for (const bool one : {true, false}) {
      for (const Way& way : ways) Print(one ? way.one : way.many);
    }
    const Way& direct = ways.front();
    for (const Way& way : ways) {
      if (&way == &direct) continue;
      const size_t rounds = way.one.rounds.size();
      std::printf(
          "  %s adds %.2f ms to the p50 at 1 client%s; %.2f x the calls/s of the direct RPC at %d, adds %.0f us of "
          "processor time a call\n",
          way.name.c_str(),
          OverRounds(rounds, [&](size_t r) { return way.one.rounds[r].p50_ms - direct.one.rounds[r].p50_ms; }),
          way.pid == 0 ? " (to reach: 0.25)" : "",
          OverRounds(rounds, [&](size_t r) { return Seconds(direct.many, r) / Seconds(way.many, r); }), kClients,
          OverRounds(rounds, [&](size_t r) { return Cpu(way.many, r) - Cpu(direct.many, r); }));
    }
    PrintShares(ways[1].many, {{"the RPC behind it", &direct.many}}, "gateway");
    return absl::OkStatus();
  }

  World& world_;
  const std::string directory_;
  const double seconds_;
  const int rounds_;
  std::atomic<int64_t> next_account_ = 1;
  std::vector<std::string> names_;
  int create_reads_ = 0, create_writes_ = 0;  // Of one transaction.
  int64_t lookups_ = 0;                       // Of all accounts there before.
  std::unique_ptr<Proxy> nginx_, grpc_gateway_;
};

std::string LoadAverage() {
  std::string text = "unknown";
  std::ifstream("/proc/loadavg") >> text;
  return text;
}

const std::set<std::string> kRows = {"get", "create", "rest", "start"};

int Main(int argc, char** argv) {
  const double seconds = argc > 2 ? std::atof(argv[2]) : 0.5;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 15;
  const std::set<std::string> rows = argc > 4 ? std::set<std::string>(argv + 4, argv + argc) : kRows;
  if (argc < 2 || !std::includes(kRows.begin(), kRows.end(), rows.begin(), rows.end()) || seconds <= 0 ||
      seconds > 30 || rounds < 1) {
    std::fprintf(stderr,
                 "usage: suite_bench DIRECTORY [seconds a cell, up to 30] [rounds] [get|create|rest|start ...]\n");
    return 2;
  }
  if (std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "suite_bench: %s is there already; it would be removed at the end\n", argv[1]);
    return 2;
  }
  // Log lines are made as in service but not written.
  const log::ScopedCapture silence([](absl::string_view) {});
  std::printf("closed loop, %d rounds of %.1f s a cell, %u cores shared by clients, services and MariaDB\n", rounds,
              seconds, std::thread::hardware_concurrency());
  std::printf("load of the machine before: %s\n", LoadAverage().c_str());
  std::fflush(stdout);
  absl::StatusOr<std::unique_ptr<World>> world = World::Start(argv[1]);
  const absl::Status status = world.ok() ? Bench(**world, argv[1], seconds, rounds).Run(rows) : world.status();
  std::printf("\nload of the machine after: %s (the bench itself keeps about %u runnable)\n", LoadAverage().c_str(),
              std::thread::hardware_concurrency());
  if (status.ok()) return 0;
  std::fprintf(stderr, "suite_bench: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace kam::bench

int main(int argc, char** argv) { return kam::bench::Main(argc, argv); }
