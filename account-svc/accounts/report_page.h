// Pages of reports: the same tokens as those of lists, over whatever a report is ordered by.
#ifndef KAM_ACCOUNT_SVC_ACCOUNTS_REPORT_PAGE_H_
#define KAM_ACCOUNT_SVC_ACCOUNTS_REPORT_PAGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "account-svc/context.h"
#include "common/mysql/mysql.h"
#include "common/rpc/call.h"

namespace kam::account {

class ReportPage {
 public:
  // `request` has the fields page_size and page_token. PAGE_SIZE_NEGATIVE, PAGE_TOKEN_INVALID, PAGE_TOKEN_EXPIRED.
  static absl::StatusOr<ReportPage> Open(const Context& context, const rpc::Call& call,
                                         const google::protobuf::Message& request);

  size_t size() const { return size_; }
  // What the last row of the page before is ordered by; empty on the first page.
  const std::vector<mysql::Value>& last() const { return last_; }
  // Token of the page after a row that is ordered by `last`.
  std::string Next(const std::vector<mysql::Value>& last) const;

  // The page of `rows`, which are complete and in order: a slice by position. `next` gets the token, or nothing.
  template <typename Row, typename Add>
  void Slice(const std::vector<Row>& rows, Add add, std::string* next) const {
    const auto begin = last_.empty() ? size_t{0} : static_cast<size_t>(last_[0].integer());
    size_t at = begin;
    for (; at < rows.size() && at < begin + size_; ++at) add(rows[at]);
    if (at < rows.size()) *next = Next({mysql::Value(static_cast<int64_t>(at))});
  }

 private:
  explicit ReportPage(const Context& context) : runtime_(&context.runtime) {}

  const resource::Runtime* runtime_;
  std::string binding_;
  absl::Time now_;
  size_t size_ = 0;
  std::vector<mysql::Value> last_;
};

// " AND (...)" for the rows of alias t, of the type, that the caller reaches at `level`; appends its parameters.
std::string ScopeSql(const Context& context, const auth::Principal& reader, auth::Level level,
                     const google::protobuf::Descriptor* descriptor, std::vector<mysql::Value>* params);

// Accounts of alias t that are in no figure: left out themselves, or by their segment.
std::string ExcludedSql();

}  // namespace kam::account

#endif  // KAM_ACCOUNT_SVC_ACCOUNTS_REPORT_PAGE_H_
