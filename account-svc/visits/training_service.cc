// Training of customers: sessions, documents, feedback, next session by usage.
#include "absl/strings/str_cat.h"
#include "account-svc/report.h"
#include "account-svc/rules/customer_training_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "account-svc/visits/communications.h"
#include "account-svc/visits/contact_date.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/customer_training_service.pb.h"
#include "kam/account/v1/document_delivery.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::CustomerTraining;
using v1::DocumentDelivery;

constexpr char kService[] = "kam.account.v1.CustomerTrainingService";
constexpr int kDueMax = 1000;

// Every document that a customer was given, in a training or without; the later of a day was put down later, and of one
// training has the greater place.
constexpr char kGiven[] =
    "(SELECT u.account AS account, u.trainer AS trainer, d.title AS title, d.version AS version, d.sent_date AS "
    "sent_date, COALESCE(d.send_time, d.sent_date) AS put_down, "
    "CONCAT(d.parent_id, LPAD(d.position, 6, '0')) AS place FROM customer_trainings u JOIN "
    "customer_trainings_documents d "
    "ON d.parent_id = u.id UNION ALL SELECT v.account, v.sender, v.title, v.document_version, v.sent_date, "
    "v.create_time, v.id FROM "
    "document_deliveries v WHERE v.state <> 'VOID')";

absl::Status Check(UnitOfWork& work, const CustomerTraining& training) {
  RETURN_IF_ERROR(Validate(work, training));
  RETURN_IF_ERROR(rules::CheckTraining(training));
  ContactNames contacts;
  for (const v1::TrainingAttendee& attendee : training.attendees()) {
    if (!attendee.contact().empty()) *contacts.Add() = attendee.contact();
  }
  return CheckContactsOf(work, training.account(), contacts, "customer_training.attendees");
}

absl::Status Create(UnitOfWork& work, CustomerTraining* training) {
  training->set_state(v1::CUSTOMER_TRAINING_STATE_PLANNED);
  if (training->trainer().empty()) {
    ASSIGN_OR_RETURN(*training->mutable_trainer(), Person(work));
  }
  RETURN_IF_ERROR(Check(work, *training));
  return CheckAccountUsable(work, training->account());
}

absl::Status Update(UnitOfWork& work, const CustomerTraining& before, CustomerTraining* after) {
  RETURN_IF_ERROR(rules::CheckTrainingUpdate(before));
  if (after->trainer().empty()) after->set_trainer(before.trainer());
  return Check(work, *after);
}

absl::Status SendDocument(const Context& context, UnitOfWork& work, const v1::SendTrainingDocumentRequest& request,
                          CustomerTraining* training) {
  ContactNames contact;
  *contact.Add() = request.contact();
  RETURN_IF_ERROR(CheckContactsOf(work, training->account(), contact, "contact"));
  v1::SentDocument& document = *training->add_documents();
  document.set_title(request.title());
  document.set_version(request.version());
  document.set_sent_date(context.Today(work.now()));
  *document.mutable_send_time() = ToTimestamp(work.now());
  document.set_contact(request.contact());
  document.set_mode(request.mode());
  ASSIGN_OR_RETURN(*document.mutable_sender(), Person(work));
  return absl::OkStatus();
}

