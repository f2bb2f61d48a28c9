// What a change of a resource says in the history: field, before, after.
#ifndef KAM_COMMON_RESOURCE_CHANGE_LOG_H_
#define KAM_COMMON_RESOURCE_CHANGE_LOG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/resource/type.h"
#include "google/protobuf/message.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {

// Top-level fields that differ; system fields other than external_ids and computed ones are left out.
std::vector<const google::protobuf::FieldDescriptor*> DifferingFields(const Type& type,
                                                                      const google::protobuf::Message& before,
                                                                      const google::protobuf::Message& after);

// The same with what they say. `before` null: every field that is set.
std::vector<kam::api::FieldChange> DiffFields(const Type& type, const google::protobuf::Message* before,
                                              const google::protobuf::Message& after);

// The stored form: a JSON array of [field, before, after], and back.
std::string ChangesToJson(const std::vector<kam::api::FieldChange>& changes);
absl::StatusOr<std::vector<kam::api::FieldChange>> ChangesFromJson(const std::string& json);

// Permissions a reader needs for the values of a top-level field: its own and those of every field inside.
std::vector<std::string> PermissionsOf(const Type& type, const std::string& field);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_CHANGE_LOG_H_
