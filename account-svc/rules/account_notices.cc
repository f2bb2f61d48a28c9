// Who is told of what goes on around the file of an account (G-22): its verification, its classification, checks of it,
// access to its papers and questions about it.
#include "absl/strings/str_cat.h"
#include "account-svc/rules/notices.h"
#include "account-svc/rules/notification_rules.h"

namespace kam::account::rules {
namespace {

namespace pb = organization::v1;

constexpr char kAnswersForAccounts[] = "KAPM";

// To those above the owner of `account` who may decide; where nobody there may, to who answers for all of them.
void AskAboveOwner(const std::string& account, const std::string& permission, const std::string& title,
                   Notices* notices) {
  notices->Ask(account, permission, 1, kAnswersForAccounts, title, "", Audience::kAbleAboveOwner);
}

}  // namespace

std::vector<Notice> NoticesOf(const v1::Account* before, const v1::Account& after) {
  Notices notices;
  const std::string& submitter = after.verification().submitter();
  if (Enters(before, after, v1::ACCOUNT_STATE_SUBMITTED)) {
    notices.Ask(submitter, "account.verify", 1, kAnswersForAccounts,
                absl::StrCat("客户档案待核实 File to be verified: ", after.number()), "");
  } else if (before != nullptr && before->state() == v1::ACCOUNT_STATE_SUBMITTED && after.state() != before->state()) {
    const std::string& told = before->verification().submitter();
    if (after.state() == v1::ACCOUNT_STATE_DRAFT) {
      notices.Tell(told, pb::NOTIFICATION_KIND_DECISION,
                   absl::StrCat("客户档案已退回 File given back: ", after.number()));
    } else if (after.state() == v1::ACCOUNT_STATE_VERIFIED) {
      notices.Tell(told, pb::NOTIFICATION_KIND_DECISION,
                   absl::StrCat("客户档案已核实 File verified: ", after.number()));
    }
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountProposal* before, const v1::AccountProposal& after) {
  Notices notices;
  if (Enters(before, after, v1::ACCOUNT_PROPOSAL_STATE_OPEN)) {
    AskAboveOwner(after.account(), "account.classify",
                  absl::StrCat("客户分类提议待定 Classification to be decided: ", after.number()), &notices);
  } else if (Enters(before, after, v1::ACCOUNT_PROPOSAL_STATE_ACCEPTED) ||
             Enters(before, after, v1::ACCOUNT_PROPOSAL_STATE_REJECTED)) {
    notices.Tell(after.proposer(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("客户分类提议已决定 Classification decided: ", after.number()));
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::AccountFileCheck* before, const v1::AccountFileCheck& after) {
  Notices notices;
  if (Enters(before, after, v1::FILE_CHECK_STATE_OPEN)) {
    notices.Tell(after.responsible(), pb::NOTIFICATION_KIND_ACCOUNT,
                 absl::StrCat("档案待更正 Faults in a file to be put right: ", after.number()), after.due_date());
  } else if (before != nullptr && Enters(before, after, v1::FILE_CHECK_STATE_RESOLVED)) {
    notices.Tell(after.checker(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("档案已更正 Faults in a file put right: ", after.number()));
  } else if (Enters(before, after, v1::FILE_CHECK_STATE_VOID)) {
    const std::string title = absl::StrCat("档案审查已作废 Check of a file taken back: ", after.number());
    notices.Tell(after.responsible(), pb::NOTIFICATION_KIND_ACCOUNT, title)
        .Tell(after.checker(), pb::NOTIFICATION_KIND_DECISION, title);
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::DocumentGrant* before, const v1::DocumentGrant& after) {
  Notices notices;
  if (Enters(before, after, v1::DOCUMENT_GRANT_STATE_REQUESTED)) {
    AskAboveOwner(after.account(), "document_grant.decide", "资料查阅待批 Access to a document to be decided",
                  &notices);
  } else if (before != nullptr && before->state() != after.state()) {
    notices.Tell(after.requester(), pb::NOTIFICATION_KIND_DECISION,
                 after.state() == v1::DOCUMENT_GRANT_STATE_GRANTED ? "资料查阅已批准 Access to a document given"
                 : after.state() == v1::DOCUMENT_GRANT_STATE_REVOKED
                     ? "资料查阅权已收回 Access to a document taken back"
                     : "资料查阅未批准 Access to a document refused");
  }
  return notices.Take();
}

std::vector<Notice> NoticesOf(const v1::InformationRequest* before, const v1::InformationRequest& after) {
  Notices notices;
  if (Enters(before, after, v1::INFORMATION_REQUEST_STATE_REQUESTED)) {
    for (const char* role : {"CSM", "CSR"}) {
      notices.Add(Audience::kHolders, "", pb::NOTIFICATION_KIND_CUSTOMER,
                  absl::StrCat("客户信息申请待答复 Information asked for: ", after.number()), "", role);
    }
  } else if (Enters(before, after, v1::INFORMATION_REQUEST_STATE_ANSWERED) ||
             Enters(before, after, v1::INFORMATION_REQUEST_STATE_REFUSED)) {
    notices.Tell(after.requester(), pb::NOTIFICATION_KIND_DECISION,
                 absl::StrCat("客户信息申请已答复 Request for information answered: ", after.number()));
  }
  return notices.Take();
}

// ---- Faults with a day

std::vector<Timer> TimersOf(const v1::AccountFileCheck& check, const Policy& policy, absl::TimeZone zone) {
  if (check.state() != v1::FILE_CHECK_STATE_OPEN || check.due_date().empty()) return {{kFileCheckDue, std::nullopt}};
  return {{kFileCheckDue, WorkBegins(check.due_date(), policy, zone)}};
}

std::vector<Notice> Remind(const v1::AccountFileCheck& check, const std::string& today, const Policy&) {
  Notices notices;
  if (check.state() != v1::FILE_CHECK_STATE_OPEN) return notices.Take();
  const bool over = today > check.due_date();
  const std::string title = absl::StrCat(
      over ? "档案更正逾期 Faults in a file overdue: " : "档案今日应更正 Faults in a file due today: ", check.number());
  notices.Tell(check.responsible(), pb::NOTIFICATION_KIND_DUE, title, check.due_date());
  if (over) notices.Tell(check.checker(), pb::NOTIFICATION_KIND_DUE, title, check.due_date());
  return notices.Take();
}

int RemindAgainAfter(const v1::AccountFileCheck& check, const std::string& today, const Policy&) {
  return check.state() == v1::FILE_CHECK_STATE_OPEN && today <= check.due_date() ? 1 : 0;
}

}  // namespace kam::account::rules
