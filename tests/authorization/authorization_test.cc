// The authorisation matrix: every RPC of every service, asked by a person of every role. Both lists come from the
// descriptors and from the rights as delivered, so a new RPC and a new role are in it without a line here.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "account-svc/policy.h"
#include "account-svc/rules/organization_rules.h"
#include "account-svc/rules/role_rules.h"
#include "common/rpc/client.h"
#include "google/protobuf/dynamic_message.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"
#include "tests/authorization/rights.h"
#include "tests/e2e/suite.h"
#include "tests/protocol/descriptors.h"

namespace kam::authorization {
namespace {

namespace pb = google::protobuf;
using protocol::Descriptors;

constexpr char kNobodysId[] = "00000000000000000000000009";
constexpr int kThreads = 4;
constexpr size_t kShownMax = 40;

const kam::api::Method& Rules(const pb::MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method);
}

std::string BackendOf(const pb::MethodDescriptor& method) {
  return method.service()->options().GetExtension(kam::api::backend);
}

std::set<std::string> SensitivePermissions() {
  std::set<std::string> permissions;
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    for (int i = 0; i < message->field_count(); ++i) {
      const std::string& permission = message->field(i)->options().GetExtension(kam::api::field).sensitive();
      if (!permission.empty()) permissions.insert(permission);
    }
  }
  return permissions;
}

std::set<std::string> MethodPermissions() {
  std::set<std::string> permissions;
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    permissions.insert(Rules(*method).permission());
  }
  return permissions;
}

// G-02: an RPC whose permission is in no rights file could be called by nobody, and nobody would have decided so.
TEST(RightsTest, EveryPermissionOfTheApiIsInTheRights) {
  const absl::StatusOr<Rights> rights = ReadAllRights();
  ASSERT_TRUE(rights.ok()) << rights.status();
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    EXPECT_EQ(rights->count(Rules(*method).permission()), 1)
        << protocol::FullMethodName(*method) << " needs " << Rules(*method).permission();
  }
  for (const std::string& permission : SensitivePermissions()) EXPECT_EQ(rights->count(permission), 1) << permission;
}

// Permissions that rules ask for by name, as the roles of approval steps: every quoted "noun.verb" in the sources and
// schemas of the services.
std::set<std::string> PermissionsNamedInSources() {
  namespace fs = std::filesystem;
  static const RE2* const quoted = new RE2(R"(["']([a-z_]+(?:\.[a-z_]+)+)["'])");
  std::set<std::string> permissions;
  for (const char* service : e2e::kServices) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(service, error), end; !error && it != end; it.increment(error)) {
      const std::string path = it->path().string();
      if (absl::EndsWith(path, "_test.cc") || (!absl::EndsWith(path, ".cc") && !absl::EndsWith(path, ".sql"))) continue;
      const std::string text = e2e::ReadFile(path);
      re2::StringPiece rest(text);
      std::string permission;
      while (RE2::FindAndConsume(&rest, *quoted, &permission)) permissions.insert(permission);
    }
  }
  return permissions;
}

// G-02: a right that nothing asks for is a misspelt one.
TEST(RightsTest, EveryRightIsAskedForSomewhere) {
  const absl::StatusOr<Rights> rights = ReadAllRights();
  ASSERT_TRUE(rights.ok()) << rights.status();
  std::set<std::string> asked = MethodPermissions();
  asked.merge(SensitivePermissions());
  asked.merge(PermissionsNamedInSources());
  for (const absl::string_view role : account::rules::RoleCodes()) asked.insert(account::rules::AssignPermission(role));
  for (const auto& [permission, roles] : *rights) {
    EXPECT_EQ(asked.count(permission), 1)
        << permission << " is in the rights, but no method, sensitive field or rule of a service asks for it";
  }
}

