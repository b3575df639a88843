#include "metrics/exposition.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace triggerd::metrics {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Backslash and line feed everywhere, the quote in label values only.
void append_escaped(std::string& out, std::string_view text, bool quoted) {
  const std::string_view special = quoted ? "\\\n\"" : "\\\n";
  for (std::size_t at = text.find_first_of(special); at != std::string_view::npos; at = text.find_first_of(special)) {
    out.append(text.substr(0, at)).append(1, '\\').append(1, text[at] == '\n' ? 'n' : text[at]);
    text.remove_prefix(at + 1);
  }
  out += text;
}

// The format is UTF-8; a label of unknown origin must not break the whole page.
void append_label_value(std::string& out, std::string_view text) {
  if (text::is_utf8(text)) append_escaped(out, text, true);
  else append_escaped(out, text::printable(text), true);
}

void append_line(std::string& out, std::string_view name, const labels& of, std::string_view value) {
  out += name;
  char before = '{';
  for (const auto& [label, text] : of) {
    out.append(1, std::exchange(before, ',')).append(label).append("=\"");
    append_label_value(out, text);
    out += '"';
  }
  if (!of.empty()) out += '}';
  out.append(1, ' ').append(value).append(1, '\n');
}

}  // namespace

bool is_metric_name(std::string_view text) {
  return !text.empty() && (is_letter(text[0]) || text[0] == ':') &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c) || c == ':'; });
}

bool is_label_name(std::string_view text) {
  return !text.empty() && is_letter(text[0]) && !text.starts_with("__") &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

std::string show_number(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "+Inf" : "-Inf";
  char buffer[40];
  const auto written = std::to_chars(buffer, buffer + sizeof buffer, v);
  return {buffer, written.ptr};
}

void append_header(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  out.append("# HELP ").append(name).append(1, ' ');
  append_escaped(out, help, false);
  out.append("\n# TYPE ").append(name).append(1, ' ').append(type).append(1, '\n');
}

void append_sample(std::string& out, std::string_view name, const labels& of, double value) {
  append_line(out, name, of, show_number(value));
}

void append_sample(std::string& out, std::string_view name, const labels& of, std::uint64_t value) {
  append_line(out, name, of, std::to_string(value));
}

void append_histogram(std::string& out, std::string_view name, const labels& of, const histogram& what) {
  const std::string bucket = std::string(name) + "_bucket";
  labels with = of;
  std::string& bound = with["le"];
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < what.counts().size(); ++i) {
    so_far += what.counts()[i];
    bound = i < what.bounds().size() ? show_number(what.bounds()[i]) : "+Inf";
    append_sample(out, bucket, with, so_far);
  }
  append_sample(out, std::string(name) + "_sum", of, what.sum());
  append_sample(out, std::string(name) + "_count", of, what.count());
}

}  // namespace triggerd::metrics
