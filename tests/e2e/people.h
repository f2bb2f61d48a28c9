// People to test with, brought in as an integrator would.
#ifndef KAM_TESTS_E2E_PEOPLE_H_
#define KAM_TESTS_E2E_PEOPLE_H_

#include <map>
#include <string>
#include <vector>

#include "tests/e2e/http.h"

namespace kam::e2e {

// External system of what tests bring in.
inline constexpr char kTestSystem[] = "test";

struct Person {
  std::string login;
  std::vector<std::string> roles;
};

// Login -> resource name. Fails the test when one is refused.
std::map<std::string, std::string> ImportPeople(Http& integrator, const std::vector<Person>& people);

}  // namespace kam::e2e

#endif  // KAM_TESTS_E2E_PEOPLE_H_
