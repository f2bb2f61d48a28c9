#include "account-svc/accounts/repoint.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/resource/names.h"
#include "common/status/status.h"
#include "kam/account/v1/account_classification.pb.h"
#include "kam/account/v1/account_evaluation.pb.h"
#include "kam/account/v1/account_file.pb.h"
#include "kam/account/v1/account_handover.pb.h"
#include "kam/account/v1/account_ownership.pb.h"
#include "kam/account/v1/account_reminder.pb.h"
#include "kam/account/v1/account_snapshot.pb.h"
#include "kam/account/v1/duplicate_scan.pb.h"
#include "kam/account/v1/ownership_notice.pb.h"
#include "kam/account/v1/work_dispute.pb.h"
#include "kam/organization/v1/instruction_request.pb.h"

namespace kam::account {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using resource::Field;
using resource::Kind;
using resource::SqlCondition;
using resource::Type;

// About a file, not about the firm: it stays where it is, as history. What was asked of a superior about one file was
// not asked about the other: an approval does not move.
bool IsAboutFile(const Type& type) {
  static const auto* const kTypes = new std::set<const Descriptor*>{
      v1::AccountOwnership::descriptor(),  v1::OwnershipNotice::descriptor(),
      v1::AccountFileCheck::descriptor(),  v1::AccountProposal::descriptor(),
      v1::AccountEvaluation::descriptor(), v1::AccountSnapshot::descriptor(),
      v1::AccountHandover::descriptor(),   v1::WorkDispute::descriptor(),
      v1::DuplicatePair::descriptor(),     v1::AccountReminder::descriptor(),
      v1::AccountMerge::descriptor(),      organization::v1::InstructionRequest::descriptor()};
  return kTypes->count(type.descriptor()) > 0;
}

bool NamesAccount(const Field& field) {
  return field.kind == Kind::kName || (field.kind == Kind::kReference && field.rules->reference() == "accounts");
}

// One place where a resource names an account.
struct Slot {
  std::string path;
  std::string table;  // Of a child; empty: the resource's own.
  std::string column;
  Kind kind;
};

void AddSlots(const std::vector<Field>& fields, const std::string& table, std::vector<Slot>* slots) {
  for (const Field& field : fields) {
    if (field.kind == Kind::kMessage) {
      AddSlots(field.fields, table, slots);
    } else if (NamesAccount(field)) {
      slots->push_back({field.path, table, field.column, field.kind});
    }
  }
}

std::vector<Slot> SlotsOf(const Type& type) {
  std::vector<Slot> slots;
  AddSlots(type.fields(), "", &slots);
  for (const resource::Child& child : type.children()) AddSlots(child.fields, child.table, &slots);
  return slots;
}

SqlCondition Naming(const Type& type, const std::vector<Slot>& slots, const std::string& account) {
  SqlCondition condition;
  for (const Slot& slot : slots) {
    absl::StrAppend(&condition.sql, condition.sql.empty() ? "" : " OR ");
    if (slot.table.empty()) {
      absl::StrAppend(&condition.sql, "t.", slot.column, " = ?");
    } else {
      absl::StrAppend(&condition.sql, "t.id IN (SELECT c.parent_id FROM ", slot.table, " c WHERE c.", slot.column,
                      " = ?)");
    }
    condition.params.emplace_back(slot.kind == Kind::kName ? account : resource::IdOf(account));
  }
  if (type.system("archive_time") != nullptr) {
    condition.sql = absl::StrCat("(", condition.sql, ") AND t.archive_time IS NULL");
  }
  return condition;
}

// Replaces `from` by `to` in `message`; where `only` is not null, in those paths. Adds the paths to `changed`.
class Replacer {
 public:
  Replacer(std::string from, std::string to, const std::set<std::string>* only, std::vector<std::string>* changed)
      : from_(std::move(from)), to_(std::move(to)), only_(only), changed_(changed) {}

  void Replace(const Type& type, Message* message) {
    Fields(type.fields(), "", message);
    const auto& reflection = *message->GetReflection();
    for (const resource::Child& child : type.children()) {
      for (int i = 0; i < reflection.FieldSize(*message, child.descriptor); ++i) {
        const std::string at = absl::StrCat(child.path, "[", i, "]");
        if (child.is_message) {
          Fields(child.fields, absl::StrCat(at, "."), reflection.MutableRepeatedMessage(message, child.descriptor, i));
        } else if (NamesAccount(child.fields[0]) &&
                   reflection.GetRepeatedString(*message, child.descriptor, i) == from_ && Wanted(at)) {
          reflection.SetRepeatedString(message, child.descriptor, i, to_);
        }
      }
    }
  }

