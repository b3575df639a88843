// Every command of triggerctl as one table: what it asks the daemon, how the answer looks, what the shell learns.
#pragma once

#include "base/result.hpp"
#include "ctl/arguments.hpp"
#include "ctl/reading.hpp"
#include "ctl/screen.hpp"

#include <functional>
#include <string>
#include <vector>

namespace triggerd::ctl {

enum class streaming {
  no,
  lines,     // every reply is printed
  progress,  // replies move one line on a terminal; the last one is printed
};

struct request {
  std::string method;  // "Run"
  json parameters = json::object();
  streaming how = streaming::no;
  bool patient = false;  // may take as long as it takes
};

struct command {
  std::string name;
  std::string help;
  // Fails with base.invalid-argument when the words cannot be used.
  std::function<result<request>(const arguments&)> ask;
  std::function<std::string(const json&, const screen&)> show;
  std::function<int(const json&)> verdict;
  const char* lists = nullptr;  // the reply's list whose names --names prints
};

// The names, or else the ids, of a reply's list, one a line: for completions and scripts.
std::string names_in(const json& reply, const char* list);

const std::vector<command>& commands();
const command& command_named(const std::string& name);

}  // namespace triggerd::ctl
