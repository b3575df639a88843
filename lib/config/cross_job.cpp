// One job by itself: what its own keys say together.
#include "base/limits.hpp"
#include "base/text.hpp"
#include "config/checks.hpp"
#include "config/codes.hpp"
#include "config/cross.hpp"
#include "config/placeholders.hpp"
#include "spec/schedule.hpp"
#include "spec/units.hpp"
#include "spec/zone.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

namespace triggerd::config {

namespace {

using drafted_job = drafted<spec::job_spec>;
using nlohmann::json;

class job_check {
 public:
  job_check(const drafted_job& job, const std::string& daemon_zone, complaints& out)
      : spec_(job.value),
        table_(*job.table),
        own_(job.own ? *job.own : *job.table),
        daemon_zone_(daemon_zone),
        out_(out) {}

  void run() {
    waiting();
    schedule();
    variables();
    used_variables();
    std::visit([&](const auto& what) { kind(what); }, spec_.what);
  }

 private:
  void complain(std::initializer_list<std::string_view> path, error_code code, std::string message) {
    out_.error(place_of(table_, path), code, std::move(message));
  }

  void waiting() {
    if (spec_.wait.timeout && spec_.timeout && *spec_.wait.timeout > *spec_.timeout)
      complain({"wait", "timeout"}, codes::conflict,
               "wait.timeout " + in_quotes(text::show(*spec_.wait.timeout)) + " is over the job's timeout " +
                   in_quotes(text::show(*spec_.timeout)) +
                   ", which counts the waiting too; lower the one or raise the other");
    const node* wait = own_.find("wait");
    if (wait && spec_.kind() == spec::job_kind::env_sync)
      out_.error(wait->where, codes::conflict, "an env-sync job makes no runs to wait for; remove `wait`");
    else if (wait && wait->find("require") && spec_.kind() != spec::job_kind::batch)
      complain({"wait", "require"}, codes::conflict, "wait.require is for batches; remove it");
  }

  void schedule() {
    if (!spec_.schedule.any()) return;
    const auto zone = spec::zone::find(spec_.schedule.timezone.empty() ? "UTC" : spec_.schedule.timezone);
    if (!zone && spec_.schedule.timezone == daemon_zone_) return;  // told at [daemon]
    if (!zone) return complain({"schedule", "timezone"}, codes::schedule, zone.error().message);
    const int ways = !spec_.schedule.cron.empty() + spec_.schedule.every.has_value() + !spec_.schedule.at.empty() +
                     spec_.schedule.on_start;
    if (ways > 1) return;  // told as keys that exclude each other
    const auto compiled = spec::schedule::compile(spec_.schedule, spec_.name);
    if (!compiled)
      complain({"schedule", spec_.schedule.cron.empty() ? "every" : "cron"}, codes::schedule, compiled.error().message);
  }

  void variables() {
    for (const auto& [name, var] : spec_.vars) variable(name, var);
  }

  void variable(const std::string& name, const spec::var_spec& var) {
    using type = spec::var_spec::type;
    const bool is_number = var.kind == type::integer || var.kind == type::number;
    if ((var.min || var.max) && !is_number)
      complain({"vars", name, var.min ? "min" : "max"}, codes::conflict,
               "vars." + name + " is no number, so min and max say nothing");
    if (var.min && var.max && *var.min > *var.max)
      complain({"vars", name, "min"}, codes::conflict, "vars." + name + " has a min above its max");
    if (!var.match.empty() && var.kind != type::string)
      complain({"vars", name, "match"}, codes::conflict, "vars." + name + " is no string, so match says nothing");
    if (var.required && !var.default_json.empty())
      complain({"vars", name, "required"}, codes::conflict,
               "vars." + name + " is required and has a default; keep one");
    if (var.required && spec_.schedule.any())
      complain(
          {"vars", name, "required"}, codes::conflict,
          "vars." + name + " is required, but the job also fires by schedule, where nobody gives it; use a default");
    if (!var.default_json.empty())
      if (const auto wrong = default_value(var))
        complain({"vars", name, "default"}, codes::value, "the default of vars." + name + ' ' + *wrong);
  }

  std::optional<std::string> default_value(const spec::var_spec& var) {
    const auto value = json::parse(var.default_json, nullptr, false);
    using type = spec::var_spec::type;
    switch (var.kind) {
      case type::string:
        if (!value.is_string()) return "is not a string";
        if (!var.match.empty() && !checks::pattern(var.match) &&
            !std::regex_match(value.get<std::string>(), std::regex(var.match)))
          return "does not match " + in_quotes(var.match);
        return std::nullopt;
      case type::boolean: return value.is_boolean() ? std::nullopt : std::optional<std::string>("is not true or false");
      case type::integer:
        if (!value.is_number_integer()) return "is not an integer";
        return in_range(var, value.get<double>());
      case type::number:
        if (!value.is_number()) return "is not a number";
        return in_range(var, value.get<double>());
      case type::datetime: {
        const auto written = value.is_string() ? value.get<std::string>() : std::string();
        if (!written.empty() && (text::parse_iso(written) || spec::parse_signed_duration(written))) return std::nullopt;
        return "is neither an instant with a zone nor relative such as \"-2h\"";
      }
    }
    return std::nullopt;
  }

  static std::optional<std::string> in_range(const spec::var_spec& var, double value) {
    if ((var.min && value < *var.min) || (var.max && value > *var.max)) return "is outside min and max";
    return std::nullopt;
  }

