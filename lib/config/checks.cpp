#include "config/checks.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "config/complaints.hpp"
#include "spec/selector.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

namespace triggerd::config {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

bool all(std::string_view text, bool (*allowed)(char)) { return std::all_of(text.begin(), text.end(), allowed); }

// Characters as the server counts them for its limits: code points are near enough and never more than its UTF-16 units.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc() && end == text.data() + text.size() && port > 0 && port < 65'536;
}

// Host and port of an authority; nullopt when it is not one.
std::optional<std::string> host_of(std::string_view authority) {
  if (authority.empty() || authority.find('@') != std::string_view::npos) return std::nullopt;
  std::string_view host = authority;
  std::string_view rest;
  if (authority.front() == '[') {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (!all(host, [](char c) { return is_word(c) || c == ':' || c == '.'; })) return std::nullopt;
  } else {
    const auto colon = authority.find(':');
    host = authority.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
    if (!all(host, [](char c) { return is_word(c) || c == '-' || c == '.'; })) return std::nullopt;
  }
  if (host.empty() || (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))) return std::nullopt;
  return text::lower(host);
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && all(host, [](char c) { return is_digit(c) || c == '.'; }));
}

// A URL for a message: user name and password stay in the file.
std::string shown_url(std::string_view text) {
  const auto start = text.find("://");
  const auto end = text.rfind('@');
  if (start == std::string_view::npos || end == std::string_view::npos || end < start) return in_quotes(text);
  return in_quotes(std::string(text.substr(0, start + 3)) + "[redacted]" + std::string(text.substr(end)));
}

}  // namespace

bool url_parts::loopback() const { return is_loopback(host); }

std::optional<url_parts> split_url(std::string_view text) {
  url_parts out;
  out.plaintext = text.starts_with("http://");
  if (!out.plaintext && !text.starts_with("https://")) return std::nullopt;
  text.remove_prefix(out.plaintext ? 7 : 8);
  const auto host = host_of(text.substr(0, text.find('/')));
  if (!host) return std::nullopt;
  out.host = *host;
  return out;
}

namespace checks {

verdict table_name(std::string_view text) {
  const bool ok = !text.empty() && text.size() <= 64 && (is_letter(text.front()) || is_digit(text.front())) &&
                  all(text, [](char c) { return is_word(c) || c == '-'; });
  if (ok) return std::nullopt;
  return "the name " + in_quotes(text) +
         " is not made of letters, digits, - and _ (at most 64, the first a letter or digit)";
}

verdict label_name(std::string_view text) { return table_name(text); }

verdict label_value(std::string_view text) {
  if (text::has_control(text) || text.find(',') != std::string_view::npos)
    return in_quotes(text) + " holds a comma or a control character, so no selector could name it";
  return std::nullopt;
}

verdict plain_text(std::string_view text) {
  if (text::has_control(text)) return in_quotes(text) + " holds control characters; write it in one line";
  return std::nullopt;
}

verdict not_empty(std::string_view text) {
  if (text.empty()) return "the text is empty; leave the key away instead";
  return plain_text(text);
}

verdict project(std::string_view text) {
  if (text.starts_with("proj_") && text.size() > 5 && text.size() <= 128 && all(text.substr(5), is_word))
    return std::nullopt;
  return in_quotes(text) +
         " is not a project reference; it looks like \"proj_abcdefghijklmnopqrst\" and stands in the project's "
         "settings";
}

verdict branch(std::string_view text) {
  if (text.empty()) return "the branch is empty; leave the key away instead";
  if (text::has_control(text) || text::trim(text) != text)
    return in_quotes(text) + " holds control characters or outer blanks, which the branch header cannot carry";
  if (text.size() > 255) return "the branch is longer than 255 bytes";
  const bool latin = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0xC4; });
  if (!latin) return in_quotes(text) + " holds characters beyond Latin-1, which the branch header cannot carry";
  return std::nullopt;
}

verdict base_url(std::string_view text) {
  const std::string mend = "; write for example \"https://api.trigger.dev\"";
  if (!split_url(text)) return shown_url(text) + " is not an http or https URL of a host without user name" + mend;
  if (text.find_first_of("?# \\") != std::string_view::npos || text::has_control(text))
    return shown_url(text) + " holds a query, a fragment or blanks" + mend;
  return std::nullopt;
}

verdict proxy(std::string_view text) {
  static constexpr std::array<std::string_view, 4> schemes{"http://", "https://", "socks5://", "socks5h://"};
  for (const auto scheme : schemes) {
    if (!text.starts_with(scheme)) continue;
    auto authority = text.substr(scheme.size());
    if (authority.ends_with('/')) authority.remove_suffix(1);
    if (host_of(authority)) return std::nullopt;
  }
  return shown_url(text) +
         " is not a proxy such as \"http://proxy.example:3128\" (http, https, socks5 or socks5h; no user name or "
         "password)";
}

