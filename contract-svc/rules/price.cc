#include "contract-svc/rules/price.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "contract-svc/rules/calculation.h"
#include "contract-svc/rules/price_hash.h"

namespace kam::contract::rules {
namespace {

const Decimal kHundred = Decimal::FromInt(100);
constexpr int kBaseDepthMax = 16;  // Books based on one another; cycles are not published.

// Prices the lines of one document. Everything of the document itself is looked up once.
class Pricer {
 public:
  Pricer(const PriceRequest& request, const ProductTable& products, std::shared_ptr<const PriceIndex> index)
      : request_(request),
        products_(products),
        index_(*index),
        holding_(index_.Holding(request.as_of, request.known_at)) {
    out_.index = std::move(index);
    day_ = DayNumber(request.as_of, 0);
    currency_ = index_.IdOf(request.currency->code());
    for (const std::string& group : request.groups) {
      if (const PriceIndex::Id id = index_.IdOf(group); id != 0) groups_.push_back(id);
    }
    slots_of_type_.resize(index_.types().size());
    for (uint16_t t = 0; t < index_.types().size(); ++t) {
      const std::vector<uint32_t>& revisions = index_.types()[t].revisions;
      if (std::any_of(revisions.begin(), revisions.end(), [this](uint32_t r) { return holding_[r] != 0; })) {
        live_types_.push_back(t);
        AddSlots(t);
      }
    }
    bound_.resize(kBlock);
    for (Bound& bound : bound_) {
      bound.ids[kAccount] = index_.IdOf(request.account);
      bound.ids[kTier] = index_.IdOf(request.tier);
      bound.ids[kSegment] = index_.IdOf(request.segment);
      bound.ids[kRegion] = index_.IdOf(request.region);
    }
    out_.lines.reserve(request.lines.size());
    out_.steps.reserve(request.lines.size() * 12);
    out_.candidates.reserve(request.lines.size() * 6);
  }

  // Lines are looked up a block at a time, before any of them is priced: look-ups that do not wait for one another.
  static constexpr size_t kBlock = 64;
  // At most kBlock lines. To be called before PriceLine is called for them, by their place in the block.
  void LookUp(absl::Span<const LineRequest> lines);
  absl::Status PriceLine(const LineRequest& line, absl::string_view list, size_t position, size_t place);
  PricedDocument Finish();

 private:
  // What is known of a line before it is priced.
  struct Bound {
    const Product* product = nullptr;
    std::array<PriceIndex::Id, kKeyFields> ids = {};
    PriceIndex::Id unit = 0;
  };
  // An access of a live type; one that searches by group has one for each group of the customer.
  struct Slot {
    uint16_t type;
    uint16_t access;
    KeySet keys;
    PriceIndex::Id group;
  };
  // What a record does to the price.
  struct Found {
    uint32_t entry = PriceIndex::kNone;
    size_t candidate = 0;
    LinePrice price;  // Afterwards.
    Decimal value;
    bool moves = false;  // With every change of the quantity.
  };

  void AddSlots(uint16_t type) {
    const std::vector<KeySet>& accesses = index_.types()[type].definition.accesses;
    slots_of_type_[type].first = slots_.size();
    for (size_t access = 0; access < accesses.size(); ++access) {
      const KeySet keys = accesses[access];
      const uint16_t row = static_cast<uint16_t>(access);
      keys_ = static_cast<KeySet>(keys_ | keys);
      if ((keys & KeyBit(kGroup)) == 0) {
        slots_.push_back({type, row, keys, 0});
      } else {
        for (const PriceIndex::Id group : groups_) slots_.push_back({type, row, keys, group});
      }
    }
    slots_of_type_[type].second = slots_.size();
  }
  std::string Path(absl::string_view list, size_t position, absl::string_view field) const {
    return absl::StrCat(list, "[", position, "]", field);
  }
  absl::Status BindLine(const LineRequest& line, absl::string_view list, size_t position, PricedLine* priced);
  absl::Status FindPrice(PricedLine* priced);
  absl::StatusOr<Found> Best(uint16_t type, const std::optional<LinePrice>& price, uint32_t base_code, int depth,
                             bool record_candidates);
  template <typename Fn>
  absl::Status EachEntry(uint16_t type, Fn fn);
  absl::StatusOr<bool> Requires(const PriceIndex::Entry& entry) const;
  absl::StatusOr<Outcome> Judge(const PriceIndex::Entry& entry, const ConditionType& type,
                                const std::optional<LinePrice>& price, int depth, Found* found);
  // A price that another one is based on.
  struct Base {
    LinePrice price;
    bool moves = false;
  };
  absl::StatusOr<std::optional<Base>> BasePrice(uint32_t code, int depth);
  void Apply(const Found& found, PricedLine* priced);
  absl::Status Concede(const LineRequest& line, PricedLine* priced);
  Money InCurrency(Decimal amount) const { return Money(amount, *request_.currency); }
  Money InCurrency(const LinePrice& price) const { return InCurrency(price.unit); }
  void Record(StepKind kind, Decimal value, Decimal argument = Decimal(), uint32_t entry = PriceIndex::kNone) {
    out_.steps.push_back({kind, value, entry, argument});
  }

