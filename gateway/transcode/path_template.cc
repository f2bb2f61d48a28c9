#include "gateway/transcode/path_template.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"

namespace kam::gateway {
namespace {

// Characters of a literal: unreserved of RFC 3986 and the sub-delimiters that mean nothing here.
bool IsLiteralChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._~!$&'()+,;@", c);
}

bool IsIdentChar(char c, bool first) {
  return c == '_' || (first ? absl::ascii_isalpha(static_cast<unsigned char>(c))
                            : absl::ascii_isalnum(static_cast<unsigned char>(c)));
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : text_(text) {}

  absl::StatusOr<PathTemplate> Read() {
    if (text_.size() > kTemplateBytesMax) return Malformed(absl::StrCat("is longer than ", kTemplateBytesMax));
    if (!Take('/')) return Malformed("must start with /");
    RETURN_IF_ERROR(ReadSegments(false));
    if (Take(':')) {
      out_.verb = TakeLiteral();
      if (out_.verb.empty()) return Malformed("must have a name after the colon");
    }
    if (at_ != text_.size()) return Malformed("has a character that may not stand here");
    return std::move(out_);
  }

 private:
  absl::Status Malformed(absl::string_view message) const {
    const std::string shown = absl::CHexEscape(text_.substr(0, kTemplateBytesMax));
    return InvalidField("template", "TEMPLATE_MALFORMED", absl::StrCat(shown, " ", message, " (at byte ", at_, ")"),
                        {{"template", shown}});
  }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string TakeLiteral() {
    const size_t from = at_;
    while (at_ < text_.size() && IsLiteralChar(text_[at_])) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  absl::Status Add(PathTemplate::Kind kind, std::string literal) {
    if (rest_) return Malformed("has a segment after **");
    if (out_.segments.size() == kPathSegmentsMax) {
      return Malformed(absl::StrCat("has more than ", kPathSegmentsMax, " segments"));
    }
    rest_ = kind == PathTemplate::Kind::kRest;
    out_.segments.push_back({kind, std::move(literal)});
    return absl::OkStatus();
  }

  absl::Status ReadSegments(bool in_variable) {
    do {
      if (Take('*')) {
        RETURN_IF_ERROR(Add(Take('*') ? PathTemplate::Kind::kRest : PathTemplate::Kind::kOne, ""));
      } else if (Take('{')) {
        if (in_variable) return Malformed("has a variable inside a variable");
        RETURN_IF_ERROR(ReadVariable());
      } else {
        std::string literal = TakeLiteral();
        if (literal.empty()) return Malformed("must have a segment");
        if (literal == "." || literal == "..") return Malformed("has a dot segment");
        RETURN_IF_ERROR(Add(PathTemplate::Kind::kLiteral, std::move(literal)));
      }
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status ReadVariable() {
    PathTemplate::Variable variable{{}, out_.segments.size(), 0, false};
    do {
      const size_t from = at_;
      while (at_ < text_.size() && IsIdentChar(text_[at_], at_ == from)) ++at_;
      if (at_ == from) return Malformed("must have a field name");
      variable.fields.emplace_back(text_.substr(from, at_ - from));
    } while (Take('.'));
    if (Take('=')) {
      RETURN_IF_ERROR(ReadSegments(true));
    } else {
      RETURN_IF_ERROR(Add(PathTemplate::Kind::kOne, ""));
    }
    if (!Take('}')) return Malformed("must have a }");
    variable.last = out_.segments.size();
    variable.multiple = rest_ || variable.last - variable.first > 1;
    for (const PathTemplate::Variable& other : out_.variables) {
      if (other.fields == variable.fields) {
        return Malformed(absl::StrCat("has the variable ", absl::StrJoin(variable.fields, "."), " twice"));
      }
    }
    out_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  const absl::string_view text_;
  size_t at_ = 0;
  bool rest_ = false;
  PathTemplate out_;
};

}  // namespace

absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text) { return Reader(text).Read(); }

std::string TemplateShape(const PathTemplate& path) {
  std::string shape;
  for (const PathTemplate::Segment& segment : path.segments) {
    absl::StrAppend(&shape, "/",
                    segment.kind == PathTemplate::Kind::kOne    ? "*"
                    : segment.kind == PathTemplate::Kind::kRest ? "**"
                                                                : segment.literal);
  }
  if (!path.verb.empty()) absl::StrAppend(&shape, ":", path.verb);
  return shape;
}

}  // namespace kam::gateway
