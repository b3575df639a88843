// Tables merge key by key, arrays replace. The table of the format says which values are such tables: free JSON and value
// sources replace as a whole, and a schedule's `every` takes the place of a default's `cron`.
#pragma once

#include "config/keys.hpp"
#include "config/node.hpp"

namespace triggerd::config {

node merge(const shape& s, node base, node over);

// What a job starts from: the defaults without what does not hold for its kind. Moves the default time zone into the
// schedule, if the job has one; `timezone` is the process's, for jobs without any.
node merge_job(const node& defaults, const node& job, const std::string& timezone);

// Makes paths begin with the folder of the file that names them. A path that starts with a placeholder stays.
void settle_paths(node& table, const shape& s);

}  // namespace triggerd::config
