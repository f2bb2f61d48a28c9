// AccountViewService: an account from all sides, what happened with it, information for others.
#include <map>

#include "absl/strings/str_cat.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/dealings.h"
#include "account-svc/accounts/merges.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/verb.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "kam/account/v1/account_view_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountView;
using v1::InformationRequest;
using v1::ViewSection;

constexpr char kService[] = "kam.account.v1.AccountViewService";
constexpr int kRowsMax = 50;  // Of one part of a view.

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

ViewSection* AddSection(v1::ViewSectionKind kind, const std::string& permission, bool shown, AccountView* view) {
  ViewSection* section = view->add_sections();
  section->set_kind(kind);
  section->set_permission(permission);
  section->set_state(shown ? v1::VIEW_SECTION_STATE_SHOWN : v1::VIEW_SECTION_STATE_HIDDEN);
  return section;
}

// Composes the parts of a view.
class Composer {
 public:
  Composer(const Context& context, const rpc::Call& call, mysql::Connection& connection, AccountView* view)
      : context_(context), call_(call), connection_(connection), id_(IdOf(view->account().name())), view_(view) {}

  // The rows of T of the account that the caller sees with `permission`, the latest first.
  template <typename T>
  absl::Status Add(v1::ViewSectionKind kind, const std::string& permission, const std::string& order,
                   google::protobuf::RepeatedPtrField<T>* rows) {
    ASSIGN_OR_RETURN(const bool shown, ReachesWith(context_, call_, connection_, id_, permission));
    ViewSection* section = AddSection(kind, permission, shown, view_);
    if (!shown) return absl::OkStatus();
    const resource::Type& type = *context_.runtime.catalog().Find(T::descriptor());
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     context_.runtime.store().Select(
                         connection_, type,
                         {{"t.account = ? AND t.archive_time IS NULL", {id_}},
                          resource::ScopeCondition(type, call_.principal, call_.principal.LevelFor(permission))},
                         absl::StrCat("ORDER BY ", order), kRowsMax + 1));
    section->set_truncated(records.size() > static_cast<size_t>(kRowsMax));
    for (size_t i = 0; i < records.size() && i < static_cast<size_t>(kRowsMax); ++i) {
      rows->Add(std::move(static_cast<T&>(*records[i].message)));
    }
    section->set_rows(rows->size());
    return absl::OkStatus();
  }

 private:
  const Context& context_;
  const rpc::Call& call_;
  mysql::Connection& connection_;
  const std::string id_;
  AccountView* view_;
};

absl::Status Compose(const Context& context, const rpc::Call& call, mysql::Connection& connection, AccountView* view) {
  AddSection(v1::VIEW_SECTION_KIND_FILE, "account.read", true, view)->set_rows(1);
  Composer parts(context, call, connection, view);
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_CONTACTS, "contact.read", "t.key_person DESC, t.id DESC",
                            view->mutable_contacts()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_OWNERS, "account_ownership.read", "t.since_time DESC, t.id DESC",
                            view->mutable_account_ownerships()));
  RETURN_IF_ERROR(
      parts.Add(v1::VIEW_SECTION_KIND_OPPORTUNITIES, "opportunity.read", "t.id DESC", view->mutable_opportunities()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_VISITS, "visit.read", "t.id DESC", view->mutable_visits()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_SUPPLY_SHARES, "supply_share.read", "t.period_start DESC, t.id DESC",
                            view->mutable_supply_shares()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_CONDITION, "business_condition.read", "t.as_of DESC, t.id DESC",
                            view->mutable_business_conditions()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_EVALUATIONS, "account_evaluation.read", "t.as_of DESC, t.id DESC",
                            view->mutable_account_evaluations()));
  RETURN_IF_ERROR(parts.Add(v1::VIEW_SECTION_KIND_DOCUMENTS, "customer_document.read", "t.id DESC",
                            view->mutable_customer_documents()));
  return parts.Add(v1::VIEW_SECTION_KIND_USAGE, "account_usage.read", "t.usage_month DESC, t.id DESC",
                   view->mutable_account_usages());
}

absl::StatusOr<AccountView> GetView(const Context& context, rpc::Call& call, const v1::GetAccountViewRequest& request) {
  const resource::Type& type = *context.runtime.catalog().Find(Account::descriptor());
  Account account;
  RETURN_IF_ERROR(context.runtime.GetMessage(call, type, request.name(), &account));
  AccountView view;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    view.Clear();
    *view.mutable_account() = account;
    const std::string id = IdOf(account.name());
    ASSIGN_OR_RETURN(const std::string into, MergedInto(connection, id));
    view.set_merged_into(NameOf("accounts", into));
    ASSIGN_OR_RETURN(const std::vector<std::string> parts, PartsOfAccount(connection, id));
    for (const std::string& part : parts) view.add_parts(NameOf("accounts", part));
    return Compose(context, call, connection, &view);
  }));
  RETURN_IF_ERROR(AddDealings(context, call, &view));
  return view;
}

