#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/log/log.h"
#include "common/rpc/call.h"
#include "common/status/status.h"
#include "kam/api/resource.pb.h"

namespace kam::rpc {
namespace {

constexpr size_t kProblemsNamedMax = 20;

using ::google::protobuf::DescriptorPool;
using ::google::protobuf::MethodDescriptor;
using ::google::protobuf::ServiceDescriptor;

const MethodDescriptor* FindMethod(absl::string_view full_method) {
  std::string dotted(full_method);
  const size_t slash = dotted.find('/');
  if (slash == std::string::npos) return nullptr;
  dotted[slash] = '.';
  return DescriptorPool::generated_pool()->FindMethodByName(dotted);
}

std::string FullMethod(const MethodDescriptor& method) {
  return absl::StrCat(method.service()->full_name(), "/", method.name());
}

}  // namespace

void Registry::Add(absl::string_view full_method, Handler handler) {
  const MethodDescriptor* method = FindMethod(full_method);
  if (method == nullptr) log::Fatal("handler for a method that no linked proto declares", {{"method", full_method}});
  if (method->client_streaming() || method->server_streaming()) {
    log::Fatal("handler for a streaming method; only unary methods are served", {{"method", full_method}});
  }
  if (handler == nullptr) log::Fatal("empty handler", {{"method", full_method}});
  Entry entry;
  entry.method = method;
  entry.rules = &method->options().GetExtension(kam::api::method);
  entry.handler = std::move(handler);
  if (!entries_.emplace(std::string(full_method), std::move(entry)).second) {
    log::Fatal("method has two handlers", {{"method", full_method}});
  }
}

const Registry::Entry* Registry::Find(absl::string_view full_method) const {
  const auto it = entries_.find(full_method);
  return it == entries_.end() ? nullptr : &it->second;
}

absl::Status Registry::CheckComplete(absl::string_view backend,
                                     absl::Span<const absl::string_view> service_names) const {
  std::vector<std::string> problems;
  std::set<const ServiceDescriptor*> services;
  for (absl::string_view name : service_names) {
    const ServiceDescriptor* service = DescriptorPool::generated_pool()->FindServiceByName(std::string(name));
    if (service == nullptr) {
      problems.push_back(absl::StrCat("service ", name, " is in no linked proto"));
    } else {
      services.insert(service);
    }
  }
  for (const auto& [name, entry] : entries_) {
    if (entry.rules->permission().empty()) problems.push_back(absl::StrCat(name, " declares no permission"));
    const std::string& owner = entry.method->service()->options().GetExtension(kam::api::backend);
    if (owner != backend) {
      problems.push_back(absl::StrCat(name, " belongs to backend \"", owner, "\", not to \"", backend, "\""));
    }
    const google::protobuf::FileDescriptor* file = entry.method->file();
    for (int i = 0; i < file->service_count(); ++i) services.insert(file->service(i));
  }
  for (const ServiceDescriptor* service : services) {
    if (service->options().GetExtension(kam::api::backend) != backend) continue;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string name = FullMethod(*service->method(i));
      if (Find(name) == nullptr) problems.push_back(absl::StrCat(name, " has no handler"));
    }
  }
  if (problems.empty()) return absl::OkStatus();
  const size_t count = problems.size();
  if (count > kProblemsNamedMax) problems.resize(kProblemsNamedMax);
  return Error(absl::StatusCode::kFailedPrecondition, "REGISTRY_INCOMPLETE",
               absl::StrCat(count, " problems: ", absl::StrJoin(problems, "; ")),
               {{"backend", std::string(backend)}, {"problems", absl::StrCat(count)}});
}

}  // namespace kam::rpc
