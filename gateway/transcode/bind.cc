#include "gateway/transcode/bind.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "gateway/json/field_text.h"
#include "gateway/json/json_values.h"
#include "gateway/transcode/uri.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "kam/api/field.pb.h"

namespace kam::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

// Longest part of a value repeated in an error, in bytes.
constexpr size_t kShownBytesMax = 64;

// The message that holds the last field of the path.
Message* Holder(const FieldPath& path, Message* message) {
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  return message;
}

// Whether the last field of the path is set.
bool IsSet(const FieldPath& path, const Message& message) {
  const Message* holder = &message;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (!holder->GetReflection()->HasField(*holder, path[i])) return false;
    holder = &holder->GetReflection()->GetMessage(*holder, path[i]);
  }
  return holder->GetReflection()->HasField(*holder, path.back());
}

absl::Status InvalidValue(const FieldPath& path, absl::string_view reason, absl::string_view text) {
  std::string message = absl::StrCat("must be ", ExpectedForm(path.back()));
  Metadata metadata;
  const bool sensitive = std::any_of(path.begin(), path.end(), [](const FieldDescriptor* field) {
    return !field->options().GetExtension(kam::api::field).sensitive().empty();
  });
  if (!sensitive && text.size() <= kShownBytesMax) {
    absl::StrAppend(&message, ", not \"", text, "\"");
    metadata.emplace_back("value", std::string(text));
  }
  return InvalidField(FieldPathText(path), reason, message, metadata);
}

absl::Status BindVariables(const JsonCodec& codec, const RouteMatch& match, Message* request) {
  const Route& route = *match.route;
  for (size_t i = 0; i < route.variables.size(); ++i) {
    const FieldPath& path = route.variables[i];
    const std::string& value = match.values[i];
    const bool in_body = IsSet(path, *request);
    Message* holder = Holder(path, request);
    std::string before;
    if (in_body) RETURN_IF_ERROR(codec.PrintField(*holder, path.back(), &before));
    if (SetFieldFromText(value, path.back(), holder) != ValueCode::kOk) {
      return InvalidValue(path, "PATH_INVALID_VALUE", value);
    }
    if (!in_body) continue;
    std::string after;
    RETURN_IF_ERROR(codec.PrintField(*holder, path.back(), &after));
    if (before != after) {
      return InvalidField(FieldPathText(path), "BODY_PATH_CONFLICT", "differs between the body and the path");
    }
  }
  return absl::OkStatus();
}

const FieldDescriptor* FindField(const Descriptor* type, absl::string_view name) {
  if (const FieldDescriptor* field = type->FindFieldByName(std::string(name)); field != nullptr) return field;
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->json_name() == name) return type->field(i);
  }
  return nullptr;
}

absl::Status UnknownParameter(absl::string_view name, absl::string_view message) {
  const absl::string_view shown = name.substr(0, kShownBytesMax);
  // A cut inside a character would leave text that is not UTF-8.
  const std::string safe = IsUtf8(shown) ? std::string(shown) : PercentEncode(shown);
  return InvalidField(safe.empty() ? "query" : absl::string_view(safe), "QUERY_UNKNOWN_PARAMETER", message,
                      {{"parameter", safe}});
}

absl::StatusOr<FieldPath> ResolveParameter(const Route& route, absl::string_view name) {
  if (route.body == Route::Body::kAll) {
    return UnknownParameter(name, "is not a query parameter: every field of this request is in the body or the path");
  }
  FieldPath path;
  const Descriptor* type = route.method->input_type();
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    const FieldDescriptor* field = type == nullptr ? nullptr : FindField(type, part);
    if (field == nullptr) return UnknownParameter(name, "is not a parameter of this call");
    if (!path.empty() && path.back()->is_repeated()) {
      return UnknownParameter(name, "passes a repeated field, which a query cannot hold");
    }
    if (path.empty() && field == route.body_field) return UnknownParameter(name, "belongs in the body");
    path.push_back(field);
    type = HasTextForm(field) ? nullptr : field->message_type();
  }
  if (!HasTextForm(path.back())) return UnknownParameter(name, "is a message, which a query cannot hold as a whole");
  return path;
}

