// What the company says outside, approved word for word, and the log of what was said to whom (G-04).
#include <set>

#include "absl/strings/str_cat.h"
#include "account-svc/market/market_service.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/statement_rules.h"
#include "account-svc/verb.h"
#include "account-svc/visits/contact_date.h"
#include "account-svc/work/people.h"
#include "account-svc/writers.h"
#include "common/id/digest.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/public_statement_service.pb.h"

namespace kam::account {
namespace {

using mysql::Value;
using resource::UnitOfWork;
using v1::Disclosure;
using v1::PublicStatement;

constexpr char kService[] = "kam.account.v1.PublicStatementService";
constexpr int kFoundMax = 200;

absl::Status Create(UnitOfWork& work, PublicStatement* statement) {
  ASSIGN_OR_RETURN(*statement->mutable_author(), Person(work));
  statement->set_state(v1::PUBLIC_STATEMENT_STATE_DRAFT);
  statement->set_version_number(1);
  RETURN_IF_ERROR(Validate(work, *statement));
  RETURN_IF_ERROR(rules::CheckStatement(*statement));
  if (!statement->account().empty()) RETURN_IF_ERROR(CheckAccountUsable(work, statement->account()));
  if (statement->predecessor().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const PublicStatement before,
      work.Load<PublicStatement>(statement->predecessor(), work.actor().LevelFor("public_statement.read")));
  return rules::NextVersion(before, statement);
}

absl::Status Update(UnitOfWork& work, const PublicStatement& before, PublicStatement* after) {
  RETURN_IF_ERROR(rules::CheckStatementUpdate(before));
  if (!before.predecessor().empty() && before.topic() != after->topic()) {
    return InvalidField("public_statement.topic", "TOPIC_DIFFERS", "the next version is about the same topic",
                        {{"topic", before.topic()}});
  }
  RETURN_IF_ERROR(Validate(work, *after));
  return rules::CheckStatement(*after);
}

// What is said to a customer is agreed with whoever leads him: he or somebody above him writes it or approves it. Of an
// account that nobody leads yet, whoever has the right.
absl::Status CheckAgreed(const Context& context, UnitOfWork& work, const PublicStatement& statement,
                         const std::string& approver) {
  if (statement.account().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT owner FROM accounts WHERE id = ?", {IdOf(statement.account())}));
  if (rows.empty() || rows[0][0].is_null()) return absl::OkStatus();
  const std::string owner = NameOf("employees", rows[0][0].text());
  for (const std::string& person : {approver, statement.author()}) {
    if (person == owner) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool above, IsAbove(work, person, owner, context.Today(work.now())));
    if (above) return absl::OkStatus();
  }
  return Error(absl::StatusCode::kPermissionDenied, "STRATEGY_NOT_AGREED",
               "words for a customer are written or approved by whoever leads him, or by somebody above him",
               {{"account", statement.account()}});
}

absl::Status Approve(const Context& context, UnitOfWork& work, PublicStatement* statement) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  RETURN_IF_ERROR(CheckAgreed(context, work, *statement, actor));
  RETURN_IF_ERROR(CheckNotWriter(work, kService, statement->name(), "approve the statement"));
  RETURN_IF_ERROR(rules::ApproveStatement(actor, work.now(), context.Today(work.now()), statement));
  statement->set_content_hash(Sha256Hex(absl::StrCat(statement->topic(), "\n", statement->content())));
  // One wording at a time. All of the topic are locked, so that two of them come one after the other.
  ASSIGN_OR_RETURN(const std::vector<PublicStatement> all,
                   work.Find<PublicStatement>({"t.topic = ? AND COALESCE(t.account, '') = ? AND t.state NOT IN "
                                               "('RETIRED', 'DISCARDED')",
                                               {Value(statement->topic()), Value(IdOf(statement->account()))}},
                                              "ORDER BY t.id", kFoundMax, /*lock=*/true));
  RETURN_IF_ERROR(rules::CheckTopicFree(*statement, all));
  for (const PublicStatement& before : all) {
    if (before.name() != statement->predecessor() || before.state() != v1::PUBLIC_STATEMENT_STATE_APPROVED) continue;
    resource::Change<PublicStatement> old{before, before};
    ASSIGN_OR_RETURN(old.after, rules::Replaced(before, *statement, context.Today(work.now())));
    RETURN_IF_ERROR(work.Save(std::move(old)).status());
  }
  return absl::OkStatus();
}

// What anybody who speaks for the company may say today. The row scope of whoever writes statements does not matter
// here: approved words for outside are for all who use them, those of an account for whoever reaches it.
absl::StatusOr<v1::FindPublicStatementsResponse> Find(const Context& context, rpc::Call& call,
                                                      const v1::FindPublicStatementsRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(PublicStatement::descriptor());
  const std::string today = context.Today(context.runtime.clock().Now());
  if (!request.account().empty()) {
    v1::Account account;
    const resource::Type& accounts = *context.runtime.catalog().Find(v1::Account::descriptor());
    ASSIGN_OR_RETURN(const std::string id, resource::IdFromName(accounts, request.account(), "account"));
    RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) {
      return context.runtime.store().Read(
          connection, accounts, id,
          resource::ScopeCondition(accounts, call.principal, call.principal.LevelFor("account.read")), &account);
    }));
  }
  ASSIGN_OR_RETURN(const resource::SqlCondition search, resource::CompileSearch(type, request.topic(), call.principal));
  const std::vector<resource::SqlCondition> where = {
      search,
      {"t.state = 'APPROVED' AND t.classification IN ('PUBLIC', 'CUSTOMER') AND t.valid_from <= ? AND (t.valid_until "
       "IS NULL OR t.valid_until >= ?) AND (t.account IS NULL OR t.account = ?)",
       {Value(today), Value(today), Value(IdOf(request.account()))}}};
  v1::FindPublicStatementsResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     context.runtime.store().Select(connection, type, where, "ORDER BY t.topic, t.id", kFoundMax));
    // Words for the account itself stand for those that are for all.
    std::set<std::string> own;
    for (const resource::Record& record : records) {
      const auto& statement = static_cast<const PublicStatement&>(*record.message);
      if (!statement.account().empty()) own.insert(statement.topic());
    }
    for (const resource::Record& record : records) {
      const auto& statement = static_cast<const PublicStatement&>(*record.message);
      if (statement.account().empty() && own.count(statement.topic()) > 0) continue;
      *response.add_public_statements() = statement;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::Status Disclose(const Context& context, UnitOfWork& work, Disclosure* disclosure) {
  ASSIGN_OR_RETURN(*disclosure->mutable_discloser(), Person(work));
  if (!disclosure->has_disclose_time()) *disclosure->mutable_disclose_time() = ToTimestamp(work.now());
  RETURN_IF_ERROR(Validate(work, *disclosure));
  ASSIGN_OR_RETURN(std::vector<PublicStatement> found,
                   work.Find<PublicStatement>({"t.id = ?", {Value(IdOf(disclosure->statement()))}}, "", 1,
                                              /*lock=*/true));
  if (found.empty()) return absl::OkStatus();  // Left to the check of references.
  RETURN_IF_ERROR(rules::CheckDisclosure(found[0], context.Today(FromTimestamp(disclosure->disclose_time())),
                                         work.now(), context.policy, disclosure));
  if (disclosure->account().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckAccountUsable(work, disclosure->account()));
  ContactNames contact;
  if (!disclosure->contact().empty()) *contact.Add() = disclosure->contact();
  return CheckContactsOf(work, disclosure->account(), contact, "disclosure.contact");
}

}  // namespace

