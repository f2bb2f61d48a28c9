#include "contract-svc/rules/notices.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/service/notices.h"

namespace kam::contract::rules {
namespace {

namespace og = organization::v1;
namespace pb = pricing::v1;

// Whether the resource has just come into `state`.
template <typename T, typename State>
bool Enters(const T* before, const T& after, State state) {
  return after.state() == state && (before == nullptr || before->state() != state);
}

void TellReaders(const char* permission, const std::string& title, og::DeliverNoticesRequest* told) {
  service::AddNotice(og::NOTICE_AUDIENCE_HOLDERS, og::NOTIFICATION_KIND_POLICY, title, told)
      ->set_permission(permission);
}

}  // namespace

og::DeliverNoticesRequest NoticesOf(const pb::PriceBook* before, const pb::PriceBook& after) {
  og::DeliverNoticesRequest told;
  if (Enters(before, after, pb::PRICE_BOOK_STATE_RELEASED)) {
    TellReaders("price_book.read",
                absl::StrCat("价格表发布 Price book released: ", after.code(), "/", after.revision(), ", ",
                             after.effective_from()),
                &told);
  }
  return told;
}

og::DeliverNoticesRequest NoticesOf(const pb::SalesPolicy* before, const pb::SalesPolicy& after) {
  og::DeliverNoticesRequest told;
  const auto tell = [&](const char* what, const std::string& day) {
    TellReaders(
        "sales_policy.read",
        absl::StrCat(what, after.code(), "/", after.revision(), " ", after.title(), day.empty() ? "" : ", ", day),
        &told);
  };
  if (Enters(before, after, pb::SALES_POLICY_STATE_PUBLISHED)) {
    tell("商务政策发布 Sales policy published: ", after.valid_from());
  } else if (Enters(before, after, pb::SALES_POLICY_STATE_WITHDRAWN)) {
    tell("商务政策撤销 Sales policy withdrawn: ", "");
  }
  return told;
}

og::DeliverNoticesRequest NoticesOf(const v1::Contract* before, const v1::Contract& after) {
  og::DeliverNoticesRequest told;
  const v1::RenewalStatus status = after.renewal_status();
  if (before == nullptr || before->renewal_status() == status) return told;
  if (status != v1::RENEWAL_STATUS_DUE && status != v1::RENEWAL_STATUS_LAPSED) return told;
  const std::string title = absl::StrCat(status == v1::RENEWAL_STATUS_DUE
                                             ? "合同将到期，请决定是否续签 Contract ends soon, renewal to be decided: "
                                             : "合同已到期未说明 Contract has ended without a word on renewal: ",
                                         after.number(), ", ", after.end_date());
  const auto add = [&](og::NoticeAudience audience) {
    og::Notice* notice = service::AddNotice(audience, og::NOTIFICATION_KIND_DUE, title, &told);
    notice->set_permission("contract.read");
    notice->set_account(after.account());
    notice->set_due_date(after.end_date());
    return notice;
  };
  add(og::NOTICE_AUDIENCE_ACCOUNT);
  if (!after.drafter().empty()) add(og::NOTICE_AUDIENCE_PERSON)->set_whom(after.drafter());
  return told;
}

og::DeliverNoticesRequest NoticesOf(const receivable::v1::ReceivableAlarm* before,
                                    const receivable::v1::ReceivableAlarm& after) {
  og::DeliverNoticesRequest told;
  if (!Enters(before, after, receivable::v1::RECEIVABLE_ALARM_STATE_OPEN)) return told;
  og::Notice* notice = service::AddNotice(og::NOTICE_AUDIENCE_HOLDERS, og::NOTIFICATION_KIND_DUE,
                                          absl::StrCat("应收预警 Alarm about receivables: ", after.number()), &told);
  notice->set_permission("receivable_alarm.acknowledge");
  notice->set_account(after.account());
  return told;
}

og::DeliverNoticesRequest NoticesOf(const receivable::v1::ReceivableItem* before,
                                    const receivable::v1::ReceivableItem& after) {
  og::DeliverNoticesRequest told;
  if (before == nullptr || after.broken_promises() <= before->broken_promises()) return told;
  // Counted as well when the customer puts it off, before its day or after: then another day is promised.
  const bool put_off = !after.promised_date().empty();
  const std::string title = put_off
                                ? absl::StrCat("付款承诺延期 Promise of payment put off: ", before->promised_date(),
                                               " - ", after.promised_date())
                                : absl::StrCat("付款承诺未兑现 Promise of payment not kept: ", before->promised_date());
  const auto add = [&](og::NoticeAudience audience, const char* permission) {
    og::Notice* notice = service::AddNotice(audience, og::NOTIFICATION_KIND_DUE, title, &told);
    notice->set_permission(permission);
    notice->set_account(after.account());
    notice->set_due_date(put_off ? after.promised_date() : before->promised_date());
    return notice;
  };
  add(og::NOTICE_AUDIENCE_ACCOUNT, "receivable.read");
  og::Notice* dunners = add(og::NOTICE_AUDIENCE_HOLDERS, "receivable.promise");
  for (const char* role : {"CRC", "FEE"}) dunners->add_roles(role);
  return told;
}

}  // namespace kam::contract::rules
