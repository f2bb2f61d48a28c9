// Fuzz target over templates, paths, queries and headers. The input is lines: HTTP method, path, query, body, header.
// A path that is matched gives values which, encoded again, match the same route with the same values.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/testing/fuzz_main.h"
#include "gateway/json/testing/protobuf_errors.h"
#include "gateway/transcode/bind.h"
#include "gateway/transcode/path_template.h"
#include "gateway/transcode/router.h"
#include "gateway/transcode/uri.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace {

using kam::gateway::PathTemplate;
using kam::testing::Require;

const kam::gateway::Router& TestRouter() {
  static const auto* const router = [] {
    kam::testing::v1::Client::descriptor();
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1.ClientService");
    return kam::gateway::Router::Build({service}).value().release();
  }();
  return *router;
}

// A path of single-segment variables, built from their values.
std::string Rebuild(const kam::gateway::RouteMatch& match) {
  const PathTemplate& path = match.route->path;
  std::string out;
  for (size_t i = 0; i < path.segments.size(); ++i) {
    absl::StrAppend(&out, "/", path.segments[i].literal);
    for (size_t v = 0; v < path.variables.size(); ++v) {
      const PathTemplate::Variable& variable = path.variables[v];
      if (variable.multiple) return "";
      if (variable.first == i && path.segments[i].kind == PathTemplate::Kind::kOne) {
        absl::StrAppend(&out, kam::gateway::PercentEncode(match.values[v]));
      }
    }
  }
  if (!path.verb.empty()) absl::StrAppend(&out, ":", path.verb);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool logs_are_failures = kam::testing::FailOnProtobufErrors();
  static_cast<void>(logs_are_failures);
  static const kam::gateway::JsonCodec codec;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> lines = absl::StrSplit(text, absl::MaxSplits('\n', 4));
  lines.resize(5);

  const auto path_template = kam::gateway::ParsePathTemplate(lines[1]);
  if (path_template.ok()) {
    const std::string shape = kam::gateway::TemplateShape(*path_template);
    const auto again = kam::gateway::ParsePathTemplate(shape);
    Require(again.ok() && kam::gateway::TemplateShape(*again) == shape, "shape changes", shape);
  }

  const auto match = TestRouter().Match(lines[0], lines[1]);
  if (!match.ok()) {
    Require(!kam::Reason(match.status()).empty(), "no reason", lines[1]);
    return 0;
  }
  const std::string rebuilt = Rebuild(*match);
  if (!rebuilt.empty()) {
    const auto again = TestRouter().Match(lines[0], rebuilt);
    Require(again.ok() && again->route == match->route && again->values == match->values, "match changes", rebuilt);
  }
  const std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(match->route->method->input_type())->New());
  kam::gateway::HttpInput input;
  input.query = lines[2];
  input.body = lines[3];
  input.header = [&lines](absl::string_view) { return std::optional<absl::string_view>(lines[4]); };
  const absl::Status bound = kam::gateway::BindRequest(codec, *match, input, {}, request.get());
  Require(bound.ok() || bound.code() == absl::StatusCode::kInvalidArgument, "wrong code", bound.message());
  if (bound.ok()) {
    std::string json;
    Require(codec.Print(*request, &json).ok(), "request does not print", lines[1]);
  }
  return 0;
}
