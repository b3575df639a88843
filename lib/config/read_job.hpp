// A merged [job.NAME] into its spec. The table was checked before; a table of no known kind gives nothing.
#pragma once

#include "config/view.hpp"
#include "spec/job_spec.hpp"

#include <optional>
#include <string>

namespace triggerd::config {

std::optional<spec::job_spec> read_job(const std::string& name, const node& merged);

// The canonical JSON that decode_job reads: the file {"job":{NAME:{...}}}, keys sorted, no blanks.
std::string job_text(const std::string& name, const node& merged);

// Of one kind each; `job` is the merged table.
spec::trigger_spec read_trigger(const view& job);
spec::batch_spec read_batch(const view& job);
spec::replay_spec read_replay(const view& job);
spec::env_sync_spec read_env_sync(const view& job);
std::optional<spec::exec_spec> read_exec(const view& table);
spec::schedule_spec read_schedule(const view& table, spec::job_kind kind);
// Options of a run as JSON text; durations in the one form the server reads without doubt.
std::string read_options(const node* table);

}  // namespace triggerd::config
