// The audit trail against somebody with every right in the database.
#include "common/event/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/event/feed.h"
#include "common/resource/purge.h"
#include "common/resource/runtime.h"
#include "common/resource/testing/widget_tables.h"
#include "common/testing/mariadb.h"
#include "common/time/date.h"
#include "common/time/fake_clock.h"
#include "kam/testing/v1/widget.pb.h"

namespace kam::event {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace pb = ::kam::testing::v1;

constexpr char kAnna[] = "00000000000000000000000ann";
// A change by somebody who writes into the tables himself; the rest of the values follows.
constexpr char kForge[] =
    "INSERT INTO changes (change_id, change_time, actor, method, kind, collection, fields, resource_id, version, "
    "sequence) VALUES ('00000000000000000000forged', '2026-01-01', 'employees/x', 'm', 'UPDATED', 'widgets', '[]', ";

class AuditTest : public ::testing::Test {
 protected:
  AuditTest()
      : temp_("common/resource/schema"),
        runtime_(temp_.database(), Catalog(), clock_, std::string(32, 'k'), LoadZone("Asia/Shanghai").value()) {
    EXPECT_TRUE(kam::testing::CreateWidgetTables(temp_.database()).ok());
    temp_.Execute(absl::StrCat("INSERT INTO employee_scopes (employee, version) VALUES ('", kAnna, "', 1)"));
  }

  static const resource::Catalog& Catalog() {
    static const auto* catalog = [] {
      auto* made = new resource::Catalog;
      made->Add<pb::Widget>();
      return made;
    }();
    return *catalog;
  }

  // A widget with `versions` changes, the last ones with the reasons "version 2", "version 3" ...
  std::string Write(int versions) {
    auth::Principal actor;
    actor.subject = absl::StrCat("employees/", kAnna);
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        "kam.testing.v1.WidgetService.UpdateWidget");
    std::string name;
    for (int version = 1; version <= versions; ++version) {
      const absl::Status status = runtime_.WriteAs(actor, method, absl::StrCat("version ", version),
                                                   [&](resource::UnitOfWork& work) -> absl::Status {
                                                     pb::Widget before;
                                                     if (version == 1) {
                                                       before.set_title("first");
                                                       before.set_owner(actor.subject);
                                                       ASSIGN_OR_RETURN(const pb::Widget made, work.Insert(before));
                                                       name = made.name();
                                                       return absl::OkStatus();
                                                     }
                                                     ASSIGN_OR_RETURN(before, work.Load<pb::Widget>(name));
                                                     resource::Change<pb::Widget> change{before, before};
                                                     change.after.set_title(absl::StrCat("title ", version));
                                                     return work.Save(std::move(change)).status();
                                                   });
      EXPECT_TRUE(status.ok()) << status;
    }
    return name;
  }

  void Number() {
    for (int done = 1; done > 0;) {
      const absl::StatusOr<int> numbered = NumberChanges(temp_.database(), absl::Now() + absl::Seconds(20));
      ASSERT_TRUE(numbered.ok()) << numbered.status();
      done = *numbered;
    }
  }

  AuditAnchor Head() { return AuditHead(temp_.database(), absl::Now() + absl::Seconds(20)).value(); }

  // What is wrong, as "FAULT number resource version".
  std::vector<std::string> Faults(const std::vector<AuditAnchor>& anchors = {}) {
    const absl::StatusOr<AuditReport> report = VerifyAudit(temp_.database(), Catalog(), anchors);
    EXPECT_TRUE(report.ok()) << report.status();
    std::vector<std::string> faults;
    for (const AuditFinding& finding : report->findings) {
      EXPECT_FALSE(finding.text.empty());
      std::string text = absl::StrCat(AuditFaultName(finding.fault), " ", finding.sequence);
      if (!finding.resource.empty()) absl::StrAppend(&text, " ", finding.resource, " ", finding.version);
      faults.push_back(std::move(text));
    }
    return faults;
  }

  static std::string Id(const std::string& name) { return name.substr(name.find('/') + 1); }

  kam::testing::TempDatabase temp_;
  FakeClock clock_;
  resource::Runtime runtime_;
};

