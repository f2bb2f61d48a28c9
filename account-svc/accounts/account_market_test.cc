// Business condition, supply share, tiers and external relations, over real gRPC and a real
// database.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/account_evaluation_service.pb.h"
#include "kam/account/v1/account_market_service.pb.h"
#include "kam/account/v1/account_reminder_service.pb.h"
#include "kam/account/v1/account_service.pb.h"
#include "kam/account/v1/external_relation_service.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::StatusIs;
using v1::Account;
using v1::AccountEvaluation;
using v1::ExternalExchange;
using v1::ExternalOrganization;
using v1::SupplyShare;
using v1::TierModel;

std::string Market(absl::string_view verb) { return absl::StrCat("kam.account.v1.AccountMarketService/", verb); }
std::string Evaluations(absl::string_view verb) {
  return absl::StrCat("kam.account.v1.AccountEvaluationService/", verb);
}
std::string External(absl::string_view verb) { return absl::StrCat("kam.account.v1.ExternalRelationService/", verb); }

class AccountMarketTest : public ::testing::Test {
 protected:
  AccountMarketTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        manager_(world_.AddEmployee("KAM", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kam_(world_.As(manager_, "KAM")),
        account_(world_.AddAccount(kam_)) {}

  absl::StatusOr<SupplyShare> AddShare(const std::string& start, const std::string& demand, const std::string& ours) {
    v1::CreateSupplyShareRequest request;
    SupplyShare& share = *request.mutable_supply_share();
    share.set_account(account_.name());
    share.set_product("机油");
    share.set_period(v1::SHARE_PERIOD_MONTH);
    share.set_period_start(start);
    share.set_unit("升");
    share.set_total_demand(demand);
    share.set_our_volume(ours);
    share.set_source("客户采购部");
    return world_.Call<SupplyShare>(kam_, Market("CreateSupplyShare"), request);
  }
  SupplyShare GetShare(const std::string& name) {
    kam::api::GetRequest request;
    request.set_name(name);
    const auto share = world_.Call<SupplyShare>(kam_, Market("GetSupplyShare"), request);
    EXPECT_THAT(share, IsOk());
    return share.value_or(SupplyShare());
  }
  // Verifies account_ by the department head.
  void Verify() {
    world_.AddContact(kam_, account_.name());
    v1::SubmitAccountRequest submit;
    submit.set_name(account_.name());
    const auto submitted = world_.Call<Account>(kam_, "kam.account.v1.AccountService/SubmitAccount", submit);
    ASSERT_THAT(submitted, IsOk());
    v1::VerifyAccountRequest verify;
    verify.set_name(account_.name());
    verify.set_etag(submitted->etag());
    verify.set_evidence("营业执照");
    ASSERT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/VerifyAccount", verify), IsOk());
  }
  TierModel MakeModel() {
    TierModel model;
    model.set_display_name("2026 年评级");
    model.set_from_date("2026-01-01");
    model.set_currency("CNY");
    for (const v1::TierCriterion criterion : {v1::TIER_CRITERION_REVENUE, v1::TIER_CRITERION_POTENTIAL}) {
      v1::TierWeight* weight = model.add_weights();
      weight->set_criterion(criterion);
      weight->set_weight("50");
      for (const auto& [at_least, points] : {std::pair("0", "0"), std::pair("50", "60"), std::pair("90", "100")}) {
        v1::TierBand* band = model.add_bands();
        band->set_criterion(criterion);
        band->set_at_least(at_least);
        band->set_points(points);
      }
    }
    model.set_strategic_from("90");
    model.set_a_from("60");
    model.set_b_from("30");
    return model;
  }
  absl::StatusOr<AccountEvaluation> Compute(const auth::Principal& who, const std::string& as_of = "2026-01-05") {
    v1::CreateAccountEvaluationRequest request;
    AccountEvaluation& evaluation = *request.mutable_account_evaluation();
    evaluation.set_account(account_.name());
    evaluation.set_as_of(as_of);
    evaluation.mutable_revenue()->set_units(60);
    evaluation.mutable_revenue()->set_currency_code("CNY");
    evaluation.set_potential_score("55");
    evaluation.set_source("销售台账");
    return world_.Call<AccountEvaluation>(who, Evaluations("CreateAccountEvaluation"), request);
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, manager_;
  auth::Principal gam_, kam_;
  Account account_;
};

//
TEST_F(AccountMarketTest, AConditionIsRecordedWithWhatIsProposedOnIt) {
  v1::CreateBusinessConditionRequest request;
  v1::BusinessCondition& condition = *request.mutable_business_condition();
  condition.set_account(account_.name());
  condition.set_as_of(world_.today());
  condition.set_health(v1::FINANCIAL_HEALTH_SOUND);
  condition.set_source("年报");
  condition.set_reliability(v1::FIGURE_RELIABILITY_CONFIRMED);
  condition.mutable_assets()->set_units(200);
  condition.mutable_assets()->set_currency_code("CNY");
  condition.mutable_liabilities()->set_units(50);
  condition.mutable_liabilities()->set_currency_code("CNY");
  v1::MainSupplier* supplier = condition.add_suppliers();
  supplier->set_supplier("壳牌");
  supplier->set_products("机油");
  supplier->set_share_percent("101");
  EXPECT_THAT(world_.Call<v1::BusinessCondition>(kam_, Market("CreateBusinessCondition"), request),
              StatusIs(absl::StatusCode::kInvalidArgument));
  supplier->set_share_percent("70");
  EXPECT_THAT(world_.Call<v1::BusinessCondition>(kam_, Market("CreateBusinessCondition"), request),
              testing::NamesField("business_condition.proposal"));
  condition.set_proposal("以套餐替代单品供货");
  const auto made = world_.Call<v1::BusinessCondition>(kam_, Market("CreateBusinessCondition"), request);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->debt_ratio(), "25");
  *supplier = condition.suppliers(0);
  *condition.add_suppliers() = *supplier;
  condition.mutable_suppliers(1)->set_supplier("美孚");
  EXPECT_THAT(world_.Call<v1::BusinessCondition>(kam_, Market("CreateBusinessCondition"), request),
              HasReason("SUPPLIER_SHARE_EXCEEDED"));
  const auto director = world_.As(world_.AddEmployee("SD"), "SD");
  kam::api::GetRequest get;
  get.set_name(made->name());
  EXPECT_THAT(world_.Call<v1::BusinessCondition>(director, Market("GetBusinessCondition"), get), IsOk());
  EXPECT_THAT(world_.Call<v1::BusinessCondition>(director, Market("CreateBusinessCondition"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// a fall raises an alert that somebody answers; a correction of the month before is carried on.
TEST_F(AccountMarketTest, AFallingShareRaisesAnAlert) {
  const auto first = AddShare("2025-11-01", "100", "40");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->trend(), v1::SHARE_TREND_FIRST);
  const auto second = AddShare("2025-12-01", "100", "35");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->trend(), v1::SHARE_TREND_FALLING);
  EXPECT_EQ(second->alert(), v1::SHARE_ALERT_STATE_OPEN);
  EXPECT_THAT(AddShare("2025-12-01", "100", "35"), StatusIs(absl::StatusCode::kAlreadyExists));
  v1::AnswerShareAlertRequest answer;
  answer.set_name(second->name());
  answer.set_measure("增派驻点服务");
  ASSERT_THAT(world_.Call<SupplyShare>(kam_, Market("AnswerShareAlert"), answer), IsOk());
  EXPECT_THAT(world_.Call<SupplyShare>(kam_, Market("AnswerShareAlert"), answer), HasReason("NO_OPEN_ALERT"));

  v1::UpdateSupplyShareRequest update;
  update.mutable_supply_share()->set_name(first->name());
  update.mutable_supply_share()->set_our_volume("50");
  ASSERT_THAT(world_.Call<SupplyShare>(kam_, Market("UpdateSupplyShare"), update), IsOk());
  EXPECT_EQ(GetShare(second->name()).change_points(), "-15");
  EXPECT_EQ(GetShare(second->name()).alert(), v1::SHARE_ALERT_STATE_OPEN);
  kam::api::ArchiveRequest archive;
  archive.set_name(first->name());
  ASSERT_THAT(world_.Call<SupplyShare>(kam_, Market("ArchiveSupplyShare"), archive), IsOk());
  EXPECT_EQ(GetShare(second->name()).trend(), v1::SHARE_TREND_FIRST);
  EXPECT_EQ(GetShare(second->name()).alert(), v1::SHARE_ALERT_STATE_NONE);
}

// the owner is told of a falling share, once, until there is a measure against every fall.
TEST_F(AccountMarketTest, TheOwnerIsToldOfAFallingShare) {
  const auto seller = world_.AddEmployee("KAX", department_.name(), {manager_.name()});
  world_.Assign(gam_, account_.name(), seller.name());
  const auto kax = world_.As(seller, "KAX");
  const auto told = [&] {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("account = \"", account_.name(), "\" AND state = OPEN"));
    const auto list = world_.Call<v1::ListAccountRemindersResponse>(
        kax, "kam.account.v1.AccountReminderService/ListAccountReminders", request);
    EXPECT_THAT(list, IsOk());
    if (!list.ok() || list->account_reminders().empty()) return std::string();
    EXPECT_EQ(list->account_reminders_size(), 1);
    EXPECT_EQ(list->account_reminders(0).owner(), seller.name());
    return v1::AccountReminderKind_Name(list->account_reminders(0).kind());
  };
  ASSERT_THAT(AddShare("2025-09-01", "100", "60"), IsOk());
  EXPECT_EQ(told(), "");
  const auto first = AddShare("2025-10-01", "100", "50");
  const auto second = AddShare("2025-11-01", "100", "40");
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(told(), "ACCOUNT_REMINDER_KIND_SHARE_ALERT");
  v1::AnswerShareAlertRequest answer;
  answer.set_measure("增加驻场服务");
  answer.set_name(first->name());
  ASSERT_THAT(world_.Call<SupplyShare>(kam_, Market("AnswerShareAlert"), answer), IsOk());
  EXPECT_EQ(told(), "ACCOUNT_REMINDER_KIND_SHARE_ALERT");
  answer.set_name(second->name());
  ASSERT_THAT(world_.Call<SupplyShare>(kam_, Market("AnswerShareAlert"), answer), IsOk());
  EXPECT_EQ(told(), "");
}

// worked out by the analyst, proposed by the account manager, confirmed by the department head.
TEST_F(AccountMarketTest, ATierIsWorkedOutProposedAndConfirmed) {
  const auto analyst = world_.As(world_.AddEmployee("DA"), "DA");
  v1::CreateTierModelRequest create;
  *create.mutable_tier_model() = MakeModel();
  create.mutable_tier_model()->mutable_weights(0)->set_weight("60");
  EXPECT_THAT(world_.Call<TierModel>(analyst, Evaluations("CreateTierModel"), create),
              HasReason("TIER_WEIGHTS_INVALID"));
  *create.mutable_tier_model() = MakeModel();
  const auto model = world_.Call<TierModel>(analyst, Evaluations("CreateTierModel"), create);
  ASSERT_THAT(model, IsOk());
  EXPECT_THAT(Compute(analyst, "2024-12-31"), HasReason("TIER_MODEL_MISSING"));
  v1::ReleaseTierModelRequest release;
  release.set_name(model->name());
  EXPECT_THAT(world_.Call<TierModel>(analyst, Evaluations("ReleaseTierModel"), release),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<TierModel>(gam_, Evaluations("ReleaseTierModel"), release), IsOk());

  EXPECT_THAT(Compute(kam_), StatusIs(absl::StatusCode::kPermissionDenied));
  const auto computed = Compute(analyst);
  ASSERT_THAT(computed, IsOk());
  EXPECT_EQ(computed->total(), "60");
  EXPECT_EQ(computed->computed_tier(), v1::TIER_A);
  v1::ConfirmAccountEvaluationRequest confirm;
  confirm.set_name(computed->name());
  EXPECT_THAT(world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm),
              HasReason("STATE_NOT_ALLOWED"));
  v1::ProposeAccountTierRequest propose;
  propose.set_name(computed->name());
  propose.set_tier(v1::TIER_STRATEGIC);
  EXPECT_THAT(world_.Call<AccountEvaluation>(kam_, Evaluations("ProposeAccountTier"), propose),
              HasReason("OVERRIDE_REASON_REQUIRED"));
  propose.set_reason("集团采购已入围");
  ASSERT_THAT(world_.Call<AccountEvaluation>(kam_, Evaluations("ProposeAccountTier"), propose), IsOk());
  EXPECT_THAT(world_.Call<AccountEvaluation>(kam_, Evaluations("ConfirmAccountEvaluation"), confirm),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm),
              HasReason("ACCOUNT_NOT_VERIFIED"));
  Verify();
  const auto confirmed = world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm);
  ASSERT_THAT(confirmed, IsOk());
  EXPECT_EQ(confirmed->review_date(), "2027-01-05");
  kam::api::GetRequest get;
  get.set_name(account_.name());
  const auto account = world_.Call<Account>(gam_, "kam.account.v1.AccountService/GetAccount", get);
  EXPECT_EQ(account->tier(), v1::TIER_STRATEGIC);
  EXPECT_EQ(account->tier_review_date(), "2027-01-05");
}

