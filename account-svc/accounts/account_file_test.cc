// Around the account file: return with a list, classification, groups, key persons, freshness, filing and accuracy
// over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_classification_service.pb.h"
#include "kam/account/v1/account_file_service.pb.h"
#include "kam/account/v1/account_scope_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/contact_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::Account;
using v1::AccountFileCheck;
using v1::AccountProposal;
using v1::Contact;

std::string Accounts(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountService/", verb); }
std::string Contacts(absl::string_view verb) { return absl::StrCat("kam.account.v1.ContactService/", verb); }
std::string Files(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountFileService/", verb); }
std::string Classes(absl::string_view verb) {
  return absl::StrCat("kam.account.v1.AccountClassificationService/", verb);
}

class AccountFileTest : public ::testing::Test {
 protected:
  AccountFileTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        other_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM", {IdOf(seller_.name()), IdOf(other_.name())})),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")) {}

  // A file that was handed in, verified and given to the seller.
  Account Verified() {
    const Account draft = world_.AddAccount(kax_);
    world_.AddContact(kax_, draft.name());
    v1::SubmitAccountRequest submit;
    submit.set_name(draft.name());
    const auto submitted = world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit);
    EXPECT_THAT(submitted, IsOk());
    v1::VerifyAccountRequest verify;
    verify.set_name(draft.name());
    verify.set_etag(submitted->etag());
    verify.set_evidence("营业执照复印件");
    EXPECT_THAT(world_.Call<Account>(gam_, Accounts("VerifyAccount"), verify), IsOk());
    return world_.Assign(gam_, draft.name(), seller_.name());
  }
  Account Active() {
    const Account account = Verified();
    v1::ActivateAccountRequest activate;
    activate.set_name(account.name());
    const auto active = world_.Call<Account>(gam_, Accounts("ActivateAccount"), activate);
    EXPECT_THAT(active, IsOk());
    return *active;
  }
  absl::StatusOr<Account> Get(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    return world_.Call<Account>(gam_, Accounts("GetAccount"), request);
  }
  template <typename Change>
  absl::StatusOr<Account> Update(const auth::Principal& who, const std::string& name, Change change) {
    v1::UpdateAccountRequest request;
    request.mutable_account()->set_name(name);
    change(request.mutable_account());
    return world_.Call<Account>(who, Accounts("UpdateAccount"), request);
  }
  absl::StatusOr<Contact> AddContact(const std::string& account, const std::string& name,
                                     const std::string& reports_to = {}) {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_account(account);
    request.mutable_contact()->set_display_name(name);
    request.mutable_contact()->set_reports_to(reports_to);
    return world_.Call<Contact>(kax_, Contacts("CreateContact"), request);
  }
  absl::StatusOr<Contact> UpdateContact(Contact contact) {
    v1::UpdateContactRequest request;
    contact.clear_etag();
    *request.mutable_contact() = contact;
    for (const char* path : {"reports_to", "influences", "key_person"}) request.mutable_update_mask()->add_paths(path);
    return world_.Call<Contact>(kax_, Contacts("UpdateContact"), request);
  }
  std::vector<Contact> ContactsOf(const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list = world_.Call<v1::ListContactsResponse>(kax_, Contacts("ListContacts"), request);
    EXPECT_THAT(list, IsOk());
    return {list->contacts().begin(), list->contacts().end()};
  }
  absl::StatusOr<AccountProposal> Propose(const auth::Principal& who, const AccountProposal& proposal) {
    v1::CreateAccountProposalRequest request;
    *request.mutable_account_proposal() = proposal;
    return world_.Call<AccountProposal>(who, Classes("CreateAccountProposal"), request);
  }
  absl::StatusOr<AccountFileCheck> Check(const auth::Principal& who, const std::string& account,
                                         const std::vector<std::pair<std::string, v1::FileVerdict>>& items) {
    v1::CreateAccountFileCheckRequest request;
    AccountFileCheck& check = *request.mutable_account_file_check();
    check.set_account(account);
    check.set_kind(v1::FILE_CHECK_KIND_ACCURACY_SAMPLE);
    check.set_due_date("2099-01-01");
    for (const auto& [field, verdict] : items) {
      v1::FileCheckItem* item = check.add_items();
      item->set_field(field);
      item->set_verdict(verdict);
    }
    return world_.Call<AccountFileCheck>(who, Files("CreateAccountFileCheck"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_, other_;
  auth::Principal gam_, kax_, kax2_;
};

// an incomplete file is returned with the list of what it lacks, and comes again only with it.
TEST_F(AccountFileTest, AFileGoesBackWithTheListOfWhatItLacks) {
  const Account draft = world_.AddAccount(kax_);
  world_.AddContact(kax_, draft.name());
  v1::SubmitAccountRequest submit;
  submit.set_name(draft.name());
  ASSERT_THAT(world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit), IsOk());
  v1::ReturnAccountRequest back;
  back.set_name(draft.name());
  back.set_reason("电话空号，缺联系人");
  back.add_missing("colour");
  EXPECT_THAT(world_.Call<Account>(gam_, Accounts("ReturnAccount"), back), NamesField("missing[0]"));
  back.set_missing(0, "products_used");
  back.add_missing("contacts");
  const auto returned = world_.Call<Account>(gam_, Accounts("ReturnAccount"), back);
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->verification().returned_fields(), "products_used contacts");
  EXPECT_THAT(world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit), HasReason("RETURNED_FIELDS_UNCHANGED"));
  ASSERT_THAT(Update(kax_, draft.name(), [](Account* a) { a->set_products_used("大修"); }), IsOk());
  const auto half = world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit);
  EXPECT_EQ(MetadataValue(half.status(), "fields"), "contacts");
  ASSERT_THAT(AddContact(draft.name(), "李女士"), IsOk());
  EXPECT_THAT(world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit), IsOk());
}

