#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/claim_service.h"
#include "aftersales-svc/rules/claim_once.h"
#include "aftersales-svc/rules/claim_rules.h"
#include "aftersales-svc/rules/part_rules.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/claim/v1/returned_part_service.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"

namespace kam::aftersales {
namespace {

namespace pb = ::kam::claim::v1;
using mysql::Value;
using resource::UnitOfWork;

constexpr char kService[] = "kam.claim.v1.ReturnedPartService";
constexpr char kOverdueDue[] = "claim.part.overdue";
// Late only after the due time.
constexpr absl::Duration kJustAfter = absl::Microseconds(1);

std::string Short(pb::ClaimDirection direction) {
  return resource::ShortEnumName(pb::ClaimDirection_descriptor()->FindValueByNumber(direction));
}

// A place as its column has it; none: the part came into being.
pb::CustodyPlace PlaceOf(const Value& cell) {
  if (cell.is_null()) return pb::CUSTODY_PLACE_UNSPECIFIED;
  const auto* value = resource::FindEnumValue(pb::CustodyPlace_descriptor(), cell.text());
  return value == nullptr ? pb::CUSTODY_PLACE_UNSPECIFIED : static_cast<pb::CustodyPlace>(value->number());
}

std::string Method(absl::string_view verb) { return absl::StrCat(kService, "/", verb); }

// The leg begins when the part comes to a new state; its due item follows.
absl::Status StartLeg(UnitOfWork& work, const Policy& policy, pb::ClaimDirection direction, pb::PartState before,
                      pb::ReturnedPart* part) {
  ASSIGN_OR_RETURN(const pb::ClaimPolicy figures, ClaimPolicyNow(work, policy));
  rules::StartLeg(before, rules::LegDue(*part, direction, figures, work.now()), work.now(), part);
  return absl::OkStatus();
}

absl::Status ScheduleLeg(UnitOfWork& work, const pb::ReturnedPart& part) {
  if (!part.has_due_time() || part.overdue()) return schedule::Cancel(work, kOverdueDue, part.name());
  return schedule::Schedule(work, kOverdueDue, part.name(), FromTimestamp(part.due_time()) + kJustAfter);
}

// The last part due back has come: the granted claim can be settled.
absl::Status TellClaim(UnitOfWork& work, const pb::WarrantyClaim& claim) {
  if (claim.state() != pb::CLAIM_STATE_APPROVED && claim.state() != pb::CLAIM_STATE_PARTLY_APPROVED) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto parts, PartsOf(work, claim.name()));
  if (!rules::AllPartsBack(claim, parts)) return absl::OkStatus();
  resource::Change<pb::WarrantyClaim> change{claim, claim};
  change.after.set_state(pb::CLAIM_STATE_PART_RETURNED);
  return work.Save(std::move(change)).status();
}

// Registers a verb on a part. The claim is locked before the part, as everywhere.
//   apply(UnitOfWork&, const Request&, const WarrantyClaim&, ReturnedPart*) -> absl::Status
template <typename Request, typename Apply>
void AddPartVerb(const Env& env, absl::string_view verb, Apply apply) {
  env.registry->Add<Request, pb::ReturnedPart>(
      Method(verb), [env, apply](rpc::Call& call, const Request& request) -> absl::StatusOr<pb::ReturnedPart> {
        RETURN_IF_ERROR(EnsureNamed(env, call, {&request}));
        return env.runtime->Write<pb::ReturnedPart>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ReturnedPart> {
              ASSIGN_OR_RETURN(const auto seen,
                               work.Find<pb::ReturnedPart>({"t.id = ?", {Value(IdOf(request.name()))}}, "", 1));
              if (seen.empty()) return NotFound(request.name());
              ASSIGN_OR_RETURN(const auto claim, work.Load<pb::WarrantyClaim>(seen[0].claim()));
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ReturnedPart>(request));
              RETURN_IF_ERROR(apply(work, request, claim, &change.after));
              if (change.after.state() != change.before.state() || change.after.back() != change.before.back() ||
                  change.after.waived() != change.before.waived()) {
                RETURN_IF_ERROR(StartLeg(work, env.policy, claim.direction(), change.before.state(), &change.after));
              }
              ASSIGN_OR_RETURN(pb::ReturnedPart saved, work.Save(std::move(change)));
              RETURN_IF_ERROR(ScheduleLeg(work, saved));
              RETURN_IF_ERROR(TellClaim(work, claim));
              return saved;
            });
      });
}

