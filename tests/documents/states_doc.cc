// kam_states_doc FILE: writes to FILE (docs/states.md) the state diagram of every record, from the options of the RPCs.
// kam_states_doc --check FILE: changes nothing; status 1 when FILE says something else. Runs in the source root.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
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
    "Written by `./dev coverage` from the options of the RPCs and of the records; a test keeps it current. Two others "
    "keep the options true: one tries every verb in every state of every record (`states_test.cc` of each service), "
    "and "
    "every change of state that a test of a service makes must be one of those here (`common/testing/state_changes`)."
    "\n\n"
    "An arrow is a verb that leads from one state to another, or may where its rule decides; an arrow from the dot is "
    "how a record begins. Verbs in brackets are of other records, or of the scheduler, which works in the name of a "
    "verb. Verbs that leave the state as it is are listed below the diagram with the states that they are open in.\n";

struct Record {
  const Descriptor* message = nullptr;
  std::vector<const MethodDescriptor*> verbs;  // With a transition.
  std::set<std::string> own;                   // Names of all RPCs of the collection.
};

const kam::api::Method& RulesOf(const MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method);
}

const kam::api::Resource& RulesOf(const Descriptor& message) {
  return message.options().GetExtension(kam::api::resource);
}

// "Handed over, not yet signed. 已移交" as one line of a table.
std::string Meaning(const google::protobuf::EnumValueDescriptor& value) {
  google::protobuf::SourceLocation location;
  if (!value.GetSourceLocation(&location)) return "";
  const absl::string_view comment = absl::StripAsciiWhitespace(location.leading_comments);
  return absl::StrReplaceAll(comment, {{"\n ", " "}, {"\n", " "}, {"|", "\\|"}});
}

// Arrows in the order they are declared in, with what makes each: (from, to) -> verbs.
class Arrows {
 public:
  void Add(const std::string& from, const std::string& to, const std::string& verb) {
    std::vector<std::string>& verbs = verbs_[{from, to}];
    if (verbs.empty()) order_.push_back({from, to});
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) verbs.push_back(verb);
  }
  void AddTo(std::string* page) const {
    for (const auto& arrow : order_) {
      absl::StrAppend(page, "  ", arrow.first, " --> ", arrow.second, ": ", absl::StrJoin(verbs_.at(arrow), ", "),
                      "\n");
    }
  }

 private:
  std::vector<std::pair<std::string, std::string>> order_;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> verbs_;
};

void AddRecord(const std::string& collection, const Record& record, std::string* page) {
  const EnumDescriptor* states = record.message->FindFieldByName("state")->enum_type();
  absl::StrAppend(page, "\n### ", collection, " ", RulesOf(*record.message).chinese(), "\n\n");
  Arrows arrows;
  std::vector<std::string> others;
  const auto by = [&](const kam::api::StateChange& change, const auto& add) {
    if (change.by().empty()) add("(any verb)");
    for (const std::string& verb : change.by()) add(record.own.count(verb) > 0 ? verb : absl::StrCat("(", verb, ")"));
  };
  for (const kam::api::StateChange& change : RulesOf(*record.message).state_changes()) {
    if (!change.from().empty()) continue;
    by(change, [&](const std::string& verb) { arrows.Add("[*]", change.to(), verb); });
  }
  for (const MethodDescriptor* verb : record.verbs) {
    const kam::api::Transition& transition = RulesOf(*verb).transition();
    std::vector<std::string> outcomes(transition.outcomes().begin(), transition.outcomes().end());
    if (!transition.to().empty()) outcomes.push_back(transition.to());
    if (outcomes.empty()) {
      others.push_back(absl::StrCat("`", verb->name(), "` (", absl::StrJoin(transition.from(), ", "), ")"));
    }
    for (const std::string& from : transition.from()) {
      for (const std::string& to : outcomes) {
        if (from != to) arrows.Add(from, to, verb->name());
      }
    }
  }
  for (const kam::api::StateChange& change : RulesOf(*record.message).state_changes()) {
    for (const std::string& from : change.from()) {
      by(change, [&](const std::string& verb) { arrows.Add(from, change.to(), verb); });
    }
  }
  absl::StrAppend(page, "```mermaid\nstateDiagram-v2\n");
  arrows.AddTo(page);
  absl::StrAppend(page, "```\n\n");
  if (!others.empty()) absl::StrAppend(page, "Leave the state as it is: ", absl::StrJoin(others, ", "), ".\n\n");
  absl::StrAppend(page, "| state | meaning |\n|---|---|\n");
  for (int i = 1; i < states->value_count(); ++i) {
    absl::StrAppend(page, "| `", resource::ShortEnumName(states->value(i)), "` | ", Meaning(*states->value(i)), " |\n");
  }
}

// Resources with a state, by collection.
std::map<std::string, const Descriptor*> Stateful(const protocol::Descriptors& published) {
  std::map<std::string, const Descriptor*> messages;
  for (const Descriptor* message : published.messages()) {
    const google::protobuf::FieldDescriptor* state = message->FindFieldByName("state");
    if (RulesOf(*message).collection().empty() || state == nullptr || state->enum_type() == nullptr) continue;
    messages[RulesOf(*message).collection()] = message;
  }
  return messages;
}

absl::StatusOr<std::string> Page() {
  const protocol::Descriptors& published = protocol::Descriptors::Published();
  const std::map<std::string, const Descriptor*> messages = Stateful(published);
  std::map<std::string, std::map<std::string, Record>> services;  // Program -> collection.
  for (const MethodDescriptor* method : published.methods()) {
    const std::string& collection = RulesOf(*method).collection();
    const auto message = messages.find(collection);
    const bool changes_state = !RulesOf(*method).transition().from().empty();
    if (message == messages.end()) {
      if (!changes_state) continue;
      return Internal(absl::StrCat(method->full_name(), " changes the state of ", collection, ", which has none"));
    }
    Record& record = services[method->service()->options().GetExtension(kam::api::backend)][collection];
    record.message = message->second;
    record.own.insert(method->name());
    if (changes_state) record.verbs.push_back(method);
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
