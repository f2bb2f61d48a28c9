#include "aftersales-svc/notices.h"

#include "aftersales-svc/rules/notice_rules.h"
#include "common/resource/names.h"
#include "common/service/notice_sender.h"
#include "common/status/status.h"

namespace kam::aftersales {
namespace {

namespace cv1 = ::kam::complaint::v1;
using organization::v1::DeliverNoticesRequest;
using resource::UnitOfWork;
using satisfaction::v1::FollowUp;

absl::StatusOr<DeliverNoticesRequest> OfClock(UnitOfWork& work, const cv1::ComplaintClock* before,
                                              const cv1::ComplaintClock& after) {
  if (!after.has_breach_time()) return DeliverNoticesRequest();
  ASSIGN_OR_RETURN(
      const std::vector<cv1::Complaint> complaint,
      work.Find<cv1::Complaint>({"t.id = ?", {mysql::Value(resource::IdOf(after.complaint()))}}, "", /*limit=*/1));
  if (complaint.empty()) return Internal("the complaint of a clock has gone");
  return rules::NoticesOf(before, after, complaint[0], work.runtime().zone());
}

}  // namespace

void TellPeople(resource::Runtime& runtime) {
  service::TellSaved<cv1::Complaint>(runtime,
                                     [](UnitOfWork&, const cv1::Complaint* before,
                                        const cv1::Complaint& after) -> absl::StatusOr<DeliverNoticesRequest> {
                                       return rules::NoticesOf(before, after);
                                     });
  service::TellSaved<cv1::ComplaintClock>(runtime, OfClock);
  service::TellSaved<FollowUp>(
      runtime,
      [](UnitOfWork& work, const FollowUp* before, const FollowUp& after) -> absl::StatusOr<DeliverNoticesRequest> {
        return rules::NoticesOf(before, after, work.runtime().zone());
      });
}

}  // namespace kam::aftersales
