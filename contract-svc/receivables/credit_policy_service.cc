// Credit policies of kam.receivable.v1.CreditService: put in force by a second person (C-34).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/schedule/schedule.h"
#include "common/status/status.h"
#include "contract-svc/authors.h"
#include "contract-svc/receivables/credit_book.h"
#include "contract-svc/receivables/receivable_alarms.h"
#include "contract-svc/rules/receivable.h"
#include "contract-svc/rules/receivable_alarm.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/receivable/v1/credit_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = receivable::v1;
using resource::Change;
using resource::UnitOfWork;

std::string Rpc(absl::string_view method) { return absl::StrCat("kam.receivable.v1.CreditService/", method); }

absl::Status CheckPolicy(const pb::CreditPolicy& policy) {
  rules::AgeingBounds bounds = rules::kAgeingBoundsDefault;
  if (policy.bucket_1_days() > 0) bounds[0] = policy.bucket_1_days();
  if (policy.bucket_2_days() > 0) bounds[1] = policy.bucket_2_days();
  if (policy.bucket_3_days() > 0) bounds[2] = policy.bucket_3_days();
  RETURN_IF_ERROR(rules::CheckBounds(bounds));
  if (policy.unset_limit_type() == pb::CREDIT_LIMIT_TYPE_AMOUNT && !policy.has_unset_limit()) {
    return InvalidField("credit_policy.unset_limit", "FIELD_REQUIRED", "must be set with AMOUNT");
  }
  return rules::CheckCaps(policy);
}

absl::Status CheckDraft(const pb::CreditPolicy& policy) {
  if (policy.state() == pb::CREDIT_POLICY_STATE_DRAFT) return absl::OkStatus();
  return FailedPrecondition("CREDIT_POLICY_FROZEN", policy.name(),
                            "a policy that was published stays as it is; publish another one in its place",
                            {{"state", pb::CreditPolicyState_Name(policy.state())}});
}

absl::StatusOr<pb::CreditPolicy> Publish(const Context& context, rpc::Call& call,
                                         const pb::PublishCreditPolicyRequest& request) {
  RETURN_IF_ERROR(context.directory.EnsureCaller(call));
  absl::StatusOr<pb::CreditPolicy> answer =
      context.runtime.Write<pb::CreditPolicy>(call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::CreditPolicy> {
        // The one that holds is locked first, so that two are published one after the other.
        ASSIGN_OR_RETURN(const std::vector<pb::CreditPolicy> holding,
                         work.Find<pb::CreditPolicy>({kHolds, {}}, "", 1, /*lock=*/true));
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::CreditPolicy>(request));
        RETURN_IF_ERROR(CheckRead(request.etag()));
        RETURN_IF_ERROR(rules::CheckOtherPerson(change.before.name(), work.actor().subject, change.before.creator(),
                                                "made the policy"));
        RETURN_IF_ERROR(CheckNotAuthor(work, change.before.name(), Rpc("UpdateCreditPolicy")));
        for (const pb::CreditPolicy& policy : holding) {
          Change<pb::CreditPolicy> before{policy, policy};
          before.after.set_state(pb::CREDIT_POLICY_STATE_REPLACED);
          RETURN_IF_ERROR(work.Save(std::move(before)).status());
          RETURN_IF_ERROR(schedule::Cancel(work, kDueReceivableCheck, policy.name()));
        }
        change.after.set_publisher(work.actor().subject);
        SetTime(work.now(), change.after.mutable_publish_time());
        RETURN_IF_ERROR(ScheduleReceivableCheck(context, work, change.before.name()));
        return work.Save(std::move(change));
      });
  // No policy held, and two came at once: one of them holds now.
  if (!absl::IsAlreadyExists(answer.status())) return answer;
  return FailedPrecondition("POLICY_PUBLISHED_MEANWHILE", request.name(), "another policy was published just now");
}

}  // namespace

void RegisterCreditPolicies(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = PrepareNames(context);
  hooks.on_create = resource::OnCreate<pb::CreditPolicy>([](UnitOfWork&, pb::CreditPolicy* policy) {
    policy->set_state(pb::CREDIT_POLICY_STATE_DRAFT);
    return CheckPolicy(*policy);
  });
  hooks.on_update = resource::OnUpdate<pb::CreditPolicy>(
      [](UnitOfWork&, const pb::CreditPolicy& before, pb::CreditPolicy* after) -> absl::Status {
        RETURN_IF_ERROR(CheckDraft(before));
        return CheckPolicy(*after);
      });
  hooks.on_archive = [](UnitOfWork&, const google::protobuf::Message& before) {
    return CheckDraft(static_cast<const pb::CreditPolicy&>(before));
  };
  context.runtime.SetHooks(pb::CreditPolicy::descriptor(), std::move(hooks));
  registry->Add<pb::PublishCreditPolicyRequest, pb::CreditPolicy>(
      Rpc("PublishCreditPolicy"), [context](rpc::Call& call, const pb::PublishCreditPolicyRequest& request) {
        return Publish(context, call, request);
      });
}

}  // namespace kam::contract
