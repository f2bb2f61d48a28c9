// kam.contract.v1.AgreementService (C-17). Lock order: agreement, drawing.
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/contracts/performance.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/agreement.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/review.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/agreement_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.AgreementService";
constexpr char kDueAlert[] = "agreement.expiring";
constexpr char kDueEnd[] = "agreement.expired";
constexpr char kDueSoon[] = "financing_drawing.due_soon";
constexpr char kDueRepay[] = "financing_drawing.overdue";
constexpr int kDrawingsPage = 500;  // Handed over at a time.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

bool InForce(const pb::Agreement& agreement) {
  return agreement.state() == pb::AGREEMENT_STATE_IN_FORCE || agreement.state() == pb::AGREEMENT_STATE_EXPIRING;
}

absl::StatusOr<int64_t> CountDrawings(UnitOfWork& work, const std::string& agreement, const char* states) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query(absl::StrCat("SELECT COUNT(d.id) FROM financing_drawings d WHERE "
                                                        "d.agreement = ? AND d.state IN (",
                                                        states, ")"),
                                           {mysql::Value(IdOf(agreement))}));
  return rows[0][0].integer();
}

// Expiry alert and end of a signed agreement.
absl::Status WatchEnd(const Context& context, UnitOfWork& work, const pb::Agreement& agreement) {
  const int lead = agreement.alert_days() > 0 ? agreement.alert_days() : context.policy.renewal_lead_days;
  ASSIGN_OR_RETURN(const std::string day, AddDays(agreement.end_date(), -lead));
  ASSIGN_OR_RETURN(const absl::Time alert, context.EndOf(day));
  ASSIGN_OR_RETURN(const absl::Time end, context.EndOf(agreement.end_date()));
  RETURN_IF_ERROR(schedule::Schedule(work, kDueAlert, agreement.name(), alert));
  return schedule::Schedule(work, kDueEnd, agreement.name(), end);
}

// The agreement that money is drawn under, locked; the money is counted in it.
absl::Status Draw(const Context& context, UnitOfWork& work, pb::FinancingDrawing* drawing) {
  RETURN_IF_ERROR(Validate(work, *drawing));
  const absl::StatusOr<pb::Agreement> agreement = work.Load<pb::Agreement>(drawing->agreement(), work.level());
  if (absl::IsNotFound(agreement.status())) {
    return InvalidField("financing_drawing.agreement", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", drawing->agreement()}});
  }
  RETURN_IF_ERROR(agreement.status());
  const std::string today = context.Today(work.now());
  Change<pb::Agreement> change{*agreement, *agreement};
  ASSIGN_OR_RETURN(const int64_t overdue, CountDrawings(work, agreement->name(), "'OVERDUE'"));
  RETURN_IF_ERROR(rules::DrawMoney(today, overdue, *drawing, &change.after));
  drawing->set_keeper(agreement->keeper());
  drawing->set_draw_date(today);
  drawing->set_state(pb::FINANCING_DRAWING_STATE_OUTSTANDING);
  return work.Save(std::move(change)).status();
}

absl::StatusOr<pb::FinancingDrawing> Repay(const Context& context, rpc::Call& call,
                                           const pb::RepayFinancingDrawingRequest& request) {
  return context.runtime.Write<pb::FinancingDrawing>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::FinancingDrawing> {
        ASSIGN_OR_RETURN(const std::string name,
                         ReferenceOfRow(work, pb::FinancingDrawing::descriptor(), "agreement", request.name()));
        ASSIGN_OR_RETURN(const pb::Agreement agreement, work.Load<pb::Agreement>(name));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::FinancingDrawing>(request));
        Change<pb::Agreement> agreement_change{agreement, agreement};
        RETURN_IF_ERROR(rules::RepayMoney(change.before, &agreement_change.after));
        RETURN_IF_ERROR(work.Save(std::move(agreement_change)).status());
        change.after.set_repay_date(context.Today(work.now()));
        change.after.set_repay_reference(request.repay_reference());
        change.after.clear_due_soon();
        RETURN_IF_ERROR(schedule::Cancel(work, kDueSoon, change.before.name()));
        RETURN_IF_ERROR(schedule::Cancel(work, kDueRepay, change.before.name()));
        return work.Save(std::move(change));
      });
}

// What is signed is settled by somebody who wrote none of it. SEPARATION_OF_DUTIES.
absl::Status CheckSecondPerson(UnitOfWork& work, const pb::Agreement& agreement) {
  RETURN_IF_ERROR(
      rules::CheckOtherPerson(agreement.name(), work.actor().subject, agreement.creator(), "drafted the agreement"));
  return CheckNotAuthor(work, agreement.name(), Rpc("UpdateAgreement"));
}

