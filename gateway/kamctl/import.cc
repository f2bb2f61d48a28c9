#include "gateway/kamctl/import.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::ctl {
namespace {

constexpr size_t kRowsInBatch = 100;

class Importer {
 public:
  Importer(Gateway& gateway, const Mapping& mapping, const std::string& directory,
           const std::function<void(const std::string&)>& progress)
      : gateway_(gateway), mapping_(mapping), tables_(Folder{directory, mapping.encoding}), progress_(progress) {}

  ImportReport Run() {
    for (const Step& step : mapping_.steps) {
      report_.stopped = RunStep(step);
      if (!report_.stopped.ok()) break;
    }
    std::stable_sort(report_.problems.begin(), report_.problems.end(), [](const Problem& a, const Problem& b) {
      return std::tie(a.place.file, a.place.line) < std::tie(b.place.file, b.place.line);
    });
    return std::move(report_);
  }

 private:
  struct Pending {
    int64_t line = 0;
    BuiltRow built;
  };

  // One step as it goes on.
  struct Progress {
    const Step& step;
    StepReport counts;
    Table table;                             // Its columns.
    std::map<std::string, int64_t> waiting;  // External id to the line that brings it.
    std::set<int64_t> repeated;              // Lines with a key that an earlier line has.
    std::vector<Pending> ready;
    std::vector<TableRow> later;  // Rows that refer to rows of the same file wait for those.
  };

  // Twice through the file, a row at a time: it may be larger than memory. The first time finds the keys, and whatever
  // would stop the import before anything of the step is sent.
  absl::Status RunStep(const Step& step) {
    Progress progress{step, {}, {}, {}, {}, {}, {}};
    progress.counts.title = step.title;
    absl::Status status = SendRows(&progress);
    report_.steps.push_back(progress.counts);
    tables_.Forget();
    return status;
  }

  absl::Status SendRows(Progress* progress) {
    const Step& step = progress->step;
    RETURN_IF_ERROR(CheckColumns(step, &tables_));
    RETURN_IF_ERROR(ReadRows(tables_.folder(), step.file, &progress->table,
                             [&](const TableRow& row) { return Announce(row, progress); }));
    RETURN_IF_ERROR(ReadRows(tables_.folder(), step.file, &progress->table, [&](TableRow row) -> absl::Status {
      return progress->repeated.count(row.line) > 0 ? absl::OkStatus() : Take(std::move(row), progress);
    }));
    RETURN_IF_ERROR(Flush(progress));
    while (!progress->later.empty()) {
      std::vector<TableRow> rows = std::move(progress->later);
      progress->later.clear();
      const int64_t before = Done(progress->counts);
      for (TableRow& row : rows) RETURN_IF_ERROR(Take(std::move(row), progress));
      RETURN_IF_ERROR(Flush(progress));
      if (Done(progress->counts) > before) continue;
      for (const TableRow& row : progress->later) {
        Fail({{step.file, row.line, ""}, "REFERENCE_CIRCULAR", "rows of this file refer to one another in a circle"},
             &progress->counts);
      }
      break;
    }
    return absl::OkStatus();
  }

  static int64_t Done(const StepReport& counts) {
    return counts.created + counts.updated + counts.unchanged + counts.failed;
  }

  absl::Status Announce(const TableRow& row, Progress* progress) {
    ++progress->counts.rows;
    const std::string key = KeyOf(progress->step, progress->table, row);
    const auto [first, fresh] = progress->waiting.emplace(key, row.line);
    if (fresh || key.empty()) return absl::OkStatus();
    progress->repeated.insert(row.line);
    Fail({{progress->step.file, row.line, KeyColumn(progress->step)},
          "KEY_REPEATED",
          absl::StrCat("the key ", key, " stands in line ", first->second, " already")},
         &progress->counts);
    return absl::OkStatus();
  }

  absl::Status Take(TableRow row, Progress* progress) {
    BuiltRow built = BuildRow(mapping_, progress->step, progress->table, row, names_, progress->waiting, &tables_);
    if (!built.problems.empty()) {
      for (const Problem& problem : built.problems) report_.problems.push_back(problem);
      ++progress->counts.failed;
      progress->waiting.erase(built.key);  // Whoever waits for it learns that it does not come.
    } else if (built.waits_for_own_collection) {
      progress->later.push_back(std::move(row));
    } else {
      progress->ready.push_back({row.line, std::move(built)});
    }
    return progress->ready.size() < kRowsInBatch ? absl::OkStatus() : Flush(progress);
  }

  absl::Status Flush(Progress* progress) {
    if (progress->ready.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(Send(progress, 0, progress->ready.size()));
    progress->ready.clear();
    progress_(absl::StrCat(progress->step.title, ": ", Done(progress->counts), " of ", progress->counts.rows));
    return absl::OkStatus();
  }

  absl::Status Send(Progress* progress, size_t begin, size_t end) {
    const Step& step = progress->step;
    StepReport* counts = &progress->counts;
    Json body = Json::object();
    Json& list = body[step.collection] = Json::array();
    for (size_t i = begin; i < end; ++i) list.push_back(progress->ready[i].built.resource);
    const absl::StatusOr<Json> answer = gateway_.Post(absl::StrCat("/v1/", step.collection, ":batchUpsert"), body);
    if (!answer.ok() && absl::IsInvalidArgument(answer.status()) && end - begin > 1) {
      // A row that is no valid JSON of its resource fails the whole call: find it.
      const size_t middle = begin + (end - begin) / 2;
      RETURN_IF_ERROR(Send(progress, begin, middle));
      return Send(progress, middle, end);
    }
    if (!answer.ok() && !(absl::IsInvalidArgument(answer.status()) && end - begin == 1)) return answer.status();
    const Json results = answer.ok() ? ItemsOf(*answer, "results") : Json::array();
    if (answer.ok() && results.size() != end - begin) {
      return Internal(absl::StrCat("the answer has ", results.size(), " results for ", end - begin, " rows"));
    }
    for (size_t i = begin; i < end; ++i) {
      const Pending& pending = progress->ready[i];
      const Place whole{step.file, pending.line, ""};
      progress->waiting.erase(pending.built.key);
      if (!answer.ok()) {
        FailWith(pending.built, whole, Reason(answer.status()), std::string(answer.status().message()),
                 ViolatedFields(answer.status()), counts);
        continue;
      }
      const Json& result = results[i - begin];
      const std::string outcome = TextOf(result, "outcome");
      if (outcome == "UPSERT_OUTCOME_FAILED") {
        std::vector<std::string> fields;
        std::string reason = "REFUSED";
        const Json status = MemberOf(result, "status");
        for (const Json& detail : ItemsOf(status, "details")) {
          if (const std::string told = TextOf(detail, "reason"); !told.empty()) reason = told;
          for (const Json& violation : ItemsOf(detail, "fieldViolations")) fields.push_back(TextOf(violation, "field"));
        }
        FailWith(pending.built, whole, reason, TextOf(status, "message"), fields, counts);
        continue;
      }
      counts->created += outcome == "UPSERT_OUTCOME_CREATED" ? 1 : 0;
      counts->updated += outcome == "UPSERT_OUTCOME_UPDATED" ? 1 : 0;
      counts->unchanged += outcome == "UPSERT_OUTCOME_UNCHANGED" ? 1 : 0;
      names_.Add(step.collection, pending.built.key, TextOf(result, "name"));
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

ImportReport Import(Gateway& gateway, const Mapping& mapping, const std::string& directory,
                    const std::function<void(const std::string&)>& progress) {
  return Importer(gateway, mapping, directory, progress).Run();
}

}  // namespace kam::ctl