  const PriceRequest& request_;
  const ProductTable& products_;
  const PriceIndex& index_;
  const std::vector<uint8_t> holding_;
  int32_t day_ = 0;
  PriceIndex::Id currency_ = 0;
  std::vector<PriceIndex::Id> groups_;
  std::vector<uint16_t> live_types_;
  KeySet keys_ = 0;  // That some live type searches by.
  std::vector<Slot> slots_;
  std::vector<std::pair<size_t, size_t>> slots_of_type_;
  std::vector<Bound> bound_;                           // Of the block.
  std::vector<std::pair<uint32_t, uint32_t>> ranges_;  // For each line of the block, for each slot.
  PricedDocument out_;
  // Of the line at hand.
  size_t at_ = 0;  // In the block.
  const Product* product_ = nullptr;
  Decimal quantity_;
  std::optional<LinePrice> list_price_;
  PriceIndex::Id unit_ = 0;
  std::optional<LinePrice> price_;  // So far.
};

void Pricer::LookUp(absl::Span<const LineRequest> lines) {
  for (size_t i = 0; i < lines.size(); ++i) {
    Bound& bound = bound_[i];
    bound.product = products_.Find(lines[i].product);
    bound.ids[kProduct] = index_.IdOf(lines[i].product);
    bound.ids[kPackage] = lines[i].package.empty() ? 0 : index_.IdOf(lines[i].package);
    if (bound.product == nullptr) continue;
    if (keys_ & KeyBit(kProductLine)) bound.ids[kProductLine] = index_.IdOf(bound.product->product_line);
    if (index_.knows_units()) bound.unit = index_.IdOf(bound.product->unit);
  }
  ranges_.clear();
  for (size_t i = 0; i < lines.size(); ++i) {
    for (const Slot& slot : slots_) {
      std::array<PriceIndex::Id, kKeyFieldsMax> ids = {};
      size_t at = 0;
      bool known = true;
      for (int field = 0; field < kKeyFields; ++field) {
        if ((slot.keys & KeyBit(static_cast<KeyField>(field))) == 0) continue;
        ids[at] = field == kGroup ? slot.group : bound_[i].ids[static_cast<size_t>(field)];
        known = known && ids[at] != 0;
        ++at;
      }
      ranges_.push_back(known ? index_.Find(slot.type, slot.access, ids) : std::make_pair(0u, 0u));
    }
  }
  for (const auto& [begin, end] : ranges_) {
    if (begin != end) index_.Prefetch(begin);
  }
}

// Calls fn(position) for every entry of the type whose key is that of the line, in the order of the accesses.
template <typename Fn>
absl::Status Pricer::EachEntry(uint16_t type, Fn fn) {
  const auto& [first, last] = slots_of_type_[type];
  for (size_t slot = first; slot < last; ++slot) {
    const auto [begin, end] = ranges_[at_ * slots_.size() + slot];
    for (uint32_t position = begin; position < end; ++position) {
      if (holding_[index_.entry(position).revision] != 0) RETURN_IF_ERROR(fn(position));
    }
  }
  return absl::OkStatus();
}

// Whether the requirement of the record, if it has one, is met.
absl::StatusOr<bool> Pricer::Requires(const PriceIndex::Entry& entry) const {
  if (entry.requirement < 0) return true;
  const absl::StatusOr<Requirement>& requirement = index_.requirement(entry.requirement);
  RETURN_IF_ERROR(requirement.status());
  const std::optional<Decimal> list =
      list_price_.has_value() ? std::optional<Decimal>(list_price_->unit) : std::nullopt;
  const absl::StatusOr<bool> holds =
      requirement->Holds({quantity_, list, request_.tier, request_.segment, request_.region, product_->product_line,
                          product_->unit, request_.currency->code()});
  if (holds.ok()) return *holds;
  const std::string& label = index_.record(entry).label;
  return Error(absl::StatusCode::kFailedPrecondition, "REQUIREMENT_FAILED",
               absl::StrCat(index_.revision(entry.revision).name, " ", label, ": ", holds.status().message()),
               {{"record", label}});
}

absl::StatusOr<Outcome> Pricer::Judge(const PriceIndex::Entry& entry, const ConditionType& type,
                                      const std::optional<LinePrice>& price, int depth, Found* found) {
  if (day_ < entry.from_day || day_ > entry.until_day) return Outcome::kOutsidePeriod;
  if (entry.currency != 0 && entry.currency != currency_) return Outcome::kOtherCurrency;
  if (entry.unit != 0 && entry.unit != unit_) return Outcome::kOtherUnit;
  ASSIGN_OR_RETURN(const bool required, Requires(entry));
  if (!required) return Outcome::kRequirementNotMet;
  if (!IsPrice(type.calculation) && !price.has_value()) return Outcome::kNoPriceYet;
  Decimal base = quantity_;
  if (type.scale_base == ScaleBase::kValue) {
    // Of the price so far; at the first price, of the list price.
    const std::optional<LinePrice>& so_far = price.has_value() ? price : list_price_;
    if (!so_far.has_value()) return Outcome::kNoPriceYet;
    ASSIGN_OR_RETURN(base, so_far->line.Round(Decimal::kScaleMax));
  }
  ASSIGN_OR_RETURN(const std::optional<Scaled> scaled, ReadScale(type, index_.steps(entry), base));
  if (!scaled.has_value()) return Outcome::kQuantityTooSmall;
  found->value = scaled->value;
  found->moves =
      scaled->graduated || type.calculation == Calculation::kFixedOff || type.calculation == Calculation::kFixedOn;
  std::optional<LinePrice> reference = price;
  if (type.calculation == Calculation::kBasedOn) {
    ASSIGN_OR_RETURN(const std::optional<Base> other, BasePrice(entry.base_code, depth));
    if (!other.has_value()) return Outcome::kBaseMissing;
    reference = other->price;
    found->moves = found->moves || other->moves;
  }
  const PriceRecord* whole = entry.wholes ? &index_.record(entry) : nullptr;
  if (whole != nullptr && request_.arithmetic == Arithmetic::kByLine) {
    // So much for so many: what one of them costs need not come out even.
    ASSIGN_OR_RETURN(const LineValue line, Proportion(LineValue(whole->wholes[scaled->step]), quantity_, whole->per));
    ASSIGN_OR_RETURN(found->price, PriceOfLine(line, quantity_));
  } else {
    ASSIGN_OR_RETURN(found->price,
                     Calculate(type, *scaled, reference.value_or(LinePrice()), quantity_, request_.arithmetic));
  }
  return Outcome::kAccepted;
}

absl::StatusOr<Pricer::Found> Pricer::Best(uint16_t type, const std::optional<LinePrice>& price, uint32_t base_code,
                                           int depth, bool record_candidates) {
  const ConditionType& definition = index_.types()[type].definition;
  Found best;
  RETURN_IF_ERROR(EachEntry(type, [&](uint32_t position) -> absl::Status {
    const PriceIndex::Entry& entry = index_.entry(position);
    // A book that only serves others is looked at for them alone.
    if (base_code != PriceIndex::kNone ? index_.code_of(entry.revision) != base_code
                                       : index_.revision(entry.revision).base_only) {
      return absl::OkStatus();
    }
    Found found;
    found.entry = position;
    ASSIGN_OR_RETURN(Outcome outcome, Judge(entry, definition, price, depth, &found));
    if (outcome == Outcome::kAccepted) {
      if (best.entry == PriceIndex::kNone || index_.Preferred(entry, index_.entry(best.entry))) {
        if (best.entry != PriceIndex::kNone && record_candidates) {
          out_.candidates[best.candidate].outcome = Outcome::kLessPreferred;
        }
        found.candidate = out_.candidates.size();
        best = found;
      } else {
        outcome = Outcome::kLessPreferred;
      }
    }
    if (record_candidates) out_.candidates.push_back({position, outcome});
    return absl::OkStatus();
  }));
  if (best.entry != PriceIndex::kNone && best.price.line.sign() < 0) {
    const PriceIndex::Entry& entry = index_.entry(best.entry);
    return Error(absl::StatusCode::kFailedPrecondition, "PRICE_BELOW_ZERO",
                 absl::StrCat(index_.revision(entry.revision).name, " ", index_.record(entry).label,
                              " makes the price of ", product_->name, " less than nothing"),
                 {{"record", index_.record(entry).label}, {"product", product_->name}});
  }
  return best;
}

// The price of the product at hand in another book, or its list price; not set when there is none.
absl::StatusOr<std::optional<Pricer::Base>> Pricer::BasePrice(uint32_t code, int depth) {
  if (code == PriceIndex::kNone) {
    return list_price_.has_value() ? std::optional<Base>(Base{*list_price_}) : std::nullopt;
  }
  if (depth >= kBaseDepthMax) {
    return Error(absl::StatusCode::kFailedPrecondition, "PRICE_BOOK_CYCLE",
                 absl::StrCat(index_.codes()[code].text, " is based on itself"), {{"code", index_.codes()[code].text}});
  }
  for (const uint16_t type : live_types_) {
    if (!IsPrice(index_.types()[type].definition.calculation)) continue;
    ASSIGN_OR_RETURN(const Found found, Best(type, std::nullopt, code, depth + 1, /*record_candidates=*/false));
    if (found.entry != PriceIndex::kNone) return std::optional<Base>(Base{found.price, found.moves});
  }
  return std::optional<Base>();
}

absl::Status Pricer::BindLine(const LineRequest& line, absl::string_view list, size_t position, PricedLine* priced) {
  product_ = bound_[at_].product;
  if (product_ == nullptr || product_->archived || !product_->sold.Contains(request_.as_of)) {
    return InvalidField(Path(list, position, ".product"), "PRODUCT_NOT_SOLD",
                        absl::StrCat(line.product, " is not sold on ", request_.as_of),
                        {{"product", line.product}, {"asOf", request_.as_of}});
  }
  if (line.discount_percent.has_value() && line.manual_unit_price.has_value()) {
    return InvalidField(Path(list, position, ""), "DISCOUNT_AMBIGUOUS",
                        "has a discount and a manual price; give one of them");
  }
  if (line.manual_unit_price.has_value() && line.manual_unit_price->currency() != *request_.currency) {
    return InvalidField(Path(list, position, ".manual_unit_price"), "CURRENCY_MISMATCH",
                        absl::StrCat("is in ", line.manual_unit_price->currency().code(), "; the currency is ",
                                     request_.currency->code()),
                        {{"currency", std::string(request_.currency->code())}});
  }
  const auto in_currency = [this](const std::optional<Money>& money) {
    return money.has_value() && money->currency() == *request_.currency ? money : std::nullopt;
  };
  priced->product = line.product;
  priced->product_line = product_->product_line;
  priced->quantity = quantity_ = line.quantity;
  priced->list_price = in_currency(product_->list_price);
  priced->floor_price = in_currency(product_->floor_price);
  priced->floor_unknown = product_->floor_price.has_value() && !priced->floor_price.has_value();
  priced->unit_cost = in_currency(product_->purchase_price);
  list_price_.reset();
  if (priced->list_price.has_value()) {
    ASSIGN_OR_RETURN(list_price_, PriceOfUnit(priced->list_price->amount(), quantity_));
  }
  unit_ = bound_[at_].unit;
  price_ = list_price_;
  return absl::OkStatus();
}

// Takes the effect of a record over into the price, with its floor and its bounds for changes by hand.
void Pricer::Apply(const Found& found, PricedLine* priced) {
  const PriceIndex::Entry& entry = index_.entry(found.entry);
  const ConditionType& type = index_.types()[entry.type].definition;
  price_ = found.price;
  Record(StepKind::kCondition, found.price.unit, found.value, found.entry);
  if (IsPrice(type.calculation)) {
    priced->price_book = index_.revision(entry.revision).name;
    priced->moves_with_quantity = false;
    priced->manual_lower.reset();
    priced->manual_upper.reset();
    if (!type.manual_allowed) priced->manual_lower = priced->manual_upper = InCurrency(found.price);
  }
  priced->moves_with_quantity = priced->moves_with_quantity || found.moves;
  // A package below the floor of a part was agreed to by those who may: the part is not below its floor at its share of
  // that price, but it is at less.
  if (entry.wholes && priced->floor_price.has_value() && found.price.unit < priced->floor_price->amount()) {
    priced->floor_price = InCurrency(found.price.unit);
  }
  if (!entry.limits) return;
  const PriceRecord& record = index_.record(entry);
  if (record.floor.has_value()) {
    priced->floor_price = InCurrency(*record.floor);
    priced->floor_unknown = false;
  }
  if (!type.manual_allowed) return;
  if (record.manual_lower.has_value()) priced->manual_lower = InCurrency(*record.manual_lower);
  if (record.manual_upper.has_value()) priced->manual_upper = InCurrency(*record.manual_upper);
}

absl::Status Pricer::FindPrice(PricedLine* priced) {
  std::vector<Found> group;
  size_t next = 0;
  for (int level = 0; level < kPriceLevels; ++level) {
    const size_t begin = next;
    for (; next < live_types_.size(); ++next) {
      const ConditionType& type = index_.types()[live_types_[next]].definition;
      if (static_cast<int>(type.level) != level) break;
      if (type.exclusion_group.empty()) {
        ASSIGN_OR_RETURN(const Found found, Best(live_types_[next], price_, PriceIndex::kNone, 0, true));
        if (found.entry != PriceIndex::kNone) Apply(found, priced);
        continue;
      }
      const auto same_group = [&](size_t other) {
        return index_.types()[live_types_[other]].definition.exclusion_group == type.exclusion_group;
      };
      bool done = false;
      for (size_t before = begin; before < next; ++before) done = done || same_group(before);
      if (done) continue;
      // All of the group against the same price; the best for the customer applies, the first of equals.
      group.clear();
      for (size_t other = next; other < live_types_.size(); ++other) {
        if (static_cast<int>(index_.types()[live_types_[other]].definition.level) != level) break;
        if (!same_group(other)) continue;
        ASSIGN_OR_RETURN(const Found found, Best(live_types_[other], price_, PriceIndex::kNone, 0, true));
        if (found.entry != PriceIndex::kNone) group.push_back(found);
      }
      if (group.empty()) continue;
      const auto best = std::min_element(group.begin(), group.end(),
                                         [](const Found& a, const Found& b) { return a.price.line < b.price.line; });
      for (auto it = group.begin(); it != group.end(); ++it) {
        if (it != best) out_.candidates[it->candidate].outcome = Outcome::kExcluded;
      }
      Apply(*best, priced);
    }
    if (!price_.has_value()) continue;
    const Money after = InCurrency(*price_);
    switch (static_cast<PriceLevel>(level)) {
      case PriceLevel::kPolicy:
        priced->policy_price = after;
        Record(StepKind::kPolicyPrice, price_->unit);
        break;
      case PriceLevel::kContract:
        priced->contract_price = after;
        Record(StepKind::kContractPrice, price_->unit);
        break;
      case PriceLevel::kVolume:
        priced->volume_price = after;
        Record(StepKind::kVolumePrice, price_->unit);
        break;
    }
  }
  return absl::OkStatus();
}

// What the seller gives away, and the special offer of the document.
absl::Status Pricer::Concede(const LineRequest& line, PricedLine* priced) {
  const LinePrice published = *price_;
  const auto less = [this](const LinePrice& price, Decimal percent) -> absl::StatusOr<LinePrice> {
    ConditionType off;
    off.calculation = Calculation::kPercentOff;
    Scaled by;
    by.value = percent;
    return Calculate(off, by, price, quantity_, request_.arithmetic);
  };
  LinePrice net = published;
  if (line.manual_unit_price.has_value()) {
    ASSIGN_OR_RETURN(net, PriceOfUnit(line.manual_unit_price->amount(), quantity_));
  } else if (line.discount_percent.has_value() && !line.discount_percent->is_zero()) {
    ASSIGN_OR_RETURN(net, less(published, *line.discount_percent));
    ASSIGN_OR_RETURN(const Decimal off, Subtract(published.unit, net.unit));
    Record(StepKind::kDiscount, off, *line.discount_percent);
  }
  priced->manual_price = InCurrency(net);
  Record(StepKind::kManualPrice, net.unit);
  if (!request_.special_offer_percent.is_zero()) {
    ASSIGN_OR_RETURN(net, less(net, request_.special_offer_percent));
    Record(StepKind::kSpecialOffer, net.unit, request_.special_offer_percent);
  }
  priced->net_price = InCurrency(net);
  Record(StepKind::kNetPrice, net.unit);
  ASSIGN_OR_RETURN(const Decimal amount, net.line.Round(request_.currency->minor_unit()));
  priced->amount = InCurrency(amount);
  Record(StepKind::kAmount, amount, quantity_);
  return absl::OkStatus();
}

absl::Status Pricer::PriceLine(const LineRequest& line, absl::string_view list, size_t position, size_t place) {
  at_ = place;
  out_.lines.emplace_back();
  PricedLine& priced = out_.lines.back();
  priced.steps_begin = static_cast<uint32_t>(out_.steps.size());
  priced.candidates_begin = static_cast<uint32_t>(out_.candidates.size());
  RETURN_IF_ERROR(BindLine(line, list, position, &priced));
  if (list_price_.has_value()) Record(StepKind::kListPrice, list_price_->unit);
  RETURN_IF_ERROR(FindPrice(&priced));
  if (!price_.has_value()) {
    return InvalidField(
        Path(list, position, ".product"), "PRICE_NOT_FOUND",
        absl::StrCat(line.product, " has no price in ", request_.currency->code(), " on ", request_.as_of),
        {{"product", line.product}, {"currency", std::string(request_.currency->code())}, {"asOf", request_.as_of}});
  }
  priced.published_price = InCurrency(*price_);
  Record(StepKind::kPublishedPrice, price_->unit);
  RETURN_IF_ERROR(Concede(line, &priced));
  ASSIGN_OR_RETURN(priced.tax_amount, PercentOf(*priced.amount, product_->tax_rate));
  Record(StepKind::kTax, priced.tax_amount->amount(), product_->tax_rate);
  ASSIGN_OR_RETURN(priced.concession_percent, PercentBelow(price_->unit, priced.net_price->amount()));
  if (priced.unit_cost.has_value() && !priced.net_price->amount().is_zero()) {
    ASSIGN_OR_RETURN(priced.margin_percent, PercentBelow(priced.net_price->amount(), priced.unit_cost->amount()));
  }
  priced.steps_end = static_cast<uint32_t>(out_.steps.size());
  priced.candidates_end = static_cast<uint32_t>(out_.candidates.size());
  return absl::OkStatus();
}

PricedDocument Pricer::Finish() {
  out_.hash = PriceHash(request_, out_, holding_);
  return std::move(out_);
}

}  // namespace

ProductTable::ProductTable(std::vector<Product> products) : products_(std::move(products)) {
  positions_.reserve(products_.size());
  for (size_t i = 0; i < products_.size(); ++i) positions_.emplace(products_[i].name, i);
}

const Product* ProductTable::Find(absl::string_view name) const {
  const auto it = positions_.find(name);
  return it == positions_.end() ? nullptr : &products_[it->second];
}

absl::Span<const Step> PricedDocument::StepsOf(const PricedLine& line) const {
  return absl::MakeConstSpan(steps).subspan(line.steps_begin, line.steps_end - line.steps_begin);
}

absl::Span<const Candidate> PricedDocument::CandidatesOf(const PricedLine& line) const {
  return absl::MakeConstSpan(candidates).subspan(line.candidates_begin, line.candidates_end - line.candidates_begin);
}

absl::StatusOr<Decimal> PercentBelow(Decimal base, Decimal net) {
  if (base.is_zero()) return Decimal();
  ASSIGN_OR_RETURN(const Decimal off, Subtract(base, net));
  return MultiplyDivide(off, kHundred, base, kPercentScale);
}

absl::StatusOr<PricedDocument> Price(const PriceRequest& request, const ProductTable& products,
                                     std::shared_ptr<const PriceIndex> index, absl::string_view list) {
  Pricer pricer(request, products, std::move(index));
  FieldViolations violations;
  for (size_t i = 0; i < request.lines.size(); ++i) {
    const size_t place = i % Pricer::kBlock;
    if (place == 0) pricer.LookUp(absl::MakeConstSpan(request.lines).subspan(i, Pricer::kBlock));
    const absl::Status status = pricer.PriceLine(request.lines[i], list, i, place);
    if (absl::IsInvalidArgument(status)) {
      violations.AddAll("", status);
    } else if (!status.ok()) {
      return status;
    }
  }
  RETURN_IF_ERROR(violations.status());
  return pricer.Finish();
}

}  // namespace kam::contract::rules
