// Requirements: G-21. A row with a broken date, a negative quantity, an unknown product and a duplicate key are each
// reported by line, and the good rows go in.
#include "gateway/kamctl/import.h"

#include <cstdlib>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "gateway/kamctl/testing/fake_gateway.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Keeps what it is sent, and judges dates and quantities as the services do.
class Store {
 public:
  FakeAnswer operator()(const FakeRequest& request) {
    if (fail_after_ == 0) return {503, {{"code", "UNAVAILABLE"}, {"reason", "BACKEND_UNAVAILABLE"}}};
    if (fail_after_ > 0) --fail_after_;
    const std::string collection = request.path.substr(4, request.path.find(':') - 4);
    Json results = Json::array();
    size_t index = 0;
    for (const Json& row : request.body[collection]) {
      if (row.contains("note") && row["note"] == "not JSON of this resource") {
        return {400,
                {{"code", "INVALID_ARGUMENT"},
                 {"reason", "JSON_WRONG_TYPE"},
                 {"detail", "note: must be a number"},
                 {"errors", {{{"field", absl::StrCat(collection, "[", index, "].note")}, {"description", "wrong"}}}}}};
      }
      ++index;
      results.push_back(Upsert(collection, row));
    }
    return {200, {{"results", results}}};
  }

  void FailAfter(int batches) { fail_after_ = batches; }
  const std::map<std::string, Json>& rows() const { return rows_; }

 private:
  Json Upsert(const std::string& collection, const Json& row) {
    const std::string key = absl::StrCat(collection, "/", row["external_ids"][0]["id"].get<std::string>());
    if (row.value("order_date", "2004-01-01").size() != 10) return Refused("order.order_date", "DATE_MALFORMED");
    const Json lines = row.value("lines", Json::array());
    for (size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].value("quantity", "").front() == '-') {
        return Refused(absl::StrCat("order.lines[", i, "].quantity"), "NUMBER_TOO_SMALL");
      }
    }
    const auto [it, fresh] = rows_.emplace(key, row);
    const bool same = it->second == row;
    it->second = row;
    return {{"name", key},
            {"outcome", fresh  ? "UPSERT_OUTCOME_CREATED"
                        : same ? "UPSERT_OUTCOME_UNCHANGED"
                               : "UPSERT_OUTCOME_UPDATED"}};
  }

  static Json Refused(const std::string& field, const std::string& reason) {
    return {
        {"outcome", "UPSERT_OUTCOME_FAILED"},
        {"status",
         {{"code", 3},
          {"message", absl::StrCat(field, " is wrong")},
          {"details",
           {{{"@type", "type.googleapis.com/google.rpc.ErrorInfo"}, {"reason", reason}},
            {{"@type", "type.googleapis.com/google.rpc.BadRequest"}, {"fieldViolations", {{{"field", field}}}}}}}}}};
  }

  int fail_after_ = -1;
  std::map<std::string, Json> rows_;
};

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() : server_([this](const FakeRequest& request) { return store_(request); }) {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/import_XXXXXX");
    directory_ = ::mkdtemp(pattern.data());
  }

  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(absl::StrCat(directory_, "/", file)) << text;
  }

  absl::StatusOr<ImportReport> Run(const std::string& mapping_text) {
    const auto mapping = ParseMapping(mapping_text);
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    Gateway gateway(server_.url(), "token");
    gateway.set_patience(absl::ZeroDuration());
    report_ = Import(gateway, *mapping, directory_, [](const std::string&) {});
    if (!report_.stopped.ok()) return report_.stopped;
    return report_;
  }

  // "orders.csv:3:orderDate DATE_MALFORMED"
  static std::vector<std::string> Lines(const ImportReport& report) {
    std::vector<std::string> lines;
    for (const Problem& problem : report.problems) {
      lines.push_back(
          absl::StrCat(problem.place.file, ":", problem.place.line, ":", problem.place.column, " ", problem.reason));
    }
    return lines;
  }

  Store store_;
  FakeGateway server_;
  std::string directory_;
  ImportReport report_;  // Of the last run, also when it stopped.
};

constexpr char kOrders[] = R"({"system": "erp", "steps": [
  {"file": "products.csv", "collection": "products", "key": "{code}", "resource": {"code": "{code}"}},
  {"file": "orders.csv", "collection": "orders", "key": "{nr}", "resource": {
    "order_date": "{date}",
    "note": "{note}",
    "lines": {"$rows": {"file": "lines.csv", "column": "nr", "equals": "{nr}", "sort": "line", "each": {
      "product": {"$reference": "products", "key": "{product}"}, "quantity": "{qty}"}}}}}]})";

