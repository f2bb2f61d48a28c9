// One connected session on the connector. Private to this library.
#ifndef KAM_COMMON_MYSQL_SESSION_H_
#define KAM_COMMON_MYSQL_SESSION_H_

#include <memory>

#include "absl/time/time.h"
#include "common/mysql/mysql.h"
#include "common/mysql/tls.h"

namespace kam::mysql {

// Used by one thread at a time.
class Session final : public Connection {
 public:
  // Connects and sets the session up. Takes at most about `timeout`, in whole seconds, at least one.
  static absl::StatusOr<std::unique_ptr<Session>> Connect(const Options& options, const TlsOptions& tls,
                                                          absl::Duration timeout);
  ~Session() override;

  using Connection::Execute;
  using Connection::Query;
  absl::StatusOr<std::vector<Row>> Query(absl::string_view sql, Params params) override;
  absl::Status Scan(absl::string_view sql, Params params, absl::FunctionRef<absl::Status(const Row&)> each) override;
  absl::StatusOr<int64_t> Execute(absl::string_view sql, Params params) override;

  // No statement starts after `deadline`.
  void SetDeadline(absl::Time deadline);
  absl::Status Begin();
  absl::Status Commit();
  absl::Status Rollback();
  // True when the server answers.
  bool Ping();

  // A transaction was begun and neither committed nor rolled back.
  bool in_transaction() const;
  // The session was seen lost: close it.
  bool broken() const;
  // Number of the error with which it was lost; 0 when it was not.
  int broken_errno() const;
  // The status of the first conflict since Begin; OK when there was none.
  const absl::Status& conflict() const;

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kam::mysql

#endif  // KAM_COMMON_MYSQL_SESSION_H_
