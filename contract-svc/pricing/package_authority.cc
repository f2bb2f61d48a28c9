#include "contract-svc/pricing/package_authority.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/price_probes.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/quote_questions.h"
#include "contract-svc/rules/discretion.h"
#include "contract-svc/rules/offers.h"
#include "contract-svc/rules/price.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;

// One for each step, as the customer would be priced on the first day of the package that is not over.
absl::StatusOr<std::vector<rules::Document>> DocumentsOf(resource::UnitOfWork& work, const Context& context,
                                                         const pb::PackageOffer& offer) {
  ASSIGN_OR_RETURN(const AccountFacts facts, LoadAccountFacts(work, offer.account()));
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  rules::PriceRequest request;
  request.account = offer.account();
  request.groups = facts.groups;
  request.tier = facts.tier;
  request.segment = facts.segment;
  request.region = facts.region;
  ASSIGN_OR_RETURN(request.currency, Currency::Parse(offer.currency(), "package_offer.currency"));
  request.as_of = std::max(context.Today(work.now()), offer.valid_from());
  request.known_at = knowledge.known_at;
  std::vector<std::string> names;
  for (const pb::PackageItem& item : offer.items()) names.push_back(item.product());
  ASSIGN_OR_RETURN(const rules::ProductTable products, LoadProducts(work, names, request.as_of, request.known_at));
  std::vector<rules::Document> documents;
  for (int step = 0; step < offer.steps_size(); ++step) {
    ASSIGN_OR_RETURN(request.lines, rules::StepLines(offer, step));
    ASSIGN_OR_RETURN(const rules::PricedDocument outside,
                     rules::Price(request, products, knowledge.index, "package_offer.items"));
    ASSIGN_OR_RETURN(rules::Document document, rules::StepDocument(offer, step, outside.lines, facts.tier));
    documents.push_back(std::move(document));
  }
  return documents;
}

// What the grid says to `actor` of all steps.
absl::StatusOr<rules::DocumentDecision> Decide(const std::vector<rules::Document>& documents, const rules::Actor& actor,
                                               const std::vector<rules::Grant>& grants, const std::string& today) {
  std::vector<rules::DocumentDecision> decisions;
  for (const rules::Document& document : documents) {
    ASSIGN_OR_RETURN(rules::DocumentDecision decision, rules::Decide(document, actor, grants, today));
    decisions.push_back(std::move(decision));
  }
  return rules::MostAsked(decisions);
}

// What is left after the consent of any one who holds one of `roles`, and the authority of `actor`.
absl::StatusOr<rules::DocumentDecision> Left(const std::vector<rules::Document>& documents, const rules::Actor& actor,
                                             const std::vector<std::string>& roles,
                                             const std::vector<rules::Grant>& grants, const std::string& today) {
  std::vector<rules::DocumentDecision> decisions;
  for (const std::string& role : roles) {
    ASSIGN_OR_RETURN(rules::DocumentDecision decision, Decide(documents, {"", {role}}, grants, today));
    decisions.push_back(std::move(decision));
  }
  ASSIGN_OR_RETURN(const rules::DocumentDecision own, Decide(documents, actor, grants, today));
  return rules::MostAsked(decisions, &own);
}

std::vector<Question> QuestionsOf(const pb::PackageOffer& offer, const rules::DocumentDecision& decision) {
  std::vector<Question> questions;
  for (int i = 0; i < offer.items_size(); ++i) {
    questions.push_back({absl::StrCat("items/", IdOf(offer.items(i).product())),
                         absl::StrCat("package_offer.items[", i, "]"), &decision.lines[static_cast<size_t>(i)]});
  }
  questions.push_back({kWholeItem, "package_offer", &decision.document});
  return questions;
}

absl::Status Never(const pb::PackageOffer& offer, const rules::DocumentDecision& decision) {
  std::vector<std::string> where;
  for (const Question& question : QuestionsOf(offer, decision)) {
    if (question.decision->verdict != rules::Verdict::kNever) continue;
    // Which limit it is may be confidential.
    where.push_back(absl::StrCat(question.field, ": ", rules::kRuleConfidential));
  }
  const std::string exceeded = absl::StrJoin(where, "; ");
  return FailedPrecondition("AUTHORITY_NEVER", offer.name(), absl::StrCat("nobody may allow this: ", exceeded),
                            {{"exceeded", exceeded}});
}

