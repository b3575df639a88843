// A value of a file with the place it stands at. TOML and stored JSON become the same tree, so that one reader serves both.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::config {

// Shared by all places in a file: a tree has more of them than values.
class file_name {
 public:
  file_name() = default;
  file_name(const std::string& text) : text_(std::make_shared<const std::string>(text)) {}

  const std::string& text() const;
  bool empty() const { return text().empty(); }
  friend bool operator==(const file_name& a, const file_name& b) { return a.text() == b.text(); }
  friend auto operator<=>(const file_name& a, const file_name& b) { return a.text() <=> b.text(); }

 private:
  std::shared_ptr<const std::string> text_;
};

struct place {
  file_name file;  // empty: not from a file
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  std::string text() const;    // "file:line:col"
  std::string folder() const;  // of the file; empty when there is none
  friend auto operator<=>(const place&, const place&) = default;
};

struct entry;

struct node {
  enum class kind { table, array, string, integer, number, boolean, datetime };

  kind type = kind::table;
  place where;
  std::string text;  // of a string; of a datetime in ISO form
  std::int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  std::vector<node> items;     // of an array
  std::vector<entry> entries;  // of a table, each key once

  bool is(kind k) const { return type == k; }
  const entry* find_entry(std::string_view key) const;
  const node* find(std::string_view key) const;
  node* find(std::string_view key);
  void set(std::string_view key, node value);  // replaces; the value's place becomes the key's when it is new
  void remove(std::string_view key);
  node take(std::string_view key);  // out of it; an empty table when there is none

  static node string(std::string text, place where);
  static node table(place where);
};

struct entry {
  std::string key;
  place where;
  node value;
};

// By key. A table of TOML comes in order, and what several files make mostly does.
template <class Entry>
void sort_by_key(std::vector<Entry*>& entries) {
  const auto before = [](const entry* a, const entry* b) { return a->key < b->key; };
  if (!std::is_sorted(entries.begin(), entries.end(), before)) std::sort(entries.begin(), entries.end(), before);
}

std::string_view name(node::kind kind);  // for people: "a table", "a string"

// The same text for equal values, whatever the order of their keys, and another one for others.
void append_canonical(std::string& out, const node& value);
void append_canonical(std::string& out, std::string_view text);

// Every string becomes JSON as it is, dates become ISO text.
nlohmann::json to_json(const node& value);

// A failure of a parser, with its place.
struct parse_failure {
  place where;
  std::string message;
};
boost::system::result<node, parse_failure> parse_toml(std::string_view text, const std::string& file);
// Numbers beyond 64 bits, null and text that is not UTF-8 are errors.
result<node> parse_json(std::string_view text);

}  // namespace triggerd::config
