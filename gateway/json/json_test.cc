#include "gateway/json/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/status.h"
#include "gateway/json/json_string.h"
#include "gateway/json/testing/random_message.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "kam/testing/v1/json_test.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using kam::testing::v1::Everything;
using kam::testing::v1::Inner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const JsonCodec& Codec() {
  static const JsonCodec codec;
  return codec;
}

std::string Difference(const Message& a, const Message& b) {
  std::string report;
  MessageDifferencer differencer;
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&comparator);
  differencer.ReportDifferencesToString(&report);
  return differencer.Compare(a, b) ? "" : report + "\n" + a.DebugString() + "\n" + b.DebugString();
}

Everything Parsed(absl::string_view json) {
  Everything message;
  const absl::Status status = Codec().Parse(json, &message);
  EXPECT_TRUE(status.ok()) << status << "\n" << json;
  return message;
}

std::string Printed(const Message& message) {
  std::string json;
  const absl::Status status = Codec().Print(message, &json);
  EXPECT_TRUE(status.ok()) << status;
  return json;
}

constexpr int kRandomMessages = 3000;

TEST(JsonOracle, WhatWePrintJsonUtilReadsAsTheSameMessage) {
  for (uint64_t seed = 0; seed < kRandomMessages; ++seed) {
    Everything message, read;
    RandomMessage(seed).Fill(&message);
    const std::string json = Printed(message);
    const auto status = google::protobuf::util::JsonStringToMessage(json, &read);
    ASSERT_TRUE(status.ok()) << "seed " << seed << " " << status << "\n" << json;
    ASSERT_EQ(Difference(message, read), "") << "seed " << seed << "\n" << json;
  }
}

TEST(JsonOracle, WhatJsonUtilPrintsWeReadAsTheSameMessage) {
  for (uint64_t seed = 0; seed < kRandomMessages; ++seed) {
    Everything message, read;
    RandomMessage(seed).Fill(&message);
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = seed % 2 == 0;
    options.always_print_enums_as_ints = seed % 3 == 0;
    options.add_whitespace = seed % 5 == 0;
    std::string json;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
    const absl::Status status = Codec().Parse(json, &read);
    ASSERT_TRUE(status.ok()) << "seed " << seed << " " << status << "\n" << json;
    ASSERT_EQ(Difference(message, read), "") << "seed " << seed << "\n" << json;
  }
}

TEST(JsonOracle, DynamicMessagesReadAndPrintLikeGeneratedOnes) {
  google::protobuf::DynamicMessageFactory factory;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Everything message;
    RandomMessage(seed).Fill(&message);
    const std::string json = Printed(message);
    const std::unique_ptr<Message> dynamic(factory.GetPrototype(Everything::descriptor())->New());
    ASSERT_TRUE(Codec().Parse(json, dynamic.get()).ok()) << json;
    ASSERT_EQ(Printed(*dynamic), json);
    Everything back;
    ASSERT_TRUE(back.ParseFromString(dynamic->SerializeAsString()));
    ASSERT_EQ(Difference(message, back), "");
  }
}

TEST(JsonOracle, AlwaysPrintedPrimitivesAgree) {
  JsonOptions options;
  options.always_print_primitives = true;
  const JsonCodec codec(options);
  google::protobuf::util::JsonPrintOptions theirs;
  theirs.always_print_primitive_fields = true;
  std::string ours_text, theirs_text;
  ASSERT_TRUE(codec.Print(Inner(), &ours_text).ok());
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(Inner(), &theirs_text, theirs).ok());
  EXPECT_EQ(ours_text, theirs_text);
  EXPECT_EQ(ours_text, R"({"text":"","number":"0","inners":[]})");
}

