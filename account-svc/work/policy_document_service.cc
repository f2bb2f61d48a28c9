// Policies, who has read them and who keeps them over RPC (G-13, R-20).
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "account-svc/people/line.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/organization/v1/policy_document_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.organization.v1.PolicyDocumentService";
constexpr char kDueEffect[] = "policy_document.effect";

// The caller, as he stands to the author of a document.
absl::StatusOr<rules::Actor> ActorTowards(const Context& context, UnitOfWork& work, const std::string& author) {
  rules::Actor actor;
  ASSIGN_OR_RETURN(actor.name, Person(work));
  ASSIGN_OR_RETURN(actor.above, IsAbove(work, actor.name, author, context.Today(work.now())));
  return actor;
}

absl::Status CreateDocument(const Context& context, UnitOfWork& work, pb::PolicyDocument* document) {
  RETURN_IF_ERROR(Validate(work, *document));
  RETURN_IF_ERROR(rules::KeepDraft(document));
  ASSIGN_OR_RETURN(const std::string author, Person(work));
  std::optional<pb::PolicyDocument> revised;
  if (!document->revises().empty()) {
    ASSIGN_OR_RETURN(revised, work.Load<pb::PolicyDocument>(document->revises()));
    ASSIGN_OR_RETURN(const rules::Actor reviser, ActorTowards(context, work, revised->author()));
    ASSIGN_OR_RETURN(const std::string department, DepartmentOf(work, author));
    ASSIGN_OR_RETURN(const std::string of_author, DepartmentOf(work, revised->author()));
    RETURN_IF_ERROR(rules::CheckReviser(reviser, !department.empty() && department == of_author, *revised));
  }
  return rules::Draft(author, revised.has_value() ? &*revised : nullptr, document);
}

absl::Status UpdateDocument(UnitOfWork& work, const pb::PolicyDocument& before, pb::PolicyDocument* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::CheckPolicyUpdate(actor, before));
  return rules::KeepDraft(after);
}

absl::StatusOr<std::string> CheckSuperior(const Context& context, UnitOfWork& work,
                                          const pb::PolicyDocument& document) {
  ASSIGN_OR_RETURN(const rules::Actor superior, ActorTowards(context, work, document.author()));
  RETURN_IF_ERROR(rules::CheckSuperior(superior, document));
  return superior.name;
}

// Somebody is above the author, in any line.
absl::StatusOr<bool> HasSuperior(const Context& context, UnitOfWork& work, const std::string& author) {
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const Line line, LineAbove(work.connection(), IdOf(author), today));
  if (!line.levels.empty()) return true;
  ASSIGN_OR_RETURN(const std::vector<std::string> in_field,
                   FunctionalSuperiors(work.connection(), IdOf(author), today));
  return !in_field.empty();
}

// What is revised by a version goes out of force, also what that one was to take the place of and never did.
absl::Status Supersede(UnitOfWork& work, const pb::PolicyDocument& version) {
  for (std::string name = version.revises(); !name.empty();) {
    ASSIGN_OR_RETURN(const pb::PolicyDocument before, work.Load<pb::PolicyDocument>(name));
    name = before.revises();
    if (before.state() != pb::POLICY_DOCUMENT_STATE_APPROVED) continue;
    resource::Change<pb::PolicyDocument> change{before, before};
    change.after.set_state(pb::POLICY_DOCUMENT_STATE_SUPERSEDED);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::Status Approve(const Context& context, UnitOfWork& work, const pb::ApprovePolicyDocumentRequest& request,
                     pb::PolicyDocument* document) {
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(const std::string approver, CheckSuperior(context, work, *document));
  document->set_approver(approver);
  rules::PublishDraft(document);
  *document->mutable_approve_time() = ToTimestamp(work.now());
  if (document->revises().empty()) return absl::OkStatus();
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(const pb::PolicyDocument revised, work.Load<pb::PolicyDocument>(document->revises()));
  ASSIGN_OR_RETURN(const rules::Actor actor, ActorTowards(context, work, revised.author()));
  ASSIGN_OR_RETURN(const bool above_approver, IsAbove(work, approver, revised.approver(), today));
  RETURN_IF_ERROR(rules::CheckRevisionApprover(actor, above_approver, revised));
  if (document->effective_date() <= today) return Supersede(work, *document);
  // Until its first day the version before is in force.
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate(document->effective_date()));
  return schedule::Schedule(work, kDueEffect, document->name(), absl::FromCivil(day, context.zone));
}

// The document is locked, so that a reader has one receipt.
absl::StatusOr<pb::PolicyReceipt> Acknowledge(const Context& context, UnitOfWork& work,
                                              const pb::AcknowledgePolicyDocumentRequest& request) {
  ASSIGN_OR_RETURN(const std::string reader, Person(work));
  ASSIGN_OR_RETURN(const pb::PolicyDocument document, work.Load<pb::PolicyDocument>(request.name()));
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::CheckInForce(document, today));
  ASSIGN_OR_RETURN(
      const std::vector<pb::PolicyReceipt> known,
      work.Find<pb::PolicyReceipt>({"t.document = ? AND t.reader = ?", {IdOf(document.name()), IdOf(reader)}}, "", 1));
  if (!known.empty()) return known[0];
  pb::PolicyReceipt receipt;
  receipt.set_document(document.name());
  receipt.set_reader(reader);
  *receipt.mutable_read_time() = ToTimestamp(work.now());
  receipt.set_late(!document.read_by_date().empty() && today > document.read_by_date());
  return work.Insert(std::move(receipt));
}

