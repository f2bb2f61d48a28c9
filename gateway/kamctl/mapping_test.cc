// Requirements: G-21 (data of other systems).
#include "gateway/kamctl/mapping.h"

#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kam::ctl {
namespace {

using ::testing::HasSubstr;

class MappingTest : public ::testing::Test {
 protected:
  MappingTest() {
    std::string pattern = absl::StrCat(::testing::TempDir(), "/mapping_XXXXXX");
    directory_ = ::mkdtemp(pattern.data());
  }

  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(absl::StrCat(directory_, "/", file)) << text;
  }

  // The first row of rows.csv made by a template.
  BuiltRow Build(const std::string& resource, const std::string& csv, const std::string& maps = "{}") {
    Write("rows.csv", csv);
    auto mapping = ParseMapping(absl::StrCat(R"({"system": "erp", "maps": )", maps, R"(, "steps": [{"file": "rows.csv",
        "collection": "orders", "key": "{id}", "resource": )",
                                             resource, "}]}"));
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    mapping_ = *std::move(mapping);
    tables_ = std::make_unique<Tables>(Folder{directory_});
    EXPECT_TRUE(CheckColumns(mapping_.steps[0], tables_.get()).ok());
    const Table* table = *tables_->Open("rows.csv");
    return BuildRow(mapping_, mapping_.steps[0], *table, table->rows[0], names_, waiting_, tables_.get());
  }

  std::string directory_;
  Mapping mapping_;
  std::unique_ptr<Tables> tables_;
  KnownNames names_;
  std::map<std::string, int64_t> waiting_;
};

TEST_F(MappingTest, TextsAreFilledAndTrimmedAndEmptyOnesLeftOut) {
  const BuiltRow row =
      Build(R"({"full": "{first} {last}", "constant": "CN", "none": "{last}", "both": "{first}/{id}"})",
            "id,first,last\n7,Jean ,\n");
  EXPECT_EQ(row.key, "7");
  EXPECT_EQ(row.resource["full"], "Jean");
  EXPECT_EQ(row.resource["constant"], "CN");
  EXPECT_FALSE(row.resource.contains("none"));
  EXPECT_EQ(row.resource["both"], "Jean /7");
  EXPECT_EQ(row.resource["external_ids"].dump(), R"([{"system":"erp","id":"7"}])");
}

TEST_F(MappingTest, ACellThatLooksLikeAPlaceholderIsTextAsItStands) {
  const BuiltRow row = Build(R"({"remark": "{a}-{b}"})", "id,a,b\n1,{b},x\n");
  EXPECT_EQ(row.resource["remark"], "{b}-x");
}

TEST_F(MappingTest, MoneyIsExactToTheLastDigit) {
  const BuiltRow row = Build(
      R"({"a": {"$money": {"amount": "{a}", "currency": "CNY"}}, "b": {"$money": {"amount": "{b}", "currency": "CNY"}},
          "c": {"$money": {"amount": "{c}", "currency": "CNY"}}, "d": {"$money": {"amount": "{d}", "currency": "CNY"}}})",
      "id,a,b,c,d\n1,0.1,999999999999999.99,-2.5,\n");
  EXPECT_EQ(row.resource["a"].dump(), R"({"currencyCode":"CNY","units":"0","nanos":100000000})");
  EXPECT_EQ(row.resource["b"].dump(), R"({"currencyCode":"CNY","units":"999999999999999","nanos":990000000})");
  EXPECT_EQ(row.resource["c"].dump(), R"({"currencyCode":"CNY","units":"-2","nanos":-500000000})");
  EXPECT_FALSE(row.resource.contains("d"));
}

TEST_F(MappingTest, ABrokenAmountIsReportedByLineAndColumn) {
  const BuiltRow row =
      Build(R"({"a": {"$money": {"amount": "{price}", "currency": "CNY"}}})", "id,note,price\n1,\"two\nlines\",12x\n");
  ASSERT_EQ(row.problems.size(), 1u);
  EXPECT_EQ(row.problems[0].reason, "AMOUNT_MALFORMED");
  EXPECT_EQ(row.problems[0].place.file, "rows.csv");
  EXPECT_EQ(row.problems[0].place.line, 2);
  EXPECT_EQ(row.problems[0].place.column, "price");
}

TEST_F(MappingTest, MapsGiveTheMeaningAndUnknownValuesAreReported) {
  const std::string maps = R"({"states": {"Shipped": "ORDER_STATE_SHIPPED"}, "any": {"a": "1", "*": "other"}})";
  const std::string resource = R"({"state": {"$map": "states", "value": "{status}"},
                                   "kind": {"$map": "any", "value": "{status}"}})";
  const BuiltRow good = Build(resource, "id,status\n1,Shipped\n", maps);
  EXPECT_EQ(good.resource["state"], "ORDER_STATE_SHIPPED");
  EXPECT_EQ(good.resource["kind"], "other");
  const BuiltRow bad = Build(resource, "id,status\n1,Lost\n", maps);
  ASSERT_EQ(bad.problems.size(), 1u);
  EXPECT_EQ(bad.problems[0].reason, "VALUE_NOT_MAPPED");
  EXPECT_EQ(bad.problems[0].place.column, "status");
}