  void used_variables() {
    std::vector<placeholder_use> uses;
    collect_placeholders(table_, uses);
    std::vector<std::string_view> declared;
    for (const auto& [name, var] : spec_.vars) declared.push_back(name);
    for (const auto& use : uses) {
      if (!use.name.starts_with("vars.")) continue;
      const std::string name = use.name.substr(5);
      if (!spec_.vars.contains(name))
        out_.error(use.where->where, codes::placeholder,
                   "the placeholder " + in_quotes("{{ " + use.name + " }}") + " has no [job." + spec_.name + ".vars." +
                       name + ']' + did_you_mean(name, declared));
    }
  }

  // Keys that say something about one sibling only.
  void only_with(const node* table, std::string_view sibling, std::initializer_list<std::string_view> keys) {
    if (!table || !table->is(node::kind::table) || table->find(sibling)) return;
    for (const auto key : keys)
      if (const node* v = table->find(key))
        out_.error(v->where, codes::conflict,
                   in_quotes(key) + " says something about " + in_quotes(sibling) + " only, which is not here");
  }

  void debounce(const node* options) {
    const node* table = options ? options->find("debounce") : nullptr;
    if (!table) return;
    const auto read = [&](std::string_view key) -> std::optional<milliseconds> {
      const node* v = table->find(key);
      const auto parsed = v ? spec::parse_duration(v->text) : result<milliseconds>(fail(codes::missing, ""));
      return parsed ? std::optional(*parsed) : std::nullopt;
    };
    const auto delay = read("delay");
    const auto most = read("max_delay");
    if (delay && most && *delay >= *most)
      out_.error(table->find("max_delay")->where, codes::conflict, "debounce.max_delay must be longer than its delay");
  }

  void kind(const spec::trigger_spec&) {
    only_with(table_.find("payload_from"), "exec", {"timeout", "max_size"});
    debounce(table_.find("options"));
  }

  void kind(const spec::batch_spec& batch) {
    const node* from = table_.find("items_from");
    only_with(from, "exec", {"timeout", "max_size"});
    only_with(from, "csv", {"header", "delimiter", "types"});
    static constexpr std::array<std::string_view, 5> packed{".zst", ".gz", ".xz", ".bz2", ".lz4"};
    for (const auto format : {"ndjson", "csv", "json"})
      if (const node* file = from ? from->find(format) : nullptr)
        if (std::any_of(packed.begin(), packed.end(), [&](auto end) { return file->text.ends_with(end); }))
          out_.error(file->where, codes::not_supported,
                     "the compressed file " + in_quotes(file->text) + " is not supported yet; unpack it");
    if (spec_.idempotency.across_fires && batch.item_key.empty())
      complain(
          {"idempotency", "scope"}, codes::conflict,
          "idempotency.scope = \"job\" needs an item_key: an index does not say which item it is in the next fire");
    debounce(table_.find("options"));
    debounce(table_.find("map"));
  }

  // The text of a select bound; a placeholder of a var stands for the var's default.
  std::string bound(const std::string& text) const {
    const auto names = placeholder_names(text);
    if (!holds_placeholder(text)) return text;
    if (names.size() != 1 || !names.front().starts_with("vars.")) return {};
    const auto var = spec_.vars.find(names.front().substr(5));
    if (var == spec_.vars.end() || var->second.default_json.empty()) return {};
    const auto value = json::parse(var->second.default_json, nullptr, false);
    return value.is_string() ? value.get<std::string>() : std::string();
  }

  void kind(const spec::replay_spec& replay) {
    const auto& select = replay.select;
    if (replay.expect_max && replay.expect_min > *replay.expect_max)
      complain({"expect", "min"}, codes::conflict, "expect.min is above expect.max, so nothing could ever start");
    const auto from = spec::parse_signed_duration(bound(select.from));
    const auto to = spec::parse_signed_duration(bound(select.to));
    if (to && *to > -milliseconds(limits::replay_margin))
      complain({"select", "to"}, codes::value,
               "select.to must lie at least 60s before the fire (\"-60s\"): the server's lists lag, and a replay must "
               "never select its own runs");
    const auto first = text_instant(bound(select.from));
    const auto last = text_instant(bound(select.to));
    if ((from && to && *from >= *to) || (first && last && *first >= *last))
      complain({"select", "from"}, codes::conflict, "select.from must lie before select.to");
  }

  static std::optional<instant> text_instant(const std::string& written) {
    return written.empty() ? std::nullopt : text::parse_iso(written);
  }

  void kind(const spec::env_sync_spec& sync) {
    const node* sources = table_.find("source");
    for (std::size_t i = 0; sources && i < sources->items.size(); ++i) {
      only_with(&sources->items[i], "exec", {"timeout", "max_size", "format"});
      const node* values = sources->items[i].find("values");
      for (std::size_t v = 0; values && v < values->entries.size(); ++v) final_name(sync, values->entries[v]);
    }
    std::set<std::string> seen;
    for (const auto& [name, becomes] : sync.rename)
      if (!seen.insert(becomes).second)
        complain({"rename", name}, codes::conflict, "two variables are renamed to " + in_quotes(becomes));
  }

  void final_name(const spec::env_sync_spec& sync, const entry& e) {
    const auto renamed = sync.rename.find(e.key);
    if (renamed != sync.rename.end() || checks::process_variable(e.key)) return;
    if (const auto wrong = checks::variable_name(e.key)) out_.error(e.where, codes::value, *wrong);
  }

  const spec::job_spec& spec_;
  const node& table_;
  const node& own_;
  const std::string& daemon_zone_;
  complaints& out_;
};

}  // namespace

void check_job(const drafted_job& job, const std::string& daemon_zone, complaints& out) {
  job_check(job, daemon_zone, out).run();
}

}  // namespace triggerd::config
