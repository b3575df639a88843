// What `schedule` of a job may hold.
#include "config/checks.hpp"
#include "config/shapes.hpp"

#include <array>

namespace triggerd::config {

namespace {

using enum form;
using sv = std::string_view;

// A table reads best with a row on a line.
// clang-format off
constexpr std::array catch_up_words{sv("skip"), sv("last"), sv("all")};
constexpr std::array catch_up_keys{
    key{.name = "policy", .is = word, .about = "What a start does about missed instants. env-sync: last; else skip.", .allowed = catch_up_words},
    key{.name = "window", .is = duration, .about = "Older instants are never caught up.", .fallback = "\"6h\"", .most = 366 * days},
    key{.name = "max", .is = integer, .about = "How many at once with policy all.", .fallback = "10", .least = 1, .most = 1'000},
};
constexpr shape catch_up{.keys = catch_up_keys};

constexpr std::array gap_words{sv("shift"), sv("skip")};
constexpr std::array fold_words{sv("first"), sv("second"), sv("both")};
constexpr std::array dst_keys{
    key{.name = "gap", .is = word, .about = "A local time that does not exist: right after the gap, or not at all.", .fallback = "\"shift\"", .allowed = gap_words},
    key{.name = "fold", .is = word, .about = "A local time that exists twice.", .fallback = "\"first\"", .allowed = fold_words},
};
constexpr shape dst{.keys = dst_keys};

constexpr std::array schedule_choice{sv("cron"), sv("on_calendar"), sv("every"), sv("at"), sv("on_start")};
constexpr std::array schedule_keys{
    key{.name = "cron", .is = text, .about = "Five fields, or six with seconds first, or @daily and its kin.", .check = checks::not_empty},
    key{.name = "every", .is = duration, .about = "Aligned to multiples since 1970 UTC.", .least = seconds, .most = 366 * days},
    key{.name = "at", .is = instants, .about = "One or more instants, each with a zone."},
    key{.name = "on_start", .is = flag, .about = "Once per start of the daemon, not on reload."},
    key{.name = "timezone", .is = text, .about = "The zone of cron; else of [defaults.job], else of [daemon].", .check = checks::not_empty},
    key{.name = "jitter", .is = duration, .about = "A stable pause of at most this long after the instant.", .fallback = "\"0s\"", .most = days},
    key{.name = "catch_up", .is = table, .about = "Instants missed while the daemon was away.", .of = &catch_up},
    key{.name = "dst", .is = table, .about = "Local times that do not exist or exist twice.", .of = &dst},
    key{.name = "on_calendar", .is = text, .about = "An expression of systemd's.", .when = due::later},
    key{.name = "exclude", .is = strings, .about = "Calendars to skip.", .when = due::later},
    key{.name = "only", .is = strings, .about = "Calendars to be limited to.", .when = due::later},
    key{.name = "pause_after_failures", .is = integer, .about = "Pause the job after so many.", .when = due::later},
};

}  // namespace

constexpr shape schedule_shape{.keys = schedule_keys, .one_of = schedule_choice, .one_needed = true};
// clang-format on

}  // namespace triggerd::config