// what may be begun with an account is asked in one call; the other services learn it with the scopes.
TEST_F(AccountFileTest, StandingSaysWhatIsInTheWayOfNewBusiness) {
  const auto standing = [&](const std::string& name) {
    v1::CheckAccountStandingRequest request;
    request.set_name(name);
    const auto answer = world_.Call<v1::AccountStanding>(gam_, Accounts("CheckAccountStanding"), request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::AccountStanding());
  };
  const Account draft = world_.AddAccount(kax_);
  EXPECT_FALSE(standing(draft.name()).new_business_allowed());
  EXPECT_EQ(standing(draft.name()).blockers(0).reason(), "ACCOUNT_NOT_VERIFIED");
  const Account account = Verified();
  EXPECT_TRUE(standing(account.name()).new_business_allowed());
  ASSERT_THAT(Update(gam_, account.name(), [](Account* a) { a->set_phone("021-58888888"); }), IsOk());
  EXPECT_EQ(standing(account.name()).blockers(0).reason(), "REVERIFICATION_REQUIRED");
  v1::ConfirmAccountTierRequest tier;
  tier.set_name(account.name());
  tier.set_tier(v1::TIER_A);
  tier.set_reason("年度评估");
  EXPECT_THAT(world_.Call<Account>(gam_, Accounts("ConfirmAccountTier"), tier), HasReason("REVERIFICATION_REQUIRED"));

  v1::BatchGetAccountScopesRequest request;
  request.add_names(account.name());
  const auto scopes = world_.Call<v1::BatchGetAccountScopesResponse>(
      testing::Harness::Program("contract-svc", {"account.scope.resolve"}),
      "kam.account.v1.AccountScopeService/BatchGetAccountScopes", request);
  ASSERT_THAT(scopes, IsOk());
  EXPECT_EQ(scopes->scopes(0).verification_state(), v1::VERIFICATION_STATE_CHANGED);
  EXPECT_EQ(scopes->scopes(0).segment(), v1::SEGMENT_ENTERPRISE);
  EXPECT_FALSE(scopes->scopes(0).excluded());
}

