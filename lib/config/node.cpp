#include "config/node.hpp"

#include "base/text.hpp"
#include "config/codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace triggerd::config {

namespace {

using nlohmann::json;

constexpr std::size_t deepest = 200;  // levels of a stored job; a hostile one must not exhaust the stack

result<node> from_json(const json& value, std::size_t depth) {
  if (depth > deepest) return fail(codes::syntax, "the stored job is nested deeper than 200 levels");
  node out;
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      auto made = from_json(child, depth + 1);
      if (!made) return made.error();
      out.entries.push_back({key, {}, std::move(*made)});
    }
  } else if (value.is_array()) {
    out.type = node::kind::array;
    for (const auto& child : value) {
      auto made = from_json(child, depth + 1);
      if (!made) return made.error();
      out.items.push_back(std::move(*made));
    }
  } else if (value.is_string()) {
    out.type = node::kind::string;
    out.text = value.get<std::string>();
  } else if (value.is_boolean()) {
    out.type = node::kind::boolean;
    out.boolean = value.get<bool>();
  } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
    return fail(codes::syntax, "the stored job holds an integer beyond 64 bits");
  } else if (value.is_number_integer()) {
    out.type = node::kind::integer;
    out.integer = value.get<std::int64_t>();
  } else if (value.is_number_float()) {
    out.type = node::kind::number;
    out.number = value.get<double>();
  } else {
    return fail(codes::syntax, "the stored job holds null, which TOML cannot say");
  }
  return out;
}

}  // namespace

const std::string& file_name::text() const {
  static const std::string none;
  return text_ ? *text_ : none;
}

std::string place::text() const { return file.text() + ':' + std::to_string(line) + ':' + std::to_string(column); }

std::string place::folder() const {
  const std::string& path = file.text();
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {};
  return slash == 0 ? "/" : path.substr(0, slash);
}

const entry* node::find_entry(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const node* node::find(std::string_view key) const {
  const entry* found = find_entry(key);
  return found ? &found->value : nullptr;
}

node* node::find(std::string_view key) { return const_cast<node*>(std::as_const(*this).find(key)); }

void node::set(std::string_view key, node value) {
  if (node* old = find(key)) {
    *old = std::move(value);
    return;
  }
  place at = value.where;
  entries.push_back({std::string(key), std::move(at), std::move(value)});
}

void node::remove(std::string_view key) {
  std::erase_if(entries, [&](const entry& e) { return e.key == key; });
}

node node::take(std::string_view key) {
  node out;
  if (node* found = find(key)) out = std::move(*found);
  remove(key);
  return out;
}

node node::string(std::string text, place where) {
  node out;
  out.type = kind::string;
  out.where = std::move(where);
  out.text = std::move(text);
  return out;
}

node node::table(place where) {
  node out;
  out.where = std::move(where);
  return out;
}

std::string_view name(node::kind kind) {
  switch (kind) {
    case node::kind::table: return "a table";
    case node::kind::array: return "an array";
    case node::kind::string: return "a string";
    case node::kind::integer: return "an integer";
    case node::kind::number: return "a number";
    case node::kind::boolean: return "a boolean";
    case node::kind::datetime: return "a date";
  }
  return {};
}

void append_canonical(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  (out += ':') += text;
}

void append_canonical(std::string& out, const node& value) {
  out += static_cast<char>('a' + static_cast<int>(value.type));
  switch (value.type) {
    case node::kind::table: {
      std::vector<const entry*> sorted;
      sorted.reserve(value.entries.size());
      for (const auto& e : value.entries) sorted.push_back(&e);
      sort_by_key(sorted);
      for (const entry* e : sorted) {
        append_canonical(out, e->key);
        append_canonical(out, e->value);
      }
      out += ';';
      return;
    }
    case node::kind::array:
      for (const auto& item : value.items) append_canonical(out, item);
      out += ';';
      return;
    case node::kind::string:
    case node::kind::datetime: return append_canonical(out, value.text);
    case node::kind::integer: return append_canonical(out, std::to_string(value.integer));
    case node::kind::number: return append_canonical(out, json(value.number).dump());
    case node::kind::boolean: out += value.boolean ? '1' : '0'; return;
  }
}

json to_json(const node& value) {
  switch (value.type) {
    case node::kind::table: {
      json out = json::object();
      for (const auto& e : value.entries) out[e.key] = to_json(e.value);
      return out;
    }
    case node::kind::array: {
      json out = json::array();
      for (const auto& item : value.items) out.push_back(to_json(item));
      return out;
    }
    case node::kind::string:
    case node::kind::datetime: return value.text;
    case node::kind::integer: return value.integer;
    case node::kind::number: return value.number;
    case node::kind::boolean: return value.boolean;
  }
  return nullptr;
}

result<node> parse_json(std::string_view text) {
  if (!text::is_utf8(text)) return fail(codes::syntax, "the stored job is not UTF-8");
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return fail(codes::syntax, "the stored job is not JSON");
  return from_json(parsed, 0);
}

}  // namespace triggerd::config