constexpr char kTree[] = R"({"system": "erp", "steps": [{"file": "people.csv", "collection": "employees", "key": "{id}",
  "resource": {"superiors": [{"$when": "{boss}", "superior": {"$reference": "employees", "key": "{boss}"}}]}}]})";

TEST_F(ImportTest, BadRowsAreReportedByFileLineAndColumnAndGoodRowsGoIn) {
  Write("products.csv", "code\nP1\nP2\n");
  Write("orders.csv",
        "nr,date,note\n1,2004-01-05,\n2,2004-1-5,\n3,2004-01-07,\n4,2004-01-08,\n1,2004-01-09,\n5,2004-01-10,\n");
  Write("lines.csv", "nr,line,product,qty\n1,1,P1,5\n2,1,P1,5\n3,2,P2,-4\n3,1,P1,1\n4,1,P9,1\n5,1,P2,1\n");
  const auto report = Run(kOrders);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report), ElementsAre("lines.csv:4:qty NUMBER_TOO_SMALL",       // a negative quantity
                                          "lines.csv:6:product REFERENCE_UNKNOWN",  // an unknown product
                                          "orders.csv:3:date DATE_MALFORMED",       // a broken date
                                          "orders.csv:6:nr KEY_REPEATED"));         // a duplicate key
  EXPECT_EQ(report->steps[1].created, 2);
  EXPECT_EQ(report->steps[1].failed, 4);
  EXPECT_EQ(report->steps[1].rows, 6);
  EXPECT_EQ(store_.rows().count("orders/1"), 1u);
  EXPECT_EQ(store_.rows().count("orders/5"), 1u);
}

TEST_F(ImportTest, TheSameImportAgainChangesNothing) {
  Write("products.csv", "code\nP1\n");
  Write("orders.csv", "nr,date,note\n1,2004-01-05,\n");
  Write("lines.csv", "nr,line,product,qty\n1,1,P1,5\n");
  ASSERT_TRUE(Run(kOrders).ok());
  const auto again = Run(kOrders);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->steps[0].unchanged, 1);
  EXPECT_EQ(again->steps[1].unchanged, 1);
  EXPECT_EQ(again->steps[1].created + again->steps[1].updated, 0);
}

TEST_F(ImportTest, AnInterruptedImportIsContinued) {
  std::string products = "code\n";
  for (int i = 0; i < 250; ++i) absl::StrAppend(&products, "P", i, "\n");
  Write("products.csv", products);
  Write("orders.csv", "nr,date,note\n1,2004-01-05,\n");
  Write("lines.csv", "nr,line,product,qty\n1,1,P249,5\n");
  store_.FailAfter(2);
  const auto broken = Run(kOrders);
  EXPECT_EQ(broken.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_.rows().size(), 200u);
  store_.FailAfter(-1);
  const auto continued = Run(kOrders);
  ASSERT_TRUE(continued.ok()) << continued.status();
  EXPECT_EQ(continued->steps[0].unchanged, 200);
  EXPECT_EQ(continued->steps[0].created, 50);
  EXPECT_EQ(store_.rows().size(), 251u);
}

// Requirements: G-21. What went in before an import stopped is told.
TEST_F(ImportTest, AnImportThatStopsReportsWhatWentIn) {
  std::string products = "code\nP0\nP0\n";
  for (int i = 1; i < 350; ++i) absl::StrAppend(&products, "P", i, "\n");
  Write("products.csv", products);
  Write("orders.csv", "nr,date,note\n1,2004-01-05,\n");
  Write("lines.csv", "nr,line,product,qty\n1,1,P1,5\n");
  store_.FailAfter(2);
  EXPECT_FALSE(Run(kOrders).ok());
  ASSERT_EQ(report_.steps.size(), 1u);
  EXPECT_EQ(report_.steps[0].rows, 351);
  EXPECT_EQ(report_.steps[0].created, 200);
  EXPECT_THAT(Lines(report_), ElementsAre("products.csv:3:code KEY_REPEATED"));
  store_.FailAfter(-1);
  const auto again = Run(kOrders);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->steps[0].created, 150);
  EXPECT_EQ(again->steps[0].unchanged, 200);
}

TEST_F(ImportTest, ARowThatFailsTheWholeCallIsFoundAndTheOthersGoIn) {
  Write("products.csv", "code\n");
  std::string orders = "nr,date,note\n";
  for (int i = 0; i < 120; ++i) {
    absl::StrAppend(&orders, i, ",2004-01-05,", i == 77 ? "not JSON of this resource" : "", "\n");
  }
  Write("orders.csv", orders);
  Write("lines.csv", "nr,line,product,qty\n");
  const auto report = Run(kOrders);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report), ElementsAre("orders.csv:79:note JSON_WRONG_TYPE"));
  EXPECT_EQ(store_.rows().size(), 119u);
}

