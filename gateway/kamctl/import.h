// kamctl import: CSV files of another system through the gateway, in batches.
#ifndef KAM_GATEWAY_KAMCTL_IMPORT_H_
#define KAM_GATEWAY_KAMCTL_IMPORT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gateway/kamctl/http.h"
#include "gateway/kamctl/mapping.h"

namespace kam::ctl {

struct StepReport {
  std::string title;
  int64_t rows = 0, created = 0, updated = 0, unchanged = 0, failed = 0;
};

struct ImportReport {
  std::vector<StepReport> steps;  // The last one in part only when the import stopped in it.
  std::vector<Problem> problems;
  absl::Status stopped;  // Why the import as a whole could not go on; OK: it went to its end.
};

// Sends every row of every step. Good rows go in, bad ones are reported with file, line, column and reason. Rows carry
// their external id, so running it again changes nothing, and a run broken off is continued by running it again: what
// went in until then is reported all the same. `progress` is told one line a batch.
ImportReport Import(Gateway& gateway, const Mapping& mapping, const std::string& directory,
                    const std::function<void(const std::string&)>& progress);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_IMPORT_H_