TEST(JsonPrint, WritesTheCanonicalForm) {
  Everything message;
  message.set_int64_value(-9007199254740993);
  message.set_double_value(0.1);
  message.set_string_value("a\"\\\n\x01\u5ba2");
  message.set_bytes_value("\xff\xfe");
  message.set_colour(kam::testing::v1::COLOUR_BLUE);
  message.set_odd_name("x");
  message.mutable_timestamp()->set_seconds(1767225600);
  message.mutable_timestamp()->set_nanos(1000);
  message.mutable_duration()->set_nanos(-500000000);
  message.mutable_field_mask()->add_paths("legal_name");
  (*message.mutable_by_text())["b"] = "2";
  (*message.mutable_by_text())["a"] = "1";
  EXPECT_EQ(Printed(message),
            "{\"int64Value\":\"-9007199254740993\",\"doubleValue\":0.1,\"stringValue\":\"a\\\"\\\\\\n\\u0001\u5ba2\","
            "\"bytesValue\":\"//4=\",\"colour\":\"COLOUR_BLUE\",\"byText\":{\"a\":\"1\",\"b\":\"2\"},"
            "\"timestamp\":\"2026-01-01T00:00:00.000001Z\",\"duration\":\"-0.500s\",\"fieldMask\":\"legalName\","
            "\"@odd/na~me\":\"x\"}");
}

TEST(JsonPrint, UnknownEnumNumberIsPrintedAsNumber) {
  Everything message;
  message.set_colour(static_cast<kam::testing::v1::Colour>(99));
  EXPECT_EQ(Printed(message), R"({"colour":99})");
}

TEST(JsonPrint, TextThatIsNotUtf8GetsReplacementCharacters) {
  std::string out;
  AppendJsonString("a\xC3(\xED\xA0\x80\xF0\x9F\x98\x80\xFF", &out);
  EXPECT_EQ(out, "\"a\uFFFD(\uFFFD\uFFFD\uFFFD\xF0\x9F\x98\x80\uFFFD\"");
}

TEST(JsonPrint, RefusesWhatHasNoFormAndLeavesTheBufferAsItWas) {
  Everything message;
  message.mutable_timestamp()->set_seconds(int64_t{1} << 60);
  std::string out = "before";
  EXPECT_EQ(Codec().Print(message, &out).code(), absl::StatusCode::kInternal);
  message.Clear();
  message.mutable_value()->set_number_value(NAN);
  EXPECT_EQ(Codec().Print(message, &out).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(out, "before");
}

TEST(JsonPrint, StatusDetailsShowTheirTypeAndUnknownOnesKeepTheirBytes) {
  google::rpc::Status status;
  status.set_code(3);
  google::rpc::ErrorInfo info;
  info.set_reason("BAD");
  status.add_details()->PackFrom(info);
  google::protobuf::Any* unknown = status.add_details();
  unknown->set_type_url("type.googleapis.com/not.There");
  unknown->set_value("xyz");
  EXPECT_EQ(Printed(status),
            R"({"code":3,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"BAD"},)"
            R"({"@type":"type.googleapis.com/not.There","value":"eHl6"}]})");
}

TEST(JsonParse, NullMeansUnsetExceptWhereNullIsAValue) {
  const Everything message =
      Parsed(R"({"int32Value":null,"inner":null,"strings":null,"byText":null,"value":null,"choiceNull":null,
                 "maybeInt32":null,"boolWrapper":null,"values":[null]})");
  EXPECT_FALSE(message.has_inner());
  EXPECT_FALSE(message.has_maybe_int32());
  EXPECT_FALSE(message.has_bool_wrapper());
  EXPECT_EQ(message.value().kind_case(), google::protobuf::Value::kNullValue);
  EXPECT_EQ(message.choice_case(), Everything::kChoiceNull);
  EXPECT_EQ(message.values(0).kind_case(), google::protobuf::Value::kNullValue);
}

TEST(JsonParse, BothSpellingsAndEveryNumberFormAreTaken) {
  const Everything message = Parsed(
      R"({"int32_value":1e2,"int64Value":"-5","uint32Value":"7","uint64Value":18446744073709551615,
          "doubleValue":"1.5","floatValue":"-Infinity","int32s":[1.0,100e-2,0e99],"colours":["COLOUR_RED",7,0],
          "bytesValue":"_-8","by_int32":{"-3":"4"}})");
  EXPECT_EQ(message.int32_value(), 100);
  EXPECT_EQ(message.int64_value(), -5);
  EXPECT_EQ(message.uint32_value(), 7u);
  EXPECT_EQ(message.uint64_value(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(message.double_value(), 1.5);
  EXPECT_TRUE(std::isinf(message.float_value()));
  EXPECT_THAT(message.int32s(), ElementsAre(1, 1, 0));
  EXPECT_THAT(message.colours(), ElementsAre(1, 7, 0));
  EXPECT_EQ(message.bytes_value(), "\xff\xef");
  EXPECT_EQ(message.by_int32().at(-3), 4);
}

TEST(JsonParse, TimestampOffsetsAreTakenIntoAccount) {
  EXPECT_EQ(Parsed(R"({"timestamp":"1970-01-01T08:00:00.5+08:00"})").timestamp().seconds(), 0);
  EXPECT_EQ(Parsed(R"({"timestamp":"1970-01-01T08:00:00.5+08:00"})").timestamp().nanos(), 500000000);
  EXPECT_EQ(Parsed(R"({"timestamp":"1969-12-31T23:59:59.9Z"})").timestamp().seconds(), -1);
}

struct Bad {
  std::string json;
  std::string reason;
  std::string pointer;
  std::string field;
};

// Names a case in the test's output by its text.
void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.json; }

