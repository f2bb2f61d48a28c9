// Every state of a resource with every verb: open exactly where a table says so.
#ifndef KAM_COMMON_TESTING_STATES_H_
#define KAM_COMMON_TESTING_STATES_H_

#include <functional>
#include <map>
#include <set>
#include <string>

#include "common/auth/principal.h"
#include "common/testing/harness.h"
#include "google/protobuf/message.h"

namespace kam::testing {

struct Verb {
  std::set<std::string> from;
  std::string to;  // Empty: the state stays, or a rule decides.
};

struct StateMachine {
  std::string service;  // "kam.complaint.v1.ComplaintService"
  std::string table;
  const google::protobuf::EnumDescriptor* states = nullptr;
  // Every RPC of the service that is no standard method and acts on a resource by name; of a service with several
  // resources, those whose option `collection` is that of `name`.
  std::map<std::string, Verb> verbs;
  std::string name;  // The resource that is tried.
  // Columns, beside the state, that let every rule but that of the state pass: "doubtful = 0, decider = NULL".
  std::string columns;
  // Names for references, by collection.
  std::map<std::string, std::string> references;
  // What a request needs beside something valid in every field that must be set.
  std::function<void(const std::string& verb, google::protobuf::Message* request)> fill = nullptr;
};

// `person` with every right over all rows.
auth::Principal Almighty(const Harness& harness, auth::Principal person);

// Puts the resource into every state and tries every verb as `almighty`. Returns how many calls changed the state as
// the table says.
int TryEveryVerbInEveryState(Harness& harness, const auth::Principal& almighty, const StateMachine& machine);

}  // namespace kam::testing

#endif  // KAM_COMMON_TESTING_STATES_H_