// G-02, R-01: every role can be given by somebody; one that administers rights by two people, and by no import.
TEST(RightsTest, EveryRoleIsGivenByRight) {
  const absl::StatusOr<Rights> rights = ReadAllRights();
  ASSERT_TRUE(rights.ok()) << rights.status();
  const auto holders = [&](const std::string& permission) {
    std::set<std::string> roles;
    if (const auto it = rights->find(permission); it != rights->end()) {
      for (const auto& [role, level] : it->second) roles.insert(role);
    }
    return roles;
  };
  std::set<std::string> privileged;
  for (const std::string& permission : account::Policy().privileged_permissions) {
    EXPECT_EQ(rights->count(permission), 1) << permission;
    privileged.merge(holders(permission));
  }
  EXPECT_FALSE(privileged.empty());
  const std::set<std::string> confirmers = holders(std::string(account::rules::kConfirmPermission));
  for (const absl::string_view code : account::rules::RoleCodes()) {
    const std::string role(code);
    const std::set<std::string> assigners = holders(account::rules::AssignPermission(role));
    EXPECT_FALSE(assigners.empty()) << "nobody may give the role " << role;
    if (privileged.count(role) == 0) continue;
    EXPECT_GE(std::count_if(confirmers.begin(), confirmers.end(),
                            [&](const std::string& confirmer) { return assigners.count(confirmer) > 0; }),
              2)
        << "with one confirmer of " << role << " he could not be given it himself";
    EXPECT_EQ(assigners.count("ERP"), 0) << role;
  }
}

// G-02: the programs' own RPCs are for no person.
TEST(RightsTest, NoRoleHoldsThePermissionOfAnInternalRpc) {
  const absl::StatusOr<Rights> rights = ReadAllRights();
  ASSERT_TRUE(rights.ok()) << rights.status();
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    if (!Rules(*method).internal()) continue;
    const auto it = rights->find(Rules(*method).permission());
    EXPECT_TRUE(it == rights->end() || it->second.empty())
        << protocol::FullMethodName(*method) << " is internal, but roles hold " << Rules(*method).permission();
  }
}

// What one call was and what came of it.
struct Question {
  const pb::MethodDescriptor* method = nullptr;
  std::string role;
  bool held = false;
};

class MatrixTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    e2e::Suite::Options options;
    options.gateway = false;
    suite_ = new e2e::Suite(options);
    start_ = suite_->Start();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  void SetUp() override {
    ASSERT_TRUE(start_.ok()) << start_;
    absl::StatusOr<Rights> rights = ReadAllRights();
    ASSERT_TRUE(rights.ok()) << rights.status();
    rights_ = *std::move(rights);
    for (const char* service : e2e::kServices) {
      auto client = suite_->ClientOf(service);
      ASSERT_TRUE(client.ok()) << client.status();
      clients_[service] = *std::move(client);
    }
    for (const absl::string_view role : account::rules::RoleCodes()) {
      const absl::StatusOr<std::string> token = suite_->InternalToken(PersonWithRole(rights_, std::string(role)));
      ASSERT_TRUE(token.ok()) << role << ": " << token.status();
      tokens_[std::string(role)] = *token;
    }
  }

  bool Holds(const std::string& role, const std::string& permission) const {
    const auto it = rights_.find(permission);
    return it != rights_.end() && it->second.count(role) == 1;
  }

  // The code of the answer.
  absl::StatusCode Ask(const pb::MethodDescriptor& method, const std::string& token, const std::string& payload) {
    std::promise<rpc::RawAnswer> promise;
    rpc::RawMetadata metadata;
    if (!token.empty()) metadata.emplace_back("authorization", "Bearer " + token);
    clients_.at(BackendOf(method))
        ->CallRaw(protocol::FullMethodName(method), payload, metadata, absl::Now() + absl::Seconds(30),
                  [&promise](rpc::RawAnswer answer) { promise.set_value(std::move(answer)); });
    return static_cast<absl::StatusCode>(promise.get_future().get().code);
  }

  // A request about a resource that is not there; everything else is left empty.
  std::string AboutNothing(const pb::MethodDescriptor& method) {
    const pb::Descriptor& type = *method.input_type();
    std::unique_ptr<pb::Message> request(factory_.GetPrototype(&type)->New());
    const std::string name = absl::StrCat(Rules(method).collection(), "/", kNobodysId);
    SetName(name, request.get());
    for (int i = 0; i < type.field_count(); ++i) {
      const pb::FieldDescriptor* field = type.field(i);
      if (field->message_type() == nullptr || field->is_repeated()) continue;
      if (!field->message_type()->options().HasExtension(kam::api::resource)) continue;
      SetName(name, request->GetReflection()->MutableMessage(request.get(), field, &factory_));
    }
    return request->SerializeAsString();
  }

  static void SetName(const std::string& name, pb::Message* message) {
    if (const pb::FieldDescriptor* field = message->GetDescriptor()->FindFieldByName("name");
        field != nullptr && field->type() == pb::FieldDescriptor::TYPE_STRING && !field->is_repeated()) {
      message->GetReflection()->SetString(message, field, name);
    }
    if (const pb::FieldDescriptor* field = message->GetDescriptor()->FindFieldByName("names");
        field != nullptr && field->type() == pb::FieldDescriptor::TYPE_STRING && field->is_repeated()) {
      message->GetReflection()->AddString(message, field, name);
    }
  }

  // Calls `ask` for every RPC and every role, on several threads; it returns what is wrong with the answer.
  void ForAll(const std::function<std::string(const Question&)>& ask) {
    std::vector<Question> questions;
    for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
      if (clients_.count(BackendOf(*method)) == 0) continue;
      for (const auto& [role, token] : tokens_) {
        questions.push_back({method, role, Holds(role, Rules(*method).permission())});
      }
    }
    ASSERT_FALSE(questions.empty());
    std::atomic<size_t> next = 0;
    std::mutex mutex;
    std::vector<std::string> wrong;  // Under `mutex`.
    const auto work = [&] {
      for (size_t i = next++; i < questions.size(); i = next++) {
        const std::string text = ask(questions[i]);
        if (text.empty()) continue;
        const std::lock_guard<std::mutex> lock(mutex);
        wrong.push_back(
            absl::StrCat(protocol::FullMethodName(*questions[i].method), " as ", questions[i].role, ": ", text));
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    const size_t count = wrong.size();
    if (wrong.size() > kShownMax) wrong.resize(kShownMax);
    EXPECT_EQ(count, 0) << "of " << questions.size() << ":\n" << absl::StrJoin(wrong, "\n");
  }

  static e2e::Suite* suite_;
  static absl::Status start_;
  Rights rights_;
  std::map<std::string, std::unique_ptr<rpc::Client>> clients_;
  std::map<std::string, std::string> tokens_;  // By role.
  pb::DynamicMessageFactory factory_;
};

