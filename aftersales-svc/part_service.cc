#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "aftersales-svc/claim_service.h"
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

std::string Method(absl::string_view verb) { return absl::StrCat(kService, "/", verb); }

// The leg begins when the part comes to a new state; its due item follows.
absl::Status StartLeg(UnitOfWork& work, const Policy& policy, pb::ClaimDirection direction, pb::ReturnedPart* part) {
  ASSIGN_OR_RETURN(const pb::ClaimPolicy figures, ClaimPolicyNow(work, policy));
  const std::optional<absl::Time> due = rules::LegDue(*part, direction, figures, work.now());
  part->set_overdue(false);
  part->clear_due_time();
  if (due.has_value()) *part->mutable_due_time() = ToTimestamp(*due);
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
                RETURN_IF_ERROR(StartLeg(work, env.policy, claim.direction(), &change.after));
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

void RegisterMoves(const Env& env) {
  AddPartVerb<pb::ReceiveReturnedPartRequest>(
      env, "ReceiveReturnedPart",
      [](UnitOfWork& work, const pb::ReceiveReturnedPartRequest& request, const pb::WarrantyClaim& claim,
         pb::ReturnedPart* part) {
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
        if (request.place() != pb::CUSTODY_PLACE_CUSTOMER && request.place() != pb::CUSTODY_PLACE_STORE &&
            request.place() != pb::CUSTODY_PLACE_TRANSIT) {
          return PlaceInvalid("CUSTOMER, STORE, TRANSIT");
        }
        return rules::Move(MovementOf(work, request, pb::CUSTODY_KIND_LOST, request.place(), pb::CUSTODY_PLACE_NOWHERE,
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
        return StartLeg(work, policy, claim.direction(), created);
      });
  hooks.on_update = resource::OnUpdate<pb::ReturnedPart>(
      [](UnitOfWork&, const pb::ReturnedPart& before, pb::ReturnedPart*) { return rules::CheckPartUpdate(before); });
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
  resource::Change<pb::ReturnedPart> change{part, part};
  change.after.set_overdue(true);
  return work.Save(std::move(change)).status();
}

}  // namespace

void RegisterReturnedParts(const Env& env) {
  SetHooks(env);
  resource::RegisterStandardMethods(*env.runtime, kService, env.registry);
  RegisterMoves(env);
  env.scheduler->Handle(kOverdueDue, Method("RecordReturnedPartArrival"), OnOverdue);
}

}  // namespace kam::aftersales
