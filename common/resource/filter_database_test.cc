// Filters and keyset pages against the real database: random filters over random rows must find what a small evaluator
// without SQL finds, and pages must join to the whole list.
#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/resource/filter.h"
#include "common/resource/testing/widget_tables.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using mysql::Value;

constexpr int kRows = 80;
constexpr int kFilters = 1500;
constexpr uint64_t kSeed = 20260131;
constexpr absl::Duration kTimeout = absl::Seconds(60);

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

// One value that a column may hold: how it is stored, how filters may spell it, and its place in the order of the pool.
// Values with the same rank are equal.
struct Sample {
  int rank = 0;
  Value stored;
  std::vector<std::string> spellings;
};

enum class Family { kText, kOrdered, kExact, kNumber, kTruth };

struct Pool {
  Family family = Family::kOrdered;
  std::vector<Sample> samples;
};

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

const Pool& WidgetPool() {
  static const Pool* const pool = new Pool{Family::kExact, {{0, "W1", {"widgets/W1"}}, {1, "W2", {"widgets/W2"}}}};
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

struct Column {
  const char* path;
  const char* name;
  const Pool& (*pool)();
};

// Columns that are filled; money has its amount and its currency here separately, always set together.
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

// Sample of each column by path; absent: NULL.
using Item = std::map<std::string, const Sample*>;

struct Record {
  std::string id;
  Item own;
  std::vector<Item> lines;
  std::vector<const Sample*> tags;
  std::vector<const Sample*> related;
  std::vector<std::pair<std::string, std::string>> external_ids;
};

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }

 private:
  std::mt19937_64 random_;
};

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

