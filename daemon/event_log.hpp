// What of the events stands in the log. Pure.
#pragma once

#include "base/log.hpp"
#include "job/events.hpp"

#include <optional>

namespace triggerd {

// Nullopt: somebody else has logged it already. Single actions are for those who debug.
std::optional<log_level> log_level_of(const job::event& what);
void write_event(log& to, const job::event& what);

}  // namespace triggerd
