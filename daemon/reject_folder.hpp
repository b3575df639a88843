// Files of rejected items, inside the state directory.
#pragma once

#include "job/inputs.hpp"

#include <string>

namespace triggerd {

class reject_folder final : public job::reject_files {
 public:
  explicit reject_folder(std::string state_dir) : root_(std::move(state_dir)) {}

  // `path` is relative, as the configuration checked it; a rendered one that would leave the state directory is refused.
  result<> append(const std::string& path, std::string_view lines) override;

 private:
  std::string root_;
};

}  // namespace triggerd
