#include "metrics/exposition.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace triggerd::metrics {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Backslash and line feed everywhere, the quote in label values only.
std::string escaped(std::string_view text, bool quoted) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\\\";
    else if (c == '\n') out += "\\n";
    else if (c == '"' && quoted) out += "\\\"";
    else out += c;
  }
  return out;
}

// The format is UTF-8; a label of unknown origin must not break the whole page.
std::string label_value(std::string_view text) {
  return escaped(text::is_utf8(text) ? std::string(text) : text::printable(text), true);
}

std::string label_set(const labels& of) {
  std::string out;
  for (const auto& [name, value] : of) out += (out.empty() ? "{" : ",") + name + "=\"" + label_value(value) + "\"";
  return out.empty() ? out : out + "}";
}

void append_line(std::string& out, std::string_view name, const labels& of, const std::string& value) {
  out += name;
  out += label_set(of);
  out += ' ';
  out += value;
  out += '\n';
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
  out += "# HELP " + std::string(name) + " " + escaped(help, false) + "\n";
  out += "# TYPE " + std::string(name) + " " + std::string(type) + "\n";
}

void append_sample(std::string& out, std::string_view name, const labels& of, double value) {
  append_line(out, name, of, show_number(value));
}

void append_sample(std::string& out, std::string_view name, const labels& of, std::uint64_t value) {
  append_line(out, name, of, std::to_string(value));
}

void append_histogram(std::string& out, std::string_view name, const labels& of, const histogram& what) {
  const std::string bucket = std::string(name) + "_bucket";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < what.counts().size(); ++i) {
    so_far += what.counts()[i];
    labels with = of;
    with["le"] = i < what.bounds().size() ? show_number(what.bounds()[i]) : "+Inf";
    append_sample(out, bucket, with, so_far);
  }
  append_sample(out, std::string(name) + "_sum", of, what.sum());
  append_sample(out, std::string(name) + "_count", of, what.count());
}

}  // namespace triggerd::metrics
