#include "common/service/audit_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/event/feed.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "common/testing/mariadb.h"

namespace kam::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AuditCommandTest : public ::testing::Test {
 protected:
  void AddChange(int version) {
    temp_.Execute(
        absl::StrCat("INSERT INTO changes (change_id, change_time, actor, method, kind, collection, "
                     "resource_id, version, fields) VALUES ('change",
                     version, "', '2026-01-01', 'a', 'm', 'k', 'things', 'r', ", version, ", '[]')"));
    ASSERT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20)).ok());
  }

  // What is printed, and whether the trail is sound.
  std::string Verify(const std::string& anchors, bool* sound) {
    std::stringstream out;
    const absl::StatusOr<bool> verified = VerifyAuditTrail(temp_.database(), catalog_, temp_.schema(), anchors, out);
    EXPECT_TRUE(verified.ok()) << verified.status();
    *sound = verified.ok() && *verified;
    return out.str();
  }

  testing::TempDatabase temp_{"common/resource/schema"};
  const resource::Catalog catalog_;
};

// G-20
TEST_F(AuditCommandTest, HeadsInTheLogProveLaterThatTheTrailWasRewritten) {
  std::vector<std::string> lines;
  {
    const log::ScopedCapture capture([&](absl::string_view line) { lines.emplace_back(line); });
    AuditHeadPublisher publisher(temp_.database(), temp_.schema());
    AddChange(1);
    ASSERT_TRUE(publisher.Publish().ok());
    ASSERT_TRUE(publisher.Publish().ok());  // Nothing new.
    AddChange(2);
    ASSERT_TRUE(publisher.Publish().ok());
  }
  ASSERT_THAT(lines, SizeIs(2));
  const std::string path = absl::StrCat(::testing::TempDir(), temp_.schema(), ".log");
  std::ofstream(path) << "not JSON\n[1]\n" << lines[0] << "\n" << lines[1] << "\n{\"msg\":\"rpc\",\"sequence\":7}\n";
  AddChange(3);
  bool sound = false;
  EXPECT_THAT(Verify(path, &sound), HasSubstr("\"sequence\":3"));
  EXPECT_TRUE(sound);

  temp_.Execute("UPDATE changes SET actor = 'b' WHERE sequence = 1");
  temp_.Execute("UPDATE changes SET chain_link = NULL");
  temp_.Execute("UPDATE change_sequence SET chained_sequence = 0, chain_link = NULL");
  ASSERT_TRUE(event::NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20)).ok());
  EXPECT_THAT(Verify("", &sound), Not(HasSubstr("REWRITTEN")));
  EXPECT_TRUE(sound);
  EXPECT_THAT(Verify(path, &sound), HasSubstr("\"fault\":\"REWRITTEN\",\"sequence\":1,\"change\":\"change1\","
                                              "\"resource\":\"things/r\",\"version\":1"));
  EXPECT_FALSE(sound);
  std::remove(path.c_str());
}

// G-20
TEST_F(AuditCommandTest, WhatItPrintsIsAnAnchorForTheNextTime) {
  AddChange(1);
  bool sound = false;
  const std::string printed = Verify("", &sound);
  EXPECT_TRUE(sound);
  const std::vector<event::AuditAnchor> anchors = ReadAnchors(printed, temp_.schema());
  ASSERT_THAT(anchors, SizeIs(1));
  EXPECT_EQ(anchors[0].sequence, 1);
  EXPECT_THAT(anchors[0].link, SizeIs(64));
  EXPECT_THAT(ReadAnchors(printed, "another_schema"), IsEmpty());
}

TEST_F(AuditCommandTest, AFileThatIsNotThereIsSaid) {
  std::stringstream out;
  const absl::Status status =
      VerifyAuditTrail(temp_.database(), catalog_, temp_.schema(), "/nonexistent/anchors", out).status();
  EXPECT_EQ(Reason(status), "AUDIT_ANCHORS_UNREADABLE");
  EXPECT_THAT(ViolatedFields(status), ElementsAre("audit_anchors"));
}

}  // namespace
}  // namespace kam::service