Record RandomRecord(int index, Chance* chance) {
  Record record;
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

absl::Status Store(mysql::Connection& connection, const Record& record) {
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

std::vector<Record> StoreRandomRecords(kam::testing::TempDatabase& temp, Chance* chance) {
  EXPECT_TRUE(kam::testing::CreateWidgetTables(temp.database()).ok());
  std::vector<Record> records;
  for (int i = 0; i < kRows; ++i) records.push_back(RandomRecord(i, chance));
  const absl::Status stored =
      temp.database().RunInTransaction(absl::Now() + kTimeout, [&records](mysql::Connection& connection) {
        for (const Record& record : records) RETURN_IF_ERROR(Store(connection, record));
        return absl::OkStatus();
      });
  EXPECT_TRUE(stored.ok()) << stored;
  return records;
}

// A random filter: its text and, without any SQL, what it means.
struct Filter {
  std::string text;
  std::function<bool(const Record&)> matches;
  enum class Shape { kSimple, kAnd, kOr } shape = Shape::kSimple;
};

std::string Quote(const std::string& text, Chance* chance, bool keep_asterisks) {
  const char quote = chance->OneIn(2) ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\\' || c == quote || (c == '*' && !keep_asterisks)) out.push_back('\\');
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

// '*' in `glob` stands for any text; '\1' for a plain asterisk. ASCII letters of both cases are the same.
bool Glob(absl::string_view glob, absl::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob[0] == '*') return Glob(glob.substr(1), text) || (!text.empty() && Glob(glob, text.substr(1)));
  const char expected = glob[0] == '\1' ? '*' : glob[0];
  return !text.empty() &&
         absl::ascii_tolower(static_cast<unsigned char>(text[0])) ==
             absl::ascii_tolower(static_cast<unsigned char>(expected)) &&
         Glob(glob.substr(1), text.substr(1));
}

using Test = std::function<bool(const Sample*)>;  // Null pointer: unset.

// The right side for a column of this pool: ("<= 5", its meaning). `element`: of a repeated scalar.
std::pair<std::string, Test> RandomComparison(const Pool& pool, bool element, Chance* chance) {
  const Sample& sample = chance->Pick(pool.samples);
  const std::string spelling = chance->Pick(sample.spellings);
  const int rank = sample.rank;
  const std::string space = chance->OneIn(2) ? " " : "";
  if (chance->OneIn(6) && !element) {
    if (pool.family == Family::kNumber) return {":*", [](const Sample* s) { return s->stored.integer() != 0; }};
    if (pool.family == Family::kTruth) return {":*", [](const Sample* s) { return s->rank == 1; }};
    switch (chance->Below(3)) {
      case 0:
        return {space + ":*", [](const Sample* s) { return s != nullptr; }};
      case 1:
        return {space + "= \"\"", [](const Sample* s) { return s == nullptr; }};
      default:
        return {space + "!= ''", [](const Sample* s) { return s != nullptr; }};
    }
  }
  if (pool.family == Family::kText && chance->OneIn(2)) {
    if (chance->OneIn(2) && !element) {
      const std::string part =
          chance->Pick(std::vector<std::string>{"%", "_", "x", "B", "*", "\xe4\xb8\x9c", "\\", "'", "a"});
      const std::string glob = part == "*" ? "*\1*" : absl::StrCat("*", part, "*");
      return {absl::StrCat(":", space, Quote(part, chance, false)),
              [glob](const Sample* s) { return s != nullptr && Glob(glob, s->stored.text()); }};
    }
    const std::string glob = chance->Pick(std::vector<std::string>{"a*", "*b", "*%*", "*_*", "5*X", "*",
                                                                   "*\xe5\x8d\x8e*", "a*b*", "*\\*", "b\1*", "*\1*"});
    std::string written;
    for (const char c : glob) written.append(c == '\1' ? "\\*" : c == '\\' ? "\\\\" : std::string(1, c));
    const bool negative = chance->OneIn(3);
    return {absl::StrCat(space, negative ? "!= " : "= ", "\"", written, "\""),
            [glob, negative](const Sample* s) { return s != nullptr && Glob(glob, s->stored.text()) != negative; }};
  }
  const bool ordered =
      pool.family == Family::kText || pool.family == Family::kOrdered || pool.family == Family::kNumber;
  const bool contains = pool.family == Family::kText && !element;
  const int op = chance->Below(ordered ? 7 : 3);
  if (op == 2 && contains) {
    return {absl::StrCat("=", space, Quote(spelling, chance, false)),
            [rank](const Sample* s) { return s != nullptr && s->rank == rank; }};
  }
  const char* const kOperators[] = {"=", "!=", ":", "<", "<=", ">", ">="};
  const Test tests[] = {[rank](const Sample* s) { return s != nullptr && s->rank == rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank != rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank == rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank < rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank <= rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank > rank; },
                        [rank](const Sample* s) { return s != nullptr && s->rank >= rank; }};
  const bool bare = pool.family != Family::kText && chance->OneIn(2);
  return {absl::StrCat(space, kOperators[op], space, bare ? spelling : Quote(spelling, chance, false)), tests[op]};
}

const Sample* Of(const Item& item, const std::string& path) {
  const auto it = item.find(path);
  return it == item.end() ? nullptr : it->second;
}

Filter RandomRestriction(Chance* chance) {
  Filter filter;
  switch (chance->Below(12)) {
    case 0:
    case 1: {
      const Column& column = chance->Pick(LineColumns());
      const auto [text, test] = RandomComparison(column.pool(), false, chance);
      filter.text = absl::StrCat("lines.", column.path, text);
      filter.matches = [path = std::string(column.path), test = test](const Record& record) {
        return std::any_of(record.lines.begin(), record.lines.end(),
                           [&](const Item& line) { return test(Of(line, path)); });
      };
      return filter;
    }
    case 2: {
      const bool tags = chance->OneIn(2);
      const auto [text, test] = RandomComparison(tags ? TextPool() : WidgetPool(), true, chance);
      filter.text = absl::StrCat(tags ? "tags" : "related", text);
      filter.matches = [tags, test = test](const Record& record) {
        const std::vector<const Sample*>& elements = tags ? record.tags : record.related;
        return std::any_of(elements.begin(), elements.end(), test);
      };
      return filter;
    }
    case 3:
      switch (chance->Below(6)) {
        case 0:
          return {"lines:*", [](const Record& record) { return !record.lines.empty(); }};
        case 1:
          return {"tags:*", [](const Record& record) { return !record.tags.empty(); }};
        case 2:
          return {"external_ids:*", [](const Record& record) { return !record.external_ids.empty(); }};
        case 3:
          return {"external_ids.system = sap", [](const Record& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(),
                                       [](const auto& e) { return e.first == "sap"; });
                  }};
        case 4:
          return {"external_ids.id = \"3-*\"", [](const Record& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(),
                                       [](const auto& e) { return absl::StartsWith(e.second, "3-"); });
                  }};
        default: {
          const int row = chance->Below(kRows);
          const std::string id = absl::StrCat(row % 5, "-", row);
          const bool with_system = chance->OneIn(2);
          return {absl::StrCat("external_ids:\"", with_system ? "dms/" : "", id, "\""),
                  [id, with_system](const Record& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(), [&](const auto& e) {
                      return e.second == id && (!with_system || e.first == "dms");
                    });
                  }};
        }
      }
    case 4:
      return {"address:*", [](const Record& record) {
                return Of(record.own, "address.city") != nullptr ||
                       Of(record.own, "address.position.zone") != nullptr ||
                       Of(record.own, "address.verified")->rank == 1;
              }};
    default: {
      const Column& column = chance->Pick(OwnColumns());
      const auto [text, test] = RandomComparison(column.pool(), false, chance);
      filter.text = absl::StrCat(column.path, text);
      filter.matches = [path = std::string(column.path), test = test](const Record& record) {
        return test(Of(record.own, path));
      };
      return filter;
    }
  }
}

