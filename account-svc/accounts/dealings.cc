#include "account-svc/accounts/dealings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/peers.h"
#include "common/status/status.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"

namespace kam::account {
namespace {

namespace pb = business::v1;
using mysql::Row;
using mysql::Value;
using v1::Account;
using v1::AccountView;
using v1::ViewSection;

constexpr int kRowsMax = 50;  // Of one part of a view.

struct Part {
  const char* kind;
  v1::ViewSectionKind section;
  const char* permission;  // As the service says; shown while it does not answer.
};
constexpr std::array<Part, 3> kContractParts = {{{"CONTRACT", v1::VIEW_SECTION_KIND_CONTRACTS, "contract.read"},
                                                 {"ORDER", v1::VIEW_SECTION_KIND_ORDERS, "order.read"},
                                                 {"RECEIVABLE", v1::VIEW_SECTION_KIND_RECEIVABLES, "receivable.read"}}};
constexpr std::array<Part, 3> kAftersalesParts = {
    {{"COMPLAINT", v1::VIEW_SECTION_KIND_COMPLAINTS, "complaint.read"},
     {"WARRANTY_CLAIM", v1::VIEW_SECTION_KIND_CLAIMS, "claim.read"},
     {"SATISFACTION", v1::VIEW_SECTION_KIND_SATISFACTION, "satisfaction_review.read"}}};

// What the archive keeps of contract-svc.
struct Archived {
  const char* kind;
  const char* collection;
  const char* permission;
};
constexpr std::array<Archived, 5> kArchived = {{{"CONTRACT", "contracts", "contract.read"},
                                                {"ORDER", "orders", "order.read"},
                                                {"RECEIVABLE", "receivableItems", "receivable.read"},
                                                {"INVOICE", "invoices", "invoice.read"},
                                                {"RECEIPT", "receipts", "receipt.read"}}};

// The caller with the rights that his token gives him: the other services apply them as if he asked there himself.
pb::Reader ReaderOf(const auth::Principal& principal) {
  pb::Reader reader;
  if (!principal.employee.empty()) reader.set_employee(NameOf("employees", principal.employee));
  reader.set_department(principal.department);
  for (const std::string& region : principal.regions) reader.add_regions(region);
  for (const std::string& employee : principal.team) reader.add_team(employee);
  for (const auto& [permission, level] : principal.grants) {
    if (level == auth::Level::kNone) continue;
    pb::ReaderRight* right = reader.add_rights();
    right->set_permission(permission);
    right->set_level(std::string(auth::LevelName(level)));
  }
  return reader;
}

void CopyDealing(v1::ViewSectionKind kind, pb::Dealing* from, AccountView* view) {
  v1::AccountDealing* to = view->add_dealings();
  to->set_kind(kind);
  to->set_resource(std::move(*from->mutable_name()));
  to->set_number(std::move(*from->mutable_number()));
  to->set_state(std::move(*from->mutable_state()));
  if (from->has_amount()) *to->mutable_amount() = from->amount();
  to->set_date(std::move(*from->mutable_date()));
  to->set_due_date(std::move(*from->mutable_due_date()));
  to->set_title(std::move(*from->mutable_title()));
  to->set_score(std::move(*from->mutable_score()));
}

// Adds the parts of one service from its answer.
absl::Status AddParts(const Context& context, const rpc::Call& call, absl::Span<const Part> parts,
                      absl::StatusOr<pb::ListDealingsResponse> answer, AccountView* view) {
  const bool away = absl::IsUnavailable(answer.status());
  if (!away) RETURN_IF_ERROR(answer.status());
  for (const Part& part : parts) {
    ViewSection* section = view->add_sections();
    section->set_kind(part.section);
    section->set_permission(part.permission);
    // Whoever has no right to a part learns nothing of it, not even that its service is away.
    bool reaches = false;
    RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(reaches, ReachesWith(context, call, connection, IdOf(view->account().name()), part.permission));
      return absl::OkStatus();
    }));
    pb::DealingPart* found = nullptr;
    if (!away) {
      for (pb::DealingPart& entry : *answer->mutable_parts()) {
        if (entry.kind() == part.kind) found = &entry;
      }
    }
    // A case that the caller handles is his although the account is not.
    const bool own_rows = found != nullptr && found->dealings_size() > 0;
    if (!call.principal.Holds(part.permission) || (!reaches && !own_rows) || (found != nullptr && found->hidden())) {
      section->set_state(v1::VIEW_SECTION_STATE_HIDDEN);
      continue;
    }
    if (found == nullptr) {
      section->set_state(v1::VIEW_SECTION_STATE_UNAVAILABLE);
      continue;
    }
    section->set_state(v1::VIEW_SECTION_STATE_SHOWN);
    section->set_rows(found->dealings_size());
    section->set_truncated(found->truncated());
    for (pb::Dealing& dealing : *found->mutable_dealings()) CopyDealing(part.section, &dealing, view);
  }
  return absl::OkStatus();
}

// Asks for the parts of one service, unless the caller has a right to none of them.
template <typename Ask>
absl::StatusOr<pb::ListDealingsResponse> AskFor(const rpc::Call& call, absl::Span<const Part> parts,
                                                const AccountView& view, Ask ask) {
  pb::ListDealingsRequest request;
  request.set_account(view.account().name());
  request.set_rows_max(kRowsMax);
  for (const Part& part : parts) {
    if (call.principal.Holds(part.permission)) request.add_kinds(part.kind);
  }
  if (request.kinds().empty()) return pb::ListDealingsResponse();
  *request.mutable_reader() = ReaderOf(call.principal);
  return ask(request);
}

