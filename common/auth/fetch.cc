#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/key_source.h"
#include "common/status/status.h"

namespace kam::auth {
namespace {

constexpr long kHttpOk = 200;

std::size_t Append(char* data, std::size_t size, std::size_t count, void* target) {
  auto* body = static_cast<std::string*>(target);
  const std::size_t bytes = size * count;
  if (body->size() + bytes > kMaxJwksBytes) return 0;  // Ends the transfer with CURLE_WRITE_ERROR.
  body->append(data, bytes);
  return bytes;
}

absl::Status Failed(absl::string_view why) {
  return Error(absl::StatusCode::kUnavailable, "FETCH_FAILED", absl::StrCat("the key set could not be fetched: ", why),
               {{"cause", std::string(why)}});
}

}  // namespace

absl::StatusOr<std::string> FetchHttps(const std::string& url, const std::string& ca_file, absl::Duration timeout) {
  if (!absl::StartsWithIgnoreCase(url, "https://")) {
    return InvalidField("url", "URL_INVALID", "the address of a key set starts with https://");
  }
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (curl == nullptr) return Internal("libcurl could not start");
  std::string body;
  CURL* handle = curl.get();
  const auto milliseconds = static_cast<long>(absl::ToInt64Milliseconds(timeout));
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds);
  curl_easy_setopt(handle, CURLOPT_MAXFILESIZE, static_cast<long>(kMaxJwksBytes));
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(handle);
  if (code == CURLE_WRITE_ERROR || code == CURLE_FILESIZE_EXCEEDED) {
    return Failed(absl::StrCat("more than ", kMaxJwksBytes, " bytes"));
  }
  if (code != CURLE_OK) return Failed(curl_easy_strerror(code));
  long http_status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status != kHttpOk) return Failed(absl::StrCat("HTTP status ", http_status));
  return body;
}

}  // namespace kam::auth
