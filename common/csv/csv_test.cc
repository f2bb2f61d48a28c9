#include "common/csv/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/status.h"

namespace kam::csv {
namespace {

using ::testing::ElementsAre;
using Rows = std::vector<std::vector<std::string>>;

struct Result {
  Rows rows;
  absl::Status status;
};

Result Read(absl::string_view text, const ReaderOptions& options = {}, size_t piece = 1'000'000) {
  Result result;
  Reader reader = Reader::Create(options).value();
  const auto each = [&result](const Record& record) {
    std::vector<std::string>& row = result.rows.emplace_back();
    for (const Field& field : record.fields) row.emplace_back(field.text);
    return absl::OkStatus();
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    result.status = reader.Feed(text.substr(at, piece), each);
    if (!result.status.ok()) return result;
  }
  result.status = reader.Finish(each);
  return result;
}

std::string Write(const Rows& rows, const WriterOptions& options = {}) {
  Writer writer = Writer::Create(options).value();
  std::string out;
  for (const auto& row : rows) EXPECT_TRUE(writer.Write(absl::MakeConstSpan(row), &out).ok());
  return out;
}

TEST(CsvReaderTest, TheCasesOfRfc4180InPiecesOfAnySize) {
  struct Case {
    const char* text;
    Rows rows;
  };
  const Case cases[] = {
      {"", {}},
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
      {"a\r\nb\nc\r\n", {{"a"}, {"b"}, {"c"}}},
      {"\"a\",\"b\"\r\n", {{"a", "b"}}},
      {"\"a\"\"b\",\"\"\"\",\"\"", {{"a\"b", "\"", ""}}},
      {"\"line one\r\nline two\",\"x,y\"\n", {{"line one\r\nline two", "x,y"}}},
      {"\"\rlone\r\",x", {{"\rlone\r", "x"}}},
      {",\r\n,", {{"", ""}, {"", ""}}},
      {"a,\r\nb,", {{"a", ""}, {"b", ""}}},
      {"\"\"\n", {{""}}},
      {" a , b ", {{" a ", " b "}}},
      {"\r\n\na\r\n\r\n\nb\n\r\n", {{"a"}, {"b"}}},
      {"\xef\xbb\xbf\"a\",b", {{"a", "b"}}},
      {"\xef\xbb\xbf", {}},
      {"\xef\xbb\xbf\xef\xbb\xbf", {{"\xef\xbb\xbf"}}},
      {"大客户,合同编号\n\xf0\x9f\x9a\x97,\xc3\xa9", {{"大客户", "合同编号"}, {"\xf0\x9f\x9a\x97", "\xc3\xa9"}}},
  };
  for (const Case& c : cases) {
    for (size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
      const Result result = Read(c.text, {}, piece);
      EXPECT_TRUE(result.status.ok()) << c.text << ": " << result.status;
      EXPECT_EQ(result.rows, c.rows) << c.text << " in pieces of " << piece;
    }
  }
}

TEST(CsvReaderTest, TheDelimiterIsAnOption) {
  ReaderOptions options;
  for (char delimiter : {';', '\t', '|', ' ', '\''}) {
    options.delimiter = delimiter;
    const std::string text = std::string("a") + delimiter + "\"" + delimiter + "\"" + delimiter + "x,y";
    EXPECT_EQ(Read(text, options).rows, (Rows{{"a", std::string(1, delimiter), "x,y"}}));
  }
  for (char delimiter : {'"', '\r', '\n', '\0', '\x7f', '\x80'}) {
    options.delimiter = delimiter;
    EXPECT_EQ(Reason(Reader::Create(options).status()), "CSV_OPTIONS_INVALID");
    EXPECT_EQ(Reason(Writer::Create({delimiter}).status()), "CSV_OPTIONS_INVALID");
  }
}

TEST(CsvReaderTest, ErrorsSayWhereAndWhy) {
  struct Case {
    absl::string_view text;
    const char* rule;
    const char* line;
    const char* column;
  };
  const Case cases[] = {
      {"a,b\nc,d\"e\n", "quote", "2", "4"},
      {"a,b\n\"c\"x,d\n", "quote", "2", "4"},
      {"a,b\nc,\"never\nclosed\n", "quote", "2", "3"},
      {"a,b\nc\rd,e", "line-end", "2", "3"},
      {"a,b\r", "line-end", "1", "5"},
      {"a\r\rb", "line-end", "1", "3"},
      {"a,b\n\nc\n", "columns", "3", "1"},
      {"a\n\"x\ny\",b\n", "columns", "2", "1"},
      {"\"one\ntwo\",\"3\n\",x\"\n", "quote", "3", "4"},
      {"客户,\xff", "utf-8", "1", "4"},
      {"a\xc0\x80", "utf-8", "1", "2"},
      {"\xed\xa0\x80", "utf-8", "1", "1"},
      {"\xf4\x90\x80\x80", "utf-8", "1", "1"},
      {"\xe0\x80\x80", "utf-8", "1", "1"},
      {"\xf5\x80\x80\x80", "utf-8", "1", "1"},
      {"a\n\xe5\xa4", "utf-8", "2", "1"},
      {"\x80", "utf-8", "1", "1"},
      {"\xef\xbb", "utf-8", "1", "1"},
      {"\xe5(", "utf-8", "1", "1"},
      {absl::string_view("ab\0", 3), "nul", "1", "3"},
      {absl::string_view("\"\0\"", 3), "nul", "1", "2"},
  };
  for (const Case& c : cases) {
    for (size_t piece : {1u, 1000u}) {
      const absl::Status status = Read(c.text, {}, piece).status;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
      EXPECT_EQ(Reason(status), "CSV_MALFORMED") << c.text;
      EXPECT_EQ(MetadataValue(status, "rule"), c.rule) << c.text;
      EXPECT_EQ(MetadataValue(status, "line"), c.line) << c.text;
      EXPECT_EQ(MetadataValue(status, "column"), c.column) << c.text;
    }
  }
}

TEST(CsvReaderTest, EveryFieldKnowsWhereItStands) {
  std::vector<std::string> places;
  Reader reader = Reader::Create({}).value();
  const auto each = [&](const Record& record) {
    places.push_back("#" + std::to_string(record.number) + "@" + std::to_string(record.line));
    for (const Field& field : record.fields) {
      places.push_back(std::to_string(field.line) + ":" + std::to_string(field.column) + (field.quoted ? "q" : ""));
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(reader.Feed("\xef\xbb\xbf客户,\"b\"\r\n\r\n\"x\ny\",z\n,", each).ok());
  ASSERT_TRUE(reader.Finish(each).ok());
  EXPECT_THAT(places, ElementsAre("#1@1", "1:1", "1:4q", "#2@3", "3:1q", "4:4", "#3@5", "5:1", "5:2"));
}

TEST(CsvReaderTest, LimitsAreExact) {
  ReaderOptions options;
  options.field_bytes_max = 4;
  options.record_bytes_max = 6;
  options.columns_max = 3;
  EXPECT_TRUE(Read("abcd,ef,", options).status.ok());
  EXPECT_TRUE(Read("\"\"\"\"\"\"\"\"\"\",x", options).status.ok()) << "quotes that enclose or double do not count";
  const std::pair<const char*, const char*> cases[] = {
      {"abcde", "4"}, {"\"abcde", "4"}, {"abc,def,g", "6"}, {",,,", "3"}, {",,,\n", "3"}};
  for (const auto& [text, limit] : cases) {
    const absl::Status status = Read(text, options).status;
    EXPECT_EQ(Reason(status), "CSV_LIMIT_EXCEEDED") << text;
    EXPECT_EQ(MetadataValue(status, "limit"), limit) << text;
    EXPECT_EQ(MetadataValue(status, "line"), "1");
  }
}

TEST(CsvReaderTest, RecordsMayDifferInLengthIfAllowed) {
  ReaderOptions options;
  options.equal_columns = false;
  EXPECT_EQ(Read("a\nb,c\n\nd,e,f", options).rows, (Rows{{"a"}, {"b", "c"}, {"d", "e", "f"}}));
}

TEST(CsvReaderTest, AnErrorStays) {
  Reader reader = Reader::Create({}).value();
  int records = 0;
  const auto each = [&records](const Record&) {
    ++records;
    return absl::AbortedError("stop");
  };
  EXPECT_EQ(reader.Feed("a\nb\n", each).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(reader.Feed("c\n", each).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(reader.Finish(each).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(records, 1);
}

TEST(CsvWriterTest, QuotesOnlyWhatMustBe) {
  EXPECT_EQ(Write({{"a", "b c", ""}}), "a,b c,\r\n");
  EXPECT_EQ(Write({{"a,b", "say \"hi\"", "x\ny", "\r"}}, {',', false, true, false, false}),
            "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\",\"\r\"\r\n");
  EXPECT_EQ(Write({{""}}), "\"\"\r\n");
  EXPECT_EQ(Write({{"", ""}}), ",\r\n");
  WriterOptions options;
  options.delimiter = ';';
  options.crlf = false;
  options.quote_all = true;
  options.byte_order_mark = true;
  EXPECT_EQ(Write({{"a", "1,5"}, {"b", ""}}, options), "\xef\xbb\xbf\"a\";\"1,5\"\n\"b\";\"\"\n");
}

TEST(CsvWriterTest, FormulasAreGuardedAndPlainNumbersAreNot) {
  const std::pair<const char*, const char*> cases[] = {
      {"=1+1", "'=1+1"},
      {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
      {"-2+3", "'-2+3"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\tx", "'\tx"},
      {"\rx", "\"'\rx\""},
      {"\n=x", "\"'\n=x\""},
      {"-", "'-"},
      {"+", "'+"},
      {"-.5", "'-.5"},
      {"-1.", "'-1."},
      {"-1e5", "'-1e5"},
      {"--1", "'--1"},
      {"=5", "'=5"},
      {"\uff1dA1", "'\uff1dA1"},
      {"\uff20x", "'\uff20x"},
      {"'=x", "''=x"},
      {"''@", "'''@"},
      // Left as they are.
      {"-12.50", "-12.50"},
      {"+8613800000000", "+8613800000000"},
      {"-0", "-0"},
      {"12", "12"},
      {"a=b", "a=b"},
      {"'quoted'", "'quoted'"},
      {"'-5", "'-5"},
      {"'", "'"},
      {"\uff0c", "\uff0c"},
  };
  for (const auto& [text, written] : cases) {
    const std::string out = Write({{text, "x"}});
    EXPECT_EQ(out, std::string(written) + ",x\r\n") << text;
    ReaderOptions options;
    options.unguard_formulas = true;
    EXPECT_EQ(Read(out, options).rows, (Rows{{text, "x"}})) << "taken back";
  }
  WriterOptions off;
  off.guard_formulas = false;
  EXPECT_EQ(Write({{"=1+1"}}, off), "=1+1\r\n");
}

TEST(CsvWriterTest, RefusesWhatNobodyCouldRead) {
  Writer writer = Writer::Create({}).value();
  std::string out;
  for (const std::string& field : {std::string("\xff"), std::string("a\0b", 3), std::string("\xe5\xa4"),
                                   std::string("\xed\xa0\x80"), std::string("\xc3(")}) {
    const std::vector<std::string> fields = {"ok", field};
    const absl::Status status = writer.Write(absl::MakeConstSpan(fields), &out);
    EXPECT_EQ(Reason(status), "CSV_TEXT_INVALID");
    EXPECT_EQ(std::string(status.message()).find(field), std::string::npos) << "the value stays out of the error";
  }
  EXPECT_EQ(Reason(writer.Write(absl::Span<const absl::string_view>(), &out)), "CSV_TEXT_INVALID");
  EXPECT_EQ(out, "");
}

TEST(CsvWriterTest, AFieldThatStartsLikeAByteOrderMarkSurvives) {
  const Rows rows = {{"\xef\xbb\xbfx", "y"}};
  EXPECT_EQ(Read(Write(rows)).rows, rows);
}

}  // namespace
}  // namespace kam::csv
