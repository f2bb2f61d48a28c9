#include "account-svc/testing/states.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "common/resource/type.h"
#include "common/status/status.h"

namespace kam::account {

void ExpectPairs(World& world, const std::string& table, const std::string& name,
                 const google::protobuf::EnumDescriptor* states, const std::vector<Verb>& verbs) {
  int allowed = 0, refused = 0;
  for (int i = 1; i < states->value_count(); ++i) {
    const std::string state = resource::ShortEnumName(states->value(i));
    for (const Verb& verb : verbs) {
      world.harness().db().Execute(
          absl::StrCat("UPDATE ", table, " SET state = '", state, "' WHERE id = '", IdOf(name), "'"));
      const absl::Status answer = verb.call();
      const bool starts = verb.from.count(state) > 0;
      EXPECT_EQ(Reason(answer) == "STATE_NOT_ALLOWED", !starts) << verb.rpc << " in " << state << ": " << answer;
      ++(starts ? allowed : refused);
    }
  }
  EXPECT_GT(allowed, 0);
  EXPECT_GT(refused, 0);
}

}  // namespace kam::account
