#include "tests/protocol/baseline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_join.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/text_format.h"
#include "kam/api/field.pb.h"
#include "kam/api/method.pb.h"
#include "kam/api/resource.pb.h"
#include "tests/protocol/descriptors.h"

namespace kam::protocol {
namespace {

namespace pb = google::protobuf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kBaseline[] = "tests/protocol/baseline.binpb";

// G-21: what was promised to programs built earlier is kept.
TEST(BaselineTest, TheApiOfThisBuildKeepsTheBaseline) {
  const auto baseline = ReadDescriptorSet(kBaseline);
  ASSERT_TRUE(baseline.ok()) << baseline.status() << "; make it with ./dev baseline";
  const auto now = ReadDescriptorSet(DescriptorSetPath());
  ASSERT_TRUE(now.ok()) << now.status();
  const std::vector<std::string> breaks = BreakingChanges(*baseline, *now);
  EXPECT_TRUE(breaks.empty()) << absl::StrJoin(breaks, "\n");
}

class ChangesTest : public ::testing::Test {
 protected:
  ChangesTest() {
    pb::FileDescriptorProto* file = before_.add_file();
    EXPECT_TRUE(pb::TextFormat::ParseFromString(
        R"pb(
          name: "kam/x/v1/x.proto"
          package: "kam.x.v1"
          message_type {
            name: "Thing"
            field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "name" }
            field { name: "size" number: 2 type: TYPE_INT64 label: LABEL_OPTIONAL json_name: "size" }
            field {
              name: "kind"
              number: 3
              type: TYPE_ENUM
              type_name: ".kam.x.v1.Kind"
              label: LABEL_OPTIONAL
              json_name: "kind"
            }
            field { name: "a" number: 4 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "a" oneof_index: 0 }
            nested_type {
              name: "Part"
              field { name: "text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "text" }
            }
            oneof_decl { name: "choice" }
          }
          message_type { name: "Other" }
          enum_type {
            name: "Kind"
            value { name: "KIND_UNSPECIFIED" number: 0 }
            value { name: "KIND_A" number: 1 }
          }
          service {
            name: "ThingService"
            method { name: "GetThing" input_type: ".kam.x.v1.Other" output_type: ".kam.x.v1.Thing" }
          })pb",
        file));
    file->mutable_message_type(0)->mutable_options()->MutableExtension(kam::api::resource)->set_collection("things");
    Http(file)->set_get("/v1/{name=things/*}");
  }

  static google::api::HttpRule* Http(pb::FileDescriptorProto* file) {
    return file->mutable_service(0)->mutable_method(0)->mutable_options()->MutableExtension(google::api::http);
  }

  std::vector<std::string> After(const std::function<void(pb::FileDescriptorProto*)>& change) {
    pb::FileDescriptorSet now = before_;
    change(now.mutable_file(0));
    return BreakingChanges(before_, now);
  }

