// Similar firms in the duplicate check and in scans of all files (A-07, G28), over real gRPC and a real database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/duplicate_scan_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;

class DuplicateScanTest : public ::testing::Test {
 protected:
  DuplicateScanTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        seller_(world_.AddEmployee("KAX", department_.name())),
        other_(world_.AddEmployee("KAX", department_.name())),
        kax_(world_.As(seller_, "KAX")),
        kax2_(world_.As(other_, "KAX")),
        kapm_(world_.As(world_.AddEmployee("KAPM", department_.name()), "KAPM")) {}

  std::string Add(const auth::Principal& who, const std::string& name, const std::string& number = {}) {
    v1::Account account = world_.CompleteDraft();
    account.set_legal_name(name);
    account.set_registration_number(number);
    const auto made = world_.CreateAccount(who, account);
    EXPECT_THAT(made, IsOk());
    return made.ok() ? made->name() : "";
  }
  v1::CheckDuplicateResponse Check(const auth::Principal& who, const std::string& name) {
    v1::CheckDuplicateRequest request;
    request.set_legal_name(name);
    const auto answer =
        world_.Call<v1::CheckDuplicateResponse>(who, "kam.account.v1.AccountService/CheckDuplicate", request);
    EXPECT_THAT(answer, IsOk());
    return answer.value_or(v1::CheckDuplicateResponse());
  }
  v1::DuplicateScan Scan() {
    const auto scan = world_.Call<v1::DuplicateScan>(kapm_, "kam.account.v1.DuplicateScanService/StartDuplicateScan",
                                                     v1::StartDuplicateScanRequest());
    EXPECT_THAT(scan, IsOk());
    EXPECT_THAT(world_.Call<v1::DuplicateScan>(kapm_, "kam.account.v1.DuplicateScanService/StartDuplicateScan",
                                               v1::StartDuplicateScanRequest()),
                HasReason("SCAN_RUNNING"));
    world_.RunDue();
    kam::api::GetRequest get;
    get.set_name(scan.ok() ? scan->name() : "");
    const auto done =
        world_.Call<v1::DuplicateScan>(kapm_, "kam.account.v1.DuplicateScanService/GetDuplicateScan", get);
    EXPECT_THAT(done, IsOk());
    return done.value_or(v1::DuplicateScan());
  }
  std::vector<v1::DuplicatePair> PairsOf(const std::string& account) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account, "\""));
    const auto list = world_.Call<v1::ListDuplicatePairsResponse>(
        kapm_, "kam.account.v1.DuplicatePairService/ListDuplicatePairs", request);
    EXPECT_THAT(list, IsOk());
    if (!list.ok()) return {};
    return {list->duplicate_pairs().begin(), list->duplicate_pairs().end()};
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee seller_, other_;
  auth::Principal kax_, kax2_, kapm_;
};

// G28: a similar firm of somebody else is told of without a name, to the owner with it; the asker is logged.
TEST_F(DuplicateScanTest, ASimilarFirmIsToldOfWithoutSayingWhose) {
  const std::string account = Add(kax_, "宁波泓森精密机械有限公司");
  const v1::CheckDuplicateResponse blind = Check(kax2_, "宁波鸿森精密机械有限公司");
  EXPECT_EQ(blind.result(), v1::DUPLICATE_RESULT_NONE);
  ASSERT_EQ(blind.similar_size(), 1);
  EXPECT_EQ(blind.similar(0).result(), v1::DUPLICATE_RESULT_EXISTS);
  EXPECT_EQ(blind.similar(0).account(), "");
  EXPECT_TRUE(blind.similar(0).has_claimable_after());
  EXPECT_EQ(blind.similar(0).match_reason(), "PINYIN");
  EXPECT_GE(blind.similar(0).score(), 75);
  EXPECT_EQ(blind.DebugString().find(IdOf(seller_.name())), std::string::npos);
  const v1::CheckDuplicateResponse own = Check(kax_, "泓森精密机械");
  ASSERT_EQ(own.similar_size(), 1);
  EXPECT_EQ(own.similar(0).account(), account);
  EXPECT_EQ(world_.harness()
                .db()
                .Get(absl::StrCat("SELECT COUNT(*) FROM duplicate_checks WHERE actor = '", other_.name(),
                                  "' AND account = '", IdOf(account), "' AND result = 'EXISTS' AND score >= 75"))
                .integer(),
            1)
      << "he has learnt of the similar firm, and that is on record";
  EXPECT_EQ(Check(kax2_, "宁波泓林精密机械有限公司").similar_size(), 0);
}

