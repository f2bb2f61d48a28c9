#include "common/service/dealings.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/resource/names.h"
#include "common/resource/sensitive.h"
#include "common/resource/store.h"
#include "common/status/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/type/money.pb.h"

namespace kam::service {
namespace {

namespace pb = business::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kRowsDefault = 50;
constexpr int kRowsMax = 10'000;

absl::StatusOr<auth::Principal> PrincipalOf(const pb::Reader& reader) {
  auth::Principal principal;
  principal.subject = reader.employee();
  principal.employee = resource::IdOf(reader.employee());
  principal.department = reader.department();
  principal.regions.assign(reader.regions().begin(), reader.regions().end());
  principal.team.assign(reader.team().begin(), reader.team().end());
  for (const pb::ReaderRight& right : reader.rights()) {
    if (!auth::ParseLevel(right.level(), &principal.grants[right.permission()])) {
      return InvalidField("reader.rights.level", "FIELD_VALUE_UNKNOWN",
                          absl::StrCat(right.level(), " is not a level of a right"));
    }
  }
  return principal;
}

// A text, the short name of an enum value, or the day of a time; empty when the message has no such field.
std::string TextOf(const Message& message, absl::string_view name, absl::TimeZone zone) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr) return "";
  const auto& reflection = *message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return resource::ShortEnumName(reflection.GetEnum(message, field));
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) return reflection.GetString(message, field);
  if (field->message_type() != google::protobuf::Timestamp::descriptor() || !reflection.HasField(message, field)) {
    return "";
  }
  const auto& time = static_cast<const google::protobuf::Timestamp&>(reflection.GetMessage(message, field));
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixSeconds(time.seconds()), zone);
}

void CopyAmount(const Message& message, absl::string_view names, pb::Dealing* dealing) {
  for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
    if (field == nullptr || !message.GetReflection()->HasField(message, field)) continue;
    dealing->mutable_amount()->CopyFrom(message.GetReflection()->GetMessage(message, field));
    return;
  }
}

absl::Status Describe(const DealingKind& kind, const Message& message, absl::TimeZone zone, bool whole,
                      pb::Dealing* dealing) {
  dealing->set_name(TextOf(message, "name", zone));
  dealing->set_number(TextOf(message, "number", zone));
  dealing->set_state(TextOf(message, "state", zone));
  dealing->set_date(TextOf(message, kind.date, zone));
  dealing->set_due_date(TextOf(message, kind.due_date, zone));
  dealing->set_title(TextOf(message, kind.title, zone));
  dealing->set_score(TextOf(message, kind.score, zone));
  CopyAmount(message, kind.amount, dealing);
  if (!whole) return absl::OkStatus();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(message, dealing->mutable_content(), options).ok()) {
    return Internal("JSON failed");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DealingKind>> Wanted(const std::vector<DealingKind>& kinds,
                                                const pb::ListDealingsRequest& request) {
  if (request.kinds().empty()) return kinds;
  std::vector<DealingKind> wanted;
  for (const std::string& name : request.kinds()) {
    const auto kind =
        std::find_if(kinds.begin(), kinds.end(), [&](const DealingKind& entry) { return name == entry.kind; });
    if (kind == kinds.end()) {
      return InvalidField("kinds", "FIELD_VALUE_UNKNOWN", absl::StrCat(name, " is not a kind that is kept here"));
    }
    wanted.push_back(*kind);
  }
  return wanted;
}

}  // namespace

absl::StatusOr<pb::ListDealingsResponse> ListDealings(const resource::Runtime& runtime, const rpc::Call& call,
                                                      const std::vector<DealingKind>& kinds,
                                                      const pb::ListDealingsRequest& request) {
  const bool by_program = !request.has_reader();
  // The program sees every row, and no field that takes a right of its own.
  auth::Principal reader = call.principal;
  if (!by_program) {
    ASSIGN_OR_RETURN(reader, PrincipalOf(request.reader()));
  }
  ASSIGN_OR_RETURN(const std::vector<DealingKind> wanted, Wanted(kinds, request));
  const size_t limit = request.rows_max() == 0 ? kRowsDefault : std::min(request.rows_max(), kRowsMax);
  std::vector<mysql::Value> accounts = {resource::IdOf(request.account())};
  for (const std::string& part : request.parts()) accounts.emplace_back(resource::IdOf(part));
  const std::string of_account = absl::StrCat("t.account IN (", resource::Placeholders(accounts.size()), ")");
  const resource::SqlCondition rest = request.after().empty()
                                          ? resource::SqlCondition{}
                                          : resource::SqlCondition{"t.id < ?", {resource::IdOf(request.after())}};
  pb::ListDealingsResponse response;
  for (const DealingKind& kind : wanted) {
    const resource::Type& type = *runtime.catalog().Find(kind.type);
    pb::DealingPart* part = response.add_parts();
    part->set_kind(kind.kind);
    part->set_collection(type.collection());
    part->set_permission(kind.permission);
    const auth::Level level = by_program ? auth::Level::kAll : reader.LevelFor(kind.permission);
    if (level == auth::Level::kNone) {
      part->set_hidden(true);
      continue;
    }
    std::vector<resource::Record> records;
    RETURN_IF_ERROR(runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
      const char* live = type.system("archive_time") == nullptr ? "" : " AND t.archive_time IS NULL";
      ASSIGN_OR_RETURN(records, runtime.store().Select(connection, type,
                                                       {{absl::StrCat(of_account, live), accounts},
                                                        rest,
                                                        resource::ScopeCondition(type, reader, level)},
                                                       "ORDER BY t.id DESC", static_cast<int>(limit) + 1));
      return absl::OkStatus();
    }));
    if (records.size() > limit) {
      records.resize(limit);
      part->set_truncated(true);
    }
    for (const resource::Record& record : records) {
      RETURN_IF_ERROR(
          resource::HideSensitive(runtime.database(), runtime.catalog(), reader, call.deadline, record.message.get()));
      RETURN_IF_ERROR(Describe(kind, *record.message, runtime.zone(), request.whole(), part->add_dealings()));
    }
  }
  return response;
}

}  // namespace kam::service
