// Where the daemon keeps things when nobody says: the unit's folders, the system's for root, XDG's for people.
#pragma once

#include "base/result.hpp"
#include "config/environment.hpp"

#include <string>

namespace triggerd {

// /etc/triggerd/triggerd.toml when it is there, else $XDG_CONFIG_HOME/triggerd/triggerd.toml (~/.config/...) when that
// is, else the first: its absence is then the complaint.
std::string default_config_path(const config::environment& env);

std::string default_state_directory(const config::environment& env, bool root);
std::string default_runtime_directory(const config::environment& env, bool root);

// The process's environment, with $STATE_DIRECTORY and $RUNTIME_DIRECTORY filled in where the service manager gave none.
class process_environment final : public config::environment {
 public:
  process_environment(const config::environment& real, bool root) : real_(real), root_(root) {}
  std::optional<std::string> variable(std::string_view name) const override;
  result<std::string> read_file(const std::string& path) const override { return real_.read_file(path); }
  result<std::vector<std::string>> list_folder(const std::string& path) const override {
    return real_.list_folder(path);
  }
  // Root that looks after a service with a user of its own may read the keys of that one.
  result<secret> read_secret(const spec::value_source& source) const override;

 private:
  const config::environment& real_;
  bool root_;
};

// Makes the directory and what leads to it when it is missing, with this mode; one that is there stays as it is.
result<> make_directory(const std::string& path, unsigned int mode);

}  // namespace triggerd
