// Everything that is wrong with a set of files, gathered and told together.
#pragma once

#include "config/node.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace triggerd::config {

// An error refuses the files. A warning does when warnings are denied. A note never does.
enum class severity { error, warning, note };
std::string_view name(severity s);

struct complaint {
  severity how = severity::error;
  place where;
  error_code code;
  std::string message;  // what is wrong and how to mend it; never holds a secret

  std::string text() const;  // "file:line:col: error: message [code]"
};

class complaints {
 public:
  void error(const place& where, error_code code, std::string message) {
    add(severity::error, where, code, std::move(message));
  }
  void warning(const place& where, error_code code, std::string message) {
    add(severity::warning, where, code, std::move(message));
  }
  void note(const place& where, error_code code, std::string message) {
    add(severity::note, where, code, std::move(message));
  }
  bool has_errors() const;
  // By file and place; the same complaint about the same place stands once.
  std::vector<complaint> sorted() const;

 private:
  void add(severity how, const place& where, error_code code, std::string message);
  std::vector<complaint> all_;
};

std::string in_quotes(std::string_view text);  // printable, bounded, in quotes
// `"a", "b" or "c"`
std::string choices(const std::vector<std::string_view>& words);
// `; did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace triggerd::config
