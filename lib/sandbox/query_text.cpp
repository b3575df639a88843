#include "sandbox/query_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace triggerd::sandbox {

namespace {

struct query_token {
  enum class is : std::uint8_t { word, number, text, sign, end };
  is kind = is::end;
  std::string text;
  std::size_t line = 1, column = 0;
};

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

std::vector<query_token> tokens_of(std::string_view text) {
  std::vector<query_token> out;
  std::size_t line = 1, start_of_line = 0, at = 0;
  const auto add = [&](query_token::is kind, std::string value) {
    out.push_back({kind, std::move(value), line, at - start_of_line});
  };
  while (at < text.size()) {
    const char c = text[at];
    std::size_t end = at + 1;
    if (c == '\n') {
      ++line;
      start_of_line = end;
    } else if (c == '\'') {
      end = std::min(text.find('\'', end), text.size());
      add(query_token::is::text, std::string(text.substr(at + 1, end - at - 1)));
      ++end;
    } else if (is_word_letter(c)) {
      while (end < text.size() && is_word_letter(text[end])) ++end;
      add(c >= '0' && c <= '9' ? query_token::is::number : query_token::is::word,
          std::string(text.substr(at, end - at)));
    } else if (c != ' ' && c != '\t' && c != '\r') {
      const std::string_view two = text.substr(at, 2);
      if (two == "<=" || two == ">=" || two == "!=" || two == "<>") ++end;
      add(query_token::is::sign, std::string(text.substr(at, end - at)));
    }
    at = end;
  }
  add(query_token::is::end, "<EOF>");
  return out;
}

class query_reader {
 public:
  explicit query_reader(std::string_view text) : tokens_(tokens_of(text)) {}

  std::variant<query_text, std::string> read() {
    if (!take_word("SELECT")) return complain("expecting {SELECT, WITH, '{', '(', '<'}");
    do {
      item();
    } while (!trouble_ && take_sign(","));
    if (!take_word("FROM")) return complain("expecting {',', FROM}");
    out_.table = name();
    if (take_word("WHERE")) do {
        condition();
      } while (!trouble_ && take_word("AND"));
    if (take_word("GROUP") && need_word("BY")) names([&](std::string one) { out_.groups.push_back(std::move(one)); });
    if (take_word("ORDER") && need_word("BY")) orders();
    if (take_word("LIMIT")) limit();
    take_sign(";");
    if (now().kind != query_token::is::end) return complain("expecting <EOF>");
    if (trouble_) return *trouble_;
    return std::move(out_);
  }

 private:
  const query_token& now() const { return tokens_[at_]; }
  query_token next() {
    const query_token out = now();
    if (at_ + 1 < tokens_.size()) ++at_;
    return out;
  }
  std::string complain(std::string_view expecting) {
    if (!trouble_)
      trouble_ = "Syntax error at line " + std::to_string(now().line) + ':' + std::to_string(now().column) +
                 ": mismatched input '" + now().text + "' " + std::string(expecting);
    return *trouble_;
  }
  bool take_word(std::string_view word) {
    if (now().kind != query_token::is::word || text::lower(now().text) != text::lower(word)) return false;
    next();
    return true;
  }
  bool take_sign(std::string_view sign) {
    if (now().kind != query_token::is::sign || now().text != sign) return false;
    next();
    return true;
  }
  bool need_word(std::string_view word) {
    if (take_word(word)) return true;
    complain("expecting " + std::string(word));
    return false;
  }
  std::string name() {
    if (now().kind != query_token::is::word) complain("expecting a name");
    return next().text;
  }
  template <class Add>
  void names(Add&& add) {
    do {
      add(name());
    } while (!trouble_ && take_sign(","));
  }

  json value() {
    const query_token one = next();
    if (one.kind == query_token::is::text) return one.text;
    double number = 0;
    const auto read = std::from_chars(one.text.data(), one.text.data() + one.text.size(), number);
    if (one.kind != query_token::is::number || read.ec != std::errc()) complain("expecting a value");
    return number == static_cast<double>(static_cast<std::int64_t>(number)) ? json(static_cast<std::int64_t>(number))
                                                                            : json(number);
  }

  void item() {
    query_item one;
    one.label = now().text;
    if (take_sign("*")) {
      one.kind = query_item::is::every;
    } else if (now().kind == query_token::is::number || now().kind == query_token::is::text) {
      one.kind = query_item::is::constant;
      one.constant = value();
    } else {
      one.column = name();
      if (take_sign("(")) call(one);
    }
    if (take_word("AS")) one.label = name();
    out_.items.push_back(std::move(one));
  }
  void call(query_item& one) {
    if (text::lower(one.column) != "count") complain("expecting count(): the sandbox knows no other function");
    one.kind = query_item::is::count;
    one.label = "count()";
    take_sign("*");
    if (!take_sign(")")) complain("expecting ')'");
  }

  void condition() {
    query_condition one;
    one.column = name();
    if (take_word("IN")) {
      one.comparison = "IN";
      if (!take_sign("(")) complain("expecting '('");
      do {
        one.values.push_back(value());
      } while (!trouble_ && take_sign(","));
      if (!take_sign(")")) complain("expecting ')'");
    } else {
      one.comparison = next().text;
      if (one.comparison == "<>") one.comparison = "!=";
      constexpr std::string_view known[] = {"=", "!=", "<", ">", "<=", ">="};
      if (std::find(std::begin(known), std::end(known), one.comparison) == std::end(known))
        complain("expecting a comparison");
      one.values.push_back(value());
    }
    out_.conditions.push_back(std::move(one));
  }

  void orders() {
    do {
      query_order one;
      one.label = name();
      if (take_sign("(")) {
        one.label += "()";
        if (!take_sign(")")) complain("expecting ')'");
      }
      one.descending = take_word("DESC");
      if (!one.descending) take_word("ASC");
      out_.orders.push_back(std::move(one));
    } while (!trouble_ && take_sign(","));
  }
  void limit() {
    const json most = value();
    if (most.is_number_integer() && most >= 0) out_.limit = most.get<std::size_t>();
    else complain("expecting a number of rows");
  }

  std::vector<query_token> tokens_;
  std::size_t at_ = 0;
  query_text out_;
  std::optional<std::string> trouble_;
};

}  // namespace

std::variant<query_text, std::string> read_query(std::string_view text) { return query_reader(text).read(); }

}  // namespace triggerd::sandbox