// a propose right never executes: the account changes when another one accepts.
TEST_F(AccountFileTest, ClassificationIsProposedAndSet) {
  Account flagged = world_.CompleteDraft();
  flagged.set_vip(true);
  EXPECT_THAT(world_.CreateAccount(kax_, flagged), HasReason("CLASSIFICATION_FROZEN"));
  const auth::Principal kam = world_.As(world_.AddEmployee("KAM", department_.name(), {head_.name()}), "KAM");
  EXPECT_THAT(world_.CreateAccount(kam, flagged), IsOk());
  const Account account = Verified();
  EXPECT_THAT(Update(kax_, account.name(), [](Account* a) { a->set_vip(true); }), HasReason("CLASSIFICATION_FROZEN"));
  AccountProposal proposal;
  proposal.set_account(account.name());
  proposal.set_reason("年采购超过一千万");
  EXPECT_THAT(Propose(kax_, proposal), HasReason("PROPOSAL_EMPTY"));
  proposal.set_vip(v1::PROPOSED_FLAG_SET);
  proposal.set_segment(v1::SEGMENT_KEY_INDUSTRY);
  EXPECT_THAT(Propose(kax2_, proposal), HasReason("OUT_OF_SCOPE"));
  const auto open = Propose(kax_, proposal);
  ASSERT_THAT(open, IsOk());
  EXPECT_EQ(open->state(), v1::ACCOUNT_PROPOSAL_STATE_OPEN);
  EXPECT_FALSE(Get(account.name())->vip());
  v1::AcceptAccountProposalRequest accept;
  accept.set_name(open->name());
  EXPECT_THAT(world_.Call<AccountProposal>(kax_, Classes("AcceptAccountProposal"), accept),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<AccountProposal>(gam_, Classes("AcceptAccountProposal"), accept), IsOk());
  EXPECT_TRUE(Get(account.name())->vip());
  EXPECT_EQ(Get(account.name())->segment(), v1::SEGMENT_KEY_INDUSTRY);
  EXPECT_THAT(world_.Call<AccountProposal>(gam_, Classes("AcceptAccountProposal"), accept),
              HasReason("STATE_NOT_ALLOWED"));

  // Whoever may set it does not accept what he proposed himself; he sets it.
  proposal.set_vip(v1::PROPOSED_FLAG_CLEAR);
  const auto own = Propose(gam_, proposal);
  ASSERT_THAT(own, IsOk());
  accept.set_name(own->name());
  EXPECT_THAT(world_.Call<AccountProposal>(gam_, Classes("AcceptAccountProposal"), accept),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_TRUE(Get(account.name())->vip());
  v1::WithdrawAccountProposalRequest withdraw;
  withdraw.set_name(own->name());
  EXPECT_EQ(world_.Call<AccountProposal>(gam_, Classes("WithdrawAccountProposal"), withdraw)->state(),
            v1::ACCOUNT_PROPOSAL_STATE_WITHDRAWN);
  EXPECT_THAT(Update(gam_, account.name(), [](Account* a) { a->set_vip(false); }), IsOk());
}

// a group with its sums; what is excluded is shown and not summed, what is out of reach is counted and not shown.
TEST_F(AccountFileTest, AGroupIsSummedOverItsMembers) {
  const auto add = [&](const auth::Principal& who, const std::string& parent, int spend, bool excluded,
                       const std::string& industry) {
    Account account = world_.CompleteDraft();
    account.set_parent(parent);
    account.mutable_annual_spend()->set_units(spend);
    account.mutable_annual_spend()->set_currency_code("CNY");
    account.set_industry(industry);
    account.set_segment(v1::SEGMENT_OUTREACH);
    const auto made = world_.CreateAccount(who, account);
    EXPECT_THAT(made, IsOk());
    if (excluded) {
      EXPECT_THAT(Update(gam_, made->name(), [](Account* a) { a->set_excluded(true); }), IsOk());
    }
    return made->name();
  };
  const std::string top = add(kax_, "", 100, false, "物流");
  const std::string left = add(kax_, top, 10, false, "物流");
  add(kax_, top, 1000, true, "物流");
  add(kax_, left, 1, false, "物流");
  add(kax_, left, 5000, false, "出租车");
  add(kax2_, left, 100000, false, "物流");

  kam::api::ListRequest list;
  list.set_filter("segment = OUTREACH");
  const auto segments = world_.Call<v1::ListAccountSegmentsResponse>(gam_, Classes("ListAccountSegments"), list);
  ASSERT_THAT(segments, IsOk());
  ASSERT_EQ(segments->account_segments_size(), 1);
  v1::UpdateAccountSegmentRequest update;
  update.mutable_account_segment()->set_name(segments->account_segments(0).name());
  update.mutable_account_segment()->add_excluded_industries("出租车");
  EXPECT_THAT(world_.Call<v1::AccountSegment>(kax_, Classes("UpdateAccountSegment"), update),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<v1::AccountSegment>(gam_, Classes("UpdateAccountSegment"), update), IsOk());

  v1::ReportAccountGroupRequest request;
  request.set_name(top);
  request.set_page_size(2);
  auto page = world_.Call<v1::ReportAccountGroupResponse>(kax_, Classes("ReportAccountGroup"), request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->members(), 3);
  EXPECT_EQ(page->excluded_members(), 2);
  EXPECT_EQ(page->hidden_members(), 1);
  ASSERT_EQ(page->amounts_size(), 1);
  EXPECT_EQ(page->amounts(0).annual_spend().units(), 111);
  ASSERT_EQ(page->nodes_size(), 2);
  EXPECT_EQ(page->nodes(0).account(), top);
  EXPECT_EQ(page->nodes(0).depth(), 0);
  std::vector<int> depths;
  while (true) {
    for (const v1::AccountGroupNode& node : page->nodes()) depths.push_back(node.depth());
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
    page = world_.Call<v1::ReportAccountGroupResponse>(kax_, Classes("ReportAccountGroup"), request);
    ASSERT_THAT(page, IsOk());
  }
  EXPECT_THAT(depths, ElementsAre(0, 1, 1, 2, 2));
  request.clear_page_token();
  EXPECT_THAT(world_.Call<v1::ReportAccountGroupResponse>(kax2_, Classes("ReportAccountGroup"), request),
              StatusIs(absl::StatusCode::kNotFound));
}

// a map without circles, and one key person at least at an active account.
TEST_F(AccountFileTest, TheRelationshipMapShowsWhoIsAboveWhom) {
  const Account account = Active();
  Contact chief = ContactsOf(account.name())[0];
  const auto clerk = AddContact(account.name(), "小李", chief.name());
  ASSERT_THAT(clerk, IsOk());
  chief.set_reports_to(clerk->name());
  EXPECT_THAT(UpdateContact(chief), HasReason("CONTACT_CYCLE"));
  chief.clear_reports_to();
  chief.add_influences(clerk->name());
  ASSERT_THAT(UpdateContact(chief), IsOk());
  Contact back = *clerk;
  back.add_influences(chief.name());
  EXPECT_THAT(UpdateContact(back), HasReason("CONTACT_CYCLE"));
  const Account elsewhere = world_.AddAccount(kax_);
  EXPECT_THAT(AddContact(elsewhere.name(), "外人", chief.name()), HasReason("CONTACT_OTHER_ACCOUNT"));

  v1::GetRelationshipMapRequest request;
  request.set_name(account.name());
  const auto map = world_.Call<v1::RelationshipMap>(kax_, Contacts("GetRelationshipMap"), request);
  ASSERT_THAT(map, IsOk());
  EXPECT_EQ(map->contacts_size(), 2);
  ASSERT_EQ(map->relationships_size(), 2);
  EXPECT_THAT(map->neglected_key_persons(), ElementsAre(chief.name()));
  EXPECT_THAT(map->unknown_roles(), Contains(v1::DECISION_ROLE_DECIDER));
  // Personal data only in scope: a project manager of the department reads contacts, not their telephones.
  const auto manager = world_.As(world_.AddEmployee("PM", department_.name()), "PM");
  const auto masked = world_.Call<v1::RelationshipMap>(manager, Contacts("GetRelationshipMap"), request);
  ASSERT_THAT(masked, IsOk());
  EXPECT_EQ(masked->contacts_size(), 2);
  for (const Contact& contact : masked->contacts()) EXPECT_EQ(contact.mobile(), "");
  EXPECT_THAT(world_.Call<v1::RelationshipMap>(kax2_, Contacts("GetRelationshipMap"), request),
              StatusIs(absl::StatusCode::kNotFound));

  chief.set_key_person(false);
  EXPECT_THAT(UpdateContact(chief), HasReason("LAST_KEY_PERSON"));
  kam::api::ArchiveRequest archive;
  archive.set_name(chief.name());
  EXPECT_THAT(world_.Call<Contact>(kax_, Contacts("ArchiveContact"), archive), HasReason("LAST_KEY_PERSON"));
  back.clear_influences();
  back.set_key_person(true);
  ASSERT_THAT(UpdateContact(back), IsOk());
  EXPECT_THAT(UpdateContact(chief), IsOk());
}

// stale files come up by the days of their tier; a look at the file without a change is enough.
TEST_F(AccountFileTest, StaleFilesAreListedUntilSomebodyLooksAfterThem) {
  const Account account = Verified();
  EXPECT_EQ(account.file_update_date(), world_.today());
  const auto make_old = [&](int days) {
    world_.harness().db().Execute(absl::StrCat("UPDATE accounts SET file_update_date = DATE_SUB('", world_.today(),
                                               "', INTERVAL ", days, " DAY) WHERE id = '", IdOf(account.name()), "'"));
  };
  const auto stale = [&](const auth::Principal& who, const std::string& region = "") {
    v1::ListStaleAccountsRequest request;
    request.set_owner(seller_.name());
    request.set_region(region);
    const auto list = world_.Call<v1::ListStaleAccountsResponse>(who, Files("ListStaleAccounts"), request);
    EXPECT_THAT(list, IsOk());
    return list.value_or(v1::ListStaleAccountsResponse());
  };
  make_old(180);
  EXPECT_EQ(stale(gam_).accounts_size(), 0);
  make_old(181);
  ASSERT_EQ(stale(gam_).accounts_size(), 1);
  EXPECT_EQ(stale(gam_, "华东").accounts_size(), 1);
  EXPECT_EQ(stale(gam_, "华南").accounts_size(), 0);
  EXPECT_EQ(stale(gam_).accounts(0).age_days(), 181);
  EXPECT_EQ(stale(gam_).accounts(0).allowed_days(), 180);
  EXPECT_EQ(stale(kax2_).accounts_size(), 0);
  v1::ConfirmAccountFileRequest confirm;
  confirm.set_name(account.name());
  ASSERT_THAT(world_.Call<Account>(kax_, Accounts("ConfirmAccountFile"), confirm), IsOk());
  EXPECT_EQ(stale(gam_).accounts_size(), 0);
  make_old(31);
  world_.ProposeTier(world_.As(world_.AddEmployee("KAM", department_.name()), "KAM"), account.name(),
                     v1::TIER_STRATEGIC);
  v1::ConfirmAccountTierRequest tier;
  tier.set_name(account.name());
  tier.set_tier(v1::TIER_STRATEGIC);
  tier.set_reason("年度评估");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("ConfirmAccountTier"), tier), IsOk());
  EXPECT_EQ(stale(gam_).accounts(0).allowed_days(), 30);
  ASSERT_THAT(Update(kax_, account.name(), [](Account* a) { a->set_remark("已电话核对"); }), IsOk());
  EXPECT_EQ(stale(gam_).accounts_size(), 0);

  v1::ListAccountFieldChangesRequest request;
  request.set_name(account.name());
  const auto changes =
      world_.Call<v1::ListAccountFieldChangesResponse>(gam_, Files("ListAccountFieldChanges"), request);
  ASSERT_THAT(changes, IsOk());
  bool found = false;
  for (const v1::AccountFieldChange& field : changes->fields()) {
    if (field.field() != "remark") continue;
    found = true;
    EXPECT_EQ(field.actor(), seller_.name());
    EXPECT_EQ(field.after(), "\"已电话核对\"");
    EXPECT_EQ(field.changes(), 1);
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(changes->stale());
}

