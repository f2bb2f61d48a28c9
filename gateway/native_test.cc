#include "gateway/native.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/testing/edge_world.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::gateway {
namespace {

using ::testing::HasSubstr;

// Calls the native port as a program outside the suite would.
class NativeTest : public ::testing::Test {
 protected:
  using Metadata = std::vector<std::pair<std::string, std::string>>;

  explicit NativeTest(const WorldOptions& options = {}) : world_(options) {}

  absl::Status Call(const std::string& method, const google::protobuf::Message& request, const Metadata& metadata,
                    std::string* answer = nullptr, absl::Duration timeout = absl::Seconds(20),
                    grpc_compression_algorithm compression = GRPC_COMPRESS_NONE) {
    const auto channel =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", world_.native_port()), grpc::InsecureChannelCredentials());
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    if (timeout != absl::InfiniteDuration()) context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    context.set_compression_algorithm(compression);
    const grpc::Slice slice(request.SerializeAsString());
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareUnaryCall(&context, method, bytes, &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    if (status.ok() && answer != nullptr) {
      std::vector<grpc::Slice> slices;
      EXPECT_TRUE(response.Dump(&slices).ok());
      for (const grpc::Slice& part : slices) answer->append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
    if (status.ok()) return absl::OkStatus();
    return FromRpcStatusBytes(static_cast<absl::StatusCode>(status.error_code()), status.error_message(),
                              status.error_details());
  }
  Metadata Bearer(absl::string_view login = "anna") {
    return {{"authorization", absl::StrCat("Bearer ", world_.Token(login))}};
  }
  static testing::v1::GetClientRequest Get(const std::string& name) {
    testing::v1::GetClientRequest request;
    request.set_name(name);
    return request;
  }

  static constexpr char kGetClient[] = "/kam.testing.v1.ClientService/GetClient";
  EdgeWorld world_;
};

TEST_F(NativeTest, BytesGoThroughWithTheInternalIdentity) {
  std::string answer;
  ASSERT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer(), &answer).ok());
  testing::v1::Client client;
  ASSERT_TRUE(client.ParseFromString(answer));
  EXPECT_EQ(client.name(), "clients/c1");
  EXPECT_EQ(world_.seen()[0].principal.subject, "employees/anna");
}

TEST_F(NativeTest, IdentityMetadataIsStripped) {
  Metadata metadata = Bearer();
  metadata.emplace_back("x-kam-principal", "employees/ceo");
  metadata.emplace_back("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  ASSERT_TRUE(Call(kGetClient, Get("clients/c1"), metadata).ok());
  ASSERT_EQ(world_.sent_metadata().size(), 1u);
  ASSERT_EQ(world_.sent_metadata()[0].size(), 2u);
  EXPECT_EQ(world_.sent_metadata()[0][0].first, "authorization");
  EXPECT_THAT(world_.seen()[0].traceparent, HasSubstr("0af7651916cd43dd8448eb211c80319c"));
}

TEST_F(NativeTest, TokensAndRightsAreAskedForFirst) {
  EXPECT_EQ(Reason(Call(kGetClient, Get("clients/c1"), {})), "TOKEN_MISSING");
  EXPECT_EQ(Call(kGetClient, Get("clients/c1"), {{"authorization", "Bearer x"}}).code(),
            absl::StatusCode::kUnauthenticated);
  Metadata twice = Bearer();
  twice.push_back(twice[0]);
  EXPECT_EQ(Reason(Call(kGetClient, Get("clients/c1"), twice)), "TOKEN_MISSING");
  world_.set_grants({});
  world_.clock().Advance(absl::Minutes(1));
  EXPECT_EQ(Reason(Call(kGetClient, Get("clients/none"), Bearer())), "PERMISSION_DENIED");
  EXPECT_THAT(world_.seen(), ::testing::IsEmpty());
}

TEST_F(NativeTest, InternalAndUnknownMethodsAreUnimplemented) {
  for (const char* method :
       {"/kam.organization.v1.DirectoryService/ResolvePrincipal", "/kam.testing.v1.ClientService/SyncClients",
        "/kam.testing.v1.ClientService/Nothing", "/nothing"}) {
    const absl::Status status = Call(method, Get(""), Bearer());
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << method;
    EXPECT_EQ(Reason(status), "METHOD_UNKNOWN");
  }
  EXPECT_EQ(world_.resolved(), 0);
}

TEST_F(NativeTest, ErrorsKeepTheirDetails) {
  EXPECT_EQ(Reason(Call(kGetClient, Get("clients/none"), Bearer())), "RESOURCE_NOT_FOUND");
  world_.StopBackend();
  EXPECT_EQ(Call(kGetClient, Get("clients/c1"), Bearer()).code(), absl::StatusCode::kUnavailable);
}

TEST_F(NativeTest, TheDeadlineOfTheCallerIsKept) {
  ASSERT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer()).ok());
  world_.CloseGate();
  EXPECT_EQ(Call(kGetClient, Get("clients/c1"), Bearer(), nullptr, absl::Milliseconds(300)).code(),
            absl::StatusCode::kDeadlineExceeded);
  world_.OpenGate();
}

