#include "store/memory_tables.hpp"

#include "store/row_names.hpp"

#include <algorithm>
#include <cassert>

namespace triggerd::store {

namespace {

template <class T>
void update(T& field, const std::optional<T>& value) {
  if (value) field = *value;
}

void lines(std::string& out, std::initializer_list<std::string_view> texts) {
  for (const std::string_view one : texts) out.append(one).append("\n");
}

void dump_to(std::string& out, const fire_row& r) {
  lines(out, {r.id, r.job, r.kind, r.cause, r.by, r.spec, r.vars, r.note});
}
void dump_to(std::string& out, const leg_row& r) { lines(out, {r.fire, r.target, r.identity, r.memo, r.note}); }
void dump_to(std::string& out, const action_row& r) {
  lines(out, {r.fire, r.target, r.kind, r.subject, r.key, r.body, r.spool, r.memo, r.run, r.code, r.note});
}
void dump_to(std::string& out, const action_change& c) {
  lines(out, {c.fire, c.target});
  for (const auto* one : {&c.memo, &c.run, &c.code, &c.note, &c.key, &c.body})
    if (*one) lines(out, {**one});
}
void dump_to(std::string& out, const memory_row& r) { lines(out, {r.space, r.name, r.value, r.owner, r.fire}); }
void dump_to(std::string& out, const forget_memory& f) { lines(out, {f.space, f.name}); }
void dump_to(std::string& out, const setting_row& s) { lines(out, {s.name, s.value}); }

}  // namespace

void memory_tables::apply(const write& what) {
  std::visit([this](const auto& one) { put(*one); }, what);
}

void memory_tables::put(const fire_row& row) {
  fires_[row.id] = row;
  if (unfinished(row.state)) unfinished_.insert(row.id);
  else unfinished_.erase(row.id);
}

void memory_tables::put(const leg_row& row) { legs_[{row.fire, row.target}] = row; }

void memory_tables::put(const action_row& row) {
  assert(legs_.contains({row.fire, row.target}) && "a leg is written before its actions");
  action_list& list = actions_[{row.fire, row.target}];
  list.rows[row.number] = row;
  if (unsettled(row.state)) list.open.insert(row.number);
  else list.open.erase(row.number);
}

void memory_tables::put(const action_change& what) {
  const auto list = actions_.find({what.fire, what.target});
  if (list == actions_.end()) return;
  const auto found = list->second.rows.find(what.number);
  if (found == list->second.rows.end()) return;
  action_row& row = found->second;
  update(row.state, what.state);
  update(row.tries, what.tries);
  update(row.memo, what.memo);
  update(row.run, what.run);
  update(row.code, what.code);
  update(row.note, what.note);
  update(row.key, what.key);
  update(row.body, what.body);
  if (what.settled) row.settled = what.settled;
  if (what.drop_body) {
    row.body.clear();
    row.spool.clear();
  }
  if (unsettled(row.state)) list->second.open.insert(row.number);
  else list->second.open.erase(row.number);
}

void memory_tables::put(const memory_row& row) { memory_[{row.space, row.name}] = row; }
void memory_tables::put(const forget_memory& what) { memory_.erase({what.space, what.name}); }
void memory_tables::put(const setting_row& row) { settings_[row.name] = row.value; }

std::vector<fire_row> memory_tables::unfinished_fires() const {
  std::vector<fire_row> rows;
  for (const std::string& id : unfinished_) rows.push_back(fires_.at(id));
  return rows;
}

std::vector<fire_row> memory_tables::fires(const fire_filter& which) const {
  std::vector<fire_row> rows;
  const auto end = which.before.empty() ? fires_.end() : fires_.lower_bound(which.before);
  for (auto at = std::make_reverse_iterator(end); at != fires_.rend() && rows.size() < which.most; ++at) {
    const fire_row& row = at->second;
    if (!which.job.empty() && row.job != which.job) continue;
    if (!which.state.empty() && name(row.state) != which.state) continue;
    if (!which.target.empty() && !legs_.contains({row.id, which.target})) continue;
    rows.push_back(row);
    rows.back().spec.clear();
  }
  return rows;
}

std::optional<fire_row> memory_tables::fire(const std::string& id) const {
  const auto found = fires_.find(id);
  if (found == fires_.end()) return std::nullopt;
  return found->second;
}

std::vector<leg_row> memory_tables::legs(const std::string& fire) const {
  std::vector<leg_row> rows;
  for (auto at = legs_.lower_bound({fire, ""}); at != legs_.end() && at->first.first == fire; ++at)
    rows.push_back(at->second);
  return rows;
}

std::vector<action_row> memory_tables::actions(const std::string& fire, const std::string& target, std::uint64_t from,
                                               std::size_t most, bool unsettled_only) const {
  std::vector<action_row> rows;
  const auto found = actions_.find({fire, target});
  if (found == actions_.end()) return rows;
  const action_list& list = found->second;
  if (unsettled_only) {
    for (auto at = list.open.lower_bound(from); at != list.open.end() && rows.size() < most; ++at)
      rows.push_back(list.rows.at(*at));
  } else {
    for (auto at = list.rows.lower_bound(from); at != list.rows.end() && rows.size() < most; ++at)
      rows.push_back(at->second);
  }
  return rows;
}

std::uint64_t memory_tables::done_actions(const std::string& fire, const std::string& target, int attempt) const {
  const auto found = actions_.find({fire, target});
  if (found == actions_.end()) return 0;
  const auto& rows = found->second.rows;
  return static_cast<std::uint64_t>(std::count_if(rows.begin(), rows.end(), [attempt](const auto& row) {
    return row.second.attempt == attempt && row.second.state == action_state::done;
  }));
}

std::optional<action_row> memory_tables::action_behind(const std::string& run) const {
  if (run.empty()) return std::nullopt;
  const action_row* last = nullptr;
  for (const auto& [leg, list] : actions_)
    for (const auto& [number, row] : list.rows)
      if (row.run == run && (last == nullptr || row.intended >= last->intended)) last = &row;
  return last == nullptr ? std::nullopt : std::optional(*last);
}

std::vector<memory_row> memory_tables::recall(const std::string& space, const std::vector<std::string>& names) const {
  std::vector<memory_row> rows;
  for (const std::string& name : names) {
    const auto found = memory_.find({space, name});
    if (found != memory_.end()) rows.push_back(found->second);
  }
  return rows;
}

std::vector<memory_row> memory_tables::recall_all(const std::string& space, const std::string& after,
                                                  std::size_t most) const {
  std::vector<memory_row> rows;
  for (auto at = memory_.upper_bound({space, after});
       at != memory_.end() && at->first.first == space && rows.size() < most; ++at)
    rows.push_back(at->second);
  return rows;
}

std::optional<std::string> memory_tables::get(const std::string& name) const {
  const auto found = settings_.find(name);
  if (found == settings_.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, std::string> memory_tables::settings(const std::string& prefix) const {
  std::map<std::string, std::string> out;
  for (auto at = settings_.lower_bound(prefix); at != settings_.end() && at->first.starts_with(prefix); ++at)
    out.insert(*at);
  return out;
}

std::vector<job_end> memory_tables::last_ends() const {
  std::map<std::pair<std::string, fire_state>, instant> last;
  for (const auto& [id, row] : fires_) {
    const bool tells =
        row.state == fire_state::done || row.state == fire_state::failed || row.state == fire_state::unknown;
    if (!tells || !row.ended) continue;
    instant& ended = last.try_emplace({row.job, row.state}, *row.ended).first->second;
    ended = std::max(ended, *row.ended);
  }
  std::vector<job_end> out;
  for (const auto& [of, ended] : last) out.push_back({of.first, of.second, ended});
  return out;
}

std::vector<std::string> memory_tables::spooled() const {
  std::vector<std::string> names;
  for (const auto& [key, list] : actions_)
    for (const auto& [number, row] : list.rows)
      if (!row.spool.empty()) names.push_back(row.spool);
  std::sort(names.begin(), names.end());
  return names;
}

std::string memory_tables::dump() const {
  std::string out;
  for (const auto& [id, row] : fires_) dump_to(out, row);
  for (const auto& [key, row] : legs_) dump_to(out, row);
  for (const auto& [key, list] : actions_)
    for (const auto& [number, row] : list.rows) dump_to(out, row);
  for (const auto& [key, row] : memory_) dump_to(out, row);
  for (const auto& [name, value] : settings_) lines(out, {name, value});
  return out;
}

std::string dump(const write& what) {
  std::string out;
  std::visit([&out](const auto& one) { dump_to(out, *one); }, what);
  return out;
}

}  // namespace triggerd::store
