// The catalogue of requirements and of golden cases that tests and descriptors name by id.
#ifndef KAM_TESTS_COVERAGE_REQUIREMENTS_H_
#define KAM_TESTS_COVERAGE_REQUIREMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kam::coverage {

// From the source root.
inline constexpr char kRequirementsFile[] = "tests/coverage/requirements.csv";
inline constexpr char kGoldenCasesFile[] = "tests/coverage/golden_cases.csv";

struct Requirement {
  std::string id;  // "A-01"; of a golden case "G30".
  std::string title;
};

// Rows of a CSV file with columns id, title, in file order; further columns are added to the title after a colon.
// NOT_FOUND or INVALID_ARGUMENT naming file and line.
absl::StatusOr<std::vector<Requirement>> ReadRequirements(const std::string& path);

}  // namespace kam::coverage

#endif  // KAM_TESTS_COVERAGE_REQUIREMENTS_H_