TEST_F(MappingTest, ReferencesBecomeNamesAndUnknownOnesAreReported) {
  names_.Add("accounts", "103", "accounts/a1");
  const std::string resource = R"({"account": {"$reference": "accounts", "key": "{customer}"}})";
  EXPECT_EQ(Build(resource, "id,customer\n1,103\n").resource["account"], "accounts/a1");
  const BuiltRow unknown = Build(resource, "id,customer\n1,104\n");
  ASSERT_EQ(unknown.problems.size(), 1u);
  EXPECT_EQ(unknown.problems[0].reason, "REFERENCE_UNKNOWN");
  EXPECT_EQ(unknown.problems[0].place.column, "customer");
  const BuiltRow none = Build(resource, "id,customer\n1,\n");
  EXPECT_TRUE(none.problems.empty());
  EXPECT_FALSE(none.resource.contains("account"));
}

TEST_F(MappingTest, AReferenceToARowOfTheSameFileWaits) {
  waiting_["2"] = 3;
  const BuiltRow row = Build(R"({"parent": {"$reference": "orders", "key": "{parent}"}})", "id,parent\n1,2\n");
  EXPECT_TRUE(row.waits_for_own_collection);
  EXPECT_TRUE(row.problems.empty());
}

TEST_F(MappingTest, RowsOfAnotherFileComeInTheirOrder) {
  Write("lines.csv", "order,nr,qty\n1,10,5\n2,1,9\n1,2,7\n1,1,6\n");
  const std::string each = R"("each": {"line_number": "{nr}", "quantity": "{qty}"})";
  const BuiltRow sorted = Build(
      absl::StrCat(R"({"lines": {"$rows": {"file": "lines.csv", "column": "order", "equals": "{id}", "sort": "nr", )",
                   each, "}}}"),
      "id\n1\n");
  EXPECT_EQ(
      sorted.resource["lines"].dump(),
      R"([{"line_number":"1","quantity":"6"},{"line_number":"2","quantity":"7"},{"line_number":"10","quantity":"5"}])");
  const BuiltRow plain = Build(
      absl::StrCat(R"({"lines": {"$rows": {"file": "lines.csv", "column": "order", "equals": "{id}", )", each, "}}}"),
      "id\n1\n");
  EXPECT_EQ(plain.resource["lines"][0]["line_number"], "10");
  EXPECT_EQ(plain.resource["lines"].size(), 3u);
}

TEST_F(MappingTest, TheFieldAServiceNamesLeadsBackToFileLineAndColumn) {
  Write("lines.csv", "order,nr,qty\n1,10,5\n1,1,-6\n");
  const BuiltRow row = Build(
      R"({"order_date": "{date}", "lines": {"$rows": {"file": "lines.csv", "column": "order", "equals": "{id}", "sort": "nr",
          "each": {"quantity": "{qty}"}}}})",
      "id,date\n1,2004-02-30\n");
  const Place whole{"rows.csv", 2, ""};
  const Place date = PlaceOf(row, "order.order_date", whole);
  EXPECT_EQ(absl::StrCat(date.file, ":", date.line, ":", date.column), "rows.csv:2:date");
  const Place quantity = PlaceOf(row, "orders[17].lines[0].quantity", whole);
  EXPECT_EQ(absl::StrCat(quantity.file, ":", quantity.line, ":", quantity.column), "lines.csv:3:qty");
  const Place line = PlaceOf(row, "order.lines[1].unit_price", whole);
  EXPECT_EQ(absl::StrCat(line.file, ":", line.line, ":", line.column), "lines.csv:2:");
  EXPECT_EQ(PlaceOf(row, "order.account", whole).column, "");
}

TEST_F(MappingTest, ConditionsDecideAboutObjectsAndElements) {
  const std::string resource = R"({
      "limit": {"$when": {"value": "{limit}", "not": ["", "0.00"]}, "$money": {"amount": "{limit}", "currency": "USD"}},
      "superiors": [{"$when": "{boss}", "superior": "{boss}", "since": "2003-01-01"}],
      "vip": {"$when": {"value": "{class}", "is": ["A"]}, "level": "{class}"}})";
  const BuiltRow with = Build(resource, "id,limit,boss,class\n1,5.00,9,A\n");
  EXPECT_EQ(with.resource["limit"]["units"], "5");
  EXPECT_EQ(with.resource["superiors"].dump(), R"([{"superior":"9","since":"2003-01-01"}])");
  EXPECT_EQ(with.resource["vip"]["level"], "A");
  const BuiltRow without = Build(resource, "id,limit,boss,class\n1,0.00,,B\n");
  EXPECT_FALSE(without.resource.contains("limit"));
  EXPECT_FALSE(without.resource.contains("superiors"));
  EXPECT_FALSE(without.resource.contains("vip"));
}

