// The vault of confidential customer documents, over real gRPC and a real database.
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "account-svc/context.h"
#include "account-svc/testing/account_fixture.h"
#include "common/testing/matchers.h"
#include "kam/account/v1/customer_document_service.pb.h"
#include "kam/api/standard.pb.h"
#include "kam/organization/v1/notification_service.pb.h"

namespace kam::account {
namespace {

using testing::HasReason;
using testing::IsOk;
using testing::NamesField;
using testing::StatusIs;
using v1::CustomerDocument;
using v1::CustomerDocumentContent;
using v1::DocumentGrant;

std::string Vault(absl::string_view verb) { return absl::StrCat("kam.account.v1.CustomerDocumentService/", verb); }

class DocumentTest : public ::testing::Test {
 protected:
  DocumentTest()
      : world_(World::Get()),
        department_(world_.AddDepartment()),
        head_(world_.AddEmployee("GAM", department_.name())),
        seller_(world_.AddEmployee("KAX", department_.name(), {head_.name()})),
        gam_(world_.As(head_, "GAM")),
        kax_(world_.As(seller_, "KAX")),
        gad_(world_.As(world_.AddEmployee("GAD"), "GAD")),
        account_(world_.AddAccount(kax_)) {}

  absl::StatusOr<CustomerDocument> File(const auth::Principal& who, const std::string& content,
                                        v1::DocumentClassification classification) {
    v1::FileCustomerDocumentRequest request;
    CustomerDocument& document = *request.mutable_customer_document();
    document.set_account(account_.name());
    document.set_title("法人身份证复印件");
    document.set_kind(v1::CUSTOMER_DOCUMENT_KIND_IDENTITY_COPY);
    document.set_classification(classification);
    request.set_content(content);
    return world_.Call<CustomerDocument>(who, Vault("FileCustomerDocument"), request);
  }
  absl::StatusOr<CustomerDocumentContent> Read(const auth::Principal& who, const std::string& name,
                                               const std::string& purpose = "办理上牌") {
    v1::ReadCustomerDocumentRequest request;
    request.set_name(name);
    request.set_purpose(purpose);
    return world_.Call<CustomerDocumentContent>(who, Vault("ReadCustomerDocument"), request);
  }
  absl::StatusOr<DocumentGrant> AskToRead(const auth::Principal& who, const std::string& document, int days = 2) {
    v1::CreateDocumentGrantRequest request;
    request.mutable_document_grant()->set_document(document);
    request.mutable_document_grant()->set_purpose("办理上牌");
    request.mutable_document_grant()->set_days(days);
    return world_.Call<DocumentGrant>(who, Vault("CreateDocumentGrant"), request);
  }
  std::vector<v1::DocumentRead> Reads(const auth::Principal& who, const std::string& document) {
    kam::api::ListRequest request;
    request.set_filter(absl::StrCat("document = \"", document, "\""));
    const auto list = world_.Call<v1::ListDocumentReadsResponse>(who, Vault("ListDocumentReads"), request);
    EXPECT_THAT(list, IsOk());
    return {list->document_reads().begin(), list->document_reads().end()};
  }

  World& world_;
  organization::v1::Department department_;
  organization::v1::Employee head_, seller_;
  auth::Principal gam_, kax_, gad_;
  v1::Account account_;
};

// a document is read for a purpose by who works the account and who stands above him; every read is on
// record, also one that is refused.
TEST_F(DocumentTest, EveryReadIsOnRecordAlsoWhenItIsRefused) {
  const std::string bytes("\x89PNG\x00\xff 身份证", 14);
  const auto document = File(gad_, bytes, v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->content_size(), 14);
  EXPECT_EQ(document->content_sha256().size(), 64);
  EXPECT_EQ(document->retention_until(), "2029-01-05");
  EXPECT_THAT(Read(kax_, document->name(), ""), NamesField("purpose"));
  const auto own = Read(kax_, document->name());
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->content(), bytes);
  EXPECT_THAT(Read(gam_, document->name()), IsOk());
  EXPECT_THAT(Read(gad_, document->name()), IsOk());
  const auto stranger = world_.As(world_.AddEmployee("KAX", department_.name(), {head_.name()}), "KAX");
  EXPECT_THAT(Read(stranger, document->name()), StatusIs(absl::StatusCode::kNotFound));
  // A colleague of the department head who sees the account, but does not stand above its owner.
  const auto other_head = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  EXPECT_THAT(Read(other_head, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));

