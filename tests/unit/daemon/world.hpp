// What the tests of the daemon share: an invented machine, a log in memory, and folders that go away.
#pragma once

#include "config/codes.hpp"
#include "config/environment.hpp"
#include "config/secrets.hpp"
#include "operator_log.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace triggerd::test {

inline const instant noon{milliseconds(1'795'520'000'000)};

class invented_machine final : public config::environment {
 public:
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;

  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  result<std::string> read_file(const std::string& path) const override {
    const auto found = files.find(path);
    if (found == files.end()) return fail(config::codes::file, path + " cannot be read: no such file");
    return found->second;
  }
  result<std::vector<std::string>> list_folder(const std::string& path) const override {
    std::set<std::string> names;
    for (const auto& [file, text] : files)
      if (file.starts_with(path + '/'))
        names.insert(file.substr(path.size() + 1, file.find('/', path.size() + 1) - path.size() - 1));
    if (names.empty()) return fail(config::codes::file, path + " cannot be read: no such folder");
    return std::vector<std::string>(names.begin(), names.end());
  }
  result<secret> read_secret(const spec::value_source& source) const override {
    return config::resolve(source, *this, {});
  }
};

// Lines as an operator would read them, and a reader that may refuse.
struct log_reader {
  std::vector<std::string> lines;
  bool takes = true;

  byte_taker taker() {
    return [this](const std::string& line) {
      if (takes) lines.push_back(line);
      return takes;
    };
  }
  std::string all() const {
    std::string out;
    for (const auto& line : lines) out += line;
    return out;
  }
};

inline std::unique_ptr<operator_log> log_to(log_reader& reader, const clock& time, log_level level = log_level::debug,
                                            record_sink::form form = text_line) {
  return std::make_unique<operator_log>(std::make_shared<record_sink>(form, reader.taker(), time), level);
}

class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "triggerd-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace triggerd::test
