// kamctl journey: a year of key accounts, played through the gateway by the people of samples/demo. Each step is done
// by the person who may do it; what must be refused is tried too.
#ifndef KAM_GATEWAY_KAMCTL_JOURNEY_JOURNEY_H_
#define KAM_GATEWAY_KAMCTL_JOURNEY_JOURNEY_H_

#include <string>

#include "absl/status/status.h"
#include "gateway/kamctl/journey/world.h"

namespace kam::ctl::journey {

// What the chapters hand on to one another.
struct Story {
  std::string company;              // Legal name of the new account.
  std::string registration_number;  // Unified social credit code.
  std::string account;              // accounts/{id}
  std::string opportunity;
  std::string quote;
  std::string contract;
  std::string order;
  std::string invoice;
  std::string warehouse;  // Code of the store that serves this customer.
};

// What is checked with the customer before a contract is signed.
Json SigningChecks();

// Plays the journey and prints the page of the department head. A company is registered anew each time; of the few that
// are known the first without a file is taken, and when the journey was played to its end before, only the page is
// printed. JOURNEY_STOPPED says who did what with which unexpected outcome.
absl::Status Play(World& world);

// ---- The chapters, one file an area.

absl::Status PlayAccount(World& world, Story* story);          // A-19 A-01 A-03 A-28 A-29 A-22
absl::Status PlayOwnership(World& world, const Story& story);  // A-07, G-09
absl::Status PlayPrice(World& world, Story* story);            // C-01 to C-05, A-10, G-05
absl::Status PlayContract(World& world, Story* story);         // C-10 to C-12, C-34
absl::Status PlayOrder(World& world, Story* story);            // C-18, C-19, C-21, C-30, C-34
absl::Status PlayReceivable(World& world, Story* story);       // C-29, C-30, C-32
absl::Status PlayFramework(World& world, const Story& story);  // C-09, C-14, C-16
absl::Status PlayDelivery(World& world, const Story& story);   // C-22, C-24
// A quota of 60 stands in the way of `order`, then is raised. C-20
absl::Status PlayQuota(World& world, const Story& story, const std::string& product, const Json& order);
absl::Status PlayProject(World& world, const Story& story);  // C-26
absl::Status PlayAftersales(World& world, Story* story);     // S-02 to S-06, S-10 to S-16, S-33, S-34
absl::Status PlayPeople(World& world, const Story& story);   // G-06, G-15, G-16
absl::Status PrintPage(World& world);

// Has a quote priced, which must bring it into `state` ("APPROVED"), and prints its total and who decides on it.
absl::StatusOr<Json> PriceQuote(World& world, const std::string& login, const std::string& quote,
                                const std::string& what, const std::string& state);

// Sales, product, finance and legal agree, each to the version that was read: of a contract or an amendment at `path`.
absl::Status ReviewAll(World& world, const std::string& path);

}  // namespace kam::ctl::journey

#endif  // KAM_GATEWAY_KAMCTL_JOURNEY_JOURNEY_H_
