// Invoice, receipt, ageing of receivables, exposure.
#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "gateway/kamctl/amounts.h"
#include "gateway/kamctl/journey/cast.h"
#include "gateway/kamctl/journey/journey.h"

namespace kam::ctl::journey {

absl::Status PlayReceivable(World& world, Story* story) {
  world.Chapter("开票、收款、账龄 Invoice, receipt, ageing, exposure (C-29, C-30, C-32)");
  ASSIGN_OR_RETURN(const Json invoice, world.Do(kAccountant, "开票 drafts the invoice", "/v1/invoices",
                                                {{"order", story->order}}, "DRAFT"));
  story->invoice = Name(invoice);
  const std::string path = PathOf(invoice);
  RETURN_IF_ERROR(world.Do(kAccountant, "开具发票 issues it", path + ":issue", Json::object(), "ISSUED").status());
  // G30: what was approved with the quote was good for the order and the invoice.
  for (const std::string& subject : {story->order, story->invoice}) {
    ASSIGN_OR_RETURN(const Json asked,
                     world.Find(kDepartment, "approvalRequests", absl::StrCat("subject = \"", subject, "\"")));
    RETURN_IF_ERROR(world.Check(asked.is_null(), absl::StrCat(subject, " was put to approval once more")));
  }
  RETURN_IF_ERROR(world.Refused(kAccountant, "重复开票 invoices the same delivery again", "/v1/invoices",
                                {{"order", story->order}}, "NOTHING_TO_INVOICE"));
  RETURN_IF_ERROR(world.MoveOn(40, 10));
  ASSIGN_OR_RETURN(const Json part, Cny("600000.00"));
  ASSIGN_OR_RETURN(const Json receipt, world.Do(kCashier, "到账 60 万 records a part-payment", "/v1/receipts",
                                                {{"account", story->account},
                                                 {"amount", part},
                                                 {"method", "PAYMENT_METHOD_BANK_TRANSFER"},
                                                 {"bankAccount", "6222-0000-3001"},
                                                 {"receivedDate", world.Day()}},
                                                "RECORDED"));
  const std::string receipt_path = PathOf(receipt);
  RETURN_IF_ERROR(world.Refused(kCashier, "出纳自行入账 the cashier books it himself", receipt_path + ":mark",
                                Json::object(), "PERMISSION_DENIED"));
  RETURN_IF_ERROR(
      world.Do(kAccountant, "会计入账 the accountant books it", receipt_path + ":mark", Json::object(), "MARKED")
          .status());
  ASSIGN_OR_RETURN(const Json too_much, Cny("700000.00"));
  const auto allocate = [&](const Json& amount) {
    return Json{{"allocations", Json::array({{{"target", story->invoice}, {"amount", amount}}})}};
  };
  RETURN_IF_ERROR(world.Refused(kAccountant, "核销超过到账 allocates more than came in", receipt_path + ":allocate",
                                allocate(too_much), "RECEIPT_EXHAUSTED"));
  RETURN_IF_ERROR(
      world.Do(kAccountant, "核销到发票 allocates it to the invoice", receipt_path + ":allocate", allocate(part))
          .status());
  ASSIGN_OR_RETURN(const Json paid, world.Read(kAccountant, path));
  RETURN_IF_ERROR(world.Check(paid.value("state", "") == "INVOICE_STATE_PARTIALLY_PAID",
                              absl::StrCat("the invoice is ", paid.value("state", ""))));
  RETURN_IF_ERROR(world.MoveOn(40, 9));
  ASSIGN_OR_RETURN(const Json ageing,
                   world.Read(kManager, absl::StrCat("/v1/receivables:ageing?account=", UrlEncode(story->account))));
  const Json rows = ageing.value("rows", Json::array());
  RETURN_IF_ERROR(world.Check(rows.size() == 1, "the account must be in the ageing list"));
  world.Line(absl::StrCat("               ageing: not due ", TwoDigits(rows[0].value("notDue", Json())), ", 1-30 days ",
                          TwoDigits(rows[0].value("bucket1", Json())), ", 31-60 days ",
                          TwoDigits(rows[0].value("bucket2", Json())), ", in all ",
                          TwoDigits(rows[0].value("total", Json()))));
  ASSIGN_OR_RETURN(const Json exposure, world.Read(kManager, absl::StrCat("/v1/", story->account, ":exposure")));
  world.Line(absl::StrCat("               exposure ", TwoDigits(exposure.value("exposure", Json())), " of ",
                          TwoDigits(exposure.value("creditLimit", Json())), ", overdue ",
                          TwoDigits(exposure.value("overdue", Json())), " for ", CountOf(exposure, "oldestOverdueDays"),
                          " days"));
  return world.Check(*AmountOf(exposure.value("overdue", Json())) > Decimal(),
                     "the rest of the invoice must be overdue");
}

}  // namespace kam::ctl::journey
