#include "config/merge.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace triggerd::config {

namespace {

using kind = node::kind;

void drop_rivals(node& base, const node& over, const shape& s) {
  const auto rules = [&](std::string_view word) { return over.find(word) != nullptr; };
  if (std::none_of(s.one_of.begin(), s.one_of.end(), rules)) return;
  for (const auto word : s.one_of) base.remove(word);
}

bool merges(form f) { return f == form::table || f == form::text_map || f == form::named; }

void settle(node& text) {
  if (!text.is(kind::string) || text.text.empty() || text.text.front() == '/' || text.where.file.empty()) return;
  if (text.text.starts_with("{{") && !text.text.starts_with("{{{{")) return;
  std::string_view rest = text.text;
  while (rest.starts_with("./")) rest.remove_prefix(2);
  const auto folder = text.where.folder();
  text.text = (folder.empty() || folder == "/" ? folder : folder + '/') + std::string(rest);
}

// A program without a slash is found through PATH.
void settle_program(node& argv) {
  if (!argv.items.empty() && argv.items.front().is(kind::string) &&
      argv.items.front().text.find('/') != std::string::npos)
    settle(argv.items.front());
}

// Of one name the later one stands. There may be a hundred thousand of them.
void put_named(node& base, node over) {
  std::set<std::string_view> names;
  for (const entry& one : over.entries) names.insert(one.key);
  std::erase_if(base.entries, [&](const entry& one) { return names.contains(one.key); });
  base.entries.insert(base.entries.end(), std::make_move_iterator(over.entries.begin()),
                      std::make_move_iterator(over.entries.end()));
}

}  // namespace

node merge(const shape& s, node base, node over) {
  drop_rivals(base, over, s);
  base.where = over.where;
  base.entries.reserve(base.entries.size() + over.entries.size());  // ten thousand of them hold no room they do not use
  for (auto& e : over.entries) {
    const key* k = find_key(s, over, e.key);
    node* old = base.find(e.key);
    if (!old || !k || !merges(k->is) || !old->is(kind::table) || !e.value.is(kind::table)) {
      base.remove(e.key);
      base.entries.push_back(e.key == s.kind_key ? e : std::move(e));  // by the kind the others are found
    } else if (k->is == form::table && k->of) {
      *old = merge(*k->of, std::move(*old), std::move(e.value));
    } else {
      put_named(*old, std::move(e.value));
    }
  }
  return base;
}

node merge_job(const node& defaults, const node& job, const std::string& timezone) {
  node base = defaults;
  const node* zone = base.find("timezone");
  node zone_text = zone ? *zone : node::string(timezone, job.where);
  base.remove("timezone");
  const node* type = job.find("type");
  const bool is_long = type && type->is(kind::string) && (type->text == "batch" || type->text == "replay");
  if (is_long) base.remove("timeout");  // hours of work are no failure; only the job's own bound counts
  node out = merge(job_shape(), std::move(base), job);
  node* schedule = out.find("schedule");
  if (!schedule || !schedule->is(kind::table)) return out;
  const bool fires = std::any_of(schedule->entries.begin(), schedule->entries.end(), [](const entry& e) {
    return e.key == "cron" || e.key == "every" || e.key == "at" || e.key == "on_start" || e.key == "on_calendar";
  });
  if (!fires && !job.find("schedule"))
    out.remove("schedule");  // defaults say how schedules behave, not that there is one
  else if (!schedule->find("timezone")) schedule->set("timezone", std::move(zone_text));
  return out;
}

void settle_paths(node& table, const shape& s) {
  for (auto& e : table.entries) {
    const key* k = find_key(s, table, e.key);
    if (!k || k->when == due::later) continue;
    node& v = e.value;
    switch (k->is) {
      case form::path: settle(v); break;
      case form::argv: settle_program(v); break;
      case form::table:
      case form::source:
      case form::name_or_source:
        if (v.is(kind::table)) settle_paths(v, *k->of);
        break;
      case form::tables:
        for (auto& item : v.items)
          if (item.is(kind::table)) settle_paths(item, *k->of);
        break;
      case form::named:
      case form::text_or_source_map:
        for (auto& one : v.entries)
          if (one.value.is(kind::table)) settle_paths(one.value, *k->of);
        break;
      default: break;
    }
  }
}

}  // namespace triggerd::config
