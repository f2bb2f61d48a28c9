// The life of a program, seen from outside: a real process, real signals, real ports.
#include "common/server/program.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/echo.pb.h"
#include "common/server/testing/http.h"
#include "common/status/status.h"
#include "grpc/health/v1/health.pb.h"

namespace kam::server {
namespace {

using testing::Get;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The testee as a child process; its log is read line by line, which is how tests wait for what it does.
class Testee {
 public:
  explicit Testee(std::vector<std::string> arguments, const std::vector<std::string>& environment = {}) {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) abort();
    arguments.insert(arguments.begin(), KAM_TESTEE);
    std::vector<char*> argv, envp;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::vector<std::string> variables = environment;
    for (std::string& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(fds[1], STDERR_FILENO);
      dup2(fds[1], STDOUT_FILENO);
      execve(KAM_TESTEE, argv.data(), envp.data());
      _exit(127);
    }
    close(fds[1]);
    log_ = fdopen(fds[0], "r");
  }
  ~Testee() {
    if (!reaped_) {
      kill(pid_, SIGKILL);
      Wait();
    }
    fclose(log_);
  }

  // Reads the log up to the line with this message; a null object when the program ended before.
  nlohmann::json Await(const std::string& msg) {
    std::string line;
    while (ReadLine(&line)) {
      nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
      if (!parsed.is_discarded() && parsed["msg"] == msg) return parsed;
    }
    return nullptr;
  }
  // The rest of what it writes.
  std::string Rest() {
    std::string all, line;
    while (ReadLine(&line)) absl::StrAppend(&all, line, "\n");
    return all;
  }
  void Signal(int number) { kill(pid_, number); }
  // Exit status, or minus the signal that ended it.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  bool ReadLine(std::string* line) {
    char* buffer = nullptr;
    size_t capacity = 0;
    const ssize_t size = getline(&buffer, &capacity, log_);
    if (size > 0) line->assign(buffer, static_cast<size_t>(size));
    free(buffer);
    return size > 0;
  }

  pid_t pid_ = -1;
  FILE* log_ = nullptr;
  bool reaped_ = false;
};

class ProgramTest : public ::testing::Test {
 protected:
  ProgramTest() {
    std::string pattern = ::testing::TempDir() + "kam_program_test.XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ProgramTest() override {
    for (const char* name : {"ready", "gate", "config", "fifo"}) unlink(Path(name).c_str());
    rmdir(folder_.c_str());
  }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  static absl::StatusOr<std::string> Echo(int port, const std::string& text, const std::string& fifo = "") {
    rpc::ClientOptions options;
    options.target = absl::StrCat("127.0.0.1:", port);
    ASSIGN_OR_RETURN(std::unique_ptr<rpc::Client> client, rpc::Client::Create(options));
    rpc::testing::EchoRequest request;
    request.set_text(text);
    request.set_data(fifo);
    rpc::testing::EchoResponse response;
    RETURN_IF_ERROR(client->Call("kam.rpc.testing.EchoService/Echo", request, &response, {.bearer = "any"}));
    return response.text();
  }

  std::string folder_;
};

