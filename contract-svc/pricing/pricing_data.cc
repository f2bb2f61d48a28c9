#include "contract-svc/pricing/pricing_data.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/money/money_proto.h"
#include "common/resource/type.h"
#include "common/status/status.h"
#include "contract-svc/context.h"
#include "contract-svc/pricing/offer_data.h"
#include "contract-svc/rules/past_prices.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;

constexpr int kGrantsMax = 10'000;
constexpr size_t kProductsInStatement = 256;
constexpr int kAdoptedAtOnceMax = 500;

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

rules::PriceLevel LevelOf(pb::PriceLevel level) {
  switch (level) {
    case pb::PRICE_LEVEL_CONTRACT:
      return rules::PriceLevel::kContract;
    case pb::PRICE_LEVEL_VOLUME:
      return rules::PriceLevel::kVolume;
    default:
      return rules::PriceLevel::kPolicy;
  }
}

rules::Calculation CalculationOf(pb::PriceCalculation calculation) {
  switch (calculation) {
    case pb::PRICE_CALCULATION_BASED_ON:
      return rules::Calculation::kBasedOn;
    case pb::PRICE_CALCULATION_PERCENT_OFF:
      return rules::Calculation::kPercentOff;
    case pb::PRICE_CALCULATION_PERCENT_ON:
      return rules::Calculation::kPercentOn;
    case pb::PRICE_CALCULATION_AMOUNT_OFF:
      return rules::Calculation::kAmountOff;
    case pb::PRICE_CALCULATION_AMOUNT_ON:
      return rules::Calculation::kAmountOn;
    case pb::PRICE_CALCULATION_FIXED_OFF:
      return rules::Calculation::kFixedOff;
    case pb::PRICE_CALCULATION_FIXED_ON:
      return rules::Calculation::kFixedOn;
    default:
      return rules::Calculation::kUnitPrice;
  }
}

absl::Status AddTypes(const pb::PriceBook& book, rules::BookRevision* revision) {
  for (const pb::PriceConditionType& type : book.condition_types()) {
    rules::ConditionType out;
    out.code = type.code();
    out.level = LevelOf(type.level());
    out.sequence = type.sequence();
    out.calculation = CalculationOf(type.calculation());
    if (type.scale_base() == pb::PRICE_SCALE_BASE_VALUE) out.scale_base = rules::ScaleBase::kValue;
    if (type.scale_kind() == pb::PRICE_SCALE_KIND_GRADUATED) out.scale_kind = rules::ScaleKind::kGraduated;
    out.exclusion_group = type.exclusion_group();
    out.manual_allowed = !type.manual_forbidden();
    revision->types.push_back(std::move(out));
  }
  std::vector<int> order(static_cast<size_t>(book.accesses_size()));
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::stable_sort(order.begin(), order.end(),
                   [&book](int a, int b) { return book.accesses(a).sequence() < book.accesses(b).sequence(); });
  for (const int i : order) {
    const pb::PriceAccess& access = book.accesses(i);
    const std::string path = absl::StrCat("price_book.accesses[", i, "]");
    ASSIGN_OR_RETURN(const rules::KeySet keys, rules::ParseKeySet(access.keys(), path + ".keys"));
    const auto type = std::find_if(revision->types.begin(), revision->types.end(), [&access](const auto& candidate) {
      return candidate.code == access.condition_type();
    });
    if (type == revision->types.end()) {
      return InvalidField(path + ".condition_type", "CONDITION_TYPE_UNKNOWN",
                          absl::StrCat("the book defines no type ", access.condition_type()),
                          {{"type", access.condition_type()}});
    }
    type->accesses.push_back(keys);
  }
  return absl::OkStatus();
}

