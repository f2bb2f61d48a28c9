// What is said outside: approved by somebody else, one wording at a time, every disclosure on record (G-04).
#include <atomic>
#include <thread>
#include <vector>

#include "account-svc/testing/visits_fixture.h"
#include "common/testing/states.h"
#include "kam/account/v1/public_statement_service.pb.h"

namespace kam::account {
namespace {

using v1::Disclosure;
using v1::PublicStatement;

class StatementTest : public VisitsFixture {
 protected:
  StatementTest() : kam_(world_.As(world_.AddEmployee("KAM", department_.name()), "KAM")) {}

  PublicStatement Draft(v1::Classification classification = v1::CLASSIFICATION_CUSTOMER) {
    PublicStatement statement;
    statement.set_topic(absl::StrCat("交期", world_.harness().NewId()));
    statement.set_content("标准交期四周。");
    statement.set_classification(classification);
    return statement;
  }
  absl::StatusOr<PublicStatement> Create(const PublicStatement& statement) {
    v1::CreatePublicStatementRequest request;
    *request.mutable_public_statement() = statement;
    return Call<PublicStatement>(kam_, "PublicStatementService/CreatePublicStatement", request);
  }
  absl::StatusOr<PublicStatement> Submit(const std::string& name) {
    return Do<PublicStatement>(kam_, "PublicStatementService/SubmitPublicStatement", v1::SubmitPublicStatementRequest(),
                               name);
  }
  absl::StatusOr<PublicStatement> Approve(const auth::Principal& who, const PublicStatement& read) {
    return Do<PublicStatement>(who, "PublicStatementService/ApprovePublicStatement",
                               v1::ApprovePublicStatementRequest(), read);
  }
  absl::StatusOr<PublicStatement> Approved(const PublicStatement& draft) {
    const auto made = Create(draft);
    if (!made.ok()) return made;
    const auto submitted = Submit(made->name());
    return submitted.ok() ? Approve(gam_, *submitted) : submitted;
  }
  absl::StatusOr<Disclosure> Disclose(const std::string& statement, const std::string& account,
                                      const std::string& contact = {}, const std::string& recipient = {}) {
    v1::CreateDisclosureRequest request;
    Disclosure& disclosure = *request.mutable_disclosure();
    disclosure.set_statement(statement);
    disclosure.set_account(account);
    disclosure.set_contact(contact);
    disclosure.set_recipient(recipient);
    disclosure.set_mode(v1::VISIT_MODE_PHONE);
    disclosure.set_purpose("答复询问");
    return Call<Disclosure>(kax_, "PublicStatementService/CreateDisclosure", request);
  }
  std::vector<std::string> Found(const auth::Principal& who, const std::string& topic,
                                 const std::string& account = {}) {
    v1::FindPublicStatementsRequest request;
    request.set_topic(topic);
    request.set_account(account);
    const auto found =
        Call<v1::FindPublicStatementsResponse>(who, "PublicStatementService/FindPublicStatements", request);
    EXPECT_THAT(found, IsOk());
    std::vector<std::string> names;
    if (found.ok()) {
      for (const auto& statement : found->public_statements()) names.push_back(statement.name());
    }
    return names;
  }

  auth::Principal kam_;
};

// G-04: nobody approves his own words; a new version takes the place of the old one.
TEST_F(StatementTest, AStatementIsApprovedBySomebodyElseAndReplacedByItsNextVersion) {
  const PublicStatement draft = Draft();
  const auto first = Create(draft);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::IsEmpty()) << "a draft is not said";
  const auto submitted = Submit(first->name());
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(Approve(kam_, *submitted), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Approve(gam_, *first), HasReason("ETAG_MISMATCH"));
  const auto approved = Approve(gam_, *submitted);
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->valid_from(), Day());
  EXPECT_EQ(approved->content_hash().size(), 64u);
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(first->name()));
  v1::UpdatePublicStatementRequest update;
  update.mutable_public_statement()->set_name(first->name());
  update.mutable_public_statement()->set_content("三周。");
  EXPECT_THAT(Call<PublicStatement>(kam_, "PublicStatementService/UpdatePublicStatement", update),
              HasReason("STATEMENT_NOT_DRAFT"));
  // Nor does a colleague who rewrote the draft.
  const auto rewritten = Create(Draft());
  ASSERT_THAT(rewritten, IsOk());
  const auth::Principal colleague = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  update.mutable_public_statement()->set_name(rewritten->name());
  ASSERT_THAT(Call<PublicStatement>(colleague, "PublicStatementService/UpdatePublicStatement", update), IsOk());
  const auto of_two = Submit(rewritten->name());
  ASSERT_THAT(of_two, IsOk());
  EXPECT_THAT(Approve(colleague, *of_two), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Approve(gam_, *of_two), IsOk());
  PublicStatement next = Draft();
  next.set_predecessor(first->name());
  EXPECT_THAT(Create(next), HasReason("TOPIC_DIFFERS"));
  next.set_topic(draft.topic());
  next.set_content("标准交期三周。");
  const auto second = Create(next);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->version_number(), 2);
  EXPECT_THAT(Create(next), HasReason("FIELD_NOT_UNIQUE")) << "one next version at a time";
  const auto ready = Submit(second->name());
  ASSERT_THAT(ready, IsOk());
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(first->name()));
  ASSERT_THAT(Approve(gam_, *ready), IsOk());
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(second->name()));
  EXPECT_THAT(Disclose(first->name(), "", "", "客户采购"), HasReason("STATEMENT_NOT_IN_FORCE"));
  PublicStatement late = Draft();
  late.set_topic(draft.topic());
  late.set_predecessor(first->name());
  EXPECT_THAT(Create(late), HasReason("PREDECESSOR_NOT_APPROVED"));
}

