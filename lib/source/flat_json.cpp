#include "base/text.hpp"
#include "source/codes.hpp"
#include "source/variable_list.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::source {

namespace {

using nlohmann::json;

class flat_object final : public nlohmann::json_sax<json> {
 public:
  variable_list found;
  std::string why;

  bool null() override { return refuse("is null; leave it out or give it a text"); }
  bool boolean(bool value) override { return set(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override { return set(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) override { return set(std::to_string(value)); }
  bool number_float(double, const std::string& text) override { return set(text); }
  bool string(std::string& value) override { return set(std::move(value)); }
  bool binary(json::binary_t&) override { return refuse("is binary"); }
  bool start_object(std::size_t) override {
    if (inside_) return refuse("is an object; only texts, numbers and booleans can be a variable");
    inside_ = true;
    return true;
  }
  bool key(std::string& name) override {
    name_ = std::move(name);
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override {
    return refuse("is an array; only texts, numbers and booleans can be a variable");
  }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    why = "not valid JSON at byte " + std::to_string(position);
    return false;
  }

 private:
  bool set(std::string value) {
    if (!inside_) return refuse("");
    found.set({std::move(name_), std::move(value), 0});
    return true;
  }
  bool refuse(const std::string& words) {
    why = inside_ ? "the value of '" + text::printable(name_, 80) + "' " + words : "is not a JSON object";
    return false;
  }

  bool inside_ = false;
  std::string name_;
};

}  // namespace

result<std::vector<variable>> parse_flat_json(std::string_view text, const std::string& where) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos) return fail(codes::malformed, where + ": the text holds a NUL byte");
  flat_object object;
  if (!json::sax_parse(text.begin(), text.end(), &object)) return fail(codes::malformed, where + ": " + object.why);
  return object.found.take();
}

}  // namespace triggerd::source
