#include "gateway/config.h"

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

void Set(const char* flag, const char* value) {
  std::string error;
  ASSERT_TRUE(absl::FindCommandLineFlag(flag)->ParseFrom(value, &error)) << flag << ": " << error;
}

TEST(ConfigTest, BackendsAreNamesWithTargets) {
  const auto backends = ParseBackends({"account-svc=127.0.0.1:1", "contract-svc=dns:///c.kam.svc.:50051"});
  ASSERT_TRUE(backends.ok()) << backends.status();
  EXPECT_THAT(*backends,
              ElementsAre(Pair("account-svc", "127.0.0.1:1"), Pair("contract-svc", "dns:///c.kam.svc.:50051")));
  for (const char* bad : {"account-svc", "=x:1", "account-svc="}) {
    EXPECT_EQ(ParseBackends({bad}).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(ParseBackends({"a=x:1", "a=y:1"}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ConfigTest, AddressesAreHostAndPort) {
  EXPECT_EQ(*ParseAddress("f", "127.0.0.1:80"), std::make_pair(std::string("127.0.0.1"), uint16_t{80}));
  EXPECT_EQ(*ParseAddress("f", "[::1]:0"), std::make_pair(std::string("::1"), uint16_t{0}));
  for (const char* bad : {"", ":80", "host", "host:", "host:65536", "host:-1", "[]:1"}) {
    EXPECT_THAT(ViolatedFields(ParseAddress("f", bad).status()), ElementsAre("f")) << bad;
  }
}

TEST(ConfigTest, EveryFlagThatIsMissingOrWrongIsNamedAtOnce) {
  const absl::FlagSaver saver;
  Set("http_listen", "nowhere");
  Set("jwt_algorithms", "RS256,HS256");
  Set("http_connections_max", "-1");
  Set("http_address_connections_max", "0");
  Set("http_body_bytes_max", "0");
  Set("principal_cache", "1h");
  Set("http_held_body_bytes_max", "-1");
  Set("http_address_body_bytes_max", "1000");
  Set("native_calls_max", "0");
  Set("native_caller_bytes_max", "1000000");
  Set("native_in_flight_bytes_max", "999999");
  Set("native_transport_bytes_max", "1");
  EXPECT_THAT(ViolatedFields(ConfigFromFlags().status()),
              ElementsAre("http_listen", "http_body_bytes_max", "http_connections_max", "http_address_connections_max",
                          "http_held_body_bytes_max", "http_address_body_bytes_max", "native_calls_max",
                          "native_caller_bytes_max", "native_in_flight_bytes_max", "native_transport_bytes_max",
                          "backend", "jwks_file", "issuer", "jwt_algorithms", "principal_cache", "program_key_file"));
}

TEST(ConfigTest, FlagsBecomeOptions) {
  const absl::FlagSaver saver;
  Set("http_listen", "0.0.0.0:8443");
  Set("http_plain", "true");
  Set("backend", "account-svc=a:1,contract-svc=c:2");
  Set("jwks_url", "https://idp.example/jwks");
  Set("issuer", "https://idp.example");
  Set("login_claim", "email");
  Set("program_key_file", "/etc/kam/gateway.jwk");
  const auto config = ConfigFromFlags();
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->http.host, "0.0.0.0");
  EXPECT_EQ(config->http.port, 8443);
  EXPECT_EQ(config->backends.size(), 2u);
  EXPECT_EQ(config->outside.login_claim, "email");
  EXPECT_EQ(config->outside.policy.algorithms.size(), 4u);
  EXPECT_GT(config->http.handler_timeout, kCallTimeoutMax);
}

}  // namespace
}  // namespace kam::gateway
