#include "sandbox/world_file.hpp"

#include "config/codes.hpp"
#include "config/forms.hpp"
#include "config/view.hpp"
#include "sandbox/checked_toml.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace triggerd::rehearsal {

namespace {

using config::node;
using config::view;
using tasks = std::map<std::string, sandbox::known_task>;

void read_range(const view& from, std::string_view key, milliseconds& least, milliseconds& most) {
  std::string text;
  from.read(key, text);
  if (const auto range = config::parse_backoff(text)) std::tie(least, most) = *range;
}

sandbox::outcome_shares read_shares(const view& from) {
  sandbox::outcome_shares out;
  from.read("fails", out.fails);
  from.read("crashes", out.crashes);
  from.read("times_out", out.times_out);
  from.read("system_failure", out.system_failure);
  return out;
}

sandbox::known_task read_task(const std::string& name, const view& from) {
  sandbox::known_task out;
  out.name = name;
  read_range(from, "queued", out.queued_min, out.queued_max);
  read_range(from, "runs", out.runs_min, out.runs_max);
  out.shares = read_shares(from.table("ends"));
  if (const view replayed = from.table("replayed")) out.replayed = read_shares(replayed);
  from.read("queues", out.queues);
  from.read("scheduled", out.scheduled);
  from.read("cron", out.cron);
  from.read("zone", out.zone);
  from.read("obeys_payload", out.obeys_payload);
  return out;
}

void read_variables(const view& from, std::vector<sandbox::variable>& into) {
  for (const auto& [key, secret] : {std::pair("variables", false), std::pair("secrets", true)})
    for (const auto& one : from.table(key).entries()) into.push_back({one.key, one.value.text, secret});
}

template <class T, class Read>
void read_each(const node* list, std::vector<T>& into, Read&& read) {
  if (list == nullptr) return;
  for (const node& item : list->items) into.push_back(read(view(item)));
}

void read_count(const view& from, std::string_view key, std::int64_t& into) {
  std::uint64_t value = static_cast<std::uint64_t>(into);
  from.read(key, value);
  into = static_cast<std::int64_t>(value);
}

sandbox::past_runs read_past(const view& from) {
  sandbox::past_runs out;
  from.read("task", out.task);
  from.read("count", out.count);
  from.read("oldest", out.oldest);
  from.read("newest", out.newest);
  from.read("status", out.status);
  from.read("tags", out.tags);
  return out;
}

sandbox::branch read_branch(const view& from) {
  sandbox::branch out;
  from.read("name", out.name);
  from.read("id", out.id);
  from.read("archived", out.archived);
  read_variables(from, out.variables);
  read_each(from.at("past"), out.past, read_past);
  return out;
}

sandbox::additional_key read_additional(const view& from) {
  sandbox::additional_key out;
  from.read("key", out.key);
  from.read("scopes", out.scopes);
  return out;
}

sandbox::queue_bound read_queue(const view& from) {
  sandbox::queue_bound out;
  from.read("name", out.name);
  read_count(from, "limit", out.limit);
  return out;
}

// "{{{{" is a "{{" of the prompt's own: nothing is replaced in this file.
std::string literal(std::string text) {
  for (std::size_t at = text.find("{{{{"); at != std::string::npos; at = text.find("{{{{", at + 2)) text.erase(at, 2);
  return text;
}

std::optional<std::int64_t> read_bound(const view& from, std::string_view key) {
  if (from.at(key) == nullptr) return std::nullopt;
  std::int64_t out = 0;
  read_count(from, key, out);
  return out;
}

sandbox::shared_limit read_shared_limit(const view& from) {
  sandbox::shared_limit out;
  from.read("name", out.name);
  out.total = read_bound(from, "total");
  out.per_key = read_bound(from, "per_key");
  return out;
}

sandbox::environment read_environment(const view& from, const tasks& known) {
  using type = sandbox::environment_type;
  sandbox::environment out;
  from.read_word(
      "type", out.type,
      {{"dev", type::development}, {"staging", type::staging}, {"preview", type::preview}, {"prod", type::production}});
  from.read("id", out.id);
  from.read("key", out.key);
  from.read("export_as", out.export_as);
  read_each(from.at("additional_key"), out.additional_keys, read_additional);
  std::vector<std::string> names;
  from.read("tasks", names);
  const bool every = from.at("tasks") == nullptr;
  for (const auto& [name, task] : known)
    if (every || std::find(names.begin(), names.end(), name) != names.end()) out.tasks.push_back(task);
  read_variables(from, out.variables);
  read_each(from.at("past"), out.past, read_past);
  read_each(from.at("branch"), out.branches, read_branch);
  from.read("version", out.version);
  from.read("queue_limit", out.queue_limit);
  read_each(from.at("queue"), out.queue_bounds, read_queue);
  read_each(from.at("concurrency_limit"), out.limits, read_shared_limit);
  for (const auto& one : from.table("prompts").entries()) out.prompts.push_back({one.key, literal(one.value.text)});
  from.read("paused", out.paused);
  return out;
}

sandbox::project read_project(const view& from, const tasks& known) {
  sandbox::project out;
  from.read("ref", out.ref);
  from.read("name", out.name);
  from.read("id", out.id);
  read_each(from.at("environment"), out.environments, [&](const view& one) { return read_environment(one, known); });
  return out;
}

sandbox::access_token read_token(const view& from) {
  sandbox::access_token out;
  from.read("value", out.value);
  from.read("email", out.email);
  from.read("user", out.user);
  from.read("projects", out.projects);
  from.read("export_as", out.export_as);
  return out;
}

void read_bucket(const view& from, sandbox::bucket& into) {
  read_count(from, "size", into.size);
  read_count(from, "refill", into.refill);
  from.read("every", into.every);
}

void read_limits(const view& from, sandbox::rate_limits& into) {
  read_bucket(from.table("api"), into.api);
  read_bucket(from.table("management"), into.management);
  read_bucket(from.table("batch"), into.batch);
  read_count(from, "tokens_per_minute", into.tokens_per_minute);
}

void read_pace(const view& from, sandbox::paces& into) {
  from.read("list_lag", into.list_lag);
  from.read("batch_processing", into.batch_processing);
  from.read("bad_item", into.bad_item);
  from.read("bulk_start", into.bulk_start);
  from.read("bulk_step", into.bulk_step);
  from.read("bulk_group", into.bulk_group);
  from.read("cancel_settle", into.cancel_settle);
}

// What tables get wrong together.
class together {
 public:
  config::complaints found;

