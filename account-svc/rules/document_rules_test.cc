#include "account-svc/rules/document_rules.h"

#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "kam/account/v1/customer_document.pb.h"

namespace kam::account::rules {
namespace {

using testing::HasReason;
using testing::IsOk;

constexpr char kToday[] = "2026-01-05";
const std::string kHash(64, 'a');

v1::CustomerDocument Label() {
  v1::CustomerDocument document;
  document.set_kind(v1::CUSTOMER_DOCUMENT_KIND_AGREEMENT);
  return document;
}

// bytes or a reference, with a hash that is right.
TEST(FilingDocumentTest, BytesOrReferenceWithTheirHash) {
  Policy policy;
  policy.document_bytes_max = 4;
  const auto file = [&](const DocumentFiling& filing) {
    v1::CustomerDocument document = Label();
    return FileDocument(filing, "employees/f", kToday, policy, &document);
  };
  EXPECT_THAT(file({"", "", "", ""}), HasReason("CONTENT_REQUIRED"));
  EXPECT_THAT(file({"x", "柜1", "", kHash}), HasReason("CONTENT_REQUIRED"));
  EXPECT_THAT(file({"", "柜1", "", ""}), HasReason("CONTENT_REQUIRED"));
  EXPECT_THAT(file({"", "柜1", kHash, ""}), IsOk());
  EXPECT_THAT(file({"1234", "", "", kHash}), IsOk());
  EXPECT_THAT(file({"12345", "", "", kHash}), HasReason("CONTENT_TOO_LARGE"));
  EXPECT_THAT(file({"1234", "", std::string(64, 'b'), kHash}), HasReason("CONTENT_HASH_MISMATCH"));
  EXPECT_THAT(file({"1234", "", kHash, kHash}), IsOk());
}

// retention is what the policy asks of the kind, or longer; never shortened.
TEST(RetentionTest, AsThePolicyAsksOrLonger) {
  Policy policy;
  policy.document_retention_years[v1::CUSTOMER_DOCUMENT_KIND_AGREEMENT] = 10;
  v1::CustomerDocument document = Label();
  ASSERT_THAT(FileDocument({"x", "", "", kHash}, "employees/f", kToday, policy, &document), IsOk());
  EXPECT_EQ(document.retention_until(), "2036-01-05");
  document.set_retention_until("2036-01-04");
  EXPECT_THAT(FileDocument({"x", "", "", kHash}, "employees/f", kToday, policy, &document),
              HasReason("RETENTION_TOO_SHORT"));
  document.set_retention_until("2036-01-05");
  v1::CustomerDocument after = document;
  after.set_retention_until("2036-01-04");
  EXPECT_THAT(CheckLabelUpdate(document, after), HasReason("RETENTION_TOO_SHORT"));
  after.set_retention_until("2037-01-01");
  EXPECT_THAT(CheckLabelUpdate(document, after), IsOk());
  EXPECT_THAT(Destroy("employees/g", "到期", "2036-01-05", absl::UnixEpoch(), &document),
              HasReason("RETENTION_RUNNING"));
  document.set_filer("employees/f");
  EXPECT_THAT(Destroy("employees/f", "到期", "2036-01-06", absl::UnixEpoch(), &document),
              HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(Destroy("employees/g", "到期", "2036-01-06", absl::UnixEpoch(), &document), IsOk());
  document.set_state(v1::CUSTOMER_DOCUMENT_STATE_DESTROYED);
  EXPECT_THAT(CheckLabelUpdate(document, after), HasReason("DOCUMENT_DESTROYED"));
}

// over every combination of what a caller is: one ground, or none and no access.
TEST(ReadTest, OneGroundOrNoAccess) {
  for (int bits = 0; bits < 16; ++bits) {
    Reader reader;
    reader.owns_account = (bits & 1) != 0;
    reader.above_owner = (bits & 2) != 0;
    reader.filed = (bits & 4) != 0;
    reader.granted = (bits & 8) != 0;
    const auto ground = GroundOf(reader);
    EXPECT_EQ(CheckRead(Label(), ground, false).ok(), bits != 0) << bits;
    EXPECT_EQ(ground == v1::DOCUMENT_READ_GROUND_NONE, bits == 0);
    EXPECT_EQ(ground == v1::DOCUMENT_READ_GROUND_GRANT, bits == 8);
  }
  EXPECT_THAT(CheckRead(Label(), v1::DOCUMENT_READ_GROUND_NONE, false), HasReason("DOCUMENT_ACCESS_DENIED"));
  v1::CustomerDocument secret = Label();
  secret.set_classification(v1::DOCUMENT_CLASSIFICATION_SECRET);
  EXPECT_THAT(CheckRead(secret, v1::DOCUMENT_READ_GROUND_OWNER, true), HasReason("DOCUMENT_SECRET"));
  EXPECT_THAT(CheckRead(secret, v1::DOCUMENT_READ_GROUND_OWNER, false), IsOk());
}

//
TEST(GrantTest, ForALimitedTimeAndByAnother) {
  Policy policy;
  policy.document_grant_days_max = 7;
  v1::DocumentGrant grant;
  grant.set_requester("employees/r");
  grant.set_days(8);
  EXPECT_THAT(CheckGrant(grant, policy), HasReason("GRANT_TOO_LONG"));
  grant.set_days(7);
  EXPECT_THAT(CheckGrant(grant, policy), IsOk());
  EXPECT_THAT(DecideGrant("employees/r", "", absl::UnixEpoch(), &grant), HasReason("SEPARATION_OF_DUTIES"));
  EXPECT_THAT(DecideGrant("employees/s", "", absl::UnixEpoch(), &grant), IsOk());
}

// all pairs of labels: an update raises, a second person lowers.
TEST(DocumentTest, LabelsAreRaisedByOneAndLoweredByTwo) {
  for (int from = v1::DOCUMENT_CLASSIFICATION_INTERNAL; from <= v1::DOCUMENT_CLASSIFICATION_SECRET; ++from) {
    for (int to = v1::DOCUMENT_CLASSIFICATION_INTERNAL; to <= v1::DOCUMENT_CLASSIFICATION_SECRET; ++to) {
      v1::CustomerDocument before;
      before.set_classification(static_cast<v1::DocumentClassification>(from));
      before.set_filer("employees/clerk");
      v1::CustomerDocument after = before;
      after.set_classification(static_cast<v1::DocumentClassification>(to));
      const bool lower = to < from;
      EXPECT_EQ(CheckLabelUpdate(before, after).ok(), !lower) << from << " to " << to;
      v1::CustomerDocument declassified = before;
      EXPECT_EQ(Declassify("employees/director", after.classification(), &declassified).ok(), lower);
      EXPECT_EQ(declassified.classification(), lower ? to : from);
      EXPECT_FALSE(Declassify("employees/clerk", after.classification(), &declassified).ok());
    }
  }
}

}  // namespace
}  // namespace kam::account::rules
