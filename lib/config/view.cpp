#include "config/view.hpp"

#include "spec/units.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace triggerd::config {

namespace {

using kind = node::kind;

template <class T>
void take_integer(const node& v, T& into) {
  if (!v.is(kind::integer) || v.integer < 0) return;
  if (static_cast<std::uint64_t>(v.integer) > static_cast<std::uint64_t>(std::numeric_limits<T>::max())) return;
  into = static_cast<T>(v.integer);
}

}  // namespace

void take(const node& v, std::string& into) {
  if (v.is(kind::string) || v.is(kind::datetime)) into = v.text;
}

void take(const node& v, bool& into) {
  if (v.is(kind::boolean)) into = v.boolean;
}

void take(const node& v, std::uint64_t& into) { take_integer(v, into); }
void take(const node& v, std::uint32_t& into) { take_integer(v, into); }
void take(const node& v, int& into) { take_integer(v, into); }

void take(const node& v, double& into) {
  if (v.is(kind::integer)) into = static_cast<double>(v.integer);
  if (v.is(kind::number)) into = v.number;
}

void take(const node& v, milliseconds& into) {
  const auto parsed = spec::parse_duration(v.text);
  if (v.is(kind::string) && parsed) into = *parsed;
}

void take(const node& v, spec::rate& into) {
  const auto parsed = spec::parse_rate(v.text);
  if (v.is(kind::string) && parsed) into = *parsed;
}

void take(const node& v, spec::share& into) {
  if (v.is(kind::integer) && v.integer >= 0) into = spec::share{static_cast<std::uint64_t>(v.integer), -1};
  const auto parsed = spec::parse_share(v.text);
  if (v.is(kind::string) && parsed) into = *parsed;
}

void take(const node& v, std::vector<std::string>& into) {
  if (!v.is(kind::array)) return;
  into.clear();
  for (const auto& item : v.items)
    if (item.is(kind::string)) into.push_back(item.text);
}

void take(const node& v, std::map<std::string, std::string>& into) {
  for (const auto& e : v.entries)
    if (e.value.is(kind::string)) into[e.key] = e.value.text;
}

void take(const node& v, spec::value_source& into) {
  using source = spec::value_source;
  const view table(v);
  const std::pair<std::string_view, source::kind> named[] = {
      {"env", source::kind::env}, {"file", source::kind::file}, {"systemd", source::kind::systemd}};
  for (const auto& [key, from] : named) {
    if (!table.at(key)) continue;
    into.from = from;
    table.read(key, into.name);
  }
  if (table.at("exec")) into.from = source::kind::exec;
  table.read("exec", into.argv);
  table.read("timeout", into.timeout);
}

const std::vector<entry>& view::entries() const {
  static const std::vector<entry> none;
  return table_ ? table_->entries : none;
}

void view::read_size(std::string_view key, std::uint64_t& into) const {
  const node* v = at(key);
  if (!v || !v->is(kind::string)) return;
  const auto parsed = spec::parse_size(v->text);
  if (parsed) into = *parsed;
}

void view::read_json(std::string_view key, std::string& into) const {
  if (const node* v = at(key)) into = to_json(*v).dump();
}

}  // namespace triggerd::config
