// kam.account.v1.CrossSellService: value-added products and their targets.
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/pipeline/owner_change.h"
#include "account-svc/pipeline/pipeline.h"
#include "account-svc/rules/common_rules.h"
#include "account-svc/rules/referral_rules.h"
#include "common/money/money_proto.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "kam/account/v1/cross_sell_service.pb.h"
#include "kam/account/v1/opportunity.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::CrossSellOffer;
using v1::CrossSellTarget;

constexpr char kService[] = "kam.account.v1.CrossSellService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CreateOffer(const Context& context, UnitOfWork& work, CrossSellOffer* offer) {
  RETURN_IF_ERROR(SetOwner(work, offer->mutable_owner()));
  offer->set_state(v1::CROSS_SELL_OFFER_STATE_OFFERED);
  if (offer->offer_date().empty()) offer->set_offer_date(context.Today(work.now()));
  RETURN_IF_ERROR(Validate(work, *offer));
  RETURN_IF_ERROR(CheckAccountUsable(work, offer->account()));
  return CheckOpportunityOf(work, offer->account(), offer->opportunity(), "cross_sell_offer.opportunity");
}

absl::Status UpdateOffer(UnitOfWork& work, const CrossSellOffer& before, CrossSellOffer* after) {
  RETURN_IF_ERROR(rules::CheckOfferUpdate(before));
  RETURN_IF_ERROR(SetOwner(work, after->mutable_owner()));
  RETURN_IF_ERROR(CheckOwnerChange(work, before.owner(), after->owner(), "cross_sell_offer.owner"));
  return CheckOpportunityOf(work, after->account(), after->opportunity(), "cross_sell_offer.opportunity");
}

absl::Status CreateTarget(UnitOfWork& work, CrossSellTarget* target) {
  RETURN_IF_ERROR(Validate(work, *target));
  const auto* kind = v1::ValueAddedKind_descriptor()->FindValueByNumber(target->kind());
  ASSIGN_OR_RETURN(const std::vector<CrossSellTarget> found,
                   work.Find<CrossSellTarget>(
                       {"t.owner = ? AND t.target_month = ? AND t.target_kind = ?",
                        {Value(IdOf(target->owner())), Value(target->month()), Value(resource::ShortEnumName(kind))}},
                       "", 1));
  if (found.empty()) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, "TARGET_SET", "there is a target of the month; change that one",
               {{"target", found[0].name()}, {"month", target->month()}});
}

struct Figures {
  int64_t target = 0, offered = 0, sold = 0, declined = 0;
  std::vector<Money> amounts;  // Of what was bought, one of each currency.
};

absl::StatusOr<v1::ReportCrossSellResponse> Report(const Context& context, const rpc::Call& call,
                                                   const v1::ReportCrossSellRequest& request,
                                                   mysql::Connection& connection) {
  const std::string first = request.month() + "-01";
  ASSIGN_OR_RETURN(const std::string next, AddMonths(first, 1));
  std::map<std::pair<std::string, std::string>, Figures> table;  // By employee and kind.
  ASSIGN_OR_RETURN(const std::vector<Row> targets,
                   QueryWithinReach(context, call, CrossSellTarget::descriptor(), connection,
                                    "SELECT t.owner, t.target_kind, t.quantity FROM cross_sell_targets t WHERE "
                                    "t.archive_time IS NULL AND t.target_month = ?",
                                    {Value(request.month())}, ""));
  for (const Row& row : targets) table[{row[0].text(), row[1].text()}].target = row[2].integer();
  ASSIGN_OR_RETURN(
      const std::vector<Row> offers,
      QueryWithinReach(context, call, CrossSellOffer::descriptor(), connection,
                       "SELECT t.owner, t.offer_kind, COUNT(CASE WHEN t.state <> 'WITHDRAWN' AND t.offer_date "
                       ">= ? AND t.offer_date < ? THEN 1 END), COUNT(CASE WHEN t.state = 'SOLD' AND t.close_date >= ? "
                       "AND t.close_date < ? THEN 1 END), "
                       "COUNT(CASE WHEN t.state = 'DECLINED' AND t.close_date >= ? AND t.close_date < ? THEN 1 END) "
                       "FROM cross_sell_offers t WHERE t.archive_time IS NULL",
                       {Value(first), Value(next), Value(first), Value(next), Value(first), Value(next)},
                       "GROUP BY t.owner, t.offer_kind"));
  for (const Row& row : offers) {
    if (row[2].integer() + row[3].integer() + row[4].integer() == 0) continue;
    Figures& figures = table[{row[0].text(), row[1].text()}];
    figures.offered = row[2].integer();
    figures.sold = row[3].integer();
    figures.declined = row[4].integer();
  }
  ASSIGN_OR_RETURN(
      const std::vector<Row> amounts,
      QueryWithinReach(context, call, CrossSellOffer::descriptor(), connection,
                       "SELECT t.owner, t.offer_kind, CAST(SUM(t.amount_amount) AS CHAR), t.amount_currency FROM "
                       "cross_sell_offers t WHERE t.archive_time IS NULL AND t.state = 'SOLD' AND t.amount_amount IS "
                       "NOT NULL AND t.close_date >= ? AND t.close_date < ?",
                       {Value(first), Value(next)},
                       "GROUP BY t.owner, t.offer_kind, t.amount_currency ORDER BY t.owner, t.offer_kind, "
                       "t.amount_currency"));
  for (const Row& row : amounts) {
    ASSIGN_OR_RETURN(const Money sold, Money::Parse(row[2].text(), row[3].text()));
    table[{row[0].text(), row[1].text()}].amounts.push_back(sold);
  }
  v1::ReportCrossSellResponse response;
  for (const auto& [key, figures] : table) {
    v1::CrossSellRow* row = response.add_rows();
    row->set_employee(NameOf("employees", key.first));
    const auto* kind = resource::FindEnumValue(v1::ValueAddedKind_descriptor(), key.second);
    if (kind != nullptr) row->set_kind(static_cast<v1::ValueAddedKind>(kind->number()));
    row->set_target(static_cast<int32_t>(figures.target));
    row->set_offered(static_cast<int32_t>(figures.offered));
    row->set_sold(static_cast<int32_t>(figures.sold));
    row->set_declined(static_cast<int32_t>(figures.declined));
    row->set_achieved_percent(rules::RateText(figures.sold, figures.target));
    for (const Money& amount : figures.amounts) ToProto(amount, row->add_sold_amounts());
  }
  return response;
}

}  // namespace

