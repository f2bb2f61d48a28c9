#include "common/service/audit_command.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/status/status.h"
#include "rapidjson/document.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace kam::service {
namespace {

constexpr char kHeadMessage[] = "audit head";
constexpr absl::Duration kHeadTimeout = absl::Seconds(10);

class Line {
 public:
  Line() { writer_.StartObject(); }
  Line& Text(const char* key, absl::string_view value) {
    writer_.Key(key);
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }
  Line& Number(const char* key, int64_t value) {
    writer_.Key(key);
    writer_.Int64(value);
    return *this;
  }
  void WriteTo(std::ostream& out) {
    writer_.EndObject();
    out << buffer_.GetString() << '\n';
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace

absl::Status AuditHeadPublisher::Publish() {
  ASSIGN_OR_RETURN(const event::AuditAnchor head, event::AuditHead(database_, absl::Now() + kHeadTimeout));
  if (head.sequence == published_) return absl::OkStatus();
  log::Info(kHeadMessage, {{"schema", schema_}, {"sequence", head.sequence}, {"link", head.link}});
  published_ = head.sequence;
  return absl::OkStatus();
}

std::vector<event::AuditAnchor> ReadAnchors(absl::string_view text, absl::string_view schema) {
  std::vector<event::AuditAnchor> anchors;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    rapidjson::Document document;
    document.Parse(line.data(), line.size());
    if (document.HasParseError() || !document.IsObject()) continue;
    const auto is_text = [&](const char* key, absl::string_view value) {
      const auto member = document.FindMember(key);
      return member != document.MemberEnd() && member->value.IsString() &&
             absl::string_view(member->value.GetString(), member->value.GetStringLength()) == value;
    };
    const auto sequence = document.FindMember("sequence");
    const auto link = document.FindMember("link");
    if (!is_text("msg", kHeadMessage) || !is_text("schema", schema) || sequence == document.MemberEnd() ||
        !sequence->value.IsInt64() || link == document.MemberEnd() || !link->value.IsString()) {
      continue;
    }
    anchors.push_back({sequence->value.GetInt64(), link->value.GetString()});
  }
  return anchors;
}

absl::StatusOr<bool> VerifyAuditTrail(mysql::Database& database, const resource::Catalog& catalog,
                                      const std::string& schema, const std::string& anchors_file, std::ostream& out) {
  std::vector<event::AuditAnchor> anchors;
  if (!anchors_file.empty()) {
    std::ifstream file(anchors_file, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file) {
      return InvalidField("audit_anchors", "AUDIT_ANCHORS_UNREADABLE", absl::StrCat(anchors_file, " cannot be read"));
    }
    anchors = ReadAnchors(text.str(), schema);
  }
  ASSIGN_OR_RETURN(const event::AuditReport report, event::VerifyAudit(database, catalog, anchors));
  for (const event::AuditFinding& finding : report.findings) {
    Line line;
    line.Text("msg", "audit fault").Text("schema", schema).Text("fault", event::AuditFaultName(finding.fault));
    if (finding.sequence != 0) line.Number("sequence", finding.sequence);
    if (!finding.change.empty()) line.Text("change", finding.change);
    if (!finding.resource.empty()) line.Text("resource", finding.resource).Number("version", finding.version);
    line.Text("text", finding.text).WriteTo(out);
  }
  Line()
      .Text("msg", kHeadMessage)
      .Text("schema", schema)
      .Number("sequence", report.head.sequence)
      .Text("link", report.head.link)
      .Number("rows", report.rows)
      .Number("anchors", static_cast<int64_t>(anchors.size()))
      .Number("faults", report.faults)
      .WriteTo(out);
  return report.faults == 0;
}

}  // namespace kam::service
