#include "ctl/options.hpp"

#include "ctl/commands.hpp"
#include "ctl/local_commands.hpp"

namespace triggerd::ctl {

namespace {

constexpr const char* footer =
    "Exit codes: 0 done, 1 failed, 2 plan found changes, 3 unknown remains, 64 usage, 69 no daemon,\n"
    "77 not permitted, 78 configuration (reload refused).\n"
    "A SELECTOR picks targets: names, globs, label=value; a comma is AND, a leading ! removes.";

void selector(CLI::App& to, arguments& into) {
  to.add_option("--on", into.on, "Only targets of this selector")->type_name("SELECTOR");
}

void variables(CLI::App& to, arguments& into) {
  to.add_option("--var", into.vars, "A variable of the job; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

void needed(CLI::App& to, arguments& into, const char* name, const char* help) {
  to.add_option(name, into.what, help)->required();
}

void target(CLI::App& to, arguments& into) { to.add_option("TARGET", into.target, "Its name")->required(); }

void scope(CLI::App& to, const char* name, std::vector<std::string>& into, const char* help) {
  to.add_option(name, into, help)->type_name("TYPE[:ID]")->allow_extra_args(false);
}

void scopes(CLI::App& to, arguments& into) {
  scope(to, "--read", into.reads, "May read runs, tasks, tags, batch, sessions ...; these may be repeated");
  scope(to, "--write", into.writes, "May write tasks, sessions, waitpoints, inputStreams ...");
  scope(to, "--trigger", into.triggers, "May trigger tasks:ID");
  scope(to, "--batch-trigger", into.batch_triggers, "May trigger batches of tasks:ID");
  to.add_flag("--admin", into.everything, "May do what the target's own key may");
}

void page(CLI::App& to, arguments& into, std::int64_t most) {
  to.add_option("--limit", into.limit, "At most so many")->check(CLI::Range(std::int64_t{1}, most));
}

void add_options(CLI::App& to, const std::string& name, arguments& into) {
  if (name == "targets") to.add_option("SELECTOR", into.what, "Only these");
  if (name == "fires") {
    to.add_option("JOB", into.what, "Only of this job");
    to.add_option("--target", into.target, "Only on this target")->type_name("TARGET");
    to.add_option("--state", into.state, "Only in this state")->type_name("STATE");
    to.add_option("--before", into.before, "Only older than this fire")->type_name("FIRE");
    page(to, into, 500);
  }
  if (name == "fire") {
    needed(to, into, "FIRE", "Its id, or a beginning of it");
    to.add_option("--target", into.target, "Only the actions on this target")->type_name("TARGET");
    to.add_option("--from", into.from, "Skip so many actions")->check(CLI::NonNegativeNumber);
    page(to, into, 1'000);
  }
  if (name == "next") {
    to.add_option("JOB", into.what, "Only this job");
    page(to, into, 500);
  }
  if (name == "events") to.add_flag("-f,--follow", into.follow, "Go on with every change");
  if (name == "run") {
    needed(to, into, "JOB", "Its name");
    selector(to, into);
    variables(to, into);
    to.add_flag("-w,--wait", into.wait, "Until it has ended; the exit code tells how. Ctrl-C leaves it running");
    to.add_option("--adopt", into.adopt, "Take over this variable although its value differs; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
  }
  if (name == "plan") {
    needed(to, into, "JOB", "Its name");
    selector(to, into);
    variables(to, into);
  }
  if (name == "cancel") needed(to, into, "FIRE", "Its id");
  if (name == "pause") {
    needed(to, into, "WHAT", "A job's name, or a selector of targets; job:NAME and name=NAME where both fit");
    to.add_option("--for", into.for_how_long, "Then resume by itself")->type_name("DURATION");
  }
  if (name == "resume")
    needed(to, into, "WHAT", "A job's name, or a selector of targets; job:NAME and name=NAME where both fit");
  if (name == "resolve") {
    needed(to, into, "FIRE", "Its id");
    to.add_option("--as", into.as, "What became of it; 'retry' sends it again and may double the effect")
        ->required()
        ->check(CLI::IsMember({"done", "failed", "retry"}));
    to.add_option("--target", into.target, "Only on this target")->type_name("TARGET");
    to.add_option("--action", into.action, "Only this action of the target")->check(CLI::NonNegativeNumber);
  }
  if (name == "log-level")
    to.add_option("LEVEL", into.what, "debug, info, notice, warning or error")
        ->required()
        ->check(CLI::IsMember({"debug", "info", "notice", "warning", "error"}));
  if (name == "call") {
    target(to, into);
    to.add_option("ENDPOINT", into.endpoint, "Its id; triggerctl endpoints lists them")->required();
    to.add_option("-p,--param", into.parameters, "A part of the path, or of the query; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    to.add_option("--body", into.body, "What is sent; - reads standard input")->type_name("FILE");
  }
  if (name == "session") {
    target(to, into);
    to.add_option("VERB", into.verb, "tail or append")->required()->check(CLI::IsMember({"tail", "append"}));
    to.add_option("ID", into.what, "Of the session, or its external id")->required();
    to.add_option("TEXT", into.text, "The record to append; - or none reads standard input");
    auto* in = to.add_flag("--in", into.in, "The channel to the task; that of append unless said");
    to.add_flag("--out", into.out, "The channel from the task; that of tail unless said")->excludes(in);
    to.add_option("--from", into.from, "Only records from this number on")->check(CLI::NonNegativeNumber);
    to.add_flag("-f,--follow", into.follow, "Go on with every new record");
  }
  if (name == "token") {
    target(to, into);
    scopes(to, into);
    to.add_option("--expires", into.expires, "15m, 24h, 7d or an instant; 15m unless said")->type_name("WHEN");
    to.add_flag("--one-time", into.one_time, "Good for one trigger");
  }
}

}  // namespace

std::unique_ptr<CLI::App> make_parser(arguments& into, const std::string& version) {
  auto app = std::make_unique<CLI::App>("The client of triggerd's local socket.", "triggerctl");
  app->set_version_flag("--version", "triggerctl " + version);
  app->add_option("--socket", into.socket,
                  "Where the daemon listens; default $TRIGGERD_SOCKET or /run/triggerd/control")
      ->type_name("PATH");
  app->add_flag("--json", into.json, "The daemon's replies as they are, one line each");
  app->require_subcommand(1);
  app->fallthrough();
  app->footer(footer);
  for (const command& c : commands()) {
    CLI::App* one = app->add_subcommand(c.name, c.help);
    add_options(*one, c.name, into);
    if (c.lists != nullptr) one->add_flag("--names", into.names, "The names alone, one a line");
  }
  for (const local_command& c : local_commands()) {
    CLI::App* one = app->add_subcommand(c.name, c.help);
    if (c.options) c.options(*one, into);
  }
  return app;
}

}  // namespace triggerd::ctl
