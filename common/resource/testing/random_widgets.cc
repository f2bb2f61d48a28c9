#include "common/resource/testing/random_widgets.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/testing/widget_tables.h"
#include "common/status/status.h"
#include "gtest/gtest.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using mysql::Value;

const Pool& DecimalPool() {
  static const Pool* const pool = new Pool{Family::kOrdered,
                                           {{0, "-1.5000", {"-1.5", "-01.50"}},
                                            {1, "0.0000", {"0", "-0", "0.000"}},
                                            {2, "0.0001", {"0.0001"}},
                                            {3, "1.5000", {"1.5", "1.500000000"}},
                                            {4, "123456789012345.6788", {"123456789012345.6788"}},
                                            {5, "123456789012345.6789", {"123456789012345.6789"}}}};
  return *pool;
}

const Pool& SmallDecimalPool() {
  static const Pool* const pool =
      new Pool{Family::kOrdered, {{0, "0.000", {"0"}}, {1, "0.001", {"0.001"}}, {2, "2.500", {"2.5"}}}};
  return *pool;
}

const Pool& IntegerPool() {
  static const Pool* const pool = new Pool{Family::kNumber,
                                           {{0, Value(-3), {"-3"}},
                                            {1, Value(0), {"0"}},
                                            {2, Value(1), {"1", "01"}},
                                            {3, Value(int64_t{9007199254740992}), {"9007199254740992"}},
                                            {4, Value(int64_t{9007199254740993}), {"9007199254740993"}}}};
  return *pool;
}

const Pool& SmallIntegerPool() {
  static const Pool* const pool =
      new Pool{Family::kNumber, {{0, Value(-3), {"-3"}}, {1, Value(0), {"0"}}, {2, Value(7), {"7"}}}};
  return *pool;
}

const Pool& TruthPool() {
  static const Pool* const pool = new Pool{Family::kTruth, {{0, Value(false), {"false"}}, {1, Value(true), {"true"}}}};
  return *pool;
}

const Pool& DatePool() {
  static const Pool* const pool = new Pool{
      Family::kOrdered,
      {{0, "1999-12-31", {"1999-12-31"}}, {1, "2024-02-29", {"2024-02-29"}}, {2, "2026-01-31", {"2026-01-31"}}}};
  return *pool;
}

const Pool& TimePool() {
  static const Pool* const pool =
      new Pool{Family::kOrdered,
               {{0, Value(At("2026-01-30T23:59:59.999999Z")), {"2026-01-30T23:59:59.999999Z"}},
                {1, Value(At("2026-01-31T00:00:00Z")), {"2026-01-31T00:00:00Z", "2026-01-31T08:00:00+08:00"}},
                {2, Value(At("2026-01-31T00:00:00.000001Z")), {"2026-01-31T00:00:00.000001Z"}},
                {3, Value(At("2027-05-05T05:05:05Z")), {"2027-05-05T05:05:05Z"}}}};
  return *pool;
}

const Pool& StatePool() {
  static const Pool* const pool = new Pool{Family::kExact,
                                           {{0, "ACTIVE", {"ACTIVE", "WIDGET_STATE_ACTIVE"}},
                                            {1, "BLOCKED", {"BLOCKED"}},
                                            {2, "DRAFT", {"DRAFT", "WIDGET_STATE_DRAFT"}}}};
  return *pool;
}

const Pool& LineKindPool() {
  static const Pool* const pool =
      new Pool{Family::kExact, {{0, "GOODS", {"GOODS"}}, {1, "SERVICE", {"WIDGET_LINE_KIND_SERVICE"}}}};
  return *pool;
}

const Pool& AccountPool() {
  static const Pool* const pool =
      new Pool{Family::kExact, {{0, "A1", {"accounts/A1"}}, {1, "A2", {"accounts/A2"}}, {2, "a2", {"accounts/a2"}}}};
  return *pool;
}

const Pool& ProductPool() {
  static const Pool* const pool = new Pool{Family::kExact, {{0, "P1", {"products/P1"}}, {1, "P2", {"products/P2"}}}};
  return *pool;
}

