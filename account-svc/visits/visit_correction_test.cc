// Visits without an approval of their own, check-ins and reports put right, what was heard.
#include "account-svc/testing/visits_fixture.h"

namespace kam::account {
namespace {

class VisitCorrectionTest : public VisitsFixture {
 protected:
  absl::StatusOr<v1::Visit> CheckIn(const auth::Principal& who, const std::string& visit) {
    return Do<v1::Visit>(who, "VisitService/CheckInVisit", v1::CheckInVisitRequest(), visit);
  }
  absl::StatusOr<v1::Visit> Undo(const auth::Principal& who, const std::string& visit) {
    v1::UndoCheckInRequest undo;
    undo.set_reason("点错客户");
    return Do<v1::Visit>(who, "VisitService/UndoCheckIn", undo, visit);
  }
  int64_t Count(const std::string& what) {
    return world_.harness().db().Get(absl::StrCat("SELECT COUNT(*) FROM ", what)).integer();
  }
};

// who planned a visit for himself makes it on its day, also when nobody approved it; it counts as the
// others.
TEST_F(VisitCorrectionTest, AVisitOfHisOwnIsMadeWithoutAnApproval) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto own = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1)));
  ASSERT_THAT(own, IsOk());
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(now_ - absl::Minutes(30));
  const auto begun = Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, own->name());
  ASSERT_THAT(begun, IsOk());
  v1::CompleteVisitRequest complete;
  complete.set_report("电话回访");
  const auto done = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, own->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->approver(), "");
  v1::ReportVisitCompletionRequest report;
  report.set_from_date(Day(-1));
  report.set_until_date(Day());
  const auto rate = Call<v1::ReportVisitCompletionResponse>(kax_, "VisitService/ReportVisitCompletion", report);
  ASSERT_THAT(rate, IsOk());
  EXPECT_EQ(rate->total().done(), 1);
  EXPECT_EQ(rate->total().done_unapproved(), 1);
  // It has taken its time: another is not made in the same hour, and what is put down afterwards is approved.
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(1), absl::Minutes(1))),
              HasReason("VISIT_OVERLAP"));
  EXPECT_THAT(CreateVisit(kax_, MakeVisit(account.name(), absl::Minutes(1), absl::Minutes(2))), IsOk())
      << "the rest is free";
  const auto afterwards = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(3), -absl::Hours(2)));
  ASSERT_THAT(afterwards, IsOk());
  v1::CheckInVisitRequest then;
  *then.mutable_check_in_time() = ToTimestamp(now_ - absl::Hours(3));
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", then, afterwards->name()),
              HasReason("CHECK_IN_OFF_PLAN"));
  kam::api::ListRequest list;
  list.set_filter(absl::StrCat("approver = \"\" AND state = DONE AND account = \"", account.name(), "\""));
  const auto unapproved = Call<v1::ListVisitsResponse>(gam_, "VisitService/ListVisits", list);
  ASSERT_THAT(unapproved, IsOk());
  ASSERT_EQ(unapproved->visits_size(), 1) << "the superior finds those that nobody approved";
  // What another planned for him waits for somebody above him.
  v1::Visit foreign = MakeVisit(account.name(), absl::Minutes(61), absl::Minutes(62));
  foreign.set_visitor(seller_.name());
  const auto planned = CreateVisit(gam_, foreign);
  ASSERT_THAT(planned, IsOk());
  const auto refused = CheckIn(kax_, planned->name());
  EXPECT_THAT(refused, HasReason("VISIT_NOT_APPROVED"));
  EXPECT_EQ(MetadataValue(refused.status(), "planner"), head_.name());
  v1::UpdateVisitRequest retime;
  retime.mutable_visit()->set_name(planned->name());
  *retime.mutable_visit()->mutable_planned_start() = planned->planned_start();
  *retime.mutable_visit()->mutable_planned_end() = ToTimestamp(now_ + absl::Minutes(63));
  retime.mutable_update_mask()->add_paths("planned_start");
  retime.mutable_update_mask()->add_paths("planned_end");
  ASSERT_THAT(Call<v1::Visit>(kax_, "VisitService/UpdateVisit", retime), IsOk());
  EXPECT_THAT(CheckIn(kax_, planned->name()), HasReason("VISIT_NOT_APPROVED")) << "another time makes it not his own";
  *retime.mutable_visit()->mutable_planned_start() = ToTimestamp(now_ - absl::Hours(5));
  *retime.mutable_visit()->mutable_planned_end() = ToTimestamp(now_ - absl::Hours(4));
  EXPECT_THAT(Call<v1::Visit>(kax_, "VisitService/UpdateVisit", retime), HasReason("VISIT_WINDOW_INVALID"))
      << "put off, not back";
  // On another day it is another visit, and this one was missed; why, says who was to make it.
  const auto old = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(75), -absl::Hours(74)));
  ASSERT_THAT(old, IsOk());
  EXPECT_THAT(CheckIn(kax_, old->name()), HasReason("CHECK_IN_OFF_PLAN"));
  v1::MarkVisitMissedRequest missed;
  missed.set_reason("客户出差");
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", missed, planned->name()),
              HasReason("VISIT_NOT_OVER"));
  const auto gone = Do<v1::Visit>(kax_, "VisitService/MarkVisitMissed", missed, old->name());
  ASSERT_THAT(gone, IsOk());
  EXPECT_EQ(gone->state(), v1::VISIT_STATE_MISSED);
}

