// The books of credit and receivables inside one transaction.
//
// Lock order, the same everywhere: the credit account of the customer, then contract or quote, order, delivery,
// invoice, receipt, reservation, open item, commitment. Whoever moves money locks the credit account first, so all
// decisions on one customer's credit come one after the other, and no two writers wait for each other in a circle.
#ifndef KAM_CONTRACT_SVC_RECEIVABLES_CREDIT_BOOK_H_
#define KAM_CONTRACT_SVC_RECEIVABLES_CREDIT_BOOK_H_

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"
#include "common/resource/runtime.h"
#include "contract-svc/context.h"
#include "contract-svc/rules/credit.h"
#include "kam/receivable/v1/credit_account.pb.h"
#include "kam/receivable/v1/credit_policy.pb.h"
#include "kam/receivable/v1/credit_reservation.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::contract {

inline constexpr char kDueReservation[] = "credit_reservation.expire";
// An order that waits for credit does so as long as a reservation is held; then it is cancelled.
inline constexpr char kDueCreditHold[] = "order.credit_hold";

// Of policies t: it holds. At most one does.
inline constexpr char kHolds[] = "t.archive_time IS NULL AND t.state = 'IN_FORCE'";

// The policy that holds; a default one when none was published.
absl::StatusOr<receivable::v1::CreditPolicy> CurrentPolicy(mysql::Connection& connection,
                                                           const resource::Runtime& runtime);
rules::CreditRules RulesOf(const receivable::v1::CreditPolicy& policy);
rules::CreditLimit LimitOf(const receivable::v1::CreditAccount& account);
absl::StatusOr<rules::CreditUse> UseOf(const receivable::v1::CreditAccount& account);

// What the customer uses of credit in every currency, counted from reservations and open items: those of the credit
// account's own currency are equal to what it keeps.
absl::StatusOr<std::map<std::string, rules::CreditUse>> CountUse(mysql::Connection& connection,
                                                                 absl::string_view account);

// Age in days of the oldest open item past its due date on `today`; 0 when there is none.
absl::StatusOr<int64_t> OldestOverdueDays(mysql::Connection& connection, absl::string_view account,
                                          absl::string_view today);

// The locked credit account of a customer. Changes are collected and written by Save().
class CreditBook {
 public:
  // Locks the credit account; makes one with nothing decided, in the currency of the credit policy, when the customer
  // has none.
  static absl::StatusOr<CreditBook> Open(const Context& context, resource::UnitOfWork& work,
                                         const std::string& account);

  const receivable::v1::CreditAccount& account() const { return change_.before; }
  const rules::CreditUse& use() const { return use_; }
  // How long a reservation is held, and an order waits for one.
  absl::Duration waiting_time() const { return absl::Hours(rules_.reservation_hours); }
  // Amounts in other currencies are not part of this credit.
  bool Counts(absl::string_view currency) const { return currency == change_.before.currency(); }

  // May `amount` more be sold on credit? See rules::CheckCredit; CURRENCY_MISMATCH for another currency.
  absl::Status Check(const std::string& subject, const std::string& currency, Decimal amount) const;

  // The order's living reservation, locked; none when it has none.
  absl::StatusOr<std::optional<receivable::v1::CreditReservation>> Find(const std::string& order);
  // Takes `amount` for the order. `overridden`: without asking the limit.
  absl::Status Reserve(const std::string& order, const std::string& currency, Decimal amount, bool overridden);
  // Held -> committed. False when the order has no living reservation.
  absl::StatusOr<bool> Commit(const std::string& order, bool overridden);
  // Gives back what is left of the order's reservation, if it has one.
  absl::Status Release(const std::string& order, receivable::v1::CreditReservationState end, const std::string& reason);
  // Takes `amount` of what is left off the order's living reservation, if it has one: it will never be invoiced.
  absl::Status Reduce(const std::string& order, Decimal amount, const std::string& reason);
  // `amount` of the committed part is invoiced, or, when negative, is not invoiced any more.
  absl::Status Invoice(const std::string& order, Decimal amount);

  // A new open item of this customer; posts it.
  absl::Status AddItem(receivable::v1::ReceivableItem item, absl::string_view entry_kind, absl::string_view entry_date);
  // Posts an item that is stored already.
  absl::Status PostNewItem(const receivable::v1::ReceivableItem& item, absl::string_view entry_kind,
                           absl::string_view entry_date);
  // The open item of an invoice, or the item itself by name, locked.
  absl::StatusOr<receivable::v1::ReceivableItem> FindItem(const std::string& source_or_name);
  // Lowers what is open. ALLOCATION_EXCEEDS_TARGET, TARGET_NOT_OPEN.
  absl::Status PayItem(const receivable::v1::ReceivableItem& item, Decimal amount, absl::string_view field);
  // Opens what a payment had closed: the payment went back.
  absl::Status UnpayItem(const receivable::v1::ReceivableItem& item, Decimal amount);
  absl::Status CancelItem(const receivable::v1::ReceivableItem& item);
  // `amount` of the item, which is stored so already, is given up.
  absl::Status WriteOff(const receivable::v1::ReceivableItem& item, Decimal amount);

  // Writes the use of the credit. Once, at the end.
  absl::Status Save();

 private:
  CreditBook(resource::UnitOfWork& work, std::string today, resource::Change<receivable::v1::CreditAccount> change)
      : work_(work), today_(std::move(today)), change_(std::move(change)) {}

  absl::Status Move(rules::CreditPart part, Decimal amount, absl::string_view currency);
  // Lowers what is left of a reservation, and ends it with `reason` when nothing is.
  absl::Status TakeOff(const receivable::v1::CreditReservation& found, Decimal amount, const std::string& reason);
  absl::Status Post(const receivable::v1::ReceivableItem& item, absl::string_view kind, absl::string_view date,
                    Decimal amount);

  resource::UnitOfWork& work_;
  std::string today_;
  resource::Change<receivable::v1::CreditAccount> change_;
  rules::CreditUse use_;
  rules::CreditRules rules_;
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_RECEIVABLES_CREDIT_BOOK_H_
