// What every declaration of the suite has: the tests read the descriptors, so a new one is in them without a line.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/grants.h"
#include "google/api/annotations.pb.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"
#include "tests/coverage/requirements.h"
#include "tests/protocol/descriptors.h"

namespace kam::protocol {
namespace {

namespace pb = google::protobuf;

const kam::api::Method& Rules(const pb::MethodDescriptor& method) {
  return method.options().GetExtension(kam::api::method);
}
const kam::api::Resource& ResourceOf(const pb::Descriptor& message) {
  return message.options().GetExtension(kam::api::resource);
}

// Names that every comment must stand at; those of kam.api declare the options themselves.
template <typename Descriptor>
void ExpectComment(const Descriptor& descriptor) {
  pb::SourceLocation location;
  const bool found = descriptor.GetSourceLocation(&location);
  EXPECT_TRUE(found && !absl::StripAsciiWhitespace(location.leading_comments).empty())
      << descriptor.full_name() << " has no comment above it";
}

TEST(StyleTest, EveryRpcHasPermissionRequirementAndRoute) {
  ASSERT_FALSE(Descriptors::Published().methods().empty());
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    SCOPED_TRACE(FullMethodName(*method));
    const kam::api::Method& rules = Rules(*method);
    EXPECT_TRUE(auth::IsPermission(rules.permission())) << "permission \"" << rules.permission() << "\"";
    EXPECT_FALSE(rules.requirements().empty()) << "no requirement";
    const bool routed = method->options().HasExtension(google::api::http);
    EXPECT_NE(routed, rules.internal()) << "a RPC has a google.api.http rule, or is internal";
    EXPECT_FALSE(method->client_streaming() || method->server_streaming()) << "the suite's RPCs are unary";
  }
}

// G31: what docs/integrators.md promises of repeated calls, with the exceptions it names.
TEST(StyleTest, EveryWriteTakesARequestId) {
  const std::set<std::string> recorded_questions = {"CheckDuplicate", "ReadCustomerDocument", "ExportCustomerDocument"};
  std::set<std::string> without;
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    if (!method->options().HasExtension(google::api::http)) continue;
    if (method->options().GetExtension(google::api::http).pattern_case() == google::api::HttpRule::kGet) continue;
    if (method->input_type()->FindFieldByName("request_id") != nullptr) continue;
    if (absl::StartsWith(method->name(), "BatchUpsert")) continue;
    without.insert(method->name());
  }
  EXPECT_EQ(without, recorded_questions);
}

TEST(StyleTest, EveryServiceSaysWhichProgramServesIt) {
  const std::set<std::string> programs = {"account-svc", "contract-svc", "aftersales-svc", "gateway"};
  for (const pb::ServiceDescriptor* service : Descriptors::Published().services()) {
    EXPECT_EQ(programs.count(service->options().GetExtension(kam::api::backend)), 1) << service->full_name();
  }
}

TEST(StyleTest, EveryResourceHasCollectionTableScopeRequirementAndChineseName) {
  std::map<std::string, std::string> collections;
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    if (!message->options().HasExtension(kam::api::resource)) continue;
    SCOPED_TRACE(message->full_name());
    const kam::api::Resource& resource = ResourceOf(*message);
    EXPECT_FALSE(resource.collection().empty());
    EXPECT_FALSE(resource.table().empty());
    EXPECT_FALSE(resource.requirements().empty());
    EXPECT_FALSE(resource.chinese().empty());
    const kam::api::RowScope& scope = resource.scope();
    EXPECT_TRUE(scope.everyone() || !scope.owner().empty() || !scope.account().empty()) << "no row scope";
    const auto [other, fresh] = collections.emplace(resource.collection(), message->full_name());
    EXPECT_TRUE(fresh) << "the collection is that of " << other->second;
  }
  EXPECT_FALSE(collections.empty());
}