const Pool& NamePool() {
  static const Pool* const pool =
      new Pool{Family::kExact, {{0, "accounts/A1", {"accounts/A1"}}, {1, "contracts/C1", {"contracts/C1"}}}};
  return *pool;
}

const Pool& CurrencyPool() {
  static const Pool* const pool = new Pool{Family::kExact, {{0, "CNY", {"CNY"}}, {1, "EUR", {"EUR"}}}};
  return *pool;
}

bool NeverNull(const Column& column) {
  return column.pool().family == Family::kNumber || column.pool().family == Family::kTruth ||
         std::string(column.path) == "create_time";
}

Item RandomItem(const std::vector<Column>& columns, Chance* chance) {
  Item item;
  for (const Column& column : columns) {
    const std::string path = column.path;
    if (absl::EndsWith(path, ".currency_code")) {
      if (item.count(path.substr(0, path.find('.'))) > 0) item[path] = &chance->Pick(column.pool().samples);
    } else if (NeverNull(column) || !chance->OneIn(3)) {
      item[path] = &chance->Pick(column.pool().samples);
    }
  }
  return item;
}

RandomWidget MakeRandomWidget(int index, Chance* chance) {
  RandomWidget record;
  record.id = absl::StrCat("W", 1000 + index);
  record.own = RandomItem(OwnColumns(), chance);
  for (int i = chance->Below(4); i > 0; --i) record.lines.push_back(RandomItem(LineColumns(), chance));
  for (int i = chance->Below(3); i > 0; --i) record.tags.push_back(&chance->Pick(TextPool().samples));
  for (int i = chance->Below(3); i > 0; --i) record.related.push_back(&chance->Pick(WidgetPool().samples));
  for (const char* system : {"sap", "dms"}) {
    if (chance->OneIn(2)) record.external_ids.emplace_back(system, absl::StrCat(index % 5, "-", index));
  }
  return record;
}

absl::Status Insert(mysql::Connection& connection, const std::string& table, std::vector<std::string> names,
                    std::vector<Value> values, const std::vector<Column>& columns, const Item& item) {
  for (const Column& column : columns) {
    const auto it = item.find(column.path);
    if (it == item.end()) continue;
    names.push_back(column.name);
    values.push_back(it->second->stored);
  }
  const std::string sql = absl::StrCat("INSERT INTO ", table, " (", absl::StrJoin(names, ", "), ") VALUES (",
                                       absl::StrJoin(std::vector<std::string>(names.size(), "?"), ", "), ")");
  return connection.Execute(sql, values).status();
}

absl::Status Store(mysql::Connection& connection, const RandomWidget& record) {
  const Value now(At("2026-01-01T00:00:00Z"));
  RETURN_IF_ERROR(Insert(connection, "widgets",
                         {"id", "version", "update_time", "creator", "updater", "address_position_height"},
                         {Value(record.id), Value(1), now, Value("employees/E1"), Value("employees/E1"), Value(0)},
                         OwnColumns(), record.own));
  int position = 0;
  for (const Item& line : record.lines) {
    RETURN_IF_ERROR(Insert(connection, "widgets_lines", {"parent_id", "position", "delivered"},
                           {Value(record.id), Value(position++), Value(0)}, LineColumns(), line));
  }
  for (const Sample* tag : record.tags) {
    RETURN_IF_ERROR(Insert(connection, "widgets_tags", {"parent_id", "position", "value"},
                           {Value(record.id), Value(position++), tag->stored}, {}, {}));
  }
  for (const Sample* other : record.related) {
    RETURN_IF_ERROR(Insert(connection, "widget_links", {"parent_id", "position", "value"},
                           {Value(record.id), Value(position++), other->stored}, {}, {}));
  }
  for (const auto& [system, id] : record.external_ids) {
    RETURN_IF_ERROR(Insert(connection, "external_ids", {"collection", "system_name", "external_id", "resource_id"},
                           {Value("widgets"), Value(system), Value(id), Value(record.id)}, {}, {}));
  }
  // The same keys of another collection must not be found.
  if (!record.external_ids.empty()) {
    RETURN_IF_ERROR(Insert(connection, "external_ids", {"collection", "system_name", "external_id", "resource_id"},
                           {Value("gadgets"), Value("crm"), Value(record.id), Value(record.id)}, {}, {}));
  }
  return absl::OkStatus();
}

}  // namespace