class JsonBad : public ::testing::TestWithParam<Bad> {};

TEST_P(JsonBad, IsRefusedWithReasonPointerAndField) {
  Everything message;
  const absl::Status status = Codec().Parse(GetParam().json, &message);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), GetParam().reason) << status;
  EXPECT_EQ(MetadataValue(status, "pointer"), GetParam().pointer) << status;
  EXPECT_THAT(ViolatedFields(status), ElementsAre(GetParam().field)) << status;
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, JsonBad,
    ::testing::Values(Bad{"", "JSON_MALFORMED", "", "body"}, Bad{"{", "JSON_MALFORMED", "", "body"},
                      Bad{"{}x", "JSON_MALFORMED", "", "body"}, Bad{"{} {}", "JSON_MALFORMED", "", "body"},
                      Bad{"{stringValue:'x'}", "JSON_MALFORMED", "", "body"},
                      Bad{R"({"inner":{"text":"x",}})", "JSON_MALFORMED", "/inner/text", "inner.text"},
                      Bad{R"({"strings":["a",]})", "JSON_MALFORMED", "/strings/0", "strings[0]"},
                      Bad{R"({"int32Value":01})", "JSON_MALFORMED", "/int32Value", "int32_value"},
                      Bad{R"({"int32Value":+1})", "JSON_MALFORMED", "/int32Value", "int32_value"},
                      Bad{R"({"doubleValue":NaN})", "JSON_MALFORMED", "/doubleValue", "double_value"},
                      Bad{R"({"boolValue":True})", "JSON_MALFORMED", "/boolValue", "bool_value"},
                      Bad{"{\"stringValue\":\"a\nb\"}", "JSON_MALFORMED", "/stringValue", "string_value"},
                      Bad{R"({"stringValue":"\x41"})", "JSON_MALFORMED", "/stringValue", "string_value"},
                      Bad{R"({"stringValue":"\ud800"})", "JSON_MALFORMED", "/stringValue", "string_value"},
                      Bad{R"({"stringValue":"\udc00"})", "JSON_MALFORMED", "/stringValue", "string_value"},
                      Bad{R"({"stringValue":"\udc00\ud800"})", "JSON_MALFORMED", "/stringValue", "string_value"},
                      Bad{"{\"stringValue\":\"\xC0\x80\"}", "JSON_MALFORMED", "", "body"},
                      Bad{"{\"stringValue\":\"\xED\xA0\x80\"}", "JSON_MALFORMED", "", "body"},
                      Bad{"\xEF\xBB\xBF{}", "JSON_MALFORMED", "", "body"},
                      Bad{std::string("{}\0{}", 5), "JSON_MALFORMED", "", "body"},
                      Bad{"/**/{}", "JSON_MALFORMED", "", "body"}));

