// Another service of the suite, asked by this program on its own behalf.
#ifndef KAM_COMMON_SERVICE_PEER_H_
#define KAM_COMMON_SERVICE_PEER_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/internal_token.h"
#include "common/rpc/client.h"

namespace kam::service {

class Peer {
 public:
  // No question waits longer than this, whatever the caller's deadline.
  static constexpr absl::Duration kTimeout = absl::Seconds(5);

  // `unavailable`: reason of the error when it does not answer. Both objects outlive this.
  Peer(std::string program, std::string unavailable, rpc::Client& client, auth::InternalIssuer& issuer)
      : program_(std::move(program)), unavailable_(std::move(unavailable)), client_(client), issuer_(issuer) {}

  // Asks with a token of this program. When the peer cannot be reached or takes too long: UNAVAILABLE with the reason
  // of the peer and when to try again. Its own refusals are returned as they are. Call before a transaction, never
  // inside.
  absl::Status Ask(absl::string_view method, const google::protobuf::Message& request,
                   google::protobuf::Message* response, absl::Time deadline);

 private:
  const std::string program_;
  const std::string unavailable_;
  rpc::Client& client_;
  auth::InternalIssuer& issuer_;
};

// A question to a peer, for code that need not know of clients and tokens. See Peer::Ask.
using Ask = std::function<absl::Status(absl::string_view method, const google::protobuf::Message& request,
                                       google::protobuf::Message* response, absl::Time deadline)>;

// The questions of `peer`, which outlives the answer; empty when it is null.
Ask AskOf(Peer* peer);

}  // namespace kam::service

#endif  // KAM_COMMON_SERVICE_PEER_H_
