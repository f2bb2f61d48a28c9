// CustomerDocumentService: the vault, who reads what is in it, and the record of every read.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/rules/document_label_rules.h"
#include "account-svc/rules/document_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/staff.h"
#include "account-svc/verb.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/customer_document_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::CustomerDocument;
using v1::CustomerDocumentContent;
using v1::DocumentGrant;
using v1::DocumentRead;

constexpr char kService[] = "kam.account.v1.CustomerDocumentService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<CustomerDocument> File(const Context& context, rpc::Call& call,
                                      const v1::FileCustomerDocumentRequest& request) {
  const std::string sha256 = Sha256Hex(request.content());
  return context.runtime.Write<CustomerDocument>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<CustomerDocument> {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        CustomerDocument document;
        const CustomerDocument& given = request.customer_document();
        document.set_account(given.account());
        document.set_title(given.title());
        document.set_kind(given.kind());
        document.set_classification(given.classification());
        document.set_document_date(given.document_date());
        document.set_media_type(given.media_type());
        document.set_place(given.place());
        document.set_retention_until(given.retention_until());
        RETURN_IF_ERROR(Validate(work, document));
        ASSIGN_OR_RETURN(const Account account, work.Load<Account>(document.account()));
        if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
          return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the account is closed");
        }
        RETURN_IF_ERROR(
            rules::FileDocument({request.content(), request.storage_reference(), request.content_sha256(), sha256},
                                actor, context.Today(work.now()), context.policy, &document));
        RETURN_IF_ERROR(work.InsertMessage(&document));
        RETURN_IF_ERROR(
            work.CheckReach(*work.runtime().catalog().Find(CustomerDocument::descriptor()), document, work.level()));
        RETURN_IF_ERROR(
            work.connection()
                .Execute("INSERT INTO customer_document_contents (document, content, storage_reference) "
                         "VALUES (?, ?, ?)",
                         {Value(IdOf(document.name())), request.content().empty() ? Value() : Value(request.content()),
                          request.storage_reference().empty() ? Value() : Value(request.storage_reference())})
                .status());
        return document;
      });
}

// What the caller is to the account that a document is, or will be, filed under.
absl::StatusOr<rules::Reader> StandingOn(const Context& context, UnitOfWork& work, const std::string& actor,
                                         const std::string& account) {
  rules::Reader reader;
  ASSIGN_OR_RETURN(
      const std::vector<Row> scopes,
      work.connection().Query("SELECT COALESCE(s.owner, s.creator) FROM account_scopes s WHERE s.account = ?",
                              {IdOf(account)}));
  const std::string owner = scopes.empty() ? "" : scopes[0][0].text();
  ASSIGN_OR_RETURN(const std::vector<Row> members,
                   work.connection().Query("SELECT m.employee FROM account_scope_members m WHERE m.account = ? AND "
                                           "m.employee = ?",
                                           {IdOf(account), IdOf(actor)}));
  reader.owns_account = owner == IdOf(actor) || !members.empty();
  if (!owner.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::string> superiors,
                     SuperiorsOf(work.connection(), owner, context.Today(work.now())));
    reader.above_owner = std::find(superiors.begin(), superiors.end(), actor) != superiors.end();
  }
  return reader;
}

// What the caller is to the document; `grant` gets the one that holds now.
absl::StatusOr<rules::Reader> ReaderOf(const Context& context, UnitOfWork& work, const std::string& actor,
                                       const CustomerDocument& document, std::string* grant) {
  ASSIGN_OR_RETURN(rules::Reader reader, StandingOn(context, work, actor, document.account()));
  reader.refiled = rules::HadAHand(document, actor, work.actor().Holds("customer_document.refile"));
  const absl::Time filed = FromTimestamp(document.create_time());
  reader.filed = document.filer() == actor && work.now() < filed + absl::Hours(24) * context.policy.document_filer_days;
  ASSIGN_OR_RETURN(const std::vector<DocumentGrant> grants,
                   work.Find<DocumentGrant>({"t.document = ? AND t.requester = ? AND t.state = 'GRANTED' AND "
                                             "t.valid_until > ?",
                                             {IdOf(document.name()), IdOf(actor), work.now()}},
                                            "ORDER BY t.valid_until DESC", 1));
  reader.granted = !grants.empty();
  if (reader.granted) *grant = grants[0].name();
  return reader;
}

