#include "common/resource/filter.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Type& WidgetType() {
  static const Type* const type = Type::FromDescriptor(kam::testing::v1::Widget::descriptor())->release();
  return *type;
}

// Where the days of the business begin: 16:00 UTC of the day before.
absl::TimeZone Shanghai() { return absl::FixedTimeZone(8 * 60 * 60); }

auth::Principal Nobody() { return {}; }

auth::Principal Everybody() {
  auth::Principal principal;
  for (const char* permission : {"widget-cost.view", "widget-secret.view", "widget-contact.view"}) {
    principal.grants[permission] = auth::Level::kOwn;
  }
  return principal;
}

struct PrintValue {
  std::string operator()(mysql::Null) const { return "NULL"; }
  std::string operator()(int64_t value) const { return absl::StrCat(value); }
  std::string operator()(const std::string& value) const { return absl::StrCat("'", value, "'"); }
  std::string operator()(absl::Time value) const {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", value, absl::UTCTimeZone());
  }
};

// "sql | params".
std::string Compiled(absl::string_view filter, const auth::Principal& reader = Everybody()) {
  const absl::StatusOr<SqlCondition> condition = CompileFilter(WidgetType(), filter, reader, Shanghai());
  if (!condition.ok()) return absl::StrCat("error: ", std::string(condition.status().message()));
  return absl::StrCat(condition->sql, " | ",
                      absl::StrJoin(condition->params, ", ", [](std::string* out, const mysql::Value& value) {
                        out->append(std::visit(PrintValue(), value.variant()));
                      }));
}

struct Case {
  const char* filter;
  const char* sql;
};

