// kam_states_doc FILE: writes to FILE (docs/states.md) the state diagram of every record, from the options of the RPCs.
// kam_states_doc --check FILE: changes nothing; status 1 when FILE says something else. Runs in the source root.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"
#include "tests/documents/generated_page.h"
#include "tests/protocol/descriptors.h"

namespace kam::documents {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::MethodDescriptor;

constexpr char kIntroduction[] =
    "# States of the records\n\n"
    "Written by `./dev coverage` from the options of the RPCs; a test keeps it current, and another tries every verb "
    "in "
    "every state of every record (`states_test.cc` of each service).\n\n"
    "An arrow is a verb that leads from one state to another. Verbs that leave the state as it is, or whose rule "
    "decides "
    "where they lead, are listed below the diagram with the states that they are open in; what time and other records "
    "do "
    "is told by the README of the service.\n";

struct Record {
  const Descriptor* message = nullptr;
  std::vector<const MethodDescriptor*> verbs;
};

const kam::api::Transition& TransitionOf(const MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method).transition();
}

// "Handed over, not yet signed. 已移交" as one line of a table.
std::string Meaning(const google::protobuf::EnumValueDescriptor& value) {
  google::protobuf::SourceLocation location;
  if (!value.GetSourceLocation(&location)) return "";
  const absl::string_view comment = absl::StripAsciiWhitespace(location.leading_comments);
  return absl::StrReplaceAll(comment, {{"\n ", " "}, {"\n", " "}, {"|", "\\|"}});
}

void AddRecord(const std::string& collection, const Record& record, std::string* page) {
  const EnumDescriptor* states = record.message->FindFieldByName("state")->enum_type();
  absl::StrAppend(page, "\n### ", collection, " ", record.message->options().GetExtension(kam::api::resource).chinese(),
                  "\n\n```mermaid\nstateDiagram-v2\n");
  std::vector<std::string> others;
  for (const MethodDescriptor* verb : record.verbs) {
    const kam::api::Transition& transition = TransitionOf(*verb);
    if (transition.to().empty()) {
      others.push_back(absl::StrCat("`", verb->name(), "` (", absl::StrJoin(transition.from(), ", "), ")"));
      continue;
    }
    for (const std::string& from : transition.from()) {
      absl::StrAppend(page, "  ", from, " --> ", transition.to(), ": ", verb->name(), "\n");
    }
  }
  absl::StrAppend(page, "```\n\n");
  if (!others.empty()) absl::StrAppend(page, "Stay, or a rule decides: ", absl::StrJoin(others, ", "), ".\n\n");
  absl::StrAppend(page, "| state | meaning |\n|---|---|\n");
  for (int i = 1; i < states->value_count(); ++i) {
    absl::StrAppend(page, "| `", resource::ShortEnumName(states->value(i)), "` | ", Meaning(*states->value(i)), " |\n");
  }
}

absl::StatusOr<std::string> Page() {
  const protocol::Descriptors& published = protocol::Descriptors::Published();
  std::map<std::string, const Descriptor*> messages;  // By collection.
  for (const Descriptor* message : published.messages()) {
    const std::string& collection = message->options().GetExtension(kam::api::resource).collection();
    if (!collection.empty()) messages[collection] = message;
  }
  std::map<std::string, std::map<std::string, Record>> services;  // Program -> collection.
  for (const MethodDescriptor* method : published.methods()) {
    if (TransitionOf(*method).from().empty()) continue;
    const std::string& collection = method->options().GetExtension(kam::api::method).collection();
    const auto message = messages.find(collection);
    if (message == messages.end() || message->second->FindFieldByName("state") == nullptr) {
      return Internal(absl::StrCat(method->full_name(), " changes the state of ", collection, ", which has none"));
    }
    Record& record = services[method->service()->options().GetExtension(kam::api::backend)][collection];
    record.message = message->second;
    record.verbs.push_back(method);
  }
  std::string page = kIntroduction;
  for (const auto& [service, records] : services) {
    absl::StrAppend(&page, "\n## ", service, "\n");
    for (const auto& [collection, record] : records) AddRecord(collection, record, &page);
  }
  return page;
}

}  // namespace
}  // namespace kam::documents

int main(int argc, char** argv) { return kam::documents::PageMain(argc, argv, kam::documents::Page); }
