// That the options of records and RPCs tell every change of state which the tests of a program made.
#ifndef KAM_COMMON_TESTING_STATE_CHANGES_H_
#define KAM_COMMON_TESTING_STATE_CHANGES_H_

#include "common/mysql/mysql.h"
#include "common/resource/type.h"

namespace kam::testing {

// Reads the history of a schema after every test suite and at its own end. A change of state that neither
// (kam.api.method).transition of the RPC that made it nor (kam.api.resource).state_changes of the record declares,
// fails the suite: docs/states.md would not show it.
class StateChangesWatch {
 public:
  // Both outlive it.
  StateChangesWatch(mysql::Database& database, const resource::Catalog& catalog);
  ~StateChangesWatch();
  StateChangesWatch(const StateChangesWatch&) = delete;
  StateChangesWatch& operator=(const StateChangesWatch&) = delete;

  void ExpectAllDeclared() const;

 private:
  mysql::Database& database_;
  const resource::Catalog& catalog_;
};

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_STATE_CHANGES_H_
