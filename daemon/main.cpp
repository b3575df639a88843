// triggerd: the daemon, and the check of its files.
#include "app.hpp"
#include "check.hpp"
#include "command_line.hpp"
#include "directories.hpp"
#include "exit_codes.hpp"
#include "process.hpp"
#include "prove.hpp"

#include <filesystem>
#include <iostream>

#include <unistd.h>

namespace triggerd {
namespace {

int check_files(const std::string& path, const command_line& said, const config::environment& env) {
  process::close_up();
  check_options how;
  how.json = said.json;
  how.deny_warnings = said.deny_warnings;
  if (said.connect) how.connect = [&env](const config::settings& files) { return prove_credentials(files, env); };
  return run_check(path, how, env, std::cout);
}

int main_program(int argc, const char* const* argv) {
  int code = exit_code::done;
  const auto said = read_command_line(argc, argv, code);
  if (!said) return code;
  const config::machine_environment machine;
  const process_environment env(machine, ::geteuid() == 0);
  const std::string path = said->config.empty() ? default_config_path(machine) : said->config;
  // What the daemon writes down must mean the same wherever it is started next.
  return said->check ? check_files(path, *said, env) : run_daemon(std::filesystem::absolute(path), env);
}

}  // namespace
}  // namespace triggerd

int main(int argc, char** argv) { return triggerd::main_program(argc, argv); }
