#include "common/testing/state_changes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/resource/change_log.h"
#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"

namespace kam::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kSqlTimeout = absl::Seconds(20);

template <typename List>
bool Has(const List& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// "\"ACCOUNT_STATE_DRAFT\"", as the history keeps it, is DRAFT; "" is "".
std::string StateIn(const EnumDescriptor& states, const std::string& kept) {
  const auto* value = states.FindValueByName(absl::StrReplaceAll(kept, {{"\"", ""}}));
  return value == nullptr ? "" : resource::ShortEnumName(value);
}

bool Declared(const Descriptor& record, const MethodDescriptor* method, const std::string& before,
              const std::string& after) {
  const kam::api::Resource& rules = record.options().GetExtension(kam::api::resource);
  if (method == nullptr) return false;
  const kam::api::Method& verb = method->options().GetExtension(kam::api::method);
  const kam::api::Transition& transition = verb.transition();
  if (verb.collection() == rules.collection() && Has(transition.from(), before) &&
      (transition.to() == after || Has(transition.outcomes(), after))) {
    return true;
  }
  return std::any_of(rules.state_changes().begin(), rules.state_changes().end(), [&](const auto& change) {
    return change.to() == after && (change.by().empty() || Has(change.by(), method->name())) &&
           (before.empty() ? change.from().empty() : Has(change.from(), before));
  });
}

// Asks every watch that lives at the end of a suite: one of a fixture that is never destroyed asks nowhere else.
class Watches : public ::testing::EmptyTestEventListener {
 public:
  static Watches& Get() {
    static Watches* const watches = [] {
      auto* listener = new Watches;
      ::testing::UnitTest::GetInstance()->listeners().Append(listener);
      return listener;
    }();
    return *watches;
  }
  void Add(const StateChangesWatch* watch) {
    const std::lock_guard<std::mutex> lock(mutex_);
    watches_.insert(watch);
  }
  void Remove(const StateChangesWatch* watch) {
    const std::lock_guard<std::mutex> lock(mutex_);
    watches_.erase(watch);
  }
  void OnTestSuiteEnd(const ::testing::TestSuite&) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const StateChangesWatch* watch : watches_) watch->ExpectAllDeclared();
  }

 private:
  std::mutex mutex_;
  std::set<const StateChangesWatch*> watches_;  // Under mutex_.
};

}  // namespace

StateChangesWatch::StateChangesWatch(mysql::Database& database, const resource::Catalog& catalog)
    : database_(database), catalog_(catalog) {
  Watches::Get().Add(this);
}

StateChangesWatch::~StateChangesWatch() {
  Watches::Get().Remove(this);
  ExpectAllDeclared();
}

void StateChangesWatch::ExpectAllDeclared() const {
  std::set<std::string> missing;
  const absl::Status status =
      database_.Run(absl::Now() + kSqlTimeout, [&](mysql::Connection& connection) -> absl::Status {
        ASSIGN_OR_RETURN(
            const std::vector<mysql::Row> rows,
            connection.Query("SELECT collection, method, fields FROM changes WHERE fields LIKE '%[\"state\",%'", {}));
        for (const mysql::Row& row : rows) {
          const resource::Type* type = catalog_.FindCollection(row[0].text());
          if (type == nullptr) continue;
          const FieldDescriptor* state = type->descriptor()->FindFieldByName("state");
          if (state == nullptr || state->enum_type() == nullptr) continue;
          const MethodDescriptor* method =
              DescriptorPool::generated_pool()->FindMethodByName(absl::StrReplaceAll(row[1].text(), {{"/", "."}}));
          ASSIGN_OR_RETURN(const std::vector<kam::api::FieldChange> fields, resource::ChangesFromJson(row[2].text()));
          for (const kam::api::FieldChange& field : fields) {
            if (field.field() != "state") continue;
            const std::string before = StateIn(*state->enum_type(), field.before());
            const std::string after = StateIn(*state->enum_type(), field.after());
            if (after.empty() || Declared(*type->descriptor(), method, before, after)) continue;
            missing.insert(absl::StrCat(type->collection(), ": ", before.empty() ? "[*]" : before, " > ", after, " by ",
                                        row[1].text()));
          }
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  for (const std::string& change : missing) {
    ADD_FAILURE() << "no transition and no (kam.api.resource).state_changes declares " << change;
  }
}

}  // namespace kam::testing
