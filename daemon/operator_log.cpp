#include "operator_log.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <unistd.h>

#include <algorithm>

namespace triggerd {

namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Where the value begins that follows a name ending at `at`; nullopt when none does.
std::optional<std::size_t> value_after(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') ++at;
  if (at >= text.size() || (text[at] != '=' && text[at] != ':')) return std::nullopt;
  ++at;
  if (at < text.size() && text[at - 1] == ':' && text[at] == ' ') ++at;
  if (at < text.size() && text[at] == '"') ++at;
  return at;
}

}  // namespace

std::string hide_named(std::string text, const std::vector<std::string>& globs) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_name_char(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_name_char(text[end])) ++end;
    const std::string_view name = std::string_view(text).substr(at, end - at);
    const bool hidden =
        std::any_of(globs.begin(), globs.end(), [name](const auto& glob) { return text::glob_match(glob, name); });
    const auto value = hidden ? value_after(text, end) : std::nullopt;
    at = end;
    if (!value) continue;
    std::size_t stop = text.find_first_of(" \t\",;}", *value);
    if (stop == std::string::npos) stop = text.size();
    if (stop > *value) text.replace(*value, stop - *value, "[redacted]");
    at = *value;
    if (text.compare(at, 10, "[redacted]") == 0) at += 10;
  }
  return text;
}

operator_log::operator_log(std::shared_ptr<spdlog::sinks::sink> to, log_level level)
    : logger_("triggerd", std::move(to)), level_(level) {
  logger_.set_level(spdlog::level::trace);  // the level is ours: the audit passes it
}

std::string operator_log::clean(std::string_view text) const {
  const std::string safe = net_.clean(text);
  return hidden_.empty() ? safe : hide_named(safe, hidden_);
}

void operator_log::write(log_level level, std::string_view message, std::initializer_list<log_field> fields) {
  if (takes(level)) put(level, message, fields);
}

void operator_log::audit(std::string_view message, std::initializer_list<log_field> fields) {
  put(log_level::notice, message, fields);
}

void operator_log::put(log_level level, std::string_view message, std::initializer_list<log_field> fields) {
  log_record what;
  // Cleaned before it is cut: half a key would not be known.
  what.message = text::printable(clean(message), limits::log_text);
  for (const auto& [field, value] : fields)
    if (!value.empty()) what.fields.emplace_back(field, text::printable(clean(value), limits::log_field_text));
  const std::string packed = pack(what);
  logger_.log(spdlog_level(level), spdlog::string_view_t(packed.data(), packed.size()));
}

std::unique_ptr<operator_log> make_log(const std::string& format, log_level level, const clock& time) {
  const bool wanted = format == "journald";
  const bool journal = (wanted && journal_is_there()) || (format.empty() && journal_reads(STDERR_FILENO));
  const auto sink = journal ? std::make_shared<record_sink>(journal_datagram, journal_taker(), time)
                            : std::make_shared<record_sink>(format == "json" ? json_line : text_line,
                                                            descriptor_taker(STDERR_FILENO), time);
  auto made = std::make_unique<operator_log>(sink, level);
  if (wanted && !journal)
    made->warning("log.format is journald, but there is no journal here; the log goes to standard error");
  return made;
}

}  // namespace triggerd
