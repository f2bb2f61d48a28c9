// Reports of firms, over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/claim_fixture.h"
#include "common/mysql/migrate.h"
#include "common/testing/mariadb.h"
#include "kam/account/v1/account_merge_service.pb.h"
#include "kam/account/v1/lead_service.pb.h"
#include "kam/account/v1/work_dispute_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;
using v1::Account;
using v1::AccountOwnership;

class ReportTest : public ClaimTest {
 protected:
  // The only report of the account.
  AccountOwnership Report(const std::string& account) {
    const std::vector<AccountOwnership> rows = Reports(account);
    EXPECT_EQ(rows.size(), 1u);
    return rows.empty() ? AccountOwnership() : rows[0];
  }
  void Verify(const auth::Principal& maker, const std::string& account) {
    world_.AddContact(gam_, account);
    v1::SubmitAccountRequest submit;
    submit.set_name(account);
    const auto submitted = world_.Call<Account>(maker, Method("SubmitAccount"), submit);
    ASSERT_THAT(submitted, IsOk());
    v1::VerifyAccountRequest verify;
    verify.set_name(account);
    verify.set_evidence("营业执照");
    verify.set_etag(submitted->etag());
    ASSERT_THAT(world_.Call<Account>(gam_, Method("VerifyAccount"), verify), IsOk());
  }
  absl::StatusOr<Account> Assign(const std::string& account, const std::string& employee, v1::OwnershipKind kind) {
    v1::AssignOwnerRequest request;
    request.set_name(account);
    request.set_employee(employee);
    request.set_kind(kind);
    request.set_reason("分派");
    return world_.Call<Account>(gam_, Method("AssignOwner"), request);
  }
  absl::StatusOr<Account> ReleaseReport(const auth::Principal& who, const std::string& account,
                                        const std::string& reporter) {
    v1::ReleaseOwnerRequest request;
    request.set_name(account);
    request.set_kind(v1::OWNERSHIP_KIND_REPORTED);
    request.set_employee(reporter);
    request.set_reason("客户不买车");
    request.set_evidence("电话记录");
    return world_.Call<Account>(who, Method("ReleaseOwner"), request);
  }
  // Whether the account is in the pool that the caller is shown.
  bool InPool(const auth::Principal& who, const std::string& account, v1::Tier tier = v1::TIER_UNSPECIFIED) {
    v1::ListClaimableAccountsRequest request;
    request.set_page_size(200);
    request.set_tier(tier);
    do {
      const auto page = world_.Call<v1::ListClaimableAccountsResponse>(who, Method("ListClaimableAccounts"), request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return false;
      for (const v1::ClaimableAccount& one : page->accounts()) {
        if (one.account() == account) return true;
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return false;
  }
  // Proposed by an account manager, approved by his superior.
  absl::StatusOr<v1::AccountMerge> Merge(const std::string& account, const std::string& duplicate) {
    const auth::Principal kam = world_.As(world_.AddEmployee("KAM", department_.name(), {head_.name()}), "KAM");
    const std::string service = "kam.account.v1.AccountMergeService/";
    v1::CreateAccountMergeRequest propose;
    propose.mutable_account_merge()->set_account(account);
    propose.mutable_account_merge()->set_duplicate(duplicate);
    propose.mutable_account_merge()->set_merge_reason("同一单位");
    propose.mutable_account_merge()->set_evidence("营业执照");
    ASSIGN_OR_RETURN(const v1::AccountMerge proposed,
                     world_.Call<v1::AccountMerge>(kam, service + "CreateAccountMerge", propose));
    v1::ApproveAccountMergeRequest approve;
    approve.set_name(proposed.name());
    approve.set_etag(proposed.etag());
    approve.set_decision("同意");
    return world_.Call<v1::AccountMerge>(gam_, service + "ApproveAccountMerge", approve);
  }
  absl::StatusOr<v1::AccountMerge> Undo(const v1::AccountMerge& merged) {
    v1::UndoAccountMergeRequest undo;
    undo.set_name(merged.name());
    undo.set_etag(merged.etag());
    undo.set_reason("并非同一单位");
    return world_.Call<v1::AccountMerge>(gam_, "kam.account.v1.AccountMergeService/UndoAccountMerge", undo);
  }
  std::string DayText(int day) const {
    return absl::FormatTime(absl::RFC3339_sec, start_ + absl::Hours(24) * day, absl::UTCTimeZone());
  }
};

// A-07, G28: whoever reported a firm may claim it first until the day, also once its file is verified; who asks learns
// the day and no name.
TEST_F(ReportTest, TheReporterClaimsFirstAlsoOnceTheFileIsVerified) {
  const Account made = world_.AddAccount(kax_);
  const AccountOwnership report = Report(made.name());
  EXPECT_EQ(report.employee(), seller_.name());
  EXPECT_EQ(report.state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(report.origin(), v1::OWNERSHIP_ORIGIN_REPORTED);
  EXPECT_EQ(report.region(), made.region());
  EXPECT_EQ(report.evidence(), "source: VISIT");
  EXPECT_EQ(absl::FromUnixSeconds(report.protected_until().seconds()),
            start_ + absl::Hours(24) * TestPolicy().draft_protection_days);
  Verify(kax_, made.name());
  const auto refused = Claim(kax2_, made.name());
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(MetadataValue(refused.status(), "claimableAfter"), DayText(30));
  v1::CheckDuplicateRequest ask;
  ask.set_legal_name(made.legal_name());
  const auto answer = world_.Call<v1::CheckDuplicateResponse>(kax2_, Method("CheckDuplicate"), ask);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->result(), v1::DUPLICATE_RESULT_EXISTS);
  EXPECT_EQ(absl::FromUnixSeconds(answer->claimable_after().seconds()), start_ + absl::Hours(24) * 30);
  EXPECT_THAT(answer->DebugString(), Not(HasSubstr(seller_.name())));
  EXPECT_FALSE(InPool(kax2_, made.name()));
  EXPECT_TRUE(InPool(kax_, made.name()));
  GoTo(16);
  GoTo(27);
  EXPECT_EQ(Notices(kax_, made.name()), "RELEASE_AHEAD RELEASE_AHEAD");
  EXPECT_THAT(Claim(kax2_, made.name()), HasReason("ACCOUNT_PROTECTED"));
  GoTo(30);
  EXPECT_EQ(Notices(kax_, made.name()), "RELEASE_AHEAD RELEASE_AHEAD RELEASED");
  EXPECT_EQ(Report(made.name()).state(), v1::OWNERSHIP_STATE_EXPIRED);
  EXPECT_TRUE(InPool(kax2_, made.name()));
  EXPECT_THAT(Claim(kax2_, made.name()), IsOk());
}

// a report ends with what it was for, or with what a superior decides, and holds nobody's place among owners.
TEST_F(ReportTest, AReportEndsByClaimAssignmentReleaseAndClosing) {
  const std::string claimed = world_.AddAccount(kax_).name();
  ASSERT_THAT(Claim(kax_, claimed), IsOk());
  EXPECT_EQ(Report(claimed).state(), v1::OWNERSHIP_STATE_TRANSFERRED);
  EXPECT_EQ(Report(claimed).successor(), Rows(claimed)[0].name());

  const std::string assigned = world_.AddAccount(kax_).name();
  EXPECT_THAT(Assign(assigned, other_.name(), v1::OWNERSHIP_KIND_REPORTED), HasReason("REPORT_NOT_ASSIGNED"));
  ASSERT_THAT(Assign(assigned, other_.name(), v1::OWNERSHIP_KIND_CO_OWNER), IsOk());
  EXPECT_EQ(Report(assigned).state(), v1::OWNERSHIP_STATE_ACTIVE) << "a co-owner takes nothing from the reporter";
  ASSERT_THAT(Assign(assigned, other_.name(), v1::OWNERSHIP_KIND_OWNER), IsOk());
  EXPECT_EQ(Report(assigned).state(), v1::OWNERSHIP_STATE_TRANSFERRED);

  const std::string kept = world_.AddAccount(kax_).name();
  ASSERT_THAT(Assign(kept, other_.name(), v1::OWNERSHIP_KIND_PROTECTED), IsOk());
  EXPECT_EQ(Report(kept).state(), v1::OWNERSHIP_STATE_TRANSFERRED);
  EXPECT_THAT(Claim(kax_, kept), HasReason("ACCOUNT_PROTECTED"));

  const std::string released = world_.AddAccount(kax_).name();
  EXPECT_THAT(ReleaseReport(kax2_, released, seller_.name()), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(ReleaseReport(kax_, released, seller_.name()), IsOk());
  EXPECT_EQ(Report(released).state(), v1::OWNERSHIP_STATE_RELEASED);
  EXPECT_EQ(Report(released).end_evidence(), "电话记录");
  EXPECT_THAT(Claim(kax2_, released), IsOk());

  const std::string closed = world_.AddAccount(kax_).name();
  v1::CloseAccountRequest close;
  close.set_name(closed);
  close.set_reason("录错");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
  EXPECT_EQ(Report(closed).state(), v1::OWNERSHIP_STATE_RELEASED);
}

// reports take no place of an account owned, and have a cap of their own; those of an import do not count.
TEST_F(ReportTest, OpenReportsHaveACapOfTheirOwn) {
  const std::string first = world_.AddAccount(kax_).name();
  for (int i = 0; i < TestPolicy().holdings_max; ++i) world_.AddAccount(kax_);
  world_.harness().db().Execute(absl::StrCat(
      "INSERT INTO account_ownerships (id, version, create_time, update_time, creator, updater, account, employee, "
      "kind, state, since_time, protected_until, origin) SELECT CONCAT(LEFT(o.id, 16), LPAD(s.seq, 10, '0')), 1, "
      "o.create_time, o.update_time, o.creator, o.updater, o.account, o.employee, o.kind, o.state, o.since_time, "
      "o.protected_until, o.origin FROM account_ownerships o JOIN seq_1_to_",
      TestPolicy().open_reports_max - TestPolicy().holdings_max - 1, " s WHERE o.account = '", IdOf(first), "'"));
  const auto refused = world_.CreateAccount(kax_, world_.CompleteDraft());
  EXPECT_THAT(refused, HasReason("REPORT_CAP_REACHED"));
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), absl::StrCat(TestPolicy().open_reports_max));
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE account_ownerships SET origin = 'IMPORTED' WHERE kind = 'REPORTED' AND account = '", IdOf(first), "'"));
  EXPECT_THAT(world_.CreateAccount(kax_, world_.CompleteDraft()), IsOk());
  world_.harness().db().Execute(
      absl::StrCat("DELETE FROM account_ownerships WHERE account = '", IdOf(first), "' AND kind = 'REPORTED'"));
}

// an imported draft is its maker's, one with an owner is nobody's report.
TEST_F(ReportTest, AnImportReportsDraftsOfAPerson) {
  const auth::Principal importer = world_.As(head_, "ERP");
  v1::BatchUpsertAccountsRequest request;
  for (const bool owned : {false, true}) {
    Account& row = *request.add_accounts();
    row = world_.CompleteDraft();
    row.add_external_ids()->set_system("old-crm");
    row.mutable_external_ids(0)->set_id(absl::StrCat(IdOf(seller_.name()), owned));
    if (owned) row.set_owner(seller_.name());
  }
  const auto result = world_.Call<kam::api::BatchUpsertResponse>(importer, Method("BatchUpsertAccounts"), request);
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(result->results(0).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
  const AccountOwnership report = Report(result->results(0).name());
  EXPECT_EQ(report.employee(), head_.name());
  EXPECT_EQ(report.origin(), v1::OWNERSHIP_ORIGIN_IMPORTED);
  ASSERT_EQ(result->results(1).outcome(), kam::api::UPSERT_OUTCOME_CREATED) << result->DebugString();
  EXPECT_TRUE(Reports(result->results(1).name()).empty());
}

// what a clerk has typed in is there for the sellers once it is verified.
TEST_F(ReportTest, AClerksReportEndsWithTheVerification) {
  const auth::Principal clerk = world_.As(world_.AddEmployee("KAA", department_.name(), {head_.name()}), "KAA");
  const std::string account = world_.AddAccount(clerk).name();
  EXPECT_THAT(Claim(kax_, account), HasReason("ACCOUNT_PROTECTED"));
  Verify(clerk, account);
  EXPECT_EQ(Report(account).state(), v1::OWNERSHIP_STATE_RELEASED);
  EXPECT_THAT(Claim(kax_, account), IsOk());
}

// a file of before gets its report once after the upgrade, of the day it was made; until then a claim counts with
// it.
TEST_F(ReportTest, FilesOfBeforeGetTheirReports) {
  const Account made = world_.AddAccount(kax_);
  world_.harness().db().Execute(
      absl::StrCat("DELETE FROM account_ownerships WHERE account = '", IdOf(made.name()), "'"));
  world_.harness().clock().Set(start_ + absl::Hours(24));
  const auto refused = Claim(kax2_, made.name());
  EXPECT_THAT(refused, HasReason("ACCOUNT_PROTECTED"));
  EXPECT_EQ(MetadataValue(refused.status(), "claimableAfter"), DayText(30));
  EXPECT_TRUE(Reports(made.name()).empty());
  world_.harness().db().Execute(
      "INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES "
      "('00000000000000000000000154', 'ownership.reports', 'accounts/-', 'ownership.reports|accounts/-', '2026-01-01', "
      "'2026-01-01')");
  world_.RunDue();
  const AccountOwnership report = Report(made.name());
  EXPECT_EQ(report.employee(), seller_.name());
  EXPECT_EQ(report.since().seconds(), made.create_time().seconds());
  EXPECT_EQ(absl::FromUnixSeconds(report.protected_until().seconds()), start_ + absl::Hours(24) * 30);
}

// a report does not keep a file from the archive, and goes on until its day when the file comes back.
TEST_F(ReportTest, AReportOutlastsTheArchive) {
  const std::string account = world_.AddAccount(kax_).name();
  kam::api::ArchiveRequest archive;
  archive.set_name(account);
  ASSERT_THAT(world_.Call<Account>(gam_, Method("ArchiveAccount"), archive), IsOk());
  GoTo(31);
  kam::api::RestoreRequest restore;
  restore.set_name(account);
  ASSERT_THAT(world_.Call<Account>(gam_, Method("RestoreAccount"), restore), IsOk());
  world_.RunDue();
  EXPECT_EQ(Report(account).state(), v1::OWNERSHIP_STATE_EXPIRED);
}

// G-09, A-07: who was there first is decided by the common superior also before anybody owns the account.
TEST_F(ReportTest, AReportIsDisputed) {
  const std::string account = world_.AddAccount(kax_).name();
  v1::OpenWorkDisputeRequest open;
  open.mutable_work_dispute()->set_subject(v1::DISPUTE_SUBJECT_OWNERSHIP);
  open.mutable_work_dispute()->set_account(account);
  open.mutable_work_dispute()->set_demand("我先接触的客户");
  open.mutable_work_dispute()->set_evidence("拜访记录");
  const std::string service = "kam.account.v1.WorkDisputeService/";
  const auto opened = world_.Call<v1::WorkDispute>(kax2_, service + "OpenWorkDispute", open);
  ASSERT_THAT(opened, IsOk());
  EXPECT_TRUE(opened->respondent().empty()) << "the opener learns no name";
  v1::DecideWorkDisputeRequest decide;
  decide.set_name(opened->name());
  decide.set_etag(opened->etag());
  decide.set_effect(v1::DISPUTE_EFFECT_OWNERSHIP_MOVES);
  decide.set_decision("归后者");
  ASSERT_THAT(world_.Call<v1::WorkDispute>(gam_, service + "DecideWorkDispute", decide), IsOk());
  EXPECT_EQ(Report(account).state(), v1::OWNERSHIP_STATE_TRANSFERRED);
  ASSERT_EQ(Rows(account).size(), 1u);
  EXPECT_EQ(Rows(account)[0].employee(), other_.name());
  EXPECT_EQ(Rows(account)[0].origin(), v1::OWNERSHIP_ORIGIN_DECIDED);
}

// G-09, A-07: whoever has reported a firm does not escape the decision by claiming it, by giving the report up, or by
// waiting for its day.
TEST_F(ReportTest, NobodyEscapesTheDecisionAboutAReport) {
  const auto open = [&](const std::string& account) {
    v1::OpenWorkDisputeRequest request;
    request.mutable_work_dispute()->set_subject(v1::DISPUTE_SUBJECT_OWNERSHIP);
    request.mutable_work_dispute()->set_account(account);
    request.mutable_work_dispute()->set_demand("我先接触的客户");
    request.mutable_work_dispute()->set_evidence("拜访记录");
    const auto opened =
        world_.Call<v1::WorkDispute>(kax2_, "kam.account.v1.WorkDisputeService/OpenWorkDispute", request);
    EXPECT_THAT(opened, IsOk());
    return opened.value_or(v1::WorkDispute());
  };
  const auto decide = [&](const v1::WorkDispute& dispute, v1::DisputeEffect effect) {
    kam::api::GetRequest get;
    get.set_name(dispute.name());
    v1::DecideWorkDisputeRequest request;
    request.set_name(dispute.name());
    request.set_etag(
        world_.Call<v1::WorkDispute>(gam_, "kam.account.v1.WorkDisputeService/GetWorkDispute", get)->etag());
    request.set_effect(effect);
    request.set_decision("归后者");
    return world_.Call<v1::WorkDispute>(gam_, "kam.account.v1.WorkDisputeService/DecideWorkDispute", request).status();
  };
  const auto owner = [&](const std::string& account) {
    for (const AccountOwnership& row : Rows(account)) {
      if (row.kind() == v1::OWNERSHIP_KIND_OWNER && row.state() == v1::OWNERSHIP_STATE_ACTIVE) return row.employee();
    }
    return std::string();
  };
  const std::string claimed = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_claimed = open(claimed);
  ASSERT_THAT(Claim(kax_, claimed), IsOk());
  EXPECT_THAT(decide(about_claimed, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), IsOk());
  EXPECT_EQ(owner(claimed), other_.name());

  const std::string shared = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_shared = open(shared);
  ASSERT_THAT(Claim(kax_, shared), IsOk());
  EXPECT_THAT(decide(about_shared, v1::DISPUTE_EFFECT_CO_OWNERSHIP), IsOk());
  EXPECT_EQ(owner(shared), seller_.name());

  const std::string given_up = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_given_up = open(given_up);
  ASSERT_THAT(ReleaseReport(kax_, given_up, seller_.name()), IsOk());
  EXPECT_THAT(decide(about_given_up, v1::DISPUTE_EFFECT_CO_OWNERSHIP), HasReason("DISPUTE_OWNER_CHANGED"));
  EXPECT_THAT(decide(about_given_up, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), IsOk());
  EXPECT_EQ(owner(given_up), other_.name());

  // Somebody else has it by now, or nobody can.
  const std::string assigned = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_assigned = open(assigned);
  const auto third = world_.AddEmployee("KAX", department_.name(), {head_.name()});
  ASSERT_THAT(Assign(assigned, third.name(), v1::OWNERSHIP_KIND_OWNER), IsOk());
  EXPECT_THAT(decide(about_assigned, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), HasReason("DISPUTE_OWNER_CHANGED"));
  const std::string closed = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_closed = open(closed);
  v1::CloseAccountRequest close;
  close.set_name(closed);
  close.set_reason("录错");
  ASSERT_THAT(world_.Call<Account>(gam_, Method("CloseAccount"), close), IsOk());
  EXPECT_THAT(decide(about_closed, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), HasReason("DISPUTE_OWNER_CHANGED"));

  const std::string waited = world_.AddAccount(kax_).name();
  const v1::WorkDispute about_waited = open(waited);
  GoTo(31);
  EXPECT_EQ(Report(waited).state(), v1::OWNERSHIP_STATE_EXPIRED);
  EXPECT_THAT(decide(about_waited, v1::DISPUTE_EFFECT_OWNERSHIP_MOVES), IsOk());
  EXPECT_EQ(owner(waited), other_.name());
}

// who has reported the file that goes has reported the one that stays, until the merge is undone.
TEST_F(ReportTest, AMergeCarriesTheReportAlong) {
  const std::string account = FreeAccount();
  const std::string duplicate = world_.AddAccount(kax_).name();
  const auto merged = Merge(account, duplicate);
  ASSERT_THAT(merged, IsOk());
  const AccountOwnership report = Report(account);
  EXPECT_EQ(report.employee(), seller_.name());
  EXPECT_EQ(report.state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_EQ(Report(duplicate).state(), v1::OWNERSHIP_STATE_RELEASED);
  EXPECT_EQ(Report(duplicate).successor(), report.name());
  EXPECT_EQ(report.protected_until().seconds(), Report(duplicate).protected_until().seconds());
  EXPECT_THAT(Claim(kax2_, account), HasReason("ACCOUNT_PROTECTED"));
  ASSERT_THAT(Undo(*merged), IsOk());
  EXPECT_EQ(Report(account).state(), v1::OWNERSHIP_STATE_RELEASED);
  ASSERT_EQ(Reports(duplicate).size(), 2u);
  EXPECT_EQ(Reports(duplicate)[1].state(), v1::OWNERSHIP_STATE_ACTIVE);
  EXPECT_THAT(Claim(kax2_, account), IsOk());
}

// a clerk who can claim nothing takes no admitted firm out of the pool by a file that is merged into it.
TEST_F(ReportTest, AMergeCarriesNoReportOfAClerkToAnAdmittedFile) {
  const auth::Principal clerk = world_.As(world_.AddEmployee("KAA", department_.name(), {head_.name()}), "KAA");
  const std::string admitted = FreeAccount();
  const std::string draft = world_.AddAccount(clerk).name();
  const auto merged = Merge(admitted, draft);
  ASSERT_THAT(merged, IsOk());
  EXPECT_TRUE(Reports(admitted).empty());
  EXPECT_TRUE(InPool(kax2_, admitted));
  ASSERT_THAT(Undo(*merged), IsOk());
  ASSERT_EQ(Reports(draft).size(), 2u) << "a draft is the clerk's again";
  EXPECT_EQ(Reports(draft)[1].state(), v1::OWNERSHIP_STATE_ACTIVE);
  ASSERT_THAT(Merge(admitted, draft), IsOk());
  EXPECT_THAT(Claim(kax2_, admitted), IsOk());
}

// a merge is undone although the reporter has left since; the firm is kept for nobody then.
TEST_F(ReportTest, AMergeIsUndoneThoughTheReporterHasLeft) {
  const std::string account = FreeAccount();
  const std::string duplicate = world_.AddAccount(kax_).name();
  const auto merged = Merge(account, duplicate);
  ASSERT_THAT(merged, IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE employees SET leave_date = '2026-01-04' WHERE id = '", IdOf(seller_.name()), "'"));
  EXPECT_THAT(Undo(*merged), IsOk());
  EXPECT_EQ(Report(duplicate).state(), v1::OWNERSHIP_STATE_RELEASED);
}

// what the migrations put down is put down in a schema that is in use as well: with accounts in it,
// and with the step of an earlier migration done.
TEST(ReportMigrationTest, TheStepsArePutDownInASchemaInUse) {
  testing::TempDatabase db;
  auto all = mysql::ReadMigrations("common/resource/schema");
  ASSERT_THAT(all, IsOk());
  const auto own = mysql::ReadMigrations("account-svc/schema");
  ASSERT_THAT(own, IsOk());
  all->insert(all->end(), own->begin(), own->end());
  constexpr int kBefore = 152;
  std::vector<mysql::Migration> before;
  for (const mysql::Migration& migration : *all) {
    if (migration.number <= kBefore) before.push_back(migration);
  }
  ASSERT_THAT(mysql::Migrate(db.database(), before, "test"), IsOk());
  db.Execute(
      "INSERT INTO accounts (id, version, create_time, update_time, creator, updater, legal_name, opening_date, state) "
      "VALUES ('00000000000000000000000001', 1, '2026-01-01', '2026-01-01', 'x', 'x', '甲', '2026-01-01', 'DRAFT')");
  db.Execute("UPDATE due_items SET done_time = '2026-01-01', open_key = NULL WHERE kind = 'timers.adopt'");
  ASSERT_THAT(mysql::Migrate(db.database(), *all, "test"), IsOk());
  EXPECT_EQ(db.Get("SELECT GROUP_CONCAT(open_key ORDER BY open_key) FROM due_items WHERE done_time IS NULL AND kind IN "
                   "('timers.adopt', 'ownership.reports', 'account_snapshot.due')")
                .text(),
            "account_snapshot.due|accounts/-,ownership.reports|accounts/-,timers.adopt|notifications");
}

// the pool is looked through by tier, by those who may know it.
TEST_F(ReportTest, ThePoolIsFilteredByTier) {
  const std::string account = FreeAccount();
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET tier = 'STRATEGIC' WHERE id = '", IdOf(account), "'"));
  EXPECT_TRUE(InPool(kax_, account, v1::TIER_STRATEGIC));
  EXPECT_FALSE(InPool(kax_, account, v1::TIER_A));
  auth::Principal blind = kax_;
  blind.grants.erase("account.business.read");
  EXPECT_TRUE(InPool(blind, account));
  v1::ListClaimableAccountsRequest request;
  request.set_tier(v1::TIER_STRATEGIC);
  EXPECT_THAT(world_.Call<v1::ListClaimableAccountsResponse>(blind, Method("ListClaimableAccounts"), request),
              HasReason("PERMISSION_DENIED"));
}

}  // namespace
}  // namespace kam::account