  const std::vector<v1::DocumentRead> reads = Reads(gam_, document->name());
  ASSERT_EQ(reads.size(), 5);
  EXPECT_EQ(reads[0].ground(), v1::DOCUMENT_READ_GROUND_OWNER);
  EXPECT_EQ(reads[0].purpose(), "办理上牌");
  EXPECT_EQ(reads[1].ground(), v1::DOCUMENT_READ_GROUND_SUPERIOR);
  EXPECT_EQ(reads[2].ground(), v1::DOCUMENT_READ_GROUND_FILER);
  EXPECT_FALSE(reads[3].allowed());
  EXPECT_FALSE(reads[4].allowed());
  kam::api::ListRequest list;
  EXPECT_THAT(world_.Call<v1::ListDocumentReadsResponse>(kax_, Vault("ListDocumentReads"), list),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

// superiors are the direct ones, and who filed a document looks at it for some days: the others ask.
TEST_F(DocumentTest, WhoeverIsFurtherUpAsksAndTheFilerReadsForSomeDays) {
  const auto lead = world_.AddEmployee("BDS", department_.name(), {head_.name()});
  const auto below = world_.AddEmployee("KAX", department_.name(), {lead.name()});
  account_ = world_.AddAccount(world_.As(below, "KAX"));
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  EXPECT_THAT(Read(world_.As(lead, "BDS", {IdOf(below.name())}), document->name()), IsOk());
  EXPECT_THAT(Read(gam_, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
  EXPECT_THAT(Read(gad_, document->name()), IsOk());
  world_.harness().db().Execute(
      absl::StrCat("UPDATE customer_documents SET create_time = '2025-12-28 00:00:00' WHERE "
                   "id = '",
                   IdOf(document->name()), "'"));
  EXPECT_THAT(Read(gad_, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
}

// a paper that was filed under the wrong customer is taken out of the reach of those who work that one.
TEST_F(DocumentTest, AMisfiledDocumentGoesToItsCustomer) {
  const auto document = File(gad_, "身份证", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  ASSERT_THAT(Read(kax_, document->name()), IsOk());
  const auto advisor = world_.As(world_.AddEmployee("CSR"), "CSR");
  const auto grant = AskToRead(advisor, document->name(), 5);
  ASSERT_THAT(grant, IsOk());
  v1::GrantDocumentAccessRequest give;
  give.set_name(grant->name());
  give.set_reason("同意");
  ASSERT_THAT(world_.Call<DocumentGrant>(gam_, Vault("GrantDocumentAccess"), give), IsOk());
  ASSERT_THAT(Read(advisor, document->name()), IsOk());

  const auto other_department = world_.AddDepartment();
  const auto other = world_.AddEmployee("KAX", other_department.name());
  const auth::Principal other_kax = world_.As(other, "KAX");
  const v1::Account right = world_.AddAccount(other_kax);
  v1::RefileCustomerDocumentRequest request;
  request.set_name(document->name());
  request.set_etag(document->etag());
  request.set_account(right.name());
  request.set_reason("归错客户");
  const auto refile = [&](const auth::Principal& who) {
    return world_.Call<CustomerDocument>(who, Vault("RefileCustomerDocument"), request);
  };
  EXPECT_THAT(refile(kax_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(refile(gad_), HasReason("SEPARATION_OF_DUTIES")) << "not who filed it";
  auth::Principal reader = other_kax;
  reader.grants["customer_document.refile"] = auth::Level::kAll;
  EXPECT_THAT(refile(reader), HasReason("SEPARATION_OF_DUTIES")) << "not who would read it there";
  const auth::Principal clerk = world_.As(world_.AddEmployee("GAD"), "GAD");
  request.set_account(account_.name());
  EXPECT_THAT(refile(clerk), HasReason("ACCOUNT_UNCHANGED"));
  request.set_account(right.name());
  const auto moved = refile(clerk);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->account(), right.name());

  EXPECT_THAT(Read(kax_, document->name()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Read(other_kax, document->name()), IsOk());
  EXPECT_THAT(Read(advisor, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
  // What was read before was read as a paper of the other customer, and his people see that.
  const std::vector<v1::DocumentRead> reads = Reads(gam_, document->name());
  ASSERT_FALSE(reads.empty());
  for (const v1::DocumentRead& read : reads) EXPECT_EQ(read.account(), account_.name());
  kam::api::HistoryRequest history;
  history.set_name(document->name());
  const auto log = world_.Call<kam::api::HistoryResponse>(clerk, Vault("GetCustomerDocumentHistory"), history);
  ASSERT_THAT(log, IsOk());
  const std::string text = log->entries(0).DebugString();
  EXPECT_NE(text.find(IdOf(account_.name())), std::string::npos);
  EXPECT_NE(text.find(IdOf(right.name())), std::string::npos);
  EXPECT_EQ(log->entries(0).reason(), "归错客户");
}

// two who may refile do not bring a paper together to where one of them reads it.
TEST_F(DocumentTest, TwoTogetherDoNotMoveAPaperToReadIt) {
  const auth::Principal kapm = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auth::Principal helper = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auth::Principal clerk = world_.As(world_.AddEmployee("GAD"), "GAD");
  const std::string mine = world_.AddAccount(kapm).name();
  const std::string third = world_.AddAccount(gam_).name();
  const auto refile = [&](const auth::Principal& who, const std::string& document, const std::string& account) {
    kam::api::GetRequest get;
    get.set_name(document);
    v1::RefileCustomerDocumentRequest request;
    request.set_name(document);
    request.set_etag(world_.Call<CustomerDocument>(clerk, Vault("GetCustomerDocument"), get)->etag());
    request.set_account(account);
    request.set_reason("归错客户");
    return world_.Call<CustomerDocument>(who, Vault("RefileCustomerDocument"), request);
  };
  // One moves it for the other.
  const std::string first = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL)->name();
  ASSERT_THAT(refile(helper, first, mine), IsOk());
  EXPECT_THAT(Read(kapm, first), HasReason("DOCUMENT_ACCESS_DENIED"));
  // The other moves it himself before, and has the right no more when he reads it.
  const std::string second = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL)->name();
  ASSERT_THAT(refile(kapm, second, third), IsOk());
  const auto moved = refile(helper, second, mine);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->refiler(), helper.subject);
  EXPECT_EQ(moved->refilers_size(), 2);
  auth::Principal former = kapm;
  former.grants.erase("customer_document.refile");
  EXPECT_THAT(Read(former, second), HasReason("DOCUMENT_ACCESS_DENIED"));
  EXPECT_THAT(Read(former, first), IsOk()) << "who never may have moved it reads it as owner";
  // By access that somebody gives who has not moved it.
  const auto asked = AskToRead(kapm, first);
  ASSERT_THAT(asked, IsOk());
  v1::GrantDocumentAccessRequest grant;
  grant.set_name(asked->name());
  EXPECT_THAT(world_.Call<DocumentGrant>(helper, Vault("GrantDocumentAccess"), grant),
              HasReason("SEPARATION_OF_DUTIES"));
  const auth::Principal another = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  ASSERT_THAT(world_.Call<DocumentGrant>(another, Vault("GrantDocumentAccess"), grant), IsOk());
  EXPECT_THAT(Read(kapm, first), IsOk());
}

// a move by a process of an earlier version, which writes down the last mover only, counts like any other.
TEST_F(DocumentTest, AMoveOfAnEarlierVersionCounts) {
  const auth::Principal kapm = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auth::Principal helper = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auth::Principal clerk = world_.As(world_.AddEmployee("GAD"), "GAD");
  const std::string mine = world_.AddAccount(kapm).name();
  const std::string document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL)->name();
  world_.harness().db().Execute(absl::StrCat("UPDATE customer_documents SET account = '", IdOf(mine), "', refiler = '",
                                             IdOf(helper.subject), "' WHERE id = '", IdOf(document), "'"));
  EXPECT_THAT(Read(kapm, document), HasReason("DOCUMENT_ACCESS_DENIED"));
  const auto asked = AskToRead(kapm, document);
  ASSERT_THAT(asked, IsOk());
  v1::GrantDocumentAccessRequest grant;
  grant.set_name(asked->name());
  EXPECT_THAT(world_.Call<DocumentGrant>(helper, Vault("GrantDocumentAccess"), grant),
              HasReason("SEPARATION_OF_DUTIES"));
  kam::api::GetRequest get;
  get.set_name(document);
  v1::RefileCustomerDocumentRequest refile;
  refile.set_name(document);
  refile.set_etag(world_.Call<CustomerDocument>(clerk, Vault("GetCustomerDocument"), get)->etag());
  refile.set_account(account_.name());
  refile.set_reason("归错客户");
  const auto moved = world_.Call<CustomerDocument>(clerk, Vault("RefileCustomerDocument"), refile);
  ASSERT_THAT(moved, IsOk());
  ASSERT_EQ(moved->refilers_size(), 2) << "who moved it before is not forgotten";
  EXPECT_EQ(moved->refilers(0), helper.subject);
  EXPECT_EQ(moved->refilers(1), clerk.subject);
}

// others read by approval, for a limited time.
TEST_F(DocumentTest, OthersReadByApprovalForALimitedTime) {
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  const auto advisor = world_.As(world_.AddEmployee("CSR"), "CSR");
  EXPECT_THAT(Read(advisor, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
  v1::CreateDocumentGrantRequest ask;
  ask.mutable_document_grant()->set_document(document->name());
  ask.mutable_document_grant()->set_purpose("客户投诉核对身份");
  ask.mutable_document_grant()->set_days(31);
  EXPECT_THAT(world_.Call<DocumentGrant>(advisor, Vault("CreateDocumentGrant"), ask), HasReason("GRANT_TOO_LONG"));
  ask.mutable_document_grant()->set_days(2);
  const auto asked = world_.Call<DocumentGrant>(advisor, Vault("CreateDocumentGrant"), ask);
  ASSERT_THAT(asked, IsOk());
  EXPECT_THAT(Read(advisor, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
  v1::GrantDocumentAccessRequest grant;
  grant.set_name(asked->name());
  EXPECT_THAT(world_.Call<DocumentGrant>(kax_, Vault("GrantDocumentAccess"), grant),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_THAT(world_.Call<DocumentGrant>(gam_, Vault("GrantDocumentAccess"), grant), IsOk());
  ASSERT_THAT(Read(advisor, document->name()), IsOk());
  EXPECT_EQ(Reads(gam_, document->name()).back().grant(), asked->name());
  // Two days later it is over.
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE document_grants SET valid_until = '2026-01-05 00:00:00' WHERE id = '", IdOf(asked->name()), "'"));
  EXPECT_THAT(Read(advisor, document->name()), HasReason("DOCUMENT_ACCESS_DENIED"));
}

// access is given by those who govern the account; to stand above whoever asks is not enough.
TEST_F(DocumentTest, TheSuperiorOfTheRequesterOpensNothingOfAnotherDepartment) {
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  const auto elsewhere = world_.AddDepartment();
  const auto manager = world_.AddEmployee("KAM", elsewhere.name());
  const auto asker = world_.AddEmployee("KAX", elsewhere.name(), {manager.name()});
  const auth::Principal their_kam = world_.As(manager, "KAM");
  const auth::Principal their_kax = world_.As(asker, "KAX");
  const auto asked = AskToRead(their_kax, document->name(), 2);
  ASSERT_THAT(asked, IsOk());
  v1::GrantDocumentAccessRequest grant;
  grant.set_name(asked->name());
  EXPECT_THAT(world_.Call<DocumentGrant>(their_kam, Vault("GrantDocumentAccess"), grant), HasReason("OUT_OF_SCOPE"));
  v1::RefuseDocumentAccessRequest refuse;
  refuse.set_name(asked->name());
  refuse.set_reason("无关");
  EXPECT_THAT(world_.Call<DocumentGrant>(their_kam, Vault("RefuseDocumentAccess"), refuse), HasReason("OUT_OF_SCOPE"));
  EXPECT_THAT(Read(their_kax, document->name()), StatusIs(absl::StatusCode::kNotFound));
  const auth::Principal kam = world_.As(world_.AddEmployee("KAM", department_.name()), "KAM");
  ASSERT_THAT(world_.Call<DocumentGrant>(kam, Vault("GrantDocumentAccess"), grant), IsOk());
  EXPECT_THAT(Read(their_kax, document->name()), IsOk());
  v1::RevokeDocumentAccessRequest revoke;
  revoke.set_name(asked->name());
  revoke.set_reason("已办完");
  EXPECT_THAT(world_.Call<DocumentGrant>(their_kam, Vault("RevokeDocumentAccess"), revoke), HasReason("OUT_OF_SCOPE"));
  ASSERT_THAT(world_.Call<DocumentGrant>(kam, Vault("RevokeDocumentAccess"), revoke), IsOk());
}

// taking a document out is a right of its own, and a secret one never leaves.
TEST_F(DocumentTest, ExportIsARightOfItsOwn) {
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  const auto secret = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_SECRET);
  ASSERT_THAT(document, IsOk());
  ASSERT_THAT(secret, IsOk());
  v1::ExportCustomerDocumentRequest request;
  request.set_name(document->name());
  request.set_purpose("法院调取");
  EXPECT_THAT(world_.Call<CustomerDocumentContent>(kax_, Vault("ExportCustomerDocument"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(world_.Call<CustomerDocumentContent>(gam_, Vault("ExportCustomerDocument"), request), IsOk());
  EXPECT_EQ(Reads(gam_, document->name()).back().kind(), v1::DOCUMENT_READ_KIND_EXPORT);
  request.set_name(secret->name());
  EXPECT_THAT(world_.Call<CustomerDocumentContent>(gam_, Vault("ExportCustomerDocument"), request),
              HasReason("DOCUMENT_SECRET"));
  EXPECT_FALSE(Reads(gam_, secret->name()).back().allowed());
}

// one clerk does not make a document less confidential, by no way; a director does, who did not file it.
TEST_F(DocumentTest, ADocumentIsDeclassifiedByAnotherOnly) {
  const auto secret = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_SECRET);
  ASSERT_THAT(secret, IsOk());
  v1::UpdateCustomerDocumentRequest update;
  update.mutable_customer_document()->set_name(secret->name());
  update.mutable_customer_document()->set_classification(v1::DOCUMENT_CLASSIFICATION_INTERNAL);
  EXPECT_THAT(world_.Call<CustomerDocument>(gad_, Vault("UpdateCustomerDocument"), update),
              HasReason("CLASSIFICATION_LOWERED"));
  v1::DeclassifyCustomerDocumentRequest request;
  request.set_name(secret->name());
  request.set_etag(secret->etag());
  request.set_classification(v1::DOCUMENT_CLASSIFICATION_SECRET);
  request.set_reason("已公示");
  EXPECT_THAT(world_.Call<CustomerDocument>(gad_, Vault("DeclassifyCustomerDocument"), request),
              StatusIs(absl::StatusCode::kPermissionDenied));
  const auth::Principal director = world_.As(world_.AddEmployee("SD"), "SD");
  EXPECT_THAT(world_.Call<CustomerDocument>(director, Vault("DeclassifyCustomerDocument"), request),
              HasReason("CLASSIFICATION_NOT_LOWER"));
  request.set_classification(v1::DOCUMENT_CLASSIFICATION_INTERNAL);
  const auto lowered = world_.Call<CustomerDocument>(director, Vault("DeclassifyCustomerDocument"), request);
  ASSERT_THAT(lowered, IsOk());
  EXPECT_EQ(lowered->classification(), v1::DOCUMENT_CLASSIFICATION_INTERNAL);
  update.mutable_customer_document()->set_classification(v1::DOCUMENT_CLASSIFICATION_SECRET);
  EXPECT_THAT(world_.Call<CustomerDocument>(gad_, Vault("UpdateCustomerDocument"), update), IsOk());
}

// kept as long as it must be, then destroyed by another than who filed it; the label and the reads stay.
TEST_F(DocumentTest, IsDestroyedAfterItsRetention) {
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_INTERNAL);
  ASSERT_THAT(document, IsOk());
  ASSERT_THAT(Read(kax_, document->name()), IsOk());
  v1::DestroyCustomerDocumentRequest request;
  request.set_name(document->name());
  request.set_reason("保管期满");
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  EXPECT_THAT(world_.Call<CustomerDocument>(archivist, Vault("DestroyCustomerDocument"), request),
              HasReason("RETENTION_RUNNING"));
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE customer_documents SET retention_until = '2026-01-04' WHERE id = '", IdOf(document->name()), "'"));
  EXPECT_THAT(world_.Call<CustomerDocument>(gad_, Vault("DestroyCustomerDocument"), request),
              HasReason("SEPARATION_OF_DUTIES"));
  ASSERT_THAT(world_.Call<CustomerDocument>(archivist, Vault("DestroyCustomerDocument"), request), IsOk());
  EXPECT_THAT(Read(kax_, document->name()), HasReason("DOCUMENT_DESTROYED"));
  EXPECT_TRUE(world_.harness()
                  .db()
                  .Get(absl::StrCat("SELECT content FROM customer_document_contents WHERE document = '",
                                    IdOf(document->name()), "'"))
                  .is_null());
  EXPECT_EQ(Reads(gam_, document->name()).size(), 2);
}

// a label that was written wrongly is put right by another than who filed it, never below the retention of what
// it is, and whoever did so does not destroy the paper.
TEST_F(DocumentTest, ALabelWrittenWronglyIsPutRight) {
  v1::FileCustomerDocumentRequest file;
  CustomerDocument& label = *file.mutable_customer_document();
  label.set_account(account_.name());
  label.set_title("法人身份证复印件");
  label.set_kind(v1::CUSTOMER_DOCUMENT_KIND_AGREEMENT);
  label.set_classification(v1::DOCUMENT_CLASSIFICATION_INTERNAL);
  file.set_content("内容");
  const auto document = world_.Call<CustomerDocument>(gad_, Vault("FileCustomerDocument"), file);
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->retention_until(), "2036-01-05");
  v1::CorrectCustomerDocumentRequest correct;
  correct.set_name(document->name());
  correct.set_etag(document->etag());
  correct.set_kind(v1::CUSTOMER_DOCUMENT_KIND_IDENTITY_COPY);
  correct.set_document_date("2025-12-01");
  correct.set_retention_until("2029-01-04");
  correct.set_reason("归档时类别选错");
  const auto put_right = [&](const auth::Principal& who) {
    return world_.Call<CustomerDocument>(who, Vault("CorrectCustomerDocument"), correct);
  };
  EXPECT_THAT(put_right(gad_), HasReason("SEPARATION_OF_DUTIES"));
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  EXPECT_THAT(put_right(archivist), HasReason("RETENTION_TOO_SHORT"));
  correct.set_retention_until("2029-01-05");
  const auto corrected = put_right(archivist);
  ASSERT_THAT(corrected, IsOk());
  EXPECT_EQ(corrected->kind(), v1::CUSTOMER_DOCUMENT_KIND_IDENTITY_COPY);
  EXPECT_EQ(corrected->document_date(), "2025-12-01");
  EXPECT_EQ(corrected->retention_until(), "2029-01-05");
  EXPECT_EQ(corrected->state(), v1::CUSTOMER_DOCUMENT_STATE_FILED);
  correct.set_etag(corrected->etag());
  EXPECT_THAT(put_right(archivist), HasReason("LABEL_UNCHANGED"));
  // What it is asks for more than it had.
  correct.set_kind(v1::CUSTOMER_DOCUMENT_KIND_AGREEMENT);
  correct.clear_retention_until();
  const auto longer = put_right(archivist);
  ASSERT_THAT(longer, IsOk());
  EXPECT_EQ(longer->retention_until(), "2036-01-05");

  world_.harness().db().Execute(absl::StrCat(
      "UPDATE customer_documents SET retention_until = '2026-01-04' WHERE id = '", IdOf(document->name()), "'"));
  v1::DestroyCustomerDocumentRequest destroy;
  destroy.set_name(document->name());
  destroy.set_reason("保管期满");
  EXPECT_THAT(world_.Call<CustomerDocument>(archivist, Vault("DestroyCustomerDocument"), destroy),
              HasReason("SEPARATION_OF_DUTIES"));
  // Nor after somebody else has put something else right.
  const auto later = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  kam::api::GetRequest get;
  get.set_name(document->name());
  v1::CorrectCustomerDocumentRequest date;
  date.set_name(document->name());
  date.set_etag(world_.Call<CustomerDocument>(later, Vault("GetCustomerDocument"), get)->etag());
  date.set_document_date("2025-11-01");
  date.set_reason("日期写错");
  const auto dated = world_.Call<CustomerDocument>(later, Vault("CorrectCustomerDocument"), date);
  ASSERT_THAT(dated, IsOk());
  EXPECT_EQ(dated->correctors_size(), 2);
  world_.harness().db().Execute(absl::StrCat(
      "UPDATE customer_documents SET retention_until = '2026-01-04' WHERE id = '", IdOf(document->name()), "'"));
  for (const auth::Principal& corrector : {archivist, later}) {
    EXPECT_THAT(world_.Call<CustomerDocument>(corrector, Vault("DestroyCustomerDocument"), destroy),
                HasReason("SEPARATION_OF_DUTIES"));
  }
  const auto another = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  EXPECT_THAT(world_.Call<CustomerDocument>(another, Vault("DestroyCustomerDocument"), destroy), IsOk());
}

// A-08, G-22: who decides on access to a paper is told, and who has asked for it.
TEST_F(DocumentTest, WhoDecidesOnAccessIsToldAndWhoAsked) {
  const auto told = [&](const auth::Principal& who, absl::string_view title) {
    const auto list = world_.Call<organization::v1::ListNotificationsResponse>(
        who, "kam.organization.v1.NotificationService/ListNotifications", kam::api::ListRequest());
    EXPECT_THAT(list, IsOk());
    int found = 0;
    if (list.ok()) {
      for (const auto& notice : list->notifications()) found += absl::StrContains(notice.title(), title) ? 1 : 0;
    }
    return found;
  };
  const auto document = File(gad_, "内容", v1::DOCUMENT_CLASSIFICATION_CONFIDENTIAL);
  ASSERT_THAT(document, IsOk());
  const auto advisor = world_.As(world_.AddEmployee("CSR"), "CSR");
  const auto archivist = world_.As(world_.AddEmployee("KAPM"), "KAPM");
  const auto grant = AskToRead(advisor, document->name(), 5);
  ASSERT_THAT(grant, IsOk());
  EXPECT_EQ(told(gam_, "资料查阅待批") + told(archivist, "资料查阅待批"), 1) << "who may decide";
  EXPECT_EQ(told(kax_, "资料查阅待批"), 0);
  v1::GrantDocumentAccessRequest give;
  give.set_name(grant->name());
  ASSERT_THAT(world_.Call<DocumentGrant>(gam_, Vault("GrantDocumentAccess"), give), IsOk());
  EXPECT_EQ(told(advisor, "资料查阅已批准"), 1);
  v1::RevokeDocumentAccessRequest revoke;
  revoke.set_name(grant->name());
  revoke.set_reason("用毕");
  ASSERT_THAT(world_.Call<DocumentGrant>(gam_, Vault("RevokeDocumentAccess"), revoke), IsOk());
  EXPECT_EQ(told(advisor, "资料查阅权已收回"), 1);
}

}  // namespace
}  // namespace kam::account
