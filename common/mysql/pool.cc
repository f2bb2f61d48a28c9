#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/mysql/error.h"
#include "common/mysql/mysql.h"
#include "common/mysql/session.h"
#include "common/status/status.h"

namespace kam::mysql {
namespace {

constexpr int kReruns = 4;  // Of a transaction after a conflict.
constexpr absl::Duration kBackoffFirst = absl::Milliseconds(2);
constexpr absl::Duration kBackoffMax = absl::Milliseconds(50);
// A session not used for longer is asked for a sign of life before it is lent. That costs about 50 us.
constexpr absl::Duration kIdleUnchecked = absl::Seconds(1);
constexpr double kLifetimeJitter = 0.1;  // So that sessions opened together do not close together.
constexpr int kBeginAttemptsMax = 3;

struct Pooled {
  std::unique_ptr<Session> session;
  absl::Time expires;
  absl::Time last_used;
  bool fresh = true;  // Never lent before.
};

class Pool final : public Database {
 public:
  Pool(Options options, TlsOptions tls) : options_(std::move(options)), tls_(std::move(tls)) {}

  absl::Status Run(absl::Time deadline, absl::FunctionRef<absl::Status(Connection&)> work) override {
    Lease lease(this);
    RETURN_IF_ERROR(Acquire(deadline, &lease));
    return work(lease.session());
  }

  absl::Status RunInTransaction(absl::Time deadline, absl::FunctionRef<absl::Status(Connection&)> work) override {
    Lease lease(this);
    RETURN_IF_ERROR(Begin(deadline, &lease));
    absl::BitGen random;
    absl::Duration backoff = kBackoffFirst;
    for (int rerun = 0;; ++rerun) {
      absl::Status conflict = Attempt(deadline, lease.session(), work);
      if (lease.session().conflict().ok()) return conflict;  // No conflict: this is the outcome.
      if (lease.session().broken() || rerun == kReruns) return conflict;
      const absl::Duration pause = absl::Uniform(random, 0.5, 1.5) * backoff;
      backoff = std::min(2 * backoff, kBackoffMax);
      if (absl::Now() + pause >= deadline) return conflict;
      absl::SleepFor(pause);
      CountRetry();
      RETURN_IF_ERROR(lease.session().Begin());
    }
  }

  PoolStats stats() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    PoolStats stats = stats_;
    stats.in_use = lent_;
    stats.idle = static_cast<int>(idle_.size());
    stats.waiting = waiting_;
    return stats;
  }

 private:
  // A session on loan; goes back in the destructor.
  class Lease {
   public:
    explicit Lease(Pool* pool) : pool_(pool) {}
    ~Lease() { Return(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    void Take(Pooled pooled) { pooled_ = std::move(pooled); }
    void Return() {
      if (pooled_.session != nullptr) pool_->Release(std::move(pooled_));
      pooled_ = Pooled();
    }
    Session& session() { return *pooled_.session; }
    bool fresh() const { return pooled_.fresh; }

   private:
    Pool* const pool_;
    Pooled pooled_;
  };

  // Leases a session and begins a transaction. A session that turns out to be dead here has done nothing yet, so the
  // next one is tried.
  absl::Status Begin(absl::Time deadline, Lease* lease) {
    for (int attempt = 1;; ++attempt) {
      RETURN_IF_ERROR(Acquire(deadline, lease));
      absl::Status status = lease->session().Begin();
      if (status.ok() || !lease->session().broken() || lease->fresh() || attempt == kBeginAttemptsMax) return status;
      lease->Return();
    }
  }

  // One run of `work` in the transaction that has begun. When the session's conflict() is set afterwards, everything
  // was rolled back and the status is the conflict's.
  static absl::Status Attempt(absl::Time deadline, Session& session,
                              absl::FunctionRef<absl::Status(Connection&)> work) {
    absl::Status status = work(session);
    // What the session saw counts, not only what `work` made of it: after a deadlock the server has already rolled
    // back, and a COMMIT would store the second half of the work alone.
    if (session.broken()) {
      const absl::Status lost = DatabaseUnavailable(session.broken_errno());
      return status.ok() ? lost : status;
    }
    if (status.ok() && session.conflict().ok()) {
      if (absl::Now() >= deadline) {
        status = DeadlinePassed();
      } else {
        status = session.Commit();
        if (status.ok()) return status;
        if (session.broken() || session.conflict().ok()) {
          const std::string number = MetadataValue(status, "errno");
          session.Rollback().IgnoreError();
          return CommitOutcomeUnknown(number);
        }
      }
    }
    session.Rollback().IgnoreError();  // Marks the session broken when it fails; the server then rolls back itself.
    return session.conflict().ok() ? status : session.conflict();
  }

  absl::Status Acquire(absl::Time deadline, Lease* lease) {
    const absl::Time start = absl::Now();
    if (start >= deadline) return DeadlinePassed();
    const auto limit = std::chrono::steady_clock::now() +
                       absl::ToChronoNanoseconds(std::min(deadline - start, options_.acquire_timeout));
    for (;;) {
      Pooled pooled;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        ++waiting_;
        const bool free =
            freed_.wait_until(lock, limit, [this] { return !idle_.empty() || lent_ < options_.pool_size_max; });
        --waiting_;
        if (!free) {
          ++stats_.acquire_timeouts;
          return DatabaseBusy("every database session is in use");
        }
        ++lent_;
        if (!idle_.empty()) {
          pooled = std::move(idle_.back());
          idle_.pop_back();
        }
      }
      if (pooled.session != nullptr && !IsUsable(pooled)) {
        Drop(std::move(pooled));
        continue;
      }
      if (pooled.session == nullptr) {
        absl::StatusOr<Pooled> made = Connect(deadline);
        if (!made.ok()) {
          GiveBackPlace();
          return std::move(made).status();
        }
        pooled = *std::move(made);
      } else {
        pooled.fresh = false;
      }
      pooled.session->SetDeadline(deadline);
      lease->Take(std::move(pooled));
      if (options_.on_acquired) options_.on_acquired(absl::Now() - start);
      const std::lock_guard<std::mutex> lock(mutex_);
      ++stats_.acquired;
      return absl::OkStatus();
    }
  }