// G-04: one wording a topic on every day: another one is not approved beside it, the next one waits for its day.
TEST_F(StatementTest, OneWordingIsSaidOnEveryDay) {
  const PublicStatement draft = Draft();
  const auto first = Approved(draft);
  ASSERT_THAT(first, IsOk());
  PublicStatement beside = draft;
  beside.set_content("两周。");
  const auto twin = Create(beside);
  ASSERT_THAT(twin, IsOk());
  const auto ready = Submit(twin->name());
  ASSERT_THAT(ready, IsOk());
  EXPECT_THAT(Approve(gam_, *ready), HasReason("TOPIC_TAKEN"));
  PublicStatement next = draft;
  next.set_predecessor(first->name());
  next.set_content("三周。");
  // A version that was given up stands in nobody's way.
  const auto abandoned = Create(next);
  ASSERT_THAT(abandoned, IsOk());
  next.set_valid_from(Day(10));
  EXPECT_THAT(Create(next), HasReason("FIELD_NOT_UNIQUE"));
  v1::DiscardPublicStatementRequest discard;
  discard.set_reason("不再需要");
  const auto gone =
      Do<PublicStatement>(gam_, "PublicStatementService/DiscardPublicStatement", discard, abandoned->name());
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->state(), v1::PUBLIC_STATEMENT_STATE_DISCARDED);
  const auto second = Approved(next);
  ASSERT_THAT(second, IsOk());
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(first->name())) << "until the next one begins";
  MoveOn(absl::Hours(24 * 9));
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(first->name())) << "its last day";
  MoveOn(absl::Hours(24));
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(second->name()));
  // Words agreed for an account stand for those that are for all.
  const v1::Account account = world_.AddAccount(kax_);
  PublicStatement own = draft;
  own.set_account(account.name());
  const auto special = Approved(own);
  ASSERT_THAT(special, IsOk());
  EXPECT_THAT(Found(kax_, draft.topic(), account.name()), ::testing::ElementsAre(special->name()));
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::ElementsAre(second->name()));
}

