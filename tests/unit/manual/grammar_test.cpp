#include "manual/completion.hpp"
#include "manual/page.hpp"
#include "manual/words.hpp"

#include <doctest/doctest.h>
#include <CLI/CLI.hpp>

using namespace triggerd;

namespace {

struct orchard {
  std::string job, file, how;
  bool loud = false;
  int count = 0;
};

manual::verb grammar_of_orchard() {
  orchard into;
  CLI::App app("Grows [things].", "orchard");
  app.add_flag("-l,--loud", into.loud, "Says 'more'");
  CLI::App* pick = app.add_subcommand("pick", "Takes one");
  pick->add_option("JOB", into.job, "Which")->required();
  pick->add_option("--how", into.how, "In which way")->check(CLI::IsMember({"slow", "fast"}));
  pick->add_option("--count", into.count, "So many")->check(CLI::Range(1, 9));
  CLI::App* press = app.add_subcommand("press", "Makes juice");
  press->add_subcommand("apples", "Of apples")->add_option("--into", into.file, "Where to")->type_name("FILE");
  return manual::grammar_of(app);
}

bool contains(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

}  // namespace

TEST_CASE("a grammar knows flags, values, choices and places") {
  const auto of = grammar_of_orchard();
  REQUIRE(of.verbs.size() == 2);
  const auto& pick = of.verbs[0];
  REQUIRE(pick.places.size() == 1);
  CHECK(pick.places[0].value == "JOB");
  CHECK(pick.places[0].required);
  const auto how =
      std::find_if(pick.options.begin(), pick.options.end(), [](const auto& o) { return o.longest() == "--how"; });
  REQUIRE(how != pick.options.end());
  CHECK(how->choices == std::vector<std::string>{"slow", "fast"});
  const auto count =
      std::find_if(pick.options.begin(), pick.options.end(), [](const auto& o) { return o.longest() == "--count"; });
  REQUIRE(count != pick.options.end());
  CHECK(count->value == "NUMBER");
  CHECK(of.verbs[1].verbs[0].options.back().value == "FILE");
}

TEST_CASE("names are asked of the daemon, files of the shell, choices of nobody") {
  manual::argument job, file, choice, plain;
  job.value = "JOB";
  file.value = "FILE";
  choice.choices = {"slow", "fast"};
  plain.value = "VALUE";
  CHECK(manual::words_for(job).asked == std::vector<std::string>{"jobs"});
  CHECK(manual::words_for(file).files);
  CHECK(manual::words_for(choice).known.size() == 2);
  CHECK_FALSE(manual::words_for(plain).any());
}

TEST_CASE("help with quotes and brackets does not break a completion") {
  const auto of = grammar_of_orchard();
  CHECK(contains(manual::zsh_completion(of), R"([Says '\''more'\''])"));
  CHECK(contains(manual::fish_completion(of), R"(-d 'Says \'more\'')"));
}

TEST_CASE("a verb below a verb is completed with its own options") {
  const auto of = grammar_of_orchard();
  CHECK(contains(manual::bash_completion(of), "'orchard press 0') printf '%s\\n' apples ;;"));
  CHECK(contains(manual::bash_completion(of), "'orchard press apples --into') compgen -f"));
  CHECK(contains(manual::zsh_completion(of), "_orchard_press_apples() {"));
}

TEST_CASE("a page shows every command with its places and options, safe for troff") {
  manual::page about;
  about.name = "orchard";
  about.line = "grows -things-";
  about.paragraphs = {".begins with a dot"};
  about.see = {"tree(7)"};
  const std::string page = manual::program_page(about, grammar_of_orchard(), "1.2");
  CHECK(contains(page, ".TH ORCHARD 1 "));
  CHECK(contains(page, "grows \\-things\\-"));
  CHECK(contains(page, "\\&.begins with a dot"));
  CHECK(contains(page, ".SS \\fBpick\\fR \\fIJOB\\fR"));
  CHECK(contains(page, "One of: slow, fast."));
  CHECK(contains(page, "\\fBpress apples\\fR"));
  CHECK(contains(page, "\\fBtree\\fR(7)"));
}

TEST_CASE("a page of a file lists the keys of every table and kind") {
  manual::page about;
  about.name = "orchard.toml";
  about.section = 5;
  about.line = "what grows";
  const std::string page = manual::file_page(about, R"({"properties": {
    "version": {"type": "integer", "description": "Of the format."},
    "tree": {"type": "object", "additionalProperties": {"type": "object", "oneOf": [
      {"properties": {"type": {"enum": ["apple"]}, "height": {"type": "string"}}, "required": ["height"]},
      {"properties": {"type": {"enum": ["pear"]}, "soil": {"type": "object", "properties": {"ph": {"type": "number"}}}}}]}}}})",
                                             "1.2");
  CHECK(contains(page, "\\fBversion\\fR (integer)"));
  CHECK(contains(page, "[tree.NAME] type = \"apple\""));
  CHECK(contains(page, "\\fBheight\\fR (string, required)"));
  CHECK(contains(page, "\\fBsoil.ph\\fR (number)"));
}