  pb::FileDescriptorSet before_;
};

using File = pb::FileDescriptorProto*;

TEST_F(ChangesTest, AdditionsAreFine) {
  EXPECT_THAT(After([](File) {}), IsEmpty());
  EXPECT_THAT(After([](File file) {
                pb::FieldDescriptorProto* field = file->mutable_message_type(0)->add_field();
                field->set_name("more");
                field->set_number(9);
                file->add_message_type()->set_name("New");
                file->mutable_enum_type(0)->add_value()->set_name("KIND_B");
                file->add_service()->set_name("NewService");
                file->mutable_service(0)->add_method()->set_name("NewMethod");
                Http(file)->add_additional_bindings()->set_get("/v1/more");
              }),
              IsEmpty());
}

TEST_F(ChangesTest, FieldsKeepNameNumberTypeCardinalityAndOneof) {
  const auto field = [](File file, int i) { return file->mutable_message_type(0)->mutable_field(i); };
  EXPECT_THAT(After([](File file) { file->mutable_message_type(0)->mutable_field()->DeleteSubrange(1, 1); }),
              ElementsAre("field kam.x.v1.Thing.size was removed or renamed"));
  EXPECT_THAT(After([&](File file) { field(file, 1)->set_name("extent"); }),
              ElementsAre("field kam.x.v1.Thing.size was removed or renamed"));
  EXPECT_THAT(After([&](File file) { field(file, 1)->set_number(7); }),
              ElementsAre("field kam.x.v1.Thing.size: the number was 2 and is 7"));
  EXPECT_THAT(After([&](File file) { field(file, 1)->set_type(pb::FieldDescriptorProto::TYPE_STRING); }),
              ElementsAre("field kam.x.v1.Thing.size: the type was TYPE_INT64 and is TYPE_STRING"));
  EXPECT_THAT(After([&](File file) { field(file, 2)->set_type_name(".kam.x.v1.Other"); }),
              ElementsAre("field kam.x.v1.Thing.kind: the type was kam.x.v1.Kind and is kam.x.v1.Other"));
  EXPECT_THAT(After([&](File file) { field(file, 1)->set_label(pb::FieldDescriptorProto::LABEL_REPEATED); }),
              ElementsAre("field kam.x.v1.Thing.size: was LABEL_OPTIONAL and is LABEL_REPEATED"));
  EXPECT_THAT(After([&](File file) { field(file, 1)->set_json_name("Size"); }),
              ElementsAre("field kam.x.v1.Thing.size: the JSON name was size and is Size"));
  EXPECT_THAT(After([&](File file) { field(file, 3)->clear_oneof_index(); }),
              ElementsAre("field kam.x.v1.Thing.a: the oneof was \"choice\" and is \"\""));
  EXPECT_THAT(After([&](File file) {
                field(file, 1)->mutable_options()->MutableExtension(kam::api::field)->set_required(true);
              }),
              ElementsAre("field kam.x.v1.Thing.size: is now required"));
  EXPECT_THAT(After([&](File file) {
                pb::FieldDescriptorProto* added = file->mutable_message_type(0)->add_field();
                added->set_name("weight");
                added->mutable_options()->MutableExtension(kam::api::field)->set_required(true);
              }),
              ElementsAre("field kam.x.v1.Thing.weight: is new and required"));
}

TEST_F(ChangesTest, MessagesAndCollectionsStay) {
  EXPECT_THAT(After([](File file) { file->mutable_message_type(0)->clear_nested_type(); }),
              ElementsAre("message kam.x.v1.Thing.Part was removed"));
  EXPECT_THAT(
      After([](File file) {
        file->mutable_message_type(0)->mutable_options()->MutableExtension(kam::api::resource)->set_collection("stuff");
      }),
      ElementsAre(HasSubstr("the collection was \"things\"")));
}

TEST_F(ChangesTest, EnumValuesStay) {
  EXPECT_THAT(After([](File file) { file->clear_enum_type(); }), ElementsAre("enum kam.x.v1.Kind was removed"));
  EXPECT_THAT(After([](File file) { file->mutable_enum_type(0)->mutable_value()->RemoveLast(); }),
              ElementsAre("enum value kam.x.v1.Kind.KIND_A was removed"));
  EXPECT_THAT(After([](File file) { file->mutable_enum_type(0)->mutable_value(1)->set_number(2); }),
              ElementsAre(HasSubstr("the number was 1 and is 2")));
}

TEST_F(ChangesTest, RpcsKeepTypesAndHttpRules) {
  const auto method = [](File file) { return file->mutable_service(0)->mutable_method(0); };
  EXPECT_THAT(After([](File file) { file->clear_service(); }),
              ElementsAre("service kam.x.v1.ThingService was removed"));
  EXPECT_THAT(After([](File file) { file->mutable_service(0)->clear_method(); }),
              ElementsAre("RPC kam.x.v1.ThingService/GetThing was removed"));
  EXPECT_THAT(After([&](File file) { method(file)->set_input_type(".kam.x.v1.Thing"); }),
              ElementsAre(HasSubstr("the request was kam.x.v1.Other")));
  EXPECT_THAT(After([&](File file) { method(file)->set_output_type(".kam.x.v1.Other"); }),
              ElementsAre(HasSubstr("the response was kam.x.v1.Thing")));
  EXPECT_THAT(After([&](File file) { method(file)->set_server_streaming(true); }),
              ElementsAre(HasSubstr("streaming changed")));
  EXPECT_THAT(After([](File file) { Http(file)->set_get("/v1/{name=stuff/*}"); }),
              ElementsAre(HasSubstr("no longer answers to GET /v1/{name=things/*}")));
  EXPECT_THAT(After([&](File file) {
                method(file)->mutable_options()->MutableExtension(kam::api::method)->set_internal(true);
              }),
              ElementsAre(HasSubstr("is now internal")));
}

}  // namespace
}  // namespace kam::protocol
