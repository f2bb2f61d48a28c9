// CheckDuplicate and ListDuplicateChecks: whether a firm has a file, and who asked for it.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/claimable.h"
#include "account-svc/accounts/duplicates.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/accounts/similar.h"
#include "account-svc/rules/account_file_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;

constexpr size_t kSimilarMax = 5;
constexpr char kService[] = "kam.account.v1.AccountService/";

// Tells of a similar firm as of the same one: never whose it is.
absl::Status AddSimilar(const Context& context, mysql::Connection& connection, const auth::Principal& asker,
                        const Similar& firm, v1::SimilarFirm* out) {
  ASSIGN_OR_RETURN(const bool reaches, Reaches(connection, context.runtime, asker, firm.account));
  out->set_score(firm.match.score);
  out->set_match_reason(std::string(rules::MatchReasonName(firm.match.reason)));
  out->set_result(reaches ? v1::DUPLICATE_RESULT_EXISTS_YOURS : v1::DUPLICATE_RESULT_EXISTS);
  if (reaches) {
    out->set_account(NameOf("accounts", firm.account));
  } else {
    ASSIGN_OR_RETURN(const absl::Time after,
                     ClaimableAfter(connection, firm.account, context.runtime.clock().Now(), context.policy));
    *out->mutable_claimable_after() = ToTimestamp(after);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CheckDuplicateResponse> CheckDuplicate(const Context& context, rpc::Call& call,
                                                          const v1::CheckDuplicateRequest& request) {
  rules::Firm firm;
  firm.legal_name = request.legal_name();
  firm.registration_number = request.registration_number();
  firm.phone = request.phone();
  firm.domain = request.domain();
  firm.country = request.country();
  const rules::FirmKeys keys = rules::KeysOf(firm, context.policy);
  if (keys == rules::FirmKeys()) {
    return InvalidField("legal_name", "FIELD_REQUIRED",
                        "a name, a registration number, a telephone number or a domain must be given");
  }
  v1::CheckDuplicateResponse response;
  RETURN_IF_ERROR(
      context.runtime.database().RunInTransaction(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
        response.Clear();
        ASSIGN_OR_RETURN(const std::optional<Duplicate> found, FindDuplicate(connection, keys, ""));
        bool reaches = false;
        if (found.has_value()) {
          ASSIGN_OR_RETURN(reaches, Reaches(connection, context.runtime, call.principal, found->account));
        }
        if (!found.has_value()) {
          response.set_result(v1::DUPLICATE_RESULT_NONE);
        } else if (reaches) {
          response.set_result(v1::DUPLICATE_RESULT_EXISTS_YOURS);
          response.set_account(NameOf("accounts", found->account));
        } else {
          response.set_result(v1::DUPLICATE_RESULT_EXISTS);
          ASSIGN_OR_RETURN(const absl::Time after,
                           ClaimableAfter(connection, found->account, context.runtime.clock().Now(), context.policy));
          *response.mutable_claimable_after() = ToTimestamp(after);
        }
        const std::string exact = found.has_value() ? found->account : std::string();
        ASSIGN_OR_RETURN(const std::vector<Similar> similar,
                         FindSimilar(connection, NamesOf(request.legal_name(), ""), keys, exact,
                                     context.policy.duplicate_score_min, kSimilarMax));
        const auto log = [&](v1::DuplicateResult result, const std::string& account, int score) -> absl::Status {
          ASSIGN_OR_RETURN(const std::string id, context.runtime.NewId());
          return LogCheck(
              connection, id, context.runtime.clock().Now(),
              {call.principal.subject, absl::StrCat(kService, "CheckDuplicate"), keys,
               resource::ShortEnumName(v1::DuplicateResult_descriptor()->FindValueByNumber(result)), account, score});
        };
        RETURN_IF_ERROR(log(response.result(), exact, 0));
        // Whoever is told of a similar firm has learnt of it, too.
        for (const Similar& alike : similar) {
          v1::SimilarFirm* told = response.add_similar();
          RETURN_IF_ERROR(AddSimilar(context, connection, call.principal, alike, told));
          RETURN_IF_ERROR(log(told->result(), alike.account, alike.match.score));
        }
        return absl::OkStatus();
      }));
  return response;
}

// Of the questions about files that the caller reaches, never his own: nobody watches himself ask. Questions that found
// nothing are nobody's, and shown to those who see all accounts.
absl::StatusOr<v1::ListDuplicateChecksResponse> ListChecks(const Context& context, rpc::Call& call,
                                                           const v1::ListDuplicateChecksRequest& request) {
  if (!request.from_date().empty() && !request.to_date().empty()) {
    RETURN_IF_ERROR(rules::CheckPeriod(request.from_date(), request.to_date()));
  }
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  std::string sql =
      "SELECT c.id, c.check_time, c.actor, c.method, c.result, c.account, c.score FROM duplicate_checks c WHERE "
      "c.actor "
      "<> ?";
  std::vector<Value> params = {call.principal.subject};
  const auto where = [&](absl::string_view condition, Value value) {
    absl::StrAppend(&sql, " AND ", condition);
    params.push_back(std::move(value));
  };
  std::vector<Value> scope_params;
  const std::string scope = ScopeSql(context, call.principal, call.level(), v1::Account::descriptor(), &scope_params);
  if (!scope.empty()) {
    absl::StrAppend(&sql, " AND EXISTS (SELECT 1 FROM accounts t WHERE t.id = c.account", scope, ")");
    params.insert(params.end(), scope_params.begin(), scope_params.end());
  }
  if (!request.account().empty()) where("c.account = ?", IdOf(request.account()));
  if (!request.actor().empty()) where("c.actor = ?", request.actor());
  if (!request.from_date().empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(request.from_date(), "from_date"));
    where("c.check_time >= ?", absl::FromCivil(day, context.zone));
  }
  if (!request.to_date().empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(request.to_date(), "to_date"));
    where("c.check_time < ?", absl::FromCivil(day + 1, context.zone));
  }
  if (page.last().size() == 2) {
    absl::StrAppend(&sql, " AND (c.check_time < ? OR (c.check_time = ? AND c.id < ?))");
    params.insert(params.end(), {page.last()[0], page.last()[0], page.last()[1]});
  }
  absl::StrAppend(&sql, " ORDER BY c.check_time DESC, c.id DESC LIMIT ", page.size() + 1);
  v1::ListDuplicateChecksResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    if (rows.size() > page.size()) {
      rows.resize(page.size());
      response.set_next_page_token(page.Next({rows.back()[1], rows.back()[0]}));
    }
    for (const Row& row : rows) {
      v1::DuplicateCheck* check = response.add_checks();
      *check->mutable_check_time() = ToTimestamp(row[1].time());
      check->set_actor(row[2].text());
      check->set_method(row[3].text());
      if (const auto* result = resource::FindEnumValue(v1::DuplicateResult_descriptor(), row[4].text())) {
        check->set_result(static_cast<v1::DuplicateResult>(result->number()));
      }
      if (!row[5].is_null()) check->set_account(NameOf("accounts", row[5].text()));
      if (!row[6].is_null()) check->set_score(static_cast<int>(row[6].integer()));
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterDuplicateChecks(const Context& context, rpc::Registry* registry) {
  registry->Add<v1::CheckDuplicateRequest, v1::CheckDuplicateResponse>(
      absl::StrCat(kService, "CheckDuplicate"), [context](rpc::Call& call, const v1::CheckDuplicateRequest& request) {
        return CheckDuplicate(context, call, request);
      });
  registry->Add<v1::ListDuplicateChecksRequest, v1::ListDuplicateChecksResponse>(
      absl::StrCat(kService, "ListDuplicateChecks"),
      [context](rpc::Call& call, const v1::ListDuplicateChecksRequest& request) {
        return ListChecks(context, call, request);
      });
}

}  // namespace kam::account
