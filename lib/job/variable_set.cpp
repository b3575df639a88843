#include "job/variable_set.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"

#include <algorithm>
#include <array>

namespace triggerd::job {

namespace {

constexpr std::array<std::string_view, 2> kept_by_the_server{"TRIGGER_SECRET_KEY", "TRIGGER_API_URL"};

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), is_word);
}

// Complaints of one kind about several names.
class complaints {
 public:
  void add(std::string_view what, const std::string& name) {
    by_kind_[std::string(what)].push_back(text::printable(name, 80));
  }
  bool any() const { return !by_kind_.empty(); }
  std::string words() const {
    std::string out;
    for (const auto& [what, names] : by_kind_) {
      if (!out.empty()) out += "; ";
      out += what + ": " + told(names);
    }
    return out;
  }

 private:
  std::map<std::string, std::vector<std::string>> by_kind_;
};

class settler {
 public:
  settler(const spec::env_sync_spec& rules, wanted_variables& out, complaints& wrong)
      : rules_(rules), out_(out), wrong_(wrong) {}

  void take(const std::string& name, gathered_variable& given) {
    if (!matches_any(rules_.include, name) || matches_any(rules_.exclude, name)) return;
    const auto renamed = rules_.rename.find(name);
    const std::string& final = renamed == rules_.rename.end() ? name : renamed->second;
    if (!may_be_named(final)) return;
    if (!seen_.insert(final).second) return wrong_.add("given under two names, once by rename", final);
    const std::string_view value = given.value.expose();
    if (value.empty()) return take_empty(final);
    if (value == redacted_value)
      return wrong_.add("\"<redacted>\" is what the server shows instead of a secret, and no value", final);
    if (!text::is_utf8(value) || value.find('\0') != std::string_view::npos)
      return wrong_.add("the value is not UTF-8 text", final);
    out_.values[final] = {std::move(given.value), matches_any(rules_.plain, final)};
  }

  void demand() {
    for (const std::string& name : rules_.required)
      if (!out_.values.contains(name)) wrong_.add("required and missing or empty in the sources", name);
  }

 private:
  bool may_be_named(const std::string& name) {
    const bool taken =
        std::find(kept_by_the_server.begin(), kept_by_the_server.end(), name) != kept_by_the_server.end();
    if (taken) wrong_.add("kept by the server for itself and dropped silently; list it in exclude", name);
    else if (!is_name(name)) wrong_.add("no name for a variable; exclude or rename it", name);
    return !taken && is_name(name);
  }

  void take_empty(const std::string& name) {
    using rule = spec::env_sync_spec::empty_rule;
    if (rules_.empty == rule::refuse) wrong_.add("empty, and empty = \"refuse\"", name);
    if (rules_.empty == rule::skip) out_.untouched.insert(name);
  }

  const spec::env_sync_spec& rules_;
  wanted_variables& out_;
  complaints& wrong_;
  std::set<std::string> seen_;
};

}  // namespace

bool matches_any(const std::vector<std::string>& globs, std::string_view name) {
  return std::any_of(globs.begin(), globs.end(), [&](const auto& glob) { return text::glob_match(glob, name); });
}

std::string told(std::span<const std::string> names) {
  const std::size_t shown = std::min(names.size(), limits::names_told);
  std::string out = text::join(names.first(shown), ", ");
  if (shown < names.size()) out += " and " + std::to_string(names.size() - shown) + " more";
  return out;
}

result<wanted_variables> settle_variables(const spec::env_sync_spec& rules, gathered_variables gathered) {
  wanted_variables out;
  complaints wrong;
  settler settle(rules, out, wrong);
  for (auto& [name, given] : gathered) settle.take(name, given);
  settle.demand();
  if (wrong.any()) return fail(codes::guard, wrong.words());
  if (out.values.size() > limits::variables)
    return fail(codes::guard, "the sources give more than " + std::to_string(limits::variables) + " variables");
  return out;
}

}  // namespace triggerd::job
