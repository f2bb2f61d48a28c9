// kam.contract.v1.BlankFormService (C-17).
#include <functional>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/rules/agreement.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/sales.h"
#include "contract-svc/verb.h"
#include "google/protobuf/timestamp.pb.h"
#include "kam/contract/v1/blank_form_service.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.BlankFormService";

// Gaps that one answer names.
constexpr int kGapsMax = 1000;

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<std::vector<pb::BlankForm>> LockRange(UnitOfWork& work, const std::string& form_type, int64_t first,
                                                     int64_t last) {
  return work.Find<pb::BlankForm>({"t.form_type = ? AND t.form_number >= ? AND t.form_number <= ?",
                                   {mysql::Value(form_type), mysql::Value(first), mysql::Value(last)}},
                                  "ORDER BY t.form_number", static_cast<int>(rules::kFormsMax), /*lock=*/true);
}

absl::StatusOr<pb::BlankFormsMoved> Receive(const Context& context, rpc::Call& call,
                                            const pb::ReceiveBlankFormsRequest& request) {
  RETURN_IF_ERROR(rules::CheckFormRange(request.first_number(), request.last_number()));
  return context.runtime.Write<pb::BlankFormsMoved>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::BlankFormsMoved> {
        // The last one is locked: deliveries of a kind of form come one after the other.
        ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                         work.connection().Query("SELECT f.form_number FROM blank_forms f WHERE f.form_type = ? ORDER "
                                                 "BY f.form_number DESC LIMIT 1 FOR UPDATE",
                                                 {mysql::Value(request.form_type())}));
        const std::optional<int64_t> last =
            rows.empty() ? std::optional<int64_t>() : std::optional<int64_t>(rows[0][0].integer());
        RETURN_IF_ERROR(rules::CheckFormGap(last, request.first_number(), request.gap_reason()));
        ASSIGN_OR_RETURN(const std::vector<pb::BlankForm> taken,
                         LockRange(work, request.form_type(), request.first_number(), request.last_number()));
        if (!taken.empty()) {
          const std::string number = absl::StrCat(taken[0].form_number());
          return InvalidField("first_number", "FORM_NUMBER_TAKEN", absl::StrCat("number ", number, " came in already"),
                              {{"number", number}});
        }
        pb::BlankFormsMoved moved;
        for (int64_t number = request.first_number(); number <= request.last_number(); ++number) {
          pb::BlankForm form;
          form.set_form_type(request.form_type());
          form.set_form_number(number);
          form.set_state(pb::BLANK_FORM_STATE_IN_STOCK);
          form.set_receive_date(context.Today(work.now()));
          if (number == request.first_number()) form.set_gap_reason(request.gap_reason());
          RETURN_IF_ERROR(work.Insert(std::move(form)).status());
          moved.set_forms(moved.forms() + 1);
        }
        return moved;
      });
}

absl::StatusOr<pb::BlankFormsMoved> Issue(const Context& context, rpc::Call& call,
                                          const pb::IssueBlankFormsRequest& request) {
  RETURN_IF_ERROR(rules::CheckFormRange(request.first_number(), request.last_number()));
  RETURN_IF_ERROR(EnsureNamesOf(context.directory, call, {&request}));
  return context.runtime.Write<pb::BlankFormsMoved>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::BlankFormsMoved> {
        ASSIGN_OR_RETURN(const std::vector<pb::BlankForm> forms,
                         LockRange(work, request.form_type(), request.first_number(), request.last_number()));
        int64_t expected = request.first_number();
        for (const pb::BlankForm& form : forms) {
          if (form.form_number() != expected) break;
          ++expected;
        }
        if (expected <= request.last_number()) {
          return InvalidField("first_number", "FORM_UNKNOWN", absl::StrCat("number ", expected, " never came in"),
                              {{"number", absl::StrCat(expected)}});
        }
        pb::BlankFormsMoved moved;
        for (const pb::BlankForm& form : forms) {
          if (form.state() != pb::BLANK_FORM_STATE_IN_STOCK) {
            return FailedPrecondition(
                "FORM_NOT_IN_STOCK", form.name(), absl::StrCat("number ", form.form_number(), " is not in the store"),
                {{"number", absl::StrCat(form.form_number())}, {"state", pb::BlankFormState_Name(form.state())}});
          }
          Change<pb::BlankForm> change{form, form};
          change.after.set_state(pb::BLANK_FORM_STATE_ISSUED);
          change.after.set_holder(request.holder());
          change.after.set_issue_date(context.Today(work.now()));
          RETURN_IF_ERROR(work.Save(std::move(change)).status());
          moved.set_forms(moved.forms() + 1);
        }
        return moved;
      });
}

