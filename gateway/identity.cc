#include "gateway/identity.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "kam/organization/v1/directory_service.pb.h"
#include "openssl/sha.h"

namespace kam::gateway {
namespace {

constexpr char kResolveMethod[] = "kam.organization.v1.DirectoryService/ResolvePrincipal";
constexpr size_t kLoginBytesMax = 256;
constexpr char kScheme[] = "bearer ";
// While account-svc does not answer, it is asked again after so long.
constexpr absl::Duration kAskAgain = absl::Seconds(2);

}  // namespace

OutsideAuthenticator::OutsideAuthenticator(Options options, std::shared_ptr<auth::KeySource> keys, const Clock* clock)
    : options_(std::move(options)),
      keys_(std::move(keys)),
      clock_(clock),
      executor_(rpc::Executor::Options{.threads = options_.threads,
                                       .queue_length_max = options_.queue_length_max,
                                       .bulk_threads_max = 1,
                                       .bulk_queue_length_max = 1}) {}

void OutsideAuthenticator::Authenticate(const std::string* header, Callback callback) {
  if (header == nullptr || header->empty()) {
    return callback(Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "needs a bearer token"));
  }
  absl::string_view token = *header;
  if (!absl::StartsWithIgnoreCase(token, kScheme)) {
    return callback(
        Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "the only authentication scheme known is Bearer"));
  }
  token.remove_prefix(sizeof(kScheme) - 1);
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  if (std::string login; Cached(digest, &login)) return callback(std::move(login));

  auto shared = std::make_shared<Callback>(std::move(callback));
  if (!executor_.TrySubmit(false,
                           [this, token = std::string(token), digest, shared] { (*shared)(Verify(token, digest)); })) {
    (*shared)(RetryLater(absl::StatusCode::kResourceExhausted, "OVERLOADED", "too many tokens wait for verification",
                         executor_.RetryAfter(), {{"limit", absl::StrCat(options_.queue_length_max)}}));
  }
}

absl::StatusOr<std::string> OutsideAuthenticator::Verify(absl::string_view token, const Digest& digest) {
  const absl::Time now = clock_->Now();
  ASSIGN_OR_RETURN(const auth::VerifiedToken verified, auth::Verify(token, *keys_, options_.policy, now));
  const std::optional<std::string> login = verified.claims.String(options_.login_claim.c_str());
  if (!login.has_value() || login->empty() || login->size() > kLoginBytesMax) {
    return Error(absl::StatusCode::kUnauthenticated, "TOKEN_MALFORMED",
                 absl::StrCat("the token names no login of 1 to ", kLoginBytesMax, " bytes in ", options_.login_claim),
                 {{"claim", options_.login_claim}});
  }
  Remember({digest, *login, std::min(verified.expiry, now + options_.token_cache)});
  return *login;
}

bool OutsideAuthenticator::Cached(const Digest& digest, std::string* login) {
  const absl::Time now = clock_->Now();
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = index_.find(digest);
  if (found == index_.end()) return false;
  if (found->second->until <= now) {
    entries_.erase(found->second);
    index_.erase(found);
    return false;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  *login = found->second->login;
  return true;
}

void OutsideAuthenticator::Remember(Entry entry) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (options_.token_cache_entries == 0 || index_.contains(entry.digest)) return;
  while (entries_.size() >= options_.token_cache_entries) {
    index_.erase(entries_.back().digest);
    entries_.pop_back();
  }
  entries_.push_front(std::move(entry));
  index_[entries_.front().digest] = entries_.begin();
}

void Sessions::Resolve(const std::string& login, const std::string& traceparent, Callback callback) {
  const absl::Time now = clock_->Now();
  absl::StatusOr<SessionPtr> known;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (const auto found = entries_.find(login); found == entries_.end()) {
      auto entry = std::make_unique<Entry>();
      ages_.push_front(login);
      entry->age = ages_.begin();
      entries_.emplace(login, std::move(entry));
      MakeRoom();
    }
    Entry& entry = *entries_[login];
    ages_.splice(ages_.begin(), ages_, entry.age);
    const bool fresh = now < entry.fresh_until;
    if (fresh && !entry.refused.ok()) {
      known = entry.refused;
    } else if (fresh && entry.session != nullptr && TokenUsable(entry, now)) {
      known = entry.session;
    } else {
      entry.waiting.push_back(std::move(callback));
      if (std::exchange(entry.asking, true)) return;
      lock.unlock();
      return Ask(login, traceparent, now);
    }
  }
  callback(std::move(known));
}

void Sessions::Ask(const std::string& login, const std::string& traceparent, absl::Time now) {
  rpc::RawAnswer failure;
  absl::StatusOr<std::string> token = issuer_->MintForSelf(now);
  if (!token.ok()) {
    log::Error("no token to ask account-svc with", {{"reason", Reason(token.status())}});
    const rpc::WireStatus wire = rpc::ToWire(token.status());
    failure.code = wire.code;
    failure.message = wire.message;
    failure.details = wire.details;
    return Answered(login, std::move(failure));
  }
  organization::v1::ResolvePrincipalRequest request;
  request.set_login(login);
  account_->CallRaw(
      kResolveMethod, request.SerializeAsString(),
      {{"authorization", absl::StrCat("Bearer ", *token)}, {"traceparent", rpc::ChildTraceparent(traceparent)}},
      absl::Now() + options_.resolve_timeout,
      [this, login](rpc::RawAnswer answer) { Answered(login, std::move(answer)); });
}

