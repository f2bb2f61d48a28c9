#include "common/auth/key_source.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

// While keys are being fetched, whoever needs a new one comes again after so long.
constexpr absl::Duration kFetchRetry = absl::Seconds(1);

absl::Status KeysUnavailable(absl::Duration retry_after) {
  return RetryLater(absl::StatusCode::kUnavailable, "KEYS_UNAVAILABLE",
                    "the keys that verify tokens cannot be read now", retry_after);
}

// The set in `text`; what is wrong with it goes to the log.
std::shared_ptr<const KeySet> ParseAndLog(const absl::StatusOr<std::string>& text, const std::string& origin) {
  if (!text.ok()) {
    spdlog::warn("key set {}: {}", origin, std::string(text.status().message()));
    return nullptr;
  }
  absl::StatusOr<KeySet> set = KeySet::Parse(*text);
  if (!set.ok()) {
    spdlog::warn("key set {}: {}", origin, std::string(set.status().message()));
    return nullptr;
  }
  for (const std::string& line : set->ignored()) spdlog::warn("key set {}: left out {}", origin, line);
  return std::make_shared<const KeySet>(*std::move(set));
}

absl::StatusOr<KeyPtr> FindIn(const KeySet& keys, absl::string_view kid) {
  KeyPtr key = keys.Find(kid);
  if (key == nullptr) return UnknownKey(kid);
  return key;
}

// A set without a key in it verifies nothing.
absl::Status CheckAny(const KeySet& keys, absl::Duration retry_after) {
  return keys.size() > 0 ? absl::OkStatus() : KeysUnavailable(retry_after);
}

}  // namespace

absl::StatusOr<KeyPtr> FileKeySource::Find(absl::string_view kid, absl::Time now) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> keys, Current(now));
  return FindIn(*keys, kid);
}

absl::Status FileKeySource::Check(absl::Time now) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> keys, Current(now));
  return CheckAny(*keys, absl::Seconds(1));
}

absl::StatusOr<std::shared_ptr<const KeySet>> FileKeySource::Current(absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (watch_.Changed(now)) {
    std::shared_ptr<const KeySet> fresh = ParseAndLog(ReadSmallFile(watch_.path(), kMaxJwksBytes), watch_.path());
    if (fresh != nullptr) {
      keys_ = std::move(fresh);
    } else {
      watch_.Forget();
    }
  }
  if (keys_ == nullptr) return KeysUnavailable(absl::Seconds(1));
  return keys_;
}

absl::StatusOr<std::unique_ptr<HttpKeySource>> HttpKeySource::Create(const Options& options) {
  if (!absl::StartsWithIgnoreCase(options.url, "https://")) {
    return InvalidField("url", "URL_INVALID", "the address of a key set starts with https://");
  }
  return std::make_unique<HttpKeySource>(
      options, [options] { return FetchHttps(options.url, options.ca_file, options.timeout); });
}

absl::StatusOr<KeyPtr> HttpKeySource::Find(absl::string_view kid, absl::Time now) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> keys, Current(&kid, now));
  return FindIn(*keys, kid);
}

absl::Status HttpKeySource::Check(absl::Time now) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const KeySet> keys, Current(nullptr, now));
  return CheckAny(*keys, options_.min_interval);
}

absl::StatusOr<std::shared_ptr<const KeySet>> HttpKeySource::Current(const absl::string_view* kid, absl::Time now) {
  std::unique_lock<std::mutex> lock(mutex_);
  // The clock may be set back; differences count in both directions.
  const auto past = [&](absl::Time since, absl::Duration span) { return absl::AbsDuration(now - since) >= span; };
  const auto usable = [&] { return keys_ != nullptr && !past(loaded_at_, options_.max_stale); };
  const bool known = usable() && (kid == nullptr || keys_->Find(*kid) != nullptr);
  if (known && (fetching_ || !past(loaded_at_, options_.max_age))) return keys_;

  const absl::Duration interval = keys_ == nullptr ? options_.first_interval : options_.min_interval;
  // Tokens come from outside, and verifying them has few threads: none of them waits for a fetch of another.
  if (fetching_) return KeysUnavailable(kFetchRetry);
  if (!tried_at_.has_value() || past(*tried_at_, interval)) {
    fetching_ = true;
    tried_at_ = now;
    lock.unlock();
    std::shared_ptr<const KeySet> fresh = ParseAndLog(fetch_(), options_.url);
    lock.lock();
    fetching_ = false;
    if (fresh != nullptr) {
      keys_ = std::move(fresh);
      loaded_at_ = now;
    }
  }
  if (!usable()) return KeysUnavailable(interval);
  return keys_;
}

}  // namespace kam::auth
