// Reports that the server writes about an environment (contract API.md 22).
#pragma once

#include "api/operation.hpp"

#include <string>
#include <string_view>

namespace triggerd::api {

enum class report_format { markdown, json };
// The report as text, in that format. `period` is back from now ("7d"); empty: the server's default.
operation<std::string> retrieve_report(std::string_view key, report_format format, std::string_view period = {});

}  // namespace triggerd::api
