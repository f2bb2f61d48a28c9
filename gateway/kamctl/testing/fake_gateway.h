// An HTTP server that answers like the gateway, for the tests of kamctl: real sockets, real JSON, answers by the test.
#ifndef KAM_GATEWAY_KAMCTL_TESTING_FAKE_GATEWAY_H_
#define KAM_GATEWAY_KAMCTL_TESTING_FAKE_GATEWAY_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/http/server.h"
#include "gateway/kamctl/http.h"

namespace kam::ctl {

struct FakeRequest {
  std::string method, path, query, key, token;
  Json body;
};

struct FakeAnswer {
  int status = 200;
  Json body;
  std::string retry_after = {};
};

class FakeGateway {
 public:
  explicit FakeGateway(std::function<FakeAnswer(const FakeRequest&)> answer);

  std::string url() const;
  std::vector<FakeRequest> requests() const;

 private:
  const std::function<FakeAnswer(const FakeRequest&)> answer_;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;
  std::unique_ptr<http::HttpServer> server_;
};

}  // namespace kam::ctl

#endif  // KAM_GATEWAY_KAMCTL_TESTING_FAKE_GATEWAY_H_
