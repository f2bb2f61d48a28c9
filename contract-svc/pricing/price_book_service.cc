// Price books: draft, approval, release, next revision (C-01, C-02).

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/approval/engine.h"
#include "common/id/digest.h"
#include "common/id/id.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "common/time/date.h"
#include "contract-svc/authors.h"
#include "contract-svc/pricing/price_catalog.h"
#include "contract-svc/pricing/pricing_data.h"
#include "contract-svc/pricing/pricing_service.h"
#include "contract-svc/rules/price_book.h"
#include "kam/pricing/v1/price_book.pb.h"
#include "kam/pricing/v1/price_book_service.pb.h"

namespace kam::contract {
namespace {

namespace pb = kam::pricing::v1;
using resource::UnitOfWork;

constexpr char kService[] = "kam.pricing.v1.PriceBookService";
constexpr char kPurpose[] = "PRICE_BOOK_RELEASE";

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status CheckEntries(const pb::PriceBook& book) {
  FieldViolations violations;
  for (int i = 0; i < book.entries_size(); ++i) {
    const pb::PriceBookEntry& entry = book.entries(i);
    const std::string path = absl::StrCat("price_book.entries[", i, "]");
    if (!entry.account().empty() && entry.tier() != pb::CUSTOMER_TIER_UNSPECIFIED) {
      violations.Add(path, "ENTRY_KEY_INVALID", "is for one customer and for a class of customers; choose one");
    }
    if (!entry.valid_until().empty() && entry.valid_until() < entry.valid_from()) {
      violations.Add(path + ".valid_until", "PERIOD_INVALID",
                     absl::StrCat("is ", entry.valid_until(), ", before ", entry.valid_from()),
                     {{"value", entry.valid_until()}, {"limit", entry.valid_from()}});
    }
    if (!entry.has_floor_price()) continue;
    if (entry.floor_price().currency_code() != entry.unit_price().currency_code()) {
      violations.Add(path + ".floor_price", "CURRENCY_MISMATCH", "is in another currency than the price");
    } else if (Less(entry.unit_price(), entry.floor_price())) {
      violations.Add(path + ".floor_price", "FLOOR_ABOVE_PRICE", "the floor price is above the price");
    }
  }
  return violations.status();
}

// Of everything that prices depend on, and of the salt. The prices are in the order of the book.
std::string HashOf(const pb::PriceBook& book) {
  std::string text = book.content_salt().empty() ? "" : absl::StrCat(book.content_salt(), "\n");
  absl::StrAppend(&text, book.code(), "\n", book.revision(), "\n", book.effective_from(), "\n");
  const auto add = [&text](const auto& list) {
    for (const auto& message : list) {
      absl::StrAppend(&text, absl::BytesToHexString(message.SerializeAsString()), "\n");
    }
  };
  add(book.entries());
  if (book.base_only()) text += "base only\n";
  add(book.condition_types());
  add(book.accesses());
  add(book.conditions());
  add(book.scale_lines());
  return Sha256Hex(text);
}

// The hash goes to people who may not know the floor prices in it, in the request about the release too.
absl::Status Seal(pb::PriceBook* book) {
  unsigned char salt[16];
  RETURN_IF_ERROR(SystemRandom(salt));
  book->set_content_salt(absl::BytesToHexString({reinterpret_cast<const char*>(salt), sizeof(salt)}));
  book->set_content_hash(HashOf(*book));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<pb::PriceBook>> FindReleased(UnitOfWork& work, const std::string& code) {
  return work.Find<pb::PriceBook>({"t.code = ? AND t.state = 'RELEASED'", {mysql::Value(code)}}, "", 1, /*lock=*/true);
}

// The prices of the book by themselves and beside those of other books; and its first day.
absl::Status CheckRelease(UnitOfWork& work, const Context& context, const pb::PriceBook& book,
                          const std::string& previous_from) {
  if (book.entries_size() == 0 && book.conditions_size() == 0) {
    return InvalidField("price_book.entries", "FIELD_REQUIRED", "a price book without prices is not published");
  }
  RETURN_IF_ERROR(rules::CheckEffective(book.effective_from(), previous_from, context.Today(work.now())));
  ASSIGN_OR_RETURN(const rules::BookRevision proposed, ToRules(book));
  ASSIGN_OR_RETURN(const PriceCatalog::Knowledge knowledge, context.prices->Current(work));
  return ProveRelease(work, knowledge, proposed, context.Today(work.now()), "price_book", "effective_from");
}

absl::StatusOr<pb::PriceBook> Check(UnitOfWork& work, const Context& context,
                                    const pb::CheckPriceBookRequest& request) {
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PriceBook>(request));
  ASSIGN_OR_RETURN(const std::vector<pb::PriceBook> released, FindReleased(work, change.before.code()));
  RETURN_IF_ERROR(
      CheckRelease(work, context, change.before, released.empty() ? std::string() : released[0].effective_from()));
  RETURN_IF_ERROR(Seal(&change.after));
  SetTime(work.now(), change.after.mutable_check_time());
  return work.Save(std::move(change));
}

absl::StatusOr<int> NextRevision(UnitOfWork& work, const std::string& code) {
  ASSIGN_OR_RETURN(
      const std::vector<mysql::Row> rows,
      work.connection().Query("SELECT COALESCE(MAX(revision), 0) FROM price_books WHERE code = ?", {code}));
  return static_cast<int>(rows[0][0].integer()) + 1;
}

bool SetsFloors(const pb::PriceBook& book) {
  const auto sets = [](const auto& row) { return row.has_floor_price(); };
  return std::any_of(book.entries().begin(), book.entries().end(), sets) ||
         std::any_of(book.conditions().begin(), book.conditions().end(), sets);
}

absl::StatusOr<pb::PriceBook> Submit(UnitOfWork& work, const Context& context,
                                     const pb::SubmitPriceBookRequest& request) {
  RETURN_IF_ERROR(CheckRead(request.etag()));
  ASSIGN_OR_RETURN(auto change, work.Begin<pb::PriceBook>(request));
  ASSIGN_OR_RETURN(const std::string requester, Person(work));
  ASSIGN_OR_RETURN(const std::vector<pb::PriceBook> released, FindReleased(work, change.before.code()));
  RETURN_IF_ERROR(
      CheckRelease(work, context, change.before, released.empty() ? std::string() : released[0].effective_from()));
  RETURN_IF_ERROR(Seal(&change.after));
  approval::v1::ApprovalRequest filing;
  filing.set_subject(change.before.name());
  filing.set_subject_label(absl::StrCat(change.before.code(), "/", change.before.revision()));
  filing.set_purpose(kPurpose);
  filing.set_requester(requester);
  filing.set_reason(request.reason());
  filing.set_content_hash(change.after.content_hash());
  approval::v1::ApprovalStep* step = filing.add_steps();
  step->set_number(1);
  // Also who takes floors away decides on floors.
  const bool floors = SetsFloors(change.before) || std::any_of(released.begin(), released.end(), SetsFloors);
  step->set_roles(
      absl::StrJoin(floors ? context.policy.price_floor_deciders : context.policy.price_book_deciders, " "));
  ASSIGN_OR_RETURN(const approval::v1::ApprovalRequest filed, context.approvals->File(work, std::move(filing)));
  change.after.set_approval(filed.name());
  return work.Save(std::move(change));
}

absl::StatusOr<pb::PriceBook> Revise(UnitOfWork& work, const pb::RevisePriceBookRequest& request) {
  ASSIGN_OR_RETURN(const auto change, work.Begin<pb::PriceBook>(request));
  pb::PriceBook next;
  next.set_code(change.before.code());
  next.set_display_name(change.before.display_name());
  next.set_effective_from(request.effective_from());
  *next.mutable_entries() = change.before.entries();
  *next.mutable_condition_types() = change.before.condition_types();
  *next.mutable_accesses() = change.before.accesses();
  *next.mutable_conditions() = change.before.conditions();
  *next.mutable_scale_lines() = change.before.scale_lines();
  next.set_base_only(change.before.base_only());
  next.set_remark(change.before.remark());
  next.set_predecessor(change.before.name());
  next.set_state(pb::PRICE_BOOK_STATE_DRAFT);
  ASSIGN_OR_RETURN(const int revision, NextRevision(work, next.code()));
  next.set_revision(revision);
  return work.Insert(std::move(next));
}

// The decision about a release. The revision before ends on the day before this one begins, so that its days keep its
// prices (G6); when it was to begin on that very day, it has none.
absl::Status OnOutcome(UnitOfWork& work, const Context& context, const approval::v1::ApprovalRequest& request) {
  resource::Change<pb::PriceBook> change;
  ASSIGN_OR_RETURN(change.before, work.Load<pb::PriceBook>(request.subject()));
  change.after = change.before;
  if (change.before.state() != pb::PRICE_BOOK_STATE_IN_APPROVAL || HashOf(change.before) != request.content_hash()) {
    return FailedPrecondition("CONTENT_CHANGED", request.subject(), "the price book is not what was submitted");
  }
  if (request.state() != approval::v1::APPROVAL_STATE_APPROVED) {
    change.after.set_state(pb::PRICE_BOOK_STATE_DRAFT);
    return work.Save(std::move(change)).status();
  }
  // Whoever submitted it did not decide; neither does anybody who wrote at it.
  RETURN_IF_ERROR(
      CheckNoAuthorApproved(work, request, {Rpc("CreatePriceBook"), Rpc("RevisePriceBook"), Rpc("UpdatePriceBook")}));
  ASSIGN_OR_RETURN(const std::vector<pb::PriceBook> released, FindReleased(work, change.before.code()));
  std::string previous_from = released.empty() ? std::string() : released[0].effective_from();
  // Releases come one after the other, each proved against all before it: of two books that do not go together and are
  // approved at the same time, one is refused. Proved before anything is written: the index is that of others too.
  RETURN_IF_ERROR(PriceCatalog::Lock(work));
  RETURN_IF_ERROR(CheckRelease(work, context, change.before, previous_from));
  for (const pb::PriceBook& previous : released) {
    resource::Change<pb::PriceBook> end{previous, previous};
    ASSIGN_OR_RETURN(const std::string last_day, AddDays(change.before.effective_from(), -1));
    end.after.set_state(pb::PRICE_BOOK_STATE_SUPERSEDED);
    end.after.set_effective_until(last_day);
    RETURN_IF_ERROR(work.Save(std::move(end)).status());
  }
  change.after.set_state(pb::PRICE_BOOK_STATE_RELEASED);
  SetTime(work.now(), change.after.mutable_release_time());
  RETURN_IF_ERROR(work.Save(std::move(change)).status());
  return PriceCatalog::Enter(work, request.subject());
}

}  // namespace

void RegisterPriceBooks(const Context& context, rpc::Registry* registry) {
  resource::Hooks hooks;
  hooks.prepare = [context](const rpc::Call& call,
                            const std::vector<const google::protobuf::Message*>& resources) -> absl::Status {
    std::vector<std::string> accounts;
    for (const auto* message : resources) {
      const auto& book = static_cast<const pb::PriceBook&>(*message);
      for (const pb::PriceBookEntry& entry : book.entries()) {
        if (!entry.account().empty()) accounts.push_back(entry.account());
      }
      for (const pb::PriceCondition& condition : book.conditions()) {
        if (!condition.account().empty()) accounts.push_back(condition.account());
        if (!condition.account_group().empty()) accounts.push_back(condition.account_group());
      }
    }
    return context.directory.EnsureAccounts(accounts, call.deadline);
  };
  hooks.on_create = resource::OnCreate<pb::PriceBook>([](UnitOfWork& work, pb::PriceBook* created) -> absl::Status {
    created->set_state(pb::PRICE_BOOK_STATE_DRAFT);
    RETURN_IF_ERROR(Validate(work, *created));
    ASSIGN_OR_RETURN(const int revision, NextRevision(work, created->code()));
    created->set_revision(revision);
    return CheckEntries(*created);
  });
  hooks.on_update = resource::OnUpdate<pb::PriceBook>(
      [](UnitOfWork& work, const pb::PriceBook& before, pb::PriceBook* after) -> absl::Status {
        if (before.state() != pb::PRICE_BOOK_STATE_DRAFT && before.state() != pb::PRICE_BOOK_STATE_CHECKED) {
          return FailedPrecondition("PRICE_BOOK_NOT_DRAFT", before.name(),
                                    "only a draft is changed; make the next revision",
                                    {{"state", pb::PriceBookState_Name(before.state())}});
        }
        RETURN_IF_ERROR(Validate(work, *after));
        // What was proved was another book.
        after->set_state(pb::PRICE_BOOK_STATE_DRAFT);
        after->clear_check_time();
        after->clear_content_hash();
        after->clear_content_salt();
        return CheckEntries(*after);
      });
  context.runtime.SetHooks(pb::PriceBook::descriptor(), std::move(hooks));
  // The engine keeps its callbacks: they must not keep the engine.
  Context bare = context;
  bare.approvals.reset();
  context.approvals->OnOutcome("priceBooks", [bare](UnitOfWork& work, const approval::v1::ApprovalRequest& request) {
    return OnOutcome(work, bare, request);
  });
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::SubmitPriceBookRequest, pb::PriceBook>(
      absl::StrCat(kService, "/SubmitPriceBook"),
      [context](rpc::Call& call, const pb::SubmitPriceBookRequest& request) -> absl::StatusOr<pb::PriceBook> {
        RETURN_IF_ERROR(context.directory.EnsureCaller(call));
        return context.runtime.Write<pb::PriceBook>(call, request,
                                                    [&](UnitOfWork& work) { return Submit(work, context, request); });
      });
  registry->Add<pb::CheckPriceBookRequest, pb::PriceBook>(
      absl::StrCat(kService, "/CheckPriceBook"), [context](rpc::Call& call, const pb::CheckPriceBookRequest& request) {
        return context.runtime.Write<pb::PriceBook>(call, request,
                                                    [&](UnitOfWork& work) { return Check(work, context, request); });
      });
  registry->Add<pb::DiscardPriceBookRequest, pb::PriceBook>(
      absl::StrCat(kService, "/DiscardPriceBook"),
      [context](rpc::Call& call, const pb::DiscardPriceBookRequest& request) {
        return context.runtime.Write<pb::PriceBook>(call, request,
                                                    [&](UnitOfWork& work) -> absl::StatusOr<pb::PriceBook> {
                                                      ASSIGN_OR_RETURN(auto change, work.Begin<pb::PriceBook>(request));
                                                      return work.Save(std::move(change));
                                                    });
      });
  registry->Add<pb::RevisePriceBookRequest, pb::PriceBook>(
      absl::StrCat(kService, "/RevisePriceBook"),
      [context](rpc::Call& call, const pb::RevisePriceBookRequest& request) {
        return context.runtime.Write<pb::PriceBook>(call, request,
                                                    [&](UnitOfWork& work) { return Revise(work, request); });
      });
}

}  // namespace kam::contract
