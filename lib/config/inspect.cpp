#include "config/inspect.hpp"

#include "config/codes.hpp"
#include "config/forms.hpp"
#include "config/placeholders.hpp"
#include "spec/credential_kind.hpp"

#include <algorithm>
#include <cmath>

namespace triggerd::config {

namespace {

using kind = node::kind;

std::string in(const std::string& path) { return path.empty() ? "at the top level" : "in [" + path + ']'; }
std::string below(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + '.' + std::string(key);
}

class inspector {
 public:
  explicit inspector(complaints& out) : out_(out) {}

  void table(const node& table, const shape& s, const std::string& path, names outer) {
    if (!kind_is_built(table, s)) return;
    for (const auto& e : table.entries) {
      const key* k = find_key(s, table, e.key);
      if (!k) {
        unknown(e, table, s, path);
      } else if (k->when == due::later) {
        out_.error(e.where, codes::not_supported,
                   in_quotes(e.key) + ' ' + in(path) + " is not supported yet; remove it");
      } else {
        value(e, *k, path, k->replaced == names::outer ? outer : k->replaced);
      }
    }
  }

 private:
  // A table of a kind that is not built yet is told once, not key by key.
  bool kind_is_built(const node& table, const shape& s) {
    if (s.kind_key.empty()) return true;
    const node* kind = table.find(s.kind_key);
    const key* k = find_key(s, table, s.kind_key);
    if (!kind || !kind->is(kind::string) ||
        std::find(k->allowed_later.begin(), k->allowed_later.end(), kind->text) == k->allowed_later.end())
      return true;
    out_.error(kind->where, codes::not_supported,
               in_quotes(s.kind_key) + " = " + in_quotes(kind->text) + " is not supported yet; remove this table");
    return false;
  }

  void unknown(const entry& e, const node& table, const shape& s, const std::string& path) {
    const node* kind = s.kind_key.empty() ? nullptr : table.find(s.kind_key);
    for (const auto& other : s.kinds) {
      const auto keys = other.adds->keys;
      if (std::none_of(keys.begin(), keys.end(), [&](const key& k) { return k.name == e.key; })) continue;
      const bool known_kind =
          kind && std::any_of(s.kinds.begin(), s.kinds.end(), [&](const auto& o) { return o.word == kind->text; });
      // Without a kind the kind's own complaint says enough.
      if (known_kind)
        out_.error(e.where, codes::unknown_key,
                   in_quotes(e.key) + " belongs to jobs of type " + in_quotes(other.word) + ", and " + in(path) +
                       " the type is " + in_quotes(kind->text));
      return;
    }
    out_.error(e.where, codes::unknown_key,
               "unknown key " + in_quotes(e.key) + ' ' + in(path) + instead(e.key, keys_of(s, table)));
  }

  // The nearest key, else all of them when they can be read at a glance.
  static std::string instead(std::string_view word, const std::vector<const key*>& keys) {
    constexpr std::size_t at_a_glance = 8;
    std::vector<std::string_view> names;
    for (const key* k : keys)
      if (k->when == due::now) names.push_back(k->name);
    const auto near = did_you_mean(word, names);
    return near.empty() && names.size() <= at_a_glance ? "; a key here is " + choices(names) : near;
  }

