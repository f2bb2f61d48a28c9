// A contract from its draft to its signature, for tests of contracts.
#ifndef KAM_CONTRACT_SVC_TESTING_CONTRACT_FIXTURE_H_
#define KAM_CONTRACT_SVC_TESTING_CONTRACT_FIXTURE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"
#include "contract-svc/testing/sales_fixture.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/money.pb.h"
#include "kam/contract/v1/contract_service.pb.h"

namespace kam::contract::testing {

class ContractServiceTest : public SalesTest {
 protected:
  using Contract = v1::Contract;

  std::string Draft(const std::string& quote, const std::string& price = "10") {
    return Do<Contract, v1::CreateContractRequest>(
               kax_, absl::StrCat(kContracts, "CreateContract"),
               absl::StrCat("contract { account: '", account_, "' title: 'Supply 2026' currency: 'CNY' quote: '", quote,
                            "' start_date: '2026-01-01' end_date: '2026-12-31' parties { role: 'seller' legal_name: "
                            "'We' } parties { role: 'buyer' legal_name: 'Customer' } lines { product: '",
                            product_a_, "' quantity: '10' unit_price ", MoneyText(price),
                            " } clauses { kind: CLAUSE_KIND_DELIVERY body: 'd' } clauses { kind: CLAUSE_KIND_PAYMENT "
                            "body: 'p' } clauses { kind: CLAUSE_KIND_WARRANTY body: 'w' } clauses { kind: "
                            "CLAUSE_KIND_BREACH body: 'b' } open_points { title: 'colour' } }"))
        .name();
  }
  absl::StatusOr<Contract> Submit(const std::string& name) {
    return Call<Contract, v1::SubmitContractRequest>(kax_, absl::StrCat(kContracts, "SubmitContract"),
                                                     absl::StrCat("name: '", name, "' review_deadline: '2026-01-10'"));
  }
  void Settle(const std::string& name) {
    Do<Contract, v1::UpdateContractRequest>(
        kax_, absl::StrCat(kContracts, "UpdateContract"),
        absl::StrCat("contract { name: '", name,
                     "' open_points { title: 'colour' resolved: true resolution: 'white' } } update_mask { paths: "
                     "'open_points' }"));
  }
  template <typename Request>
  absl::StatusOr<Contract> Verb(const auth::Principal& who, const std::string& method, const std::string& name) {
    return Call<Contract, Request>(who, absl::StrCat(kContracts, method),
                                   absl::StrCat("name: '", name, "' reason: 'because'"));
  }
  std::string Etag(const std::string& name) {
    return Do<Contract, kam::api::GetRequest>(kam_, absl::StrCat(kContracts, "GetContract"),
                                              absl::StrCat("name: '", name, "'"))
        .etag();
  }
  absl::StatusOr<Contract> ReviewAt(const std::string& etag, const auth::Principal& who, const std::string& name,
                                    const std::string& step, bool approve = true) {
    return Call<Contract, v1::ReviewContractRequest>(
        who, absl::StrCat(kContracts, "ReviewContract"),
        absl::StrCat("name: '", name, "' etag: '", etag, "' step: REVIEW_STEP_KIND_", step,
                     " approve: ", approve ? "true" : "false", " opinion: 'see text'"));
  }
  absl::StatusOr<Contract> Review(const auth::Principal& who, const std::string& name, const std::string& step,
                                  bool approve = true) {
    return ReviewAt(Etag(name), who, name, step, approve);
  }
  void ReviewAll(const std::string& name) {
    EXPECT_THAT(Review(kam_, name, "SALES"), kam::testing::IsOk());
    EXPECT_THAT(Review(pss_, name, "PRODUCT"), kam::testing::IsOk());
    EXPECT_THAT(Review(fd_, name, "FINANCE"), kam::testing::IsOk());
    EXPECT_THAT(Review(leg_, name, "LEGAL"), kam::testing::IsOk());
  }
  static std::string Check(const std::string& kind) {
    return absl::StrCat("signing_checks { title: 'x' correct: true kind: SIGNING_CHECK_KIND_", kind, " } ");
  }
  absl::StatusOr<Contract> Sign(const std::string& name, const std::string& sha256,
                                const std::string& checks = Check("PARTIES") + Check("LINES") + Check("PRICES") +
                                                            Check("DELIVERY") + Check("PAYMENT")) {
    return Call<Contract, v1::SignContractRequest>(
        kam_, absl::StrCat(kContracts, "SignContract"),
        absl::StrCat("name: '", name, "' presented_sha256: '", sha256,
                     "' signatories { party: 'seller' person: 'x' } signatories { party: 'buyer' person: 'y' } "
                     "seal: 's' scan_document: 'd' ",
                     checks));
  }
  v1::ContractText Text(const std::string& name) {
    return Do<v1::ContractText, v1::GetContractTextRequest>(kam_, absl::StrCat(kContracts, "GetContractText"),
                                                            absl::StrCat("name: '", name, "'"));
  }
};

}  // namespace kam::contract::testing

#endif  // KAM_CONTRACT_SVC_TESTING_CONTRACT_FIXTURE_H_