  void world(const node& root) {
    const view top(root);
    each(top.at("project"), [&](const node& one) { project(one, top); });
    each(top.at("token"), [&](const node& one) { once(one, "value", keys_, "this token"); });
  }

 private:
  template <class See>
  static void each(const node* list, See&& see) {
    if (list == nullptr) return;
    for (const node& item : list->items) see(item);
  }

  void once(const node& table, std::string_view key, std::set<std::string>& seen, const char* what) {
    const node* value = table.find(key);
    if (value != nullptr && !seen.insert(value->text).second)
      found.error(value->where, config::codes::conflict, std::string(what) + " stands in the file twice");
  }

  void project(const node& one, const view& top) {
    once(one, "ref", refs_, "this project");
    std::set<std::string> types;
    each(one.find("environment"), [&](const node& home) {
      once(home, "type", types, "this type of environment");
      environment(home, top);
    });
  }

  void environment(const node& home, const view& top) {
    once(home, "key", keys_, "this key");
    const std::string type = home.find("type")->text;
    key_fits(*home.find("key"), type);
    each(home.find("additional_key"), [&](const node& extra) {
      once(extra, "key", keys_, "this key");
      key_fits(*extra.find("key"), type);
    });
    each(home.find("tasks"), [&](const node& name) {
      if (!top.table("task").at(name.text))
        found.error(name.where, config::codes::value, "no [task." + name.text + "] stands in the file");
    });
    const node* branches = home.find("branch");
    if (branches != nullptr && type != "preview" && type != "dev")
      found.error(branches->where, config::codes::value, "only preview and dev environments have branches");
    std::set<std::string> names;
    each(branches, [&](const node& one) { once(one, "name", names, "this branch"); });
  }

  // The server, and every client, reads the environment from the key's first letters.
  void key_fits(const node& key, std::string_view type) {
    const std::string prefix = "tr_" + std::string(type == "staging" ? "stg" : type) + '_';
    if (!key.text.starts_with(prefix))
      found.error(key.where, config::codes::value, "the key of this environment starts with \"" + prefix + '"');
  }

  std::set<std::string> refs_, keys_;
};

}  // namespace

result<sandbox::world> parse_world(std::string_view text, const std::string& file) {
  const auto checked = checked_toml(text, file, world_shape());
  if (!checked) return checked.error();
  together crossed;
  crossed.world(*checked);
  if (auto wrong = told_together(crossed.found)) return *wrong;

  const view root(*checked);
  sandbox::world out;
  out.base_url.clear();
  root.read("base_url", out.base_url);
  root.read("regions", out.regions);
  read_limits(root.table("limits"), out.limits);
  read_pace(root.table("pace"), out.pace);
  tasks known;
  for (const auto& one : root.table("task").entries()) known[one.key] = read_task(one.key, view(one.value));
  read_each(root.at("project"), out.projects, [&](const view& one) { return read_project(one, known); });
  read_each(root.at("token"), out.tokens, read_token);
  return out;
}

}  // namespace triggerd::rehearsal