// a firm is asked for by the name that everybody calls it by.
TEST_F(DuplicateScanTest, AFirmIsFoundByItsShortName) {
  v1::Account account = world_.CompleteDraft();
  account.set_legal_name("中国国际海运集装箱（集团）股份有限公司");
  account.set_short_name("中集集团");
  account.clear_registration_number();
  const auto made = world_.CreateAccount(kax_, account);
  ASSERT_THAT(made, IsOk());
  v1::CheckDuplicateResponse blind = Check(kax2_, "中集集团");
  ASSERT_EQ(blind.similar_size(), 1);
  EXPECT_EQ(blind.similar(0).match_reason(), "SAME_NAME");
  EXPECT_EQ(blind.similar(0).account(), "");
  // The scan finds the file that somebody made under that name.
  const std::string other = Add(kax2_, "中集集团有限公司");
  Scan();
  EXPECT_EQ(PairsOf(made->name()).size(), 1u);
  // Another short name, and it is not found by the old one; files of before get theirs by the schedule.
  v1::UpdateAccountRequest rename;
  rename.mutable_account()->set_name(made->name());
  rename.mutable_account()->set_short_name("海运箱业");
  rename.mutable_update_mask()->add_paths("short_name");
  ASSERT_THAT(world_.Call<v1::Account>(kax_, "kam.account.v1.AccountService/UpdateAccount", rename), IsOk());
  blind = Check(kax2_, "中集集团");
  for (const v1::SimilarFirm& similar : blind.similar()) EXPECT_EQ(similar.account(), other);
  world_.harness().db().Execute(
      absl::StrCat("DELETE FROM account_match_blocks WHERE account = '", IdOf(made->name()), "'"));
  EXPECT_EQ(Check(kax2_, "海运箱业").similar_size(), 0);
  world_.harness().db().Execute(
      "INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES "
      "('00000000000000000000000145', 'match_blocks.short_names', 'accounts/-', 'match_blocks.short_names|accounts/-', "
      "'2026-01-01', '2026-01-01')");
  world_.RunDue();
  EXPECT_EQ(Check(kax2_, "海运箱业").similar_size(), 1);
}

//
TEST_F(DuplicateScanTest, AScanFindsPairsOnceAndRemembersWhatWasDecided) {
  const std::string first = Add(kax_, "嘉兴澄远纺织有限公司");
  const std::string second = Add(kax2_, "浙江嘉兴澄远纺织");
  const v1::DuplicateScan scan = Scan();
  EXPECT_EQ(scan.state(), v1::DUPLICATE_SCAN_STATE_DONE);
  EXPECT_GE(scan.accounts_seen(), 2);
  EXPECT_GE(scan.pairs_found(), 1);
  std::vector<v1::DuplicatePair> pairs = PairsOf(first);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].other(), second);
  EXPECT_EQ(pairs[0].state(), v1::DUPLICATE_PAIR_STATE_OPEN);
  EXPECT_EQ(pairs[0].scan(), scan.name());
  v1::DecideDuplicatePairRequest decide;
  decide.set_name(pairs[0].name());
  decide.set_remark("两家独立公司");
  EXPECT_THAT(world_.Call<v1::DuplicatePair>(kax_, "kam.account.v1.DuplicatePairService/DecideDuplicatePair", decide),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<v1::DuplicatePair>(kapm_, "kam.account.v1.DuplicatePairService/DecideDuplicatePair", decide),
              IsOk());
  Scan();
  pairs = PairsOf(first);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].state(), v1::DUPLICATE_PAIR_STATE_DISTINCT);
}

// files of before the index had blocks get theirs from the schedule.
TEST_F(DuplicateScanTest, FilesWithoutBlocksGetThem) {
  const std::string account = Add(kax_, "温州岚湖鞋业有限公司");
  auto& db = world_.harness().db();
  db.Execute(absl::StrCat("DELETE FROM account_match_blocks WHERE account = '", IdOf(account), "'"));
  EXPECT_EQ(Check(kax_, "岚湖鞋业").similar_size(), 0);
  db.Execute(
      "INSERT INTO due_items (due_id, kind, resource, open_key, due_time, not_before) VALUES "
      "('00000000000000000000000120', 'match_blocks.fill', 'accounts/-', 'match_blocks.fill|accounts/-', '2026-01-01', "
      "'2026-01-01')");
  world_.RunDue();
  EXPECT_EQ(Check(kax_, "岚湖鞋业").similar_size(), 1);
}

}  // namespace
}  // namespace kam::account
