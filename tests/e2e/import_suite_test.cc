// The import of real input through the suite as it runs: the public sample data "classicmodels", which lies beside the
// repository and is no part of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/e2e/suite.h"

namespace kam::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// From the source root.
constexpr char kData[] = "../shared/data/classicmodels";
constexpr char kMapping[] = "samples/classicmodels.mapping.json";
constexpr char kAdministrators[] = "samples/classicmodels.administrators";
constexpr int kSomeRowsRefused = 3;
constexpr absl::Duration kStepTimeout = absl::Seconds(60);

// Facts computed from the data by SQL.
Json ExpectedFigures() {
  return {
      {"accounts", 122},
      {"employees", 23},
      {"products", 110},
      {"orders", 326},
      {"currency", "USD"},
      {"order_value", "9604190.61"},
      {"order_value_by_state",
       {{"SHIPPED", "8865094.64"},
        {"DISPUTED", "61158.78"},
        {"ENTERED", "135271.52"},
        {"ON_HOLD", "169575.61"},
        {"RESOLVED", "134235.88"},
        {"CANCELLED", "238854.18"}}},
      {"payments", 273},
      {"payment_value", "8853839.23"},
      {"accounts_without_manager", 22},
      {"accounts_over_limit",
       {{{"external_id", "450"}, {"open_amount", "83984.89"}, {"limit", "77600.00"}},
        {{"external_id", "362"}, {"open_amount", "50806.85"}, {"limit", "41900.00"}},
        {{"external_id", "328"}, {"open_amount", "43525.04"}, {"limit", "43000.00"}}}},
      {"top_managers",
       {{{"external_id", "1370"}, {"value", "1211512.45"}},
        {{"external_id", "1165"}, {"value", "1081530.54"}},
        {{"external_id", "1401"}, {"value", "868220.55"}}}},
  };
}

class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(std::string(kData) + "/orders.csv"))
        << "the input " << kData << " must lie beside the repository";
    const absl::Status started = suite_.Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  std::vector<std::string> ImportCommand(const std::string& mapping, const std::string& directory) {
    std::vector<std::string> command = {Suite::Binary("kamctl"), "--mapping=" + mapping, "--report=" + report_};
    for (std::string& flag : suite_.KamctlFlags()) command.push_back(std::move(flag));
    command.insert(command.end(), {"import", directory});
    return command;
  }

  // The report; the exit status must be `status`.
  Json Import(const std::string& mapping, const std::string& directory, int status) {
    std::error_code ignored;
    std::filesystem::remove(report_, ignored);
    const absl::StatusOr<int> result = RunProgram(ImportCommand(mapping, directory), suite_.log("kamctl"));
    EXPECT_EQ(result.value_or(-1), status) << LogTail(suite_.log("kamctl"));
    const Json report = Json::parse(ReadFile(report_), nullptr, false);
    EXPECT_TRUE(report.is_object()) << "no report";
    return report;
  }

  void ExpectFigures() {
    const std::string file = suite_.folder() + "/summary.json";
    std::vector<std::string> command = {Suite::Binary("kamctl"), "--output=" + file};
    for (std::string& flag : suite_.KamctlFlags()) command.push_back(std::move(flag));
    command.push_back("summary");
    ASSERT_EQ(RunProgram(command, suite_.log("kamctl")).value_or(-1), 0) << LogTail(suite_.log("kamctl"));
    const Json summary = Json::parse(ReadFile(file), nullptr, false);
    EXPECT_EQ(summary, ExpectedFigures()) << Json::diff(ExpectedFigures(), summary).dump(1);
    // What the summary does not say.
    EXPECT_EQ(suite_.Get("contract-svc", "SELECT COUNT(*) FROM orders_lines").integer(), 2996);
    EXPECT_EQ(suite_.Get("contract-svc", "SELECT COUNT(*) FROM credit_accounts WHERE limit_type = 'NONE'").integer(),
              24);
  }

  int64_t Changes() {
    int64_t changes = 0;
    for (const char* service : kServices) changes += suite_.Get(service, "SELECT COUNT(*) FROM changes").integer();
    return changes;
  }

  int64_t Orders() { return suite_.Get("contract-svc", "SELECT COUNT(*) FROM orders").integer(); }

  static Suite::Options WithPresident() {
    Suite::Options options;
    options.administrators = std::string(absl::StripAsciiWhitespace(ReadFile(kAdministrators)));
    return options;
  }

  Suite suite_{WithPresident()};
  const std::string report_ = suite_.folder() + "/import.json";
};

// G-20, G-21, C-28, C-34
TEST_F(ImportTest, ClassicModelsGivesItsFiguresAndASecondRunChangesNothing) {
  const Json first = Import(kMapping, kData, 0);
  EXPECT_THAT(first.value("problems", Json()), IsEmpty());
  ExpectFigures();
  const int64_t changes = Changes();
  for (const char* service : kServices)
    EXPECT_EQ(suite_.Audit(service), 0) << ReadFile(suite_.folder() + "/audit.jsonl");

  const Json second = Import(kMapping, kData, 0);
  for (const Json& step : second.value("steps", Json::array())) {
    EXPECT_EQ(step["unchanged"], step["rows"]) << step;
    EXPECT_GT(step["rows"], 0) << step;
  }
  EXPECT_EQ(Changes(), changes) << "the second run wrote something";
  ExpectFigures();
}