// A message serves the requirements it names itself, as resource or in (kam.api.requirements). Without either it
// inherits: a request or response from its RPCs, any other from the messages of its own package whose field it is.
TEST(StyleTest, EveryMessageServesARequirement) {
  std::set<const pb::Descriptor*> serving;
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    if (Rules(*method).requirements().empty()) continue;
    serving.insert(method->input_type());
    serving.insert(method->output_type());
  }
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    const bool names_some = message->options().ExtensionSize(kam::api::requirements) > 0;
    if (names_some || !ResourceOf(*message).requirements().empty()) serving.insert(message);
  }
  for (size_t before = 0; before != serving.size();) {
    before = serving.size();
    const std::vector<const pb::Descriptor*> known(serving.begin(), serving.end());
    for (const pb::Descriptor* message : known) {
      for (int i = 0; i < message->field_count(); ++i) {
        const pb::Descriptor* type = message->field(i)->message_type();
        if (type != nullptr && type->file()->package() == message->file()->package()) serving.insert(type);
      }
    }
  }
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    if (message->file()->package() == "kam.api") continue;  // The standard requests and the options themselves.
    EXPECT_EQ(serving.count(message), 1) << message->full_name() << " serves no requirement";
  }
}

TEST(StyleTest, EveryRequirementNamedIsOneOfTheCatalogue) {
  const auto requirements = coverage::ReadRequirements(coverage::kRequirementsFile);
  ASSERT_TRUE(requirements.ok()) << requirements.status();
  std::set<std::string> known;
  for (const coverage::Requirement& requirement : *requirements) known.insert(requirement.id);
  const auto check = [&](const std::string& symbol, const auto& ids) {
    for (const std::string& id : ids) EXPECT_EQ(known.count(id), 1) << symbol << " names " << id;
  };
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) {
    check(FullMethodName(*method), Rules(*method).requirements());
  }
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    check(message->full_name(), ResourceOf(*message).requirements());
    check(message->full_name(), message->options().GetRepeatedExtension(kam::api::requirements));
  }
}

TEST(StyleTest, EveryEnumBeginsWithUnspecifiedAndPrefixesItsValues) {
  for (const pb::EnumDescriptor* type : Descriptors::Published().enums()) {
    std::string prefix;
    for (const char c : type->name()) {
      if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
      prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
    }
    EXPECT_EQ(type->value(0)->number(), 0) << type->full_name();
    EXPECT_EQ(type->value(0)->name(), prefix + "_UNSPECIFIED") << type->full_name();
    for (int i = 0; i < type->value_count(); ++i) {
      EXPECT_TRUE(absl::StartsWith(type->value(i)->name(), prefix + "_")) << type->value(i)->full_name();
    }
  }
}

TEST(StyleTest, EveryDeclarationHasAComment) {
  for (const pb::ServiceDescriptor* service : Descriptors::Published().services()) ExpectComment(*service);
  for (const pb::MethodDescriptor* method : Descriptors::Published().methods()) ExpectComment(*method);
  for (const pb::Descriptor* message : Descriptors::Published().messages()) {
    ExpectComment(*message);
    for (int i = 0; i < message->field_count(); ++i) ExpectComment(*message->field(i));
  }
  for (const pb::EnumDescriptor* type : Descriptors::Published().enums()) {
    ExpectComment(*type);
    for (int i = 0; i < type->value_count(); ++i) ExpectComment(*type->value(i));
  }
}

TEST(StyleTest, PackagesAreTheFoldersAndVersioned) {
  for (const pb::FileDescriptor* file : Descriptors::Published().files()) {
    std::string folder = file->package();
    for (char& c : folder) c = c == '.' ? '/' : c;
    EXPECT_TRUE(absl::StartsWith(file->name(), folder + "/")) << file->name() << " is in package " << file->package();
    EXPECT_TRUE(file->package() == "kam.api" || absl::EndsWith(file->package(), ".v1")) << file->name();
  }
}

}  // namespace
}  // namespace kam::protocol