// a fault found by a supervisor is put right by changing the field.
TEST_F(AccountFileTest, AFaultStaysOpenUntilTheFieldIsChanged) {
  const Account account = Verified();
  EXPECT_THAT(Check(kax_, account.name(), {{"phone", v1::FILE_VERDICT_WRONG}}),
              StatusIs(absl::StatusCode::kPermissionDenied));
  // The head has assigned the account, so he has changed it last: another supervisor checks.
  EXPECT_THAT(Check(gam_, account.name(), {{"phone", v1::FILE_VERDICT_WRONG}}), HasReason("SEPARATION_OF_DUTIES"));
  const auto kam = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  const auto check =
      Check(kam, account.name(), {{"website", v1::FILE_VERDICT_MISSING}, {"phone", v1::FILE_VERDICT_CORRECT}});
  ASSERT_THAT(check, IsOk());
  EXPECT_EQ(check->responsible(), seller_.name());
  EXPECT_EQ(check->fields_wrong(), 1);
  v1::ResolveAccountFileCheckRequest resolve;
  resolve.set_name(check->name());
  resolve.set_reason("已补充网站");
  EXPECT_THAT(world_.Call<AccountFileCheck>(kax_, Files("ResolveAccountFileCheck"), resolve),
              HasReason("FILE_NOT_CORRECTED"));
  ASSERT_THAT(Update(kax_, account.name(), [](Account* a) { a->set_website("www.example.com"); }), IsOk());
  const auto done = world_.Call<AccountFileCheck>(kax_, Files("ResolveAccountFileCheck"), resolve);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::FILE_CHECK_STATE_RESOLVED);
}