absl::StatusOr<pb::CheckBlankFormsResponse> Check(const Context& context, rpc::Call& call,
                                                  const pb::CheckBlankFormsRequest& request) {
  pb::CheckBlankFormsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    int64_t last = 0;
    return connection.Scan(
        "SELECT f.form_number, f.state, f.gap_reason FROM blank_forms f WHERE f.form_type = ? ORDER BY f.form_number",
        std::vector<mysql::Value>{mysql::Value(request.form_type())}, [&](const mysql::Row& row) -> absl::Status {
          const int64_t number = row[0].integer();
          const std::string& state = row[1].text();
          if (last != 0 && number > last + 1 && response.gaps_size() == kGapsMax) {
            response.set_more_gaps(response.more_gaps() + 1);
          } else if (last != 0 && number > last + 1) {
            pb::FormGap* gap = response.add_gaps();
            gap->set_first_number(last + 1);
            gap->set_last_number(number - 1);
            gap->set_gap_reason(row[2].text());
          }
          last = number;
          if (state == "IN_STOCK") response.set_in_stock(response.in_stock() + 1);
          if (state == "ISSUED") response.set_issued(response.issued() + 1);
          if (state == "USED") response.set_used(response.used() + 1);
          if (state == "VOID") response.set_voided(response.voided() + 1);
          return absl::OkStatus();
        });
  }));
  return response;
}

}  // namespace

void RegisterBlankForms(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::ReceiveBlankFormsRequest, pb::BlankFormsMoved>(
      Rpc("ReceiveBlankForms"), [context](rpc::Call& call, const pb::ReceiveBlankFormsRequest& request) {
        return Receive(context, call, request);
      });
  registry->Add<pb::IssueBlankFormsRequest, pb::BlankFormsMoved>(
      Rpc("IssueBlankForms"),
      [context](rpc::Call& call, const pb::IssueBlankFormsRequest& request) { return Issue(context, call, request); });
  registry->Add<pb::CheckBlankFormsRequest, pb::CheckBlankFormsResponse>(
      Rpc("CheckBlankForms"),
      [context](rpc::Call& call, const pb::CheckBlankFormsRequest& request) { return Check(context, call, request); });
  AddVerb<pb::BlankForm, pb::ReturnBlankFormRequest>(
      context, Rpc("ReturnBlankForm"), registry,
      [](UnitOfWork&, const pb::ReturnBlankFormRequest&, Change<pb::BlankForm>* change) {
        change->after.clear_holder();
        change->after.clear_issue_date();
        return absl::OkStatus();
      });
  AddVerb<pb::BlankForm, pb::UseBlankFormRequest>(
      context, Rpc("UseBlankForm"), registry,
      [](UnitOfWork& work, const pb::UseBlankFormRequest& request, Change<pb::BlankForm>* change) -> absl::Status {
        if (change->before.holder() != work.actor().subject) {
          return FailedPrecondition("NOT_THE_HOLDER", change->before.name(), "it was issued to somebody else",
                                    {{"holder", change->before.holder()}});
        }
        const auto contract = work.Load<pb::Contract>(request.contract(), work.actor().LevelFor("contract.read"));
        if (absl::IsNotFound(contract.status())) {
          return InvalidField("contract", "REFERENCE_NOT_FOUND", "does not exist", {{"reference", request.contract()}});
        }
        RETURN_IF_ERROR(contract.status());
        change->after.set_contract(request.contract());
        return absl::OkStatus();
      });
  AddVerb<pb::BlankForm, pb::VoidBlankFormRequest>(
      context, Rpc("VoidBlankForm"), registry,
      [](UnitOfWork&, const pb::VoidBlankFormRequest& request, Change<pb::BlankForm>* change) {
        change->after.set_void_reason(request.reason());
        return rules::CheckReason(request.reason());
      });
}

}  // namespace kam::contract