TEST(CompileFilterTest, WritesParametrisedSql) {
  const Case cases[] = {
      {"", " | "},
      // Text.
      {"title = \"Acme\"", "t.title = ? | 'Acme'"},
      {"title = Acme", "t.title = ? | 'Acme'"},
      {"title != \"Acme\"", "t.title <> ? | 'Acme'"},
      {"title >= B", "t.title >= ? | 'B'"},
      {"title = \"Ac*\"", "t.title LIKE ? | 'Ac%'"},
      {"title != \"*50%_\"", "t.title NOT LIKE ? | '%50\\%\\_'"},
      {"title = \"A\\*\"", "t.title = ? | 'A*'"},
      {"title:50%", "t.title LIKE ? | '%50\\%%'"},
      {"title:\"a*b\"", "t.title LIKE ? | '%a*b%'"},
      {"title:*", "t.title IS NOT NULL | "},
      {"title:\"*\"", "t.title LIKE ? | '%*%'"},
      {"title = \"\"", "t.title IS NULL | "},
      {"title != ''", "t.title IS NOT NULL | "},
      {"code = \"A-1\"", "t.widget_code = ? | 'A-1'"},
      {"title = \"x' OR 1=1 -- \"", "t.title = ? | 'x' OR 1=1 -- '"},
      // Enum.
      {"state = ACTIVE", "t.state = ? | 'ACTIVE'"},
      {"state = WIDGET_STATE_ACTIVE", "t.state = ? | 'ACTIVE'"},
      {"state != \"DRAFT\"", "t.state <> ? | 'DRAFT'"},
      {"state:DRAFT", "t.state = ? | 'DRAFT'"},
      {"state = WIDGET_STATE_UNSPECIFIED", "t.state IS NULL | "},
      {"state != \"\"", "t.state IS NOT NULL | "},
      {"state:*", "t.state IS NOT NULL | "},
      // References and names.
      {"account = \"accounts/01HZZZ\"", "t.account = ? | '01HZZZ'"},
      {"owner != employees/E1", "t.owner <> ? | 'E1'"},
      {"account = \"\"", "t.account IS NULL | "},
      {"subject = accounts/A1", "t.subject = ? | 'accounts/A1'"},
      {"subject = \"accounts/*\"", "t.subject LIKE ? | 'accounts/%'"},
      // Dates, decimals, numbers, truth.
      {"start_date < 2026-02-28", "t.start_date < ? | '2026-02-28'"},
      {"start_date:2024-02-29", "t.start_date = ? | '2024-02-29'"},
      {"weight > 1.50", "t.weight > CAST(? AS DECIMAL(65,30)) | '1.5'"},
      {"weight = -0012", "t.weight = CAST(? AS DECIMAL(65,30)) | '-12'"},
      {"weight = \"\"", "t.weight IS NULL | "},
      {"quantity >= 9223372036854775807", "t.quantity >= ? | 9223372036854775807"},
      {"quantity = -9223372036854775808", "t.quantity = ? | -9223372036854775808"},
      {"quantity:*", "t.quantity <> 0 | "},
      {"enabled = true", "t.enabled = ? | 1"},
      {"enabled != true", "t.enabled <> ? | 1"},
      {"enabled = \"false\"", "t.enabled = ? | 0"},
      // Times.
      {"due_time >= 2026-01-31", "t.due_time >= ? | 2026-01-30T16:00:00Z"},
      {"due_time < 2026-01-31", "t.due_time < ? | 2026-01-30T16:00:00Z"},
      {"due_time <= 2026-01-31", "t.due_time < ? | 2026-01-31T16:00:00Z"},
      {"due_time > 2026-01-31", "t.due_time >= ? | 2026-01-31T16:00:00Z"},
      {"due_time = 2026-01-31", "(t.due_time >= ? AND t.due_time < ?) | 2026-01-30T16:00:00Z, 2026-01-31T16:00:00Z"},
      {"due_time:2026-02-28", "(t.due_time >= ? AND t.due_time < ?) | 2026-02-27T16:00:00Z, 2026-02-28T16:00:00Z"},
      {"due_time != 2026-01-31", "(t.due_time < ? OR t.due_time >= ?) | 2026-01-30T16:00:00Z, 2026-01-31T16:00:00Z"},
      {"NOT due_time = 2026-01-31",
       "((t.due_time >= ? AND t.due_time < ?)) IS NOT TRUE | 2026-01-30T16:00:00Z, 2026-01-31T16:00:00Z"},
      {"due_time < \"2026-01-31T10:00:00.000001+08:00\"", "t.due_time < ? | 2026-01-31T02:00:00.000001Z"},
      {"due_time = 2026-01-31t10:00:00z", "t.due_time = ? | 2026-01-31T10:00:00Z"},
      {"due_time = 2026-01-31T10:00:00.123456000Z", "t.due_time = ? | 2026-01-31T10:00:00.123456Z"},
      // Money.
      {"list_price > 100", "t.list_price_amount > CAST(? AS DECIMAL(65,30)) | '100'"},
      {"list_price:*", "t.list_price_amount IS NOT NULL | "},
      {"list_price = \"\"", "t.list_price_amount IS NULL | "},
      {"list_price.currency_code = CNY", "t.list_price_currency = ? | 'CNY'"},
      {"list_price.currency_code != \"\"", "t.list_price_currency IS NOT NULL | "},
      // Flattened messages.
      {"address.city = \"Harbin\"", "t.address_city = ? | 'Harbin'"},
      {"address.position.zone = N", "t.address_position_zone = ? | 'N'"},
      {"address.position.height > 5", "t.address_position_height > ? | 5"},
      {"address:*",
       "(t.address_city IS NOT NULL OR t.address_street IS NOT NULL OR t.address_phone IS NOT NULL OR "
       "t.address_verified <> 0 OR t.address_position_zone IS NOT NULL OR t.address_position_height <> 0) | "},
      // Children.
      {"lines.product = products/P1",
       "EXISTS (SELECT 1 FROM widgets_lines c WHERE c.parent_id = t.id AND c.product = ?) | 'P1'"},
      {"lines.price > 10",
       "EXISTS (SELECT 1 FROM widgets_lines c WHERE c.parent_id = t.id AND c.price_amount > CAST(? AS DECIMAL(65,30)))"
       " | '10'"},
      {"lines.note = \"\"", "EXISTS (SELECT 1 FROM widgets_lines c WHERE c.parent_id = t.id AND c.note IS NULL) | "},
      {"lines.kind = GOODS",
       "EXISTS (SELECT 1 FROM widgets_lines c WHERE c.parent_id = t.id AND c.kind = ?) | 'GOODS'"},
      {"lines:*", "EXISTS (SELECT 1 FROM widgets_lines c WHERE c.parent_id = t.id) | "},
      {"tags:vip", "EXISTS (SELECT 1 FROM widgets_tags c WHERE c.parent_id = t.id AND c.value = ?) | 'vip'"},
      {"tags:\"v*\"", "EXISTS (SELECT 1 FROM widgets_tags c WHERE c.parent_id = t.id AND c.value LIKE ?) | 'v%'"},
      {"tags:*", "EXISTS (SELECT 1 FROM widgets_tags c WHERE c.parent_id = t.id) | "},
      {"related:widgets/W1", "EXISTS (SELECT 1 FROM widget_links c WHERE c.parent_id = t.id AND c.value = ?) | 'W1'"},
      // System fields.
      {"create_time > 2026-01-01", "t.create_time >= ? | 2026-01-01T16:00:00Z"},
      {"archive_time:*", "t.archive_time IS NOT NULL | "},
      {"creator = employees/E1", "t.creator = ? | 'employees/E1'"},
      {"updater = \"programs/*\"", "t.updater LIKE ? | 'programs/%'"},
      {"number = \"WD-2026-*\"", "t.number LIKE ? | 'WD-2026-%'"},
      {"external_ids.id = 4711",
       "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id AND x.external_id = ?) | "
       "'widgets', '4711'"},
      {"external_ids.system = sap-ecc",
       "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id AND x.system_name = ?) | "
       "'widgets', 'sap-ecc'"},
      {"external_ids:*",
       "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id) | 'widgets'"},
      {"external_ids:4711",
       "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id AND (x.external_id = ?)) "
       "| 'widgets', '4711'"},
      {"external_ids:\"sap-ecc/4711\"",
       "EXISTS (SELECT 1 FROM external_ids x WHERE x.collection = ? AND x.resource_id = t.id AND (x.external_id = ? OR "
       "(x.system_name = ? AND x.external_id = ?))) | 'widgets', 'sap-ecc/4711', 'sap-ecc', '4711'"},
      // Logic. NOT is "is not true" wherever NULL is possible.
      {"title = a AND quantity > 1 OR quantity < 0",
       "(t.title = ? AND (t.quantity > ? OR t.quantity < ?)) | 'a', 1, 0"},
      {"NOT title = a", "(t.title = ?) IS NOT TRUE | 'a'"},
      {"-quantity = 1", "NOT (t.quantity = ?) | 1"},
      {"NOT tags:x", "NOT (EXISTS (SELECT 1 FROM widgets_tags c WHERE c.parent_id = t.id AND c.value = ?)) | 'x'"},
      {"NOT (title:* AND enabled = true)", "NOT ((t.title IS NOT NULL AND t.enabled = ?)) | 1"},
      {"NOT (title = a OR enabled = true)", "((t.title = ? OR t.enabled = ?)) IS NOT TRUE | 'a', 1"},
  };
  for (const Case& c : cases) EXPECT_EQ(Compiled(c.filter), c.sql) << c.filter;
}

