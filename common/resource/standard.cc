// Binds the standard methods to the RPCs whose option asks for them.
#include "common/resource/standard.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/resource/standard_reads.h"
#include "common/resource/standard_writes.h"
#include "common/resource/upsert.h"
#include "google/protobuf/field_mask.pb.h"
#include "kam/api/standard.pb.h"

namespace kam::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

[[noreturn]] void Die(const MethodDescriptor* method, absl::string_view what) {
  std::fprintf(stderr, "%s: %s\n", method->full_name().c_str(), std::string(what).c_str());
  std::abort();
}

// The one field of `message` that holds the resource type.
const FieldDescriptor* ResourceField(const MethodDescriptor* method, const Descriptor* message, const Type& type,
                                     bool repeated) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->message_type() == type.descriptor() && field->is_repeated() == repeated) return field;
  }
  Die(method, absl::StrCat(message->full_name(), " has no ", repeated ? "repeated " : "", "field of ",
                           type.descriptor()->full_name()));
}

void RegisterOne(Runtime& runtime, const MethodDescriptor* method, rpc::Registry* registry) {
  const kam::api::Method& rules = method->options().GetExtension(kam::api::method);
  if (rules.standard() == kam::api::STANDARD_UNSPECIFIED) return;
  const Type* type = runtime.catalog().FindCollection(rules.collection());
  if (type == nullptr) Die(method, absl::StrCat("collection ", rules.collection(), " is not stored here"));
  const StandardReads reads(runtime, *type);
  const StandardWrites writes(runtime, *type);
  const std::string name = absl::StrCat(method->service()->full_name(), "/", method->name());
  const auto expect = [&](const Descriptor* actual, const Descriptor* expected) {
    if (actual != expected) Die(method, absl::StrCat("must use ", expected->full_name()));
  };
  switch (rules.standard()) {
    case kam::api::STANDARD_GET:
      expect(method->input_type(), kam::api::GetRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [reads](rpc::Call& call, const Message& request, Message* response) {
        return reads.Get(call, static_cast<const kam::api::GetRequest&>(request), response);
      });
      return;
    case kam::api::STANDARD_BATCH_GET: {
      expect(method->input_type(), kam::api::BatchGetRequest::descriptor());
      const FieldDescriptor* items = ResourceField(method, method->output_type(), *type, true);
      registry->Add(name, [reads, items](rpc::Call& call, const Message& request, Message* response) {
        return reads.BatchGet(call, static_cast<const kam::api::BatchGetRequest&>(request), response, items);
      });
      return;
    }
    case kam::api::STANDARD_LIST: {
      expect(method->input_type(), kam::api::ListRequest::descriptor());
      const FieldDescriptor* items = ResourceField(method, method->output_type(), *type, true);
      if (method->output_type()->FindFieldByName("next_page_token") == nullptr ||
          method->output_type()->FindFieldByName("total_size") == nullptr) {
        Die(method, "a List answer has next_page_token and total_size");
      }
      registry->Add(name, [reads, items](rpc::Call& call, const Message& request, Message* response) {
        return reads.List(call, static_cast<const kam::api::ListRequest&>(request), response, items);
      });
      return;
    }
    case kam::api::STANDARD_CREATE: {
      expect(method->output_type(), type->descriptor());
      const FieldDescriptor* field = ResourceField(method, method->input_type(), *type, false);
      registry->Add(name, [writes, field](rpc::Call& call, const Message& request, Message* response) {
        return writes.Create(call, request, response, field);
      });
      return;
    }
    case kam::api::STANDARD_UPDATE: {
      expect(method->output_type(), type->descriptor());
      const FieldDescriptor* field = ResourceField(method, method->input_type(), *type, false);
      const FieldDescriptor* mask = method->input_type()->FindFieldByName("update_mask");
      if (mask == nullptr || mask->message_type() != google::protobuf::FieldMask::descriptor()) {
        Die(method, "an Update request has update_mask");
      }
      registry->Add(name, [writes, field](rpc::Call& call, const Message& request, Message* response) {
        return writes.Update(call, request, response, field);
      });
      return;
    }
    case kam::api::STANDARD_ARCHIVE:
      expect(method->input_type(), kam::api::ArchiveRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [writes](rpc::Call& call, const Message& request, Message* response) {
        const auto& typed = static_cast<const kam::api::ArchiveRequest&>(request);
        return writes.Archive(call, request, typed.name(), typed.etag(), /*archived=*/true, response);
      });
      return;
    case kam::api::STANDARD_RESTORE:
      expect(method->input_type(), kam::api::RestoreRequest::descriptor());
      expect(method->output_type(), type->descriptor());
      registry->Add(name, [writes](rpc::Call& call, const Message& request, Message* response) {
        const auto& typed = static_cast<const kam::api::RestoreRequest&>(request);
        return writes.Archive(call, request, typed.name(), typed.etag(), /*archived=*/false, response);
      });
      return;
    case kam::api::STANDARD_BATCH_UPSERT: {
      expect(method->output_type(), kam::api::BatchUpsertResponse::descriptor());
      if (!type->has_external_ids()) Die(method, "the resource has no external_ids");
      const FieldDescriptor* items = ResourceField(method, method->input_type(), *type, true);
      const Upsert upsert(runtime, *type);
      registry->Add(name, [upsert, items](rpc::Call& call, const Message& request, Message* response) {
        return upsert.BatchUpsert(call, request, static_cast<kam::api::BatchUpsertResponse*>(response), items);
      });
      return;
    }
    case kam::api::STANDARD_HISTORY:
      expect(method->input_type(), kam::api::HistoryRequest::descriptor());
      expect(method->output_type(), kam::api::HistoryResponse::descriptor());
      registry->Add(name, [reads](rpc::Call& call, const Message& request, Message* response) {
        return reads.History(call, static_cast<const kam::api::HistoryRequest&>(request),
                             static_cast<kam::api::HistoryResponse*>(response));
      });
      return;
    default:
      return;
  }
}

}  // namespace

void RegisterStandardMethods(Runtime& runtime, absl::string_view service, rpc::Registry* registry) {
  const google::protobuf::ServiceDescriptor* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  if (descriptor == nullptr) {
    std::fprintf(stderr, "service %s is not linked\n", std::string(service).c_str());
    std::abort();
  }
  for (int i = 0; i < descriptor->method_count(); ++i) RegisterOne(runtime, descriptor->method(i), registry);
}

}  // namespace kam::resource
