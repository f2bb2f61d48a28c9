#include "gateway/openapi/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "common/status/status.h"
#include "google/protobuf/descriptor.h"
#include "kam/testing/v1/transcode_test.pb.h"

namespace kam::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Json FromSet(const std::string& path) {
  const auto json = GenerateOpenApiFromDescriptorSet(ReadFile(path));
  EXPECT_TRUE(json.ok()) << json.status();
  return json.ok() ? Json::parse(*json) : Json();
}

// The test services, from a descriptor set with comments.
const Json& Document() {
  static const auto* const document = [] {
    Json json = FromSet(std::string(KAM_PROTO_OUT) + "/testing.binpb");
    return new Json(std::move(json));
  }();
  return *document;
}

// What must hold of any document.
void CheckStructure(const Json& document) {
  EXPECT_EQ(document["openapi"], "3.1.0");
  const std::function<void(const Json&)> check_refs = [&](const Json& node) {
    if (node.is_object()) {
      for (const auto& [key, value] : node.items()) {
        if (key == "$ref") {
          EXPECT_TRUE(document.contains(Json::json_pointer(value.get<std::string>().substr(1)))) << value;
        }
        check_refs(value);
      }
    } else if (node.is_array()) {
      for (const Json& child : node) check_refs(child);
    }
  };
  check_refs(document);
  std::set<std::string> ids, tags;
  for (const Json& tag : document["tags"]) tags.insert(tag["name"]);
  const std::regex component("[a-zA-Z0-9._-]+");
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    EXPECT_TRUE(std::regex_match(name, component)) << name;
    for (const Json& required : schema.value("required", Json::array())) {
      EXPECT_TRUE(schema["properties"].contains(required)) << name << " " << required;
    }
  }
  for (const auto& [path, item] : document["paths"].items()) {
    std::set<std::string> in_text;
    const std::regex variable("\\{([^{}]*)\\}");
    for (std::sregex_iterator it(path.begin(), path.end(), variable), end; it != end; ++it) {
      EXPECT_TRUE(in_text.insert((*it)[1]).second) << path;
    }
    EXPECT_EQ(path.find_first_of("=*"), std::string::npos) << path;
    for (const auto& [method, operation] : item.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
      for (const Json& tag : operation["tags"]) EXPECT_TRUE(tags.count(tag) > 0) << tag;
      EXPECT_FALSE(operation["summary"].get<std::string>().empty());
      std::set<std::string> declared, all;
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        EXPECT_TRUE(all.insert(parameter["in"].get<std::string>() + " " + parameter["name"].get<std::string>()).second)
            << path << " " << parameter["name"];
        EXPECT_TRUE(parameter.contains("schema"));
        if (parameter["in"] != "path") continue;
        declared.insert(parameter["name"]);
        EXPECT_EQ(parameter["required"], true);
      }
      EXPECT_EQ(declared, in_text) << method << " " << path;
      EXPECT_EQ(operation.contains("requestBody") && method == "get", false) << path;
      EXPECT_TRUE(operation["responses"].contains("200"));
      EXPECT_TRUE(operation["responses"].contains("4XX"));
    }
  }
}

TEST(OpenApi, TheTestServicesHaveAWholeDescription) { CheckStructure(Document()); }

TEST(OpenApi, ThePublishedServicesHaveAWholeDescription) {
  CheckStructure(FromSet(std::string(KAM_PROTO_OUT) + "/kam.binpb"));
}

TEST(OpenApi, PathsAreExpanded) {
  const Json& paths = Document()["paths"];
  EXPECT_TRUE(paths.contains("/v1/clients/{client}"));
  EXPECT_TRUE(paths.contains("/v1/clients/{client}/orders/{order}"));
  EXPECT_TRUE(paths.contains("/v1/clients/{client}:archive"));
  EXPECT_TRUE(paths.contains("/v1/files/{path}"));
  EXPECT_TRUE(paths["/v1/heads/{path}:peek"].contains("head"));
  EXPECT_TRUE(paths["/v1/orders/{name}/of/{client}"].contains("get"));
  EXPECT_FALSE(paths.contains("/v1/clients:sync"));
}