Filter RandomFilter(int depth, Chance* chance) {
  if (depth == 0 || chance->OneIn(3)) return RandomRestriction(chance);
  if (chance->OneIn(3)) {
    Filter inner = RandomFilter(depth - 1, chance);
    const bool bare = inner.shape == Filter::Shape::kSimple && !absl::StartsWith(inner.text, "NOT ") &&
                      !absl::StartsWith(inner.text, "-");
    const std::string text = bare ? inner.text : absl::StrCat("(", inner.text, ")");
    return {absl::StrCat(chance->OneIn(2) ? "NOT " : "-", text),
            [matches = inner.matches](const Record& record) { return !matches(record); }};
  }
  const bool is_and = chance->OneIn(2);
  std::vector<Filter> parts;
  for (int i = 2 + chance->Below(2); i > 0; --i) parts.push_back(RandomFilter(depth - 1, chance));
  Filter filter;
  filter.shape = is_and ? Filter::Shape::kAnd : Filter::Shape::kOr;
  for (const Filter& part : parts) {
    if (!filter.text.empty()) filter.text.append(!is_and ? " OR " : chance->OneIn(2) ? " AND " : "  ");
    // OR binds tighter, so that only AND inside OR needs parentheses.
    const bool needed = !is_and && part.shape == Filter::Shape::kAnd;
    filter.text.append(needed || chance->OneIn(4) ? absl::StrCat("(", part.text, ")") : part.text);
  }
  filter.matches = [is_and, parts](const Record& record) {
    const auto matches = [&record](const Filter& part) { return part.matches(record); };
    return is_and ? std::all_of(parts.begin(), parts.end(), matches) : std::any_of(parts.begin(), parts.end(), matches);
  };
  return filter;
}