// The permission that reads a collection: that of its standard Get.
std::map<std::string, std::string> ReadPermissions(const rpc::Registry& registry) {
  std::map<std::string, std::string> permissions;
  for (const auto& [name, entry] : registry.entries()) {
    if (entry.rules->standard() == kam::api::STANDARD_GET) {
      permissions[entry.rules->collection()] = entry.rules->permission();
    }
  }
  return permissions;
}

absl::StatusOr<v1::ListAccountTimelineResponse> Timeline(const Context& context, rpc::Call& call,
                                                         const rpc::Registry& registry,
                                                         const v1::ListAccountTimelineRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  const resource::Type& accounts = *context.runtime.catalog().Find(Account::descriptor());
  Account account;
  RETURN_IF_ERROR(context.runtime.GetMessage(call, accounts, request.name(), &account));
  const std::string id = IdOf(account.name());
  // Ids come from tables, so that they compare with the change log as its index has them.
  std::string resources = "SELECT t.id AS resource_id FROM accounts t WHERE t.id = ?";
  std::vector<Value> params = {Value(id)};
  const std::map<std::string, std::string> permissions = ReadPermissions(registry);
  for (const auto& type : context.runtime.catalog().types()) {
    const std::string& field = type->rules().scope().account();
    const auto permission = permissions.find(type->collection());
    if (field.empty() || field == "name" || permission == permissions.end()) continue;
    const auth::Level level = call.principal.LevelFor(permission->second);
    if (level == auth::Level::kNone) continue;
    params.emplace_back(id);
    absl::StrAppend(&resources, " UNION ALL SELECT t.id FROM ", type->table(), " t WHERE t.",
                    type->FindField(field)->column, " = ?",
                    ScopeSql(context, call.principal, level, type->descriptor(), &params));
  }
  std::string sql = absl::StrCat(
      "SELECT c.change_id, c.change_time, c.collection, c.resource_id, c.method, c.actor, c.reason FROM changes c JOIN "
      "(",
      resources, ") r ON r.resource_id = c.resource_id");
  if (!page.last().empty()) {
    absl::StrAppend(&sql, " WHERE c.change_id < ?");
    params.push_back(page.last()[0]);
  }
  absl::StrAppend(&sql, " ORDER BY c.change_id DESC LIMIT ?");
  params.emplace_back(static_cast<int64_t>(page.size() + 1));
  v1::ListAccountTimelineResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i == page.size()) {
        response.set_next_page_token(page.Next({rows[i - 1][0]}));
        break;
      }
      v1::TimelineEntry* entry = response.add_entries();
      *entry->mutable_time() = ToTimestamp(rows[i][1].time());
      entry->set_collection(rows[i][2].text());
      entry->set_resource(NameOf(rows[i][2].text(), rows[i][3].text()));
      entry->set_method(rows[i][4].text());
      entry->set_actor(rows[i][5].text());
      entry->set_reason(rows[i][6].text());
    }
    return absl::OkStatus();
  }));
  return response;
}

// Adds what of a type begins with the text, within the caller's reach with `permission`.
absl::Status AddHits(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                     const google::protobuf::Descriptor* descriptor, const std::string& permission,
                     const std::string& columns, const std::string& text, std::vector<v1::AccountHit>* hits) {
  constexpr int64_t kHitsMax = 500;
  const auth::Level level = call.principal.LevelFor(permission);
  if (level == auth::Level::kNone) return absl::OkStatus();
  const resource::Type& type = *context.runtime.catalog().Find(descriptor);
  ASSIGN_OR_RETURN(const resource::SqlCondition search, resource::CompileSearch(type, text, call.principal));
  std::vector<Value> params = search.params;
  const std::string scope = ScopeSql(context, call.principal, level, descriptor, &params);
  params.emplace_back(kHitsMax);
  return connection.Scan(
      absl::StrCat("SELECT t.id, ", columns, " FROM ", type.table(), " t JOIN account_scopes s ON s.account = ",
                   descriptor == Account::descriptor() ? "t.id" : "t.account", " WHERE t.archive_time IS NULL AND (",
                   search.sql, ")", scope, " ORDER BY t.id LIMIT ?"),
      mysql::Params(params), [&](const Row& row) {
        v1::AccountHit& hit = hits->emplace_back();
        hit.set_resource(NameOf(type.collection(), row[0].text()));
        hit.set_account(NameOf("accounts", row[1].text()));
        hit.set_legal_name(row[2].text());
        hit.set_title(row[3].text());
        return absl::OkStatus();
      });
}

