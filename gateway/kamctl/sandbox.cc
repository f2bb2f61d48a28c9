#include "gateway/kamctl/sandbox.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/internal_token.h"
#include "common/rpc/client.h"
#include "common/status/status.h"
#include "kam/sandbox/v1/clock_service.pb.h"

namespace kam::ctl {
namespace {

namespace pb = ::kam::sandbox::v1;

// A year with everything that falls due in it may take a while.
constexpr absl::Duration kMoveTimeout = absl::Minutes(2);

const std::map<std::string, std::string>& Methods() {
  static const auto* methods = new std::map<std::string, std::string>{
      {"account-svc", "kam.sandbox.v1.AccountClockService/AdvanceAccountClock"},
      {"contract-svc", "kam.sandbox.v1.ContractClockService/AdvanceContractClock"},
      {"aftersales-svc", "kam.sandbox.v1.AftersalesClockService/AdvanceAftersalesClock"},
  };
  return *methods;
}

}  // namespace

SandboxClock::SandboxClock(std::unique_ptr<auth::InternalIssuer> issuer, std::vector<Service> services)
    : issuer_(std::move(issuer)), services_(std::move(services)) {}

SandboxClock::~SandboxClock() = default;

absl::StatusOr<std::unique_ptr<SandboxClock>> SandboxClock::Create(const std::vector<std::string>& services,
                                                                   const std::string& program_key_file) {
  std::vector<Service> clients;
  for (const std::string& text : services) {
    const size_t equals = text.find('=');
    const auto method = Methods().find(text.substr(0, equals));
    if (equals == std::string::npos || method == Methods().end()) {
      return InvalidField("services", "SERVICE_INVALID",
                          absl::StrCat("\"", text, "\" is not name=host:port of a service with a sandbox clock"),
                          {{"value", text}});
    }
    rpc::ClientOptions options;
    options.target = text.substr(equals + 1);
    Service service;
    service.method = method->second;
    ASSIGN_OR_RETURN(service.client, rpc::Client::Create(std::move(options)));
    clients.push_back(std::move(service));
  }
  if (clients.empty()) return InvalidField("services", "SERVICE_INVALID", "name at least one service");
  auth::InternalIssuer::Options options;
  options.program = "gateway";
  options.key_file = program_key_file;
  ASSIGN_OR_RETURN(auto issuer, auth::InternalIssuer::Create(options, absl::Now()));
  return std::unique_ptr<SandboxClock>(new SandboxClock(std::move(issuer), std::move(clients)));
}

absl::StatusOr<absl::Time> SandboxClock::Advance(const Service& service, absl::Time time) {
  pb::AdvanceClockRequest request;
  const timespec stamp = absl::ToTimespec(time);
  request.mutable_time()->set_seconds(stamp.tv_sec);
  request.mutable_time()->set_nanos(static_cast<int32_t>(stamp.tv_nsec));
  const absl::Time give_up = absl::Now() + kMoveTimeout;
  while (true) {
    rpc::CallOptions options;
    ASSIGN_OR_RETURN(options.bearer, issuer_->MintForSelf(absl::Now()));
    pb::AdvanceClockResponse response;
    const absl::Status status = service.client->Call(service.method, request, &response, options);
    if (status.ok()) {
      return absl::FromUnixSeconds(response.time().seconds()) + absl::Nanoseconds(response.time().nanos());
    }
    absl::Time ahead;
    if (Reason(status) == "CLOCK_BACKWARDS" &&
        absl::ParseTime(absl::RFC3339_full, MetadataValue(status, "now"), &ahead, nullptr)) {
      return ahead;
    }
    // Part of the way is done and kept: the next call goes on from there.
    if (!absl::IsDeadlineExceeded(status) || absl::Now() > give_up) return status;
  }
}

absl::StatusOr<absl::Time> SandboxClock::MoveTo(absl::Time time) {
  absl::Time latest = time;
  for (const Service& service : services_) {
    ASSIGN_OR_RETURN(const absl::Time reached, Advance(service, latest));
    latest = std::max(latest, reached);
  }
  // Those that were set before a service turned out to be ahead.
  for (const Service& service : services_) {
    ASSIGN_OR_RETURN(const absl::Time reached, Advance(service, latest));
    latest = std::max(latest, reached);
  }
  return latest;
}

}  // namespace kam::ctl