// G-20
TEST_F(AuditTest, WhatTheServiceWroteIsSoundAndGoesOn) {
  EXPECT_THAT(Faults(), IsEmpty());
  Write(3);
  EXPECT_THAT(Faults(), IsEmpty());  // Not numbered yet.
  Number();
  const AuditAnchor early = Head();
  EXPECT_EQ(early.sequence, 3);
  EXPECT_THAT(early.link, SizeIs(64));
  Write(2);
  Number();
  EXPECT_EQ(Head().sequence, 5);
  EXPECT_THAT(Faults({early, Head()}), IsEmpty());
  const absl::StatusOr<AuditReport> report = VerifyAudit(temp_.database(), Catalog(), {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->rows, 5);
  EXPECT_EQ(report->head.link, Head().link);
  // Who, when, by which method, what before and after, and why, are all there (source: the method).
  EXPECT_EQ(temp_
                .Get("SELECT COUNT(*) FROM changes WHERE actor <> '' AND method <> '' AND reason LIKE 'version %' AND "
                     "(version = 1 OR fields LIKE '[[\"title\",%')")
                .integer(),
            5);
}

// G-20
TEST_F(AuditTest, EveryColumnOfAChangeIsVouchedFor) {
  Write(3);
  Number();
  for (const char* change :
       {"actor = 'employees/somebody'", "change_time = change_time + INTERVAL 1 MICROSECOND", "method = 'a.B/C'",
        "kind = 'ARCHIVED'", "collection = 'gadgets'", "resource_id = '00000000000000000000nobody'", "version = 9",
        "reason = NULL", "reason = ''", "reason = 'a better one'", "traceparent = '00-1'",
        "fields = REPLACE(fields, 'first', 'worst')", "change_id = '00000000000000000000forged'",
        "chain_link = REPEAT('0', 64)"}) {
    temp_.Execute("CREATE TABLE kept AS SELECT * FROM changes");
    temp_.Execute(absl::StrCat("UPDATE changes SET ", change, " WHERE sequence = 2"));
    EXPECT_THAT(Faults(), Contains(StartsWith("CHANGED 2 "))) << change;
    temp_.Execute("DELETE FROM changes");
    temp_.Execute("INSERT INTO changes SELECT * FROM kept");
    temp_.Execute("DROP TABLE kept");
    EXPECT_THAT(Faults(), IsEmpty()) << change;
  }
}

// G-20
TEST_F(AuditTest, ARowThatIsGoneIsNamed) {
  const std::string widget = Write(5);
  Number();
  temp_.Execute("DELETE FROM changes WHERE sequence = 3");
  EXPECT_THAT(Faults(), ElementsAre("MISSING 3", absl::StrCat("MISSING 4 ", widget, " 4")));
}

// G-20
TEST_F(AuditTest, ARowThatIsGoneBeforeItHadANumberIsNamed) {
  const std::string widget = Write(4);
  temp_.Execute("DELETE FROM changes WHERE version >= 3");
  Number();
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("MISSING 0 ", widget, " 4")));
}

// G-20
TEST_F(AuditTest, RowsThatChangedPlacesAreNamed) {
  const std::string one = Write(2), other = Write(2);
  Number();
  temp_.Execute("UPDATE changes SET sequence = 100 WHERE sequence = 2");
  temp_.Execute("UPDATE changes SET sequence = 2 WHERE sequence = 3");
  temp_.Execute("UPDATE changes SET sequence = 3 WHERE sequence = 100");
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("CHANGED 2 ", other, " 1"), absl::StrCat("CHANGED 3 ", one, " 2"),
                                    absl::StrCat("CHANGED 4 ", other, " 2")));
}

// G-20
TEST_F(AuditTest, ARowThatWasPutInIsNamed) {
  const std::string widget = Write(3);
  Number();
  // With a number beyond the last, before the sequencer gives it.
  temp_.Execute(absl::StrCat(kForge, "'", Id(widget), "', 4, 40)"));
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("INSERTED 40 ", widget, " 4")));
  temp_.Execute("DELETE FROM changes WHERE sequence = 40");
  // In the place of one that was taken out.
  temp_.Execute("DELETE FROM changes WHERE sequence = 2");
  temp_.Execute(absl::StrCat(kForge, "'", Id(widget), "', 2, 2)"));
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("INSERTED 2 ", widget, " 2")));
}