verdict loopback_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon != std::string_view::npos && is_port(text.substr(colon + 1))) {
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (is_loopback(host) && host != "localhost") return std::nullopt;
  }
  return in_quotes(text) + " is not a loopback address with a port, such as \"127.0.0.1:9464\"";
}

verdict header_name(std::string_view text) {
  static constexpr std::array<std::string_view, 11> ours{"authorization",     "accept",           "accept-encoding",
                                                         "connection",        "content-encoding", "content-length",
                                                         "content-type",      "expect",           "host",
                                                         "transfer-encoding", "upgrade"};
  const bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_word(c) || std::string_view("!#$%&'*+-.^`|~").find(c) != std::string_view::npos;
  });
  if (!token) return in_quotes(text) + " is not the name of an HTTP header";
  const auto name = text::lower(text);
  if (name.starts_with("x-trigger-") || std::find(ours.begin(), ours.end(), name) != ours.end())
    return "the header " + in_quotes(text) + " is set by triggerd itself";
  return std::nullopt;
}

verdict process_variable(std::string_view text) {
  if (!text.empty() && !is_digit(text.front()) && all(text, is_word)) return std::nullopt;
  return in_quotes(text) + " is not the name of a variable (letters, digits and _, not a digit first)";
}

verdict variable_name(std::string_view text) {
  if (text == "TRIGGER_SECRET_KEY" || text == "TRIGGER_API_URL")
    return "the server keeps " + in_quotes(text) + " for itself and drops it silently";
  return process_variable(text);
}

verdict credential_name(std::string_view text) {
  const bool ok = !text.empty() && text.size() <= 255 && text != "." && text != ".." &&
                  text.find('/') == std::string_view::npos && !text::has_control(text);
  if (ok) return std::nullopt;
  return in_quotes(text) + " is not the name of a credential as in LoadCredential=";
}

verdict inside_state_dir(std::string_view text) {
  const auto parts = text::split(text, '/');
  const bool leaves = std::find(parts.begin(), parts.end(), "..") != parts.end();
  if (text.empty() || text.starts_with('/') || leaves || text::has_control(text))
    return in_quotes(text) + " must be a path inside the state directory: relative, without \"..\"";
  return std::nullopt;
}

verdict pattern(std::string_view text) {
  try {
    (void)std::regex(std::string(text), std::regex::ECMAScript);
    return std::nullopt;
  } catch (const std::regex_error&) {
    return in_quotes(text) + " is not a regular expression";
  }
}

verdict one_character(std::string_view text) {
  if (text.size() == 1 && text != "\"" && text != "\n" && text != "\r") return std::nullopt;
  return in_quotes(text) + " must be one ASCII character and no quote, such as \",\" or \"\\t\"";
}

verdict run_status(std::string_view text) {
  static constexpr std::array<std::string_view, 13> known{
      "pending_version", "delayed", "queued",  "dequeued",       "executing", "waiting",  "completed",
      "canceled",        "failed",  "crashed", "system_failure", "expired",   "timed_out"};
  const auto word = text::lower(text);
  if (std::find(known.begin(), known.end(), word) != known.end()) return std::nullopt;
  return "no run has the status " + in_quotes(text) + did_you_mean(word, {known.begin(), known.end()});
}

verdict tag(std::string_view text) {
  if (length(text) > limits::tag_length) return "a tag has more than 128 characters";
  return not_empty(text);
}

verdict idempotency_key(std::string_view text) {
  if (text.empty()) return "an empty idempotency key works once and then never again; write \"auto\"";
  if (length(text) > limits::idempotency_key) return "an idempotency key has at most 2048 characters";
  return plain_text(text);
}

verdict debounce_key(std::string_view text) {
  if (length(text) > 512) return "a debounce key has at most 512 characters";
  return not_empty(text);
}

verdict deployment_id(std::string_view text) {
  if (length(text::trim(text)) > 128) return "an external deployment id has at most 128 characters";
  return not_empty(text);
}

verdict concurrency_name(std::string_view text) {
  if (!text.empty() && text.size() <= 122 && all(text, [](char c) { return is_word(c) || c == '-'; }))
    return std::nullopt;
  return in_quotes(text) + " is not the name of a concurrency limit (letters, digits, - and _, at most 122)";
}

verdict selector_entry(std::string_view text) {
  const auto parsed =
      spec::selector::parse(std::vector<std::string>{"*", std::string(text)});  // a removal alone is no selector
  if (parsed) return std::nullopt;
  return parsed.error().message;
}

}  // namespace checks

}  // namespace triggerd::config
