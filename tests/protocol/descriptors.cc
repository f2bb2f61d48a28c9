#include "tests/protocol/descriptors.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::protocol {
namespace {

namespace pb = google::protobuf;

constexpr char kPackagePrefix[] = "kam.";

class Errors : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation,
                const std::string& message) override {
    absl::StrAppend(&text, file, ": ", element, ": ", message, "\n");
  }
  std::string text;
};

}  // namespace

std::string DescriptorSetPath() { return KAM_BUILD_FOLDER "/protos/kam.binpb"; }

absl::StatusOr<pb::FileDescriptorSet> ReadDescriptorSet(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Error(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", absl::StrCat("no file ", path), {{"file", path}});
  }
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&in) || set.file().empty()) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_INVALID", absl::StrCat(path, " holds no descriptors"),
                 {{"file", path}});
  }
  return set;
}

absl::StatusOr<std::unique_ptr<Descriptors>> Descriptors::Load(const pb::FileDescriptorSet& set) {
  auto descriptors = std::make_unique<Descriptors>();
  for (const pb::FileDescriptorProto& file : set.file()) {
    Errors errors;
    const pb::FileDescriptor* built = descriptors->pool_.BuildFileCollectingErrors(file, &errors);
    if (built == nullptr) {
      return Error(absl::StatusCode::kInvalidArgument, "DESCRIPTORS_INVALID", errors.text, {{"file", file.name()}});
    }
    if (!absl::StartsWith(absl::StrCat(built->package(), "."), kPackagePrefix)) continue;
    descriptors->files_.push_back(built);
    for (int i = 0; i < built->message_type_count(); ++i) descriptors->AddMessage(*built->message_type(i));
    for (int i = 0; i < built->enum_type_count(); ++i) descriptors->enums_.push_back(built->enum_type(i));
    for (int i = 0; i < built->service_count(); ++i) {
      descriptors->services_.push_back(built->service(i));
      for (int j = 0; j < built->service(i)->method_count(); ++j) {
        descriptors->methods_.push_back(built->service(i)->method(j));
      }
    }
  }
  return descriptors;
}

void Descriptors::AddMessage(const pb::Descriptor& message) {
  if (message.options().map_entry()) return;
  messages_.push_back(&message);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i));
  for (int i = 0; i < message.enum_type_count(); ++i) enums_.push_back(message.enum_type(i));
}

const Descriptors& Descriptors::Published() {
  static const Descriptors* const published = [] {
    absl::StatusOr<pb::FileDescriptorSet> set = ReadDescriptorSet(DescriptorSetPath());
    absl::StatusOr<std::unique_ptr<Descriptors>> loaded =
        set.ok() ? Load(*set) : absl::StatusOr<std::unique_ptr<Descriptors>>(set.status());
    if (!loaded.ok()) {
      std::fprintf(stderr, "%s\n", loaded.status().ToString().c_str());
      std::abort();
    }
    return loaded->release();
  }();
  return *published;
}

std::string FullMethodName(const pb::MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

}  // namespace kam::protocol
