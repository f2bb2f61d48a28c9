// Errors of the suite: absl::Status with the standard details of google.rpc as payloads.
//
// Every error that leaves a service has exactly one google.rpc.ErrorInfo: a reason (UPPER_SNAKE, part of the
// contract, catalogued in docs/errors.md), the domain "kam", and metadata holding every value the message names.
// Bad input also has BadRequest.field_violations, a refused state PreconditionFailure, back-pressure RetryInfo.
#ifndef KAM_COMMON_STATUS_STATUS_H_
#define KAM_COMMON_STATUS_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kam {

inline constexpr char kErrorDomain[] = "kam";

// Values named by an error message, by key (lowerCamelCase).
using Metadata = std::vector<std::pair<std::string, std::string>>;

// An error with its ErrorInfo.
absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                   const Metadata& metadata = {});

// INVALID_ARGUMENT for one input field. `field` is a path in the request, snake_case, for example
// "account.legal_name" or "lines[3].quantity".
absl::Status InvalidField(absl::string_view field, absl::string_view reason, absl::string_view message,
                          const Metadata& metadata = {});

// FAILED_PRECONDITION: the subject (a resource name) is in a state that forbids the action.
absl::Status FailedPrecondition(absl::string_view reason, absl::string_view subject, absl::string_view message,
                                const Metadata& metadata = {});

// RESOURCE_EXHAUSTED or UNAVAILABLE with RetryInfo.
absl::Status RetryLater(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                        absl::Duration retry_after, const Metadata& metadata = {});

// The same answer for "is not there" and "is not yours to see".
absl::Status NotFound(absl::string_view resource_name);

// A broken invariant: the text goes to the log; the caller gets "internal error" (see rpc/wire.h).
absl::Status Internal(absl::string_view message);

// Collects field violations so that a caller learns of all of them at once.
class FieldViolations {
 public:
  // At most 50 are kept.
  void Add(absl::string_view field, absl::string_view reason, absl::string_view message, const Metadata& metadata = {});
  // Takes over every violation of `status` (made by InvalidField or status()), with `prefix` put before the paths.
  void AddAll(absl::string_view prefix, const absl::Status& status);
  bool empty() const { return violations_.empty(); }
  // OK when empty; otherwise INVALID_ARGUMENT. The ErrorInfo is that of the first violation.
  absl::Status status() const;

 private:
  struct Violation {
    std::string field, reason, message;
    Metadata metadata;
  };
  std::vector<Violation> violations_;
};

// Reason of the ErrorInfo; empty when there is none.
std::string Reason(const absl::Status& status);

// One metadata value of the ErrorInfo; empty when absent.
std::string MetadataValue(const absl::Status& status, absl::string_view key);

// Delay of the RetryInfo; zero when there is none.
absl::Duration RetryAfter(const absl::Status& status);

// Fields of the BadRequest, in order.
std::vector<std::string> ViolatedFields(const absl::Status& status);

// The same error as a serialised google.rpc.Status with every payload as detail, and back.
std::string ToRpcStatusBytes(const absl::Status& status);
absl::Status FromRpcStatusBytes(absl::StatusCode code, absl::string_view message, absl::string_view bytes);

}  // namespace kam

#define KAM_CONCAT_INNER_(a, b) a##b
#define KAM_CONCAT_(a, b) KAM_CONCAT_INNER_(a, b)

// Returns from the enclosing function when the expression is not OK.
#define RETURN_IF_ERROR(expression) KAM_RETURN_IF_ERROR_(KAM_CONCAT_(kam_status_, __LINE__), expression)
#define KAM_RETURN_IF_ERROR_(status, expression)            \
  do {                                                      \
    if (absl::Status status = (expression); !status.ok()) { \
      return status;                                        \
    }                                                       \
  } while (false)

// ASSIGN_OR_RETURN(auto x, StatusOrReturningCall());
#define ASSIGN_OR_RETURN(lhs, expression) KAM_ASSIGN_OR_RETURN_(KAM_CONCAT_(kam_result_, __LINE__), lhs, expression)
#define KAM_ASSIGN_OR_RETURN_(result, lhs, expression) \
  auto result = (expression);                          \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

#endif  // KAM_COMMON_STATUS_STATUS_H_
