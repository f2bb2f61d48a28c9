// Fuzz target: any text is refused with its place or becomes SQL in which nothing of the text appears.
#include <algorithm>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "common/resource/filter.h"
#include "common/status/status.h"
#include "common/testing/fuzz_main.h"
#include "kam/testing/v1/widget.pb.h"

namespace {

using kam::resource::SqlCondition;
using kam::resource::Type;
using kam::testing::Require;

// SQL is made of names, operators and placeholders alone; the texts of the user are parameters.
void CheckSql(const SqlCondition& condition, absl::string_view input) {
  const std::string& sql = condition.sql;
  Require(std::count(sql.begin(), sql.end(), '?') == static_cast<std::ptrdiff_t>(condition.params.size()),
          "placeholders and parameters differ", input);
  Require(sql.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,()<>=? ") ==
              std::string::npos,
          "strange character in SQL", input);
  int depth = 0;
  for (const char c : sql) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    Require(depth >= 0, "parentheses", input);
  }
  Require(depth == 0, "parentheses", input);
}

void CheckFilterError(const absl::Status& status, absl::string_view input) {
  const std::string reason = kam::Reason(status);
  Require(status.code() == absl::StatusCode::kInvalidArgument &&
              (reason == "FILTER_MALFORMED" || reason == "FILTER_FIELD_UNKNOWN" || reason == "FILTER_VALUE_INVALID" ||
               reason == "FILTER_TOO_COMPLEX"),
          "wrong error", input);
  size_t position = 0;
  Require(absl::SimpleAtoi(kam::MetadataValue(status, "position"), &position) && position >= 1 &&
              position <= input.size() + 1,
          "position outside the text", input);
}

}  // namespace

std::vector<std::string> kam::testing::FuzzSeeds() {
  return {"title = \"Acme*\" AND (state = ACTIVE OR state:DRAFT)",
          "NOT weight > 1.5 -quantity <= -3",
          "account = \"accounts/A1\" owner != employees/E1 subject = 'contracts/*'",
          "due_time >= 2026-01-31T10:00:00.5+08:00 start_date < 2026-02-28",
          "list_price > 100 AND list_price.currency_code = CNY AND cost:*",
          "lines.product = products/P1 OR tags:vip OR lines:* OR related:widgets/W1",
          "external_ids:\"sap/4711\" external_ids.id = x external_ids.system = sap",
          "enabled = true address.city = \"\\\"\\\\\\*\" address.position.zone != ''",
          "((((title:\"\xe5\x8d\x8e\xe4\xb8\x9c\"))))",
          "title desc, weight, list_price asc",
          " AND ",
          " OR ",
          "NOT ",
          "(",
          ")",
          "\"",
          "'",
          "\\",
          "*",
          ":",
          "!=",
          "<=",
          ".",
          "-",
          "%",
          "_",
          "\xe5\x8d"};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Type* const type = Type::FromDescriptor(kam::testing::v1::Widget::descriptor())->release();
  static const kam::auth::Principal* const reader = [] {
    auto* principal = new kam::auth::Principal;
    principal->grants["widget-cost.view"] = kam::auth::Level::kOwn;
    return principal;
  }();
  const absl::string_view input(reinterpret_cast<const char*>(data), size);

  const absl::StatusOr<SqlCondition> filter = kam::resource::CompileFilter(*type, input, *reader, absl::UTCTimeZone());
  if (filter.ok()) {
    CheckSql(*filter, input);
  } else {
    CheckFilterError(filter.status(), input);
  }
  const absl::StatusOr<SqlCondition> search = kam::resource::CompileSearch(*type, input, *reader);
  if (search.ok()) {
    CheckSql(*search, input);
  } else {
    Require(kam::Reason(search.status()) == "SEARCH_TOO_LONG", "wrong error", input);
  }
  const auto order = kam::resource::CompileOrder(*type, input, *reader);
  if (order.ok()) {
    Require(order->size() <= kam::resource::kOrderFieldsMax + 1 && order->back().column == "t.id", "order", input);
  } else {
    const std::string reason = kam::Reason(order.status());
    Require(reason == "ORDER_BY_MALFORMED" || reason == "ORDER_BY_FIELD_UNKNOWN", "wrong error", input);
  }
  return 0;
}