absl::Status AddEntries(const pb::PriceBook& book, rules::BookRevision* revision) {
  for (int i = 0; i < book.entries_size(); ++i) {
    const pb::PriceBookEntry& entry = book.entries(i);
    const std::string path = absl::StrCat("price_book.entries[", i, "]");
    rules::PriceRecord record;
    record.number = i;
    record.label = absl::StrCat("entries[", i, "]");
    record.key.value[rules::kProduct] = entry.product();
    record.key.value[rules::kAccount] = entry.account();
    record.key.value[rules::kTier] = Short(entry.tier());
    record.valid = {entry.valid_from(), entry.valid_until()};
    rules::ScaleStep step;
    if (!entry.minimum_quantity().empty()) {
      ASSIGN_OR_RETURN(step.from, Decimal::Parse(entry.minimum_quantity(), path + ".minimum_quantity"));
    }
    ASSIGN_OR_RETURN(const Money price, FromProto(entry.unit_price(), path + ".unit_price"));
    record.currency = std::string(price.currency().code());
    step.value = price.amount();
    record.scale = {step};
    ASSIGN_OR_RETURN(const std::optional<Money> floor,
                     Optional(entry.has_floor_price(), entry.floor_price(), path + ".floor_price"));
    record.floor = AmountOf(floor);
    revision->records.push_back(std::move(record));
  }
  return absl::OkStatus();
}

// An amount beside a condition, in its currency.
absl::StatusOr<std::optional<Decimal>> Beside(bool has, const google::type::Money& money, const std::string& currency,
                                              const std::string& path) {
  ASSIGN_OR_RETURN(const std::optional<Money> value, Optional(has, money, path));
  if (value.has_value() && value->currency().code() != currency) {
    return InvalidField(path, "CURRENCY_MISMATCH",
                        absl::StrCat("is in ", value->currency().code(), "; the condition is in ",
                                     currency.empty() ? "no currency" : currency),
                        {{"currency", currency}});
  }
  return AmountOf(value);
}

absl::StatusOr<rules::PriceRecord> ConditionRecord(const pb::PriceCondition& condition, int position,
                                                   const std::vector<rules::ScaleStep>& scale) {
  const std::string path = absl::StrCat("price_book.conditions[", position, "]");
  rules::PriceRecord record;
  // Entries have the numbers from 0 on, conditions those below.
  record.number = -condition.number();
  record.label = absl::StrCat("conditions[", position, "]");
  record.type = condition.condition_type();
  record.priority = condition.priority();
  record.key.value[rules::kAccount] = condition.account();
  record.key.value[rules::kGroup] = condition.account_group();
  record.key.value[rules::kTier] = Short(condition.tier());
  record.key.value[rules::kSegment] = condition.segment();
  record.key.value[rules::kRegion] = condition.region();
  record.key.value[rules::kProduct] = condition.product();
  record.key.value[rules::kProductLine] = condition.product_line();
  record.valid = {condition.valid_from(), condition.valid_until()};
  record.unit = condition.unit();
  record.base_code = condition.base_code();
  record.requirement = condition.requirement();
  record.currency = condition.currency();
  const int values = (condition.has_amount() ? 1 : 0) + (condition.percent().empty() ? 0 : 1) + (scale.empty() ? 0 : 1);
  if (values != 1) {
    return InvalidField(path, "SCALE_INVALID", "give one of an amount, a percentage and scale lines");
  }
  if (condition.has_amount()) {
    ASSIGN_OR_RETURN(const Money amount, FromProto(condition.amount(), path + ".amount"));
    if (!record.currency.empty() && record.currency != amount.currency().code()) {
      return InvalidField(path + ".currency", "CURRENCY_MISMATCH", "is not that of the amount",
                          {{"currency", std::string(amount.currency().code())}});
    }
    record.currency = std::string(amount.currency().code());
    record.scale.push_back({Decimal(), amount.amount()});
  } else if (!condition.percent().empty()) {
    ASSIGN_OR_RETURN(const Decimal percent, Decimal::Parse(condition.percent(), path + ".percent"));
    record.scale.push_back({Decimal(), percent});
  } else {
    record.scale = scale;
  }
  ASSIGN_OR_RETURN(record.floor, Beside(condition.has_floor_price(), condition.floor_price(), record.currency,
                                        path + ".floor_price"));
  ASSIGN_OR_RETURN(record.manual_lower, Beside(condition.has_manual_lower(), condition.manual_lower(), record.currency,
                                               path + ".manual_lower"));
  ASSIGN_OR_RETURN(record.manual_upper, Beside(condition.has_manual_upper(), condition.manual_upper(), record.currency,
                                               path + ".manual_upper"));
  return record;
}

