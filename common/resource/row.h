// Messages to rows and back, by the descriptors.
#ifndef KAM_COMMON_RESOURCE_ROW_H_
#define KAM_COMMON_RESOURCE_ROW_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"
#include "google/protobuf/message.h"

namespace kam::resource {

// Values of the system columns of a row.
struct SystemValues {
  std::string id;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::string creator;
  std::string updater;
  std::optional<absl::Time> archive_time;
  std::string number;
};

inline constexpr int kSystemColumns = 8;
inline constexpr char kSystemColumnList[] =
    "id, version, create_time, update_time, creator, updater, archive_time, number";

// Whether a field says the same in both messages.
bool SameField(const google::protobuf::Message& a, const google::protobuf::Message& b,
               const google::protobuf::FieldDescriptor* field);

// Column names of `fields` in order, money as two.
std::vector<std::string> ColumnsOf(const std::vector<Field>& fields);

// Values of `fields` of `message`, in the order of ColumnsOf. `message` has passed validation.
void AppendValues(const std::vector<Field>& fields, const google::protobuf::Message& message,
                  std::vector<mysql::Value>* out);
// Value of element `index` of a repeated scalar.
mysql::Value ElementValue(const Field& field, const google::protobuf::Message& message, int index);

// Sets `fields` of `message` from row cells beginning at `*at`; leaves `*at` behind the last one. INTERNAL when a cell
// cannot be what the descriptor says.
absl::Status ReadFields(const std::vector<Field>& fields, const mysql::Row& row, size_t* at,
                        google::protobuf::Message* message);
// Appends one element to a repeated scalar.
absl::Status ReadElement(const Field& field, const mysql::Value& cell, google::protobuf::Message* message);

SystemValues ReadSystem(const mysql::Row& row);
// Writes name, etag, times, creator, updater, number into the message.
void SetSystem(const Type& type, const SystemValues& values, google::protobuf::Message* message);
// After an update: system fields of `before` kept, etag, update time, updater and archive time from `values`.
void CarrySystem(const Type& type, const SystemValues& values, const google::protobuf::Message& before,
                 google::protobuf::Message* after);

// "v7" <-> 7. ParseEtag also takes the quoted form of HTTP; empty or malformed: 0.
std::string MakeEtag(int64_t version);
int64_t ParseEtag(absl::string_view etag);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_ROW_H_