// who goes along is on one visit at a time, whether somebody approved it or not.
TEST_F(VisitCorrectionTest, AVisitWithoutAnApprovalTakesNobodyElsesTime) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(kax_), elsewhere = world_.AddAccount(kax2_);
  v1::Visit together = MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1));
  together.add_companions(other_.name());
  const auto planned = CreateVisit(kax_, together);
  ASSERT_THAT(planned, IsOk());
  const auto agreed = CreateVisit(kax2_, MakeVisit(elsewhere.name(), -absl::Hours(1), absl::Hours(1)));
  ASSERT_THAT(agreed, IsOk());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *agreed), IsOk());
  EXPECT_THAT(CheckIn(kax_, planned->name()), HasReason("VISIT_OVERLAP"));
}

// a check-in by mistake is taken back; the visit stands as it did.
TEST_F(VisitCorrectionTest, AWrongCheckInIsTakenBack) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const auto visit = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1)));
  ASSERT_THAT(visit, IsOk());
  ASSERT_THAT(CheckIn(kax_, visit->name()), IsOk());
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/UndoCheckIn", v1::UndoCheckInRequest(), visit->name()),
              NamesField("reason"));
  const auth::Principal peer = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  EXPECT_THAT(Undo(peer, visit->name()), HasReason("NOT_ON_THE_VISIT"));
  const auto planned = Undo(kax_, visit->name());
  ASSERT_THAT(planned, IsOk());
  EXPECT_EQ(planned->state(), v1::VISIT_STATE_PLANNED);
  EXPECT_FALSE(planned->has_check_in_time());
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *planned), IsOk());
  ASSERT_THAT(CheckIn(kax_, visit->name()), IsOk());
  const std::string told =
      absl::StrCat("notifications WHERE recipient = '", IdOf(seller_.name()), "' AND subject = '", visit->name(), "'");
  ASSERT_EQ(Count(told), 1);
  const auto approved = Undo(kax_, visit->name());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), v1::VISIT_STATE_APPROVED);
  EXPECT_EQ(Count(told), 1) << "that it is approved is no news";
}

// what was reported is put right in time; what a superior has commented on, by a superior.
TEST_F(VisitCorrectionTest, AReportIsPutRight) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const std::string first = AddContact(account.name()), forgotten = AddContact(account.name()),
                    stranger = AddContact(world_.AddAccount(gam_).name());
  const auto visit = MadeVisit(account.name(), first);
  ASSERT_THAT(visit, IsOk());
  v1::CorrectVisitReportRequest correct;
  correct.set_report("客户需要三十台");
  const std::string method = "VisitService/CorrectVisitReport";
  EXPECT_THAT(Do<v1::Visit>(kax_, method, correct, visit->name()), NamesField("reason"));
  correct.set_reason("数量有误");
  correct.add_contacts_met(stranger);
  EXPECT_THAT(Do<v1::Visit>(kax_, method, correct, visit->name()), HasReason("CONTACT_OTHER_ACCOUNT"));
  correct.set_contacts_met(0, forgotten);
  const auto right = Do<v1::Visit>(kax_, method, correct, visit->name());
  ASSERT_THAT(right, IsOk());
  EXPECT_EQ(right->report(), "客户需要三十台");
  EXPECT_EQ(right->result(), visit->result()) << "what is not given stays";
  ASSERT_EQ(right->contacts_met_size(), 2);
  EXPECT_EQ(LastContact(forgotten), Day());
  EXPECT_EQ(Count(absl::StrCat("changes WHERE resource_id = '", IdOf(visit->name()), "' AND reason = '数量有误'")), 1);
  v1::CommentVisitRequest comment;
  comment.set_comment("跟进报价");
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/CommentVisit", comment, visit->name()), IsOk());
  correct.set_report("客户需要三百台");
  EXPECT_THAT(Do<v1::Visit>(kax_, method, correct, visit->name()), HasReason("VISIT_COMMENTED"));
  EXPECT_THAT(Do<v1::Visit>(gam_, method, correct, visit->name()), IsOk());
  MoveOn(absl::Hours(24 * 7));
  EXPECT_THAT(Do<v1::Visit>(gam_, method, correct, visit->name()), IsOk()) << "on the last day it is in time";
  MoveOn(absl::Minutes(1));
  EXPECT_THAT(Do<v1::Visit>(gam_, method, correct, visit->name()), HasReason("VISIT_REPORT_FIXED"));
}

