// The log that operators read: levels, fields, and the net that keeps secrets out of it.
#pragma once

#include "base/log.hpp"
#include "base/redaction.hpp"
#include "base/secret.hpp"
#include "log_sinks.hpp"

#include <spdlog/logger.h>

#include <string>
#include <vector>

namespace triggerd {

// Of a text, values behind names like these: "DB_TOKEN=...", "DB_TOKEN: ...", "\"DB_TOKEN\":\"...\"".
std::string hide_named(std::string text, const std::vector<std::string>& globs);

class operator_log final : public log {
 public:
  operator_log(std::shared_ptr<spdlog::sinks::sink> to, log_level level);

  void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) override;
  bool takes(log_level level) const override { return level >= level_; }

  // Passes whatever the level is: what was done must be found when it is asked for.
  void audit(std::string_view message, std::initializer_list<log_field> fields);

  log_level level() const { return level_; }
  void set_level(log_level to) { level_ = to; }
  // From now on this value leaves in no message.
  void learn(const secret& value) { net_.learn(value.expose()); }
  void hide_names(std::vector<std::string> globs) { hidden_ = std::move(globs); }
  std::string clean(std::string_view text) const;

 private:
  void put(log_level level, std::string_view message, std::initializer_list<log_field> fields);

  spdlog::logger logger_;
  log_level level_;
  redaction net_;
  std::vector<std::string> hidden_;
};

// "journald", "json" or "text"; empty: journald where standard error leads there, else text.
std::unique_ptr<operator_log> make_log(const std::string& format, log_level level, const clock& time);

}  // namespace triggerd
