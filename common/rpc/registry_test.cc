#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/call.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEcho[] = "kam.rpc.testing.EchoService/Echo";
constexpr char kEchoBulk[] = "kam.rpc.testing.EchoService/EchoBulk";
constexpr char kBare[] = "kam.rpc.testing.BareService/Bare";

absl::Status Nothing(Call&, const google::protobuf::Message&, google::protobuf::Message*) { return absl::OkStatus(); }

class RegistryTest : public ::testing::Test {
 protected:
  // Links the descriptors.
  RegistryTest() { testing::EchoRequest::descriptor(); }
  Registry registry_;
};
using RegistryDeathTest = RegistryTest;

TEST_F(RegistryTest, AHandlerIsFoundByNameWithItsRules) {
  registry_.Add(kEcho, Nothing);
  const Registry::Entry* entry = registry_.Find(kEcho);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->rules->permission(), "echo.use");
  EXPECT_EQ(entry->method->name(), "Echo");
  EXPECT_EQ(registry_.Find("kam.rpc.testing.EchoService/None"), nullptr);
}

TEST_F(RegistryTest, ATypedHandlerGetsAndGivesTypedMessages) {
  registry_.Add<testing::EchoRequest, testing::EchoResponse>(
      kEcho, [](Call&, const testing::EchoRequest& request) -> absl::StatusOr<testing::EchoResponse> {
        testing::EchoResponse response;
        response.set_text(request.text() + "!");
        return response;
      });
  testing::EchoRequest request;
  request.set_text("a");
  testing::EchoResponse response;
  Call call;
  ASSERT_TRUE(registry_.Find(kEcho)->handler(call, request, &response).ok());
  EXPECT_EQ(response.text(), "a!");
}

TEST_F(RegistryTest, AMethodWithoutHandlerIsNamed) {
  registry_.Add(kEcho, Nothing);
  const absl::Status status = registry_.CheckComplete("echo-svc");
  EXPECT_EQ(Reason(status), "REGISTRY_INCOMPLETE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("EchoService/EchoBulk has no handler"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("Bare")));
  registry_.Add(kEchoBulk, Nothing);
  EXPECT_TRUE(registry_.CheckComplete("echo-svc").ok());
}

TEST_F(RegistryTest, AServiceNamedButNotServedIsIncomplete) {
  EXPECT_TRUE(registry_.CheckComplete("echo-svc").ok()) << "an empty registry reaches no service";
  EXPECT_THAT(std::string(registry_.CheckComplete("echo-svc", {"kam.rpc.testing.EchoService"}).message()),
              HasSubstr("EchoService/Echo has no handler"));
  EXPECT_THAT(std::string(registry_.CheckComplete("echo-svc", {"kam.Absent"}).message()),
              HasSubstr("kam.Absent is in no linked proto"));
}

TEST_F(RegistryTest, AMethodWithoutPermissionStopsStartUp) {
  registry_.Add(kBare, Nothing);
  EXPECT_THAT(std::string(registry_.CheckComplete("bare-svc").message()),
              HasSubstr("BareService/Bare declares no permission"));
}

TEST_F(RegistryTest, AMethodOfAnotherBackendStopsStartUp) {
  registry_.Add(kEcho, Nothing);
  registry_.Add(kEchoBulk, Nothing);
  EXPECT_THAT(std::string(registry_.CheckComplete("other-svc").message()),
              HasSubstr("belongs to backend \"echo-svc\""));
}

TEST_F(RegistryDeathTest, BrokenWiringEndsTheProcess) {
  registry_.Add(kEcho, Nothing);
  EXPECT_DEATH(registry_.Add(kEcho, Nothing), "method has two handlers");
  EXPECT_DEATH(registry_.Add("kam.rpc.testing.EchoService/None", Nothing), "no linked proto declares");
  EXPECT_DEATH(registry_.Add("no slash", Nothing), "no linked proto declares");
  EXPECT_DEATH(registry_.Add("kam.rpc.testing.BareService/Stream", Nothing), "streaming method");
  EXPECT_DEATH(registry_.Add(kEchoBulk, Handler()), "empty handler");
}

}  // namespace
}  // namespace kam::rpc