INSTANTIATE_TEST_SUITE_P(
    Members, JsonBad,
    ::testing::Values(
        Bad{R"({"int32Value":1,"int32Value":1})", "JSON_DUPLICATE_MEMBER", "/int32Value", "int32_value"},
        Bad{R"({"int32Value":1,"int32_value":1})", "JSON_DUPLICATE_MEMBER", "/int32_value", "int32_value"},
        Bad{R"({"int32Value":null,"int32Value":1})", "JSON_DUPLICATE_MEMBER", "/int32Value", "int32_value"},
        Bad{R"({"byText":{"a/b":"1","a/b":"2"}})", "JSON_DUPLICATE_MEMBER", "/byText/a~1b", "by_text.a/b"},
        Bad{R"({"byInt32":{"1":"1","1.0":"2"}})", "JSON_DUPLICATE_MEMBER", "/byInt32/1.0", "by_int32.1.0"},
        Bad{R"({"struct":{"a":{"b":1,"b":1}}})", "JSON_DUPLICATE_MEMBER", "/struct/a/b", "struct.a.b"},
        Bad{R"({"choiceText":"","choiceNumber":1})", "JSON_DUPLICATE_MEMBER", "/choiceNumber", "choice_number"},
        Bad{R"({"nope":1})", "JSON_UNKNOWN_FIELD", "/nope", "nope"},
        Bad{R"({"nope":null})", "JSON_UNKNOWN_FIELD", "/nope", "nope"},
        Bad{R"({"inners":[{},{"inner":{"x":1}}]})", "JSON_UNKNOWN_FIELD", "/inners/1/inner/x", "inners[1].inner.x"},
        Bad{R"({"money":{"amount":1}})", "JSON_UNKNOWN_FIELD", "/money/amount", "money.amount"},
        Bad{R"({"empty":{"x":1}})", "JSON_UNKNOWN_FIELD", "/empty/x", "empty.x"},
        Bad{R"({"any":{"@type":"x/kam.testing.v1.Inner","no":1}})", "JSON_UNKNOWN_FIELD", "/any/no", "any.no"}));

