// Reads a checked table into plain values. What is missing, and what was complained about, leaves the default as it is;
// complaining is inspect's business.
#pragma once

#include "config/node.hpp"
#include "spec/target_spec.hpp"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::config {

// Conversions of one value; one of another form changes nothing.
void take(const node& v, std::string& into);
void take(const node& v, bool& into);
void take(const node& v, std::uint64_t& into);
void take(const node& v, std::uint32_t& into);
void take(const node& v, int& into);
void take(const node& v, double& into);
void take(const node& v, milliseconds& into);
void take(const node& v, spec::rate& into);
void take(const node& v, spec::share& into);
void take(const node& v, std::vector<std::string>& into);
void take(const node& v, std::map<std::string, std::string>& into);
void take(const node& v, spec::value_source& into);

template <class T>
void take(const node& v, std::optional<T>& into) {
  T value = into.value_or(T{});
  take(v, value);
  into = std::move(value);
}

class view {
 public:
  explicit view(const node* table) : table_(table && table->is(node::kind::table) ? table : nullptr) {}
  explicit view(const node& table) : view(&table) {}

  explicit operator bool() const { return table_ != nullptr; }
  const node* at(std::string_view key) const { return table_ ? table_->find(key) : nullptr; }
  view table(std::string_view key) const { return view(at(key)); }
  const std::vector<entry>& entries() const;

  template <class T>
  void read(std::string_view key, T& into) const {
    if (const node* v = at(key)) take(*v, into);
  }
  // "64KiB"; a size is an integer like any other but for its unit.
  void read_size(std::string_view key, std::uint64_t& into) const;
  // Any value as canonical JSON text.
  void read_json(std::string_view key, std::string& into) const;
  template <class E>
  void read_word(std::string_view key, E& into, std::initializer_list<std::pair<std::string_view, E>> words) const {
    const node* v = at(key);
    if (!v || !v->is(node::kind::string)) return;
    for (const auto& [word, meaning] : words)
      if (v->text == word) into = meaning;
  }

 private:
  const node* table_;
};

}  // namespace triggerd::config
