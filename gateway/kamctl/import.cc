#include "gateway/kamctl/import.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::ctl {
namespace {

constexpr size_t kRowsInBatch = 100;

class Importer {
 public:
  Importer(Gateway& gateway, const Mapping& mapping, const std::string& directory,
           const std::function<void(const std::string&)>& progress)
      : gateway_(gateway), mapping_(mapping), tables_(directory), progress_(progress) {}

  absl::StatusOr<ImportReport> Run() {
    for (const Step& step : mapping_.steps) RETURN_IF_ERROR(RunStep(step));
    std::stable_sort(report_.problems.begin(), report_.problems.end(), [](const Problem& a, const Problem& b) {
      return std::tie(a.place.file, a.place.line) < std::tie(b.place.file, b.place.line);
    });
    return std::move(report_);
  }

 private:
  struct Pending {
    const TableRow* row;
    BuiltRow built;
  };

  absl::Status RunStep(const Step& step) {
    RETURN_IF_ERROR(CheckColumns(step, &tables_));
    ASSIGN_OR_RETURN(const Table* table, tables_.Open(step.file));
    StepReport counts;
    counts.title = step.title;
    counts.rows = static_cast<int64_t>(table->rows.size());
    std::map<std::string, int64_t> waiting;  // External id to the line that brings it.
    std::vector<const TableRow*> rows;
    for (const TableRow& row : table->rows) {
      const std::string key = KeyOf(step, *table, row);
      const auto [first, fresh] = waiting.emplace(key, row.line);
      if (!fresh && !key.empty()) {
        Fail({{step.file, row.line, KeyColumn(step)},
              "KEY_REPEATED",
              absl::StrCat("the key ", key, " stands in line ", first->second, " already")},
             &counts);
        continue;
      }
      rows.push_back(&row);
    }
    // Rows that refer to rows of the same file wait for those.
    while (!rows.empty()) {
      std::vector<Pending> ready;
      std::vector<const TableRow*> later;
      for (const TableRow* row : rows) {
        BuiltRow built = BuildRow(mapping_, step, *table, *row, names_, waiting, &tables_);
        if (!built.problems.empty()) {
          for (const Problem& problem : built.problems) report_.problems.push_back(problem);
          ++counts.failed;
          waiting.erase(built.key);  // Whoever waits for it learns that it does not come.
        } else if (built.waits_for_own_collection) {
          later.push_back(row);
        } else {
          ready.push_back({row, std::move(built)});
        }
      }
      if (ready.empty() && later.size() == rows.size()) {
        for (const TableRow* row : later) {
          Fail({{step.file, row->line, ""}, "REFERENCE_CIRCULAR", "rows of this file refer to one another in a circle"},
               &counts);
        }
        later.clear();
      }
      for (size_t begin = 0; begin < ready.size(); begin += kRowsInBatch) {
        const size_t end = std::min(ready.size(), begin + kRowsInBatch);
        RETURN_IF_ERROR(Send(step, &ready, begin, end, &waiting, &counts));
        progress_(absl::StrCat(step.title, ": ", counts.created + counts.updated + counts.unchanged + counts.failed,
                               " of ", counts.rows));
      }
      rows = std::move(later);
    }
    report_.steps.push_back(counts);
    return absl::OkStatus();
  }

  absl::Status Send(const Step& step, std::vector<Pending>* ready, size_t begin, size_t end,
                    std::map<std::string, int64_t>* waiting, StepReport* counts) {
    Json body = Json::object();
    Json& list = body[step.collection] = Json::array();
    for (size_t i = begin; i < end; ++i) list.push_back((*ready)[i].built.resource);
    const absl::StatusOr<Json> answer = gateway_.Post(absl::StrCat("/v1/", step.collection, ":batchUpsert"), body);
    if (!answer.ok() && absl::IsInvalidArgument(answer.status()) && end - begin > 1) {
      // A row that is no valid JSON of its resource fails the whole call: find it.
      const size_t middle = begin + (end - begin) / 2;
      RETURN_IF_ERROR(Send(step, ready, begin, middle, waiting, counts));
      return Send(step, ready, middle, end, waiting, counts);
    }
    if (!answer.ok() && !(absl::IsInvalidArgument(answer.status()) && end - begin == 1)) return answer.status();
    const Json results = answer.ok() ? answer->value("results", Json::array()) : Json::array();
    if (answer.ok() && results.size() != end - begin) {
      return Internal(absl::StrCat("the answer has ", results.size(), " results for ", end - begin, " rows"));
    }
    for (size_t i = begin; i < end; ++i) {
      const Pending& pending = (*ready)[i];
      const Place whole{step.file, pending.row->line, ""};
      waiting->erase(pending.built.key);
      if (!answer.ok()) {
        FailWith(pending.built, whole, Reason(answer.status()), std::string(answer.status().message()),
                 ViolatedFields(answer.status()), counts);
        continue;
      }
      const Json& result = results[i - begin];
      const std::string outcome = result.value("outcome", "");
      if (outcome == "UPSERT_OUTCOME_FAILED") {
        std::vector<std::string> fields;
        std::string reason = "REFUSED";
        const Json status = result.value("status", Json::object());
        for (const Json& detail : status.value("details", Json::array())) {
          if (detail.contains("reason")) reason = detail["reason"].get<std::string>();
          for (const Json& violation : detail.value("fieldViolations", Json::array())) {
            fields.push_back(violation.value("field", ""));
          }
        }
        FailWith(pending.built, whole, reason, status.value("message", ""), fields, counts);
        continue;
      }
      counts->created += outcome == "UPSERT_OUTCOME_CREATED" ? 1 : 0;
      counts->updated += outcome == "UPSERT_OUTCOME_UPDATED" ? 1 : 0;
      counts->unchanged += outcome == "UPSERT_OUTCOME_UNCHANGED" ? 1 : 0;
      names_.Add(step.collection, pending.built.key, result.value("name", ""));
    }
    return absl::OkStatus();
  }

  void FailWith(const BuiltRow& built, const Place& whole, const std::string& reason, const std::string& message,
                const std::vector<std::string>& fields, StepReport* counts) {
    Fail({fields.empty() ? whole : PlaceOf(built, fields[0], whole), reason, message}, counts);
  }

  void Fail(Problem problem, StepReport* counts) {
    report_.problems.push_back(std::move(problem));
    ++counts->failed;
  }

  Gateway& gateway_;
  const Mapping& mapping_;
  Tables tables_;
  const std::function<void(const std::string&)>& progress_;
  KnownNames names_;
  ImportReport report_;
};

}  // namespace

absl::StatusOr<ImportReport> Import(Gateway& gateway, const Mapping& mapping, const std::string& directory,
                                    const std::function<void(const std::string&)>& progress) {
  return Importer(gateway, mapping, directory, progress).Run();
}

}  // namespace kam::ctl