// Answers a read and writes it down, also when it is refused: the refusal is told after the record is committed.
absl::StatusOr<CustomerDocumentContent> Open(const Context& context, rpc::Call& call,
                                             const google::protobuf::Message& request, const std::string& name,
                                             const std::string& purpose, bool take_out) {
  absl::Status refused;
  absl::StatusOr<CustomerDocumentContent> answer = context.runtime.Write<CustomerDocumentContent>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<CustomerDocumentContent> {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        ASSIGN_OR_RETURN(const CustomerDocument document, work.Load<CustomerDocument>(name));
        std::string grant;
        ASSIGN_OR_RETURN(const rules::Reader reader, ReaderOf(context, work, actor, document, &grant));
        const v1::DocumentReadGround ground = rules::GroundOf(reader);
        refused = rules::CheckKept(document);
        if (refused.ok()) refused = rules::CheckRead(document, ground, take_out);
        DocumentRead read;
        read.set_document(document.name());
        read.set_account(document.account());
        read.set_reader(actor);
        *read.mutable_read_time() = ToTimestamp(work.now());
        read.set_purpose(purpose);
        read.set_kind(take_out ? v1::DOCUMENT_READ_KIND_EXPORT : v1::DOCUMENT_READ_KIND_READ);
        read.set_allowed(refused.ok());
        read.set_ground(ground);
        if (ground == v1::DOCUMENT_READ_GROUND_GRANT) read.set_grant(grant);
        RETURN_IF_ERROR(work.InsertMessage(&read));
        CustomerDocumentContent content;
        if (!refused.ok()) {
          // Who may not even see the label learns nothing.
          const resource::Type& type = *work.runtime().catalog().Find(CustomerDocument::descriptor());
          if (!work.CheckReach(type, document, work.actor().LevelFor("customer_document.read")).ok()) {
            refused = NotFound(name);
          }
          return content;
        }
        *content.mutable_customer_document() = document;
        content.set_document_read(read.name());
        ASSIGN_OR_RETURN(
            const std::vector<Row> rows,
            work.connection().Query("SELECT c.content, c.storage_reference FROM customer_document_contents "
                                    "c WHERE c.document = ?",
                                    {IdOf(document.name())}));
        if (rows.empty()) return Internal("a document in the vault has no content");
        content.set_content(rows[0][0].text());
        content.set_storage_reference(rows[0][1].text());
        return content;
      });
  if (answer.ok() && !refused.ok()) return refused;
  return answer;
}

// Nobody keeps access to a paper that he was given as one of another customer.
absl::Status EndGrants(UnitOfWork& work, const std::string& document, const std::string& reason) {
  constexpr int kGrantsMax = 10'000;
  ASSIGN_OR_RETURN(
      const std::vector<DocumentGrant> grants,
      work.Find<DocumentGrant>({"t.document = ? AND t.state IN ('REQUESTED', 'GRANTED')", {IdOf(document)}},
                               "ORDER BY t.id", kGrantsMax, /*lock=*/true));
  for (const DocumentGrant& grant : grants) {
    resource::Change<DocumentGrant> change{grant, grant};
    if (grant.state() == v1::DOCUMENT_GRANT_STATE_GRANTED) {
      change.after.set_state(v1::DOCUMENT_GRANT_STATE_REVOKED);
      *change.after.mutable_valid_until() = ToTimestamp(work.now());
    } else {
      change.after.set_state(v1::DOCUMENT_GRANT_STATE_REFUSED);
    }
    change.after.set_decision_reason(reason);
    RETURN_IF_ERROR(work.Save(std::move(change)).status());
  }
  return absl::OkStatus();
}

absl::Status Refile(const Context& context, UnitOfWork& work, const v1::RefileCustomerDocumentRequest& request,
                    CustomerDocument* document) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  ASSIGN_OR_RETURN(const rules::Reader there, StandingOn(context, work, actor, request.account()));
  RETURN_IF_ERROR(rules::Refile(actor, request.account(), there, document));
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(request.account()));
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
    return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the account is closed");
  }
  return EndGrants(work, document->name(), request.reason());
}

// Access to a paper is given by whoever governs its account: to stand above the requester is not enough.
absl::Status CheckGoverns(UnitOfWork& work, const DocumentGrant& grant) {
  CustomerDocument document;
  document.set_name(grant.document());
  return work.CheckReach(*work.runtime().catalog().Find(CustomerDocument::descriptor()), document, work.level());
}

