// Figures of the account service that a company sets for itself. No rule holds a figure of its own.
#ifndef KAM_ACCOUNT_SVC_POLICY_H_
#define KAM_ACCOUNT_SVC_POLICY_H_

#include <array>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kam::account {

inline constexpr int kStages = 6;           // Stages of the sales process, in order.
inline constexpr int kTiers = 5;            // Values of Tier: none, strategic, A, B, C.
inline constexpr int kDocumentKinds = 8;    // Values of CustomerDocumentKind.
inline constexpr int kIntentionLevels = 5;  // H, A, B, C, N.
inline constexpr int kWeekdays = 7;
inline constexpr int kUsages = 4;            // Values of ProductUsage, none first.
inline constexpr int kMarketCategories = 7;  // Values of MarketCategory, none first.

// A verb that is important enough to be asked for before it is done (G-05, R-24): of customers from a tier on, or from
// an amount on; with neither, always.
struct ImportantVerb {
  std::string method;     // RPC, "kam.account.v1.AccountService/CloseAccount"; one of rules::AskingVerbs().
  std::string from_tier;  // Lowest tier that counts, "STRATEGIC"; empty: the tier says nothing.
  // Least amount that counts, in `currency`; what is in another currency counts as well. Empty: the amount says
  // nothing.
  std::string from_amount;
  std::string currency;
  // Roles that decide on it: they do it themselves unasked, and give the others the instruction to.
  std::vector<std::string> deciders;
};

