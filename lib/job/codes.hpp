// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::job::codes {

inline constexpr error_code unknown_job{"job.unknown-job", "No job of that name is configured."};
inline constexpr error_code unknown_fire{"job.unknown-fire", "No fire has this id, or several begin with it."};
inline constexpr error_code not_now{"job.not-now", "The daemon or the job does not take this now."};
inline constexpr error_code overlap{"job.overlap",
                                    "A fire of this job still runs, and its overlap policy skips new ones."};
inline constexpr error_code bad_variable{"job.bad-variable",
                                         "A variable of a hand-made run is missing or does not fit."};
inline constexpr error_code bad_selector{"job.bad-selector",
                                         "The selector cannot be read or picks none of the job's targets."};
inline constexpr error_code timeout{"job.timeout", "A fire did not end within its timeout on this target."};
inline constexpr error_code attempts{"job.attempts", "An action failed as often as its target's retry policy allows."};
inline constexpr error_code unknown_effect{
    "job.unknown-effect", "The request may or may not have had its effect, and the server cannot be asked."};
inline constexpr error_code run_failed{"job.run-failed", "The run that was waited for did not succeed."};
inline constexpr error_code wait_timeout{"job.wait-timeout", "The run did not end within the job's wait timeout."};
inline constexpr error_code not_enough{"job.not-enough", "Fewer items succeeded than the job's wait.require demands."};
inline constexpr error_code expectation{"job.expectation",
                                        "The count lies outside what the job expects; nothing was started."};
inline constexpr error_code guard{"job.guard", "A guard of the job stopped it before anything was sent."};
inline constexpr error_code rejects{"job.rejects", "More items were rejected than the job allows."};
inline constexpr error_code conflict{"job.conflict",
                                     "A variable exists with another value and is not owned by this job."};
inline constexpr error_code payload{"job.payload", "The payload of a job could not be made."};
inline constexpr error_code source_changed{"job.source-changed", "A source changed between two parts of one fire."};
inline constexpr error_code unsealed{"job.unsealed", "A batch could not be completed within its time."};
inline constexpr error_code drift{"job.verify", "What was read back differs from what was written."};

}  // namespace triggerd::job::codes