TEST_F(NativeTest, CompressedMessagesAreRefusedUnopened) {
  testing::v1::CreateClientRequest bomb;
  bomb.mutable_client()->set_legal_name(std::string(size_t{32} << 20, 'x'));
  for (const grpc_compression_algorithm algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    const absl::Status status =
        Call("/kam.testing.v1.ClientService/CreateClient", bomb, Bearer(), nullptr, absl::Seconds(20), algorithm);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << status;
  }
  EXPECT_EQ(world_.created().client().legal_name(), "");
  EXPECT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer()).ok());
}

class NativeLimitsTest : public NativeTest {
 protected:
  static constexpr size_t kMessage = 150'000;
  NativeLimitsTest() : NativeTest(Narrow()) {}
  static WorldOptions Narrow() {
    WorldOptions options;
    options.native.receive_bytes_max = 200'000;
    options.native.caller_bytes_max = 250'000;
    options.native.in_flight_bytes_max = 500'000;
    options.native.transport_bytes_max = 4 << 20;
    options.native.call_time_max = absl::Seconds(10);
    return options;
  }
  static testing::v1::GetClientRequest Large() { return Get("clients/" + std::string(kMessage, 'c')); }

  // A call that waits at the backend until the gate opens.
  void Hold(const std::string& login) {
    const size_t calls = world_.seen().size();
    held_.emplace_back([this, login] { EXPECT_TRUE(Call(kGetClient, Large(), Bearer(login)).ok()) << login; });
    world_.WaitForCalls(calls + 1);
  }
  void LetGo() {
    world_.OpenGate();
    for (std::thread& call : held_) call.join();
    held_.clear();
  }

  std::vector<std::thread> held_;
};

TEST_F(NativeLimitsTest, BytesInFlightAreBoundForOneCallerAndForAll) {
  world_.CloseGate();
  Hold("anna");
  const absl::Status share = Call(kGetClient, Large(), Bearer("anna"));
  EXPECT_EQ(share.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(share), "OVERLOADED");
  EXPECT_EQ(MetadataValue(share, "limit"), "caller_bytes_max");
  EXPECT_GT(RetryAfter(share), absl::ZeroDuration());
  Hold("bert");
  Hold("carl");
  const absl::Status total = Call(kGetClient, Large(), Bearer("dora"));
  EXPECT_EQ(total.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(MetadataValue(total, "limit"), "in_flight_bytes_max");
  EXPECT_GT(RetryAfter(total), absl::ZeroDuration());
  EXPECT_EQ(world_.seen().size(), 3u) << "what was refused did not get to the backend";
  LetGo();
  // A call is over for its caller a moment before it is for the gateway.
  while (world_.metrics().find("gateway_native_bytes_in_flight 0\n") == std::string::npos) std::this_thread::yield();
  EXPECT_TRUE(Call(kGetClient, Large(), Bearer("anna")).ok()) << "the bytes were given back";
}

TEST_F(NativeLimitsTest, AnswersCountToo) {
  const absl::Status status = Call(kGetClient, Get("clients/large"), Bearer());
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(MetadataValue(status, "limit"), "caller_bytes_max");
  EXPECT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer()).ok());
}

TEST_F(NativeLimitsTest, MessagesAboveTheLimitAreRefusedHoweverLarge) {
  for (const size_t bytes : {size_t{300'000}, size_t{64} << 20}) {
    const absl::Status status = Call(kGetClient, Get("clients/" + std::string(bytes, 'c')), Bearer());
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << bytes << ": " << status;
    EXPECT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer()).ok());
  }
  EXPECT_EQ(world_.seen().size(), 2u);
}

class NativeTimeTest : public NativeTest {
 protected:
  NativeTimeTest() : NativeTest(Short()) {}
  static WorldOptions Short() {
    WorldOptions options;
    options.native.call_time_max = absl::Milliseconds(300);
    return options;
  }
};

TEST_F(NativeTimeTest, ACallWithoutADeadlineEndsAllTheSame) {
  world_.CloseGate();
  const absl::Status status = Call(kGetClient, Get("clients/c1"), Bearer(), nullptr, absl::InfiniteDuration());
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  world_.OpenGate();
  EXPECT_TRUE(Call(kGetClient, Get("clients/c1"), Bearer()).ok());
}

}  // namespace
}  // namespace kam::gateway
