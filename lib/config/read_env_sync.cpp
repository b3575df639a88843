#include "config/read_job.hpp"

namespace triggerd::config {

namespace {

spec::variable_source read_source(const view& table) {
  spec::variable_source out;
  using kind = spec::variable_source::kind;
  for (const auto& [key, meaning] : {std::pair<std::string_view, kind>{"dotenv", kind::dotenv}, {"json", kind::json}}) {
    if (!table.at(key)) continue;
    out.from = meaning;
    table.read(key, out.file);
  }
  out.exec = read_exec(table);
  if (out.exec) out.from = kind::exec;
  table.read("format", out.exec_format);
  for (const auto& e : table.table("values").entries()) {
    if (e.value.is(node::kind::table)) {
      spec::value_source reference;
      take(e.value, reference);
      out.secrets.emplace(e.key, std::move(reference));
    } else if (e.value.is(node::kind::string)) {
      out.values.emplace(e.key, e.value.text);
    }
  }
  table.read("when", out.when);
  return out;
}

}  // namespace

spec::env_sync_spec read_env_sync(const view& job) {
  spec::env_sync_spec out;
  if (const node* sources = job.at("source"))
    for (const auto& item : sources->items) out.sources.push_back(read_source(view(item)));
  job.read_word("scope", out.parent_scope, {{"branch", false}, {"parent", true}});
  job.read("include", out.include);
  job.read("exclude", out.exclude);
  job.read("required", out.required);
  job.read("plain", out.plain);
  job.read("rename", out.rename);
  using empty = spec::env_sync_spec::empty_rule;
  job.read_word("empty", out.empty, {{"refuse", empty::refuse}, {"skip", empty::skip}, {"delete", empty::remove}});
  using managed = spec::managed;
  job.read_word("override", out.override_existing,
                {{"never", managed::never}, {"managed", managed::managed}, {"all", managed::all}});
  job.read_word("prune", out.prune, {{"never", managed::never}, {"managed", managed::managed}, {"all", managed::all}});
  job.read("max_delete", out.max_delete);
  job.read("max_change", out.max_change);
  job.read("allow_recreate", out.allow_recreate);
  std::string rewrite;
  job.read("rewrite_every", rewrite);
  if (rewrite != "never") job.read("rewrite_every", out.rewrite_every);
  job.read("verify", out.verify);
  return out;
}

}  // namespace triggerd::config
