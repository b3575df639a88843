#include "sandbox/arguments.hpp"

#ifndef TRIGGERD_VERSION
#define TRIGGERD_VERSION "unknown"
#endif

namespace triggerd::rehearsal {

std::unique_ptr<CLI::App> make_parser(arguments& into) {
  auto app = std::make_unique<CLI::App>(
      "The Trigger.dev API on loopback: a model of its behaviour with invented keys, and trouble on request.",
      "triggerd-sandbox");
  app->set_version_flag("--version", "triggerd-sandbox " TRIGGERD_VERSION);
  app->add_option("--listen", into.listen, "A loopback address; port 0 takes a free one")->capture_default_str();
  app->add_option("--seed", into.seed, "What chance does follows from it")->capture_default_str();
  app->add_option("--world", into.world, "What stands at the start; the example's world when left away")
      ->type_name("FILE");
  app->add_option("--faults", into.faults, "Trouble on request")->type_name("FILE");
  app->add_option("--effects", into.effects, "Write what really happened there, a line of JSON each")
      ->type_name("FILE");
  app->add_flag("--print-env", into.print_env, "Print the world's invented keys as NAME=VALUE lines, and end");
  app->footer(
      "While it runs:\n"
      "  GET  /sandbox/effects?after=N   what really happened, from number N on\n"
      "  GET  /sandbox/summary           counts of requests, effects, runs and faults\n"
      "  POST /sandbox/faults            a new fault plan as TOML; an empty body clears it\n"
      "Exit codes: 0 ended by TERM or INT, 1 effects were not written, 64 usage, 69 cannot listen, 78 a file is "
      "wrong.");
  return app;
}

}  // namespace triggerd::rehearsal