e2e::Suite* MatrixTest::suite_ = nullptr;
absl::Status MatrixTest::start_;

// G-02, G-03: who lacks the permission is refused before anything of the request is looked at: before its fields,
// before it is parsed, and before anybody learns whether the resource exists.
TEST_F(MatrixTest, WhoLacksThePermissionIsRefusedFirst) {
  ForAll([this](const Question& question) -> std::string {
    if (question.held) return "";
    const std::string& token = tokens_.at(question.role);
    for (const std::string& payload : {std::string(), AboutNothing(*question.method), std::string("\xff")}) {
      const absl::StatusCode code = Ask(*question.method, token, payload);
      if (code == absl::StatusCode::kPermissionDenied) continue;
      return absl::StrCat("lacks ", Rules(*question.method).permission(), " but got ", absl::StatusCodeToString(code));
    }
    return "";
  });
}

// G-02: who holds the permission is let through to the request's own errors.
TEST_F(MatrixTest, WhoHoldsThePermissionIsLetThrough) {
  ForAll([this](const Question& question) -> std::string {
    if (!question.held) return "";
    const std::string& token = tokens_.at(question.role);
    for (const std::string& payload : {std::string(), AboutNothing(*question.method)}) {
      const absl::StatusCode code = Ask(*question.method, token, payload);
      const bool refused = code == absl::StatusCode::kPermissionDenied || code == absl::StatusCode::kUnauthenticated;
      const bool broken = code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
                          code == absl::StatusCode::kUnimplemented || code == absl::StatusCode::kUnavailable;
      if (!refused && !broken) continue;
      return absl::StrCat("holds ", Rules(*question.method).permission(), " but got ", absl::StatusCodeToString(code),
                          payload.empty() ? " for an empty request" : " for a resource that is not there");
    }
    return "";
  });
}

// G-02
TEST_F(MatrixTest, WithoutATokenNothingIsAnswered) {
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    if (clients_.count(BackendOf(*method)) == 0) continue;
    EXPECT_EQ(Ask(*method, "", ""), absl::StatusCode::kUnauthenticated) << protocol::FullMethodName(*method);
  }
}

// What a program outside this list serves would not be asked.
TEST(RightsTest, EveryRpcIsInTheMatrix) {
  const std::set<std::string> asked(std::begin(e2e::kServices), std::end(e2e::kServices));
  for (const pb::ServiceDescriptor* service : Descriptors::Published().services()) {
    const std::string& backend = service->options().GetExtension(kam::api::backend);
    EXPECT_EQ(asked.count(backend), 1) << service->full_name() << " is served by " << backend;
  }
}

}  // namespace
}  // namespace kam::authorization
