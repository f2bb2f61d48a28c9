// AccountSnapshotService: the central archive of back-ups of accounts.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "account-svc/accounts/account_service.h"
#include "account-svc/accounts/dealings.h"
#include "account-svc/accounts/report_page.h"
#include "account-svc/accounts/snapshots.h"
#include "account-svc/rules/proto_time.h"
#include "account-svc/rules/snapshot_rules.h"
#include "account-svc/verb.h"
#include "common/id/digest.h"
#include "common/resource/change_log.h"
#include "common/resource/sensitive.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "google/protobuf/util/json_util.h"
#include "kam/account/v1/account.pb.h"
#include "kam/account/v1/account_snapshot_service.pb.h"

namespace kam::account {
namespace {

using mysql::Row;
using mysql::Value;
using resource::UnitOfWork;
using v1::Account;
using v1::AccountSnapshot;

constexpr char kService[] = "kam.account.v1.AccountSnapshotService";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::StatusOr<std::string> LineOf(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  if (!google::protobuf::util::MessageToJsonString(message, &line, options).ok()) return Internal("JSON failed");
  return line;
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ParseLine(const resource::Type& type,
                                                                     absl::string_view line) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // Of a field that is gone since.
  std::unique_ptr<google::protobuf::Message> message = type.New();
  if (!google::protobuf::util::JsonStringToMessage(std::string(line), message.get(), options).ok()) {
    return Internal("a line of a snapshot is no resource");
  }
  return message;
}

// The parts: every type whose rows belong to an account, except for the archive itself.
std::vector<const resource::Type*> PartsOf(const resource::Runtime& runtime) {
  std::vector<const resource::Type*> parts;
  for (const auto& type : runtime.catalog().types()) {
    if (type->rules().scope().account().empty() || type->descriptor() == AccountSnapshot::descriptor()) continue;
    parts.push_back(type.get());
  }
  return parts;
}

// Of a part: "orders" of "orders/2".
absl::string_view CollectionOf(absl::string_view section) { return section.substr(0, section.find('/')); }

const resource::Type* TypeOf(const resource::Runtime& runtime, absl::string_view section) {
  for (const resource::Type* type : PartsOf(runtime)) {
    if (type->collection() == CollectionOf(section)) return type;
  }
  return nullptr;
}

resource::SqlCondition OfAccount(const resource::Type& type, const std::string& id) {
  const std::string& field = type.rules().scope().account();
  const std::string column = field == "name" ? "id" : type.FindField(field)->column;
  return {absl::StrCat("t.", column, " = ?"), {Value(id)}};
}

struct Part {
  std::string section;
  std::string content;
  int64_t rows = 0;
};

// The parts of a snapshot while it is taken, collection by collection.
class PartList {
 public:
  explicit PartList(const Context& context) : context_(context) {}

  // A collection begins; it has a part also when it has no rows.
  void Begin(const std::string& collection) {
    collection_ = collection;
    number_ = 1;
    parts_.push_back({collection, "", 0});
  }
  // Adds a row to the collection: to its last part, or to a new one when that is full.
  absl::Status Add(const std::string& line) {
    const Part& last = parts_.back();
    const auto bytes_max = static_cast<size_t>(context_.policy.snapshot_part_bytes);
    if (last.rows >= context_.policy.snapshot_part_rows ||
        (last.rows > 0 && last.content.size() + line.size() >= bytes_max)) {
      parts_.push_back({absl::StrCat(collection_, "/", ++number_), "", 0});
    }
    absl::StrAppend(&parts_.back().content, line, "\n");
    ++parts_.back().rows;
    bytes_ += static_cast<int64_t>(line.size());
    return bytes_ > context_.policy.snapshot_bytes_max ? SnapshotTooLarge(context_, collection_) : absl::OkStatus();
  }
  std::vector<Part> Take() {
    std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) { return a.section < b.section; });
    return std::move(parts_);
  }

 private:
  const Context& context_;
  std::string collection_;
  int number_ = 0;
  int64_t bytes_ = 0;
  std::vector<Part> parts_;
};

// Tells of every row of a type that belongs to the account, page by page.
absl::Status EachRow(const Context& context, mysql::Connection& connection, const resource::Type& type,
                     const std::string& account,
                     absl::FunctionRef<absl::Status(const google::protobuf::Message&)> tell) {
  const google::protobuf::FieldDescriptor* name = type.system("name");
  const int page = context.policy.snapshot_page_rows;
  std::string last;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(
        const std::vector<resource::Record> records,
        context.runtime.store().Select(connection, type, {OfAccount(type, account), {"t.id > ?", {Value(last)}}},
                                       "ORDER BY t.id", page));
    for (const resource::Record& record : records) {
      last = IdOf(record.message->GetReflection()->GetString(*record.message, name));
      RETURN_IF_ERROR(tell(*record.message));
    }
    more = records.size() == static_cast<size_t>(page);
  }
  return absl::OkStatus();
}