absl::Status AddConditions(const pb::PriceBook& book, rules::BookRevision* revision) {
  std::map<int, std::vector<rules::ScaleStep>> scales;
  std::map<int, int> positions;
  for (int i = 0; i < book.conditions_size(); ++i) {
    if (positions.emplace(book.conditions(i).number(), i).second) continue;
    return InvalidField(absl::StrCat("price_book.conditions[", i, "].number"), "CONDITION_NUMBER_REPEATED",
                        absl::StrCat("two conditions have the number ", book.conditions(i).number()),
                        {{"number", absl::StrCat(book.conditions(i).number())}});
  }
  for (int i = 0; i < book.scale_lines_size(); ++i) {
    const pb::PriceScaleLine& line = book.scale_lines(i);
    const std::string path = absl::StrCat("price_book.scale_lines[", i, "]");
    if (positions.count(line.condition()) == 0) {
      return InvalidField(path + ".condition", "CONDITION_UNKNOWN",
                          absl::StrCat("the book has no condition with the number ", line.condition()),
                          {{"number", absl::StrCat(line.condition())}});
    }
    rules::ScaleStep step;
    if (!line.from().empty()) {
      ASSIGN_OR_RETURN(step.from, Decimal::Parse(line.from(), path + ".from"));
    }
    ASSIGN_OR_RETURN(step.value, Decimal::Parse(line.value(), path + ".value"));
    scales[line.condition()].push_back(step);
  }
  for (int i = 0; i < book.conditions_size(); ++i) {
    std::vector<rules::ScaleStep>& scale = scales[book.conditions(i).number()];
    std::stable_sort(scale.begin(), scale.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    ASSIGN_OR_RETURN(rules::PriceRecord record, ConditionRecord(book.conditions(i), i, scale));
    revision->records.push_back(std::move(record));
  }
  return absl::OkStatus();
}

template <typename T>
absl::StatusOr<rules::BookRevision> LoadRevision(resource::UnitOfWork& work, const std::string& id) {
  ASSIGN_OR_RETURN(const std::vector<T> found, work.Find<T>({"t.id = ?", {mysql::Value(id)}}, "", 1));
  if (found.empty()) return Internal(absl::StrCat("a released revision is gone: ", id));
  return ToRules(found[0]);
}

constexpr char kProductColumns[] =
    "SELECT v.product, v.product_line, v.unit, v.currency, v.list_price, v.floor_price, v.purchase_price, v.tax_rate, "
    "v.valid_from, v.valid_until, v.archived FROM product_versions v WHERE v.ticked = 1 AND v.known_from <= ? AND "
    "v.product IN (";
constexpr char kCostColumns[] =
    "SELECT c.product, c.unit_price_amount, c.unit_price_currency FROM purchase_prices c WHERE c.is_main = 1 AND "
    "c.state IN ('DECIDED', 'ENDED') AND c.valid_from <= ? AND (c.valid_until IS NULL OR c.valid_until >= ?) AND "
    "c.product IN (";

absl::StatusOr<rules::Product> ReadProduct(const mysql::Row& row) {
  rules::Product product;
  product.name = absl::StrCat("products/", row[0].text());
  product.product_line = row[1].text();
  product.unit = row[2].text();
  const auto money = [&row](const mysql::Value& amount) -> absl::StatusOr<std::optional<Money>> {
    if (amount.is_null()) return std::nullopt;
    ASSIGN_OR_RETURN(const Money value, Money::Parse(amount.text(), row[3].text()));
    return std::optional<Money>(value);
  };
  ASSIGN_OR_RETURN(product.list_price, money(row[4]));
  ASSIGN_OR_RETURN(product.floor_price, money(row[5]));
  ASSIGN_OR_RETURN(product.purchase_price, money(row[6]));
  if (!row[7].is_null()) {
    ASSIGN_OR_RETURN(product.tax_rate, Decimal::Parse(row[7].text()));
  }
  product.sold = {row[8].text(), row[9].text()};
  product.archived = row[10].integer() != 0;
  return product;
}

}  // namespace

