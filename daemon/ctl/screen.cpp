#include "ctl/screen.hpp"

#include "base/text.hpp"

#include <cstdlib>
#include <map>

#include <sys/ioctl.h>
#include <unistd.h>

namespace triggerd::ctl {

tint tint_of(std::string_view state) {
  static const std::map<std::string_view, tint> tints{
      {"ok", tint::good},          {"done", tint::good},         {"applied", tint::good},
      {"running", tint::good},     {"unchanged", tint::good},    {"starting", tint::careful},
      {"draining", tint::careful}, {"stopping", tint::careful},  {"clock-held", tint::bad},
      {"disk", tint::bad},         {"parked", tint::bad},        {"unproved", tint::careful},
      {"paused", tint::careful},   {"disabled", tint::faint},    {"failed", tint::bad},
      {"unknown", tint::careful},  {"cancelled", tint::careful}, {"skipped", tint::faint},
      {"pending", tint::faint},    {"queued", tint::faint},      {"refused", tint::bad},
      {"waiting", tint::none},     {"intended", tint::none},     {"restart-required", tint::careful},
  };
  const auto found = tints.find(state);
  return found == tints.end() ? tint::none : found->second;
}

std::string paint(std::string_view text, tint how, const screen& on) {
  const char* code = nullptr;
  switch (how) {
    case tint::none: break;
    case tint::good: code = "32"; break;
    case tint::careful: code = "33"; break;
    case tint::bad: code = "31"; break;
    case tint::faint: code = "2"; break;
    case tint::strong: code = "1"; break;
    case tint::chosen: code = "7"; break;
  }
  if (!on.colour || code == nullptr || text.empty()) return std::string(text);
  return std::string("\033[") + code + "m" + std::string(text) + "\033[0m";
}

namespace {

// As setlocale() decides: the first of these that is set.
bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* said = std::getenv(name);
    if (said == nullptr || *said == '\0') continue;
    const std::string locale = text::lower(said);
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace

screen screen_of(int descriptor, instant now) {
  screen out;
  out.now = now;
  out.utf8 = speaks_utf8();
  if (::isatty(descriptor) == 0) return out;
  winsize size{};
  const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  out.width = known ? size.ws_col : 80;
  out.height = known && size.ws_row > 0 ? size.ws_row : 24;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  out.colour = (no_colour == nullptr || *no_colour == '\0') && term != nullptr && std::string_view(term) != "dumb";
  return out;
}

}  // namespace triggerd::ctl