INSTANTIATE_TEST_SUITE_P(
    Types, JsonBad,
    ::testing::Values(Bad{"[]", "JSON_WRONG_TYPE", "", "body"}, Bad{"null", "JSON_WRONG_TYPE", "", "body"},
                      Bad{"1", "JSON_WRONG_TYPE", "", "body"},
                      Bad{R"({"stringValue":1})", "JSON_WRONG_TYPE", "/stringValue", "string_value"},
                      Bad{R"({"boolValue":"true"})", "JSON_WRONG_TYPE", "/boolValue", "bool_value"},
                      Bad{R"({"boolValue":1})", "JSON_WRONG_TYPE", "/boolValue", "bool_value"},
                      Bad{R"({"int32Value":1.5})", "JSON_WRONG_TYPE", "/int32Value", "int32_value"},
                      Bad{R"({"int32Value":true})", "JSON_WRONG_TYPE", "/int32Value", "int32_value"},
                      Bad{R"({"int32Value":" 1"})", "JSON_WRONG_TYPE", "/int32Value", "int32_value"},
                      Bad{R"({"int32Value":""})", "JSON_WRONG_TYPE", "/int32Value", "int32_value"},
                      Bad{R"({"int32Value":"0x1"})", "JSON_WRONG_TYPE", "/int32Value", "int32_value"},
                      Bad{R"({"inner":[]})", "JSON_WRONG_TYPE", "/inner", "inner"},
                      Bad{R"({"inners":{}})", "JSON_WRONG_TYPE", "/inners", "inners"},
                      Bad{R"({"inners":[null]})", "JSON_WRONG_TYPE", "/inners/0", "inners[0]"},
                      Bad{R"({"strings":[null]})", "JSON_WRONG_TYPE", "/strings/0", "strings[0]"},
                      Bad{R"({"byText":[]})", "JSON_WRONG_TYPE", "/byText", "by_text"},
                      Bad{R"({"byText":{"a":null}})", "JSON_WRONG_TYPE", "/byText/a", "by_text.a"},
                      Bad{R"({"byBool":{"yes":""}})", "JSON_WRONG_TYPE", "/byBool/yes", "by_bool.yes"},
                      Bad{R"({"colour":"RED"})", "JSON_WRONG_TYPE", "/colour", "colour"},
                      Bad{R"({"colour":"1"})", "JSON_WRONG_TYPE", "/colour", "colour"},
                      Bad{R"({"bytesValue":"a"})", "JSON_WRONG_TYPE", "/bytesValue", "bytes_value"},
                      Bad{R"({"bytesValue":"ab="})", "JSON_WRONG_TYPE", "/bytesValue", "bytes_value"},
                      Bad{R"({"bytesValue":"a b="})", "JSON_WRONG_TYPE", "/bytesValue", "bytes_value"},
                      Bad{R"({"bytesValue":"ab"})", "JSON_WRONG_TYPE", "/bytesValue", "bytes_value"},
                      Bad{R"({"bytesValue":"+_AA"})", "JSON_WRONG_TYPE", "/bytesValue", "bytes_value"},
                      Bad{R"({"timestamp":"2026-02-30T00:00:00Z"})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"timestamp":"2026-01-01T24:00:00Z"})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"timestamp":"2026-01-01 00:00:00Z"})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"timestamp":"2026-01-01T00:00:00"})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"timestamp":"2026-01-01T00:00:00.Z"})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"timestamp":"2026-01-01T00:00:00.1234567890Z"})", "JSON_WRONG_TYPE", "/timestamp",
                          "timestamp"},
                      Bad{R"({"timestamp":1})", "JSON_WRONG_TYPE", "/timestamp", "timestamp"},
                      Bad{R"({"duration":"1"})", "JSON_WRONG_TYPE", "/duration", "duration"},
                      Bad{R"({"duration":"-s"})", "JSON_WRONG_TYPE", "/duration", "duration"},
                      Bad{R"({"duration":"1.s"})", "JSON_WRONG_TYPE", "/duration", "duration"},
                      Bad{R"({"fieldMask":"a,,b"})", "JSON_WRONG_TYPE", "/fieldMask", "field_mask"},
                      Bad{R"({"fieldMask":"a..b"})", "JSON_WRONG_TYPE", "/fieldMask", "field_mask"},
                      Bad{R"({"struct":[]})", "JSON_WRONG_TYPE", "/struct", "struct"},
                      Bad{R"({"any":{"text":"x"}})", "JSON_WRONG_TYPE", "/any", "any"},
                      Bad{R"({"any":{"@type":"x/no.Such"}})", "JSON_WRONG_TYPE", "/any/@type", "any.@type"},
                      Bad{R"({"any":{"@type":"kam.testing.v1.Inner"}})", "JSON_WRONG_TYPE", "/any/@type", "any.@type"},
                      Bad{R"({"@odd/na~me":1})", "JSON_WRONG_TYPE", "/@odd~1na~0me", "odd_name"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, JsonBad,
    ::testing::Values(
        Bad{R"({"int32Value":2147483648})", "JSON_VALUE_OUT_OF_RANGE", "/int32Value", "int32_value"},
        Bad{R"({"uint32Value":-1})", "JSON_VALUE_OUT_OF_RANGE", "/uint32Value", "uint32_value"},
        Bad{R"({"int64Value":"9223372036854775808"})", "JSON_VALUE_OUT_OF_RANGE", "/int64Value", "int64_value"},
        Bad{R"({"uint64Value":18446744073709551616})", "JSON_VALUE_OUT_OF_RANGE", "/uint64Value", "uint64_value"},
        Bad{R"({"int64Value":1e300})", "JSON_VALUE_OUT_OF_RANGE", "/int64Value", "int64_value"},
        Bad{R"({"doubleValue":"1e999"})", "JSON_VALUE_OUT_OF_RANGE", "/doubleValue", "double_value"},
        Bad{R"({"floatValue":1e39})", "JSON_VALUE_OUT_OF_RANGE", "/floatValue", "float_value"},
        Bad{R"({"colour":5})", "JSON_VALUE_OUT_OF_RANGE", "/colour", "colour"},
        Bad{R"({"timestamp":"0000-01-01T00:00:00Z"})", "JSON_VALUE_OUT_OF_RANGE", "/timestamp", "timestamp"},
        Bad{R"({"timestamp":"9999-12-31T23:59:59-01:00"})", "JSON_VALUE_OUT_OF_RANGE", "/timestamp", "timestamp"},
        Bad{R"({"duration":"315576000001s"})", "JSON_VALUE_OUT_OF_RANGE", "/duration", "duration"},
        Bad{R"({"int32s":[1,99999999999]})", "JSON_VALUE_OUT_OF_RANGE", "/int32s/1", "int32s[1]"}));

TEST(JsonParse, DepthIsLimitedInclusively) {
  const auto nested = [](int depth) {  // As many objects as `depth` says.
    std::string json = "{}";
    for (int i = 1; i < depth; ++i) json = absl::StrCat("{\"inner\":", json, "}");
    return json;
  };
  Inner message;
  EXPECT_TRUE(Codec().Parse(nested(kJsonDepthMax), &message).ok());
  const absl::Status status = Codec().Parse(nested(kJsonDepthMax + 1), &message);
  EXPECT_EQ(Reason(status), "JSON_TOO_DEEP");
  EXPECT_THAT(MetadataValue(status, "pointer"), HasSubstr("/inner/inner"));
  EXPECT_EQ(Reason(Codec().Parse(std::string(1000000, '['), &message)), "JSON_TOO_DEEP");
}

TEST(JsonParse, SizeIsLimited) {
  JsonOptions options;
  options.bytes_max = 10;
  const JsonCodec codec(options);
  Inner message;
  EXPECT_TRUE(codec.Parse("{}        ", &message).ok());
  EXPECT_EQ(Reason(codec.Parse("{}         ", &message)), "JSON_TOO_LARGE");
}

TEST(JsonParse, SensitiveValuesAreNotRepeatedInErrors) {
  Everything message;
  const absl::Status open = Codec().Parse(R"({"int32Value":"8613800000000"})", &message);
  EXPECT_THAT(std::string(open.message()), HasSubstr("8613800000000"));
  const absl::Status closed = Codec().Parse(R"({"secretNumber":"8613800000000"})", &message);
  EXPECT_EQ(Reason(closed), "JSON_VALUE_OUT_OF_RANGE");
  EXPECT_THAT(std::string(closed.message()), Not(HasSubstr("8613800000000")));
  EXPECT_THAT(MetadataValue(closed, "value"), IsEmpty());
}

TEST(JsonParse, ReportsThePathsPresent) {
  Everything message;
  std::vector<std::string> paths;
  ASSERT_TRUE(Codec()
                  .Parse(R"({"int32_value":1,"inner":{"text":"x","inner":{"number":"1","inner":{}}},"inners":[{}],
                             "byText":{"a":""},"timestamp":null,"money":{"units":"1"},"struct":{"x":1}})",
                         &message, &paths)
                  .ok());
  EXPECT_THAT(paths, ElementsAre("int32_value", "inner.text", "inner.inner.number", "inner.inner.inner", "inners",
                                 "by_text", "timestamp", "money", "struct"));
}

