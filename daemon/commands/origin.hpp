// Where something came from, read off what is kept of it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::commands {

// The files and programs that a job names, as it says them, templates included; from the job's text as a fire stores it.
// Empty when that cannot be read.
std::string source_in(const std::string& stored_job);

struct tagged_place {
  std::string fire;
  std::uint64_t number = 0;  // of the action, on its target
};
// Of a tag that job::action_tag() made.
std::optional<tagged_place> place_in_tag(std::string_view tag);

}  // namespace triggerd::commands
