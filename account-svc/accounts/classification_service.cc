// AccountClassificationService: segments, proposals and groups of accounts.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/rules/account_rules.h"
#include "account-svc/rules/classification_rules.h"
#include "account-svc/verb.h"
#include "common/money/money.h"
#include "common/money/money_proto.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_classification_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountGroupAmount;
using v1::AccountGroupNode;
using v1::AccountProposal;

constexpr char kService[] = "kam.account.v1.AccountClassificationService";
constexpr size_t kMembersMax = 5000;  // Of a group that is reported.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CreateProposal(UnitOfWork& work, AccountProposal* proposal) {
  ASSIGN_OR_RETURN(*proposal->mutable_proposer(), Person(work));
  proposal->set_state(v1::ACCOUNT_PROPOSAL_STATE_OPEN);
  RETURN_IF_ERROR(Validate(work, *proposal));
  RETURN_IF_ERROR(CheckAccountUsable(work, proposal->account()));
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(proposal->account()));
  return rules::CheckProposal(*proposal, account);
}

absl::Status Accept(const Context& context, UnitOfWork& work, const std::string& reason, AccountProposal* proposal) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(rules::Decide(actor, reason, work.now(), proposal));
  resource::Change<Account> change;
  ASSIGN_OR_RETURN(change.before, work.Load<Account>(proposal->account(), work.level()));
  change.after = change.before;
  rules::ApplyProposal(*proposal, &change.after);
  RETURN_IF_ERROR(rules::CheckUpdate(change.before, change.after, /*may_verify=*/true));
  if (change.before.parent() != change.after.parent()) RETURN_IF_ERROR(CheckGroup(work, change.after));
  change.after.set_file_update_date(context.Today(work.now()));
  return work.Save(std::move(change)).status();
}

// A group as it is read: the members within reach from the top down, and what they come to.
struct Group {
  std::vector<AccountGroupNode> nodes;
  std::set<std::string> counted;  // Ids.
  int excluded = 0;
  int hidden = 0;
};

absl::Status AddAmount(const std::string& amount, const std::string& currency, bool opportunity,
                       std::map<std::string, std::pair<Decimal, Decimal>>* sums) {
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(amount, "amount"));
  auto& [spend, opportunities] = (*sums)[currency];
  Decimal& sum = opportunity ? opportunities : spend;
  ASSIGN_OR_RETURN(sum, Add(sum, value));
  return absl::OkStatus();
}

// Reads the members of a group level by level.
absl::StatusOr<Group> ReadGroup(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                                const std::string& top, std::map<std::string, std::pair<Decimal, Decimal>>* sums) {
  Group group;
  std::vector<std::string> level = {top};
  std::set<std::string> seen = {top};
  for (int depth = 0; !level.empty(); ++depth) {
    std::vector<Value> ids(level.begin(), level.end());
    const std::string list = resource::Placeholders(ids.size());
    std::vector<Value> params;
    const std::string scope = ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params);
    params.insert(params.end(), ids.begin(), ids.end());
    std::set<std::string> reached;
    RETURN_IF_ERROR(connection.Scan(
        absl::StrCat("SELECT t.id, t.parent, t.legal_name, t.state, t.tier, t.owner, t.annual_spend_amount, "
                     "t.annual_spend_currency, CASE WHEN ",
                     ExcludedSql(), " THEN 1 ELSE 0 END FROM accounts t WHERE TRUE", scope, " AND t.id IN (", list,
                     ") AND t.archive_time IS NULL ORDER BY t.legal_name, t.id"),
        mysql::Params(params), [&](const Row& row) -> absl::Status {
          AccountGroupNode node;
          node.set_account(NameOf("accounts", row[0].text()));
          if (depth > 0) node.set_parent(NameOf("accounts", row[1].text()));
          node.set_depth(depth);
          node.set_legal_name(row[2].text());
          if (const auto* state = resource::FindEnumValue(v1::AccountState_descriptor(), row[3].text())) {
            node.set_state(static_cast<v1::AccountState>(state->number()));
          }
          if (const auto* tier = resource::FindEnumValue(v1::Tier_descriptor(), row[4].text())) {
            node.set_tier(static_cast<v1::Tier>(tier->number()));
          }
          node.set_owner(NameOf("employees", row[5].text()));
          node.set_excluded(row[8].integer() != 0);
          if (!row[6].is_null()) {
            ASSIGN_OR_RETURN(const Money spend, Money::Parse(row[6].text(), row[7].text()));
            ToProto(spend, node.mutable_annual_spend());
            if (!node.excluded()) RETURN_IF_ERROR(AddAmount(row[6].text(), row[7].text(), false, sums));
          }
          reached.insert(row[0].text());
          if (node.excluded()) ++group.excluded;
          if (!node.excluded()) group.counted.insert(row[0].text());
          group.nodes.push_back(std::move(node));
          return absl::OkStatus();
        }));
    if (depth == 0 && reached.empty()) return NotFound(NameOf("accounts", top));
    // Members out of reach are counted; what is below them belongs to the group as well.
    group.hidden += static_cast<int>(level.size() - reached.size());
    level.clear();
    ASSIGN_OR_RETURN(const std::vector<Row> below,
                     connection.Query(absl::StrCat("SELECT t.id FROM accounts t WHERE t.archive_time IS NULL AND "
                                                   "t.parent IN (",
                                                   list, ") ORDER BY t.id"),
                                      mysql::Params(ids)));
    for (const Row& row : below) {
      if (seen.size() < kMembersMax && seen.insert(row[0].text()).second) level.push_back(row[0].text());
    }
  }
  return group;
}