// what was proposed of an older day does not replace the tier that one of a later day has given, and the next
// review is not in the past.
TEST_F(AccountMarketTest, AnOlderEvaluationDoesNotReplaceANewerTier) {
  Verify();
  const auto older = world_.ProposeTier(kam_, account_.name(), v1::TIER_C, "2025-12-31");
  const auto newer = world_.ProposeTier(kam_, account_.name(), v1::TIER_A);
  v1::ConfirmAccountEvaluationRequest confirm;
  confirm.set_name(newer.name());
  confirm.set_review_date("2026-01-04");
  EXPECT_THAT(world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm),
              HasReason("DATE_IN_PAST"));
  confirm.set_review_date("2026-01-05");
  ASSERT_THAT(world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm), IsOk());
  confirm.set_name(older.name());
  EXPECT_THAT(world_.Call<AccountEvaluation>(gam_, Evaluations("ConfirmAccountEvaluation"), confirm),
              HasReason("EVALUATION_SUPERSEDED"));
  v1::ConfirmAccountTierRequest by_tier;
  by_tier.set_name(account_.name());
  by_tier.set_tier(v1::TIER_C);
  by_tier.set_reason("年度评估");
  EXPECT_THAT(world_.Call<Account>(gam_, "kam.account.v1.AccountService/ConfirmAccountTier", by_tier),
              HasReason("EVALUATION_SUPERSEDED"));
}

