// Every state of every resource of a program with every verb, without a line for any of them: states and verbs are read
// from the descriptors, rows are made from them, and a verb must be open in exactly the states that its options name.
// What the options should say is for the tables of the tests: see ExpectMachines().
#ifndef KAM_COMMON_TESTING_STATE_PAIRS_H_
#define KAM_COMMON_TESTING_STATE_PAIRS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/auth/principal.h"
#include "common/resource/type.h"
#include "common/rpc/call.h"
#include "common/testing/harness.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kam::testing {

// Verb: states it starts from > state it leads to ("=": it stays, or a rule decides). "NEW, QUALIFIED > DISCARDED"
using Machine = std::map<std::string, std::string>;

// What the options of the RPCs of a program say, by collection.
std::map<std::string, Machine> Machines(const rpc::Registry& registry);

// Fails the test unless `tables`, written by hand, say the same: of every collection, and of no other.
void ExpectMachines(const rpc::Registry& registry, const std::map<std::string, Machine>& tables);

class StatePairs {
 public:
  // `person`: an employee; what is tried, is tried by him with every right over all rows.
  StatePairs(Harness& harness, auth::Principal person);

  // Something of the collection that is there, for references to it and for its own verbs; otherwise a row is made.
  void Use(const std::string& name);
  // Columns, beside the state, that are set before each call: "decider = NULL, amount = 5".
  void Set(const std::string& collection, const std::string& columns) { columns_[collection] = columns; }
  // What requests need beside something valid in every field that must be set.
  void Fill(std::function<void(const std::string& verb, google::protobuf::Message* request)> fill) {
    fill_ = std::move(fill);
  }

  // Verbs that want more of their resource than a made row has: where they are open, any answer will do.
  void MayFail(std::set<std::string> verbs) { may_fail_ = std::move(verbs); }

  // Tries the verbs of every collection but those left out. Returns how many pairs it tried.
  int TryAll(const std::set<std::string>& left_out = {});

 private:
  struct Column {
    std::string name;
    std::string type;  // "varchar", "int", ...
  };

  void Try(const resource::Type& type, const google::protobuf::MethodDescriptor& method);
  // Columns of a table that must not be NULL.
  std::vector<Column> NeededColumns(const std::string& table);
  // Id of something of the collection.
  std::string IdIn(const std::string& collection);
  // A row with something in every column that must not be NULL; the name of the resource.
  std::string AddRow(const resource::Type& type);
  // Something valid in every field that must be set.
  void FillRequired(google::protobuf::Message* message);
  // Runs a statement with the checks of the schema off: a row need not make sense in every state.
  void ExecuteUnchecked(const std::string& sql, const std::vector<mysql::Value>& values);

  Harness& harness_;
  auth::Principal almighty_;
  std::map<std::string, std::string> names_;    // By collection.
  std::map<std::string, std::string> columns_;  // By collection.
  std::function<void(const std::string&, google::protobuf::Message*)> fill_;
  std::set<std::string> may_fail_;
  int pairs_ = 0;
};

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_STATE_PAIRS_H_
