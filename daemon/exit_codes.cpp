#include "exit_codes.hpp"

#include "spec/codes.hpp"
#include "store/codes.hpp"

namespace triggerd::exit_code {

int of_start(const error& why) {
  const bool theirs = why.code.name.starts_with("config.") || why.code.name.starts_with("spec.") ||
                      why.code == store::codes::newer_schema || why.code == store::codes::foreign_file ||
                      why.code == store::codes::damaged || why.code == store::codes::missing ||
                      why.code == store::codes::network_file_system;
  return theirs ? configuration : failed;
}

}  // namespace triggerd::exit_code