absl::StatusOr<AccountSnapshot> Take(const Context& context, rpc::Call& call,
                                     const v1::TakeAccountSnapshotRequest& request) {
  ASSIGN_OR_RETURN(const DealingLines dealings, ReadDealingLines(context, call.deadline, request.account()));
  return context.runtime.Write<AccountSnapshot>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<AccountSnapshot> {
        ASSIGN_OR_RETURN(const std::string actor, Person(work));
        // The account is locked: its file does not change while its parts are read.
        ASSIGN_OR_RETURN(const Account account, work.Load<Account>(request.account(), work.level()));
        return TakeSnapshot(context, work, account, actor, dealings);
      });
}

absl::StatusOr<std::map<std::string, std::string>> Contents(mysql::Connection& connection,
                                                            const std::string& snapshot) {
  ASSIGN_OR_RETURN(const std::vector<Row> rows,
                   connection.Query("SELECT c.section, c.content FROM account_snapshot_contents c WHERE c.snapshot = ?",
                                    {IdOf(snapshot)}));
  std::map<std::string, std::string> contents;
  for (const Row& row : rows) contents[row[0].text()] = row[1].text();
  return contents;
}

// All that the snapshot says of a collection, whatever parts it is in; null: it was not kept then.
std::optional<std::string> ContentOf(const std::map<std::string, std::string>& contents, absl::string_view collection) {
  std::optional<std::string> whole;
  for (const auto& [section, content] : contents) {
    if (CollectionOf(section) == collection) whole = absl::StrCat(whole.value_or(""), content);
  }
  return whole;
}