struct ErrorCase {
  const char* filter;
  const char* reason;
  int position;
  const char* message;
};

TEST(CompileFilterTest, RefusesFieldsAndValuesThatDoNotFit) {
  constexpr char kUnknown[] = "FILTER_FIELD_UNKNOWN";
  constexpr char kValue[] = "FILTER_VALUE_INVALID";
  const ErrorCase cases[] = {
      {"nothing = 1", kUnknown, 1, "\"nothing\" is not a field that widgets can be filtered by"},
      {"title = a AND nothing = 1", kUnknown, 15, "nothing"},
      {"remark = x", kUnknown, 1, "remark"},
      {"headline = x", kUnknown, 1, "headline"},
      {"address.street = x", kUnknown, 1, "address.street"},
      {"address.nothing = x", kUnknown, 1, "address.nothing"},
      {"title.x = x", kUnknown, 1, "title.x"},
      {"due_time.seconds = 1", kUnknown, 1, "due_time.seconds"},
      {"list_price.units = 1", kUnknown, 1, "list_price.units"},
      {"list_price.currency_code.x = 1", kUnknown, 1, "list_price"},
      {"lines.nothing = 1", kUnknown, 1, "lines.nothing"},
      {"lines.delivered = 1", kUnknown, 1, "lines.delivered"},
      {"tags.value = 1", kUnknown, 1, "tags.value"},
      {"name = widgets/W1", kUnknown, 1, "name"},
      {"etag = v1", kUnknown, 1, "etag"},
      {"number.x = 1", kUnknown, 1, "number.x"},
      {"external_ids.nothing = 1", kUnknown, 1, "external_ids.nothing"},
      {"widget_code = A", kUnknown, 1, "widget_code"},
      {"id = A", kUnknown, 1, "\"id\""},
      {"state = GONE", kValue, 9, "state takes one of DRAFT, ACTIVE, BLOCKED, not \"GONE\""},
      {"state = active", kValue, 9, "DRAFT, ACTIVE, BLOCKED"},
      {"state = \"ACT*\"", kValue, 9, "DRAFT, ACTIVE, BLOCKED"},
      {"state > ACTIVE", kValue, 7, "state is compared with = != :, not with >"},
      {"account = A1", kValue, 11, "account takes a name accounts/{id}"},
      {"account = employees/A1", kValue, 11, "accounts/{id}"},
      {"account = accounts/", kValue, 11, "accounts/{id}"},
      {"account = accounts/a/b", kValue, 11, "accounts/{id}"},
      {"account = \"accounts/*\"", kValue, 11, "accounts/{id}"},
      {"account < accounts/A1", kValue, 9, "= != :"},
      {"subject = A1", kValue, 11, "a resource name"},
      {"subject = Accounts/A1", kValue, 11, "a resource name"},
      {"subject = accounts/A1/x", kValue, 11, "a resource name"},
      {"start_date = 2026-02-30", kValue, 14, "a date YYYY-MM-DD"},
      {"start_date = 2025-02-29", kValue, 14, "a date YYYY-MM-DD"},
      {"start_date = 2026-1-1", kValue, 14, "a date YYYY-MM-DD"},
      {"start_date = 0000-01-01", kValue, 14, "a date YYYY-MM-DD"},
      {"start_date = 2026-01-01T00:00:00Z", kValue, 14, "a date YYYY-MM-DD"},
      {"start_date = \"2026-0*\"", kValue, 14, "a date YYYY-MM-DD"},
      {"weight = 1e3", kValue, 10, "a decimal number"},
      {"weight = .5", kValue, 10, "a decimal number"},
      {"weight = 1.", kValue, 10, "a decimal number"},
      {"weight = +1", kValue, 10, "a decimal number"},
      {"weight = 1234567890123456789", kValue, 10, "18 digits before"},
      {"weight = 0.1234567891", kValue, 10, "9 after"},
      {"weight = NaN", kValue, 10, "a decimal number"},
      {"weight < \"\"", kValue, 10, "the empty text only with ="},
      {"quantity = 1.5", kValue, 12, "an integer"},
      {"quantity = 9223372036854775808", kValue, 12, "an integer"},
      {"quantity = 99999999999999999999999999", kValue, 12, "an integer"},
      {"quantity = \" 1\"", kValue, 12, "an integer"},
      {"quantity = \"\"", kValue, 12, "an integer"},
      {"quantity = --1", kValue, 12, "an integer"},
      {"enabled = TRUE", kValue, 11, "true or false"},
      {"enabled = 1", kValue, 11, "true or false"},
      {"enabled > false", kValue, 9, "= != :"},
      {"due_time > yesterday", kValue, 12, "RFC 3339"},
      {"due_time > 2026-01-31T25:00:00Z", kValue, 12, "RFC 3339"},
      {"due_time > 2026-01-31T10:00:00", kValue, 12, "RFC 3339"},
      {"due_time > \"2026-01-31 10:00:00Z\"", kValue, 12, "RFC 3339"},
      {"due_time > \"2026-01-31T10:00:00Z \"", kValue, 12, "RFC 3339"},
      {"due_time > 2026-01-31T10:00:00.0000001Z", kValue, 12, "microseconds"},
      {"due_time > infinite-future", kValue, 12, "RFC 3339"},
      {"due_time > 0001-01-01T00:00:00+14:00", kValue, 12, "RFC 3339"},
      {"due_time > 9999-12-31T23:59:59-01:00", kValue, 12, "RFC 3339"},
      {"due_time > 0001-01-01", kValue, 12, "RFC 3339"},
      {"due_time > 2026-02-29", kValue, 12, "RFC 3339"},
      {"list_price = 100CNY", kValue, 14, "a decimal number"},
      {"list_price.currency_code = cny", kValue, 28, "a currency code"},
      {"list_price.currency_code > CNY", kValue, 26, "= != :"},
      {"title:\"\"", kValue, 7, "the empty text only with ="},
      {"title < \"\"", kValue, 9, "the empty text only with ="},
      {"address = x", kValue, 11, "only the presence test"},
      {"address:x", kValue, 9, "only the presence test"},
      {"lines = x", kValue, 9, "only the presence test"},
      {"external_ids = x", kValue, 14, "is compared with :"},
      {"external_ids:\"\"", kValue, 14, "system/id"},
      {"create_time = x", kValue, 15, "RFC 3339"},
      {"creator = E1", kValue, 11, "a resource name"},
  };
  for (const ErrorCase& c : cases) {
    const absl::Status status = CompileFilter(WidgetType(), c.filter, Everybody(), Shanghai()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.filter;
    EXPECT_EQ(Reason(status), c.reason) << c.filter;
    EXPECT_EQ(MetadataValue(status, "position"), absl::StrCat(c.position)) << c.filter << ": " << status.message();
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.filter;
    EXPECT_THAT(ViolatedFields(status), ElementsAre("filter"));
  }
}

TEST(CompileFilterTest, ADayIsAsLongAsItIsWhereTheBusinessIs) {
  absl::TimeZone new_york;
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &new_york));
  // The night in which clocks go forward: 23 hours.
  const absl::StatusOr<SqlCondition> day = CompileFilter(WidgetType(), "due_time = 2026-03-08", Nobody(), new_york);
  ASSERT_TRUE(day.ok()) << day.status();
  ASSERT_EQ(day->params.size(), 2U);
  EXPECT_EQ(day->params[1].time() - day->params[0].time(), absl::Hours(23));
}

