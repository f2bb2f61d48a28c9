#include "common/resource/mask.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "kam/api/standard.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

using kam::testing::v1::ListWidgetsResponse;
using kam::testing::v1::Widget;
using kam::testing::v1::WidgetAddress;
using kam::testing::v1::WidgetTree;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const Type& WidgetType() {
  static const Type* const type = Type::FromDescriptor(Widget::descriptor())->release();
  return *type;
}

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::string Print(const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintToString(message, &text);
  return text;
}

google::protobuf::FieldMask Mask(const std::vector<std::string>& paths) {
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

std::vector<std::string> Resolve(const std::vector<std::string>& paths, const Widget& patch = {}) {
  const absl::StatusOr<std::vector<std::string>> resolved = ResolveMask(WidgetType(), Mask(paths), patch);
  EXPECT_TRUE(resolved.ok()) << resolved.status();
  return resolved.ok() ? *resolved : std::vector<std::string>();
}

auth::Principal With(const std::vector<std::string>& permissions) {
  auth::Principal principal;
  for (const std::string& permission : permissions) principal.grants[permission] = auth::Level::kOwn;
  return principal;
}

void Hide(const auth::Principal& reader, google::protobuf::Message* message) {
  VisitSensitive(
      [&](const std::string& permission, const google::protobuf::Message*) { return reader.Holds(permission); },
      message);
}

TEST(ResolveMaskTest, TakesTheNamedPathsInTheirOrder) {
  EXPECT_THAT(Resolve({"weight", "title", "list_price", "lines", "tags"}),
              ElementsAre("weight", "title", "list_price", "lines", "tags"));
  EXPECT_THAT(Resolve({"address.city", "address.position.zone", "address.position"}),
              ElementsAre("address.city", "address.position"));
}

TEST(ResolveMaskTest, NamesEveryPathOnce) {
  EXPECT_THAT(Resolve({"title", "title"}), ElementsAre("title"));
  EXPECT_THAT(Resolve({"address.position.zone", "address.position", "address.position.zone"}),
              ElementsAre("address.position"));
}

TEST(ResolveMaskTest, LeavesOutWhatTheServiceSets) {
  EXPECT_THAT(Resolve({"name", "etag", "create_time", "number", "creator", "external_ids", "archive_time"}), IsEmpty());
  EXPECT_THAT(Resolve({"state", "headline", "address.verified", "title"}), ElementsAre("title"));
}

TEST(ResolveMaskTest, SplitsAMessageThatHoldsFieldsOfTheServiceOrOfOthers) {
  EXPECT_THAT(Resolve({"address"}), ElementsAre("address.city", "address.street", "address.phone", "address.position"));
}

TEST(ResolveMaskTest, AnEmptyMaskMeansWhatThePatchSets) {
  EXPECT_THAT(Resolve({}), IsEmpty());
  EXPECT_THAT(
      Resolve({}, Parse<Widget>("name: 'widgets/W' etag: 'v1' title: 'x' quantity: 0 state: WIDGET_STATE_ACTIVE "
                                "tags: 'a' lines {pieces: 1} due_time {} list_price {units: 1}")),
      ElementsAre("title", "due_time", "list_price", "lines", "tags"));
}

TEST(ResolveMaskTest, AnEmptyMaskTouchesConfidentialFieldsOnlyWhenThePatchSetsThem) {
  EXPECT_THAT(Resolve({}, Parse<Widget>("address {city: 'x'}")),
              ElementsAre("address.city", "address.street", "address.position"));
  EXPECT_THAT(Resolve({}, Parse<Widget>("address {phone: '1'} secret_note: 's'")),
              ElementsAre("secret_note", "address.city", "address.street", "address.phone", "address.position"));
}

TEST(ResolveMaskTest, AnAsteriskMeansEverythingWritable) {
  const std::vector<std::string> all = Resolve({"*"});
  EXPECT_THAT(all, ElementsAre("title", "description", "account", "owner", "subject", "start_date", "weight",
                               "quantity", "priority", "enabled", "due_time", "list_price", "cost", "secret_note",
                               "address.city", "address.street", "address.phone", "address.position", "lines", "tags",
                               "related", "code", "remark", "confidants"));
  EXPECT_EQ(Resolve({"title", "*"}), all);
}

TEST(ResolveMaskTest, RefusesUnknownPaths) {
  for (const char* path : {"", "nothing", "title.x", "lines.note", "tags.0", "lines.0", "lines[0]", "due_time.seconds",
                           "list_price.units", "address.", ".title", "address..city", "address.nothing", "`title`",
                           "Title", "titl\xe5\x8d\x8e", "name.x", "external_ids.id", "*.title"}) {
    const absl::Status status = ResolveMask(WidgetType(), Mask({"title", path}), Widget()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(Reason(status), "FIELD_MASK_PATH_UNKNOWN") << path;
    EXPECT_EQ(MetadataValue(status, "path"), path);
    EXPECT_THAT(ViolatedFields(status), ElementsAre("update_mask"));
  }
  EXPECT_FALSE(ResolveMask(WidgetType(), Mask({"*", "nothing"}), Widget()).ok());
}

TEST(ResolveMaskTest, AnErrorNamesEvenAPathThatIsNotText) {
  const absl::Status status =
      ResolveMask(WidgetType(), Mask({"a\xff\xe5\x8d" + std::string(100, 'b')}), Widget()).status();
  EXPECT_EQ(Reason(status), "FIELD_MASK_PATH_UNKNOWN");
  EXPECT_EQ(MetadataValue(status, "path"), "a???" + std::string(56, 'b') + "...");
}

TEST(ResolveMaskTest, RefusesMorePathsThanTheLimit) {
  EXPECT_TRUE(ResolveMask(WidgetType(), Mask(std::vector<std::string>(500, "title")), Widget()).ok());
  EXPECT_EQ(Reason(ResolveMask(WidgetType(), Mask(std::vector<std::string>(501, "title")), Widget()).status()),
            "FIELD_MASK_TOO_LONG");
}

struct ApplyCase {
  std::vector<std::string> paths;
  const char* patch;
  const char* before;
  const char* after;
};

TEST(ApplyPathsTest, CopiesWhatIsNamedAndClearsWhatThePatchDoesNotSet) {
  const ApplyCase cases[] = {
      {{"title"}, "title: 'b' remark: 'x'", "title: 'a'", "title: 'b'"},
      {{"title"}, "", "title: 'a' remark: 'r'", "remark: 'r'"},
      {{"quantity", "priority", "enabled"}, "quantity: 5 priority: -2", "enabled: true", "quantity: 5 priority: -2"},
      {{"due_time"}, "due_time {}", "", "due_time {}"},
      {{"due_time"}, "", "due_time {seconds: 5}", ""},
      {{"list_price"}, "list_price {units: 1}", "list_price {currency_code: 'CNY' nanos: 5}", "list_price {units: 1}"},
      {{"state"}, "state: WIDGET_STATE_ACTIVE", "", "state: WIDGET_STATE_ACTIVE"},
      // Repeated fields are replaced whole.
      {{"tags"}, "tags: 'x'", "tags: 'a' tags: 'b'", "tags: 'x'"},
      {{"tags"}, "", "tags: 'a'", ""},
      {{"lines"},
       "lines {note: 'n'} lines {pieces: 2}",
       "lines {note: 'o' pieces: 9}",
       "lines {note: 'n'} lines {pieces: 2}"},
      // Flattened messages whole or in part.
      {{"address"}, "address {city: 'b'}", "address {city: 'a' street: 's'}", "address {city: 'b'}"},
      {{"address.city"},
       "address {city: 'b' street: 'x'}",
       "address {city: 'a' street: 's'}",
       "address {city: 'b' street: 's'}"},
      {{"address.city"}, "", "address {city: 'a' street: 's'}", "address {street: 's'}"},
      {{"address.position.zone"}, "address {position {zone: 'N'}}", "", "address {position {zone: 'N'}}"},
      {{"address.position.zone"},
       "address {city: 'x'}",
       "address {position {zone: 'N' height: 3}}",
       "address {position {height: 3}}"},
      // A message without content is a message that is not set.
      {{"address.city"}, "", "address {city: 'a'}", ""},
      {{"address.position.zone"}, "", "address {position {zone: 'N'}}", ""},
      {{"address.city"}, "", "", ""},
      {{"address"}, "address {}", "address {city: 'a'}", ""},
      {{"address"}, "address {position {}}", "address {city: 'a'}", "address {position {}}"},
      // Paths that overlap or repeat are no worse than one.
      {{"address", "address.city", "title", "title"},
       "address {city: 'b'} title: 't'",
       "address {street: 's'}",
       "address {city: 'b'} title: 't'"},
      {{}, "title: 'b'", "title: 'a'", "title: 'a'"},
  };
  for (const ApplyCase& c : cases) {
    Widget target = Parse<Widget>(c.before);
    ApplyPaths(WidgetType(), c.paths, Parse<Widget>(c.patch), &target);
    EXPECT_EQ(Print(target), Print(Parse<Widget>(c.after))) << Print(Parse<Widget>(c.before)) << " <- " << c.patch;
  }
}

TEST(ApplyPathsTest, EverythingWritableIsTheWholePatch) {
  const Widget patch = Parse<Widget>(
      "title: 't' description: 'd' account: 'accounts/A' owner: 'employees/E' subject: 'a/b' start_date: '2026-01-01' "
      "weight: '1' quantity: 1 priority: 2 enabled: true due_time {seconds: 1} list_price {units: 1} cost {units: 2} "
      "secret_note: 's' address {city: 'c' street: 's' phone: 'p' position {zone: 'z' height: 1}} lines {pieces: 1} "
      "tags: 't' related: 'widgets/W' code: 'C' remark: 'r' confidants: 'x'");
  Widget target;
  ApplyPaths(WidgetType(), Resolve({"*"}), patch, &target);
  EXPECT_EQ(Print(target), Print(patch));
  ApplyPaths(WidgetType(), Resolve({"*"}), Widget(), &target);
  EXPECT_EQ(Print(target), "");
}

TEST(CheckSensitivePathsTest, ConfidentialFieldsNeedTheirPermission) {
  struct Case {
    const char* path;
    const char* permission;
  };
  for (const Case& c : {Case{"cost", "widget-cost.view"}, Case{"secret_note", "widget-secret.view"},
                        Case{"address.phone", "widget-contact.view"}, Case{"confidants", "widget-secret.view"}}) {
    const absl::Status denied = CheckSensitivePaths(WidgetType(), {"title", c.path}, With({})).status();
    EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied) << c.path;
    EXPECT_EQ(Reason(denied), "FIELD_NOT_PERMITTED");
    EXPECT_EQ(MetadataValue(denied, "field"), c.path);
    EXPECT_EQ(MetadataValue(denied, "permission"), c.permission);
    EXPECT_TRUE(CheckSensitivePaths(WidgetType(), {"title", c.path}, With({c.permission})).ok());
  }
}

TEST(CheckSensitivePathsTest, AMessageIsAsConfidentialAsWhatIsInIt) {
  EXPECT_EQ(MetadataValue(CheckSensitivePaths(WidgetType(), {"lines"}, With({})).status(), "field"), "lines.cost");
  EXPECT_EQ(MetadataValue(CheckSensitivePaths(WidgetType(), {"address"}, With({})).status(), "field"), "address.phone");
  EXPECT_TRUE(CheckSensitivePaths(WidgetType(), {"lines"}, With({"widget-cost.view"})).ok());
}

TEST(CheckSensitivePathsTest, OrdinaryFieldsNeedNothing) {
  EXPECT_TRUE(CheckSensitivePaths(WidgetType(), {"title", "address.city", "tags", "due_time"}, With({})).ok());
  EXPECT_TRUE(CheckSensitivePaths(WidgetType(), {}, With({})).ok());
}

constexpr char kFull[] =
    "title: 't' cost {units: 2} secret_note: 's' address {city: 'c' phone: 'p'} "
    "lines {pieces: 1 cost {units: 3}} lines {pieces: 2} confidants: 'x' confidants: 'y'";
constexpr char kHidden[] = "title: 't' address {city: 'c'} lines {pieces: 1} lines {pieces: 2}";

TEST(VisitSensitiveTest, ClearsWhatTheReaderMayNotSee) {
  Widget widget = Parse<Widget>(kFull);
  Hide(With({}), &widget);
  EXPECT_EQ(Print(widget), Print(Parse<Widget>(kHidden)));
}

TEST(VisitSensitiveTest, LeavesWhatTheReaderMaySee) {
  Widget widget = Parse<Widget>(kFull);
  Hide(With({"widget-cost.view", "widget-secret.view", "widget-contact.view"}), &widget);
  EXPECT_EQ(Print(widget), Print(Parse<Widget>(kFull)));

  widget = Parse<Widget>(kFull);
  Hide(With({"widget-cost.view"}), &widget);
  EXPECT_EQ(Print(widget), Print(Parse<Widget>("title: 't' cost {units: 2} address {city: 'c'} "
                                               "lines {pieces: 1 cost {units: 3}} lines {pieces: 2}")));
}

TEST(VisitSensitiveTest, GoesIntoAnswersListsMapsAndMessagesOfTheSameType) {
  ListWidgetsResponse page;
  *page.add_widgets() = Parse<Widget>(kFull);
  *page.add_widgets() = Parse<Widget>(kFull);
  page.set_next_page_token("n");
  Hide(With({}), &page);
  EXPECT_EQ(Print(page.widgets(0)), Print(Parse<Widget>(kHidden)));
  EXPECT_EQ(Print(page.widgets(1)), Print(Parse<Widget>(kHidden)));
  EXPECT_EQ(page.next_page_token(), "n");

  WidgetTree tree;
  WidgetTree* leaf = tree.mutable_parent()->add_branches()->mutable_parent();
  *leaf->mutable_widget() = Parse<Widget>(kFull);
  (*leaf->mutable_by_code())["A"] = Parse<Widget>(kFull);
  leaf->mutable_home()->set_city("hidden whole");
  tree.set_text("kept");
  Hide(With({}), &tree);
  EXPECT_EQ(Print(leaf->widget()), Print(Parse<Widget>(kHidden)));
  EXPECT_EQ(Print(leaf->by_code().at("A")), Print(Parse<Widget>(kHidden)));
  EXPECT_FALSE(leaf->has_home());
  EXPECT_EQ(tree.text(), "kept");
}

TEST(VisitSensitiveTest, AMessageThatMayBeSeenStillHidesWhatIsInIt) {
  WidgetTree tree;
  tree.mutable_home()->set_city("c");
  tree.mutable_home()->set_phone("p");
  Hide(With({"widget-secret.view"}), &tree);
  EXPECT_EQ(Print(tree), "home { city: \"c\" } ");
}

TEST(VisitSensitiveTest, LooksIntoPackedMessages) {
  WidgetTree tree;
  WidgetTree inner;
  inner.mutable_packed()->PackFrom(Parse<Widget>(kFull));
  tree.mutable_packed()->PackFrom(inner);
  Hide(With({}), &tree);
  WidgetTree inner_after;
  Widget widget;
  ASSERT_TRUE(tree.packed().UnpackTo(&inner_after));
  ASSERT_TRUE(inner_after.packed().UnpackTo(&widget));
  EXPECT_EQ(Print(widget), Print(Parse<Widget>(kHidden)));
}

TEST(VisitSensitiveTest, PackedContentThatCannotBeJudgedDoesNotLeave) {
  for (const char* url :
       {"type.googleapis.com/kam.unknown.v1.Thing", "no slash", "", "type.googleapis.com/kam.testing.v1.Widget"}) {
    WidgetTree tree;
    tree.mutable_packed()->set_type_url(url);
    tree.mutable_packed()->set_value("\xff\xff\xff secret");
    Hide(With({}), &tree);
    EXPECT_EQ(tree.packed().value(), "") << url;
    EXPECT_EQ(tree.packed().type_url(), url);
  }
}

TEST(VisitSensitiveTest, LeavesMessagesWithoutConfidentialFieldsAlone) {
  auto response = Parse<kam::api::HistoryResponse>("entries {actor: 'a' version: 3 changes {field: 'f'}}");
  const std::string before = Print(response);
  Hide(With({}), &response);
  EXPECT_EQ(Print(response), before);
}

TEST(VisitSensitiveTest, ManyThreadsMayAskForTheFirstTime) {
  std::vector<std::thread> threads;
  std::vector<std::string> results(8);
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&results, i] {
      kam::testing::v1::BatchGetWidgetsResponse response;
      *response.add_widgets() = Parse<Widget>(kFull);
      Hide(With({}), &response);
      results[i] = Print(response.widgets(0));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(results, ::testing::Each(Print(Parse<Widget>(kHidden))));
}

}  // namespace
}  // namespace kam::resource
