#include "source/json_check.hpp"

#include "base/limits.hpp"
#include "source/codes.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace triggerd::source {

namespace {

using nlohmann::json;

constexpr std::int64_t exact = std::int64_t{1} << 53;

// Stops at the first thing that may not be sent and keeps the words for it.
class checker : public nlohmann::json_sax<json> {
 public:
  std::string why;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t value) override { return value >= -exact || beyond(); }
  bool number_unsigned(std::uint64_t value) override { return value <= static_cast<std::uint64_t>(exact) || beyond(); }
  // Integers that fit into no 64 bits arrive here too, told by their text.
  bool number_float(double, const std::string& text) override {
    return text.find_first_of(".eE") != std::string::npos || beyond();
  }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return deeper(); }
  bool key(std::string&) override { return true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return deeper(); }
  bool end_array() override { return --depth_, true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& e) override {
    // 406: a number too large for a double; everything else is grammar or UTF-8.
    why = e.id == 406 ? "a number is too large for JSON" : "not valid JSON at byte " + std::to_string(position);
    return false;
  }

 private:
  bool beyond() {
    why = "an integer beyond 2^53 would be changed by the server; send it as a string";
    return false;
  }
  bool deeper() {
    if (++depth_ <= limits::json_depth) return true;
    why = "nested deeper than " + std::to_string(limits::json_depth) + " levels";
    return false;
  }
  std::size_t depth_ = 0;
};

// Builds what the checker lets pass.
class builder final : public checker {
 public:
  json root;

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return checker::number_integer(value) && put(value); }
  bool number_unsigned(std::uint64_t value) override { return checker::number_unsigned(value) && put(value); }
  bool number_float(double value, const std::string& text) override {
    return checker::number_float(value, text) && put(value);
  }
  bool string(std::string& text) override { return put(std::move(text)); }
  bool start_object(std::size_t size) override { return checker::start_object(size) && enter(json::object()); }
  bool key(std::string& name) override {
    member_ = &(*open_.back())[std::move(name)];
    return true;
  }
  bool end_object() override {
    open_.pop_back();
    return checker::end_object();
  }
  bool start_array(std::size_t size) override { return checker::start_array(size) && enter(json::array()); }
  bool end_array() override {
    open_.pop_back();
    return checker::end_array();
  }

 private:
  json& place() {
    if (open_.empty()) return root;
    return open_.back()->is_array() ? open_.back()->emplace_back() : *member_;
  }
  bool put(json value) {
    place() = std::move(value);
    return true;
  }
  bool enter(json empty) {
    json& here = place();
    here = std::move(empty);
    open_.push_back(&here);
    return true;
  }

  std::vector<json*> open_;  // from the outermost; an inner one stays in place while it is open
  json* member_ = nullptr;   // of the innermost, when it is an object
};

result<> parse_into(checker& into, std::string_view text) {
  // The parser takes a NUL for the end and skips a byte order mark; the server does neither.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return fail(codes::bad_item, "not valid JSON at byte " + std::to_string(nul + 1));
  if (text.starts_with("\xEF\xBB\xBF")) return fail(codes::bad_item, "not valid JSON at byte 1");
  if (json::sax_parse(text.begin(), text.end(), &into)) return {};
  return fail(codes::bad_item, into.why);
}

}  // namespace

result<> check_json(std::string_view text) {
  checker check;
  return parse_into(check, text);
}

result<json> read_json(std::string_view text) {
  builder build;
  const auto usable = parse_into(build, text);
  if (!usable) return usable.error();
  return std::move(build.root);
}

}  // namespace triggerd::source