// filing rate and accuracy rate by person and department, against the target.
TEST_F(AccountFileTest, FilingAndAccuracyRatesAreMeasuredAgainstTheTarget) {
  const Account filed = Verified();
  const Account late = world_.AddAccount(kax_);
  const Account open = world_.AddAccount(kax_);
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE accounts SET create_time = DATE_SUB(create_time, INTERVAL 8 DAY) WHERE id = '", IdOf(late.name()), "'"));
  const auto kam = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  ASSERT_THAT(Check(kam, filed.name(),
                    {{"phone", v1::FILE_VERDICT_CORRECT},
                     {"region", v1::FILE_VERDICT_CORRECT},
                     {"website", v1::FILE_VERDICT_MISSING}}),
              IsOk());
  v1::CreateAccountFileTargetRequest target;
  target.mutable_account_file_target()->set_department(department_.name());
  target.mutable_account_file_target()->set_from_date("2025-01-01");
  target.mutable_account_file_target()->set_to_date("2026-12-31");
  target.mutable_account_file_target()->set_filing_rate("50");
  target.mutable_account_file_target()->set_accuracy_rate("95");
  target.mutable_account_file_target()->set_source("厂家年度要求");
  const auto director = world_.As(world_.AddEmployee("CRMD"), "CRMD");
  ASSERT_THAT(world_.Call<v1::AccountFileTarget>(director, Files("CreateAccountFileTarget"), target), IsOk());
  EXPECT_THAT(world_.Call<v1::AccountFileTarget>(director, Files("CreateAccountFileTarget"), target),
              HasReason("TARGET_OVERLAP"));

  v1::ReportFileQualityRequest request;
  request.set_from_date("2025-12-01");
  request.set_to_date("2026-01-31");
  request.set_by(v1::FILE_QUALITY_BY_PERSON);
  const auto report = world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request);
  ASSERT_THAT(report, IsOk());
  ASSERT_EQ(report->rows_size(), 1);
  const v1::FileQualityRow& row = report->rows(0);
  EXPECT_EQ(row.person(), seller_.name());
  EXPECT_EQ(row.department(), department_.name());
  // One in time, one never; the third has its time yet.
  EXPECT_EQ(row.opened(), 2);
  EXPECT_EQ(row.filed(), 1);
  EXPECT_EQ(row.filing_rate(), "50");
  EXPECT_TRUE(row.filing_met());
  EXPECT_EQ(row.fields_checked(), 3);
  EXPECT_EQ(row.fields_wrong(), 1);
  EXPECT_EQ(row.accuracy_rate(), "66.6667");
  EXPECT_FALSE(row.accuracy_met());
  request.set_by(v1::FILE_QUALITY_BY_DEPARTMENT);
  EXPECT_EQ(world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request)->rows(0).department(),
            department_.name());
  // cut by region.
  world_.harness().db().Execute(
      absl::StrCat("UPDATE accounts SET region = '华南' WHERE id = '", IdOf(late.name()), "'"));
  request.set_by(v1::FILE_QUALITY_BY_REGION);
  const auto regions = world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request);
  ASSERT_THAT(regions, IsOk());
  ASSERT_EQ(regions->rows_size(), 2);
  EXPECT_EQ(regions->rows(0).region(), "华东");
  EXPECT_EQ(regions->rows(0).filing_rate(), "100");
  EXPECT_EQ(regions->rows(0).fields_checked(), 3);
  EXPECT_EQ(regions->rows(1).region(), "华南");
  EXPECT_EQ(regions->rows(1).filing_rate(), "0");
  request.set_by(v1::FILE_QUALITY_BY_MONTH);
  EXPECT_GE(world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request)->rows_size(), 2);
  EXPECT_THAT(world_.Call<v1::ReportFileQualityResponse>(kax_, Files("ReportFileQuality"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  request.set_to_date("2025-11-30");
  EXPECT_THAT(world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request),
              HasReason("PERIOD_INVALID"));
}

// a check that was wrong itself is taken back by another than whom it judges, and counts no more.
TEST_F(AccountFileTest, ACheckThatWasWrongIsTakenBack) {
  const Account account = Verified();
  const auto kam = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  const auto check = Check(kam, account.name(), {{"phone", v1::FILE_VERDICT_WRONG}});
  ASSERT_THAT(check, IsOk());
  const auto rate = [&] {
    v1::ReportFileQualityRequest request;
    request.set_from_date("2025-12-01");
    request.set_to_date("2026-01-31");
    request.set_by(v1::FILE_QUALITY_BY_PERSON);
    const auto report = world_.Call<v1::ReportFileQualityResponse>(gam_, Files("ReportFileQuality"), request);
    EXPECT_THAT(report, IsOk());
    return report.ok() && report->rows_size() == 1 ? report->rows(0).accuracy_rate() : "no row";
  };
  EXPECT_EQ(rate(), "0");
  v1::VoidAccountFileCheckRequest take_back;
  take_back.set_name(check->name());
  take_back.set_reason("看错字段");
  auth::Principal judged = kax_;
  judged.grants["account_file.check"] = auth::Level::kAll;
  EXPECT_THAT(world_.Call<AccountFileCheck>(judged, Files("VoidAccountFileCheck"), take_back),
              HasReason("SEPARATION_OF_DUTIES"));
  const auto taken = world_.Call<AccountFileCheck>(gam_, Files("VoidAccountFileCheck"), take_back);
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->state(), v1::FILE_CHECK_STATE_VOID);
  EXPECT_EQ(taken->voider(), head_.name());
  EXPECT_EQ(taken->void_reason(), "看错字段");
  EXPECT_EQ(rate(), "") << "nothing was checked";
  EXPECT_THAT(world_.Call<AccountFileCheck>(gam_, Files("VoidAccountFileCheck"), take_back),
              HasReason("STATE_NOT_ALLOWED"));
}

