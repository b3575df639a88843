#include "config/placeholders.hpp"
#include "config/read_job.hpp"

#include <algorithm>

namespace triggerd::config {

namespace {

// Statuses are written in either case; a placeholder keeps its own.
void read_status(const view& table, std::vector<std::string>& into) {
  table.read("status", into);
  for (auto& status : into)
    if (!holds_placeholder(status))
      std::transform(status.begin(), status.end(), status.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

spec::run_select read_select(const view& table) {
  spec::run_select out;
  table.read("from", out.from);
  table.read("to", out.to);
  read_status(table, out.status);
  table.read("task", out.task);
  table.read("version", out.version);
  table.read("tag", out.tag);
  table.read("queue", out.queue);
  table.read("machine", out.machine);
  table.read("region", out.region);
  table.read("schedule", out.schedule);
  table.read("batch", out.batch);
  table.read("bulk_action", out.bulk_action);
  table.read("test", out.test);
  return out;
}

}  // namespace

spec::replay_spec read_replay(const view& job) {
  spec::replay_spec out;
  out.select = read_select(job.table("select"));
  job.read_word("mode", out.single, {{"paced", false}, {"single", true}});
  job.read("group", out.group);
  job.read("rate", out.pace);
  job.read("in_flight", out.in_flight);
  job.read_word("order", out.newest_first, {{"oldest-first", false}, {"newest-first", true}});
  const view expect = job.table("expect");
  expect.read("min", out.expect_min);
  expect.read("max", out.expect_max);
  out.once = static_cast<bool>(job.table("once"));
  return out;
}

}  // namespace triggerd::config
