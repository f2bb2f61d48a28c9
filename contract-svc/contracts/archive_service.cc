// kam.contract.v1.ArchiveService (C-15). Lock order: contract, amendment, archive, borrowing.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"
#include "contract-svc/reference_of_row.h"
#include "contract-svc/rules/agreement.h"
#include "contract-svc/rules/contract.h"
#include "contract-svc/sales.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/archive_service.pb.h"
#include "kam/contract/v1/contract.pb.h"

namespace kam::contract {
namespace {

namespace pb = v1;
using resource::Change;
using resource::UnitOfWork;

constexpr char kService[] = "kam.contract.v1.ArchiveService";
constexpr char kDueBack[] = "archive_borrowing.overdue";
constexpr size_t kMonthLength = 7;  // YYYY-MM

std::string Rpc(absl::string_view method) { return absl::StrCat(kService, "/", method); }

absl::Status File(const Context& context, UnitOfWork& work, pb::ContractArchive* archive) {
  RETURN_IF_ERROR(Validate(work, *archive));
  const absl::StatusOr<pb::Contract> contract = work.Load<pb::Contract>(archive->contract());
  if (absl::IsNotFound(contract.status())) {
    return InvalidField("contract_archive.contract", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", archive->contract()}});
  }
  RETURN_IF_ERROR(contract.status());
  if (!rules::WasSigned(*contract)) {
    return FailedPrecondition("CONTRACT_NOT_SIGNED", contract->name(), "what is filed is the signed contract",
                              {{"state", pb::ContractState_Name(contract->state())}});
  }
  RETURN_IF_ERROR(rules::CheckScanFiled(*contract, context.policy.archive_needs_signed_text, *archive));
  archive->set_account(contract->account());
  archive->set_filing_month(context.Today(work.now()).substr(0, kMonthLength));
  archive->set_filer(work.actor().subject);
  return absl::OkStatus();
}

absl::Status Lend(const Context& context, UnitOfWork& work, pb::ArchiveBorrowing* borrowing) {
  RETURN_IF_ERROR(Validate(work, *borrowing));
  const absl::StatusOr<pb::ContractArchive> archive = work.Load<pb::ContractArchive>(borrowing->archive());
  if (absl::IsNotFound(archive.status())) {
    return InvalidField("archive_borrowing.archive", "REFERENCE_NOT_FOUND", "does not exist",
                        {{"reference", borrowing->archive()}});
  }
  RETURN_IF_ERROR(archive.status());
  const std::string today = context.Today(work.now());
  RETURN_IF_ERROR(rules::CheckLending(today, work.actor().subject, *archive, *borrowing));
  borrowing->set_account(archive->account());
  borrowing->set_borrow_date(today);
  borrowing->set_lender(work.actor().subject);
  borrowing->set_state(pb::ARCHIVE_BORROWING_STATE_OUT);
  return absl::OkStatus();
}

// Writes into the file who has it; empty: it is in its place.
absl::Status SetBorrowing(UnitOfWork& work, const std::string& archive, const std::string& borrowing) {
  ASSIGN_OR_RETURN(const pb::ContractArchive loaded, work.Load<pb::ContractArchive>(archive));
  Change<pb::ContractArchive> change{loaded, loaded};
  change.after.set_borrowing(borrowing);
  return work.Save(std::move(change)).status();
}

absl::StatusOr<pb::ArchiveBorrowing> Return(const Context& context, rpc::Call& call,
                                            const pb::ReturnArchiveBorrowingRequest& request) {
  return context.runtime.Write<pb::ArchiveBorrowing>(
      call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ArchiveBorrowing> {
        ASSIGN_OR_RETURN(const std::string archive,
                         ReferenceOfRow(work, pb::ArchiveBorrowing::descriptor(), "archive", request.name()));
        RETURN_IF_ERROR(work.Load<pb::ContractArchive>(archive).status());
        ASSIGN_OR_RETURN(auto change, work.Begin<pb::ArchiveBorrowing>(request));
        change.after.set_return_date(context.Today(work.now()));
        change.after.set_return_remark(request.return_remark());
        change.after.set_receiver(work.actor().subject);
        RETURN_IF_ERROR(schedule::Cancel(work, kDueBack, change.before.name()));
        RETURN_IF_ERROR(SetBorrowing(work, archive, ""));
        return work.Save(std::move(change));
      });
}

// Contracts and applied amendments of contracts signed in the months asked for, within reach: id, number, title, day,
// file, contract, amendment.
resource::SqlCondition Filings(const Context& context, const rpc::Call& call, const std::string& first,
                               const std::string& last) {
  const resource::Type& type = *context.runtime.catalog().Find(pb::Contract::descriptor());
  const resource::SqlCondition scope = resource::ScopeCondition(type, call.principal, call.level());
  const std::string reach = scope.sql.empty() ? "" : absl::StrCat(" AND (", scope.sql, ")");
  resource::SqlCondition filings;
  filings.sql = absl::StrCat(
      "SELECT t.id AS id, t.number AS number, t.title AS title, t.sign_date AS sign_date, a.id AS archive, t.id AS "
      "contract, NULL AS amendment FROM contracts t LEFT JOIN contract_archives a ON a.contract = t.id WHERE "
      "t.sign_date >= ? AND t.sign_date < DATE_ADD(?, INTERVAL 1 MONTH) AND t.archive_time IS NULL",
      reach,
      " UNION ALL SELECT m.id, m.number, m.title, m.sign_date, m.archive, t.id, m.id FROM amendments m JOIN "
      "contracts t ON t.id = m.contract WHERE m.sign_date >= ? AND m.sign_date < DATE_ADD(?, INTERVAL 1 MONTH) AND "
      "m.state = 'APPLIED' AND m.archive_time IS NULL AND t.archive_time IS NULL",
      reach);
  for (int part = 0; part < 2; ++part) {
    filings.params.insert(filings.params.end(), {mysql::Value(first), mysql::Value(last)});
    filings.params.insert(filings.params.end(), scope.params.begin(), scope.params.end());
  }
  return filings;
}

absl::StatusOr<pb::ListFilingsDueResponse> FilingsDue(const Context& context, rpc::Call& call,
                                                      const pb::ListFilingsDueRequest& request) {
  const std::string last = absl::StrCat(request.month(), "-01");
  const std::string first = request.from_month().empty() ? last : absl::StrCat(request.from_month(), "-01");
  if (first > last) {
    return InvalidField("from_month", "PERIOD_INVALID", "is after month",
                        {{"value", request.from_month()}, {"limit", request.month()}});
  }
  if (request.page_size() < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  const int page_size =
      request.page_size() == 0 ? resource::kPageSizeDefault : std::min(request.page_size(), resource::kPageSizeMax);
  const absl::Time now = context.runtime.clock().Now();
  const std::string binding =
      absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n", request.month(), "\n",
                   request.from_month(), "\n", request.missing_only() ? "missing" : "all");
  const resource::SqlCondition filings = Filings(context, call, first, last);
  std::string page = request.missing_only() ? " WHERE f.archive IS NULL" : " WHERE 1 = 1";
  std::vector<mysql::Value> params = filings.params;
  if (!request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::vector<mysql::Value> before,
                     context.runtime.page_tokens().Open(request.page_token(), binding, now));
    if (before.size() != 2) return InvalidField("page_token", "PAGE_TOKEN_INVALID", "is not a token of this list");
    page += " AND (f.sign_date > ? OR (f.sign_date = ? AND f.id > ?))";
    params.insert(params.end(), {before[0], before[0], before[1]});
  }
  params.emplace_back(page_size + 1);
  pb::ListFilingsDueResponse response;
  RETURN_IF_ERROR(context.runtime.database().Run(call.deadline, [&](mysql::Connection& connection) -> absl::Status {
    response.Clear();
    ASSIGN_OR_RETURN(
        const std::vector<mysql::Row> missing,
        connection.Query(absl::StrCat("SELECT COUNT(f.id) FROM (", filings.sql, ") f WHERE f.archive IS NULL"),
                         mysql::Params(filings.params)));
    response.set_missing(static_cast<int32_t>(missing[0][0].integer()));
    ASSIGN_OR_RETURN(
        std::vector<mysql::Row> rows,
        connection.Query(absl::StrCat("SELECT f.id, f.number, f.title, f.sign_date, f.archive, f.contract, f.amendment "
                                      "FROM (",
                                      filings.sql, ") f", page, " ORDER BY f.sign_date, f.id LIMIT ?"),
                         mysql::Params(params)));
    if (rows.size() > static_cast<size_t>(page_size)) {
      rows.resize(static_cast<size_t>(page_size));
      response.set_next_page_token(
          context.runtime.page_tokens().Seal({mysql::Value(rows.back()[3].text()), rows.back()[0]}, binding, now));
    }
    for (const mysql::Row& row : rows) {
      pb::FilingRow* out = response.add_rows();
      out->set_contract(absl::StrCat("contracts/", row[5].text()));
      out->set_number(row[1].text());
      out->set_title(row[2].text());
      out->set_sign_date(row[3].text());
      if (!row[4].is_null()) out->set_archive(absl::StrCat("contractArchives/", row[4].text()));
      if (!row[6].is_null()) out->set_amendment(absl::StrCat("amendments/", row[6].text()));
    }
    return absl::OkStatus();
  }));
  return response;
}

void SetHooks(const Context& context) {
  resource::Hooks archives;
  archives.prepare = PrepareNames(context);
  archives.on_create = resource::OnCreate<pb::ContractArchive>(
      [context](UnitOfWork& work, pb::ContractArchive* archive) { return File(context, work, archive); });
  archives.on_update = resource::OnUpdate<pb::ContractArchive>(
      [](UnitOfWork&, const pb::ContractArchive& before, pb::ContractArchive* after) {
        return rules::CheckDocumentsKept(before, *after);
      });
  context.runtime.SetHooks(pb::ContractArchive::descriptor(), std::move(archives));
  resource::Hooks borrowings;
  borrowings.prepare = PrepareNames(context);
  borrowings.on_create = resource::OnCreate<pb::ArchiveBorrowing>(
      [context](UnitOfWork& work, pb::ArchiveBorrowing* borrowing) { return Lend(context, work, borrowing); });
  borrowings.on_saved =
      resource::OnSaved<pb::ArchiveBorrowing>([context](UnitOfWork& work, const pb::ArchiveBorrowing* before,
                                                        const pb::ArchiveBorrowing& after) -> absl::Status {
        if (before != nullptr) return absl::OkStatus();
        RETURN_IF_ERROR(SetBorrowing(work, after.archive(), after.name()));
        ASSIGN_OR_RETURN(const absl::Time due, context.EndOf(after.due_date()));
        return schedule::Schedule(work, kDueBack, after.name(), due);
      });
  context.runtime.SetHooks(pb::ArchiveBorrowing::descriptor(), std::move(borrowings));
}

}  // namespace

void RegisterArchive(const Context& context, rpc::Registry* registry, schedule::Scheduler* scheduler) {
  SetHooks(context);
  resource::RegisterStandardMethods(context.runtime, kService, registry);
  registry->Add<pb::BackUpContractArchiveRequest, pb::ContractArchive>(
      Rpc("BackUpContractArchive"),
      [context](rpc::Call& call,
                const pb::BackUpContractArchiveRequest& request) -> absl::StatusOr<pb::ContractArchive> {
        return context.runtime.Write<pb::ContractArchive>(
            call, request, [&](UnitOfWork& work) -> absl::StatusOr<pb::ContractArchive> {
              ASSIGN_OR_RETURN(auto change, work.Begin<pb::ContractArchive>(request));
              const std::string checksum = rules::ChecksumOf(change.before);
              if (checksum != request.checksum()) {
                return FailedPrecondition("CHECKSUM_DIFFERS", change.before.name(),
                                          "the copy is not what the archive holds",
                                          {{"given", request.checksum()}, {"expected", checksum}});
              }
              pb::ArchiveBackup* backup = change.after.add_backups();
              backup->set_place(request.place());
              backup->set_checksum(checksum);
              backup->set_documents(change.before.documents_size());
              backup->set_maker(work.actor().subject);
              SetTime(work.now(), backup->mutable_backup_time());
              return work.Save(std::move(change));
            });
      });
  registry->Add<pb::ListFilingsDueRequest, pb::ListFilingsDueResponse>(
      Rpc("ListFilingsDue"), [context](rpc::Call& call, const pb::ListFilingsDueRequest& request) {
        return FilingsDue(context, call, request);
      });
  registry->Add<pb::ReturnArchiveBorrowingRequest, pb::ArchiveBorrowing>(
      Rpc("ReturnArchiveBorrowing"), [context](rpc::Call& call, const pb::ReturnArchiveBorrowingRequest& request) {
        return Return(context, call, request);
      });
  scheduler->Handle(
      kDueBack, Rpc("CreateArchiveBorrowing"), [](UnitOfWork& work, const schedule::DueItem& item) -> absl::Status {
        ASSIGN_OR_RETURN(const pb::ArchiveBorrowing borrowing, work.Load<pb::ArchiveBorrowing>(item.resource));
        if (borrowing.state() != pb::ARCHIVE_BORROWING_STATE_OUT) return absl::OkStatus();
        Change<pb::ArchiveBorrowing> change{borrowing, borrowing};
        change.after.set_state(pb::ARCHIVE_BORROWING_STATE_OVERDUE);
        return work.Save(std::move(change)).status();
      });
}

}  // namespace kam::contract
