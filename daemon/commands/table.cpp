#include "commands/command.hpp"

namespace triggerd::commands {

std::vector<control::verb> verbs_of(instance& here) {
  std::vector<control::verb> out;
  for (const command* one : {&status, &targets, &jobs,      &fires,  &fire,  &next,         &plan,          &explain,
                             &events, &metrics, &run,       &cancel, &pause, &resume,       &resolve,       &reload,
                             &drain,  &stop,    &log_level, &call,   &token, &session_tail, &session_append}) {
    control::verb verb;
    verb.name = one->name;
    verb.needs = one->needs;
    verb.changes = one->changes;
    verb.told = one->told;
    verb.run = [&here, run = one->run](control::call& asked) { return run(here, asked); };
    out.push_back(std::move(verb));
  }
  return out;
}

}  // namespace triggerd::commands
