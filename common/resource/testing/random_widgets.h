// Random rows of the test resource Widget, each value of a pool that says how it is stored, how filters may spell it
// and where it stands in the order; and the same rows in a database. For tests of filters and pages.
#ifndef KAM_COMMON_RESOURCE_TESTING_RANDOM_WIDGETS_H_
#define KAM_COMMON_RESOURCE_TESTING_RANDOM_WIDGETS_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/mysql/mysql.h"
#include "common/resource/type.h"
#include "common/testing/mariadb.h"

namespace kam::resource {

inline constexpr int kRows = 80;
inline constexpr uint64_t kSeed = 20260131;
inline constexpr absl::Duration kTimeout = absl::Seconds(60);

const Type& WidgetType();

// Somebody who may see every sensitive field.
auth::Principal Reader();

// Of an RFC 3339 text.
absl::Time At(const char* text);

// One value that a column may hold: how it is stored, how filters may spell it, and its place in the order of the pool.
// Values with the same rank are equal.
struct Sample {
  int rank = 0;
  mysql::Value stored;
  std::vector<std::string> spellings;
};

// kText, kOrdered and kNumber are ordered; kExact and kTruth know = != : only. kText has wildcards; a zero of kNumber
// and a false of kTruth count as unset.
enum class Family { kText, kOrdered, kExact, kNumber, kTruth };

struct Pool {
  Family family = Family::kOrdered;
  std::vector<Sample> samples;
};

// Of the repeated fields `tags` and `related`.
const Pool& TextPool();
const Pool& WidgetPool();

struct Column {
  const char* path;
  const char* name;
  const Pool& (*pool)();
};

// Columns that are filled; money has its amount and its currency here separately, always set together.
const std::vector<Column>& OwnColumns();
const std::vector<Column>& LineColumns();

// Sample of each column by path; absent: NULL.
using Item = std::map<std::string, const Sample*>;

// The sample of `path`; null when it is not set.
const Sample* Of(const Item& item, const std::string& path);

struct RandomWidget {
  std::string id;
  Item own;
  std::vector<Item> lines;
  std::vector<const Sample*> tags;
  std::vector<const Sample*> related;
  std::vector<std::pair<std::string, std::string>> external_ids;  // System and id.
};

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint64_t>(limit)); }
  bool OneIn(int n) { return Below(n) == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[static_cast<size_t>(Below(static_cast<int>(from.size())))];
  }

 private:
  std::mt19937_64 random_;
};

// Makes the tables of Widget and fills them with kRows random rows, in the order of their ids.
std::vector<RandomWidget> StoreRandomWidgets(kam::testing::TempDatabase& temp, Chance* chance);

}  // namespace kam::resource

#endif  // KAM_COMMON_RESOURCE_TESTING_RANDOM_WIDGETS_H_
