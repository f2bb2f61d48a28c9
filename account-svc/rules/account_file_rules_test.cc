#include "account-svc/rules/account_file_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/classification_rules.h"
#include "account-svc/rules/proto_time.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_classification.pb.h"
#include "kam/account/v1/account_file.pb.h"
#include "kam/account/v1/account_service.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);
constexpr char kToday[] = "2026-02-02";

v1::AccountFileCheck Check(const std::vector<std::pair<std::string, v1::FileVerdict>>& items) {
  v1::AccountFileCheck check;
  check.set_account("accounts/a");
  for (const auto& [field, verdict] : items) {
    v1::FileCheckItem* item = check.add_items();
    item->set_field(field);
    item->set_verdict(verdict);
  }
  return check;
}

v1::Account Owned() {
  v1::Account account;
  account.set_name("accounts/a");
  account.set_owner("employees/owner");
  account.add_co_owners("employees/partner");
  account.set_updater("employees/clerk");
  return account;
}

// who is judged by a check does not make it.
TEST(FileCheckTest, OwnerPartnerAndLastUpdaterDoNotCheck) {
  for (const char* who : {"employees/owner", "employees/partner", "employees/clerk"}) {
    v1::AccountFileCheck check = Check({{"phone", v1::FILE_VERDICT_CORRECT}});
    EXPECT_THAT(CompleteCheck(Owned(), who, kToday, kNow, &check), HasReason("SEPARATION_OF_DUTIES")) << who;
  }
}

//
TEST(FileCheckTest, FaultsAreCountedAndTakeADay) {
  v1::AccountFileCheck clean = Check({{"phone", v1::FILE_VERDICT_CORRECT}, {"address.city", v1::FILE_VERDICT_CORRECT}});
  ASSERT_THAT(CompleteCheck(Owned(), "employees/boss", kToday, kNow, &clean), IsOk());
  EXPECT_EQ(clean.state(), v1::FILE_CHECK_STATE_RESOLVED);
  EXPECT_EQ(clean.fields_checked(), 2);
  EXPECT_EQ(clean.fields_wrong(), 0);
  EXPECT_EQ(clean.responsible(), "employees/owner");

  v1::AccountFileCheck faulty = Check({{"phone", v1::FILE_VERDICT_WRONG},
                                       {"email", v1::FILE_VERDICT_MISSING},
                                       {"website", v1::FILE_VERDICT_OUTDATED},
                                       {"region", v1::FILE_VERDICT_CORRECT}});
  EXPECT_THAT(CompleteCheck(Owned(), "employees/boss", kToday, kNow, &faulty), HasReason("DUE_DATE_REQUIRED"));
  faulty.set_due_date("2026-02-01");
  EXPECT_THAT(CompleteCheck(Owned(), "employees/boss", kToday, kNow, &faulty), HasReason("DATE_IN_PAST"));
  faulty.set_due_date(kToday);
  ASSERT_THAT(CompleteCheck(Owned(), "employees/boss", kToday, kNow, &faulty), IsOk());
  EXPECT_EQ(faulty.state(), v1::FILE_CHECK_STATE_OPEN);
  EXPECT_EQ(faulty.fields_wrong(), 3);
}

//
TEST(FileCheckTest, OnlyFieldsOfAnAccountAndEachOnce) {
  v1::AccountFileCheck unknown = Check({{"colour", v1::FILE_VERDICT_CORRECT}});
  const auto refused = CompleteCheck(Owned(), "employees/boss", kToday, kNow, &unknown);
  EXPECT_THAT(refused, HasReason("FIELD_VALUE_UNKNOWN"));
  EXPECT_THAT(refused, NamesField("account_file_check.items[0].field"));
  v1::AccountFileCheck twice = Check({{"phone", v1::FILE_VERDICT_CORRECT}, {"phone", v1::FILE_VERDICT_WRONG}});
  EXPECT_THAT(CompleteCheck(Owned(), "employees/boss", kToday, kNow, &twice), HasReason("FIELD_REPEATED"));
}

