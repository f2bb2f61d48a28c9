// Policies, who has read them and who keeps them over RPC (G-13, R-20).
#include <optional>

#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/work_record_rules.h"
#include "account-svc/verb.h"
#include "account-svc/work/people.h"
#include "account-svc/work/work_service.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/organization/v1/policy_document_service.pb.h"

namespace kam::account {
namespace {

namespace pb = organization::v1;
using resource::UnitOfWork;

absl::Status CreateDocument(UnitOfWork& work, pb::PolicyDocument* document) {
  RETURN_IF_ERROR(Validate(work, *document));
  ASSIGN_OR_RETURN(const std::string author, Person(work));
  std::optional<pb::PolicyDocument> revised;
  if (!document->revises().empty()) {
    ASSIGN_OR_RETURN(revised, work.Load<pb::PolicyDocument>(document->revises()));
  }
  return rules::Draft(author, revised.has_value() ? &*revised : nullptr, document);
}

absl::Status UpdateDocument(UnitOfWork& work, const pb::PolicyDocument& before, pb::PolicyDocument* after) {
  RETURN_IF_ERROR(Validate(work, *after));
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  return rules::CheckPolicyUpdate(actor, before);
}

absl::StatusOr<std::string> CheckSuperior(const Context& context, UnitOfWork& work,
                                          const pb::PolicyDocument& document) {
  rules::Actor superior;
  ASSIGN_OR_RETURN(superior.name, Person(work));
  ASSIGN_OR_RETURN(superior.above, IsAbove(work, superior.name, document.author(), context.Today(work.now())));
  RETURN_IF_ERROR(rules::CheckSuperior(superior, document));
  return superior.name;
}

absl::Status Approve(const Context& context, UnitOfWork& work, const pb::ApprovePolicyDocumentRequest& request,
                     pb::PolicyDocument* document) {
  RETURN_IF_ERROR(resource::CheckRead(request.etag()));
  ASSIGN_OR_RETURN(const std::string approver, CheckSuperior(context, work, *document));
  document->set_approver(approver);
  *document->mutable_approve_time() = ToTimestamp(work.now());
  if (document->revises().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pb::PolicyDocument before, work.Load<pb::PolicyDocument>(document->revises()));
  resource::Change<pb::PolicyDocument> change{before, before};
  change.after.set_state(pb::POLICY_DOCUMENT_STATE_SUPERSEDED);
  return work.Save(std::move(change)).status();
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

}  // namespace

void RegisterPolicyDocuments(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<pb::PolicyDocument>(CreateDocument);
  hooks.on_update = resource::OnUpdate<pb::PolicyDocument>(UpdateDocument);
  context.runtime.SetHooks(pb::PolicyDocument::descriptor(), std::move(hooks));
  resource::Hooks check_hooks;
  check_hooks.on_create =
      resource::OnCreate<pb::PolicyCheck>([context](UnitOfWork& work, pb::PolicyCheck* check) -> absl::Status {
        RETURN_IF_ERROR(Validate(work, *check));
        ASSIGN_OR_RETURN(*check->mutable_checker(), Person(work));
        ASSIGN_OR_RETURN(const pb::PolicyDocument document, work.Load<pb::PolicyDocument>(check->document()));
        return rules::CheckPolicyCheck(document, context.Today(work.now()), *check);
      });
  context.runtime.SetHooks(pb::PolicyCheck::descriptor(), std::move(check_hooks));
  const std::string service = "kam.organization.v1.PolicyDocumentService";
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<pb::PolicyDocument, pb::SubmitPolicyDocumentRequest>(
      context, service + "/SubmitPolicyDocument", registry,
      [](UnitOfWork& work, const pb::SubmitPolicyDocumentRequest&, pb::PolicyDocument* document) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CheckAuthor(actor, *document);
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
      [context](UnitOfWork& work, const pb::WithdrawPolicyDocumentRequest&, pb::PolicyDocument* document) {
        return CheckSuperior(context, work, *document).status();
      });
  registry->Add<pb::AcknowledgePolicyDocumentRequest, pb::PolicyReceipt>(
      service + "/AcknowledgePolicyDocument",
      [context](rpc::Call& call,
                const pb::AcknowledgePolicyDocumentRequest& request) -> absl::StatusOr<pb::PolicyReceipt> {
        return context.runtime.Write<pb::PolicyReceipt>(
            call, request, [&](UnitOfWork& work) { return Acknowledge(context, work, request); });
      });
}

}  // namespace kam::account
