#include "gateway/http/problem.h"

#include "common/status/status.h"
#include "gtest/gtest.h"

namespace kam::http {
namespace {

TEST(ProblemTest, EveryCodeHasItsHttpStatus) {
  const std::pair<absl::StatusCode, int> table[] = {
      {absl::StatusCode::kCancelled, 499},          {absl::StatusCode::kUnknown, 500},
      {absl::StatusCode::kInvalidArgument, 400},    {absl::StatusCode::kDeadlineExceeded, 504},
      {absl::StatusCode::kNotFound, 404},           {absl::StatusCode::kAlreadyExists, 409},
      {absl::StatusCode::kPermissionDenied, 403},   {absl::StatusCode::kResourceExhausted, 429},
      {absl::StatusCode::kFailedPrecondition, 400}, {absl::StatusCode::kAborted, 409},
      {absl::StatusCode::kOutOfRange, 400},         {absl::StatusCode::kUnimplemented, 501},
      {absl::StatusCode::kInternal, 500},           {absl::StatusCode::kUnavailable, 503},
      {absl::StatusCode::kDataLoss, 500},           {absl::StatusCode::kUnauthenticated, 401}};
  for (const auto& [code, http] : table) EXPECT_EQ(HttpStatus(absl::Status(code, "x"), false), http) << int(code);
}

TEST(ProblemTest, AStaleVersionIs412OnlyWithIfMatch) {
  const absl::Status stale = Error(absl::StatusCode::kAborted, "ETAG_MISMATCH", "changed meanwhile");
  EXPECT_EQ(HttpStatus(stale, true), 412);
  EXPECT_EQ(HttpStatus(stale, false), 409);
  EXPECT_EQ(HttpStatus(Error(absl::StatusCode::kAborted, "LOCK_LOST", "x"), true), 409);
}

TEST(ProblemTest, AReusedRequestIdIs422) {
  EXPECT_EQ(HttpStatus(Error(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED", "x"), false), 422);
}

TEST(ProblemTest, AnUnsupportedContentTypeIs415) {
  EXPECT_EQ(HttpStatus(Error(absl::StatusCode::kInvalidArgument, "CONTENT_TYPE_UNSUPPORTED", "x"), false), 415);
}

TEST(ProblemTest, FieldErrorsNameFieldPointerAndDescription) {
  FieldViolations violations;
  violations.Add("account.legal_name", "FIELD_REQUIRED", "must be set");
  violations.Add("account.lines[3].unit_price", "FIELD_TOO_LONG", "at most \"5\"");
  violations.Add("page_size", "FIELD_OUT_OF_RANGE", "negative");
  ProblemContext context;
  context.body_field = "account";
  context.trace_id = "0af7651916cd43dd8448eb211c80319c";
  const HttpResponse response = ProblemResponse(violations.status(), context);
  EXPECT_EQ(response.status, 400);
  ASSERT_EQ(response.headers.size(), 1u);
  EXPECT_EQ(response.headers[0].second, kProblemContentType);
  EXPECT_NE(response.body.find(R"({"field":"account.legal_name","pointer":"/legalName","description":"must be set"})"),
            std::string::npos)
      << response.body;
  EXPECT_NE(response.body.find(R"("pointer":"/lines/3/unitPrice","description":"at most \"5\"")"), std::string::npos)
      << response.body;
  EXPECT_NE(response.body.find(R"({"field":"page_size","description":"negative"})"), std::string::npos);
  EXPECT_NE(response.body.find(R"("type":"https://kam.example/errors/)"), std::string::npos);
  EXPECT_NE(response.body.find(R"("code":"INVALID_ARGUMENT")"), std::string::npos);
  EXPECT_NE(response.body.find(R"("traceId":"0af7651916cd43dd8448eb211c80319c")"), std::string::npos);
}

TEST(ProblemTest, TheWholeDocumentHasOneShape) {
  const HttpResponse response = ProblemResponse(Error(absl::StatusCode::kPermissionDenied, "PERMISSION_MISSING",
                                                      "needs account.read", {{"permission", "account.read"}}),
                                                ProblemContext());
  EXPECT_EQ(response.body,
            R"({"type":"https://kam.example/errors/PERMISSION_MISSING","title":"Permission missing","status":403,)"
            R"("detail":"needs account.read","code":"PERMISSION_DENIED","reason":"PERMISSION_MISSING","domain":"kam",)"
            R"("metadata":{"permission":"account.read"}})");
}

TEST(ProblemTest, InternalTextsStayInside) {
  const HttpResponse response = ProblemResponse(Internal("table accounts is gone"), ProblemContext());
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("accounts"), std::string::npos);
  EXPECT_NE(response.body.find("internal error"), std::string::npos);
}

TEST(ProblemTest, RetryInfoBecomesRetryAfterRoundedUp) {
  const HttpResponse later =
      ProblemResponse(RetryLater(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "busy", absl::Milliseconds(2100)),
                      ProblemContext());
  EXPECT_EQ(later.status, 429);
  ASSERT_NE(FindHeader(later.headers, "Retry-After"), nullptr);
  EXPECT_EQ(*FindHeader(later.headers, "Retry-After"), "3");
  const HttpResponse down = ProblemResponse(absl::UnavailableError("x"), ProblemContext());
  EXPECT_EQ(*FindHeader(down.headers, "Retry-After"), "1");
}

TEST(ProblemTest, ARefusedTokenNamesTheScheme) {
  const HttpResponse bad =
      ProblemResponse(Error(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "x"), ProblemContext());
  EXPECT_EQ(*FindHeader(bad.headers, "WWW-Authenticate"), "Bearer realm=\"kam\", error=\"invalid_token\"");
  const HttpResponse none =
      ProblemResponse(Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "x"), ProblemContext());
  EXPECT_EQ(*FindHeader(none.headers, "WWW-Authenticate"), "Bearer realm=\"kam\"");
}

}  // namespace
}  // namespace kam::http