// G-20
TEST_F(AuditTest, ARowThatTheSequencerWasMadeToLinkIsNamedByWhatItSays) {
  const std::string widget = Write(3);
  Number();
  for (const auto& [values, fault] : std::vector<std::pair<std::string, std::string>>{
           {absl::StrCat("'", Id(widget), "', 2, NULL)"), absl::StrCat("INSERTED 4 ", widget, " 2")},
           {absl::StrCat("'", Id(widget), "', 7, NULL)"), absl::StrCat("INSERTED 4 ", widget, " 7")},
           {"'00000000000000000000nobody', 1, NULL)", "INSERTED 4 widgets/00000000000000000000nobody 1"}}) {
    temp_.Execute("CREATE TABLE kept AS SELECT * FROM change_sequence");
    temp_.Execute(absl::StrCat(kForge, values));
    Number();
    EXPECT_THAT(Faults(), Contains(fault));
    temp_.Execute("DELETE FROM changes WHERE sequence = 4");
    temp_.Execute("DELETE FROM change_sequence");
    temp_.Execute("INSERT INTO change_sequence SELECT * FROM kept");
    temp_.Execute("DROP TABLE kept");
    EXPECT_THAT(Faults(), IsEmpty());
  }
}

// G-20
TEST_F(AuditTest, AResourceThatWasChangedWithoutATraceIsNamed) {
  const std::string widget = Write(2);
  Number();
  temp_.Execute("UPDATE widgets SET title = 'mine', version = 3");
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("MISSING 0 ", widget, " 3")));
}

// G-20
TEST_F(AuditTest, AnEndThatWasCutOffIsNamed) {
  const std::string widget = Write(5);
  Number();
  const AuditAnchor head = Head();
  temp_.Execute("DELETE FROM changes WHERE sequence > 3");
  temp_.Execute("UPDATE widgets SET version = 3");
  EXPECT_THAT(Faults(), ElementsAre("TRUNCATED 4"));
  // With the sequencer's own place put back, only what was published outside tells.
  temp_.Execute(
      "UPDATE change_sequence SET next_sequence = 4, chained_sequence = 3, chain_link = (SELECT chain_link FROM "
      "changes WHERE sequence = 3)");
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_THAT(Faults({head}), ElementsAre("TRUNCATED 4"));
}

// G-20
TEST_F(AuditTest, ATrailThatWasRewrittenToItsEndContradictsWhatWasPublished) {
  const std::string widget = Write(5);
  Number();
  const AuditAnchor head = Head();
  temp_.Execute("UPDATE changes SET actor = 'employees/somebody' WHERE sequence = 2");
  // Somebody who knows how links are made makes all of them anew.
  temp_.Execute("UPDATE changes SET chain_link = NULL");
  temp_.Execute("UPDATE change_sequence SET chained_sequence = 0, chain_link = NULL");
  Number();
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_THAT(Faults({head}), ElementsAre(absl::StrCat("REWRITTEN 5 ", widget, " 5")));
}