const Type& WidgetType() {
  static const Type* const type = Type::FromDescriptor(kam::testing::v1::Widget::descriptor())->release();
  return *type;
}

auth::Principal Reader() {
  auth::Principal principal;
  for (const char* permission : {"widget-cost.view", "widget-secret.view", "widget-contact.view"}) {
    principal.grants[permission] = auth::Level::kOwn;
  }
  return principal;
}

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

const Pool& TextPool() {
  static const Pool* const pool = new Pool{Family::kText,
                                           {{0, "50%", {"50%"}},
                                            {1, "50x", {"50x", "50X"}},
                                            {2, "a_b", {"a_b"}},
                                            {3, "axb", {"axb", "aXb"}},
                                            {3, "AXB", {"AXB", "axb"}},
                                            {4, "b*c", {"b*c"}},
                                            {5, "bxc", {"bxc"}},
                                            {6, "it's \"q\"", {"it's \"q\""}},
                                            {7, "x\\y", {"x\\y"}},
                                            {8, "\xe5\x8d\x8e\xe4\xb8\x9c", {"\xe5\x8d\x8e\xe4\xb8\x9c"}}}};
  return *pool;
}

const Pool& WidgetPool() {
  static const Pool* const pool = new Pool{Family::kExact, {{0, "W1", {"widgets/W1"}}, {1, "W2", {"widgets/W2"}}}};
  return *pool;
}

const std::vector<Column>& OwnColumns() {
  static const auto* const columns =
      new std::vector<Column>{{"title", "title", TextPool},
                              {"description", "description", TextPool},
                              {"secret_note", "secret_note", TextPool},
                              {"address.city", "address_city", TextPool},
                              {"address.position.zone", "address_position_zone", TextPool},
                              {"state", "state", StatePool},
                              {"account", "account", AccountPool},
                              {"subject", "subject", NamePool},
                              {"start_date", "start_date", DatePool},
                              {"weight", "weight", DecimalPool},
                              {"quantity", "quantity", IntegerPool},
                              {"priority", "priority", SmallIntegerPool},
                              {"enabled", "enabled", TruthPool},
                              {"address.verified", "address_verified", TruthPool},
                              {"due_time", "due_time", TimePool},
                              {"archive_time", "archive_time", TimePool},
                              {"create_time", "create_time", TimePool},
                              {"list_price", "list_price_amount", DecimalPool},
                              {"list_price.currency_code", "list_price_currency", CurrencyPool},
                              {"cost", "cost_amount", DecimalPool},
                              {"cost.currency_code", "cost_currency", CurrencyPool}};
  return *columns;
}

const std::vector<Column>& LineColumns() {
  static const auto* const columns = new std::vector<Column>{
      {"product", "product", ProductPool},      {"note", "note", TextPool},
      {"amount", "amount", SmallDecimalPool},   {"pieces", "pieces", SmallIntegerPool},
      {"price", "price_amount", DecimalPool},   {"price.currency_code", "price_currency", CurrencyPool},
      {"wanted_date", "wanted_date", DatePool}, {"kind", "kind", LineKindPool}};
  return *columns;
}

const Sample* Of(const Item& item, const std::string& path) {
  const auto it = item.find(path);
  return it == item.end() ? nullptr : it->second;
}

std::vector<RandomWidget> StoreRandomWidgets(kam::testing::TempDatabase& temp, Chance* chance) {
  EXPECT_TRUE(kam::testing::CreateWidgetTables(temp.database()).ok());
  std::vector<RandomWidget> records;
  records.reserve(kRows);
  for (int i = 0; i < kRows; ++i) records.push_back(MakeRandomWidget(i, chance));
  const absl::Status stored =
      temp.database().RunInTransaction(absl::Now() + kTimeout, [&records](mysql::Connection& connection) {
        for (const RandomWidget& record : records) RETURN_IF_ERROR(Store(connection, record));
        return absl::OkStatus();
      });
  EXPECT_TRUE(stored.ok()) << stored;
  return records;
}

}  // namespace kam::resource
