#include "absl/strings/str_cat.h"
#include "common/resource/filter.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using mysql::Null;
using mysql::Value;
using ::testing::HasSubstr;

const Type& WidgetType() {
  static const Type* const type = Type::FromDescriptor(kam::testing::v1::Widget::descriptor())->release();
  return *type;
}

std::string Order(absl::string_view order_by) {
  const absl::StatusOr<std::vector<SortKey>> keys = CompileOrder(WidgetType(), order_by, {});
  return keys.ok() ? OrderSql(*keys) : absl::StrCat(Reason(keys.status()), ": ", std::string(keys.status().message()));
}

TEST(CompileOrderTest, AppendsTheIdInTheDirectionOfTheLastKey) {
  EXPECT_EQ(Order(""), "ORDER BY t.id ASC");
  EXPECT_EQ(Order("  "), "ORDER BY t.id ASC");
  EXPECT_EQ(Order("title"), "ORDER BY t.title ASC, t.id ASC");
  EXPECT_EQ(Order("title asc"), "ORDER BY t.title ASC, t.id ASC");
  EXPECT_EQ(Order(" title ,  weight   desc "), "ORDER BY t.title ASC, t.weight DESC, t.id DESC");
  EXPECT_EQ(Order("weight desc,title"), "ORDER BY t.weight DESC, t.title ASC, t.id ASC");
  EXPECT_EQ(Order("create_time desc"), "ORDER BY t.create_time DESC, t.id DESC");
  EXPECT_EQ(Order("archive_time, number"), "ORDER BY t.archive_time ASC, t.number ASC, t.id ASC");
  EXPECT_EQ(Order("list_price"), "ORDER BY t.list_price_amount ASC, t.id ASC");
  EXPECT_EQ(Order("address.city, address.position.zone desc"),
            "ORDER BY t.address_city ASC, t.address_position_zone DESC, t.id DESC");
  EXPECT_EQ(Order("code"), "ORDER BY t.widget_code ASC, t.id ASC");
}

TEST(CompileOrderTest, KnowsKindAndNullabilityOfKeys) {
  const std::vector<SortKey> keys = *CompileOrder(WidgetType(), "list_price, quantity, archive_time, create_time", {});
  ASSERT_EQ(keys.size(), 5u);
  EXPECT_EQ(keys[0].kind, Kind::kMoney);
  EXPECT_TRUE(keys[0].nullable);
  EXPECT_EQ(keys[1].kind, Kind::kInteger);
  EXPECT_FALSE(keys[1].nullable);
  EXPECT_EQ(keys[2].kind, Kind::kTimestamp);
  EXPECT_TRUE(keys[2].nullable);
  EXPECT_FALSE(keys[3].nullable);
  EXPECT_FALSE(keys[4].nullable);
}

TEST(CompileOrderTest, RefusesWhatIsNotAnOrder) {
  for (const char* order_by : {",", "title,", ",title", "title,,weight", "title descending", "title DESC",
                               "title desc x", "-title", "title;", "title, title desc", "title weight",
                               "t.title desc asc", "`title`", "title, weight, quantity, priority, enabled"}) {
    EXPECT_THAT(Order(order_by), HasSubstr("ORDER_BY_MALFORMED")) << order_by;
  }
  EXPECT_THAT(Order(std::string(600, 'a')), HasSubstr("ORDER_BY_MALFORMED: order_by: longer than 512 bytes"));
  EXPECT_THAT(Order("title, weight, quantity, priority"), HasSubstr("ORDER BY"));
}

TEST(CompileOrderTest, RefusesFieldsThatCannotBeOrderedBy) {
  for (const char* order_by : {"nothing", "remark", "owner", "address", "address.street", "lines.amount", "tags",
                               "lines", "external_ids", "etag", "id", "list_price.currency_code", "title.x",
                               "create_time.x", "widget_code", "cost", "secret_note", "address.phone"}) {
    EXPECT_THAT(Order(order_by), HasSubstr("ORDER_BY_FIELD_UNKNOWN")) << order_by;
  }
}

TEST(CompileOrderTest, ConfidentialFieldsAreForThoseWhoMaySeeThem) {
  auth::Principal reader;
  reader.grants["widget-cost.view"] = auth::Level::kOwn;
  EXPECT_TRUE(CompileOrder(WidgetType(), "cost", reader).ok());
  EXPECT_FALSE(CompileOrder(WidgetType(), "secret_note", reader).ok());
}

SqlCondition After(absl::string_view order_by, const std::vector<Value>& last) {
  return AfterKeys(*CompileOrder(WidgetType(), order_by, {}), last);
}

TEST(AfterKeysTest, WalksFromTheLastRow) {
  const SqlCondition by_id = After("", {Value("I")});
  EXPECT_EQ(by_id.sql, "(t.id > ?)");
  EXPECT_EQ(by_id.params, std::vector<Value>({Value("I")}));

  const SqlCondition ascending = After("title", {Value("A"), Value("I")});
  EXPECT_EQ(ascending.sql, "(t.title > ? OR (t.title = ? AND (t.id > ?)))");
  EXPECT_EQ(ascending.params, std::vector<Value>({Value("A"), Value("A"), Value("I")}));

  const SqlCondition descending = After("quantity desc", {Value(5), Value("I")});
  EXPECT_EQ(descending.sql, "(t.quantity < ? OR (t.quantity = ? AND (t.id < ?)))");

  const SqlCondition money = After("list_price", {Value("1.5"), Value("I")});
  EXPECT_EQ(money.sql,
            "(t.list_price_amount > CAST(? AS DECIMAL(65,30)) OR (t.list_price_amount = CAST(? AS DECIMAL(65,30)) AND "
            "(t.id > ?)))");
}

TEST(AfterKeysTest, NullComesFirstWhenAscendingAndLastWhenDescending) {
  EXPECT_EQ(After("title", {Null(), Value("I")}).sql, "(t.title IS NOT NULL OR (t.title IS NULL AND (t.id > ?)))");
  EXPECT_EQ(After("title desc", {Value("A"), Value("I")}).sql,
            "((t.title < ? OR t.title IS NULL) OR (t.title = ? AND (t.id < ?)))");
  EXPECT_EQ(After("title desc", {Null(), Value("I")}).sql, "((t.title IS NULL AND (t.id < ?)))");
}

TEST(AfterKeysTest, ValuesThatDoNotFitTheKeysMatchNothing) {
  EXPECT_EQ(After("title", {Value("I")}).sql, "1 = 0");
  EXPECT_EQ(AfterKeys({}, {}).sql, "1 = 0");
}

}  // namespace
}  // namespace kam::resource
