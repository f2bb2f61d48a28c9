#include "account-svc/accounts/report_page.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/resource/standard.h"
#include "common/status/status.h"

namespace kam::account {

absl::StatusOr<ReportPage> ReportPage::Open(const Context& context, const rpc::Call& call,
                                            const google::protobuf::Message& request) {
  const google::protobuf::Descriptor* type = request.GetDescriptor();
  const google::protobuf::Reflection* reflection = request.GetReflection();
  ReportPage page(context);
  const int asked = reflection->GetInt32(request, type->FindFieldByName("page_size"));
  if (asked < 0) return InvalidField("page_size", "PAGE_SIZE_NEGATIVE", "must not be negative");
  page.size_ = static_cast<size_t>(asked == 0 ? resource::kPageSizeDefault : std::min(asked, resource::kPageSizeMax));
  page.now_ = context.runtime.clock().Now();
  // Everything else in the request stays the same from page to page.
  const std::unique_ptr<google::protobuf::Message> rest(request.New());
  rest->CopyFrom(request);
  reflection->ClearField(rest.get(), type->FindFieldByName("page_size"));
  reflection->ClearField(rest.get(), type->FindFieldByName("page_token"));
  page.binding_ = absl::StrCat(call.method->full_name(), "\n", call.principal.subject, "\n",
                               auth::LevelName(call.level()), "\n", rest->SerializeAsString());
  const std::string token = reflection->GetString(request, type->FindFieldByName("page_token"));
  if (!token.empty()) {
    ASSIGN_OR_RETURN(page.last_, context.runtime.page_tokens().Open(token, page.binding_, page.now_));
  }
  return page;
}

std::string ReportPage::Next(const std::vector<mysql::Value>& last) const {
  return runtime_->page_tokens().Seal(last, binding_, now_);
}

std::string ScopeSql(const Context& context, const auth::Principal& reader, auth::Level level,
                     const google::protobuf::Descriptor* descriptor, std::vector<mysql::Value>* params) {
  const resource::SqlCondition scope =
      resource::ScopeCondition(*context.runtime.catalog().Find(descriptor), reader, level);
  if (scope.sql.empty()) return {};
  params->insert(params->end(), scope.params.begin(), scope.params.end());
  return absl::StrCat(" AND (", scope.sql, ")");
}

std::string ExcludedSql() {
  return "(t.excluded = 1 OR EXISTS (SELECT 1 FROM account_segments g WHERE g.segment = t.segment AND (g.excluded = 1 "
         "OR EXISTS (SELECT 1 FROM account_segments_excluded_industries i WHERE i.parent_id = g.id AND i.value = "
         "t.industry))))";
}

}  // namespace kam::account
