#include "gateway/kamctl/testing/fake_gateway.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace kam::ctl {

FakeGateway::FakeGateway(std::function<FakeAnswer(const FakeRequest&)> give) : answer_(std::move(give)) {
  http::ServerOptions options;
  options.plain = true;
  auto server = http::HttpServer::Start(options, [this](const http::HttpRequest& request, const http::Done& done) {
    FakeRequest seen{request.method, request.path, request.query, "", "", Json()};
    if (const std::string* token = request.Header("authorization"); token != nullptr) seen.token = *token;
    if (const std::string* key = request.Header("idempotency-key"); key != nullptr) seen.key = *key;
    if (!request.body.empty()) seen.body = Json::parse(request.body);
    FakeAnswer answer;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(seen);
      answer = answer_(seen);
    }
    http::HttpResponse response;
    response.status = answer.status;
    response.body = answer.body.dump();
    if (!answer.retry_after.empty()) response.headers.emplace_back("Retry-After", answer.retry_after);
    done(std::move(response));
  });
  if (!server.ok()) std::abort();
  server_ = *std::move(server);
}

std::string FakeGateway::url() const { return absl::StrCat("http://127.0.0.1:", server_->port()); }

std::vector<FakeRequest> FakeGateway::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

}  // namespace kam::ctl