// G-04: of several wordings of a topic that are approved at the same time one is said.
TEST_F(StatementTest, OfManyWordingsApprovedAtATimeOneIsSaid) {
  const PublicStatement draft = Draft();
  std::vector<PublicStatement> ready;
  for (int i = 0; i < 6; ++i) {
    const auto made = Create(draft);
    ASSERT_THAT(made, IsOk());
    const auto submitted = Submit(made->name());
    ASSERT_THAT(submitted, IsOk());
    ready.push_back(*submitted);
  }
  std::atomic<int> approved = 0;
  std::vector<std::thread> threads;
  for (const PublicStatement& statement : ready) {
    threads.emplace_back([&, statement] {
      const auto result = Approve(gam_, statement);
      if (result.ok()) {
        ++approved;
      } else {
        EXPECT_THAT(result, HasReason("TOPIC_TAKEN"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(approved, 1);
  EXPECT_EQ(Found(kax_, draft.topic()).size(), 1u);
}

// G-04: what is meant for outside only; every disclosure says which words, to whom, by whom.
TEST_F(StatementTest, ADisclosureIsOfApprovedWordsForOutside) {
  const v1::Account account = world_.AddAccount(kax_), foreign = world_.AddAccount(kax2_);
  const std::string contact = AddContact(account.name());
  const auto customers = Approved(Draft()), secret = Approved(Draft(v1::CLASSIFICATION_SECRET)),
             everybody = Approved(Draft(v1::CLASSIFICATION_PUBLIC));
  ASSERT_THAT(customers, IsOk());
  ASSERT_THAT(secret, IsOk());
  ASSERT_THAT(everybody, IsOk());
  EXPECT_THAT(Disclose(secret->name(), account.name(), contact), HasReason("CLASSIFICATION_FORBIDS_DISCLOSURE"));
  EXPECT_THAT(Disclose(customers->name(), "", "", "记者"), HasReason("CLASSIFICATION_FORBIDS_DISCLOSURE"));
  EXPECT_THAT(Disclose(everybody->name(), "", "", "记者"), IsOk());
  EXPECT_THAT(Disclose(customers->name(), account.name()), HasReason("RECIPIENT_REQUIRED"));
  EXPECT_THAT(Disclose(customers->name(), foreign.name(), "", "采购"), HasReason("OUT_OF_SCOPE"));
  const auto told = Disclose(customers->name(), account.name(), contact);
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(told->version_number(), 1);
  EXPECT_EQ(told->discloser(), seller_.name());
  EXPECT_EQ(told->classification(), v1::CLASSIFICATION_CUSTOMER);
  kam::api::GetRequest get;
  get.set_name(told->name());
  const std::string read = "PublicStatementService/GetDisclosure";
  EXPECT_THAT(Call<Disclosure>(gam_, read, get), IsOk());
  EXPECT_THAT(Call<Disclosure>(kax2_, read, get), StatusIs(absl::StatusCode::kNotFound));
  get.set_name(secret->name());
  EXPECT_THAT(Call<PublicStatement>(kax_, "PublicStatementService/GetPublicStatement", get),
              StatusIs(absl::StatusCode::kPermissionDenied))
      << "who uses statements finds those for outside only";
}

// G-04: the words for one customer are for that customer, agreed with whoever leads it.
TEST_F(StatementTest, WordsForAnAccountAreForThatAccount) {
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax_);
  PublicStatement draft = Draft();
  draft.set_account(account.name());
  draft.set_valid_until(Day(10));
  const auto statement = Approved(draft);
  ASSERT_THAT(statement, IsOk());
  EXPECT_THAT(Found(kax_, draft.topic()), ::testing::IsEmpty());
  EXPECT_THAT(Found(kax_, draft.topic(), account.name()), ::testing::ElementsAre(statement->name()));
  v1::FindPublicStatementsRequest request;
  request.set_account(account.name());
  EXPECT_THAT(Call<v1::FindPublicStatementsResponse>(kax2_, "PublicStatementService/FindPublicStatements", request),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Disclose(statement->name(), elsewhere.name(), "", "采购"), HasReason("STATEMENT_OF_OTHER_ACCOUNT"));
  EXPECT_THAT(Disclose(statement->name(), account.name(), "", "采购"), IsOk());
  MoveOn(absl::Hours(24 * 11));
  EXPECT_THAT(Disclose(statement->name(), account.name(), "", "采购"), HasReason("STATEMENT_NOT_IN_FORCE"));
  EXPECT_THAT(Found(kax_, draft.topic(), account.name()), ::testing::IsEmpty());
}

// G-04: what is said to a customer is agreed with whoever leads him.
TEST_F(StatementTest, WordsForAnAccountAreAgreedWithWhoeverLeadsIt) {
  const v1::Account account = ActiveAccount(kax_);
  PublicStatement draft = Draft();
  draft.set_account(account.name());
  const auto made = Create(draft);
  ASSERT_THAT(made, IsOk());
  const auto ready = Submit(made->name());
  ASSERT_THAT(ready, IsOk());
  const auth::Principal elsewhere = world_.As(world_.AddEmployee("GAM", department_.name()), "GAM");
  EXPECT_THAT(Approve(elsewhere, *ready), HasReason("STRATEGY_NOT_AGREED"));
  EXPECT_THAT(Approve(gam_, *ready), IsOk()) << "the seller reports to him";
}

// G-04
TEST_F(StatementTest, EveryVerbIsOpenInExactlyItsStates) {
  const auto statement = Create(Draft());
  ASSERT_THAT(statement, IsOk());
  testing::StateMachine machine;
  machine.service = "kam.account.v1.PublicStatementService";
  machine.table = "public_statements";
  machine.states = v1::PublicStatementState_descriptor();
  machine.verbs = {{"SubmitPublicStatement", {{"DRAFT"}, "SUBMITTED"}},
                   {"ReturnPublicStatement", {{"SUBMITTED"}, "DRAFT"}},
                   {"ApprovePublicStatement", {{"SUBMITTED"}, "APPROVED"}},
                   {"DiscardPublicStatement", {{"DRAFT", "SUBMITTED"}, "DISCARDED"}},
                   {"RetirePublicStatement", {{"APPROVED"}, "RETIRED"}}};
  machine.name = statement->name();
  machine.columns = "approver = NULL";
  EXPECT_EQ(testing::TryEveryVerbInEveryState(world_.harness(), testing::Almighty(world_.harness(), gam_), machine), 6);
}

}  // namespace
}  // namespace kam::account
