// What triggerd-sandbox may be told.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace triggerd::rehearsal {

struct arguments {
  std::string listen = "127.0.0.1:4040";
  std::uint64_t seed = 1;
  std::string world;
  std::string faults;
  std::string effects;
  bool print_env = false;
};

// Fills `into` when the returned parser parses.
std::unique_ptr<CLI::App> make_parser(arguments& into);

}  // namespace triggerd::rehearsal