void Sessions::Answered(const std::string& login, rpc::RawAnswer answer) {
  const absl::Time now = clock_->Now();
  std::vector<Callback> waiting;
  absl::StatusOr<SessionPtr> result;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // Entries that are being asked for are never dropped.
    Entry& entry = *entries_[login];
    entry.asking = false;
    waiting.swap(entry.waiting);
    result = Digest(entry, answer, now);
  }
  for (const Callback& callback : waiting) callback(result);
}

bool Sessions::TokenUsable(const Entry& entry, absl::Time now) const {
  return now - entry.minted < options_.token_lifetime - options_.token_margin;
}

absl::StatusOr<SessionPtr> Sessions::Digest(Entry& entry, const rpc::RawAnswer& answer, absl::Time now) {
  const auto code = static_cast<absl::StatusCode>(answer.code);
  if (code == absl::StatusCode::kOk) {
    if (entry.session == nullptr || entry.bytes != answer.payload || !TokenUsable(entry, now)) {
      absl::StatusOr<SessionPtr> session = MakeSession(answer.payload, now);
      if (!session.ok()) {
        // What account-svc says cannot be carried on: the old rights must not live on either.
        entry.session = nullptr;
        entry.fresh_until = absl::InfinitePast();
        log::Error("account-svc gave a principal that cannot be used",
                   {{"reason", Reason(session.status())}, {"detail", absl::string_view(session.status().message())}});
        return Internal("the principal cannot be used");
      }
      entry.session = *std::move(session);
      entry.bytes = answer.payload;
      entry.minted = now;
    }
    entry.refused = absl::OkStatus();
    entry.resolved = now;
    entry.fresh_until = now + options_.principal_cache;
    return entry.session;
  }
  const absl::Status status = FromRpcStatusBytes(code, answer.message, answer.details);
  if (code == absl::StatusCode::kNotFound) {
    entry.session = nullptr;
    entry.fresh_until = now + options_.principal_cache;
    entry.refused = Error(absl::StatusCode::kPermissionDenied, "LOGIN_UNKNOWN",
                          "the token is valid, but no employee in service has this login");
    return entry.refused;
  }
  const bool down = code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
                    code == absl::StatusCode::kResourceExhausted;
  if (!down) {
    log::Error("account-svc cannot resolve a login",
               {{"code", rpc::CodeName(code)}, {"reason", Reason(status)}, {"detail", answer.message}});
    return Internal("the caller cannot be resolved");
  }
  if (entry.session != nullptr && now < entry.resolved + options_.principal_stale) {
    log::Warning("account-svc does not answer: going on with rights known before", {{"code", rpc::CodeName(code)}});
    if (!TokenUsable(entry, now)) {
      ASSIGN_OR_RETURN(entry.session, MakeSession(entry.bytes, now));
      entry.minted = now;
    }
    entry.fresh_until = std::min(now + kAskAgain, entry.resolved + options_.principal_stale);
    return entry.session;
  }
  if (code != absl::StatusCode::kDeadlineExceeded) return status;
  // Not the caller's deadline has passed: account-svc is what is not there.
  return RetryLater(absl::StatusCode::kUnavailable, "BACKEND_UNAVAILABLE", "account-svc did not answer in time",
                    absl::Seconds(1), {{"backend", "account-svc"}});
}

absl::StatusOr<SessionPtr> Sessions::MakeSession(const std::string& bytes, absl::Time now) {
  organization::v1::ResolvedPrincipal resolved;
  if (!resolved.ParseFromString(bytes)) return Internal("the answer of ResolvePrincipal cannot be parsed");
  auto session = std::make_shared<Session>();
  auth::Principal& principal = session->principal;
  absl::string_view id = resolved.employee();
  if (!absl::ConsumePrefix(&id, "employees/") || id.empty()) {
    return Internal("ResolvePrincipal answered without an employee");
  }
  principal.subject = resolved.employee();
  principal.employee = std::string(id);
  principal.roles.assign(resolved.roles().begin(), resolved.roles().end());
  principal.department = resolved.department_path();
  principal.regions.assign(resolved.regions().begin(), resolved.regions().end());
  principal.team.assign(resolved.team().begin(), resolved.team().end());
  for (const auto& grant : resolved.grants()) {
    auth::Level level = auth::Level::kNone;
    if (!auth::ParseLevel(grant.level(), &level)) {
      return Internal(absl::StrCat("ResolvePrincipal answered with the unknown level ", grant.level()));
    }
    auth::Level& held = principal.grants[grant.permission()];
    held = std::max(held, level);
  }
  session->display_name = resolved.display_name();
  ASSIGN_OR_RETURN(session->token, issuer_->Mint(principal, now));
  return SessionPtr(std::move(session));
}

void Sessions::MakeRoom() {
  // From the one unused for longest; entries with a question under way stay.
  auto age = ages_.end();
  while (entries_.size() > options_.entries_max && age != ages_.begin()) {
    --age;
    const auto found = entries_.find(*age);
    if (found->second->asking || age == ages_.begin()) continue;
    entries_.erase(found);
    age = ages_.erase(age);
  }
}

}  // namespace kam::gateway