// a fault is put right by a change of the field, not by words.
TEST(FileCheckTest, ResolvedOnlyWhenEveryFaultyFieldWasChanged) {
  v1::AccountFileCheck check = Check({{"phone", v1::FILE_VERDICT_WRONG},
                                      {"address.city", v1::FILE_VERDICT_OUTDATED},
                                      {"region", v1::FILE_VERDICT_CORRECT}});
  const auto open = ResolveCheck({"phone"}, "employees/owner", "已更正", kNow, &check);
  EXPECT_THAT(open, HasReason("FILE_NOT_CORRECTED"));
  EXPECT_EQ(MetadataValue(open, "fields"), "address.city");
  ASSERT_THAT(ResolveCheck({"phone", "address"}, "employees/owner", "已更正", kNow, &check), IsOk());
  EXPECT_EQ(check.resolver(), "employees/owner");
}

//
TEST(FreshnessTest, DaysByTierAreThoseOfThePolicy) {
  Policy policy;
  policy.file_fresh_days = {1, 2, 3, 4, 5};
  EXPECT_EQ(AllowedDays(v1::TIER_UNSPECIFIED, policy), 1);
  EXPECT_EQ(AllowedDays(v1::TIER_STRATEGIC, policy), 2);
  EXPECT_EQ(AllowedDays(v1::TIER_A, policy), 3);
  EXPECT_EQ(AllowedDays(v1::TIER_B, policy), 4);
  EXPECT_EQ(AllowedDays(v1::TIER_C, policy), 5);
}

// a file counts when its time is over or it was handed in; it is filed when that was in time.
TEST(FilingTest, InTimeLateAndStillOpen) {
  Policy policy;
  policy.filing_days = 7;
  const absl::Time opened = kNow;
  const absl::Duration day = absl::Hours(24);
  const auto at = [&](int days) { return opened + days * day; };
  EXPECT_FALSE(FilingOf(opened, std::nullopt, at(7), policy).counts);
  EXPECT_TRUE(FilingOf(opened, std::nullopt, at(7) + absl::Seconds(1), policy).counts);
  EXPECT_FALSE(FilingOf(opened, std::nullopt, at(8), policy).filed);
  EXPECT_TRUE(FilingOf(opened, at(7), at(7), policy).filed);
  const Filing late = FilingOf(opened, at(7) + absl::Seconds(1), at(9), policy);
  EXPECT_TRUE(late.counts);
  EXPECT_FALSE(late.filed);
}

//
TEST(RateTest, PercentIsExactAndNothingOfNothing) {
  EXPECT_EQ(*Percent(2, 3), "66.6667");
  EXPECT_EQ(*Percent(0, 3), "0");
  EXPECT_EQ(*Percent(3, 3), "100");
  EXPECT_EQ(*Percent(0, 0), std::nullopt);
  EXPECT_TRUE(*Reaches("66.6667", "66.6667"));
  EXPECT_FALSE(*Reaches("66.6666", "66.6667"));
}

// the nearest department's target holds, on its days.
TEST(TargetTest, NearestDepartmentOfTheDay) {
  const std::vector<FileTarget> targets = {{"", "2026-01-01", "2026-12-31", "90", "95"},
                                           {"/d1/", "2026-01-01", "2026-06-30", "92", "96"},
                                           {"/d1/d2/", "2026-01-01", "2026-06-30", "94", "97"}};
  EXPECT_EQ(TargetOf(targets, "/d1/d2/", "2026-03-01")->filing_rate, "94");
  EXPECT_EQ(TargetOf(targets, "/d1/d3/", "2026-03-01")->filing_rate, "92");
  EXPECT_EQ(TargetOf(targets, "/d1/d2/", "2026-07-01")->filing_rate, "90");
  EXPECT_EQ(TargetOf(targets, "", "2026-07-01")->filing_rate, "90");
  EXPECT_EQ(TargetOf(targets, "", "2027-01-01"), nullptr);
}