// The last evaluated session of an account and product, when its next one is due and none is planned.
absl::StatusOr<v1::ListDueCustomerTrainingsResponse> Due(const Context& context, rpc::Call& call,
                                                         const v1::ListDueCustomerTrainingsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(CustomerTraining::descriptor());
  std::string sql =
      "SELECT t.account, t.product, t.id, t.next_due_date, t.usage_level FROM customer_trainings t WHERE t.state = "
      "'EVALUATED' AND t.next_due_date <= ? AND NOT EXISTS (SELECT 1 FROM customer_trainings n WHERE n.account = "
      "t.account AND n.product = t.product AND (n.state IN ('PLANNED', 'HELD') OR (n.state = 'EVALUATED' AND "
      "(n.held_date > t.held_date OR (n.held_date = t.held_date AND n.id > t.id)))))";
  std::vector<Value> params = {
      Value(request.until_date().empty() ? context.Today(context.runtime.clock().Now()) : request.until_date())};
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " ORDER BY t.next_due_date, t.id LIMIT ", kDueMax);
  v1::ListDueCustomerTrainingsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
    response.Clear();
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      v1::DueCustomerTraining& due = *response.add_rows();
      due.set_account(NameOf("accounts", row[0].text()));
      due.set_product(row[1].text());
      due.set_customer_training(NameOf("customerTrainings", row[2].text()));
      due.set_due_date(row[3].text());
      const auto* usage = resource::FindEnumValue(v1::ProductUsage_descriptor(), row[4].text());
      if (usage != nullptr) due.set_usage(static_cast<v1::ProductUsage>(usage->number()));
      return absl::OkStatus();
    });
  }));
  return response;
}

// What every customer was given last of each document, beside what anybody was: the newest version is a fact of the
// company, whoever's customer got it first.
absl::StatusOr<v1::ListOutdatedDocumentsResponse> Outdated(const Context& context, rpc::Call& call,
                                                           const v1::ListOutdatedDocumentsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(CustomerTraining::descriptor());
  std::string sql = absl::StrCat(
      "SELECT t.account, t.title, t.version, t.sent_date, t.newest FROM (SELECT g.account, g.trainer, g.title, "
      "g.version, "
      "g.sent_date, ROW_NUMBER() OVER (PARTITION BY g.account, g.title ORDER BY g.sent_date DESC, g.put_down DESC, "
      "g.place DESC) AS "
      "latest, FIRST_VALUE(g.version) OVER (PARTITION BY g.title ORDER BY g.sent_date DESC, g.put_down DESC, g.place "
      "DESC) AS newest "
      "FROM ",
      kGiven, " g WHERE TRUE");
  std::vector<Value> params;
  if (!request.title().empty()) AddCondition({"g.title = ?", {Value(request.title())}}, &sql, &params);
  absl::StrAppend(&sql, ") t WHERE t.latest = 1 AND t.version <> t.newest");
  AddCondition(resource::ScopeCondition(type, call.principal, call.level()), &sql, &params);
  absl::StrAppend(&sql, " ORDER BY t.title, t.account LIMIT ", kDueMax);
  v1::ListOutdatedDocumentsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
    response.Clear();
    return connection.Scan(sql, mysql::Params(params), [&](const Row& row) -> absl::Status {
      v1::OutdatedDocument& out = *response.add_rows();
      out.set_account(NameOf("accounts", row[0].text()));
      out.set_title(row[1].text());
      out.set_version(row[2].text());
      out.set_sent_date(row[3].text());
      out.set_newest_version(row[4].text());
      return absl::OkStatus();
    });
  }));
  return response;
}

absl::Status CreateDelivery(const Context& context, UnitOfWork& work, DocumentDelivery* delivery) {
  const std::string today = context.Today(work.now());
  if (delivery->sent_date().empty()) delivery->set_sent_date(today);
  delivery->set_state(v1::DOCUMENT_DELIVERY_STATE_SENT);
  ASSIGN_OR_RETURN(*delivery->mutable_sender(), Person(work));
  RETURN_IF_ERROR(Validate(work, *delivery));
  RETURN_IF_ERROR(rules::CheckSent(*delivery, today));
  RETURN_IF_ERROR(CheckAccountUsable(work, delivery->account()));
  ContactNames contact;
  *contact.Add() = delivery->contact();
  return CheckContactsOf(work, delivery->account(), contact, "document_delivery.contact");
}

