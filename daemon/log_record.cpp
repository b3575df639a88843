#include "log_record.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace triggerd {

namespace {

constexpr std::array<std::string_view, 5> level_names{"debug", "info", "notice", "warning", "error"};
constexpr std::array<char, 5> priorities{'7', '6', '5', '4', '3'};  // syslog's

// A line must fit into one write that does not wait, with the dots that tell of its cut and a last escape.
std::string ended(std::string line) {
  if (line.size() >= limits::log_line) line = text::printable(line, limits::log_line - 8);
  return line + '\n';
}

std::string journal_name(std::string_view field) {
  std::string out = "TRIGGERD_";
  for (const char c : field) {
    const bool letter = c >= 'a' && c <= 'z';
    const bool fine = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += letter ? static_cast<char>(c - 'a' + 'A') : fine ? c : '_';
  }
  return out;
}

}  // namespace

std::string_view name(log_level level) { return level_names.at(static_cast<std::size_t>(level)); }

std::optional<log_level> log_level_from(std::string_view word) {
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (level_names[i] == word) return static_cast<log_level>(i);
  return std::nullopt;
}

std::string text_line(const log_record& what) {
  std::string out = text::iso(what.at) + ' ' + std::string(name(what.level)) + ' ' + what.message;
  for (std::size_t i = 0; i < what.fields.size(); ++i)
    out += (i == 0 ? " (" : " ") + what.fields[i].first + '=' + what.fields[i].second;
  return ended(what.fields.empty() ? std::move(out) : out + ')');
}

std::string json_line(const log_record& what) {
  nlohmann::ordered_json out;
  out["at"] = text::iso(what.at);
  out["level"] = name(what.level);
  out["message"] = what.message;
  nlohmann::ordered_json bare = out;
  for (const auto& [field, value] : what.fields) out[field] = value;
  const auto write = [](const nlohmann::ordered_json& object) {
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  std::string line = write(out);
  // Half an object helps nobody, and a longer line than a pipe takes at once would wait for its reader.
  if (line.size() >= limits::log_line) line = write(bare);
  if (line.size() >= limits::log_line) {
    bare["message"] = text::printable(what.message, limits::log_line / 2 - 128);  // escapes double it at worst
    line = write(bare);
  }
  return line + '\n';
}

std::string journal_datagram(const log_record& what) {
  std::string out = "MESSAGE=" + what.message + "\nPRIORITY=";
  out += priorities.at(static_cast<std::size_t>(what.level));
  out += "\nSYSLOG_IDENTIFIER=triggerd\n";
  for (const auto& [field, value] : what.fields) out += journal_name(field) + '=' + value + '\n';
  return out;
}

}  // namespace triggerd
