// Three people of a department, for the tests of work: a superior, somebody below him, and a colleague who is neither.
#ifndef KAM_ACCOUNT_SVC_TESTING_WORK_FIXTURE_H_
#define KAM_ACCOUNT_SVC_TESTING_WORK_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/string_view.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"

namespace kam::account {

class WorkFixture : public ::testing::Test {
 protected:
  WorkFixture(const char* role_of_boss, const char* role_of_other)
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        boss_(world_.AddEmployee(role_of_boss, department_.name())),
        anna_(world_.AddEmployee("KAX", department_.name(), {boss_.name()})),
        other_(world_.AddEmployee(role_of_other, department_.name())),
        as_boss_(world_.As(boss_, role_of_boss, {IdOf(anna_.name())})),
        as_anna_(world_.As(anna_, "KAX")),
        as_other_(world_.As(other_, role_of_other)) {}

  absl::Time now() { return world_.harness().clock().Now(); }
  // Calls a verb, its full name, on `name`.
  template <typename T, typename Request>
  absl::StatusOr<T> Do(const auth::Principal& who, absl::string_view method, const std::string& name,
                       Request request = {}) {
    request.set_name(name);
    return world_.Call<T>(who, method, request);
  }

  World& world_;
  const organization::v1::Department department_;
  const organization::v1::Employee boss_, anna_, other_;
  const auth::Principal as_boss_, as_anna_, as_other_;
};

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_WORK_FIXTURE_H_
