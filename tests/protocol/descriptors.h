// The published descriptors (target kam_descriptor_set) as the tests of this folder read them.
#ifndef KAM_TESTS_PROTOCOL_DESCRIPTORS_H_
#define KAM_TESTS_PROTOCOL_DESCRIPTORS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace kam::protocol {

// Where the build puts the descriptor set of every published file, comments included.
std::string DescriptorSetPath();

// NOT_FOUND or INVALID_ARGUMENT naming the file.
absl::StatusOr<google::protobuf::FileDescriptorSet> ReadDescriptorSet(const std::string& path);

// A pool built from a descriptor set; lists what the generated pool cannot list. The options of kam.api are readable.
class Descriptors {
 public:
  static absl::StatusOr<std::unique_ptr<Descriptors>> Load(const google::protobuf::FileDescriptorSet& set);
  // The published descriptors of this build; ends the process when they cannot be read.
  static const Descriptors& Published();

  const google::protobuf::DescriptorPool& pool() const { return pool_; }
  // Of the files of kam.*, in file order. Messages and enums include nested ones; map entries are left out.
  const std::vector<const google::protobuf::FileDescriptor*>& files() const { return files_; }
  const std::vector<const google::protobuf::Descriptor*>& messages() const { return messages_; }
  const std::vector<const google::protobuf::EnumDescriptor*>& enums() const { return enums_; }
  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const { return services_; }
  const std::vector<const google::protobuf::MethodDescriptor*>& methods() const { return methods_; }

 private:
  void AddMessage(const google::protobuf::Descriptor& message);

  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
  std::vector<const google::protobuf::Descriptor*> messages_;
  std::vector<const google::protobuf::EnumDescriptor*> enums_;
  std::vector<const google::protobuf::ServiceDescriptor*> services_;
  std::vector<const google::protobuf::MethodDescriptor*> methods_;
};

// "kam.account.v1.AccountService/GetAccount".
std::string FullMethodName(const google::protobuf::MethodDescriptor& method);

}  // namespace kam::protocol

#endif  // KAM_TESTS_PROTOCOL_DESCRIPTORS_H_
