#include "gateway/targets.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::gateway {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

absl::StatusOr<Targets> Targets::FromPool(const Backends& backends) {
  // The pool itself is lazy and cannot be walked; the database behind it knows every file linked in.
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::sort(files.begin(), files.end());
  Targets result;
  for (const std::string& name : files) {
    const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      const ServiceDescriptor* service = file->service(s);
      const std::string& backend = service->options().GetExtension(kam::api::backend);
      const auto found = backends.find(backend);
      if (found == backends.end()) continue;
      bool any = false;
      for (int m = 0; m < service->method_count(); ++m) {
        const MethodDescriptor* method = service->method(m);
        const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
        if (rules.internal()) continue;
        std::string full_name = absl::StrCat(service->full_name(), "/", method->name());
        if (rules.permission().empty()) return Internal(absl::StrCat(full_name, " declares no permission"));
        if (method->client_streaming() || method->server_streaming()) {
          return Internal(absl::StrCat(full_name, " streams, which the gateway does not carry"));
        }
        auto target = std::make_unique<Target>();
        target->method = method;
        target->rules = &rules;
        target->full_name = full_name;
        target->backend = backend;
        target->reads = method->options().GetExtension(google::api::http).has_get();
        target->client = found->second.get();
        result.targets_.emplace(std::move(full_name), std::move(target));
        any = true;
      }
      if (any) result.services_.push_back(service);
    }
  }
  return result;
}

const Target* Targets::Find(absl::string_view full_name) const {
  const auto found = targets_.find(full_name);
  return found == targets_.end() ? nullptr : found->second.get();
}

}  // namespace kam::gateway
