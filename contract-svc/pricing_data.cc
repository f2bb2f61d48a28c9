#include "contract-svc/pricing_data.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "contract-svc/context.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;

constexpr int kGrantsMax = 10'000;
constexpr size_t kProductsInStatement = 256;

absl::StatusOr<std::optional<Money>> Optional(bool has, const google::type::Money& money, absl::string_view field) {
  if (!has) return std::nullopt;
  ASSIGN_OR_RETURN(const Money value, FromProto(money, field));
  return std::optional<Money>(value);
}

absl::StatusOr<std::optional<Decimal>> OptionalDecimal(const std::string& text, absl::string_view field) {
  if (text.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const Decimal value, Decimal::Parse(text, field));
  return std::optional<Decimal>(value);
}

std::string Short(pb::CustomerTier tier) {
  return resource::ShortEnumName(pb::CustomerTier_descriptor()->FindValueByNumber(tier));
}

std::optional<Decimal> AmountOf(const std::optional<Money>& money) {
  return money.has_value() ? std::optional<Decimal>(money->amount()) : std::nullopt;
}

std::string NameOf(const char* collection, const mysql::Value& id) {
  return id.is_null() ? std::string() : absl::StrCat(collection, "/", id.text());
}

constexpr char kEntryColumns[] =
    "SELECT e.parent_id, e.position, e.product, e.account, e.tier, e.minimum_quantity, e.valid_from, e.valid_until, "
    "e.unit_price_amount, e.unit_price_currency, e.floor_price_amount, e.floor_price_currency, b.effective_from, "
    "b.effective_until, b.code, b.revision FROM price_books_entries e JOIN price_books b ON b.id = e.parent_id WHERE ";

struct Entry {
  rules::PriceRecord record;
  std::string label;
};

absl::StatusOr<Entry> ReadEntry(const mysql::Row& row) {
  Entry entry;
  rules::PriceRecord& record = entry.record;
  record.book = NameOf("priceBooks", row[0]);
  record.entry = static_cast<int>(row[1].integer());
  record.product = NameOf("products", row[2]);
  record.account = NameOf("accounts", row[3]);
  record.tier = row[4].text();
  if (!row[5].is_null()) {
    ASSIGN_OR_RETURN(record.minimum_quantity, Decimal::Parse(row[5].text()));
  }
  record.valid = {row[6].text(), row[7].text()};
  ASSIGN_OR_RETURN(record.unit_price, Money::Parse(row[8].text(), row[9].text()));
  if (!row[10].is_null()) {
    ASSIGN_OR_RETURN(record.floor_price, Money::Parse(row[10].text(), row[11].text()));
  }
  record.effective = {row[12].text(), row[13].text()};
  entry.label = absl::StrCat(row[14].text(), "/", row[15].integer(), ".entries[", record.entry, "]");
  return entry;
}