// needs and suggestions heard on a visit go into their registers, each once.
TEST_F(VisitCorrectionTest, WhatWasHeardGoesIntoTheRegisters) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  v1::Visit plan = MakeVisit(account.name(), -absl::Hours(1), absl::Hours(1));
  v1::VisitNeed& need = *plan.add_needs();
  need.set_description("冷藏车");
  need.set_product("轻卡");
  need.set_kind(v1::CUSTOMER_NEED_KIND_NEW);
  need.set_customer_need("customerNeeds/01J00000000000000000000000");
  plan.add_suggestions()->set_description("返利按月结算");
  plan.mutable_suggestions(0)->set_addressee("销售部");
  const auto visit = CreateVisit(kax_, plan);
  ASSERT_THAT(visit, IsOk());
  EXPECT_EQ(visit->needs(0).customer_need(), "") << "the service links it";
  ASSERT_THAT(CheckIn(kax_, visit->name()), IsOk());
  MoveOn(absl::Minutes(5));
  const std::string needs = absl::StrCat("customer_needs WHERE account = '", IdOf(account.name()), "'"),
                    opinions = absl::StrCat("customer_opinions WHERE account = '", IdOf(account.name()), "'");
  EXPECT_EQ(Count(needs), 0);
  v1::CompleteVisitRequest complete;
  complete.set_report("见面");
  const auto done = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(Count(absl::StrCat(needs, " AND id = '", IdOf(done->needs(0).customer_need()),
                               "' AND state = 'RECORDED' AND need_kind = 'NEW' AND product = '轻卡' AND answer_by IS "
                               "NOT NULL AND owner = '",
                               IdOf(seller_.name()), "'")),
            1);
  EXPECT_EQ(Count(absl::StrCat(opinions, " AND id = '", IdOf(done->suggestions(0).customer_opinion()),
                               "' AND state = 'RECORDED' AND opinion = '返利按月结算' AND subject_reference = '销售部' "
                               "AND due_time IS NOT NULL AND visit = '",
                               IdOf(visit->name()), "'")),
            1);
  // A client that sends all of it back changes the follow-ups and makes nothing a second time.
  v1::UpdateVisitRequest update;
  *update.mutable_visit() = *done;
  update.mutable_visit()->add_follow_ups()->set_action("报价");
  const auto updated = Call<v1::Visit>(kax_, "VisitService/UpdateVisit", update);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->needs(0).customer_need(), done->needs(0).customer_need());
  EXPECT_EQ(Count(needs), 1);
  EXPECT_EQ(Count(opinions), 1);
}

// what was visited out of plan and put down on the return has its own day, when somebody above approves it.
TEST_F(VisitCorrectionTest, AVisitPutDownAfterwardsHasItsOwnDay) {
  MoveOn(absl::Hours(24));
  const v1::Account account = world_.AddAccount(gam_);
  world_.Assign(gam_, account.name(), seller_.name());
  const std::string contact = AddContact(account.name());
  const std::string then = Day();
  const absl::Time made_at = now_;
  MoveOn(absl::Hours(24));
  const auto visit = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(24), -absl::Hours(23)));
  const auto old = CreateVisit(kax_, MakeVisit(account.name(), -absl::Hours(24 * 7), -absl::Hours(24 * 7 - 1)));
  ASSERT_THAT(visit, IsOk());
  ASSERT_THAT(old, IsOk());
  v1::CheckInVisitRequest check_in;
  *check_in.mutable_check_in_time() = ToTimestamp(made_at);
  EXPECT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, visit->name()),
              HasReason("CHECK_IN_OFF_PLAN"));
  MoveOn(absl::Hours(48));
  EXPECT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *old),
              HasReason("VISIT_TOO_OLD"));
  ASSERT_THAT(Do<v1::Visit>(gam_, "VisitService/ApproveVisit", v1::ApproveVisitRequest(), *visit), IsOk());
  EXPECT_THAT(CheckIn(kax_, visit->name()), HasReason("CHECK_IN_OFF_PLAN")) << "it was not made today";
  ASSERT_THAT(Do<v1::Visit>(kax_, "VisitService/CheckInVisit", check_in, visit->name()), IsOk());
  v1::CompleteVisitRequest complete;
  complete.set_report("见面");
  complete.add_contacts_met(contact);
  *complete.mutable_check_out_time() = ToTimestamp(made_at + absl::Minutes(45));
  const auto done = Do<v1::Visit>(kax_, "VisitService/CompleteVisit", complete, visit->name());
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::VISIT_STATE_DONE);
  EXPECT_EQ(LastContact(contact), then);
  v1::ReportVisitCompletionRequest report;
  report.set_from_date(then);
  report.set_until_date(then);
  const auto rate = Call<v1::ReportVisitCompletionResponse>(kax_, "VisitService/ReportVisitCompletion", report);
  ASSERT_THAT(rate, IsOk());
  EXPECT_EQ(rate->total().done(), 1);
  EXPECT_EQ(rate->total().done_unapproved(), 0);
}

}  // namespace
}  // namespace kam::account