absl::StatusOr<pb::Agreement> Sign(const Context& context, rpc::Call& call, const pb::SignAgreementRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  return context.runtime.Write<pb::Agreement>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Agreement> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Agreement>(request));
    // What binds the company is read by a second person, who signs the version that he has read.
    RETURN_IF_ERROR(CheckRead(request.etag()));
    RETURN_IF_ERROR(CheckSecondPerson(work, change.before));
    ASSIGN_OR_RETURN(const std::string day,
                     rules::SignDate(request.sign_date(), /*earliest=*/"", context.Today(work.now())));
    change.after.set_sign_date(day);
    change.after.set_document(request.document());
    change.after.set_signer(work.actor().subject);
    RETURN_IF_ERROR(WatchEnd(context, work, change.after));
    return work.Save(std::move(change));
  });
}

absl::StatusOr<pb::Agreement> Terminate(const Context& context, rpc::Call& call,
                                        const pb::TerminateAgreementRequest& request) {
  return context.runtime.Write<pb::Agreement>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::Agreement> {
    ASSIGN_OR_RETURN(auto change, work.Begin<pb::Agreement>(request));
    RETURN_IF_ERROR(rules::CheckReason(request.reason()));
    ASSIGN_OR_RETURN(const int64_t open, CountDrawings(work, change.before.name(), "'OUTSTANDING', 'OVERDUE'"));
    if (open > 0) {
      return FailedPrecondition("DRAWINGS_OUTSTANDING", change.before.name(),
                                absl::StrCat(open, " drawings have to be repaid first"),
                                {{"outstanding", absl::StrCat(open)}});
    }
    change.after.set_state_reason(request.reason());
    RETURN_IF_ERROR(schedule::Cancel(work, kDueAlert, change.before.name()));
    RETURN_IF_ERROR(schedule::Cancel(work, kDueEnd, change.before.name()));
    return work.Save(std::move(change));
  });
}

// Who keeps an agreement and when its end is brought up are no words of it.
bool ChangesWords(const pb::Agreement& before, const pb::Agreement& after) {
  pb::Agreement rest = after;
  rest.set_keeper(before.keeper());
  rest.set_alert_days(before.alert_days());
  return rest.SerializeAsString() != before.SerializeAsString();
}

// The drawings that are not repaid go to the new keeper.
absl::Status HandOverDrawings(UnitOfWork& work, const pb::Agreement& agreement) {
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<pb::FinancingDrawing> open,
                     work.Find<pb::FinancingDrawing>(
                         {"t.agreement = ? AND t.state IN ('OUTSTANDING', 'OVERDUE') AND (t.keeper IS "
                          "NULL OR t.keeper <> ?)",
                          {mysql::Value(IdOf(agreement.name())), mysql::Value(IdOf(agreement.keeper()))}},
                         "ORDER BY t.id", kDrawingsPage, /*lock=*/true));
    if (open.empty()) return absl::OkStatus();
    for (const pb::FinancingDrawing& drawing : open) {
      Change<pb::FinancingDrawing> change{drawing, drawing};
      change.after.set_keeper(agreement.keeper());
      RETURN_IF_ERROR(work.Save(std::move(change)).status());
    }
  }
}

void SetHooks(const Context& context) {
  resource::Hooks agreements;
  agreements.prepare = PrepareNames(context);
  agreements.on_create =
      resource::OnCreate<pb::Agreement>([](UnitOfWork& work, pb::Agreement* agreement) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *agreement));
        agreement->set_state(pb::AGREEMENT_STATE_DRAFT);
        return rules::CheckAgreement(*agreement);
      });
  agreements.on_update = resource::OnUpdate<pb::Agreement>(
      [](UnitOfWork& work, const pb::Agreement& before, pb::Agreement* after) -> absl::Status {
        if (before.state() != pb::AGREEMENT_STATE_DRAFT && (!InForce(before) || ChangesWords(before, *after))) {
          return FailedPrecondition("AGREEMENT_FROZEN", before.name(),
                                    "of a signed agreement only keeper and alert_days change, as long as it runs",
                                    {{"state", pb::AgreementState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckAgreement(*after);
      });
  agreements.on_saved = resource::OnSaved<pb::Agreement>(
      [context](UnitOfWork& work, const pb::Agreement* before, const pb::Agreement& after) -> absl::Status {
        if (before == nullptr || !InForce(*before) || !InForce(after)) return absl::OkStatus();
        if (before->alert_days() != after.alert_days()) RETURN_IF_ERROR(WatchEnd(context, work, after));
        return before->keeper() != after.keeper() ? HandOverDrawings(work, after) : absl::OkStatus();
      });
  context.runtime.SetHooks(pb::Agreement::descriptor(), std::move(agreements));
  resource::Hooks drawings;
  drawings.prepare = PrepareNames(context);
  drawings.on_create = resource::OnCreate<pb::FinancingDrawing>(
      [context](UnitOfWork& work, pb::FinancingDrawing* drawing) { return Draw(context, work, drawing); });
  drawings.on_saved =
      resource::OnSaved<pb::FinancingDrawing>([context](UnitOfWork& work, const pb::FinancingDrawing* before,
                                                        const pb::FinancingDrawing& after) -> absl::Status {
        if (before != nullptr) return absl::OkStatus();
        RETURN_IF_ERROR(ScheduleDrawingAlert(context, work, after.name(), after.due_date()));
        ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(after.due_date()));
        return schedule::Schedule(work, kDueRepay, after.name(), due);
      });
  context.runtime.SetHooks(pb::FinancingDrawing::descriptor(), std::move(drawings));
}

}  // namespace

absl::Status ScheduleDrawingAlert(const Context& context, UnitOfWork& work, const std::string& drawing,
                                  const std::string& due_date) {
  ASSIGN_OR_RETURN(const std::string day, AddDays(due_date, -context.policy.drawing_alert_days));
  ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(day));
  return schedule::Schedule(work, kDueSoon, drawing, due);
}

