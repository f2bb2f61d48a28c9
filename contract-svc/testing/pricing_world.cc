#include "contract-svc/testing/pricing_world.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/money/money_proto.h"
#include "common/time/date.h"
#include "contract-svc/contract_svc.h"
#include "kam/api/standard.pb.h"
#include "kam/approval/v1/approval_service.pb.h"
#include "kam/pricing/v1/authority_grant_service.pb.h"
#include "kam/pricing/v1/product_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
namespace ab = kam::approval::v1;

constexpr char kGrants[] = "kam.pricing.v1.AuthorityGrantService/";

}  // namespace

google::type::Money Cny(absl::string_view amount) {
  google::type::Money money;
  ToProto(Money::Parse(amount, "CNY").value(), &money);
  return money;
}

PricingWorld::PricingWorld(service::AskAccountSvc ask_account_svc) {
  harness_ = std::make_unique<testing::Harness>(
      "contract-svc/schema", FillCatalog, [&](resource::Runtime& runtime, rpc::Registry* registry) {
        scheduler_ = std::make_unique<schedule::Scheduler>(runtime, "contract-svc");
        const approval::RolesOf roles_of =
            [this](const std::vector<std::string>& names,
                   absl::Time) -> absl::StatusOr<std::map<std::string, std::vector<std::string>>> {
          const std::lock_guard<std::mutex> lock(roles_mutex_);
          std::map<std::string, std::vector<std::string>> found;
          for (const std::string& name : names) {
            if (const auto it = roles_.find(name); it != roles_.end()) found.insert(*it);
          }
          return found;
        };
        RegisterAll(runtime, policy_, Directory(), roles_of, registry, scheduler_.get(), std::move(ask_account_svc));
      });
  department_ = absl::StrCat("/", harness_->NewId(), "/");
  other_department_ = absl::StrCat("/", harness_->NewId(), "/");
  kax = NewPerson("KAX");
  sm = NewPerson("SM");
  kam = NewPerson("KAM");
  gam = NewPerson("GAM");
  sd = NewPerson("SD");
  gm = NewPerson("GM");
  kapm = NewPerson("KAPM");
}

PricingWorld& PricingWorld::Get() {
  static PricingWorld* const world = new PricingWorld;
  return *world;
}

std::string PricingWorld::Today(int days) const {
  return AddDays(TodayText(harness_->clock().Now(), harness_->runtime().zone()), days).value();
}

void PricingWorld::RunDue() {
  const auto done = scheduler_->RunDue(harness_->clock().Now(), absl::Now() + absl::Seconds(60));
  EXPECT_TRUE(done.ok()) << done.status();
}

auth::Principal PricingWorld::NewPerson(const std::string& roles, bool other_department) {
  const std::string id = harness_->NewId();
  const std::string& department = other_department ? other_department_ : department_;
  harness_->AddEmployeeScope(id, department, "华东");
  auth::Principal person = harness_->PrincipalFor(roles, id, department);
  SetRoles(person, person.roles);
  return person;
}

void PricingWorld::SetRoles(const auth::Principal& person, const std::vector<std::string>& roles) {
  const std::lock_guard<std::mutex> lock(roles_mutex_);
  if (roles.empty()) {
    roles_.erase(person.subject);
  } else {
    roles_[person.subject] = roles;
  }
}

std::string PricingWorld::NewAccount(const auth::Principal& owner, const std::string& state) {
  const std::string id = harness_->NewId();
  harness_->AddAccountScope(id, owner.employee, owner.employee, "华东", "Acme", state);
  harness_->db().Execute(absl::StrCat("UPDATE account_scopes SET tier = 'A' WHERE account = '", id, "'"));
  return absl::StrCat("accounts/", id);
}

pb::Product PricingWorld::NewProduct(const std::string& list, const std::string& floor, const std::string& purchase) {
  pb::CreateProductRequest request;
  pb::Product* product = request.mutable_product();
  const std::string id = harness_->NewId();
  product->set_code(id);
  product->set_display_name("Van " + id);
  product->set_product_line("Line " + id);
  product->set_unit("台");
  product->set_currency("CNY");
  product->set_tax_rate("13");
  *product->mutable_list_price() = Cny(list);
  if (!floor.empty()) *product->mutable_floor_price() = Cny(floor);
  if (!purchase.empty()) *product->mutable_purchase_price() = Cny(purchase);
  const auto created = harness_->Call<pb::Product>(gam, "kam.pricing.v1.ProductService/CreateProduct", request);
  EXPECT_TRUE(created.ok()) << created.status();
  return created.value_or(pb::Product());
}

void PricingWorld::AddLine(const pb::Product& product, const std::string& quantity, const std::string& discount,
                           pb::Quote* quote) {
  pb::QuoteLine* line = quote->add_lines();
  line->set_product(product.name());
  line->set_quantity(quantity);
  line->set_discount_percent(discount);
}

absl::StatusOr<pb::Quote> PricingWorld::Create(const auth::Principal& seller, const pb::Quote& quote) {
  pb::CreateQuoteRequest request;
  *request.mutable_quote() = quote;
  return harness_->Call<pb::Quote>(seller, "kam.pricing.v1.QuoteService/CreateQuote", request);
}

pb::Quote PricingWorld::NewQuote(const auth::Principal& seller, const std::string& account, const pb::Product& product,
                                 const std::string& discount) {
  pb::Quote quote;
  quote.set_account(account);
  quote.set_currency("CNY");
  AddLine(product, "1", discount, &quote);
  const auto created = Create(seller, quote);
  EXPECT_TRUE(created.ok()) << created.status();
  return created.value_or(pb::Quote());
}

