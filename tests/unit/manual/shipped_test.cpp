// What config/ ships of completions and manual pages is what the programs' own grammars say.
#include "command_line.hpp"
#include "config/schema.hpp"
#include "ctl/options.hpp"
#include "manual/completion.hpp"
#include "manual/pages.hpp"
#include "sandbox/arguments.hpp"
#include "version.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace triggerd;

namespace {

void check_shipped_text(const std::string& name, const std::string& made) {
  const std::string path = TRIGGERD_SOURCE_DIR "/config/" + name;
  if (std::getenv("TRIGGERD_REWRITE")) std::ofstream(path, std::ios::binary) << made;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK_MESSAGE(text == made, name << " differs from the grammar; run this test with TRIGGERD_REWRITE=1");
}

manual::verb daemon_grammar() {
  command_line any;
  return manual::grammar_of(*make_parser(any));
}

manual::verb client_grammar() {
  ctl::arguments any;
  return manual::grammar_of(*ctl::make_parser(any, version));
}

manual::verb sandbox_grammar() {
  rehearsal::arguments any;
  return manual::grammar_of(*rehearsal::make_parser(any));
}

void check_completions(const manual::verb& of) {
  check_shipped_text("completions/" + of.name + ".bash", manual::bash_completion(of));
  check_shipped_text("completions/_" + of.name, manual::zsh_completion(of));
  check_shipped_text("completions/" + of.name + ".fish", manual::fish_completion(of));
}

}  // namespace

TEST_CASE("the shipped completions are made from the programs' grammars") {
  check_completions(daemon_grammar());
  check_completions(client_grammar());
  check_completions(sandbox_grammar());
}

TEST_CASE("the shipped manual pages are made from the programs' grammars and the files' schemas") {
  check_shipped_text("man/triggerd.8", manual::program_page(manual::daemon_page(), daemon_grammar(), version));
  check_shipped_text("man/triggerctl.1", manual::program_page(manual::client_page(), client_grammar(), version));
  check_shipped_text("man/triggerd-sandbox.1",
                     manual::program_page(manual::sandbox_page(), sandbox_grammar(), version));
  check_shipped_text("man/triggerd.toml.5",
                     manual::file_page(manual::main_file_page(), config::triggerd_schema(), version));
  check_shipped_text("man/triggerd-jobs.toml.5",
                     manual::file_page(manual::job_file_page(), config::jobs_schema(), version));
}
