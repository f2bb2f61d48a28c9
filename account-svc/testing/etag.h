// Versions for decisions that name what was read.
#ifndef KAM_ACCOUNT_SVC_TESTING_ETAG_H_
#define KAM_ACCOUNT_SVC_TESTING_ETAG_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "account-svc/testing/account_fixture.h"
#include "common/resource/names.h"

namespace kam::account {

// The version of a resource that somebody who has just read it names; empty for what is no resource.
inline std::string EtagOf(World& world, const std::string& name) {
  const resource::Type* type = world.harness().runtime().catalog().FindCollection(name.substr(0, name.find('/')));
  if (type == nullptr) return "";
  return absl::StrCat(
      "v", world.harness()
               .db()
               .Get(absl::StrCat("SELECT version FROM ", type->table(), " WHERE id = '", resource::IdOf(name), "'"))
               .integer());
}

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_TESTING_ETAG_H_
