// Lines of a contract over time (C-09, C-14): a line is never edited once it may be ordered from; it ends, and a
// successor goes on. A chain has no gap and no overlap, except where it was suspended. Pure functions.
#ifndef KAM_CONTRACT_SVC_RULES_CONTRACT_LINES_H_
#define KAM_CONTRACT_SVC_RULES_CONTRACT_LINES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/money/decimal.h"

namespace kam::contract::v1 {
class Contract;
class ContractLine;
enum AmendmentActionKind : int;
enum ContractLineState : int;
}  // namespace kam::contract::v1

namespace kam::contract::rules {

// First and last day of a line; the contract's where the line says nothing. Empty: open.
struct Period {
  std::string start;
  std::string end;
};
Period PeriodOf(const v1::Contract& contract, const v1::ContractLine& line);

// Number of the first line of the chain that `line_number` is in; 0 when there is no such line.
int RootOf(const v1::Contract& contract, int line_number);
// First lines, in the order of the contract.
std::vector<int> Roots(const v1::Contract& contract);
// Indexes of the lines of a chain in time order, those withdrawn left out.
std::vector<int> ChainOf(const v1::Contract& contract, int root);
// The line that may be ordered from on `day`; null when none may.
const v1::ContractLine* LineOn(const v1::Contract& contract, int root, absl::string_view day);
// The last line of the chain: its quantity is what is promised in all. Null when all were withdrawn.
const v1::ContractLine* LastOf(const v1::Contract& contract, int root);

v1::ContractLineState LineStateOn(const v1::Contract& contract, const v1::ContractLine& line, absl::string_view day);

// What may be done with a chain from `day` on: before its first day, within it, in a suspension, after its last day. A
// gift has no price that could be changed.
bool LineActionAllowed(const v1::Contract& contract, int root, v1::AmendmentActionKind action, absl::string_view day);

// From `day` on the chain goes on as `modify` says: lines that are running end the day before and have a successor,
// lines that have not begun are withdrawn and have one. True when anything changed.
absl::StatusOr<bool> ReviseChain(int root, absl::string_view day, const std::string& amendment,
                                 const std::function<absl::Status(v1::ContractLine*)>& modify, v1::Contract* contract);
// Nothing is ordered any more from `day` on.
absl::StatusOr<bool> StopChain(int root, absl::string_view day, v1::Contract* contract);
// The chain rests from `from` to `until`; what was to come moves by the length of the rest. A line that begins within
// the rest begins the day after it. False: the chain was over before.
absl::StatusOr<bool> SuspendChain(int root, absl::string_view from, absl::string_view until,
                                  const std::string& amendment, v1::Contract* contract);
// A rest that is planned or running ends early: work goes on `day`, and what is to come moves back.
absl::StatusOr<bool> ResumeChain(int root, absl::string_view day, v1::Contract* contract);
// Another last day for the chain.
absl::StatusOr<bool> MoveEndOfChain(int root, absl::string_view end, v1::Contract* contract);
// Another last day for the contract: lines that end with it follow, lines that end later are cut, lines that would
// begin later are withdrawn.
absl::Status MoveEndOfContract(absl::string_view end, v1::Contract* contract);

// CHAIN_BROKEN naming the two lines between which a day is missing or counted twice.
absl::Status CheckChains(const v1::Contract& contract);

}  // namespace kam::contract::rules

#endif  // KAM_CONTRACT_SVC_RULES_CONTRACT_LINES_H_