template <typename Request>
rules::Movement MovementOf(const UnitOfWork& work, const Request& request, pb::CustodyKind kind, pb::CustodyPlace from,
                           pb::CustodyPlace to, const std::string& remark) {
  rules::Movement movement;
  movement.kind = kind;
  movement.from = from;
  movement.to = to;
  if (!request.quantity().empty()) movement.quantity = request.quantity();
  movement.evidence = request.evidence();
  movement.remark = remark;
  movement.actor = work.actor().subject;
  return movement;
}

absl::Status PlaceInvalid(absl::string_view allowed) {
  return InvalidField("place", "FIELD_VALUE_UNKNOWN", absl::StrCat("must be one of ", allowed),
                      {{"allowed", std::string(allowed)}});
}

// Where a part may be lost, and found again.
absl::Status CheckLosable(pb::CustodyPlace place) {
  if (place == pb::CUSTODY_PLACE_CUSTOMER || place == pb::CUSTODY_PLACE_STORE || place == pb::CUSTODY_PLACE_TRANSIT) {
    return absl::OkStatus();
  }
  return PlaceInvalid("CUSTOMER, STORE, TRANSIT");
}

// One piece is due back for one open claim: it cannot lie in two places. The customer's claim and ours on the
// manufacturer follow the same piece, each on its own leg.
// Two asked for at the same time do not see one another, so it is checked again when the piece comes: `by_earlier`
// looks only at those asked for before, and the later one gives way.
absl::Status CheckSerial(UnitOfWork& work, pb::ClaimDirection direction, const pb::ReturnedPart& part,
                         bool by_earlier = false) {
  RETURN_IF_ERROR(rules::CheckSerial(part));
  if (part.serial().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query(
          absl::StrCat("SELECT 1 FROM returned_parts t JOIN warranty_claims c ON c.id = t.claim WHERE t.serial = ? AND "
                       "COALESCE(t.part_number, '') = ? AND t.id ",
                       by_earlier ? "<" : "<>",
                       " ? AND c.direction = ? AND c.state NOT IN ('REJECTED', 'SETTLED', 'ARCHIVED') LIMIT 1"),
          {part.serial(), part.part_number(), IdOf(part.name()), Short(direction)}));
  if (rows.empty()) return absl::OkStatus();
  return InvalidField("returned_part.serial", "PART_SERIAL_IN_USE",
                      absl::StrCat(part.serial(), " is due back for another open claim"), {{"serial", part.serial()}});
}

