// A gRPC server that has nothing but one method: the floor of row "start".
//
// usage: bare_server READY_FILE      makes the file once it serves
#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>

#include "common/rpc/testing/echo.grpc.pb.h"

namespace {

class Echo final : public kam::rpc::testing::EchoService::CallbackService {};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: bare_server READY_FILE\n");
    return 2;
  }
  Echo service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::ofstream(argv[1]) << "port=" << port << "\n";
  server->Wait();
}
