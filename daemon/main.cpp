// triggerd: the daemon, the check of its files, and the care of its ledger.
#include "app.hpp"
#include "check.hpp"
#include "command_line.hpp"
#include "config/verdict.hpp"
#include "directories.hpp"
#include "exit_codes.hpp"
#include "ledger_commands.hpp"
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

int tend_ledger(const std::string& path, const ledger_command& said, const config::environment& env) {
  process::close_up();
  const auto files = config::load(path, env);
  if (files.value) return run_ledger(said, files.value->daemon.state_dir, machine_clock(), std::cerr);
  std::cerr << config::report_text(files, path, false);
  return exit_code::configuration;
}

int main_program(int argc, const char* const* argv) {
  int code = exit_code::done;
  const auto said = read_command_line(argc, argv, code);
  if (!said) return code;
  const config::machine_environment machine;
  const process_environment env(machine, ::geteuid() == 0);
  const std::string path = said->config.empty() ? default_config_path(machine) : said->config;
  if (said->ledger.what != ledger_command::verb::none) return tend_ledger(path, said->ledger, env);
  // What the daemon writes down must mean the same wherever it is started next.
  return said->check ? check_files(path, *said, env) : run_daemon(std::filesystem::absolute(path), env);
}

}  // namespace
}  // namespace triggerd

int main(int argc, char** argv) { return triggerd::main_program(argc, argv); }