// How the account differs from what the snapshot says of one collection.
absl::Status Compare(const Context& context, mysql::Connection& connection, const resource::Type& type,
                     const std::string& account, const std::string& content,
                     std::vector<v1::SnapshotDifference>* differences) {
  const google::protobuf::FieldDescriptor* name = type.system("name");
  std::map<std::string, std::unique_ptr<google::protobuf::Message>> then;
  for (const absl::string_view line : absl::StrSplit(content, '\n', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(std::unique_ptr<google::protobuf::Message> message, ParseLine(type, line));
    const std::string key = message->GetReflection()->GetString(*message, name);
    then[key] = std::move(message);
  }
  const auto add = [&](const std::string& resource, v1::SnapshotDifferenceKind kind) {
    v1::SnapshotDifference& difference = differences->emplace_back();
    difference.set_section(type.collection());
    difference.set_resource(resource);
    difference.set_kind(kind);
    return &difference;
  };
  RETURN_IF_ERROR(EachRow(context, connection, type, account, [&](const google::protobuf::Message& now) {
    const std::string key = now.GetReflection()->GetString(now, name);
    const auto it = then.find(key);
    if (it == then.end()) {
      add(key, v1::SNAPSHOT_DIFFERENCE_KIND_ADDED);
      return absl::OkStatus();
    }
    const auto fields = resource::DifferingFields(type, *it->second, now);
    then.erase(it);
    if (fields.empty()) return absl::OkStatus();
    v1::SnapshotDifference* difference = add(key, v1::SNAPSHOT_DIFFERENCE_KIND_CHANGED);
    for (const auto* field : fields) difference->add_fields(field->name());
    return absl::OkStatus();
  }));
  for (const auto& [key, message] : then) add(key, v1::SNAPSHOT_DIFFERENCE_KIND_REMOVED);
  return absl::OkStatus();
}

absl::StatusOr<v1::CompareAccountSnapshotResponse> CompareSnapshot(const Context& context, rpc::Call& call,
                                                                   const v1::CompareAccountSnapshotRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  ASSIGN_OR_RETURN(const AccountSnapshot snapshot, context.runtime.Get<AccountSnapshot>(call, request.name()));
  ASSIGN_OR_RETURN(const DealingLines dealings, ReadDealingLines(context, call.deadline, snapshot.account()));
  v1::CompareAccountSnapshotResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const auto contents, Contents(connection, snapshot.name()));
    const std::vector<std::string> damaged = rules::DamagedSections(snapshot, contents);
    if (!damaged.empty()) {
      const std::string list = absl::StrJoin(damaged, " ");
      return FailedPrecondition("SNAPSHOT_DAMAGED", snapshot.name(),
                                absl::StrCat("what is kept of ", list, " is not what was taken"), {{"sections", list}});
    }
    std::vector<v1::SnapshotDifference> differences;
    for (const resource::Type* type : PartsOf(context.runtime)) {
      const std::optional<std::string> content = ContentOf(contents, type->collection());
      if (!content.has_value()) continue;
      RETURN_IF_ERROR(Compare(context, connection, *type, IdOf(snapshot.account()), *content, &differences));
    }
    for (const auto& [collection, lines] : dealings) {
      const std::optional<std::string> content = ContentOf(contents, collection);
      // A snapshot of before these were kept says nothing of them.
      if (!content.has_value() || !call.principal.Holds(DealingPermission(collection))) continue;
      RETURN_IF_ERROR(CompareDealingLines(collection, *content, lines, &differences));
    }
    std::sort(differences.begin(), differences.end(), [](const auto& a, const auto& b) {
      return std::tie(a.section(), a.resource()) < std::tie(b.section(), b.resource());
    });
    page.Slice(
        differences, [&](const v1::SnapshotDifference& difference) { *response.add_differences() = difference; },
        response.mutable_next_page_token());
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ReadAccountSnapshotResponse> ReadSnapshot(const Context& context, rpc::Call& call,
                                                             const v1::ReadAccountSnapshotRequest& request) {
  ASSIGN_OR_RETURN(const AccountSnapshot snapshot, context.runtime.Get<AccountSnapshot>(call, request.name()));
  v1::ReadAccountSnapshotResponse response;
  std::string stored;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const auto contents, Contents(connection, snapshot.name()));
    const auto content = contents.find(request.section());
    if (content == contents.end()) {
      return InvalidField("section", "FIELD_VALUE_UNKNOWN",
                          absl::StrCat(request.section(), " is not a part of the snapshot"));
    }
    stored = content->second;
    for (const v1::SnapshotSection& section : snapshot.sections()) {
      if (section.section() == request.section()) response.set_content_sha256(section.content_sha256());
    }
    return absl::OkStatus();
  }));
  // What the reader may not see of a resource, he does not see of its back-up either.
  const std::string permission = DealingPermission(CollectionOf(request.section()));
  if (!permission.empty()) {
    bool reaches = false;
    RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      ASSIGN_OR_RETURN(reaches, ReachesWith(context, call, connection, IdOf(snapshot.account()), permission));
      return absl::OkStatus();
    }));
    if (!reaches) {
      return Error(absl::StatusCode::kPermissionDenied, "PERMISSION_DENIED",
                   absl::StrCat("needs permission ", permission, " for the account"), {{"permission", permission}});
    }
    response.set_content(stored);
    return response;
  }
  const resource::Type* type = TypeOf(context.runtime, request.section());
  if (type == nullptr) return Internal("a part of a snapshot is of no type");
  for (const absl::string_view line : absl::StrSplit(stored, '\n', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(const std::unique_ptr<google::protobuf::Message> message, ParseLine(*type, line));
    RETURN_IF_ERROR(resource::HideSensitive(context.runtime.database(), context.runtime.catalog(), call.principal,
                                            call.deadline, message.get()));
    ASSIGN_OR_RETURN(const std::string shown, LineOf(*message));
    absl::StrAppend(response.mutable_content(), shown, "\n");
  }
  return response;
}

absl::StatusOr<v1::ListAccountsWithoutSnapshotResponse> ListWithout(
    const Context& context, rpc::Call& call, const v1::ListAccountsWithoutSnapshotRequest& request) {
  ASSIGN_OR_RETURN(const ReportPage page, ReportPage::Open(context, call, request));
  // Where none is taken anew by itself, only an account without any lacks one.
  const int days = context.policy.snapshot_days;
  const absl::Time since =
      days == 0 ? absl::UnixEpoch() : context.runtime.clock().Now() - absl::Hours(24) * context.policy.snapshot_days;
  std::vector<Value> params;
  std::string sql = absl::StrCat(
      "SELECT t.id, t.legal_name, t.owner, (SELECT MAX(s.take_time) FROM account_snapshots s WHERE s.account = t.id) "
      "FROM accounts t WHERE t.archive_time IS NULL AND t.state IN ('VERIFIED', 'ACTIVE', 'DORMANT')",
      ScopeSql(context, call.principal, call.level(), Account::descriptor(), &params),
      " AND t.id > ? AND NOT EXISTS (SELECT 1 FROM account_snapshots s WHERE s.account = t.id AND s.take_time >= ?) "
      "ORDER BY t.id LIMIT ?");
  params.insert(params.end(), {page.last().empty() ? Value("") : page.last()[0], Value(since),
                               Value(static_cast<int64_t>(page.size() + 1))});
  v1::ListAccountsWithoutSnapshotResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(sql, mysql::Params(params)));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i == page.size()) {
        response.set_next_page_token(page.Next({rows[i - 1][0]}));
        break;
      }
      v1::AccountWithoutSnapshot* account = response.add_accounts();
      account->set_account(NameOf("accounts", rows[i][0].text()));
      account->set_legal_name(rows[i][1].text());
      account->set_owner(NameOf("employees", rows[i][2].text()));
      if (!rows[i][3].is_null()) *account->mutable_last_take_time() = ToTimestamp(rows[i][3].time());
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace

