#include "base/text.hpp"
#include "config/read_job.hpp"

namespace triggerd::config {

namespace {

std::vector<instant> read_instants(const node* v) {
  std::vector<instant> out;
  if (!v) return out;
  const auto add = [&](const node& one) {
    const auto at = one.text.empty() ? std::nullopt : text::parse_iso(one.text);
    if (at) out.push_back(*at);
  };
  if (v->is(node::kind::array)) {
    for (const auto& item : v->items) add(item);
  } else {
    add(*v);
  }
  return out;
}

}  // namespace

spec::schedule_spec read_schedule(const view& table, spec::job_kind kind) {
  spec::schedule_spec out;
  using policy = spec::catch_up_spec::policy;
  // Syncs are idempotent, so a missed one may simply be done; a missed trigger may cost money.
  if (kind == spec::job_kind::env_sync) out.catch_up.what = policy::last;
  table.read("cron", out.cron);
  table.read("every", out.every);
  out.at = read_instants(table.at("at"));
  table.read("on_start", out.on_start);
  table.read("timezone", out.timezone);
  table.read("jitter", out.jitter);
  const view catch_up = table.table("catch_up");
  catch_up.read_word("policy", out.catch_up.what,
                     {{"skip", policy::skip}, {"last", policy::last}, {"all", policy::all}});
  catch_up.read("window", out.catch_up.window);
  catch_up.read("max", out.catch_up.most);
  const view dst = table.table("dst");
  using gap = spec::dst_spec::gap_rule;
  using fold = spec::dst_spec::fold_rule;
  dst.read_word("gap", out.dst.gap, {{"shift", gap::shift}, {"skip", gap::skip}});
  dst.read_word("fold", out.dst.fold, {{"first", fold::first}, {"second", fold::second}, {"both", fold::both}});
  return out;
}

}  // namespace triggerd::config
