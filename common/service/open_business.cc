#include "common/service/open_business.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "google/type/money.pb.h"

namespace kam::service {
namespace {

namespace pb = business::v1;
using mysql::Row;
using mysql::Value;

constexpr int kItemsDefault = 200;
constexpr int kItemsMax = 1000;

absl::Status Count(mysql::Connection& connection, const OpenBusinessQuery& query, const std::string& account,
                   pb::ListOpenBusinessResponse* response) {
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT b.kind, b.currency, COUNT(b.id), SUM(b.amount) FROM (", query.sql,
                                    ") b GROUP BY b.kind, b.currency ORDER BY b.kind, b.currency"),
                       mysql::Params(query.params(resource::IdOf(account)))));
  for (const Row& row : rows) {
    pb::OpenBusinessCount* count = response->add_counts();
    count->set_account(account);
    count->set_kind(row[0].text());
    count->set_count(row[2].integer());
    if (row[1].is_null() || row[3].is_null()) continue;
    ASSIGN_OR_RETURN(const Money amount, Money::Parse(row[3].text(), row[1].text()));
    ToProto(amount, count->mutable_amount());
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::OpenBusiness> ItemOf(const std::string& account, const Row& row, absl::TimeZone zone) {
  pb::OpenBusiness item;
  item.set_account(account);
  item.set_kind(row[0].text());
  item.set_name(absl::StrCat(row[1].text(), "/", row[2].text()));
  item.set_number(row[3].text());
  item.set_state(row[4].text());
  if (!row[5].is_null() && !row[6].is_null()) {
    ASSIGN_OR_RETURN(const Money amount, Money::Parse(row[5].text(), row[6].text()));
    ToProto(amount, item.mutable_amount());
  }
  if (!row[7].is_null()) item.set_owner(absl::StrCat("employees/", row[7].text()));
  // A moment is due on its day in the zone of the business.
  const bool moment = std::holds_alternative<absl::Time>(row[8].variant());
  item.set_due_date(moment ? TodayText(row[8].time(), zone) : row[8].text());
  item.set_title(row[9].text());
  return item;
}

}  // namespace

absl::StatusOr<pb::ListOpenBusinessResponse> ListOpenBusiness(const resource::Runtime& runtime, const rpc::Call& call,
                                                              const OpenBusinessQuery& query,
                                                              const pb::ListOpenBusinessRequest& request) {
  const int limit = request.items_max() == 0 ? kItemsDefault : std::min(request.items_max(), kItemsMax);
  pb::ListOpenBusinessResponse response;
  RETURN_IF_ERROR(runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    for (const std::string& account : request.accounts()) {
      std::vector<Value> params = query.params(resource::IdOf(account));
      params.emplace_back(limit + 1);
      ASSIGN_OR_RETURN(
          std::vector<Row> rows,
          connection.Query(absl::StrCat("SELECT b.kind, b.collection, b.id, b.number, b.state, b.amount, b.currency, "
                                        "b.owner, b.due, b.title FROM (",
                                        query.sql, ") b ORDER BY b.due IS NULL, b.due, b.kind, b.id LIMIT ?"),
                           mysql::Params(params)));
      if (rows.size() > static_cast<size_t>(limit)) {
        rows.resize(static_cast<size_t>(limit));
        response.add_truncated_accounts(account);
        RETURN_IF_ERROR(Count(connection, query, account, &response));
      }
      std::sort(rows.begin(), rows.end(), [](const Row& one, const Row& other) {
        return std::pair(one[0].text(), one[2].text()) < std::pair(other[0].text(), other[2].text());
      });
      for (const Row& row : rows) {
        ASSIGN_OR_RETURN(*response.add_items(), ItemOf(account, row, runtime.zone()));
      }
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace kam::service
