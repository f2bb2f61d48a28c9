#include "common/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/time/time.h"
#include "common/status/status.h"

ABSL_FLAG(int, kam_config_test_count, 1, "A number.");
ABSL_FLAG(absl::Duration, kam_config_test_wait, absl::Seconds(1), "A time.");
ABSL_FLAG(std::string, kam_config_test_password, "", "Not how it is done.");
ABSL_FLAG(std::string, kam_config_test_password_file, "", "How it is done.");

namespace kam::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class ConfigTest : public ::testing::Test {
 private:
  absl::FlagSaver saver_;
};

TEST_F(ConfigTest, TextIsReadLineByLine) {
  const absl::StatusOr<Settings> settings =
      ParseConfigText("# comment\n\n a = 1 \r\nb=two words = and more\nempty =\n");
  ASSERT_TRUE(settings.ok());
  EXPECT_THAT(*settings, ElementsAre(Pair("a", "1"), Pair("b", "two words = and more"), Pair("empty", "")));
}

TEST_F(ConfigTest, BrokenTextNamesTheLine) {
  for (const char* text : {"a = 1\nno equals", "a = 1\n= 2"}) {
    const absl::Status status = ParseConfigText(text).status();
    EXPECT_EQ(Reason(status), "CONFIG_SYNTAX");
    EXPECT_EQ(MetadataValue(status, "line"), "2");
  }
  const absl::Status twice = ParseConfigText("a = 1\na = 2").status();
  EXPECT_EQ(Reason(twice), "CONFIG_KEY_REPEATED");
  EXPECT_EQ(MetadataValue(twice, "key"), "a");
}

TEST_F(ConfigTest, SettingsReachTheFlags) {
  ASSERT_TRUE(ApplySettings({{"kam_config_test_count", "7"}, {"kam_config_test_wait", "250ms"}}, "file").ok());
  EXPECT_EQ(absl::GetFlag(FLAGS_kam_config_test_count), 7);
  EXPECT_EQ(absl::GetFlag(FLAGS_kam_config_test_wait), absl::Milliseconds(250));
}

TEST_F(ConfigTest, UnknownKeysAndBadValuesAreNamed) {
  const absl::Status unknown = ApplySettings({{"kam_config_test_cuont", "7"}}, "conf");
  EXPECT_EQ(Reason(unknown), "CONFIG_KEY_UNKNOWN");
  EXPECT_THAT(std::string(unknown.message()), HasSubstr("kam_config_test_cuont"));
  const absl::Status bad = ApplySettings({{"kam_config_test_count", "many"}}, "conf");
  EXPECT_EQ(Reason(bad), "CONFIG_VALUE_INVALID");
  EXPECT_EQ(MetadataValue(bad, "key"), "kam_config_test_count");
  EXPECT_EQ(MetadataValue(bad, "source"), "conf");
  EXPECT_EQ(Reason(ApplySettings({{"help", "true"}}, "conf")), "CONFIG_KEY_UNKNOWN") << "Abseil's flags are not ours";
}

TEST_F(ConfigTest, TheEnvironmentIsReadByPrefix) {
  std::vector<std::string> unknown;
  const Settings settings =
      EnvironmentSettings({"PATH=/bin", "KAM_KAM_CONFIG_TEST_COUNT=9", "KAM_kam_config_test_count=8",
                           "KAM_ACCOUNT_SERVICE_HOST=10.0.0.1", "KAM_BROKEN"},
                          &unknown);
  EXPECT_THAT(settings, ElementsAre(Pair("kam_config_test_count", "9")));
  EXPECT_THAT(unknown, ElementsAre("KAM_kam_config_test_count", "KAM_ACCOUNT_SERVICE_HOST"));
}

TEST_F(ConfigTest, TheEffectiveConfigHidesSecretsAndAbseil) {
  absl::SetFlag(&FLAGS_kam_config_test_password, "hunter2");
  absl::SetFlag(&FLAGS_kam_config_test_password_file, "/run/secret");
  const Settings settings = EffectiveConfig();
  EXPECT_THAT(settings, Contains(Pair("kam_config_test_password", "<redacted>")));
  EXPECT_THAT(settings, Contains(Pair("kam_config_test_password_file", "/run/secret")));
  EXPECT_THAT(settings, Contains(Pair("kam_config_test_count", "1")));
  EXPECT_THAT(settings, Not(Contains(Pair("flagfile", ::testing::_))));
}

TEST_F(ConfigTest, SecretsComeFromFiles) {
  const std::string path = ::testing::TempDir() + "kam_config_test_secret." + std::to_string(getpid());
  std::ofstream(path) << "s3cret\n";
  EXPECT_EQ(ReadSecretFile("password_file", path).value(), "s3cret");
  std::ofstream(path) << std::string(kSecretBytesMax + 1, 'x');
  EXPECT_EQ(Reason(ReadSecretFile("password_file", path).status()), "SECRET_UNREADABLE");
  unlink(path.c_str());
  const absl::Status missing = ReadSecretFile("password_file", path).status();
  EXPECT_EQ(Reason(missing), "SECRET_UNREADABLE");
  EXPECT_EQ(MetadataValue(missing, "key"), "password_file");
}

}  // namespace
}  // namespace kam::server
