// The one unit that sees toml++.
#include "base/redaction.hpp"
#include "base/text.hpp"
#include "config/node.hpp"

#include <toml++/toml.h>

#include <array>
#include <cstdio>

namespace triggerd::config {

namespace {

std::string iso(const toml::date& d) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", int(d.year), int(d.month), int(d.day));
  return out.data();
}

std::string iso(const toml::time& t) {
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%02d:%02d:%02d", int(t.hour), int(t.minute), int(t.second));
  std::string text = out.data();
  if (t.nanosecond == 0) return text;
  std::snprintf(out.data(), out.size(), ".%09u", unsigned(t.nanosecond));
  std::string fraction = out.data();
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + fraction;
}

std::string iso(const toml::date_time& at) {
  std::string text = iso(at.date) + 'T' + iso(at.time);
  if (!at.offset) return text;
  const int minutes = at.offset->minutes;
  if (minutes == 0) return text + 'Z';
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%c%02d:%02d", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                std::abs(minutes) % 60);
  return text + out.data();
}

place place_of(const toml::source_region& region, const file_name& file) {
  return {file, region.begin.line, region.begin.column};
}

// What is read is given back at once, so that a large file is not held twice.
node convert(toml::node& value, const file_name& file);

node convert_table(toml::table& table, const file_name& file) {
  node out;
  out.where = place_of(table.source(), file);
  out.entries.reserve(table.size());
  for (auto one = table.begin(); one != table.end(); one = table.erase(one))
    out.entries.push_back(
        {std::string(one->first.str()), place_of(one->first.source(), file), convert(one->second, file)});
  return out;
}

node convert(toml::node& value, const file_name& file) {
  if (auto* table = value.as_table()) return convert_table(*table, file);
  node out;
  out.where = place_of(value.source(), file);
  if (auto* array = value.as_array()) {
    out.type = node::kind::array;
    for (auto& item : *array) out.items.push_back(convert(item, file));
  } else if (const auto* text = value.as_string()) {
    out.type = node::kind::string;
    out.text = text->get();  // copied: a parser's strings have room to spare
  } else if (const auto* integer = value.as_integer()) {
    out.type = node::kind::integer;
    out.integer = integer->get();
  } else if (const auto* number = value.as_floating_point()) {
    out.type = node::kind::number;
    out.number = number->get();
  } else if (const auto* boolean = value.as_boolean()) {
    out.type = node::kind::boolean;
    out.boolean = boolean->get();
  } else {
    out.type = node::kind::datetime;
    if (const auto* date = value.as_date()) out.text = iso(date->get());
    if (const auto* time = value.as_time()) out.text = iso(time->get());
    if (const auto* at = value.as_date_time()) out.text = iso(at->get());
  }
  return out;
}

}  // namespace

boost::system::result<node, parse_failure> parse_toml(std::string_view text, const std::string& path) {
  const file_name file(path);
  try {
    toml::table parsed = toml::parse(text, std::string_view(path));
    return convert_table(parsed, file);
  } catch (const toml::parse_error& broken) {
    // Its words quote the file, and a file may hold a key that should not be there.
    const auto words = redaction().clean(text::printable(broken.description(), 300));
    return parse_failure{place_of(broken.source(), file), words};
  }
}

}  // namespace triggerd::config
