#include "aftersales-svc/testing/world.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "aftersales-svc/aftersales_svc.h"
#include "aftersales-svc/rules/proto_time.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "kam/api/standard.pb.h"
#include "kam/contract/v1/contract.pb.h"
#include "kam/order/v1/order.pb.h"
#include "kam/receivable/v1/receipt.pb.h"
#include "kam/receivable/v1/receivable_item.pb.h"

namespace kam::aftersales::testing {
namespace {

const absl::TimeZone& Shanghai() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &loaded));
    return loaded;
  }();
  return zone;
}

}  // namespace

World::World() {
  harness_ = std::make_unique<::kam::testing::Harness>(
      "aftersales-svc/schema", FillCatalog, [this](resource::Runtime& runtime, rpc::Registry* registry) {
        scheduler_ = std::make_unique<schedule::Scheduler>(runtime, "aftersales-svc");
        RegisterAll(runtime, scheduler_.get(), nullptr, Policy(), registry,
                    ContractSide([this](absl::string_view, const google::protobuf::Message& request,
                                        google::protobuf::Message* response,
                                        absl::Time) { return AskContractSide(request, response); }));
      });
  SetTime("2026-01-05 09:00");
}

void World::AddThere(const std::string& name, const std::string& account, const std::string& amount, bool stands) {
  there_[name] = {account, amount, stands};
}

absl::Status World::AskContractSide(const google::protobuf::Message& request,
                                    google::protobuf::Message* response) const {
  if (!contract_side_answers_) {
    return RetryLater(absl::StatusCode::kUnavailable, "CONTRACT_SVC_UNAVAILABLE", "away", absl::Seconds(1));
  }
  const auto found = there_.find(static_cast<const kam::api::GetRequest&>(request).name());
  if (found == there_.end()) return NotFound(static_cast<const kam::api::GetRequest&>(request).name());
  if (auto* order = dynamic_cast<order::v1::Order*>(response); order != nullptr) {
    order->set_account(found->second.account);
  } else if (auto* contract = dynamic_cast<contract::v1::Contract*>(response); contract != nullptr) {
    contract->set_account(found->second.account);
  } else if (auto* item = dynamic_cast<receivable::v1::ReceivableItem*>(response); item != nullptr) {
    item->set_account(found->second.account);
    *item->mutable_amount() = Cny(found->second.amount);
    item->set_state(found->second.stands ? receivable::v1::RECEIVABLE_STATE_OPEN
                                         : receivable::v1::RECEIVABLE_STATE_CANCELLED);
  } else {
    auto* note = dynamic_cast<receivable::v1::Receipt*>(response);
    note->set_account(found->second.account);
    *note->mutable_amount() = Cny(found->second.amount);
    note->set_method(receivable::v1::PAYMENT_METHOD_CREDIT_NOTE);
    note->set_state(found->second.stands ? receivable::v1::RECEIPT_STATE_MARKED
                                         : receivable::v1::RECEIPT_STATE_REVERSED);
  }
  return absl::OkStatus();
}

World& World::Fresh() {
  // Taken down, with its schema, when all tests have run.
  class Environment : public ::testing::Environment {
   public:
    void TearDown() override { world.reset(); }
    std::unique_ptr<World> world;
  };
  static Environment* const environment = [] {
    auto* made = new Environment;
    ::testing::AddGlobalTestEnvironment(made);
    return made;
  }();
  if (environment->world == nullptr) environment->world.reset(new World);
  environment->world->Clear();
  return *environment->world;
}

// Children before parents, users before what they use: the catalogue lists what is used first.
void World::Clear() {
  harness_->state_changes().ExpectAllDeclared();
  people_.clear();
  departments_.clear();
  there_.clear();
  contract_side_answers_ = true;
  SetTime("2026-01-05 09:00");
  std::vector<std::string> statements = {"UPDATE complaints SET duplicate_of = NULL",
                                         "UPDATE warranty_claims SET customer_claim = NULL",
                                         "DELETE FROM survey_tokens"};
  const auto& types = harness_->runtime().catalog().types();
  for (auto type = types.rbegin(); type != types.rend(); ++type) {
    for (const resource::Child& child : (*type)->children()) {
      statements.push_back(absl::StrCat("DELETE FROM ", child.table));
    }
    statements.push_back(absl::StrCat("DELETE FROM ", (*type)->table()));
  }
  for (const char* table : {"due_items", "changes", "request_ids", "external_ids", "account_scopes",
                            "account_scope_members", "employee_scopes"}) {
    statements.push_back(absl::StrCat("DELETE FROM ", table));
  }
  const absl::Status cleared =
      harness_->db().database().RunInTransaction(absl::InfiniteFuture(), [&](mysql::Connection& connection) {
        for (const std::string& statement : statements) {
          if (absl::Status status = connection.Execute(statement).status(); !status.ok()) return status;
        }
        return absl::OkStatus();
      });
  EXPECT_TRUE(cleared.ok()) << cleared;
}

const auth::Principal& World::As(const std::string& who) {
  const auto it = people_.find(who);
  if (it != people_.end()) return it->second;
  const size_t at = who.find('@');
  const std::string department_key = at == std::string::npos ? "1" : who.substr(at + 1);
  std::string& department = departments_[department_key];
  if (department.empty()) department = absl::StrCat("/", harness_->NewId(), "/");
  const std::string role = who.substr(0, who.find_first_of("@#"));
  const std::string employee = harness_->NewId();
  harness_->AddEmployeeScope(employee, department, "east");
  return people_.emplace(who, harness_->PrincipalFor(role, employee, department)).first->second;
}

auth::Principal World::Almighty() {
  auth::Principal principal = As("GM#almighty");
  for (const auto& [name, entry] : harness_->registry().entries()) {
    principal.grants[entry.rules->permission()] = auth::Level::kAll;
  }
  return principal;
}

std::string World::NewAccount(const std::string& owner, const std::string& tier) {
  const std::string account = harness_->NewId();
  harness_->AddAccountScope(account, As(owner).employee, As(owner).employee, "east", "Example Motors");
  harness_->db().Execute(absl::StrCat("UPDATE account_scopes SET tier = '", tier, "' WHERE account = '", account, "'"));
  return absl::StrCat("accounts/", account);
}

absl::Time World::At(absl::string_view text) {
  absl::CivilMinute minute;
  EXPECT_TRUE(absl::ParseCivilTime(absl::StrReplaceAll(text, {{" ", "T"}}), &minute)) << text;
  return absl::FromCivil(minute, Shanghai());
}

std::string World::Show(const google::protobuf::Timestamp& stamp) {
  return absl::FormatTime("%Y-%m-%d %H:%M", FromTimestamp(stamp), Shanghai());
}

int64_t World::RunDue() {
  const auto done = scheduler_->RunDue(harness_->clock().Now(), absl::Now() + absl::Seconds(30));
  EXPECT_TRUE(done.ok()) << done.status();
  return done.value_or(-1);
}

google::type::Money Cny(absl::string_view amount) {
  google::type::Money proto;
  ToProto(Money::Parse(amount, "CNY").value(), &proto);
  return proto;
}

std::string Show(const google::type::Money& money) { return FromProto(money, "money").value().ToString(); }

}  // namespace kam::aftersales::testing