TEST(OpenApi, OperationsCarryCommentsAndRules) {
  const Json& get = Document()["paths"]["/v1/clients/{client}"]["get"];
  EXPECT_EQ(get["operationId"], "ClientService_GetClient");
  EXPECT_EQ(get["summary"], "Gets one client");
  EXPECT_THAT(get["description"].get<std::string>(), HasSubstr("may not see"));
  EXPECT_EQ(get["x-permission"], "client.read");
  EXPECT_EQ(get["x-requirement"], Json({"T-01", "T-02"}));
  EXPECT_EQ(get["x-chinese"], "查看客户");
  EXPECT_EQ(get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/kam.testing.v1.Client");
  EXPECT_TRUE(Document()["components"]["responses"]["Problem"]["content"].contains("application/problem+json"));
  EXPECT_EQ(Document()["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
  const Json& orders = Document()["paths"]["/v1/clients/{client}/orders/{order}"]["get"];
  EXPECT_EQ(orders["responses"]["200"]["content"]["application/json"]["schema"]["type"], "array");
}

std::vector<std::string> Parameters(const Json& operation, const std::string& in) {
  std::vector<std::string> names;
  for (const Json& parameter : operation["parameters"]) {
    if (parameter["in"] == in) names.push_back(parameter["name"]);
  }
  return names;
}

TEST(OpenApi, QueryParametersAreWhatBindingTakes) {
  const Json& list = Document()["paths"]["/v1/clients"]["get"];
  const auto names = Parameters(list, "query");
  EXPECT_THAT(names, Contains("pageSize"));
  EXPECT_THAT(names, Contains("address.city"));
  EXPECT_THAT(names, Contains("since"));
  EXPECT_THAT(names, Not(Contains("labels")));
  EXPECT_THAT(names, Not(Contains("addresses.city")));
  const Json& create = Document()["paths"]["/v1/clients"]["post"];
  EXPECT_THAT(Parameters(create, "query"), ElementsAre("requestId", "validateOnly"));
  EXPECT_THAT(Parameters(create, "header"), Contains("idempotency-key"));
}

TEST(OpenApi, BodiesLeaveOutThePathAndPatchRequiresNothing) {
  const Json& archive = Document()["paths"]["/v1/clients/{client}:archive"]["post"];
  const Json& body = archive["requestBody"]["content"]["application/json"]["schema"]["properties"];
  EXPECT_FALSE(body.contains("name"));
  EXPECT_TRUE(body.contains("reason"));
  const Json& schemas = Document()["components"]["schemas"];
  EXPECT_EQ(Document()["paths"]["/v1/clients/{client}"]["patch"]["requestBody"]["content"]["application/json"]["schema"]
                      ["$ref"],
            "#/components/schemas/kam.testing.v1.Client.Patch");
  EXPECT_FALSE(schemas["kam.testing.v1.Client.Patch"].contains("required"));
  EXPECT_EQ(schemas["kam.testing.v1.Client"]["required"], Json({"legalName"}));
}

TEST(OpenApi, FieldRulesBecomeSchemaRules) {
  const Json& client = Document()["components"]["schemas"]["kam.testing.v1.Client"];
  const Json& fields = client["properties"];
  EXPECT_EQ(client["description"], "A client of the house.");
  EXPECT_EQ(client["x-chinese"], "客户");
  EXPECT_EQ(fields["legalName"]["maxLength"], 120);
  EXPECT_EQ(fields["legalName"]["x-chinese"], "公司名称");
  EXPECT_EQ(fields["legalName"]["description"], "Registered name of the company.");
  EXPECT_EQ(fields["firstOrderDate"]["format"], "date");
  EXPECT_EQ(fields["score"]["minimum"], 0);
  EXPECT_EQ(fields["score"]["maximum"], 100);
  EXPECT_EQ(fields["country"]["pattern"], "^(?:[A-Z]{2})$");
  EXPECT_EQ(fields["createTime"]["format"], "date-time");
  EXPECT_EQ(fields["createTime"]["readOnly"], true);
  EXPECT_EQ(fields["tags"]["maxItems"], 5);
  EXPECT_EQ(fields["labels"]["additionalProperties"]["type"], "string");
  EXPECT_EQ(fields["creditLimit"]["$ref"], "#/components/schemas/google.type.Money");
  const Json& money = Document()["components"]["schemas"]["google.type.Money"]["properties"];
  EXPECT_EQ(money["units"]["type"], "string");
  EXPECT_EQ(money["nanos"]["type"], "integer");
  EXPECT_THAT(Document()["components"]["schemas"]["kam.testing.v1.Colour"]["enum"], Contains("COLOUR_BLUE"));
}

TEST(OpenApi, WithoutSourceInformationThereAreNoComments) {
  kam::testing::v1::Client::descriptor();
  const auto* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName("kam.testing.v1.ClientService");
  const auto router = Router::Build({service});
  ASSERT_TRUE(router.ok());
  const Json document = Json::parse(GenerateOpenApi(**router));
  CheckStructure(document);
  EXPECT_EQ(document["paths"]["/v1/clients/{client}"]["get"]["summary"], "GetClient");
}

TEST(OpenApi, BadDescriptorSetsAreRefused) {
  EXPECT_EQ(Reason(GenerateOpenApiFromDescriptorSet("\xff\xff").status()), "DESCRIPTOR_SET_INVALID");
}

}  // namespace
}  // namespace kam::gateway
