// test_mariadb start|stop DIR: the test server of a build folder. CTest's fixture "mariadb" calls it.
#include <iostream>

#include "absl/strings/string_view.h"
#include "common/testing/mariadb_server.h"

int main(int argc, char** argv) {
  const absl::string_view verb = argc == 3 ? argv[1] : "";
  if (verb != "start" && verb != "stop") {
    std::cerr << "usage: test_mariadb start|stop DIR\n";
    return 2;
  }
  const absl::Status status =
      verb == "start" ? kam::testing::StartMariadb(argv[2]) : kam::testing::StopMariadb(argv[2]);
  if (status.ok()) return 0;
  std::cerr << "test_mariadb " << verb << ": " << status.message() << "\n";
  return 1;
}
