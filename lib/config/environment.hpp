// What the reader may see of the machine, injected so that tests can give it another.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "spec/target_spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::config {

class environment {
 public:
  virtual ~environment() = default;
  virtual std::optional<std::string> variable(std::string_view name) const = 0;
  // At most limits::config_file bytes.
  virtual result<std::string> read_file(const std::string& path) const = 0;
  // Names of the files in a folder, in no order.
  virtual result<std::vector<std::string>> list_folder(const std::string& path) const = 0;
  // The value behind a reference that needs no program to run; see secrets.hpp for the errors.
  virtual result<secret> read_secret(const spec::value_source& source) const = 0;
};

// The process's own variables and the file system.
class machine_environment final : public environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override;
  result<std::string> read_file(const std::string& path) const override;
  result<std::vector<std::string>> list_folder(const std::string& path) const override;
  result<secret> read_secret(const spec::value_source& source) const override;
};

}  // namespace triggerd::config
