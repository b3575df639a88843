// JSON written fast, for what is written very often. Reading it is nlohmann's.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace triggerd {

// With its quotes. Text must be UTF-8; only what JSON asks for is escaped.
void append_json_string(std::string& out, std::string_view utf8);

// Any value, byte for byte as nlohmann's dump() writes it without blanks. Bad UTF-8 becomes U+FFFD.
void append_json(std::string& out, const nlohmann::json& value);

// One object, its members in the order they were added. Text must be UTF-8.
class json_members {
 public:
  json_members() = default;
  explicit json_members(std::size_t room) { out_.reserve(room); }  // bytes that are expected

  json_members& text(std::string_view name, std::string_view utf8);
  json_members& number(std::string_view name, std::int64_t value);
  json_members& count(std::string_view name, std::uint64_t value);
  json_members& flag(std::string_view name, bool value);
  json_members& value(std::string_view name, const nlohmann::json& of);
  json_members& raw(std::string_view name, std::string_view json);  // text that is JSON already
  json_members& begin(std::string_view name);  // a member that is an object itself: its members come until end()
  json_members& end();
  bool empty() const { return out_.size() == 1; }
  std::string take() { return std::move(out_ += '}'); }  // the last use

 private:
  void name(std::string_view of);
  std::string out_{'{'};
};

}  // namespace triggerd