absl::StatusOr<google::protobuf::Struct> ParseLine(absl::string_view line) {
  google::protobuf::Struct parsed;
  if (!google::protobuf::util::JsonStringToMessage(std::string(line), &parsed).ok()) {
    return Internal("a line of a snapshot is no JSON object");
  }
  return parsed;
}

std::string NameIn(const google::protobuf::Struct& line) {
  const auto name = line.fields().find("name");
  return name == line.fields().end() ? "" : name->second.string_value();
}

// Names of the fields that differ, in order.
std::vector<std::string> DifferingFields(const google::protobuf::Struct& a, const google::protobuf::Struct& b) {
  std::map<std::string, int> names;
  for (const auto& [name, value] : a.fields()) ++names[name];
  for (const auto& [name, value] : b.fields()) ++names[name];
  std::vector<std::string> differing;
  for (const auto& [name, count] : names) {
    if (count == 2 && google::protobuf::util::MessageDifferencer::Equals(a.fields().at(name), b.fields().at(name))) {
      continue;
    }
    differing.push_back(name);
  }
  return differing;
}

}  // namespace

absl::StatusOr<bool> ReachesWith(const Context& context, const rpc::Call& call, mysql::Connection& connection,
                                 const std::string& account_id, const std::string& permission) {
  const auth::Level level = call.principal.LevelFor(permission);
  if (level == auth::Level::kNone) return false;
  std::vector<Value> params = {Value(account_id)};
  const std::string scope = ScopeSql(context, call.principal, level, Account::descriptor(), &params);
  ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      connection.Query(absl::StrCat("SELECT 1 FROM accounts t WHERE t.id = ?", scope), mysql::Params(params)));
  return !rows.empty();
}

absl::Status AddDealings(const Context& context, const rpc::Call& call, AccountView* view) {
  RETURN_IF_ERROR(AddParts(context, call, kContractParts,
                           AskFor(call, kContractParts, *view,
                                  [&](const pb::ListDealingsRequest& request) {
                                    return context.peers->ContractDealings(request, Patience(context, call.deadline));
                                  }),
                           view));
  return AddParts(context, call, kAftersalesParts,
                  AskFor(call, kAftersalesParts, *view,
                         [&](const pb::ListDealingsRequest& request) {
                           return context.peers->AftersalesDealings(request, Patience(context, call.deadline));
                         }),
                  view);
}

absl::Status SnapshotTooLarge(const Context& context, absl::string_view collection) {
  const std::string limit = absl::StrCat(context.policy.snapshot_bytes_max);
  return FailedPrecondition(
      "SNAPSHOT_TOO_LARGE", std::string(collection),
      absl::StrCat("with its ", collection, " the account has more than the ", limit, " bytes that a snapshot takes"),
      {{"section", std::string(collection)}, {"limit", limit}});
}

absl::StatusOr<DealingLines> ReadDealingLines(const Context& context, absl::Time deadline, const std::string& account) {
  DealingLines lines;
  int64_t bytes = 0;
  // Kind by kind and page by page: an answer has a limit.
  for (const Archived& archived : kArchived) {
    pb::ListDealingsRequest request;
    request.set_account(account);
    request.add_kinds(archived.kind);
    request.set_rows_max(context.policy.snapshot_page_rows);
    request.set_whole(true);
    std::map<std::string, std::string>& rows = lines[archived.collection];
    for (bool more = true; more;) {
      more = false;
      ASSIGN_OR_RETURN(const pb::ListDealingsResponse answer, context.peers->ContractDealings(request, deadline));
      for (const pb::DealingPart& part : answer.parts()) {
        bool fresh = false;
        for (const pb::Dealing& dealing : part.dealings()) {
          fresh = rows.emplace(dealing.name(), dealing.content()).second || fresh;
          bytes += static_cast<int64_t>(dealing.content().size());
          request.set_after(dealing.name());
        }
        // A service that does not go on has no pages, as one of an earlier version.
        if (bytes > context.policy.snapshot_bytes_max || (part.truncated() && !fresh)) {
          return SnapshotTooLarge(context, archived.collection);
        }
        more = part.truncated();
      }
    }
  }
  return lines;
}

std::string DealingPermission(absl::string_view collection) {
  for (const Archived& archived : kArchived) {
    if (collection == archived.collection) return archived.permission;
  }
  return "";
}

absl::Status CompareDealingLines(const std::string& collection, const std::string& then,
                                 const std::map<std::string, std::string>& now,
                                 std::vector<v1::SnapshotDifference>* differences) {
  const auto add = [&](const std::string& resource, v1::SnapshotDifferenceKind kind) {
    v1::SnapshotDifference& difference = differences->emplace_back();
    difference.set_section(collection);
    difference.set_resource(resource);
    difference.set_kind(kind);
    return &difference;
  };
  std::map<std::string, int> seen;
  for (const absl::string_view line : absl::StrSplit(then, '\n', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(const google::protobuf::Struct before, ParseLine(line));
    const std::string name = NameIn(before);
    seen[name] = 1;
    const auto it = now.find(name);
    if (it == now.end()) {
      add(name, v1::SNAPSHOT_DIFFERENCE_KIND_REMOVED);
      continue;
    }
    if (it->second == line) continue;
    ASSIGN_OR_RETURN(const google::protobuf::Struct after, ParseLine(it->second));
    const std::vector<std::string> fields = DifferingFields(before, after);
    if (fields.empty()) continue;
    v1::SnapshotDifference* difference = add(name, v1::SNAPSHOT_DIFFERENCE_KIND_CHANGED);
    for (const std::string& field : fields) difference->add_fields(field);
  }
  for (const auto& [name, line] : now) {
    if (seen.count(name) == 0) add(name, v1::SNAPSHOT_DIFFERENCE_KIND_ADDED);
  }
  return absl::OkStatus();
}

}  // namespace kam::account
