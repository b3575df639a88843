#include "config/placeholders.hpp"

#include "base/text.hpp"
#include "config/codes.hpp"
#include "spec/template.hpp"

#include <algorithm>
#include <array>

namespace triggerd::config {

namespace {

constexpr std::array<std::string_view, 18> known_names{"target.name",
                                                       "target.project",
                                                       "target.environment",
                                                       "target.branch",
                                                       "target.branch_slug",
                                                       "target.labels.",
                                                       "target.vars.",
                                                       "job.name",
                                                       "fire.id",
                                                       "fire.at",
                                                       "fire.date",
                                                       "fire.attempt",
                                                       "vars.",
                                                       "item",
                                                       "item.",
                                                       "line",
                                                       "target.labels",
                                                       "target.vars"};

// The raw names between braces, also those that mean nothing. Literal braces are skipped.
std::vector<std::string_view> raw_names(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; (at = text.find("{{", at)) != std::string_view::npos;) {
    if (text.substr(at).starts_with("{{{{")) {
      at += 4;
      continue;
    }
    const auto end = text.find("}}", at);
    if (end == std::string_view::npos) break;
    out.push_back(text::trim(text.substr(at + 2, end - at - 2)));
    at = end + 2;
  }
  return out;
}

void check_name(std::string_view name, const node& where, names replaced, complaints& out) {
  if (spec::is_known_name(name, replaced == names::items)) return;
  const std::string shown = in_quotes("{{ " + std::string(name) + " }}");
  if (name.starts_with("after."))
    return out.error(where.where, codes::not_supported,
                     "the placeholder " + shown + " is not supported yet; remove it");
  if (spec::is_known_name(name, true))
    return out.error(where.where, codes::placeholder,
                     "the placeholder " + shown + " has a value only in map, item_key and options of a batch");
  out.error(where.where, codes::placeholder,
            "the placeholder " + shown + " names nothing" +
                did_you_mean(name, {known_names.begin(), known_names.end()}) +
                (text::nearest(name, known_names)
                     ? ""
                     : "; known are target.*, job.name, fire.*, vars.X, and item, item.X, line in batches"));
}

}  // namespace

bool holds_placeholder(std::string_view text) { return !raw_names(text).empty(); }

std::vector<std::string> placeholder_names(std::string_view text) {
  auto found = spec::names_in(text);
  return found ? std::move(*found) : std::vector<std::string>();
}

void collect_placeholders(const node& value, std::vector<placeholder_use>& out) {
  if (value.is(node::kind::string))
    for (auto& name : placeholder_names(value.text)) out.push_back({std::move(name), &value});
  for (const auto& item : value.items) collect_placeholders(item, out);
  for (const auto& e : value.entries) collect_placeholders(e.value, out);
}

bool check_placeholders(const node& text, names replaced, complaints& out) {
  const auto written = raw_names(text.text);
  if (replaced == names::none) {
    if (written.empty()) return true;
    out.error(text.where, codes::placeholder, in_quotes(text.text) + " holds a placeholder, and none is replaced here");
    return false;
  }
  const auto read = spec::names_in(text.text);
  bool ok = true;
  for (const auto name : written) {
    if (spec::is_known_name(name, replaced == names::items)) continue;
    check_name(name, text, replaced, out);
    ok = false;
  }
  if (!read && ok) {
    out.error(text.where, codes::placeholder, read.error().message);
    ok = false;
  }
  return ok;
}

}  // namespace triggerd::config
