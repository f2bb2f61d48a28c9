// What is measured, in one process on loopback: a private MariaDB, account-svc with all its handlers on the real
// rpc::Server behind the real internal token, and the gateway's HTTP edge in front of it. One more method, which does
// nothing, is served beside the others and in the same way.
#ifndef KAM_TESTS_BENCH_SUITE_WORLD_H_
#define KAM_TESTS_BENCH_SUITE_WORLD_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/mysql/mysql.h"
#include "tests/bench/suite/recorder.h"

namespace google::protobuf {
class Message;
}

namespace kam::bench {

inline constexpr char kNoOp[] = "kam.rpc.testing.EchoService/Echo";

class World {
 public:
  // Works in `directory`, which is made and, with the server, taken away at the end. Called from the source root.
  static absl::StatusOr<std::unique_ptr<World>> Start(const std::string& directory);
  virtual ~World() = default;

  // The database of the service; its statements can be recorded.
  virtual Recorder& recorder() = 0;
  // Two more schemas with the same tables, reached through pools of the same size, for statements on their own.
  virtual mysql::Database& raw_all() = 0;
  virtual mysql::Database& raw_writes() = 0;
  virtual pid_t mariadb() const = 0;

  // Takes a fresh token for Call; it is good for longer than a cell of the measurement lasts.
  virtual absl::Status RenewToken() = 0;
  // The token of the last RenewToken.
  virtual const std::string& bearer() const = 0;
  // Where account-svc listens.
  virtual int grpc_port() const = 0;
  // The RPC direct, over one of a few connections.
  virtual absl::Status Call(int client, absl::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response) = 0;

  virtual uint16_t http_port() const = 0;
  // "Authorization: Bearer ..." from the identity provider, for the HTTP edge.
  virtual const std::string& http_authorization() const = 0;
};

}  // namespace kam::bench

#endif  // KAM_TESTS_BENCH_SUITE_WORLD_H_