// everybody speaks for the company as far as his authority goes; for the media the marketing director.
TEST_F(AccountMarketTest, TheCompanyIsRepresentedWithinAuthorityOnly) {
  const auto add = [&](const auth::Principal& who, v1::ExternalKind kind) {
    v1::CreateExternalOrganizationRequest request;
    request.mutable_external_organization()->set_display_name("外部单位");
    request.mutable_external_organization()->set_kind(kind);
    request.mutable_external_organization()->set_phone("021-66660000");
    return world_.Call<ExternalOrganization>(who, External("CreateExternalOrganization"), request);
  };
  const auto speak = [&](const auth::Principal& who, const std::string& organization, v1::RepresentationLevel level) {
    v1::CreateExternalExchangeRequest request;
    ExternalExchange& exchange = *request.mutable_external_exchange();
    exchange.set_organization(organization);
    exchange.set_exchange_date(world_.today());
    exchange.set_level(level);
    exchange.set_subject("合作");
    exchange.set_content("交流合作意向");
    if (level == v1::REPRESENTATION_LEVEL_COMMITMENT) exchange.set_commitment("共同承担活动费用");
    return world_.Call<ExternalExchange>(who, External("CreateExternalExchange"), request);
  };
  EXPECT_THAT(add(kam_, v1::EXTERNAL_KIND_ALLIANCE), HasReason("COOPERATION_PLAN_REQUIRED"));
  const auto bank = add(kam_, v1::EXTERNAL_KIND_BANK);
  ASSERT_THAT(bank, IsOk());
  EXPECT_EQ(bank->responsible(), manager_.name());
  const auto talk = speak(kam_, bank->name(), v1::REPRESENTATION_LEVEL_NEGOTIATION);
  ASSERT_THAT(talk, IsOk());
  EXPECT_NE(talk->authority(), "");
  const auto refused = speak(kam_, bank->name(), v1::REPRESENTATION_LEVEL_COMMITMENT);
  EXPECT_THAT(refused, HasReason("REPRESENTATION_NOT_AUTHORIZED"));
  EXPECT_EQ(MetadataValue(refused.status(), "limit"), "REPRESENTATION_LEVEL_NEGOTIATION");
  EXPECT_THAT(speak(gam_, bank->name(), v1::REPRESENTATION_LEVEL_COMMITMENT), IsOk());
  kam::api::GetRequest get;
  get.set_name(bank->name());
  EXPECT_EQ(world_.Call<ExternalOrganization>(kam_, External("GetExternalOrganization"), get)->last_exchange_date(),
            world_.today());

  const auto marketing = world_.As(world_.AddEmployee("MD"), "MD");
  EXPECT_THAT(add(kam_, v1::EXTERNAL_KIND_MEDIA), HasReason("MEDIA_NOT_AUTHORIZED"));
  const auto paper = add(marketing, v1::EXTERNAL_KIND_MEDIA);
  ASSERT_THAT(paper, IsOk());
  EXPECT_THAT(speak(gam_, paper->name(), v1::REPRESENTATION_LEVEL_CONTACT), HasReason("REPRESENTATION_NOT_AUTHORIZED"));
  EXPECT_THAT(speak(marketing, paper->name(), v1::REPRESENTATION_LEVEL_COMMITMENT), IsOk());
  // Nobody else makes something else of it, or ends it.
  v1::UpdateExternalOrganizationRequest kind;
  kind.mutable_external_organization()->set_name(paper->name());
  kind.mutable_external_organization()->set_kind(v1::EXTERNAL_KIND_BANK);
  auth::Principal everywhere = gam_;
  for (const char* right : {"external.read", "external.write"}) everywhere.grants[right] = auth::Level::kAll;
  EXPECT_THAT(world_.Call<ExternalOrganization>(everywhere, External("UpdateExternalOrganization"), kind),
              HasReason("MEDIA_NOT_AUTHORIZED"));
  v1::EndExternalOrganizationRequest end;
  end.set_reason("合作结束");
  end.set_name(paper->name());
  EXPECT_THAT(world_.Call<ExternalOrganization>(everywhere, External("EndExternalOrganization"), end),
              HasReason("MEDIA_NOT_AUTHORIZED"));
  end.set_name(bank->name());
  ASSERT_THAT(world_.Call<ExternalOrganization>(kam_, External("EndExternalOrganization"), end), IsOk());
  EXPECT_THAT(speak(gam_, bank->name(), v1::REPRESENTATION_LEVEL_CONTACT), HasReason("RELATION_ENDED"));
}