// G-21
TEST_F(ImportTest, AnImportBrokenOffIsContinued) {
  // The import itself is killed with some of the orders in.
  const auto killed = Process::Start(ImportCommand(kMapping, kData), suite_.log("kamctl"));
  ASSERT_TRUE(killed.ok()) << killed.status();
  ASSERT_TRUE(WaitFor(kStepTimeout, [&] { return Orders() > 0 || !(*killed)->running(); }));
  ASSERT_TRUE((*killed)->running()) << LogTail(suite_.log("kamctl"));
  (*killed)->Kill();
  const int64_t orders = Orders();
  EXPECT_LT(orders, 326) << "the import was through before it was killed";

  // It is run again, and now the service it writes to is killed with more of the orders in.
  const auto continued = Process::Start(ImportCommand(kMapping, kData), suite_.log("kamctl"));
  ASSERT_TRUE(continued.ok()) << continued.status();
  ASSERT_TRUE(WaitFor(kStepTimeout, [&] { return Orders() > orders || !(*continued)->running(); }));
  ASSERT_TRUE((*continued)->running()) << LogTail(suite_.log("kamctl"));
  suite_.Kill("contract-svc");
  EXPECT_LT(Orders(), 326) << "the orders were through before the service was killed";
  const absl::Status restarted = suite_.Restart("contract-svc");
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ((*continued)->Wait(), 0) << LogTail(suite_.log("kamctl"));
  ExpectFigures();
}

// G-21: bad rows are reported by line, column and reason; the good rows go in.
TEST_F(ImportTest, BadRowsAreReportedByLineAndTheGoodOnesGoIn) {
  const std::string folder = suite_.folder() + "/broken";
  std::filesystem::create_directory(folder);
  const auto write = [&](const std::string& file, const std::string& text) {
    std::ofstream(absl::StrCat(folder, "/", file)) << text;
  };
  write("customers.csv", "id,name\n1,Atelier Graphique\n2,Signal Gift Stores\n2,Signal Gift Stores again\n");
  write("products.csv", "code,name,price\nS10,Harley,95.70\nS12,Ferrari,214.30\n");
  write("orders.csv",
        "number,customer,date\n"
        "100,1,2003-01-06\n"    // Line 2: good.
        "101,1,2003-02-30\n"    // Line 3: there is no such day.
        "102,2,2003-01-10\n"    // Line 4: one of its lines has a negative quantity.
        "103,2,2003-01-29\n"    // Line 5: one of its lines is of an unknown product.
        "100,2,2003-01-31\n"    // Line 6: the number of line 2 again.
        "104,2,2003-02-11\n");  // Line 7: good.
  write("lines.csv",
        "order,position,product,quantity,price\n"
        "100,1,S10,30,95.70\n"     // Line 2.
        "101,1,S10,50,95.70\n"     // Line 3.
        "102,1,S12,-5,214.30\n"    // Line 4: negative.
        "103,1,S99,20,1.00\n"      // Line 5: unknown.
        "104,1,S12,49,200.00\n");  // Line 6.
  const std::string mapping = suite_.folder() + "/broken.mapping.json";
  const Json money = {{"$money", {{"amount", "{price}"}, {"currency", "USD"}}}};
  const Json steps = {
      {{"title", "accounts"},
       {"file", "customers.csv"},
       {"collection", "accounts"},
       {"key", "{id}"},
       {"resource", {{"legal_name", "{name}"}, {"currency", "USD"}, {"state", "ACCOUNT_STATE_ACTIVE"}}}},
      {{"title", "products"},
       {"file", "products.csv"},
       {"collection", "products"},
       {"key", "{code}"},
       {"resource",
        {{"code", "{code}"},
         {"display_name", "{name}"},
         {"product_line", "models"},
         {"unit", "piece"},
         {"currency", "USD"},
         {"list_price", money}}}},
      {{"title", "orders"},
       {"file", "orders.csv"},
       {"collection", "orders"},
       {"key", "{number}"},
       {"resource",
        {{"account", {{"$reference", "accounts"}, {"key", "{customer}"}}},
         {"order_date", "{date}"},
         {"state", "ORDER_STATE_SHIPPED"},
         {"lines",
          {{"$rows",
            {{"file", "lines.csv"},
             {"column", "order"},
             {"equals", "{number}"},
             {"each",
              {{"line_number", "{position}"},
               {"product", {{"$reference", "products"}, {"key", "{product}"}}},
               {"quantity", "{quantity}"},
               {"unit_price", money}}}}}}}}}},
  };
  std::ofstream(mapping) << Json{{"system", "broken"}, {"maps", Json::object()}, {"steps", steps}}.dump(1);

  const Json report = Import(mapping, folder, kSomeRowsRefused);
  std::map<std::string, Json> problems;  // By place.
  for (const Json& problem : report.value("problems", Json::array())) {
    problems[absl::StrCat(problem.value("file", ""), ":", problem.value("line", 0))] = problem;
  }
  const auto expect = [&](const std::string& place, const std::string& column) {
    ASSERT_EQ(problems.count(place), 1) << place << " in " << report.dump(1);
    EXPECT_EQ(problems[place].value("column", ""), column) << problems[place];
    EXPECT_NE(problems[place].value("reason", ""), "") << problems[place];
    EXPECT_NE(problems[place].value("message", ""), "") << problems[place];
  };
  expect("customers.csv:4", "id");
  expect("orders.csv:3", "date");
  expect("lines.csv:4", "quantity");
  expect("lines.csv:5", "product");
  expect("orders.csv:6", "number");
  EXPECT_EQ(problems.size(), 5) << report.dump(1);

  EXPECT_EQ(suite_.Get("account-svc", "SELECT COUNT(*) FROM accounts").integer(), 2);
  EXPECT_EQ(suite_.Get("contract-svc", "SELECT COUNT(*) FROM products").integer(), 2);
  EXPECT_EQ(Orders(), 2);
}

}  // namespace
}  // namespace kam::e2e
