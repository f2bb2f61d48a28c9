// Keys of issuers, read from a file or fetched from an HTTPS address, and kept fresh.
#ifndef KAM_COMMON_AUTH_KEY_SOURCE_H_
#define KAM_COMMON_AUTH_KEY_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/jwks.h"
#include "common/auth/jwt.h"
#include "common/auth/key_file.h"

namespace kam::auth {

// A JWKS file, read again when it changed. A version that cannot be read leaves the last good one in force and is
// logged.
class FileKeySource : public KeySource {
 public:
  // Looks at the file at most once in `interval`.
  explicit FileKeySource(std::string path, absl::Duration interval = absl::Seconds(1))
      : watch_(std::move(path), interval) {}
  absl::StatusOr<KeyPtr> Find(absl::string_view kid, absl::Time now) override;
  absl::Status Check(absl::Time now) override;

 private:
  absl::StatusOr<std::shared_ptr<const KeySet>> Current(absl::Time now);

  std::mutex mutex_;
  FileWatch watch_;
  std::shared_ptr<const KeySet> keys_;
};

// A JWKS at an HTTPS address, for example an identity provider's. Fetched when first needed, then again when it is
// old or a key is unknown, never by two threads at once. The thread that finds the keys old waits for the fetch; until
// then the others go on with the keys at hand, and get UNAVAILABLE KEYS_UNAVAILABLE at once for a key that is not among
// them. While the address fails, the keys at hand remain in force up to max_stale.
class HttpKeySource : public KeySource {
 public:
  struct Options {
    std::string url = {};      // https://...
    std::string ca_file = {};  // PEM; empty: the system's authorities.
    absl::Duration max_age = absl::Minutes(10);
    // Least time between two fetches once there are keys, whatever asks for them: unknown keys come from outside.
    absl::Duration min_interval = absl::Minutes(1);
    // Least time between two fetches while there are no keys at all.
    absl::Duration first_interval = absl::Seconds(5);
    absl::Duration max_stale = absl::Hours(24);
    absl::Duration timeout = absl::Seconds(5);  // Of one fetch, connecting included.
  };
  using Fetch = std::function<absl::StatusOr<std::string>()>;

  // INVALID_ARGUMENT for a URL that is not https.
  static absl::StatusOr<std::unique_ptr<HttpKeySource>> Create(const Options& options);
  // With a fetch of one's own.
  HttpKeySource(const Options& options, Fetch fetch) : options_(options), fetch_(std::move(fetch)) {}

  absl::StatusOr<KeyPtr> Find(absl::string_view kid, absl::Time now) override;
  absl::Status Check(absl::Time now) override;

 private:
  // The keys that are in force, fetched when they are old or do not have `kid`; without `kid`, when they are old.
  absl::StatusOr<std::shared_ptr<const KeySet>> Current(const absl::string_view* kid, absl::Time now);

  const Options options_;
  const Fetch fetch_;
  std::mutex mutex_;
  bool fetching_ = false;
  std::optional<absl::Time> tried_at_;
  absl::Time loaded_at_ = absl::InfinitePast();
  std::shared_ptr<const KeySet> keys_;
};

// One GET over verified TLS: no redirect, at most kMaxJwksBytes, `timeout` for everything. UNAVAILABLE with reason
// FETCH_FAILED, INVALID_ARGUMENT with URL_INVALID for a URL that is not https.
absl::StatusOr<std::string> FetchHttps(const std::string& url, const std::string& ca_file, absl::Duration timeout);

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_KEY_SOURCE_H_
