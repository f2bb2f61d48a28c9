// How the columns of CSV files become resources: a JSON file, described in docs/import.md.
#ifndef KAM_GATEWAY_KAMCTL_MAPPING_H_
#define KAM_GATEWAY_KAMCTL_MAPPING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/kamctl/http.h"
#include "gateway/kamctl/table.h"

namespace kam::ctl {

// Where something stands in the input.
struct Place {
  std::string file;
  int64_t line = 0;
  std::string column;  // Name of the column; empty: the whole row.
};

// Something wrong with one row, as a person reads it.
struct Problem {
  Place place;
  std::string reason;
  std::string message;
};

// One kind of resource: which file, which collection, how a row becomes a resource.
struct Step {
  std::string title;
  std::string file;
  std::string collection;  // "orders": POST /v1/orders:batchUpsert {"orders": [...]}
  std::string key;         // Template of the external id.
  Json resource;           // Template of the resource.
};

struct Mapping {
  std::string system;
  std::string encoding = "UTF-8";  // Of all files.
  std::map<std::string, std::map<std::string, std::string>> maps;
  std::vector<Step> steps;
};

// MAPPING_INVALID naming the member that is wrong: what it lets pass, BuildRow can work with.
absl::StatusOr<Mapping> ParseMapping(const std::string& json);

class Tables;

// MAPPING_INVALID when a step names a column that its file does not have; the errors of ReadRows.
absl::Status CheckColumns(const Step& step, Tables* tables);

// Names of resources by collection and external id, as far as they are known.
class KnownNames {
 public:
  void Add(const std::string& collection, const std::string& key, const std::string& name) {
    names_[{collection, key}] = name;
  }
  const std::string* Find(const std::string& collection, const std::string& key) const {
    const auto it = names_.find({collection, key});
    return it == names_.end() ? nullptr : &it->second;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::string> names_;
};

// Rows of a second file by the value of one column, for $rows; in memory until they are forgotten.
class Tables {
 public:
  explicit Tables(Folder folder) : folder_(std::move(folder)) {}
  const Folder& folder() const { return folder_; }
  absl::StatusOr<const Table*> Open(const std::string& file);
  // Rows of `file` whose `column` is `value`, in file order.
  absl::StatusOr<std::vector<const TableRow*>> Where(const std::string& file, const std::string& column,
                                                     const std::string& value);
  void Forget() {
    indexes_.clear();
    tables_.clear();
  }

 private:
  const Folder folder_;
  std::map<std::string, Table> tables_;
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::vector<const TableRow*>>> indexes_;
};

// A resource made from one row, with what each of its fields came from.
struct BuiltRow {
  std::string key;
  Json resource;
  std::map<std::string, Place> places;  // Field path, "lines[2].quantity", to its place.
  std::vector<Problem> problems;        // Not empty: the row cannot be sent.
  // A reference within the same collection whose row has not been sent yet: try again later.
  bool waits_for_own_collection = false;
};

// Makes the resource of `row`. `keys_in_file`: external ids of the step's own collection that this file still brings.
BuiltRow BuildRow(const Mapping& mapping, const Step& step, const Table& table, const TableRow& row,
                  const KnownNames& names, const std::map<std::string, int64_t>& keys_in_file, Tables* tables);

// The place of a field path that the service complained about ("order.lines[2].quantity"): the nearest one known.
Place PlaceOf(const BuiltRow& row, const std::string& violated_field, const Place& whole_row);

// The external id of a row; empty when its columns are.
std::string KeyOf(const Step& step, const Table& table, const TableRow& row);

// The first column that the key of a step is made of; empty: none.
std::string KeyColumn(const Step& step);

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_MAPPING_H_