TEST(JsonField, ReadsAndPrintsOneFieldOfAnyKind) {
  const auto* type = Everything::descriptor();
  Everything message;
  std::vector<std::string> paths;
  ASSERT_TRUE(Codec().ParseField(R"({"text":"x"})", type->FindFieldByName("inner"), &message, &paths).ok());
  EXPECT_THAT(paths, ElementsAre("text"));
  ASSERT_TRUE(Codec().ParseField(R"(["a","b"])", type->FindFieldByName("strings"), &message).ok());
  ASSERT_TRUE(Codec().ParseField("7", type->FindFieldByName("int32_value"), &message).ok());
  EXPECT_THAT(message.strings(), ElementsAre("a", "b"));
  std::string out;
  ASSERT_TRUE(Codec().PrintField(message, type->FindFieldByName("strings"), &out).ok());
  ASSERT_TRUE(Codec().PrintField(message, type->FindFieldByName("inner"), &out).ok());
  ASSERT_TRUE(
      Codec()
          .PrintField(message, type->FindFieldByName("byText") ? nullptr : type->FindFieldByName("by_text"), &out)
          .ok());
  EXPECT_EQ(out, R"(["a","b"]{"text":"x"}{})");
  const absl::Status status = Codec().ParseField(R"({"text":1})", type->FindFieldByName("inner"), &message);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("inner.text"));
  EXPECT_EQ(MetadataValue(status, "pointer"), "/text");
  const absl::Status malformed = Codec().ParseField(R"({"text":)", type->FindFieldByName("inner"), &message);
  EXPECT_THAT(ViolatedFields(malformed), ElementsAre("inner.text"));
}

TEST(JsonCodecThreads, OneCodecServesManyThreads) {
  const JsonCodec codec;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&codec, &wrong, t] {
      for (uint64_t seed = t; seed < 200; seed += 4) {
        Everything message, read;
        RandomMessage(seed).Fill(&message);
        std::string json, again;
        if (!codec.Print(message, &json).ok() || !codec.Parse(json, &read).ok() || !codec.Print(read, &again).ok() ||
            again != json) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace kam::gateway
