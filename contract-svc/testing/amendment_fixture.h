// An amendment from its draft to its application, for tests of contracts in force.
#ifndef KAM_CONTRACT_SVC_TESTING_AMENDMENT_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_AMENDMENT_FIXTURE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/context.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/amendment_service.pb.h"
#include "kam/contract/v1/contract_service.pb.h"
#include "kam/order/v1/stock_service.pb.h"

namespace kam::contract::testing {

inline constexpr char kAmendments[] = "kam.contract.v1.AmendmentService/";

class AmendmentTest : public SalesTest {
 protected:
  using Amendment = v1::Amendment;
  using Contract = v1::Contract;

  Contract Get(const std::string& name) {
    return Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                              absl::StrCat("name: '", name, "'"));
  }

  std::string DraftAmendment(const std::string& contract, const std::string& effective, const std::string& actions) {
    return Do<Amendment, v1::CreateAmendmentRequest>(kax_, absl::StrCat(kAmendments, "CreateAmendment"),
                                                     absl::StrCat("amendment { contract: '", contract,
                                                                  "' title: 'Change' change_reason: 'market' "
                                                                  "effective_date: '",
                                                                  effective, "' ", actions, " }"))
        .name();
  }
  absl::StatusOr<Amendment> Submit(const std::string& name) {
    return Call<Amendment, v1::SubmitAmendmentRequest>(
        kax_, absl::StrCat(kAmendments, "SubmitAmendment"),
        absl::StrCat("name: '", name, "' review_deadline: '2026-01-20'"));
  }
  absl::StatusOr<Amendment> Opinion(const auth::Principal& who, const std::string& name, const std::string& step,
                                    bool approve = true) {
    const auto read = Do<Amendment, kam::api::GetRequest>(kam_, absl::StrCat(kAmendments, "GetAmendment"),
                                                          absl::StrCat("name: '", name, "'"));
    return Call<Amendment, v1::ReviewAmendmentRequest>(
        who, absl::StrCat(kAmendments, "ReviewAmendment"),
        absl::StrCat("name: '", name, "' etag: '", read.etag(), "' step: REVIEW_STEP_KIND_", step,
                     " approve: ", approve ? "true" : "false", " opinion: 'see text'"));
  }
  void ReviewAll(const std::string& name) {
    EXPECT_THAT(Opinion(kam_, name, "SALES"), kam::testing::IsOk());
    EXPECT_THAT(Opinion(pss_, name, "PRODUCT"), kam::testing::IsOk());
    EXPECT_THAT(Opinion(fd_, name, "FINANCE"), kam::testing::IsOk());
    EXPECT_THAT(Opinion(leg_, name, "LEGAL"), kam::testing::IsOk());
  }
  absl::StatusOr<Amendment> Apply(const std::string& name, const std::string& more = {}) {
    const auto text = Do<v1::AmendmentText, v1::GetAmendmentTextRequest>(
        kam_, absl::StrCat(kAmendments, "GetAmendmentText"), absl::StrCat("name: '", name, "'"));
    return Call<Amendment, v1::ApplyAmendmentRequest>(
        kam_, absl::StrCat(kAmendments, "ApplyAmendment"),
        absl::StrCat(
            "name: '", name, "' presented_sha256: '", text.content_sha256(),
            "' signatories { party: 'seller' person: 'x' } seal: 's' scan_document: 'd' signing_checks { title: "
            "'as agreed' correct: true } ",
            more));
  }
  // So many pieces of product a of the order are counted in a store.
  std::string CountBack(const std::string& order, const std::string& quantity) {
    constexpr char kStock[] = "kam.order.v1.StockService/";
    const std::string site =
        Do<order::v1::StockSite, order::v1::CreateStockSiteRequest>(
            harness().PrincipalFor("SPO", harness().NewId()), absl::StrCat(kStock, "CreateStockSite"),
            absl::StrCat("stock_site { code: '", harness().NewId(),
                         "' title: 'Store' kind: STOCK_SITE_KIND_WAREHOUSE }"))
            .name();
    const std::string delivery =
        harness().db().Get(absl::StrCat("SELECT id FROM deliveries WHERE order_id = '", IdOf(order), "'")).text();
    const std::string receipt =
        Do<order::v1::GoodsReceipt, order::v1::CreateGoodsReceiptRequest>(
            wh_, absl::StrCat(kStock, "CreateGoodsReceipt"),
            absl::StrCat("goods_receipt { kind: GOODS_RECEIPT_KIND_CUSTOMER_RETURN delivery: 'deliveries/", delivery,
                         "' site: '", site, "' sender: 'Customer' lines { product: '", product_a_,
                         "' expected_quantity: '", quantity, "' } }"))
            .name();
    Do<order::v1::GoodsReceipt, order::v1::CheckGoodsReceiptRequest>(
        wh_, absl::StrCat(kStock, "CheckGoodsReceipt"),
        absl::StrCat("name: '", receipt, "' sender_signatory: 'Wu' check_document: 'scan/7'"));
    return receipt;
  }
  void RecordReturn(const std::string& contract, const std::string& order, int line, const std::string& quantity,
                    const std::string& receipt) {
    Do<v1::ContractCommitment, v1::RecordCommitmentReturnRequest>(
        sad_, absl::StrCat(kContracts, "RecordCommitmentReturn"),
        absl::StrCat("name: '", contract, "' order: '", order, "' order_line_number: ", line, " quantity: '", quantity,
                     "' reason: 'wrong colour' goods_receipt: '", receipt, "'"));
  }
  // They are counted and reopen the commitment of the first line.
  void SendBack(const std::string& contract, const std::string& order, const std::string& quantity) {
    RecordReturn(contract, order, 1, quantity, CountBack(order, quantity));
  }
  // Submits, reviews, signs and applies it.
  void Amend(const std::string& contract, const std::string& effective, const std::string& actions) {
    const std::string name = DraftAmendment(contract, effective, actions);
    EXPECT_THAT(Submit(name), kam::testing::IsOk());
    ReviewAll(name);
    EXPECT_THAT(Apply(name), kam::testing::IsOk());
  }
};

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_AMENDMENT_FIXTURE_H_