void RegisterGrants(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create =
      resource::OnCreate<DocumentGrant>([context](UnitOfWork& work, DocumentGrant* grant) -> absl::Status {
        ASSIGN_OR_RETURN(*grant->mutable_requester(), Person(work));
        grant->set_state(v1::DOCUMENT_GRANT_STATE_REQUESTED);
        RETURN_IF_ERROR(Validate(work, *grant));
        RETURN_IF_ERROR(rules::CheckGrant(*grant, context.policy));
        ASSIGN_OR_RETURN(const CustomerDocument document, work.Load<CustomerDocument>(grant->document()));
        grant->set_account(document.account());
        return rules::CheckKept(document);
      });
  context.runtime.SetHooks(DocumentGrant::descriptor(), std::move(hooks));
  AddVerb<DocumentGrant, v1::GrantDocumentAccessRequest>(
      context, Rpc("GrantDocumentAccess"), registry,
      [](UnitOfWork& work, const v1::GrantDocumentAccessRequest& request,
         resource::Change<DocumentGrant>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckGoverns(work, change->before));
        ASSIGN_OR_RETURN(const std::vector<CustomerDocument> document,
                         work.Find<CustomerDocument>({"t.id = ?", {IdOf(change->before.document())}}, "", 1));
        if (!document.empty()) RETURN_IF_ERROR(rules::CheckGiver(document[0], actor));
        *change->after.mutable_valid_until() = ToTimestamp(work.now() + absl::Hours(24) * change->after.days());
        return rules::DecideGrant(actor, request.reason(), work.now(), &change->after);
      });
  AddVerb<DocumentGrant, v1::RefuseDocumentAccessRequest>(
      context, Rpc("RefuseDocumentAccess"), registry,
      [](UnitOfWork& work, const v1::RefuseDocumentAccessRequest& request,
         resource::Change<DocumentGrant>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckGoverns(work, change->before));
        return rules::DecideGrant(actor, request.reason(), work.now(), &change->after);
      });
  AddVerb<DocumentGrant, v1::RevokeDocumentAccessRequest>(
      context, Rpc("RevokeDocumentAccess"), registry,
      [](UnitOfWork& work, const v1::RevokeDocumentAccessRequest& request,
         resource::Change<DocumentGrant>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(CheckGoverns(work, change->before));
        *change->after.mutable_valid_until() = ToTimestamp(work.now());
        return rules::DecideGrant(actor, request.reason(), work.now(), &change->after);
      });
}

}  // namespace

void RegisterDocuments(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_update = resource::OnUpdate<CustomerDocument>(
      [](UnitOfWork& work, const CustomerDocument& before, CustomerDocument* after) -> absl::Status {
        if (after->retention_until().empty()) after->set_retention_until(before.retention_until());
        RETURN_IF_ERROR(Validate(work, *after));
        return rules::CheckLabelUpdate(before, *after);
      });
  context.runtime.SetHooks(CustomerDocument::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  RegisterGrants(context, registry);
  registry->Add<v1::FileCustomerDocumentRequest, CustomerDocument>(
      Rpc("FileCustomerDocument"), [context](rpc::Call& call, const v1::FileCustomerDocumentRequest& request) {
        return File(context, call, request);
      });
  registry->Add<v1::ReadCustomerDocumentRequest, CustomerDocumentContent>(
      Rpc("ReadCustomerDocument"), [context](rpc::Call& call, const v1::ReadCustomerDocumentRequest& request) {
        return Open(context, call, request, request.name(), request.purpose(), /*take_out=*/false);
      });
  registry->Add<v1::ExportCustomerDocumentRequest, CustomerDocumentContent>(
      Rpc("ExportCustomerDocument"), [context](rpc::Call& call, const v1::ExportCustomerDocumentRequest& request) {
        return Open(context, call, request, request.name(), request.purpose(), /*take_out=*/true);
      });
  AddVerb<CustomerDocument, v1::DeclassifyCustomerDocumentRequest>(
      context, Rpc("DeclassifyCustomerDocument"), registry,
      [](UnitOfWork& work, const v1::DeclassifyCustomerDocumentRequest& request,
         resource::Change<CustomerDocument>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Declassify(actor, request.classification(), &change->after);
      });
  resource::AddVerb<CustomerDocument, v1::RefileCustomerDocumentRequest>(
      context.runtime, Rpc("RefileCustomerDocument"), registry,
      [](rpc::Call&, const v1::RefileCustomerDocumentRequest&) { return absl::OkStatus(); },
      // An account is locked before what is filed under it.
      [](UnitOfWork& work, const v1::RefileCustomerDocumentRequest& request) {
        return work.Load<Account>(request.account()).status();
      },
      [context](UnitOfWork& work, const v1::RefileCustomerDocumentRequest& request, CustomerDocument* document) {
        return Refile(context, work, request, document);
      });
  AddVerb<CustomerDocument, v1::CorrectCustomerDocumentRequest>(
      context, Rpc("CorrectCustomerDocument"), registry,
      [context](UnitOfWork& work, const v1::CorrectCustomerDocumentRequest& request,
                resource::Change<CustomerDocument>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::CorrectLabel(request, actor, context.Today(FromTimestamp(change->before.create_time())),
                                   context.policy, &change->after);
      });
  AddVerb<CustomerDocument, v1::DestroyCustomerDocumentRequest>(
      context, Rpc("DestroyCustomerDocument"), registry,
      [context](UnitOfWork& work, const v1::DestroyCustomerDocumentRequest& request,
                resource::Change<CustomerDocument>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        RETURN_IF_ERROR(rules::CheckDestroyer(change->before, actor));
        RETURN_IF_ERROR(rules::Destroy(actor, request.reason(), context.Today(work.now()), work.now(), &change->after));
        return work.connection()
            .Execute(
                "UPDATE customer_document_contents SET content = NULL, storage_reference = NULL WHERE document = ?",
                {IdOf(change->before.name())})
            .status();
      });
}

}  // namespace kam::account
