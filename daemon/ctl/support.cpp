#include "ctl/support.hpp"

#include "base/text.hpp"
#include "commands/interface.hpp"
#include "ctl/asking.hpp"
#include "ctl/exit_codes.hpp"
#include "version.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace triggerd::ctl {

namespace {

constexpr std::int64_t fires_listed = 100;
constexpr std::size_t fires_shown_whole = 20;  // the newest that did not end well, or have not ended

// What the daemon answers, or why it does not: a bundle of a sick daemon is worth most.
json answer_to(control::client& door, const std::string& method, json parameters) {
  const auto answer = door.call(commands::control_interface().qualified(method), std::move(parameters));
  if (answer) return *answer;
  json out = json::object();
  out["error"] = answer.error().name.empty() ? std::string(answer.error().why.code.name) : answer.error().name;
  out["message"] = answer.error().why.message;
  return out;
}

std::string distribution() {
  std::ifstream file("/etc/os-release");
  constexpr std::string_view key = "PRETTY_NAME=";
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(key)) return line.substr(key.size());
  return {};
}

json machine() {
  json out = json::object();
  utsname names{};
  if (::uname(&names) == 0) {
    out["kernel"] = std::string(names.sysname) + ' ' + names.release;
    out["architecture"] = names.machine;
  }
  out["distribution"] = distribution();
  return out;
}

bool ended_well(const json& fire) {
  const std::string state = text_in(fire, "state");
  return state == "done" || state == "skipped";
}

json whole_fires(control::client& door, const json& fires) {
  json out = json::array();
  for (const json& fire : array_in(fires, "fires")) {
    if (ended_well(fire) || out.size() == fires_shown_whole) continue;
    json which = json::object();
    which["id"] = text_in(fire, "id");
    out.push_back(answer_to(door, "Fire", std::move(which)));
  }
  return out;
}

json bundle_of(control::client& door, instant now) {
  json out = json::object();
  out["schema_version"] = 1;
  out["made"] = text::iso(now);
  out["triggerctl"] = version;
  out["machine"] = machine();
  for (const char* method : {"Status", "Targets", "Jobs", "Next", "Events", "Metrics"})
    out["replies"][method] = answer_to(door, method, json::object());
  json how_many = json::object();
  how_many["limit"] = fires_listed;
  out["replies"]["Fires"] = answer_to(door, "Fires", std::move(how_many));
  out["fires"] = whole_fires(door, out["replies"]["Fires"]);
  return out;
}

// "triggerd-support-20261126T224500Z.json"
std::string default_name(instant now) {
  std::string stamp;
  for (const char c : text::iso(now).substr(0, 19))
    if (c != '-' && c != ':') stamp += c;
  return "triggerd-support-" + stamp + "Z.json";
}

// Never over another file, and for nobody else: it names what the targets are called.
result<> write_new(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(codes::io, path + ": " + std::strerror(errno));
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  const bool whole = ::close(file) == 0 && done == text.size();
  return whole ? result<>() : fail(codes::io, path + " could not be written whole");
}

}  // namespace

void support_options(CLI::App& of, arguments& into) {
  of.add_option("-o,--output", into.body, "Where to put it; - is standard output")->type_name("FILE");
}

int support(const arguments& said, window& to) {
  auto door = connect(said);
  if (!door) return report({door.error()}, said, to);
  const instant now = to.now();
  const std::string text = bundle_of(*door, now).dump(2, ' ', false, json::error_handler_t::replace) + "\n";
  if (said.body == "-") {
    to.print(text);
    return exit_code::done;
  }
  const std::string path = said.body.empty() ? default_name(now) : said.body;
  if (const auto written = write_new(path, text); !written) return report({written.error()}, said, to);
  to.print(
      path +
      "\nIt holds states, counters, events and the newest fires; names of targets and jobs, but no key, token, value "
      "or payload.\nThe log is not in it: journalctl -u triggerd --since -1h\n");
  return exit_code::done;
}

}  // namespace triggerd::ctl
