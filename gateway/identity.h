// Who calls from outside: the bearer token of the identity provider becomes a login, the login a person with rights,
// the person an internal token. Each step is cached, and none of them blocks an I/O thread.
#ifndef KAM_GATEWAY_IDENTITY_H_
#define KAM_GATEWAY_IDENTITY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/internal_token.h"
#include "common/auth/jwt.h"
#include "common/auth/principal.h"
#include "common/rpc/client.h"
#include "common/rpc/executor.h"
#include "common/time/clock.h"

namespace kam::gateway {

// Verifies outside tokens. Thread-safe.
class OutsideAuthenticator {
 public:
  struct Options {
    auth::VerifyPolicy policy;
    // Claim that names the login, for example "sub" or "preferred_username".
    std::string login_claim = "sub";
    // A verified token is believed for so long without another look at the keys, and never past its expiry.
    absl::Duration token_cache = absl::Seconds(60);
    size_t token_cache_entries = 10000;
    // Verification happens on threads of its own: it computes, and may wait for the keys.
    int threads = 2;
    int queue_length_max = 256;
  };
  // The login, or UNAUTHENTICATED, UNAVAILABLE (keys) or RESOURCE_EXHAUSTED. Called once, inline when the token is
  // known, otherwise on another thread; must not block.
  using Callback = std::function<void(absl::StatusOr<std::string> login)>;

  OutsideAuthenticator(Options options, std::shared_ptr<auth::KeySource> keys, const Clock* clock);

  // `header`: value of "Authorization"; nullptr when there was none.
  void Authenticate(const std::string* header, Callback callback);

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Entry {
    Digest digest;
    std::string login;
    absl::Time until;
  };
  absl::StatusOr<std::string> Verify(absl::string_view token, const Digest& digest);
  bool Cached(const Digest& digest, std::string* login);
  void Remember(Entry entry);

  const Options options_;
  const std::shared_ptr<auth::KeySource> keys_;
  const Clock* const clock_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // Last used first.
  absl::flat_hash_map<Digest, std::list<Entry>::iterator> index_;
  rpc::Executor executor_;  // Last: its threads use what is above.
};

// A person at work: rights, and the token that carries them inside.
struct Session {
  auth::Principal principal;
  std::string display_name;
  // Internal token, good for the longest call that may start with this session.
  std::string token;
};
using SessionPtr = std::shared_ptr<const Session>;

// Turns logins into sessions by asking account-svc, at most once at a time and login. Thread-safe.
class Sessions {
 public:
  struct Options {
    // An answer of account-svc is used for so long.
    absl::Duration principal_cache = absl::Seconds(10);
    // While account-svc does not answer, a person resolved before goes on working for so long.
    absl::Duration principal_stale = absl::Seconds(60);
    size_t entries_max = 10000;
    absl::Duration resolve_timeout = absl::Seconds(5);
    // Lifetime of the tokens of the issuer, and what must be left of it when a call starts.
    absl::Duration token_lifetime = absl::Seconds(60);
    absl::Duration token_margin = absl::Seconds(35);
  };
  // PERMISSION_DENIED LOGIN_UNKNOWN when nobody has the login; otherwise the error of account-svc.
  using Callback = std::function<void(absl::StatusOr<SessionPtr>)>;

  // `account` and `issuer` outlive this.
  Sessions(Options options, rpc::Client* account, auth::InternalIssuer* issuer, const Clock* clock)
      : options_(options), account_(account), issuer_(issuer), clock_(clock) {}

  // Called once, inline when the session is cached, otherwise on a gRPC thread; must not block.
  void Resolve(const std::string& login, const std::string& traceparent, Callback callback);

 private:
  struct Entry {
    // Last good answer, as bytes, and what was made of it.
    std::string bytes;
    SessionPtr session;
    absl::Time minted = absl::InfinitePast();
    absl::Time resolved = absl::InfinitePast();
    absl::Time fresh_until = absl::InfinitePast();
    // Set instead of a session when nobody has the login.
    absl::Status refused;
    bool asking = false;
    std::vector<Callback> waiting;
    std::list<std::string>::iterator age;
  };
  void Ask(const std::string& login, const std::string& traceparent, absl::Time now);
  void Answered(const std::string& login, rpc::RawAnswer answer);
  absl::StatusOr<SessionPtr> Digest(Entry& entry, const rpc::RawAnswer& answer, absl::Time now);
  bool TokenUsable(const Entry& entry, absl::Time now) const;
  absl::StatusOr<SessionPtr> MakeSession(const std::string& bytes, absl::Time now);
  void MakeRoom();

  const Options options_;
  rpc::Client* const account_;
  auth::InternalIssuer* const issuer_;
  const Clock* const clock_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Entry>> entries_;
  std::list<std::string> ages_;  // Logins, last used first.
};

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_IDENTITY_H_