// G-22: who has to act on a file is told, and who waits for it.
TEST_F(AccountFileTest, WhoHasToActOnAFileIsTold) {
  const auto told = [&](const auth::Principal& who, absl::string_view title) {
    const auto list = world_.Call<organization::v1::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    int found = 0;
    if (list.ok()) {
      for (const auto& notice : list->notifications()) found += absl::StrContains(notice.title(), title) ? 1 : 0;
    }
    return found;
  };
  const auto planner = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const Account draft = world_.AddAccount(kax_);
  world_.AddContact(kax_, draft.name());
  v1::SubmitAccountRequest submit;
  submit.set_name(draft.name());
  ASSERT_THAT(world_.Call<Account>(kax_, Accounts("SubmitAccount"), submit), IsOk());
  EXPECT_EQ(told(gam_, "客户档案待核实") + told(planner, "客户档案待核实"), 1) << "who may verify";
  EXPECT_EQ(told(kax_, "客户档案待核实"), 0);
  v1::ReturnAccountRequest give_back;
  give_back.set_name(draft.name());
  give_back.set_reason("缺资料");
  ASSERT_THAT(world_.Call<Account>(gam_, Accounts("ReturnAccount"), give_back), IsOk());
  EXPECT_EQ(told(kax_, "客户档案已退回"), 1);

  const Account account = Verified();
  EXPECT_EQ(told(kax_, "客户档案已核实"), 1);
  v1::CreateAccountProposalRequest propose;
  propose.mutable_account_proposal()->set_account(account.name());
  propose.mutable_account_proposal()->set_region("华南");
  propose.mutable_account_proposal()->set_reason("客户迁址");
  const auto proposal = world_.Call<AccountProposal>(kax_, Classes("CreateAccountProposal"), propose);
  ASSERT_THAT(proposal, IsOk());
  EXPECT_EQ(told(gam_, "客户分类提议待定") + told(planner, "客户分类提议待定"), 1) << "who may decide";
  v1::RejectAccountProposalRequest reject;
  reject.set_name(proposal->name());
  reject.set_reason("不变");
  ASSERT_THAT(world_.Call<AccountProposal>(gam_, Classes("RejectAccountProposal"), reject), IsOk());
  EXPECT_EQ(told(kax_, "客户分类提议已决定"), 1);

  const auto kam = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  v1::CreateAccountFileCheckRequest request;
  request.mutable_account_file_check()->set_account(account.name());
  request.mutable_account_file_check()->set_kind(v1::FILE_CHECK_KIND_ACCURACY_SAMPLE);
  request.mutable_account_file_check()->set_due_date("2026-01-08");
  v1::FileCheckItem* item = request.mutable_account_file_check()->add_items();
  item->set_field("website");
  item->set_verdict(v1::FILE_VERDICT_MISSING);
  const auto check = world_.Call<AccountFileCheck>(kam, Files("CreateAccountFileCheck"), request);
  ASSERT_THAT(check, IsOk());
  EXPECT_EQ(told(kax_, "档案待更正"), 1);
  // On its day, and again when it is over, to who checked as well.
  const absl::Time start = world_.harness().clock().Now();
  for (int step = 0; step < 14 && told(kam, "档案更正逾期") == 0; ++step) {
    world_.harness().clock().Advance(absl::Hours(12));
    world_.RunDue();
  }
  EXPECT_EQ(told(kax_, "档案今日应更正"), 1);
  EXPECT_EQ(told(kax_, "档案更正逾期"), 1);
  EXPECT_EQ(told(kam, "档案更正逾期"), 1);
  world_.harness().clock().Set(start);
  ASSERT_THAT(Update(kax_, account.name(), [](Account* a) { a->set_website("www.example.com"); }), IsOk());
  v1::ResolveAccountFileCheckRequest resolve;
  resolve.set_name(check->name());
  resolve.set_reason("已补充网站");
  ASSERT_THAT(world_.Call<AccountFileCheck>(kax_, Files("ResolveAccountFileCheck"), resolve), IsOk());
  EXPECT_EQ(told(kam, "档案已更正"), 1);
}

}  // namespace
}  // namespace kam::account
