// Filters and searches against the real database: random filters over random rows must find what a small evaluator
// without SQL finds.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/resource/filter.h"
#include "common/resource/testing/random_widgets.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"
#include "gtest/gtest.h"

namespace kam::resource {
namespace {

constexpr int kFilters = 1500;

// A random filter: its text and, without any SQL, what it means.
struct Filter {
  std::string text;
  std::function<bool(const RandomWidget&)> matches;
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

Filter RandomRestriction(Chance* chance) {
  Filter filter;
  switch (chance->Below(12)) {
    case 0:
    case 1: {
      const Column& column = chance->Pick(LineColumns());
      const auto [text, test] = RandomComparison(column.pool(), false, chance);
      filter.text = absl::StrCat("lines.", column.path, text);
      filter.matches = [path = std::string(column.path), test = test](const RandomWidget& record) {
        return std::any_of(record.lines.begin(), record.lines.end(),
                           [&](const Item& line) { return test(Of(line, path)); });
      };
      return filter;
    }
    case 2: {
      const bool tags = chance->OneIn(2);
      const auto [text, test] = RandomComparison(tags ? TextPool() : WidgetPool(), true, chance);
      filter.text = absl::StrCat(tags ? "tags" : "related", text);
      filter.matches = [tags, test = test](const RandomWidget& record) {
        const std::vector<const Sample*>& elements = tags ? record.tags : record.related;
        return std::any_of(elements.begin(), elements.end(), test);
      };
      return filter;
    }
    case 3:
      switch (chance->Below(6)) {
        case 0:
          return {"lines:*", [](const RandomWidget& record) { return !record.lines.empty(); }};
        case 1:
          return {"tags:*", [](const RandomWidget& record) { return !record.tags.empty(); }};
        case 2:
          return {"external_ids:*", [](const RandomWidget& record) { return !record.external_ids.empty(); }};
        case 3:
          return {"external_ids.system = sap", [](const RandomWidget& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(),
                                       [](const auto& e) { return e.first == "sap"; });
                  }};
        case 4:
          return {"external_ids.id = \"3-*\"", [](const RandomWidget& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(),
                                       [](const auto& e) { return absl::StartsWith(e.second, "3-"); });
                  }};
        default: {
          const int row = chance->Below(kRows);
          const std::string id = absl::StrCat(row % 5, "-", row);
          const bool with_system = chance->OneIn(2);
          return {absl::StrCat("external_ids:\"", with_system ? "dms/" : "", id, "\""),
                  [id, with_system](const RandomWidget& record) {
                    return std::any_of(record.external_ids.begin(), record.external_ids.end(), [&](const auto& e) {
                      return e.second == id && (!with_system || e.first == "dms");
                    });
                  }};
        }
      }
    case 4:
      return {"address:*", [](const RandomWidget& record) {
                return Of(record.own, "address.city") != nullptr ||
                       Of(record.own, "address.position.zone") != nullptr ||
                       Of(record.own, "address.verified")->rank == 1;
              }};
    default: {
      const Column& column = chance->Pick(OwnColumns());
      const auto [text, test] = RandomComparison(column.pool(), false, chance);
      filter.text = absl::StrCat(column.path, text);
      filter.matches = [path = std::string(column.path), test = test](const RandomWidget& record) {
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
            [matches = inner.matches](const RandomWidget& record) { return !matches(record); }};
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
  filter.matches = [is_and, parts](const RandomWidget& record) {
    const auto matches = [&record](const Filter& part) { return part.matches(record); };
    return is_and ? std::all_of(parts.begin(), parts.end(), matches) : std::any_of(parts.begin(), parts.end(), matches);
  };
  return filter;
}

TEST(FilterDatabaseTest, RandomFiltersFindWhatTheyMean) {
  kam::testing::TempDatabase temp("common/resource/schema");
  Chance chance(kSeed);
  const std::vector<RandomWidget> records = StoreRandomWidgets(temp, &chance);
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
      for (const RandomWidget& record : records) {
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
  const std::vector<RandomWidget> records = StoreRandomWidgets(temp, &chance);
  ASSERT_FALSE(HasFailure());
  // The moments of the pool are before, at and after midnight UTC: one day in Shanghai, two in New York.
  for (const char* name : {"Asia/Shanghai", "America/New_York", "UTC"}) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone));
    for (const absl::CivilDay day : {absl::CivilDay(2026, 1, 30), absl::CivilDay(2026, 1, 31)}) {
      for (const std::string op : {"=", "!=", "<", "<=", ">", ">="}) {
        std::vector<std::string> expected;
        for (const RandomWidget& record : records) {
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
  const std::vector<RandomWidget> records = StoreRandomWidgets(temp, &chance);
  ASSERT_FALSE(HasFailure());
  for (const char* term : {"50%", "A", "a_", "\xe5\x8d\x8e", "\xe4\xb8\x9c", "x\\", "it's", "b*", "nothing"}) {
    std::string glob;
    for (const char c : std::string(term)) glob.push_back(c == '*' ? '\1' : c);
    glob.push_back('*');
    std::vector<std::string> expected;
    for (const RandomWidget& record : records) {
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

}  // namespace
}  // namespace kam::resource
