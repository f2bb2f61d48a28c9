// What aftersales-svc asks contract-svc: whose an order, a contract or a credit note is (S-02, S-15).
#ifndef KAM_AFTERSALES_SVC_CONTRACT_SIDE_H_
#define KAM_AFTERSALES_SVC_CONTRACT_SIDE_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/type/money.pb.h"
#include "kam/claim/v1/warranty_claim.pb.h"
#include "kam/complaint/v1/complaint.pb.h"

namespace kam::aftersales {

class ContractSide {
 public:
  // One RPC of contract-svc, at latest at `deadline`; see service::Peer::Ask.
  using Ask = std::function<absl::Status(absl::string_view method, const google::protobuf::Message& request,
                                         google::protobuf::Message* response, absl::Time deadline)>;

  // Not connected: what is named there is taken as it is.
  ContractSide() = default;
  explicit ContractSide(Ask ask) : ask_(std::move(ask)) {}

  bool connected() const { return ask_ != nullptr; }

  // All before a transaction, never inside. UNAVAILABLE CONTRACT_SVC_UNAVAILABLE when it is away.

  // Order and contract of a complaint exist and are of `account`: COMPLAINT_REFERENCE_INVALID.
  absl::Status CheckComplaint(const complaint::v1::Complaint& complaint, const std::string& account,
                              absl::Time deadline) const;
  // A receipt by credit note that counts, or a receivable that stands, of `account` and over `amount`; a receivable is
  // what we owe (negative) when the claim is one of the customer, and either way in a claim on the manufacturer:
  // CREDIT_NOTE_INVALID. An empty name is fine.
  absl::Status CheckCreditNote(const std::string& name, const std::string& account, const google::type::Money& amount,
                               claim::v1::ClaimDirection direction, absl::Time deadline) const;

 private:
  Ask ask_;
};

}  // namespace kam::aftersales

#endif  // KAM_AFTERSALES_SVC_CONTRACT_SIDE_H_