  void value(const entry& e, const key& k, const std::string& path, names replaced) {
    const node& v = e.value;
    switch (k.is) {
      case form::table:
        if (typed(e.key, v, k, kind::table)) table(v, *k.of, below(path, e.key), replaced);
        return;
      case form::tables:
        if (!typed(e.key, v, k, kind::array)) return;
        if (k.required && v.items.empty())
          out_.error(v.where, codes::value, in_quotes(e.key) + ' ' + in(path) + " is empty");
        for (const auto& item : v.items)
          if (typed(e.key, item, k, kind::table)) table(item, *k.of, below(path, e.key), replaced);
        return;
      case form::named: return named(e, k, path, replaced);
      case form::text_or_source_map: return text_or_source_map(e, k, path, replaced);
      case form::name_or_source:
      case form::source:
        if (v.is(kind::table)) return table(v, *k.of, below(path, e.key), names::none);
        break;
      case form::json_table:
        if (is_placeholder_text(v, replaced)) break;
        if (typed(e.key, v, k, kind::table)) json(v, replaced);
        return;
      case form::json_list:
        if (typed(e.key, v, k, kind::array)) json(v, replaced);
        return;
      case form::json: return json(v, replaced);
      case form::strings:
      case form::argv:
        if (is_placeholder_text(v, replaced)) break;
        return strings(e, k, replaced);
      case form::text_map: return text_map(e, k, replaced);
      default: break;
    }
    single(e.key, v, k, replaced);
  }

  bool is_placeholder_text(const node& v, names replaced) {
    return replaced != names::none && v.is(kind::string) && holds_placeholder(v.text);
  }

  // One value without parts. A placeholder stands for whatever it names.
  void single(std::string_view name, const node& v, const key& k, names replaced) {
    if (v.is(kind::string)) {
      if (spec::looks_like_key(v.text)) return;  // told by inspect_literals
      if (!check_placeholders(v, replaced, out_)) return;
      if (replaced != names::none && holds_placeholder(v.text)) return;
    }
    check_form(name, v, k, out_);
  }

  bool typed(std::string_view name, const node& v, const key& k, kind wanted) {
    if (v.is(wanted)) return true;
    wrong_type(name, v, k, out_);
    return false;
  }

  void named(const entry& e, const key& k, const std::string& path, names replaced) {
    if (!typed(e.key, e.value, k, kind::table)) return;
    for (const auto& one : e.value.entries) {
      check_name(one, k);
      if (typed(one.key, one.value, k, kind::table))
        table(one.value, *k.of, below(below(path, e.key), one.key), replaced);
    }
  }

  void text_or_source_map(const entry& e, const key& k, const std::string& path, names replaced) {
    if (!typed(e.key, e.value, k, kind::table)) return;
    for (const auto& one : e.value.entries) {
      check_name(one, k);
      if (one.value.is(kind::table)) table(one.value, *k.of, below(below(path, e.key), one.key), names::none);
      else single(one.key, one.value, k, replaced);
    }
  }

  void text_map(const entry& e, const key& k, names replaced) {
    if (!typed(e.key, e.value, k, kind::table)) return;
    for (const auto& one : e.value.entries) {
      check_name(one, k);
      single(one.key, one.value, k, replaced);
    }
  }

  void strings(const entry& e, const key& k, names replaced) {
    if (!typed(e.key, e.value, k, kind::array)) return;
    if (k.is == form::argv && e.value.items.empty())
      out_.error(e.value.where, codes::value, in_quotes(e.key) + " names no program");
    if (static_cast<double>(e.value.items.size()) > k.most)
      out_.error(e.value.where, codes::value,
                 in_quotes(e.key) + " has " + std::to_string(e.value.items.size()) + " entries; at most " +
                     std::to_string(static_cast<std::size_t>(k.most)) + " are allowed");
    for (const auto& item : e.value.items) single(e.key, item, k, replaced);
  }

  // Free JSON: placeholders in its strings, and integers the server would round.
  void json(const node& v, names replaced) {
    for (const auto& e : v.entries) json(e.value, replaced);
    for (const auto& item : v.items) json(item, replaced);
    if (v.is(kind::string)) check_placeholders(v, replaced, out_);
    constexpr std::int64_t exact = 1LL << 53;
    if (v.is(kind::integer) && (v.integer > exact || v.integer < -exact))
      out_.error(v.where, codes::value,
                 "the server reads " + std::to_string(v.integer) +
                     " as a double and loses digits beyond 2^53; write it as a string");
  }

  void check_name(const entry& e, const key& k) {
    if (!k.name_check || spec::looks_like_key(e.key)) return;
    if (const auto wrong = k.name_check(e.key)) out_.error(e.where, codes::value, *wrong);
  }

