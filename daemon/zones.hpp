// Whether this machine knows the rules of the zones that schedules use, for long enough.
#pragma once

#include "base/log.hpp"
#include "config/load.hpp"

namespace triggerd {

// The date library ignores the footer of zone files: after a file's last explicit change it would fire at wrong hours.
// Every zone that is used and does not reach limits::zone_horizon ahead is said.
void warn_of_short_zones(const config::settings& of, instant now, log& to);

}  // namespace triggerd
