// Fuzz target. As lines of text the input is a mask: it is refused, or what it touches is only what it may touch. As a
// message it is an answer: nothing confidential is left in it.
#include <cstdint>

#include "absl/strings/str_split.h"
#include "common/resource/mask.h"
#include "common/status/status.h"
#include "common/testing/fuzz_main.h"
#include "google/protobuf/any.pb.h"
#include "kam/testing/v1/widget.pb.h"

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using kam::resource::Type;
using kam::testing::Require;
using kam::testing::v1::Widget;
using kam::testing::v1::WidgetTree;

constexpr char kPermission[] = "widget-cost.view";

Widget Full() {
  Widget widget;
  widget.set_name("widgets/W1");
  widget.set_title("t");
  widget.set_state(kam::testing::v1::WIDGET_STATE_ACTIVE);
  widget.set_headline("h");
  widget.set_secret_note("s");
  widget.mutable_list_price()->set_units(1);
  widget.mutable_address()->set_city("c");
  widget.mutable_address()->set_phone("p");
  widget.mutable_address()->set_verified(true);
  widget.mutable_address()->mutable_position()->set_zone("z");
  widget.add_tags("a");
  widget.add_lines()->mutable_cost()->set_units(1);
  widget.add_confidants("x");
  return widget;
}

// The same rule as VisitSensitive, asked field by field without any cache.
bool HoldsSecrets(const Message& message) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string& permission = field->options().GetExtension(kam::api::field).sensitive();
    if (!permission.empty() && permission != kPermission) return true;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (HoldsSecrets(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                            : reflection->GetMessage(message, field))) {
        return true;
      }
    }
  }
  WidgetTree tree;
  Widget widget;
  const auto* any = dynamic_cast<const google::protobuf::Any*>(&message);
  return any != nullptr && ((any->Is<WidgetTree>() && any->UnpackTo(&tree) && HoldsSecrets(tree)) ||
                            (any->Is<Widget>() && any->UnpackTo(&widget) && HoldsSecrets(widget)));
}

void TryMask(const Type& type, absl::string_view input) {
  google::protobuf::FieldMask mask;
  if (!input.empty()) {
    for (const absl::string_view path : absl::StrSplit(input, '\n')) mask.add_paths(std::string(path));
  }
  const Widget patch = Full();
  const absl::StatusOr<std::vector<std::string>> paths = kam::resource::ResolveMask(type, mask, patch);
  if (!paths.ok()) {
    const std::string reason = kam::Reason(paths.status());
    Require(reason == "FIELD_MASK_PATH_UNKNOWN" || reason == "FIELD_MASK_TOO_LONG", "wrong error");
    return;
  }
  Widget copied;
  kam::resource::ApplyPaths(type, *paths, patch, &copied);
  Require(copied.name().empty() && copied.state() == 0 && copied.headline().empty() && !copied.address().verified(),
          "a field of the service was written");
  Widget cleared = Full();
  kam::resource::ApplyPaths(type, *paths, Widget(), &cleared);
  Require(cleared.name() == patch.name() && cleared.state() == patch.state() && cleared.address().verified(),
          "a field of the service was cleared");
  kam::auth::Principal writer;
  if (kam::resource::CheckSensitivePaths(type, *paths, writer).ok()) {
    Require(copied.secret_note().empty() && copied.address().phone().empty() && copied.lines().empty() &&
                copied.confidants().empty() && cleared.secret_note() == patch.secret_note() &&
                cleared.address().phone() == patch.address().phone() && cleared.confidants_size() == 1,
            "a confidential field was written");
  }
  // What is resolved stands for itself.
  google::protobuf::FieldMask again;
  for (const std::string& path : *paths) again.add_paths(path);
  if (!paths->empty()) {
    Require(*kam::resource::ResolveMask(type, again, patch) == *paths, "a resolved mask resolves to another");
  }
}

}  // namespace

std::vector<std::string> kam::testing::FuzzSeeds() {
  WidgetTree tree;
  *tree.mutable_widget() = Full();
  (*tree.mutable_by_code())["k"] = Full();
  tree.mutable_home()->set_phone("p");
  WidgetTree packed;
  packed.mutable_packed()->PackFrom(tree);
  *packed.add_branches()->mutable_parent() = tree;
  return {"title\nweight\nlist_price",
          "address\naddress.city\naddress.position.zone",
          "*",
          "secret_note\ncost\nlines\ntags\nconfidants",
          "name\nstate\nheadline\netag\nexternal_ids\naddress.verified",
          "address.phone\naddress.position\nlist_price.units",
          "\n",
          ".",
          tree.SerializeAsString(),
          packed.SerializeAsString()};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Type* const type = Type::FromDescriptor(Widget::descriptor())->release();
  TryMask(*type, absl::string_view(reinterpret_cast<const char*>(data), size));
  WidgetTree tree;
  if (tree.ParsePartialFromArray(data, static_cast<int>(size))) {
    kam::auth::Principal reader;
    reader.grants[kPermission] = kam::auth::Level::kOwn;
    kam::resource::VisitSensitive(
        [&](const std::string& permission, const google::protobuf::Message*) { return reader.Holds(permission); },
        &tree);
    Require(!HoldsSecrets(tree), "something confidential is left");
  }
  return 0;
}