  bool IsUsable(const Pooled& pooled) {
    const absl::Time now = absl::Now();
    if (now >= pooled.expires) return false;
    absl::Time suspect_before;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      suspect_before = last_loss_;
    }
    if (pooled.last_used > suspect_before && now - pooled.last_used < kIdleUnchecked) return true;
    return pooled.session->Ping();
  }

  absl::StatusOr<Pooled> Connect(absl::Time deadline) {
    const absl::Time now = absl::Now();
    ASSIGN_OR_RETURN(std::unique_ptr<Session> session,
                     Session::Connect(options_, tls_, std::min(options_.connect_timeout, deadline - now)));
    absl::BitGen random;
    Pooled pooled;
    pooled.session = std::move(session);
    pooled.expires = now + options_.lifetime_max * absl::Uniform(random, 1 - kLifetimeJitter, 1.0);
    const std::lock_guard<std::mutex> lock(mutex_);
    ++stats_.created;
    return pooled;
  }

  void Release(Pooled pooled) {
    Session& session = *pooled.session;
    session.SetDeadline(absl::InfiniteFuture());
    if (session.in_transaction() && !session.broken()) session.Rollback().IgnoreError();
    pooled.last_used = absl::Now();
    if (session.broken()) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        last_loss_ = pooled.last_used;
      }
      Drop(std::move(pooled));
      return;
    }
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      idle_.push_back(std::move(pooled));  // Last in, first out: the rest may grow old and close.
      --lent_;
    }
    freed_.notify_one();
  }

  void Drop(Pooled pooled) {
    pooled.session.reset();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++stats_.closed;
    }
    GiveBackPlace();
  }

  void GiveBackPlace() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      --lent_;
    }
    freed_.notify_one();
  }

  void CountRetry() {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++stats_.transaction_retries;
  }

  const Options options_;
  const TlsOptions tls_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  // Guarded by mutex_.
  std::vector<Pooled> idle_;
  int lent_ = 0;  // Sessions on loan, and places held while one is opened or closed.
  int waiting_ = 0;
  absl::Time last_loss_ = absl::InfinitePast();
  PoolStats stats_;
};

}  // namespace

std::unique_ptr<Database> Database::Open(Options options) {
  return std::make_unique<Pool>(std::move(options), TlsOptions());
}

std::unique_ptr<Database> OpenWithTls(Options options, TlsOptions tls) {
  return std::make_unique<Pool>(std::move(options), std::move(tls));
}

}  // namespace kam::mysql