absl::Status BindQuery(const Route& route, absl::string_view query, const BindOptions& options, Message* request) {
  if (query.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto parameters, ParseQuery(query));
  std::set<FieldPath> given;
  for (const auto& parameter : parameters) {
    const std::string& name = parameter.first;
    const std::string& value = parameter.second;
    if (std::find(options.system_parameters.begin(), options.system_parameters.end(), name) !=
        options.system_parameters.end()) {
      continue;
    }
    ASSIGN_OR_RETURN(const FieldPath path, ResolveParameter(route, name));
    const auto duplicate = [&](absl::string_view message) {
      return InvalidField(FieldPathText(path), "QUERY_DUPLICATE_PARAMETER", message, {{"parameter", name}});
    };
    if (std::find(route.variables.begin(), route.variables.end(), path) != route.variables.end()) {
      return duplicate("is given in the path already");
    }
    if (!given.insert(path).second && !path.back()->is_repeated()) return duplicate("is given more than once");
    Message* holder = Holder(path, request);
    const OneofDescriptor* oneof = path.back()->real_containing_oneof();
    if (oneof != nullptr && holder->GetReflection()->HasOneof(*holder, oneof)) {
      return duplicate(absl::StrCat("excludes ",
                                    holder->GetReflection()->GetOneofFieldDescriptor(*holder, oneof)->name(),
                                    ", which is given too"));
    }
    if (SetFieldFromText(value, path.back(), holder) != ValueCode::kOk) {
      return InvalidValue(path, "QUERY_INVALID_VALUE", value);
    }
  }
  return absl::OkStatus();
}

bool IsPrintableAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// The value of a header as its field has it; no value when it asks for nothing.
absl::StatusOr<std::optional<std::string>> ReadHeader(const HeaderRule& rule, absl::string_view text) {
  const auto invalid = [&rule](absl::string_view message) {
    return Error(absl::StatusCode::kInvalidArgument, "HEADER_INVALID",
                 absl::StrCat("the header ", rule.header, " ", message), {{"header", rule.header}});
  };
  if (text.size() > kHeaderValueBytesMax) return invalid(absl::StrCat("is longer than ", kHeaderValueBytesMax));
  const bool quoted = absl::StartsWith(text, "\"");
  if (rule.form == HeaderRule::Form::kEntityTag) {
    if (text == "*") return std::optional<std::string>();
    if (absl::StartsWith(text, "W/")) return invalid("must be a strong entity tag");
    if (quoted) {
      if (text.size() < 2 || text.back() != '"') return invalid("must be one entity tag in quotes");
      text = text.substr(1, text.size() - 2);
    }
    if (text.empty() || !IsPrintableAscii(text) || text.find_first_of("\", ") != absl::string_view::npos) {
      return invalid("must be one entity tag in quotes");
    }
    return std::optional<std::string>(std::string(text));
  }
  if (text.empty() || !IsPrintableAscii(text)) return invalid("must be printable ASCII text");
  if (!quoted) {
    if (text.find_first_of("\", ") != absl::string_view::npos) return invalid("must be one string, in quotes or bare");
    return std::optional<std::string>(std::string(text));
  }
  std::string value;
  size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\') {
      ++i;
      if (i == text.size() || (text[i] != '"' && text[i] != '\\')) return invalid("has a bad escape");
    }
    value.push_back(text[i]);
  }
  if (i + 1 != text.size() || value.empty()) return invalid("must be one string in quotes");
  return std::optional<std::string>(std::move(value));
}