absl::StatusOr<pb::PriceQuoteResponse> PricingWorld::Price(const auth::Principal& seller, const std::string& quote) {
  pb::PriceQuoteRequest request;
  request.set_name(quote);
  return harness_->Call<pb::PriceQuoteResponse>(seller, "kam.pricing.v1.QuoteService/PriceQuote", request);
}

absl::StatusOr<pb::Quote> PricingWorld::Submit(const auth::Principal& seller, const std::string& quote) {
  pb::SubmitQuoteRequest request;
  request.set_name(quote);
  request.set_etag(EtagOf(quote));
  request.set_reason("the competitor offers less");
  return harness_->Call<pb::Quote>(seller, "kam.pricing.v1.QuoteService/SubmitQuote", request);
}

absl::StatusOr<pb::Quote> PricingWorld::Send(const auth::Principal& seller, const std::string& quote) {
  pb::SendQuoteRequest request;
  request.set_name(quote);
  request.set_etag(EtagOf(quote));
  return harness_->Call<pb::Quote>(seller, "kam.pricing.v1.QuoteService/SendQuote", request);
}

std::string PricingWorld::EtagOf(const std::string& quote) {
  const auto read = GetQuote(gm, quote);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.value_or(pb::Quote()).etag();
}

absl::StatusOr<pb::Quote> PricingWorld::GetQuote(const auth::Principal& reader, const std::string& quote) {
  kam::api::GetRequest request;
  request.set_name(quote);
  return harness_->Call<pb::Quote>(reader, "kam.pricing.v1.QuoteService/GetQuote", request);
}

absl::StatusOr<pb::Quote> PricingWorld::SetDiscount(const auth::Principal& seller, const std::string& quote, int line,
                                                    const std::string& discount) {
  auto current = GetQuote(seller, quote);
  if (!current.ok()) return current.status();
  current->mutable_lines(line)->set_discount_percent(discount);
  pb::UpdateQuoteRequest request;
  *request.mutable_quote() = *current;
  request.mutable_update_mask()->add_paths("lines");
  return harness_->Call<pb::Quote>(seller, "kam.pricing.v1.QuoteService/UpdateQuote", request);
}

absl::StatusOr<pb::AuthorityGrant> PricingWorld::Give(const auth::Principal& giver, const pb::AuthorityGrant& grant) {
  pb::CreateAuthorityGrantRequest create;
  *create.mutable_authority_grant() = grant;
  const auto given = harness_->Call<pb::AuthorityGrant>(giver, absl::StrCat(kGrants, "CreateAuthorityGrant"), create);
  if (!given.ok()) return given.status();
  pb::ConfirmAuthorityGrantRequest confirm;
  confirm.set_name(given->name());
  confirm.set_etag(given->etag());
  return harness_->Call<pb::AuthorityGrant>(giver.subject == gm.subject ? sd : gm,
                                            absl::StrCat(kGrants, "ConfirmAuthorityGrant"), confirm);
}

pb::AuthorityGrant PricingWorld::Grant(const auth::Principal& person, const pb::Product& product,
                                       const std::string& discount) {
  pb::AuthorityGrant grant;
  grant.set_employee(person.subject);
  grant.set_product_line(product.product_line());
  grant.set_level(3);
  grant.set_discount_base(pb::DISCOUNT_BASE_PUBLISHED_PRICE);
  grant.set_max_discount_percent(discount);
  grant.set_valid_from(Today());
  grant.set_reason("campaign");
  const auto given = Give(gm, grant);
  EXPECT_TRUE(given.ok()) << given.status();
  return given.value_or(pb::AuthorityGrant());
}

absl::Status PricingWorld::Revoke(const auth::Principal& as, const pb::AuthorityGrant& grant) {
  pb::RevokeAuthorityGrantRequest request;
  request.set_name(grant.name());
  request.set_reason("the campaign is over");
  return harness_->Call<pb::AuthorityGrant>(as, absl::StrCat(kGrants, "RevokeAuthorityGrant"), request).status();
}

absl::StatusOr<ab::ApprovalRequest> PricingWorld::GetApproval(const auth::Principal& reader, const std::string& name) {
  kam::api::GetRequest request;
  request.set_name(name);
  return harness_->Call<ab::ApprovalRequest>(reader, "kam.approval.v1.ApprovalService/GetApprovalRequest", request);
}

absl::StatusOr<ab::ApprovalRequest> PricingWorld::Approve(const auth::Principal& decider, const std::string& name) {
  ab::ApproveRequest request;
  request.set_name(name);
  request.set_etag(GetApproval(gm, name).value_or(ab::ApprovalRequest()).etag());
  return harness_->Call<ab::ApprovalRequest>(decider, "kam.approval.v1.ApprovalService/Approve", request);
}

absl::StatusOr<ab::ApprovalRequest> PricingWorld::Reject(const auth::Principal& decider, const std::string& name,
                                                         const std::string& opinion) {
  ab::RejectRequest request;
  request.set_name(name);
  request.set_etag(GetApproval(gm, name).value_or(ab::ApprovalRequest()).etag());
  request.set_opinion(opinion);
  return harness_->Call<ab::ApprovalRequest>(decider, "kam.approval.v1.ApprovalService/Reject", request);
}

}  // namespace kam::contract
