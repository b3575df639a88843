#include "directories.hpp"

#include "config/codes.hpp"
#include "state_owner.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace triggerd {

namespace {

std::string set_or(const config::environment& env, std::string_view variable, std::string otherwise) {
  const auto value = env.variable(variable);
  return value && !value->empty() ? *value : otherwise;
}

// systemd may give several folders; the first is ours.
std::string first_of(const std::string& folders) { return folders.substr(0, folders.find(':')); }

std::string below_home(const config::environment& env, const std::string& path) {
  return set_or(env, "HOME", "/nonexistent") + path;
}

}  // namespace

std::string default_config_path(const config::environment& env) {
  const auto there = [&env](const std::string& folder) {
    const auto names = env.list_folder(folder);
    return names && std::find(names->begin(), names->end(), "triggerd.toml") != names->end();
  };
  const std::string system = "/etc/triggerd";
  const std::string own = set_or(env, "XDG_CONFIG_HOME", below_home(env, "/.config")) + "/triggerd";
  return (!there(system) && there(own) ? own : system) + "/triggerd.toml";
}

std::string default_state_directory(const config::environment& env, bool root) {
  const std::string given = set_or(env, "STATE_DIRECTORY", "");
  if (!given.empty()) return first_of(given);
  if (root) return "/var/lib/triggerd";
  return set_or(env, "XDG_STATE_HOME", below_home(env, "/.local/state")) + "/triggerd";
}

std::string default_runtime_directory(const config::environment& env, bool root) {
  const std::string given = set_or(env, "RUNTIME_DIRECTORY", "");
  if (!given.empty()) return first_of(given);
  const std::string own = set_or(env, "XDG_RUNTIME_DIR", "");
  return root || own.empty() ? "/run/triggerd" : own + "/triggerd";
}

std::optional<std::string> process_environment::variable(std::string_view name) const {
  if (name == "STATE_DIRECTORY") return default_state_directory(real_, root_);
  if (name == "RUNTIME_DIRECTORY") return default_runtime_directory(real_, root_);
  return real_.variable(name);
}

result<secret> process_environment::read_secret(const spec::value_source& source) const {
  auto value = real_.read_secret(source);
  if (value || !root_ || value.error().code != config::codes::secret_unsafe) return value;
  const auto service = state_owner::become(default_state_directory(real_, root_));
  if (service) value = real_.read_secret(source);
  return value;
}

result<> make_directory(const std::string& path, unsigned int mode) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return fail(codes::io, path + " is in the way: it is not a folder");
  }
  const std::size_t slash = path.find_last_of('/');
  if (slash != std::string::npos && slash > 0) {
    const auto parent = make_directory(path.substr(0, slash), 0755);
    if (!parent) return parent.error();
  }
  // The mode is set by itself: the umask takes bits from mkdir's.
  if (::mkdir(path.c_str(), 0700) != 0 || ::chmod(path.c_str(), mode) != 0)
    return fail(codes::io, path + " cannot be made: " + std::generic_category().message(errno));
  return {};
}

}  // namespace triggerd
