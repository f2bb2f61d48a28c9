// Path templates of google.api.http:
//
//   Template  = "/" Segments [ Verb ] ;        Segments  = Segment { "/" Segment } ;
//   Segment   = "*" | "**" | LITERAL | Variable ;
//   Variable  = "{" FieldPath [ "=" Segments ] "}" ;
//   FieldPath = IDENT { "." IDENT } ;          Verb      = ":" LITERAL ;
//
// "**" stands last (a verb may follow); variables do not nest; {v} means {v=*}.
#ifndef KAM_GATEWAY_TRANSCODE_PATH_TEMPLATE_H_
#define KAM_GATEWAY_TRANSCODE_PATH_TEMPLATE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kam::gateway {

inline constexpr size_t kTemplateBytesMax = 1024;
inline constexpr size_t kPathSegmentsMax = 64;

struct PathTemplate {
  enum class Kind {
    kLiteral,
    // One segment, not empty.
    kOne,
    // Any number of segments, none included.
    kRest,
  };
  struct Segment {
    Kind kind;
    std::string literal;
  };
  struct Variable {
    // Names of the field path.
    std::vector<std::string> fields;
    // The segments [first, last) of the template; to the end of the path when the last of them is kRest.
    size_t first, last;
    // May hold more than one segment of the path.
    bool multiple;
  };

  std::vector<Segment> segments;
  std::vector<Variable> variables;
  // Without the colon; empty: none.
  std::string verb;
};

// INVALID_ARGUMENT, reason TEMPLATE_MALFORMED, naming the position.
absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text);

// The template in its shortest form: variables by their segments, "/v1/clients/*:archive". Two templates with one shape
// match the same paths.
std::string TemplateShape(const PathTemplate& path);

}  // namespace kam::gateway

#endif  // KAM_GATEWAY_TRANSCODE_PATH_TEMPLATE_H_
