#include "common/rpc/wire.h"

#include <cstdint>
#include <random>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace kam::rpc {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr size_t kTraceparentSize = 55;

// Cuts at a character boundary.
std::string Cut(absl::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

uint64_t Random64() {
  thread_local absl::BitGen generator;
  return absl::Uniform<uint64_t>(absl::IntervalClosedClosed, generator, 1, UINT64_MAX);
}

std::string Hex64(uint64_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad16)); }

bool IsLowerHex(absl::string_view text) {
  for (char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool AllZero(absl::string_view text) { return text.find_first_not_of('0') == absl::string_view::npos; }

}  // namespace

bool IsHidden(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

absl::Status Public(const absl::Status& status, absl::string_view correlation_id) {
  if (status.ok()) return status;
  if (IsHidden(status.code())) {
    return Error(status.code(), "INTERNAL", absl::StrCat("internal error; correlation id ", correlation_id),
                 {{"correlationId", std::string(correlation_id)}});
  }
  if (!Reason(status).empty()) return status;
  absl::Status with_reason = Error(status.code(), CodeName(status.code()), status.message());
  status.ForEachPayload([&with_reason](absl::string_view type_url, const absl::Cord& payload) {
    if (type_url != kErrorInfoUrl) with_reason.SetPayload(type_url, payload);
  });
  return with_reason;
}

WireStatus ToWire(const absl::Status& public_status) {
  WireStatus wire;
  if (public_status.ok()) return wire;
  absl::Status cut(public_status.code(), Cut(public_status.message(), kMessageBytesMax));
  public_status.ForEachPayload(
      [&cut](absl::string_view type_url, const absl::Cord& payload) { cut.SetPayload(type_url, payload); });
  wire.code = static_cast<int>(cut.code());
  wire.message = std::string(cut.message());
  wire.details = ToRpcStatusBytes(cut);
  if (wire.details.size() > kDetailsBytesMax) {
    absl::Status reduced(cut.code(), cut.message());
    if (absl::optional<absl::Cord> info = cut.GetPayload(kErrorInfoUrl)) reduced.SetPayload(kErrorInfoUrl, *info);
    wire.details = ToRpcStatusBytes(reduced);
  }
  if (wire.details.size() > kDetailsBytesMax) wire.details.clear();
  return wire;
}

absl::string_view CodeName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return "OK";
    case absl::StatusCode::kCancelled:
      return "CANCELLED";
    case absl::StatusCode::kInvalidArgument:
      return "INVALID_ARGUMENT";
    case absl::StatusCode::kDeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    case absl::StatusCode::kNotFound:
      return "NOT_FOUND";
    case absl::StatusCode::kAlreadyExists:
      return "ALREADY_EXISTS";
    case absl::StatusCode::kPermissionDenied:
      return "PERMISSION_DENIED";
    case absl::StatusCode::kResourceExhausted:
      return "RESOURCE_EXHAUSTED";
    case absl::StatusCode::kFailedPrecondition:
      return "FAILED_PRECONDITION";
    case absl::StatusCode::kAborted:
      return "ABORTED";
    case absl::StatusCode::kOutOfRange:
      return "OUT_OF_RANGE";
    case absl::StatusCode::kUnimplemented:
      return "UNIMPLEMENTED";
    case absl::StatusCode::kInternal:
      return "INTERNAL";
    case absl::StatusCode::kUnavailable:
      return "UNAVAILABLE";
    case absl::StatusCode::kDataLoss:
      return "DATA_LOSS";
    case absl::StatusCode::kUnauthenticated:
      return "UNAUTHENTICATED";
    default:
      return "UNKNOWN";
  }
}

std::string NewCorrelationId() { return Hex64(Random64()); }

bool IsTraceparent(absl::string_view text) {
  return text.size() == kTraceparentSize && text.substr(0, 3) == "00-" && text[35] == '-' && text[52] == '-' &&
         IsLowerHex(text.substr(3, 32)) && IsLowerHex(text.substr(36, 16)) && IsLowerHex(text.substr(53, 2)) &&
         !AllZero(text.substr(3, 32)) && !AllZero(text.substr(36, 16));
}

std::string NewTraceparent() {
  return absl::StrCat("00-", Hex64(Random64()), Hex64(Random64()), "-", Hex64(Random64()), "-00");
}

std::string ChildTraceparent(absl::string_view parent) {
  if (!IsTraceparent(parent)) return NewTraceparent();
  return absl::StrCat(parent.substr(0, 36), Hex64(Random64()), parent.substr(52));
}

}  // namespace kam::rpc