absl::Status ConfirmDelivery(const Context& context, UnitOfWork& work,
                             const v1::ConfirmDocumentDeliveryRequest& request, DocumentDelivery* delivery) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::ConfirmReceipt(request, actor, context.Today(work.now()), delivery));
  ContactNames receiver;
  *receiver.Add() = delivery->receiver();
  return CheckContactsOf(work, delivery->account(), receiver, "receiver");
}

void RegisterDeliveries(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<DocumentDelivery>(
      [context](UnitOfWork& work, DocumentDelivery* delivery) { return CreateDelivery(context, work, delivery); });
  context.runtime.SetHooks(DocumentDelivery::descriptor(), std::move(hooks));
  AddVerb<DocumentDelivery, v1::ConfirmDocumentDeliveryRequest>(
      context, absl::StrCat(kService, "/ConfirmDocumentDelivery"), registry,
      [context](UnitOfWork& work, const v1::ConfirmDocumentDeliveryRequest& request, DocumentDelivery* delivery) {
        return ConfirmDelivery(context, work, request, delivery);
      });
  AddVerb<DocumentDelivery, v1::VoidDocumentDeliveryRequest>(
      context, absl::StrCat(kService, "/VoidDocumentDelivery"), registry,
      [](UnitOfWork&, const v1::VoidDocumentDeliveryRequest&, DocumentDelivery*) { return absl::OkStatus(); });
}

}  // namespace

void RegisterCustomerTrainings(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<CustomerTraining>(Create);
  hooks.on_update = resource::OnUpdate<CustomerTraining>(Update);
  context.runtime.SetHooks(CustomerTraining::descriptor(), std::move(hooks));
  const std::string service = kService;
  RegisterDeliveries(context, registry);
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<CustomerTraining, v1::HoldCustomerTrainingRequest>(
      context, service + "/HoldCustomerTraining", registry,
      [context](UnitOfWork& work, const v1::HoldCustomerTrainingRequest& request,
                CustomerTraining* training) -> absl::Status {
        RETURN_IF_ERROR(rules::HoldTraining(request, work.now(), context.zone, training));
        RETURN_IF_ERROR(Check(work, *training));
        ContactNames present;
        for (const v1::TrainingAttendee& attendee : training->attendees()) {
          if (attendee.attended() && !attendee.contact().empty()) *present.Add() = attendee.contact();
        }
        return NoteContact(work, training->account(), present, training->held_date());
      });
  AddVerb<CustomerTraining, v1::EvaluateCustomerTrainingRequest>(
      context, service + "/EvaluateCustomerTraining", registry,
      [context](UnitOfWork&, const v1::EvaluateCustomerTrainingRequest& request, CustomerTraining* training) {
        return rules::EvaluateTraining(request, context.policy, training);
      });
  AddVerb<CustomerTraining, v1::SendTrainingDocumentRequest>(
      context, service + "/SendTrainingDocument", registry,
      [context](UnitOfWork& work, const v1::SendTrainingDocumentRequest& request, CustomerTraining* training) {
        return SendDocument(context, work, request, training);
      });
  AddVerb<CustomerTraining, v1::CancelCustomerTrainingRequest>(
      context, service + "/CancelCustomerTraining", registry,
      [](UnitOfWork&, const v1::CancelCustomerTrainingRequest& request, CustomerTraining* training) {
        training->set_close_reason(request.reason());
        return absl::OkStatus();
      });
  registry->Add<v1::ListDueCustomerTrainingsRequest, v1::ListDueCustomerTrainingsResponse>(
      service + "/ListDueCustomerTrainings",
      [context](rpc::Call& call, const v1::ListDueCustomerTrainingsRequest& request) {
        return Due(context, call, request);
      });
  registry->Add<v1::ListOutdatedDocumentsRequest, v1::ListOutdatedDocumentsResponse>(
      service + "/ListOutdatedDocuments", [context](rpc::Call& call, const v1::ListOutdatedDocumentsRequest& request) {
        return Outdated(context, call, request);
      });
}

}  // namespace kam::account
