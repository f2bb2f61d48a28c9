#include "common/mysql/sql_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/mysql/error.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

TEST(SqlTextTest, ParametersBecomeLiteralsOutsideQuotesAndComments) {
  const std::vector<Value> params = {7, Null(), "a'b\\", std::string("\xff\x00", 2), "", absl::UnixEpoch()};
  EXPECT_EQ(WithLiterals("SELECT ?, ?, '?', \"?\", `?` /* ? */, ?, ?, ? -- ?\n, ? # ?", params).value(),
            "SELECT 7, NULL, '?', \"?\", `?` /* ? */, _utf8mb4 x'6127625c', x'ff00', '' -- ?\n"
            ", '1970-01-01 00:00:00.000000' # ?");
  EXPECT_FALSE(WithLiterals("SELECT ?", {}).ok());
  EXPECT_FALSE(WithLiterals("SELECT 1", Params(params)).ok());
}

TEST(SqlTextTest, TextThatIsNotUtf8IsSentAsBytes) {
  for (const char* bad : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xe4\xbd", "a\xc3"}) {
    const std::vector<Value> params = {bad};
    EXPECT_EQ(WithLiterals("?", params).value().substr(0, 2), "x'") << bad;
  }
  for (const char* good : {"a", "ü", "你好", "🚀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    const std::vector<Value> params = {good};
    EXPECT_EQ(WithLiterals("?", params).value().substr(0, 10), "_utf8mb4 x") << good;
  }
}

TEST(SqlTextTest, StatementsAreClassifiedBehindComments) {
  EXPECT_EQ(Classify("/* x */ -- y\n select 1"), StatementKind::kData);
  EXPECT_EQ(Classify("(SELECT 1) UNION (SELECT 2)"), StatementKind::kData);
  EXPECT_EQ(Classify("# c\ncommit"), StatementKind::kControl);
  EXPECT_EQ(Classify("SET @@autocommit = 1"), StatementKind::kControl);
  EXPECT_EQ(Classify("ROLLBACK TO SAVEPOINT a"), StatementKind::kData);
  EXPECT_EQ(Classify("SET NAMES utf8mb4"), StatementKind::kData);
  EXPECT_EQ(Classify("Create Table x (a INT)"), StatementKind::kDefinition);
  EXPECT_EQ(Classify(""), StatementKind::kData);
}

TEST(SqlTextTest, BadTimesAreRefused) {
  for (const char* text :
       {"", "2024-01-01", "2024-02-30 00:00:00", "2024-01-01T00:00:00", "2024-01-01 00:00:00.1234567",
        "2024-01-01 00:00:00x1", "0000-00-00 00:00:00", "2024-13-01 00:00:00"}) {
    EXPECT_FALSE(ParseDateTime(text).ok()) << text;
  }
  EXPECT_EQ(ParseDateTime("1970-01-01 00:00:00.5").value(), absl::FromUnixMillis(500));
  EXPECT_EQ(FormatDateTime(absl::FromUnixMicros(-1)).value(), "1969-12-31 23:59:59.999999");
  EXPECT_FALSE(FormatDateTime(absl::InfinitePast()).ok());
}

TEST(SqlErrorTest, EveryServerFamilyNamesTheKey) {
  std::string key;
  EXPECT_TRUE(IsDuplicateKey(ToStatus(1062, "Duplicate entry 'x' for key 't_phone'"), &key));
  EXPECT_EQ(key, "t_phone");
  EXPECT_TRUE(IsDuplicateKey(ToStatus(1062, "Duplicate entry 'for key 'z'' for key 't.t_phone'"), &key));
  EXPECT_EQ(key, "t_phone");
  EXPECT_EQ(MetadataValue(ToStatus(3819, "Check constraint 't_n_positive' is violated."), "constraint"),
            "t_n_positive");
}

TEST(SqlErrorTest, CodesHaveTheirReasons) {
  for (const int number : {1213, 1205, 1020, 9007, 8022, 1180}) {
    EXPECT_TRUE(IsConflict(number));
    EXPECT_EQ(Reason(ToStatus(number, "")), "TRANSACTION_CONFLICT") << number;
  }
  for (const int number : {2006, 2013, 2002, 2003, 1053, 1927}) {
    EXPECT_TRUE(IsLost(number));
    EXPECT_EQ(ToStatus(number, "").code(), absl::StatusCode::kUnavailable) << number;
  }
  EXPECT_EQ(Reason(ToStatus(1969, "")), "STATEMENT_TIMEOUT");
  EXPECT_EQ(Reason(ToStatus(3024, "")), "STATEMENT_TIMEOUT");
  EXPECT_EQ(Reason(ToStatus(1040, "")), "DATABASE_BUSY");
  EXPECT_EQ(ToStatus(99999, "a secret").message(), "database error 99999");
}

}  // namespace
}  // namespace kam::mysql
