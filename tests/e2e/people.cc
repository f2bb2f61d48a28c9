#include "tests/e2e/people.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace kam::e2e {

std::map<std::string, std::string> ImportPeople(Http& integrator, const std::vector<Person>& people) {
  constexpr size_t kAtOnce = 100;
  std::map<std::string, std::string> names;
  for (size_t begin = 0; begin < people.size(); begin += kAtOnce) {
    const size_t end = std::min(people.size(), begin + kAtOnce);
    Json rows = Json::array();
    for (size_t i = begin; i < end; ++i) {
      Json row = {{"displayName", people[i].login},
                  {"login", people[i].login},
                  {"externalIds", {{{"system", kTestSystem}, {"id", people[i].login}}}}};
      row["roles"] = Json::array();
      for (const std::string& role : people[i].roles) row["roles"].push_back({{"role", role}, {"since", "2000-01-01"}});
      rows.push_back(std::move(row));
    }
    const Answer answer = integrator.Post("/v1/employees:batchUpsert", {{"employees", std::move(rows)}});
    EXPECT_EQ(answer.status, 200) << answer;
    const Json results = answer.json().value("results", Json::array());
    EXPECT_EQ(results.size(), end - begin) << answer;
    for (size_t i = 0; i < results.size(); ++i) {
      EXPECT_EQ(results[i].value("outcome", ""), "UPSERT_OUTCOME_CREATED") << results[i];
      names[people[begin + i].login] = results[i].value("name", "");
    }
  }
  return names;
}

}  // namespace kam::e2e