// To whom it goes tells something of floor and cost of every part, at its lowest price.
absl::Status Count(resource::UnitOfWork& work, const Context& context, const pb::PackageOffer& offer,
                   const std::vector<rules::Document>& documents, const rules::DocumentDecision& left,
                   const rules::Actor& actor, const std::vector<rules::Grant>& grants, const std::string& today) {
  const rules::Sight sight = SightOf(work);
  if (sight.all()) return absl::OkStatus();
  std::vector<rules::Document> open_documents;
  for (const rules::Document& document : documents) open_documents.push_back(rules::PublicPart(document, sight));
  const std::vector<rules::Grant> open_grants = rules::PublicPart(grants, sight);
  ASSIGN_OR_RETURN(const rules::DocumentDecision open,
                   Left(open_documents, actor, context.policy.package_offer_deciders, open_grants, today));
  std::vector<Probe> probes;
  for (int i = 0; i < offer.items_size(); ++i) {
    const size_t part = static_cast<size_t>(i);
    const rules::Document& lowest = *std::min_element(
        documents.begin(), documents.end(), [part](const rules::Document& a, const rules::Document& b) {
          return a.lines[part].net_price->amount() < b.lines[part].net_price->amount();
        });
    const std::vector<int> telling = rules::Telling(lowest, open, grants, sight, /*submitted=*/true);
    if (std::find(telling.begin(), telling.end(), i) == telling.end()) continue;
    const rules::Decision &real = left.lines[part], &shown = open.lines[part];
    probes.push_back({i, offer.items(i).product(), *lowest.lines[part].net_price,
                      real.verdict != shown.verdict || real.level != shown.level});
  }
  ASSIGN_OR_RETURN(const std::vector<int> beyond, CountProbes(work, context, {"", offer.name(), offer.account()},
                                                              pb::PRICE_PROBE_KIND_SUBMITTED, probes));
  if (beyond.empty()) return absl::OkStatus();
  return BeyondProbes(context, offer.name(), absl::StrCat("package_offer.items[", beyond[0], "]"));
}

}  // namespace

absl::StatusOr<rules::DocumentDecision> JudgePackage(resource::UnitOfWork& work, const Context& context,
                                                     const pb::PackageOffer& offer) {
  ASSIGN_OR_RETURN(const std::vector<rules::Document> documents, DocumentsOf(work, context, offer));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  const rules::Actor actor{work.actor().subject, work.actor().roles};
  const std::string today = context.Today(work.now());
  ASSIGN_OR_RETURN(rules::DocumentDecision left,
                   Left(documents, actor, context.policy.package_offer_deciders, grants, today));
  RETURN_IF_ERROR(Count(work, context, offer, documents, left, actor, grants, today));
  if (left.verdict == rules::Verdict::kNever) return Never(offer, left);
  return left;
}

void AddPackageSteps(const pb::PackageOffer& offer, const rules::DocumentDecision& decision,
                     approval::v1::ApprovalRequest* filing) {
  AddSteps(QuestionsOf(offer, decision), /*terms=*/"", filing);
}

absl::Status CheckPackageSuffices(resource::UnitOfWork& work, const Context& context, const pb::PackageOffer& offer,
                                  const approval::v1::ApprovalRequest& request, const approval::v1::ApprovalStep& step,
                                  const approval::Substitution& as) {
  ASSIGN_OR_RETURN(const std::vector<rules::Document> documents, DocumentsOf(work, context, offer));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  ASSIGN_OR_RETURN(const rules::DocumentDecision own,
                   Decide(documents, {as.delegator, as.roles}, grants, context.Today(work.now())));
  return CheckSuffices(offer.name(), QuestionsOf(offer, own), request, step);
}

absl::Status CheckPackageAsked(resource::UnitOfWork& work, const Context& context, const pb::PackageOffer& offer,
                               const approval::v1::ApprovalRequest& request, const rules::Actor& requester) {
  ASSIGN_OR_RETURN(const std::vector<rules::Document> documents, DocumentsOf(work, context, offer));
  ASSIGN_OR_RETURN(const std::vector<rules::Grant> grants, LoadGrants(work));
  ASSIGN_OR_RETURN(const rules::DocumentDecision left, Left(documents, requester, context.policy.package_offer_deciders,
                                                            grants, context.Today(work.now())));
  for (const Question& question : QuestionsOf(offer, left)) {
    if (question.decision->verdict == rules::Verdict::kWithin || WasAsked(question, request)) continue;
    return FailedPrecondition("AUTHORITY_CHANGED", offer.name(),
                              absl::StrCat(question.field,
                                           ": takes more authority than when it was submitted, and "
                                           "nobody was asked; turn it down, and it is asked of others"),
                              {{"field", question.field}});
  }
  return absl::OkStatus();
}

}  // namespace kam::contract