TEST(FilterDatabaseTest, RandomFiltersFindWhatTheyMean) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  const std::vector<Record> records = StoreRandomRecords(temp, &chance);
  ASSERT_FALSE(HasFailure());
  int found_some = 0;
  int compared = 0;
  const absl::Status status = temp.database().Run(absl::Now() + kTimeout, [&](mysql::Connection& connection) {
    for (int i = 0; i < kFilters && !HasFailure(); ++i) {
      const Filter filter = RandomFilter(3, &chance);
      const absl::StatusOr<SqlCondition> condition =
          CompileFilter(WidgetType(), filter.text, Reader(), absl::UTCTimeZone());
      if (Reason(condition.status()) == "FILTER_TOO_COMPLEX") continue;
      EXPECT_TRUE(condition.ok()) << filter.text << ": " << condition.status();
      RETURN_IF_ERROR(condition.status());
      std::string expected;
      for (const Record& record : records) {
        if (filter.matches(record)) expected += record.id + " ";
      }
      ASSIGN_OR_RETURN(
          const std::vector<mysql::Row> rows,
          connection.Query(absl::StrCat("SELECT t.id FROM widgets t WHERE ", condition->sql, " ORDER BY t.id"),
                           condition->params));
      std::string found;
      for (const mysql::Row& row : rows) found += row[0].text() + " ";
      EXPECT_EQ(found, expected) << filter.text << "\n" << condition->sql;
      found_some += !found.empty() && rows.size() < records.size() ? 1 : 0;
      ++compared;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  // Filters that find nothing or everything prove little; most must tell rows apart.
  EXPECT_GT(compared, kFilters * 9 / 10);
  EXPECT_GT(found_some, kFilters / 2);
}

TEST(FilterDatabaseTest, ADayIsThatOfTheBusiness) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  const std::vector<Record> records = StoreRandomRecords(temp, &chance);
  ASSERT_FALSE(HasFailure());
  // The moments of the pool are before, at and after midnight UTC: one day in Shanghai, two in New York.
  for (const char* name : {"Asia/Shanghai", "America/New_York", "UTC"}) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone));
    for (const absl::CivilDay day : {absl::CivilDay(2026, 1, 30), absl::CivilDay(2026, 1, 31)}) {
      for (const std::string op : {"=", "!=", "<", "<=", ">", ">="}) {
        std::vector<std::string> expected;
        for (const Record& record : records) {
          const Sample* sample = Of(record.own, "due_time");
          if (sample == nullptr) continue;
          const absl::CivilDay actual = absl::ToCivilDay(sample->stored.time(), zone);
          if ((op == "=" && actual == day) || (op == "!=" && actual != day) || (op == "<" && actual < day) ||
              (op == "<=" && actual <= day) || (op == ">" && actual > day) || (op == ">=" && actual >= day)) {
            expected.push_back(record.id);
          }
        }
        const std::string text = absl::StrCat("due_time ", op, " ", absl::FormatCivilTime(day));
        const absl::StatusOr<SqlCondition> condition = CompileFilter(WidgetType(), text, Reader(), zone);
        ASSERT_TRUE(condition.ok()) << condition.status();
        std::vector<std::string> found;
        const absl::Status status = temp.database().Run(absl::Now() + kTimeout, [&](mysql::Connection& connection) {
          ASSIGN_OR_RETURN(
              const std::vector<mysql::Row> rows,
              connection.Query(absl::StrCat("SELECT t.id FROM widgets t WHERE ", condition->sql, " ORDER BY t.id"),
                               condition->params));
          for (const mysql::Row& row : rows) found.push_back(row[0].text());
          return absl::OkStatus();
        });
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(found, expected) << text << " in " << name;
      }
    }
  }
}