// Contacts, visits and opportunities of the members, each counted once.
absl::Status AddFigures(const Context& context, mysql::Connection& connection, Group* group,
                        std::map<std::string, std::pair<Decimal, Decimal>>* sums,
                        v1::ReportAccountGroupResponse* response) {
  constexpr absl::Duration kVisitWindow = absl::Hours(24 * 365);
  if (group->nodes.empty()) return absl::OkStatus();
  std::map<std::string, AccountGroupNode*> at;
  std::vector<Value> ids;
  for (AccountGroupNode& node : group->nodes) {
    at[IdOf(node.account())] = &node;
    ids.emplace_back(IdOf(node.account()));
  }
  const std::string list = resource::Placeholders(ids.size());
  const auto counts = [&](const std::string& id) { return group->counted.count(id) > 0; };
  RETURN_IF_ERROR(connection.Scan(absl::StrCat("SELECT c.account, COUNT(c.id) FROM contacts c WHERE c.archive_time IS "
                                               "NULL AND c.account IN (",
                                               list, ") GROUP BY c.account"),
                                  mysql::Params(ids), [&](const Row& row) {
                                    const auto n = static_cast<int>(row[1].integer());
                                    at[row[0].text()]->set_contacts(n);
                                    if (counts(row[0].text())) response->set_contacts(response->contacts() + n);
                                    return absl::OkStatus();
                                  }));
  std::vector<Value> params = {context.runtime.clock().Now() - kVisitWindow};
  params.insert(params.end(), ids.begin(), ids.end());
  RETURN_IF_ERROR(connection.Scan(absl::StrCat("SELECT v.account, COUNT(v.id) FROM visits v WHERE v.state = 'DONE' AND "
                                               "v.check_out_time >= ? AND v.account IN (",
                                               list, ") GROUP BY v.account"),
                                  mysql::Params(params), [&](const Row& row) {
                                    const auto n = static_cast<int>(row[1].integer());
                                    at[row[0].text()]->set_visits(n);
                                    if (counts(row[0].text())) response->set_visits(response->visits() + n);
                                    return absl::OkStatus();
                                  }));
  return connection.Scan(
      absl::StrCat("SELECT o.account, o.amount_amount, o.amount_currency FROM opportunities o WHERE o.state = 'OPEN' "
                   "AND o.archive_time IS NULL AND o.account IN (",
                   list, ")"),
      mysql::Params(ids), [&](const Row& row) -> absl::Status {
        AccountGroupNode* node = at[row[0].text()];
        node->set_open_opportunities(node->open_opportunities() + 1);
        if (!counts(row[0].text())) return absl::OkStatus();
        response->set_open_opportunities(response->open_opportunities() + 1);
        if (row[1].is_null()) return absl::OkStatus();
        return AddAmount(row[1].text(), row[2].text(), true, sums);
      });
}

absl::StatusOr<v1::ReportAccountGroupResponse> ReportGroup(const Context& context, rpc::Call& call,
                                                           const v1::ReportAccountGroupRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  ASSIGN_OR_RETURN(const std::string top, resource::IdFromName(*context.runtime.catalog().Find(Account::descriptor()),
                                                               request.name(), "name"));
  v1::ReportAccountGroupResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::map<std::string, std::pair<Decimal, Decimal>> sums;
    ASSIGN_OR_RETURN(Group group, ReadGroup(context, call, connection, top, &sums));
    RETURN_IF_ERROR(AddFigures(context, connection, &group, &sums, &response));
    response.set_members(static_cast<int>(group.counted.size()));
    response.set_excluded_members(group.excluded);
    response.set_hidden_members(group.hidden);
    for (const auto& [currency, sum] : sums) {
      AccountGroupAmount* amount = response.add_amounts();
      amount->set_currency(currency);
      ASSIGN_OR_RETURN(const Currency code, Currency::Parse(currency));
      ToProto(Money(sum.first, code), amount->mutable_annual_spend());
      ToProto(Money(sum.second, code), amount->mutable_opportunities());
    }
    page.Slice(
        group.nodes, [&](const AccountGroupNode& node) { *response.add_nodes() = node; },
        response.mutable_next_page_token());
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

void RegisterClassification(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<AccountProposal>(CreateProposal);
  context.runtime.SetHooks(AccountProposal::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<AccountProposal, v1::AcceptAccountProposalRequest>(
      context, Rpc("AcceptAccountProposal"), registry,
      [context](UnitOfWork& work, const v1::AcceptAccountProposalRequest& request,
                resource::Change<AccountProposal>* change) {
        return Accept(context, work, request.reason(), &change->after);
      });
  AddVerb<AccountProposal, v1::RejectAccountProposalRequest>(
      context, Rpc("RejectAccountProposal"), registry,
      [](UnitOfWork& work, const v1::RejectAccountProposalRequest& request,
         resource::Change<AccountProposal>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Decide(actor, request.reason(), work.now(), &change->after);
      });
  AddVerb<AccountProposal, v1::WithdrawAccountProposalRequest>(
      context, Rpc("WithdrawAccountProposal"), registry,
      [](UnitOfWork& work, const v1::WithdrawAccountProposalRequest&,
         resource::Change<AccountProposal>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        return rules::Withdraw(actor, work.now(), &change->after);
      });
  registry->Add<v1::ReportAccountGroupRequest, v1::ReportAccountGroupResponse>(
      Rpc("ReportAccountGroup"), [context](rpc::Call& call, const v1::ReportAccountGroupRequest& request) {
        return ReportGroup(context, call, request);
      });
}

}  // namespace kam::account