absl::StatusOr<v1::SearchAccountBaseResponse> Search(const Context& context, rpc::Call& call,
                                                     const v1::SearchAccountBaseRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  v1::SearchAccountBaseResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    std::vector<v1::AccountHit> hits;
    RETURN_IF_ERROR(AddHits(context, call, connection, Account::descriptor(), "account.read",
                            "t.id, t.legal_name, t.legal_name", request.text(), &hits));
    RETURN_IF_ERROR(AddHits(context, call, connection, v1::Contact::descriptor(), "contact.read",
                            "t.account, s.legal_name, t.display_name", request.text(), &hits));
    RETURN_IF_ERROR(AddHits(context, call, connection, v1::Opportunity::descriptor(), "opportunity.read",
                            "t.account, s.legal_name, t.display_name", request.text(), &hits));
    page.Slice(
        hits, [&](const v1::AccountHit& hit) { *response.add_hits() = hit; }, response.mutable_next_page_token());
    return absl::OkStatus();
  }));
  return response;
}

absl::Status CreateRequest(UnitOfWork& work, InformationRequest* request) {
  ASSIGN_OR_RETURN(*request->mutable_requester(), Person(work));
  request->set_state(v1::INFORMATION_REQUEST_STATE_REQUESTED);
  RETURN_IF_ERROR(Validate(work, *request));
  ASSIGN_OR_RETURN(const Account account, work.Load<Account>(request->account()));
  if (account.state() == v1::ACCOUNT_STATE_CLOSED) {
    return FailedPrecondition("ACCOUNT_CLOSED", account.name(), "the account is closed");
  }
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      work.connection().Query("SELECT e.department FROM employees e WHERE e.id = ?", {IdOf(request->requester())}));
  if (!rows.empty()) request->set_department(NameOf("departments", rows[0][0].text()));
  return absl::OkStatus();
}

absl::Status Handle(UnitOfWork& work, InformationRequest* request) {
  ASSIGN_OR_RETURN(const std::string actor, Person(work));
  if (request->requester() == actor) {
    return Error(absl::StatusCode::kPermissionDenied, "SEPARATION_OF_DUTIES",
                 "whoever asks for information does not give it to himself",
                 {{"rule", "requester"}, {"permission", "information_request.answer"}});
  }
  request->set_handler(actor);
  *request->mutable_answer_time() = ToTimestamp(work.now());
  return absl::OkStatus();
}

}  // namespace

void RegisterViews(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.on_create = resource::OnCreate<InformationRequest>(CreateRequest);
  context.runtime.SetHooks(InformationRequest::descriptor(), std::move(hooks));
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  AddVerb<InformationRequest, v1::AnswerInformationRequestRequest>(
      context, Rpc("AnswerInformationRequest"), registry,
      [](UnitOfWork& work, const v1::AnswerInformationRequestRequest& request,
         resource::Change<InformationRequest>* change) {
        change->after.set_answer(request.answer());
        change->after.set_source(request.source());
        return Handle(work, &change->after);
      });
  AddVerb<InformationRequest, v1::RefuseInformationRequestRequest>(
      context, Rpc("RefuseInformationRequest"), registry,
      [](UnitOfWork& work, const v1::RefuseInformationRequestRequest& request,
         resource::Change<InformationRequest>* change) {
        change->after.set_refuse_reason(request.reason());
        return Handle(work, &change->after);
      });
  AddVerb<InformationRequest, v1::WithdrawInformationRequestRequest>(
      context, Rpc("WithdrawInformationRequest"), registry,
      [](UnitOfWork& work, const v1::WithdrawInformationRequestRequest& request,
         resource::Change<InformationRequest>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        if (change->before.requester() != actor) {
          return Error(absl::StatusCode::kPermissionDenied, "NOT_REQUESTER", "a question is taken back by who asked it",
                       {{"requester", change->before.requester()}});
        }
        change->after.set_withdraw_reason(request.reason());
        return absl::OkStatus();
      });
  registry->Add<v1::GetAccountViewRequest, AccountView>(
      Rpc("GetAccountView"),
      [context](rpc::Call& call, const v1::GetAccountViewRequest& request) { return GetView(context, call, request); });
  // The registry is complete when the first call arrives, and outlives the handlers in it.
  registry->Add<v1::ListAccountTimelineRequest, v1::ListAccountTimelineResponse>(
      Rpc("ListAccountTimeline"), [context, registry](rpc::Call& call, const v1::ListAccountTimelineRequest& request) {
        return Timeline(context, call, *registry, request);
      });
  registry->Add<v1::SearchAccountBaseRequest, v1::SearchAccountBaseResponse>(
      Rpc("SearchAccountBase"), [context](rpc::Call& call, const v1::SearchAccountBaseRequest& request) {
        return Search(context, call, request);
      });
}

}  // namespace kam::account