absl::Status BindHeaders(const Route& route, const HttpInput& input, Message* request) {
  if (!input.header) return absl::OkStatus();
  for (const HeaderBinding& binding : route.headers) {
    const std::optional<absl::string_view> text = input.header(binding.rule.header);
    if (!text.has_value()) continue;
    if (binding.field.empty()) {
      if (!binding.rule.refuse_where_unmapped || route.http_method == "GET" || route.http_method == "HEAD") continue;
      return Error(absl::StatusCode::kInvalidArgument, "HEADER_UNSUPPORTED",
                   absl::StrCat("the header ", binding.rule.header, " has no meaning for this call"),
                   {{"header", binding.rule.header}});
    }
    ASSIGN_OR_RETURN(std::optional<std::string> value, ReadHeader(binding.rule, *text));
    if (!value.has_value()) continue;
    Message* holder = Holder(binding.field, request);
    const Reflection* reflection = holder->GetReflection();
    const std::string given = reflection->GetString(*holder, binding.field.back());
    if (!given.empty() && given != *value) {
      return InvalidField(FieldPathText(binding.field), "HEADER_CONFLICT",
                          absl::StrCat("differs from the header ", binding.rule.header),
                          {{"header", binding.rule.header}});
    }
    reflection->SetString(holder, binding.field.back(), *std::move(value));
  }
  return absl::OkStatus();
}

// The paths of the body become the update mask, without what names the resource or its version.
void FillMask(const Route& route, const BindOptions& options, const std::vector<std::string>& paths, Message* request) {
  std::set<std::string> left_out;
  const auto leave_out = [&](const FieldPath& path) {
    if (path.size() < 2 || path[0] != route.body_field) return;
    left_out.insert(FieldPathText(FieldPath(path.begin() + 1, path.end())));
  };
  for (const FieldPath& path : route.variables) leave_out(path);
  for (const HeaderBinding& binding : route.headers) leave_out(binding.field);
  Message* mask = request->GetReflection()->MutableMessage(request, route.mask_field);
  const FieldDescriptor* mask_paths = mask->GetDescriptor()->FindFieldByNumber(1);
  std::set<std::string> added;
  for (const std::string& path : paths) {
    if (left_out.count(path) > 0) continue;
    std::string kept = path;
    if (options.mask_depth_max > 0) {
      std::vector<std::string> names = absl::StrSplit(path, '.');
      names.resize(std::min(names.size(), static_cast<size_t>(options.mask_depth_max)));
      kept = absl::StrJoin(names, ".");
    }
    if (added.insert(kept).second) mask->GetReflection()->AddString(mask, mask_paths, std::move(kept));
  }
}

}  // namespace

absl::Status BindRequest(const JsonCodec& codec, const RouteMatch& match, const HttpInput& input,
                         const BindOptions& options, Message* request) {
  const Route& route = *match.route;
  if (request->GetDescriptor() != route.method->input_type()) {
    return Internal(absl::StrCat("a ", request->GetTypeName(), " is not the request of ", route.grpc_path));
  }
  std::vector<std::string> paths;
  switch (route.body) {
    case Route::Body::kNone:
      if (!input.body.empty()) {
        return Error(absl::StatusCode::kInvalidArgument, "BODY_UNEXPECTED", "this call takes no body");
      }
      break;
    case Route::Body::kAll:
      if (!input.body.empty()) RETURN_IF_ERROR(codec.Parse(input.body, request));
      break;
    case Route::Body::kField:
      if (!input.body.empty()) {
        RETURN_IF_ERROR(
            codec.ParseField(input.body, route.body_field, request, route.mask_field == nullptr ? nullptr : &paths));
      }
      break;
  }
  RETURN_IF_ERROR(BindVariables(codec, match, request));
  RETURN_IF_ERROR(BindQuery(route, input.query, options, request));
  RETURN_IF_ERROR(BindHeaders(route, input, request));
  if (route.mask_field != nullptr && !request->GetReflection()->HasField(*request, route.mask_field)) {
    FillMask(route, options, paths, request);
  }
  return absl::OkStatus();
}

absl::Status PrintResponse(const JsonCodec& codec, const Route& route, const Message& response, std::string* out) {
  if (route.response_field == nullptr) return codec.Print(response, out);
  return codec.PrintField(response, route.response_field, out);
}

}  // namespace kam::gateway