TEST(CompileFilterTest, TellsTheAllowedValuesOfAnEnum) {
  const absl::Status status = CompileFilter(WidgetType(), "state = GONE", Nobody(), Shanghai()).status();
  EXPECT_EQ(MetadataValue(status, "allowed"), "DRAFT, ACTIVE, BLOCKED");
  EXPECT_EQ(MetadataValue(status, "value"), "GONE");
  EXPECT_EQ(MetadataValue(status, "path"), "state");
}

TEST(CompileFilterTest, ConfidentialFieldsAreUnknownToThoseWhoMayNotSeeThem) {
  for (const char* path : {"cost", "secret_note", "address.phone", "lines.cost", "confidants", "cost.currency_code"}) {
    const std::string filter = absl::StrCat(path, ":*");
    EXPECT_TRUE(CompileFilter(WidgetType(), filter, Everybody(), Shanghai()).ok()) << path;
    const absl::Status hidden = CompileFilter(WidgetType(), filter, Nobody(), Shanghai()).status();
    EXPECT_EQ(Reason(hidden), "FILTER_FIELD_UNKNOWN") << path;
    // Word for word the answer for a field that is not there, so that nothing can be learnt from it.
    const std::string absent(std::string(path).size(), 'q');
    const absl::Status missing = CompileFilter(WidgetType(), absl::StrCat(absent, ":*"), Nobody(), Shanghai()).status();
    EXPECT_EQ(absl::StrReplaceAll(std::string(hidden.message()), {{path, absent}}), std::string(missing.message()));
  }
}

