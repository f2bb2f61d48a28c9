// A JSON object as used in tokens: strict to read (UTF-8, no duplicate members, nothing after it), immutable once read.
#ifndef KAM_COMMON_AUTH_CLAIMS_H_
#define KAM_COMMON_AUTH_CLAIMS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct json_t;

namespace kam::auth {

class Claims {
 public:
  Claims();  // {}
  // INVALID_ARGUMENT without details when the text is not one JSON object.
  static absl::StatusOr<Claims> Parse(absl::string_view json);

  bool Has(const char* name) const;
  // Nothing when the member is absent or of another type.
  std::optional<std::string> String(const char* name) const;
  std::optional<int64_t> Integer(const char* name) const;
  // A list of strings; a single string counts as a list of one (RFC 7519, "aud").
  std::optional<std::vector<std::string>> Strings(const char* name) const;
  // A NumericDate: seconds since 1970, possibly with a fraction, up to the end of the year 9999.
  std::optional<absl::Time> Time(const char* name) const;
  // A nested object.
  std::optional<Claims> Object(const char* name) const;
  std::vector<std::string> Names() const;

  // For building. Text that is not UTF-8 is refused (false).
  bool Set(const char* name, absl::string_view value);
  bool Set(const char* name, const std::vector<std::string>& values);
  void Set(const char* name, int64_t value);
  void Set(const char* name, const Claims& value);

  std::string ToJson() const;

 private:
  explicit Claims(json_t* owned);
  std::shared_ptr<json_t> object_;
};

}  // namespace kam::auth

#endif  // KAM_COMMON_AUTH_CLAIMS_H_