TEST_F(MappingTest, BooleansAndListsHaveTheirOwnForm) {
  const std::string resource =
      R"({"vip": {"$boolean": "{vip}"}, "regions": {"$split": "{regions}", "separator": ";"}})";
  const BuiltRow yes = Build(resource, "id,vip,regions\n1,是,华东; 华南;\n");
  EXPECT_EQ(yes.resource["vip"], true);
  EXPECT_EQ(yes.resource["regions"].dump(), R"(["华东","华南"])");
  EXPECT_EQ(Build(resource, "id,vip,regions\n1,No,\n").resource["vip"], false);
  EXPECT_FALSE(Build(resource, "id,vip,regions\n1,,\n").resource.contains("vip"));
  const BuiltRow bad = Build(resource, "id,vip,regions\n1,maybe,\n");
  ASSERT_EQ(bad.problems.size(), 1u);
  EXPECT_EQ(bad.problems[0].reason, "BOOLEAN_MALFORMED");
}

TEST_F(MappingTest, ARowWithoutKeyIsReported) {
  const BuiltRow row = Build(R"({"a": "{a}"})", "id,a\n,x\n");
  ASSERT_EQ(row.problems.size(), 1u);
  EXPECT_EQ(row.problems[0].reason, "KEY_MISSING");
  EXPECT_EQ(row.problems[0].place.column, "id");
}

TEST_F(MappingTest, AColumnThatIsNotThereIsFoundBeforeAnyRowIsSent) {
  Write("rows.csv", "id\n1\n");
  Write("lines.csv", "order,nr\n");
  const auto check = [&](const std::string& resource) {
    const auto mapping = ParseMapping(absl::StrCat(
        R"({"system": "erp", "steps": [{"file": "rows.csv", "collection": "orders", "key": "{id}", "resource": )",
        resource, "}]}"));
    EXPECT_TRUE(mapping.ok()) << mapping.status();
    Tables tables(Folder{directory_});
    return CheckColumns(mapping->steps[0], &tables);
  };
  EXPECT_THAT(check(R"({"a": [{"b": "{nosuch}"}]})").message(), HasSubstr("rows.csv has no column nosuch"));
  EXPECT_THAT(check(R"({"l": {"$rows": {"file": "lines.csv", "column": "order", "equals": "{id}",
                       "each": {"q": "{qty}"}}}})")
                  .message(),
              HasSubstr("lines.csv has no column qty"));
  EXPECT_EQ(Reason(check(R"({"l": {"$rows": {"file": "none.csv", "column": "a", "equals": "{id}", "each": "{a}"}}})")),
            "FILE_UNREADABLE");
}

TEST(ParseMappingTest, EveryWrongMemberIsNamed) {
  const auto refused = [](const std::string& text) {
    const auto mapping = ParseMapping(text);
    EXPECT_FALSE(mapping.ok()) << text;
    EXPECT_EQ(Reason(mapping.status()), "MAPPING_INVALID");
    const std::vector<std::string> fields = ViolatedFields(mapping.status());
    return fields.empty() ? "" : fields[0];
  };
  const auto step = [](const std::string& resource) {
    return absl::StrCat(R"({"system": "s", "steps": [{"file": "f", "collection": "c", "key": "{k}", "resource": )",
                        resource, "}]}");
  };
  EXPECT_EQ(refused("[]"), "mapping");
  EXPECT_EQ(refused("{"), "mapping");
  EXPECT_EQ(refused("{}"), "system");
  EXPECT_EQ(refused(R"({"system": "s"})"), "steps");
  EXPECT_EQ(refused(R"({"system": "s", "maps": []})"), "maps");
  EXPECT_EQ(refused(R"({"system": "s", "maps": {"m": {"a": 1}}})"), "maps.m.a");
  EXPECT_EQ(refused(R"({"system": "s", "steps": [7]})"), "steps[0].file");
  EXPECT_EQ(refused(R"({"system": "s", "steps": [{"file": "f", "collection": "c"}]})"), "steps[0].key");
  EXPECT_EQ(refused(step("[]")), "steps[0].resource");
  EXPECT_EQ(refused(step(R"({"a": {"$map": "m", "value": "{v}"}})")), "steps[0].resource.a.$map");
  EXPECT_EQ(refused(step(R"({"a": {"$reference": "accounts"}})")), "steps[0].resource.a.key");
  EXPECT_EQ(refused(step(R"({"a": {"$money": {"amount": "{v}"}}})")), "steps[0].resource.a.$money.currency");
  EXPECT_EQ(refused(step(R"({"a": {"$money": 7}})")), "steps[0].resource.a.$money");
  EXPECT_EQ(refused(step(R"({"a": {"$rows": {"file": "f", "column": "c"}}})")), "steps[0].resource.a.$rows.equals");
  EXPECT_EQ(refused(step(R"({"a": [{"$boolean": 1}]})")), "steps[0].resource.a[0].$boolean");
  EXPECT_EQ(refused(step(R"({"a": {"$split": "{v}", "separator": ""}})")), "steps[0].resource.a.separator");
  EXPECT_EQ(refused(step(R"({"a": {"$when": {"value": "{v}"}, "b": "c"}})")), "steps[0].resource.a.$when");
  EXPECT_EQ(refused(step(R"({"a": {"$other": "{v}"}})")), "steps[0].resource.a.$other");
}

}  // namespace
}  // namespace kam::ctl