bool Same(const google::type::Money& a, const google::type::Money& b) {
  return a.units() == b.units() && a.nanos() == b.nanos() && a.currency_code() == b.currency_code();
}

bool Less(const google::type::Money& a, const google::type::Money& b) {
  return a.units() != b.units() ? a.units() < b.units() : a.nanos() < b.nanos();
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

absl::StatusOr<rules::BookRevision> ToRules(const pb::PriceBook& book) {
  rules::BookRevision revision;
  revision.name = book.name();
  revision.code = book.code();
  revision.revision = book.revision();
  revision.effective.from = book.effective_from();  // Its end is the next revision's beginning: price_index.h.
  revision.base_only = book.base_only();
  RETURN_IF_ERROR(AddTypes(book, &revision));
  RETURN_IF_ERROR(AddEntries(book, &revision));
  RETURN_IF_ERROR(AddConditions(book, &revision));
  return revision;
}

const std::vector<RevisionSource>& RevisionSources() {
  static const std::vector<RevisionSource>* const sources = new std::vector<RevisionSource>{
      {"priceBooks", "price_books", "t.state IN ('RELEASED', 'SUPERSEDED')", "", LoadRevision<pb::PriceBook>},
      {"salesPolicies", "sales_policies", "t.publish_time IS NOT NULL",
       "t.publish_time IS NOT NULL AND t.state = 'WITHDRAWN'", LoadRevision<pb::SalesPolicy>},
      {"packageOffers", "package_offers", "t.agree_time IS NOT NULL",
       "t.agree_time IS NOT NULL AND t.state = 'WITHDRAWN'", LoadRevision<pb::PackageOffer>},
  };
  return *sources;
}

absl::StatusOr<rules::ProductTable> LoadProducts(resource::UnitOfWork& work, const std::vector<std::string>& products,
                                                 const std::string& as_of, absl::Time known_at) {
  const std::set<std::string> distinct(products.begin(), products.end());
  const std::vector<std::string> names(distinct.begin(), distinct.end());
  std::string marks = "?";
  for (size_t i = 1; i < kProductsInStatement; ++i) marks += ",?";
  const std::string products_sql = absl::StrCat(kProductColumns, marks, ") ORDER BY v.product, v.version");
  const std::string costs_sql = absl::StrCat(kCostColumns, marks, ")");
  std::vector<rules::Product> found;
  std::map<std::string, Money> costs;
  // In pieces of one size, so that one statement is prepared.
  for (size_t begin = 0; begin < names.size(); begin += kProductsInStatement) {
    std::vector<mysql::Value> ids;
    for (size_t i = 0; i < kProductsInStatement; ++i)
      ids.emplace_back(IdOf(names[std::min(begin + i, names.size() - 1)]));
    std::vector<mysql::Value> params = {known_at};
    params.insert(params.end(), ids.begin(), ids.end());
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows, work.connection().Query(products_sql, mysql::Params(params)));
    for (const mysql::Row& row : rows) {
      ASSIGN_OR_RETURN(rules::Product product, ReadProduct(row));
      // The last version that was known.
      if (!found.empty() && found.back().name == product.name) {
        found.back() = std::move(product);
      } else {
        found.push_back(std::move(product));
      }
    }
    params = {as_of, as_of};
    params.insert(params.end(), ids.begin(), ids.end());
    ASSIGN_OR_RETURN(const std::vector<mysql::Row> decided, work.connection().Query(costs_sql, mysql::Params(params)));
    for (const mysql::Row& row : decided) {
      ASSIGN_OR_RETURN(const Money cost, Money::Parse(row[1].text(), row[2].text()));
      costs.insert_or_assign(absl::StrCat("products/", row[0].text()), cost);
    }
  }
  for (rules::Product& product : found) {
    const auto cost = costs.find(product.name);
    if (cost != costs.end()) product.purchase_price = cost->second;
  }
  return rules::ProductTable(std::move(found));
}

