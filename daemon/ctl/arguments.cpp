#include "ctl/arguments.hpp"

#include <cerrno>
#include <cstdlib>

#include <sys/stat.h>

namespace triggerd::ctl {

namespace {

bool is_there(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

}  // namespace

result<std::map<std::string, std::string>> named_values(const std::vector<std::string>& words,
                                                        const std::string& option) {
  std::map<std::string, std::string> out;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail(codes::invalid_argument, option + " needs NAME=VALUE, not " + word);
    const auto added = out.emplace(word.substr(0, equals), word.substr(equals + 1));
    if (!added.second) return fail(codes::invalid_argument, option + ' ' + added.first->first + " is given twice");
  }
  return out;
}

std::string default_socket() {
  const std::string system = "/run/triggerd/control";
  if (const char* said = std::getenv("TRIGGERD_SOCKET"); said != nullptr && *said != '\0') return said;
  if (is_there(system)) return system;
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime == nullptr || *runtime == '\0') return system;
  const std::string own = std::string(runtime) + "/triggerd/control";
  return is_there(own) ? own : system;
}

}  // namespace triggerd::ctl
