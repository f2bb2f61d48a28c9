#include "common/rpc/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <string>

#include "common/log/log.h"

namespace kam::rpc {
namespace {

void OnGrpc(gpr_log_func_args* args) {
  if (args->severity < GPR_LOG_SEVERITY_ERROR) return;
  log::Warning("grpc", {{"text", args->message}, {"file", args->file}, {"line", args->line}});
}

// Errors are those of parsing input, which the caller is told anyway; the text may quote field names, never values.
void OnProtobuf(google::protobuf::LogLevel level, const char* file, int line, const std::string& text) {
  if (level < google::protobuf::LOGLEVEL_ERROR) return;
  log::Warning("protobuf", {{"text", text}, {"file", file}, {"line", line}});
}

}  // namespace

void RouteLibraryLogs() {
  gpr_set_log_function(OnGrpc);
  google::protobuf::SetLogHandler(OnProtobuf);
}

}  // namespace kam::rpc