struct Policy {
  // Days an account stays protected after it was assigned, and the most that can be asked for.
  int protection_days = 90;
  int protection_days_max = 365;
  // Accounts one employee may own at a time.
  int holdings_max = 200;
  // accounts one employee may claim for himself a day; those with a deal already do not count.
  int claims_per_day_max = 10;
  // days until somebody may claim again what he gave up or lost.
  int reclaim_days = 7;
  // days for which a firm is its reporter's: from the making of its file on nobody else may claim it.
  int draft_protection_days = 30;
  // reports of one employee that may be open at a time; those that an import has brought do not count.
  int open_reports_max = 1000;
  // roles whose holders may own accounts.
  std::vector<std::string> owner_roles = {"KAX", "BD", "BDS", "KAM", "GAM", "KAPM", "RM", "SM"};
  // how often a protection may be renewed, each time by protection_days from then on.
  int renewals_max = 4;
  // the owner loses the account by himself after so many days without a follow-up, without a deal, and after the
  // end of his protection; 0: never. As long as there was a deal within deal_days, only that counts.
  int owner_follow_up_days = 90;
  int deal_days = 1095;
  int protection_grace_days = 30;
  // days before the loss at which the owner is reminded, falling.
  std::vector<int> release_reminder_days = {14, 3};
  // days in which both sides sign a hand-over.
  int handover_sign_days = 14;
  // days for which a list of open business may be signed.
  int handover_list_days = 3;
  // open leads, opportunities, needs and so on, of each kind, that change hands with an account in one call.
  int take_over_rows_max = 5000;
  // from this score on (1 to 100) two files may be the same firm.
  int duplicate_score_min = 75;
  // G-09: days in which the nearest common superior decides a dispute; afterwards those further up may.
  int dispute_decide_days = 7;
  // Months until value and potential of an account are looked at again.
  int tier_review_months = 12;
  // Fields of Account, by path, that a complete file has. "contacts": at least one contact.
  std::vector<std::string> complete_fields = {"legal_name", "registration_number", "segment",      "industry",
                                              "region",     "address.country",     "address.city", "address.street",
                                              "phone",      "products_used",       "source",       "contacts"};
  // Fields of Account, by path, that make a customer who it is: once verified, a change of one is verified again
  //
  std::vector<std::string> identity_fields = {
      "legal_name", "registration_number", "address.country", "address.province", "address.city", "address.street",
      "phone"};
  // Account files. Days by tier (as in Tier: none, strategic, A, B, C) that a file may go without being changed or
  // confirmed, and that a key person may go without being spoken to.
  std::array<int, kTiers> file_fresh_days = {180, 30, 60, 90, 180};
  // Days after its opening within which a file is handed in complete, to count as filed.
  int filing_days = 7;
  // Hundredths of a point by which our part of what a customer needs may fall before an alert is raised.
  int share_tolerance_hundredths = 100;
  // Vault: bytes of a document kept in it, days of access that can be asked for, years of retention by kind, in the
  // order of CustomerDocumentKind: none, identity copy, licence copy, deposit slip, acceptance slip, opinion,
  // agreement, other.
  int document_bytes_max = 1 << 20;
  int document_grant_days_max = 30;
  // days for which whoever filed a document may look at it, to put right what he did.
  int document_filer_days = 7;
  std::array<int, kDocumentKinds> document_retention_years = {1, 3, 3, 5, 5, 3, 10, 1};
  // how long a view or a list waits for one other service before it does without.
  absl::Duration peer_patience = absl::Seconds(2);
  // Days after which the back-up of an account is no longer current, and is taken anew by itself; 0: by hand only
  //
  int snapshot_days = 90;
  // bytes of a back-up, bytes and rows of one of its parts, and rows read at a time.
  int snapshot_bytes_max = 128 << 20;
  int snapshot_part_bytes = 8 << 20;
  int snapshot_part_rows = 10'000;
  int snapshot_page_rows = 500;
  // days in which a merge may be undone, and resources that one merge may move.
  int merge_undo_days = 30;
  int merge_rows_max = 2000;
  // minutes after which what was written while the merge took place is moved too, longer than any call takes; and
  // hours after which that is looked for again, as long as the merge may be undone.
  int merge_sweep_minutes = 2;
  int merge_sweep_hours = 24;
  // Days between two calls to a customer that sleeps, and to one that was lost; 0: no calls.
  int dormant_call_days = 30;
  int lost_call_days = 90;
  // Days without activity from which an account is quiet, sleeping, counted as lost.
  std::array<int, 3> dormancy_days = {30, 90, 365};
  // Accounts that one page of the inactive ones looks at, at most.
  int inactive_rows_max = 5000;
  // Hundredths of a per cent by which a resale price may differ from the published one.
  int resale_tolerance_hundredths = 200;
  // Country of telephone and registration numbers that come without one, ISO 3166.
  std::string default_country = "CN";
  // Domains of public mail services: they say nothing about the firm.
  std::vector<std::string> public_domains = {"126.com",   "139.com",     "163.com",   "aliyun.com",  "foxmail.com",
                                             "gmail.com", "hotmail.com", "live.com",  "outlook.com", "qq.com",
                                             "sina.com",  "sohu.com",    "yahoo.com", "yeah.net"};
  // Probability of winning at each stage in percent, rising.
  std::array<int, kStages> stage_probability = {10, 25, 40, 50, 70, 90};
  // Longest visit that can be planned.
  absl::Duration visit_max = absl::Hours(72);
  // How far a time that a caller gives may be ahead of ours.
  absl::Duration clock_tolerance = absl::Minutes(5);
  // Days between two visits to an account by its tier, in the order of Tier: none, STRATEGIC, A, B, C.
  std::array<int, kTiers> visit_interval_days = {180, 30, 60, 90, 180};
  // How long after its planned end an approved visit may still begin; later it is another visit.
  absl::Duration visit_late = absl::Hours(24);
  // How long after its planned end a visit may still be approved, so that it is put down with its own time.
  absl::Duration visit_backdating = absl::Hours(24 * 7);
  // How long after its end what was reported of a visit may be corrected.
  absl::Duration visit_correction_time = absl::Hours(24 * 7);
  // How many days ahead due visits are put down, how many in one transaction, and as what.
  int visit_proposal_horizon_days = 14;
  int visit_proposals_max = 100;
  std::string visit_proposal_purpose = "定期走访";
  // Day of the next month by whose end the monthly report of visits is due, and whose roles owe one.
  int visit_report_due_day = 5;
  std::vector<std::string> visit_report_roles = {"KAX", "BD"};
  // Working time for the answer to a problem, to an opinion, and until the next superior is asked.
  absl::Duration problem_answer_time = absl::Hours(16);
  absl::Duration opinion_answer_time = absl::Hours(24);
  absl::Duration escalation_interval = absl::Hours(8);
  // Working time until an opinion that was recorded is passed on, and until the customer is told the answer.
  absl::Duration opinion_route = absl::Hours(8);
  absl::Duration opinion_tell = absl::Hours(16);
  // Weekday by whose end the weekly report on sales and market is due, and whose roles owe one (P-13).
  absl::Weekday weekly_report_due = absl::Weekday::saturday;
  std::vector<std::string> weekly_report_roles = {"KAX", "BD"};
  // How long a record of a communication may be corrected.
  absl::Duration communication_correction_time = absl::Hours(48);
  // Roles that carry a recorder on working days, and days after which its copy is late.
  std::vector<std::string> recorder_roles = {"KAX"};
  int recorder_copy_days = 0;
  // Days for which market information counts as current, in the order of MarketCategory, none first.
  std::array<int, kMarketCategories> market_valid_days = {90, 180, 365, 90, 90, 30, 180};
  // Roles whose superiors see to it that they collect: they are counted also with nothing.
  std::vector<std::string> contribution_roles = {"KAX", "BD"};
  // Months until a customer is trained again, in the order of ProductUsage, none first.
  std::array<int, kUsages> training_months = {6, 3, 6, 12};
  // Roles of those with whom a plan of visits is drawn up.
  std::vector<std::string> joint_plan_roles = {"SM", "GAM"};
  // a campaign begins when a department of a holder of each of these was told of it; of a role that nobody holds
  // none is.
  std::vector<std::string> campaign_notice_roles = {"SM", "SVM", "CSM"};
  // Rights that administer rights: a role with one of them is privileged (rules/role_rules.h).
  std::vector<std::string> privileged_permissions = {"role_grant.write", "employee.write", "employee.import",
                                                     "employee.role.confirm"};
  // ---- Work
  // Longest use of a shared resource that can be booked (G-24).
  absl::Duration booking_max = absl::Hours(24 * 14);
  // Time for the answer to a coordination request (G-12).
  absl::Duration coordination_answer = absl::Hours(48);
  // Days for the answer to a suggestion or finding (G-23).
  int improvement_answer_days = 7;
  // People at the reception desk at a time, at least (F-12).
  int reception_min = 2;
  // Most hours in the work log of a day (G-10).
  int work_hours_max = 16;
  // Days after the end of its period in which a log or summary is handed in, after the begin for a plan (G-10).
  int work_report_grace_days = 1;
  // Roles that owe a log of each day, a plan of each week, a summary of each month (G-10, P-03, P-08, P-14, P-17,
  // P-27).
  std::vector<std::string> day_log_roles = {"KAX", "BD", "SM"};
  std::vector<std::string> week_plan_roles = {"KAX"};
  std::vector<std::string> month_summary_roles = {"KAPM", "SA"};
  // Days after the first working day in which new staff have passed their first training, and how long the list of
  // those who have not looks back (G-14).
  int onboarding_days = 14;
  int onboarding_watch_days = 180;
  // Days for which a notification is kept once it was read, and at all (G-22).
  int notification_read_days = 90;
  int notification_days = 365;
  // Days between two reminders of a leave that is over and was never returned from (G-06, G-22).
  int leave_return_reminder_days = 1;
  // Reminders of it, after which the personnel department is told and nobody is reminded any more.
  int leave_return_reminders = 30;
  // ----

