// What came of reading the files again. Deciding it is pure; doing it is reload.hpp's.
#pragma once

#include "config/diff.hpp"
#include "config/load.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace triggerd {

enum class verdict { applied, unchanged, refused, restart_required };
std::string_view name(verdict v);

struct reload_report {
  verdict is = verdict::applied;
  instant at{};
  std::string hash;                           // of the configuration in force afterwards
  std::vector<config::complaint> complaints;  // warnings and notes too
  std::vector<std::string> fields;            // that need a restart
  std::vector<std::string> changes;           // "+ job x", "- target y", "~ limit z"
  std::string note;                           // one line for status and log
};

// As far as the files go: anything but `applied` changes nothing.
reload_report judge(const config::settings& in_force, const config::loaded& files, instant now);

// Keys are read at every reload: a new value is a change, also when no file says another word.
void add_renewed_keys(reload_report& to, const std::vector<std::string>& credentials);

}  // namespace triggerd
