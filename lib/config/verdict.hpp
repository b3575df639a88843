// What `triggerd check` concludes from a load, and how it says so.
#pragma once

#include "config/load.hpp"

#include <string>

namespace triggerd::config {

// Errors refuse; warnings do when they are denied; notes never do.
bool may_be_used(const loaded& files, bool deny_warnings);
// One line per complaint and a last one with the counts.
std::string report_text(const loaded& files, const std::string& path, bool deny_warnings);
// {"ok", "file", "errors", "warnings", "hash", "targets", "jobs", "complaints": [...]}; the counts only when it may be used.
std::string report_json(const loaded& files, const std::string& path, bool deny_warnings);

}  // namespace triggerd::config