void RegisterAgreements(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::SignAgreementRequest, pb::Agreement>(
      Rpc("SignAgreement"),
      [context](rpc::Call& call, const pb::SignAgreementRequest& request) { return Sign(context, call, request); });
  AddPersonVerb<pb::Agreement, pb::CorrectAgreementSignatureRequest>(
      context, Rpc("CorrectAgreementSignature"), registry,
      [context](UnitOfWork& work, const rpc::Call&, const pb::CorrectAgreementSignatureRequest& request,
                Change<pb::Agreement>* change) -> absl::Status {
        RETURN_IF_ERROR(rules::CheckReason(request.reason()));
        RETURN_IF_ERROR(CheckSecondPerson(work, change->before));
        return rules::CorrectSignature(request, context.Today(work.now()), &change->after);
      });
  AddPersonVerb<pb::Agreement, pb::FileAgreementRequest>(
      context, Rpc("FileAgreement"), registry,
      [context](UnitOfWork& work, const rpc::Call&, const pb::FileAgreementRequest& request,
                Change<pb::Agreement>* change) -> absl::Status {
        // The hash of what another signed is replaced by nobody who wrote the text.
        if (!change->before.filing_place().empty()) RETURN_IF_ERROR(CheckSecondPerson(work, change->before));
        return rules::FileAgreement(request, work.actor().subject, context.Today(work.now()), &change->after);
      });
  registry->Add<pb::TerminateAgreementRequest, pb::Agreement>(
      Rpc("TerminateAgreement"), [context](rpc::Call& call, const pb::TerminateAgreementRequest& request) {
        return Terminate(context, call, request);
      });
  registry->Add<pb::RepayFinancingDrawingRequest, pb::FinancingDrawing>(
      Rpc("RepayFinancingDrawing"), [context](rpc::Call& call, const pb::RepayFinancingDrawingRequest& request) {
        return Repay(context, call, request);
      });
  const auto move = [](pb::AgreementState state) {
    return [state](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
      ASSIGN_OR_RETURN(const pb::Agreement agreement, work.Load<pb::Agreement>(item.resource));
      if (!InForce(agreement)) return absl::OkStatus();
      Change<pb::Agreement> change{agreement, agreement};
      change.after.set_state(state);
      return work.Save(std::move(change)).status();
    };
  };
  scheduler->Handle(kDueAlert, Rpc("SignAgreement"), move(pb::AGREEMENT_STATE_EXPIRING));
  scheduler->Handle(kDueEnd, Rpc("SignAgreement"), move(pb::AGREEMENT_STATE_EXPIRED));
  scheduler->Handle(
      kDueSoon, Rpc("CreateFinancingDrawing"), [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::FinancingDrawing drawing, work.Load<pb::FinancingDrawing>(item.resource));
        if (drawing.state() != pb::FINANCING_DRAWING_STATE_OUTSTANDING) return absl::OkStatus();
        Change<pb::FinancingDrawing> change{drawing, drawing};
        change.after.set_due_soon(true);
        return work.Save(std::move(change)).status();
      });
  scheduler->Handle(
      kDueRepay, Rpc("CreateFinancingDrawing"), [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::FinancingDrawing drawing, work.Load<pb::FinancingDrawing>(item.resource));
        if (drawing.state() != pb::FINANCING_DRAWING_STATE_OUTSTANDING) return absl::OkStatus();
        Change<pb::FinancingDrawing> change{drawing, drawing};
        change.after.set_state(pb::FINANCING_DRAWING_STATE_OVERDUE);
        change.after.clear_due_soon();
        return work.Save(std::move(change)).status();
      });
}

}  // namespace kam::contract
