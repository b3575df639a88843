#include "sandbox/bulk_store.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/trigger.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view bulk_prefix = "bulk_";

effect about(const state& in, const bulk& one, effect_kind kind) {
  effect e;
  e.at = in.now;
  e.kind = kind;
  e.where = one.where->where;
  e.bulk = bulk_store::id_of(one, in.seed);
  e.name = one.name;
  e.status = one.replays ? "REPLAY" : "CANCEL";
  e.count = one.selected.size();
  return e;
}

bool knows_region(const state& in, const std::string& region) {
  const auto& known = in.config.regions;
  return region.empty() || std::find(known.begin(), known.end(), region) != known.end();
}

}  // namespace

bulk& bulk_store::create(state& in, live_environment& where, bool replays, std::string name, std::string region,
                         run_numbers selected) {
  bulk& made = bulks_.emplace_back();
  made.number = bulks_.size();
  made.where = &where;
  made.replays = replays;
  made.name = std::move(name);
  made.region = std::move(region);
  made.created = in.now;
  made.selected = std::move(selected);
  where.bulk_actions.push_back(made.number);
  in.effects.append(about(in, made, effect_kind::bulk_created));
  in.plans.add(in.now + in.config.pace.bulk_start, subject_kind::bulk, made.number, 0);
  return made;
}

void bulk_store::due(state& in, bulk& one) {
  if (one.status != bulk_status::pending) return;
  const std::size_t end = std::min(one.selected.size(), one.done + in.config.pace.bulk_group);
  for (; one.done < end; ++one.done) {
    run& selected = in.runs.at(one.selected[one.done]);
    if (one.replays) {
      if (!knows_region(in, one.region)) continue;  // each replay fails for itself
      replay_run(in, selected, one.number, one.region);
      ++one.success;
    } else if (!is_final(selected.status)) {
      in.runs.cancel(selected, in.now);
      ++one.success;
    }
  }
  if (one.done == one.selected.size()) return this->end(in, one, bulk_status::completed);
  in.plans.add(in.now + in.config.pace.bulk_step, subject_kind::bulk, one.number, 0);
}

void bulk_store::end(state& in, bulk& one, bulk_status how) {
  one.status = how;
  one.completed = in.now;
  in.effects.append(
      about(in, one, how == bulk_status::completed ? effect_kind::bulk_finished : effect_kind::bulk_aborted));
}

void bulk_store::abort(state& in, bulk& one) { end(in, one, bulk_status::aborted); }

std::size_t bulk_store::pending_replays(const live_environment& where) const {
  return static_cast<std::size_t>(
      std::count_if(where.bulk_actions.begin(), where.bulk_actions.end(), [&](std::uint64_t number) {
        const bulk& one = bulks_[number - 1];
        return one.replays && one.status == bulk_status::pending;
      }));
}

bulk* bulk_store::find(std::string_view id, std::uint64_t seed, const live_environment& where) {
  const auto number = number_in(bulk_prefix, seed, id);
  if (!number || *number == 0 || *number > bulks_.size()) return nullptr;
  bulk& found = bulks_[*number - 1];
  return found.where == &where ? &found : nullptr;
}

std::string bulk_store::id_of(const bulk& one, std::uint64_t seed) {
  return numbered_id(bulk_prefix, seed, one.number);
}

}  // namespace triggerd::sandbox
