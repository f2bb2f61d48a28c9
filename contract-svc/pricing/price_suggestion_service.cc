// Feedback on prices: written by those who sell and service, answered by those who plan prices (C-01).
#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/rules/receivable.h"
#include "kam/pricing/v1/price_suggestion_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.PriceSuggestionService";

absl::StatusOr<pb::PriceSuggestion> Answer(UnitOfWork& work, const pb::AnswerPriceSuggestionRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PriceSuggestion>(request));
  ASSIGN_OR_RETURN(const std::string answerer, Person(work));
  RETURN_IF_ERROR(rules::CheckOtherPerson(request.name(), answerer, change.before.author(), "suggested it"));
  change.after.set_state(request.taken() ? pb::PRICE_SUGGESTION_STATE_TAKEN : pb::PRICE_SUGGESTION_STATE_DECLINED);
  change.after.set_answer(request.answer());
  change.after.set_answerer(answerer);
  SetTime(work.now(), change.after.mutable_answer_time());
  return work.Save(std::move(change));
}

}  // namespace

void RegisterPriceSuggestions(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    RETURN_IF_ERROR(context.directory.EnsureCaller(call));
    std::vector<std::string> accounts;
    for (const auto* message : resources) {
      const auto& suggestion = static_cast<const pb::PriceSuggestion&>(*message);
      if (!suggestion.account().empty()) accounts.push_back(suggestion.account());
    }
    return context.directory.EnsureAccounts(accounts, call.deadline);
  };
  hooks.on_create =
      resource::OnCreate<pb::PriceSuggestion>([](UnitOfWork& work, pb::PriceSuggestion* created) -> absl::Status {
        created->set_state(pb::PRICE_SUGGESTION_STATE_OPEN);
        ASSIGN_OR_RETURN(*created->mutable_author(), Person(work));
        return absl::OkStatus();
      });
  hooks.on_update = resource::OnUpdate<pb::PriceSuggestion>(
      [](UnitOfWork&, const pb::PriceSuggestion& before, pb::PriceSuggestion*) -> absl::Status {
        if (before.state() == pb::PRICE_SUGGESTION_STATE_OPEN) return absl::OkStatus();
        return FailedPrecondition("PRICE_SUGGESTION_ANSWERED", before.name(),
                                  "what was answered is not changed; make another one",
                                  {{"state", pb::PriceSuggestionState_Name(before.state())}});
      });
  context.runtime.SetHooks(pb::PriceSuggestion::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::AnswerPriceSuggestionRequest, pb::PriceSuggestion>(
      absl::StrCat(kService, "/AnswerPriceSuggestion"),
      [context](rpc::Call& call,
                const pb::AnswerPriceSuggestionRequest& request) -> absl::StatusOr<pb::PriceSuggestion> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::PriceSuggestion>(call, request,
                                                          [&](UnitOfWork& work) { return Answer(work, request); });
      });
}

}  // namespace kam::contract
