// How should a blocking handler be served? The same handler (it sleeps 1 ms, as a database call does) behind
//   sync       the generated synchronous service
//   callback   the generated callback service and our executor
//   generic    CallbackGenericService and our executor
//   kam        rpc::Server: generic with identity, permission, admission, deadline, metrics and log line
// once with as many handlers at a time as the variant starts, once with 16 sessions that handlers must hold while they
// sleep, as they do with a database pool. Client and server share the process. Variants take turns, so that ratios
// survive a busy machine.
//
// usage: rpc_bench [seconds a cell] [rounds]
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "common/rpc/executor.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo.grpc.pb.h"

namespace kam::bench {
namespace {

using rpc::testing::EchoRequest;
using rpc::testing::EchoResponse;
using rpc::testing::EchoService;

constexpr int kHandlerMicros = 1000;
constexpr int kThreads = 16;
constexpr int kChannels = 4;
constexpr int kUnlimited = 100'000;

// Sessions of the imagined database.
std::counting_semaphore<kUnlimited>* sessions = nullptr;

void Block() {
  sessions->acquire();
  timespec pause{0, kHandlerMicros * 1000};
  nanosleep(&pause, nullptr);
  sessions->release();
}

rpc::Executor::Options ExecutorOptions() {
  return {.threads = kThreads, .queue_length_max = 1024, .bulk_threads_max = 1, .bulk_queue_length_max = 1};
}

class SyncService final : public EchoService::Service {
  grpc::Status Echo(grpc::ServerContext*, const EchoRequest* request, EchoResponse* response) override {
    Block();
    response->set_text(request->text());
    return grpc::Status::OK;
  }
};

class CallbackService final : public EchoService::CallbackService {
 public:
  explicit CallbackService(rpc::Executor* executor) : executor_(executor) {}

 private:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool taken = executor_->TrySubmit(false, [=] {
      Block();
      response->set_text(request->text());
      reactor->Finish(grpc::Status::OK);
    });
    if (!taken) reactor->Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full"));
    return reactor;
  }
  rpc::Executor* const executor_;
};

class GenericService final : public grpc::CallbackGenericService {
 public:
  explicit GenericService(rpc::Executor* executor) : executor_(executor) {}

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Reactor(rpc::Executor* executor) : executor_(executor) { StartRead(&request_); }

   private:
    void OnReadDone(bool ok) override {
      if (!ok) {
        Finish(grpc::Status(grpc::StatusCode::CANCELLED, ""));
      } else if (!executor_->TrySubmit(false, [this] { Run(); })) {
        Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full"));
      }
    }
    void Run() {
      EchoRequest request;
      EchoResponse response;
      grpc::SerializationTraits<EchoRequest>::Deserialize(&request_, &request);
      Block();
      response.set_text(request.text());
      bool own = false;
      grpc::SerializationTraits<EchoResponse>::Serialize(response, &response_, &own);
      StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }
    rpc::Executor* const executor_;
    grpc::ByteBuffer request_, response_;
  };
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Reactor(executor_);
  }
  rpc::Executor* const executor_;
};

class AnyoneAuthenticator : public auth::Authenticator {
 public:
  absl::StatusOr<auth::Principal> Authenticate(absl::string_view, absl::Time) override {
    auth::Principal principal;
    principal.subject = "programs/bench";
    principal.grants["echo.use"] = auth::Level::kAll;
    return principal;
  }
};

// A running server and how to stop it.
struct Served {
  int port = 0;
  std::function<void()> stop;
};

Served Listen(grpc::ServerBuilder* builder) {
  Served served;
  builder->AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &served.port);
  auto server = std::shared_ptr<grpc::Server>(builder->BuildAndStart());
  served.stop = [server] { server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5)); };
  return served;
}

Served ServeSync() {
  auto service = std::make_shared<SyncService>();
  grpc::ServerBuilder builder;
  builder.RegisterService(service.get());
  Served served = Listen(&builder);
  served.stop = [service, stop = served.stop] { stop(); };
  return served;
}

template <typename Service>
Served ServeCallback(const std::function<void(grpc::ServerBuilder*, Service*)>& add) {
  auto executor = std::make_shared<rpc::Executor>(ExecutorOptions());
  auto service = std::make_shared<Service>(executor.get());
  grpc::ServerBuilder builder;
  add(&builder, service.get());
  Served served = Listen(&builder);
  served.stop = [executor, service, stop = served.stop] { stop(); };
  return served;
}

Served ServeKam() {
  struct State {
    AnyoneAuthenticator authenticator;
    rpc::Registry registry;
    std::unique_ptr<rpc::Server> server;
  };
  auto state = std::make_shared<State>();
  state->registry.Add<EchoRequest, EchoResponse>(
      "kam.rpc.testing.EchoService/Echo", [](rpc::Call&, const EchoRequest& request) -> absl::StatusOr<EchoResponse> {
        Block();
        EchoResponse response;
        response.set_text(request.text());
        return response;
      });
  rpc::ServerOptions options;
  options.threads = kThreads;
  options.queue_length_max = 1024;
  state->server =
      rpc::Server::Start(options, state->registry, state->authenticator, std::make_shared<prometheus::Registry>())
          .value();
  Served served;
  served.port = state->server->port();
  served.stop = [state] { state->server->Shutdown(absl::Seconds(5)); };
  return served;
}

