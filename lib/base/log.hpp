// Where rooms write what operators should read. The daemon gives it spdlog and the journal; tests give it a vector.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace triggerd {

enum class log_level { debug, info, notice, warning, error };

// One structured field, by the journal's manners: "target", "job", "fire", "code".
using log_field = std::pair<std::string_view, std::string_view>;

class log {
 public:
  virtual ~log() = default;
  virtual void write(log_level level, std::string_view message, std::initializer_list<log_field> fields) = 0;
  // Whether words of this level are read by anybody: what is said very often is put together only then.
  virtual bool takes(log_level) const { return true; }

  void debug(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::debug, m, f); }
  void info(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::info, m, f); }
  void notice(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::notice, m, f); }
  void warning(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::warning, m, f); }
  void error(std::string_view m, std::initializer_list<log_field> f = {}) { write(log_level::error, m, f); }
};

// Discards everything.
class no_log final : public log {
 public:
  void write(log_level, std::string_view, std::initializer_list<log_field>) override {}
  bool takes(log_level) const override { return false; }
};

}  // namespace triggerd
