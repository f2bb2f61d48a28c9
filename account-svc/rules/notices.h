// How the rules of rules/notification_rules.h put together what people are told.
#ifndef KAM_ACCOUNT_SVC_RULES_NOTICES_H_
#define KAM_ACCOUNT_SVC_RULES_NOTICES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/rules/notification_rules.h"

namespace kam::account::rules {

// The notices of one change, one after the other.
class Notices {
 public:
  Notices& Tell(const std::string& person, organization::v1::NotificationKind kind, const std::string& title,
                const std::string& due_date = "") {
    return Add(Audience::kPerson, person, kind, title, due_date);
  }
  Notices& Add(Audience audience, const std::string& whom, organization::v1::NotificationKind kind,
               const std::string& title, const std::string& due_date = "", const std::string& role = "") {
    if (!whom.empty() || audience == Audience::kHolders) {
      notices_.push_back({audience, whom, kind, title, due_date, role, subject_});
    }
    return *this;
  }
  // To those above `whom` who may decide: Audience::kAbleAbove, or above the owner of the account `whom`.
  Notices& Ask(const std::string& whom, const std::string& permission, int from_level, const std::string& otherwise,
               const std::string& title, const std::string& due_date, Audience audience = Audience::kAbleAbove) {
    Add(audience, whom, organization::v1::NOTIFICATION_KIND_APPROVAL, title, due_date, otherwise);
    if (whom.empty()) return *this;
    notices_.back().permission = permission;
    notices_.back().from_level = from_level;
    return *this;
  }
  // To those who hold `role` over the department `department`; nobody there: to the holders of `otherwise`.
  Notices& AskOver(const std::string& department, const std::string& role, const std::string& otherwise,
                   const std::string& title) {
    Add(Audience::kHoldersOver, department, organization::v1::NOTIFICATION_KIND_APPROVAL, title, "", role);
    if (!department.empty()) notices_.back().otherwise = otherwise;
    return *this;
  }
  // What the notices that follow are about.
  Notices& About(const std::string& subject) {
    subject_ = subject;
    return *this;
  }
  std::vector<Notice> Take() { return std::move(notices_); }

 private:
  std::vector<Notice> notices_;
  std::string subject_;
};

// Whether the resource has just come into `state`.
template <typename T, typename State>
bool Enters(const T* before, const T& after, State state) {
  return after.state() == state && (before == nullptr || before->state() != state);
}

// Whether the next superior was asked just now.
template <typename T>
bool Escalated(const T* before, const T& after) {
  return !after.escalated_to().empty() && (before == nullptr || before->escalated_to() != after.escalated_to());
}

template <typename T>
void TellEscalation(const T* before, const T& after, const std::string& number, Notices* notices) {
  if (!Escalated(before, after)) return;
  notices->Tell(after.escalated_to(), organization::v1::NOTIFICATION_KIND_ESCALATION,
                absl::StrCat("逾期升级 Not answered in time, now with you: ", number));
}

}  // namespace kam::account::rules

#endif  // KAM_ACCOUNT_SVC_RULES_NOTICES_H_