 private:
  void Fields(const std::vector<Field>& fields, const std::string& prefix, Message* message) {
    const auto& reflection = *message->GetReflection();
    for (const Field& field : fields) {
      if (field.descriptor->is_repeated()) continue;
      if (field.kind == Kind::kMessage) {
        if (!reflection.HasField(*message, field.descriptor)) continue;
        Fields(field.fields, prefix, reflection.MutableMessage(message, field.descriptor));
      } else if (NamesAccount(field) && reflection.GetString(*message, field.descriptor) == from_ &&
                 Wanted(absl::StrCat(prefix, field.path))) {
        reflection.SetString(message, field.descriptor, to_);
      }
    }
  }
  bool Wanted(const std::string& path) {
    if (only_ != nullptr && only_->count(path) == 0) return false;
    changed_->push_back(path);
    return true;
  }

  const std::string from_, to_;
  const std::set<std::string>* only_;
  std::vector<std::string>* changed_;
};

std::string NameIn(const Type& type, const Message& message) {
  return message.GetReflection()->GetString(message, type.system("name"));
}

}  // namespace

absl::StatusOr<Moved> Repoint(resource::UnitOfWork& work, const std::string& from, const std::string& to,
                              int rows_max) {
  Moved moved;
  for (const auto& entry : work.runtime().catalog().types()) {
    const Type& type = *entry;
    const std::vector<Slot> slots = SlotsOf(type);
    if (slots.empty() || IsAboutFile(type)) continue;
    const int room = rows_max - static_cast<int>(moved.moves.size() + moved.kept.size());
    ASSIGN_OR_RETURN(std::vector<resource::Record> records,
                     work.runtime().store().Select(work.connection(), type, {Naming(type, slots, from)},
                                                   "ORDER BY t.id", room + 1, /*lock=*/true));
    if (records.size() > static_cast<size_t>(room)) {
      return FailedPrecondition("MERGE_TOO_LARGE", from, absl::StrCat("more than ", rows_max, " resources name ", from),
                                {{"limit", absl::StrCat(rows_max)}, {"collection", type.collection()}});
    }
    for (const resource::Record& record : records) {
      const std::string name = NameIn(type, *record.message);
      std::unique_ptr<Message> after = type.New();
      after->CopyFrom(*record.message);
      std::vector<std::string> paths;
      Replacer(from, to, nullptr, &paths).Replace(type, after.get());
      const absl::Status saved = work.SaveMessage(*record.message, after.get());
      if (absl::IsAlreadyExists(saved)) {
        moved.kept.push_back(name);
        continue;
      }
      RETURN_IF_ERROR(saved);
      v1::MergeMove& move = moved.moves.emplace_back();
      move.set_resource(name);
      move.set_paths(absl::StrJoin(paths, " "));
    }
  }
  return moved;
}

absl::StatusOr<std::string> PutBack(resource::UnitOfWork& work, const v1::MergeMove& move, const std::string& from,
                                    const std::string& to) {
  const std::string collection = move.resource().substr(0, move.resource().find('/'));
  const Type* type = work.runtime().catalog().FindCollection(collection);
  if (type == nullptr) return Internal(absl::StrCat(collection, " is of no type"));
  auto before = work.LoadMessage(*type, move.resource(), auth::Level::kAll);
  if (absl::IsNotFound(before.status())) return std::string("is gone");
  RETURN_IF_ERROR(before.status());
  const std::vector<std::string> paths = absl::StrSplit(move.paths(), ' ', absl::SkipEmpty());
  const std::set<std::string> only(paths.begin(), paths.end());
  std::unique_ptr<Message> after = type->New();
  after->CopyFrom(**before);
  std::vector<std::string> changed;
  Replacer(to, from, &only, &changed).Replace(*type, after.get());
  if (changed.size() != paths.size()) return std::string("has been given to another account since");
  const absl::Status saved = work.SaveMessage(**before, after.get());
  if (absl::IsAlreadyExists(saved)) return std::string("has the like at the duplicate");
  if (absl::IsFailedPrecondition(saved)) return std::string(saved.message());
  RETURN_IF_ERROR(saved);
  return std::string();
}

}  // namespace kam::account
