// Places for connections and room for bodies: of all together, and of one address.
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/raw_client.h"
#include "gateway/http/server.h"
#include "gateway/http/test_server.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

using ::testing::HasSubstr;

TEST(RoomTest, ConnectionsOverTheLimitGet503AndTheOthersLiveOn) {
  ServerOptions options = PlainOptions();
  options.connections = 2;
  const auto server = StartOrDie(options, Echo);
  auto one = std::make_unique<RawClient>(server->port());
  RawClient two(server->port());
  for (RawClient* client : {one.get(), &two}) {
    ASSERT_TRUE(client->Send(Get("")));
    ASSERT_EQ(client->Receive().status, 200);
  }
  {
    RawClient three(server->port());
    const RawResponse refused = three.Receive();
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("TOO_MANY_CONNECTIONS"));
    EXPECT_EQ(refused.Header("retry-after"), "1");
    EXPECT_TRUE(three.WaitForClose());
  }
  one.reset();
  // The place is free again once the server has noticed.
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (server->stats().connections_open > 1 && absl::Now() < give_up) std::this_thread::yield();
  RawClient next(server->port());
  ASSERT_TRUE(next.Send(Get("")));
  EXPECT_EQ(next.Receive().status, 200);
  ASSERT_TRUE(two.Send(Get("")));
  EXPECT_EQ(two.Receive().status, 200);
}

TEST(RoomTest, BodiesOfAllConnectionsTogetherHaveALimit) {
  ServerOptions options = PlainOptions();
  options.held_body_bytes = 100'000;
  Gate gate;
  const auto server = StartOrDie(options, gate.Handler());
  const std::string large(60'000, 'x');
  RawClient first(server->port());
  ASSERT_TRUE(first.Send(Post("Content-Length: 60000\r\n", large)));
  gate.WaitForHeld(1);
  EXPECT_EQ(server->stats().held_body_bytes, 60'000);

  RawClient sized(server->port());
  ASSERT_TRUE(sized.Send(Post("Content-Length: 60000\r\n", large)));
  RawClient chunked(server->port());
  ASSERT_TRUE(chunked.Send(Post("Transfer-Encoding: chunked\r\n", absl::StrCat("ea60\r\n", large, "\r\n0\r\n\r\n"))));
  for (RawClient* client : {&sized, &chunked}) {
    const RawResponse refused = client->Receive();
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"TOO_MANY_BODY_BYTES\""));
    EXPECT_TRUE(client->WaitForClose());
  }
  // A small one has room; what ended gives its room back.
  RawClient small(server->port());
  ASSERT_TRUE(small.Send(Post("Content-Length: 5\r\n", "abcde")));
  gate.WaitForHeld(2);
  gate.Release();
  EXPECT_EQ(first.Receive().status, 200);
  EXPECT_EQ(small.Receive().status, 200);
  RawClient next(server->port());
  ASSERT_TRUE(next.Send(Post("Transfer-Encoding: chunked\r\n", absl::StrCat("ea60\r\n", large, "\r\n0\r\n\r\n"))));
  gate.WaitForHeld(1);
  gate.Release();
  EXPECT_EQ(next.Receive().status, 200);
}

TEST(RoomTest, ConnectionsFromOneAddressLeavePlacesForTheOthers) {
  ServerOptions options = PlainOptions();
  options.address_connections = 2;
  const auto server = StartOrDie(options, Echo);
  // A stranger opens what he can and says nothing.
  auto idle = std::make_unique<RawClient>(server->port(), "127.0.0.2");
  RawClient idle_too(server->port(), "127.0.0.2");
  RawClient refused(server->port(), "127.0.0.2");
  const RawResponse response = refused.Receive();
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("\"reason\":\"TOO_MANY_CONNECTIONS\""));
  EXPECT_THAT(response.body, HasSubstr("your address"));
  EXPECT_TRUE(refused.WaitForClose());
  // Somebody else is served.
  RawClient other(server->port(), "127.0.0.1");
  ASSERT_TRUE(other.Send(Get("")));
  EXPECT_EQ(other.Receive().status, 200);
  // One place of the stranger is free again once the server has noticed; a refused connection took none.
  idle.reset();
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (server->stats().connections_open > 2 && absl::Now() < give_up) std::this_thread::yield();
  RawClient again(server->port(), "127.0.0.2");
  ASSERT_TRUE(again.Send(Get("")));
  EXPECT_EQ(again.Receive().status, 200);
  RawClient still_refused(server->port(), "127.0.0.2");
  EXPECT_EQ(still_refused.Receive().status, 503);
}

TEST(RoomTest, BodiesFromOneAddressLeaveRoomForTheOthers) {
  ServerOptions options = PlainOptions();
  options.held_body_bytes = 100'000;
  options.address_body_bytes = 50'000;
  Gate gate;
  const auto server = StartOrDie(options, gate.Handler());
  // A stranger announces more than he sends: what has come is held until his time is over.
  const std::string part(30'000, 'x');
  RawClient stranger(server->port(), "127.0.0.2");
  ASSERT_TRUE(stranger.Send(Post("Content-Length: 30001\r\n", part)));
  const auto deadline = absl::Now() + absl::Seconds(20);
  while (server->stats().held_body_bytes < 30'000 && absl::Now() < deadline) std::this_thread::yield();
  ASSERT_EQ(server->stats().held_body_bytes, 30'000);
  RawClient again(server->port(), "127.0.0.2");
  ASSERT_TRUE(again.Send(Post("Content-Length: 30001\r\n", part)));
  const RawResponse refused = again.Receive();
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"TOO_MANY_BODY_BYTES\""));
  // Somebody else has room, and the stranger has it again when the first of his bodies is through.
  RawClient other(server->port(), "127.0.0.1");
  ASSERT_TRUE(other.Send(Post("Content-Length: 30000\r\n", part)));
  gate.WaitForHeld(1);
  ASSERT_TRUE(stranger.Send("x"));
  gate.WaitForHeld(2);
  gate.Release();
  EXPECT_EQ(other.Receive().status, 200);
  EXPECT_EQ(stranger.Receive().status, 200);
  RawClient once_more(server->port(), "127.0.0.2");
  ASSERT_TRUE(once_more.Send(Post("Content-Length: 30000\r\n", part)));
  gate.WaitForHeld(1);
  gate.Release();
  EXPECT_EQ(once_more.Receive().status, 200);
}

}  // namespace
}  // namespace kam::http
