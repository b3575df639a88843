#include "base/text.hpp"
#include "source/codes.hpp"
#include "source/variable_list.hpp"

namespace triggerd::source {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

class dotenv_parser {
 public:
  dotenv_parser(std::string_view text, const std::string& where) : rest_(text), where_(where) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  result<std::vector<variable>> parse() {
    if (!text::is_utf8(rest_)) return wrong("the text is not UTF-8");
    if (rest_.find('\0') != std::string_view::npos) return wrong("the text holds a NUL byte");
    while (!rest_.empty()) {
      skip_blanks();
      if (at_line_end() || peek() == '#') {
        skip_line();
        continue;
      }
      auto one = assignment();
      if (!one) return one.error();
      found_.set(std::move(*one));
    }
    return found_.take();
  }

 private:
  result<variable> assignment() {
    variable out;
    out.line = line_;
    out.name = name();
    // "export" alone may be a variable's name: it is the prefix only before another name.
    if (out.name == "export" && !at_line_end() && is_blank(peek())) {
      skip_blanks();
      if (!at_line_end() && is_letter(peek())) out.name = name();
    }
    if (out.name.empty()) return wrong("a variable's name must begin with a letter or '_'");
    skip_blanks();
    // Not quoted: a line without '=' may be a piece of a value that lost its quotes.
    if (at_line_end() || peek() != '=') return wrong("there is no '=' after the name");
    take();
    skip_blanks();
    if (at_line_end()) {
      skip_line();
      return out;
    }
    const char first = peek();
    const bool quoted = first == '"' || first == '\'' || first == '`';
    auto value = quoted ? quoted_value(out) : plain_value();
    if (!value) return value.error();
    out.value = std::move(*value);
    return out;
  }

  std::string name() {
    std::string out;
    if (rest_.empty() || !is_letter(peek())) return out;
    while (!rest_.empty() && is_name(peek())) out += take();
    return out;
  }

  // To the end of the line or a '#' after white space.
  result<std::string> plain_value() {
    std::string out;
    while (!at_line_end()) {
      if (peek() == '#' && (out.empty() || is_blank(out.back()))) break;
      out += take();
    }
    skip_line();
    return std::string(text::trim(out));
  }

  result<std::string> quoted_value(const variable& of) {
    const char quote = take();
    std::string out;
    for (;;) {
      if (rest_.empty()) {
        line_ = of.line;
        return wrong("the quoted value of '" + text::printable(of.name, 80) + "' does not end");
      }
      const char c = take();
      if (c == quote) break;
      if (c == '\r' && !rest_.empty() && peek() == '\n') continue;  // a file from Windows has the same value
      if (c == '\\' && quote == '"' && !at_line_end()) append_escaped(out);
      else out += c;
    }
    skip_blanks();
    if (!at_line_end() && peek() != '#')
      return wrong("text follows the closing quote of '" + text::printable(of.name, 80) + "'");
    skip_line();
    return out;
  }

  void append_escaped(std::string& out) {
    const char c = take();
    switch (c) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case '"':
      case '\\':
      case '$': out += c; break;
      default: out += '\\'; out += c;
    }
  }

  char peek() const { return rest_.front(); }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++line_;
    return c;
  }
  bool at_line_end() const { return rest_.empty() || peek() == '\n' || rest_.starts_with("\r\n"); }
  void skip_blanks() {
    while (!rest_.empty() && is_blank(peek())) take();
  }
  void skip_line() {
    while (!rest_.empty() && take() != '\n') {
    }
  }
  error wrong(const std::string& why) const {
    return fail(codes::malformed, where_ + ": line " + std::to_string(line_) + ": " + why);
  }

  std::string_view rest_;
  const std::string& where_;
  std::uint64_t line_ = 1;
  variable_list found_;
};

}  // namespace

result<std::vector<variable>> parse_dotenv(std::string_view text, const std::string& where) {
  return dotenv_parser(text, where).parse();
}

}  // namespace triggerd::source