// Runs a query over entries of `products` in pieces of one size, so that one statement is prepared.
absl::StatusOr<std::vector<Entry>> QueryEntries(resource::UnitOfWork& work, const std::vector<std::string>& products,
                                                const std::string& condition,
                                                const std::vector<mysql::Value>& condition_params) {
  std::string sql = absl::StrCat(kEntryColumns, condition, " AND e.product IN (?");
  for (size_t i = 1; i < kProductsInStatement; ++i) sql += ",?";
  sql += ")";
  std::vector<Entry> entries;
  for (size_t begin = 0; begin < products.size(); begin += kProductsInStatement) {
    std::vector<mysql::Value> params = condition_params;
    for (size_t i = 0; i < kProductsInStatement; ++i) {
      params.emplace_back(IdOf(products[std::min(begin + i, products.size() - 1)]));
    }
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(sql, mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      ASSIGN_OR_RETURN(Entry entry, ReadEntry(row));
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

}  // namespace

absl::StatusOr<rules::Product> ToRules(const pb::Product& product) {
  rules::Product out;
  out.name = product.name();
  out.product_line = product.product_line();
  ASSIGN_OR_RETURN(out.list_price, Optional(product.has_list_price(), product.list_price(), "product.list_price"));
  ASSIGN_OR_RETURN(out.floor_price, Optional(product.has_floor_price(), product.floor_price(), "product.floor_price"));
  ASSIGN_OR_RETURN(out.purchase_price,
                   Optional(product.has_purchase_price(), product.purchase_price(), "product.purchase_price"));
  if (!product.tax_rate().empty()) {
    ASSIGN_OR_RETURN(out.tax_rate, Decimal::Parse(product.tax_rate(), "product.tax_rate"));
  }
  out.sold = {product.valid_from(), product.valid_until()};
  out.archived = product.has_archive_time();
  return out;
}

absl::StatusOr<rules::Grant> ToRules(const pb::AuthorityGrant& grant) {
  rules::Grant out;
  out.name = grant.name();
  out.role = grant.role();
  out.employee = grant.employee();
  out.tier = Short(grant.tier());
  out.product_line = grant.product_line();
  out.currency = grant.currency();
  out.level = grant.level();
  out.base =
      grant.discount_base() == pb::DISCOUNT_BASE_LIST_PRICE ? rules::Base::kListPrice : rules::Base::kPublishedPrice;
  ASSIGN_OR_RETURN(out.max_discount_percent,
                   Decimal::Parse(grant.max_discount_percent(), "authority_grant.max_discount_percent"));
  ASSIGN_OR_RETURN(out.min_margin_percent,
                   OptionalDecimal(grant.min_margin_percent(), "authority_grant.min_margin_percent"));
  ASSIGN_OR_RETURN(const std::optional<Money> line,
                   Optional(grant.has_max_line_value(), grant.max_line_value(), "authority_grant.max_line_value"));
  ASSIGN_OR_RETURN(
      const std::optional<Money> document,
      Optional(grant.has_max_document_value(), grant.max_document_value(), "authority_grant.max_document_value"));
  out.max_line_value = AmountOf(line);
  out.max_document_value = AmountOf(document);
  ASSIGN_OR_RETURN(const std::optional<Decimal> gifts,
                   OptionalDecimal(grant.max_gift_percent(), "authority_grant.max_gift_percent"));
  out.max_gift_percent = gifts.value_or(Decimal());
  out.below_floor_allowed = grant.below_floor_allowed();
  out.valid = {grant.valid_from(), grant.valid_until()};
  out.active = grant.state() != pb::AUTHORITY_GRANT_STATE_REVOKED;
  return out;
}

absl::StatusOr<std::vector<rules::LabelledRecord>> ToRules(const pb::PriceBook& book, const std::string& label) {
  std::vector<rules::LabelledRecord> records;
  for (int i = 0; i < book.entries_size(); ++i) {
    const pb::PriceBookEntry& entry = book.entries(i);
    const std::string path = absl::StrCat(label, ".entries[", i, "]");
    rules::PriceRecord record;
    record.book = book.name();
    record.effective = {book.effective_from(), book.effective_until()};
    record.entry = i;
    record.product = entry.product();
    record.account = entry.account();
    record.tier = Short(entry.tier());
    if (!entry.minimum_quantity().empty()) {
      ASSIGN_OR_RETURN(record.minimum_quantity, Decimal::Parse(entry.minimum_quantity(), path + ".minimum_quantity"));
    }
    record.valid = {entry.valid_from(), entry.valid_until()};
    ASSIGN_OR_RETURN(record.unit_price, FromProto(entry.unit_price(), path + ".unit_price"));
    ASSIGN_OR_RETURN(record.floor_price, Optional(entry.has_floor_price(), entry.floor_price(), path + ".floor_price"));
    records.push_back({path, std::move(record)});
  }
  return records;
}

absl::StatusOr<rules::PriceIndex> LoadPrices(resource::UnitOfWork& work, const std::vector<std::string>& products,
                                             const std::string& account, const std::string& as_of) {
  const std::set<std::string> distinct(products.begin(), products.end());
  const std::vector<std::string> names(distinct.begin(), distinct.end());
  std::vector<rules::Product> found;
  for (size_t begin = 0; begin < names.size(); begin += kProductsInStatement) {
    resource::SqlCondition condition{"t.id IN (?", {}};
    for (size_t i = 1; i < kProductsInStatement; ++i) condition.sql += ",?";
    condition.sql += ")";
    for (size_t i = 0; i < kProductsInStatement; ++i) {
      condition.params.emplace_back(IdOf(names[std::min(begin + i, names.size() - 1)]));
    }
    ASSIGN_OR_RETURN(const std::vector<pb::Product> rows,
                     work.Find<pb::Product>(condition, "", static_cast<int>(kProductsInStatement)));
    for (const pb::Product& row : rows) {
      ASSIGN_OR_RETURN(rules::Product product, ToRules(row));
      found.push_back(std::move(product));
    }
  }
  ASSIGN_OR_RETURN(std::vector<Entry> entries,
                   QueryEntries(work, names,
                                "b.state IN ('RELEASED', 'SUPERSEDED') AND b.effective_from <= ? AND "
                                "(b.effective_until IS NULL OR b.effective_until >= ?) AND "
                                "(e.account IS NULL OR e.account = ?)",
                                {as_of, as_of, IdOf(account)}));
  std::vector<rules::PriceRecord> records;
  records.reserve(entries.size());
  for (Entry& entry : entries) records.push_back(std::move(entry.record));
  return rules::PriceIndex(std::move(found), std::move(records));
}

absl::StatusOr<std::vector<rules::LabelledRecord>> LoadReleasedRivals(resource::UnitOfWork& work,
                                                                      const pb::PriceBook& book) {
  std::set<std::string> distinct;
  for (const pb::PriceBookEntry& entry : book.entries()) distinct.insert(entry.product());
  ASSIGN_OR_RETURN(
      std::vector<Entry> entries,
      QueryEntries(work, std::vector<std::string>(distinct.begin(), distinct.end()),
                   "b.state IN ('RELEASED', 'SUPERSEDED') AND b.code <> ? AND (b.effective_until IS NULL OR "
                   "b.effective_until >= ?)",
                   {book.code(), book.effective_from()}));
  std::vector<rules::LabelledRecord> records;
  for (Entry& entry : entries) records.push_back({std::move(entry.label), std::move(entry.record)});
  return records;
}

absl::StatusOr<std::vector<rules::Grant>> LoadGrants(resource::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<pb::AuthorityGrant> rows,
                   work.Find<pb::AuthorityGrant>({"t.state = 'ACTIVE'", {}}, "ORDER BY t.level, t.id", kGrantsMax));
  std::vector<rules::Grant> grants;
  for (const pb::AuthorityGrant& row : rows) {
    ASSIGN_OR_RETURN(rules::Grant grant, ToRules(row));
    grants.push_back(std::move(grant));
  }
  return grants;
}

}  // namespace kam::contract
