// Figures of the contract service that a company sets for itself. No rule holds a figure of its own.
#ifndef KAM_CONTRACT_SVC_POLICY_H_
#define KAM_CONTRACT_SVC_POLICY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/money/decimal.h"

namespace kam::contract {

struct Policy {
  // Of credit about which nothing was decided, when the credit policy names no amount either.
  std::string home_currency = "CNY";
  // Tiers of accounts whose deliveries are VIP deliveries (C-22).
  std::vector<std::string> vip_tiers = {"STRATEGIC"};
  // Days in stock from which goods count as slow-moving (C-24).
  int slow_moving_days = 90;
  // Validity of a quote when its maker gives none, in days after the day it is made.
  int quote_validity_days = 30;
  // Longest validity that its maker may give, in days after the day he does; and how long after its acceptance a quote
  // gives the prices of contracts and orders (C-01, C-05).
  int quote_validity_max_days = 90;
  int quote_order_days = 180;
  // How old a decision may be that is carried over to a later revision (G-05).
  absl::Duration approval_carry_within = absl::Hours(24 * 30);
  // How old the prices of a quote may be, in days, when it is approved or submitted for approval.
  int price_day_age_max_days = 7;
  // Prices of one product that somebody who may not know floor and margin may try against them in a day: from how many
  // on it is suspicious, and how many are answered.
  int price_probes_suspicious = 3;
  int price_probes_max = 6;
  // Who decides on the release of a price book; never the one who submits it.
  std::vector<std::string> price_book_deciders = {"GAM", "GM", "SD"};
  // Of a price book that sets floor prices only these of them do (C-02); those who may change the floor of a product.
  std::vector<std::string> price_floor_deciders = {"GAM", "SD"};
  // How often it is looked for what programs of an earlier release have left out, and how soon again after something
  // was found: they may run still.
  absl::Duration adoption_interval = absl::Hours(6);
  absl::Duration adoption_interval_busy = absl::Minutes(10);
  // Orders that ContinuePriceSimulation takes when the caller gives no number.
  int simulation_batch_orders = 500;
  // Who decides on a sales policy (C-06), and who agrees to a package before it is offered (C-07); never the one who
  // asks.
  std::vector<std::string> sales_policy_deciders = {"GM", "SD"};
  std::vector<std::string> package_offer_deciders = {"SM"};
  // Time to decide about a request; then it expires.
  absl::Duration approval_decide_within = absl::Hours(72);
  // Longest window in which somebody may leave his decisions to another.
  absl::Duration delegation_max = absl::Hours(24 * 90);

  // Totals, by currency, from which a contract is important: the department of group customers guides its review
  // whatever its drafter says (C-11). In a currency that is not named here every contract is.
  std::map<std::string, Decimal> important_contract_from = {
      {"CNY", Decimal::FromInt(10000000)}, {"USD", Decimal::FromInt(1500000)}, {"EUR", Decimal::FromInt(1500000)}};

  // Days that are looked back at when the turnover days of an alarm are reckoned (C-32).
  int turnover_window_days = 90;

  // Days in which whoever gets a paper confirms it, and in which an invoice is handed over after its issue (C-29).
  int handover_days = 3;
  // Latest day that whoever gives a paper away may set for that instead, in days after today.
  int handover_days_max = 30;
  // Latest day of payment that is recorded as promised, in days after today (C-32).
  int promise_days_max = 90;

  // What is checked with the customer before a contract is signed, whatever else is (C-12): values of SigningCheckKind.
  std::vector<std::string> signing_checks = {"PARTIES", "LINES", "PRICES", "DELIVERY", "PAYMENT"};

  // The same before an amendment is signed (C-14). None: what was checked has to be correct, whatever it is.
  std::vector<std::string> amendment_signing_checks;
  // A contract that was signed without the hash of its scan is filed with the text that was approved (C-15).
  bool archive_needs_signed_text = false;
  // Days before the day of repayment at which a drawing is marked as due soon (C-17).
  int drawing_alert_days = 7;

  // Days before the end of a contract at which it becomes EXPIRING and its renewal is brought up, when the contract
  // itself says nothing.
  int renewal_lead_days = 60;

  // INVALID_ARGUMENT naming every figure that cannot be.
  absl::Status Validate() const;
};

}  // namespace kam::contract

#endif  // KAM_CONTRACT_SVC_POLICY_H_
