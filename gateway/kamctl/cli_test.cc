// The command line as a person meets it (G-21): wrong flags, missing files, exit status.
#include "gateway/kamctl/cli.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gateway/kamctl/testing/fake_gateway.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/kamctl_XXXXXX");
    directory_ = ::mkdtemp(pattern.data());
  }
  std::string Write(const std::string& file, const std::string& text) const {
    const std::string path = absl::StrCat(directory_, "/", file);
    std::ofstream(path) << text;
    return path;
  }
  int Run(const std::vector<std::string>& words) {
    out_.str("");
    err_.str("");
    return RunCommand(options_, words, out_, err_);
  }

  std::string directory_;
  Options options_;
  std::ostringstream out_, err_;
};

TEST_F(CommandTest, HelpGoesToStandardOutputAndNamesEveryCommandAndFlag) {
  EXPECT_EQ(Run({"help"}), 0);
  EXPECT_THAT(err_.str(), IsEmpty());
  for (const char* word :
       {"keys", "token LOGIN", "import DIR", "summary", "journey", "clock TIME", "--gateway", "--token_file",
        "--mapping", "--report", "--output", "--currency", "--directory", "--services", "exit status"}) {
    EXPECT_THAT(out_.str(), HasSubstr(word));
  }
  EXPECT_EQ(Run({}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("usage: kamctl"));
}

TEST_F(CommandTest, AWrongCommandLineSaysWhatIsWrong) {
  EXPECT_EQ(Run({"exprot"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("there is no command \"exprot\""));
  EXPECT_EQ(Run({"import"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("import needs DIR"));
  EXPECT_EQ(Run({"summary", "now"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("what is \"now\"?"));
  EXPECT_EQ(Run({"summary"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("summary needs --token_file"));
  EXPECT_EQ(Run({"import", directory_}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("import needs --token_file"));
  options_.token_file = Write("token", "t");
  EXPECT_EQ(Run({"import", directory_}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("import needs --mapping"));
  for (const char* command : {"keys", "journey"}) {
    EXPECT_EQ(Run({command}), 2) << "without a folder the secrets would lie at the root";
    EXPECT_THAT(err_.str(), HasSubstr("needs --directory"));
  }
  EXPECT_EQ(Run({"clock", "2026-01-01T00:00:00Z"}), 2);
}

TEST_F(CommandTest, AFileThatIsNoTokenIsNeverSent) {
  FakeGateway server([](const FakeRequest&) { return FakeAnswer{}; });
  options_.gateway = server.url();
  for (const char* text : {"", " \n", "two words", "line\nX-Admin: 1"}) {
    options_.token_file = Write("token", text);
    EXPECT_EQ(Run({"summary"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("TOKEN_FILE_INVALID"));
    EXPECT_THAT(err_.str(), HasSubstr(options_.token_file));
  }
  options_.token_file = directory_ + "/none";
  EXPECT_EQ(Run({"summary"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("FILE_UNREADABLE"));
  EXPECT_THAT(server.requests(), IsEmpty());
}

TEST_F(CommandTest, AnImportSaysByItsExitStatusWhetherEverythingWentIn) {
  bool refuse = false, withdrawn = false;
  FakeGateway server([&](const FakeRequest&) {
    if (withdrawn) return FakeAnswer{403, {{"code", "PERMISSION_DENIED"}, {"reason", "PERMISSION_DENIED"}}};
    const Json good = {{"outcome", "UPSERT_OUTCOME_CREATED"}, {"name", "products/1"}};
    const Json bad = {{"outcome", "UPSERT_OUTCOME_FAILED"}, {"status", {{"message", "code: is taken"}}}};
    return FakeAnswer{200, {{"results", {refuse ? bad : good}}}};
  });
  options_.gateway = server.url();
  options_.token_file = Write("token", "abc\n");
  options_.mapping = Write("mapping.json", R"({"system": "erp", "steps": [
      {"file": "products.csv", "collection": "products", "key": "{code}", "resource": {"code": "{code}"}}]})");
  options_.report = directory_ + "/report.json";
  Write("products.csv", "code\nP1\n");
  EXPECT_EQ(Run({"import", directory_}), 0) << err_.str();
  EXPECT_EQ(server.requests().back().token, "Bearer abc");
  refuse = true;
  EXPECT_EQ(Run({"import", directory_}), 3);
  EXPECT_THAT(out_.str(), HasSubstr("products.csv:2: REFUSED: code: is taken"));
  std::ifstream report(options_.report);
  const Json told = Json::parse(report);
  EXPECT_EQ(told["problems"][0]["line"], 2);
  EXPECT_EQ(told["steps"][0]["failed"], 1);
  EXPECT_EQ(told.count("stopped"), 0u);
  withdrawn = true;
  EXPECT_EQ(Run({"import", directory_}), 1);
  std::ifstream partial(options_.report);
  EXPECT_EQ(Json::parse(partial)["stopped"]["reason"], "PERMISSION_DENIED");
  withdrawn = false;
  EXPECT_EQ(Run({"import", directory_ + "/none"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("FILE_UNREADABLE"));
}

TEST_F(CommandTest, KeysAreMadeOnceAndForNobodyElse) {
  options_.directory = directory_ + "/secrets";
  ASSERT_EQ(Run({"keys"}), 0) << err_.str();
  const std::string path = options_.directory + "/kam_account.password";
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  std::stringstream first, second;
  first << std::ifstream(path).rdbuf();
  EXPECT_EQ(first.str().size(), 65u);
  Write("secrets/kam_account.password.new", "left by somebody who was killed");
  ASSERT_EQ(Run({"keys"}), 0);
  second << std::ifstream(path).rdbuf();
  EXPECT_EQ(second.str(), first.str());
}

}  // namespace
}  // namespace kam::ctl