  complaints& out_;
};

void require_choice(const node& table, const shape& s, const std::string& path, complaints& out) {
  std::vector<const entry*> given;
  for (const auto word : s.one_of)
    if (const entry* e = table.find_entry(word)) given.push_back(e);
  if (given.size() > 1)
    out.error(given[1]->where, codes::conflict,
              in_quotes(given[1]->key) + " and " + in_quotes(given[0]->key) + " exclude each other " + in(path) +
                  "; keep one");
  if (!given.empty() || !s.one_needed) return;
  std::vector<std::string_view> built;
  for (const auto word : s.one_of) {
    const key* k = find_key(s, table, word);
    if (k && k->when == due::now) built.push_back(word);
  }
  out.error(table.where, codes::missing, '[' + path + "] needs one of " + choices(built));
}

bool is_of_known_kind(const node& table, const shape& s) {
  if (s.kind_key.empty()) return true;
  const node* kind = table.find(s.kind_key);
  return kind && std::any_of(s.kinds.begin(), s.kinds.end(),
                             [&](const auto& o) { return kind->is(kind::string) && o.word == kind->text; });
}

void require_below(const entry& e, const key& k, const std::string& path, complaints& out) {
  const node& v = e.value;
  switch (k.is) {
    case form::table:
    case form::source:
    case form::name_or_source:
      if (v.is(kind::table)) require(v, *k.of, below(path, e.key), out);
      return;
    case form::tables:
      for (const auto& item : v.items)
        if (item.is(kind::table)) require(item, *k.of, below(path, e.key), out);
      return;
    case form::named:
    case form::text_or_source_map:
      for (const auto& one : v.entries)
        if (one.value.is(kind::table)) require(one.value, *k.of, below(below(path, e.key), one.key), out);
      return;
    default: return;
  }
}

}  // namespace

void inspect_literals(const node& value, complaints& out) {
  static constexpr std::string_view mend =
      "a text that looks like a Trigger.dev key stands in the file; put it into a [credential] source (systemd, file, "
      "env or exec), "
      "name that here, and replace the key if the file was shared";
  if (value.is(kind::string) && spec::looks_like_key(value.text))
    out.error(value.where, codes::key_in_file, std::string(mend));
  if (value.is(kind::number) && !std::isfinite(value.number))
    out.error(value.where, codes::value, "nan and inf are no numbers of JSON; write a finite number");
  for (const auto& item : value.items) inspect_literals(item, out);
  for (const auto& e : value.entries) {
    if (spec::looks_like_key(e.key)) out.error(e.where, codes::key_in_file, std::string(mend));
    inspect_literals(e.value, out);
  }
}

void inspect(const node& table, const shape& s, const std::string& path, complaints& out) {
  inspector(out).table(table, s, path, names::none);
}

void require(const node& table, const shape& s, const std::string& path, complaints& out) {
  if (!is_of_known_kind(table, s)) {
    const node* kind = table.find(s.kind_key);
    const key* k = find_key(s, table, s.kind_key);
    if (!kind)
      out.error(
          table.where, codes::missing,
          '[' + path + "] needs " + in_quotes(s.kind_key) + ": " + choices({k->allowed.begin(), k->allowed.end()}));
    return;
  }
  for (const key* k : keys_of(s, table))
    if (k->required && !table.find(k->name))
      out.error(table.where, codes::missing,
                '[' + path + "] needs " + in_quotes(k->name) + ": " + std::string(k->about));
  require_choice(table, s, path, out);
  const node* word = s.kind_key.empty() ? nullptr : table.find(s.kind_key);
  for (const auto& option : s.kinds)
    if (word && option.word == word->text) require_choice(table, *option.adds, path, out);
  for (const auto& e : table.entries) {
    const key* k = find_key(s, table, e.key);
    if (k && k->when == due::now) require_below(e, *k, path, out);
  }
}

}  // namespace triggerd::config