struct Result {
  double calls_per_second = 0, p50_ms = 0, p99_ms = 0;
  int64_t failed = 0;
};

Result Measure(int port, int clients, std::chrono::duration<double> length) {
  std::vector<std::unique_ptr<EchoService::Stub>> stubs;
  for (int i = 0; i < kChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stubs.push_back(EchoService::NewStub(
        grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials(), arguments)));
  }
  using Clock = std::chrono::steady_clock;
  std::atomic<bool> counting = false, stop = false;
  std::atomic<int64_t> failed = 0;
  std::vector<std::vector<float>> times(static_cast<size_t>(clients));
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, i] {
      EchoService::Stub& stub = *stubs[static_cast<size_t>(i % kChannels)];
      EchoRequest request;
      request.set_text("accounts/01hzy0000000000000000000");
      while (!stop) {
        grpc::ClientContext context;
        context.AddMetadata("authorization", "Bearer bench");
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
        EchoResponse response;
        const auto start = Clock::now();
        const grpc::Status status = stub.Echo(&context, request, &response);
        if (!counting) continue;
        if (status.ok()) {
          times[static_cast<size_t>(i)].push_back(
              std::chrono::duration<float, std::milli>(Clock::now() - start).count());
        } else {
          ++failed;
        }
      }
    });
  }
  std::this_thread::sleep_for(length / 4);
  counting = true;
  const auto start = Clock::now();
  std::this_thread::sleep_for(length);
  counting = false;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::vector<float> all;
  for (const std::vector<float>& part : times) all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  Result result;
  result.failed = failed;
  if (all.empty()) return result;
  result.calls_per_second = static_cast<double>(all.size()) / seconds;
  result.p50_ms = all[all.size() / 2];
  result.p99_ms = all[all.size() * 99 / 100];
  return result;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int Main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  if (seconds <= 0 || rounds < 1) {
    std::fprintf(stderr, "usage: rpc_bench [seconds a cell > 0] [rounds > 0]\n");
    return 2;
  }
  // Log lines are made as in service but not written.
  log::ScopedCapture silence([](absl::string_view) {});
  const std::vector<std::pair<const char*, std::function<Served()>>> variants = {
      {"sync", ServeSync},
      {"callback",
       [] {
         return ServeCallback<CallbackService>(
             [](grpc::ServerBuilder* builder, CallbackService* service) { builder->RegisterService(service); });
       }},
      {"generic",
       [] {
         return ServeCallback<GenericService>([](grpc::ServerBuilder* builder, GenericService* service) {
           builder->RegisterCallbackGenericService(service);
         });
       }},
      {"kam", ServeKam}};
  std::printf("handler blocks %d us, executor %d threads, %u cores, %d rounds of %.1f s\n", kHandlerMicros, kThreads,
              std::thread::hardware_concurrency(), rounds, seconds);
  std::printf("%-9s %-8s %-9s %10s %8s %8s %8s %10s %10s\n", "sessions", "clients", "variant", "calls/s", "p50 ms",
              "p99 ms", "failed", "x sync", "p99 x sync");
  for (int limit : {kUnlimited, kThreads}) {
    std::counting_semaphore<kUnlimited> limited(limit);
    sessions = &limited;
    for (int clients : {32, 128}) {
      std::map<std::string, std::vector<Result>> results;
      for (int round = 0; round < rounds; ++round) {
        for (const auto& [name, serve] : variants) {
          const Served served = serve();
          results[name].push_back(Measure(served.port, clients, std::chrono::duration<double>(seconds)));
          served.stop();
        }
      }
      for (const auto& [name, serve] : variants) {
        // Ratios are taken within a round, then the median of the rounds.
        std::vector<double> rate, p50, p99, rate_ratio, p99_ratio;
        int64_t failed = 0;
        for (size_t round = 0; round < results[name].size(); ++round) {
          const Result& result = results[name][round];
          const Result& sync = results["sync"][round];
          rate.push_back(result.calls_per_second);
          p50.push_back(result.p50_ms);
          p99.push_back(result.p99_ms);
          rate_ratio.push_back(result.calls_per_second / sync.calls_per_second);
          p99_ratio.push_back(result.p99_ms / sync.p99_ms);
          failed += result.failed;
        }
        std::printf("%-9s %-8d %-9s %10.0f %8.2f %8.2f %8lld %10.2f %10.2f\n", limit == kUnlimited ? "unlimited" : "16",
                    clients, name, Median(rate), Median(p50), Median(p99), static_cast<long long>(failed),
                    Median(rate_ratio), Median(p99_ratio));
      }
      std::fflush(stdout);
    }
  }
  return 0;
}

}  // namespace
}  // namespace kam::bench

int main(int argc, char** argv) { return kam::bench::Main(argc, argv); }