absl::Status ProveRelease(resource::UnitOfWork& work, const PriceCatalog::Knowledge& knowledge,
                          const rules::BookRevision& proposed, const std::string& today, absl::string_view prefix,
                          absl::string_view first_day) {
  std::vector<std::string> products;
  for (const rules::PriceRecord& record : proposed.records) {
    if (!record.key.value[rules::kProduct].empty()) products.push_back(record.key.value[rules::kProduct]);
  }
  ASSIGN_OR_RETURN(const rules::ProductTable table,
                   LoadProducts(work, products, proposed.effective.from, knowledge.known_at));
  ASSIGN_OR_RETURN(std::set<std::string> lines, LoadProductLines(work));
  // Whatever is released counts, also what another decision released while this one waited for its turn.
  ASSIGN_OR_RETURN(const std::vector<rules::Rival> rivals,
                   rules::RivalsOf(*knowledge.index, proposed.code, proposed.effective.from, absl::InfiniteFuture()));
  RETURN_IF_ERROR(rules::ProveBook(proposed, rivals, {table, std::move(lines)}, prefix));
  return rules::CheckPast(proposed, rivals, table, today, absl::StrCat(prefix, ".", first_day));
}

absl::StatusOr<std::set<std::string>> LoadProductLines(resource::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT DISTINCT p.product_line FROM products p"));
  std::set<std::string> lines;
  for (const mysql::Row& row : rows) lines.insert(row[0].text());
  return lines;
}

absl::Status RememberProduct(resource::UnitOfWork& work, const std::string& id) {
  RETURN_IF_ERROR(PriceCatalog::Tick(work));
  return work.connection()
      .Execute(
          "INSERT INTO product_versions (product, version, known_from, product_line, unit, currency, list_price, "
          "floor_price, purchase_price, tax_rate, valid_from, valid_until, archived, ticked) SELECT p.id, p.version, "
          "s.known_time, p.product_line, p.unit, p.currency, p.list_price_amount, p.floor_price_amount, "
          "p.purchase_price_amount, p.tax_rate, p.valid_from, p.valid_until, CASE WHEN p.archive_time IS NULL THEN 0 "
          "ELSE 1 END, 1 FROM products p, price_catalog_state s WHERE p.id = ? AND s.id = 1 ON DUPLICATE KEY UPDATE "
          "known_from = VALUES(known_from), ticked = 1",
          {id})
      .status();
}

absl::StatusOr<bool> AdoptProducts(resource::UnitOfWork& work) {
  ASSIGN_OR_RETURN(const std::vector<mysql::Row> rows,
                   work.connection().Query("SELECT p.id FROM products p WHERE NOT EXISTS (SELECT 1 FROM "
                                           "product_versions v WHERE v.product = p.id AND v.version = p.version AND "
                                           "v.ticked = 1) ORDER BY p.id LIMIT ?",
                                           {kAdoptedAtOnceMax}));
  // Locked, so that nobody writes another version meanwhile; all of them before the state of the catalogue.
  for (const mysql::Row& row : rows) {
    RETURN_IF_ERROR(
        work.connection().Query("SELECT p.id FROM products p WHERE p.id = ? FOR UPDATE", {row[0].text()}).status());
  }
  for (const mysql::Row& row : rows) RETURN_IF_ERROR(RememberProduct(work, row[0].text()));
  return rows.size() == kAdoptedAtOnceMax;
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
