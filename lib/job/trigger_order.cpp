#include "job/trigger_order.hpp"

#include "api/payload.hpp"
#include "api/tasks.hpp"
#include "job/trigger_memo.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

result<planned_action> order_run(const leg_view& leg, std::uint64_t number, const run_order& what) {
  planned_action out;
  store::action_row& row = out.row;
  row.fire = leg.fire.id;
  row.target = leg.target.name;
  row.number = number;
  row.attempt = leg.attempt;
  row.kind = "trigger";
  row.subject = what.task;
  row.items = 1;

  if (what.payload) {
    if (const auto usable = api::check_payload(*what.payload); !usable) return usable.error();
  }
  auto own = api::keyed_options(what.key, leg.job.idempotency.ttl);
  if (!own) return own.error();
  own->tag = std::string(what.tag) += std::to_string(number);
  row.key = own->key;
  row.body = api::trigger_body(what.payload, *what.options, *own);
  if (const auto usable = api::check_trigger(what.task, row.body); !usable) return usable.error();
  trigger_memo memo;
  memo.locked = what.options->contains("lockToVersion");
  memo.look = what.look;
  row.memo = memo.write();
  out.lines.push_back({"trigger", row.subject, std::to_string(row.body.size()) + " bytes"});
  return out;
}

}  // namespace triggerd::job
