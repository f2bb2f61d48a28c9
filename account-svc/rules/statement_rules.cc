#include "account-svc/rules/statement_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/disclosure.pb.h"
#include "kam/account/v1/public_statement.pb.h"

namespace kam::account::rules {

absl::Status CheckStatement(const v1::PublicStatement& statement) {
  if (statement.valid_from().empty() || statement.valid_until().empty() ||
      statement.valid_until() >= statement.valid_from()) {
    return absl::OkStatus();
  }
  return InvalidField("public_statement.valid_until", "PERIOD_INVALID",
                      absl::StrCat("is ", statement.valid_until(), ", before ", statement.valid_from()));
}

absl::Status CheckStatementUpdate(const v1::PublicStatement& before) {
  if (before.state() == v1::PUBLIC_STATEMENT_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("STATEMENT_NOT_DRAFT", before.name(),
                            absl::StrCat("the statement is ", v1::PublicStatementState_Name(before.state()),
                                         "; another wording is another version"),
                            {{"state", v1::PublicStatementState_Name(before.state())}});
}

absl::Status NextVersion(const v1::PublicStatement& before, v1::PublicStatement* next) {
  if (before.state() != v1::PUBLIC_STATEMENT_STATE_APPROVED) {
    return FailedPrecondition("PREDECESSOR_NOT_APPROVED", before.name(),
                              absl::StrCat("the statement is ", v1::PublicStatementState_Name(before.state()),
                                           "; only what is said is replaced"),
                              {{"state", v1::PublicStatementState_Name(before.state())}});
  }
  if (before.topic() != next->topic() || before.account() != next->account()) {
    return InvalidField("public_statement.topic", "TOPIC_DIFFERS",
                        absl::StrCat("the next version of ", before.name(), " is about the same topic and account"),
                        {{"topic", before.topic()}, {"account", before.account()}});
  }
  next->set_version_number(before.version_number() + 1);
  return absl::OkStatus();
}

absl::Status ApproveStatement(absl::string_view actor, absl::Time now, absl::string_view today,
                              v1::PublicStatement* statement) {
  if (actor == statement->author()) return SeparationOfDuties("author", "approve the statement");
  if (statement->valid_from().empty()) statement->set_valid_from(std::string(today));
  RETURN_IF_ERROR(CheckStatement(*statement));
  if (!statement->valid_until().empty() && statement->valid_until() < today) {
    return InvalidField("public_statement.valid_until", "PERIOD_INVALID",
                        absl::StrCat("is ", statement->valid_until(), "; the statement would be over already"));
  }
  statement->set_approver(std::string(actor));
  *statement->mutable_approve_time() = ToTimestamp(now);
  statement->clear_return_reason();
  return absl::OkStatus();
}

absl::Status CheckTopicFree(const v1::PublicStatement& statement, const std::vector<v1::PublicStatement>& others) {
  for (const v1::PublicStatement& other : others) {
    if (other.name() == statement.name() || other.name() == statement.predecessor() ||
        other.state() != v1::PUBLIC_STATEMENT_STATE_APPROVED) {
      continue;
    }
    const bool before = !other.valid_until().empty() && other.valid_until() < statement.valid_from();
    const bool after = !statement.valid_until().empty() && statement.valid_until() < other.valid_from();
    if (before || after) continue;
    return FailedPrecondition("TOPIC_TAKEN", statement.name(),
                              absl::StrCat(other.number(), " is said about the topic from ", other.valid_from(),
                                           " on; the next version of it takes its place"),
                              {{"statement", other.name()}, {"topic", other.topic()}});
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::PublicStatement> Replaced(const v1::PublicStatement& before, const v1::PublicStatement& next,
                                             absl::string_view today) {
  v1::PublicStatement after = before;
  if (next.valid_from() <= today) {
    after.set_state(v1::PUBLIC_STATEMENT_STATE_RETIRED);
    return after;
  }
  ASSIGN_OR_RETURN(const std::string last, AddDays(next.valid_from(), -1));
  if (after.valid_until().empty() || after.valid_until() > last) after.set_valid_until(last);
  return after;
}

bool InForce(const v1::PublicStatement& statement, absl::string_view day) {
  return statement.state() == v1::PUBLIC_STATEMENT_STATE_APPROVED && statement.valid_from() <= day &&
         (statement.valid_until().empty() || statement.valid_until() >= day);
}

absl::Status CheckDisclosure(const v1::PublicStatement& statement, absl::string_view day, absl::Time now,
                             const Policy& policy, v1::Disclosure* disclosure) {
  if (disclosure->contact().empty() && disclosure->recipient().empty()) {
    return InvalidField("disclosure.recipient", "RECIPIENT_REQUIRED", "a contact or somebody else is needed");
  }
  if (!disclosure->contact().empty() && disclosure->account().empty()) {
    return InvalidField("disclosure.account", "RECIPIENT_REQUIRED", "a contact is one of an account");
  }
  RETURN_IF_ERROR(NotInFuture("disclosure.disclose_time", FromTimestamp(disclosure->disclose_time()), now, policy));
  if (!InForce(statement, day)) {
    return FailedPrecondition("STATEMENT_NOT_IN_FORCE", statement.name(),
                              absl::StrCat("the statement is ", v1::PublicStatementState_Name(statement.state()),
                                           " and valid from ", statement.valid_from(), "; it is not said on ", day),
                              {{"state", v1::PublicStatementState_Name(statement.state())}, {"day", std::string(day)}});
  }
  const bool outside = statement.classification() == v1::CLASSIFICATION_PUBLIC ||
                       (statement.classification() == v1::CLASSIFICATION_CUSTOMER && !disclosure->account().empty());
  if (!outside) {
    return Error(absl::StatusCode::kPermissionDenied, "CLASSIFICATION_FORBIDS_DISCLOSURE",
                 absl::StrCat("the statement is ", v1::Classification_Name(statement.classification()),
                              "; whoever approves statements may release a version for outside"),
                 {{"classification", v1::Classification_Name(statement.classification())}});
  }
  if (!statement.account().empty() && statement.account() != disclosure->account()) {
    return InvalidField("disclosure.account", "STATEMENT_OF_OTHER_ACCOUNT",
                        absl::StrCat("the statement is for ", statement.account()), {{"account", statement.account()}});
  }
  disclosure->set_version_number(statement.version_number());
  disclosure->set_classification(statement.classification());
  return absl::OkStatus();
}

}  // namespace kam::account::rules
