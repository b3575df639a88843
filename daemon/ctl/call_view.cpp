#include "ctl/call_view.hpp"

#include "base/text.hpp"

namespace triggerd::ctl {

namespace {

// On a terminal every line is made safe; a file gets the bytes.
std::string plain_text(const std::string& text, const screen& on) {
  if (on.width == 0) return text;
  std::string out;
  const std::size_t end = text.ends_with('\n') ? text.size() - 1 : text.size();
  for (const auto line : text::split(std::string_view(text).substr(0, end), '\n'))
    out += text::printable(line, line.size() * 4) + '\n';
  return out;
}

}  // namespace

std::string show_call(const json& reply, const screen& on) {
  const json& got = object_in(reply, "reply");
  if (const auto value = got.find("json"); value != got.end())
    return value->dump(2, ' ', false, json::error_handler_t::replace) + '\n';
  if (const auto text = got.find("text"); text != got.end() && text->is_string())
    return plain_text(text->get<std::string>(), on);
  return "done: the server answered " + std::to_string(number_in(reply, "status")) + " and said nothing\n";
}

std::string show_token(const json& reply, const screen&) {
  const auto found = reply.find("token");
  return found != reply.end() && found->is_string() ? found->get<std::string>() + '\n' : std::string();
}

}  // namespace triggerd::ctl