void RegisterCrossSell(const Context& context, rpc::Registry* registry) {
  resource::Hooks offers;
  offers.on_create = resource::OnCreate<CrossSellOffer>(
      [context](UnitOfWork& work, CrossSellOffer* offer) { return CreateOffer(context, work, offer); });
  offers.on_update = resource::OnUpdate<CrossSellOffer>(UpdateOffer);
  context.runtime.SetHooks(CrossSellOffer::descriptor(), std::move(offers));
  resource::Hooks targets;
  targets.on_create = resource::OnCreate<CrossSellTarget>(CreateTarget);
  context.runtime.SetHooks(CrossSellTarget::descriptor(), std::move(targets));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<CrossSellOffer, v1::SellCrossSellOfferRequest>(
      context, Rpc("SellCrossSellOffer"), registry,
      [context](UnitOfWork& work, const v1::SellCrossSellOfferRequest& request, CrossSellOffer* offer) {
        if (request.has_amount()) *offer->mutable_amount() = request.amount();
        return rules::CloseOffer(request.sold_date(), work.now(), context.zone, "sold_date", offer);
      });
  AddVerb<CrossSellOffer, v1::DeclineCrossSellOfferRequest>(
      context, Rpc("DeclineCrossSellOffer"), registry,
      [context](UnitOfWork& work, const v1::DeclineCrossSellOfferRequest& request, CrossSellOffer* offer) {
        offer->set_decline_reason(request.reason());
        return rules::CloseOffer(request.declined_date(), work.now(), context.zone, "declined_date", offer);
      });
  AddVerb<CrossSellOffer, v1::ReopenCrossSellOfferRequest>(
      context, Rpc("ReopenCrossSellOffer"), registry,
      [context](UnitOfWork& work, const v1::ReopenCrossSellOfferRequest&, CrossSellOffer* offer) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::ReopenOffer(actor, work.now(), context.zone, context.policy, offer);
      });
  AddVerb<CrossSellOffer, v1::WithdrawCrossSellOfferRequest>(
      context, Rpc("WithdrawCrossSellOffer"), registry,
      [](UnitOfWork&, const v1::WithdrawCrossSellOfferRequest& request, CrossSellOffer* offer) {
        offer->set_withdraw_reason(request.reason());
        return absl::OkStatus();
      });
  AddReport<v1::ReportCrossSellRequest, v1::ReportCrossSellResponse>(
      context, Rpc("ReportCrossSell"), registry,
      [context](const rpc::Call& call, const v1::ReportCrossSellRequest& request, mysql::Connection& connection) {
        return Report(context, call, request, connection);
      });
}

}  // namespace kam::account
