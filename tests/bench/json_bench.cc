// JSON codec beside protobuf's json_util, and route matching: time for one message of about 200 bytes, one path.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "gateway/json/json.h"
#include "gateway/transcode/bind.h"
#include "gateway/transcode/router.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "kam/testing/v1/json_test.pb.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::Message;

constexpr char kText[] =
    R"({"name":"benchmarks/01hzy3","legalName":"上海某某汽车有限公司","version":"42","colour":"COLOUR_BLUE",)"
    R"("createTime":"2026-01-31T08:00:00.123Z","limit":{"currencyCode":"CNY","units":"1000000"},)"
    R"("tags":["key","east"],"active":true,"score":87})";

const JsonCodec& Codec() {
  static const JsonCodec codec;
  return codec;
}

std::unique_ptr<Message> New(bool dynamic) {
  static google::protobuf::DynamicMessageFactory factory;
  const auto* type = kam::testing::v1::Benchmark::descriptor();
  if (dynamic) return std::unique_ptr<Message>(factory.GetPrototype(type)->New());
  return std::make_unique<kam::testing::v1::Benchmark>();
}

void BM_Parse(benchmark::State& state) {
  const auto message = New(state.range(0) != 0);
  for (auto _ : state) {
    message->Clear();
    if (!Codec().Parse(kText, message.get()).ok()) state.SkipWithError("not read");
  }
  state.counters["bytes"] = sizeof(kText) - 1;
}
BENCHMARK(BM_Parse)->ArgName("dynamic")->Arg(0)->Arg(1);

void BM_ParseJsonUtil(benchmark::State& state) {
  const auto message = New(state.range(0) != 0);
  const std::string text = kText;
  for (auto _ : state) {
    message->Clear();
    if (!google::protobuf::util::JsonStringToMessage(text, message.get()).ok()) state.SkipWithError("not read");
  }
}
BENCHMARK(BM_ParseJsonUtil)->ArgName("dynamic")->Arg(0)->Arg(1);

void BM_Print(benchmark::State& state) {
  const auto message = New(state.range(0) != 0);
  if (!Codec().Parse(kText, message.get()).ok()) state.SkipWithError("not read");
  std::string out;
  for (auto _ : state) {
    out.clear();
    if (!Codec().Print(*message, &out).ok()) state.SkipWithError("not printed");
  }
}
BENCHMARK(BM_Print)->ArgName("dynamic")->Arg(0)->Arg(1);

void BM_PrintJsonUtil(benchmark::State& state) {
  const auto message = New(state.range(0) != 0);
  if (!Codec().Parse(kText, message.get()).ok()) state.SkipWithError("not read");
  std::string out;
  for (auto _ : state) {
    out.clear();
    if (!google::protobuf::util::MessageToJsonString(*message, &out).ok()) state.SkipWithError("not printed");
  }
}
BENCHMARK(BM_PrintJsonUtil)->ArgName("dynamic")->Arg(0)->Arg(1);

const Router& TestRouter() {
  static const auto* const router = [] {
    kam::testing::v1::Client::descriptor();
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1.ClientService");
    return Router::Build({service}).value().release();
  }();
  return *router;
}

void BM_Match(benchmark::State& state) {
  for (auto _ : state) {
    auto match = TestRouter().Match("GET", "/v1/clients/01hzy3k8m2/orders/01hzy3k8m3");
    if (!match.ok()) state.SkipWithError("no route");
    benchmark::DoNotOptimize(match);
  }
}
BENCHMARK(BM_Match);

void BM_MatchAndBind(benchmark::State& state) {
  for (auto _ : state) {
    const auto match = TestRouter().Match("PATCH", "/v1/clients/01hzy3k8m2");
    HttpInput input;
    input.query = "updateMask=score&allowMissing=true";
    input.body = R"({"score":87})";
    kam::testing::v1::UpdateClientRequest request;
    if (!match.ok() || !BindRequest(Codec(), *match, input, {}, &request).ok()) state.SkipWithError("not bound");
  }
}
BENCHMARK(BM_MatchAndBind);

}  // namespace
}  // namespace kam::gateway
