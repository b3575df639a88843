// JSON written piece by piece, for what is written very often. Reading it, and anything deeper, is nlohmann's.
//
// Text must be UTF-8; only what JSON asks for is escaped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace triggerd {

void append_json_string(std::string& out, std::string_view utf8);  // with its quotes

// One flat object, its members in the order they were added.
class json_members {
 public:
  json_members& text(std::string_view name, std::string_view utf8);
  json_members& number(std::string_view name, std::int64_t value);
  json_members& count(std::string_view name, std::uint64_t value);
  json_members& flag(std::string_view name, bool value);
  bool empty() const { return out_.size() == 1; }
  std::string take() { return std::move(out_ += '}'); }  // the last use

 private:
  void name(std::string_view of);
  std::string out_ = "{";
};

}  // namespace triggerd