absl::StatusOr<pb::ListPolicyNonReadersResponse> ListNonReaders(const Context& context, const rpc::Call& call,
                                                                const pb::ListPolicyNonReadersRequest& request) {
  const std::string today = context.Today(context.runtime.clock().Now());
  const resource::Type& type = *context.runtime.catalog().Find(pb::PolicyDocument::descriptor());
  pb::ListPolicyNonReadersResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    // What is in force is for everybody; the level of the caller is for the people.
    pb::PolicyDocument document;
    RETURN_IF_ERROR(context.runtime.store().Read(connection, type, IdOf(request.document()), {}, &document));
    RETURN_IF_ERROR(rules::CheckInForce(document, today));
    response.set_overdue(!document.read_by_date().empty() && today > document.read_by_date());
    ASSIGN_OR_RETURN(const std::vector<PersonInService> bound,
                     PeopleInService(connection, call.principal, call.level(), document.department(), today, today));
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> rows,
        connection.Query("SELECT reader FROM policy_receipts WHERE document = ?", {IdOf(document.name())}));
    std::set<std::string> readers;
    for (const mysql::Row& row : rows) readers.insert(row[0].text());
    response.set_bound(static_cast<int32_t>(bound.size()));
    for (const PersonInService& person : bound) {
      if (readers.count(person.id) > 0) continue;
      pb::PolicyNonReader* out = response.add_people();
      out->set_employee(NameOf("employees", person.id));
      out->set_display_name(person.name);
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterPolicyDocuments(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::PolicyDocument>(
      [context](UnitOfWork& work, pb::PolicyDocument* document) { return CreateDocument(context, work, document); });
  hooks.on_update = resource::OnUpdate<pb::PolicyDocument>(UpdateDocument);
  context.runtime.SetHooks(pb::PolicyDocument::descriptor(), std::move(hooks));
  resource::Hooks check_hooks;
  check_hooks.on_create =
      resource::OnCreate<pb::PolicyCheck>([context](UnitOfWork& work, pb::PolicyCheck* check) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *check));
        ASSIGN_OR_RETURN(*check->mutable_checker(), Person(work));
        ASSIGN_OR_RETURN(const pb::PolicyDocument document, work.Load<pb::PolicyDocument>(check->document()));
        ASSIGN_OR_RETURN(const std::string own, DepartmentOf(work, check->checker()));
        return rules::CheckPolicyCheck(document, context.Today(work.now()), own, *check);
      });
  context.runtime.SetHooks(pb::PolicyCheck::descriptor(), std::move(check_hooks));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::PolicyDocument, pb::SubmitPolicyDocumentRequest>(
      context, service + "/SubmitPolicyDocument", registry,
      [context](UnitOfWork& work, const pb::SubmitPolicyDocumentRequest&,
                pb::PolicyDocument* document) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const bool has_superior, HasSuperior(context, work, document->author()));
        return rules::CheckSubmit(actor, has_superior, *document);
      });
  AddVerb<pb::PolicyDocument, pb::DiscardPolicyDocumentRequest>(
      context, service + "/DiscardPolicyDocument", registry,
      [context](UnitOfWork& work, const pb::DiscardPolicyDocumentRequest&,
                pb::PolicyDocument* document) -> absl::Status {
        ASSIGN_OR_RETURN(const rules::Actor actor, ActorTowards(context, work, document->author()));
        return rules::CheckDiscard(actor, *document);
      });
  AddVerb<pb::PolicyDocument, pb::ApprovePolicyDocumentRequest>(
      context, service + "/ApprovePolicyDocument", registry,
      [context](UnitOfWork& work, const pb::ApprovePolicyDocumentRequest& request, pb::PolicyDocument* document) {
        return Approve(context, work, request, document);
      });
  AddVerb<pb::PolicyDocument, pb::ReturnPolicyDocumentRequest>(
      context, service + "/ReturnPolicyDocument", registry,
      [context](UnitOfWork& work, const pb::ReturnPolicyDocumentRequest& request,
                pb::PolicyDocument* document) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(context, work, *document).status());
        document->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<pb::PolicyDocument, pb::WithdrawPolicyDocumentRequest>(
      context, service + "/WithdrawPolicyDocument", registry,
      [context](UnitOfWork& work, const pb::WithdrawPolicyDocumentRequest&,
                pb::PolicyDocument* document) -> absl::Status {
        RETURN_IF_ERROR(CheckSuperior(context, work, *document).status());
        return schedule::Cancel(work, kDueEffect, document->name());
      });
  registry->Add<pb::ListPolicyNonReadersRequest, pb::ListPolicyNonReadersResponse>(
      service + "/ListPolicyNonReaders", [context](rpc::Call& call, const pb::ListPolicyNonReadersRequest& request) {
        return ListNonReaders(context, call, request);
      });
  registry->Add<pb::AcknowledgePolicyDocumentRequest, pb::PolicyReceipt>(
      service + "/AcknowledgePolicyDocument",
      [context](rpc::Call& call,
                const pb::AcknowledgePolicyDocumentRequest& request) -> absl::StatusOr<pb::PolicyReceipt> {
        return context.runtime.Write<pb::PolicyReceipt>(
            call, request, [&](UnitOfWork& work) { return Acknowledge(context, work, request); });
      });
  if (context.scheduler == nullptr) return;
  context.scheduler->Handle(kDueEffect, service + "/ApprovePolicyDocument",
                            [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
                              ASSIGN_OR_RETURN(const pb::PolicyDocument version,
                                               work.Load<pb::PolicyDocument>(item.resource));
                              // Withdrawn before its day it takes nobody's place.
                              if (version.state() == pb::POLICY_DOCUMENT_STATE_WITHDRAWN) return absl::OkStatus();
                              return Supersede(work, version);
                            });
}

}  // namespace kam::account
