// Papers on their way of kam.receivable.v1.InvoiceService (C-29).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/invoice_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using mysql::Value;

// Papers that nobody has confirmed, and invoices that nobody was given, with the day by which it should have been.
constexpr char kConfirm[] =
    "SELECT t.id AS id, h.position + 1 AS handover, t.number AS number, t.account AS account, h.document AS document, "
    "h.giver AS giver, h.receiver AS receiver, h.receiver_name AS receiver_name, COALESCE(h.due_date, "
    "DATE(h.hand_time)) AS due_date FROM invoices t JOIN invoices_handovers h ON h.parent_id = t.id WHERE "
    "h.acknowledged = 0 AND t.state <> 'CANCELLED'";
constexpr char kPass[] =
    " UNION ALL SELECT t.id, 0, t.number, t.account, NULL, NULL, NULL, NULL, DATE_ADD(t.issue_date, INTERVAL ? DAY) "
    "FROM invoices t WHERE t.state IN ('ISSUED', 'PARTIALLY_PAID', 'PAID') AND t.issue_date IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM invoices_handovers n WHERE n.parent_id = t.id)";

absl::StatusOr<pb::ListOpenHandoversResponse> ListOpen(const Context& context, rpc::Call& call,
                                                       const pb::ListOpenHandoversRequest& request) {
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string today = context.Today(now);
  const std::string binding =
      absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", auth::LevelName(call.level()), "\n",
                   request.overdue_only(), "\n", request.account());
  const resource::Type& type = *context.runtime.catalog().Find(pb::Invoice::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  std::string reach = scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")");
  std::vector<Value> reach_params = scope.params;
  if (!request.account().empty()) {
    reach += " AND t.account = ?";
    reach_params.emplace_back(IdOf(request.account()));
  }
  std::vector<Value> params = reach_params;
  params.emplace_back(context.policy.handover_days);
  params.insert(params.end(), reach_params.begin(), reach_params.end());
  std::string sql = absl::StrCat(
      "SELECT u.id, u.handover, u.number, u.account, u.document, u.giver, u.receiver, u.receiver_name, u.due_date FROM "
      "(",
      kConfirm, reach, kPass, reach, ") u WHERE u.due_date IS NOT NULL");
  if (request.overdue_only()) {
    sql += " AND u.due_date < ?";
    params.emplace_back(today);
  }
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<Value> last,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (last.size() != 3) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    sql += " AND (u.due_date > ? OR (u.due_date = ? AND (u.id > ? OR (u.id = ? AND u.handover > ?))))";
    params.insert(params.end(), {last[0], last[0], last[1], last[1], last[2]});
  }
  sql += " ORDER BY u.due_date, u.id, u.handover LIMIT ?";
  params.emplace_back(page_size + 1);
  pb::ListOpenHandoversResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<mysql::Row> rows, connection.Query(sql, mysql::Params(params)));
    if (rows.size() > static_cast<size_t>(page_size)) {
      rows.resize(static_cast<size_t>(page_size));
      const mysql::Row& last = rows.back();
      response.set_next_page_token(
          context.runtime.page_tokens().Seal({Value(last[8].text()), last[0], last[1]}, binding, now));
    }
    for (const mysql::Row& row : rows) {
      pb::OpenHandover* handover = response.add_handovers();
      handover->set_invoice(absl::StrCat("invoices/", row[0].text()));
      handover->set_handover(static_cast<int32_t>(row[1].integer()));
      handover->set_number(row[2].text());
      handover->set_account(absl::StrCat("accounts/", row[3].text()));
      handover->set_document(row[4].text());
      if (!row[5].is_null()) handover->set_giver(absl::StrCat("employees/", row[5].text()));
      if (!row[6].is_null()) handover->set_receiver(absl::StrCat("employees/", row[6].text()));
      handover->set_receiver_name(row[7].text());
      handover->set_due_date(row[8].text());
      handover->set_overdue(row[8].text() < today);
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterHandovers(const Context& context, rpc::Registry* registry) {
  registry->Add<pb::ListOpenHandoversRequest, pb::ListOpenHandoversResponse>(
      "kam.receivable.v1.InvoiceService/ListOpenHandovers",
      [context](rpc::Call& call, const pb::ListOpenHandoversRequest& request) {
        return ListOpen(context, call, request);
      });
}

}  // namespace kam::contract
