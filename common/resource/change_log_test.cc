#include "common/resource/change_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::resource {
namespace {

namespace pb = kam::testing::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Type& WidgetType() {
  static const auto* const type = new std::unique_ptr<Type>(Type::FromDescriptor(pb::Widget::descriptor()).value());
  return **type;
}

// Every kind of field that is stored.
pb::Widget FullWidget() {
  pb::Widget widget;
  widget.set_name("widgets/1");
  widget.set_etag("v1");
  widget.set_title("量具 \"A\" \\ <b> \t\n");
  widget.set_state(pb::WIDGET_STATE_ACTIVE);
  widget.set_weight("1.25");
  widget.set_quantity(9007199254740993);
  widget.set_priority(-7);
  widget.set_enabled(true);
  widget.mutable_due_time()->set_seconds(1800000000);
  widget.mutable_due_time()->set_nanos(500000000);
  widget.mutable_list_price()->set_currency_code("CNY");
  widget.mutable_list_price()->set_units(-3);
  widget.mutable_list_price()->set_nanos(-250000000);
  widget.mutable_address()->set_city("上海");
  widget.mutable_address()->mutable_position()->set_height(4);
  for (int i = 0; i < 2; ++i) {
    pb::WidgetLine* line = widget.add_lines();
    line->set_product("products/1");
    line->set_pieces(i);
    line->set_kind(pb::WIDGET_LINE_KIND_SERVICE);
    line->mutable_price()->set_units(1);
  }
  widget.add_tags("a");
  widget.add_tags("");
  kam::api::ExternalId* external = widget.add_external_ids();
  external->set_system("erp");
  external->set_id("4711");
  return widget;
}

TEST(ChangeLog, SaysOfEveryFieldWhatTheJsonOfProtobufSays) {
  const pb::Widget widget = FullWidget();
  std::string text;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(widget, &text).ok());
  nlohmann::json expected = nlohmann::json::parse(text);
  expected.erase("name");
  expected.erase("etag");
  nlohmann::json said;
  for (const kam::api::FieldChange& change : DiffFields(WidgetType(), nullptr, widget)) {
    EXPECT_EQ(change.before(), "");
    const auto* field = pb::Widget::descriptor()->FindFieldByName(change.field());
    said[field->json_name()] = nlohmann::json::parse(change.after());
  }
  EXPECT_EQ(said, expected);
}

TEST(ChangeLog, ExactlyTheFieldThatChangedDiffers) {
  const pb::Widget before = FullWidget();
  EXPECT_THAT(DiffFields(WidgetType(), &before, before), IsEmpty());
  EXPECT_THAT(DifferingFields(WidgetType(), before, before), IsEmpty());
  struct Case {
    const char* field;
    std::function<void(pb::Widget*)> change;
  };
  const std::vector<Case> cases = {
      {"title", [](pb::Widget* w) { w->set_title("x"); }},
      {"title", [](pb::Widget* w) { w->clear_title(); }},
      {"remark", [](pb::Widget* w) { w->set_remark("x"); }},
      {"state", [](pb::Widget* w) { w->set_state(pb::WIDGET_STATE_BLOCKED); }},
      {"quantity", [](pb::Widget* w) { w->set_quantity(9007199254740992); }},
      {"priority", [](pb::Widget* w) { w->set_priority(7); }},
      {"enabled", [](pb::Widget* w) { w->set_enabled(false); }},
      {"due_time", [](pb::Widget* w) { w->mutable_due_time()->set_nanos(0); }},
      {"list_price", [](pb::Widget* w) { w->clear_list_price(); }},
      {"address", [](pb::Widget* w) { w->mutable_address()->mutable_position()->set_height(5); }},
      {"lines", [](pb::Widget* w) { w->mutable_lines(1)->set_pieces(3); }},
      {"lines", [](pb::Widget* w) { w->mutable_lines()->RemoveLast(); }},
      {"tags", [](pb::Widget* w) { w->set_tags(1, "b"); }},
      {"external_ids", [](pb::Widget* w) { w->mutable_external_ids(0)->set_id("4712"); }},
  };
  for (const Case& one : cases) {
    pb::Widget after = before;
    one.change(&after);
    const auto changes = DiffFields(WidgetType(), &before, after);
    ASSERT_EQ(changes.size(), 1u) << one.field;
    EXPECT_EQ(changes[0].field(), one.field);
    EXPECT_NE(changes[0].before(), changes[0].after());
    EXPECT_THAT(DifferingFields(WidgetType(), before, after),
                ElementsAre(pb::Widget::descriptor()->FindFieldByName(one.field)));
    const auto stored = ChangesFromJson(ChangesToJson(changes));
    ASSERT_TRUE(stored.ok()) << stored.status();
    ASSERT_EQ(stored->size(), 1u);
    EXPECT_EQ((*stored)[0].SerializeAsString(), changes[0].SerializeAsString());
  }
}

// System fields and computed ones have no history, and neither have bytes of a message that no field stands for.
TEST(ChangeLog, WhatNobodyCanReadDoesNotDiffer) {
  const pb::Widget before = FullWidget();
  pb::Widget after = before;
  after.set_etag("v2");
  after.set_headline("computed");
  constexpr int kNoField = 1000;
  after.GetReflection()->MutableUnknownFields(&after)->AddVarint(kNoField, 1);
  auto* address = after.mutable_address();
  address->GetReflection()->MutableUnknownFields(address)->AddVarint(kNoField, 1);
  EXPECT_THAT(DiffFields(WidgetType(), &before, after), IsEmpty());
  EXPECT_THAT(DifferingFields(WidgetType(), before, after), IsEmpty());
}

}  // namespace
}  // namespace kam::resource