TEST_F(ProgramTest, ServesFromReadyToSigterm) {
  Testee testee({"--ready_file=" + Path("ready")});
  const nlohmann::json serving = testee.Await("serving");
  ASSERT_FALSE(serving.is_null());
  std::ifstream file(Path("ready"));
  const std::string ready((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const int grpc_port = serving["grpc_port"], admin_port = serving["admin_port"];
  EXPECT_EQ(ready, absl::StrCat("admin_port=", admin_port, "\ngrpc_port=", grpc_port, "\n"));
  EXPECT_EQ(Echo(grpc_port, "hello").value(), "hello");
  EXPECT_THAT(Get(admin_port, "/readyz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Get(admin_port, "/metrics"), HasSubstr("grpc_server_call_started_total"));
  testee.Signal(SIGTERM);
  EXPECT_THAT(testee.Rest(), HasSubstr("stop hook"));
  EXPECT_EQ(testee.Wait(), 0);
}

TEST_F(ProgramTest, IsNotReadyUntilEveryCheckPasses) {
  Testee testee({"--ready_file=" + Path("ready"), "--gate_file=" + Path("gate"), "--readiness_interval=20ms"});
  ASSERT_FALSE(testee.Await("readiness check fails").is_null());
  EXPECT_NE(access(Path("ready").c_str(), F_OK), 0);
  std::ofstream(Path("gate")).close();
  const nlohmann::json serving = testee.Await("serving");
  ASSERT_FALSE(serving.is_null());
  EXPECT_EQ(access(Path("ready").c_str(), F_OK), 0);
  // Failing again later turns readiness off without ending the program.
  unlink(Path("gate").c_str());
  ASSERT_FALSE(testee.Await("readiness: not ready").is_null());
  EXPECT_THAT(Get(serving["admin_port"], "/readyz"), HasSubstr("not ready: gate GATE_CLOSED"));
  EXPECT_THAT(Get(serving["admin_port"], "/livez"), StartsWith("HTTP/1.1 200 "));
  testee.Signal(SIGINT);
  EXPECT_EQ(testee.Wait(), 0);
}

TEST_F(ProgramTest, ACallInProgressEndsBeforeTheProgramDoes) {
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  Testee testee({});
  const int port = testee.Await("serving")["grpc_port"];
  std::future<absl::StatusOr<std::string>> answer =
      std::async(std::launch::async, [&] { return Echo(port, "", Path("fifo")); });
  ASSERT_FALSE(testee.Await("handler waits").is_null());
  testee.Signal(SIGTERM);
  ASSERT_FALSE(testee.Await("readiness: not ready").is_null());
  std::ofstream(Path("fifo")) << "late";
  const absl::StatusOr<std::string> text = answer.get();
  EXPECT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text.value_or(""), "late");
  EXPECT_EQ(testee.Wait(), 0);
}

TEST_F(ProgramTest, ASecondSignalEndsAtOnce) {
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  Testee testee({});
  const int port = testee.Await("serving")["grpc_port"];
  std::future<absl::StatusOr<std::string>> answer =
      std::async(std::launch::async, [&] { return Echo(port, "", Path("fifo")); });
  ASSERT_FALSE(testee.Await("handler waits").is_null());
  testee.Signal(SIGTERM);
  ASSERT_FALSE(testee.Await("ends in order").is_null());
  testee.Signal(SIGTERM);
  EXPECT_EQ(testee.Wait(), 1);
  EXPECT_EQ(answer.get().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ProgramTest, LaterSourcesOfConfigurationWin) {
  std::ofstream(Path("config")) << "# test\nthreads = 3\nqueue_length_max = 30\nshutdown_grace = 3s\n";
  Testee testee({"--config=" + Path("config"), "--threads=5"},
                {"KAM_THREADS=4", "KAM_QUEUE_LENGTH_MAX=40", "KAM_ACCOUNT_PORT=tcp://10.0.0.1"});
  const nlohmann::json warning = testee.Await("environment variable names no setting");
  EXPECT_EQ(warning["name"], "KAM_ACCOUNT_PORT");
  const nlohmann::json line = testee.Await("configuration");
  ASSERT_FALSE(line.is_null());
  EXPECT_EQ(line["threads"], "5");
  EXPECT_EQ(line["queue_length_max"], "40");
  EXPECT_EQ(line["shutdown_grace"], "3s");
  EXPECT_EQ(line["drain_delay"], "0");
}

TEST_F(ProgramTest, TheConfigFileMayBeNamedByTheEnvironment) {
  std::ofstream(Path("config")) << "threads = 3\n";
  Testee testee({}, {"KAM_CONFIG=" + Path("config")});
  EXPECT_EQ(testee.Await("configuration")["threads"], "3");
}

TEST_F(ProgramTest, BadConfigurationStopsStartUpAndIsNamed) {
  std::ofstream(Path("config")) << "thraeds = 3\n";
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--config=" + Path("config")}, "there is no setting thraeds"},
      {{"--config=" + Path("absent")}, "cannot read"},
      {{"--log_level=loud"}, "log_level"},
      {{"--drain_delay=-1s"}, "drain_delay"},
      {{"--shutdown_grace=900h"}, "shutdown_grace"},
      {{"--readiness_interval=1ms"}, "readiness_interval"},
      {{"stray"}, "stray"}};
  for (const auto& [arguments, text] : cases) {
    Testee testee(arguments);
    EXPECT_THAT(testee.Rest(), HasSubstr(text));
    EXPECT_EQ(testee.Wait(), 2) << text;
  }
  Testee environment({}, {"KAM_THREADS=many"});
  EXPECT_THAT(environment.Rest(), HasSubstr("environment: threads does not take this value"));
  EXPECT_EQ(environment.Wait(), 2);
  Testee flag({"--thraeds=3"});
  EXPECT_THAT(flag.Rest(), HasSubstr("thraeds"));
  EXPECT_NE(flag.Wait(), 0);
}

TEST_F(ProgramTest, AListenerThatCannotStartEndsTheProgram) {
  for (const char* argument : {"--threads=0", "--listen=nowhere.invalid:0", "--admin_listen=localhost:1"}) {
    Testee testee({argument});
    EXPECT_FALSE(testee.Await("cannot start").is_null()) << argument;
    EXPECT_EQ(testee.Wait(), 1) << argument;
  }
}

}  // namespace
}  // namespace kam::server