// G-20: with the rights of a service's user (docs/operators.md) changes are numbered and linked, but what they say
// stays.
TEST_F(AuditTest, TheServiceNeedsNoRightToChangeWhatIsWritten) {
  Write(2);
  const std::string schema = absl::StrCat("`", temp_.schema(), "`.");
  const std::string user = absl::StrCat(" TO '", temp_.options().user, "'@'localhost'");
  const auto run = [](mysql::Database& database, const std::string& sql) {
    return database.Run(absl::Now() + absl::Seconds(20),
                        [&](mysql::Connection& connection) { return connection.Execute(sql).status(); });
  };
  for (const std::string& sql : {
           absl::StrCat("REVOKE ALL PRIVILEGES, GRANT OPTION FROM '", temp_.options().user, "'@'localhost'"),
           absl::StrCat("GRANT SELECT, INSERT, UPDATE (sequence, chain_link) ON ", schema, "changes", user),
           absl::StrCat("GRANT SELECT, INSERT, UPDATE, DELETE ON ", schema, "change_sequence", user),
       }) {
    const absl::Status granted = run(temp_.admin(), sql);
    ASSERT_TRUE(granted.ok()) << granted << sql;
  }
  // Sessions keep the rights that they began with.
  const auto service = mysql::Database::Open(temp_.options());
  const absl::StatusOr<int> numbered = NumberChanges(*service, absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(numbered.ok()) << numbered.status();
  EXPECT_EQ(*numbered, 2);
  for (const char* sql : {"UPDATE changes SET actor = 'employees/somebody'", "UPDATE changes SET fields = '[]'",
                          "DELETE FROM changes", "TRUNCATE TABLE changes", "DROP TABLE changes"}) {
    EXPECT_FALSE(run(*service, sql).ok()) << sql;
  }
  EXPECT_EQ(Head().sequence, 2);
}

// G-20
TEST_F(AuditTest, ChangesNumberedBeforeTheChainAreLinkedWhenTheSequencerFirstPassesThem) {
  Write(3);
  Number();
  const std::string link = Head().link;
  // As the program before left them; one more of it goes on numbering beside this one.
  temp_.Execute("UPDATE changes SET chain_link = NULL");
  temp_.Execute("UPDATE change_sequence SET chained_sequence = 0, chain_link = NULL");
  Number();
  EXPECT_EQ(Head().link, link);
  Write(2);
  temp_.Execute("UPDATE changes SET sequence = 4 WHERE sequence IS NULL AND version = 1");
  temp_.Execute("UPDATE change_sequence SET next_sequence = 5");
  Number();
  EXPECT_EQ(Head().sequence, 5);
  EXPECT_THAT(Faults(), IsEmpty());
}

// G-20, G-22: what ends with its retention period leaves its trail, and the trail says that it ended.
TEST_F(AuditTest, WhatWasDeletedInOrderIsNoFault) {
  const std::string gone = Write(3), kept = Write(2);
  const auto* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("kam.testing.v1.WidgetService.UpdateWidget");
  auth::Principal program;
  program.subject = "programs/test";
  const auto purge = [&](const std::string& name) {
    int64_t purged = 0;
    const absl::Status status = runtime_.WriteAs(program, method, "", [&](resource::UnitOfWork& work) -> absl::Status {
      ASSIGN_OR_RETURN(purged, resource::Purge(work, *Catalog().FindCollection("widgets"), *method,
                                               {"id = ?", {Id(name)}}, 10, "its time is over"));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return purged;
  };
  EXPECT_EQ(purge(gone), 1);
  EXPECT_EQ(purge(gone), 0) << "once";
  Number();
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_EQ(temp_
                .Get(absl::StrCat("SELECT COUNT(*) FROM changes WHERE resource_id = '", Id(gone),
                                  "' AND kind = 'DELETED' AND version = 4 AND reason = 'its time is over'"))
                .integer(),
            1);
  // Whoever deletes a row himself is found, and so is a change after the end.
  temp_.Execute(absl::StrCat("DELETE FROM widgets WHERE id = '", Id(kept), "'"));
  EXPECT_THAT(Faults(), ElementsAre(absl::StrCat("INSERTED 4 ", kept, " 1"), absl::StrCat("INSERTED 5 ", kept, " 2")));
  temp_.Execute(absl::StrCat("UPDATE changes SET version = 5 WHERE resource_id = '", Id(gone), "' AND version = 3"));
  EXPECT_THAT(Faults(), Contains(absl::StrCat("INSERTED 3 ", gone, " 5")));
}

// G-20: many findings of one kind hide none of another.
TEST_F(AuditTest, EveryKindOfFaultIsNamedHoweverManyThereAre) {
  constexpr int kMany = 1200;
  std::string values;
  for (int i = 0; i < kMany; ++i) {
    absl::StrAppend(&values, i == 0 ? "" : ", ", "('", absl::Dec(i, absl::kZeroPad16),
                    "orphan0000', '2026-01-01', 'employees/x', 'm', 'CREATED', 'widgets', '[]', '",
                    absl::Dec(i, absl::kZeroPad16), "absent0000', 1)");
  }
  temp_.Execute(absl::StrCat(
      "INSERT INTO changes (change_id, change_time, actor, method, kind, collection, fields, resource_id, version) "
      "VALUES ",
      values));
  Number();
  const std::string last = Write(2);
  Number();
  temp_.Execute(absl::StrCat("UPDATE changes SET reason = 'another' WHERE sequence = ", kMany + 1));
  const absl::StatusOr<AuditReport> report = VerifyAudit(temp_.database(), Catalog(), {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->faults, kMany + 1);
  EXPECT_THAT(report->findings, SizeIs(AuditReport::kFindingsMax + 1));
  EXPECT_EQ(report->findings.back().fault, AuditFault::kChanged);
  EXPECT_EQ(report->findings.back().resource, last);
}

}  // namespace
}  // namespace kam::event
