#include "spec/selector.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <algorithm>

namespace triggerd::spec {

namespace {

error bad(std::string_view entry, std::string_view why) {
  return fail(codes::selector, "selector \"" + text::printable(entry, 120) + "\" " + std::string(why));
}

// The value of a built-in key or a label; nullopt when the target has no such label.
std::optional<std::string_view> value_of(const target_spec& target, const std::string& key) {
  if (key.empty() || key == "name") return target.name;
  if (key == "project") return target.project;
  if (key == "environment") return slug(target.env);
  if (key == "branch") return target.branch;
  const auto found = target.labels.find(key);
  if (found == target.labels.end()) return std::nullopt;
  return found->second;
}

}  // namespace

bool selector::entry_matches(const entry& terms, const target_spec& target) {
  return std::all_of(terms.begin(), terms.end(), [&](const term& t) {
    const auto value = value_of(target, t.key);
    const bool equal = value && text::glob_match(t.pattern, *value);
    return equal != t.negated;
  });
}

result<selector> selector::parse(const std::vector<std::string>& entries) {
  selector parsed;
  for (const auto& written : entries) {
    std::string_view rest = text::trim(written);
    const bool removes = rest.starts_with('!');
    if (removes) rest.remove_prefix(1);
    entry terms;
    for (const auto part : text::split(rest, ',')) {
      const std::string_view word = text::trim(part);
      if (word.empty()) return bad(written, "has an empty term");
      if (word.front() == '!') return bad(written, "has a \"!\" inside; it removes a whole entry and stands first");
      const std::size_t equals = word.find('=');
      term t;
      if (equals == std::string_view::npos) {
        if (word.find('@') != std::string_view::npos)
          return bad(written, "names a member of a branch family, which is not supported yet; use branch=PATTERN");
        t.pattern = word;
      } else {
        t.negated = equals > 0 && word[equals - 1] == '!';
        t.key = text::trim(word.substr(0, t.negated ? equals - 1 : equals));
        t.pattern = text::trim(word.substr(equals + 1));
        if (t.key.empty()) return bad(written, "has no key before \"=\"");
        if (t.pattern.empty()) return bad(written, "has no value after \"=\"; \"*\" stands for any");
        // Both spellings of an environment are accepted wherever one is written.
        const auto env = environment_from(t.pattern);
        if (t.key == "environment" && env) t.pattern = slug(*env);
      }
      terms.push_back(std::move(t));
    }
    (removes ? parsed.removed_ : parsed.wanted_).push_back(std::move(terms));
  }
  if (parsed.wanted_.empty())
    return fail(codes::selector, parsed.removed_.empty()
                                     ? "the selector is empty; \"*\" selects every target"
                                     : "the selector only removes; put \"*\" first to remove from all");
  return parsed;
}

result<selector> selector::parse(std::string_view one_entry) {
  std::vector<std::string> entries;
  for (const auto word : text::split(one_entry, ' '))
    if (!text::trim(word).empty()) entries.emplace_back(text::trim(word));
  return parse(entries);
}

std::optional<std::string_view> selector::only_name() const {
  if (wanted_.size() != 1 || wanted_.front().size() != 1 || !removed_.empty()) return std::nullopt;
  const term& only = wanted_.front().front();
  if (!only.key.empty() || only.pattern.find_first_of("*?") != std::string::npos) return std::nullopt;
  return only.pattern;
}

bool selector::matches(const target_spec& target) const {
  const auto hits = [&](const entry& terms) { return entry_matches(terms, target); };
  return std::any_of(wanted_.begin(), wanted_.end(), hits) && std::none_of(removed_.begin(), removed_.end(), hits);
}

}  // namespace triggerd::spec