void RegisterStatements(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<PublicStatement>(Create);
  hooks.on_update = resource::OnUpdate<PublicStatement>(Update);
  context.runtime.SetHooks(PublicStatement::descriptor(), std::move(hooks));
  resource::Hooks log;
  log.on_create = resource::OnCreate<Disclosure>(
      [context](UnitOfWork& work, Disclosure* disclosure) { return Disclose(context, work, disclosure); });
  context.runtime.SetHooks(Disclosure::descriptor(), std::move(log));
  const std::string service = kService;
  resource::RegisterStandardMethods(context.runtime, service, registry);
  AddVerb<PublicStatement, v1::SubmitPublicStatementRequest>(
      context, service + "/SubmitPublicStatement", registry,
      [](UnitOfWork&, const v1::SubmitPublicStatementRequest&, PublicStatement*) { return absl::OkStatus(); });
  AddVerb<PublicStatement, v1::ReturnPublicStatementRequest>(
      context, service + "/ReturnPublicStatement", registry,
      [](UnitOfWork&, const v1::ReturnPublicStatementRequest& request, PublicStatement* statement) {
        statement->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<PublicStatement, v1::ApprovePublicStatementRequest>(
      context, service + "/ApprovePublicStatement", registry,
      [context](UnitOfWork& work, const v1::ApprovePublicStatementRequest& request,
                PublicStatement* statement) -> absl::Status {
        RETURN_IF_ERROR(resource::CheckRead(request.etag()));
        return Approve(context, work, statement);
      });
  AddVerb<PublicStatement, v1::DiscardPublicStatementRequest>(
      context, service + "/DiscardPublicStatement", registry,
      [](UnitOfWork&, const v1::DiscardPublicStatementRequest& request, PublicStatement* statement) {
        statement->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  AddVerb<PublicStatement, v1::RetirePublicStatementRequest>(
      context, service + "/RetirePublicStatement", registry,
      [](UnitOfWork&, const v1::RetirePublicStatementRequest& request, PublicStatement* statement) {
        statement->set_return_reason(request.reason());
        return absl::OkStatus();
      });
  registry->Add<v1::FindPublicStatementsRequest, v1::FindPublicStatementsResponse>(
      service + "/FindPublicStatements", [context](rpc::Call& call, const v1::FindPublicStatementsRequest& request) {
        return Find(context, call, request);
      });
}

}  // namespace kam::account