absl::StatusOr<AccountSnapshot> TakeSnapshot(const Context& context, UnitOfWork& work, const Account& account,
                                             const std::string& taker, const DealingLines& dealings) {
  PartList list(context);
  for (const resource::Type* type : PartsOf(work.runtime())) {
    list.Begin(type->collection());
    RETURN_IF_ERROR(EachRow(context, work.connection(), *type, IdOf(account.name()),
                            [&](const google::protobuf::Message& message) -> absl::Status {
                              ASSIGN_OR_RETURN(const std::string line, LineOf(message));
                              return list.Add(line);
                            }));
  }
  for (const auto& [collection, lines] : dealings) {
    list.Begin(collection);
    for (const auto& [name, line] : lines) RETURN_IF_ERROR(list.Add(line));
  }
  const std::vector<Part> parts = list.Take();
  AccountSnapshot snapshot;
  snapshot.set_account(account.name());
  *snapshot.mutable_take_time() = ToTimestamp(work.now());
  snapshot.set_taker(taker);
  snapshot.set_check_result(v1::SNAPSHOT_RESULT_UNCHECKED);
  for (const Part& part : parts) {
    v1::SnapshotSection* section = snapshot.add_sections();
    section->set_section(part.section);
    section->set_rows(part.rows);
    section->set_content_sha256(Sha256Hex(part.content));
    snapshot.set_rows(snapshot.rows() + part.rows);
  }
  snapshot.set_content_sha256(rules::HashOfSections(snapshot));
  RETURN_IF_ERROR(work.InsertMessage(&snapshot));
  for (const Part& part : parts) {
    RETURN_IF_ERROR(work.connection()
                        .Execute("INSERT INTO account_snapshot_contents (snapshot, section, content) VALUES (?, ?, "
                                 "?)",
                                 {IdOf(snapshot.name()), part.section, part.content})
                        .status());
  }
  return snapshot;
}

void RegisterSnapshots(const Context& context, rpc::Registry* registry) {
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<v1::TakeAccountSnapshotRequest, AccountSnapshot>(
      Rpc("TakeAccountSnapshot"), [context](rpc::Call& call, const v1::TakeAccountSnapshotRequest& request) {
        return Take(context, call, request);
      });
  AddVerb<AccountSnapshot, v1::CheckAccountSnapshotRequest>(
      context, Rpc("CheckAccountSnapshot"), registry,
      [](UnitOfWork& work, const v1::CheckAccountSnapshotRequest&,
         resource::Change<AccountSnapshot>* change) -> absl::Status {
        ASSIGN_OR_RETURN(const auto contents, Contents(work.connection(), change->before.name()));
        rules::CheckSnapshot(contents, work.now(), &change->after);
        return absl::OkStatus();
      });
  registry->Add<v1::CompareAccountSnapshotRequest, v1::CompareAccountSnapshotResponse>(
      Rpc("CompareAccountSnapshot"), [context](rpc::Call& call, const v1::CompareAccountSnapshotRequest& request) {
        return CompareSnapshot(context, call, request);
      });
  registry->Add<v1::ReadAccountSnapshotRequest, v1::ReadAccountSnapshotResponse>(
      Rpc("ReadAccountSnapshot"), [context](rpc::Call& call, const v1::ReadAccountSnapshotRequest& request) {
        return ReadSnapshot(context, call, request);
      });
  registry->Add<v1::ListAccountsWithoutSnapshotRequest, v1::ListAccountsWithoutSnapshotResponse>(
      Rpc("ListAccountsWithoutSnapshot"),
      [context](rpc::Call& call, const v1::ListAccountsWithoutSnapshotRequest& request) {
        return ListWithout(context, call, request);
      });
  RegisterSnapshotJob(context);
}

}  // namespace kam::account
