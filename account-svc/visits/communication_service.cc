// Log of calls, e-mails, meetings, letters and receptions.
#include "account-svc/rules/communication_rules.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/visits/communications.h"
#include "account-svc/visits/contact_date.h"
#include "account-svc/visits/references.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/communication_record_service.pb.h"

namespace kam::account {
namespace {

using resource::UnitOfWork;
using v1::CommunicationRecord;

absl::Status Check(const Context& context, UnitOfWork& work, const CommunicationRecord& record) {
  RETURN_IF_ERROR(Validate(work, record));
  RETURN_IF_ERROR(rules::CheckCommunication(record, work.now(), context.policy));
  return CheckContactsOf(work, record.account(), record.contacts(), "communication_record.contacts");
}

// Every way of talking to each other counts as contact.
absl::Status Note(const Context& context, UnitOfWork& work, const CommunicationRecord& record) {
  return NoteContact(work, record.account(), record.contacts(), context.Today(FromTimestamp(record.start_time())));
}

absl::Status Create(const Context& context, UnitOfWork& work, CommunicationRecord* record) {
  if (record->employee().empty()) {
    ASSIGN_OR_RETURN(*record->mutable_employee(), Person(work));
  }
  RETURN_IF_ERROR(Check(context, work, *record));
  if (!record->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, record->account()));
  RETURN_IF_ERROR(CheckVisitOf(work, record->account(), record->visit(), "communication_record.visit"));
  RETURN_IF_ERROR(CheckLeadReach(work, record->lead()));
  return Note(context, work, *record);
}

absl::Status Update(const Context& context, UnitOfWork& work, const CommunicationRecord& before,
                    CommunicationRecord* after) {
  if (after->employee().empty()) after->set_employee(before.employee());
  if (!work.importing()) {
    RETURN_IF_ERROR(rules::CheckCommunicationUpdate(before, work.actor().subject, work.now(), context.policy));
  }
  RETURN_IF_ERROR(Check(context, work, *after));
  if (before.visit() != after->visit()) {
    RETURN_IF_ERROR(CheckVisitOf(work, after->account(), after->visit(), "communication_record.visit"));
  }
  if (before.lead() != after->lead()) RETURN_IF_ERROR(CheckLeadReach(work, after->lead()));
  return Note(context, work, *after);
}

}  // namespace

void RegisterCommunications(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<CommunicationRecord>(
      [context](UnitOfWork& work, CommunicationRecord* record) { return Create(context, work, record); });
  hooks.on_update = resource::OnUpdate<CommunicationRecord>(
      [context](UnitOfWork& work, const CommunicationRecord& before, CommunicationRecord* after) {
        return Update(context, work, before, after);
      });
  context.runtime.SetHooks(CommunicationRecord::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, "kam.account.v1.CommunicationRecordService", registry);
}

}  // namespace kam::account