// what was written down at the wrong organisation is taken back, what binds us by another; a relation goes on
// that was ended by mistake.
TEST_F(AccountMarketTest, AnExchangeWrittenDownWronglyIsTakenBack) {
  v1::CreateExternalOrganizationRequest add;
  add.mutable_external_organization()->set_display_name("银行");
  add.mutable_external_organization()->set_kind(v1::EXTERNAL_KIND_BANK);
  const auto bank = world_.Call<ExternalOrganization>(kam_, External("CreateExternalOrganization"), add);
  ASSERT_THAT(bank, IsOk());
  const auto speak = [&](const auth::Principal& who, const std::string& day, v1::RepresentationLevel level) {
    v1::CreateExternalExchangeRequest request;
    ExternalExchange& exchange = *request.mutable_external_exchange();
    exchange.set_organization(bank->name());
    exchange.set_exchange_date(day);
    exchange.set_level(level);
    exchange.set_subject("授信");
    exchange.set_content("额度");
    if (level == v1::REPRESENTATION_LEVEL_COMMITMENT) exchange.set_commitment("回购十辆");
    const auto made = world_.Call<ExternalExchange>(who, External("CreateExternalExchange"), request);
    EXPECT_THAT(made, IsOk());
    return made.value_or(ExternalExchange());
  };
  const auto last_day = [&] {
    kam::api::GetRequest get;
    get.set_name(bank->name());
    const auto now = world_.Call<ExternalOrganization>(kam_, External("GetExternalOrganization"), get);
    EXPECT_THAT(now, IsOk());
    return now.ok() ? now->last_exchange_date() : "";
  };
  const auto take_back = [&](const auth::Principal& who, const ExternalExchange& exchange) {
    v1::VoidExternalExchangeRequest request;
    request.set_name(exchange.name());
    request.set_reason("记错单位");
    return world_.Call<ExternalExchange>(who, External("VoidExternalExchange"), request);
  };
  const ExternalExchange talk = speak(kam_, "2026-01-02", v1::REPRESENTATION_LEVEL_NEGOTIATION);
  const ExternalExchange promise = speak(gam_, "2026-01-04", v1::REPRESENTATION_LEVEL_COMMITMENT);
  EXPECT_EQ(last_day(), "2026-01-04");
  EXPECT_THAT(take_back(gam_, promise), HasReason("SEPARATION_OF_DUTIES"));
  const auto marketing = world_.As(world_.AddEmployee("MD"), "MD");
  const auto becomes = [&](const char* kind) {
    world_.harness().db().Execute(absl::StrCat("UPDATE external_organizations SET external_kind = '", kind,
                                               "' WHERE id = '", IdOf(bank->name()), "'"));
  };
  becomes("MEDIA");
  EXPECT_THAT(take_back(gam_, talk), HasReason("MEDIA_NOT_AUTHORIZED")) << "who does not look after the media";
  EXPECT_EQ(last_day(), "2026-01-04");
  becomes("BANK");
  const auto taken = take_back(marketing, promise);
  ASSERT_THAT(taken, IsOk());
  EXPECT_TRUE(taken->voided());
  EXPECT_EQ(taken->void_reason(), "记错单位");
  EXPECT_EQ(taken->commitment(), "回购十辆") << "stays on record";
  EXPECT_EQ(last_day(), "2026-01-02");
  EXPECT_THAT(take_back(marketing, promise), HasReason("EXCHANGE_VOIDED"));

  v1::EndExternalOrganizationRequest end;
  end.set_name(bank->name());
  end.set_reason("误操作");
  ASSERT_THAT(world_.Call<ExternalOrganization>(kam_, External("EndExternalOrganization"), end), IsOk());
  ASSERT_THAT(take_back(kam_, talk), IsOk()) << "also of a relation that is over";
  EXPECT_EQ(last_day(), "");
  v1::ReopenExternalOrganizationRequest reopen;
  reopen.set_name(bank->name());
  EXPECT_THAT(world_.Call<ExternalOrganization>(kam_, External("ReopenExternalOrganization"), reopen),
              testing::NamesField("reason"));
  reopen.set_reason("误终止");
  const auto again = world_.Call<ExternalOrganization>(kam_, External("ReopenExternalOrganization"), reopen);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::EXTERNAL_STATE_ACTIVE);
  EXPECT_EQ(again->end_reason(), "");
  speak(kam_, "2026-01-03", v1::REPRESENTATION_LEVEL_CONTACT);
  EXPECT_EQ(last_day(), "2026-01-03");
}

}  // namespace
}  // namespace kam::account
