// Information on market and industry, shared and kept current.
#include "account-svc/market/market_service.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/market_information_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/market_record_service.pb.h"

namespace kam::account {
namespace {

using mysql::Value;
using resource::UnitOfWork;
using v1::MarketRecord;

constexpr char kService[] = "kam.account.v1.MarketRecordService";
constexpr int kStaleMax = 500;

absl::Status Create(const Context& context, UnitOfWork& work, MarketRecord* record) {
  ASSIGN_OR_RETURN(*record->mutable_contributor(), Person(work));
  record->set_state(v1::MARKET_RECORD_STATE_CURRENT);
  const std::string today = context.Today(work.now());
  if (record->information_date().empty()) record->set_information_date(today);
  RETURN_IF_ERROR(Validate(work, *record));
  RETURN_IF_ERROR(rules::CheckMarketRecord(*record, today));
  ASSIGN_OR_RETURN(*record->mutable_valid_until(),
                   rules::ValidUntil(record->information_date(), record->category(), context.policy));
  return absl::OkStatus();
}

absl::Status Update(const Context& context, UnitOfWork& work, const MarketRecord& before, MarketRecord* after) {
  RETURN_IF_ERROR(rules::CheckMarketRecordUpdate(before));
  RETURN_IF_ERROR(Validate(work, *after));
  RETURN_IF_ERROR(rules::CheckMarketRecord(*after, context.Today(work.now())));
  const bool stale = rules::DropStaleConfirmation(before, after);
  if (!stale && before.category() == after->category() && before.information_date() == after->information_date()) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(*after->mutable_valid_until(),
                   rules::ValidUntil(after->information_date(), after->category(), context.policy));
  return absl::OkStatus();
}

absl::StatusOr<v1::ListStaleMarketRecordsResponse> Stale(const Context& context, rpc::Call& call) {
  const resource::Type& type = *context.runtime.catalog().Find(MarketRecord::descriptor());
  const std::vector<resource::SqlCondition> where = {
      resource::ScopeCondition(type, call.principal, call.level()),
      {"t.state = 'CURRENT' AND t.valid_until < ?", {Value(context.Today(context.runtime.clock().Now()))}}};
  v1::ListStaleMarketRecordsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        std::vector<resource::Record> records,
        context.runtime.store().Select(connection, type, where, "ORDER BY t.valid_until, t.id", kStaleMax));
    for (const resource::Record& record : records) {
      *response.add_market_records() = static_cast<const MarketRecord&>(*record.message);
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterMarketRecords(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<MarketRecord>(
      [context](UnitOfWork& work, MarketRecord* record) { return Create(context, work, record); });
  hooks.on_update =
      resource::OnUpdate<MarketRecord>([context](UnitOfWork& work, const MarketRecord& before, MarketRecord* after) {
        return Update(context, work, before, after);
      });
  context.runtime.SetHooks(MarketRecord::descriptor(), std::move(hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<MarketRecord, v1::ConfirmMarketRecordRequest>(
      context, service + "/ConfirmMarketRecord", registry,
      [context](UnitOfWork& work, const v1::ConfirmMarketRecordRequest&, MarketRecord* record) -> absl::Status {
        ASSIGN_OR_RETURN(*record->mutable_confirmer(), Person(work));
        // Who brought it and knows more writes that down, with the day it is of.
        if (record->confirmer() == record->contributor()) {
          return rules::SeparationOfDuties("contributor", "confirm his own information");
        }
        *record->mutable_confirm_time() = ToTimestamp(work.now());
        ASSIGN_OR_RETURN(*record->mutable_valid_until(),
                         rules::ValidUntil(context.Today(work.now()), record->category(), context.policy));
        return absl::OkStatus();
      });
  AddVerb<MarketRecord, v1::SupersedeMarketRecordRequest>(
      context, service + "/SupersedeMarketRecord", registry,
      [](UnitOfWork& work, const v1::SupersedeMarketRecordRequest& request, MarketRecord* record) -> absl::Status {
        ASSIGN_OR_RETURN(const MarketRecord newer,
                         work.Load<MarketRecord>(request.by(), work.actor().LevelFor("market_record.read")));
        return rules::Supersede(newer, record);
      });
  AddVerb<MarketRecord, v1::WithdrawMarketRecordRequest>(
      context, service + "/WithdrawMarketRecord", registry,
      [](UnitOfWork&, const v1::WithdrawMarketRecordRequest&, MarketRecord*) { return absl::OkStatus(); });
  registry->Add<v1::ListStaleMarketRecordsRequest, v1::ListStaleMarketRecordsResponse>(
      service + "/ListStaleMarketRecords",
      [context](rpc::Call& call, const v1::ListStaleMarketRecordsRequest&) { return Stale(context, call); });
}

}  // namespace kam::account
