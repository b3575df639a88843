#include "ctl/session_view.hpp"

#include "base/text.hpp"
#include "ctl/words.hpp"

namespace triggerd::ctl {

namespace {

std::string show_control(const json& record, const screen& on) {
  std::string out = "[" + text_in(record, "control");
  for (const auto& [name, value] : object_in(record, "headers").items())
    if (name != "trigger-control") out += ' ' + safe(name) + '=' + safe(value);
  return paint(out + "]", tint::faint, on);
}

// Texts as they read, all else as JSON; on one line.
std::string show_data(const json& record) {
  const json& data = object_in(record, "data");
  const auto value = data.find("json");
  if (value == data.end()) return {};
  const std::string written =
      value->is_string() ? value->get<std::string>() : value->dump(-1, ' ', false, json::error_handler_t::replace);
  return text::printable(written, written.size() * 4);
}

std::string show_record(const json& record, const screen& on) {
  const std::string number = has(record, "seq") ? std::to_string(number_in(record, "seq")) : "-";
  return pad(number, 6, true) + "  " + (has(record, "control") ? show_control(record, on) : show_data(record)) + "\n";
}

}  // namespace

std::string show_session(const json& reply, const screen& on) {
  if (!has(reply, "records")) {
    const std::string at = has(reply, "seq") ? " as record " + std::to_string(number_in(reply, "seq")) : "";
    return "appended" + at + "\n";
  }
  std::string out;
  for (const json& record : array_in(reply, "records")) out += show_record(record, on);
  if (has(reply, "next_from")) out += "there is more: --from " + std::to_string(number_in(reply, "next_from")) + "\n";
  return out;
}

}  // namespace triggerd::ctl