TEST(CompileFilterTest, PresenceOfAMessageLooksOnlyAtWhatTheReaderMaySee) {
  EXPECT_THAT(Compiled("address:*", Everybody()), HasSubstr("address_phone"));
  EXPECT_THAT(Compiled("address:*", Nobody()), ::testing::Not(HasSubstr("address_phone")));
}

TEST(CompileFilterTest, LongValuesAreCutInMessagesAtACharacter) {
  std::string value;
  for (int i = 0; i < 100; ++i) value += "\xe5\x8d\x8e";
  const absl::Status status =
      CompileFilter(WidgetType(), absl::StrCat("state = ", value), Nobody(), Shanghai()).status();
  EXPECT_EQ(MetadataValue(status, "value"), value.substr(0, 60) + "...");
}

TEST(CompileSearchTest, LooksAtTheStartOfEverySearchableField) {
  const absl::StatusOr<SqlCondition> condition = CompileSearch(WidgetType(), "  50% a_b ", Everybody());
  ASSERT_TRUE(condition.ok());
  EXPECT_EQ(condition->sql, "(t.number LIKE ? OR t.title LIKE ? OR t.secret_note LIKE ? OR t.address_city LIKE ?)");
  EXPECT_EQ(condition->params, std::vector<mysql::Value>(4, mysql::Value("50\\% a\\_b%")));
}

TEST(CompileSearchTest, LeavesOutWhatTheReaderMayNotSee) {
  EXPECT_EQ(CompileSearch(WidgetType(), "x", Nobody())->sql,
            "(t.number LIKE ? OR t.title LIKE ? OR t.address_city LIKE ?)");
}

// The number is ASCII; compared with other text, the database refuses to choose a collation.
TEST(CompileSearchTest, LeavesOutTheNumberForATermThatIsNotAscii) {
  EXPECT_EQ(CompileSearch(WidgetType(), "\xe5\x8d\x8e", Nobody())->sql, "(t.title LIKE ? OR t.address_city LIKE ?)");
}

TEST(CompileSearchTest, ABlankTermIsNoCondition) { EXPECT_EQ(CompileSearch(WidgetType(), " \t", Nobody())->sql, ""); }

TEST(CompileSearchTest, RefusesATermThatIsTooLong) {
  EXPECT_EQ(Reason(CompileSearch(WidgetType(), std::string(401, 'x'), Nobody()).status()), "SEARCH_TOO_LONG");
  EXPECT_TRUE(CompileSearch(WidgetType(), std::string(400, 'x'), Nobody()).ok());
}

}  // namespace
}  // namespace kam::resource
