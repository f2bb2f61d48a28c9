// The project's own sample and the year that is played on it, through the suite as it runs: what ./dev run shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// From the source root.
constexpr char kData[] = "samples/demo";
constexpr char kMapping[] = "samples/demo/mapping.json";
constexpr char kAdministrators[] = "samples/demo/administrators";

// Facts of the files in samples/demo.
Json ExpectedFigures() {
  return {
      {"accounts", 12},    {"employees", 36},
      {"products", 12},    {"orders", 42},
      {"currency", "CNY"}, {"order_value", "24853876.10"},
      {"payments", 35},    {"payment_value", "19241446.60"},
  };
}

// Times that `what` begins a line, blanks aside.
int LinesWith(const std::string& text, absl::string_view what) {
  int lines = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    lines += absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), what) ? 1 : 0;
  }
  return lines;
}

class JourneyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const absl::Status started = suite_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  static Suite::Options WithAdministrators() {
    const std::vector<std::string> people = absl::StrSplit(ReadFile(kAdministrators), '\n', absl::SkipEmpty());
    Suite::Options options;
    options.administrators = absl::StrJoin(people, ",");
    return options;
  }

  // What kamctl prints; its exit status must be 0.
  std::string Kamctl(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {Suite::Binary("kamctl")};
    for (std::string& flag : suite_.KamctlFlags()) command.push_back(std::move(flag));
    command.insert(command.end(), arguments.begin(), arguments.end());
    const std::string file = absl::StrCat(suite_.folder(), "/kamctl.", ++calls_, ".log");
    EXPECT_EQ(RunProgram(command, file).value_or(-1), 0) << LogTail(file) << suite_.Logs();
    return ReadFile(file);
  }

  std::string Journey() {
    std::vector<std::string> services;
    for (const char* service : kServices) {
      services.push_back(absl::StrCat(service, "=127.0.0.1:", suite_.port(service, "grpc")));
    }
    return Kamctl({"--directory=" + suite_.secrets(), "--services=" + absl::StrJoin(services, ","), "journey"});
  }

  Suite suite_{WithAdministrators()};
  int calls_ = 0;
};

void ExpectPage(const std::string& printed) {
  for (const char* title : {"大客户部日报  Key account department", "今日安排 Plan of the day",
                            "应收账龄 Receivables by age", "超信用额度 Accounts over limit", "计时中 Clocks running",
                            "已超时 Clocks breached", "待审批 Approvals waiting", "变更流 Change feed of account-svc",
                            "变更流 Change feed of contract-svc", "变更流 Change feed of aftersales-svc"}) {
    EXPECT_EQ(LinesWith(printed, title), 1) << title << "\n" << printed;
  }
}

// C-01 - C-05, C-10 - C-12, C-18, C-19, C-21, C-22, C-29, C-30, C-32, C-34, G-05,
// S-02 - S-06, S-10 - S-16, S-33, S-34, G30
TEST_F(JourneyTest, TheSampleIsImportedAndItsYearIsPlayedOnce) {
  Kamctl({absl::StrCat("--mapping=", kMapping), "import", kData});
  const std::string file = suite_.folder() + "/summary.json";
  Kamctl({"--output=" + file, "summary"});
  Json figures = Json::parse(ReadFile(file), nullptr, false);
  ASSERT_TRUE(figures.is_object());
  const Json over_limit = figures["accounts_over_limit"];
  ASSERT_FALSE(over_limit.empty());
  EXPECT_EQ(over_limit[0], (Json{{"external_id", "C1010"}, {"open_amount", "1653677.80"}, {"limit", "500000.00"}}));
  for (const char* list : {"order_value_by_state", "accounts_without_manager", "accounts_over_limit", "top_managers"}) {
    EXPECT_EQ(figures.erase(list), 1) << list;
  }
  EXPECT_EQ(figures, ExpectedFigures());

  const std::string year = Journey();
  EXPECT_THAT(year, Not(HasSubstr("JOURNEY_STOPPED")));
  // Every refusal that was wanted is shown; what else is refused ends the journey.
  const int refusals = LinesWith(year, "REFUSED ");
  EXPECT_GE(refusals, 60) << year;
  const size_t end = year.find(absl::StrCat(" steps done, ", refusals, " refused as they must be\n"));
  ASSERT_NE(end, std::string::npos) << year;
  // README tells how many there are.
  const size_t line = year.rfind('\n', end) + 1;
  EXPECT_THAT(ReadFile("README.md"),
              HasSubstr(absl::StrCat("(", year.substr(line, end - line), " steps, ", refusals, " refusals)")));
  ExpectPage(year);
  // The page has something to show in each of its parts.
  for (const char* row : {"拜访 visit", "线索跟进 lead", "商机 step", "合计 total CNY", "额度 limit", "asks "}) {
    EXPECT_THAT(year, HasSubstr(row));
  }

  const std::string again = Journey();
  EXPECT_THAT(again, HasSubstr("the journey was played before"));
  EXPECT_EQ(LinesWith(again, "REFUSED "), 0) << again;
  ExpectPage(again);
}

}  // namespace
}  // namespace kam::e2e