TEST(FilterDatabaseTest, SearchFindsTheStartOfAnyField) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  const std::vector<Record> records = StoreRandomRecords(temp, &chance);
  ASSERT_FALSE(HasFailure());
  for (const char* term : {"50%", "A", "a_", "\xe5\x8d\x8e", "\xe4\xb8\x9c", "x\\", "it's", "b*", "nothing"}) {
    std::string glob;
    for (const char c : std::string(term)) glob.push_back(c == '*' ? '\1' : c);
    glob.push_back('*');
    std::vector<std::string> expected;
    for (const Record& record : records) {
      for (const char* path : {"title", "secret_note", "address.city"}) {
        const Sample* sample = Of(record.own, path);
        if (sample != nullptr && Glob(glob, sample->stored.text())) {
          expected.push_back(record.id);
          break;
        }
      }
    }
    const SqlCondition condition = *CompileSearch(WidgetType(), term, Reader());
    std::vector<std::string> found;
    const absl::Status status = temp.database().Run(absl::Now() + kTimeout, [&](mysql::Connection& connection) {
      ASSIGN_OR_RETURN(
          const std::vector<mysql::Row> rows,
          connection.Query(absl::StrCat("SELECT t.id FROM widgets t WHERE ", condition.sql, " ORDER BY t.id"),
                           condition.params));
      for (const mysql::Row& row : rows) found.push_back(row[0].text());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(found, expected) << term;
  }
}

// Every row in pages of random size, each page continued with the token of the one before.
absl::StatusOr<std::vector<std::string>> InPages(mysql::Connection& connection, const std::vector<SortKey>& keys,
                                                 Chance* chance) {
  const PageTokens tokens(std::string(32, 'k'));
  const absl::Time now = At("2026-01-01T00:00:00Z");
  const std::string columns =
      absl::StrJoin(keys, ", ", [](std::string* out, const SortKey& key) { out->append(key.column); });
  std::vector<std::string> ids;
  std::string token;
  for (int pages = 0; pages <= kRows; ++pages) {
    SqlCondition after;
    if (!token.empty()) {
      ASSIGN_OR_RETURN(const std::vector<Value> last, tokens.Open(token, OrderSql(keys), now));
      after = AfterKeys(keys, last);
    }
    const int size = 1 + chance->Below(9);
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT ", columns, " FROM widgets t WHERE ",
                                      after.sql.empty() ? "1 = 1" : after.sql, " ", OrderSql(keys), " LIMIT ", size),
                         after.params));
    if (rows.empty()) return ids;
    for (const mysql::Row& row : rows) ids.push_back(row.back().text());
    token = tokens.Seal(rows.back(), OrderSql(keys), now);
  }
  return Internal("the pages never end");
}

TEST(KeysetDatabaseTest, PagesJoinToTheWholeListInEveryOrder) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  StoreRandomRecords(temp, &chance);
  ASSERT_FALSE(HasFailure());
  const std::vector<std::string> fields = {"title",       "state",        "account",     "start_date", "weight",
                                           "quantity",    "enabled",      "due_time",    "list_price", "number",
                                           "create_time", "archive_time", "address.city"};
  std::vector<std::string> orders = {""};
  for (const std::string& first : fields) {
    for (const char* one : {"", " desc"}) {
      orders.push_back(first + one);
      for (const std::string& second : fields) {
        if (second == first) continue;
        for (const char* two : {"", " desc"}) orders.push_back(absl::StrCat(first, one, ", ", second, two));
      }
    }
  }
  for (int i = 0; i < 100; ++i) {
    std::vector<std::string> some = fields;
    for (size_t k = some.size() - 1; k > 0; --k) {
      std::swap(some[k], some[static_cast<size_t>(chance.Below(static_cast<int>(k) + 1))]);
    }
    some.resize(static_cast<size_t>(kOrderFieldsMax));
    for (std::string& field : some) field += chance.OneIn(2) ? " desc" : "";
    orders.push_back(absl::StrJoin(some, ","));
  }
  const absl::Status status = temp.database().Run(absl::Now() + kTimeout, [&](mysql::Connection& connection) {
    for (const std::string& order : orders) {
      ASSIGN_OR_RETURN(const std::vector<SortKey> keys, CompileOrder(WidgetType(), order, Reader()));
      ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                       connection.Query(absl::StrCat("SELECT t.id FROM widgets t ", OrderSql(keys))));
      std::vector<std::string> whole;
      for (const mysql::Row& row : rows) whole.push_back(row[0].text());
      EXPECT_EQ(whole.size(), static_cast<size_t>(kRows));
      ASSIGN_OR_RETURN(const std::vector<std::string> pages, InPages(connection, keys, &chance));
      EXPECT_EQ(pages, whole) << order;
      if (HasFailure()) break;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace kam::resource
