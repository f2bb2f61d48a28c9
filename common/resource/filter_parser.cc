#include "common/resource/filter_parser.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/resource/filter.h"
#include "common/resource/filter_util.h"

namespace kam::resource {
namespace {

constexpr char kMalformed[] = "FILTER_MALFORMED";
constexpr char kTooComplex[] = "FILTER_TOO_COMPLEX";
// What an error message repeats of the input, in bytes.
constexpr size_t kQuotedBytesMax = 40;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsNameStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNameChar(char c) { return IsNameStart(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool EndsBareText(char c) {
  return IsSpace(c) || c == '"' || c == '\'' || c == '(' || c == ')' || c == ',' || c == '=' || c == '<' || c == '>' ||
         c == '!';
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  absl::StatusOr<std::optional<FilterNode>> Parse() {
    RETURN_IF_ERROR(CheckCharacters());
    SkipSpace();
    if (AtEnd()) return std::optional<FilterNode>();
    ASSIGN_OR_RETURN(FilterNode node, ParseExpression(0));
    if (!AtEnd()) return Malformed(at_, absl::StrCat("expected AND, OR or the end, found ", Found()));
    return std::optional<FilterNode>(std::move(node));
  }

 private:
  absl::Status Malformed(size_t at, absl::string_view message) const {
    return FilterError(kMalformed, at + 1, message);
  }

  // The whole text is well-formed UTF-8 without control characters other than white space.
  absl::Status CheckCharacters() const {
    for (size_t i = 0; i < text_.size();) {
      const size_t length = Utf8Length(text_, i);
      if (length == 0) return Malformed(i, "not valid UTF-8");
      if (IsControl(text_[i]) && !IsSpace(text_[i])) return Malformed(i, "control characters are not allowed");
      i += length;
    }
    return absl::OkStatus();
  }

  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return text_[at_]; }
  void SkipSpace() {
    while (!AtEnd() && IsSpace(Peek())) ++at_;
  }

  // What stands at the current place, for messages.
  std::string Found() const {
    if (AtEnd()) return "the end";
    size_t end = at_;
    while (end < text_.size() && !IsSpace(text_[end]) && end - at_ < kQuotedBytesMax) {
      end += Utf8Length(text_, end);
      if (EndsBareText(text_[at_])) break;
    }
    return absl::StrCat("\"", text_.substr(at_, end - at_), "\"");
  }

  // True when `word` stands here as a whole word.
  bool AtWord(absl::string_view word) const {
    if (text_.substr(at_, word.size()) != word) return false;
    const size_t after = at_ + word.size();
    return after == text_.size() || !(IsNameChar(text_[after]) || text_[after] == '.' || text_[after] == '-');
  }
  bool TakeWord(absl::string_view word) {
    if (!AtWord(word)) return false;
    at_ += word.size();
    SkipSpace();
    return true;
  }

  absl::Status CountNode(size_t at) {
    if (++nodes_ <= kFilterNodesMax) return absl::OkStatus();
    return FilterError(kTooComplex, at + 1, absl::StrCat("more than ", kFilterNodesMax, " conditions and operators"),
                       {{"rule", "nodes"}, {"limit", absl::StrCat(kFilterNodesMax)}});
  }

  absl::StatusOr<FilterNode> ParseExpression(int depth) {
    const size_t start = at_;
    std::vector<FilterNode> operands;
    ASSIGN_OR_RETURN(FilterNode first, ParseFactor(depth));
    operands.push_back(std::move(first));
    while (!AtEnd() && Peek() != ')') {
      TakeWord("AND");
      ASSIGN_OR_RETURN(FilterNode next, ParseFactor(depth));
      operands.push_back(std::move(next));
    }
    return Join(FilterNode::Type::kAnd, start, std::move(operands));
  }

  absl::StatusOr<FilterNode> ParseFactor(int depth) {
    const size_t start = at_;
    std::vector<FilterNode> operands;
    ASSIGN_OR_RETURN(FilterNode first, ParseTerm(depth));
    operands.push_back(std::move(first));
    while (TakeWord("OR")) {
      ASSIGN_OR_RETURN(FilterNode next, ParseTerm(depth));
      operands.push_back(std::move(next));
    }
    return Join(FilterNode::Type::kOr, start, std::move(operands));
  }

  absl::StatusOr<FilterNode> Join(FilterNode::Type type, size_t at, std::vector<FilterNode> operands) {
    if (operands.size() == 1) return std::move(operands.front());
    RETURN_IF_ERROR(CountNode(at));
    FilterNode node;
    node.type = type;
    node.operands = std::move(operands);
    return node;
  }

  absl::StatusOr<FilterNode> ParseTerm(int depth) {
    const size_t start = at_;
    bool negated = TakeWord("NOT");
    if (!negated && !AtEnd() && Peek() == '-') {
      negated = true;
      ++at_;
    }
    ASSIGN_OR_RETURN(FilterNode simple, ParseSimple(depth));
    if (!negated) return simple;
    RETURN_IF_ERROR(CountNode(start));
    FilterNode node;
    node.type = FilterNode::Type::kNot;
    node.operands.push_back(std::move(simple));
    return node;
  }

  absl::StatusOr<FilterNode> ParseSimple(int depth) {
    if (AtEnd() || Peek() != '(') return ParseRestriction();
    const size_t open = at_;
    if (depth >= kFilterDepthMax) {
      return FilterError(kTooComplex, open + 1, absl::StrCat("parentheses are nested deeper than ", kFilterDepthMax),
                         {{"rule", "depth"}, {"limit", absl::StrCat(kFilterDepthMax)}});
    }
    ++at_;
    SkipSpace();
    ASSIGN_OR_RETURN(FilterNode inner, ParseExpression(depth + 1));
    if (AtEnd()) return Malformed(open, "\"(\" is never closed");
    ++at_;  // ParseExpression ends only at the end or at ")".
    SkipSpace();
    return inner;
  }

  absl::StatusOr<FilterNode> ParseRestriction() {
    FilterNode node;
    node.path_position = at_ + 1;
    if (AtEnd() || !IsNameStart(Peek())) {
      return Malformed(at_, absl::StrCat("expected a field, found ", Found()));
    }
    for (const absl::string_view word : {"AND", "OR", "NOT"}) {
      if (AtWord(word)) return Malformed(at_, absl::StrCat("expected a field, found ", word));
    }
    const size_t start = at_;
    while (true) {
      if (AtEnd() || !IsNameStart(Peek())) return Malformed(at_, "expected a field name after the dot");
      while (!AtEnd() && IsNameChar(Peek())) ++at_;
      if (AtEnd() || Peek() != '.') break;
      ++at_;
    }
    node.path = std::string(text_.substr(start, at_ - start));
    if (!AtEnd() && Peek() == '(') return Malformed(start, "functions are not supported");
    SkipSpace();
    ASSIGN_OR_RETURN(node.op, ParseOperator(&node.op_position));
    SkipSpace();
    ASSIGN_OR_RETURN(node.value, ParseValue());
    SkipSpace();
    RETURN_IF_ERROR(CountNode(start));
    return node;
  }

  absl::StatusOr<FilterOperator> ParseOperator(size_t* position) {
    *position = at_ + 1;
    constexpr std::pair<absl::string_view, FilterOperator> kOperators[] = {{"!=", FilterOperator::kNotEqual},
                                                                           {"<=", FilterOperator::kLessOrEqual},
                                                                           {">=", FilterOperator::kGreaterOrEqual},
                                                                           {"=", FilterOperator::kEqual},
                                                                           {"<", FilterOperator::kLess},
                                                                           {">", FilterOperator::kGreater},
                                                                           {":", FilterOperator::kHas}};
    for (const auto& [text, op] : kOperators) {
      if (text_.substr(at_, text.size()) == text) {
        at_ += text.size();
        return op;
      }
    }
    return Malformed(at_, absl::StrCat("expected one of = != < <= > >= : after the field, found ", Found()));
  }

  absl::StatusOr<FilterValue> ParseValue() {
    FilterValue value;
    value.position = at_ + 1;
    if (AtEnd()) return Malformed(at_, "expected a value, found the end");
    if (Peek() == '"' || Peek() == '\'') {
      RETURN_IF_ERROR(ParseQuoted(&value));
      return value;
    }
    if (EndsBareText(Peek())) return Malformed(at_, absl::StrCat("expected a value, found ", Found()));
    const size_t start = at_;
    while (!AtEnd() && !EndsBareText(Peek())) {
      if (Peek() == '\\') return Malformed(at_, "a backslash is only allowed inside quotes");
      Append(Peek(), /*escaped=*/false, &value);
      ++at_;
    }
    if (value.text == "AND" || value.text == "OR" || value.text == "NOT") {
      return Malformed(start,
                       absl::StrCat("expected a value, found ", value.text, "; put it in quotes to mean the text"));
    }
    if (AtEnd()) return value;
    if (Peek() == '(') return Malformed(start, "functions are not supported");
    if (!IsSpace(Peek()) && Peek() != ')') {
      return Malformed(at_, absl::StrCat("unexpected ", Found(), " in a value; put the value in quotes"));
    }
    return value;
  }

  absl::Status ParseQuoted(FilterValue* value) {
    const size_t open = at_;
    const char quote = Peek();
    value->quoted = true;
    for (++at_; !AtEnd(); ++at_) {
      const char c = Peek();
      if (c == quote) {
        ++at_;
        if (!AtEnd() && !IsSpace(Peek()) && Peek() != ')') {
          return Malformed(at_, absl::StrCat("expected white space after the closing quote, found ", Found()));
        }
        return absl::OkStatus();
      }
      if (IsControl(c)) return Malformed(at_, "control characters inside quotes are written \\n, \\r or \\t");
      if (c != '\\') {
        Append(c, /*escaped=*/false, value);
        continue;
      }
      ++at_;
      if (AtEnd()) break;
      switch (Peek()) {
        case '\\':
        case '"':
        case '\'':
        case '*':
          Append(Peek(), /*escaped=*/true, value);
          break;
        case 'n':
          Append('\n', /*escaped=*/true, value);
          break;
        case 'r':
          Append('\r', /*escaped=*/true, value);
          break;
        case 't':
          Append('\t', /*escaped=*/true, value);
          break;
        default:
          return Malformed(at_ - 1, "unknown escape; known are \\\\ \\\" \\' \\* \\n \\r \\t");
      }
    }
    return Malformed(open, "the quote is never closed");
  }

  static void Append(char c, bool escaped, FilterValue* value) {
    value->text.push_back(c);
    if (c == '*' && !escaped) {
      value->wildcard = true;
      value->pattern.push_back('%');
    } else {
      value->pattern.append(EscapeLike(absl::string_view(&c, 1)));
    }
  }

  const absl::string_view text_;
  size_t at_ = 0;
  int nodes_ = 0;
};

}  // namespace

absl::string_view FilterOperatorText(FilterOperator op) {
  switch (op) {
    case FilterOperator::kEqual:
      return "=";
    case FilterOperator::kNotEqual:
      return "!=";
    case FilterOperator::kLess:
      return "<";
    case FilterOperator::kLessOrEqual:
      return "<=";
    case FilterOperator::kGreater:
      return ">";
    case FilterOperator::kGreaterOrEqual:
      return ">=";
    case FilterOperator::kHas:
      return ":";
  }
  return "";
}

absl::Status FilterError(absl::string_view reason, size_t position, absl::string_view message, Metadata metadata) {
  metadata.emplace_back("position", absl::StrCat(position));
  return InvalidField("filter", reason, absl::StrCat(message, " (position ", position, ")"), metadata);
}

std::string EscapeLike(absl::string_view text) {
  std::string pattern;
  pattern.reserve(text.size());
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern;
}

absl::StatusOr<std::optional<FilterNode>> ParseFilter(absl::string_view filter) {
  if (filter.size() > kFilterBytesMax) {
    return FilterError(kTooComplex, kFilterBytesMax + 1, absl::StrCat("longer than ", kFilterBytesMax, " bytes"),
                       {{"rule", "bytes"}, {"limit", absl::StrCat(kFilterBytesMax)}});
  }
  return Parser(filter).Parse();
}

}  // namespace kam::resource