TEST_F(ImportTest, RowsWaitForTheRowsTheyReferTo) {
  Write("people.csv", "id,boss\n3,2\n2,1\n1,\n");
  const auto report = Run(kTree);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report), IsEmpty());
  std::vector<std::string> order;
  for (const FakeRequest& request : server_.requests()) {
    for (const Json& row : request.body["employees"]) order.push_back(row["external_ids"][0]["id"].get<std::string>());
  }
  EXPECT_THAT(order, ElementsAre("1", "2", "3"));
  EXPECT_EQ(store_.rows().at("employees/3")["superiors"][0]["superior"], "employees/2");
}

TEST_F(ImportTest, RowsThatReferToOneAnotherInACircleAreReported) {
  Write("people.csv", "id,boss\n1,2\n2,1\n3,\n4,1\n");
  const auto report = Run(kTree);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report), ElementsAre("people.csv:2: REFERENCE_CIRCULAR", "people.csv:3: REFERENCE_CIRCULAR",
                                          "people.csv:5: REFERENCE_CIRCULAR"));
  EXPECT_EQ(report->steps[0].created, 1);
  EXPECT_EQ(report->steps[0].failed, 3);
}

TEST_F(ImportTest, ARowWhoseParentWasRefusedIsReportedToo) {
  Write("people.csv", "id,boss\n1,9\n2,1\n");
  const auto report = Run(kTree);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report),
              ElementsAre("people.csv:2:boss REFERENCE_UNKNOWN", "people.csv:3:boss REFERENCE_UNKNOWN"));
}

TEST_F(ImportTest, AReferenceBackOverManyRowsIsResolved) {
  std::string people = "id,boss\n";
  for (int i = 0; i < 450; ++i)
    absl::StrAppend(&people, i, ",", i == 0 ? "" : absl::StrCat(i > 300 ? i - 300 : 0), "\n");
  Write("people.csv", people);
  const auto report = Run(kTree);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(Lines(*report), IsEmpty());
  EXPECT_EQ(report->steps[0].rows, 450);
  EXPECT_EQ(report->steps[0].created, 450);
  EXPECT_EQ(store_.rows().at("employees/449")["superiors"][0]["superior"], "employees/149");
}

TEST_F(ImportTest, AByteOrderMarkAndWindowsLineEndsAreNoPartOfTheData) {
  Write("people.csv", "\xef\xbb\xbfid,boss\r\n1,\r\n2,1\r\n");
  const auto report = Run(kTree);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->steps[0].created, 2);
  EXPECT_EQ(store_.rows().at("employees/2")["superiors"][0]["superior"], "employees/1");
}

constexpr char kGbk[] = R"({"system": "erp", "encoding": "GB18030", "steps": [
  {"file": "people.csv", "collection": "employees", "key": "{id}", "resource": {"name": "{\u59d3\u540d}"}}]})";

TEST_F(ImportTest, AFileInGbkIsReadAsTheMappingSays) {
  std::string people = "id,\xd0\xd5\xc3\xfb\n";                                        // 姓名
  for (int i = 0; i < 20000; ++i) absl::StrAppend(&people, i, ",\xd5\xc5\xc8\xfd\n");  // 张三, over many pieces
  Write("people.csv", people);
  const auto report = Run(kGbk);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->steps[0].created, 20000);
  for (const auto& [key, row] : store_.rows()) ASSERT_EQ(row["name"], "张三") << key;
}

TEST_F(ImportTest, BytesThatAreNoTextAreReportedByLine) {
  Write("people.csv", "id,\xd0\xd5\xc3\xfb\n1,\xd5\xc5\n2,\xff\n");
  const auto report = Run(kGbk);
  EXPECT_EQ(Reason(report.status()), "CSV_MALFORMED");
  EXPECT_EQ(MetadataValue(report.status(), "line"), "3");
  Write("people.csv", "id,boss\n1,\xd5\xc5\n");
  const auto utf8 = Run(kTree);
  EXPECT_EQ(Reason(utf8.status()), "CSV_MALFORMED");
  EXPECT_EQ(MetadataValue(utf8.status(), "line"), "2");
  EXPECT_THAT(std::string(utf8.status().message()), HasSubstr("GB18030")) << "it says what to do";
  EXPECT_THAT(store_.rows(), IsEmpty()) << "nothing of the step was sent";
}

TEST_F(ImportTest, AMalformedFileIsReportedByLine) {
  Write("people.csv", "id,boss\n1,\"x\n");
  const auto report = Run(kTree);
  EXPECT_EQ(Reason(report.status()), "CSV_MALFORMED");
  EXPECT_THAT(std::string(report.status().message()), HasSubstr("people.csv"));
}

}  // namespace
}  // namespace kam::ctl