//
TEST(TargetTest, OfOneDepartmentDoNotOverlap) {
  v1::AccountFileTarget first;
  first.set_name("accountFileTargets/1");
  first.set_department("departments/d");
  first.set_from_date("2026-01-01");
  first.set_to_date("2026-06-30");
  v1::AccountFileTarget second = first;
  second.set_name("accountFileTargets/2");
  second.set_from_date("2026-06-30");
  second.set_to_date("2026-12-31");
  EXPECT_THAT(CheckTarget(second, {first}), HasReason("TARGET_OVERLAP"));
  second.set_from_date("2026-07-01");
  EXPECT_THAT(CheckTarget(second, {first}), IsOk());
  EXPECT_THAT(CheckTarget(first, {first}), IsOk());
  second.set_from_date("2026-03-01");
  second.set_department("departments/e");
  EXPECT_THAT(CheckTarget(second, {first}), IsOk());
  second.set_to_date("2026-02-01");
  EXPECT_THAT(CheckTarget(second, {}), HasReason("PERIOD_INVALID"));
}

// a file that was given back says what for, and does not come again without it.
TEST(ReturnTest, WhatAFileWasGivenBackForIsSupplied) {
  v1::Account account;
  account.set_name("accounts/a");
  account.set_phone("021-1");
  EXPECT_THAT(Return("不全", {"colour"}, &account), NamesField("missing[0]"));
  ASSERT_THAT(Return("不全", {"phone", "address.city", "contacts", "phone"}, &account), IsOk());
  EXPECT_EQ(account.verification().returned_fields(), "phone address.city contacts");
  const auto refused = Submit({}, "employees/a", kNow, &account);
  EXPECT_THAT(refused, HasReason("RETURNED_FIELDS_UNCHANGED"));
  EXPECT_EQ(MetadataValue(refused, "fields"), "phone address.city contacts");
  v1::Account after = account;
  after.set_phone("021-2");
  NoteSupplied(account, &after);
  EXPECT_EQ(after.verification().returned_fields(), "address.city contacts");
  NoteSupplied("contacts", &after);
  account = after;
  after.mutable_address()->set_city("上海");
  NoteSupplied(account, &after);
  EXPECT_EQ(after.verification().returned_fields(), "");
  EXPECT_THAT(Submit({}, "employees/a", kNow, &after), IsOk());
  const auto first = after.verification().first_submit_time();
  EXPECT_THAT(Submit({}, "employees/a", kNow + absl::Hours(1), &after), IsOk());
  EXPECT_EQ(FromTimestamp(after.verification().first_submit_time()), FromTimestamp(first));
}

// whom nothing new is promised to, and who can change that.
TEST(StandingTest, NamesEverythingInTheWay) {
  const auto reasons = [](const v1::Account& account) {
    v1::AccountStanding standing;
    FillStanding(account, &standing);
    std::vector<std::string> found;
    for (const v1::StandingBlocker& blocker : standing.blockers()) found.push_back(blocker.reason());
    EXPECT_EQ(standing.new_business_allowed(), found.empty());
    return found;
  };
  v1::Account account;
  account.set_state(v1::ACCOUNT_STATE_SUBMITTED);
  EXPECT_THAT(reasons(account), ::testing::ElementsAre("ACCOUNT_NOT_VERIFIED", "OWNER_REQUIRED"));
  account.set_state(v1::ACCOUNT_STATE_VERIFIED);
  account.set_owner("employees/o");
  EXPECT_THAT(reasons(account), ::testing::IsEmpty());
  account.mutable_verification()->set_state(v1::VERIFICATION_STATE_CHANGED);
  EXPECT_THAT(reasons(account), ::testing::ElementsAre("REVERIFICATION_REQUIRED"));
  account.Clear();
  account.set_state(v1::ACCOUNT_STATE_CLOSED);
  EXPECT_THAT(reasons(account), ::testing::ElementsAre("ACCOUNT_CLOSED"));
}