  // Most people in a reporting subtree; it travels in every token.
  int team_max = 1000;
  // Days for which those above still reach what somebody who has left did (G-03).
  int team_left_days = 365;

  // ---- Pipeline.
  // Fields of Lead, by path, that the visitor form may not leave blank.
  std::vector<std::string> visitor_form_fields = {"display_name", "channel", "need"};
  // Working days of the week from Monday, and their hours in minutes of the day, before the first working calendar.
  std::array<bool, kWeekdays> workdays = {true, true, true, true, true, false, false};
  int work_from_minute = 9 * 60;
  int work_to_minute = 18 * 60;
  // Prospects that a salesperson follows up on a working day (F-10).
  int follow_up_quota = 6;
  // How long after a customer came he may still be written down, and how long that time may be corrected.
  absl::Duration lead_backdating = absl::Hours(7 * 24);
  absl::Duration lead_correction = absl::Hours(24);
  // Minute of the day by which a customer who was written down has a salesperson; then the superior of whoever wrote
  // him down is told.
  int lead_assign_minute = 17 * 60;
  // Best calling window, and when the cards of the day are handed in, in minutes of the day (F-11).
  int calling_from_minute = 9 * 60 + 30;
  int calling_to_minute = 11 * 60 + 30;
  int card_hand_in_minute = 17 * 60;
  // Days until a prospect at level H, A, B, C, N is followed up again at the latest, rising.
  std::array<int, kIntentionLevels> follow_up_days = {2, 4, 7, 15, 30};
  // Days a deal may stand at each stage of the standard process; 0: no limit.
  std::array<int, kStages> stage_days = {7, 14, 14, 14, 30, 14};
  // Code of the sales process that new deals go by, once a version is released.
  std::string sales_process = "standard";
  // Working time in which a superior answers what was reported as important.
  absl::Duration matter_response = absl::Hours(9);
  // Working time until a need that was recorded is routed, and until the department answers.
  absl::Duration need_route = absl::Hours(4);
  absl::Duration need_answer = absl::Hours(27);
  // Day of the next month until whose end the quantities of a month are corrected (A-13, F-15).
  int demand_due_day = 5;
  // Score from which a solution may be a success case.
  int success_case_score = 80;
  // Roles that write solutions.
  std::vector<std::string> solution_roles = {"PS", "PSS"};
  // Roles that answer for the effect of a new product.
  std::vector<std::string> product_roles = {"KAM", "KAPM"};
  // How long before a deadline of a tender it is reminded of.
  absl::Duration tender_reminder = absl::Hours(24 * 3);
  // How long after it was handed in a bid may still be put down as handed in then.
  absl::Duration tender_record_late = absl::Hours(24 * 3);
  // How old a customer who drives is at least; who did not tell his age shows his licence.
  int test_drive_age_min = 18;
  // Longest test drive, and how much before its time it may begin.
  absl::Duration test_drive_max = absl::Hours(4);
  absl::Duration test_drive_early = absl::Minutes(30);
  // Most points for one referral.
  int referral_points_max = 10'000;
  // Months of a year of which the manufacturer is told what became of the referrals, a part of twelve; 0: never.
  int referral_report_months = 1;
  // Days in which a deal that was won or lost by mistake is taken up again.
  int opportunity_reopen_days = 30;
  // Days in which a value-added product that was sold or declined by mistake is taken up again.
  int cross_sell_reopen_days = 30;
  // Days in which a quantity that was reported after the last day of its month is corrected.
  int demand_correction_days = 2;
  // Roles that hand in follow-up cards on working days.
  std::vector<std::string> follow_up_roles = {"KAX", "BD"};
  // ---- People
  // Leave up to so many half days is decided by the manager in charge (F-01, G-06).
  int leave_short_half_days = 2;
  // Days from first to last of one request.
  int leave_days_max = 366;
  // Days that a request for sick leave may come after its first day.
  int leave_sick_backdating_days = 3;
  // People a post is for when nobody says otherwise: specialist posts, and each other post of a department (F-25).
  int establishment_of_specialists = 3;
  int establishment_of_posts = 1;
  std::vector<std::string> specialist_roles = {"KAX", "BD", "PS", "AS", "ASP"};
  // Days from the begin of a period in which targets that are set may be changed (G-15).
  int assessment_target_days = 10;
  // Posts of team leaders: the department manager decides who has them.
  std::vector<std::string> team_leader_roles = {"BDS", "PSS", "ASS"};
  // Important matters (G-05, R-24): what needs the instruction of the operations director, or of those to whom he
  // answers, before it is done. What takes a customer of the highest tier from its owner, ends its file or lowers it;
  // and for budgets of campaigns, which are approved in the department, that of somebody who approves those of the
  // whole company.
  std::vector<ImportantVerb> important_verbs = {
      {"kam.account.v1.AccountService/CloseAccount", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountService/ArchiveAccount", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountService/TransferOwner", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountService/ReleaseOwner", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountMergeService/ApproveAccountMerge", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountService/ConfirmAccountTier", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountEvaluationService/ConfirmAccountEvaluation", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountHandoverService/StartAccountHandover", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.AccountHandoverService/StartLeaverHandovers", "STRATEGIC", "", "", {"OD", "DGM", "GM"}},
      {"kam.account.v1.CampaignService/ApproveCampaignBudget",
       "",
       "500000",
       "CNY",
       {"OD", "SD", "MD", "FD", "DGM", "GM"}},
  };
  // Days from the approval within which what was instructed is done.
  int instruction_valid_days = 30;

  // INVALID_ARGUMENT naming every figure that cannot be.
  absl::Status Validate() const;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_POLICY_H_
