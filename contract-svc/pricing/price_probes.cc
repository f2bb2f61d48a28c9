#include "contract-svc/pricing/price_probes.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/id/digest.h"
#include "common/money/money_proto.h"
#include "common/status/status.h"
#include "contract-svc/rules/text.h"

namespace kam::contract {

namespace pb = kam::pricing::v1;

namespace {

constexpr char kFloorRead[] = "price.floor.read";
constexpr char kMarginRead[] = "price.margin.read";

std::string KeyOf(const Money& value, const std::string& content) {
  return absl::StrCat(value.ToString(), "|", content);
}

}  // namespace

rules::Sight SightOf(const resource::UnitOfWork& work) {
  return {work.actor().Holds(kFloorRead), work.actor().Holds(kMarginRead)};
}

std::string ProbedContent(const pb::Quote& quote) {
  std::vector<std::string> parts;
  for (const pb::QuoteLine& line : quote.lines()) {
    parts.push_back(absl::StrCat("line ", line.product(), " ", rules::Canonical(line.quantity()), " ",
                                 line.amount().units(), " ", line.amount().nanos()));
  }
  for (const pb::QuoteGift& gift : quote.gifts()) {
    parts.push_back(absl::StrCat("gift ", gift.product(), " ", rules::Canonical(gift.quantity())));
  }
  std::sort(parts.begin(), parts.end());
  return Sha256Hex(absl::StrJoin(parts, "\n"));
}

absl::StatusOr<std::vector<int>> CountProbes(resource::UnitOfWork& work, const Context& context, const ProbedIn& in,
                                             pb::PriceProbeKind kind, const std::vector<Probe>& probes) {
  std::vector<int> beyond;
  if (probes.empty()) return beyond;
  const std::string seller = work.actor().subject;
  const std::string today = context.Today(work.now());
  // One after the other for one person, or two at once would both be the last that is allowed.
  RETURN_IF_ERROR(work.connection()
                      .Query("SELECT s.employee FROM employee_scopes s WHERE s.employee = ? FOR UPDATE", {IdOf(seller)})
                      .status());
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT p.product, p.value_amount, p.value_currency, p.content FROM price_probes p WHERE "
                              "p.seller = ? AND p.day = ?",
                              {IdOf(seller), today}));
  std::map<std::string, std::set<std::string>> tried;
  for (const mysql::Row& row : rows) {
    ASSIGN_OR_RETURN(const Money value, Money::Parse(row[1].text(), row[2].text()));
    tried["products/" + row[0].text()].insert(KeyOf(value, row[3].text()));
  }
  for (const Probe& probe : probes) {
    std::set<std::string>& of_product = tried[probe.product];
    const std::string key = KeyOf(probe.value, probe.content);
    if (of_product.count(key) != 0) continue;
    if (static_cast<int>(of_product.size()) >= context.policy.price_probes_max) {
      beyond.push_back(probe.part);
      continue;
    }
    of_product.insert(key);
    pb::PriceProbe row;
    row.set_seller(seller);
    row.set_day(today);
    row.set_product(probe.product);
    ToProto(probe.value, row.mutable_value());
    row.set_quote(in.quote);
    row.set_package_offer(in.package_offer);
    row.set_account(in.account);
    row.set_kind(kind);
    row.set_refused(probe.refused);
    row.set_content(probe.content);
    row.set_count(static_cast<int>(of_product.size()));
    row.set_suspicious(row.count() >= context.policy.price_probes_suspicious);
    RETURN_IF_ERROR(work.Insert(std::move(row)).status());
  }
  return beyond;
}

absl::Status BeyondProbes(const Context& context, const std::string& subject, const std::string& field) {
  return FailedPrecondition(
      "PRICE_PROBE_LIMIT", subject,
      absl::StrCat(field, ": ", context.policy.price_probes_max,
                   " prices of the product were tried today; a holder of ", kMarginRead, " prices it, or try tomorrow"),
      {{"field", field}, {"limit", absl::StrCat(context.policy.price_probes_max)}, {"overridableBy", kMarginRead}});
}

absl::Status CountRefusal(const Context& context, const rpc::Call& call, const std::string& reason,
                          const absl::Status& refusal,
                          const std::function<absl::Status(resource::UnitOfWork& work)>& count) {
  const std::string why = Reason(refusal);
  if (why != "AUTHORITY_NEVER" && why != "AUTHORITY_CHANGED") return refusal;
  RETURN_IF_ERROR(context.runtime.WriteAs(call.principal, call.method, reason, count));
  return refusal;
}

}  // namespace kam::contract