// from VERIFIED on the classification is set by few; every field of it is frozen for the others.
TEST(ClassificationTest, FrozenFieldByFieldOnceVerified) {
  v1::Account before;
  before.set_name("accounts/a");
  before.set_segment(v1::SEGMENT_BANK);
  before.set_region("华东");
  std::vector<std::pair<std::string, v1::Account>> changed;
  const auto add = [&](const std::string& field, auto change) {
    changed.emplace_back(field, before);
    change(&changed.back().second);
  };
  add("account.segment", [](v1::Account* a) { a->set_segment(v1::SEGMENT_OEM); });
  add("account.vip", [](v1::Account* a) { a->set_vip(true); });
  add("account.excluded", [](v1::Account* a) { a->set_excluded(true); });
  add("account.region", [](v1::Account* a) { a->set_region("华北"); });
  add("account.industry", [](v1::Account* a) { a->set_industry("银行"); });
  add("account.parent", [](v1::Account* a) { a->set_parent("accounts/p"); });
  for (const auto& [field, after] : changed) {
    for (const v1::AccountState state : {v1::ACCOUNT_STATE_DRAFT, v1::ACCOUNT_STATE_SUBMITTED}) {
      before.set_state(state);
      const auto draft = CheckClassification(before, after, false);
      const bool flag = field == "account.vip" || field == "account.excluded";
      EXPECT_EQ(draft.ok(), !flag) << field << ": a flag is set by those who classify, also in a draft";
      EXPECT_THAT(CheckClassification(before, after, true), IsOk()) << field;
    }
    for (const v1::AccountState state :
         {v1::ACCOUNT_STATE_VERIFIED, v1::ACCOUNT_STATE_ACTIVE, v1::ACCOUNT_STATE_DORMANT, v1::ACCOUNT_STATE_LOST}) {
      before.set_state(state);
      const auto refused = CheckClassification(before, after, false);
      EXPECT_THAT(refused, HasReason("CLASSIFICATION_FROZEN")) << field;
      EXPECT_EQ(MetadataValue(refused, "field"), field);
      EXPECT_EQ(MetadataValue(refused, "permission"), "account.classify");
      EXPECT_THAT(CheckClassification(before, after, true), IsOk()) << field;
    }
  }
}

// a proposal says something new, and never decides on itself.
TEST(ClassificationTest, ProposalsChangeSomethingAndAreDecidedByAnother) {
  v1::Account account;
  account.set_vip(true);
  account.set_region("华东");
  v1::AccountProposal proposal;
  EXPECT_THAT(CheckProposal(proposal, account), HasReason("PROPOSAL_EMPTY"));
  proposal.set_vip(v1::PROPOSED_FLAG_SET);
  proposal.set_region("华东");
  EXPECT_THAT(CheckProposal(proposal, account), HasReason("PROPOSAL_EMPTY"));
  proposal.set_vip(v1::PROPOSED_FLAG_CLEAR);
  proposal.set_excluded(v1::PROPOSED_FLAG_SET);
  EXPECT_THAT(CheckProposal(proposal, account), IsOk());
  ApplyProposal(proposal, &account);
  EXPECT_FALSE(account.vip());
  EXPECT_TRUE(account.excluded());
  proposal.set_proposer("employees/p");
  EXPECT_THAT(Decide("employees/p", "", kNow, &proposal), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Decide("employees/q", "同意", kNow, &proposal), IsOk());
  EXPECT_EQ(proposal.decider(), "employees/q");
  EXPECT_THAT(Withdraw("employees/q", kNow, &proposal), HasReason("NOT_THE_PROPOSER"));
  EXPECT_THAT(Withdraw("employees/p", kNow, &proposal), IsOk());
}

}  // namespace
}  // namespace kam::account::rules