void RegisterMoves(const Env& env) {
  AddPartVerb<pb::ReceiveReturnedPartRequest>(
      env, "ReceiveReturnedPart",
      [](UnitOfWork& work, const pb::ReceiveReturnedPartRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) -> absl::Status {
        RETURN_IF_ERROR(CheckSerial(work, claim.direction(), *part, /*by_earlier=*/true));
        part->set_storage_place(request.storage_place());
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_RECEIVED, pb::CUSTODY_PLACE_CUSTOMER,
                                      pb::CUSTODY_PLACE_STORE, request.storage_place()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::ShipReturnedPartRequest>(
      env, "ShipReturnedPart",
      [](UnitOfWork& work, const pb::ShipReturnedPartRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) {
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_SHIPPED, pb::CUSTODY_PLACE_STORE,
                                      pb::CUSTODY_PLACE_TRANSIT, request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::RecordReturnedPartArrivalRequest>(
      env, "RecordReturnedPartArrival",
      [](UnitOfWork& work, const pb::RecordReturnedPartArrivalRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) {
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_ARRIVED, pb::CUSTODY_PLACE_TRANSIT,
                                      pb::CUSTODY_PLACE_MANUFACTURER, request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::InspectReturnedPartRequest>(env, "InspectReturnedPart",
                                              [](UnitOfWork& work, const pb::InspectReturnedPartRequest& request,
                                                 const pb::WarrantyClaim& claim, pb::ReturnedPart* part) {
                                                return rules::Inspect(request.condition(), request.evidence(),
                                                                      work.actor().subject, claim.direction(),
                                                                      work.now(), part);
                                              });
  AddPartVerb<pb::ScrapReturnedPartRequest>(
      env, "ScrapReturnedPart",
      [](UnitOfWork& work, const pb::ScrapReturnedPartRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) -> absl::Status {
        if (request.place() != pb::CUSTODY_PLACE_STORE && request.place() != pb::CUSTODY_PLACE_MANUFACTURER) {
          return PlaceInvalid("STORE, MANUFACTURER");
        }
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_SCRAPPED, request.place(),
                                      pb::CUSTODY_PLACE_SCRAP, request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::RecordReturnedPartLossRequest>(
      env, "RecordReturnedPartLoss",
      [](UnitOfWork& work, const pb::RecordReturnedPartLossRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) -> absl::Status {
        RETURN_IF_ERROR(CheckLosable(request.place()));
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_LOST, request.place(), pb::CUSTODY_PLACE_NOWHERE,
                                      request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::GiveBackReturnedPartRequest>(
      env, "GiveBackReturnedPart",
      [](UnitOfWork& work, const pb::GiveBackReturnedPartRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckGiveBack(claim, *part));
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_GIVEN_BACK, pb::CUSTODY_PLACE_STORE,
                                      pb::CUSTODY_PLACE_GIVEN_BACK, request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::RecordReturnedPartFoundRequest>(
      env, "RecordReturnedPartFound",
      [](UnitOfWork& work, const pb::RecordReturnedPartFoundRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) -> absl::Status {
        RETURN_IF_ERROR(CheckLosable(request.place()));
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_FOUND, pb::CUSTODY_PLACE_NOWHERE, request.place(),
                                      request.reason()),
                           claim.direction(), work.now(), part);
      });
  AddPartVerb<pb::WaiveReturnedPartRequest>(
      env, "WaiveReturnedPart",
      [](UnitOfWork& work, const pb::WaiveReturnedPartRequest& request, const pb::WarrantyClaim&,
         pb::ReturnedPart* part) { return rules::Waive(request.reason(), work.actor().subject, work.now(), part); });
}

void SetHooks(const Env& env) {
  resource::Hooks hooks;
  hooks.prepare = EnsureHook(env);
  hooks.on_create = resource::OnCreate<pb::ReturnedPart>(
      [policy = env.policy](UnitOfWork& work, pb::ReturnedPart* created) -> absl::Status {
        ASSIGN_OR_RETURN(const auto claim, work.Load<pb::WarrantyClaim>(created->claim()));
        ASSIGN_OR_RETURN(const auto parts, PartsOf(work, created->claim()));
        Decimal asked;
        for (const pb::ReturnedPart& part : parts) {
          if (part.item() != created->item()) continue;
          ASSIGN_OR_RETURN(const Decimal quantity, Decimal::Parse(part.quantity(), "quantity"));
          ASSIGN_OR_RETURN(asked, Add(asked, quantity));
        }
        RETURN_IF_ERROR(rules::RequestPart(claim, asked, work.actor().subject, work.now(), created));
        RETURN_IF_ERROR(CheckSerial(work, claim.direction(), *created));
        return StartLeg(work, policy, claim.direction(), pb::PART_STATE_UNSPECIFIED, created);
      });
  hooks.on_update = resource::OnUpdate<pb::ReturnedPart>(
      [](UnitOfWork& work, const pb::ReturnedPart& before, pb::ReturnedPart* after) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckPartUpdate(before));
        ASSIGN_OR_RETURN(const auto claim,
                         work.Find<pb::WarrantyClaim>({"t.id = ?", {Value(IdOf(before.claim()))}}, "", 1));
        return claim.empty() ? absl::OkStatus() : CheckSerial(work, claim[0].direction(), *after);
      });
  hooks.on_saved = resource::OnSaved<pb::ReturnedPart>(
      [](UnitOfWork& work, const pb::ReturnedPart* before, const pb::ReturnedPart& after) -> absl::Status {
        return before == nullptr ? ScheduleLeg(work, after) : absl::OkStatus();
      });
  env.runtime->SetHooks(pb::ReturnedPart::descriptor(), std::move(hooks));
}

absl::Status OnOverdue(UnitOfWork& work, const schedule::DueItem& item) {
  ASSIGN_OR_RETURN(const auto part, work.Load<pb::ReturnedPart>(item.resource));
  // An item that fires is due, whatever this process's own clock says.
  const absl::Time now = std::max(work.now(), item.due_time);
  if (!part.has_due_time() || FromTimestamp(part.due_time()) >= now) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto claim, work.Find<pb::WarrantyClaim>({"t.id = ?", {Value(IdOf(part.claim()))}}, "", 1));
  resource::Change<pb::ReturnedPart> change{part, part};
  // Nobody waits any more for the part of what was refused.
  const bool refused =
      claim.empty() || claim[0].state() == pb::CLAIM_STATE_ARCHIVED || rules::IsItemRefused(claim[0], part.item());
  if (refused) change.after.clear_due_time();
  change.after.set_overdue(!refused);
  if (!refused) change.after.set_late(true);
  return work.Save(std::move(change)).status();
}

// Sums come back as DECIMAL, which is text.
absl::StatusOr<Decimal> Sum(const Value& cell) {
  return cell.is_null() ? absl::StatusOr<Decimal>(Decimal()) : Decimal::Parse(cell.text(), "sum");
}

absl::StatusOr<pb::SummarizeReturnedPartsResponse> Summarize(const Env& env, rpc::Call& call,
                                                             const pb::SummarizeReturnedPartsRequest& request) {
  const absl::Time from = FromTimestamp(request.from_time()), until = FromTimestamp(request.until_time());
  RETURN_IF_ERROR(CheckPeriod(from, until));
  const resource::Type* type = env.runtime->catalog().Find(pb::ReturnedPart::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(*type, call.principal, call.level());
  std::string where = " JOIN warranty_claims c ON c.id = t.claim WHERE 1 = 1";
  std::vector<Value> params;
  if (request.direction() != pb::CLAIM_DIRECTION_UNSPECIFIED) {
    where += " AND c.direction = ?";
    params.emplace_back(Short(request.direction()));
  }
  if (!scope.sql.empty()) {
    absl::StrAppend(&where, " AND (", scope.sql, ")");
    params.insert(params.end(), scope.params.begin(), scope.params.end());
  }
  std::vector<Value> moves = {Value(from), Value(from), Value(until)};
  moves.insert(moves.end(), params.begin(), params.end());
  std::map<int, rules::PlaceFlow> flows;
  int64_t overdue = 0;
  RETURN_IF_ERROR(env.runtime->database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    flows.clear();
    RETURN_IF_ERROR(connection.Scan(
        absl::StrCat("SELECT e.place_from, e.place_to, SUM(CASE WHEN e.event_time < ? THEN e.quantity ELSE 0 END), "
                     "SUM(CASE WHEN e.event_time >= ? AND e.event_time < ? THEN e.quantity ELSE 0 END) FROM "
                     "returned_parts_events e JOIN returned_parts t ON t.id = e.parent_id",
                     where, " AND e.quantity IS NOT NULL GROUP BY e.place_from, e.place_to"),
        mysql::Params(moves), [&](const mysql::Row& row) -> absl::Status {
          ASSIGN_OR_RETURN(const Decimal before, Sum(row[2]));
          ASSIGN_OR_RETURN(const Decimal within, Sum(row[3]));
          return rules::AddFlow(PlaceOf(row[0]), PlaceOf(row[1]), before, within, &flows);
        }));
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT COUNT(t.id) FROM returned_parts t", where, " AND t.overdue = 1"),
                         mysql::Params(params)));
    overdue = rows[0][0].integer();
    return absl::OkStatus();
  }));
  pb::SummarizeReturnedPartsResponse response;
  for (const auto& [place, flow] : flows) {
    pb::CustodySummary* row = response.add_rows();
    row->set_place(static_cast<pb::CustodyPlace>(place));
    row->set_opening(flow.opening.ToString());
    row->set_came(flow.came.ToString());
    row->set_left(flow.left.ToString());
    row->set_closing(flow.closing.ToString());
  }
  response.set_overdue(overdue);
  return response;
}

}  // namespace

void RegisterReturnedParts(const Env& env) {
  SetHooks(env);
  resource::RegisterStandardMethods(*env.runtime, kService, env.registry);
  RegisterMoves(env);
  env.registry->Add<pb::SummarizeReturnedPartsRequest, pb::SummarizeReturnedPartsResponse>(
      Method("SummarizeReturnedParts"), [env](rpc::Call& call, const pb::SummarizeReturnedPartsRequest& request) {
        return Summarize(env, call, request);
      });
  env.scheduler->Handle(kOverdueDue, Method("RecordReturnedPartArrival"), OnOverdue);
}

}  // namespace kam::aftersales
